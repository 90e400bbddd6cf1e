package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	plans "github.com/ctlaudit/ctlaudit/rules/remedies"
)

// LeadWithPlan makes a document one of its plan: the sheets of it come before the
// others, the remedies, what has to leave the lists, and what must stay.
func (d *Document) LeadWithPlan() {
	d.Title = "Remedies for the trusted issuer list"
	var first, others []*Sheet
	of := planSheets(d.Report.Plan)
	for _, s := range d.Sheets {
		if slices.ContainsFunc(of, func(p *Sheet) bool { return p.Name == s.Name }) {
			first = append(first, s)
		} else {
			others = append(others, s)
		}
	}
	d.Sheets = append(first, others...)
	d.Contents = contentsSheet(d.Sheets)
}

// planSheets are the sheets of a plan; there are none of nil.
func planSheets(p *PlanReport) []*Sheet {
	if p == nil {
		return nil
	}
	return []*Sheet{planSheet(p), removalSheet(p), keptSheet(p)}
}

// advise puts what a plan advises for the host before what the rules on the
// size of the list say, which name all methods. It does nothing where no plan was
// made or none of these rules asks for a step.
func (s *Screen) advise(p *PlanReport) {
	if p == nil {
		return
	}
	at := slices.IndexFunc(s.Next, func(step Step) bool {
		return slices.Contains([]string{rules.TruncationDiagnosis.ID, rules.TrustedIssuerListSize.ID, rules.RootStoreMixed.ID, rules.IssuerListHeadroom.ID}, step.Rule)
	})
	host := slices.IndexFunc(p.Hosts, func(h PlanHost) bool { return Clean(h.Host) == s.Host })
	if at < 0 || host < 0 {
		return
	}
	advice := p.Hosts[host].advice()
	if advice == "" {
		return
	}
	step := Step{Severity: s.Next[at].Severity, Rule: s.Next[at].Rule, Text: Clean(advice)}
	s.Next = slices.Insert(slices.Clone(s.Next), at, step)
	if n := len(s.Next) - MaxSteps; n > 0 {
		s.Next, s.NextMore = s.Next[:MaxSteps], s.NextMore+n
	}
}

// advice says in a line which remedy is advised for a host, or that none mends
// it; it is "" where nothing has to be mended.
func (h *PlanHost) advice() string {
	if h.Need != string(plans.NeedMend) {
		return ""
	}
	for i := range h.Remedies {
		if r := &h.Remedies[i]; r.Recommended {
			return fmt.Sprintf("remedy: %s, %s: %s; see Plan and Removal plan", r.ID, r.Title, r.EffectWhy)
		}
	}
	return "remedy: no single one mends this host; see Plan"
}

// applicableStyle colours whether a remedy can be used.
func applicableStyle(applicable string) Style {
	switch plans.Applicable(applicable) {
	case plans.Applies:
		return Good
	case plans.AppliesHint:
		return Doubt
	}
	return Quiet
}

func effectStyle(effect string) Style {
	switch plans.Effect(effect) {
	case plans.Mends:
		return Good
	case plans.LikelyMends:
		return Doubt
	case plans.Worsens, plans.NotEnough:
		return Bad
	case plans.NoEffect, plans.Changes:
		return Quiet
	}
	return Plain
}

