package rules

import (
	"slices"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// next returns the commands that would collect what the verdict lacks. One that
// truncation is unlikely lacks nothing.
func (s *signs) next(v Truncation) []string {
	var list []string
	if v == Unlikely {
		return list
	}
	add := func(command string) {
		if !slices.Contains(list, command) {
			list = append(list, command)
		}
	}
	for _, l := range s.j.Lists {
		switch {
		case !l.Collected && l.Store == evidence.LocalMachine+`\`+evidence.StoreRoot, l.Collected && !l.Whole:
			add(collectRoot)
		case !l.Collected:
			add(collectBinding)
		case l.Sent == issuerlist.SentUnknown:
			add(collectSchannel)
		}
	}
	if v != Confirmed {
		if len(s.system) == 0 {
			add(s.exportLog("System", "system.csv"))
		}
		switch {
		case s.logging.State == windows.NotCollected:
			add(collectSchannel)
		case s.bits&2 == 0:
			add(remedyLogging + ", wait until clients have failed, and export the System log again")
		}
	}
	if s.j.Version.Profile == nil {
		add(collectVersion)
	}
	if s.added == nil && len(applicationLogs(s.j.Case)) == 0 {
		add(s.exportLog("Application", "application.csv"))
	}
	return list
}

// exportLog gives the way to export a log that exists on the host's Windows:
// Windows PowerShell came with 7 and Server 2008 R2.
func (s *signs) exportLog(log, file string) string {
	switch p := s.j.Version.Profile; {
	case p == nil:
		return `Event Viewer, ` + log + `: Save All Events As… (Save Log File As… on Windows Server 2003), CSV, save as ` + file
	case p.Family == "2003":
		return `Event Viewer, ` + log + `: Action > Save Log File As…, type "CSV (Comma delimited)", save as ` + file
	case p.Family == "vista":
		return `Event Viewer, Windows Logs, ` + log + `: Save All Events As…, CSV, save as ` + file
	}
	return `in Windows PowerShell: Get-EventLog -LogName ` + log + ` | Export-Csv -NoTypeInformation -Encoding UTF8 ` + file
}
