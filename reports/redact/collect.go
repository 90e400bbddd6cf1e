package redact

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/reports"
)

// learnFrom goes through a report once.
func (r *Redactor) learnFrom(rep *reports.Report) {
	seen := newOnce()
	visit(reflect.ValueOf(*rep), prose, func(s string, c class) {
		if c == fixed || s == "" || !seen.first(s, c) {
			return
		}
		r.learnText(s, c)
	}, func(x any) {
		switch x := x.(type) {
		case reports.RegistryValue:
			r.learnRegistry(&x)
		case reports.Certificate:
			r.learnCertificate(&x)
		}
	})
}

// once remembers texts, within a bound: one that is forgotten is merely looked
// at again.
type once map[cached]bool

func newOnce() once { return once{} }

func (o once) first(s string, c class) bool {
	const most = 1 << 17
	if len(s) > 512 {
		return true
	}
	k := cached{s, c}
	if o[k] {
		return false
	}
	if len(o) >= most {
		clear(o)
	}
	o[k] = true
	return true
}

// learnText learns from one text.
func (r *Redactor) learnText(s string, c class) {
	switch c {
	case exact:
		r.learnHost(s)
		return
	case person:
		r.learnUser(s)
		return
	}
	r.learnAddresses(s)
	if c == file {
		r.sources[fold(s)] = true
	}
	if strings.ContainsAny(s, `\`) || strings.Contains(s, "Users") || strings.Contains(s, "%5") {
		r.learnPaths(s, c)
	}
	if strings.ContainsRune(s, '@') {
		for _, m := range mail.FindAllStringSubmatch(s, -1) {
			if c == message || r.names[aDomain][fold(m[2])] != nil {
				r.learnMail(m[1], m[2])
			}
		}
	}
	if strings.ContainsRune(s, '.') && c != file {
		r.learnDotted(s)
	}
	if strings.Contains(s, "DC=") || strings.Contains(s, "dc=") {
		for _, m := range chain.FindAllStringSubmatch(s, -1) {
			r.learnDomain(domainOf(m[1]))
		}
	}
	if c != message {
		return
	}
	if strings.ContainsAny(s, ":=") {
		r.learnLabelled(s)
	}
	if strings.ContainsRune(s, '/') {
		for _, m := range service.FindAllStringSubmatch(s, -1) {
			if !publicHost(m[1]) {
				r.learnHost(m[1])
			}
		}
		for _, m := range address.FindAllStringSubmatch(s, -1) {
			if !strings.Contains(m[1], ".") {
				r.learnHost(m[1])
			}
		}
	}
}

func publicHost(s string) bool {
	for d := fold(s); d != ""; _, d, _ = strings.Cut(d, ".") {
		if publicDomains[d] {
			return true
		}
	}
	return false
}

// learnPaths learns from backslashes: profiles, shares and accounts.
func (r *Redactor) learnPaths(s string, c class) {
	for _, m := range inUsers.FindAllStringSubmatch(s, -1) {
		r.learnUser(m[1])
	}
	if c == file {
		return
	}
	for _, m := range unc.FindAllStringSubmatch(s, -1) {
		if f := fold(m[1]); !notAccounts[f] && !publicHost(f) {
			r.learnHost(m[1])
		}
	}
	for at := 0; ; {
		m := account.FindStringSubmatchIndex(s[at:])
		if m == nil {
			return
		}
		left, right := s[at+m[2]:at+m[3]], s[at+m[4]:at+m[5]]
		if r.isAccount(left, right, s[:at+m[2]], c) {
			r.learnAccount(left, strings.TrimRight(right, "."))
		}
		at += m[5]
	}
}

// isAccount reports whether left\right is an account, and not the end of a path.
func (r *Redactor) isAccount(left, right, ahead string, c class) bool {
	f := fold(left)
	if notAccounts[f] {
		return false
	}
	if _, ext, ok := strings.Cut(right, "."); ok && extensions[fold(ext)] {
		return false
	}
	short, _, _ := strings.Cut(f, ".")
	if r.accounts[f] || r.names[aDomain][f] != nil || r.names[aHost][short] != nil || r.firstLabel(f) {
		return true
	}
	if before[aUser].MatchString(tail(ahead)) || c == message && asUser(ahead) {
		return true
	}
	return c == message && len(left) >= 2 && len(left) <= 15 && strings.ToUpper(left) == left && strings.ContainsAny(left, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && strings.ToUpper(right) != right
}

// asUser reports whether the words before an account say that it is one.
func asUser(ahead string) bool {
	words := strings.Fields(tail(ahead))
	if len(words) == 0 {
		return ahead == ""
	}
	switch fold(strings.TrimRight(words[len(words)-1], `"'(:`)) {
	case "user", "account", "users", "benutzer", "konto", "utilisateur", "compte", "usuario", "by", "as", "from", "von", "logon":
		return true
	}
	return false
}

