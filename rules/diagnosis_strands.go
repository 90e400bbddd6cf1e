package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// strands lays the evidence out, each kind once and in a fixed order.
func (s *signs) strands() []Strand {
	var list []Strand
	for _, l := range s.j.Lists {
		list = append(list, s.sizeStrand(l))
	}
	seen := map[string]bool{}
	for _, l := range s.j.Lists {
		if !seen[l.Profile] {
			seen[l.Profile] = true
			list = append(list, s.sentStrand(l))
		}
	}
	list = append(list, s.eventStrand(), s.companionStrand())
	for _, more := range []func() (Strand, bool){s.alertStrand, s.certificateStrand, s.onsetStrand, s.npsStrand, s.symptomStrand, s.mixedStrand} {
		if strand, ok := more(); ok {
			list = append(list, strand)
		}
	}
	return list
}

func (s *signs) sizeStrand(l *issuerlist.List) Strand {
	st := Strand{What: "size of the list", Points: Silent, Evidence: listEvidence(l)}
	if name := l.Name(); name != l.Store {
		st.What += " (" + name + ")"
	}
	switch {
	case !l.Collected:
		st.Says = "no export of " + l.Store + " was read"
		return st
	case l.Verdict == issuerlist.Over || l.Verdict == issuerlist.LikelyOver:
		st.Points = For
	case l.Verdict == issuerlist.Under:
		st.Points = Against
	}
	st.Says = fmt.Sprintf("%s of %s bytes, %s: %s", Measure(l), Grouped(l.Limit.Bytes), l.Verdict, l.VerdictWhy)
	return st
}

func (s *signs) sentStrand(l *issuerlist.List) Strand {
	st := Strand{What: "whether a list is sent", Says: fmt.Sprintf("%s: %s", l.Sent, l.SentWhy), Points: Silent, Evidence: l.SentEvidence}
	if l.Profile != "" {
		st.What += " (as Windows " + l.Profile + ")"
	}
	switch {
	case l.Sent == issuerlist.SentYes:
		st.Points = For
	case l.Sent == issuerlist.SentNo && s.eight:
		st.Says += "; on Windows 8 and Server 2012 a list that is too long does harm all the same (KB 2880390)"
	case l.Sent == issuerlist.SentNo:
		st.Points = Against
	}
	return st
}

func (s *signs) eventStrand() Strand {
	st := Strand{What: "event Schannel 36885", Points: Silent}
	switch {
	case s.cut != nil:
		st.Points, st.Evidence = For, sampleLocations(s.cut)
		st.Says = fmt.Sprintf("logged %s: %s", times(s.cut.Count), span(s.cut))
	case s.foreign != nil:
		st.Evidence = sampleLocations(s.foreign)
		st.Says = fmt.Sprintf("%s events of computer %q were read; they are not this host's", Grouped(s.foreign.Count), s.foreign.Computer)
	default:
		st.Says = s.noEvent()
		st.Evidence = s.logging.Evidence()
		for _, l := range s.system {
			st.Evidence = append(st.Evidence, evidence.Location{Source: l.Where.Source})
		}
		if s.could {
			st.Points = Against
			st.Says += fmt.Sprintf(" (%s, EventLogging %d, if it was so at the time)", window(s.j.Case, logSources(s.system)), s.bits)
		}
	}
	return st
}

func (s *signs) companionStrand() Strand {
	st := Strand{What: "alert 47 received (Schannel 36887)", Points: Silent}
	switch {
	case s.companion != nil:
		st.Points, st.Evidence = For, sampleLocations(s.companion)
		st.Says = fmt.Sprintf("received %s: %s; KB 2801679 documents it with a cut list", times(s.companion.Count), span(s.companion))
	case len(s.system) == 0:
		st.Says = "no System log was read"
	case s.logging.State == windows.Set && s.bits == 0:
		st.Says = "none was seen, and none could have been: EventLogging is 0"
	default:
		st.Says = "none was seen; clients may give up without sending it"
	}
	return st
}

// alertStrand tells of other alerts about certificates, which have many causes.
func (s *signs) alertStrand() (Strand, bool) {
	st := Strand{What: "other alerts about certificates", Points: Silent}
	var words []string
	for _, d := range []struct {
		word string
		list []*evidence.EventGroup
	}{{"received", s.received}, {"sent", s.sent}} {
		for _, g := range d.list {
			if !slices.Contains(certificateAlerts, g.Alert) || (g.Alert == companionAlert && d.word == "received") {
				continue
			}
			words = append(words, fmt.Sprintf("%d %s %s", g.Alert, d.word, times(g.Count)))
			st.Evidence = append(st.Evidence, sampleLocations(g)...)
		}
	}
	st.Says = "alerts " + strings.Join(words, ", ") + "; they have many causes"
	return st, len(words) > 0
}

// certificateStrand tells of events about certificates. What a server sees of a
// cut list is a client without a certificate, which is none of these.
func (s *signs) certificateStrand() (Strand, bool) {
	st := Strand{What: "certificates that were missing or did not validate", Points: Silent}
	var words []string
	for _, id := range []uint32{36875, 36877, 36878, 36882} {
		if g := ownEvents(s.j.Case, id, schannelProvider); g != nil {
			words = append(words, fmt.Sprintf("event %d %s", id, times(g.Count)))
			st.Evidence = append(st.Evidence, sampleLocations(g)...)
		}
	}
	st.Says = strings.Join(words, ", ") + "; they have many causes"
	return st, len(words) > 0
}

