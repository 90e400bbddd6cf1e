package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

func TestGroupPolicyRoots(t *testing.T) {
	policies := func() source { return regFile("policies.reg", regKey(windows.GroupPolicyRootKey)) }
	delivered := func(n int) source {
		s := source{name: "policies.reg", records: []evidence.Record{regKey(windows.GroupPolicyRootKey + `\Certificates`)}}
		for i := range n {
			o := in(root("CN="+string(rune('A'+i)), 10), evidence.StoreRoot, evidence.PhysicalGroupPolicy)
			o.Where = evidence.Location{Source: s.name, Line: i + 1}
			s.records = append(s.records, o)
		}
		return s
	}
	runCases(t, GroupPolicyRoots, []ruleCase{
		{"none", host{sources: []source{policies()}}, "pass", "delivers no root"},
		{"one", host{sources: []source{delivered(1)}}, "fail", "at each refresh: A"},
		{"five", host{sources: []source{delivered(5)}}, "fail", "A, B, C and 2 more"},
		{"broken", host{sources: []source{broken(policies())}}, "unknown", ""},
		{"an export of the whole of Root does not tell", host{sources: []source{storeFile("root.sst", root("CN=A", 10))}}, "notchecked", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