// firstLabel reports whether a word is the first label of a known domain.
func (r *Redactor) firstLabel(f string) bool {
	for d := range r.names[aDomain] {
		if strings.HasPrefix(d, f) && len(d) > len(f) && d[len(f)] == '.' {
			return true
		}
	}
	return false
}

// learnDotted learns domains from hosts that are known, and hosts from domains.
func (r *Redactor) learnDotted(s string) {
	for _, m := range dotted.FindAllString(s, -1) {
		labels := strings.Split(m, ".")
		if len(labels) > 20 || publicHost(m) {
			continue
		}
		known := -1
		for i := range labels {
			if r.names[aDomain][fold(strings.Join(labels[i:], "."))] != nil {
				known = i
				break
			}
		}
		last := fold(labels[len(labels)-1])
		first := r.names[aHost][fold(labels[0])]
		reserved := false
		for _, l := range labels {
			reserved = reserved || strings.HasPrefix(l, "_")
		}
		switch {
		case known == 0:
		case known > 0:
			if !reserved {
				r.learn(aHost, labels[0])
				r.learnDomain(strings.Join(labels[1:], "."))
			}
		case first != nil && !r.plain(first) && domainLike(strings.Join(labels[1:], ".")):
			r.learnDomain(strings.Join(labels[1:], "."))
		case !privateEnds[last] || first != nil || notAccounts[fold(labels[0])]:
		case reserved:
			r.learnDomain(strings.Join(labels[len(labels)-2:], "."))
		case len(labels) > 2:
			r.learnHost(m)
		case domainLike(m):
			r.learnDomain(m)
		}
	}
}

// learnLabelled learns what labels name.
func (r *Redactor) learnLabelled(s string) {
	for _, k := range []kind{aHost, aDomain, aUser} {
		for _, m := range labelled[k].FindAllStringSubmatch(s, -1) {
			r.learnValue(k, firstOf(m[1], k == aUser))
		}
	}
	if strings.Contains(s, "Name") {
		for _, m := range payload.FindAllStringSubmatch(s, -1) {
			label, value := m[1]+m[3], m[2]+m[4]
			for _, k := range []kind{aHost, aDomain, aUser} {
				if member[k].MatchString(label) {
					r.learnValue(k, value)
					break
				}
			}
		}
	}
	if strings.Contains(s, "CN=") {
		for _, m := range entryHost.FindAllStringSubmatch(s, -1) {
			r.learnHost(m[1])
		}
		for _, m := range entryUser.FindAllStringSubmatch(s, -1) {
			if strings.Contains(s, "DC=") && !strings.Contains(fold(m[1]), "services") {
				r.learn(aUser, m[1])
			}
		}
	}
}

// learnValue takes the value of a label, if it can be a name at all.
func (r *Redactor) learnValue(k kind, value string) {
	value = strings.TrimSpace(value)
	if strings.ContainsAny(value, "{}()/%$\x00") && !strings.HasSuffix(value, "$") || strings.HasPrefix(fold(value), "0x") || strings.Trim(value, "0123456789.-: ") == "" {
		return
	}
	if strings.Contains(value, ":") {
		return
	}
	switch k {
	case aHost:
		if publicHost(value) || strings.Contains(value, " ") {
			return
		}
		r.learnHost(value)
	case aDomain:
		if !strings.Contains(value, " ") {
			r.learnDomain(value)
		}
	case aUser:
		r.learnUser(value)
	}
}

