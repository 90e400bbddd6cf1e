package rules

import (
	"slices"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// TruncationDiagnosis reports the diagnosis of KB 2464556 as a finding.
var TruncationDiagnosis = &Rule{
	ID:       "truncation-diagnosis",
	Title:    "truncation of the trusted issuer list (KB 2464556) is unlikely",
	Severity: High,
	Since:    "v0.2",
	Doc: `The diagnosis weighs what the exports say of one question: is the trusted issuer list
of this host cut? Confirmed: event 36885 was logged. Probable: the list is over its
limit and is sent, and no log contradicts it. Possible: something speaks for it, as
alert 47 or a list that is likely over, and something is missing or speaks against it, as a log
that would show event 36885 and does not. Unlikely: the list is within its limit, is
not sent, or was not cut while that would have been logged. Undetermined: the exports
say nothing either way. Confirmed and probable fail, possible informs.

Each strand is cited with its evidence. On Windows 8 and Server 2012 a list that is too
long does harm even where it is not sent (KB 2880390). What the log shows is the past;
what the stores and the registry show is the time of their export.`,
	References: []Reference{kb2464556, kb2801679, kb2880390, kb933430},
	Wants: evidence.Interest{Events: append(eventKeys([]string{schannelProvider}, truncationID, alertReceivedID, alertSentID, 36875, 36877, 36878, 36882),
		eventKeys(capi2Providers, rootAddedID, loggingOffID, 4108)...)},
	Collect: collectSystem,
	Remedy: `shorten the list by one of the methods of KB 2464556, the gentlest first: move misplaced certificates out of Trusted Root; ` +
		`remove roots that nobody needs (never those of KB 293781); keep third-party roots out by Group Policy; or set SendTrustedIssuerList to 0 where clients may choose their certificate without the list`,
	Impact:    `clients whose issuer is beyond the cut find no certificate to send: Exchange, OCS, Communicator, Live Meeting, Lync and other TLS connections fail, some and not all`,
	AppliesTo: `Windows Server 2003 and later; Exchange, OCS, Lync, Skype for Business, IIS, NPS, AD FS`,
	Check:     checkDiagnosis,
}

func checkDiagnosis(p *Pass) {
	d := Diagnose(&Judgement{Case: p.Case, Version: p.Version, Roles: p.Roles, Lists: p.Lists, Stores: p.Stores, Required: p.Required})
	f := Finding{Subject: "truncation of the list", Measured: string(d.Verdict), Expected: string(Unlikely), Summary: d.Summary}
	if len(d.Next) > 0 {
		f.Collect = d.Next[0]
	}
	points := For
	switch d.Verdict {
	case Confirmed, Probable:
		f.Outcome = Failed
	case Possible:
		f.Outcome = Informational
	case Unlikely:
		f.Outcome, points = Passed, Against
	default:
		f.Outcome = Unknown
		if !slices.ContainsFunc(d.Strands, func(s Strand) bool { return len(s.Evidence) > 0 }) {
			f.Outcome = NotChecked
		}
		if f.Collect == "" {
			f.Collect = collectSystem
		}
	}
	for _, s := range d.Strands {
		if s.Points != points && d.Verdict != Undetermined {
			continue
		}
		f.Evidence = append(f.Evidence, s.Evidence...)
		for _, e := range s.Evidence {
			if points == Against && s.Points == Against && e.Source != "" && !slices.Contains(f.Searched, e.Source) {
				f.Searched = append(f.Searched, e.Source)
			}
		}
	}
	if len(d.Next) > 0 && d.Verdict == Probable {
		f.Summary += "; to settle it: " + d.Next[0]
	}
	p.Report(f)
}
