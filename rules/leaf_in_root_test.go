package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestLeafInRoot(t *testing.T) {
	v := func(version int, constraints, ca bool) host {
		return host{sources: []source{storeFile("root.sst", change(root("CN=A", 10), func(c *evidence.Certificate) {
			c.Version, c.HasBasicConstraints, c.CA = version, constraints, ca
		}))}}
	}
	programme := required("DF3C24F9BFD666761B268073FE06D1CC8D4F82A4")
	programme.Version = 3
	runCases(t, LeafInRoot, []ruleCase{
		{"an authority", v(3, true, true), "pass", ""},
		{"not an authority", v(3, true, false), "fail", "is not an authority by its basic constraints"},
		{"no basic constraints", v(3, false, false), "informational", "does not say that it is an authority"},
		{"version 1 cannot say it", v(1, false, false), "pass", ""},
		{"a public root", host{sources: []source{storeFile("root.sst", programme)}}, "pass", ""},
		{"a required root", host{sources: []source{storeFile("root.sst", change(required(vistaRoots[0]), func(c *evidence.Certificate) { c.Version = 3 }))}}, "pass", ""},
		{"broken", host{sources: []source{broken(storeFile("root.sst", root("CN=A", 10)))}}, "unknown", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
