package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// EventLogGaps tells where the exported logs are silent.
var EventLogGaps = &Rule{
	ID:       "event-log-gaps",
	Title:    "the exported logs have no gap, and cover a week or more",
	Severity: Low,
	Since:    "v0.2",
	Doc: `An absence in a log means something only for the time that the log covers. Event 4102
of CAPI2 says that it logged too much and falls silent for some minutes: roots that
were added then left no event. That fails. A System log of less than a week informs:
it was short, overwritten or filtered.

Windows numbers the records of a log one by one. Where numbers are missing between
two that are there, records were removed, could not be read, or were left out by
whoever exported the log. A log with few holes fails: at most one for each hundred
records, and at least half of the numbers there. With more it is taken for a
selection of events, such as those of some providers: it has holes by nature, which
prove nothing, so that is unknown. The System and Application logs and those of Lync
are judged, over all their exports together. EvtxECmd, Get-WinEvent, Get-EventLog,
Log Parser and plaso give the numbers; Event Viewer leaves them out, and without
them the holes are not checked.

That a log begins with a number above 1 is no hole: the oldest records are
overwritten. That a log was cleared is not judged; Microsoft's support tools clear
some of them.`,
	References: []Reference{rootUpdateDoc, schannelEvents, recordNumbers},
	Needs:      []evidence.Kind{evidence.KindEvent},
	Wants:      evidence.Interest{Events: eventKeys(capi2Providers, loggingOffID)},
	Collect:    collectSystem,
	Remedy:     `take the number of roots from the store and not from the log; raise the size of the log so that it covers the time in question`,
	Impact:     `what is absent from the log may have happened`,
	AppliesTo:  `all Windows`,
	Check:      checkGaps,
}

const shortWindow = 7 * 24 * time.Hour

func checkGaps(p *Pass) {
	checkRecordNumbers(p)
	if g := ownEvents(p.Case, loggingOffID, capi2Providers...); g != nil {
		f := Finding{Subject: "CAPI2 4102", Outcome: Failed, Measured: fmt.Sprintf("%s events 4102", Grouped(g.Count)), Expected: "none",
			Summary: fmt.Sprintf("CAPI2 suspended its logging %s: %s", times(g.Count), span(g))}
		f.addSamples(g)
		for _, s := range g.Samples {
			if n := numbersIn(s.Message); len(n) == 2 {
				f.Summary += fmt.Sprintf("; once for %d minutes after %d events", n[1], n[0])
				break
			}
		}
		p.Report(f)
		return
	}
	f := Finding{Subject: "exported logs", Expected: "a week or more, without gaps", Searched: logSources(p.Case.EventLogs)}
	var parts, undated []string
	short := false
	for _, l := range p.Case.EventLogs {
		first, last := covers(p.Case, []string{l.Where.Source})
		if first.IsZero() {
			undated = append(undated, l.Where.Source)
			continue
		}
		parts = append(parts, fmt.Sprintf("%s: %s to %s", l.Where.Source, stamp(first), stamp(last)))
	}
	for _, l := range systemLogs(p.Case) {
		first, last := covers(p.Case, []string{l.Where.Source})
		short = short || (!first.IsZero() && last.Sub(first) < shortWindow)
	}
	f.Measured = strings.Join(parts, "; ")
	switch broken := notWholeLogs(p.Case.EventLogs); {
	case len(broken) > 0:
		f.Outcome, f.Searched = Unknown, nil
		f.Summary = "no gap was seen, but " + partial(p.Case.EventLogs)
	case len(undated) > 0:
		f.Outcome, f.Searched, f.Collect = Unknown, nil, collectSystem
		f.Summary = "no gap was seen, but the times in " + listed(undated) + " could not be read, or can be read in two ways (--date-order)"
	case short:
		f.Outcome = Informational
		f.Summary = "the System log covers less than a week, so what is absent from it means little: " + f.Measured
	default:
		f.Outcome = Passed
		f.Summary = "no gap was seen in " + f.Measured
	}
	p.Report(f)
}

// covers returns the first and last time of the host's own events in sources.
func covers(c *evidence.Case, sources []string) (first, last time.Time) {
	for _, g := range c.Events {
		if !g.Own || g.First.IsZero() || !slices.ContainsFunc(g.Sources, func(s string) bool { return slices.Contains(sources, s) }) {
			continue
		}
		if first.IsZero() || g.First.Before(first) {
			first = g.First
		}
		if g.Last.After(last) {
			last = g.Last
		}
	}
	return first, last
}

// numbersIn returns the whole numbers of a text that are no part of a word.
func numbersIn(text string) []int {
	var list []int
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if n, err := strconv.Atoi(word); err == nil {
			list = append(list, n)
		}
	}
	return list
}

// lapse words a duration.
func lapse(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
