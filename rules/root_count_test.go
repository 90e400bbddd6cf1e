package rules

import (
	"fmt"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestRootCount(t *testing.T) {
	of := func(n int) source {
		var list []*evidence.Occurrence
		for i := range n {
			list = append(list, root(fmt.Sprintf("CN=%d", i), 20))
		}
		return storeFile("root.sst", list...)
	}
	runCases(t, RootCount, []ruleCase{
		{"100", host{sources: []source{of(100)}}, "pass", "rule of thumb"},
		{"101", host{sources: []source{of(101)}}, "fail", "101 certificates, more than the 100 of the UC support team's rule of thumb"},
		{"a threshold of the policy", host{sources: []source{of(101)}, policy: "name: large\nthresholds: {maxRoots: 200}\n"}, "pass", "200"},
		{"101 in a broken export", host{sources: []source{broken(of(101))}}, "fail", ""},
		{"100 in a broken export", host{sources: []source{broken(of(100))}}, "unknown", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
