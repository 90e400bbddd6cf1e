package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// The provider and ids of the Schannel events, as they stand in the System log.
const (
	schannelProvider = "Schannel"
	truncationID     = 36885
)

// SchannelTruncationEvent looks for the event by which Schannel says that it cut
// the list.
var SchannelTruncationEvent = &Rule{
	ID:       "schannel-truncation-event",
	Title:    "Schannel has not logged that it cut the trusted issuer list (event 36885)",
	Severity: High,
	Since:    "v0.1",
	Doc: `Event 36885 of provider Schannel in the System log says that the list "has grown
too long … has thus been truncated". It is proof. Its absence is not: it is a
warning, and warnings are logged only where the SCHANNEL value EventLogging has
bit 2, which it does not have by default. KB 2801679 calls the event 36855 in one
place; that is a misprint. The event is known by provider and id, never by its
text, which is translated, or its level.

An absence is judged only over the time that the exported log covers.`,
	References: []Reference{kb2464556, kb2801679, kb933430, kb260729},
	Needs:      []evidence.Kind{evidence.KindEvent},
	Wants: evidence.Interest{Events: []evidence.EventKey{
		{Provider: schannelProvider, ID: truncationID}, {Provider: schannelProvider, ID: 36887}, {Provider: schannelProvider, ID: 36888},
		{Provider: "Microsoft-Windows-CAPI2", ID: 4097}, {Provider: "CAPI2", ID: 4097},
	}},
	Collect:   collectSystem,
	Remedy:    `see trusted-issuer-list-size: shorten the list, or stop sending it where clients do not need it`,
	Impact:    `the list was cut at the time of the events: clients whose issuer was beyond the cut could not sign in`,
	AppliesTo: `Windows Server 2003 and later`,
	Check:     checkTruncation,
}

func checkTruncation(p *Pass) {
	f := Finding{Subject: "Schannel 36885", Expected: "no event 36885 while warnings are logged"}
	var own, foreign *evidence.EventGroup
	for _, g := range p.Case.Events {
		if g.Provider != schannelProvider || g.ID != truncationID {
			continue
		}
		if g.Own {
			own = joinGroups(own, g)
		} else {
			foreign = joinGroups(foreign, g)
		}
	}
	logging := windows.DWord(p.Case.Registry, p.SchannelKey(), "EventLogging")
	system := systemLogs(p.Case)
	switch {
	case own != nil:
		f.Outcome = Failed
		f.Measured = fmt.Sprintf("%d events 36885", own.Count)
		f.Summary = fmt.Sprintf("Schannel logged %s that it cut the list: %s", times(own.Count), span(own))
		for _, s := range own.Samples {
			f.Evidence = append(f.Evidence, s.Where)
		}
		if nowUnder(p) {
			f.Summary += "; by the exported store the list is within the limit now: the store differs from the time of the event, or the model does"
		}
	case foreign != nil:
		f.Outcome = Unknown
		f.Measured = fmt.Sprintf("%d events 36885 of computer %s", foreign.Count, foreign.Computer)
		f.Summary = fmt.Sprintf("events 36885 were read, but of computer %q and not of host %q: they are not counted", foreign.Computer, p.Case.Host)
	case len(system) == 0:
		f.Outcome, f.Collect = NotChecked, collectSystem
		f.Summary = "not checked: no log was read that could hold Schannel events: the System log was not collected"
		if others := othersLogs(p.Case); len(others) > 0 {
			f.Summary += "; what was read is of other computers: " + listed(others)
		}
	default:
		judgeAbsence(p, &f, logging, system)
	}
	p.Report(f)
}

// judgeAbsence says what it means that the event was not seen.
func judgeAbsence(p *Pass, f *Finding, logging windows.Setting, system []*evidence.EventLog) {
	for _, l := range system {
		f.Searched = append(f.Searched, l.Where.Source)
	}
	f.Absence = true
	f.Measured = "not seen"
	could := logging.State == windows.Set && logging.Number&2 != 0
	switch {
	case could:
		f.Evidence = logging.Evidence()
		f.Outcome = Passed
		f.Summary = fmt.Sprintf("no event 36885 in this window (%s), and EventLogging is %d, so it would have been logged (if the value was so at the time)", window(p.Case, f.Searched), logging.Number)
		for _, l := range system {
			if !l.Whole {
				f.Outcome = Unknown
				f.Summary = "no event 36885 was seen, but the log was not read whole: " + l.Where.Source
			}
		}
	case logging.State == windows.NotCollected:
		f.Outcome, f.Collect = NotChecked, collectSchannel
		f.Summary = "no event 36885 was seen, which proves nothing: whether warnings were logged is not known, since " + logging.Missing("SCHANNEL")
	default:
		f.Outcome = NotChecked
		f.Evidence = logging.Evidence()
		f.Collect = `reg add "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL" /v EventLogging /t REG_DWORD /d 3 /f, restart the host, wait until clients have failed, and export the System log again`
		f.Summary = fmt.Sprintf("no event 36885 was seen, and it could not have been: EventLogging is %s, so Schannel logs no warnings", loggingWords(logging))
	}
}

func loggingWords(s windows.Setting) string {
	switch s.State {
	case windows.Set:
		return fmt.Sprint(s.Number)
	case windows.WrongType:
		return fmt.Sprintf("of type %s, which counts as absent (default 1, errors only)", s.Value.Type)
	}
	return "absent (default 1, errors only)"
}

// window words the time that the events of the sources cover.
func window(c *evidence.Case, sources []string) string {
	first, last := covers(c, sources)
	if first.IsZero() {
		return "its time could not be read"
	}
	return stamp(first) + " to " + stamp(last)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

func span(g *evidence.EventGroup) string {
	switch {
	case g.First.IsZero():
		return fmt.Sprintf("first in the file %q, last %q (the dates can be read in two ways)", g.FirstText, g.LastText)
	case g.First.Equal(g.Last):
		return "on " + stamp(g.First)
	}
	return fmt.Sprintf("first %s, last %s", stamp(g.First), stamp(g.Last))
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return Grouped(n) + " times"
}

// joinGroups adds up groups of the same event of several computers' names.
func joinGroups(a, b *evidence.EventGroup) *evidence.EventGroup {
	if a == nil {
		c := *b
		c.Samples = slices.Clone(b.Samples)
		return &c
	}
	a.Count += b.Count
	if !b.First.IsZero() && (a.First.IsZero() || b.First.Before(a.First)) {
		a.First = b.First
	}
	if b.Last.After(a.Last) {
		a.Last = b.Last
	}
	a.Samples = append(a.Samples, b.Samples...)
	return a
}

func nowUnder(p *Pass) bool {
	for _, l := range p.Lists {
		if l.Binding == "" && (l.Verdict == issuerlist.Under || l.Verdict == issuerlist.LikelyUnder) {
			return true
		}
	}
	return false
}
