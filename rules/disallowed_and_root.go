package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// DisallowedAndRoot looks for roots that are trusted and distrusted at once.
var DisallowedAndRoot = &Rule{
	ID:       "disallowed-and-root",
	Title:    "no root stands in Disallowed as well",
	Severity: Low,
	Since:    "v0.2",
	Doc: `Untrusted Certificates (Disallowed) outranks Trusted Root: a certificate in both is
distrusted. One of the two entries is wrong, and which one only its owner can say. A
required root in Disallowed fails in required-roots and is left out here. Windows also
distrusts by a signature's hash or by a public key, and by lists that it fetches;
those entries are not certificates and are not compared.`,
	References: []Reference{wincrypt, configureRoots},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectMachine,
	Remedy:     `decide whether the authority is trusted: if it is not, delete it from Trusted Root; if it is, find out who put it into Disallowed before it is taken out`,
	Impact:     `everything that the authority issued is refused, although it stands in Trusted Root`,
	AppliesTo:  `all Windows`,
	Check: func(p *Pass) {
		disallowed := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreDisallowed)
		if !disallowed.Collected() {
			p.Report(Finding{Subject: disallowed.String(), Outcome: NotChecked, Collect: collectMachine, Summary: "not checked: no export of " + disallowed.String() + " was read"})
			return
		}
		sweep{
			stores: []string{evidence.StoreRoot}, machine: true, searched: disallowed.Sources(), collect: collectRoot,
			expected: "in one of the two stores", spare: true, spareWords: "stand in Disallowed too", inOrder: "are absent from Disallowed",
			judge: func(c placed) *Finding {
				at := disallowed.Find(c.SHA1)
				if len(at) == 0 {
					return nil
				}
				f := &Finding{Outcome: Failed, Measured: "in " + c.in() + " and in " + disallowed.String(), Evidence: c.where(),
					Summary: fmt.Sprintf("%s stands in %s and in Disallowed: it is distrusted", c.name(), c.in())}
				for _, o := range at {
					f.Evidence = append(f.Evidence, o.Where)
				}
				return f
			},
		}.run(p)
	},
}
