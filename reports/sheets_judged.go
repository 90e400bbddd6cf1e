package reports

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// placeLines lists places, one a line; beyond a bound it says how many more.
func placeLines(list []Location) string {
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

func (v *view) missingSheet() *Sheet {
	s := &Sheet{Name: "Not collected", Title: "What could not be decided for want of evidence, and the command that collects it",
		Empty: "no check lacks evidence that a command could collect",
		Columns: []Column{
			{"host", "Host", Text, 18}, {"rule", "Check", Text, 27}, {"subject", "Subject", Wrapped, 30}, {"outcome", "Outcome", Text, 14},
			{"missing", "What is missing", Prose, 70}, {"collect", "How to collect it, on the host", Prose, 80},
		}}
	s.Len = v.missingRows
	s.Rows = func(yield func([]Cell) bool) {
		for f := range v.Findings {
			if f.undecided() && !yield([]Cell{text(f.Host), text(f.Rule), text(f.Subject), styled(f.Outcome, f.style()), text(f.Summary), text(f.Collect)}) {
				return
			}
		}
	}
	return s
}

func (v *view) rulesSheet() *Sheet {
	return &Sheet{Name: "Rules", Title: "The criteria: each rule, as the policy has it",
		Note: "Policy " + Clean(v.Tool.Policy.Name) + ", SHA-256 " + Clean(v.Tool.Policy.SHA256), Empty: "no rule was given",
		Columns: []Column{
			{"rule", "Rule", Text, 27}, {"title", "Criterion", Prose, 40}, {"severity", "Severity", Text, 10}, {"enabled", "In force", Text, 10},
			{"since", "Since", Text, 8}, {"doc", "Why, how it is judged, and what it cannot see", Prose, 90}, {"references", "References", Wrapped, 60},
			{"needs", "Needs", Text, 14}, {"collect", "How to collect what it needs", Prose, 50}, {"remedy", "What to do about a failure", Prose, 50},
			{"impact", "What a failure means", Prose, 40}, {"appliesTo", "Applies to", Prose, 26},
		},
		Len: len(v.ruleList),
		Rows: func(yield func([]Cell) bool) {
			for i := range v.ruleList {
				r := &v.ruleList[i]
				var refs []string
				for _, ref := range r.References {
					refs = append(refs, ref.Name+": "+ref.Title+", "+ref.URL)
				}
				if !yield([]Cell{text(r.ID), text(r.Title), text(r.Severity), yesNo(r.Enabled), text(r.Since), text(unfold(r.Doc)),
					text(strings.Join(refs, "\n")), text(strings.Join(r.Needs, ", ")), text(r.Collect), text(r.Remedy), text(r.Impact), text(r.AppliesTo)}) {
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

func (v *view) requiredSheet() *Sheet {
	s := &Sheet{Name: "Required roots", Title: "Roots that each host needs in Trusted Root, and certificates that bear the name of one",
		Note:  "A root in Disallowed does not count as present. Roots of this list are never to be removed, expired or not.",
		Empty: "no root is required of any host that was read",
		Columns: []Column{
			{"host", "Host", Text, 18}, {"windows", "Windows", Text, 26}, {"pack", "Required by", Text, 16}, {"root", "Root", Wrapped, 44}, {"thumbprint", "Thumbprint (SHA-1)", Identifier, 43},
			{"state", "State", Text, 14}, {"where", "Where it stands", Wrapped, 36}, {"outcome", "Outcome", Text, 14}, {"citation", "Citation", Wrapped, 36}, {"evidence", "Evidence", Wrapped, 44},
		}}
	s.Len = v.requiredRows
	s.Rows = func(yield func([]Cell) bool) {
		for r := range v.RequiredRoots {
			h := v.byHost[r.Host]
			if h == nil {
				h = &hostView{}
			}
			outcome := h.outcomeOf(&r)
			if !yield([]Cell{text(r.Host), text(h.OSName), text(r.Pack), text(r.Name), text(r.Thumbprint), text(r.State),
				text(strings.Join(r.Where, "\n")), styled(string(outcome), outcomeStyle(outcome)), text(r.Citation), text(placeLines(r.Evidence))}) {
				return
			}
		}
	}
	return s
}

// outcomeOf is that of the root's own finding, or of the finding on the store
// where the root has none.
func (h *hostView) outcomeOf(r *RequiredRoot) rules.Outcome {
	if o, ok := h.rootOutcome[r.Thumbprint]; ok && r.Thumbprint != "" {
		return o
	}
	store, ok := h.rootOutcome[""]
	switch {
	case rules.RootState(r.State) == rules.RootPresent:
		return rules.Passed
	case !ok:
		return rules.NotChecked
	}
	return store
}

func (v *view) listSheet() *Sheet {
	s := &Sheet{Name: "Issuer list", Title: "Each certificate of the store that feeds a trusted issuer list, in the order of the exports",
		Note: listOrderNote, Empty: "no export of a store that feeds a list was read",
		Columns: []Column{
			{"host", "Host", Text, 18}, {"list", "List from", Text, 26}, {"number", "No.", Integer, 7}, {"subject", "Subject", Wrapped, 60},
			{"bytes", "Bytes of the name", Integer, 10}, {"wire", "With length field", Integer, 10}, {"counted", "Counted", Text, 13}, {"why", "Why", Prose, 50},
			{"times", "Times in the store", Integer, 10}, {"endsFile", "Ends at, file order (simulated)", Integer, 13}, {"cutFile", "Beyond the limit, file order", Text, 13},
			{"endsThumbprint", "Ends at, thumbprint order (simulated)", Integer, 13}, {"cutThumbprint", "Beyond the limit, thumbprint order", Text, 13},
			{"thumbprint", "Thumbprint (SHA-1)", Identifier, 43}, {"place", "Place", Wrapped, 40},
		}}
	s.Len = v.entryRows
	s.Rows = func(yield func([]Cell) bool) {
		for l := range v.IssuerLists {
			if !listRows(&l, yield) {
				return
			}
		}
	}
	return s
}

func listRows(l *IssuerList, yield func([]Cell) bool) bool {
	hostCell, listCell := text(l.Host), text(l.Name)
	row := make([]Cell, 0, 15)
	for i := range l.Entries {
		e := &l.Entries[i]
		wire := Cell{}
		if e.Bytes > 0 {
			wire = number(e.Bytes + issuerlist.PrefixBytes)
		}
		row = append(row[:0], hostCell, listCell, number(i+1), text(e.Subject), number(e.Bytes), wire,
			styled(e.Counted, countStyle(issuerlist.Count(e.Counted))), text(e.Why), number(e.Times))
		for _, order := range []struct {
			end *int
			cut bool
		}{{e.EndsAt.File, e.Cut.File}, {e.EndsAt.Thumbprint, e.Cut.Thumbprint}} {
			switch {
			case order.end == nil:
				row = append(row, Cell{}, Cell{})
			case order.cut:
				row = append(row, number(*order.end), styled("beyond", Bad))
			default:
				row = append(row, number(*order.end), text("within"))
			}
		}
		row = append(row, text(e.Thumbprint), text(e.Location.String()))
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
