package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// ShortKey looks for RSA keys that Windows calls weak and still accepts.
var ShortKey = &Rule{
	ID:       "short-key",
	Title:    "no valid certificate has an RSA key below 2,048 bits",
	Severity: Low,
	Since:    "v0.2",
	Doc: `Windows accepts RSA keys from 1,024 bits on and calls those below 2,048 weak: the
default of MinWeakRsaPubKeyBitLength is 2,047. Old public roots have such keys.
Certificates that have expired are passed over, and so are the roots of KB 293781
and of the policy. Keys below 1,024 bits are those of weak-key. Keys other than RSA
are not judged. The number is the threshold weakRSABits.`,
	References: []Reference{wincrypt},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `have the certificate replaced by one with a key of 2,048 bits or more; a root that nothing needs any more can be removed`,
	Impact:     `the key is weaker than what is accepted for new certificates`,
	AppliesTo:  `all Windows`,
	Check: func(p *Pass) {
		refused, least := p.Policy.Threshold(MinRSABits), p.Policy.Threshold(WeakRSABits)
		sweep{
			stores: keyStores, collect: collectRoot, expected: fmt.Sprintf("RSA keys of at least %s bits", Grouped(least)), spare: true, spareWords: "have shorter keys",
			inOrder: fmt.Sprintf("have keys of %s bits or more, or have expired", Grouped(least)),
			blind:   unreadKey,
			judge: func(c placed) *Finding {
				if c.KeyAlgorithm != "RSA" || c.KeyBits < refused || c.KeyBits >= least || expired(p, c) {
					return nil
				}
				return &Finding{Outcome: Failed, Measured: fmt.Sprintf("RSA, %s bits", Grouped(c.KeyBits)),
					Summary: fmt.Sprintf("%s has an RSA key of %s bits; it stands in %s", c.name(), Grouped(c.KeyBits), c.in())}
			},
		}.run(p)
	},
}
