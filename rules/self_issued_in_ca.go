package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// SelfIssuedInCA looks for roots in the store of intermediate authorities.
var SelfIssuedInCA = &Rule{
	ID:       "self-issued-in-ca",
	Title:    "the CA store holds no self-issued certificate",
	Severity: Low,
	Since:    "v0.2",
	Doc: `Intermediate Certification Authorities (CA) is for certificates that another
authority issued. A self-issued one is not trusted by standing there, and whoever put
it there meant Trusted Root, or imported a chain into one store. Microsoft's UC
support checks for it. CN=Root Agency is in the CA store of every Windows and is left
out. The test is Microsoft's own: issuer and subject are equal.`,
	References: []Reference{ucLobby, kb2802568},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectMachine,
	Remedy:     `if the authority is to be trusted, import the certificate into Trusted Root; delete it from CA in any case`,
	Impact:     `chains that end in the certificate are not trusted, although it was imported`,
	AppliesTo:  `all Windows`,
	Check: func(p *Pass) {
		root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
		sweep{
			stores: []string{evidence.StoreCA}, collect: collectMachine, expected: "issuer and subject differ",
			inOrder: "were issued by another authority",
			judge: func(c placed) *Finding {
				if !c.SelfIssued() || rootAgency(c.Occurrence) {
					return nil
				}
				f := &Finding{Outcome: Failed, Measured: "issuer and subject are equal",
					Summary: fmt.Sprintf("%s is self-issued and stands in %s", c.name(), c.in())}
				if len(root.Find(c.SHA1)) > 0 {
					f.Summary += "; it also stands in Trusted Root, where it belongs"
				}
				return f
			},
		}.run(p)
	},
}
