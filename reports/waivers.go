package reports

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules"
)

func waiverOf(w *rules.Waiver, state rules.WaiverState) Waiver {
	return Waiver{State: string(state), Rule: w.Rule, Host: w.Host, Store: w.Store, Thumbprint: w.Thumbprint, Reason: w.Reason,
		Expires: w.ExpiresText(), ApprovedBy: w.ApprovedBy, Ticket: w.Ticket, Line: w.Line}
}

func waiverReportOf(r rules.WaiverReport) WaiverReport {
	return WaiverReport{Waiver: waiverOf(r.Waiver, r.State), Note: r.Note(), Findings: full(r.Findings)}
}

// waiverWords counts the waivers by what became of them.
func (v *view) waiverWords() (string, Style) {
	n := map[rules.WaiverState]int{}
	for _, w := range v.waivers {
		n[rules.WaiverState(w.State)]++
	}
	style := Plain
	if n[rules.WaiverExpired]+n[rules.WaiverUnused] > 0 {
		style = Doubt
	}
	return fmt.Sprintf("%s: %d in force, %d expired, %d unused; %s waived", plural(len(v.waivers), "waiver"),
		n[rules.WaiverActive], n[rules.WaiverExpired], n[rules.WaiverUnused], plural(v.waived, "failure")), style
}

func (v *view) waiversSheet() *Sheet {
	s := &Sheet{Name: "Waivers", Title: "Accepted risks: failures that somebody answers for until a day",
		Empty: "no waivers were given",
		Columns: []Column{
			{"state", "State", Text, 10}, {"rule", "Rule", Text, 27}, {"host", "Host", Text, 18}, {"store", "Store", Text, 24}, {"thumbprint", "Thumbprint (SHA-1)", Identifier, 43},
			{"reason", "Reason", Wrapped, 50}, {"approvedBy", "Approved by", Text, 22}, {"ticket", "Ticket", Text, 16}, {"expires", "Last day (UTC)", Date, 20},
			{"findings", "Findings covered, by id", Wrapped, 22}, {"note", "What became of it", Prose, 50},
		},
		Len: len(v.waivers)}
	if v.Tool.Waivers != nil {
		s.Empty = "the file of waivers holds none"
	}
	styles := map[rules.WaiverState]Style{rules.WaiverActive: Good, rules.WaiverExpired: Bad, rules.WaiverUnused: Doubt}
	s.Rows = func(yield func([]Cell) bool) {
		for _, w := range v.waivers {
			if !yield([]Cell{styled(w.State, styles[rules.WaiverState(w.State)]), text(w.Rule), text(w.Host), text(w.Store), text(w.Thumbprint), text(w.Reason),
				text(w.ApprovedBy), text(w.Ticket), dayCell(w.Expires), text(strings.Join(w.Findings, "\n")), text(w.Note)}) {
				return
			}
		}
	}
	return s
}
