package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestRootNotYetValid(t *testing.T) {
	young := change(root("CN=A", 10), func(c *evidence.Certificate) { c.NotBefore = testDay.AddDate(0, 1, 0) })
	runCases(t, RootNotYetValid, []ruleCase{
		{"in order", host{sources: []source{storeFile("root.sst", root("CN=A", 10))}}, "pass", ""},
		{"from next month on", host{sources: []source{storeFile("root.sst", young)}}, "fail", "only from 2026-12-22 on"},
		{"broken", host{sources: []source{broken(storeFile("root.sst", root("CN=A", 10)))}}, "unknown", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
