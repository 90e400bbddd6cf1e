package peers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// Match says for each list of a server what becomes of each certificate that the
// peers may offer, in the order of lists, peers and certificates. A peer that
// offers none gives an Unknown without a Chain. The pool holds what chains may be
// built from: an issuer that the peer was given with is preferred, then one of
// the server's stores.
func Match(s *Server, list []Peer, pool *Pool) []Result {
	own := s.issuers()
	chains := make([][]*Chain, len(list))
	for i := range list {
		p := &list[i]
		n := near(append([][]*evidence.Occurrence{p.Certificates, p.Offers}, own...)...)
		for _, o := range p.Identities() {
			chains[i] = append(chains[i], pool.chain(o, n))
		}
	}
	var results []Result
	for _, l := range s.Lists {
		m := newMatcher(s, l)
		for i := range list {
			p := &list[i]
			if len(chains[i]) == 0 {
				results = append(results, Result{Server: s, List: l, Peer: p.Name, Verdict: Unknown, Why: p.noOffer()})
			}
			for _, c := range chains[i] {
				r := m.match(c)
				r.Peer = p.Name
				results = append(results, r)
			}
		}
	}
	return results
}

// A matcher looks names up in one list.
type matcher struct {
	server *Server
	list   *issuerlist.List
	// entries are those of each name, the one that speaks most for it first.
	entries map[string][]*issuerlist.Entry
	// places are where names stand, least where they end when all is counted
	// least.
	places map[issuerlist.Order]map[string]*issuerlist.Place
	least  map[issuerlist.Order]map[string]int
}

var orders = []issuerlist.Order{issuerlist.FileOrder, issuerlist.ThumbprintOrder}

func newMatcher(s *Server, l *issuerlist.List) *matcher {
	m := &matcher{server: s, list: l, entries: map[string][]*issuerlist.Entry{},
		places: map[issuerlist.Order]map[string]*issuerlist.Place{}, least: map[issuerlist.Order]map[string]int{}}
	for i := range l.Entries {
		if e := &l.Entries[i]; e.NameBytes > 0 {
			m.entries[string(e.SubjectDER)] = append(m.entries[string(e.SubjectDER)], e)
		}
	}
	for _, list := range m.entries {
		slices.SortStableFunc(list, func(a, b *issuerlist.Entry) int { return cmp.Compare(countRank(a.Counted), countRank(b.Counted)) })
	}
	for _, order := range orders {
		at, least := 0, map[string]int{}
		m.places[order], m.least[order] = map[string]*issuerlist.Place{}, least
		for _, p := range l.Simulate(order) {
			name := string(p.Entry.SubjectDER)
			m.places[order][name] = &p
			least[name] = at + p.Entry.NameBytes
			if m.entries[name][0].Counted == issuerlist.Yes {
				at += p.Entry.NameBytes
			}
		}
	}
	return m
}

func countRank(c issuerlist.Count) int {
	return slices.Index([]issuerlist.Count{issuerlist.Yes, issuerlist.AssumedYes, issuerlist.AssumedNo, issuerlist.No}, c)
}

// A judged name is one issuer of a chain, with what the list makes of it.
type judgedName struct {
	verdict Verdict
	why     string
	issuer  string
	entry   *issuerlist.Entry
	der     string
}

// match judges a chain: the name that speaks most for the peer decides.
func (m *matcher) match(c *Chain) Result {
	best := m.bestOf(c)
	r := Result{Server: m.server, List: m.list, Chain: c, Issuer: best.issuer, Entry: best.entry, Notes: m.notes(c)}
	r.Verdict, r.Why = m.apply(best)
	if best.entry != nil && best.entry.Counted.Listed() {
		r.File, r.Thumbprint = m.places[issuerlist.FileOrder][best.der], m.places[issuerlist.ThumbprintOrder][best.der]
	}
	return r
}

// bestOf judges every issuer of a chain as if a list were sent.
func (m *matcher) bestOf(c *Chain) judgedName {
	if !m.list.Collected {
		return judgedName{verdict: Unknown, issuer: topName(c), why: "no export of " + m.list.Store + " was read"}
	}
	var best judgedName // why is "" until one was considered
	consider := func(n judgedName) {
		if best.why == "" || n.verdict.rank() < best.verdict.rank() {
			best = n
		}
	}
	for _, n := range issuerNames(c) {
		if e := m.genuine(n.der, c); e != nil {
			consider(m.judge(n, e))
		}
	}
	if best.why != "" && best.verdict.rank() <= AtRisk.rank() {
		return best
	}
	for _, l := range c.Others {
		n := issuerName{string(l.SubjectDER), l.Subject}
		for _, e := range m.entries[n.der] {
			if e.SHA256 != l.SHA256 || !e.Counted.Listed() {
				continue
			}
			j := m.judge(n, e)
			j.why = "only another way up than the chain's leads to it (a cross-signed certificate), and which one the client builds is not known; " + j.why
			if j.verdict == In {
				j.verdict = AtRisk
			}
			consider(j)
		}
	}
	if best.why != "" && best.verdict != NotInStore {
		return best
	}
	return m.absent(c, best)
}

