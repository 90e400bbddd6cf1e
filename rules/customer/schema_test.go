package customer

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ctlaudit/ctlaudit/rules"
)

// onlyDecoded are faults that a schema cannot tell.
var onlyDecoded = map[string]bool{"an id twice": true}

func TestSchema(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
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
	// An editor reads YAML and validates what it says.
	validate := func(text string) error {
		var v any
		if err := yaml.Unmarshal([]byte(text), &v); err != nil {
			return err
		}
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		if v, err = jsonschema.UnmarshalJSON(bytes.NewReader(b)); err != nil {
			return err
		}
		return s.Validate(v)
	}
	for name, text := range map[string]string{
		"a certificate": rule(aRule + "    store: LocalMachine\\Root\n    examples:\n      - {name: n, asOf: 2026-02-01, given: {keyBits: 2048, notAfter: 2030-01-01, dnsNames: [a], host: {os: 2008r2, roles: [exchange]}}, expect: pass}\n"),
		"a value":       rule("    for: registry\n    key: hklm\\SOFTWARE\\*\\X\n    name: Y\n    assert: present\n    examples: [{name: n, given: {number: 1}, expect: pass}]\n"),
		"a host":        rule("    for: host\n    assert: listBytes < limit\n"),
		"events":        rule("    for: event\n    when: provider == \"Schannel\"\n    assert: count < 3\n    since: 1.0\n"),
		"always true":   rule("    for: host\n    assert: true\n"),
	} {
		if err := validate(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Parse(name, []byte(text), rules.All()); err != nil {
			t.Errorf("%s: the schema takes what the program refuses: %v", name, err)
		}
	}
	faults := append(fileFaults, []struct{ name, text, want string }{
		{"an unknown field in an example", rule(aRule + "    examples: [{name: n, given: {keyBit: 1}, expect: pass}]\n"), ""},
		{"a field of another topic", rule("    for: host\n    assert: true\n    examples: [{name: n, given: {keyBits: 1}, expect: pass}]\n"), ""},
		{"a wrong type in an example", rule(aRule + "    examples: [{name: n, given: {keyBits: many}, expect: pass}]\n"), ""},
		{"a wrong expectation", rule(aRule + "    examples: [{name: n, given: {keyBits: 1}, expect: error}]\n"), ""},
	}...)
	for _, tt := range faults {
		if err := validate(tt.text); err == nil && !onlyDecoded[tt.name] {
			t.Errorf("the schema takes %s:\n%s", tt.name, tt.text)
		}
		if _, err := Parse("r.yaml", []byte(tt.text), rules.All()); err == nil {
			t.Errorf("the program takes %s", tt.name)
		}
	}
}

func TestFunctionsAreDocumented(t *testing.T) {
	for _, f := range FunctionList() {
		e, typ, err := compile(Certificates, f.Example)
		if err != nil || typ.Kind() != reflect.Bool || f.Doc == "" || !strings.Contains(f.Example, f.Name+"(") {
			t.Errorf("%s: %q: %v, of type %v", f.Name, f.Example, err, typ)
			continue
		}
		c := certificateFields{EKU: []string{}, DNSNames: []string{}}
		c.Host.Roles = []string{}
		if _, err := e.holds(c); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
