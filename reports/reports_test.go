package reports_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
	"github.com/ctlaudit/ctlaudit/rules"
)

func criteria(t testing.TB) *rules.Criteria {
	t.Helper()
	c, err := example.Criteria()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func documents(t testing.TB) map[string]*reports.Document {
	c := criteria(t)
	waived, err := example.Waived(c)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*reports.Document{
		"waived": reports.New(waived),
		"estate": reports.New(example.Estate(c)), "hostile": reports.New(example.Hostile(c)),
		"empty": reports.New(example.Empty(c)), "many": reports.New(example.Many(c, 5, 7)),
	}
}

func allSheets(d *reports.Document) []*reports.Sheet {
	return append([]*reports.Sheet{d.Counts, d.Overview, d.Contents}, d.Sheets...)
}

// TestSheets checks what writers rely on, for every sheet.
func TestSheets(t *testing.T) {
	for name, d := range documents(t) {
		names := map[string]bool{}
		for _, s := range allSheets(d) {
			at := name + ", sheet " + s.Name
			if names[s.Name] || s.Name == "" || len(s.Name) > 25 || strings.ContainsAny(s.Name, `[]:*?/\'`) {
				t.Errorf("%s: the name is taken, too long or not one that a spreadsheet takes", at)
			}
			names[s.Name] = true
			keys, headings := map[string]bool{}, map[string]bool{}
			for _, c := range s.Columns {
				if keys[c.Key] || headings[strings.ToLower(c.Name)] || c.Key == "" || c.Name == "" || c.Width < 5 {
					t.Errorf("%s: column %+v is not unique or not described", at, c)
				}
				keys[c.Key], headings[strings.ToLower(c.Name)] = true, true
			}
			n := 0
			for row := range s.Rows {
				n++
				if len(row) != len(s.Columns) {
					t.Fatalf("%s: row %d has %d cells for %d columns", at, n, len(row), len(s.Columns))
				}
				for i, c := range row {
					checkCell(t, fmt.Sprintf("%s, row %d, %s", at, n, s.Columns[i].Key), s.Columns[i], c)
				}
			}
			if n != s.Len {
				t.Errorf("%s: %d rows, and Len says %d", at, n, s.Len)
			}
			if n == 0 && s.Empty == "" {
				t.Errorf("%s: has no row and does not say why", at)
			}
		}
	}
}

func checkCell(t *testing.T, at string, col reports.Column, c reports.Cell) {
	t.Helper()
	checkClean(t, at, c.Text)
	switch {
	case (c.Kind == reports.TextCell) != (c.Text != ""):
		t.Errorf("%s: kind %d with text %q", at, c.Kind, c.Text)
	case c.Kind == reports.TimeCell && (col.Kind != reports.Date || c.Time.IsZero()):
		t.Errorf("%s: a time in a column of kind %d, or none: %v", at, col.Kind, c.Time)
	case c.Kind == reports.IntegerCell && col.Kind != reports.Integer && col.Kind != reports.Identifier:
		t.Errorf("%s: a number in a column of kind %d", at, col.Kind)
	case c.Style != reports.Plain && c.Kind == reports.Blank:
		t.Errorf("%s: a colour without a word", at)
	}
}

func checkClean(t *testing.T, at, s string) {
	t.Helper()
	if reports.Clean(s) != s || !utf8.ValidString(s) {
		t.Errorf("%s: not cleaned: %.80q", at, s)
	}
}

// TestTextIsClean checks the texts that stand outside the sheets.
func TestTextIsClean(t *testing.T) {
	for name, d := range documents(t) {
		for _, l := range d.Head {
			checkClean(t, name+", head", l.Label+l.Text)
		}
		for _, s := range d.Incomplete {
			checkClean(t, name+", incomplete", s)
		}
		for _, s := range d.Screens {
			checkClean(t, name+", host", s.Host)
			for _, l := range append([]reports.Line{s.Result}, s.Lines...) {
				checkClean(t, name+", screen", l.Label+l.Text)
			}
			for _, step := range append(slices.Clone(s.Next), s.Collect...) {
				checkClean(t, name+", step", step.Text+step.Rule)
			}
		}
	}
}

func TestScreen(t *testing.T) {
	d := documents(t)["estate"]
	var web01 *reports.Screen
	var hosts []string
	for _, s := range d.Screens {
		hosts = append(hosts, s.Host)
		if s.Host == "web01" {
			web01 = s
		}
	}
	if want := []string{"edge02", "lync03", "web01"}; !slices.Equal(hosts, want) {
		t.Fatalf("hosts %v, want them sorted: %v", hosts, want)
	}
	text := map[string]string{}
	for _, l := range web01.Lines {
		text[l.Label] += l.Text + "\n"
	}
	for label, want := range map[string]string{
		"Windows": "Windows Server 2008 R2", "List sent": "yes: ", "Fed by": `LocalMachine\Root`, "Collected": "whole, from web01/root.sst",
		"Verdict": "over, ", "Beyond it": "simulated", "Event 36885": "40 times", "CA-issued": "Issuing CA 1", "Required": "missing",
		"Not read": "nothing", "Limit": "16,384 bytes (documented", "Size": "bytes expected",
	} {
		if !strings.Contains(text[label], want) {
			t.Errorf("line %q says %q, want it to say %q", label, text[label], want)
		}
	}
	for _, l := range web01.Lines {
		if (l.Label == "Size") != (l.Gauge != nil) {
			t.Errorf("line %q has gauge %v", l.Label, l.Gauge)
		}
	}
	if len(web01.Next) == 0 || web01.Next[0].Severity != "high" {
		t.Errorf("next steps %v: want a remedy of high severity first", web01.Next)
	}
	if want := []string{"edge02/export.p7b"}; !slices.Equal(d.Incomplete, want) {
		t.Errorf("incomplete sources %v, want %v", d.Incomplete, want)
	}
}

// TestStepsAreBounded gives a host more remedies than a screen shows.
func TestStepsAreBounded(t *testing.T) {
	in := example.Estate(criteria(t))
	for i := range 9 {
		in.Judgements[0].Findings = append(in.Judgements[0].Findings, rules.Finding{Rule: rules.RequiredRoots, Severity: rules.Low,
			Outcome: rules.Failed, Remedy: fmt.Sprint("remedy ", i%8), Host: "web01"})
	}
	in.Judgements[0].Findings = append(in.Judgements[0].Findings, rules.Finding{Rule: rules.RequiredRoots, Severity: rules.Critical,
		Outcome: rules.Failed, Remedy: "this first", Host: "web01"})
	s := reports.New(in).Screens[2]
	if s.Host != "web01" || len(s.Next) != reports.MaxSteps || s.Next[0].Text != "this first" {
		t.Fatalf("host %s, steps %v", s.Host, s.Next)
	}
	all := map[string]bool{}
	for _, f := range in.Judgements[0].Findings {
		if f.Outcome == rules.Failed && f.Remedy != "" {
			all[f.Remedy] = true
		}
	}
	if got := len(s.Next) + s.NextMore; got != len(all) {
		t.Errorf("%d remedies shown and counted, want %d", got, len(all))
	}
}

// TestContract checks the JSON contract against the judgements.
func TestContract(t *testing.T) {
	in := example.Estate(criteria(t))
	r := reports.New(in).Report
	occurrences, findings := 0, 0
	for _, j := range in.Judgements {
		occurrences += len(j.Case.Occurrences)
		findings += len(j.Findings)
	}
	certs := slices.Collect(seq(r.Certificates))
	if len(certs) != occurrences || len(slices.Collect(seq(r.Findings))) != findings || r.Summary.Findings != findings {
		t.Errorf("%d certificates and %d findings, want %d and %d", len(certs), r.Summary.Findings, occurrences, findings)
	}
	failed, lenient := 0, 0
	for _, c := range certs {
		switch c.Parse {
		case "failed":
			failed++
			if c.SubjectBytes != nil || !c.NotAfter.IsZero() {
				t.Errorf("an unreadable certificate has %v bytes and ends %v", c.SubjectBytes, c.NotAfter)
			}
		case "lenient":
			lenient++
			if c.Serial != "ee2b3deb" || c.ParseNote == "" {
				t.Errorf("serial %q and note %q of the lenient certificate", c.Serial, c.ParseNote)
			}
		default:
			if c.SubjectBytes == nil || *c.SubjectBytes == 0 || !strings.HasPrefix(c.Serial, "0090") {
				t.Errorf("certificate %+v: want bytes, and leading zeros in the serial number", c)
			}
		}
	}
	if failed != 1 || lenient != 1 {
		t.Errorf("%d failed and %d lenient, want one each", failed, lenient)
	}
	var names []string
	for s := range r.Sources {
		names = append(names, s.Name)
	}
	if !slices.IsSorted(names) || len(names) != 8 {
		t.Errorf("sources %v: want eight, sorted", names)
	}
}

func seq[T any](s reports.Seq[T]) func(func(T) bool) { return s }

func TestEntries(t *testing.T) {
	for l := range reports.New(example.Estate(criteria(t))).Report.IssuerLists {
		last, shared := 0, 0
		for _, e := range l.Entries {
			listed := (e.Counted == "yes" || e.Counted == "assumed-yes") && e.Bytes > 0
			if listed != (e.EndsAt.File != nil) || listed != (e.EndsAt.Thumbprint != nil) {
				t.Fatalf("%s: entry %+v: a place if and only if it is listed", l.Host, e)
			}
			if !listed {
				continue
			}
			switch end := *e.EndsAt.File; {
			case end <= last:
				shared++ // its name stands further up
			default:
				last = end
			}
			if e.Cut.File != (*e.EndsAt.File > l.Limit.Bytes) || e.Cut.Thumbprint != (*e.EndsAt.Thumbprint > l.Limit.Bytes) {
				t.Errorf("%s: entry %+v is cut at %d bytes?", l.Host, e, l.Limit.Bytes)
			}
		}
		if last != l.Bytes.Expected {
			t.Errorf("%s: the simulated list ends at %d, expected are %d bytes", l.Host, last, l.Bytes.Expected)
		}
		if want := map[string]int{"web01": 1}[l.Host]; shared != want {
			t.Errorf("%s: %d entries share a name, want %d", l.Host, shared, want)
		}
		if l.Headroom != l.Limit.Bytes-l.Bytes.Expected {
			t.Errorf("%s: headroom %d", l.Host, l.Headroom)
		}
	}
}

func TestRegistryAndEvents(t *testing.T) {
	r := reports.New(example.Estate(criteria(t))).Report
	data := map[string]any{}
	last := ""
	for v := range r.Registry {
		data[v.Name] = v.Data
		at := v.Host + " " + strings.ToLower(v.Key+`\`+v.Name)
		if at < last {
			t.Errorf("%q stands after %q", at, last)
		}
		last = at
	}
	want := map[string]any{"EventLogging": "3", "": "the default", "ProductName": "Windows Server 2008 R2 Enterprise", "CurrentVersion": "6.1",
		"BuildLabNames": []string{"one", "two"}, "DigitalProductId": "A400000003", "InstallTime": "130000000000000000"}
	if !reflect.DeepEqual(data, want) {
		t.Errorf("registry data %v\nwant %v", data, want)
	}
	for e := range r.Events {
		switch {
		case e.Host == "edge02":
			if !e.First.IsZero() || e.FirstText != "03/04/2026 10:11:12" || e.Own || e.Alert == nil || *e.Alert != 40 {
				t.Errorf("undecided event %+v", e)
			}
		case e.ID == 36885:
			if e.Count != 40 || e.Alert != nil || e.FirstText != "" || !e.Own || len(e.Samples) == 0 {
				t.Errorf("event %+v", e)
			}
		}
	}
}

// TestListsAreNeverNull looks for null where the contract has a list.
func TestListsAreNeverNull(t *testing.T) {
	for name, d := range documents(t) {
		b, err := json.Marshal(d.Report)
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		null := map[string]bool{"subjectBytes": true, "modified": true, "notBefore": true, "notAfter": true, "first": true, "last": true, "time": true, "alert": true, "waiver": true, "file": true, "thumbprint": true, "waivers": name != "waived"}
		var walk func(path, key string, v any)
		walk = func(path, key string, v any) {
			switch v := v.(type) {
			case nil:
				if !null[key] {
					t.Errorf("%s: %s is null", name, path)
				}
			case map[string]any:
				for k, e := range v {
					walk(path+"."+k, k, e)
				}
			case []any:
				for _, e := range v {
					walk(path+"[]", key, e)
				}
			}
		}
		walk("", "", v)
	}
}

// TestSortedByHost gives judgements in another order.
func TestSortedByHost(t *testing.T) {
	c := criteria(t)
	one, two := reports.New(example.Estate(c)), example.Estate(c)
	slices.Reverse(two.Judgements)
	other := reports.New(two)
	for i, s := range one.Sheets {
		if !reflect.DeepEqual(rowsOf(s), rowsOf(other.Sheets[i])) {
			t.Errorf("sheet %s depends on the order of the judgements", s.Name)
		}
	}
}

func rowsOf(s *reports.Sheet) [][]reports.Cell {
	var rows [][]reports.Cell
	for r := range s.Rows {
		rows = append(rows, slices.Clone(r))
	}
	return rows
}

// TestPolicyOnSheets shows a policy that leaves a rule out and changes another.
func TestPolicyOnSheets(t *testing.T) {
	c := criteria(t)
	off := false
	c.Policy.Rules = map[string]rules.RulePolicy{"required-roots": {Enabled: &off}, "root-store-mixed": {Severity: rules.Critical}}
	d := reports.New(example.Estate(c))
	got := map[string]string{}
	s := d.Sheet("Rules")
	for r := range s.Rows {
		got[r[s.Column("rule")].Text] = r[s.Column("severity")].Text + " " + r[s.Column("enabled")].Text
	}
	if got["required-roots"] != "high no" || got["root-store-mixed"] != "critical yes" {
		t.Errorf("rules %v", got)
	}
	for _, l := range d.Screens[0].Lines {
		if l.Label == "Required" && !strings.Contains(l.Text, "the policy leaves required-roots out") {
			t.Errorf("the screen says %q of a rule that is off", l.Text)
		}
	}
}

func TestUnreadableRegistryData(t *testing.T) {
	k := evidence.NewCase("h")
	k.Begin(&evidence.Source{Name: "h.reg", Format: "regfile"})
	for name, v := range map[string]*evidence.RegistryValue{
		"short": {Type: evidence.RegDWord, Data: []byte{1, 2}}, "hidden": {Type: evidence.RegSZ, Data: []byte{'a', 0, 0, 0, 'b', 0, 0, 0, 0, 0}},
		"big": {Type: evidence.RegDWordBE, Data: []byte{0, 0, 1, 0}}, "none": {Type: evidence.RegMultiSZ}, "odd": {Type: 0x20, Data: []byte{0xab}},
	} {
		v.Key, v.Name = `HKEY_LOCAL_MACHINE\X`, name
		_ = k.Add(v)
	}
	k.End()
	k.Finish(func(string) bool { return true })
	c := criteria(t)
	in := reports.Input{Tool: "ctlaudit", Criteria: c, Judgements: []*rules.Judgement{rules.Evaluate(c, k, rules.Statement{})}}
	got := map[string]any{}
	for v := range reports.New(in).Report.Registry {
		got[v.Name] = v.Data
	}
	want := map[string]any{"short": "0102", "hidden": "a\x00b", "big": "256", "none": []string{}, "odd": "AB"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("data %q\nwant %q", got, want)
	}
}

func TestWaivers(t *testing.T) {
	c := criteria(t)
	plain := reports.New(example.Estate(c))
	in, err := example.Waived(c)
	if err != nil {
		t.Fatal(err)
	}
	d := reports.New(in)
	before, after := plain.Report.Summary, d.Report.Summary
	if after.Waived != 1 || after.Outcomes["fail"] != before.Outcomes["fail"]-1 || after.Findings != before.Findings || after.Failures["high"] != before.Failures["high"]-1 {
		t.Errorf("summary %+v, without waivers %+v", after, before)
	}
	states := map[string]string{}
	for f := range d.Report.Findings {
		if f.Waiver != nil {
			states[f.Rule] = f.Outcome + " " + f.Waiver.State
		}
	}
	if want := map[string]string{"required-roots": "fail active", "trusted-issuer-list-size": "fail expired"}; !reflect.DeepEqual(states, want) {
		t.Errorf("waived findings %v, want %v", states, want)
	}
	var reported []string
	for w := range d.Report.Waivers {
		reported = append(reported, fmt.Sprint(w.Rule, " ", w.State, " ", len(w.Findings)))
	}
	if want := []string{"required-roots active 1", "trusted-issuer-list-size expired 1", "evidence-complete unused 0"}; !slices.Equal(reported, want) {
		t.Errorf("waivers %v, want %v", reported, want)
	}
	web01 := d.Screens[2]
	if strings.Contains(web01.Result.Text, "required-roots") || !strings.Contains(web01.Result.Text, "1 waived") {
		t.Errorf("the result is %q", web01.Result.Text)
	}
	for _, s := range web01.Next {
		if s.Rule == "required-roots" {
			t.Errorf("a waived failure asks for %q", s.Text)
		}
	}
	expired := slices.ContainsFunc(web01.Lines, func(l reports.Line) bool {
		return l.Label == "Waiver" && strings.Contains(l.Text, "expired on 2026-01-31")
	})
	if !expired {
		t.Error("the screen does not say that a waiver expired")
	}
}