// planSheet has a row for each remedy and list.
func planSheet(p *PlanReport) *Sheet {
	s := &Sheet{Name: "Plan", Title: "Each remedy, the least destructive first, judged for each host",
		Note: fmt.Sprintf("Sizes are in bytes, simulated by the function that measured the list before. Headroom: %d %% of the limit. A remedy that is not applicable has no size after.", p.Headroom), Empty: "no host was judged",
		Columns: []Column{
			{"host", "Host", Text, 14}, {"number", "No.", Integer, 6}, {"remedy", "Remedy", Text, 20}, {"title", "What it does", Prose, 34}, {"advice", "Advice", Text, 14},
			{"applicable", "Applicable", Text, 12}, {"why", "Why", Prose, 44}, {"effect", "Effect", Text, 13}, {"effectWhy", "Effect in numbers", Prose, 34},
			{"list", "List", Wrapped, 24}, {"sentBefore", "Sent before", Text, 9}, {"sentAfter", "Sent after", Text, 9},
			{"expectedBefore", "Expected before", Integer, 11}, {"expectedAfter", "Expected after", Integer, 11}, {"maxBefore", "Greatest before", Integer, 11}, {"maxAfter", "Greatest after", Integer, 11},
			{"target", "Target", Integer, 10}, {"limit", "Limit", Integer, 10}, {"verdictAfter", "Verdict after", Text, 13},
			{"breaks", "What breaks", Prose, 50}, {"undo", "Undone offline", Text, 12}, {"undoWhy", "How it is undone", Prose, 34}, {"lasts", "Lasts", Text, 9}, {"lastsWhy", "What it depends on", Prose, 34},
			{"steps", "Steps", Prose, 50}, {"commands", "Commands", Wrapped, 60}, {"undoCommands", "Commands that undo it", Wrapped, 60}, {"references", "References", Wrapped, 30},
		}}
	for i := range p.Hosts {
		h := &p.Hosts[i]
		s.Len += len(h.Remedies) * max(1, len(h.Lists))
	}
	s.Rows = func(yield func([]Cell) bool) {
		for k := range p.Hosts {
			h := &p.Hosts[k]
			for n := range h.Remedies {
				for i := range max(1, len(h.Lists)) {
					if !yield(planRow(h, n+1, &h.Remedies[n], i)) {
						return
					}
				}
			}
		}
	}
	return s
}

func planRow(h *PlanHost, n int, r *PlanRemedy, i int) []Cell {
	advice := Cell{}
	switch {
	case r.Recommended:
		advice = styled("advised", Good)
	case r.ID == plans.DeleteAuthRoot:
		advice = styled("not to be taken", Bad)
	}
	row := []Cell{text(h.Host), number(n), text(r.ID), text(r.Title + " (" + r.Source + ")"), advice,
		styled(r.Applicable, applicableStyle(r.Applicable)), text(r.Why), styled(r.Effect, effectStyle(r.Effect)), text(r.EffectWhy)}
	row = append(row, planSizes(h, r, i)...)
	var steps strings.Builder
	for k, step := range r.Steps {
		fmt.Fprintf(&steps, "%d. %s\n", k+1, step)
	}
	return append(row, text(strings.Join(r.Breaks, "\n")), text(r.Undo.Answer), text(r.Undo.Why), text(r.Lasts.Answer), text(r.Lasts.Why),
		text(strings.TrimSuffix(steps.String(), "\n")), text(strings.Join(r.Commands, "\n")), text(strings.Join(r.UndoCommands, "\n")), text(strings.Join(r.References, "\n")))
}

// planSizes are the cells of one list, before and after a remedy.
func planSizes(h *PlanHost, r *PlanRemedy, i int) []Cell {
	if i >= len(h.Lists) {
		return make([]Cell, 10)
	}
	size := func(l *PlanList, n int) Cell {
		if !l.Collected {
			return styled("not collected", Absent)
		}
		return number(n)
	}
	before := &h.Lists[i]
	name := nameOfList(before.Store, before.Binding, before.Profile)
	cells := []Cell{text(name), text(before.Sent), {}, size(before, before.Bytes.Expected), {}, size(before, before.Bytes.Max), {},
		number(before.Target), number(before.Limit.Bytes), {}}
	if i >= len(r.After) {
		return cells
	}
	after := &r.After[i]
	cells[2], cells[4], cells[6] = text(after.Sent), size(after, after.Bytes.Expected), size(after, after.Bytes.Max)
	cells[9] = styled(after.Verdict, verdictStyle(after.Verdict))
	if after.Store != before.Store {
		cells[0] = text(name + "; after: " + after.Store)
	}
	return cells
}

// nameOfList names a list by what feeds it, the binding it is for and the
// Windows it is computed for, where these are told.
func nameOfList(store, binding, profile string) string {
	if binding != "" {
		store += " for binding " + binding
	}
	if profile != "" {
		store += " as Windows " + profile
	}
	return store
}

