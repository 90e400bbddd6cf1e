package reports

import (
	"cmp"
	"iter"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/rules"
)

// actionStates are what an action may be said to be.
var actionStates = []string{"open", "in progress", "completed", "risk accepted", "not applicable"}

// actionPlanSheet has a row for each failure that no waiver covers, the gravest
// first, with what a reader fills in to plan its mending, which is taken over from an
// earlier workbook.
func actionPlanSheet(r *Report, carried SignOffs) *Sheet {
	s := &Sheet{Name: "Action plan", Title: "What failed and is to be mended, the gravest first",
		Note: "Failures that a waiver covers are not here: see Waivers. The last columns are to be filled in.", Empty: "nothing failed that no waiver covers",
		Choices: map[string][]string{"status": actionStates},
		Columns: []Column{
			{"id", "Finding id", Identifier, 18}, {"requirement", "Requirement", Prose, 34}, {"host", "Host", Text, 16}, {"result", "Result", Text, 9}, {"criticality", "Criticality", Text, 11},
			{"details", "Details", Prose, 56}, {"remedy", "What to do", Prose, 48}, {"references", "References", Wrapped, 18}, {"evidence", "Evidence", Wrapped, 36},
			{"owner", "Owner", FillIn, 20}, {"dueDate", "Planned completion", FillInDate, 14}, {"milestone", "Milestone", FillIn, 28}, {"justification", "Justification", FillIn, 32}, {"status", "Status", FillIn, 14},
		}}
	there := map[string]bool{}
	for _, f := range failures(r) {
		s.Len++
		if _, ok := carried[f.ID]; ok {
			there[f.ID] = true
		}
	}
	var kept []string // planned before, and no failure now
	for _, id := range carried.without(there) {
		if carried[id].planned() {
			kept = append(kept, id)
		}
	}
	s.Len += len(kept)
	s.Rows = func(yield func([]Cell) bool) {
		for _, severity := range rules.Severities() {
			for n, f := range failures(r) {
				if f.Severity == string(severity) && !yield(actionRow(n, &f, carried[f.ID])) {
					return
				}
			}
		}
		for _, id := range kept {
			if !yield(keptRow(id, carried[id])) {
				return
			}
		}
	}
	return s
}

// keptRow keeps what was planned for a finding that is no failure now: what
// people wrote is theirs to delete.
func keptRow(id string, of SignOff) []Cell {
	return append([]Cell{text(id), text(strings.TrimSpace(of.Title + " (" + of.Rule + ")")), text(of.Host), styled("no failure now", Quiet), text(of.Severity), text(of.Summary), {}, {}, {}}, of.planCells()...)
}

// planCells are what a reader wrote in the action plan.
func (s SignOff) planCells() []Cell {
	return []Cell{text(s.Owner), dayCell(s.DueDate), text(s.Milestone), text(s.Justification), text(cmp.Or(s.Status, actionStates[0]))}
}

// failures goes through the findings that failed and that no waiver covers, each
// with its number among all findings, counted from 1.
func failures(r *Report) iter.Seq2[int, Finding] {
	return func(yield func(int, Finding) bool) {
		n := 0
		for f := range eachOf(r.Findings) {
			n++
			if f.Outcome == string(rules.Failed) && !(f.Waiver != nil && f.Waiver.State == string(rules.WaiverActive)) && !yield(n, f) {
				return
			}
		}
	}
}

// eachOf goes through a sequence, which may be nil.
func eachOf[T any](s Seq[T]) iter.Seq[T] {
	if s == nil {
		return func(func(T) bool) {}
	}
	return iter.Seq[T](s)
}

func actionRow(number int, f *Finding, carried SignOff) []Cell {
	id := text(f.ID)
	id.Link, id.LinkRow = "Findings", number
	severity := text(f.Severity)
	if rules.Severity(f.Severity).Rank() <= rules.High.Rank() {
		severity.Style = Bad
	}
	details := f.Summary
	if f.Subject != "" && f.Subject != f.Host && !strings.Contains(details, f.Subject) {
		details = f.Subject + ": " + details
	}
	if f.Measured != "" {
		details += "\nmeasured: " + f.Measured
	}
	if f.Expected != "" {
		details += "\nexpected: " + f.Expected
	}
	return append([]Cell{id, text(f.Title + " (" + f.Rule + ")"), text(f.Host), styled(f.Outcome, Bad), severity,
		text(details), text(f.Remedy), text(strings.Join(f.References, "\n")), text(actionEvidence(f))}, carried.planCells()...)
}

// actionEvidence lists the places of a finding, one a line; beyond a bound it
// says how many more there are.
func actionEvidence(f *Finding) string {
	const most = 5
	var lines []string
	for i := range f.Evidence[:min(most, len(f.Evidence))] {
		lines = append(lines, f.Evidence[i].String())
	}
	if n := len(f.Evidence) - most; n > 0 {
		lines = append(lines, "and "+rules.Grouped(n)+" more: see Findings")
	}
	if len(f.Searched) > 0 {
		lines = append(lines, "searched: "+strings.Join(f.Searched, ", "))
	}
	return strings.Join(lines, "\n")
}

// dayCell is a day that was written down, as a date where it is one.
func dayCell(s string) Cell {
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return when(day)
	}
	return text(s)
}
