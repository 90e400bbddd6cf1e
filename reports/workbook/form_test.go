package workbook

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
)

// The headings of the forms stand where those who import them look, data
// follows at once, and hostile text stays text.
func TestForms(t *testing.T) {
	c, err := example.Criteria()
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]struct{ sheet, first, last, data string }{
		"fedramp-poam": {"Open POA&M Items", "A5", "AB5", "A6"},
		"emass":        {"POA&M", "B7", "AA7", "C8"},
	} {
		headings := map[string]string{"A5": "POAM ID", "AB5": "Binding Operational Directive 22-01 tracking", "B7": "POA&M Item ID", "AA7": "Resulting Residual Risk after Proposed Mitigations"}
		for _, in := range []reports.Input{example.Estate(c), example.Hostile(c), example.Empty(c)} {
			var buf bytes.Buffer
			if err := FormFormat(name).Write(&buf, reports.New(in)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			var again bytes.Buffer
			if err := FormFormat(name).Write(&again, reports.New(in)); err != nil || sha256.Sum256(buf.Bytes()) != sha256.Sum256(again.Bytes()) {
				t.Errorf("%s: two builds differ (%v)", name, err)
			}
			f, err := excelize.OpenReader(&buf)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, cell := range []string{at.first, at.last} {
				if got, _ := f.GetCellValue(at.sheet, cell); got != headings[cell] {
					t.Errorf("%s: %s is %q, want %q", name, cell, got, headings[cell])
				}
			}
			rows, err := f.GetRows(at.sheet)
			if err != nil {
				t.Fatal(err)
			}
			for r, row := range rows {
				for col := range row {
					cell, _ := excelize.CoordinatesToCellName(col+1, r+1)
					if formula, _ := f.GetCellFormula(at.sheet, cell); formula != "" {
						t.Errorf("%s: %s is the formula %q", name, cell, formula)
					}
				}
			}
			if got, _ := f.GetCellValue(at.sheet, at.data); got == "" && len(in.Judgements) > 1 {
				t.Errorf("%s: %s is empty", name, at.data)
			}
			f.Close()
		}
	}
}
