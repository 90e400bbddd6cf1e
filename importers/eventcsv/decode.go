package eventcsv

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// A decoder makes UTF-8 of fields. The scanner works on the bytes of the file,
// since no code page of Windows has a delimiter, a quote or a line end inside a
// character; only what is handed on is decoded.
type decoder struct {
	enc text.Encoding
	// bom says that a byte order mark vouches for the encoding.
	bom  bool
	page *text.CodePage
	buf  []byte
}

func newDecoder(enc text.Encoding, bom bool, page *text.CodePage) *decoder {
	if page == nil {
		page, _ = text.NewCodePage(text.DefaultCodePage) // that name is known
	}
	return &decoder{enc: enc, bom: bom, page: page}
}

// decode returns a field as UTF-8. The result is valid until the next call, or
// as long as field is.
func (d *decoder) decode(field []byte) []byte {
	if d.bom && d.enc == text.UTF8 || d.enc == text.UTF16LE || d.enc == text.UTF16BE || ascii(field) {
		return field
	}
	if d.enc == text.ASCII {
		d.enc, _ = text.Detect(field)
		if d.enc != text.UTF8 {
			d.enc = text.EightBit
		}
	}
	if d.enc == text.UTF8 && validPrefix(field) {
		return field
	}
	// A line of another program in a file of UTF-8 is read as 8-bit text.
	d.buf, _ = d.page.Append(d.buf[:0], field)
	return d.buf
}

// name returns the name of the encoding, as far as it is known.
func (d *decoder) name() string {
	if d.enc == text.EightBit {
		return d.page.Name()
	}
	return d.enc.String()
}

// ascii reports whether b has no byte outside ASCII.
func ascii(b []byte) bool {
	for len(b) >= 32 {
		x := binary.LittleEndian.Uint64(b) | binary.LittleEndian.Uint64(b[8:]) |
			binary.LittleEndian.Uint64(b[16:]) | binary.LittleEndian.Uint64(b[24:])
		if x&0x8080_8080_8080_8080 != 0 {
			return false
		}
		b = b[32:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// validPrefix reports whether b is UTF-8, but for a character that its end may
// cut: long messages are cut before they are decoded.
func validPrefix(b []byte) bool {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if tail := b[len(b)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				b = b[:len(b)-i]
			}
			break
		}
	}
	return utf8.Valid(b)
}

// decodeHead returns the start of a file as text that can be scanned, and what
// decodes its fields.
func decodeHead(head []byte) ([]byte, *decoder) {
	enc, bom := text.Detect(head)
	dec := newDecoder(enc, bom > 0, nil)
	if enc != text.UTF16LE && enc != text.UTF16BE {
		return head, dec
	}
	plain, err := io.ReadAll(text.NewReader(bytes.NewReader(head), nil))
	if err != nil {
		return nil, dec
	}
	return plain, dec
}
