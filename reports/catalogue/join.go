package catalogue

import "strings"

// joined translates a text that the program put together of others: lines,
// sentences, clauses, lists. Lines and sentences are translated each for itself;
// a sentence of which a part is unknown stays English as a whole.
func (w *work) joined(s string, depth int) (string, bool) {
	if strings.Contains(s, "\n") {
		return w.lines(s, depth)
	}
	if trimmed := strings.TrimSpace(s); trimmed != s {
		if trimmed == "" {
			return s, true
		}
		at := strings.Index(s, trimmed)
		text, ok := w.text(trimmed, depth+1)
		return s[:at] + text + s[at+len(trimmed):], ok
	}
	if cuts := sentences(s); len(cuts) > 0 {
		return w.apart(s, cuts, depth)
	}
	if text, ok := w.together(s, "; ", depth); ok {
		return text, true
	}
	if text, ok := w.labelled(s, depth); ok {
		return text, true
	}
	if text, ok := w.bracketed(s, depth); ok {
		return text, true
	}
	if text, ok := w.together(s, ", ", depth); ok {
		return text, true
	}
	if at := strings.LastIndex(s, " and "); at > 0 {
		left, ok := w.text(s[:at], depth+1)
		if right, also := w.text(s[at+5:], depth+1); ok && also && left+right != s[:at]+s[at+5:] {
			return left + " und " + right, true
		}
	}
	return s, !prose(s)
}

// lines translates paragraphs and lines. A paragraph that was folded for the
// source is looked up unfolded.
func (w *work) lines(s string, depth int) (string, bool) {
	paragraphs, ok := strings.Split(s, "\n\n"), true
	for i, p := range paragraphs {
		if strings.Contains(p, "\n") {
			unfolded := strings.ReplaceAll(p, "\n", " ")
			if text, known := w.text(unfolded, depth+1); known && text != unfolded {
				paragraphs[i] = text
				continue
			}
		}
		parts := strings.Split(p, "\n")
		for k, line := range parts {
			text, known := w.text(line, depth+1)
			parts[k], ok = text, ok && known
		}
		paragraphs[i] = strings.Join(parts, "\n")
	}
	return strings.Join(paragraphs, "\n\n"), ok
}

// sentences returns where the sentences of s after the first begin.
func sentences(s string) []int {
	var cuts []int
	for i := 2; i+1 < len(s); i++ {
		if s[i] == ' ' && (s[i-1] == '.' || s[i-1] == '!' || s[i-1] == '?') && (s[i+1] >= 'A' && s[i+1] <= 'Z' || s[i+1] == '"') {
			cuts = append(cuts, i+1)
		}
	}
	return cuts
}

// maxRun bounds how many parts are looked up as one text.
const maxRun = 6

// apart translates the sentences of s, as many at a time as the catalogue knows.
func (w *work) apart(s string, cuts []int, depth int) (string, bool) {
	bounds := append(append([]int{0}, cuts...), len(s)+1)
	var out []string
	all := true
	for i := 0; i < len(bounds)-1; {
		next := i + 1
		text, ok := "", false
		for j := min(len(bounds)-1, i+maxRun); j > i; j-- {
			part := s[bounds[i] : bounds[j]-1]
			if i == 0 && j == len(bounds)-1 {
				continue // the whole was tried
			}
			if j > i+1 {
				if text, ok = w.whole(part, depth); !ok {
					continue
				}
			} else {
				text, ok = w.text(part, depth+1)
			}
			next = j
			break
		}
		out, all = append(out, text), all && ok
		i = next
	}
	return strings.Join(out, " "), all
}

// whole translates s by one text or template.
func (w *work) whole(s string, depth int) (string, bool) {
	if to, ok := w.exact[s]; ok {
		return to, true
	}
	if depth > maxDepth || !w.step(len(s)) {
		return s, false
	}
	return w.matched(s, depth+1, false)
}

// together translates parts of one sentence: all of them, or none.
func (w *work) together(s, separator string, depth int) (string, bool) {
	parts := strings.Split(s, separator)
	if len(parts) < 2 {
		return s, false
	}
	var out []string
	for i := 0; i < len(parts); {
		next := 0
		for j := min(len(parts), i+maxRun); j > i; j-- {
			if i == 0 && j == len(parts) {
				continue
			}
			part := strings.Join(parts[i:j], separator)
			text, ok := "", false
			if j > i+1 {
				text, ok = w.whole(part, depth)
			} else {
				text, ok = w.text(part, depth+1)
			}
			if ok {
				out, next = append(out, text), j
				break
			}
		}
		if next == 0 {
			return s, false
		}
		i = next
	}
	return strings.Join(out, separator), true
}

// labelled translates a label, or a name, and what follows its colon.
func (w *work) labelled(s string, depth int) (string, bool) {
	for n, from := 0, 0; n < maxRun; n++ {
		at := strings.Index(s[from:], ": ")
		if at < 0 {
			break
		}
		at += from
		if left, ok := w.text(s[:at], depth+1); ok {
			if right, ok := w.text(s[at+2:], depth+1); ok {
				return left + ": " + right, true
			}
		}
		from = at + 2
	}
	return s, false
}

// bracketed translates a text and what it has in brackets at its end.
func (w *work) bracketed(s string, depth int) (string, bool) {
	if !strings.HasSuffix(s, ")") {
		return s, false
	}
	open, level := -1, 0
	for i := len(s) - 1; i >= 0 && open < 0; i-- {
		switch s[i] {
		case ')':
			level++
		case '(':
			if level--; level == 0 {
				open = i
			}
		}
	}
	if open < 2 || s[open-1] != ' ' {
		return s, false
	}
	head, ok := w.text(s[:open-1], depth+1)
	inner, also := w.text(s[open+1:len(s)-1], depth+1)
	if !ok || !also {
		return s, false
	}
	return head + " (" + inner + ")", true
}

// functionWords are small words that tell English from names and codes.
var functionWords = map[string]bool{"a": true, "an": true, "and": true, "are": true, "as": true, "at": true, "be": true, "but": true, "by": true, "can": true, "do": true, "does": true,
	"for": true, "from": true, "has": true, "have": true, "in": true, "into": true, "is": true, "it": true, "its": true, "no": true, "none": true, "not": true, "of": true, "on": true, "or": true,
	"so": true, "than": true, "that": true, "the": true, "they": true, "this": true, "to": true, "up": true, "was": true, "were": true, "which": true, "with": true}

// prose reports whether s has words of English and not only names, codes and
// numbers: a function word, or two words in small letters side by side.
func prose(s string) bool {
	small := false
	for i := 0; i < len(s); {
		if s[i] == '"' {
			if end := quotedEnd(s[i:]); end > 0 {
				i, small = i+end, false
				continue
			}
		}
		if s[i] == ' ' {
			i++
			continue
		}
		j := i
		for j < len(s) && s[j] != ' ' && s[j] != '"' {
			j++
		}
		j = max(j, i+1)
		word := strings.Trim(s[i:j], ".,;:()")
		lower := len(word) > 0
		for k := 0; k < len(word); k++ {
			lower = lower && (word[k] >= 'a' && word[k] <= 'z' || word[k] == '-' || word[k] == '\'')
		}
		if lower && functionWords[word] {
			return true
		}
		if lower && len(word) > 2 {
			if small {
				return true
			}
			small = true
		} else {
			small = false
		}
		i = j
	}
	return false
}
