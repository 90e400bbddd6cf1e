package changes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Compare compares two sides. Hosts are matched by name without regard to case.
func Compare(before, after *Side) *Comparison {
	c := &Comparison{Before: before, After: after, Notes: notes(before, after)}
	find := func(s *Side, name string) *Host {
		for i := range s.Hosts {
			if strings.EqualFold(s.Hosts[i].Name, name) {
				return &s.Hosts[i]
			}
		}
		return nil
	}
	for i := range before.Hosts {
		b := &before.Hosts[i]
		a := find(after, b.Name)
		if a == nil {
			c.Changes = append(c.Changes, Change{Host: b.Name, What: AHost, Kind: OnlyBefore, Subject: b.Name, Before: describeHost(b)})
			continue
		}
		p := pair{before: b, after: a, host: a.Name}
		p.lists()
		p.findings()
		p.stores()
		p.certificates()
		p.values()
		if b.OS != a.OS {
			p.add(Change{What: AHost, Kind: Changed, Subject: "Windows", Before: orUnknown(b.OS), After: orUnknown(a.OS)})
		}
		c.Changes = append(c.Changes, p.changes...)
		if p.poor > 0 {
			c.Notes = append(c.Notes, fmt.Sprintf("host %s: the properties of %s were not compared, since the export of one side cannot carry them", p.host, counted(p.poor, "certificate")))
		}
	}
	for i := range after.Hosts {
		if a := &after.Hosts[i]; find(before, a.Name) == nil {
			c.Changes = append(c.Changes, Change{Host: a.Name, What: AHost, Kind: OnlyAfter, Subject: a.Name, After: describeHost(a)})
		}
	}
	slices.SortStableFunc(c.Changes, func(x, y Change) int {
		return cmp.Or(cmp.Compare(strings.ToLower(x.Host), strings.ToLower(y.Host)), cmp.Compare(x.Host, y.Host),
			cmp.Compare(whatRank(x.What), whatRank(y.What)), cmp.Compare(kindRank(x.Kind), kindRank(y.Kind)),
			cmp.Compare(storeRank(x.Place), storeRank(y.Place)), cmp.Compare(x.Place, y.Place), cmp.Compare(x.Subject, y.Subject), cmp.Compare(x.ID, y.ID))
	})
	return c
}

func whatRank(w What) int {
	return slices.Index([]What{AHost, AnIssuerList, AFinding, AStore, ACertificate, AProperty, ARegValue}, w)
}

func kindRank(k Kind) int {
	return slices.Index([]Kind{OnlyBefore, OnlyAfter, New, Fixed, Changed, Added, Removed, Moved, NotCollected, Same}, k)
}

