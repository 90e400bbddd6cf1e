package reports

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/rules"
)

// A note is one row of the sheet Notes: what a word means, where it is from.
type note struct{ topic, term, text, source string }

// The topics of the notes.
const (
	topicGlossary  = "Glossary"
	topicTexts     = "What Microsoft writes"
	topicLimits    = "Limits"
	topicUndecided = "Not decidable offline"
	topicRecompute = "Recomputing by hand"
	topicOutcome   = "Outcomes"
	topicSeverity  = "Severities"
	topicCounted   = "Counted"
	topicVerdict   = "Verdicts on the size"
	topicTruncated = "Truncation"
	topicCoverage  = "Coverage and basis"
	topicPeers     = "Peer match"
	topicRemedies  = "Remedies"
	topicReading   = "Reading this report"
)

// noteLists bounds how many lists are worked out in numbers.
const noteLists = 50

// notesSheet explains the words of the report, its limits, and how its sums are
// checked. The last rows work that out for the lists at hand.
func (v *view) notesSheet() *Sheet {
	s := &Sheet{Name: "Notes", Title: "What the words mean, what is not known, and how the sums can be checked",
		Note: "Sources are named as on the sheet Rules.", Empty: "there is nothing to note",
		Columns: []Column{{"topic", "Topic", Text, 22}, {"term", "Word or question", Wrapped, 30}, {"text", "What to know", Prose, 110}, {"source", "Source", Wrapped, 40}}}
	collected := 0
	for _, h := range v.hosts {
		for i := range h.lists {
			if h.lists[i].Collected {
				collected++
			}
		}
	}
	more := collected - noteLists
	s.Len = len(notes) + min(collected, noteLists)
	if more > 0 {
		s.Len++
	}
	if v.Plan != nil {
		s.Len++
	}
	s.Rows = func(yield func([]Cell) bool) {
		row := func(n note) bool { return yield([]Cell{text(n.topic), text(n.term), text(n.text), text(n.source)}) }
		for _, n := range notes {
			if !row(n) {
				return
			}
		}
		if v.Plan != nil && !row(note{topicRemedies, "how certificates are chosen", v.Plan.Criterion, ""}) {
			return
		}
		n := 0
		for l := range eachOf(v.IssuerLists) {
			if !l.Collected {
				continue
			}
			if n++; n > noteLists {
				break
			}
			if !row(note{topicRecompute, l.Host + ": " + nameOfList(l.Store, l.Binding, l.Profile), recomputed(&l), ""}) {
				return
			}
		}
		if more > 0 {
			row(note{topicRecompute, "the other lists", plural(more, "list") + " more; see Overview and Issuer list", ""})
		}
	}
	return s
}

// recomputed gives the sums of a list that a reader can add up, and what they
// come from.
func recomputed(l *IssuerList) string {
	names, bytes := map[int]bool{}, 0
	for i := range l.Entries {
		e := &l.Entries[i]
		if e.EndsAt.File == nil || names[*e.EndsAt.File] {
			continue
		}
		names[*e.EndsAt.File] = true
		bytes += e.Bytes
	}
	return fmt.Sprintf("%s listed, of %s bytes, and 2 bytes for each: %s expected, of %s. Over all %s of the store, before any is left out: %s bytes of names, %s with lengths; over its %s: %s and %s.",
		plural(len(names), "distinct name"), rules.Grouped(bytes), rules.Grouped(bytes+2*len(names)), rules.Grouped(l.Limit.Bytes),
		plural(l.Certificates, "certificate"), rules.Grouped(l.Sums.DER), rules.Grouped(l.Sums.Wire), plural(l.DistinctSubjects, "distinct name"), rules.Grouped(l.Sums.DERDistinct), rules.Grouped(l.Sums.WireDistinct))
}
