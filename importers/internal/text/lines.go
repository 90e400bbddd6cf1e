package text

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// linesBlock is how much of a file is read at a time, and what its encoding is
// told from, unless lines are much shorter.
const linesBlock = 64 << 10

// A Line is one line of a file, or a piece of one that is too long.
type Line struct {
	// Text is the line as UTF-8 without its end. It is valid until the next
	// call of Next.
	Text []byte
	// Offset and Length are of the bytes in the file that Text was made from:
	// the line's end is not among them, nor is the byte order mark.
	Offset, Length int64
	// Number counts from 1.
	Number int
	// More says that the line was too long and goes on in the next Line, which
	// has the same number.
	More bool
	// Unended says that the file ends here, and with no line end.
	Unended bool
	// Broken is how many sequences of the line no character is written by; each
	// is U+FFFD in Text.
	Broken int
}

// Lines yields the lines of a file. A line ends with CR, LF or CR LF, in any
// mixture. What a line takes of memory is bounded.
//
// All places are counted in units, of one or two bytes. Nearly all lines are
// ASCII: of UTF-16, what is ASCII is made one byte a character a block at a
// time, and a line is a part of that.
type Lines struct {
	// Line is the line that Next read last.
	Line Line

	r    io.Reader
	page *CodePage
	max  int // bytes of a line
	enc  Encoding
	size int // bytes of a unit
	bom  int
	err  error // of r
	eof  bool
	done bool

	raw    []byte // raw[:n] is what was read
	n      int
	base   int64  // the offset of raw[0] in the file
	view   []byte // raw itself, or the ASCII of it, one byte a unit
	lo, hi int    // view[lo:hi] was not yielded; behind hi there is no ASCII, or nothing
	cr, lf lineEnd
	out    []byte // a decoded line
	inLine bool   // the last line was cut and goes on
}

// A lineEnd is where the next CR, or LF, is in the view.
type lineEnd struct {
	at   int // or -1
	seen int // up to where it was looked for: every byte is looked at once
}

// NewLines returns the lines of r. page decodes 8-bit text; nil stands for
// DefaultCodePage. A line of more than maxBytes bytes of the file, of which at
// least 64 are assumed, is yielded in pieces; a piece ends behind a comma where
// one is near.
func NewLines(r io.Reader, page *CodePage, maxBytes int) *Lines {
	maxBytes = max(maxBytes, 64) &^ 3
	l := &Lines{r: r, page: orDefault(page), raw: make([]byte, min(linesBlock, 4*maxBytes)), size: 1}
	for l.n < len(l.raw) && l.read() {
		// What decides the encoding does not depend on how it arrives.
	}
	l.enc, l.bom = detect(l.raw[:l.n], l.eof)
	l.view = l.raw
	if l.enc == UTF16LE || l.enc == UTF16BE {
		l.size = 2
		l.view = make([]byte, len(l.raw)/2)
	}
	l.max = maxBytes
	l.lo = l.bom / l.size
	l.review()
	return l
}

// Encoding returns the file's encoding, as far as it was read.
func (l *Lines) Encoding() Encoding { return l.enc }

// BOM returns the number of bytes of the file's byte order mark, 0 if none.
func (l *Lines) BOM() int { return l.bom }

// Offset returns the offset in the file of the next line; after the last one,
// that is the length of the file.
func (l *Lines) Offset() int64 {
	if l.done {
		return l.base + int64(l.n)
	}
	return l.base + int64(l.lo*l.size)
}

// Err returns the error that ended the reading, nil at the end of the file.
func (l *Lines) Err() error { return l.err }

