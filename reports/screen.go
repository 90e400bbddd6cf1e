package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
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

// screen makes the first screen of a host.
func (b *builder) screen(j *rules.Judgement, d *rules.Diagnosis) *Screen {
	s := &Screen{Host: Clean(j.Case.Host), Result: result(j)}
	add := func(label, text string, style Style) {
		s.Lines = append(s.Lines, Line{Label: label, Text: Clean(text), Style: style})
	}
	add("Truncation", d.Summary, truncationStyle(d.Verdict))
	for _, p := range d.Products {
		add("Product", p.Product+" ("+p.Basis+"): "+p.Summary, truncationStyle(p.Verdict))
	}
	style := Plain
	if j.Version.Profile == nil {
		style = Doubt
	}
	add("Windows", j.Version.Name()+" ("+j.Version.Why+")", style)
	if len(j.Roles) > 0 {
		add("Roles", strings.Join(j.Roles, ", "), Plain)
	}
	for _, l := range j.Lists {
		if len(j.Lists) > 1 {
			add("List", l.Name(), Plain)
		}
		s.Lines = append(s.Lines, listLines(l)...)
	}
	for _, q := range []struct {
		label string
		rule  *rules.Rule
	}{{"Event 36885", rules.SchannelTruncationEvent}, {"CA-issued", rules.RootStoreMixed}, {"Required", rules.RequiredRoots}} {
		text, style := b.answer(j, q.rule)
		add(q.label, text, style)
	}
	if text := others(j); text != "" {
		add("Also failed", text, Bad)
	}
	for i := range j.Findings {
		if f := &j.Findings[i]; f.Waiver != nil && f.Fails() {
			add("Waiver", f.Rule.ID+": "+waiverText(f)+", so the failure counts again", Bad)
		}
	}
	notRead, style := notRead(j.Case)
	add("Not read", notRead, style)
	s.Next, s.NextMore = remedies(j)
	s.Collect, s.CollectMore = commands(j)
	return s
}

// onScreen are the rules that a screen shows by lines of their own.
var onScreen = []*rules.Rule{rules.TruncationDiagnosis, rules.TrustedIssuerListSize, rules.SchannelTruncationEvent, rules.RootStoreMixed, rules.RequiredRoots, rules.EvidenceComplete}

// listLines tell of one list: sent, fed by, collected, size, limit, verdict.
func listLines(l *issuerlist.List) []Line {
	var lines []Line
	add := func(label, text string, style Style) {
		lines = append(lines, Line{Label: label, Text: Clean(text), Style: style})
	}
	sent := Plain
	if l.Sent == issuerlist.SentUnknown {
		sent = Doubt
	}
	add("List sent", fmt.Sprintf("%s: %s", l.Sent, l.SentWhy), sent)
	fed := Plain
	if l.Basis == "assumed" {
		fed = Doubt
	}
	add("Fed by", fmt.Sprintf("%s (%s): %s", l.Store, l.Basis, l.StoreWhy), fed)
	text, style := collected(l)
	add("Collected", text, style)
	if l.Collected {
		lines = append(lines, Line{Label: "Size", Text: Clean(rules.Measure(l)),
			Gauge: &Gauge{Min: l.Bytes.Min, Expected: l.Bytes.Expected, Max: l.Bytes.Max, Limit: l.Limit.Bytes, MinKnown: l.Bytes.MinKnown}})
	} else {
		add("Size", "not known", Absent)
	}
	add("Limit", fmt.Sprintf("%s bytes (%s: %s)", rules.Grouped(l.Limit.Bytes), l.Limit.Basis, l.Limit.Citation), Plain)
	add("Verdict", verdict(l), verdictStyle(l))
	if l.Bytes.Expected > l.Limit.Bytes {
		file, thumb := placesOf(l, issuerlist.FileOrder), placesOf(l, issuerlist.ThumbprintOrder)
		add("Beyond it", fmt.Sprintf("%s of %s names in the order of the files, %s in the order of thumbprints (simulated: the true order is not documented)",
			rules.Grouped(file.cut()), rules.Grouped(len(file)), rules.Grouped(thumb.cut())), Plain)
	}
	for _, n := range l.Notes {
		add("Note", n, Plain)
	}
	return lines
}

func verdict(l *issuerlist.List) string {
	s := string(l.Verdict)
	switch room := l.Headroom(); {
	case l.Verdict == issuerlist.Unknown:
	case room < 0:
		s += fmt.Sprintf(", %s bytes beyond the limit", rules.Grouped(-room))
	default:
		s += fmt.Sprintf(", %s bytes below the limit", rules.Grouped(room))
	}
	return s + ": " + l.VerdictWhy
}

func verdictStyle(l *issuerlist.List) Style {
	switch l.Verdict {
	case issuerlist.Over, issuerlist.LikelyOver:
		return Bad
	case issuerlist.Under:
		return Good
	}
	return Doubt
}

