package redact

import "github.com/ctlaudit/ctlaudit/reports"

// CollectSignOffs learns who signed off what. It goes before Collect.
func (r *Redactor) CollectSignOffs(list reports.SignOffs) {
	for _, s := range list {
		r.learnUser(s.Owner)
		r.learnUser(s.Reviewer)
		r.learnHost(s.Host)
	}
}

// SignOffs returns a copy of sign-offs with pseudonyms, by the ids that findings
// have in a redacted report.
func (r *Redactor) SignOffs(list reports.SignOffs) reports.SignOffs {
	if list == nil {
		return nil
	}
	v := r.view(false)
	out := reports.SignOffs{}
	for _, s := range list {
		s.Owner, s.Reviewer, s.Host = v.text(s.Owner, person), v.text(s.Reviewer, person), v.text(s.Host, exact)
		s.Milestone, s.Justification = v.text(s.Milestone, message), v.text(s.Justification, message)
		s.Response, s.Subject, s.Summary = v.text(s.Response, message), v.text(s.Subject, prose), v.text(s.Summary, prose)
		out[findingID(s.Rule, s.Host, s.Subject)] = s
	}
	return out
}