// learnRegistry learns from values that are known to hold names.
func (r *Redactor) learnRegistry(v *reports.RegistryValue) {
	var data []string
	switch d := v.Data.(type) {
	case string:
		if v.Type == "REG_BINARY" || v.Type == "REG_DWORD" {
			return
		}
		data = []string{d}
	case []string:
		data = d
	case []any:
		for _, x := range d {
			if s, ok := x.(string); ok {
				data = append(data, s)
			}
		}
	}
	f := strings.ReplaceAll(fold(v.Name), " ", "")
	for _, k := range []kind{aHost, aDomain, aUser} {
		if !namedValues[k][f] {
			continue
		}
		for _, d := range data {
			for _, s := range strings.FieldsFunc(d, func(c rune) bool { return c == ',' || c == 0 || c == ';' }) {
				if k == aUser && strings.HasPrefix(s, `.\`) {
					s = s[2:]
				}
				r.learnValue(k, s)
			}
		}
	}
}

// learnCertificate learns whose the certificates of My are: a machine's names
// it, a user's names somebody. From other certificates of CAs it learns the
// words that no name may take away.
func (r *Redactor) learnCertificate(c *reports.Certificate) {
	if !strings.HasSuffix(c.Store, `\My`) {
		if c.SelfIssued {
			for _, w := range strings.FieldsFunc(fold(c.Subject), func(c rune) bool { return strings.ContainsRune(" ,=\"()", c) }) {
				if utf8.RuneCountInString(w) >= 4 && len(r.words) < 1<<16 {
					r.words[w] = true
				}
			}
		}
		return
	}
	machine := strings.HasPrefix(c.Store, "LocalMachine")
	for _, m := range common.FindAllStringSubmatch(c.Subject, 1) {
		cn := strings.TrimSpace(m[1])
		switch {
		case machine && !strings.Contains(cn, " ") && !publicHost(cn):
			if rest, ok := strings.CutPrefix(cn, "*."); ok {
				r.learnDomain(rest)
				continue
			}
			if domainLike(cn) && strings.Count(cn, ".") == 1 && r.names[aDomain][fold(cn)] == nil {
				r.learnDomain(cn)
				continue
			}
			r.learnHost(cn)
		case !machine:
			r.learnUser(cn)
		}
	}
	for _, m := range mail.FindAllStringSubmatch(c.Subject, -1) {
		r.learnMail(m[1], m[2])
	}
}

// learnAddresses takes network addresses and identifiers of accounts.
func (r *Redactor) learnAddresses(s string) {
	for i := 0; i < len(s); {
		if !startsWord(s, i) {
			i++
			continue
		}
		if n := addressAt(s, i); n > 0 {
			r.learn(anAddress, s[i:i+n])
			i += n
			continue
		}
		if s[i] == 'S' || s[i] == 's' {
			if m := sid.FindString(s[i:]); m != "" {
				r.learn(aSID, m)
				i += len(m)
				continue
			}
		}
		i = pastWord(s, i)
	}
}

// domainOf joins DC=contoso,DC=com to contoso.com.
func domainOf(chain string) string {
	var labels []string
	for _, part := range strings.Split(chain, ",") {
		_, label, _ := strings.Cut(part, "=")
		labels = append(labels, strings.TrimSpace(label))
	}
	return strings.Join(labels, ".")
}

// tail is the end of a text, as far as anything that decides on a name reaches.
func tail(s string) string {
	const reach = 96
	if len(s) <= reach {
		return s
	}
	s = s[len(s)-reach:]
	for s != "" && !utf8.RuneStart(s[0]) {
		s = s[1:]
	}
	return s
}
