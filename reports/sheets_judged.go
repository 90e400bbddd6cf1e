package reports

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

func (b *builder) findingsSheet() *Sheet {
	s := &Sheet{Name: "Findings", Title: "What each rule found on each host, conformity included",
		Empty: "no host was judged",
		Columns: []Column{
			{"outcome", "Outcome", Text, 14}, {"severity", "Severity", Text, 9}, {"waiver", "Waiver", Wrapped, 14}, {"host", "Host", Text, 14}, {"rule", "Rule", Text, 25},
			{"subject", "Subject", Wrapped, 24}, {"summary", "Finding", Wrapped, 50}, {"measured", "Measured", Wrapped, 26}, {"expected", "Expected", Wrapped, 26},
			{"remedy", "What to do", Wrapped, 40}, {"collect", "What to collect", Wrapped, 40}, {"evidence", "Evidence", Wrapped, 34},
			{"references", "References", Wrapped, 18}, {"title", "Criterion", Wrapped, 28}, {"waiverReason", "Reason of the waiver", Wrapped, 28}, {"id", "Finding id", Identifier, 18},
		}}
	for range b.findings() {
		s.Len++
	}
	s.Rows = func(yield func([]Cell) bool) {
		for f := range b.findings() {
			reason := ""
			if f.Waiver != nil {
				reason = waiverReason(f.Waiver.Waiver)
			}
			row := []Cell{styled(string(f.Outcome), findingStyle(f)), severityCell(f), text(waiverText(f)), text(f.Host), text(f.Rule.ID),
				text(f.Subject), text(f.Summary), text(f.Measured), text(f.Expected), text(f.Remedy), text(f.Collect),
				text(evidenceLines(f)), text(citations(f.Rule)), text(f.Rule.Title), text(reason), text(f.ID)}
			if !yield(row) {
				return
			}
		}
	}
	return s
}

// severityCell colours the severity of failures only.
func severityCell(f *rules.Finding) Cell {
	c := text(string(f.Severity))
	if f.Fails() && f.Severity.Rank() <= rules.High.Rank() {
		c.Style = Bad
	}
	return c
}

