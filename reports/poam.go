package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Form is a workbook whose layout others have laid down: a plan of action and
// milestones (POA&M) as an authority wants it. Its columns and headings are not
// to be altered, which is why no language changes them.
type Form struct {
	// Name is what --template calls it; Doc says whose form it is and where its
	// layout is described.
	Name, Doc string
	Sheets    []*FormSheet
}

// A FormSheet is one sheet of a form.
type FormSheet struct {
	// Top are the rows above the heading, from A1 on; the heading stands in the
	// row after them.
	Top [][]Cell
	// Sheet has the columns, what may be filled in, and the rows.
	*Sheet
}

// FormNames lists the forms that NewForm makes.
func FormNames() []string { return []string{"fedramp-poam", "emass"} }

// NewForm fills a form with the failures of a report, those that a waiver
// accepts included, and with what was signed off in an earlier workbook. Dates,
// milestones and people that nobody has stated stay empty: a form is a promise.
func NewForm(name string, r *Report, carried SignOffs) (*Form, error) {
	p := &poam{report: r, carried: carried}
	switch name {
	case "fedramp-poam":
		return p.fedRAMP(), nil
	case "emass":
		return p.eMASS(), nil
	}
	return nil, fmt.Errorf("%q is none of %s", name, strings.Join(FormNames(), ", "))
}

// A poam fills forms.
type poam struct {
	report  *Report
	carried SignOffs
}

// open goes through the findings that failed.
func (p *poam) open() func(yield func(*Finding) bool) {
	return func(yield func(*Finding) bool) {
		if p.report.Findings == nil {
			return
		}
		for f := range p.report.Findings {
			if f.Outcome == "fail" && !yield(&f) {
				return
			}
		}
	}
}

// rest lists the ids of what failed in the earlier workbook and does not now:
// what is closed, and what could not be decided this time and stays open.
func (p *poam) rest() (closed, undecided []string) {
	now := map[string]*Finding{}
	for f := range eachOf(p.report.Findings) {
		if _, ok := p.carried[f.ID]; ok {
			now[f.ID] = &f
		}
	}
	decided := settled(p.report)
	for _, id := range slices.Sorted(maps.Keys(p.carried)) {
		of, f := p.carried[id], now[id]
		switch {
		case !of.Failed, f != nil && f.Outcome == "fail":
		case f != nil && f.open(), f == nil && !decided(of.Host, of.Rule):
			undecided = append(undecided, id)
		default:
			closed = append(closed, id)
		}
	}
	return closed, undecided
}

// add adds rows for what the earlier workbook alone tells of.
func (s *Sheet) add(ids []string, cells func(id string) []Cell) {
	before := s.Rows
	s.Len += len(ids)
	s.Rows = func(yield func([]Cell) bool) {
		for row := range before {
			if !yield(row) {
				return
			}
		}
		for _, id := range ids {
			if !yield(cells(id)) {
				return
			}
		}
	}
}

// accepted reports whether a waiver in force covers a failure.
func accepted(f *Finding) bool { return f.Waiver != nil && f.Waiver.State == "active" }

// weakness describes a failure: what was found, and what by.
func weakness(f *Finding) string {
	s := f.Summary
	if f.Measured != "" {
		s += "\nmeasured: " + f.Measured
	}
	if f.Expected != "" {
		s += "\nexpected: " + f.Expected
	}
	return s
}

// asset names what has the weakness: the host, and the store or object on it.
func asset(f *Finding) string {
	if f.Store != "" {
		return f.Host + " (" + f.Store + ")"
	}
	return f.Host
}

// weaknessName is the criterion and, where a finding is on one thing of many,
// that thing.
func weaknessName(f *Finding) string {
	if f.Subject == "" {
		return f.Title
	}
	return f.Title + ": " + f.Subject
}

// documents lists the files that a finding rests on, each once.
func documents(f *Finding) string {
	var names []string
	for _, l := range f.Evidence {
		names = append(names, l.Source)
	}
	names = append(names, f.Searched...)
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "\n")
}

// remarks are the citations of the criterion, why a failure is accepted, and
// what was answered to it.
func remarks(f *Finding, s SignOff) string {
	var parts []string
	if len(f.References) > 0 {
		parts = append(parts, "criterion: "+f.Rule+" ("+strings.Join(f.References, ", ")+")")
	}
	if w := f.Waiver; w != nil {
		text := "waiver " + w.State + ", expires " + w.Expires + ": " + w.Reason
		if w.ApprovedBy != "" {
			text += "; approved by " + w.ApprovedBy
		}
		if w.Ticket != "" {
			text += "; ticket " + w.Ticket
		}
		parts = append(parts, text)
	}
	if s.Response != "" {
		parts = append(parts, "response: "+s.Response)
	}
	if s.Reviewer != "" || s.ReviewedOn != "" {
		parts = append(parts, strings.TrimSpace("reviewed by "+cmp.Or(s.Reviewer, "an unnamed reviewer")+" "+s.ReviewedOn))
	}
	return strings.Join(parts, "\n")
}

// fill gives a sheet the rows of the findings that failed, as cells makes
// them.
func (p *poam) fill(s *Sheet, cells func(*Finding, SignOff) []Cell) {
	for range p.open() {
		s.Len++
	}
	s.Rows = func(yield func([]Cell) bool) {
		for f := range p.open() {
			if !yield(cells(f, p.carried[f.ID])) {
				return
			}
		}
	}
}
