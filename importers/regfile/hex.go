package regfile

import (
	"fmt"
	"slices"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// unhex holds the value of each hex digit, and 0xFF for any other byte.
var unhex = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xFF
	}
	for i := range byte(10) {
		t['0'+i] = i
	}
	for i := range byte(6) {
		t['a'+i], t['A'+i] = 10+i, 10+i
	}
	return t
}()

// A runEnd says why a run of hex numbers ends.
type runEnd int

const (
	runDone      runEnd = iota // the data ends with the line, or before a comment
	runBackslash               // it goes on in the next line
	runPiece                   // it goes on in the next piece of the line
	runBad
)

// hexData reads numbers of two hex digits with commas between, from the byte i
// of the current line on and over the lines that it goes on in.
func (p *parser) hexData(i int, typ evidence.RegType) *problem {
	p.value.typ = typ
	for {
		end, at := p.hexRun(i)
		p.value.end = p.line.Offset + p.line.Length
		switch end {
		case runDone:
			p.endHex(at)
			return nil
		case runBad:
			return &problem{badHex, "two hex digits, a comma, a backslash at the end of the line or a comment", at}
		case runPiece:
			if i = 0; !p.next() {
				return nil
			}
		case runBackslash:
			var bad *problem
			if i, bad = p.continuation(); i < 0 || bad != nil {
				return bad
			}
		}
	}
}

// hexRun reads the numbers of one line, or of a piece of one, and returns where
// they end.
func (p *parser) hexRun(i int) (runEnd, int) {
	s := p.line.Text
	p.roomFor(len(s) - i)
	for {
		// Nearly all numbers are two digits and a comma. There is room for all:
		// each takes three bytes of the line and gives one.
		data := p.data
		for i+3 <= len(s) && s[i+2] == ',' {
			hi, lo := unhex[s[i]], unhex[s[i+1]]
			if hi|lo > 15 {
				break
			}
			data = append(data, hi<<4|lo)
			i += 3
		}
		p.data = data
		if i+1 == len(s) && s[i] == '\\' {
			return runBackslash, i
		}
		if i += blanks(s[i:]); i == len(s) {
			if p.line.More {
				return runPiece, i
			}
			return runDone, i
		}
		switch s[i] {
		case ';':
			return runDone, i
		case '\\':
			j := i + 1 + blanks(s[i+1:])
			if j < len(s) && s[j] != ';' {
				return runBad, i
			}
			return runBackslash, i
		}
		n, start := uint(0), i
		for ; i < len(s) && unhex[s[i]] < 16; i++ {
			if n = n<<4 | uint(unhex[s[i]]); n > 0xFF {
				return runBad, start
			}
		}
		if i == start || i == len(s) && p.line.More {
			return runBad, start
		}
		p.data = append(p.data, byte(n))
		if i < len(s) && s[i] == ',' {
			i++
			continue
		}
		if i += blanks(s[i:]); i < len(s) && s[i] != ';' {
			return runBad, i
		}
		return runDone, i
	}
}

// roomFor makes room for the data of n characters. What is over the bound is
// counted and dropped, so that the rest of the file can be read.
func (p *parser) roomFor(n int) {
	if p.over > 0 || len(p.data) > p.most.value {
		p.over += int64(len(p.data))
		p.data = p.data[:0]
	}
	p.data = slices.Grow(p.data, n/3+1)
}

// continuation goes to the line that data goes on in behind a backslash: blank
// lines and comments are passed over. It returns where in the line the data
// begins, or -1 where the file ends first.
func (p *parser) continuation() (int, *problem) {
	for {
		p.skipLine()
		unended := p.line.Unended
		if !p.next() {
			if p.err == nil {
				detail := "a backslash says that the value goes on, and the file ends"
				if unended {
					detail += " without a line end"
				}
				p.truncated(p.whereValue(), detail+fmt.Sprintf("; %d bytes were read and taken for the value, as regedit does", len(p.data)))
				p.finishHex()
			}
			return -1, nil
		}
		s := p.line.Text
		i := blanks(s)
		if i == len(s) || s[i] == ';' {
			continue
		}
		if unhex[s[i]] > 15 {
			return 0, &problem{badHex, "the value's next hex digits, since the line before ends with a backslash,", i}
		}
		return i, nil
	}
}

// endHex ends a value whose last number stands before the byte at of the line.
func (p *parser) endHex(at int) {
	s := p.line.Text
	if p.line.Unended && at == len(s) && at > 0 {
		switch {
		case s[at-1] == ',' || at > 1 && unhex[s[at-1]] < 16 && unhex[s[at-2]] > 15:
			p.truncated(p.whereValue(), fmt.Sprintf("the file ends after %s without a line end; %d bytes were read and taken for the value, as regedit does",
				quoted(s[max(0, at-8):]), len(p.data)))
		case !p.inCertificateBlob():
			p.told.truncated = true
			p.lose("reg-no-line-end", p.whereValue(), "the file ends with binary data and no line end: it may be cut",
				fmt.Sprintf("an export ends with an empty line; %d bytes were read and taken for the value", len(p.data)))
		}
	}
	p.finishHex()
}

func (p *parser) finishHex() {
	if p.over > 0 || len(p.data) > p.most.value {
		p.over += int64(len(p.data))
		p.data = p.data[:0]
	}
	p.stringEnd()
	p.emit()
}

// stringEnd makes strings in hex as the registry holds them: UTF-16LE, closed
// by a NUL. A file of REGEDIT4 has them in the code page.
func (p *parser) stringEnd() {
	switch p.value.typ {
	case evidence.RegSZ, evidence.RegExpandSZ, evidence.RegMultiSZ:
	default:
		return
	}
	n := len(p.data)
	if n == 0 {
		return
	}
	if !p.ansi {
		switch {
		case n%2 != 0:
			p.diagnose("reg-odd-string", evidence.Warning, p.whereValue(), "a string has half a character at its end",
				fmt.Sprintf("wanted an even number of bytes of UTF-16; there are %d; the last one is kept and read by nothing", n))
		case p.data[n-1]|p.data[n-2] != 0:
			p.data = append(p.data, 0, 0)
		}
		return
	}
	if p.data[n-1] != 0 {
		p.data = append(p.data, 0)
	}
	for _, c := range p.data {
		if c >= 0x80 {
			p.ansiHigh = true
			break
		}
	}
	p.text, _ = p.page.Append(p.text[:0], p.data)
	p.data = text.AppendUTF16LE(p.data[:0], p.text)
}
