package reports

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	plans "github.com/ctlaudit/ctlaudit/rules/remedies"
)

// AddPlan puts a plan's sheets before the others of a document: the remedies,
// what has to leave the lists, and what must stay.
func (d *Document) AddPlan(p *plans.Plan) {
	d.Title = "Remedies for the trusted issuer list"
	d.Sheets = append([]*Sheet{planSheet(p), removalSheet(p), keptSheet(p)}, d.Sheets...)
	d.Contents = contentsSheet(d.Sheets)
}

// applicableStyle colours whether a remedy can be used.
func applicableStyle(a plans.Applicable) Style {
	switch a {
	case plans.Applies:
		return Good
	case plans.AppliesHint:
		return Doubt
	}
	return Quiet
}

func effectStyle(e plans.Effect) Style {
	switch e {
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
func planSheet(p *plans.Plan) *Sheet {
	s := &Sheet{Name: "Plan", Title: "Each remedy, the least destructive first, judged for each host",
		Note: fmt.Sprintf("Sizes are in bytes, simulated by the function that measured the list before. Headroom: %d %% of the limit. A remedy that is not applicable has no size after.", p.Options.Headroom), Empty: "no host was judged",
		Columns: []Column{
			{"host", "Host", Text, 14}, {"number", "No.", Integer, 6}, {"remedy", "Remedy", Text, 20}, {"title", "What it does", Wrapped, 34}, {"advice", "Advice", Text, 14},
			{"applicable", "Applicable", Text, 12}, {"why", "Why", Wrapped, 44}, {"effect", "Effect", Text, 13}, {"effectWhy", "Effect in numbers", Wrapped, 34},
			{"list", "List", Wrapped, 24}, {"sentBefore", "Sent before", Text, 9}, {"sentAfter", "Sent after", Text, 9},
			{"expectedBefore", "Expected before", Integer, 11}, {"expectedAfter", "Expected after", Integer, 11}, {"maxBefore", "Greatest before", Integer, 11}, {"maxAfter", "Greatest after", Integer, 11},
			{"target", "Target", Integer, 10}, {"limit", "Limit", Integer, 10}, {"verdictAfter", "Verdict after", Text, 13},
			{"breaks", "What breaks", Wrapped, 50}, {"undo", "Undone offline", Text, 12}, {"undoWhy", "How it is undone", Wrapped, 34}, {"lasts", "Lasts", Text, 9}, {"lastsWhy", "What it depends on", Wrapped, 34},
			{"steps", "Steps", Wrapped, 50}, {"commands", "Commands", Wrapped, 60}, {"undoCommands", "Commands that undo it", Wrapped, 60}, {"references", "References", Wrapped, 30},
		}}
	for _, h := range p.Hosts {
		s.Len += len(h.Remedies) * max(1, len(h.Lists))
	}
	s.Rows = func(yield func([]Cell) bool) {
		for _, h := range p.Hosts {
			for n, r := range h.Remedies {
				for i := range max(1, len(h.Lists)) {
					if !yield(planRow(h, n+1, r, i)) {
						return
					}
				}
			}
		}
	}
	return s
}

func planRow(h *plans.HostPlan, n int, r *plans.Remedy, i int) []Cell {
	advice := Cell{}
	switch {
	case r.Recommended:
		advice = styled("advised", Good)
	case r.ID == plans.DeleteAuthRoot:
		advice = styled("not to be taken", Bad)
	}
	row := []Cell{text(h.Host), number(n), text(r.ID), text(r.Title + " (" + r.Source + ")"), advice,
		styled(string(r.Applicable), applicableStyle(r.Applicable)), text(r.Why), styled(string(r.Effect), effectStyle(r.Effect)), text(r.EffectWhy)}
	row = append(row, planSizes(h, r, i)...)
	var steps strings.Builder
	for k, step := range r.Steps {
		fmt.Fprintf(&steps, "%d. %s\n", k+1, step)
	}
	return append(row, text(strings.Join(r.Breaks, "\n")), text(r.Undo.Word), text(r.Undo.Why), text(r.Lasts.Word), text(r.Lasts.Why),
		text(strings.TrimSuffix(steps.String(), "\n")), text(strings.Join(r.Commands, "\n")), text(strings.Join(r.UndoCommands, "\n")), text(strings.Join(r.References, "\n")))
}

// planSizes are the cells of one list, before and after a remedy.
func planSizes(h *plans.HostPlan, r *plans.Remedy, i int) []Cell {
	if i >= len(h.Lists) {
		return make([]Cell, 10)
	}
	before := h.Lists[i].List
	size := func(l *issuerlist.List, n int) Cell {
		if !l.Collected {
			return styled("not collected", Absent)
		}
		return number(n)
	}
	cells := []Cell{text(before.Name()), text(string(before.Sent)), {}, size(before, before.Bytes.Expected), {}, size(before, before.Bytes.Max), {},
		number(h.Lists[i].Target), number(before.Limit.Bytes), {}}
	if r.After == nil {
		return cells
	}
	after := r.After[i]
	cells[2], cells[4], cells[6] = text(string(after.Sent)), size(after, after.Bytes.Expected), size(after, after.Bytes.Max)
	cells[9] = styled(string(after.Verdict), verdictStyle(after))
	if after.Store != before.Store {
		cells[0] = text(before.Name() + "; after: " + after.Store)
	}
	return cells
}

// removalSheet has a row for each certificate that has to leave a list.
func removalSheet(p *plans.Plan) *Sheet {
	s := &Sheet{Name: "Removal plan", Title: "The certificates that restrict-purposes and method-1 act on",
		Note: plans.Criterion, Empty: "no list is over its target",
		Columns: []Column{
			{"host", "Host", Text, 14}, {"store", "Store", Text, 24}, {"number", "No.", Integer, 6}, {"subject", "Subject", Wrapped, 60}, {"class", "Class", Text, 12}, {"why", "Why", Wrapped, 44},
			{"nameBytes", "Bytes of the name", Integer, 10}, {"times", "Times in the store", Integer, 10}, {"saves", "Saves", Integer, 10},
			{"expected", "Expected after", Integer, 11}, {"max", "Greatest after", Integer, 11}, {"target", "Target", Integer, 10}, {"reached", "Target reached", Text, 10},
			{"shared", "Name shared", Text, 9}, {"physical", "Physical stores", Text, 18}, {"properties", "Properties in the backup", Text, 12},
			{"thumbprint", "Thumbprint (SHA-1)", Identifier, 43}, {"place", "Place", Wrapped, 40},
		}}
	for _, h := range p.Hosts {
		for _, r := range h.Removals {
			s.Len += len(r.Rows)
		}
	}
	s.Rows = func(yield func([]Cell) bool) {
		for _, h := range p.Hosts {
			for _, r := range h.Removals {
				reached := styled("no: "+rules.Grouped(r.Shortfall)+" over", Bad)
				if r.Reached {
					reached = styled("yes", Good)
				}
				for n := range r.Rows {
					row := &r.Rows[n]
					if !yield([]Cell{text(h.Host), text(r.Store), number(n + 1), text(row.Subject), text(row.Class.String()), text(row.Why),
						number(row.NameBytes), number(row.Times), number(row.Saves), number(row.Expected), number(row.Max), number(r.Target), reached,
						yesNo(row.Shared), text(strings.Join(row.Physicals(), ", ")), yesNo(row.CanCarry()), text(row.Thumbprint()), text(row.Where.String())}) {
						return
					}
				}
			}
		}
	}
	return s
}

// keptSheet has a row for each listed certificate that must stay.
func keptSheet(p *plans.Plan) *Sheet {
	s := &Sheet{Name: "Kept roots", Title: "Listed certificates that no remedy removes, and why",
		Note: "Only hosts with a list over its target have rows. Private roots are removed only if --include-private asks for it.", Empty: "no list is over its target, or nothing has to stay",
		Columns: []Column{
			{"host", "Host", Text, 14}, {"store", "Store", Text, 24}, {"subject", "Subject", Wrapped, 60}, {"why", "Why it stays", Wrapped, 60},
			{"private", "On request", Text, 10}, {"nameBytes", "Bytes of the name", Integer, 10}, {"thumbprint", "Thumbprint (SHA-1)", Identifier, 43}, {"place", "Place", Wrapped, 40},
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
					if !yield([]Cell{text(h.Host), text(r.Store), text(k.Subject), text(k.Why), yesNo(k.Private), number(k.NameBytes), text(k.Thumbprint()), text(k.Where.String())}) {
						return
					}
				}
			}
		}
	}
	return s
}
