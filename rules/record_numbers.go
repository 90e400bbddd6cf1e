package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A log with holes counts as whole, but for them, if it has at least so many
// records for each hole and at least this share of its numbers. Otherwise it is
// a selection of events, in which a hole proves nothing.
const (
	recordsPerHole = 100
	wholeShare     = 0.5
)

const collectNumbered = `in Windows PowerShell 2.0 and later, without a filter: Get-EventLog -LogName System | Export-Csv -NoTypeInformation -Encoding UTF8 system.csv`

// checkRecordNumbers reports the logs whose record numbers have holes, and that
// the System log gives no numbers. A log without holes gets no finding of its
// own.
func checkRecordNumbers(p *Pass) {
	var judged []string // sources whose records carry numbers
	for _, l := range p.Case.RecordLogs {
		name := gapLog(p.Case, l)
		if !l.Own || name == "" {
			continue
		}
		if l.Records > 0 || l.TooWide {
			judged = append(judged, l.Sources...)
		}
		if f := holesOf(p.Case, l, name); f != nil {
			p.Report(*f)
		}
	}
	var without []string
	for _, l := range systemLogs(p.Case) {
		if l.Events > 0 && !slices.Contains(judged, l.Where.Source) {
			without = append(without, l.Where.Source)
		}
	}
	if len(without) > 0 {
		p.Report(Finding{Subject: "record numbers", Outcome: NotChecked, Collect: collectNumbered,
			Summary: "whether records are missing inside the System log was not checked: " + listed(without) + " gives no record numbers, as exports of Event Viewer do not"})
	}
}

// gapLog returns how a log is called whose holes are judged, else "". They are
// the logs that other rules draw conclusions from, but for the Security log, of
// which a selection is asked for.
func gapLog(c *evidence.Case, l *evidence.RecordLog) string {
	for _, channel := range []string{"System", "Application", "Lync Server", "Office Communications Server"} {
		if strings.EqualFold(l.Channel, channel) {
			return channel
		}
	}
	if l.Channel != "" {
		return ""
	}
	for _, log := range slices.Concat(systemLogs(c), applicationLogs(c), ucLogs(c)) {
		if slices.Contains(l.Sources, log.Where.Source) {
			return log.Where.Source
		}
	}
	return ""
}

// holesOf judges one log; it returns nil where nothing is missing.
func holesOf(c *evidence.Case, l *evidence.RecordLog, name string) *Finding {
	f := &Finding{Subject: "record numbers of " + name, Expected: "no number missing from the lowest to the highest"}
	if l.TooWide {
		f.Outcome, f.Collect = Unknown, collectNumbered
		f.Evidence = []evidence.Location{{Source: l.Sources[0]}}
		f.Summary = fmt.Sprintf("the record numbers of %s lie too far apart for one log: whether records are missing cannot be said", name)
		return f
	}
	if l.Holes == 0 {
		return nil
	}
	missing := int(min(l.Missing, math.MaxInt>>1))
	f.Measured = fmt.Sprintf("%s missing in %s; %s there, from %d to %d", Grouped(missing), inPlaces(l.Holes), Grouped(l.Records), l.Lowest, l.Highest)
	for _, h := range l.Largest {
		f.Evidence = append(f.Evidence, h.Before.Where, h.After.Where)
	}
	seen := fmt.Sprintf("%s of the %s record numbers of %s are missing in %s, the most from %s",
		Grouped(missing), Grouped(missing+l.Records), name, inPlaces(l.Holes), widest(l))
	var broken []string
	for _, log := range c.EventLogs {
		if slices.Contains(l.Sources, log.Where.Source) && !log.Whole {
			broken = append(broken, log.Where.Source)
		}
	}
	for _, s := range c.Sources {
		if slices.Contains(l.Sources, s.Name) && !s.Complete && !slices.Contains(broken, s.Name) {
			broken = append(broken, s.Name)
		}
	}
	switch {
	case len(broken) > 0:
		f.Outcome = Unknown
		f.Summary = seen + "; but " + listed(broken) + " was not read whole, so the records may be there"
	case l.Share() < wholeShare || l.Holes*recordsPerHole > l.Records:
		f.Outcome, f.Collect = Unknown, collectNumbered
		f.Summary = seen + ": so many holes are those of a selection of events, such as a filter makes, and say nothing of the log itself"
	case uint64(l.Unnumbered) >= l.Missing:
		f.Outcome = Unknown
		f.Summary = seen + fmt.Sprintf("; but %s records carry no number and may be those", Grouped(l.Unnumbered))
	default:
		f.Outcome = Failed
		f.Summary = seen + fmt.Sprintf(". The rest is there (%.1f %%), so this is no selection by kind of event: records were removed, could not be read, or a filter left them out", 100*l.Share())
	}
	return f
}

// widest words the largest hole of a log.
func widest(l *evidence.RecordLog) string {
	h := l.Largest[0]
	for _, other := range l.Largest {
		if other.Size() > h.Size() {
			h = other
		}
	}
	text := fmt.Sprintf("%d to %d", h.First, h.Last)
	if !h.Before.Time.IsZero() && !h.After.Time.IsZero() {
		text += fmt.Sprintf(" (between %s and %s)", stamp(h.Before.Time), stamp(h.After.Time))
	}
	return text
}

func inPlaces(n int) string {
	if n == 1 {
		return "one place"
	}
	return Grouped(n) + " places"
}
