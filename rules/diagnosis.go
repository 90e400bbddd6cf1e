package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// A Truncation says how sure it is that the trusted issuer list of a host is
// cut.
type Truncation string

// The degrees, the surest first.
const (
	Confirmed    Truncation = "confirmed"    // event 36885 was logged
	Probable     Truncation = "probable"     // the list is over its limit and is sent
	Possible     Truncation = "possible"     // something speaks for it, and something is missing or against it
	Unlikely     Truncation = "unlikely"     // the list is within its limit, is not sent, or was not cut while that was logged
	Undetermined Truncation = "undetermined" // the exports say nothing either way
)

// A Direction says what a strand of evidence points to.
type Direction string

// The directions.
const (
	For     Direction = "for"
	Against Direction = "against"
	Silent  Direction = "silent" // it says nothing, and why is worth knowing
)

// A Strand is one line of evidence for or against truncation.
type Strand struct {
	// What was looked at: "size of the list".
	What string
	// Says is a sentence with its numbers.
	Says     string
	Points   Direction
	Evidence []evidence.Location
}

// A Diagnosis answers for one host whether KB 2464556 is what ails it.
type Diagnosis struct {
	Host    string
	Verdict Truncation
	// Summary is one sentence that says why.
	Summary string
	// Strands are in a fixed order.
	Strands []Strand
	// Products are those whose role was stated or is suggested by events.
	Products []ProductDiagnosis
	Timeline []TimelineEntry
	// Next are the commands that would collect what is missing, the most
	// telling first. All exist on the host's Windows.
	Next []string
}

// Diagnose weighs the evidence of a host. It reads the case, the version, the
// roles, the stores and the lists of a judgement, and none of its findings.
func Diagnose(j *Judgement) *Diagnosis {
	s := readSigns(j)
	d := &Diagnosis{Host: j.Case.Host, Timeline: timeline(j)}
	d.Verdict, d.Summary = s.weigh()
	d.Strands = s.strands()
	d.Products = s.products(d.Verdict)
	d.Next = s.next(d.Verdict)
	return d
}

// signs are what a diagnosis rests on.
type signs struct {
	j *Judgement
	// cut is event 36885, foreign the same of another computer.
	cut, foreign   *evidence.EventGroup
	received, sent []*evidence.EventGroup // fatal alerts by code
	companion      *evidence.EventGroup   // alert 47 received
	added, off     *evidence.EventGroup   // CAPI2 4097 and 4102
	denied         []evidence.Location    // NPS reason 266
	system         []*evidence.EventLog
	bits           uint32
	logging        windows.Setting
	// could says that event 36885 would stand in the log if it had happened.
	could bool
	// eight says that a long list does harm even where it is not sent.
	eight bool
}

func readSigns(j *Judgement) *signs {
	s := &signs{j: j, system: systemLogs(j.Case),
		cut:      ownEvents(j.Case, truncationID, schannelProvider),
		received: ownAlerts(j.Case, alertReceivedID), sent: ownAlerts(j.Case, alertSentID),
		added: ownEvents(j.Case, rootAddedID, capi2Providers...), off: ownEvents(j.Case, loggingOffID, capi2Providers...),
		eight: j.Version.Profile != nil && j.Version.Profile.Family == "8"}
	s.companion = alertOf(s.received, companionAlert)
	for _, g := range j.Case.Events {
		if !g.Own && g.ID == truncationID && g.Provider == schannelProvider {
			s.foreign = joinGroups(s.foreign, g)
		}
	}
	for _, g := range []*evidence.EventGroup{ownEvents(j.Case, npsDeniedID, securityProvider, "Security"), ownEvents(j.Case, iasDeniedID, iasProvider)} {
		if g == nil {
			continue
		}
		for _, sample := range g.Samples {
			if code, ok := reasonCode(sample.Message); ok && code == 266 {
				s.denied = append(s.denied, sample.Where)
			}
		}
	}
	var known bool
	s.bits, known, s.logging = loggingBits(j.Case)
	s.could = known && s.bits&2 != 0 && len(s.system) > 0 && len(notWholeLogs(s.system)) == 0 && s.systemWhole()
	return s
}

