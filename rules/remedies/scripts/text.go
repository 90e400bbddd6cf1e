package scripts

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A text is a text file in the making: ASCII lines that end in CR LF.
type text struct {
	b strings.Builder
	// mark begins a comment: #, rem or ;.
	mark string
}

// width is how long the lines of comments and checklists get.
const width = 78

// line writes a line as it is. It is for text of this package only.
func (t *text) line(s string) { t.raw(s) }

func (t *text) linef(format string, args ...any) { t.raw(fmt.Sprintf(format, args...)) }

func (t *text) raw(s string) {
	t.b.WriteString(strings.TrimRight(s, " "))
	t.b.WriteString("\r\n")
}

// lines writes several lines of a literal.
func (t *text) lines(s string) {
	for l := range strings.SplitSeq(strings.Trim(s, "\n"), "\n") {
		t.raw(l)
	}
}

// comment writes a comment, wrapped. Whatever is in it comes out harmless.
func (t *text) comment(s string) {
	if s == "" {
		t.raw(t.mark)
		return
	}
	for _, l := range wrap(plain(s), width-len(t.mark)-1) {
		if strings.HasSuffix(l, `\`) {
			l += "." // a backslash at its end joins a line of an INF file to the next
		}
		t.raw(t.mark + " " + l)
	}
}

func (t *text) bytes() []byte { return []byte(t.b.String()) }

// harmless are the characters that stand for themselves in comments. None of
// them means anything to cmd.exe (as & | < > ^ % ! " do even behind rem), ends a
// comment, or joins it to the next line.
const harmless = " .,:;=+*/_-@#'()[]{}~\\"

// plain writes any text in letters, digits and harmless characters; all else is
// an escape, for reading: \x25, \u00fc.
func plain(s string) string { return escape(s, harmless) }

// printable writes any text in the printable characters of ASCII, for text files
// that nothing reads but people.
func printable(s string) string { return escape(s, harmless+`"!$%&<>?^|`+"`") }

// escape writes text in letters, digits and the characters given.
func escape(s, harmless string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r < 0x80 && strings.ContainsRune(harmless, r):
			b.WriteRune(r)
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

// maxName is how much of a name a comment shows.
const maxName = 100

// short is plain, cut.
func short(s string) string {
	if s == "" {
		return "no name"
	}
	return cut(plain(s), maxName)
}

// cut cuts ASCII text and shows that it did.
func cut(s string, most int) string {
	if len(s) > most {
		return s[:most-3] + "..."
	}
	return s
}

// wrap breaks text at spaces; a longer word has a line of its own.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// quoted writes values as a PowerShell array of single-quoted strings, one a
// line. The values are thumbprints or file names of this package.
func quoted(name string, values []string) string {
	var b strings.Builder
	b.WriteString("$" + name + " = @(\n")
	for i, v := range values {
		b.WriteString("    '" + v + "'")
		if i < len(values)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString(")")
	return b.String()
}

// hexLines writes bytes as pairs of digits, 16 a line.
func hexLines(b []byte, separator string) []string {
	lines := []string{}
	for len(b) > 0 {
		n := min(16, len(b))
		var pairs []string
		for _, c := range b[:n] {
			pairs = append(pairs, fmt.Sprintf("%02x", c))
		}
		lines = append(lines, strings.Join(pairs, separator))
		b = b[n:]
	}
	return lines
}
