package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

// KnownBadCertificate looks for certificates that public lists call rogue.
var KnownBadCertificate = &Rule{
	ID:       "known-bad-certificate",
	Title:    "no certificate is known to be rogue",
	Severity: High,
	Since:    "v0.2",
	Doc: `Some certificates are known to be malicious: their private key is public, as those
that were shipped with computers; or the authority was broken into; or they belong to
software that intercepts TLS and that lists of rogue roots name. Whoever has the key of
one in Trusted Root can pose as any server or client towards this host. In Disallowed
such a certificate is where it belongs.

The class is that of the embedded table, with the list that says so. A root that
Microsoft's programme merely disabled or restricted is not malicious and is the
business of programme-status. A certificate that is not found here may be rogue all
the same: the table knows few.`,
	References: []Reference{
		{"CVE-2015-2077", "Superfish: a root with a public private key", "https://nvd.nist.gov/vuln/detail/CVE-2015-2077"},
		{"Microsoft security advisory 3119884", "Inadvertently disclosed digital certificates could allow spoofing (eDellRoot)", "https://learn.microsoft.com/security-updates/securityadvisories/2015/3119884"},
		{"Greenbone, Microsoft Windows Rogue Root Certificates", "public vulnerability test gb_ms_rogue_root_ca_detect, a list of thumbprints", "https://www.greenbone.net"},
	},
	Needs:     []evidence.Kind{evidence.KindCertificate},
	Collect:   collectRoot,
	Remedy:    `remove the software that brought the certificate, then the certificate, and put it into Untrusted Certificates (Disallowed); take the host for one whose TLS may have been read`,
	Impact:    `whoever has the private key can pose as any server or client towards this host`,
	AppliesTo: `all Windows`,
	Check: func(p *Pass) {
		sweep{
			stores:   []string{evidence.StoreRoot, evidence.StoreCA, evidence.StoreClientAuthIssuer, evidence.StoreMy, "TrustedPublisher", "TrustedPeople"},
			inOrder:  "are unknown to the lists of rogue certificates",
			expected: "not on a list of rogue certificates", collect: collectRoot,
			judge: func(c placed) *Finding {
				bad := p.Tables.KnownBad[c.Thumbprint()]
				if bad == nil || bad.Class != data.Rogue {
					return nil
				}
				return &Finding{Outcome: Failed, Measured: bad.Name,
					Summary: fmt.Sprintf("%s stands in %s: %s (%s)", bad.Name, c.in(), bad.Reason, bad.Source)}
			},
		}.run(p)
	},
}
