package rules

import "testing"

func TestEvidenceComplete(t *testing.T) {
	whole := func() source { return storeFile("root.sst", root("CN=A", 10)) }
	runCases(t, EvidenceComplete, []ruleCase{
		{"all whole", host{sources: []source{whole(), systemLog(0, "")}}, "pass", "all 2"},
		{"one file", host{sources: []source{whole()}}, "pass", "the one recognised file"},
		{"one broken", host{sources: []source{broken(whole()), systemLog(0, "")}}, "fail", "root.sst was not read whole: it breaks off"},
		{"two broken", host{sources: []source{broken(whole()), broken(systemLog(0, ""))}}, "fail,fail", ""},
		{"nothing recognised", host{}, "notchecked", ""},
	})
}
