package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// WeakKey looks for RSA keys that Windows refuses.
var WeakKey = &Rule{
	ID:       "weak-key",
	Title:    "no certificate has an RSA key below 1,024 bits",
	Severity: High,
	Since:    "v0.2",
	Doc: `Windows refuses chains with an RSA key of less than 1,024 bits: the default of
MinRsaPubKeyBitLength is 1,023. Such a key can be computed from the certificate, and
whoever does so signs in the owner's name on every computer that does not refuse it.
Certificates that have expired are told of and do not fail; CN=Root Agency, with 512
bits in the CA store of every Windows, is left out. Whether the chain engine of this
host was set to accept short keys is not judged, and keys other than RSA are not. The
number is the threshold minRSABits.`,
	References: []Reference{wincrypt},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `have the certificate replaced by one with a key of 2,048 bits or more, then remove it`,
	Impact:     `chains with the key are refused by Windows, and the key can be computed`,
	AppliesTo:  `all Windows`,
	Check: func(p *Pass) {
		least := p.Policy.Threshold(MinRSABits)
		sweep{
			stores: keyStores, collect: collectRoot, expected: fmt.Sprintf("RSA keys of at least %s bits", Grouped(least)), spare: true, spareWords: "have shorter keys",
			inOrder: "have keys that Windows accepts",
			blind:   unreadKey,
			judge: func(c placed) *Finding {
				if c.KeyAlgorithm != "RSA" || c.KeyBits >= least || rootAgency(c.Occurrence) {
					return nil
				}
				f := &Finding{Outcome: Failed, Measured: fmt.Sprintf("RSA, %d bits", c.KeyBits),
					Summary: fmt.Sprintf("%s has an RSA key of %d bits; it stands in %s", c.name(), c.KeyBits, c.in())}
				if expired(p, c) {
					f.Outcome = Informational
					f.Summary += ", and expired on " + day(c.NotAfter.UTC())
				}
				return f
			},
		}.run(p)
	},
}

// unreadKey reports whether a key's kind or the size of an RSA key is not known.
func unreadKey(c placed) bool {
	return c.KeyAlgorithm == "" || (c.KeyAlgorithm == "RSA" && c.KeyBits == 0)
}

// keyStores are the stores whose certificates vouch for something.
var keyStores = []string{evidence.StoreRoot, evidence.StoreCA, evidence.StoreMy}

// expired reports whether a certificate is known to have expired.
func expired(p *Pass, c placed) bool { return !c.NotAfter.IsZero() && c.NotAfter.Before(p.AsOf) }

// rootAgency reports whether a certificate is the test authority that stands in
// the CA store of every Windows.
func rootAgency(o *evidence.Occurrence) bool {
	return o.Subject == "CN=Root Agency" && !issuerlist.CAIssued(o)
}
