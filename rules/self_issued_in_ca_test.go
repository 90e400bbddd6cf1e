package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestSelfIssuedInCA(t *testing.T) {
	ca := func(list ...*evidence.Occurrence) source { return storeFile("ca.sst", list...) }
	self := func() *evidence.Occurrence { return in(root("CN=Self", 20), evidence.StoreCA, "") }
	runCases(t, SelfIssuedInCA, []ruleCase{
		{"in order", host{sources: []source{ca(issued("CN=A"))}}, "pass", ""},
		{"self-issued", host{sources: []source{ca(issued("CN=A"), self())}}, "fail", "Self is self-issued and stands in LocalMachine\\CA"},
		{"in Root too", host{sources: []source{ca(self()), storeFile("root.sst", root("CN=Self", 20))}}, "fail", "where it belongs"},
		{"Root Agency", host{sources: []source{ca(in(root("CN=Root Agency", 20), evidence.StoreCA, ""))}}, "pass", ""},
		{"an impostor of Root Agency's name in part", host{sources: []source{ca(in(root("CN=Root Agency,O=Evil", 30), evidence.StoreCA, ""))}}, "fail", ""},
		{"broken", host{sources: []source{broken(ca(issued("CN=A")))}}, "unknown", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
