package rules

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// A TimelineEntry is one moment in the history of a host.
type TimelineEntry struct {
	// Time is zero where it could not be decided; TimeText is then as exported.
	Time     time.Time
	TimeText string
	// Source is what tells it: "Schannel 36885", "registry", "certificate store"
	// or "event log".
	Source string
	// What is a clause.
	What     string
	Evidence []evidence.Location
}

// timeline lists the first and the last of what matters, sorted by time; what
// has no certain time comes last.
func timeline(j *Judgement) []TimelineEntry {
	var list []TimelineEntry
	for _, l := range j.Case.EventLogs {
		first, last := covers(j.Case, []string{l.Where.Source})
		where := []evidence.Location{{Source: l.Where.Source}}
		if !first.IsZero() {
			list = append(list, TimelineEntry{Time: first, Source: "event log", What: l.Where.Source + " begins", Evidence: where},
				TimelineEntry{Time: last, Source: "event log", What: l.Where.Source + " ends", Evidence: where})
		}
	}
	group := func(g *evidence.EventGroup, source, what string) {
		if g != nil {
			list = append(list, groupEntries(g, source, what)...)
		}
	}
	group(ownEvents(j.Case, truncationID, schannelProvider), "Schannel 36885", "the list was cut")
	for _, d := range []struct {
		id   uint32
		word string
	}{{alertReceivedID, "received"}, {alertSentID, "sent"}} {
		for _, g := range ownAlerts(j.Case, d.id) {
			if slices.Contains(certificateAlerts, g.Alert) {
				group(g, fmt.Sprintf("Schannel %d", d.id), fmt.Sprintf("alert %d was %s", g.Alert, d.word))
			}
		}
	}
	for _, e := range []struct {
		id   uint32
		what string
	}{{36875, "no certificate of this host fitted a server's request"}, {36877, "a client's certificate did not validate"},
		{36878, "a client's certificate could not be mapped"}, {36882, "a server's issuer was not trusted"}} {
		group(ownEvents(j.Case, e.id, schannelProvider), fmt.Sprintf("Schannel %d", e.id), e.what)
	}
	group(ownEvents(j.Case, rootAddedID, capi2Providers...), "CAPI2 4097", "Windows added a root")
	group(ownEvents(j.Case, loggingOffID, capi2Providers...), "CAPI2 4102", "CAPI2 suspended its logging")
	group(ownEvents(j.Case, 4108, capi2Providers...), "CAPI2 4108", "Windows deleted a root")
	group(ownEvents(j.Case, npsDeniedID, securityProvider, "Security"), "NPS 6273", "the Network Policy Server denied access")
	for _, s := range symptoms {
		group(ownEvents(j.Case, s.id, s.provider), fmt.Sprintf("%s %d", s.provider, s.id), s.says)
	}
	if v := j.Case.Registry.Value(autoUpdateKey, "LastSyncTime"); v != nil {
		if at, ok := lastSync(v); ok {
			list = append(list, TimelineEntry{Time: at, Source: "registry", What: "the root list was fetched last (LastSyncTime)", Evidence: []evidence.Location{v.Where}})
		}
	}
	list = append(list, stampEntries(j)...)
	list = append(list, misplacedEntries(j)...)
	slices.SortStableFunc(list, func(a, b TimelineEntry) int {
		if a.Time.IsZero() != b.Time.IsZero() {
			if a.Time.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Source, b.Source), cmp.Compare(a.What, b.What))
	})
	return list
}

// groupEntries are the first and the last of a group of events.
func groupEntries(g *evidence.EventGroup, source, what string) []TimelineEntry {
	where := sampleLocations(g)
	switch {
	case g.First.IsZero():
		return []TimelineEntry{{TimeText: g.FirstText, Source: source, What: fmt.Sprintf("%s, %s", what, times(g.Count)), Evidence: where}}
	case g.Count == 1:
		return []TimelineEntry{{Time: g.First, Source: source, What: what, Evidence: where}}
	}
	return []TimelineEntry{
		{Time: g.First, Source: source, What: fmt.Sprintf("%s, the first time of %s", what, Grouped(g.Count)), Evidence: firstPlace(g)},
		{Time: g.Last, Source: source, What: fmt.Sprintf("%s, the last time of %s", what, Grouped(g.Count)), Evidence: where},
	}
}

// manyStamps is how many certificates of one day tell that they came together.
const manyStamps = 10

// stampEntries read property 27 of Root's certificates, the time at which a
// certificate was put into the store, where exports carry it.
func stampEntries(j *Judgement) []TimelineEntry {
	type stamped struct {
		at    time.Time
		where evidence.Location
	}
	var stamps []stamped
	perDay := map[string][]stamped{}
	for _, o := range j.Stores.Get(evidence.LocalMachine, evidence.StoreRoot).Occurrences {
		v, ok := o.Property(evidence.PropDateStamp)
		if !ok {
			continue
		}
		if at, ok := evidence.FileTime(v); ok {
			stamps = append(stamps, stamped{at, o.Where})
			perDay[day(at)] = append(perDay[day(at)], stamped{at, o.Where})
		}
	}
	if len(stamps) == 0 {
		return nil
	}
	slices.SortStableFunc(stamps, func(a, b stamped) int { return a.at.Compare(b.at) })
	entry := func(s stamped, what string) TimelineEntry {
		return TimelineEntry{Time: s.at, Source: "certificate store", What: what, Evidence: []evidence.Location{s.where}}
	}
	last := stamps[len(stamps)-1]
	list := []TimelineEntry{entry(stamps[0], "the first date stamp (property 27) of a certificate in Root"), entry(last, "the last date stamp (property 27) of a certificate in Root")}
	most := ""
	for _, d := range sortedKeys(perDay) {
		if most == "" || len(perDay[d]) > len(perDay[most]) {
			most = d
		}
	}
	if n := len(perDay[most]); n >= manyStamps {
		list = append(list, entry(perDay[most][0], fmt.Sprintf("%d certificates in Root bear date stamps of this day, more than of any other", n)))
	}
	return list
}

// misplacedEntries tell when CA-issued certificates were put into Root, where
// their date stamps say it.
func misplacedEntries(j *Judgement) []TimelineEntry {
	const most = 5
	var list []TimelineEntry
	for _, o := range j.Stores.Get(evidence.LocalMachine, evidence.StoreRoot).Certificates() {
		v, ok := o.Property(evidence.PropDateStamp)
		if !ok || !issuerlist.CAIssued(o) || len(list) == most {
			continue
		}
		if at, ok := evidence.FileTime(v); ok {
			list = append(list, TimelineEntry{Time: at, Source: "certificate store", What: "the CA-issued " + certificateName(o) + " was put into Root (property 27)", Evidence: []evidence.Location{o.Where}})
		}
	}
	return list
}
