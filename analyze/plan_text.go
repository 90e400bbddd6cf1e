package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/remedies"
)

// planText is a plan for a terminal: for each host what is wrong, a line for
// each remedy, those in full that bear on the host, and what has to go. The
// other formats hold all of all.
func planText(p *textPage, made *remedies.Plan, c *rules.Criteria) string {
	p.para("Remedies for the trusted issuer list")
	p.blank()
	p.line("as of", "%s (UTC)", made.AsOf.UTC().Format(time.DateOnly))
	p.line("policy", "%s", c.Policy.Name)
	p.line("headroom", "%d %% of the limit stay free", made.Options.Headroom)
	if made.Options.IncludePrivate {
		p.line("private", "roots that Microsoft's root programme does not know may go too")
	}
	t := planPage{p}
	removals := false
	for _, h := range made.Hosts {
		t.host(h)
		removals = removals || len(h.Removals) > 0
	}
	switch {
	case len(made.Hosts) == 0:
		p.blank()
		p.para("no host: nothing was read")
	case removals:
		p.heading("How the certificates of a removal plan are chosen")
		p.para(remedies.Criterion)
	}
	return p.String()
}

type planPage struct{ *textPage }

func (t planPage) host(h *remedies.HostPlan) {
	t.heading("Host " + h.Host)
	t.line("Windows", "%s (%s)", h.Judgement.Version.Name(), h.Judgement.Version.Why)
	for _, l := range h.Lists {
		t.line("list", "%s, sent: %s, verdict: %s", l.List.Name(), l.List.Sent, l.List.Verdict)
		if !l.List.Collected {
			t.line("", "size not known: no export of the store was read")
			continue
		}
		t.line("", "%s", rules.Measure(l.List))
		t.line("", "limit %s; target, for the greatest size: %s", rules.Grouped(l.List.Limit.Bytes), rules.Grouped(l.Target))
	}
	t.need(h)
	for _, n := range h.Notes {
		t.line("note", "%s", n)
	}
	t.overview(h)
	var rest []string
	for n, r := range h.Remedies {
		switch {
		case detailed(h, r):
			t.remedy(n+1, h, r)
		case r.Applicable != remedies.Applies:
			rest = append(rest, fmt.Sprintf("%s, %s: %s", r.ID, r.Applicable, r.Why))
		default:
			rest = append(rest, fmt.Sprintf("%s, %s: %s", r.ID, r.Effect, r.EffectWhy))
		}
	}
	if len(rest) > 0 {
		t.heading("Not needed, or not for this host")
		for _, s := range rest {
			t.grid([]int{0}, [][]gridCell{{{"-", reports.Plain}, {s, reports.Plain}}})
		}
	}
	for _, r := range h.Removals {
		t.removal(r)
	}
}

func (t planPage) need(h *remedies.HostPlan) {
	switch h.Need {
	case remedies.NeedMend:
		t.styled("to mend", reports.Bad, h.NeedWhy)
	case remedies.NeedNone:
		t.styled("to mend", reports.Good, "nothing: "+h.NeedWhy)
	default:
		t.styled("to mend", reports.Doubt, "not known: "+h.NeedWhy)
	}
	if r := h.Recommended(); r != nil {
		t.styled("advice", reports.Good, r.ID+": "+r.Title)
	} else if h.Need == remedies.NeedMend {
		t.styled("advice", reports.Bad, "no remedy mends the list by itself; the reasons stand below")
	}
}

// detailed says whether a remedy is shown in full: where nothing has to be
// mended, only what changes something that is wrong or was asked for.
func detailed(h *remedies.HostPlan, r *remedies.Remedy) bool {
	return r.Wanted(h) || (r.After != nil && h.Need != remedies.NeedNone)
}

// minOverview is the least width at which the overview is a table.
const minOverview = 76

// overview is a line for each remedy.
func (t planPage) overview(h *remedies.HostPlan) {
	t.blank()
	for n, r := range h.Remedies {
		if t.width < minOverview {
			t.para(strings.TrimSpace(fmt.Sprintf("%d %s: %s %s", n+1, r.ID, r.Applicable, r.Effect)))
			continue
		}
		if n == 0 {
			t.para(fmt.Sprintf("   %-19s%-11s%8s  %-13s%-12s%s", "remedy", "applies", "greatest", "effect", "undo", "lasts"))
		}
		mark := " "
		if r.Recommended {
			mark = "*"
		}
		most := ""
		if r.After != nil {
			l := r.After[spokesman(h)]
			most = rules.Grouped(l.Bytes.Max)
			if l.Sent == issuerlist.SentNo && h.Lists[spokesman(h)].List.Sent != l.Sent {
				most = "not sent"
			}
		}
		t.para(fmt.Sprintf("%s%d %-19s%-11s%8s  %-13s%-12s%s", mark, n+1, r.ID, r.Applicable, most, r.Effect, r.Undo.Word, r.Lasts.Word))
	}
	t.blank()
	t.para("greatest: greatest size of the list after it, in bytes; undo: whether a machine without a network can undo it; *: advised")
}

// spokesman is the list that the overview shows: the first that does harm, else
// the default list.
func spokesman(h *remedies.HostPlan) int {
	for i, l := range h.Lists {
		if l.List.Mixed || l.List.Verdict == issuerlist.Over || l.List.Verdict == issuerlist.LikelyOver {
			return i
		}
	}
	return 0
}

