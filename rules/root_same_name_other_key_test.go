package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// keyID is the n-th root of a name; id is its key identifier.
func keyID(subject string, n, id byte) *evidence.Occurrence {
	return change(root(subject, 30), func(c *evidence.Certificate) {
		c.SHA1[0], c.SHA256[0], c.SubjectKeyID = n, n, []byte{id}
	})
}

func TestRootSameNameOtherKey(t *testing.T) {
	public := func() *evidence.Occurrence {
		o := required("DF3C24F9BFD666761B268073FE06D1CC8D4F82A4") // DigiCert Global Root G2, in the programme
		o.SubjectKeyID = []byte{1}
		return o
	}
	twin := func(id byte) *evidence.Occurrence {
		o := keyID("CN=Twin", 7, id)
		o.Subject, o.SubjectDER, o.IssuerDER = public().Subject, public().SubjectDER, public().SubjectDER
		return o
	}
	of := func(list ...*evidence.Occurrence) host {
		return host{sources: []source{storeFile("root.sst", list...)}}
	}
	runCases(t, RootSameNameOtherKey, []ruleCase{
		{"names of their own", of(root("CN=A", 20), root("CN=B", 20)), "pass", ""},
		{"renewed with the same key", of(keyID("CN=A", 1, 1), keyID("CN=A", 2, 1)), "pass", ""},
		{"two private roots", of(keyID("CN=A", 1, 1), keyID("CN=A", 2, 2)), "informational", "as after a renewal"},
		{"three private roots are told of once", of(keyID("CN=A", 1, 1), keyID("CN=A", 2, 2), keyID("CN=A", 3, 3)), "informational", "(another key) and 03"},
		{"the name of a public root", of(public(), twin(2)), "fail", "has the name of the public root DF3C24F9BFD666761B268073FE06D1CC8D4F82A4 and another key"},
		{"the name and the key of a public root", of(public(), twin(1)), "pass", ""},
		{"keys that cannot be compared", of(public(), change(twin(2), func(c *evidence.Certificate) { c.SubjectKeyID = nil })), "fail", "cannot be compared"},
		{"broken", host{sources: []source{broken(storeFile("root.sst", root("CN=A", 10)))}}, "unknown", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
