package reports

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/rules"
)

// Clean returns a string of an export, or one that quotes it, in a form that no
// terminal, spreadsheet or browser acts upon. What could hide or steer is shown
// as an escape: control characters (\x1b), format characters such as bidi
// overrides and zero-width spaces (\u202e), U+2028 and U+2029, noncharacters
// such as U+FFFE, and bytes that are no UTF-8 (\xff). CR LF becomes LF, which
// alone stays. A backslash is left as it is, so the escape is for reading and
// cannot be undone: the JSON report keeps the data.
func Clean(s string) string {
	i := 0
	for i < len(s) && s[i] >= 0x20 && s[i] < 0x7f {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:i])
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\r' && strings.HasPrefix(s[i:], "\r\n"):
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n' || !Unsafe(r):
			b.WriteString(s[i : i+n])
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
		i += n
	}
	return b.String()
}

// Unsafe reports whether a character is one that Clean escapes: a control or
// format character, a line or paragraph separator, or a noncharacter.
func Unsafe(r rune) bool {
	switch {
	case r < 0x20 || r == 0x7f:
		return true
	case r < 0x7f:
		return false
	case r&0xfffe == 0xfffe || (r >= 0xfdd0 && r <= 0xfdef):
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// MaxCell is how many UTF-16 units a cell of a spreadsheet holds (Excel,
// "specifications and limits").
const MaxCell = 32_767

// Cut shortens a text to at most limit UTF-16 units. What was cut is said at
// the end of the text, and no character is cut in two. It is for writers whose
// cells are bounded.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	units := utf16Len(s)
	if units <= limit {
		return s
	}
	remark := fmt.Sprintf(" … [cut: %s characters in all, whole in the JSON report]", rules.Grouped(utf8.RuneCountInString(s)))
	room := limit - utf16Len(remark)
	end := 0
	for i, r := range s {
		end = i
		if room -= unitsOf(r); room < 0 {
			break
		}
	}
	return s[:end] + remark
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += unitsOf(r)
	}
	return n
}

func unitsOf(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}
