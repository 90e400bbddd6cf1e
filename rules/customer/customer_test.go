package customer

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/yamlfile"
)

// rule writes a file with one rule that has these keys beside the usual ones.
func rule(keys string) string {
	return "rules:\n  - id: x-one\n    title: it is so\n    severity: low\n" + keys
}

const aRule = "    for: certificate\n    assert: keyBits >= 2048\n"

// fileFaults are files that are refused, and how the error begins.
var fileFaults = []struct{ name, text, want string }{
	{"an unknown key", rule(aRule + "    asert: true\n"), `r.yaml:7:5: unknown field "asert"`},
	{"no rules", "rules:\n", `r.yaml:1:1: there is no list of rules`},
	{"no id", "rules:\n  - title: t\n", `r.yaml:2:5: the rule has no id`},
	{"an id without prefix", "rules:\n  - id: short-keys\n", `r.yaml:2:9: id: "short-keys" is not x- followed by words`},
	{"an id with capitals", "rules:\n  - id: x-Short\n", `r.yaml:2:9: id: "x-Short"`},
	{"an id twice", rule(aRule) + "  - id: x-one\n", `r.yaml:7:9: id: there is a rule "x-one" already`},
	{"no title", "rules:\n  - id: x-one\n", `r.yaml:2:5: the rule x-one has no title`},
	{"no severity", "rules:\n  - id: x-one\n    title: t\n", `r.yaml:2:5: the rule x-one has no severity`},
	{"a wrong severity", "rules:\n  - id: x-one\n    title: t\n    severity: grave\n", `r.yaml:4:15: severity: "grave"`},
	{"no topic", rule("    assert: true\n"), `r.yaml:2:5: the rule x-one does not say what it is for`},
	{"a wrong topic", rule("    for: store\n    assert: true\n"), `r.yaml:5:10: for: "store" is none of`},
	{"no assertion", rule("    for: host\n"), `r.yaml:2:5: the rule x-one asserts nothing`},
	{"a source without a name", rule(aRule + "    references: [{url: u}]\n"), `r.yaml:7:18: references: a source has no name`},
	{"a store for a host", rule("    for: host\n    assert: true\n    store: LocalMachine\\Root\n"), `r.yaml:7:12: store: only a rule for certificates`},
	{"a store without location", rule(aRule + "    store: Root\n"), `r.yaml:7:12: store: "Root" names no store`},
	{"a key for certificates", rule(aRule + "    key: HKLM\\X\n"), `r.yaml:7:10: key: only a rule for the registry`},
	{"a name for certificates", rule(aRule + "    name: X\n"), `r.yaml:7:11: name: only a rule for the registry`},
	{"the registry without a key", rule("    for: registry\n    assert: present\n"), `r.yaml:2:5: the rule x-one is for the registry and has no key`},
	{"a key without a root", rule("    for: registry\n    key: SYSTEM\\X\n    assert: present\n"), `r.yaml:6:10: key: "SYSTEM\\X" does not begin with a root`},
}

func TestFilesAreReadStrictly(t *testing.T) {
	for _, tt := range fileFaults {
		t.Run(tt.name, func(t *testing.T) { wantError(t, tt.text, tt.want) })
	}
}

func wantError(t *testing.T, text, want string) {
	t.Helper()
	f, err := Parse("r.yaml", []byte(text), rules.All())
	var placed *yamlfile.Error
	if !errors.As(err, &placed) || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v: error = %v, want %q", f, err, want)
	}
}