// systemWhole reports whether the sources of the System logs were read whole.
func (s *signs) systemWhole() bool {
	names := logSources(s.system)
	return !slices.ContainsFunc(s.j.Case.Sources, func(src *evidence.Source) bool { return !src.Complete && slices.Contains(names, src.Name) })
}

// of says what size and sending of a list amount to, without events.
func (s *signs) of(l *issuerlist.List) Truncation {
	over := l.Verdict == issuerlist.Over || l.Verdict == issuerlist.LikelyOver
	// An unknown Windows may be 8 or 2012, where not sending is no help.
	helps := !s.eight && l.Profile != issuerlist.ProfileSince2012
	switch {
	case over && (l.Sent == issuerlist.SentYes || s.eight):
		return Probable
	case l.Verdict == issuerlist.Under || (l.Sent == issuerlist.SentNo && helps):
		return Unlikely
	case over, l.Verdict == issuerlist.LikelyUnder:
		return Possible
	}
	return Undetermined
}

var truncations = []Truncation{Confirmed, Probable, Possible, Unlikely, Undetermined}

// arithmetic weighs all lists: the worst of one Windows, and where the Windows
// is unknown, what holds for both halves of history. It returns the list that
// decides.
func (s *signs) arithmetic() (Truncation, *issuerlist.List) {
	worst := map[string]*issuerlist.List{}
	var profiles []string
	for _, l := range s.j.Lists {
		w := worst[l.Profile]
		if w == nil {
			profiles = append(profiles, l.Profile)
		}
		// A list that is not known does not outweigh one that is.
		if w == nil || slices.Index(truncations, s.of(l)) < slices.Index(truncations, s.of(w)) {
			worst[l.Profile] = l
		}
	}
	if len(profiles) == 0 {
		return Undetermined, nil
	}
	first := worst[profiles[0]]
	if len(profiles) == 1 {
		return s.of(first), first
	}
	other := worst[profiles[1]]
	if slices.Index(truncations, s.of(other)) < slices.Index(truncations, s.of(first)) {
		first, other = other, first
	}
	switch v := s.of(first); {
	case v == s.of(other), v == Possible:
		return v, first
	case v == Probable:
		return Possible, first
	}
	return Undetermined, other // the one is unlikely, the other is not known
}

// weigh joins arithmetic and events.
func (s *signs) weigh() (Truncation, string) {
	v, l := s.arithmetic()
	size := "no list could be computed"
	if l != nil {
		size = s.sizeWords(l)
	}
	if s.cut != nil {
		if l != nil && l.Collected {
			size = "by the exports " + size
		}
		return Confirmed, fmt.Sprintf("truncation is confirmed: Schannel logged %s that it cut the list (%s); %s%s", times(s.cut.Count), span(s.cut), size, s.contradiction(v))
	}
	companion := s.companionWords()
	switch {
	case v == Probable && s.could:
		return Possible, fmt.Sprintf("truncation is possible: %s, but no event 36885 stands in a log that would show it%s", size, companion)
	case v == Probable:
		return Probable, fmt.Sprintf("truncation is probable: %s; %s%s", size, s.noEvent(), companion)
	case v == Possible && s.could && companion == "":
		return Unlikely, fmt.Sprintf("truncation is unlikely: %s, and no event 36885 stands in a log that would show it", size)
	case v == Possible && companion != "" && l.Sent == issuerlist.SentUnknown && l.Verdict != issuerlist.LikelyUnder && l.Profile == "" && !s.could:
		return Probable, fmt.Sprintf("truncation is probable: %s; %s%s", size, s.noEvent(), companion)
	case v == Possible:
		return Possible, fmt.Sprintf("truncation is possible: %s; %s%s", size, s.noEvent(), companion)
	case v == Undetermined && companion != "":
		return Possible, fmt.Sprintf("truncation is possible: %s%s", size, companion)
	case v == Undetermined && s.could:
		return Unlikely, fmt.Sprintf("truncation is unlikely: no event 36885 stands in a log that would show it (%s); %s", window(s.j.Case, logSources(s.system)), size)
	case v == Undetermined:
		return Undetermined, fmt.Sprintf("whether the list is cut cannot be determined: %s; %s", size, s.noEvent())
	}
	if l.Sent == issuerlist.SentNo && l.Verdict != issuerlist.Under && companion != "" {
		return Possible, fmt.Sprintf("truncation is possible: %s%s", size, companion)
	}
	return Unlikely, fmt.Sprintf("truncation is unlikely: %s%s", size, companion)
}

