package regfile

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// A value is one that is being read. Its name and its data are the parser's.
type value struct {
	named      bool   // the name was read
	path       string // "[KEY] name", "" until it is wanted
	typ        evidence.RegType
	start, end int64 // of all its lines, in the file
	line       int
}

// problem is what is wrong with a value: what was wanted at which byte of the
// current line, and the code that tells of it.
type problem struct {
	code, wanted string
	at           int
}

// bigValue is the size from which on a value takes its buffer with it, rather
// than a copy.
const bigValue = 1 << 20

const (
	badName = "reg-bad-name"
	badData = "reg-bad-data"
	badHex  = "reg-bad-hex"
)

// valueLine reads "name"=data or @=data from the byte i of the current line on,
// and the lines that the data goes on in.
func (p *parser) valueLine(i int) {
	p.statements++
	p.value = value{start: p.start(i), end: p.line.Offset + p.line.Length, line: p.line.Number}
	p.data = p.data[:0]
	p.over = 0
	i, bad := p.valueName(i)
	if bad == nil {
		bad = p.valueData(i)
	}
	if bad != nil && p.err == nil {
		p.badValue(bad)
	}
}

func (p *parser) badValue(bad *problem) {
	s := p.line.Text
	p.value.end = max(p.value.end, p.line.Offset+p.line.Length)
	where := p.whereValue()
	p.afterBad = true
	if bad.at < len(s) && s[bad.at] == '[' && bad.at == blanks(s) {
		// The line of a key was taken for data: what follows is not of the key
		// before it.
		p.closeKey()
	}
	switch detail := fmt.Sprintf("wanted %s at line %d, column %d; there is %s", bad.wanted, p.line.Number, p.column(bad.at), quoted(s[bad.at:])); {
	case p.line.Unended:
		p.truncated(where, detail+"; no line end follows: the export was cut, or copied in part")
	case p.line.More && bad.code != badHex:
		p.lose("reg-line-too-long", where, "a value's line is too long to be read", fmt.Sprintf("at most %d bytes are read of a line that is not binary data", p.most.line))
	default:
		p.lose(bad.code, where, "a value cannot be read", detail+"; regedit passes over the value, and so it was done")
	}
}

// valueName reads the name and the equals sign behind it, and returns the place
// behind that.
func (p *parser) valueName(i int) (int, *problem) {
	s := p.line.Text
	p.name = p.name[:0]
	if s[i] == '@' {
		i++
	} else {
		name, end, bad := p.unescape(i + 1)
		if bad != nil {
			return 0, bad
		}
		p.name = append(p.name, name...)
		i = end
	}
	p.value.named = true
	if p.inCertificateBlob() {
		p.key.blob = true
	}
	i += blanks(s[i:])
	if i == len(s) || s[i] != '=' {
		return 0, &problem{badName, "an equals sign behind the name", i}
	}
	return i + 1, nil
}

// valueData reads what stands behind the equals sign.
func (p *parser) valueData(i int) *problem {
	s := p.line.Text
	i += blanks(s[i:])
	rest := s[i:]
	switch {
	case len(rest) == 0:
		return &problem{badData, "data", i}
	case rest[0] == '-':
		return p.deleteValue(i + 1)
	case rest[0] == '"':
		return p.stringData(i + 1)
	case hasPrefix(rest, "dword:"):
		return p.dwordData(i + len("dword:"))
	case hasPrefix(rest, "hex:"):
		return p.hexData(i+len("hex:"), evidence.RegBinary)
	case hasPrefix(rest, "hex("):
		typ, n := hexType(rest[len("hex("):])
		if n == 0 {
			return &problem{badData, "a type of up to 8 hex digits, as in hex(7):", i + len("hex(")}
		}
		return p.hexData(i+len("hex(")+n, typ)
	}
	return &problem{badData, `a quote, "dword:", "hex:", "hex(n):" or "-"`, i}
}

func hasPrefix(s []byte, prefix string) bool {
	return len(s) >= len(prefix) && string(s[:len(prefix)]) == prefix
}

// hexType reads the n): of hex(n): and returns its length, 0 if it is wrong.
func hexType(s []byte) (evidence.RegType, int) {
	typ, i := uint64(0), 0
	for ; i < len(s) && unhex[s[i]] < 16; i++ {
		if typ = typ<<4 | uint64(unhex[s[i]]); typ > 0xFFFFFFFF {
			return 0, 0
		}
	}
	if i == 0 || !hasPrefix(s[i:], "):") {
		return 0, 0
	}
	return evidence.RegType(typ), i + 2
}

// endOfData reports that only blanks and a comment follow.
func (p *parser) endOfData(i int, code string) *problem {
	s := p.line.Text
	i += blanks(s[i:])
	if i < len(s) && s[i] != ';' {
		return &problem{code, "the end of the line, or a comment that begins with ;", i}
	}
	return nil
}

func (p *parser) deleteValue(i int) *problem {
	if bad := p.endOfData(i, badData); bad != nil {
		return bad
	}
	p.endLine()
	if !p.keyOpen() {
		return nil
	}
	p.deletion(p.whereValue())
	v := p.newValue()
	v.Deleted = true
	p.add(v)
	return nil
}

