package customer

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

var testDay = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// An export is one source with its records.
type export struct {
	name    string
	store   evidence.Store
	records []evidence.Record
	broken  bool
}

var machineRoot = evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot}

func cert(name string, bits int) *evidence.Occurrence {
	raw := []byte(fmt.Sprintf("%s/%d", name, bits))
	return &evidence.Occurrence{CanCarry: true, Certificate: &evidence.Certificate{Raw: raw, SHA1: sha1.Sum(raw), SHA256: sha256.Sum256(raw),
		Parse: evidence.ParsedStrict, Version: 3, Subject: name, SubjectDER: []byte(name), Issuer: name, IssuerDER: []byte(name),
		NotBefore: testDay.AddDate(-10, 0, 0), NotAfter: testDay.AddDate(0, 0, bits%100), KeyAlgorithm: "RSA", KeyBits: bits, SignatureAlgorithm: "SHA256-RSA"}}
}

func store(name string, list ...*evidence.Occurrence) export {
	f := export{name: name, store: machineRoot}
	for i, o := range list {
		o.Store = machineRoot
		o.Where = evidence.Location{Source: name, Path: fmt.Sprintf("certificate %d", i+1)}
		f.records = append(f.records, o)
	}
	return f
}

func reg(name string, records ...evidence.Record) export {
	for _, r := range records {
		switch r := r.(type) {
		case *evidence.RegistryKey:
			r.Where.Source = name
		case *evidence.RegistryValue:
			r.Where.Source = name
		}
	}
	return export{name: name, records: records}
}

const schannel = `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Control\SecurityProviders\SCHANNEL`

func key(k string) *evidence.RegistryKey { return &evidence.RegistryKey{Key: k} }

func dword(k, name string, n uint32) *evidence.RegistryValue {
	return &evidence.RegistryValue{Key: k, Name: name, Type: evidence.RegDWord, Data: binary.LittleEndian.AppendUint32(nil, n)}
}

func log(name string, ids ...uint32) export {
	f := export{name: name}
	for i, id := range ids {
		at := testDay.AddDate(0, 0, -i)
		f.records = append(f.records, &evidence.Event{Where: evidence.Location{Source: name, Line: i + 2}, Provider: "Schannel", ID: id, Alert: evidence.NoAlert, Time: at, TimeMonthFirst: at, TimeText: []byte("t"), Message: []byte("m")})
	}
	f.records = append(f.records, &evidence.EventLog{Where: evidence.Location{Source: name}, DateOrder: evidence.DateFixed, Whole: true})
	return f
}

func breaks(f export) export { f.broken = true; return f }

