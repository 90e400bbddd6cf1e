package rules

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// RootAddedEvents tells when Windows added roots.
var RootAddedEvents = &Rule{
	ID:       "root-added-events",
	Title:    "Windows added no root in the time that the log covers",
	Severity: Info,
	Since:    "v0.2",
	Doc: `Event 4097 of CAPI2 in the Application log tells of each root that Windows fetched and
added, with its subject and SHA-1 thumbprint. Many of them shortly before the first
event 36885 are cause and effect. The event is no fault, so this rule informs. It is
known by provider and id; the number 4097 for what TechNet calls event 1 is inferred.

Of many events only the first few texts are kept, and CAPI2 itself falls silent after
a number of events (see event-log-gaps): the number of events is a lower bound of the
number of roots that came in. Roots that were imported by hand or by an installer leave
no such event.`,
	References: []Reference{rootUpdateDoc, kb2801679},
	Needs:      []evidence.Kind{evidence.KindEvent},
	Wants:      evidence.Interest{Events: eventKeys(capi2Providers, rootAddedID, 4108, 4110)},
	Collect:    collectApplication,
	Remedy:     `none is needed; see root-auto-update and issuer-list-headroom for what it means for the list`,
	Impact:     `the trusted issuer list grew`,
	AppliesTo:  `Windows Vista, Server 2008 and later`,
	Check:      checkRootsAdded,
}

func checkRootsAdded(p *Pass) {
	f := Finding{Subject: "CAPI2 4097", Expected: "none"}
	logs := applicationLogs(p.Case)
	g := ownEvents(p.Case, rootAddedID, capi2Providers...)
	switch {
	case g != nil:
		f.Outcome, f.Measured = Informational, fmt.Sprintf("%s events 4097", Grouped(g.Count))
		f.addSamples(g)
		f.Summary = fmt.Sprintf("Windows added roots %s: %s", times(g.Count), span(g))
		if names, gone := addedRoots(p, g); len(names) > 0 {
			f.Summary += "; among them " + listed(names)
			if gone > 0 {
				f.Summary += fmt.Sprintf(" (%d of these are not in the exported Root)", gone)
			}
		}
		if cut := ownEvents(p.Case, truncationID, schannelProvider); cut != nil && !cut.First.IsZero() && !g.First.IsZero() && g.First.Before(cut.First) {
			f.Summary += fmt.Sprintf("; the first event 36885 followed %s after the first of them", lapse(cut.First.Sub(g.First)))
		}
		if off := ownEvents(p.Case, loggingOffID, capi2Providers...); off != nil {
			f.Summary += "; logging was suspended in between, so more came in than were logged"
			f.addSamples(off)
		}
	case len(logs) == 0:
		f.Outcome, f.Collect = NotChecked, collectApplication
		f.Summary = "not checked: no Application log was read"
	case len(notWholeLogs(logs)) > 0:
		f.Outcome = Unknown
		f.Summary = "no event 4097 was seen, but " + partial(logs)
	default:
		f.Outcome, f.Searched = Passed, logSources(logs)
		f.Summary = "Windows logged no root that it added in this window (" + window(p.Case, f.Searched) + ")"
	}
	p.Report(f)
}

// addedRoots names the roots that the kept texts tell of, and counts those that
// are not in Root.
func addedRoots(p *Pass, g *evidence.EventGroup) (names []string, gone int) {
	root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
	for _, s := range g.Samples {
		thumb, ok := thumbprintIn(s.Message)
		if !ok {
			continue
		}
		if at := root.Find(thumb); len(at) > 0 {
			names = append(names, certificateName(at[0]))
		} else {
			name := strings.ToUpper(hex.EncodeToString(thumb[:]))
			if known := p.Tables.Programme[name]; known != nil && known.FriendlyName != "" {
				name = known.FriendlyName + " " + name
			}
			names = append(names, name)
			if root.Collected() {
				gone++
			}
		}
	}
	return names, gone
}

// thumbprintIn finds the first run of exactly 40 hex digits in a text, in
// whatever language the text is.
func thumbprintIn(text string) (thumb [20]byte, ok bool) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		if len(word) != 40 {
			continue
		}
		if b, err := hex.DecodeString(word); err == nil {
			return [20]byte(b), true
		}
	}
	return thumb, false
}
