package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// SchannelAlerts says what the fatal alerts in the log mean.
var SchannelAlerts = &Rule{
	ID:       "schannel-alerts",
	Title:    "no fatal TLS alert about certificates or the trusted issuer list was logged",
	Severity: Medium,
	Since:    "v0.2",
	Doc: `Schannel logs each fatal alert that it received (event 36887) or sent (36888) with its
code, which RFC 5246 and RFC 8446 name. Received alerts with code 47,
illegal_parameter, are documented with a cut list (KB 2801679). The alert alone does
not prove one, so 47 fails only where the list is over its limit or event 36885 was
logged; codes 40 to 46, 48, 49 and 116, which tell of certificates, and 47 otherwise,
inform. The rest has nothing to do with the list and is told in one finding.

An alert does not say which peer it concerned. The internal error state of event 36888
is not documented by Microsoft and is not read. From Windows 10 version 1803 and Server
2019 on the events are informational by their manifest, so that their absence says
little unless EventLogging has bit 4.`,
	References: []Reference{kb2801679, tlsAlerts, schannelEvents},
	Needs:      []evidence.Kind{evidence.KindEvent},
	Wants:      evidence.Interest{Events: eventKeys([]string{schannelProvider}, alertReceivedID, alertSentID)},
	Collect:    collectSystem,
	Remedy:     `see truncation-diagnosis and trusted-issuer-list-size: alert 47 comes from clients that could not use the list`,
	Impact:     `TLS connections broke in the handshake`,
	AppliesTo:  `Windows Vista, Server 2008 and later`,
	Check:      checkAlerts,
}

// certificateAlerts are the codes that tell of certificates or the list.
var certificateAlerts = []int{40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 116}

func checkAlerts(p *Pass) {
	f := Finding{Subject: "fatal alerts", Expected: "none about certificates"}
	logs := systemLogs(p.Case)
	var rest []string
	var told []Finding
	for _, d := range []struct {
		id   uint32
		word string
	}{{alertReceivedID, "received"}, {alertSentID, "sent"}} {
		for _, g := range ownAlerts(p.Case, d.id) {
			words := fmt.Sprintf("alert %s was %s %s", alertName(p.Tables, g.Alert), d.word, times(g.Count))
			if !slices.Contains(certificateAlerts, g.Alert) {
				rest = append(rest, words)
				f.addSamples(g)
				continue
			}
			a := Finding{Subject: fmt.Sprintf("alert %d %s", g.Alert, d.word), Outcome: Informational, Measured: fmt.Sprintf("%s events %d", Grouped(g.Count), d.id), Expected: "none",
				Summary: fmt.Sprintf("%s (%s)", words, span(g))}
			if m := p.Tables.AlertDetails[g.Alert]; m != nil && m.Meaning != "" {
				a.Summary += ": " + m.Meaning
			}
			if g.Alert == companionAlert && d.id == alertReceivedID {
				if why := truncationSeen(p); why != "" {
					a.Outcome = Failed
					a.Summary += "; and " + why
				}
			}
			a.addSamples(g)
			told = append(told, a)
		}
	}
	for _, a := range told {
		p.Report(a)
	}
	bits, known, logging := loggingBits(p.Case)
	if known {
		f.Evidence = append(f.Evidence, logging.Evidence()...)
	}
	recent := p.Version.Profile != nil && slices.Contains([]string{"2019", "2022", "2025", "10", "11"}, p.Version.Code())
	switch {
	case len(rest) > 0:
		f.Outcome, f.Measured = Informational, fmt.Sprintf("kinds of alerts: %d", len(rest))
		f.Summary = "alerts that have nothing to do with the list: " + strings.Join(rest, "; ")
	case len(told) > 0:
		return
	case len(logs) == 0:
		f.Outcome, f.Collect = NotChecked, collectSystem
		f.Summary = "not checked: no System log was read"
	case len(notWholeLogs(logs)) > 0:
		f.Outcome = Unknown
		f.Summary = "no fatal alert was seen, but " + partial(logs)
	case known && bits == 0:
		f.Outcome, f.Collect = NotChecked, remedyLogging
		f.Summary = "no fatal alert was seen, and none could have been: EventLogging is 0"
	case recent && bits&4 == 0:
		f.Outcome, f.Collect = Unknown, remedyLogging
		f.Summary = fmt.Sprintf("no fatal alert was seen, but %s may log them as information, which EventLogging leaves out", p.Version.Name())
	default:
		f.Outcome, f.Searched = Passed, logSources(logs)
		f.Summary = "no fatal alert was logged in this window (" + window(p.Case, f.Searched) + ")"
	}
	p.Report(f)
}

// alertName words a code: "47 (illegal_parameter)".
func alertName(t *data.Tables, code int) string {
	if code == evidence.NoAlert {
		return "of unreadable code"
	}
	if n := t.Alerts[code]; n != "" {
		return fmt.Sprintf("%d (%s)", code, n)
	}
	return fmt.Sprintf("%d (unassigned)", code)
}

// truncationSeen says what else speaks for a cut list, or "".
func truncationSeen(p *Pass) string {
	if ownEvents(p.Case, truncationID, schannelProvider) != nil {
		return "event 36885 was logged too"
	}
	for _, l := range p.Lists {
		if l.Binding == "" && l.Sent != issuerlist.SentNo && (l.Verdict == issuerlist.Over || l.Verdict == issuerlist.LikelyOver) {
			return "the list is " + string(l.Verdict) + " its limit"
		}
	}
	return ""
}