func TestExpressionsAreTypedWhenTheyAreLoaded(t *testing.T) {
	cert := func(key, text string) string {
		if key == "assert" {
			return rule("    for: certificate\n    assert: " + text + "\n")
		}
		return rule("    for: certificate\n    assert: true\n    " + key + ": " + text + "\n")
	}
	for _, tt := range []struct{ name, text, want string }{
		{"an unknown field", cert("assert", "keyBits >= 2048 and keyBit < 9"), `r.yaml:6:33: assert: unknown name keyBit`},
		{"an unknown field in when", cert("when", "strore == 'x'"), `r.yaml:7:11: when: unknown name strore`},
		{"an unknown field of the host", cert("assert", "host.osx == '2008'"), `r.yaml:6:18: assert: type customer.hostFields has no field osx`},
		{"unlike things", cert("assert", `keyBits > "2048"`), `r.yaml:6:21: assert: invalid operation: > (mismatched types int and string)`},
		{"not true or false", cert("assert", "keyBits + 1"), `r.yaml:6:13: assert: the expression is not true or false, but a number`},
		{"a text", cert("when", "subject"), `r.yaml:7:11: when: the expression is not true or false, but a text`},
		{"no expression", cert("assert", "keyBits >="), `r.yaml:6:`},
		{"in a block", rule("    for: certificate\n    assert: |\n      keyBits >= 2048 and\n      keyBit < 9\n"), `r.yaml:8:7: assert: unknown name keyBit`},
		{"in quotes", cert("assert", `"keyBits >= 2048 and keyBit < 9"`), `r.yaml:6:34: assert: unknown name keyBit`},
		{"with escapes", cert("assert", `"subject == \"a\" and keyBit < 9"`), `r.yaml:6:14: assert: unknown name keyBit (near "keyBit < 9")`},
		{"folded", rule("    for: certificate\n    assert: >\n      keyBits >= 2048 and\n      keyBit < 9\n"), `r.yaml:7:7: assert: unknown name keyBit (near "keyBit < 9`},
		{"the clock", cert("assert", "now() > notAfter"), `r.yaml:6:13: assert: unknown name now`},
		{"the machine's zone", cert("assert", "notAfter.Local().Hour() == 1"), `assert: a time may be asked for`},
		{"another zone", cert("assert", `notAfter.In(timezone("Europe/Berlin")).Hour() == 1`), `assert: `},
		{"the untyped environment", cert("assert", `$env["keyBits"] == 1`), `assert: $env has no types`},
		{"a dynamic field", cert("assert", `get(host, "os") == "x"`), `assert: unknown name get`},
		{"a range", cert("assert", "'all(1..1000000, # > 0)'"), `assert: ranges are not read here`},
		{"a loop in a loop", cert("assert", "'all(eku, any(eku, # == issuer))'"), `assert: a condition on each element does not stand in another one`},
		{"a wrong pattern", cert("assert", `subject matches "("`), `assert: `},
		{"too long", cert("assert", strings.Repeat("true and ", 1000)+"true"), `assert: the expression is longer`},
		{"too large", cert("assert", "true"+strings.Repeat(" or true", 800)), `assert: `},
		{"an unknown field in a message", cert("message", "'{subject} has {keyBit} bits'"), `r.yaml:7:30: message: unknown name keyBit`},
		{"a message that prints a host", cert("message", "'{host}'"), `message: the value is `},
		{"an open brace", cert("message", "'has {keyBits bits'"), `r.yaml:7:19: message: the brace is not closed`},
		{"a closed brace", cert("message", "'has keyBits} bits'"), `r.yaml:7:26: message: a brace is closed`},
		{"a registry field in a certificate", cert("assert", "number == 1"), `unknown name number`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Parse("r.yaml", []byte(tt.text), nil)
			if err == nil || !strings.HasPrefix(err.Error(), "r.yaml:") || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v: error = %v, want %q", f, err, tt.want)
			}
		})
	}
}

func TestExpressionsMayUse(t *testing.T) {
	for topic, list := range map[Topic][]string{
		Certificates: {
			`subject contains "CN=" and not expired`, `all(eku, # startsWith "1.3")`, `len(filter(dnsNames, # endsWith ".local")) == 0`, `store in ["LocalMachine\\Root", "LocalMachine\\CA"]`,
			`notAfter > date("2027-01-01")`, `notAfter.After(asOf)`, `notAfter - notBefore < duration("87600h")`, `"exchange" in host.roles`, `keyAlgorithm != "RSA" or keyBits >= (host.since2012 ? 2048 : 1024)`,
			`lower(subject) matches "o=contoso( ltd)?"`, `let n = len(subject); n > 0 and n < 100`, `notAfter.Year() >= 2026`,
		},
		Hosts:          {`listBytes * 100 < limit * 90`, `verdict in ["under", "likely-under"]`, `requiredMissing == 0 or sent == "no"`},
		RegistryValues: {`not present or number == 0`, `type == "REG_DWORD" and number in [0, 1]`, `none(strings, # == "")`},
		Events:         {`id != 36885 or count == 0`, `last < asOf`, `alert not in [47, 48]`},
	} {
		for _, text := range list {
			if _, typ, err := compile(topic, text); err != nil || typ.String() != "bool" {
				t.Errorf("%s: %s: %v %v", topic, text, typ, err)
			}
		}
	}
}