// collected says whether all of the feeding store was collected and read.
func collected(l *issuerlist.List) (string, Style) {
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
func (b *builder) answer(j *rules.Judgement, r *rules.Rule) (string, Style) {
	var of []*rules.Finding
	worst := len(outcomes)
	for i := range j.Findings {
		f := &j.Findings[i]
		if f.Rule.ID != r.ID {
			continue
		}
		switch rank := slices.Index(outcomes, effective(f)); {
		case rank < worst:
			worst, of = rank, []*rules.Finding{f}
		case rank == worst:
			of = append(of, f)
		}
	}
	if len(of) == 0 {
		if _, enabled := b.applied(r); !enabled {
			return "not judged: the policy leaves " + r.ID + " out", Absent
		}
		return "not judged: " + r.ID + " is not among the rules", Absent
	}
	const most = 3
	var parts []string
	for _, f := range of[:min(most, len(of))] {
		s := f.Summary
		if f.Waiver != nil {
			s += " (" + waiverText(f) + ")"
		}
		parts = append(parts, s)
	}
	if n := len(of) - most; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(parts, "; "), findingStyle(of[0])
}

// effective is the outcome of a finding with its waiver: a waived failure is
// something to know.
func effective(f *rules.Finding) rules.Outcome {
	if waived(f) {
		return rules.Informational
	}
	return f.Outcome
}

func findingStyle(f *rules.Finding) Style { return outcomeStyle(effective(f)) }

func outcomeStyle(o rules.Outcome) Style {
	switch o {
	case rules.Passed:
		return Good
	case rules.Failed, rules.Erred:
		return Bad
	case rules.Unknown:
		return Doubt
	case rules.NotChecked:
		return Absent
	}
	return Quiet
}

// others names the rules that failed and have no line of their own.
func others(j *rules.Judgement) string {
	var ids []string
	for i := range j.Findings {
		f := &j.Findings[i]
		shown := slices.ContainsFunc(onScreen, func(r *rules.Rule) bool { return r.ID == f.Rule.ID })
		if f.Fails() && !shown && !slices.Contains(ids, f.Rule.ID) {
			ids = append(ids, f.Rule.ID)
		}
	}
	return strings.Join(ids, ", ")
}

// notRead names what was lost of the host's files, each with its first reason.
func notRead(c *evidence.Case) (string, Style) {
	const most = 5
	var parts []string
	incomplete, unrecognised := 0, 0
	for _, s := range c.Sources {
		if s.Complete {
			if s.Format == "" {
				unrecognised++
			}
			continue
		}
		if incomplete++; incomplete <= most {
			parts = append(parts, s.Name+reason(c, s.Name))
		}
	}
	if n := incomplete - most; n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more files in part", n))
	}
	if unrecognised > 0 {
		parts = append(parts, fmt.Sprintf("%s of no known format", plural(unrecognised, "file")))
	}
	switch {
	case incomplete > 0:
		return strings.Join(parts, "; "), Bad
	case unrecognised > 0:
		return strings.Join(parts, "; "), Plain
	}
	return "nothing: all files were read whole", Good
}

func reason(c *evidence.Case, source string) string {
	for i := range c.Diagnostics {
		if d := &c.Diagnostics[i]; d.Where.Source == source && d.Loses() {
			return " (" + d.Summary + ")"
		}
	}
	return ""
}

// remedies are those of the failed findings, the gravest first, each once.
func remedies(j *rules.Judgement) (steps []Step, more int) {
	return steplist(j, func(f *rules.Finding) string {
		if f.Fails() {
			return f.Remedy
		}
		return ""
	})
}

// commands are those that collect what findings lack, each once.
func commands(j *rules.Judgement) (steps []Step, more int) {
	return steplist(j, func(f *rules.Finding) string {
		if f.Outcome == rules.NotChecked || f.Outcome == rules.Unknown {
			return f.Collect
		}
		return ""
	})
}

func steplist(j *rules.Judgement, of func(*rules.Finding) string) (steps []Step, more int) {
	var list []*rules.Finding
	seen := map[string]bool{}
	for i := range j.Findings {
		f := &j.Findings[i]
		if s := of(f); s != "" {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(x, y *rules.Finding) int { return cmp.Compare(x.Severity.Rank(), y.Severity.Rank()) })
	for _, f := range list {
		s := of(f)
		if seen[s] {
			continue
		}
		seen[s] = true
		if len(steps) == MaxSteps {
			more++
			continue
		}
		steps = append(steps, Step{Severity: string(f.Severity), Rule: f.Rule.ID, Text: Clean(s)})
	}
	return steps, more
}

// result words a host's result in one line.
func result(j *rules.Judgement) Line {
	n := map[rules.Outcome]int{}
	var failed []string
	nWaived := 0
	for i := range j.Findings {
		f := &j.Findings[i]
		if waived(f) {
			nWaived++
			continue
		}
		n[f.Outcome]++
		if f.Outcome == rules.Failed && !slices.Contains(failed, f.Rule.ID) {
			failed = append(failed, f.Rule.ID)
		}
	}
	line := Line{Label: "Result", Style: Good}
	var open []string
	for _, o := range []rules.Outcome{rules.Unknown, rules.NotChecked, rules.Erred} {
		if n[o] > 0 {
			open = append(open, fmt.Sprintf("%d %s", n[o], outcomeWord(o)))
		}
	}
	switch {
	case len(failed) > 0:
		line.Text, line.Style = "failed: "+strings.Join(failed, ", "), Bad
	case n[rules.Passed]+nWaived == 0:
		line.Text, line.Style = "nothing could be judged", Absent
	default:
		line.Text = "nothing failed"
	}
	if nWaived > 0 {
		open = append(open, fmt.Sprintf("%d waived", nWaived))
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