// removalSheet has a row for each certificate that has to leave a list.
func removalSheet(p *PlanReport) *Sheet {
	s := &Sheet{Name: "Removal plan", Title: "The certificates that restrict-purposes and method-1 act on",
		Note: "Saves: bytes of the greatest size. How the rows are chosen: see Notes, Remedies.", Empty: "no list is over its target",
		Columns: []Column{
			{"host", "Host", Text, 14}, {"store", "Store", Text, 22}, {"number", "No.", Integer, 6}, {"subject", "Subject", Wrapped, 48}, {"class", "Class", Text, 12}, {"why", "Why", Prose, 38},
			{"nameBytes", "Bytes of the name", Integer, 10}, {"times", "Times in the store", Integer, 10}, {"saves", "Saves", Integer, 10},
			{"expected", "Expected after", Integer, 11}, {"max", "Greatest after", Integer, 11}, {"target", "Target", Integer, 10}, {"reached", "Target reached", Text, 10},
			{"shared", "Name shared", Text, 9}, {"physical", "Physical stores", Text, 18}, {"properties", "Properties in the backup", Text, 12},
			{"thumbprint", "Thumbprint (SHA-1)", Identifier, 43}, {"place", "Place", Wrapped, 34},
		}}
	for _, h := range p.Hosts {
		for _, r := range h.Removals {
			s.Len += len(r.Rows)
		}
	}
	s.Rows = func(yield func([]Cell) bool) {
		for i := range p.Hosts {
			for k := range p.Hosts[i].Removals {
				if !removalRows(p.Hosts[i].Host, &p.Hosts[i].Removals[k], yield) {
					return
				}
			}
		}
	}
	return s
}

func removalRows(host string, r *PlanRemoval, yield func([]Cell) bool) bool {
	reached := styled("no: "+rules.Grouped(r.Shortfall)+" over", Bad)
	if r.Reached {
		reached = styled("yes", Good)
	}
	for n := range r.Rows {
		row := &r.Rows[n]
		if !yield([]Cell{text(host), text(r.Store), number(n + 1), text(row.Subject), text(row.Class), text(row.Why),
			number(row.NameBytes), number(row.Times), number(row.Saves), number(row.Expected), number(row.Max), number(r.Target), reached,
			yesNo(row.Shared), text(strings.Join(row.Physical, ", ")), yesNo(row.Properties), text(row.Thumbprint), text(placeText(row.Location))}) {
			return false
		}
	}
	return true
}

// placeText writes a place as evidence does.
func placeText(l Location) string { return evidence.Location(l).String() }

// keptSheet has a row for each listed certificate that must stay.
func keptSheet(p *PlanReport) *Sheet {
	s := &Sheet{Name: "Kept roots", Title: "Listed certificates that no remedy removes, and why",
		Note: "Only hosts with a list over its target have rows. Private roots are removed only if --include-private asks for it.", Empty: "no list is over its target, or nothing has to stay",
		Columns: []Column{
			{"host", "Host", Text, 14}, {"store", "Store", Text, 24}, {"subject", "Subject", Wrapped, 60}, {"why", "Why it stays", Prose, 50},
			{"private", "On request", Text, 10}, {"nameBytes", "Bytes of the name", Integer, 10}, {"thumbprint", "Thumbprint (SHA-1)", Identifier, 43}, {"place", "Place", Wrapped, 34},
		}}
	for _, h := range p.Hosts {
		for _, r := range h.Removals {
			s.Len += len(r.Kept)
		}
	}
	s.Rows = func(yield func([]Cell) bool) {
		for _, h := range p.Hosts {
			for _, r := range h.Removals {
				for i := range r.Kept {
					k := &r.Kept[i]
					if !yield([]Cell{text(h.Host), text(r.Store), text(k.Subject), text(k.Why), yesNo(k.Private), number(k.NameBytes), text(k.Thumbprint), text(placeText(k.Location))}) {
						return
					}
				}
			}
		}
	}
	return s
}
