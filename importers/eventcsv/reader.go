package eventcsv

import (
	"bytes"
	"context"
	"io"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/eventlog"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

const (
	// readBlock is how much of a file is held at first. The buffer grows only
	// for a row that does not fit, up to importers.MaxRecord.
	readBlock = 1 << 20
	// checkEvery is after how many rows the context is asked.
	checkEvery = 1024
)

// A reader reads one file.
type reader struct {
	ctx context.Context
	in  *importers.Input
	to  evidence.Sink

	src     io.Reader
	utf16   *text.Reader // src, where it is that
	eof     bool
	readErr error

	buf      []byte // buf[pos:end] was read and not taken
	pos, end int
	base     int64 // the offset of buf[0] in the text
	line     int   // of buf[pos], from 1
	upTo     int64 // where in the file reading stopped, or -1

	dec   *decoder
	lay   *layout
	scan  *scanner
	dates *eventlog.Dates

	rows   int // rows met, those that were passed over included
	events int
	whole  bool
	lost   loss
	// headerTries counts rows that were taken for a header and were none.
	headerTries int

	row   row
	names interner
	log   logState
}

// logState is what is said once of the whole log.
type logState struct {
	dialect    string
	channels   map[string]bool
	noProvider bool
	duplicates int
	others     int // rows of other kinds than events
}

func newReader(ctx context.Context, in *importers.Input, to evidence.Sink) *reader {
	block := readBlock
	if in.Size >= 0 && in.Size < readBlock {
		block = int(in.Size) + 1 // to see the end of the file without growing
	}
	return &reader{
		ctx: ctx, in: in, to: to, src: in, buf: make([]byte, block), line: 1, upTo: -1, whole: true,
		dates: eventlog.NewDates(in.TimeZone, in.DateOrder),
		names: interner{}, log: logState{channels: map[string]bool{}},
	}
}

// diagnose hands a diagnostic on and notes a loss.
func (r *reader) diagnose(d evidence.Diagnostic) {
	if d.Loses() {
		r.whole = false
	}
	r.to.Diagnose(d)
}

// fill reads until the buffer is full or the file ends, having moved what is
// not taken to the front. It returns whether something was read.
func (r *reader) fill() bool {
	if r.eof {
		return false
	}
	if r.pos > 0 {
		copy(r.buf, r.buf[r.pos:r.end])
		r.base += int64(r.pos)
		r.end -= r.pos
		r.pos = 0
	}
	if r.end == len(r.buf) {
		bigger := make([]byte, min(2*len(r.buf), importers.MaxRecord+readBlock))
		copy(bigger, r.buf[:r.end])
		r.buf = bigger
	}
	before := r.end
	for empty := 0; r.end < len(r.buf); {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		if n == 0 && err == nil {
			if empty++; empty == 100 {
				err = io.ErrNoProgress
			}
		} else {
			empty = 0
		}
		if err != nil {
			r.eof = true
			if err != io.EOF {
				r.readErr = err
			}
			break
		}
	}
	return r.end > before
}

// offset returns the place in the file of buf[pos]. It must not go back.
func (r *reader) offset(pos int) int64 {
	if r.utf16 != nil {
		return r.utf16.Offset(r.base + int64(pos))
	}
	return r.base + int64(pos)
}

// begin finds out the encoding and the layout. It leaves lay nil, with a
// diagnostic, where the file is not read.
func (r *reader) begin() {
	enc, bom := text.Detect(r.buf[:min(r.end, importers.DetectBytes)])
	page, err := text.NewCodePage(r.in.Encoding)
	if err != nil {
		r.diagnose(evidence.Diagnostic{Code: "csv-unknown-code-page", Severity: evidence.Warning, Where: r.in.At(0, 0, 1, ""),
			Summary: "the code page that was named is not known: " + text.DefaultCodePage + " was taken", Detail: err.Error()})
		page = nil
	}
	r.dec = newDecoder(enc, bom > 0, page)
	if enc == text.UTF16LE || enc == text.UTF16BE {
		read := bytes.Clone(r.buf[:r.end])
		r.utf16 = text.NewReader(io.MultiReader(bytes.NewReader(read), r.src), page)
		r.src, r.end, r.eof = r.utf16, 0, false
		r.fill()
	}
	r.in.Source.Encoding = r.dec.name()
	head := r.buf[:min(r.end, importers.DetectBytes)]
	found := recognise(head, r.eof && r.end == len(head), r.dec)
	if found.layout == nil {
		r.refuse(found)
		return
	}
	r.use(found.layout)
	r.skipTo(found.layout.data)
}

// use takes a layout for the rows that follow.
func (r *reader) use(lay *layout) {
	if r.lay == nil {
		r.log.dialect = lay.dialect.name
	} else if lay.channel == "" && lay.dialect == r.lay.dialect {
		lay.channel = r.lay.channel
	}
	r.lay = lay
	if r.scan == nil {
		r.scan = newScanner(lay.delim, lay.width)
	} else {
		r.scan.set(lay.delim, lay.width)
	}
	r.dates.UTC = lay.utc
	r.noteChannel(lay.channel)
	r.diagnoseColumns()
}

// skipTo passes over n bytes, in which lines are counted.
func (r *reader) skipTo(n int) {
	r.line += bytes.Count(r.buf[r.pos:r.pos+n], lineFeed)
	r.pos += n
}

var lineFeed = []byte{'\n'}

// run reads the rows. An error is one of the context or of the sink; that
// reading failed stands in readErr.
func (r *reader) run() error {
	for r.lay != nil {
		if r.rows%checkEvery == 0 {
			if err := r.ctx.Err(); err != nil {
				return err
			}
		}
		if r.pos == r.end && !r.fill() {
			break
		}
		if r.between() {
			continue
		}
		next, v := r.scan.scan(r.buf[:r.end], r.pos, r.eof)
		if v == more && r.end-r.pos <= importers.MaxRecord {
			r.fill()
			continue
		}
		switch {
		case v == more || next-r.pos > importers.MaxRecord:
			r.tooLong()
			return nil
		case v == openQuote:
			if stop := r.unclosed(); stop {
				return nil
			}
			continue
		case v != complete:
			r.bad(v)
			continue
		}
		if err := r.take(next); err != nil {
			return err
		}
	}
	return nil
}

// between passes over what stands between rows: blank lines, byte order marks
// of files that were put together, and NULs. It reports whether there was any.
func (r *reader) between() bool {
	switch r.buf[r.pos] {
	case '\n':
		r.skipTo(1)
		return true
	case '\r':
		if r.pos+1 == r.end && r.fill() {
			return true // to look again
		}
		if r.pos+1 == r.end {
			r.skipTo(1)
			return true
		}
		if r.buf[r.pos+1] == '\n' {
			r.skipTo(2)
			return true
		}
	case byteOrderMark[0]:
		if r.end-r.pos < len(byteOrderMark) && r.fill() {
			return true
		}
		if bytes.HasPrefix(r.buf[r.pos:r.end], byteOrderMark) {
			r.skipTo(len(byteOrderMark))
			return true
		}
	case 0:
		r.padding()
		return true
	}
	return false
}