// Next reads the next line into Line, and reports whether there was one. What
// stands behind the last line's end is a line if it is not empty. A line that
// an error of reading cuts is read too.
func (l *Lines) Next() bool {
	for !l.done {
		l.find('\r', &l.cr)
		l.find('\n', &l.lf)
		end := l.cr.at
		if end < 0 || l.lf.at >= 0 && l.lf.at < end {
			end = l.lf.at
		}
		switch {
		case end >= 0 && (end-l.lo)*l.size <= l.max:
			after := end + 1
			if end == l.cr.at {
				// A CR that ends the buffer may be half of an end. Reading moves
				// the buffer, so all is looked at again.
				if after == l.hi && !l.blocked() && !l.eof {
					l.read()
					continue
				}
				if l.lf.at == after {
					after++
				}
			}
			l.set(end, false)
			l.lo = after
			return true
		case end >= 0 || (l.hi-l.lo)*l.size > l.max || !l.blocked() && l.lastTooLong():
			end = l.cut()
			l.set(end, true)
			l.lo = end
			return true
		case l.blocked():
			l.wideLine()
			return true
		case l.read() || l.lastTooLong():
		default:
			l.done = true
			if l.lo*l.size < l.n {
				l.set((l.n+l.size-1)/l.size, false)
				l.Line.Unended = true
				l.lo = l.n
				return true
			}
		}
	}
	l.Line.Text = nil
	return false
}

// find looks for the next c at or behind lo, if it is not known.
func (l *Lines) find(c byte, end *lineEnd) {
	if end.at >= l.lo {
		return
	}
	from := max(end.seen, l.lo)
	if i := bytes.IndexByte(l.view[from:l.hi], c); i >= 0 {
		end.at, end.seen = from+i, from+i
	} else {
		end.at, end.seen = -1, l.hi
	}
}

// blocked reports whether the unit behind the view is there and not ASCII.
func (l *Lines) blocked() bool { return l.size == 2 && l.hi < l.n/2 }

// wideLine reads a line of UTF-16 that is not ASCII throughout: there is no end
// in the view, and it is looked for behind it unit by unit.
func (l *Lines) wideLine() {
	length := l.hi - l.lo // lo moves when the buffer does
	for {
		at := l.lo + length
		switch {
		case 2*length > l.max || at >= l.n/2 && l.lastTooLong():
			end := l.cut()
			l.set(end, true)
			l.lo = end
			l.review()
			return
		case at < l.n/2:
			if u := l.at(at); u == '\r' || u == '\n' {
				after := l.lineBreak(length)
				l.set(l.lo+length, false)
				l.lo = after
				l.review()
				return
			}
			length++
		case !l.read() && !l.lastTooLong():
			l.done = true
			l.set((l.n+1)/2, false)
			l.Line.Unended = true
			l.lo = l.n
			return
		}
	}
}

// lastTooLong reports whether what is left of the file is too long for a line:
// half a unit at its end counts too.
func (l *Lines) lastTooLong() bool { return l.eof && l.n-l.lo*l.size > l.max }

// lineBreak returns the place behind the line end that follows length units.
func (l *Lines) lineBreak(length int) int {
	if l.at(l.lo+length) == '\r' {
		for l.lo+length+1 >= l.n/2 && l.read() {
			// The LF may be still to come.
		}
		if after := l.lo + length + 1; after < l.n/2 && l.at(after) == '\n' {
			return after + 1
		}
	}
	return l.lo + length + 1
}

// review begins the view anew if nothing is left of it.
func (l *Lines) review() {
	if l.lo < l.hi {
		return
	}
	l.hi = l.lo
	l.cr, l.lf = lineEnd{-1, l.lo}, lineEnd{-1, l.lo}
	l.extend()
}

// extend lets the view reach to the end of the buffer, or to what is not ASCII.
func (l *Lines) extend() {
	if l.size == 1 {
		l.hi = l.n
		return
	}
	l.hi += narrow(l.view[l.hi:], l.raw[2*l.hi:l.n], l.enc == UTF16BE)
}

// at returns the unit at i.
func (l *Lines) at(i int) uint16 {
	if l.size == 2 {
		return unit(l.raw[2*i:], l.enc == UTF16BE)
	}
	return uint16(l.raw[i])
}

