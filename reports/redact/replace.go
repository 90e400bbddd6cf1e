package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A view replaces the names in the texts of one report.
type view struct {
	*Redactor
	marked bool
	cache  map[cached]string
}

type cached struct {
	s string
	c class
}

// text returns a text with its names replaced.
func (v *view) text(s string, c class) string {
	if c == fixed || s == "" {
		return s
	}
	const most, long = 1 << 15, 512
	k := cached{s, c}
	if out, ok := v.cache[k]; ok {
		return out
	}
	out := v.replace(s, c)
	if len(s) <= long {
		if len(v.cache) >= most {
			clear(v.cache)
		}
		v.cache[k] = out
	}
	return out
}

func (v *view) replace(s string, c class) string {
	if c == exact || c == person {
		if p := v.whole(s, c); p != "" {
			return p
		}
	}
	// UTF-16 that was taken for 8-bit text has a NUL after each letter, and a
	// quoted one its escape.
	for _, nul := range []string{"\x00", `\x00`} {
		if strings.Contains(s, nul) {
			if plain := strings.ReplaceAll(s, nul, ""); v.known(plain, c) != plain {
				return v.known(plain, c)
			}
		}
	}
	return v.known(s, c)
}

// whole returns the pseudonym of a text that is a name as a whole, or "".
func (v *view) whole(s string, c class) string {
	k := aHost
	if c == person {
		k = aUser
	}
	if n := v.names[k][fold(strings.TrimSpace(s))]; n != nil && v.kinds.has(k) && !(v.marked && pseudonymForm.MatchString(s)) {
		return n.pseudonym
	}
	return ""
}

// known replaces names that are no row of words first, then the others between
// them.
func (v *view) known(s string, c class) string {
	for _, n := range v.index.odd {
		if v.index.plain[n] && !strings.EqualFold(s, n.folded) {
			continue
		}
		if i := indexFold(s, n.folded); i >= 0 {
			return v.known(s[:i], c) + n.pseudonym + v.known(s[i+len(n.folded):], c)
		}
	}
	return v.scan(s, c)
}

// indexFold finds a folded text in another; letters beyond ASCII have to have
// the same case, or to keep their length when they change it.
func indexFold(s, folded string) int {
	for i := 0; i+len(folded) <= len(s); i++ {
		if strings.EqualFold(s[i:i+len(folded)], folded) {
			return i
		}
	}
	return -1
}

// scan goes through a text word by word.
func (v *view) scan(s string, c class) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		if !startsWord(s, i) {
			_, n := utf8.DecodeRuneInString(s[i:])
			i += n
			continue
		}
		n, with := v.at(s, i, c)
		if n == 0 {
			i = pastWord(s, i)
			continue
		}
		b.WriteString(s[done:i])
		b.WriteString(with)
		i += n
		done = i
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// startsWord reports whether a word begins at i. The digits of an escape before
// it (%5C, \n, \x5c) are no part of it.
func startsWord(s string, i int) bool {
	if c := s[i]; c < utf8.RuneSelf && !wordByte(c) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return false
	}
	if i == 0 {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(s[:i])
	if !unicode.IsLetter(last) && !unicode.IsDigit(last) && !unicode.IsMark(last) {
		return true
	}
	switch {
	case i >= 3 && s[i-3] == '%' && isHex(s[i-2:i]):
		return true
	case i >= 2 && s[i-2] == '\\' && strings.ContainsRune("nrt", rune(s[i-1])):
		return true
	case i >= 4 && s[i-4] == '\\' && s[i-3] == 'x' && isHex(s[i-2:i]):
		return true
	case i >= 6 && s[i-6] == '\\' && s[i-5] == 'u' && isHex(s[i-4:i]):
		return true
	}
	return false
}

// pastWord returns where to look next after the word at i that is no name: its
// end, or the end of the escape that it begins with.
func pastWord(s string, i int) int {
	end := max(i+1, wordEnd(s, i))
	if i == 0 {
		return end
	}
	rest := s[i:end]
	switch {
	case s[i-1] == '%' && len(rest) > 2 && isHex(rest[:2]):
		return i + 2
	case s[i-1] != '\\':
	case len(rest) > 1 && strings.ContainsRune("nrt", rune(rest[0])):
		return i + 1
	case len(rest) > 3 && rest[0] == 'x' && isHex(rest[1:3]):
		return i + 3
	case len(rest) > 5 && rest[0] == 'u' && isHex(rest[1:5]):
		return i + 5
	}
	return end
}

