package reports_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
	"github.com/ctlaudit/ctlaudit/rules/changes"
)

func hexText(p evidence.Property) string { return fmt.Sprintf("%x", p.Value) }

// printed writes the JSON report of an input.
func printed(t testing.TB, in reports.Input) string {
	t.Helper()
	var b bytes.Buffer
	if err := reports.PrintJSON(&b, reports.New(in).Report); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A report that is read back equals the judgements that it was made from.
func TestReadSideAgreesWithSideOf(t *testing.T) {
	c := criteria(t)
	for name, in := range map[string]reports.Input{"estate": example.Estate(c), "hostile": example.Hostile(c), "many": example.Many(c, 5, 7)} {
		side := reports.SideOf(name, in, hexText)
		read, err := reports.ReadSide(name, strings.NewReader(printed(t, in)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(read.Hosts) != len(side.Hosts) || !read.FromReport || side.FromReport {
			t.Fatalf("%s: %d hosts, then %d", name, len(side.Hosts), len(read.Hosts))
		}
		facts := 0
		for i := range side.Hosts {
			facts += len(side.Hosts[i].Certificates) + len(side.Hosts[i].Values)
			if len(side.Hosts[i].Certificates) != len(read.Hosts[i].Certificates) || len(side.Hosts[i].Values) != len(read.Hosts[i].Values) {
				t.Errorf("%s: host %s lost facts", name, side.Hosts[i].Name)
			}
		}
		if facts == 0 {
			t.Errorf("%s: nothing to compare", name)
		}
		for _, c := range []*changes.Comparison{changes.Compare(side, read), changes.Compare(read, side), changes.Compare(side, side), changes.Compare(read, read)} {
			for _, ch := range c.Changes {
				// A report does not tell a store that was exported and is empty.
				if ch.Real() && ch.What != changes.AStore {
					t.Errorf("%s: %s %s differs: %+v", name, ch.Kind, ch.What, ch)
				}
			}
		}
	}
}

func TestReadSideRefuses(t *testing.T) {
	whole := printed(t, example.Estate(criteria(t)))
	for _, tt := range []struct{ name, text, says string }{
		{"nothing", "", "breaks off"},
		{"no object", "[1]", "no JSON object"},
		{"another schema", `{"schema":"ctlaudit/report/v2"}`, `its schema is "ctlaudit/report/v2"`},
		{"no schema", `{"hosts":[]}`, `its schema is ""`},
		{"a schema that is no string", `{"schema":1}`, `"schema"`},
		{"a list that is none", `{"schema":"ctlaudit/report/v1","hosts":3}`, `"hosts": it is no list`},
		{"a host that is none", `{"schema":"ctlaudit/report/v1","hosts":[3]}`, `"hosts"`},
		{"cut", whole[:len(whole)/2], "breaks off"},
		{"cut at the end", strings.TrimRight(whole, "}\n "), "breaks off"},
	} {
		if _, err := reports.ReadSide("x", strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
	}
	if s, err := reports.ReadSide("x", strings.NewReader(`{"schema":"ctlaudit/report/v1","hosts":null,"later":{"a":[1,{"b":null}]},"registry":[]}`)); err != nil || len(s.Hosts) != 0 {
		t.Errorf("keys that are not known: %v", err)
	}
}

// A report that never ends is left at the bound.
func TestReadSideIsBounded(t *testing.T) {
	const limit = 1 << 20
	r := &endless{head: []byte(`{"schema":"ctlaudit/report/v1","x":[`), body: []byte(`"` + strings.Repeat("a", 1<<10) + `",`)}
	if _, err := reports.ReadSideWithin("x", r, limit); err == nil || err.Error() != "the report is larger than 1048576 bytes" {
		t.Errorf("an endless report: %v", err)
	}
	if r.given > limit {
		t.Errorf("%d bytes were read", r.given)
	}
	if reports.MaxReport != 1<<30 {
		t.Errorf("the bound is %d", reports.MaxReport)
	}
}

// An endless reader gives a head once and a body for ever.
type endless struct {
	head, body []byte
	at         int
	given      int
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.head) > 0 {
		n := copy(p, e.head)
		e.head = e.head[n:]
		return n, nil
	}
	n := copy(p, e.body[e.at:])
	e.at = (e.at + n) % len(e.body)
	e.given += n
	return n, nil
}

// comparison compares two states of the hostile host.
func comparison(t testing.TB) *changes.Comparison {
	t.Helper()
	c := criteria(t)
	before, after := reports.SideOf("be\u202efore", example.Hostile(c), hexText), reports.SideOf("after", example.Hostile(c), hexText)
	for i := range after.Hosts {
		h := &after.Hosts[i]
		h.Certificates = h.Certificates[len(h.Certificates)/2:]
		h.Values = nil
		for k := range h.Findings {
			h.Findings[k].Summary += "\x1b]0;title\a"
		}
	}
	return changes.Compare(before, after)
}

func TestDiffReportAndSheets(t *testing.T) {
	c := comparison(t)
	if !c.Different() {
		t.Fatal("nothing differs")
	}
	var out, again bytes.Buffer
	if err := reports.PrintJSON(&out, reports.NewDiffReport("ctlaudit", "v0", c)); err != nil {
		t.Fatal(err)
	}
	if err := reports.PrintJSON(&again, reports.NewDiffReport("ctlaudit", "v0", comparison(t))); err != nil || out.String() != again.String() {
		t.Errorf("the same input gives other bytes: %v", err)
	}
	checkPlain(t, out.Bytes())
	var r reports.DiffReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, kinds := range r.Summary.Counts {
		for _, n := range kinds {
			sum += n
		}
	}
	if r.Schema != "ctlaudit/diff/v1" || !r.Summary.Different || sum != len(r.Changes) || len(r.Changes) != len(c.Changes) || r.Before.Name != "be\u202efore" {
		t.Errorf("%+v", r.Summary)
	}
	d := reports.NewDiffDocument("ctlaudit", "v0", c)
	for _, s := range []*reports.Sheet{d.Counts, d.Overview, d.Contents, d.Sheet("Changes")} {
		if got := len(rowsOf(s)); got != s.Len || got == 0 {
			t.Errorf("sheet %s: %d rows, and Len says %d", s.Name, got, s.Len)
		}
		checkClean(t, s.Name, s.Title+s.Note)
		for _, row := range rowsOf(s) {
			if len(row) != len(s.Columns) {
				t.Fatalf("sheet %s: %d cells in %d columns", s.Name, len(row), len(s.Columns))
			}
			for i, cell := range row {
				checkCell(t, "sheet "+s.Name, s.Columns[i], cell)
			}
		}
	}
	for _, l := range d.Head {
		checkClean(t, l.Label, l.Text)
	}
}
