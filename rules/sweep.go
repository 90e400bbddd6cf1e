package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/stores"
)

// MaxCertificates is how many certificates a rule names on one host; one more
// finding counts those beyond.
const MaxCertificates = 50

// A placed certificate is a distinct certificate with all its places.
type placed struct {
	// Occurrence is the one that says most: one that carries properties.
	*evidence.Occurrence
	all []*evidence.Occurrence
}

// A sweep judges the certificates of some stores one by one. It reports a
// finding for each that its judge speaks of, or one pass where that speaks of
// none.
type sweep struct {
	// stores are the names of the stores, in every location or only those of
	// the machine.
	stores  []string
	machine bool
	// judge returns a finding with an outcome and words, or nil for a
	// certificate that is in order.
	judge func(placed) *Finding
	// blind reports that what the judge looks at could not be read, if not nil.
	blind func(placed) bool
	// inOrder completes "all certificates in LocalMachine\Root (12) ".
	inOrder, expected string
	// properties says that the judge reads properties, so that certificates of
	// formats that cannot carry them are not judged.
	properties bool
	// spare leaves the required roots out and says that they are to stay:
	// spareWords completes "3 more certificates ".
	spare      bool
	spareWords string
	// searched are sources that a pass rests on beside those of the stores.
	searched []string
	collect  string
}

func (s sweep) run(p *Pass) {
	list := p.storesNamed(s.stores)
	if s.machine {
		list = slices.DeleteFunc(list, func(st *stores.Store) bool { return st.Location != evidence.LocalMachine })
	}
	summary := Finding{Subject: s.subject(), Expected: s.expected, Searched: slices.Clone(s.searched)}
	if len(s.stores) == 1 {
		summary.Store = summary.Subject
	}
	var read, open []string
	for _, st := range list {
		read = append(read, st.String())
		summary.Searched = append(summary.Searched, st.Sources()...)
		if !st.Whole() && st.Location == evidence.LocalMachine {
			open = append(open, st.String()+": "+notWhole(st.Broken, st.Missing()))
		}
	}
	if len(list) == 0 {
		summary.Outcome, summary.Collect = NotChecked, s.collect
		summary.Summary = "not checked: no export of " + summary.Subject + " was read"
		p.Report(summary)
		return
	}
	certs := distinct(list)
	var findings []Finding
	var spared []placed
	unread, poor := 0, 0
	needed := p.neededRoots()
	for _, c := range certs {
		switch {
		case c.Parse == evidence.ParseFailed, s.blind != nil && s.blind(c):
			unread++
			continue
		case s.properties && !c.CanCarry:
			poor++
			continue
		}
		f := s.judge(c)
		if f == nil {
			continue
		}
		if s.spare && needed[c.Thumbprint()] != "" {
			spared = append(spared, c)
			continue
		}
		f.Subject, f.Thumbprint, f.Store = c.label(), c.Thumbprint(), c.Store.String()
		if len(f.Evidence) == 0 {
			f.Evidence = c.where()
		}
		if f.Expected == "" {
			f.Expected = s.expected
		}
		findings = append(findings, *f)
	}
	if len(findings) > 0 {
		for _, f := range bounded(findings) {
			p.Report(f)
		}
		if len(spared) > 0 {
			p.Report(Finding{Subject: summary.Subject, Store: summary.Store, Outcome: Informational, Evidence: places(spared), Summary: s.spareSentence(spared, needed)})
		}
		return
	}
	summary.Measured = Grouped(len(certs)) + " certificates"
	summary.Outcome = Passed
	summary.Summary = fmt.Sprintf("all certificates in %s (%s) %s", listed(read), Grouped(len(certs)), s.inOrder)
	if len(certs) == 0 {
		summary.Summary = "no certificate stands in " + listed(read)
	}
	switch {
	case len(open) > 0:
		summary.Outcome, summary.Collect = Unknown, s.collect
		summary.Summary = fmt.Sprintf("%s, as far as they were read, but %s", summary.Summary, strings.Join(open, "; "))
	case poor > 0:
		summary.Outcome, summary.Collect = Unknown, s.collect
		summary.Summary = fmt.Sprintf("of %s certificates in %s, %s come from exports that carry no properties and cannot be judged; the others %s", Grouped(len(certs)), listed(read), Grouped(poor), s.inOrder)
	case unread > 0:
		summary.Outcome, summary.Collect = Unknown, s.collect
		summary.Summary = fmt.Sprintf("%s, but %d of them cannot be read in full", summary.Summary, unread)
	}
	if len(spared) > 0 {
		summary.Evidence = places(spared)
		summary.Summary += "; " + s.spareSentence(spared, needed)
	}
	p.Report(summary)
}

