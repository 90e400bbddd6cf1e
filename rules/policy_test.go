package rules

import (
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/rules/data"
)

func TestPolicyIsDecodedStrictly(t *testing.T) {
	tables, err := data.Load(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"an unknown key", "name: x\nlimit: {}\n", "p.yaml:2:1:"},
		{"an unknown nested key", "name: x\nrequiredRoots:\n  packs:\n    - name: a\n      root: []\n", "p.yaml:5:7:"},
		{"a wrong type", "name: x\nlimits: {2008r2: many}\n", "p.yaml:2:"},
		{"not YAML", "name: [\n", "p.yaml:"},
		{"no name", "description: x\n", "has no name"},
		{"an unknown operating system", "name: x\nlimits: {2008r3: 1}\n", `"2008r3" is not an operating system`},
		{"a limit that is none", "name: x\nlimits: {2008r2: 0}\n", "0 bytes"},
		{"an unknown rule", "name: x\nrules: {ctl-size: {enabled: false}}\n", `there is no rule "ctl-size"`},
		{"an unknown severity", "name: x\nrules: {required-roots: {severity: grave}}\n", `"grave"`},
		{"a bad thumbprint", "name: x\nrequiredRoots: {packs: [{name: a, roots: [{thumbprint: 12}]}]}\n", "40 hex digits"},
		{"an empty pack", "name: x\nrequiredRoots: {packs: [{name: a}]}\n", "names no root"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParsePolicy("p.yaml", []byte(tt.text), tables, All())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestPolicyChangesRules(t *testing.T) {
	h := host{os: "2008r2", sources: []source{storeFile("root.sst", root("CN=A", 17000))},
		policy: "name: x\nrules: {required-roots: {severity: low}, root-store-mixed: {enabled: false}}\n"}
	for _, f := range h.judge(t).Findings {
		if f.Rule.ID == "required-roots" && f.Severity != Low {
			t.Errorf("severity %s", f.Severity)
		}
		if f.Rule.ID == "root-store-mixed" {
			t.Error("a rule that is off was run")
		}
	}
}
