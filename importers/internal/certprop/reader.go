package certprop

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A Reader reads the elements of a serialized store, one at a time.
type Reader struct {
	r      *bufio.Reader
	at     int64 // offset of the next byte
	size   int64 // of the whole file, or -1
	report func(Problem)
	done   bool

	props   []evidence.Property
	start   int64  // of the element that is being read
	skipped bool   // an entry of this element was too big to be kept
	arena   []byte // what property values are cut from
	context []byte // reused from element to element
}

// arenaSize is how much is allocated at once for the values of properties.
const arenaSize = 16 << 10

// NewReader returns a reader of the elements that follow the file header.
// offset is that of the first element in the file and size the file's size, or
// -1. Every problem goes to report at once, in the order of the file.
func NewReader(r io.Reader, offset, size int64, report func(Problem)) *Reader {
	return &Reader{r: bufio.NewReaderSize(r, 32<<10), at: offset, start: offset, size: size, report: report}
}

// Next returns the next element, or io.EOF after the last. Its Context is valid
// until the next call; its Properties belong to the caller. Any other error is
// one of reading. No allocation follows a size that the file claims beyond what
// is left of it, and no value over importers.MaxRecord is kept.
func (r *Reader) Next() (Element, error) {
	for !r.done {
		h, ok, err := r.header()
		if err != nil {
			return Element{}, err
		}
		if !ok {
			break
		}
		e, ok, err := r.entry(h)
		if ok || err != nil {
			return e, err
		}
	}
	return Element{}, io.EOF
}

// header reads the head of an entry, and reports whether there is one.
func (r *Reader) header() (header, bool, error) {
	var b [headerSize]byte
	n, err := io.ReadFull(r.r, b[:])
	if err != nil && !ended(err) {
		return header{}, false, err
	}
	if n < headerSize {
		r.done = true
		r.cut(b[:n])
		return header{}, false, nil
	}
	h := parseHeader(b[:])
	if h.id != 0 {
		return h, true, nil
	}
	r.done = true
	if len(r.props) > 0 {
		r.report(orphans(len(r.props), r.start, r.at-r.start))
	}
	if allZero(b[4:]) {
		return h, false, r.trailer(nil)
	}
	r.at += 4
	return h, false, r.trailer(b[4:])
}

func ended(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

// cut tells of the end of the file where an entry was wanted.
func (r *Reader) cut(left []byte) {
	switch {
	case len(r.props) > 0 || r.skipped:
		p := truncatedHeader(r.start, r.at, len(left))
		p.Summary = "the data ends inside an element: " + properties(len(r.props)) + " without a certificate, CRL or CTL"
		r.report(p)
	case !allZero(left):
		r.report(truncatedHeader(r.start, r.at, len(left)))
	default:
		r.report(Problem{Code: "no-end", Severity: evidence.Warning, Lost: true, Offset: r.at, Length: int64(len(left)),
			Summary: "the end element is missing: the file may have been cut",
			Detail:  fmt.Sprintf("wanted 12 zero bytes at offset %d; %d are left; all elements before it were read", r.at, len(left))})
	}
}

// trailer reads what follows the end element; head, of it, was read already.
func (r *Reader) trailer(head []byte) error {
	if len(head) == 0 {
		r.at += headerSize
	}
	more, err := r.r.Peek(16)
	if err != nil && !ended(err) {
		return err
	}
	first := append(append([]byte(nil), head...), more...)
	n, err := io.Copy(io.Discard, r.r)
	if err != nil {
		return err
	}
	if n += int64(len(head)); n > 0 {
		r.report(trailing(r.at, n, first))
	}
	return nil
}

// entry reads the value of an entry, and reports whether it ends an element.
func (r *Reader) entry(h header) (Element, bool, error) {
	at := r.at
	r.at += headerSize
	if r.size >= 0 && int64(h.size) > r.size-r.at {
		return Element{}, false, r.truncated(h, at, max(r.size-r.at, 0))
	}
	if h.size > importers.MaxRecord {
		return Element{}, false, r.skip(h, at)
	}
	value, err := r.value(h)
	if err != nil {
		return Element{}, false, err
	}
	if len(value) < int(h.size) {
		return Element{}, false, r.truncated(h, at, int64(len(value)))
	}
	if h.encoding != x509Encoding {
		r.report(wrongEncoding(h, at))
	}
	r.at += int64(len(value))
	if !IsContext(h.id) {
		r.props = append(r.props, evidence.Property{ID: evidence.PropID(h.id), Value: value})
		return Element{}, false, nil
	}
	e := Element{Kind: Kind(h.id), Properties: r.props, Context: value, Offset: at + headerSize, Start: r.start}
	r.next()
	return e, true, nil
}

// next begins the next element.
func (r *Reader) next() { r.props, r.start, r.skipped = nil, r.at, false }

func (r *Reader) truncated(h header, at, left int64) error {
	r.done = true
	r.report(truncatedValue(h, r.start, at, left))
	return nil
}

// skip passes over a value that is too big to be kept.
func (r *Reader) skip(h header, at int64) error {
	n, err := io.CopyN(io.Discard, r.r, int64(h.size))
	if err != nil && !ended(err) {
		return err
	}
	if n < int64(h.size) {
		return r.truncated(h, at, n)
	}
	r.at += n
	r.report(Problem{Code: "too-big", Severity: evidence.Warning, Lost: true, Offset: at, Length: headerSize + n,
		Summary: fmt.Sprintf("a %s of %d bytes was passed over", entryName(h.id), n),
		Detail:  fmt.Sprintf("at most %d bytes are read of one entry", importers.MaxRecord)})
	if IsContext(h.id) {
		r.next()
	} else {
		r.skipped = true
	}
	return nil
}

// value reads the value of an entry; it is shorter than wanted where the file
// ends first.
func (r *Reader) value(h header) ([]byte, error) {
	n := int(h.size)
	if r.size < 0 && n > arenaSize {
		return r.grow(n)
	}
	var buf []byte
	if IsContext(h.id) {
		if n > cap(r.context) {
			r.context = make([]byte, n)
		}
		buf = r.context[:n]
	} else {
		buf = r.cutArena(n)
	}
	got, err := io.ReadFull(r.r, buf)
	if err != nil && !ended(err) {
		return nil, err
	}
	return buf[:got], nil
}

// grow reads a value of a file whose size is unknown: memory follows what
// arrives.
func (r *Reader) grow(n int) ([]byte, error) {
	var buf bytes.Buffer
	if _, err := io.CopyN(&buf, r.r, int64(n)); err != nil && !ended(err) {
		return nil, err
	}
	return buf.Bytes(), nil
}

func (r *Reader) cutArena(n int) []byte {
	if n > arenaSize/4 {
		return make([]byte, n)
	}
	if n > len(r.arena) {
		size := int64(arenaSize)
		if r.size >= 0 {
			size = min(size, r.size-r.at)
		}
		r.arena = make([]byte, max(int(size), n))
	}
	buf := r.arena[:n:n]
	r.arena = r.arena[n:]
	return buf
}
