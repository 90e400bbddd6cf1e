package redact

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A name is what somebody or something is called, with its pseudonym.
type name struct {
	kind          kind
	folded, shown string
	pseudonym     string
}

// learn takes a name, unless it is known, names nobody in particular, or is a
// pseudonym in a report that is redacted already.
func (r *Redactor) learn(k kind, s string) {
	s = strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD"))
	f := fold(s)
	switch {
	case f == "" || len(f) > maxName || nobody[f]:
		return
	case r.marked && pseudonymForm.MatchString(s):
		return
	}
	if n := r.names[k][f]; n != nil {
		if n.pseudonym == "" && s < n.shown {
			n.shown = s // the same spelling, whatever is read first
		}
		return
	}
	n := &name{kind: k, folded: f, shown: s}
	r.names[k][f] = n
	r.fresh = append(r.fresh, n)
	r.grew = true
}

// maxName bounds a name, in bytes.
const maxName = 1 << 10

// learnHost takes the name of a host: short, with its domain, as a machine
// account (NAME$), as \\NAME, or an address.
func (r *Redactor) learnHost(s string) {
	s = strings.TrimRight(strings.TrimLeft(strings.TrimSpace(s), `\`), "$.")
	if a, err := netip.ParseAddr(s); err == nil {
		if naming(a) {
			r.learn(anAddress, s)
		}
		return
	}
	if host, port, ok := strings.Cut(s, ":"); ok && strings.Trim(port, "0123456789") == "" {
		r.learnHost(host)
		return
	}
	short, domain, _ := strings.Cut(s, ".")
	if wordsOnly(s) && domainLike(domain) {
		r.learn(aHost, short)
		r.learnDomain(domain)
		return
	}
	r.learn(aHost, s)
}

// learnDomain takes a domain, DNS or NetBIOS, unless it is one of those that
// the public knows or a top-level name.
func (r *Redactor) learnDomain(s string) {
	s = strings.Trim(strings.TrimSpace(s), ".")
	if r.marked && pseudonymForm.MatchString(strings.TrimSuffix(strings.ToUpper(s), ".EXAMPLE")) {
		return
	}
	f := fold(s)
	for d := f; d != ""; _, d, _ = strings.Cut(d, ".") {
		if publicDomains[d] {
			return
		}
	}
	if strings.Contains(s, ".") && !domainLike(s) || f == "local" || f == "lan" || notAccounts[f] {
		return
	}
	r.learn(aDomain, s)
}

// learnUser takes the name of an account or of somebody; that of a machine's
// account is the name of a host.
func (r *Redactor) learnUser(s string) {
	s = strings.TrimSpace(s)
	if strings.HasSuffix(s, "$") {
		r.learnHost(s)
		return
	}
	if left, right, ok := strings.Cut(s, `\`); ok {
		r.learnAccount(left, strings.TrimLeft(right, `\`))
		return
	}
	if left, right, ok := strings.Cut(s, "@"); ok {
		r.learnMail(left, right)
		return
	}
	if !sid.MatchString(s) {
		r.learn(aUser, s)
	}
}

// learnAccount takes DOMAIN\user.
func (r *Redactor) learnAccount(domain, user string) {
	f := fold(domain)
	if f == "" || notAccounts[f] || user == "" || r.marked && pseudonymForm.MatchString(domain) && pseudonymForm.MatchString(user) {
		return
	}
	if !r.accounts[f] {
		r.accounts[f], r.grew = true, true
	}
	if short, _, _ := strings.Cut(f, "."); r.names[aHost][short] == nil {
		r.learnDomain(domain)
	}
	r.learnUser(user)
}

// learnMail takes user@domain.
func (r *Redactor) learnMail(user, domain string) {
	r.learnDomain(domain)
	r.learn(aUser, user)
	if f := fold(user + "@" + domain); !r.mails[f] {
		r.mails[f], r.grew = true, true
	}
}

// plain reports whether a name is to be replaced only where a host or a person
// is meant: it is short, an ordinary word of the trade, or all digits.
func (r *Redactor) plain(n *name) bool {
	switch n.kind {
	case aSID, anAddress:
		return false
	case aDomain:
		if strings.Contains(n.folded, ".") {
			return false
		}
		if len(n.folded) < 4 || vocabulary[n.folded] || r.words[n.folded] {
			return true
		}
	}
	letters, digits, odd := 0, 0, false
	ordinary, words := true, 0
	for _, w := range strings.FieldsFunc(n.folded, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		l, d := 0, 0
		for _, c := range w {
			if unicode.IsDigit(c) {
				d++
			} else {
				l++
			}
		}
		letters, digits = letters+l, digits+d
		words++
		ordinary = ordinary && (l == 0 || d == 0 && (l < 3 || vocabulary[w] || r.words[w]))
	}
	odd = !wordsOnly(n.folded)
	switch {
	case letters == 0 && !odd:
		return true
	case letters+digits < 4:
		return true
	case words == 1 && (isHex(n.folded) && len(n.folded) >= 32 || technical.MatchString(n.folded)):
		return true
	case digits == 0:
		return ordinary || r.words[n.folded]
	case words > 1:
		return technical.MatchString(n.folded)
	}
	return vocabulary[n.folded]
}

// wordsOnly reports whether a name is made of words that single separators join,
// so that it can be found word by word.
func wordsOnly(s string) bool {
	was := false
	for _, c := range s {
		is := unicode.IsLetter(c) || unicode.IsDigit(c)
		if !is && (!was || !strings.ContainsRune("-_. ", c)) {
			return false
		}
		was = is
	}
	return was
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return s != ""
}

// domainLike reports whether a text has the form of a DNS domain: two labels or
// more, the last one a top-level domain and no extension of a file.
func domainLike(s string) bool {
	labels := strings.Split(fold(s), ".")
	if len(labels) < 2 || len(labels) > 20 {
		return false
	}
	for _, l := range labels {
		if l == "" || strings.HasPrefix(l, "-") || strings.HasPrefix(l, "_") {
			return false
		}
		for _, c := range l {
			if !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-' && c != '_' {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	if extensions[last] {
		return false
	}
	return privateEnds[last] || longEnds[last] || (len(last) >= 2 && len(last) <= 6 || strings.HasPrefix(last, "xn--")) && !strings.ContainsAny(last, "0123456789_")
}

// An index finds names in a text.
type index struct {
	byText map[string][]*name
	plain  map[*name]bool
	first  map[string]int // the most words of a name that begins with this word
	odd    []*name        // those that are not made of words, the longest first
	binary map[[3]byte][]*name
}

func (r *Redactor) newIndex() *index {
	x := &index{byText: map[string][]*name{}, plain: map[*name]bool{}, first: map[string]int{}, binary: map[[3]byte][]*name{}}
	for _, k := range allKinds {
		if !r.kinds.has(k) || k == aSID || k == anAddress {
			continue
		}
		for f, n := range r.names[k] {
			if x.plain[n] = r.plain(n); !x.plain[n] && len(f) >= 4 {
				key := [3]byte([]byte(f))
				x.binary[key] = append(x.binary[key], n)
			}
			if !wordsOnly(f) {
				x.odd = append(x.odd, n)
				continue
			}
			x.byText[f] = append(x.byText[f], n)
			words := strings.FieldsFunc(f, func(c rune) bool { return strings.ContainsRune("-_. ", c) })
			x.first[words[0]] = max(x.first[words[0]], len(words))
		}
	}
	byLength := func(a, b *name) int {
		if len(a.folded) != len(b.folded) {
			return len(b.folded) - len(a.folded)
		}
		return strings.Compare(a.folded+string(a.kind), b.folded+string(b.kind))
	}
	slices.SortFunc(x.odd, byLength)
	for _, list := range x.binary {
		slices.SortFunc(list, byLength)
	}
	for _, list := range x.byText {
		slices.SortFunc(list, func(a, b *name) int { return slices.Index(allKinds, a.kind) - slices.Index(allKinds, b.kind) })
	}
	lengths := map[int]bool{}
	for f := range r.sources {
		lengths[len(f)] = true
	}
	r.lengths = r.lengths[:0]
	for n := range lengths {
		r.lengths = append(r.lengths, n)
	}
	return x
}

// wordEnd returns the end of the word of letters and digits at i.
func wordEnd(s string, i int) int {
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if !wordByte(c) {
				break
			}
			i++
			continue
		}
		c, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c) {
			break
		}
		i += n
	}
	return i
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
