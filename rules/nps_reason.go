package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// NPSReason names the reasons for which the Network Policy Server denied access.
var NPSReason = &Rule{
	ID:       "nps-reason",
	Title:    "the Network Policy Server denied no access because of certificates",
	Severity: Medium,
	Since:    "v0.2",
	Doc: `Event 6273 in the Security log tells that the Network Policy Server denied access, with
a reason code in its text; on Server 2003 it is event 2 of IAS. 266, "the message was
unexpected or badly formatted", is reported with a list that is too long; 265, 286, 287
and 295 say that an issuer is not trusted, 267 and 283 that client authentication is
missing among the purposes. 266 is a reason and no event id.

The code is in the text alone, and of many events only the first few different texts
are kept: what the others say is not known, and is said to be so. The code is taken for
the last number that stands alone behind a label, whatever the language.`,
	References: []Reference{npsEvents, kb933430, kb2801679},
	Needs:      []evidence.Kind{evidence.KindEvent},
	Wants: evidence.Interest{Events: []evidence.EventKey{{Provider: securityProvider, ID: npsDeniedID}, {Provider: "Security", ID: npsDeniedID},
		{Provider: iasProvider, ID: iasDeniedID}}},
	Collect:   collectSecurity,
	Remedy:    `for 266 see truncation-diagnosis; for 265, 286, 287 and 295 see that the client's root is in Trusted Root and its CA in NTAuth`,
	Impact:    `wired, wireless or remote clients are denied access`,
	AppliesTo: `hosts with Network Policy Server or IAS`,
	Check:     checkNPS,
}

func checkNPS(p *Pass) {
	g := ownEvents(p.Case, npsDeniedID, securityProvider, "Security")
	if ias := ownEvents(p.Case, iasDeniedID, iasProvider); ias != nil {
		g = joinGroups(g, ias)
	}
	f := Finding{Subject: "access that was denied", Expected: "no reason about certificates"}
	logs := securityLogs(p.Case)
	if g == nil {
		switch {
		case len(logs) == 0:
			f.Outcome, f.Collect = NotChecked, collectSecurity
			f.Summary = "not checked: no Security log was read"
		case len(notWholeLogs(logs)) > 0:
			f.Outcome = Unknown
			f.Summary = "no event 6273 was seen, but " + partial(logs)
		default:
			f.Outcome, f.Searched = Passed, logSources(logs)
			f.Summary = "the Network Policy Server logged no access that it denied in this window (" + window(p.Case, f.Searched) + ")"
		}
		p.Report(f)
		return
	}
	byCode, other := npsReasons(p, g)
	all := len(g.Samples) < evidence.MaxSamples || g.Count <= len(g.Samples)
	kept := fmt.Sprintf("of %s events, %d different texts were kept", Grouped(g.Count), len(g.Samples))
	for _, code := range sortedCodes(byCode) {
		r := p.Tables.NPSReasons[code]
		a := Finding{Subject: fmt.Sprintf("reason %d", code), Outcome: Failed, Measured: fmt.Sprintf("reason %d in %d texts", code, len(byCode[code])), Expected: "no reason about certificates", Evidence: byCode[code],
			Summary: fmt.Sprintf("access was denied for reason %d: %s (%s; %s)", code, r.Meaning, r.Basis, kept)}
		p.Report(a)
	}
	if len(byCode) > 0 {
		return
	}
	f.addSamples(g)
	f.Measured = fmt.Sprintf("%s events 6273", Grouped(g.Count))
	switch {
	case len(other) == 0:
		f.Outcome = Unknown
		f.Summary = fmt.Sprintf("access was denied %s (%s), for reasons that the texts do not give", times(g.Count), span(g))
	case !all:
		f.Outcome = Unknown
		f.Summary = fmt.Sprintf("access was denied %s (%s); %s, with reasons that are not about certificates (%s)", times(g.Count), span(g), kept, strings.Join(other, ", "))
	default:
		f.Outcome = Passed
		f.Searched = g.Sources
		f.Summary = fmt.Sprintf("access was denied %s (%s), for reasons that are not about certificates (%s)", times(g.Count), span(g), strings.Join(other, ", "))
	}
	p.Report(f)
}

// npsReasons reads the codes of the kept texts: those in the table with their
// places, and the others as text.
func npsReasons(p *Pass, g *evidence.EventGroup) (byCode map[int][]evidence.Location, other []string) {
	byCode = map[int][]evidence.Location{}
	for _, s := range g.Samples {
		code, ok := reasonCode(s.Message)
		if !ok {
			continue
		}
		if p.Tables.NPSReasons[code] != nil {
			byCode[code] = append(byCode[code], s.Where)
		} else if text := strconv.Itoa(code); !slices.Contains(other, text) {
			other = append(other, text)
		}
	}
	return byCode, other
}

// reasonCode reads the reason code of a text: the number named ReasonCode in
// named data, else the last line that is a label and a number.
func reasonCode(message string) (int, bool) {
	for _, label := range []string{"ReasonCode", "Reason-Code", "Reason Code"} {
		i := strings.Index(message, label)
		if i < 0 {
			continue
		}
		rest := message[i+len(label):]
		if n := numbersIn(rest[:min(len(rest), 40)]); len(n) > 0 {
			return n[0], true
		}
	}
	code, found := 0, false
	for line := range strings.Lines(message) {
		_, value, ok := strings.Cut(line, ":")
		if n, err := strconv.Atoi(strings.TrimSpace(value)); ok && err == nil {
			code, found = n, true
		}
	}
	return code, found
}

func sortedCodes(m map[int][]evidence.Location) []int {
	var codes []int
	for c := range m {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	return codes
}
