package main

import (
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/customer"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

// What the document shows is what the program reads.
func TestDocumentedCriteria(t *testing.T) {
	tables, err := data.Load(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.ParsePolicy("policy.yaml", []byte(examplePolicy), tables, rules.All()); err != nil {
		t.Error(err)
	}
	if _, err := rules.ParseWaivers("waivers.yaml", []byte(exampleWaivers), rules.All()); err != nil {
		t.Error(err)
	}
	f, err := customer.Parse("rules.yaml", []byte(exampleRules), rules.All())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range f.Rules {
		results := r.Test()
		if len(results) == 0 {
			t.Errorf("%s has no example", r.ID)
		}
		for _, res := range results {
			if !res.OK() {
				t.Errorf("%s: %s: %s: %s", r.ID, res.Example.Name, res.Outcome, res.Summary)
			}
		}
	}
	text, err := criteriaDoc()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{examplePolicy, exampleWaivers, exampleRules, "`nearLimitPercent`", "`friendlyName`", "`known_bad.tsv`", "- `full`: "} {
		if !strings.Contains(text, part) {
			t.Errorf("the document lacks %q", part)
		}
	}
}
