package regfile

import (
	"bytes"
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// A parser reads one file, line by line.
type parser struct {
	ctx   context.Context
	in    *importers.Input
	to    evidence.Sink
	most  bounds
	page  *text.CodePage
	lines *text.Lines
	line  *text.Line // the current one
	err   error      // of the sink or the context; ends the reading

	header   string
	ansi     bool // strings in hex are of the code page
	ansiHigh bool // one held a byte outside ASCII
	count    int  // lines
	empty    bool // the last line was empty

	key     openKey
	value   value
	names   nameSet
	arena   arena
	counter counter
	name    []byte // of the value that is being read; reused
	data    []byte // of the value that is being read; reused
	text    []byte // a string's UTF-8; reused

	over       int64 // bytes of the value that were passed over
	afterBad   bool  // what follows may be the rest of a value that was passed over
	told       told
	statements int
}

// A counter is a sink that can say beforehand what it would drop, which then
// need not be made: most of a large export is that.
type counter interface {
	// Keeps reports whether the sink may keep a key or one of its values.
	Keeps(key string) bool
	// CountValue takes a value of a key that is not kept, with so many bytes of
	// data.
	CountValue(size int)
}

// told remembers what is said once a file.
type told struct{ deletion, offline, wow64, truncated bool }

// file reads the whole file.
func (p *parser) file() {
	ok := p.next()
	if p.header = headerKind(p.line.Text); !ok || p.header == "" || p.line.More {
		p.noHeader(ok)
		return
	}
	p.ansi = p.header == header4 && !p.wide()
	for p.next() {
		if p.header == header31 {
			p.line31()
		} else {
			p.statement()
		}
		p.skipLine()
	}
	if p.err != nil {
		return
	}
	p.closeKey()
	p.finish()
}

func (p *parser) wide() bool {
	e := p.lines.Encoding()
	return e == text.UTF16LE || e == text.UTF16BE
}

// next reads a line, or the next piece of one.
func (p *parser) next() bool {
	if p.err != nil {
		return false
	}
	if p.count++; p.count%1024 == 0 {
		if p.err = p.ctx.Err(); p.err != nil {
			return false
		}
	}
	ok := p.lines.Next()
	if !ok || p.line.Unended {
		// A line that is cut because reading failed says nothing of the file.
		if p.err = p.lines.Err(); p.err != nil {
			return false
		}
	}
	if !ok {
		return false
	}
	p.empty = len(p.line.Text) == 0
	if n := p.line.Broken; n > 0 {
		p.diagnose("reg-bad-text", evidence.Warning, p.here(0),
			fmt.Sprintf("%d sequences of bytes are no characters in %s", n, p.encoding()), "each was read as U+FFFD")
	}
	return true
}

// skipLine passes over the rest of a line that comes in pieces.
func (p *parser) skipLine() {
	for p.line.More && p.next() {
	}
}

// statement reads what begins at the current line. Any line that begins with
// none of the three signs means nothing to regedit.
func (p *parser) statement() {
	s := p.line.Text
	i := blanks(s)
	if i == len(s) {
		p.afterBad = false
		return
	}
	switch s[i] {
	case '[':
		p.afterBad = false
		p.keyLine(i)
	case '"', '@':
		p.afterBad = false
		p.valueLine(i)
	case ';', '#':
	default:
		p.otherLine(i)
	}
}

// otherLine tells of a line that means nothing. Two kinds are known: the rest
// of a value that was passed over, which was told of, and the header of a
// second export that was put behind the first.
func (p *parser) otherLine(i int) {
	s := bytes.TrimPrefix(p.line.Text[i:], []byte("\uFEFF"))
	switch {
	case p.afterBad:
	case headerKind(s) != "":
		p.diagnose("reg-second-header", evidence.Note, p.here(i), "a second export follows in the same file",
			"it was read as one with the first, as regedit would")
	default:
		p.lose("reg-bad-line", p.here(i), "a line is neither a key nor a value",
			fmt.Sprintf("wanted [, a quote or @ at column %d; there is %s; regedit passes over such a line, and so it was done", p.column(i), quoted(s)))
	}
}

// here returns the place of the current line from the byte i of its text on.
// Only blanks stand before i.
func (p *parser) here(i int) evidence.Location {
	at, n := p.start(i), p.line.Offset+p.line.Length
	return p.in.At(at, n-at, p.line.Number, "")
}

// start returns the offset in the file of the byte i of the line's text, if
// only ASCII stands before it.
func (p *parser) start(i int) int64 {
	if p.wide() {
		i *= 2
	}
	return p.line.Offset + int64(i)
}

// column returns the column, in characters from 1, of the byte i of the text.
func (p *parser) column(i int) int { return utf8.RuneCount(p.line.Text[:i]) + 1 }

func (p *parser) add(r evidence.Record) {
	if p.err == nil {
		p.err = p.to.Add(r)
	}
}

// finish says what is known of the file as a whole.
func (p *parser) finish() {
	p.in.Source.Encoding = p.encoding() + ", " + versionName(p.header)
	where := p.in.At(0, p.lines.Offset(), 0, "")
	switch e := p.lines.Encoding(); {
	case (e == text.EightBit || p.ansiHigh) && p.in.Options.Encoding == "":
		p.diagnose("reg-code-page", evidence.Note, where, "the code page of the file can't be known",
			fmt.Sprintf("an 8-bit export is in the code page of the machine it was made on; %s was assumed", p.page.Name()))
	case e == text.UTF8 && p.lines.BOM() == 0:
		p.diagnose("reg-utf8", evidence.Note, where, "the file is UTF-8 without a byte order mark",
			"regedit writes UTF-16 or a code page and would read it as the latter; it was read as UTF-8")
	}
	switch {
	case p.statements == 0:
		p.diagnose("reg-nothing", evidence.Note, where, "the file holds a header and no key",
			"an export of a key names the key; this one may be the result of a failed export")
	case !p.empty && !p.told.truncated:
		p.diagnose("reg-no-empty-line", evidence.Note, where, "the file does not end with an empty line, as an export does",
			"it was edited by hand, or was cut at the end of a line, which can't be seen otherwise")
	}
}

func (p *parser) encoding() string {
	if e := p.lines.Encoding(); e != text.EightBit {
		return e.String()
	}
	return p.page.Name()
}

func versionName(header string) string {
	if header == header5 {
		return "5.00"
	}
	return header
}
