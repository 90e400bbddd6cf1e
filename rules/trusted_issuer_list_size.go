package rules

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// TrustedIssuerListSize compares the trusted issuer list with the size at which
// Schannel cuts it.
var TrustedIssuerListSize = &Rule{
	ID:       "trusted-issuer-list-size",
	Title:    "the trusted issuer list fits within Schannel's limit",
	Severity: High,
	Since:    "v0.1",
	Doc: `A server that asks for a client certificate sends the names of the authorities
it trusts. Schannel cuts the list at 12,288 bytes (Windows Server 2003) or 16,384
bytes (patched 2003 and all later Windows); a client whose issuer is beyond the
cut finds no certificate to send, and connections of Exchange, OCS, Communicator,
Live Meeting, Lync and others fail. KB 2464556 calls this list a "certificate
trust list (CTL)"; a CTL proper is a signed object and something else.

The size is computed from the exported store: each name is its DER and a length
of two bytes. Microsoft does not document whether the limit counts the lengths,
whether equal names are sent twice and whether CN=NT AUTHORITY is added, so a
least, an expected and a greatest size are given. Which names are cut cannot be
known from an export: the order is not documented.`,
	References: []Reference{kb2464556, kb933430, kb2801679, whatsNew, kb2880390, rfc5246},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Wants:      evidence.Interest{},
	Collect:    collectRoot,
	Remedy: `shorten the list by one of the methods of KB 2464556, the gentlest first: move misplaced certificates out of Trusted Root; ` +
		`remove roots that nobody needs (never those of KB 293781); keep third-party roots out by Group Policy; or set SendTrustedIssuerList to 0 where clients may choose their certificate without the list`,
	Impact:    `clients whose issuer is beyond the cut find no certificate to send, and their TLS connections fail`,
	AppliesTo: `Windows Server 2003 and later`,
	Check: func(p *Pass) {
		for _, l := range p.Lists {
			p.Report(judgeList(p, l))
		}
	},
}

func judgeList(p *Pass, l *issuerlist.List) Finding {
	f := Finding{
		Subject:  l.Name(),
		Store:    l.Store,
		Expected: fmt.Sprintf("at most %s bytes (%s, %s)", Grouped(l.Limit.Bytes), l.Limit.Basis, l.Limit.Citation),
		Evidence: listEvidence(l),
	}
	if !l.Collected {
		f.Outcome, f.Collect = NotChecked, collectRoot
		f.Summary = "not checked: no export of " + l.Store + " was read"
		return f
	}
	f.Measured = Measure(l)
	f.Outcome, f.Summary = sizeOutcome(p, l)
	if l.Mixed && f.Outcome != Failed {
		f.Outcome = Informational
		f.Summary += "; Root mixes CA-issued certificates with roots, which replaces the list: see root-store-mixed"
	}
	if f.Outcome == Unknown && !l.Whole {
		f.Collect = collectRoot
	} else if f.Outcome == Unknown {
		f.Collect = collectSchannel
	}
	return f
}

// sizeOutcome is step 7 of the computation: what the verdict means for this
// host, where a list is sent, is not, or may be.
func sizeOutcome(p *Pass, l *issuerlist.List) (Outcome, string) {
	size := fmt.Sprintf("%s of %s bytes: %s", Grouped(l.Bytes.Expected), Grouped(l.Limit.Bytes), l.Verdict)
	if l.Verdict == issuerlist.Over && alwaysHurts(p) {
		return Failed, fmt.Sprintf("%s; on Windows 8 and Server 2012 client authentication fails whatever SendTrustedIssuerList says (KB 2880390)", size)
	}
	switch l.Sent {
	case issuerlist.SentNo:
		switch l.Verdict {
		case issuerlist.Over, issuerlist.LikelyOver:
			return Informational, fmt.Sprintf("no list is sent (%s); it would be over the limit if it were sent: %s", l.SentWhy, size)
		case issuerlist.Unknown:
			return Informational, fmt.Sprintf("no list is sent (%s); its size is not known: %s", l.SentWhy, l.VerdictWhy)
		}
		return Informational, fmt.Sprintf("no list is sent (%s); it would be %s", l.SentWhy, size)
	case issuerlist.SentUnknown:
		switch l.Verdict {
		case issuerlist.Under:
			return Passed, "within the limit, sent or not: " + size
		case issuerlist.Unknown:
			return Unknown, fmt.Sprintf("the size is not known: %s; what was read comes to %s bytes; nor is it known whether a list is sent: %s", l.VerdictWhy, Grouped(l.Bytes.Expected), l.SentWhy)
		}
		return Unknown, fmt.Sprintf("%s; whether a list is sent is not known: %s", size, l.SentWhy)
	}
	switch l.Verdict {
	case issuerlist.Over:
		return Failed, fmt.Sprintf("the list is cut: %s, %s", size, l.VerdictWhy)
	case issuerlist.LikelyOver:
		return Failed, fmt.Sprintf("the list is likely cut: %s; assumed: %s", size, assumptions(l))
	case issuerlist.Under:
		return Passed, "the list is sent whole: " + size
	case issuerlist.LikelyUnder:
		return Informational, fmt.Sprintf("the list is likely sent whole: %s; %s", size, l.VerdictWhy)
	}
	return Unknown, fmt.Sprintf("the size is not known: %s; what was read comes to %s bytes", l.VerdictWhy, Grouped(l.Bytes.Expected))
}

// alwaysHurts reports whether a long list does harm even where it is not sent.
func alwaysHurts(p *Pass) bool {
	return p.Version.Profile != nil && p.Version.Profile.Family == "8"
}

// assumptions says what a likely verdict rests on.
func assumptions(l *issuerlist.List) string {
	assumed, poor := 0, false
	for _, e := range l.Entries {
		if e.Counted == issuerlist.AssumedYes {
			assumed++
			poor = poor || !e.CanCarry
		}
	}
	var parts []string
	if poor {
		parts = append(parts, "the export carries no properties, so purposes are taken from Microsoft's root list")
	}
	if assumed > 0 {
		parts = append(parts, fmt.Sprintf("%d certificates are counted that may not be", assumed))
	}
	parts = append(parts, "the limit counts the two length bytes of each name")
	return strings.Join(parts, ", and ")
}

// listEvidence names the sources of the store and of the setting.
func listEvidence(l *issuerlist.List) []evidence.Location {
	seen := map[string]bool{}
	var list []evidence.Location
	add := func(source string) {
		if source != "" && !seen[source] {
			seen[source] = true
			list = append(list, evidence.Location{Source: source})
		}
	}
	for _, e := range l.Entries {
		add(e.Where.Source)
	}
	for _, c := range l.Coverage {
		add(c.From)
	}
	list = append(list, l.SentEvidence...)
	return append(list, l.StoreEvidence...)
}

// Measure words the sizes of a list for a finding and for reports.
func Measure(l *issuerlist.List) string {
	least := "not knowable from this export"
	if l.Bytes.MinKnown {
		least = Grouped(l.Bytes.Min)
	}
	return fmt.Sprintf("%s bytes expected (least %s, greatest %s) for %d certificates with %d names",
		Grouped(l.Bytes.Expected), least, Grouped(l.Bytes.Max), l.Certificates, l.Subjects)
}

// Grouped writes a number with commas between thousands, as the articles do.
func Grouped(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