// What an expression names is what decides whether it can be judged.
func TestFieldsOfExpressions(t *testing.T) {
	e, _, err := compile(Certificates, `not expired and any(eku, # == "x") and host.os == "2012" and notAfter.Year() > 2000`)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"eku", "expired", "host", "host.os", "notAfter"}; !slices.Equal(e.fields, want) {
		t.Errorf("fields %v, want %v", e.fields, want)
	}
}

// A rule without end would hang a run: loops are bounded by what a certificate
// holds, and memory by a budget.
func TestExpressionsAreBounded(t *testing.T) {
	e, _, err := compile(Certificates, `len(map(eku, # + #)) > 0`)
	if err != nil {
		t.Fatal(err)
	}
	many := make([]string, 2*MaxMemory)
	if _, err := e.holds(certificateFields{EKU: many}); err == nil || !strings.Contains(err.Error(), "memory budget") {
		t.Errorf("error = %v", err)
	}
	if held, err := e.holds(certificateFields{EKU: many[:10]}); err != nil || !held {
		t.Errorf("%v, %v", held, err)
	}
}

func TestMetadata(t *testing.T) {
	f, err := Parse("own.yaml", []byte(`rules:
  - id: x-full
    title: keys are long
    doc: |
      Short keys can be broken.
    severity: high
    since: "2026-11"
    references: [{name: PKI policy 4.2, title: Keys, url: "https://pki.example/4.2"}]
    impact: anybody can be anybody
    appliesTo: all
    collect: look
    remedy: replace it
    for: certificate
    store: LocalMachine\Root
    assert: keyBits >= 2048
  - id: x-short
    title: the list is off
    severity: info
    for: registry
    key: HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\
    name: SendTrustedIssuerList
    assert: present and number == 0
`), rules.All())
	if err != nil {
		t.Fatal(err)
	}
	list := f.Criteria()
	a, b := list[0], list[1]
	if a.ID != "x-full" || a.Title != "keys are long" || a.Doc != "Short keys can be broken." || a.Severity != rules.High || a.Since != "2026-11" || a.References[0].URL != "https://pki.example/4.2" ||
		a.Impact == "" || a.AppliesTo != "all" || a.Collect != "look" || a.Remedy != "replace it" || a.Origin != "own.yaml" || a.Check == nil || len(a.Needs) != 1 {
		t.Errorf("%+v", a)
	}
	if b.Doc == "" || b.Since != "own.yaml" || b.Collect != `reg export "HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL" registry.reg` ||
		!slices.Equal(b.Wants.Keys, []string{`HKEY_LOCAL_MACHINE\SYSTEM\*\Control\SecurityProviders\SCHANNEL`}) {
		t.Errorf("%+v", b)
	}
	if len(f.Digest()) != 64 {
		t.Errorf("digest %q", f.Digest())
	}
}

// No rule of the program may ever have the id of a customer's.
func TestPrefixIsFree(t *testing.T) {
	for _, r := range rules.All() {
		if strings.HasPrefix(r.ID, IDPrefix) {
			t.Errorf("%s begins with %s", r.ID, IDPrefix)
		}
	}
}

func TestFieldsAreDocumented(t *testing.T) {
	for _, topic := range Topics() {
		fields := Fields(topic)
		if len(fields) < 8 {
			t.Errorf("%s has %d fields", topic, len(fields))
		}
		seen := map[string]bool{}
		for _, f := range fields {
			if f.Name == "" || f.Type == "" || f.Doc == "" || seen[f.Name] || strings.HasSuffix(f.Doc, ".") {
				t.Errorf("%s: %+v", topic, f)
			}
			seen[f.Name] = true
			if _, _, err := compile(topic, f.Name); err != nil {
				t.Errorf("%s: %s cannot be named: %v", topic, f.Name, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(rule(aRule))
	f.Add(rule("    for: registry\n    key: HKLM\\X\n    assert: number == 0\n    message: '{name} is {number}'\n    examples: [{name: a, given: {number: 0}, expect: pass}]\n"))
	f.Add(rule("    for: certificate\n    assert: |\n      all(eku, # != 'x')\n"))
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Parse("r.yaml", []byte(text), nil)
		if err != nil {
			var placed *yamlfile.Error
			if !errors.As(err, &placed) {
				t.Errorf("error without a place: %v", err)
			}
			return
		}
		for _, r := range file.Rules {
			for _, result := range r.Test() {
				if result.Outcome == "" || result.Summary == "" {
					t.Errorf("an example without a result: %+v", result)
				}
			}
		}
	})
}
