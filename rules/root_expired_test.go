package rules

import (
	"fmt"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestRootExpired(t *testing.T) {
	needed := func() *evidence.Occurrence { return old(required(vistaRoots[0])) }
	many := func(n int) source {
		var list []*evidence.Occurrence
		for i := range n {
			list = append(list, old(root(fmt.Sprintf("CN=Root %03d", i), 20)))
		}
		return storeFile("root.sst", list...)
	}
	runCases(t, RootExpired, []ruleCase{
		{"none", host{sources: []source{storeFile("root.sst", root("CN=A", 10))}}, "pass", ""},
		{"one", host{sources: []source{storeFile("root.sst", old(root("CN=A", 10)), root("CN=B", 10))}}, "informational", "A expired on 2025-11-22"},
		{"on the day itself", host{sources: []source{storeFile("root.sst", change(root("CN=A", 10), func(c *evidence.Certificate) { c.NotAfter = testDay }))}}, "pass", ""},
		{"a required one is never told to go", host{sources: []source{storeFile("root.sst", needed())}}, "pass", "needed all the same"},
		{"a policy's pack is needed too", host{sources: []source{storeFile("root.sst", needed())}, policy: "name: own\nrequiredRoots:\n  packs:\n    - name: Northwind\n      citation: intranet\n      roots: [{thumbprint: " + vistaRoots[0] + ", name: Own}]\n"}, "pass", "KB 293781"},
		{"a required one and another", host{sources: []source{storeFile("root.sst", needed(), old(root("CN=B", 10)))}}, "informational,informational", "1 have expired, and is needed"},
		{"its time was not read", host{sources: []source{storeFile("root.sst", change(root("CN=A", 10), func(c *evidence.Certificate) { c.NotAfter = time.Time{} }))}}, "unknown", "cannot be read"},
		{"a certificate that cannot be read", host{sources: []source{storeFile("root.sst", change(root("CN=A", 10), func(c *evidence.Certificate) { c.Parse = evidence.ParseFailed }))}}, "unknown", "1 of them cannot be read"},
		{"broken", host{sources: []source{broken(storeFile("root.sst", root("CN=A", 10)))}}, "unknown", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
	list := host{sources: []source{many(MaxCertificates + 9)}}.findings(t, RootExpired.ID)
	if len(list) != MaxCertificates+1 {
		t.Fatalf("%d findings, want %d and one that counts the rest", len(list), MaxCertificates)
	}
	counted := false
	for _, f := range list {
		counted = counted || f.Subject == "further certificates" && f.Measured == "9 certificates" && len(f.Evidence) == 9
	}
	if !counted {
		t.Errorf("nothing counts the rest: %+v", list[len(list)-1])
	}
}
