package rules

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// WeakSignature looks for certificates that are signed with a broken digest.
var WeakSignature = &Rule{
	ID:       "weak-signature",
	Title:    "no valid certificate below a root is signed with SHA-1, MD5 or older",
	Severity: Medium,
	Since:    "v0.2",
	Doc: `A certificate that an authority issued is trusted by its signature, and signatures
over SHA-1, MD5, MD4 and MD2 can be forged. A root is trusted because it stands in
the store; nothing relies on its own signature, and some 37 of the 331 roots in
Microsoft's programme are signed with SHA-1. So self-issued certificates are counted
and never fail. What has expired is passed over. Which certificates a server sends
to its clients cannot be seen: an intermediate here need not be in use.`,
	References: []Reference{programmeNotes, wincrypt},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `have the authority issue the certificate again with SHA-256 or better, and remove the old one when nothing uses it`,
	Impact:     `the certificate can be forged`,
	AppliesTo:  `all Windows`,
	Check: func(p *Pass) {
		var roots []placed
		for _, c := range distinct(p.storesNamed(keyStores)) {
			if c.SelfIssued() && weakDigest(c.SignatureAlgorithm) && !expired(p, c) {
				roots = append(roots, c)
			}
		}
		sweep{
			stores: keyStores, collect: collectRoot, expected: "SHA-256 or better below a root",
			inOrder: "are self-issued, are signed with SHA-256 or better, or have expired",
			blind:   func(c placed) bool { return c.SignatureAlgorithm == "" },
			judge: func(c placed) *Finding {
				if c.SelfIssued() || !weakDigest(c.SignatureAlgorithm) || expired(p, c) {
					return nil
				}
				return &Finding{Outcome: Failed, Measured: c.SignatureAlgorithm,
					Summary: fmt.Sprintf("%s is signed with %s; it stands in %s", c.name(), c.SignatureAlgorithm, c.in())}
			},
		}.run(p)
		if len(roots) > 0 {
			p.Report(Finding{Subject: "self-issued certificates", Outcome: Informational, Evidence: places(roots),
				Measured: fmt.Sprintf("%d signed with SHA-1, MD5 or older", len(roots)),
				Summary:  fmt.Sprintf("self-issued certificates that are signed with SHA-1, MD5 or older: %d; nothing relies on the signature of a root", len(roots))})
		}
	},
}

// weakDigest reports whether a signature algorithm rests on a broken digest.
func weakDigest(algorithm string) bool {
	for part := range strings.SplitSeq(algorithm, "-") {
		switch part {
		case "MD2", "MD4", "MD5", "SHA", "SHA1":
			return true
		}
	}
	return false
}