// placeLines lists places, one a line; beyond a bound it says how many more.
func placeLines(list []evidence.Location) string {
	const most = 20
	var b strings.Builder
	for i, l := range list {
		if i == most {
			fmt.Fprintf(&b, "and %s more, in the JSON report\n", rules.Grouped(len(list)-most))
			break
		}
		b.WriteString(l.String())
		b.WriteByte('\n')
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// evidenceLines lists the places of a finding, and the sources in which
// something was looked for and not found.
func evidenceLines(f *rules.Finding) string {
	s := placeLines(f.Evidence)
	if len(f.Searched) > 0 {
		s += "\nsearched: " + strings.Join(f.Searched, ", ")
	}
	return strings.TrimPrefix(s, "\n")
}

func citations(r *rules.Rule) string {
	var names []string
	for _, ref := range r.References {
		names = append(names, ref.Name)
	}
	return strings.Join(names, "\n")
}

func (b *builder) missingSheet() *Sheet {
	open := func(f *rules.Finding) bool {
		return f.Collect != "" && (f.Outcome == rules.NotChecked || f.Outcome == rules.Unknown)
	}
	s := &Sheet{Name: "Not collected", Title: "What could not be decided for want of evidence, and the command that collects it",
		Empty: "no check lacks evidence that a command could collect",
		Columns: []Column{
			{"host", "Host", Text, 18}, {"rule", "Check", Text, 27}, {"subject", "Subject", Wrapped, 30}, {"outcome", "Outcome", Text, 14},
			{"missing", "What is missing", Wrapped, 70}, {"collect", "How to collect it, on the host", Wrapped, 80},
		}}
	for f := range b.findings() {
		if open(f) {
			s.Len++
		}
	}
	s.Rows = func(yield func([]Cell) bool) {
		for f := range b.findings() {
			if open(f) && !yield([]Cell{text(f.Host), text(f.Rule.ID), text(f.Subject), styled(string(f.Outcome), findingStyle(f)), text(f.Summary), text(f.Collect)}) {
				return
			}
		}
	}
	return s
}

func (b *builder) rulesSheet() *Sheet {
	return &Sheet{Name: "Rules", Title: "The criteria: each rule, as the policy has it",
		Note: "Policy " + Clean(b.Criteria.Policy.Name) + ", SHA-256 " + b.Criteria.Policy.Digest(), Empty: "no rule was given",
		Columns: []Column{
			{"rule", "Rule", Text, 27}, {"title", "Criterion", Wrapped, 40}, {"severity", "Severity", Text, 10}, {"enabled", "In force", Text, 10},
			{"since", "Since", Text, 8}, {"doc", "Why, how it is judged, and what it cannot see", Wrapped, 90}, {"references", "References", Wrapped, 60},
			{"needs", "Needs", Text, 14}, {"collect", "How to collect what it needs", Wrapped, 50}, {"remedy", "What to do about a failure", Wrapped, 50},
		},
		Len: len(b.Criteria.Rules),
		Rows: func(yield func([]Cell) bool) {
			for _, r := range b.Criteria.Rules {
				severity, enabled := b.applied(r)
				var refs, needs []string
				for _, ref := range r.References {
					refs = append(refs, ref.Name+": "+ref.Title+", "+ref.URL)
				}
				for _, k := range r.Needs {
					needs = append(needs, string(k))
				}
				if !yield([]Cell{text(r.ID), text(r.Title), text(string(severity)), yesNo(enabled), text(r.Since), text(unfold(r.Doc)),
					text(strings.Join(refs, "\n")), text(strings.Join(needs, ", ")), text(r.Collect), text(r.Remedy)}) {
					return
				}
			}
		}}
}

// unfold joins the lines of each paragraph: a cell wraps by itself.
func unfold(s string) string {
	paragraphs := strings.Split(s, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.Join(strings.Fields(p), " ")
	}
	return strings.Join(paragraphs, "\n\n")
}

func (b *builder) requiredSheet() *Sheet {
	s := &Sheet{Name: "Required roots", Title: "Roots that each host needs in Trusted Root, and certificates that bear the name of one",
		Note:  "A root in Disallowed does not count as present. Roots of this list are never to be removed, expired or not.",
		Empty: "no root is required of any host that was read",
		Columns: []Column{
			{"host", "Host", Text, 18}, {"windows", "Windows", Text, 26}, {"pack", "Required by", Text, 16}, {"root", "Root", Wrapped, 44}, {"thumbprint", "Thumbprint (SHA-1)", Identifier, 43},
			{"state", "State", Text, 14}, {"where", "Where it stands", Wrapped, 36}, {"outcome", "Outcome", Text, 14}, {"citation", "Citation", Wrapped, 36}, {"evidence", "Evidence", Wrapped, 44},
		}}
	for _, j := range b.judgements {
		s.Len += len(j.Required)
	}
	s.Rows = func(yield func([]Cell) bool) {
		for _, j := range b.judgements {
			for _, r := range j.Required {
				outcome := rootOutcome(j, r)
				if !yield([]Cell{text(j.Case.Host), text(j.Version.Name()), text(r.Pack), text(r.Name), text(r.Thumbprint), text(string(r.State)),
					text(strings.Join(r.Where, "\n")), styled(string(outcome), outcomeStyle(outcome)), text(r.Citation), text(placeLines(r.Evidence))}) {
					return
				}
			}
		}
	}
	return s
}

// rootOutcome is that of the root's own finding, or of the finding on the store
// where the root has none.
func rootOutcome(j *rules.Judgement, r rules.RootStatus) rules.Outcome {
	store := rules.Outcome("")
	for _, f := range j.Findings {
		switch {
		case f.Rule.ID != rules.RequiredRoots.ID:
		case f.Thumbprint == r.Thumbprint && f.Thumbprint != "":
			return f.Outcome
		case f.Thumbprint == "" && store == "":
			store = f.Outcome
		}
	}
	switch {
	case r.State == rules.RootPresent:
		return rules.Passed
	case store == "":
		return rules.NotChecked
	}
	return store
}

func (b *builder) listSheet() *Sheet {
	s := &Sheet{Name: "Issuer list", Title: "Each certificate of the store that feeds a trusted issuer list, in the order of the exports",
		Note: listOrderNote, Empty: "no export of a store that feeds a list was read",
		Columns: []Column{
			{"host", "Host", Text, 18}, {"list", "List from", Text, 26}, {"number", "No.", Integer, 7}, {"subject", "Subject", Wrapped, 60},
			{"bytes", "Bytes of the name", Integer, 10}, {"wire", "With length field", Integer, 10}, {"counted", "Counted", Text, 13}, {"why", "Why", Wrapped, 50},
			{"times", "Times in the store", Integer, 10}, {"endsFile", "Ends at, file order (simulated)", Integer, 13}, {"cutFile", "Beyond the limit, file order", Text, 13},
			{"endsThumbprint", "Ends at, thumbprint order (simulated)", Integer, 13}, {"cutThumbprint", "Beyond the limit, thumbprint order", Text, 13},
			{"thumbprint", "Thumbprint (SHA-1)", Identifier, 43}, {"place", "Place", Wrapped, 40},
		}}
	for _, j := range b.judgements {
		for _, l := range j.Lists {
			s.Len += len(l.Entries)
		}
	}
	s.Rows = func(yield func([]Cell) bool) {
		for _, j := range b.judgements {
			for _, l := range j.Lists {
				if !listRows(j.Case.Host, l, yield) {
					return
				}
			}
		}
	}
	return s
}

func listRows(host string, l *issuerlist.List, yield func([]Cell) bool) bool {
	file, thumb := placesOf(l, issuerlist.FileOrder), placesOf(l, issuerlist.ThumbprintOrder)
	hostCell, listCell := text(host), text(l.Name())
	row := make([]Cell, 0, 15)
	for i := range l.Entries {
		e := &l.Entries[i]
		wire := Cell{}
		if e.NameBytes > 0 {
			wire = number(e.NameBytes + issuerlist.PrefixBytes)
		}
		row = append(row[:0], hostCell, listCell, number(i+1), text(e.Subject), number(e.NameBytes), wire,
			styled(string(e.Counted), countStyle(e.Counted)), text(e.Why), number(e.Times))
		for _, m := range []places{file, thumb} {
			switch end, cut := m.of(e); {
			case end == nil:
				row = append(row, Cell{}, Cell{})
			case cut:
				row = append(row, number(*end), styled("beyond", Bad))
			default:
				row = append(row, number(*end), text("within"))
			}
		}
		row = append(row, text(e.Thumbprint()), text(e.Where.String()))
		if !yield(row) {
			return false
		}
	}
	return true
}

func countStyle(c issuerlist.Count) Style {
	switch c {
	case issuerlist.Yes:
		return Plain
	case issuerlist.No:
		return Absent
	}
	return Doubt
}