func (s sweep) subject() string {
	if len(s.stores) == 1 {
		return evidence.LocalMachine + `\` + s.stores[0]
	}
	return listed(s.stores)
}

func (s sweep) spareSentence(spared []placed, needed map[string]string) string {
	const most = 5
	var names []string
	for _, c := range spared[:min(most, len(spared))] {
		names = append(names, c.name()+" ("+needed[c.Thumbprint()]+")")
	}
	if n := len(spared) - most; n > 0 {
		names = append(names, fmt.Sprintf("%d others", n))
	}
	verb := "are"
	if len(spared) == 1 {
		verb = "is"
	}
	return fmt.Sprintf("%d %s, and %s needed all the same: %s", len(spared), s.spareWords, verb, listed(names))
}

// storesNamed returns the collected stores of these names: those of the machine
// first, then those of users and services.
func (p *Pass) storesNamed(names []string) []*stores.Store {
	var list []*stores.Store
	for _, n := range names {
		if st := p.Stores.Registry(p.Case, evidence.LocalMachine, n); st.Collected() {
			list = append(list, st)
		}
	}
	for _, st := range p.Stores.All() {
		if st.Location != evidence.LocalMachine && st.Collected() && slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, st.Name) }) {
			list = append(list, st)
		}
	}
	return list
}

// distinct returns the distinct certificates of stores, in their order.
func distinct(list []*stores.Store) []placed {
	index := map[[32]byte]int{}
	var certs []placed
	for _, st := range list {
		for _, o := range st.Occurrences {
			i, seen := index[o.SHA256]
			if !seen {
				i = len(certs)
				index[o.SHA256] = i
				certs = append(certs, placed{Occurrence: o})
			}
			c := &certs[i]
			c.all = append(c.all, o)
			if o.CanCarry && !c.CanCarry {
				c.Occurrence = o
			}
		}
	}
	return certs
}

// neededRoots are the roots that must not be removed, by thumbprint, with who
// needs them: those of KB 293781 for any Windows, and those of the policy.
func (p *Pass) neededRoots() map[string]string {
	needed := map[string]string{}
	for _, r := range p.Tables.Required {
		needed[r.Thumbprint] = packKB
	}
	for _, pack := range p.Policy.RequiredRoots.Packs {
		for _, r := range pack.Roots {
			if needed[r.Thumbprint] == "" {
				needed[r.Thumbprint] = pack.Name
			}
		}
	}
	return needed
}

// where lists the places of the certificate.
func (c placed) where() []evidence.Location {
	list := make([]evidence.Location, 0, len(c.all))
	for _, o := range c.all {
		list = append(list, o.Where)
	}
	return list
}

// in names the stores that the certificate stands in.
func (c placed) in() string {
	var names []string
	for _, o := range c.all {
		if n := placeName(o); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return listed(names)
}

// maxName bounds a certificate's name in a subject or sentence, in runes: a
// hostile one may have tens of thousands.
const maxName = 100

// name is what Windows shows as "issued to".
func (c placed) name() string { return certificateName(c.Occurrence) }

func certificateName(o *evidence.Occurrence) string {
	name := []rune(mostSpecific(o.Subject))
	switch {
	case len(name) == 0:
		return "certificate " + o.Thumbprint()
	case len(name) > maxName:
		return string(name[:maxName]) + "…"
	}
	return string(name)
}

// label is the subject of findings about the certificate.
func (c placed) label() string {
	if n := c.name(); !strings.HasSuffix(n, c.Thumbprint()) {
		return n + " " + c.Thumbprint()
	}
	return c.name()
}

// places lists one place of each certificate.
func places(certs []placed) []evidence.Location {
	var list []evidence.Location
	for _, c := range certs[:min(len(certs), MaxCertificates)] {
		list = append(list, c.Where)
	}
	return list
}

// bounded sorts findings, failures first, and puts a count in place of those
// beyond MaxCertificates.
func bounded(findings []Finding) []Finding {
	rank := func(f Finding) int {
		if f.Outcome == Failed {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Subject, b.Subject))
	})
	if len(findings) <= MaxCertificates {
		return findings
	}
	rest := findings[MaxCertificates:]
	more := Finding{Subject: "further certificates", Outcome: rest[0].Outcome, Measured: fmt.Sprintf("%d certificates", len(rest)), Expected: rest[0].Expected,
		Summary: fmt.Sprintf("the same holds for %s more certificates, which are not named one by one; the first of them: %s", Grouped(len(rest)), rest[0].Subject)}
	for _, f := range rest[:min(len(rest), MaxCertificates)] {
		more.Evidence = append(more.Evidence, f.Evidence[:min(1, len(f.Evidence))]...)
	}
	return append(slices.Clone(findings[:MaxCertificates]), more)
}

// day words a date.
func day(t time.Time) string { return t.Format(time.DateOnly) }
