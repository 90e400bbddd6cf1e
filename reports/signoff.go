package reports

import (
	"cmp"
	"slices"
	"strings"
)

// A SignOff is what people have written beside a finding in a workbook: who owns
// it, by when, what is answered, and who has reviewed that. Dates are as they
// were written, as YYYY-MM-DD where the cell held a date.
type SignOff struct {
	Owner, DueDate, Response, Reviewer, ReviewedOn string
	// Milestone, Justification and Status are of the action plan; Status is ""
	// where it was left as it is first written.
	Milestone, Justification, Status string
	// Outcome, Severity, Host, Rule, Title, Subject and Summary are those of the
	// finding when it was signed off; a finding that is gone is shown by them.
	Outcome, Severity, Host, Rule, Title, Subject, Summary string
	// FailingSince is the day as of which it was first seen to fail, as
	// YYYY-MM-DD, or "".
	FailingSince string
	// Failed says that the finding failed then, waived or not, or did before and
	// could not be decided then.
	Failed bool
}

// Blank reports whether nobody has written anything.
func (s SignOff) Blank() bool {
	return s.Owner == "" && s.DueDate == "" && s.Response == "" && s.Reviewer == "" && s.ReviewedOn == "" && !s.planned()
}

// planned reports whether something was written in the action plan alone.
func (s SignOff) planned() bool { return s.Milestone != "" || s.Justification != "" || s.Status != "" }

// SignOffs are those of an earlier workbook, by the id of the finding.
type SignOffs map[string]SignOff

// without returns the ids of what failed or was signed off and is not among
// those, sorted by host, rule, subject and id.
func (s SignOffs) without(there map[string]bool) []string {
	var ids []string
	for id, of := range s {
		if !there[id] && (of.Failed || !of.Blank()) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(x, y string) int {
		a, b := s[x], s[y]
		return cmp.Or(strings.Compare(a.Host, b.Host), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Subject, b.Subject), strings.Compare(x, y))
	})
	return ids
}

// settled returns which rules a report decides on which hosts: only there does a
// failure that is gone count as closed.
func settled(r *Report) func(host, rule string) bool {
	decided := map[string]bool{}
	key := func(host, rule string) string { return strings.ToLower(host) + "\x00" + rule }
	for f := range eachOf(r.Findings) {
		k := key(f.Host, f.Rule)
		before, there := decided[k]
		decided[k] = (before || !there) && !f.open()
	}
	return func(host, rule string) bool { return decided[key(host, rule)] }
}