// An issuerName is the name of an issuer, encoded and as text.
type issuerName struct{ der, text string }

// issuerNames are the issuers that a chain names, the nearest first, each once:
// for a self-issued certificate its own.
func issuerNames(c *Chain) []issuerName {
	list := []issuerName{{string(c.Identity.IssuerDER), c.Identity.Issuer}}
	for _, l := range c.Links {
		n := issuerName{string(l.IssuerDER), l.Issuer}
		if n.der != "" && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// genuine returns the entry of a name that speaks most for it, or nil: one that
// a signature refutes does not count.
func (m *matcher) genuine(der string, c *Chain) *issuerlist.Entry {
	for _, e := range m.entries[der] {
		if !slices.ContainsFunc(c.Impostors, func(o *evidence.Occurrence) bool { return o.SHA256 == e.SHA256 }) {
			return e
		}
	}
	return nil
}

// judge says what a list makes of an issuer whose certificate is in the store.
func (m *matcher) judge(n issuerName, e *issuerlist.Entry) judgedName {
	j := judgedName{issuer: n.text, entry: e, der: n.der}
	l := m.list
	switch {
	case e.Counted == issuerlist.No && l.Mixed && e.SelfIssued():
		j.verdict, j.why = Cut, e.Why
		return j
	case e.Counted == issuerlist.No:
		j.verdict, j.why = NotInStore, fmt.Sprintf("it stands in %s, and is not in the list: %s", l.Store, e.Why)
		return j
	case e.Counted == issuerlist.AssumedNo:
		j.verdict, j.why = AtRisk, fmt.Sprintf("it stands in %s, and is likely not in the list: %s", l.Store, e.Why)
		return j
	}
	j.verdict, j.why = m.size(n.der, e)
	if e.Counted == issuerlist.AssumedYes {
		j.why += "; that it counts is assumed: " + e.Why
	}
	return j
}

// size judges the place of a listed name.
func (m *matcher) size(der string, e *issuerlist.Entry) (Verdict, string) {
	l, limit := m.list, m.list.Limit.Bytes
	file, thumb := m.places[issuerlist.FileOrder][der], m.places[issuerlist.ThumbprintOrder][der]
	switch l.Verdict {
	case issuerlist.Under:
		return In, "it is in the list, which fits within the limit"
	case issuerlist.Unknown:
		return AtRisk, "it is in the list, and the size of the list is not known: " + l.VerdictWhy
	case issuerlist.LikelyUnder:
		return AtRisk, "it is in the list, which fits within the limit as expected and does not at its greatest size"
	case issuerlist.LikelyOver:
		return AtRisk, "it is in the list, which is likely over the limit: " + beyond(file.Cut, thumb.Cut)
	}
	switch {
	case e.NameBytes > limit:
		return Cut, fmt.Sprintf("its name of %d bytes is longer than the whole list may be", e.NameBytes)
	case m.least[issuerlist.FileOrder][der] > limit && m.least[issuerlist.ThumbprintOrder][der] > limit:
		return Cut, "the list is over the limit, and its name ends beyond it in both simulated orders"
	}
	return AtRisk, "the list is over the limit, and its order is not documented: " + beyond(file.Cut, thumb.Cut)
}

// beyond words in which simulated orders a name does not fit.
func beyond(file, thumb bool) string {
	switch {
	case file && thumb:
		return "its name ends beyond the limit in both simulated orders, if only by what may not count"
	case file:
		return "its name is cut in file order and kept in thumbprint order"
	case thumb:
		return "its name is kept in file order and cut in thumbprint order"
	}
	return "its name is kept in both simulated orders, and in another it may not be"
}

// absent words why no issuer of a chain is in the list. present is one that
// stands in the store and does not count, if there is one.
func (m *matcher) absent(c *Chain, present judgedName) judgedName {
	j, l := present, m.list
	add := func(why string) {
		if j.why != "" {
			j.why += "; "
		}
		j.why += why
	}
	if present.why == "" {
		j = judgedName{verdict: NotInStore, issuer: topName(c)}
	}
	switch {
	case !c.Complete:
		j.verdict = Unknown
		add(fmt.Sprintf("the certificate of the issuer %s was not given, so who stands above it is not known: give the whole chain", topName(c)))
	case !l.Whole:
		j.verdict = Unknown
		add(fmt.Sprintf("no issuer of the chain is in the list as far as %s was read: %s", l.Store, notWhole(l)))
	case present.why == "":
		add(fmt.Sprintf("no issuer of the chain stands in %s, which feeds the list", l.Store))
		if where := m.elsewhere(c); where != "" {
			add(where)
		}
	}
	if n := m.namesake(c); n != "" {
		add(n)
	}
	return j
}

// notWhole says what of a store was not read.
func notWhole(l *issuerlist.List) string {
	if len(l.Broken) > 0 {
		return strings.Join(l.Broken, ", ") + " was not read whole"
	}
	var missing []string
	for _, c := range l.Coverage {
		if !c.Collected {
			missing = append(missing, c.Physical)
		}
	}
	return "not collected: " + strings.Join(missing, ", ")
}

// elsewhere says in which other machine store the top of the chain stands.
func (m *matcher) elsewhere(c *Chain) string {
	top := c.Top()
	for _, s := range m.server.Stores.All() {
		if s.Location != evidence.LocalMachine || s.String() == m.list.Store || s.Name == evidence.StoreMy {
			continue
		}
		if len(s.Find(top.SHA1)) > 0 {
			return "its root stands in " + s.String()
		}
	}
	return ""
}

// namesake tells of a certificate in the store that bears an issuer's name and
// has another key.
func (m *matcher) namesake(c *Chain) string {
	for _, o := range c.Impostors {
		for _, e := range m.entries[string(o.SubjectDER)] {
			if e.SHA256 == o.SHA256 {
				return fmt.Sprintf("a certificate of the name %s stands there (%s), but the signature is not of its key: the client may offer its certificate, and the server could not verify it", e.Subject, e.Thumbprint())
			}
		}
	}
	return ""
}

func topName(c *Chain) string {
	if c.Missing != "" {
		return c.Missing
	}
	return c.Top().Subject
}

// apply takes into account whether a list is sent.
func (m *matcher) apply(j judgedName) (Verdict, string) {
	l, s := m.list, m.server
	mixed := j.verdict == Cut && j.entry != nil && !j.entry.Counted.Listed()
	switch l.Sent {
	case issuerlist.SentNo:
		switch {
		case j.verdict == NotInStore && s.trustMode() != 0:
			return NoList, fmt.Sprintf("%s; ClientAuthTrustMode is %d, so the server accepts by the store that the application names, which is not known here; %s", l.SentWhy, s.trustMode(), j.why)
		case j.verdict == NotInStore:
			return NotInStore, fmt.Sprintf("no list is sent (%s), and the server would not accept the certificate: %s", l.SentWhy, j.why)
		case j.verdict == Unknown:
			return NoList, fmt.Sprintf("%s; whether the server accepts the certificate is not known: %s", l.SentWhy, j.why)
		case mixed && s.trustMode() == 0:
			return Cut, fmt.Sprintf("no list is sent (%s), and the server still accepts only what the CA-issued certificates in Root issued (KB 2802568): %s", l.SentWhy, j.why)
		case mixed:
			return NoList, fmt.Sprintf("%s; ClientAuthTrustMode is %d, so the mixed store does not decide (KB 2802568)", l.SentWhy, s.trustMode())
		case s.alwaysHurts() && j.verdict != In:
			return j.verdict, j.why + "; no list is sent, and on Windows 8 and Server 2012 client authentication fails all the same (KB 2880390)"
		case j.entry != nil && !j.entry.Counted.Listed():
			return NoList, l.SentWhy + "; " + j.why
		}
		return NoList, fmt.Sprintf("%s; the client chooses without a list, and its issuer stands in %s", l.SentWhy, l.Store)
	case issuerlist.SentUnknown:
		switch {
		case j.verdict == In:
			return In, "sent or not: " + j.why
		case j.verdict == Cut && !mixed:
			return AtRisk, fmt.Sprintf("%s; if a list is sent: %s", l.SentWhy, j.why)
		case j.verdict == AtRisk:
			return AtRisk, fmt.Sprintf("%s; %s", j.why, l.SentWhy)
		}
	}
	return j.verdict, j.why
}

const oidClientAuth = "1.3.6.1.5.5.7.3.2"

// notes says what else is worth knowing.
func (m *matcher) notes(c *Chain) []string {
	var list []string
	o, s := c.Identity, m.server
	if !o.NotAfter.IsZero() && o.NotAfter.Before(s.AsOf) {
		list = append(list, "the certificate expired on "+o.NotAfter.UTC().Format("2006-01-02"))
	}
	if o.HasEKU && o.EKU != nil && !slices.Contains(o.EKU, oidClientAuth) && !slices.Contains(o.EKU, "2.5.29.37.0") {
		list = append(list, "the certificate's purposes leave client authentication out: a client that chooses by purpose does not offer it")
	}
	for _, l := range c.Links {
		if l.Signature == Unchecked {
			list = append(list, "who signed could not be checked for the issuer "+l.Subject+": the chain rests on names")
			break
		}
	}
	if mode := s.trustMode(); mode != 0 {
		list = append(list, fmt.Sprintf("ClientAuthTrustMode is %d: the server accepts by the store that the application names (What's new in TLS/SSL)", mode))
	}
	return list
}