// storeRank puts Root first.
func storeRank(place string) int {
	if strings.Contains(strings.ToLower(place), `localmachine\root`) {
		return 0
	}
	return 1
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func describeHost(h *Host) string {
	return counted(len(h.Certificates), "certificate") + ", " + counted(len(h.Values), "registry value") + ", " + counted(len(h.Findings), "finding")
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// notes says what makes the two sides hard to compare.
func notes(b, a *Side) []string {
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if !b.AsOf.Equal(a.AsOf) {
		add("the sides were judged as of different days, %s and %s: a finding may differ for that alone", b.AsOf.UTC().Format("2006-01-02"), a.AsOf.UTC().Format("2006-01-02"))
	}
	if b.Policy != a.Policy {
		add("the sides were judged by different policies, %s and %s: a finding may differ for that alone", b.Policy, a.Policy)
	}
	if b.Version != a.Version {
		add("the sides were judged by different versions of the program, %s and %s", b.Version, a.Version)
	}
	switch {
	case b.FromReport && a.FromReport:
		add("both sides are reports: of a certificate's properties only the friendly name is compared, and whether a registry key was collected is told by its values")
	case b.FromReport || a.FromReport:
		which := "before"
		if a.FromReport {
			which = "after"
		}
		add("the side %s is a report: of a certificate's properties only the friendly name is compared, and whether a registry key was collected is told by its values", which)
	}
	for _, s := range []*Side{b, a} {
		for _, h := range s.Hosts {
			if len(h.Incomplete) > 0 {
				add("%s, host %s: not read whole: %s", s.Name, h.Name, strings.Join(h.Incomplete, ", "))
			}
		}
	}
	return list
}

// A pair is one host on both sides.
type pair struct {
	before, after *Host
	host          string
	changes       []Change
	poor          int // certificates whose properties one side cannot carry
}

func (p *pair) add(c Change) {
	c.Host = p.host
	p.changes = append(p.changes, c)
}

// lists compares the trusted issuer lists, by binding and profile.
func (p *pair) lists() {
	name := func(l *List) string {
		s := "default list"
		if l.Binding != "" {
			s = "list of binding " + l.Binding
		}
		if l.Profile != "" {
			s += " as Windows " + l.Profile
		}
		return s
	}
	byName := map[string]*List{}
	for i := range p.after.Lists {
		byName[name(&p.after.Lists[i])] = &p.after.Lists[i]
	}
	for i := range p.before.Lists {
		b := &p.before.Lists[i]
		a := byName[name(b)]
		delete(byName, name(b))
		switch {
		case a == nil:
			p.add(Change{What: AnIssuerList, Kind: Removed, Subject: name(b), Place: b.Store, Before: b.words()})
		case *a != *b:
			p.add(Change{What: AnIssuerList, Kind: Changed, Subject: name(b), Place: a.Store, Before: b.words(), After: a.words()})
		}
	}
	for i := range p.after.Lists {
		if a := &p.after.Lists[i]; byName[name(a)] != nil {
			p.add(Change{What: AnIssuerList, Kind: Added, Subject: name(a), Place: a.Store, After: a.words()})
		}
	}
}

// words gives the numbers of a list in one line.
func (l *List) words() string {
	if !l.Collected {
		return fmt.Sprintf("%s was not collected; sent: %s", l.Store, l.Sent)
	}
	least := "not knowable"
	if l.MinKnown {
		least = grouped(l.Min)
	}
	s := fmt.Sprintf("%s bytes (least %s, greatest %s) of %s, %s; %s, %s, from %s; sent: %s",
		grouped(l.Expected), least, grouped(l.Max), grouped(l.Limit), l.Verdict, counted(l.Certificates, "certificate"), counted(l.Subjects, "name"), l.Store, l.Sent)
	if l.Mixed {
		s += "; mixed store"
	}
	return s
}

func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// The outcomes that findings are sorted by.
const (
	fail       = "fail"
	unknown    = "unknown"
	notChecked = "notchecked"
	erred      = "error"
)

// findings compares findings by id. A failure is fixed only if the rule came to
// another decision, or no longer fails on the subject and decided on others.
func (p *pair) findings() {
	before := map[string]*Finding{}
	for i := range p.before.Findings {
		before[p.before.Findings[i].ID] = &p.before.Findings[i]
	}
	undecided := map[string]bool{} // rules that AFTER could not decide at all
	decided := map[string]bool{}
	for i := range p.after.Findings {
		f := &p.after.Findings[i]
		if isUndecided(f.Outcome) {
			undecided[f.Rule] = true
		} else {
			decided[f.Rule] = true
		}
	}
	for i := range p.after.Findings {
		a := &p.after.Findings[i]
		b := before[a.ID]
		delete(before, a.ID)
		change := Change{What: AFinding, Subject: a.Rule, Place: a.Subject, ID: a.ID, After: a.words()}
		switch {
		case b == nil && a.Outcome == fail:
			change.Kind = New
		case b == nil:
			change.Kind = Added
		default:
			change.Before = b.words()
			switch {
			case a.Outcome == fail && b.Outcome != fail:
				change.Kind = New
			case b.Outcome == fail && a.Outcome != fail && !isUndecided(a.Outcome):
				change.Kind = Fixed
			case *a != *b:
				change.Kind = Changed
			default:
				change.Kind = Same
			}
		}
		p.add(change)
	}
	for i := range p.before.Findings {
		b := &p.before.Findings[i]
		if before[b.ID] != b {
			continue
		}
		change := Change{What: AFinding, Subject: b.Rule, Place: b.Subject, ID: b.ID, Before: b.words(), Kind: Removed}
		switch {
		case b.Outcome != fail:
		case decided[b.Rule] && !undecided[b.Rule]:
			change.Kind = Fixed
		case decided[b.Rule]:
			change.Kind, change.Doubt = Fixed, "the rule could not decide everything after"
		default:
			change.Doubt = "the rule decided nothing after: the failure was not shown to be gone"
		}
		p.add(change)
	}
}

func isUndecided(outcome string) bool {
	return outcome == unknown || outcome == notChecked || outcome == erred
}

func (f *Finding) words() string {
	s := f.Outcome
	if f.Outcome == fail {
		s += " (" + f.Severity + ")"
	}
	if f.Waiver != "" {
		s += ", waiver " + f.Waiver
	}
	return s + ": " + f.Summary
}
