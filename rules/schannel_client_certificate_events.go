package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// SchannelClientCertificateEvents says what Schannel's events about certificates
// mean.
var SchannelClientCertificateEvents = &Rule{
	ID:       "schannel-client-certificate-events",
	Title:    "Schannel logged no certificate that was missing or did not validate",
	Severity: Low,
	Since:    "v0.2",
	Doc: `Schannel logs what was wrong with certificates. Event 36875 is the client's half of a
cut list: a server asked for a certificate, and none of this host's fitted. Event 36877
says that a client's certificate did not validate, 36882 that a server's issuer is not
trusted, as after too many roots were removed. These fail. Events 36876, 36878, 36879,
36881, 36883 and 36884 inform.

Events 36875 and 36877 to 36879 are warnings, logged only where EventLogging has bit 2.
None says which peer it was. An event tells of its own moment: what was wrong then may
have been mended.`,
	References: []Reference{kb2801679, schannelEvents, kb260729},
	Needs:      []evidence.Kind{evidence.KindEvent},
	Wants:      evidence.Interest{Events: eventKeys([]string{schannelProvider}, 36875, 36876, 36877, 36878, 36879, 36881, 36882, 36883, 36884)},
	Collect:    collectSystem,
	Remedy:     `for 36875 and 36877 see truncation-diagnosis and root-store-mixed; for 36882 import the root of the peer's authority into Trusted Root`,
	Impact:     `TLS connections failed, or went on without the client's certificate`,
	AppliesTo:  `Windows Server 2003 and later`,
	Check:      checkCertificateEvents,
}

// certificateEvents are the ids, with those that fail.
var certificateEvents = []struct {
	id    uint32
	fails bool
}{
	{36875, true}, {36876, false}, {36877, true}, {36878, false}, {36879, false},
	{36881, false}, {36882, true}, {36883, false}, {36884, false},
}

func checkCertificateEvents(p *Pass) {
	seen := false
	for _, e := range certificateEvents {
		g := ownEvents(p.Case, e.id, schannelProvider)
		if g == nil {
			continue
		}
		seen = true
		f := Finding{Subject: fmt.Sprintf("Schannel %d", e.id), Outcome: Informational, Measured: fmt.Sprintf("%s events %d", Grouped(g.Count), e.id), Expected: "none",
			Summary: fmt.Sprintf("event %d was logged %s (%s)", e.id, times(g.Count), span(g))}
		if e.fails {
			f.Outcome = Failed
		}
		if m := p.Tables.Event(schannelProvider, e.id); m != nil {
			f.Summary += ": " + m.Meaning
		}
		f.addSamples(g)
		p.Report(f)
	}
	if seen {
		return
	}
	f := Finding{Subject: "Schannel's events about certificates", Expected: "none"}
	logs := systemLogs(p.Case)
	bits, known, logging := loggingBits(p.Case)
	switch {
	case len(logs) == 0:
		f.Outcome, f.Collect = NotChecked, collectSystem
		f.Summary = "not checked: no System log was read"
	case len(notWholeLogs(logs)) > 0:
		f.Outcome = Unknown
		f.Summary = "none was seen, but " + partial(logs)
	case !known:
		f.Outcome, f.Collect = NotChecked, collectSchannel
		f.Summary = "none was seen, which proves nothing: whether warnings were logged is not known, since the SCHANNEL key was not collected"
	case bits&2 == 0:
		f.Outcome, f.Collect, f.Evidence = NotChecked, remedyLogging, logging.Evidence()
		f.Summary = fmt.Sprintf("none was seen, and most could not have been: EventLogging is %s, so Schannel logs no warnings", loggingWords(logging))
	default:
		f.Outcome, f.Searched, f.Evidence = Passed, logSources(logs), logging.Evidence()
		f.Summary = "Schannel logged no certificate that was missing or did not validate in this window (" + window(p.Case, f.Searched) + ")"
	}
	p.Report(f)
}
