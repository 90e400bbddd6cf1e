package reports

import (
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// listOf makes the contract's issuer list, entries included.
func listOf(l *issuerlist.List) IssuerList {
	r := IssuerList{Host: l.Host, Binding: l.Binding, Profile: l.Profile, Name: l.Name(), Store: l.Store, Basis: l.Basis, StoreWhy: l.StoreWhy,
		Sent: string(l.Sent), SentWhy: l.SentWhy, Collected: l.Collected, Whole: l.Whole, Coverage: []Coverage{}, Broken: full(l.Broken),
		Limit: Limit(l.Limit), Certificates: l.Certificates, DistinctSubjects: l.Subjects, Sums: Sums(l.Sums), Bytes: Bytes(l.Bytes), Measured: rules.Measure(l),
		Headroom: l.Headroom(), Verdict: string(l.Verdict), VerdictWhy: l.VerdictWhy, Mixed: l.Mixed, Notes: full(l.Notes),
		Entries: make([]Entry, 0, len(l.Entries))}
	for _, c := range l.Coverage {
		r.Coverage = append(r.Coverage, Coverage{Physical: c.Physical, Collected: c.Collected, From: c.From, Note: c.Note})
	}
	file, thumb := placesOf(l, issuerlist.FileOrder), placesOf(l, issuerlist.ThumbprintOrder)
	for i := range l.Entries {
		r.Entries = append(r.Entries, entryOf(&l.Entries[i], file, thumb))
	}
	return r
}

// places are the simulated places of a list, by name.
type places map[string]issuerlist.Place

func placesOf(l *issuerlist.List, order issuerlist.Order) places {
	m := places{}
	for _, p := range l.Simulate(order) {
		m[string(p.Entry.SubjectDER)] = p
	}
	return m
}

// of returns where an entry's name ends and whether it is cut; nil where it is
// not in the list.
func (m places) of(e *issuerlist.Entry) (end *int, cut bool) {
	if !e.Counted.Listed() {
		return nil, false
	}
	p, ok := m[string(e.SubjectDER)]
	if !ok {
		return nil, false
	}
	return &p.End, p.Cut
}

func entryOf(e *issuerlist.Entry, file, thumb places) Entry {
	r := Entry{Thumbprint: e.Thumbprint(), Subject: e.Subject, Bytes: e.NameBytes, Counted: string(e.Counted), Why: e.Why, Times: e.Times, Location: locationOf(e.Where)}
	r.EndsAt.File, r.Cut.File = file.of(e)
	r.EndsAt.Thumbprint, r.Cut.Thumbprint = thumb.of(e)
	return r
}
