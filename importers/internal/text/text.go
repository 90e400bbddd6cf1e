// Package text decodes what text formats have in common: it tells the encoding
// of a file from its first bytes, yields its lines, or the whole of it, as
// UTF-8, and keeps to every character the place in the file as exported.
//
// The package knows no format: what a line means, and what a broken one is
// worth, its callers say. It follows the Unicode Standard for UTF-8 and UTF-16,
// Windows for the code pages that leave bytes undefined, and the IANA registry
// for the names of code pages.
package text

import (
	"bytes"
	"unicode/utf8"
)

// An Encoding is the way in which a file writes characters.
type Encoding uint8

// The encodings. A file is ASCII until a byte outside ASCII is met; that byte
// and those after it then decide whether it is UTF8 or EightBit.
const (
	ASCII    Encoding = iota // no byte outside ASCII was seen
	UTF8                     // with or without a byte order mark
	UTF16LE                  // as Windows writes "Unicode"
	UTF16BE                  // as few programs do
	EightBit                 // in a code page that the file does not tell
)

// String returns the name that the IANA registry gives the encoding; for
// EightBit, which has none, it returns "8-bit".
func (e Encoding) String() string {
	return [...]string{"US-ASCII", "UTF-8", "UTF-16LE", "UTF-16BE", "8-bit"}[e]
}

// sniffNULs is how many bytes are looked at to find UTF-16 without a mark: a
// header is ASCII in every format, what follows it may be in any script.
const sniffNULs = 256

// Detect returns the encoding of a file that begins with head, and the number
// of bytes of its byte order mark. Without a mark, NULs at every other place
// make it UTF-16, and text outside ASCII is UTF-8 if it fits and 8-bit if not.
// A character that the end of head cuts in two counts as whole.
func Detect(head []byte) (e Encoding, bom int) { return detect(head, false) }

// detect is Detect; whole says that head is all of the file.
func detect(head []byte, whole bool) (e Encoding, bom int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		return UTF8, 3
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return UTF16BE, 2
	}
	if e, ok := sniff16(head[:min(len(head), sniffNULs)]); ok {
		return e, 0
	}
	return sniff8(head, whole), 0
}

// sniff16 recognises UTF-16 by its NULs: at least a quarter of the units are
// ASCII, and few NULs stand on the other side.
func sniff16(head []byte) (Encoding, bool) {
	units := len(head) / 2
	if units < 2 {
		return 0, false
	}
	var even, odd int
	for i := 0; i+1 < len(head); i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	switch {
	case 4*odd >= units && odd > 4*even:
		return UTF16LE, true
	case 4*even >= units && even > 4*odd:
		return UTF16BE, true
	}
	return 0, false
}

// sniff8 tells UTF-8 from a code page. A file is UTF-8 if most of what is not
// ASCII fits: one broken sequence does not make all others mojibake. whole says
// that a sequence which the end of head cuts is broken.
func sniff8(head []byte, whole bool) Encoding {
	if isASCII(head) {
		return ASCII
	}
	fit, broken := 0, 0
	for len(head) > 0 {
		if head[0] < utf8.RuneSelf {
			head = head[1:]
			continue
		}
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 {
			if !whole && !utf8.FullRune(head) {
				fit++
				break
			}
			broken++
		} else {
			fit++
		}
		head = head[n:]
	}
	if fit > 4*broken {
		return UTF8
	}
	return EightBit
}

func isASCII(b []byte) bool { return asciiPrefix(b) == len(b) }
