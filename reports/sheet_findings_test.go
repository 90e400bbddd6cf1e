package reports_test

import (
	"slices"
	"testing"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
)

// findingRows are the rows of the Findings sheet, by id and key.
func findingRows(s *reports.Sheet) (ids []string, rows map[string]map[string]reports.Cell) {
	rows = map[string]map[string]reports.Cell{}
	for r := range s.Rows {
		id := r[s.Column("id")].Text
		ids = append(ids, id)
		rows[id] = map[string]reports.Cell{}
		for i, c := range s.Columns {
			rows[id][c.Key] = r[i]
		}
	}
	return ids, rows
}

// TestCarriedSignOffs gives findings what was written beside them in an earlier
// workbook.
func TestCarriedSignOffs(t *testing.T) {
	c := criteria(t)
	plain := reports.New(example.Estate(c))
	if plain.Sheet("Findings").Column("sinceLast") != -1 {
		t.Error("without an earlier workbook there is a column about it")
	}
	var failed, held, heldHost, heldRule string
	for f := range plain.Report.Findings {
		switch {
		case f.Outcome == "fail" && failed == "":
			failed = f.ID
		case f.Outcome == "pass" && held == "":
			held, heldHost, heldRule = f.ID, f.Host, f.Rule
		}
	}
	in := example.Estate(c)
	in.Options.Carried = reports.SignOffs{
		failed: {Owner: "A. Owner", DueDate: "2027-01-31", Response: "in progress", Failed: true},
		held:   {Reviewer: "B. Reviewer", ReviewedOn: "last week", Failed: true},
		"f00d": {Host: "web01", Rule: "gone-rule", Subject: "x", Summary: "it was", Response: "done", Failed: true},
		"f00a": {Host: heldHost, Rule: heldRule, Subject: "y", Title: "a criterion", Severity: "high", FailingSince: "2025-12-01", Failed: true},
		"f00e": {Host: "edge02", Rule: "other-rule", Owner: "C. Owner\x1b"},
		"f00f": {Host: "edge02", Rule: "not-written-on"},
	}
	d := reports.New(in)
	s := d.Sheet("Findings")
	ids, rows := findingRows(s)
	if want := []string{"f00e", "f00a", "f00d"}; !slices.Equal(ids[len(ids)-3:], want) || s.Len != len(ids) {
		t.Fatalf("the last of %d rows are %v, want %v and %d", len(ids), ids[len(ids)-3:], want, s.Len)
	}
	for _, tt := range []struct{ id, key, want string }{
		{failed, "sinceLast", "open"}, {failed, "owner", "A. Owner"}, {failed, "response", "in progress"},
		{held, "sinceLast", "closed"}, {held, "reviewer", "B. Reviewer"}, {held, "reviewedOn", "last week"}, {held, "outcome", "pass"},
		{"f00d", "outcome", "gone"}, {"f00d", "sinceLast", "undecided"}, {"f00d", "rule", "gone-rule"}, {"f00d", "summary", "it was"}, {"f00d", "response", "done"},
		{"f00a", "outcome", "gone"}, {"f00a", "sinceLast", "closed"}, {"f00a", "title", "a criterion"}, {"f00a", "severity", "high"},
		{"f00e", "outcome", "gone"}, {"f00e", "sinceLast", ""}, {"f00e", "owner", `C. Owner\x1b`},
	} {
		if got := rows[tt.id][tt.key].Text; got != tt.want {
			t.Errorf("%s, %s: %q, want %q", tt.id, tt.key, got, tt.want)
		}
	}
	if due := rows[failed]["dueDate"]; due.Kind != reports.TimeCell || due.Time.Format("2006-01-02") != "2027-01-31" {
		t.Errorf("the due date is %+v", due)
	}
	fresh := 0
	for id, r := range rows {
		if r["sinceLast"].Text == "new" {
			fresh++
			if r["outcome"].Text != "fail" || id == failed {
				t.Errorf("%s is new: %+v", id, r)
			}
		}
	}
	if fresh == 0 {
		t.Error("no failure is new")
	}
	if d.Report.Summary.Findings != len(ids)-3 {
		t.Errorf("the contract counts %d findings of %d rows", d.Report.Summary.Findings, len(ids))
	}
}

// TestPrinted leaves out what nobody has filled in.
func TestPrinted(t *testing.T) {
	in := example.Estate(criteria(t))
	plain := reports.New(in).Sheet("Findings")
	var id string
	for f := range reports.New(in).Report.Findings {
		id = f.ID
	}
	in.Options.Carried = reports.SignOffs{id: {Owner: "A. Owner"}}
	carried := reports.New(in).Sheet("Findings")
	for _, tt := range []struct {
		sheet *reports.Sheet
		want  int
		owner bool
	}{{plain, len(plain.Columns) - 5, false}, {carried, len(carried.Columns) - 4, true}} {
		p := tt.sheet.Printed()
		if len(p.Columns) != tt.want || (p.Column("owner") >= 0) != tt.owner || p.Len != tt.sheet.Len {
			t.Errorf("columns %+v, want %d", p.Columns, tt.want)
		}
		for row := range p.Rows {
			if len(row) != len(p.Columns) {
				t.Fatalf("%d cells for %d columns", len(row), len(p.Columns))
			}
		}
	}
}

// TestEvidenceIsLinked follows the links of the findings to their sources.
func TestEvidenceIsLinked(t *testing.T) {
	d := reports.New(example.Estate(criteria(t)))
	var names []string
	e := d.Sheet("Evidence")
	for r := range e.Rows {
		names = append(names, r[e.Column("name")].Text)
	}
	linked := 0
	s := d.Sheet("Findings")
	for f := range d.Report.Findings {
		_, rows := findingRows(s)
		c := rows[f.ID]["evidence"]
		if len(f.Evidence) == 0 {
			continue
		}
		linked++
		if c.Link != "Evidence" || c.LinkRow < 1 || names[c.LinkRow-1] != f.Evidence[0].Source {
			t.Errorf("%s: %q leads to row %d of %q", f.ID, c.Text, c.LinkRow, c.Link)
		}
	}
	if linked == 0 {
		t.Error("no finding rests on a source")
	}
	_, rows := findingRows(s)
	for f := range d.Report.Findings {
		if f.Rule == "schannel-truncation-event" && f.Outcome == "fail" && rows[f.ID]["firstSeen"].Kind != reports.TimeCell {
			t.Error("it is not told when the event was first seen")
		}
	}
}
