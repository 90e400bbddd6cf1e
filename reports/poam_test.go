package reports_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
	"github.com/ctlaudit/ctlaudit/rules"
)

func estate(t *testing.T) *reports.Report {
	t.Helper()
	c, err := example.Criteria()
	if err != nil {
		t.Fatal(err)
	}
	return reports.New(example.Estate(c)).Report
}

func form(t *testing.T, name string, r *reports.Report, carried reports.SignOffs) *reports.Form {
	t.Helper()
	f, err := reports.NewForm(name, r, carried)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The columns are those that the authorities lay down, in their order.
func TestFormColumns(t *testing.T) {
	for name, want := range map[string]string{
		"fedramp-poam": "POAM ID|Controls|Weakness Name|Weakness Description|Weakness Detector Source|Weakness Source Identifier|Asset Identifier|Point of Contact|Resources Required|" +
			"Overall Remediation Plan|Original Detection Date|Scheduled Completion Date|Planned Milestones|Milestone Changes|Status Date|Vendor Dependency|Last Vendor Check-in Date|" +
			"Vendor Dependent Product Name|Original Risk Rating|Adjusted Risk Rating|Risk Adjustment|False Positive|Operational Requirement|Deviation Rationale|Supporting Documents|Comments|" +
			"Auto-Approve|Binding Operational Directive 22-01 tracking",
		"emass": "|POA&M Item ID|Control Vulnerability Description|Controls / APs|Office/Org|Security Checks|Resources Required|Scheduled Completion Date|Milestone ID|" +
			"Milestone with Completion Dates|Milestone Changes|Source Identifying Vulnerability|Status|Comments|Raw Severity|Devices Affected|Mitigations|Predisposing Conditions|Severity|" +
			"Relevance of Threat|Threat Description|Likelihood|Impact|Impact Description|Residual Risk Level|Recommendations|Resulting Residual Risk after Proposed Mitigations",
	} {
		for _, s := range form(t, name, estate(t), nil).Sheets {
			var names []string
			for _, c := range s.Columns {
				names = append(names, c.Name)
			}
			if got := strings.Join(names, "|"); got != want {
				t.Errorf("%s, %s: the columns are\n%s\nwant\n%s", name, s.Name, got, want)
			}
		}
	}
	if _, err := reports.NewForm("caat", estate(t), nil); err == nil {
		t.Error("an unknown form is made")
	}
}

// Each failure is an item, and nothing else is; what was signed off is kept, and
// what failed before and does not now is closed.
func TestFormItems(t *testing.T) {
	r := estate(t)
	var failed []string
	for f := range r.Findings {
		if f.Outcome == "fail" {
			failed = append(failed, f.ID)
		}
	}
	carried := reports.SignOffs{
		failed[0]:          {Owner: "A. Administrator", DueDate: "2026-12-31", Response: "False Positive", FailingSince: "2026-01-31", Failed: true},
		"0123456789abcdef": {Owner: "B. Backup", Host: "old01", Rule: "required-roots", Summary: "a root is missing", Failed: true},
		"fedcba9876543210": {Owner: "C. Clerk", Host: "old02", Rule: "root-count"},
	}
	for name, of := range map[string]struct {
		id, owner, due, status string
		open, closed           int
		closedSheet            int
	}{
		"fedramp-poam": {"poamId", "contact", "scheduled", "falsePositive", 0, 0, 1},
		"emass":        {"comments", "office", "scheduled", "status", 0, 0, 0},
	} {
		f := form(t, name, r, carried)
		var rows [][]reports.Cell
		for _, s := range f.Sheets {
			n := 0
			for row := range s.Rows {
				n++
				if len(row) != len(s.Columns) {
					t.Fatalf("%s: a row of %d cells for %d columns", name, len(row), len(s.Columns))
				}
				rows = append(rows, slices.Clone(row))
			}
			if n != s.Len {
				t.Errorf("%s, %s: %d rows, and %d announced", name, s.Name, n, s.Len)
			}
		}
		if want := len(failed) + 1; len(rows) != want {
			t.Fatalf("%s: %d items, want %d", name, len(rows), want)
		}
		s := f.Sheets[0]
		cell := func(row []reports.Cell, key string) reports.Cell { return row[s.Column(key)] }
		first, last := rows[0], rows[len(rows)-1]
		if got := cell(first, of.owner).Text; got != "A. Administrator" {
			t.Errorf("%s: the owner is %q", name, got)
		}
		if got := cell(first, of.due); !got.Time.Equal(time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: the due date is %v", name, got)
		}
		if i := s.Column("detected"); i >= 0 && !first[i].Time.Equal(time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: it was first detected on %v", name, first[i])
		}
		if got := cell(first, of.status).Text; got != "Pending" && got != "Not Applicable" {
			t.Errorf("%s: what is called a false positive is %q", name, got)
		}
		if got := cell(last, of.id).Text; !strings.Contains(got, "0123456789abcdef") {
			t.Errorf("%s: the last item is %q, want the closed one", name, got)
		}
	}
}

// Each rule has a control; only a customer's own rule has none of ours.
func TestControls(t *testing.T) {
	for _, r := range rules.All() {
		if !reports.HasControls(r.ID) {
			t.Errorf("%s has no control in poam_controls.go", r.ID)
		}
	}
}
