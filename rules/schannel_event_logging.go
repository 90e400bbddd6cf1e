package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// SchannelEventLogging checks that Schannel logs warnings.
var SchannelEventLogging = &Rule{
	ID:       "schannel-event-logging",
	Title:    "Schannel logs warnings, so that a cut list is logged",
	Severity: Low,
	Since:    "v0.2",
	Doc: `EventLogging (REG_DWORD below SCHANNEL) is a sum of bits: 1 logs errors, 2 warnings,
4 information and success; 0 logs nothing, and the default is 1. Event 36885, by which
Schannel says that it cut the list, is a warning: without bit 2 the log is silent
whatever happens. A change takes effect after a restart, and whether there was one
cannot be seen; nor what the value was when the exported log was written. Microsoft's
own support tools set it to 7 and back to 1.`,
	References: []Reference{kb260729, kb933430, schannelEvents},
	Needs:      []evidence.Kind{evidence.KindRegistry},
	Collect:    collectSchannel,
	Remedy:     remedyLogging,
	Impact:     `a cut list leaves no trace in the log`,
	AppliesTo:  `Windows Server 2003 and later`,
	Check:      checkLogging,
}

const remedyLogging = `reg add "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL" /v EventLogging /t REG_DWORD /d 3 /f, then restart the host`

func checkLogging(p *Pass) {
	s := windows.DWord(p.Case.Registry, p.SchannelKey(), "EventLogging")
	f := Finding{Subject: "EventLogging", Expected: "bit 2 is set: 3 or 7", Evidence: s.Evidence()}
	switch {
	case s.State == windows.NotCollected:
		notCollected(&f, s, "SCHANNEL", collectSchannel, "not checked: the SCHANNEL key was not collected")
	case s.State == windows.Set && s.Number&2 != 0:
		f.Outcome, f.Measured = Passed, fmt.Sprint(s.Number)
		f.Summary = fmt.Sprintf("EventLogging is %d: warnings are logged, event 36885 among them", s.Number)
	default:
		f.Outcome, f.Measured = Failed, loggingWords(s)
		f.Summary = fmt.Sprintf("EventLogging is %s: warnings are not logged, so a cut list leaves no event 36885", loggingWords(s))
		if s.State == windows.Absent {
			f.Absence, f.Searched = true, []string{s.Key.Where.Source}
		}
	}
	p.Report(f)
}
