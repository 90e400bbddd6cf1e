package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// RootExpired tells of roots that have expired.
var RootExpired = &Rule{
	ID:       "root-expired",
	Title:    "no root has expired, but for those that Windows needs",
	Severity: Info,
	Since:    "v0.2",
	Doc: `An expired root cannot be the end of a new chain, and its name still takes room in
the trusted issuer list. It is no fault by itself: KB 293781 says that expired
roots are needed to validate what was signed and timestamped before they expired.
So this rule informs and never fails, and it leaves out the roots of KB 293781, for
any Windows, and those of the policy's packs. Whether something signed in former
times still has to be validated on this host cannot be seen in an export.`,
	References: []Reference{kb293781, ucLobby},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `none is needed; where the list is too long, an expired root that no signature on this host rests on is a candidate for removal`,
	Impact:     `none by itself; the name takes room in the list`,
	AppliesTo:  `all Windows`,
	Check: func(p *Pass) {
		sweep{
			stores: []string{evidence.StoreRoot}, collect: collectRoot, expected: "valid on " + day(p.AsOf),
			inOrder: "are within their validity or needed", spare: true, spareWords: "have expired",
			blind: func(c placed) bool { return c.NotAfter.IsZero() },
			judge: func(c placed) *Finding {
				if !c.NotAfter.Before(p.AsOf) {
					return nil
				}
				return &Finding{Outcome: Informational, Measured: "expired on " + day(c.NotAfter.UTC()),
					Summary: fmt.Sprintf("%s expired on %s; it stands in %s", c.name(), day(c.NotAfter.UTC()), c.in())}
			},
		}.run(p)
	},
}
