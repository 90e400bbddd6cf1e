package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// Legend tells once what the articles call by another name.
const Legend = `The "trusted issuer list" is the list of authorities that Schannel sends when it asks for a client certificate; KB 2464556 calls it a certificate trust list (CTL), which is properly a signed object and something else.`

// A Screen answers, for one host, what a reader asks first.
type Screen struct {
	Host string
	// Result is the host's result in one line.
	Result Line
	// Lines answer the questions in a fixed order.
	Lines []Line
	// Next are the remedies of what failed, the gravest first; Collect are the
	// commands that collect what is missing. Both are at most MaxSteps long,
	// and NextMore and CollectMore tell how many there are beyond that.
	Next, Collect         []Step
	NextMore, CollectMore int
}

// MaxSteps bounds the steps of a screen.
const MaxSteps = 5

// A Step is one thing to do.
type Step struct {
	// Severity and Rule are those of the finding that asks for it.
	Severity, Rule string
	Text           string
}

// A question is one that a screen answers by what a rule found.
type question struct {
	label string
	rule  *rules.Rule
}

var questions = []question{{"Event 36885", rules.SchannelTruncationEvent}, {"CA-issued", rules.RootStoreMixed}, {"Required", rules.RequiredRoots}}

// onScreen are the rules that a screen shows by lines of their own.
var onScreen = []*rules.Rule{rules.TruncationDiagnosis, rules.TrustedIssuerListSize, rules.SchannelTruncationEvent, rules.RootStoreMixed, rules.RequiredRoots, rules.EvidenceComplete}

// screen makes the first screen of a host.
func (v *view) screen(h *hostView) *Screen {
	s := &Screen{Host: Clean(h.Name), Result: h.result()}
	add := func(label, text string, style Style) {
		s.Lines = append(s.Lines, Line{Label: label, Text: Clean(text), Style: style})
	}
	if d := h.diagnosis; d != nil {
		add("Truncation", d.Summary, truncationStyle(rules.Truncation(d.Verdict)))
		for _, p := range d.Products {
			add("Product", p.Product+" ("+p.Basis+"): "+p.Summary, truncationStyle(rules.Truncation(p.Verdict)))
		}
	}
	style := Plain
	if h.OS == "" {
		style = Doubt
	}
	add("Windows", h.OSName+" ("+h.OSWhy+")", style)
	if len(h.Roles) > 0 {
		add("Roles", strings.Join(h.Roles, ", "), Plain)
	}
	for i := range h.lists {
		if len(h.lists) > 1 {
			add("List", h.lists[i].Name, Plain)
		}
		s.Lines = append(s.Lines, h.lists[i].lines()...)
	}
	for _, q := range questions {
		text, style := v.answer(h, q.rule)
		add(q.label, text, style)
	}
	if text := h.others(); text != "" {
		add("Also failed", text, Bad)
	}
	s.Lines = append(s.Lines, h.expired...)
	notRead, style := h.notRead()
	add("Not read", notRead, style)
	s.Next, s.NextMore = h.next.first()
	s.Collect, s.CollectMore = h.collect.first()
	s.advise(v.Plan)
	return s
}

// lines tell of one list: sent, fed by, collected, size, limit, verdict.
func (l *listHead) lines() []Line {
	var lines []Line
	add := func(label, text string, style Style) {
		lines = append(lines, Line{Label: label, Text: Clean(text), Style: style})
	}
	sent := Plain
	if issuerlist.Sent(l.Sent) == issuerlist.SentUnknown {
		sent = Doubt
	}
	add("List sent", fmt.Sprintf("%s: %s", l.Sent, l.SentWhy), sent)
	fed := Plain
	if l.Basis == "assumed" {
		fed = Doubt
	}
	add("Fed by", fmt.Sprintf("%s (%s): %s", l.Store, l.Basis, l.StoreWhy), fed)
	text, style := l.collected()
	add("Collected", text, style)
	if l.Collected {
		lines = append(lines, Line{Label: "Size", Text: Clean(l.Measured),
			Gauge: &Gauge{Min: l.Bytes.Min, Expected: l.Bytes.Expected, Max: l.Bytes.Max, Limit: l.Limit.Bytes, MinKnown: l.Bytes.MinKnown}})
	} else {
		add("Size", "not known", Absent)
	}
	add("Limit", fmt.Sprintf("%s bytes (%s: %s)", rules.Grouped(l.Limit.Bytes), l.Limit.Basis, l.Limit.Citation), Plain)
	add("Verdict", l.verdict(), verdictStyle(l.Verdict))
	if l.Bytes.Expected > l.Limit.Bytes {
		add("Beyond it", fmt.Sprintf("%s of %s names in the order of the files, %s in the order of thumbprints (simulated: the true order is not documented)",
			rules.Grouped(l.cutFile), rules.Grouped(l.names), rules.Grouped(l.cutThumbprint)), Plain)
	}
	for _, n := range l.Notes {
		add("Note", n, Plain)
	}
	return lines
}

