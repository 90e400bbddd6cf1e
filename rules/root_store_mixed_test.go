package rules

import "testing"

func TestRootStoreMixed(t *testing.T) {
	mixed := func() source {
		sub := root("CN=Sub", 50)
		sub.IssuerDER = []byte("CN=Other")
		return storeFile("root.sst", root("CN=A", 100), sub)
	}
	pure := func() source { return storeFile("root.sst", root("CN=A", 100)) }
	runCases(t, RootStoreMixed, []ruleCase{
		{"mixed on 2012", host{os: "2012", sources: []source{mixed()}}, "fail", "CN=Sub"},
		{"mixed in a broken export", host{os: "2012", sources: []source{broken(mixed())}}, "fail", ""},
		{"mixed on 2008 R2", host{os: "2008r2", sources: []source{mixed()}}, "informational", "only lengthen"},
		{"mixed on an unknown Windows", host{sources: []source{mixed()}}, "fail", "unknown"},
		{"pure", host{os: "2012", sources: []source{pure()}}, "pass", ""},
		{"pure in a broken export", host{os: "2012", sources: []source{broken(pure())}}, "unknown", "was not read whole"},
		{"no store", host{os: "2012", sources: []source{regFile("s.reg", regKey(schannelKey))}}, "notchecked", ""},
	})
}