func (p *parser) dwordData(i int) *problem {
	s := p.line.Text
	i += blanks(s[i:])
	start, n := i, uint32(0)
	for ; i < len(s) && unhex[s[i]] < 16; i++ {
		n = n<<4 | uint32(unhex[s[i]])
	}
	if i == start || i-start > 8 {
		return &problem{badData, "a number of 1 to 8 hex digits", start}
	}
	if bad := p.endOfData(i, badData); bad != nil {
		return bad
	}
	if p.line.Unended && i-start < 8 && i == len(s) {
		p.truncated(p.whereValue(), fmt.Sprintf("an export writes 8 digits; there are %d and no line end; they were taken for the number, as regedit does", i-start))
	}
	p.value.typ = evidence.RegDWord
	p.data = binary.LittleEndian.AppendUint32(p.data, n)
	p.emit()
	return nil
}

func (p *parser) stringData(i int) *problem {
	s, end, bad := p.unescape(i)
	if bad == nil {
		bad = p.endOfData(end, badData)
	}
	if bad != nil {
		return bad
	}
	p.value.typ = evidence.RegSZ
	p.setString(s)
	p.emit()
	return nil
}

// setString sets the data to a string as the registry holds it.
func (p *parser) setString(s []byte) { p.data = append(text.AppendUTF16LE(p.data[:0], s), 0, 0) }

// unescape reads a quoted text from the byte behind the quote on, and returns
// it and the place behind the closing quote. The text is valid until the next
// call, or the next line.
func (p *parser) unescape(i int) (s []byte, end int, bad *problem) {
	line := p.line.Text
	start := i
	for ; i < len(line); i++ {
		switch line[i] {
		case '"':
			return line[start:i], i + 1, nil
		case '\\':
			p.text = append(p.text[:0], line[start:i]...)
			return p.unescapeSlow(start, i)
		}
	}
	return nil, 0, &problem{badData, "a closing quote", start - 1}
}

func (p *parser) unescapeSlow(start, i int) (s []byte, end int, bad *problem) {
	line, out := p.line.Text, p.text
	defer func() { p.text = out }()
	for ; i < len(line); i++ {
		c := line[i]
		if c == '"' {
			return out, i + 1, nil
		}
		if c == '\\' {
			if i++; i == len(line) {
				break
			}
			switch c = line[i]; c {
			case '\\', '"':
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case '0':
				return nil, 0, &problem{badData, `no \0, since a string can't hold it`, i - 1}
			default:
				_, size := utf8.DecodeRune(line[i:])
				p.diagnose("reg-escape", evidence.Note, p.whereValue(), "a backslash stands before a character that needs none",
					fmt.Sprintf(`wanted \\, \", \n or \r at column %d; there is %q; the character was taken as it is, as regedit does`, p.column(i-1), line[i-1:i+size]))
			}
		}
		out = append(out, c)
	}
	return nil, 0, &problem{badData, "a closing quote", start - 1}
}

// valuePath returns "[KEY] name" of the value. The default value shows as the @
// of the file, and the key alone while the name is not known.
func (p *parser) valuePath() string {
	v := &p.value
	switch {
	case v.path != "":
	case !v.named:
		return strings.TrimSuffix(p.key.bracketed, " ")
	case len(p.name) == 0:
		v.path = p.arena.concat(p.key.bracketed, nil, "@")
	default:
		v.path = p.arena.concat(p.key.bracketed, p.name, "")
	}
	return v.path
}

// nameText returns the name, which is a part of the path, so that both cost one
// allocation.
func (p *parser) nameText() string {
	if len(p.name) == 0 {
		return ""
	}
	return p.valuePath()[len(p.key.bracketed):]
}

// whereValue returns the place of the whole value.
func (p *parser) whereValue() evidence.Location {
	v := &p.value
	return p.in.At(v.start, v.end-v.start, v.line, p.valuePath())
}

func (p *parser) keyOpen() bool {
	if p.key.bracketed != "" {
		return true
	}
	p.lose("reg-no-key", p.whereValue(), "a value stands below no key", "no line with a key that can be read stands before it; it was passed over")
	return false
}

func (p *parser) newValue() *evidence.RegistryValue {
	v := p.arena.value()
	v.Where, v.Key, v.Type = p.whereValue(), p.key.path, p.value.typ
	v.Name = p.nameText()
	return v
}

// endLine goes to the end of a line that comes in pieces, as one with a long
// comment does: it is a part of the value's place.
func (p *parser) endLine() {
	if p.line.More {
		p.skipLine()
		p.value.end = p.line.Offset + p.line.Length
	}
}

// emit passes on the value that was read.
func (p *parser) emit() {
	p.endLine()
	if !p.keyOpen() {
		return
	}
	if p.over > 0 {
		p.lose("reg-value-too-big", p.whereValue(), fmt.Sprintf("a value of %d bytes was passed over", p.over),
			fmt.Sprintf("at most %d bytes are read of one value", p.most.value))
		return
	}
	if p.key.counted {
		p.counter.CountValue(len(p.data))
		return
	}
	if p.names.seen(p.nameText()) {
		p.diagnose("reg-value-repeated", evidence.Note, p.whereValue(), "a value stands twice below its key",
			"the later one is the one that an import leaves")
	}
	if p.inStore() {
		return
	}
	v := p.newValue()
	if len(p.data) < bigValue {
		v.Data = p.arena.clone(p.data)
	} else {
		v.Data, p.data = p.data, nil
	}
	p.add(v)
}