func (t planPage) remedy(n int, h *remedies.HostPlan, r *remedies.Remedy) {
	title := fmt.Sprintf("%d %s: %s", n, r.ID, r.Title)
	if r.Recommended {
		title += " (advised)"
	}
	t.heading(title)
	t.line("source", "%s", r.Source)
	t.line("applies", "%s: %s", r.Applicable, r.Why)
	if len(r.Requires) > 0 {
		t.line("first", "%s", strings.Join(r.Requires, ", "))
	}
	t.styled("effect", effectStyle(r.Effect), fmt.Sprintf("%s: %s", r.Effect, r.EffectWhy))
	t.after(h, r)
	t.each("breaks", r.Breaks)
	t.line("undo", "%s: %s", r.Undo.Word, r.Undo.Why)
	t.line("lasts", "%s: %s", r.Lasts.Word, r.Lasts.Why)
	var steps []string
	for i, s := range r.Steps {
		steps = append(steps, fmt.Sprintf("%d. %s", i+1, s))
	}
	t.each("steps", steps)
	t.commands("commands", r.Commands)
	t.commands("to undo", r.UndoCommands)
	var moves, members, copies []string
	for _, m := range r.Moves {
		moves = append(moves, m.Thumbprint()+" "+m.Subject)
	}
	for _, m := range r.Members {
		members = append(members, m.Thumbprint()+" "+m.Subject+": "+m.Why)
	}
	for _, i := range r.Copies {
		copies = append(copies, i.Thumbprint()+" "+i.Subject)
	}
	t.each("moves", moves)
	t.each("members", members)
	t.each("copies", copies)
	if len(r.Restrictions) > 0 || r.ID == remedies.Method1 {
		t.line("which", "the certificates of the removal plan below")
	}
}

func effectStyle(e remedies.Effect) reports.Style {
	switch e {
	case remedies.Mends:
		return reports.Good
	case remedies.LikelyMends:
		return reports.Doubt
	case remedies.NotEnough, remedies.Worsens:
		return reports.Bad
	}
	return reports.Quiet
}

func (t planPage) each(label string, list []string) {
	for _, s := range list {
		t.line(label, "%s", s)
		label = ""
	}
}

// after shows the lists that a remedy changes.
func (t planPage) after(h *remedies.HostPlan, r *remedies.Remedy) {
	label := "after"
	for i, l := range r.After {
		before := h.Lists[i].List
		if !l.Collected || (l.Bytes == before.Bytes && l.Sent == before.Sent && l.Store == before.Store && l.Verdict == before.Verdict) {
			continue
		}
		what := fmt.Sprintf("%s: %s", rules.Measure(l), l.Verdict)
		if l.Sent == issuerlist.SentNo && before.Sent != l.Sent {
			what = "no list is sent (it would have " + rules.Grouped(l.Bytes.Expected) + " bytes)"
		}
		if len(r.After) > 1 || l.Store != before.Store {
			what = l.Name() + ": " + what
		}
		t.line(label, "%s", what)
		label = ""
	}
}

// commands prints commands so that they can be copied: one that is too long goes
// on behind a caret, as cmd.exe reads it.
func (t planPage) commands(label string, list []string) {
	for _, c := range list {
		line := ""
		for _, part := range commandParts(c) {
			if line != "" && len(line)+len(part)+3 > t.width-labelWidth {
				t.command(label, line+" ^")
				label, line = "", " "
			}
			if line != "" {
				line += " "
			}
			line += part
		}
		t.command(label, line)
		label = ""
	}
}

func (t planPage) command(label, s string) {
	t.b.WriteString(strings.TrimRight(fmt.Sprintf("  %-*s%s", labelWidth-2, label, reports.Clean(s)), " ") + "\n")
}

// commandParts splits a command at the blanks outside its quotes.
func commandParts(s string) []string {
	quoted := false
	return strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
}

// maxKept is how many certificates that must stay are listed on a terminal.
const maxKept = 12

func (t planPage) removal(r *remedies.Removal) {
	t.heading("Removal plan for " + r.Store)
	style := reports.Good
	if !r.Reached {
		style = reports.Bad
	}
	t.styled("result", style, r.Summary())
	if c := r.Classes(); c != "" {
		t.line("classes", "%s", c)
	}
	t.blank()
	for n, row := range r.Rows {
		if n == 0 {
			t.para(fmt.Sprintf("%3s %-40s %7s %9s %s", "", "thumbprint (SHA-1)", "saves", "greatest", "class"))
		}
		t.para(fmt.Sprintf("%3d %s %7s %9s %s", n+1, row.Thumbprint(), rules.Grouped(row.Saves), rules.Grouped(row.Max), row.Class))
		name := row.Subject
		if row.Shared {
			name += " (a name that several certificates bear)"
		}
		t.grid([]int{2}, [][]gridCell{{{"", reports.Plain}, {name, reports.Plain}}})
	}
	t.kept(r)
}

func (t planPage) kept(r *remedies.Removal) {
	var must []remedies.Kept
	private := 0
	for _, k := range r.Kept {
		if k.Private {
			private++
			continue
		}
		must = append(must, k)
	}
	if len(r.Kept) == 0 {
		return
	}
	t.blank()
	if len(must) > 0 {
		t.line("must stay", "%d of the listed certificates", len(must))
	}
	for i, k := range must {
		if i == maxKept {
			t.line("", "and %d more, in the other formats", len(must)-maxKept)
			break
		}
		t.line("", "%s %s", k.Thumbprint(), k.Subject)
		t.line("", "  %s", k.Why)
	}
	if private > 0 {
		t.line("private", "%d certificates of %s bytes stay unless --include-private is given", private, rules.Grouped(r.Private))
	}
}