func (l *listHead) verdict() string {
	s := l.Verdict
	switch {
	case issuerlist.Verdict(l.Verdict) == issuerlist.Unknown:
	case l.Headroom < 0:
		s += fmt.Sprintf(", %s bytes beyond the limit", rules.Grouped(-l.Headroom))
	default:
		s += fmt.Sprintf(", %s bytes below the limit", rules.Grouped(l.Headroom))
	}
	return s + ": " + l.VerdictWhy
}

func verdictStyle(verdict string) Style {
	switch issuerlist.Verdict(verdict) {
	case issuerlist.Over, issuerlist.LikelyOver:
		return Bad
	case issuerlist.Under:
		return Good
	}
	return Doubt
}

// collected says whether all of the feeding store was collected and read.
func (l *listHead) collected() (string, Style) {
	if !l.Collected {
		return "no export of " + l.Store + " was read", Absent
	}
	var from, missing []string
	notes := ""
	for _, c := range l.Coverage {
		switch {
		case !c.Collected && c.Physical != "":
			missing = append(missing, c.Physical)
		case c.From != "" && !slices.Contains(from, c.From):
			from = append(from, c.From)
		}
		if c.Note != "" {
			notes += "; " + c.Physical + ": " + c.Note
		}
	}
	text, style := "whole", Good
	if !l.Whole {
		text, style = "in part", Doubt
	}
	if len(from) > 0 {
		text += ", from " + strings.Join(from, ", ")
	}
	if len(l.Broken) > 0 {
		text += "; not read whole: " + strings.Join(l.Broken, ", ")
	}
	if len(missing) > 0 {
		text += "; not collected: " + strings.Join(missing, ", ")
	}
	return text + notes, style
}

// answer words what a rule found: the summaries of its worst outcome.
func (v *view) answer(h *hostView, r *rules.Rule) (string, Style) {
	a := h.answers[r.ID]
	if a == nil {
		if rule := v.byRule[r.ID]; rule != nil && !rule.Enabled {
			return "not judged: the policy leaves " + r.ID + " out", Absent
		}
		return "not judged: " + r.ID + " is not among the rules", Absent
	}
	parts := a.parts
	if n := a.n - len(parts); n > 0 {
		parts = append(slices.Clip(parts), fmt.Sprintf("and %d more", n))
	}
	return strings.Join(parts, "; "), a.style
}

// others names the rules that failed and have no line of their own.
func (h *hostView) others() string {
	var ids []string
	for _, id := range h.failed {
		if !slices.ContainsFunc(onScreen, func(r *rules.Rule) bool { return r.ID == id }) {
			ids = append(ids, id)
		}
	}
	return strings.Join(ids, ", ")
}

// notRead names what was lost of the host's files, each with its first reason.
func (h *hostView) notRead() (string, Style) {
	var parts []string
	for _, name := range h.firstBroken {
		if why := h.reasons[name]; why != "" {
			name += " (" + why + ")"
		}
		parts = append(parts, name)
	}
	if n := h.incomplete - len(h.firstBroken); n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more files in part", n))
	}
	if h.unrecognised > 0 {
		parts = append(parts, fmt.Sprintf("%s of no known format", plural(h.unrecognised, "file")))
	}
	switch {
	case h.incomplete > 0:
		return strings.Join(parts, "; "), Bad
	case h.unrecognised > 0:
		return strings.Join(parts, "; "), Plain
	}
	return "nothing: all files were read whole", Good
}

// result words a host's result in one line.
func (h *hostView) result() Line {
	line := Line{Label: "Result", Style: Good}
	var open []string
	for _, o := range []rules.Outcome{rules.Unknown, rules.NotChecked, rules.Erred} {
		if n := h.outcomes[o]; n > 0 {
			open = append(open, fmt.Sprintf("%d %s", n, outcomeWord(o)))
		}
	}
	switch {
	case len(h.failed) > 0:
		line.Text, line.Style = Clean("failed: "+strings.Join(h.failed, ", ")), Bad
	case h.outcomes[rules.Passed]+h.waived == 0:
		line.Text, line.Style = "nothing could be judged", Absent
	default:
		line.Text = "nothing failed"
	}
	if h.waived > 0 {
		open = append(open, fmt.Sprintf("%d waived", h.waived))
	}
	if len(open) > 0 {
		line.Text += "; " + strings.Join(open, ", ")
		if line.Style == Good {
			line.Style = Doubt
		}
	}
	return line
}

// outcomeWord writes an outcome in prose.
func outcomeWord(o rules.Outcome) string {
	switch o {
	case rules.NotChecked:
		return "not checked"
	case rules.NotApplicable:
		return "not applicable"
	case rules.Erred:
		return "in error"
	}
	return string(o)
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return rules.Grouped(n) + " " + noun + "s"
}
