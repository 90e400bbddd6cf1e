package rules

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compileSchema compiles a JSON Schema.
func compileSchema(t *testing.T, text []byte, err error) *jsonschema.Schema {
	t.Helper()
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
	return s
}

// validate reads YAML as an editor does and validates it.
func validate(s *jsonschema.Schema, text string) error {
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

// onlyDecoded are faults that a schema cannot tell.
var onlyDecoded = map[string]bool{"no such day": true}

func TestPolicySchema(t *testing.T) {
	tables := loadTables(t)
	text, err := PolicySchema(tables, All())
	s := compileSchema(t, text, err)
	files, err := filepath.Glob("../samples/*/policy.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no sample has a policy: ", err)
	}
	good := map[string]string{"numbers as codes": "name: x\nrequiredRoots: {packs: [{name: a, os: [2008, \"2012\", 2012r2], roots: [{thumbprint: \"01 23:45 67 89 AB CD EF 01 23 45 67 89 AB CD EF 01 23 45 67\"}]}]}\nrules: {x-mine: {severity: low}}\n"}
	for _, name := range ProfileNames() {
		text, _ := ProfileText(name)
		good[name] = string(text)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		good[file] = string(text)
	}
	for name, text := range good {
		if err := validate(s, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		known := append(All(), &Rule{ID: "x-mine"})
		if _, err := ParsePolicy(name, []byte(text), tables, known); err != nil {
			t.Errorf("%s: the schema takes what the decoder refuses: %v", name, err)
		}
	}
	for _, tt := range policyFaults {
		if err := validate(s, tt.text); err == nil && !onlyDecoded[tt.name] {
			t.Errorf("the schema takes %s:\n%s", tt.name, tt.text)
		}
	}
}

func TestWaiversSchema(t *testing.T) {
	text, err := WaiversSchema(All())
	s := compileSchema(t, text, err)
	for name, text := range map[string]string{
		"all":      waiver("    host: WEB01\n    store: LocalMachine\\Root\n    thumbprint: 00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 00 11 22 33\n    approvedBy: A\n    ticket: 1234\n"),
		"the list": "waivers: []\n",
	} {
		if err := validate(s, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := ParseWaivers(name, []byte(text), All()); err != nil {
			t.Errorf("%s: the schema takes what the decoder refuses: %v", name, err)
		}
	}
	for _, tt := range waiverFaults {
		if err := validate(s, tt.text); err == nil && !onlyDecoded[tt.name] {
			t.Errorf("the schema takes %s:\n%s", tt.name, tt.text)
		}
	}
}
