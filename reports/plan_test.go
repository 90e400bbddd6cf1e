package reports_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
	"github.com/ctlaudit/ctlaudit/rules/remedies"
)

// planned makes a plan of a report's input.
func planned(in reports.Input, headroom int) *remedies.Plan {
	return remedies.New(remedies.Input{Criteria: in.Criteria, Judgements: in.Judgements, Options: remedies.Options{Headroom: headroom, IncludePrivate: true}})
}

func TestPlanSheets(t *testing.T) {
	c, err := example.Criteria()
	if err != nil {
		t.Fatal(err)
	}
	in := example.Many(c, 3, 700)
	p := planned(in, 10)
	before := len(reports.New(in).Sheets)
	in.Plan = reports.NewPlanReport("ctlaudit", "test", in.Criteria, p)
	d := reports.New(in)
	d.LeadWithPlan()
	if len(d.Sheets) != before+3 || d.Contents.Len != len(d.Sheets) || d.Sheets[0].Name != "Plan" {
		t.Fatalf("%d sheets after %d, the contents list %d", len(d.Sheets), before, d.Contents.Len)
	}
	for _, name := range []string{"Plan", "Removal plan", "Kept roots"} {
		s := d.Sheet(name)
		keys, headings := map[string]bool{}, map[string]bool{}
		for _, col := range s.Columns {
			if keys[col.Key] || headings[strings.ToLower(col.Name)] {
				t.Errorf("%s has two columns %q, %q", name, col.Key, col.Name)
			}
			keys[col.Key], headings[strings.ToLower(col.Name)] = true, true
		}
		rows := 0
		for row := range s.Rows {
			rows++
			if len(row) != len(s.Columns) {
				t.Fatalf("%s: row %d has %d cells for %d columns", name, rows, len(row), len(s.Columns))
			}
		}
		if rows != s.Len || s.Empty == "" || s.Title == "" {
			t.Errorf("%s announces %d rows and gives %d", name, s.Len, rows)
		}
	}
	if n := d.Sheet("Removal plan").Len; n < 3*100 {
		t.Errorf("the removal plan has %d rows", n)
	}
}

// TestHostilePlan plans a host whose every name is meant to do harm.
func TestHostilePlan(t *testing.T) {
	c, err := example.Criteria()
	if err != nil {
		t.Fatal(err)
	}
	in := example.Hostile(c)
	p := planned(in, 90)
	in.Plan = reports.NewPlanReport("ctlaudit", "test", in.Criteria, p)
	d := reports.New(in)
	d.LeadWithPlan()
	for _, s := range d.Sheets[:3] {
		for row := range s.Rows {
			for _, c := range row {
				for _, r := range c.Text {
					if r != '\n' && reports.Unsafe(r) {
						t.Fatalf("%s shows %q", s.Name, c.Text)
					}
				}
			}
		}
	}
	var b bytes.Buffer
	if err := reports.PrintJSON(&b, reports.NewPlanReport("ctlaudit", "test", in.Criteria, p)); err != nil {
		t.Fatal(err)
	}
	var r reports.PlanReport
	dec := json.NewDecoder(&b)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil || r.Schema != reports.PlanSchemaName {
		t.Errorf("the JSON is of %q: %v", r.Schema, err)
	}
}
