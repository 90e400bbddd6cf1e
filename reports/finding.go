package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules"
)

// Fails reports whether the finding counts as a failure: it failed, and no
// waiver that holds covers it. Exit status, counts and tables use it.
func (f *Finding) Fails() bool {
	return rules.Outcome(f.Outcome) == rules.Failed && (f.Waiver == nil || rules.WaiverState(f.Waiver.State) != rules.WaiverActive)
}

// waived reports whether the finding failed and a waiver that holds covers it.
func (f *Finding) waived() bool { return rules.Outcome(f.Outcome) == rules.Failed && !f.Fails() }

// undecided reports whether more evidence would decide it, which a command
// collects.
func (f *Finding) undecided() bool {
	return f.Collect != "" && (f.Outcome == string(rules.NotChecked) || f.Outcome == string(rules.Unknown))
}

// open reports whether it is not known if the criterion holds.
func (f *Finding) open() bool {
	switch rules.Outcome(f.Outcome) {
	case rules.NotChecked, rules.Unknown, rules.Erred:
		return true
	}
	return false
}

// effective is the outcome with the waiver: a waived failure is something to
// know.
func (f *Finding) effective() rules.Outcome {
	if f.waived() {
		return rules.Informational
	}
	return rules.Outcome(f.Outcome)
}

func (f *Finding) style() Style { return outcomeStyle(f.effective()) }

// waiverText says in a few words what a waiver does to the finding; it is ""
// where there is none.
func (f *Finding) waiverText() string {
	switch {
	case f.Waiver == nil:
		return ""
	case rules.WaiverState(f.Waiver.State) == rules.WaiverActive:
		return "waived until " + f.Waiver.Expires
	}
	return "waiver expired on " + f.Waiver.Expires
}

// reason says who answers for a waiver, and why.
func (w *Waiver) reason() string {
	s := w.Reason
	for _, part := range []struct{ what, value string }{{"approved by ", w.ApprovedBy}, {"ticket ", w.Ticket}} {
		if part.value != "" {
			s += "\n" + part.what + part.value
		}
	}
	return s
}

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

// An answer is what a rule found on a host: the summaries of its worst outcome.
type answer struct {
	rank  int
	style Style
	parts []string // the first of them
	n     int
}

// mostParts is how many summaries an answer gives.
const mostParts = 3

// take adds a finding to what is known of its host.
func (h *hostView) take(f *Finding) {
	switch {
	case f.waived():
		h.waived++
	default:
		h.outcomes[rules.Outcome(f.Outcome)]++
		if f.Fails() && !slices.Contains(h.failed, f.Rule) {
			h.failed = append(h.failed, f.Rule)
		}
	}
	h.answer(f)
	if f.Waiver != nil && f.Fails() {
		h.expired = append(h.expired, Line{Label: "Waiver", Text: Clean(f.Rule + ": " + f.waiverText() + ", so the failure counts again"), Style: Bad})
	}
	if f.Fails() {
		h.next.add(f, f.Remedy)
	}
	if f.undecided() {
		h.collect.add(f, f.Collect)
	}
	if f.Rule == rules.RequiredRoots.ID {
		if _, ok := h.rootOutcome[f.Thumbprint]; !ok {
			h.rootOutcome[f.Thumbprint] = rules.Outcome(f.Outcome)
		}
	}
}

func (h *hostView) answer(f *Finding) {
	if !slices.ContainsFunc(questions, func(q question) bool { return q.rule.ID == f.Rule }) {
		return
	}
	a := h.answers[f.Rule]
	rank := slices.Index(outcomes, f.effective())
	switch {
	case a == nil, rank < a.rank:
		a = &answer{rank: rank, style: f.style()}
		h.answers[f.Rule] = a
	case rank > a.rank:
		return
	}
	if a.n++; a.n <= mostParts {
		s := f.Summary
		if f.Waiver != nil {
			s += " (" + f.waiverText() + ")"
		}
		a.parts = append(a.parts, s)
	}
}

// A stepList collects steps, each text once, by the gravest finding that asks
// for it.
type stepList struct {
	steps []rankedStep
	at    map[string]int
	asked int
}

type rankedStep struct {
	Step
	rank, order int
}

func (l *stepList) add(f *Finding, text string) {
	if text == "" {
		return
	}
	if l.at == nil {
		l.at = map[string]int{}
	}
	s := rankedStep{Step{f.Severity, f.Rule, text}, rules.Severity(f.Severity).Rank(), l.asked}
	l.asked++
	i, ok := l.at[text]
	switch {
	case !ok:
		l.at[text] = len(l.steps)
		l.steps = append(l.steps, s)
	case s.rank < l.steps[i].rank:
		l.steps[i] = s
	}
}

// first returns the gravest steps, cleaned, and how many more there are.
func (l *stepList) first() (steps []Step, more int) {
	list := slices.Clone(l.steps)
	slices.SortStableFunc(list, func(x, y rankedStep) int {
		return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.order, y.order))
	})
	for _, s := range list[:min(len(list), MaxSteps)] {
		steps = append(steps, Step{Clean(s.Severity), Clean(s.Rule), Clean(s.Text)})
	}
	return steps, max(0, len(list)-MaxSteps)
}

// evidenceLines lists the places of a finding, and the sources in which
// something was looked for and not found.
func evidenceLines(f *Finding) string {
	s := placeLines(f.Evidence)
	if len(f.Searched) > 0 {
		s += "\nsearched: " + strings.Join(f.Searched, ", ")
	}
	return strings.TrimPrefix(s, "\n")
}
