package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// rsa is a root with an RSA key of some bits.
func rsa(subject string, bits int) *evidence.Occurrence {
	return change(root(subject, 30), func(c *evidence.Certificate) { c.KeyAlgorithm, c.KeyBits = "RSA", bits })
}

func old(o *evidence.Occurrence) *evidence.Occurrence {
	return change(o, func(c *evidence.Certificate) { c.NotAfter = testDay.AddDate(-1, 0, 0) })
}

func TestWeakKey(t *testing.T) {
	of := func(list ...*evidence.Occurrence) host {
		return host{sources: []source{storeFile("root.sst", list...)}}
	}
	agency := in(rsa("CN=Root Agency", 512), evidence.StoreCA, "")
	runCases(t, WeakKey, []ruleCase{
		{"in order", of(rsa("CN=A", 2048), rsa("CN=B", 1024)), "pass", "(2) have keys"},
		{"too short", of(rsa("CN=A", 1023), rsa("CN=B", 4096)), "fail", "A has an RSA key of 1023 bits; it stands in LocalMachine\\Root"},
		{"too short and expired", of(old(rsa("CN=A", 512))), "informational", "expired on 2025-11-22"},
		{"a curve is no RSA key", of(change(rsa("CN=A", 256), func(c *evidence.Certificate) { c.KeyAlgorithm = "ECDSA" })), "pass", ""},
		{"a key that could not be read", of(rsa("CN=A", 0)), "unknown", "cannot be read"},
		{"Root Agency", host{sources: []source{storeFile("root.sst", rsa("CN=A", 2048)), storeFile("ca.sst", agency)}}, "pass", "LocalMachine\\CA"},
		{"in CA", host{sources: []source{storeFile("ca.sst", in(rsa("CN=B", 512), evidence.StoreCA, ""))}}, "fail", "LocalMachine\\CA"},
		{"a threshold of the policy", host{sources: []source{storeFile("root.sst", rsa("CN=A", 1024))}, policy: "name: strict\nthresholds: {minRSABits: 2048}\n"}, "fail", ""},
		{"broken", host{sources: []source{broken(storeFile("root.sst", rsa("CN=A", 2048)))}}, "unknown", "was not read whole"},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