// sizeWords words size and sending of a list.
func (s *signs) sizeWords(l *issuerlist.List) string {
	words := fmt.Sprintf("the list has %s of %s bytes (%s) and is ", Grouped(l.Bytes.Expected), Grouped(l.Limit.Bytes), l.Verdict)
	switch {
	case !l.Collected:
		words = "no export of " + l.Store + " was read, so that the size of the list is not known; it is "
	case l.Verdict == issuerlist.Unknown:
		words = fmt.Sprintf("what was read of the list comes to %s of %s bytes (%s), and it is ", Grouped(l.Bytes.Expected), Grouped(l.Limit.Bytes), l.VerdictWhy)
	}
	switch {
	case l.Sent == issuerlist.SentYes:
		words += "sent"
	case l.Sent == issuerlist.SentNo:
		words += "not sent"
	default:
		words += "sent or not, which is not known"
	}
	words += " (" + l.SentWhy + ")"
	if l.Binding != "" {
		words = "for the binding " + l.Binding + " " + words
	}
	if s.eight && (l.Verdict == issuerlist.Over || l.Verdict == issuerlist.LikelyOver) && l.Sent != issuerlist.SentYes {
		words += ", but on Windows 8 and Server 2012 that is no help (KB 2880390)"
	}
	if l.Profile != "" {
		words += fmt.Sprintf(", if this is Windows %s", l.Profile)
	}
	if l.Profile == issuerlist.ProfileSince2012 && l.Sent == issuerlist.SentNo && l.Verdict != issuerlist.Under {
		words += ", of which not sending it helps all but Windows 8 and Server 2012 (KB 2880390)"
	}
	return words
}

// contradiction says that the events and the exported store disagree.
func (s *signs) contradiction(v Truncation) string {
	if v == Unlikely {
		return ": what was so at the time of the events may have been mended since, or the model is wrong"
	}
	return ""
}

// companionWords words what is seen with a cut list, or is "".
func (s *signs) companionWords() string {
	var words []string
	if s.companion != nil {
		words = append(words, fmt.Sprintf("alert 47, which KB 2801679 documents with a cut list, was received %s", times(s.companion.Count)))
	}
	if len(s.denied) > 0 {
		words = append(words, "the Network Policy Server denied access for reason 266")
	}
	if len(words) == 0 {
		return ""
	}
	return "; " + strings.Join(words, ", and ")
}

// noEvent says why the log does not show event 36885.
func (s *signs) noEvent() string {
	switch {
	case s.foreign != nil:
		return fmt.Sprintf("the events 36885 that were read are of computer %q", s.foreign.Computer)
	case len(s.system) == 0:
		return "no System log was read that could show event 36885"
	case s.logging.State == windows.NotCollected:
		return "no event 36885 was seen, and whether it could have been logged is not known"
	case s.bits&2 == 0:
		return fmt.Sprintf("no event 36885 was seen, and the log could not have shown it: EventLogging is %s", loggingWords(s.logging))
	case !s.could:
		return "no event 36885 was seen, in a log that is not whole"
	}
	return "no event 36885 stands in a log that would show it"
}
