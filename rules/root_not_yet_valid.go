package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// RootNotYetValid looks for roots whose validity has not begun.
var RootNotYetValid = &Rule{
	ID:       "root-not-yet-valid",
	Title:    "the validity of every root has begun",
	Severity: Low,
	Since:    "v0.2",
	Doc: `A root whose validity begins after the date of the judgement validates nothing yet.
It is either new and imported ahead of time, or was made on a computer whose clock
was wrong. The clock of this host cannot be seen in an export; the date of the
judgement is that of --as-of.`,
	References: []Reference{kb293781, ucLobby},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `find out who imported the certificate and when it is meant to come into force; compare the clock of the authority that made it`,
	Impact:     `chains that end in the root are refused until it is valid`,
	AppliesTo:  `all Windows`,
	Check: func(p *Pass) {
		sweep{
			stores: []string{evidence.StoreRoot}, collect: collectRoot, expected: "valid since " + day(p.AsOf) + " or before",
			inOrder: "are past the beginning of their validity", spare: true, spareWords: "are not valid yet",
			blind: func(c placed) bool { return c.NotBefore.IsZero() },
			judge: func(c placed) *Finding {
				if !c.NotBefore.After(p.AsOf) {
					return nil
				}
				return &Finding{Outcome: Failed, Measured: "valid from " + day(c.NotBefore.UTC()),
					Summary: fmt.Sprintf("%s is valid only from %s on; it stands in %s", c.name(), day(c.NotBefore.UTC()), c.in())}
			},
		}.run(p)
	},
}
