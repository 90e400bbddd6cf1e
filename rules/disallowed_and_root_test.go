package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestDisallowedAndRoot(t *testing.T) {
	barred := func(list ...*evidence.Occurrence) source {
		for _, o := range list {
			in(o, evidence.StoreDisallowed, "")
		}
		return storeFile("disallowed.sst", list...)
	}
	rootFile := func(list ...*evidence.Occurrence) source { return storeFile("root.sst", list...) }
	runCases(t, DisallowedAndRoot, []ruleCase{
		{"in order", host{sources: []source{rootFile(root("CN=A", 10)), barred(root("CN=B", 10))}}, "pass", "absent from Disallowed"},
		{"in both", host{sources: []source{rootFile(root("CN=A", 10)), barred(root("CN=A", 10))}}, "fail", "A stands in LocalMachine\\Root and in Disallowed"},
		{"a required root is for required-roots", host{sources: []source{rootFile(required(vistaRoots[0])), barred(required(vistaRoots[0]))}}, "pass", "KB 293781"},
		{"a broken Disallowed", host{sources: []source{rootFile(root("CN=A", 10)), broken(barred(root("CN=B", 10)))}}, "unknown", "disallowed.sst was not read whole"},
		{"no Disallowed", host{sources: []source{rootFile(root("CN=A", 10))}}, "notchecked", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
