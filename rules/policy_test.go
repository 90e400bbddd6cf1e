package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/rules/data"
)

func loadTables(t *testing.T) *data.Tables {
	t.Helper()
	tables, err := data.Load(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// policyFaults are policies that are refused, and how the error begins.
var policyFaults = []struct{ name, text, want string }{
	{"an unknown key", "name: x\nlimit: {}\n", "p.yaml:2:1: unknown field"},
	{"an unknown nested key", "name: x\nrequiredRoots:\n  packs:\n    - name: a\n      root: []\n", "p.yaml:5:7: unknown field"},
	{"a wrong type", "name: x\nlimits: {2008r2: many}\n", "p.yaml:2:18: a whole number is wanted here, and a text was found"},
	{"not YAML", "name: [\n", "p.yaml:1:7:"},
	{"no name", "# head\ndescription: x\n", "p.yaml:2:1: the policy has no name"},
	{"an empty name", "description: x\nname:\n", "p.yaml:2:1: the policy has no name"},
	{"an unknown profile", "name: x\nextends: strict\n", `p.yaml:2:10: extends: there is no profile "strict": they are kb2464556, full, uc`},
	{"an unknown operating system", "name: x\nlimits:\n  2008r3: 1\n", `p.yaml:3:3: limits: "2008r3" is not an operating system`},
	{"a limit that is none", "name: x\nlimits: {2008r2: 0}\n", `p.yaml:2:18: limits: the limit of "2008r2" is not a whole number of bytes`},
	{"half a byte", "name: x\nlimits: {2012: 16384.5}\n", `p.yaml:2:16: limits: the limit of "2012" is not a whole number of bytes`},
	{"an unknown threshold", "name: x\nthresholds: {maxRoot: 9}\n", `p.yaml:2:14: thresholds: there is no threshold "maxRoot"`},
	{"a threshold out of bounds", "name: x\nthresholds:\n  nearLimitPercent: 101\n", `p.yaml:3:21: thresholds: nearLimitPercent is not a whole number from 1 to 100`},
	{"an unknown rule", "name: x\n\nrules:\n  ctl-size: {enabled: false}\n", `p.yaml:4:3: rules: there is no rule "ctl-size"`},
	{"an unknown rule in select", "name: x\nselect:\n  - required-roots\n  - ctl-size\n", `p.yaml:4:5: select: there is no rule "ctl-size"`},
	{"a rule twice", "name: x\nselect: [required-roots, required-roots]\n", `p.yaml:2:26: select: the rule "required-roots" is there twice`},
	{"an unknown severity", "name: x\nrules: {required-roots: {severity: grave}}\n", `p.yaml:2:36: rules: required-roots: severity "grave"`},
	{"a pack without a name", "name: x\nrequiredRoots: {packs: [{citation: a}]}\n", `p.yaml:2:25: requiredRoots: a pack has no name`},
	{"a bad thumbprint", "name: x\nrequiredRoots: {packs: [{name: a, roots: [{thumbprint: 12}]}]}\n", `p.yaml:2:56: requiredRoots: pack "a": "12" is not a SHA-1`},
	{"an empty pack", "name: x\nrequiredRoots: {packs: [{name: a}]}\n", `p.yaml:2:25: requiredRoots: pack "a" names no root`},
	{"a pack's Windows", "name: x\nrequiredRoots:\n  packs:\n    - name: a\n      os: [xp, 95]\n      roots: [{thumbprint: " + strings.Repeat("A", 40) + "}]\n", `p.yaml:5:16: requiredRoots: pack "a": "95" is not an operating system`},
	{"a pack's role", "name: x\nrequiredRoots:\n  packs:\n    - name: a\n      roles: [printer]\n      roots: [{thumbprint: " + strings.Repeat("A", 40) + "}]\n", `p.yaml:5:15: requiredRoots: pack "a": role "printer"`},
	{"a pack's date", "name: x\nrequiredRoots:\n  packs:\n    - name: a\n      effectiveFrom: soon\n      roots: [{thumbprint: " + strings.Repeat("A", 40) + "}]\n", `p.yaml:5:22: requiredRoots: pack "a": "soon" is no day`},
}

func TestPolicyIsDecodedStrictly(t *testing.T) {
	tables := loadTables(t)
	for _, tt := range policyFaults {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParsePolicy("p.yaml", []byte(tt.text), tables, All())
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q", err, tt.want)
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

func TestPolicyExtendsAProfile(t *testing.T) {
	tables := loadTables(t)
	parse := func(profile, text string) (*Policy, error) {
		return ParsePolicyOn(profile, "p.yaml", []byte(text), tables, All())
	}
	for _, tt := range []struct{ flag, extends, want string }{
		{"", "", "kb2464556"}, {"", "full", "full"}, {"uc", "", "uc"}, {"uc", "uc", "uc"},
	} {
		text := "name: mine\nlimits: {2012: 9000}\nthresholds: {maxRoots: 7}\n"
		if tt.extends != "" {
			text += "extends: " + tt.extends + "\n"
		}
		p, err := parse(tt.flag, text)
		if err != nil {
			t.Fatal(err)
		}
		base, err := Profile(tt.want, tables, All())
		if err != nil {
			t.Fatal(err)
		}
		if p.Profile != tt.want || !slices.Equal(p.Select, base.Select) || p.Name != "mine" || p.limit("2012") != 9000 || p.Threshold(MaxRoots) != 7 ||
			p.Threshold(NearLimitPercent) != 90 || !p.builtin() {
			t.Errorf("--profile %q, extends %q: %+v", tt.flag, tt.extends, p)
		}
	}
	if _, err := parse("uc", "name: x\nextends: full\n"); err == nil || err.Error() != `p.yaml:2:10: extends: the policy extends "full", and the profile "uc" was asked for` {
		t.Errorf("error = %v", err)
	}
	p, err := parse("", "name: x\nselect: [required-roots]\nrules: {root-store-mixed: {enabled: true}, required-roots: {enabled: false}}\nrequiredRoots: {builtin: false}\n")
	if err != nil {
		t.Fatal(err)
	}
	on := func(r *Rule) bool { return p.Enabled(r) }
	if on(RequiredRoots) || !on(RootStoreMixed) || on(TrustedIssuerListSize) || !on(&Rule{ID: "x-own", Origin: "own.yaml"}) || p.builtin() {
		t.Errorf("%+v", p)
	}
}

func TestProfiles(t *testing.T) {
	tables := loadTables(t)
	if names := ProfileNames(); !slices.Equal(names, []string{"kb2464556", "full", "uc"}) {
		t.Errorf("profiles: %v", names)
	}
	for _, name := range ProfileNames() {
		p, err := Profile(name, tables, All())
		if err != nil {
			t.Fatal(err)
		}
		if p.Name != name || p.Description == "" || p.Extends != "" || p.Profile != name || p.SHA256 == [32]byte{} {
			t.Errorf("%+v", p)
		}
		if text, ok := ProfileText(name); !ok || !strings.Contains(string(text), "name: "+name+"\n") {
			t.Errorf("the text of %s is not there", name)
		}
	}
	if _, err := Profile("strict", tables, All()); err == nil {
		t.Error("there is no profile strict")
	}
	if _, ok := ProfileText("../policy"); ok {
		t.Error("a path is not a profile")
	}
}

// onlyFull are the rules that are in no profile but full, on purpose: they say
// much that is worth knowing and that neither KB 2464556 nor the UC team asks.
var onlyFull = []string{"private-key-in-root", "weak-key", "short-key", "weak-signature", "root-same-name-other-key",
	"root-not-yet-valid", "blob-mismatch", "programme-status", "nps-reason"}

// What the default profile has, the profile for these products has too.
func TestUCHasEveryRuleOfTheDefault(t *testing.T) {
	tables := loadTables(t)
	base, err := DefaultPolicy(tables, All())
	if err != nil {
		t.Fatal(err)
	}
	uc, err := Profile("uc", tables, All())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range All() {
		if base.Enabled(r) && !uc.Enabled(r) {
			t.Errorf("%s is in %s and not in uc", r.ID, base.Name)
		}
	}
}

// Every rule is in a profile because somebody put it there.
func TestEveryRuleIsInAProfile(t *testing.T) {
	tables := loadTables(t)
	in := map[string][]string{}
	for _, name := range ProfileNames() {
		p, err := Profile(name, tables, All())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range All() {
			if p.Enabled(r) {
				in[r.ID] = append(in[r.ID], name)
			} else if name == "full" {
				t.Errorf("%s is not in full", r.ID)
			}
		}
	}
	for _, r := range All() {
		if only := slices.Contains(onlyFull, r.ID); only != (len(in[r.ID]) == 1) {
			t.Errorf("%s is in %v: put it into kb2464556.yaml or uc.yaml, or into onlyFull", r.ID, in[r.ID])
		}
	}
	for _, id := range onlyFull {
		if in[id] == nil {
			t.Errorf("there is no rule %q", id)
		}
	}
}

func TestThresholds(t *testing.T) {
	seen := map[Threshold]bool{}
	for _, s := range Thresholds() {
		if seen[s.Name] || s.Doc == "" || s.Default < s.Min || s.Default > s.Max {
			t.Errorf("%+v", s)
		}
		seen[s.Name] = true
		if got := (&Policy{}).Threshold(s.Name); got != s.Default {
			t.Errorf("%s is %d by default, want %d", s.Name, got, s.Default)
		}
		if got := (&Policy{Thresholds: map[string]int{string(s.Name): s.Min}}).Threshold(s.Name); got != s.Min {
			t.Errorf("%s is %d, want %d of the policy", s.Name, got, s.Min)
		}
	}
}

// A threshold that no rule reads is a promise that nothing keeps.
func TestEveryThresholdIsRead(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, name := range sources {
		if name == "thresholds.go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(b)
	}
	for _, s := range Thresholds() {
		constant := strings.ToUpper(string(s.Name[:1])) + string(s.Name[1:])
		if !strings.Contains(text.String(), "Threshold("+constant+")") && !strings.Contains(text.String(), `Threshold("`+string(s.Name)+`")`) {
			t.Errorf("no rule reads %s", s.Name)
		}
	}
}

func TestPolicyPacksHold(t *testing.T) {
	thumb := strings.Repeat("AB", 20)
	pack := func(more string) string {
		return "name: x\nrequiredRoots:\n  builtin: false\n  packs:\n    - name: Contoso\n      citation: PKI policy 4.2\n      roots: [{thumbprint: \"" + thumb[:2] + ":" + thumb[2:] + "\", name: Contoso Root}]\n" + more
	}
	for _, tt := range []struct {
		name, more string
		roles      []string
		want       Outcome
	}{
		{"always", "", nil, Failed},
		{"on this Windows", "      os: [2008r2]\n", nil, Failed},
		{"on another", "      os: [2012]\n", nil, NotApplicable},
		{"for this role", "      roles: [exchange]\n", []string{"exchange"}, Failed},
		{"for another", "      roles: [exchange]\n", []string{"iis"}, NotApplicable},
		{"already", "      effectiveFrom: " + testDay.Format(time.DateOnly) + "\n", nil, Failed},
		{"not yet", "      effectiveFrom: " + testDay.AddDate(0, 0, 1).Format(time.DateOnly) + "\n", nil, NotApplicable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := host{os: "2008r2", roles: tt.roles, sources: []source{storeFile("root.sst", root("CN=A", 10))}, policy: pack(tt.more)}
			list := h.findings(t, "required-roots")
			if len(list) != 1 || list[0].Outcome != tt.want {
				t.Errorf("%+v", summaries(list))
			}
		})
	}
}
