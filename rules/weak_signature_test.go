package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func signed(o *evidence.Occurrence, algorithm string) *evidence.Occurrence {
	return change(o, func(c *evidence.Certificate) { c.SignatureAlgorithm = algorithm })
}

// issued is a certificate of CA that another authority issued.
func issued(subject string) *evidence.Occurrence {
	return in(&evidence.Occurrence{Certificate: certificate(subject, "CN=Issuer", 30), CanCarry: true}, evidence.StoreCA, "")
}

func TestWeakSignature(t *testing.T) {
	ca := func(list ...*evidence.Occurrence) host { return host{sources: []source{storeFile("ca.sst", list...)}} }
	runCases(t, WeakSignature, []ruleCase{
		{"in order", ca(signed(issued("CN=A"), "SHA256-RSA"), signed(issued("CN=B"), "ECDSA-SHA384")), "pass", ""},
		{"SHA-1", ca(signed(issued("CN=A"), "SHA1-RSA")), "fail", "A is signed with SHA1-RSA"},
		{"others", ca(signed(issued("CN=A"), "MD5-RSA"), signed(issued("CN=B"), "ECDSA-SHA1"), signed(issued("CN=C"), "DSA-SHA1"), signed(issued("CN=D"), "MD2-RSA")), "fail,fail,fail,fail", ""},
		{"expired", ca(old(signed(issued("CN=A"), "SHA1-RSA"))), "pass", ""},
		{"a root's own signature does not matter", host{sources: []source{storeFile("root.sst", signed(root("CN=A", 20), "MD5-RSA"))}}, "informational,pass", "nothing relies on"},
		{"broken", host{sources: []source{broken(storeFile("ca.sst", signed(issued("CN=A"), "SHA256-RSA")))}}, "unknown", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