// judge judges a host by one rule of keys.
func judge(t *testing.T, keys, os string, files ...export) []rules.Finding {
	t.Helper()
	tables, err := data.Load(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	own, err := Parse("r.yaml", []byte(rule(keys)), rules.All())
	if err != nil {
		t.Fatal(err)
	}
	all := append(rules.All(), own.Criteria()...)
	policy, err := rules.DefaultPolicy(tables, all)
	if err != nil {
		t.Fatal(err)
	}
	c := &rules.Criteria{Rules: all, Policy: policy, Tables: tables, AsOf: testDay}
	e := evidence.NewCase("web01", c.Interests()...)
	for _, f := range files {
		e.Begin(&evidence.Source{Name: f.name, Store: f.store, Format: "test"})
		for _, r := range f.records {
			if err := e.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		if f.broken {
			e.Diagnose(evidence.Diagnostic{Code: "test-truncated", Severity: evidence.Error, Where: evidence.Location{Source: f.name}, Summary: "it breaks off"})
		}
		e.End()
	}
	e.Finish(func(n string) bool { return n == "web01" })
	var list []rules.Finding
	for _, f := range rules.Evaluate(c, e, rules.Statement{OS: os}).Findings {
		if f.Rule.ID == "x-one" {
			list = append(list, f)
		}
	}
	return list
}

func TestRulesAreJudged(t *testing.T) {
	const (
		keys   = "    for: certificate\n    when: keyAlgorithm == \"RSA\"\n    assert: keyBits >= 2048\n    message: '{subject} has {keyBits} bits until {notAfter}'\n"
		inRoot = "    for: certificate\n    store: LocalMachine\\Root\n    assert: keyBits >= 2048\n"
		off    = "    for: registry\n    key: HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\n    name: SendTrustedIssuerList\n"
		any    = "    for: registry\n    key: HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\*\\*\n    name: Enabled\n    assert: number in [0, 1]\n"
		events = "    for: event\n    assert: id != 36887 or count < 3\n"
		host   = "    for: host\n    assert: "
	)
	unnamed := func() *evidence.Occurrence {
		o := cert("CN=?", 0)
		o.Parse, o.ParseNote, o.Subject, o.SubjectDER, o.IssuerDER = evidence.ParseFailed, "it is not a certificate", "", nil, nil
		return o
	}
	poor := func() *evidence.Occurrence { o := cert("CN=P", 2048); o.CanCarry = false; return o }
	silent := func() export { return reg("s.reg", key(schannel)) }
	set := func(n uint32) export {
		return reg("s.reg", key(schannel), dword(schannel, "SendTrustedIssuerList", n))
	}
	small := func() export { return store("root.sst", cert("CN=A", 2048)) }
	for _, tt := range []struct {
		name, keys, os string
		files          []export
		want, says     string
	}{
		{"all are as wanted", keys, "", []export{store("root.sst", cert("CN=A", 2048), cert("CN=B", 4096))}, "pass", "all 2 selected of the 2 certificates"},
		{"one is not", keys, "", []export{store("root.sst", cert("CN=A", 2048), cert("CN=B", 1024))}, "fail", "CN=B has 1024 bits until 2026-01-25"},
		{"two are not", keys, "", []export{store("root.sst", cert("CN=A", 1000), cert("CN=B", 1024))}, "fail,fail", ""},
		{"one is not, in a broken file", keys, "", []export{breaks(store("root.sst", cert("CN=B", 1024)))}, "fail", ""},
		{"all are, in a broken file", keys, "", []export{breaks(store("root.sst", cert("CN=B", 2048)))}, "unknown", "was not read whole"},
		{"no certificates", keys, "", []export{silent()}, "notchecked", "no certificate store"},
		{"none is selected", "    for: certificate\n    when: keyAlgorithm == \"DSA\"\n    assert: keyBits >= 2048\n", "", []export{small()}, "notapplicable", "none of the 1 certificates"},
		{"none is selected in a broken file", "    for: certificate\n    when: keyAlgorithm == \"DSA\"\n    assert: keyBits >= 2048\n", "", []export{breaks(small())}, "unknown", "root.sst was not read whole"},
		{"one cannot be read", keys, "", []export{store("root.sst", unnamed(), cert("CN=A", 2048))}, "unknown", "1 of 2 certificates cannot be judged"},
		{"one cannot be read, and one fails", keys, "", []export{store("root.sst", unnamed(), cert("CN=A", 1))}, "fail,unknown", ""},
		{"one cannot be read, and that is asked", "    for: certificate\n    assert: parse != \"failed\"\n", "", []export{store("root.sst", unnamed())}, "fail", `a certificate without a name: parse != "failed" does not hold`},
		{"a property that the export cannot carry", "    for: certificate\n    assert: friendlyName != \"\"\n", "", []export{store("root.p7b", poor())}, "unknown", "cannot carry properties"},
		{"a property that is not there", "    for: certificate\n    assert: friendlyName != \"\"\n", "", []export{small()}, "fail", ""},
		{"of a store", inRoot, "", []export{small()}, "pass", ""},
		{"of a store that was not collected", strings.ReplaceAll(inRoot, "Root", "CA"), "", []export{small()}, "notchecked", `no export of LocalMachine\CA`},
		{"expired on the day", "    for: certificate\n    assert: not expired and daysLeft >= 24\n", "", []export{store("root.sst", cert("CN=A", 1024))}, "pass", ""},
		{"the Windows is not known", "    for: certificate\n    assert: host.since2012 or keyBits > 0\n", "", []export{small()}, "notchecked", "which Windows the host runs is not known"},
		{"the Windows is known", "    for: certificate\n    assert: host.since2012 or keyBits > 0\n", "2008r2", []export{small()}, "pass", ""},
		{"it counts", "    for: certificate\n    assert: counted == \"yes\" and not required and not inProgramme\n", "2008r2", []export{small()}, "pass", ""},
		{"it breaks", "    for: certificate\n    assert: eku[0] == \"x\"\n", "", []export{small()}, "error", "index out of range"},

		{"the value is as wanted", off + "    assert: present and number == 0\n", "", []export{set(0)}, "pass", ""},
		{"the value is not", off + "    assert: present and number == 0\n    message: '{name} is {number} ({type})'\n", "", []export{set(1)}, "fail", "SendTrustedIssuerList is 1 (REG_DWORD)"},
		{"the value is not there", off + "    assert: present and number == 0\n", "", []export{silent()}, "fail", ""},
		{"the value need not be there", off + "    assert: not present or number == 0\n", "", []export{silent()}, "pass", ""},
		{"the value is not there in a broken file", off + "    assert: present and number == 0\n", "", []export{breaks(silent())}, "unknown", "was not read whole"},
		{"the key was not collected", off + "    assert: present and number == 0\n", "", []export{reg("x.reg", key(`HKEY_LOCAL_MACHINE\SOFTWARE\X`))}, "notchecked", "was not collected"},
		{"no registry", off + "    assert: present and number == 0\n", "", []export{small()}, "notchecked", ""},
		{"a DWORD of two bytes", off + "    assert: number == 0\n", "", []export{reg("s.reg", key(schannel), &evidence.RegistryValue{Key: schannel, Name: "SendTrustedIssuerList", Type: evidence.RegDWord, Data: []byte{1, 0}})}, "unknown", "cannot be told"},
		{"values below a key", any, "", []export{reg("s.reg", key(schannel), dword(schannel+`\Protocols\TLS 1.0\Server`, "Enabled", 0), dword(schannel+`\Protocols\TLS 1.2\Server`, "Enabled", 0xffffffff), dword(schannel, "Enabled", 7))}, "fail", `TLS 1.2\Server\Enabled`},
		{"no values below a key", any, "", []export{silent()}, "notapplicable", ""},
		{"the key above was not collected", any, "", []export{reg("x.reg", key(`HKEY_LOCAL_MACHINE\SOFTWARE\X`))}, "notchecked", ""},

		{"few events", events, "", []export{log("s.csv", 36887, 36887)}, "pass", ""},
		{"many events", events, "", []export{log("s.csv", 36887, 36887, 36887, 36885)}, "fail", "Schannel 36887"},
		{"few events in a broken log", events, "", []export{breaks(log("s.csv", 36887))}, "unknown", ""},
		{"no log", events, "", []export{small()}, "notchecked", ""},
		{"the time of an event", "    for: event\n    assert: last < date(\"2025-01-01\")\n", "", []export{log("s.csv", 36887)}, "fail", ""},

		{"the list is small", host + "listBytes * 100 < limit * 90\n", "2008r2", []export{small()}, "pass", ""},
		{"the list is large", host + "listBytes < 5\n", "2008r2", []export{small()}, "fail", "the host: listBytes < 5 does not hold"},
		{"the list of a broken store", host + "listBytes < 5\n", "2008r2", []export{breaks(small())}, "unknown", "was not read whole"},
		{"the list of no store", host + "listBytes < 5\n", "2008r2", []export{silent()}, "notchecked", "no export of"},
		{"the list of an unknown Windows", host + "listBytes < 5\n", "", []export{small()}, "notchecked", "which Windows"},
		{"sent", host + "sent == \"no\"\n", "2008r2", []export{set(0)}, "pass", ""},
		{"sent, not collected", host + "sent == \"no\"\n", "2008r2", []export{small()}, "notchecked", "SCHANNEL key was not collected"},
		{"required roots", host + "requiredMissing == 0\n", "2008r2", []export{small()}, "fail", ""},
		{"required roots of a broken store", host + "requiredMissing == 0\n", "2008r2", []export{breaks(small())}, "unknown", ""},
		{"roles", "    for: host\n    when: \"'exchange' in roles\"\n    assert: sent == \"no\"\n", "2008r2", []export{silent()}, "notapplicable", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var outcomes, summaries []string
			for _, f := range judge(t, tt.keys, tt.os, tt.files...) {
				outcomes = append(outcomes, string(f.Outcome))
				summaries = append(summaries, f.Summary)
				if f.Outcome == rules.Failed && len(f.Evidence)+len(f.Searched) == 0 {
					t.Errorf("a failure without evidence: %+v", f)
				}
				if f.Outcome == rules.NotChecked && f.Collect == "" {
					t.Errorf("it is not said how to collect what is missing: %s", f.Summary)
				}
			}
			slices.Sort(outcomes)
			if got := strings.Join(outcomes, ","); got != tt.want || !strings.Contains(strings.Join(summaries, "; "), tt.says) {
				t.Errorf("%s, want %s and %q in: %q", got, tt.want, tt.says, summaries)
			}
		})
	}
}

func TestManyFailuresAreGathered(t *testing.T) {
	var list []*evidence.Occurrence
	for i := range MaxFailures + 7 {
		list = append(list, cert(fmt.Sprintf("CN=%d", i), 1024))
	}
	found := judge(t, "    for: certificate\n    assert: keyBits >= 2048\n", "", store("root.sst", list...))
	if len(found) != MaxFailures+1 {
		t.Fatalf("%d findings", len(found))
	}
	rest := found[slices.IndexFunc(found, func(f rules.Finding) bool { return f.Subject == "further certificates" })]
	if rest.Outcome != rules.Failed || len(rest.Evidence) != 7 || !strings.Contains(rest.Summary, "7 more certificates fail") {
		t.Errorf("%+v", rest)
	}
	ids := map[string]bool{}
	for _, f := range found {
		ids[f.ID] = true
	}
	if len(ids) != len(found) {
		t.Errorf("%d ids for %d findings", len(ids), len(found))
	}
}

// The rest of a Root that was only exported in part may hold what fails.
func TestAPartOfRootPassesNothing(t *testing.T) {
	o := cert("CN=A", 2048)
	f := store("authroot.sst", o)
	o.Store.Physical, f.store.Physical = evidence.PhysicalAuthRoot, evidence.PhysicalAuthRoot
	found := judge(t, "    for: certificate\n    store: LocalMachine\\Root\n    assert: keyBits >= 2048\n", "", f)
	if len(found) != 1 || found[0].Outcome != rules.Unknown || !strings.Contains(found[0].Summary, "were not collected") {
		t.Errorf("%+v", found)
	}
}

func TestExamples(t *testing.T) {
	text := rule(`    for: certificate
    when: keyAlgorithm == "RSA"
    assert: keyBits >= 2048 and not expired
    message: "{commonName} has {keyBits} bits"
    examples:
      - {name: long, given: {keyAlgorithm: RSA, keyBits: 2048, notAfter: 2026-01-01}, expect: pass}
      - {name: short, given: {keyAlgorithm: RSA, keyBits: 1024, notAfter: 2030-01-01T00:00:00Z, subject: "CN=A,O=B"}, expect: fail}
      - {name: expired, asOf: 2027-01-01, given: {keyAlgorithm: RSA, keyBits: 2048, notAfter: 2026-01-01}, expect: fail}
      - {name: stated, given: {keyAlgorithm: RSA, keyBits: 2048, expired: true}, expect: fail}
      - {name: other, given: {keyAlgorithm: ECDSA}, expect: notapplicable}
      - {name: open, given: {keyAlgorithm: RSA, keyBits: 2048}, expect: unknown}
      - {name: wrong, given: {keyAlgorithm: RSA, keyBits: 1, notAfter: 2030-01-01}, expect: pass}
  - id: x-two
    title: t
    severity: low
    for: registry
    key: HKLM\SOFTWARE\X
    name: Y
    assert: present and type == "REG_DWORD" and number == 1 and "exchange" not in host.roles
    examples:
      - {name: set, given: {number: 1}, expect: pass}
      - {name: text, given: {text: "1"}, expect: fail}
      - {name: absent, given: {present: false}, expect: fail}
      - {name: role, given: {number: 1, host: {roles: [exchange]}}, expect: fail}
  - id: x-three
    title: t
    severity: low
    for: event
    assert: id != 5 or alert == -1 and count == 1
    examples:
      - {name: one, given: {id: 5}, expect: pass}
      - {name: many, given: {id: 5, count: 2}, expect: fail}
      - {name: open, given: {provider: x}, expect: unknown}
  - id: x-four
    title: t
    severity: low
    for: host
    when: os == "2008r2"
    assert: sent == "no"
    examples:
      - {name: silent, given: {os: 2008r2, sent: "no"}, expect: pass}
      - {name: other, given: {os: "2012"}, expect: notapplicable}
`)
	f, err := Parse("r.yaml", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range f.Rules {
		for _, result := range r.Test() {
			n++
			if result.OK() != (result.Example.Name != "wrong") {
				t.Errorf("%s: %s: %s, want %s: %s", r.ID, result.Example.Name, result.Outcome, result.Example.Expect, result.Summary)
			}
			if result.Example.Name == "short" && result.Summary != "A has 1024 bits" {
				t.Errorf("the message is %q", result.Summary)
			}
		}
	}
	if n != 16 {
		t.Errorf("%d examples were tried", n)
	}
	example := func(text string) string { return rule(aRule + "    examples:\n      - " + text + "\n") }
	for _, tt := range []struct{ name, text, want string }{
		{"no name", example("{given: {keyBits: 1}, expect: pass}"), "r.yaml:8:9: examples: an example of x-one has no name"},
		{"a wrong outcome", example("{name: a, given: {keyBits: 1}, expect: ok}"), `r.yaml:8:48: expect: "ok" is none of pass, fail, notapplicable, unknown`},
		{"an unknown field", example("{name: a, given: {keybits: 1}, expect: pass}"), `r.yaml:8:27: unknown field "keybits"`},
		{"a field of another topic", example("{name: a, given: {number: 1}, expect: pass}"), `r.yaml:8:27: unknown field "number"`},
		{"a wrong type", example("{name: a, given: {keyBits: many}, expect: pass}"), `r.yaml:8:36: a whole number is wanted here`},
		{"a wrong date", example("{name: a, given: {notAfter: soon}, expect: pass}"), `r.yaml:8:37: given: notAfter: "soon" is neither a day`},
		{"a wrong day", example("{name: a, asOf: soon, given: {keyBits: 1}, expect: pass}"), `r.yaml:8:25: asOf: "soon"`},
	} {
		t.Run(tt.name, func(t *testing.T) { wantError(t, tt.text, tt.want) })
	}
}
