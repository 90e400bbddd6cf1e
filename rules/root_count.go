package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// RootCount counts the certificates in Trusted Root.
var RootCount = &Rule{
	ID:       "root-count",
	Title:    "Trusted Root holds at most 100 certificates (a proxy of the UC support team)",
	Severity: Low,
	Since:    "v0.2",
	Doc: `Microsoft's UC support team takes more than 100 certificates in Trusted Root for a
sign that the trusted issuer list may be cut, and the diagnostics of Skype for Business
Server have such a rule too. It is a proxy and not the limit: Schannel counts bytes,
100 average names come to some 10,400 of 16,384, and about 150 fit. The number is
worth knowing where the size is not; where the size is known, trusted-issuer-list-size
decides. The number is the threshold maxRoots.`,
	References: []Reference{ucLobby, kb2464556},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `see trusted-issuer-list-size, which counts what Schannel counts; roots of KB 293781 stay whatever the number`,
	Impact:     `the list may be near its limit or beyond it`,
	AppliesTo:  `Windows Server 2003 and later`,
	Check: func(p *Pass) {
		root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
		n, most := len(root.Certificates()), p.Policy.Threshold(MaxRoots)
		f := Finding{Subject: root.String(), Store: root.String(), Measured: fmt.Sprintf("%d certificates", n), Expected: fmt.Sprintf("at most %d (a proxy)", most), Searched: root.Sources()}
		switch {
		case !root.Collected():
			f.Outcome, f.Collect = NotChecked, collectRoot
			f.Summary = "not checked: no export of " + root.String() + " was read"
		case n > most:
			f.Outcome = Failed
			f.Summary = fmt.Sprintf("Trusted Root holds %d certificates, more than the %d of the UC support team's rule of thumb; the limit itself is in bytes", n, most)
		case !root.Whole():
			f.Outcome, f.Collect = Unknown, collectRoot
			f.Summary = fmt.Sprintf("%d certificates were read, but %s", n, notWhole(root.Broken, root.Missing()))
		default:
			f.Outcome = Passed
			f.Summary = fmt.Sprintf("Trusted Root holds %d certificates, no more than the %d of the UC support team's rule of thumb", n, most)
		}
		p.Report(f)
	},
}
