package rules

import "github.com/ctlaudit/ctlaudit/rules/windows"

// notCollected fills in a finding about a setting that is not known: not
// checked where no export holds its key, and unknown where an export that does
// was not read whole. otherwise is the summary of the former.
func notCollected(f *Finding, s windows.Setting, key, collect, otherwise string) {
	f.Outcome, f.Summary, f.Collect = NotChecked, otherwise, collect
	if len(s.NotWhole) > 0 {
		f.Outcome, f.Evidence = Unknown, s.Evidence()
		f.Summary = s.Missing(key) + ": the setting may have stood in what was lost"
	}
}
