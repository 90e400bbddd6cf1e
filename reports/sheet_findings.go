package reports

import (
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/rules"
)

// responses are what a reader may answer to a finding.
var responses = []string{"open", "in progress", "mitigated", "accepted", "false positive", "done"}

func (v *view) findingsSheet() *Sheet {
	s := &Sheet{Name: "Findings", Title: "What each rule found on each host, conformity included",
		Empty: "no host was judged",
		Columns: []Column{
			{"outcome", "Outcome", Text, 14}, {"severity", "Severity", Text, 9}, {"waiver", "Waiver", Prose, 14}, {"host", "Host", Text, 14}, {"rule", "Rule", Text, 25},
			{"subject", "Subject", Wrapped, 24}, {"summary", "Finding", Prose, 50}, {"measured", "Measured", Prose, 26}, {"expected", "Expected", Prose, 26},
			{"impact", "Impact", Prose, 30}, {"remedy", "What to do", Prose, 40}, {"collect", "What to collect", Prose, 40}, {"evidence", "Evidence", Wrapped, 34},
			{"firstSeen", "First seen (UTC)", Date, 19}, {"failingSince", "Failing since", Date, 12}, {"references", "References", Wrapped, 18}, {"links", "Where the references stood", Wrapped, 40}, {"title", "Criterion", Prose, 28},
			{"waiverReason", "Reason of the waiver", Wrapped, 28}, {"id", "Finding id", Identifier, 18},
			{"owner", "Owner", FillIn, 18}, {"dueDate", "Due date", FillInDate, 12}, {"response", "Response", FillIn, 14}, {"reviewer", "Reviewer", FillIn, 18}, {"reviewedOn", "Reviewed on", FillInDate, 12},
		},
		Choices: map[string][]string{"response": responses},
		Len:     v.findingRows + len(v.gone),
	}
	if v.carried != nil {
		s.Columns = slices.Insert(s.Columns, 1, Column{"sinceLast", "Since the last workbook", Text, 12})
	}
	s.Rows = func(yield func([]Cell) bool) {
		row := make([]Cell, 0, len(s.Columns))
		for f := range v.Findings {
			if row = v.findingRow(row[:0], &f); !yield(row) {
				return
			}
		}
		for _, id := range v.gone {
			if row = v.goneRow(row[:0], id); !yield(row) {
				return
			}
		}
	}
	return s
}

func (v *view) findingRow(row []Cell, f *Finding) []Cell {
	signed, known := v.carried[f.ID]
	row = append(row, styled(f.Outcome, f.style()))
	if v.carried != nil {
		row = append(row, sinceLast(f, signed, known))
	}
	reason := ""
	if f.Waiver != nil {
		reason = f.Waiver.reason()
	}
	impact, links := "", ""
	if r := v.byRule[f.Rule]; r != nil {
		links = urls(r)
		if f.Outcome == string(rules.Failed) {
			impact = r.Impact
		}
	}
	row = append(row, severityCell(f), text(f.waiverText()), text(f.Host), text(f.Rule), text(f.Subject), text(f.Summary), text(f.Measured), text(f.Expected),
		text(impact), text(f.Remedy), text(f.Collect), v.evidenceCell(f), when(v.seenFirst(f).Time), failingSince(f, signed, v.AsOf.Time), text(strings.Join(f.References, "\n")), text(links), text(f.Title),
		text(reason), text(f.ID))
	return append(row, signed.cells()...)
}

// goneRow tells of a finding of an earlier workbook that this run has not.
func (v *view) goneRow(row []Cell, id string) []Cell {
	of := v.carried[id]
	since := Cell{}
	switch {
	case !of.Failed:
	case v.settled(of.Host, of.Rule):
		since = styled("closed", Good)
	default:
		since = styled("undecided", Doubt)
	}
	row = append(row, styled("gone", Quiet), since, text(of.Severity), Cell{}, text(of.Host), text(of.Rule), text(of.Subject), text(of.Summary))
	for range 7 { // from what was measured to where it was first seen
		row = append(row, Cell{})
	}
	row = append(row, dayCell(of.FailingSince), Cell{}, Cell{}, text(of.Title), Cell{}, text(id))
	return append(row, of.cells()...)
}

// failingSince is the day as of which a finding was first seen to fail: that of
// an earlier workbook, or else of this judgement. It stays with what cannot be
// decided now.
func failingSince(f *Finding, of SignOff, asOf time.Time) Cell {
	failed := f.Outcome == string(rules.Failed)
	switch {
	case of.Failed && of.FailingSince != "" && (failed || f.open()):
		return dayCell(of.FailingSince)
	case failed:
		return when(asOf)
	}
	return Cell{}
}

// sinceLast says what became of a failure since the earlier workbook. What can
// not be decided for want of evidence is not closed.
func sinceLast(f *Finding, of SignOff, known bool) Cell {
	switch failed := known && of.Failed; {
	case f.Fails() && failed:
		return styled("open", Bad)
	case f.Fails():
		return styled("new", Bad)
	case failed && f.waived():
		return styled("waived", Quiet)
	case failed && f.open():
		return styled("undecided", Doubt)
	case failed:
		return styled("closed", Good)
	}
	return Cell{}
}

// cells are what a reader wrote.
func (s SignOff) cells() []Cell {
	return []Cell{text(s.Owner), dayCell(s.DueDate), text(s.Response), text(s.Reviewer), dayCell(s.ReviewedOn)}
}

// severityCell colours the severity of failures only.
func severityCell(f *Finding) Cell {
	c := text(f.Severity)
	if f.Fails() && rules.Severity(f.Severity).Rank() <= rules.High.Rank() {
		c.Style = Bad
	}
	return c
}

// evidenceCell leads to the first source that the finding rests on.
func (v *view) evidenceCell(f *Finding) Cell {
	c := text(evidenceLines(f))
	source := ""
	switch {
	case len(f.Evidence) > 0:
		source = f.Evidence[0].Source
	case len(f.Searched) > 0:
		source = f.Searched[0]
	}
	if row := v.sourceRow[source]; row > 0 && c.Kind != Blank {
		c.Link, c.LinkRow = "Evidence", row
	}
	return c
}

// seenFirst is the earliest time of the events that the finding cites.
func (v *view) seenFirst(f *Finding) Time {
	var first Time
	for _, l := range f.Evidence {
		if at := v.firstSeen[l]; !at.IsZero() && (first.IsZero() || at.Before(first.Time)) {
			first = at
		}
	}
	return first
}

// urls are the places where the references of a rule stood, as text.
func urls(r *Rule) string {
	var list []string
	for _, ref := range r.References {
		list = append(list, ref.URL)
	}
	return strings.Join(list, "\n")
}
