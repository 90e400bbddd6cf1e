package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

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
	policySchema, err := rules.PolicySchema(tables, rules.All())
	if err != nil {
		t.Fatal(err)
	}
	waiversSchema, err := rules.WaiversSchema(rules.All())
	if err != nil {
		t.Fatal(err)
	}
	rulesSchema, err := customer.Schema()
	if err != nil {
		t.Fatal(err)
	}
	validateYAML(t, policySchema, examplePolicy)
	validateYAML(t, waiversSchema, exampleWaivers)
	validateYAML(t, rulesSchema, exampleRules)
	text, err := criteriaDoc()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{examplePolicy, exampleWaivers, exampleRules, "`nearLimitPercent`", "`friendlyName`", "`trimPrefix`", "yaml-language-server", "`known_bad.tsv`", "- `full`: "} {
		if !strings.Contains(text, part) {
			t.Errorf("the document lacks %q", part)
		}
	}
}

// validateYAML validates YAML by a JSON Schema, as an editor does.
func validateYAML(t *testing.T, schema []byte, text string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if v, err = jsonschema.UnmarshalJSON(bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Error(err)
	}
}
