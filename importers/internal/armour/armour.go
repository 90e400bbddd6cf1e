// Package armour finds bytes that a text carries in base64: PEM blocks
// (RFC 7468, with the lax rules of its section 2) and text that is base64 from
// end to end, in an 8-bit encoding or UTF-16 of either order, as the Windows
// tools write them. It says where in the file each block stands.
//
// It does not look at what the bytes mean.
package armour

import (
	"bytes"
	"unicode/utf8"
)

// A Block is a stretch of text that carries bytes.
type Block struct {
	// Label is that of the BEGIN line, and "" for base64 without one.
	Label string
	// Offset and Length are the block's place in the file, BEGIN and END lines
	// included, in bytes of the file as it is; Line counts from 1.
	Offset, Length int64
	Line           int
	// Bytes are what the base64 says, up to the first character that is none.
	Bytes []byte
	// Open says that the text ends, or another block begins, before an END.
	Open bool
	// Bad is the line of the first character that cannot stand there, 0 if
	// there is none, and BadText what stands there.
	Bad     int
	BadText string
	// Headers says that lines such as "Proc-Type:" stand before the base64.
	Headers bool
}

// A Text is what was found in a text.
type Text struct {
	// Encoding is US-ASCII, UTF-8, UTF-16LE, UTF-16BE or 8-bit.
	Encoding string
	Blocks   []Block
}

// Parse finds the blocks of a text. It returns none where data is no text or
// carries no base64. Memory follows the length of data.
func Parse(data []byte) Text {
	s := decode(data)
	text := Text{Encoding: s.encoding}
	for {
		block, ok := s.pem()
		if !ok {
			break
		}
		text.Blocks = append(text.Blocks, block)
	}
	if len(text.Blocks) == 0 {
		if block, ok := s.bare(); ok {
			text.Blocks = append(text.Blocks, block)
		}
	}
	return text
}

// A scanner goes through a text of one byte a character.
type scanner struct {
	text     []byte
	encoding string
	bom      int // bytes before the first character
	width    int // bytes of a character in the file
	at       int
	line     int // of at
	counted  int // where line was counted last
}

// decode narrows UTF-16 to one byte a character; what is not ASCII becomes a
// byte that base64 does not know.
func decode(data []byte) *scanner {
	s := &scanner{width: 1, line: 1}
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		s.encoding, s.bom, s.width = "UTF-16LE", 2, 2
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		s.encoding, s.bom, s.width = "UTF-16BE", 2, 2
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		s.encoding, s.bom = "UTF-8", 3
	case wide(data, 1):
		s.encoding, s.width = "UTF-16LE", 2
	case wide(data, 0):
		s.encoding, s.width = "UTF-16BE", 2
	case !bytes.ContainsFunc(data, func(r rune) bool { return r >= utf8.RuneSelf }):
		s.encoding = "US-ASCII"
	case utf8.Valid(data):
		s.encoding = "UTF-8"
	default:
		s.encoding = "8-bit"
	}
	body := data[s.bom:]
	if s.width == 1 {
		s.text = body
		return s
	}
	high := 1
	if s.encoding == "UTF-16BE" {
		high = 0
	}
	s.text = make([]byte, len(body)/2)
	for i := range s.text {
		if s.text[i] = body[2*i+1-high]; body[2*i+high] != 0 {
			s.text[i] = 0x80
		}
	}
	return s
}

// wide reports whether data looks like UTF-16 without a byte order mark: most
// of the bytes at high, high+2, … are zero and none of the others is.
func wide(data []byte, high int) bool {
	head := data[:min(len(data)&^1, 512)]
	zeros := 0
	for i := 0; i < len(head); i += 2 {
		if head[i+1-high] == 0 {
			return false
		}
		if head[i+high] == 0 {
			zeros++
		}
	}
	return len(head) >= 8 && 8*zeros >= 3*len(head)
}

// lineOf returns the number of the line that position at stands in. Positions
// are asked for in rising order.
func (s *scanner) lineOf(at int) int {
	for ; s.counted < at; s.counted++ {
		switch c := s.text[s.counted]; {
		case c == '\n', c == '\r' && (s.counted+1 == len(s.text) || s.text[s.counted+1] != '\n'):
			s.line++
		}
	}
	return s.line
}

// place sets a block's place in the file.
func (s *scanner) place(b *Block, from, to int) {
	b.Offset = int64(s.bom + s.width*from)
	b.Length = int64(s.width * (to - from))
}
