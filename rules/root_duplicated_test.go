package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestRootDuplicated(t *testing.T) {
	a := func(physical string) *evidence.Occurrence { return in(root("CN=A", 10), evidence.StoreRoot, physical) }
	runCases(t, RootDuplicated, []ruleCase{
		{"once", host{sources: []source{storeFile("root.sst", a(""), root("CN=B", 10))}}, "pass", ""},
		{"twice in one export", host{sources: []source{storeFile("root.sst", a(""), a(""))}}, "fail", "does not tell in which"},
		{"in two physical stores", host{sources: []source{storeFile("default.sst", a(".Default")), storeFile("authroot.sst", a("AuthRoot"))}}, "fail", "2 times: in .Default and AuthRoot"},
		{"in a whole export and one physical store", host{sources: []source{storeFile("root.sst", a("")), storeFile("authroot.sst", a("AuthRoot"))}}, "pass", ""},
		{"only one physical store was read", host{sources: []source{storeFile("authroot.sst", a("AuthRoot"))}}, "unknown", "not collected"},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
