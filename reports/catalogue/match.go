package catalogue

import (
	"cmp"
	"slices"
	"strings"
)

// The bounds of one translation.
const (
	stepsPerText = 200_000 // beside those that the length allows; a step looks at some 64 bytes
	maxDepth     = 8       // texts within texts
)

// Work is the translation of one text. Its steps are bounded, so that no text
// takes more time than its length deserves; what is left then stays English.
type work struct {
	*Catalogue
	left int
	done map[string]result // of the texts within
}

// step reports whether there is work left to look at n bytes.
func (w *work) step(n int) bool {
	w.left -= 1 + n/64
	return w.left > 0
}

// text translates s and reports whether nothing of it stayed English.
func (w *work) text(s string, depth int) (string, bool) {
	if to, ok := w.exact[s]; ok {
		return to, true
	}
	if isNumber(s) {
		return groupNumber(s), true
	}
	if depth > maxDepth || !w.step(len(s)) {
		return s, false
	}
	if r, ok := w.done[s]; ok {
		return r.text, r.ok
	}
	// Data seldom holds what joins clauses: a template that would take a whole
	// clause for data is the last resort.
	text, ok := w.matched(s, depth, false)
	if !ok {
		text, ok = w.joined(s, depth)
	}
	if !ok && strings.Contains(s, "; ") {
		if loose, matched := w.matched(s, depth, true); matched {
			text, ok = loose, true
		}
	}
	if w.done == nil {
		w.done = map[string]result{}
	}
	w.done[s] = result{text, ok}
	return text, ok
}

// matched translates s by the template that has most of it as its literals. Data
// has a semicolon in it only if loose.
func (w *work) matched(s string, depth int, loose bool) (string, bool) {
	var candidates []*template
	seen := map[string]bool{}
	for _, word := range wholeWords(s, false, false) {
		if seen[word] {
			continue
		}
		seen[word] = true
		for _, t := range w.byWord[word] {
			if !w.step(len(s)) {
				return s, false
			}
			if t.fits(s) {
				candidates = append(candidates, t)
			}
		}
	}
	slices.SortStableFunc(candidates, func(a, b *template) int {
		return cmp.Or(b.length()-a.length(), b.texts()-a.texts())
	})
	for _, t := range candidates {
		if !w.step(len(s)) {
			break
		}
		values := make([]string, len(t.holes))
		if w.fill(t, 0, s[len(t.literals[0]):], values, depth, loose) {
			var b strings.Builder
			for _, p := range t.out {
				if p.literal != "" {
					b.WriteString(p.literal)
				} else {
					b.WriteString(values[p.hole])
				}
			}
			return b.String(), true
		}
	}
	return s, false
}

// fits reports whether all literals stand in s, in order: a quick test.
func (t *template) fits(s string) bool {
	last := t.literals[len(t.literals)-1]
	if !strings.HasPrefix(s, t.literals[0]) || !strings.HasSuffix(s, last) || len(s) < len(t.literals[0])+len(last) {
		return false
	}
	rest := s[len(t.literals[0]) : len(s)-len(last)]
	for _, l := range t.literals[1 : len(t.literals)-1] {
		i := strings.Index(rest, l)
		if i < 0 {
			return false
		}
		rest = rest[i+len(l):]
	}
	return true
}

// fill fills hole i and those after it from what is left of the text.
func (w *work) fill(t *template, i int, rest string, values []string, depth int, loose bool) bool {
	if i == len(t.holes) {
		return rest == ""
	}
	literal, last := t.literals[i+1], i == len(t.holes)-1
	try := func(end int) bool {
		if !w.step(len(rest)) {
			return false
		}
		value, ok := w.value(t.holes[i].kind, rest[:end], depth)
		if !ok || !t.takes(t.holes[i].kind, rest[:end], value, loose) || !w.fill(t, i+1, rest[end+len(literal):], values, depth, loose) {
			return false
		}
		values[i] = value
		return true
	}
	switch kind := t.holes[i].kind; {
	case last:
		end := len(rest) - len(literal)
		return end >= 0 && strings.HasSuffix(rest, literal) && try(end)
	case kind == 'n' || kind == 'q':
		end := numberEnd(rest)
		if kind == 'q' {
			end = quotedEnd(rest)
		}
		return end > 0 && strings.HasPrefix(rest[end:], literal) && try(end)
	}
	const most = 12 // places where a literal may stand
	for n, from := 0, 0; n < most; n++ {
		at := strings.Index(rest[from:], literal)
		if at < 0 {
			return false
		}
		if try(from + at) {
			return true
		}
		from += at + 1
	}
	return false
}

// fewLiterals is the length below which a template is too general to have English
// sentences for its data.
const fewLiterals = 20

// takes reports whether a value may fill a hole for data.
func (t *template) takes(kind byte, s, value string, loose bool) bool {
	switch {
	case kind == 'l':
		return !prose(strings.ReplaceAll(s, " and ", ", "))
	case kind == 'n' || kind == 'q' || kind == 't' || value != s:
		return true
	}
	return (loose || !strings.Contains(s, "; ")) && (t.length() >= fewLiterals || !prose(s))
}

// value is what fills a hole, translated as its kind wants it.
func (w *work) value(kind byte, s string, depth int) (string, bool) {
	switch kind {
	case 'n':
		return groupNumber(s), isNumber(s)
	case 'q':
		return s, s != "" && quotedEnd(s) == len(s)
	case 't':
		if s == "" {
			return s, true
		}
		return w.text(s, depth+1)
	case 'l':
		if at := strings.LastIndex(s, " and "); at > 0 {
			return s[:at] + " und " + s[at+5:], true
		}
	case 'x':
		if text, ok := w.text(s, depth+1); ok {
			return text, true
		}
	}
	return s, true
}

func isNumber(s string) bool { return s != "" && numberEnd(s) == len(s) }

// numberEnd returns the length of the number that s begins with, or 0.
func numberEnd(s string) int {
	i := 0
	if strings.HasPrefix(s, "-") {
		i = 1
	}
	digits := 0
	for i < len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == ',' && digits > 0 && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
		default:
			if digits == 0 {
				return 0
			}
			return i
		}
		i++
	}
	if digits == 0 {
		return 0
	}
	return i
}

// groupNumber writes 18,861 as 18.861.
func groupNumber(s string) string {
	parts := strings.Split(strings.TrimPrefix(s, "-"), ",")
	for i, p := range parts {
		if len(p) > 3 || i > 0 && len(p) != 3 {
			return s
		}
	}
	return strings.ReplaceAll(s, ",", ".")
}

// quotedEnd returns the length of the quotation that s begins with, or 0.
func quotedEnd(s string) int {
	if !strings.HasPrefix(s, `"`) {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
