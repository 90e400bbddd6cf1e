package rules

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

var testDay = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

const schannelKey = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`

// host is a host built from literals: what its sources hold, by name.
type host struct {
	os      string
	roles   []string
	sources []source
	policy  string
}

type source struct {
	name    string
	store   evidence.Store
	broken  bool
	records []evidence.Record
}

var rootStore = evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot}

func certificate(subject, issuer string, size int) *evidence.Certificate {
	der := []byte(subject + strings.Repeat(".", max(0, size-len(subject))))
	iss := der
	if issuer != subject {
		iss = []byte(issuer)
	}
	raw := fmt.Appendf(nil, "%s|%s|%d", subject, issuer, size)
	return &evidence.Certificate{Raw: raw, SHA1: sha1.Sum(raw), SHA256: sha256.Sum256(raw), Subject: subject, Issuer: issuer,
		SubjectDER: der, IssuerDER: iss, NotBefore: testDay.AddDate(-5, 0, 0), NotAfter: testDay.AddDate(5, 0, 0), Parse: evidence.ParsedStrict, Serial: []byte{9}}
}

// root is a self-issued certificate in Root.
func root(subject string, size int) *evidence.Occurrence {
	return &evidence.Occurrence{Certificate: certificate(subject, subject, size), CanCarry: true, Store: rootStore}
}

// required is a stand-in for a required root: only its thumbprint is true.
func required(thumbprint string) *evidence.Occurrence {
	o := root("CN=Required "+thumbprint, 30)
	b, _ := hex.DecodeString(thumbprint)
	copy(o.SHA1[:], b)
	return o
}

// The roots that Vista to 2008 R2 need by KB 293781.
var vistaRoots = []string{"A43489159A520F0D93D032CCAF37E7FE20A8B419", "BE36A4562FB2EE05DBB3D32323ADF445084ED656", "CDD4EEAE6000AC7F40C3802C171E30148030C072"}

func storeFile(name string, list ...*evidence.Occurrence) source {
	s := source{name: name, store: rootStore}
	for i, o := range list {
		o.Where = evidence.Location{Source: name, Offset: int64(i)}
		s.store = o.Store
		s.records = append(s.records, o)
	}
	return s
}

func regFile(name string, records ...evidence.Record) source {
	for _, r := range records {
		switch r := r.(type) {
		case *evidence.RegistryKey:
			r.Where.Source = name
		case *evidence.RegistryValue:
			r.Where.Source = name
		}
	}
	return source{name: name, records: records}
}

func regKey(path string) *evidence.RegistryKey { return &evidence.RegistryKey{Key: path} }

func regDWord(path, name string, n uint32) *evidence.RegistryValue {
	return &evidence.RegistryValue{Key: path, Name: name, Type: evidence.RegDWord, Data: binary.LittleEndian.AppendUint32(nil, n)}
}

func regText(path, name, text string) *evidence.RegistryValue {
	data := []byte{}
	for _, u := range append(utf16.Encode([]rune(text)), 0) {
		data = binary.LittleEndian.AppendUint16(data, u)
	}
	return &evidence.RegistryValue{Key: path, Name: name, Type: evidence.RegSZ, Data: data}
}

// systemLog is a System log that holds noise and n truncation events.
func systemLog(n int, computer string) source {
	s := source{name: "system.csv"}
	add := func(provider string, id uint32, day int) {
		at := time.Date(2013, 2, day, 0, 0, 0, 0, time.UTC)
		s.records = append(s.records, &evidence.Event{Where: evidence.Location{Source: s.name, Line: len(s.records) + 2}, Provider: provider, ID: id, Alert: evidence.NoAlert, Computer: computer, Time: at, TimeMonthFirst: at})
	}
	add("Service Control Manager", 7036, 1)
	for i := range n {
		add("Schannel", 36885, 2+i)
	}
	add("Backup", 36885, 20)
	s.records = append(s.records, &evidence.EventLog{Where: evidence.Location{Source: s.name}, DateOrder: evidence.DateFixed, Whole: true})
	return s
}

func broken(s source) source { s.broken = true; return s }

func (h host) judge(t *testing.T, rs ...*Rule) *Judgement {
	t.Helper()
	tables, err := data.Load(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	all := append(All(), rs...)
	policy, err := Profile("full", tables, all)
	if h.policy != "" {
		policy, err = ParsePolicyOn("full", "policy.yaml", []byte(h.policy), tables, all)
	}
	if err != nil {
		t.Fatal(err)
	}
	c := &Criteria{Rules: all, Policy: policy, Tables: tables, AsOf: testDay}
	if len(rs) > 0 {
		c.Rules = rs
	}
	e := evidence.NewCase("web01", c.Interests()...)
	for _, s := range h.sources {
		e.Begin(&evidence.Source{Name: s.name, Store: s.store, Format: "test"})
		for _, r := range s.records {
			if err := e.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		if s.broken {
			e.Diagnose(evidence.Diagnostic{Code: "test-truncated", Severity: evidence.Error, Where: evidence.Location{Source: s.name}, Summary: "it breaks off"})
		}
		e.End()
	}
	e.Finish(func(n string) bool { return n == "web01" })
	return Evaluate(c, e, Statement{OS: h.os, Roles: h.roles})
}

// one returns the findings of one rule.
func (h host) findings(t *testing.T, id string) []Finding {
	t.Helper()
	var list []Finding
	for _, f := range h.judge(t).Findings {
		if f.Rule.ID == id {
			list = append(list, f)
		}
	}
	return list
}

// a case of a rule's table: the outcomes of all its findings, sorted.
type ruleCase struct {
	name string
	host host
	want string // outcomes joined by commas
	says string // part of the first summary
}

// runCases runs the cases of a rule. There must be one of each outcome that the
// rule can give: see outcomesOf.
func runCases(t *testing.T, rule *Rule, cases []ruleCase) {
	t.Helper()
	seen := map[Outcome]bool{}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			var outcomes []string
			ids := map[string]bool{}
			list := tt.host.findings(t, rule.ID)
			for _, f := range list {
				outcomes = append(outcomes, string(f.Outcome))
				seen[f.Outcome] = true
				if ids[f.ID] {
					t.Errorf("two findings have the subject %q", f.Subject)
				}
				ids[f.ID] = true
				if f.Summary == "" || f.ID == "" || f.Host != "web01" {
					t.Errorf("a finding says nothing: %+v", f)
				}
				if f.Outcome == NotChecked && f.Collect == "" {
					t.Errorf("it is not said how to collect what is missing: %s", f.Summary)
				}
				if f.Outcome == Failed && len(f.Evidence) == 0 && len(f.Searched) == 0 {
					t.Errorf("a failure without evidence: %s", f.Summary)
				}
			}
			slices.Sort(outcomes)
			if got := strings.Join(outcomes, ","); got != tt.want {
				t.Errorf("outcomes %s, want %s: %+v", got, tt.want, summaries(list))
			}
			if tt.says != "" && !strings.Contains(strings.Join(summaries(list), "; "), tt.says) {
				t.Errorf("nothing says %q: %q", tt.says, summaries(list))
			}
		})
	}
	for _, o := range outcomesOf(t, rule) {
		if !seen[o] {
			t.Errorf("no case of %s gives %s", rule.ID, o)
		}
	}
}

func summaries(list []Finding) []string {
	var s []string
	for _, f := range list {
		s = append(s, f.Summary)
	}
	return s
}

func TestEngineKeepsItsPromises(t *testing.T) {
	rule := func(id string, check func(*Pass), needs ...evidence.Kind) *Rule {
		return &Rule{ID: id, Title: "t", Doc: "d", Severity: High, Needs: needs, Collect: "collect it", Check: check}
	}
	file := storeFile("root.sst", root("CN=A", 10))
	for _, tt := range []struct {
		name string
		rule *Rule
		file source
		want Outcome
	}{
		{"what it needs is missing", rule("r", func(p *Pass) { p.Report(Finding{Outcome: Passed}) }, evidence.KindEvent), file, NotChecked},
		{"it panics", rule("r", func(p *Pass) { panic("boom") }), file, Erred},
		{"it reports nothing", rule("r", func(p *Pass) {}), file, Erred},
		{"a pass over a broken source", rule("r", func(p *Pass) { p.Report(Finding{Outcome: Passed, Searched: []string{"root.sst"}}) }), broken(file), Unknown},
		{"a pass over a whole source", rule("r", func(p *Pass) { p.Report(Finding{Outcome: Passed, Searched: []string{"root.sst"}}) }), file, Passed},
		{"an absence over a broken source", rule("r", func(p *Pass) {
			p.Report(Finding{Outcome: Failed, Absence: true, Searched: []string{"root.sst"}})
		}), broken(file), Unknown},
		{"a presence in a broken source", rule("r", func(p *Pass) {
			p.Report(Finding{Outcome: Failed, Evidence: []evidence.Location{{Source: "root.sst"}}})
		}), broken(file), Failed},
		{"a failure without evidence", rule("r", func(p *Pass) { p.Report(Finding{Outcome: Failed}) }), file, Unknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			other := rule("other", func(p *Pass) { p.Report(Finding{Outcome: Informational, Summary: "still here"}) })
			j := host{sources: []source{tt.file}}.judge(t, tt.rule, other)
			if len(j.Findings) != 2 || j.Findings[0].Outcome != tt.want || j.Findings[1].Outcome != Informational {
				t.Errorf("findings: %+v", j.Findings)
			}
			if tt.want == NotChecked && j.Findings[0].Collect != "collect it" {
				t.Errorf("not said how to collect it: %+v", j.Findings[0])
			}
		})
	}
}

func TestFindingIDsAreStable(t *testing.T) {
	a := host{os: "2008r2", sources: []source{storeFile("root.sst", root("CN=A", 10))}}.findings(t, "trusted-issuer-list-size")
	b := host{os: "2008r2", sources: []source{storeFile("other.sst", root("CN=A", 17000), root("CN=B", 50))}}.findings(t, "trusted-issuer-list-size")
	if a[0].ID != b[0].ID || a[0].Outcome == b[0].Outcome {
		t.Errorf("ids %s and %s: the id must not depend on values", a[0].ID, b[0].ID)
	}
}

// Every rule that is written is listed, described, cited and tested.
func TestEveryRuleIsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, r := range All() {
		listed[r.ID] = true
		if r.Title == "" || r.Doc == "" || len(r.References) == 0 || r.Since == "" || r.Severity.Rank() < 0 || r.Check == nil || r.Remedy == "" || r.Impact == "" || r.AppliesTo == "" {
			t.Errorf("%s lacks a part of its description", r.ID)
		}
		if strings.HasSuffix(r.Title, ".") || strings.ToLower(r.ID) != r.ID || strings.Contains(r.ID, "_") {
			t.Errorf("%s: id or title is not in the form of all others", r.ID)
		}
		file := strings.ReplaceAll(r.ID, "-", "_")
		for _, f := range []string{file + ".go", file + "_test.go"} {
			if _, err := os.Stat(f); err != nil {
				t.Errorf("%s: %v", r.ID, err)
			}
		}
	}
	entries, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	found := 0
	for _, name := range entries {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if id, ok := lit.Type.(*ast.Ident); !ok || id.Name != "Rule" {
				return true
			}
			for _, e := range lit.Elts {
				kv, ok := e.(*ast.KeyValueExpr)
				if !ok || kv.Key.(*ast.Ident).Name != "ID" {
					continue
				}
				found++
				if id := strings.Trim(kv.Value.(*ast.BasicLit).Value, `"`); !listed[id] {
					t.Errorf("%s: the rule %q is not listed in All", name, id)
				}
			}
			return true
		})
	}
	if found != len(listed) {
		t.Errorf("%d rules are written, %d listed", found, len(listed))
	}
}

func TestRulesSeeNoFileFormat(t *testing.T) {
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(p, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			path := strings.Trim(imp.Path.Value, `"`)
			if strings.Contains(path, "ctlaudit/importers") && !strings.HasSuffix(path, "/importers/evidence") {
				t.Errorf("%s imports %s", p, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
