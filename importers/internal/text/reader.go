package text

import (
	"io"
	"unicode/utf8"
)

// readerBlock is how many bytes of a file a Reader decodes at a time, and what
// late detection looks at at most.
const readerBlock = 64 << 10

// minBlock is how much of a block is left for the next one to begin with, so
// that no character is cut: more than any escape sequence of a code page.
const minBlock = 64

// A Reader transcodes a whole file to UTF-8 and maps offsets in what it gives
// back to offsets in the file. The byte order mark is left out. Memory does not
// grow with the file if Offset is called now and then.
type Reader struct {
	r     io.Reader
	page  *CodePage
	enc   Encoding
	bom   int
	begun bool
	err   error // of r, kept until all before it was given

	raw    []byte // what was read and not decoded
	buf    []byte // the buffer behind raw
	out    []byte // what was decoded and not given
	outBuf []byte
	steps  *multiSteps
	broken int

	segments []segment // where in the file the decoded text stands, in order
	outEnd   int64     // decoded so far
	inEnd    int64     // in the file
}

// A segment is a run of text of which each character took in bytes of the file
// and gave out bytes of UTF-8.
type segment struct {
	outStart, inStart int64
	out, in           int
}

// goesOn reports whether text at the rate of out for in belongs to s. An escape
// sequence of a code page gives no text and so ends a segment.
func (s segment) goesOn(outEnd, inEnd int64, out, in int) bool {
	return s.out == out && s.in == in && s.inStart+(outEnd-s.outStart)/int64(s.out)*int64(s.in) == inEnd
}

// NewReader returns a Reader of r. page decodes 8-bit text; nil stands for
// DefaultCodePage.
func NewReader(r io.Reader, page *CodePage) *Reader {
	return &Reader{r: r, page: orDefault(page), buf: make([]byte, readerBlock)}
}

func orDefault(page *CodePage) *CodePage {
	if page == nil {
		page, _ = NewCodePage(DefaultCodePage) // that name is known
	}
	return page
}

// Encoding returns the file's encoding, as far as it was read.
func (r *Reader) Encoding() Encoding { r.begin(); return r.enc }

// BOM returns the number of bytes of the file's byte order mark, 0 if none.
func (r *Reader) BOM() int { r.begin(); return r.bom }

// Broken returns how many sequences that no character is written by were met so
// far; each became U+FFFD.
func (r *Reader) Broken() int { return r.broken }

// Read implements io.Reader.
func (r *Reader) Read(p []byte) (int, error) {
	r.begin()
	for len(r.out) == 0 {
		if len(r.raw) < minBlock && r.err == nil {
			r.fill()
		}
		if len(r.raw) == 0 {
			return 0, r.err
		}
		r.decode()
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// Offset returns the offset in the file of the character that holds the byte
// at pos of what Read gives. It must not be called with a pos before that of
// an earlier call, since what is before is forgotten. A pos at or behind the
// end of what was decoded gives the place in the file up to which it was.
func (r *Reader) Offset(pos int64) int64 {
	r.begin()
	if pos >= r.outEnd {
		return r.inEnd
	}
	for len(r.segments) > 1 && r.segments[1].outStart <= pos {
		r.segments = r.segments[1:]
	}
	s := r.segments[0]
	return s.inStart + max(0, pos-s.outStart)/int64(s.out)*int64(s.in)
}

func (r *Reader) begin() {
	if r.begun {
		return
	}
	r.begun = true
	r.fill()
	r.enc, r.bom = detect(r.raw, r.err != nil)
	r.raw = r.raw[r.bom:]
	r.inEnd = int64(r.bom)
}

// fill reads a block, keeping what is left of the last one. Blocks are always
// full, so that what is decided by a block does not depend on how it arrived.
func (r *Reader) fill() {
	kept := copy(r.buf, r.raw)
	n, err := io.ReadFull(r.r, r.buf[kept:])
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	r.raw, r.err = r.buf[:kept+n], err
}

// decode decodes what it can of the block.
func (r *Reader) decode() {
	r.outBuf = r.outBuf[:0]
	final := r.err != nil
	for len(r.raw) >= minBlock || final && len(r.raw) > 0 {
		if r.enc == UTF16LE || r.enc == UTF16BE {
			r.decode16()
			continue
		}
		if r.enc != EightBit || r.page.single != nil {
			if n := asciiPrefix(r.raw); n > 0 {
				r.outBuf = append(r.outBuf, r.raw[:n]...)
				r.advance(n, n, 1, 1)
				continue
			}
		}
		if r.enc == ASCII {
			r.enc = sniff8(r.raw, r.err != nil)
		}
		r.decode8()
	}
	r.out = r.outBuf
}

func (r *Reader) decode16() {
	bigEndian := r.enc == UTF16BE
	r.outBuf = grow(r.outBuf, len(r.raw)/2+utf8.UTFMax)
	n := narrow(r.outBuf[len(r.outBuf):cap(r.outBuf)], r.raw, bigEndian)
	r.outBuf = r.outBuf[:len(r.outBuf)+n]
	r.advance(n, 2*n, 1, 2)
	for len(r.raw) >= minBlock || r.err != nil && len(r.raw) > 0 {
		c, n, ok := decodeUTF16(r.raw, bigEndian)
		if c < utf8.RuneSelf {
			return
		}
		r.appendRune(c, n, ok)
	}
}

// decode8 decodes a character outside ASCII, or any in a code page of several
// bytes a character.
func (r *Reader) decode8() {
	switch {
	case r.enc == UTF8:
		c, n := utf8.DecodeRune(r.raw)
		r.appendRune(c, n, c != utf8.RuneError || n > 1)
	case r.page.single != nil:
		c := r.page.single[r.raw[0]]
		r.appendRune(c, 1, c != utf8.RuneError)
	default:
		if r.steps == nil {
			r.steps = newMultiSteps(r.page)
		}
		nDst, nSrc := r.steps.next(r.raw)
		if c, _ := utf8.DecodeRune(r.steps.out()); c == utf8.RuneError {
			r.broken++
		}
		r.outBuf = append(r.outBuf, r.steps.out()...)
		if nDst == nSrc {
			r.advance(nDst, nSrc, 1, 1)
		} else {
			r.advance(nDst, nSrc, nDst, nSrc)
		}
	}
}

func (r *Reader) appendRune(c rune, n int, ok bool) {
	if !ok {
		r.broken++
	}
	size := utf8.RuneLen(c)
	r.outBuf = utf8.AppendRune(r.outBuf, c)
	r.advance(size, n, size, n)
}

// advance notes that nSrc bytes of the file gave nDst of text, at the rate of
// out for in.
func (r *Reader) advance(nDst, nSrc, out, in int) {
	if last := len(r.segments) - 1; nDst > 0 && (last < 0 || !r.segments[last].goesOn(r.outEnd, r.inEnd, out, in)) {
		r.segments = append(r.segments, segment{r.outEnd, r.inEnd, out, in})
	}
	r.raw = r.raw[nSrc:]
	r.outEnd += int64(nDst)
	r.inEnd += int64(nSrc)
}
