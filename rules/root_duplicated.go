package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/stores"
)

// RootDuplicated looks for roots that stand in several physical stores.
var RootDuplicated = &Rule{
	ID:       "root-duplicated",
	Title:    "no root stands in several physical stores",
	Severity: Low,
	Since:    "v0.2",
	Doc: `Trusted Root is put together from physical stores: Registry, Third-Party, Group
Policy, Enterprise, Smart Card. A root in two of them is shown twice, and whether
its name is then sent twice is not documented. Who removes it from one store still
trusts it by the other. Microsoft's UC support checks for it. An export of the whole
of Root shows that a certificate is there twice, but not in which physical stores.`,
	References: []Reference{ucLobby, kb4560600},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `keep the root in the store that is managed (usually the Enterprise store) and remove the other copy; a required root must stay in one of them`,
	Impact:     `the name may be sent twice, and a root that was removed from one store is still trusted by the other`,
	AppliesTo:  `all Windows`,
	Check: func(p *Pass) {
		times := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot).Times()
		sweep{
			stores: []string{evidence.StoreRoot}, machine: true, collect: collectRoot, expected: "each certificate once", inOrder: "stand in one physical store",
			judge: func(c placed) *Finding {
				n := times[c.SHA256]
				if n < 2 {
					return nil
				}
				return &Finding{Outcome: Failed, Measured: fmt.Sprintf("%d times", n),
					Summary: fmt.Sprintf("%s stands in Trusted Root %d times%s", c.name(), n, physicalWords(c))}
			},
		}.run(p)
	},
}

// physicalWords names the physical stores where exports tell them.
func physicalWords(c placed) string {
	var names []string
	for _, name := range stores.RootPhysicals() {
		for _, o := range c.all {
			if o.Store.Machine() && o.Store.Physical == name {
				names = append(names, name)
				break
			}
		}
	}
	if len(names) < 2 {
		return "; the export does not tell in which physical stores"
	}
	return ": in " + listed(names)
}
