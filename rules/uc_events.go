package rules

import (
	"fmt"
	"slices"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// UCEvents looks for complaints of the UC products about TLS.
var UCEvents = &Rule{
	ID:       "uc-events",
	Title:    "the UC products and remote access logged no failure that goes with a cut list",
	Severity: Low,
	Since:    "v0.2",
	Doc: `Products that cannot set up TLS log it under names of their own: OCS and Lync 14428 of
Protocol Stack, Lync and Skype for Business 32042 of LS User Services and 61045 of LS
MCU Infrastructure, Lync phones 47067 of LS UserPin Service, Exchange 1649 of Unified
Messaging; KB 2801679 adds NapAgent 39 and RemoteAccess 20225 and 20271. Each has other
causes too, such as a wrong name or a missing root: the event is a symptom, and only
truncation-diagnosis weighs it. Event 32174 of Lync is no certificate's symptom and is
left out, as are events of which nothing citable says what they mean.`,
	References: []Reference{ocsEvents, sfbEvents, sfbPIN, umEvents, kb2801679},
	Needs:      []evidence.Kind{evidence.KindEvent},
	Wants:      evidence.Interest{Events: symptomKeys()},
	Collect:    collectApplication,
	Remedy:     `read the event's own text for the peer and the error, and see truncation-diagnosis`,
	Impact:     `calls, voice mail or sign-in between the products fail`,
	AppliesTo:  `hosts with OCS, Lync, Skype for Business, Exchange Unified Messaging or remote access`,
	Check:      checkUCEvents,
}

// A symptom is an event by which a product tells that TLS failed.
type symptom struct {
	// role is "" for what is no product of --role.
	role, provider string
	id             uint32
	says           string
}

// symptoms are those that Microsoft's documentation supports. That Lync's
// provider is that of OCS under a new name is inferred.
var symptoms = []symptom{
	{"ocs", "OCS Protocol Stack", 14428, "outgoing TLS connections fail"},
	{"lync-server", "LS Protocol Stack", 14428, "outgoing TLS connections fail"},
	{"lync-server", "LS User Services", 32042, "an incoming HTTPS certificate was invalid"},
	{"lync-server", "LS MCU Infrastructure", 61045, "a conferencing server could not connect over HTTPS"},
	{"lync-server", "LS UserPin Service", 47067, "a phone could not sign in with a PIN"},
	{"exchange", "MSExchange Unified Messaging", 1649, "a TLS session with a gateway or Lync could not be agreed on"},
	{"", "NapAgent", 39, "Network Access Protection could not reach its server"},
	{"", "RemoteAccess", 20225, "a remote access connection failed"},
	{"", "RemoteAccess", 20271, "a remote access connection failed to authenticate"},
}

func symptomKeys() []evidence.EventKey {
	var keys []evidence.EventKey
	for _, s := range symptoms {
		keys = append(keys, evidence.EventKey{Provider: s.provider, ID: s.id})
	}
	return keys
}

func checkUCEvents(p *Pass) {
	seen := false
	for _, s := range symptoms {
		g := ownEvents(p.Case, s.id, s.provider)
		if g == nil {
			continue
		}
		seen = true
		f := Finding{Subject: fmt.Sprintf("%s %d", s.provider, s.id), Outcome: Failed, Measured: fmt.Sprintf("%s events", Grouped(g.Count)), Expected: "none",
			Summary: fmt.Sprintf("%s logged event %d %s (%s): %s", s.provider, s.id, times(g.Count), span(g), s.says)}
		if m := p.Tables.Event(s.provider, s.id); m != nil {
			f.Summary += " (" + m.Source + ")"
		}
		f.addSamples(g)
		p.Report(f)
	}
	if seen {
		return
	}
	f := Finding{Subject: "events of the UC products", Expected: "none"}
	logs := applicationLogs(p.Case)
	own := ucLogs(p.Case)
	for _, l := range own {
		if !slices.Contains(logs, l) {
			logs = append(logs, l)
		}
	}
	server := slices.ContainsFunc(p.Roles, func(r string) bool { return r == "ocs" || r == "lync-server" || r == "skype-server" })
	switch {
	case len(logs) == 0:
		f.Outcome, f.Collect = NotChecked, collectApplication
		f.Summary = "not checked: no log was read that could hold events of the UC products"
	case server && len(own) == 0:
		f.Outcome, f.Collect = NotChecked, collectUC
		f.Summary = "not checked: the log that Lync, Skype for Business and OCS write for themselves was not read"
	case len(notWholeLogs(logs)) > 0:
		f.Outcome = Unknown
		f.Summary = "none was seen, but " + partial(logs)
	default:
		f.Outcome, f.Searched = Passed, logSources(logs)
		f.Summary = "the UC products logged no such failure in this window (" + window(p.Case, f.Searched) + ")"
	}
	p.Report(f)
}
