package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// LeafInRoot looks for certificates in Trusted Root that cannot issue others.
var LeafInRoot = &Rule{
	ID:       "leaf-in-root",
	Title:    "every certificate in Trusted Root is an authority's",
	Severity: Low,
	Since:    "v0.2",
	Doc: `The self-signed certificate of a server, put into Trusted Root so that warnings
cease, adds its name to the trusted issuer list, where it is of no use: no client has
a certificate from it. A version 3 certificate is an authority's if its basic
constraints say so (RFC 5280). One without basic constraints does not say it, and
informs; certificates of version 1 and 2 cannot say it and are passed over, and so
are the roots of KB 293781, of the policy and of Microsoft's programme.`,
	References: []Reference{rfc5280, kb2802568},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `give the server a certificate from an authority, then delete the self-signed one from Trusted Root`,
	Impact:     `its name takes room in the list and serves no client`,
	AppliesTo:  `all Windows`,
	Check: func(p *Pass) {
		sweep{
			stores: []string{evidence.StoreRoot}, collect: collectRoot, expected: "basic constraints that name an authority", spare: true, spareWords: "do not say that they are authorities",
			inOrder: "are authorities by their basic constraints, are known public roots, or are too old to say it",
			judge: func(c placed) *Finding {
				if c.Version != 3 || c.CA || p.Tables.Programme[c.Thumbprint()] != nil {
					return nil
				}
				if !c.HasBasicConstraints {
					return &Finding{Outcome: Informational, Measured: "no basic constraints",
						Summary: fmt.Sprintf("%s in %s has no basic constraints, so it does not say that it is an authority", c.name(), c.in())}
				}
				return &Finding{Outcome: Failed, Measured: "basic constraints: not an authority",
					Summary: fmt.Sprintf("%s in %s is not an authority by its basic constraints", c.name(), c.in())}
			},
		}.run(p)
	},
}