// set makes what stands before the place end the line. A piece of a line keeps
// its number.
func (l *Lines) set(end int, more bool) {
	line := &l.Line
	if !l.inLine {
		line.Number++
	}
	l.inLine = more
	raw := l.raw[l.lo*l.size : min(end*l.size, l.n)]
	line.Offset, line.Length, line.More, line.Broken = l.base+int64(l.lo*l.size), int64(len(raw)), more, 0
	if l.size == 2 {
		if end <= l.hi {
			line.Text = l.view[l.lo:end]
			return
		}
		l.out, line.Broken = appendUTF16(l.out[:0], raw, l.enc == UTF16BE)
		line.Text = l.out
		return
	}
	if l.enc == ASCII {
		if isASCII(raw) {
			line.Text = raw
			return
		}
		l.enc = sniff8(raw, !more)
	}
	switch {
	case l.enc == EightBit:
		l.out, line.Broken = l.page.Append(l.out[:0], raw)
		line.Text = l.out
	case utf8.Valid(raw):
		line.Text = raw
	default:
		l.out, line.Broken = appendBroken(l.out[:0], raw)
		line.Text = l.out
	}
}

// appendBroken appends src to dst with U+FFFD for each byte that is not UTF-8.
func appendBroken(dst, src []byte) (out []byte, broken int) {
	for len(src) > 0 {
		r, n := utf8.DecodeRune(src)
		if r == utf8.RuneError && n == 1 {
			broken++
		}
		dst, src = utf8.AppendRune(dst, r), src[n:]
	}
	return dst, broken
}

// cutSearch is how far back a comma is looked for to cut a line behind.
const cutSearch = 128

// cut returns where to cut a line that is too long. No character of any
// encoding is cut behind a comma; elsewhere that is seen to.
func (l *Lines) cut() int {
	end := l.lo + l.max/l.size
	for i := end - 1; i >= max(l.lo+1, end-cutSearch); i-- {
		if l.at(i) == ',' {
			return i + 1
		}
	}
	switch {
	case l.size == 2:
		if l.at(end-1)&0xFC00 == 0xD800 {
			return end - 1
		}
	case l.enc != EightBit:
		for back := end; back > end-utf8.UTFMax; back-- {
			if utf8.RuneStart(l.raw[back]) {
				return back
			}
		}
	}
	return end
}

// read reads more and returns whether there was more. The buffer is moved, and
// grows as far as one line and a block need.
func (l *Lines) read() bool {
	if l.eof {
		return false
	}
	if l.n == len(l.raw) {
		l.makeRoom()
	}
	for range 100 {
		n, err := l.r.Read(l.raw[l.n:])
		open := !l.blocked()
		l.n += n
		if open && l.view != nil {
			l.extend()
		}
		if err != nil {
			l.eof = true
			if err != io.EOF {
				l.err = err
			}
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	l.eof, l.err = true, io.ErrNoProgress
	return false
}

// makeRoom moves what is left to the front of the buffer, or makes the buffer
// bigger where that is all of it.
func (l *Lines) makeRoom() {
	if l.lo == 0 {
		l.raw = append(l.raw, make([]byte, min(2*len(l.raw), l.max+linesBlock)-len(l.raw))...)
		if l.size == 1 {
			l.view = l.raw
		} else {
			l.view = append(l.view, make([]byte, len(l.raw)/2-len(l.view))...)
		}
		return
	}
	if l.size == 2 {
		copy(l.view, l.view[l.lo:l.hi])
	}
	copy(l.raw, l.raw[l.lo*l.size:l.n])
	for _, e := range [2]*lineEnd{&l.cr, &l.lf} {
		e.at, e.seen = max(e.at-l.lo, -1), max(e.seen-l.lo, 0)
	}
	l.base += int64(l.lo * l.size)
	l.n -= l.lo * l.size
	l.hi -= l.lo
	l.lo = 0
}
