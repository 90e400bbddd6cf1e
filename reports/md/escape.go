package md

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/reports"
)

// maxText bounds a text, in UTF-16 units; the whole stands in the JSON report.
const maxText = 1_000

// inline escapes a text for one line.
func inline(s string) string {
	return escape(strings.Join(strings.Fields(reports.Cut(s, maxText)), " "))
}

// cell escapes a text for a cell of a table, in which a line cannot end.
func cell(s string) string {
	lines := strings.Split(reports.Cut(s, maxText), "\n")
	for i, l := range lines {
		lines[i] = escape(strings.TrimSpace(l))
	}
	return strings.Join(lines, "<br>")
}

// block escapes a text that may run over several lines, each but the first
// indented.
func block(s, indent string) string {
	var out []string
	for _, l := range strings.Split(reports.Cut(s, maxText), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, lineStart(escape(l)))
		}
	}
	if len(out) == 0 {
		return ""
	}
	// A backslash at the end of a line breaks it, and can be seen.
	return strings.Join(out, "\\\n"+indent)
}

var plainWord = regexp.MustCompile(`^[0-9A-Za-z-]+$`)

// word writes a name such as a rule's as code, if it is as plain as names are.
func word(s string) string {
	if plainWord.MatchString(s) {
		return "`" + s + "`"
	}
	return inline(s)
}

// code writes a text as code on one line (CommonMark, "Code spans"); it is not
// for tables.
func code(s string) string {
	s = strings.Join(strings.Fields(reports.Cut(s, maxText)), " ")
	longest, run := 0, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 {
		s = " " + s + " "
	}
	return fence + s + fence
}

// escape puts a backslash before each character by which the text would become
// markup (CommonMark, "Backslash escapes"), and before no other, so that paths
// and names stay legible: not before an underscore inside a word, nor before a
// backslash that escapes nothing.
func escape(s string) string {
	var b strings.Builder
	for i, r := range s {
		rest := s[i+utf8.RuneLen(r):]
		switch {
		case strings.ContainsRune("`*[]<|~$", r),
			r == '\\' && (rest == "" || isPunctuation(rest[0])),
			r == '_' && !(endsInWord(s[:i]) && beginsInWord(rest)),
			r == '&' && rest != "" && (rest[0] == '#' || rest[0] < utf8.RuneSelf && unicode.IsLetter(rune(rest[0]))),
			r == ':' && strings.HasPrefix(rest, "//"),
			r == '.' && len(s[:i]) >= 3 && strings.EqualFold(s[i-3:i], "www"):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// lineStart escapes what is markup at the beginning of a line only: headings,
// quotes, items of lists, rules and underlines.
func lineStart(s string) string {
	if s == "" {
		return s
	}
	if strings.ContainsRune("#>-+=", rune(s[0])) {
		return `\` + s
	}
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') {
		return s[:digits] + `\` + s[digits:]
	}
	return s
}

func isPunctuation(c byte) bool {
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z')
}

func endsInWord(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func beginsInWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