// onsetStrand puts the roots that came in, the first cut and the first alert
// into order.
func (s *signs) onsetStrand() (Strand, bool) {
	st := Strand{What: "onset", Points: Silent}
	if s.added == nil {
		return st, false
	}
	st.Evidence = firstPlace(s.added)
	st.Says = fmt.Sprintf("Windows added roots %s (%s)", times(s.added.Count), span(s.added))
	if s.off != nil {
		st.Says += ", with a gap in the log"
		st.Evidence = append(st.Evidence, firstPlace(s.off)...)
	}
	if s.added.First.IsZero() {
		st.Says += "; its order with other events cannot be told"
		return st, true
	}
	for _, next := range []struct {
		what string
		g    *evidence.EventGroup
	}{{"the first event 36885", s.cut}, {"the first alert 47", s.companion}} {
		if next.g == nil || next.g.First.IsZero() {
			continue
		}
		st.Evidence = append(st.Evidence, firstPlace(next.g)...)
		if gap := next.g.First.Sub(s.added.First); gap >= 0 {
			st.Says += fmt.Sprintf("; %s followed %s after the first of them", next.what, lapse(gap))
			if gap <= onsetWithin {
				st.Points = For
			}
			continue
		}
		st.Says += fmt.Sprintf("; %s was before that, on %s", next.what, stamp(next.g.First))
		if next.g == s.cut {
			return st, true // what came later is not the cause
		}
	}
	if s.cut == nil && s.companion == nil {
		st.Says += "; each of them may have lengthened the list"
	}
	return st, true
}

// onsetWithin is how soon an effect follows to be one: servers of Lync and
// Exchange ask for certificates all day.
const onsetWithin = 14 * 24 * time.Hour

func firstPlace(g *evidence.EventGroup) []evidence.Location {
	if len(g.Samples) == 0 {
		return nil
	}
	at := 0
	for i, smp := range g.Samples {
		if !smp.Time.IsZero() && smp.Time.Before(g.Samples[at].Time) {
			at = i
		}
	}
	return []evidence.Location{g.Samples[at].Where}
}

func (s *signs) npsStrand() (Strand, bool) {
	return Strand{What: "Network Policy Server", Points: For, Evidence: s.denied,
		Says: "access was denied for reason 266, a message that was unexpected or badly formatted, which is reported with a cut list"}, len(s.denied) > 0
}

// symptomStrand tells of complaints of the products, which have other causes
// too; they speak for a cut list where they began with it.
func (s *signs) symptomStrand() (Strand, bool) {
	st := Strand{What: "complaints of the products", Points: Silent}
	var words []string
	for _, sym := range symptoms {
		g := ownEvents(s.j.Case, sym.id, sym.provider)
		if g == nil {
			continue
		}
		word := fmt.Sprintf("%s %d %s, first %s (%s)", sym.provider, sym.id, times(g.Count), stamp(g.First), sym.says)
		if g.First.IsZero() {
			word = fmt.Sprintf("%s %d %s (%s)", sym.provider, sym.id, times(g.Count), sym.says)
		}
		words = append(words, word)
		st.Evidence = append(st.Evidence, firstPlace(g)...)
		if s.cut != nil && !g.First.IsZero() && !s.cut.First.IsZero() && !g.First.Before(s.cut.First) {
			st.Points = For
		}
	}
	st.Says = strings.Join(words, "; ")
	if st.Points == For {
		st.Says += "; none before the list was first cut"
		for _, sym := range symptoms {
			if g := ownEvents(s.j.Case, sym.id, sym.provider); g != nil && !g.First.IsZero() && g.First.Before(s.cut.First) {
				st.Points = Silent
				st.Says = strings.Join(words, "; ") + "; some of them before the list was first cut"
			}
		}
	}
	return st, len(words) > 0
}

// mixedStrand names another fault that looks alike.
func (s *signs) mixedStrand() (Strand, bool) {
	for _, l := range s.j.Lists {
		if !l.Mixed {
			continue
		}
		st := Strand{What: "mixed store", Points: Against, Says: "Root mixes CA-issued certificates with roots, so that only those are in the list: clients fail for that reason (root-store-mixed)"}
		for _, e := range l.Entries {
			if issuerlist.CAIssued(e.Occurrence) {
				st.Evidence = append(st.Evidence, e.Where)
			}
		}
		return st, true
	}
	if p := s.j.Version.Profile; p != nil && !p.Since2012() {
		return Strand{}, false
	}
	st := Strand{What: "mixed store", Points: Silent, Says: "Root holds CA-issued certificates beside roots; by the documented order another store feeds the list here, but administrators report that IIS uses ClientAuthIssuer only for bindings that name it (root-store-mixed)"}
	for _, o := range s.j.Stores.Get(evidence.LocalMachine, evidence.StoreRoot).Certificates() {
		if issuerlist.CAIssued(o) {
			st.Evidence = append(st.Evidence, o.Where)
		}
	}
	return st, len(st.Evidence) > 0
}