// at returns what stands for the name that begins at i, and how long that is.
func (v *view) at(s string, i int, c class) (int, string) {
	if v.marked && pseudonymAt(s, i) > 0 {
		return pseudonymAt(s, i), s[i : i+pseudonymAt(s, i)]
	}
	if v.kinds.Hosts {
		if n := addressAt(s, i); n > 0 {
			if known := v.names[anAddress][fold(s[i:i+n])]; known != nil {
				return n, known.pseudonym
			}
		}
		if n, with := v.chainAt(s, i); n > 0 {
			return n, with
		}
	}
	if v.kinds.Users && (s[i] == 'S' || s[i] == 's') {
		if m := sid.FindString(s[i:]); m != "" {
			if known := v.names[aSID][fold(m)]; known != nil {
				return len(m), known.pseudonym
			}
		}
	}
	if end := wordEnd(s, i); c == message && end-i >= 8 && (end-i)%2 == 0 && isHex(s[i:end]) {
		if data := v.binary(s[i:end]); data != s[i:end] {
			return end - i, data
		}
	}
	return v.nameAt(s, i, c)
}

// pseudonymAt returns the length of the pseudonym at i, or 0.
func pseudonymAt(s string, i int) int {
	end := wordEnd(s, i)
	if end == i || end >= len(s) || s[end] != '-' {
		return 0
	}
	if end = wordEnd(s, end+1); pseudonymForm.MatchString(s[i:end]) {
		return end - i
	}
	return 0
}

// chainAt replaces DC=contoso,DC=com.
func (v *view) chainAt(s string, i int) (int, string) {
	if len(s)-i < 6 || !strings.EqualFold(s[i:i+3], "DC=") {
		return 0, ""
	}
	m := chain.FindStringSubmatchIndex(s[i:])
	if m == nil || m[2] != 0 {
		return 0, ""
	}
	labels := strings.Split(fold(domainOf(s[i:i+m[3]])), ".")
	for k := range labels {
		n := v.names[aDomain][strings.Join(labels[k:], ".")]
		if n == nil {
			continue
		}
		with := ""
		for _, l := range labels[:k] {
			with += "DC=" + v.text(l, exact) + ","
		}
		return m[3], with + "DC=" + n.pseudonym + ",DC=example"
	}
	return 0, ""
}

// nameAt finds the longest name that begins at i and is meant as one.
func (v *view) nameAt(s string, i int, c class) (int, string) {
	end := wordEnd(s, i)
	var buf [64]byte
	most := v.index.first[lower(&buf, s[i:end])]
	if most == 0 {
		return 0, ""
	}
	var ends [32]int
	count := 0
	for count < min(most, len(ends)) {
		ends[count] = end
		count++
		if end+1 >= len(s) || !strings.ContainsRune("-_. ", rune(s[end])) {
			break
		}
		next := wordEnd(s, end+1)
		if next == end+1 {
			break
		}
		end = next
	}
	for count--; count >= 0; count-- {
		end := ends[count]
		if with := v.meant(v.index.byText[lower(&buf, s[i:end])], s, i, end, c); with != "" {
			return end - i, with
		}
	}
	return 0, ""
}

// lower folds a word; that of the usual length without allocating twice.
func lower(buf *[64]byte, s string) string {
	if len(s) > len(buf) {
		return fold(s)
	}
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf {
			return fold(s)
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	return string(buf[:len(s)])
}

// meant chooses among the bearers of a name the one that is meant between from
// and end, and returns what stands for it, or "".
func (v *view) meant(list []*name, s string, from, end int, c class) string {
	with := ""
	for _, n := range list {
		clear := v.context(n.kind, s, from, end, c)
		if !clear && v.index.plain[n] {
			continue
		}
		if with != "" && !clear {
			continue
		}
		with = n.pseudonym
		if n.kind == aDomain && strings.Contains(n.folded, ".") {
			if from > 0 && s[from-1] == '-' {
				with = ""
				continue
			}
			with += ".example"
		}
		if clear && n.kind != aHost {
			break
		}
	}
	return with
}
