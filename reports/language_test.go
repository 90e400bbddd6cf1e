package reports_test

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/catalogue"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
)

// A translated document has the cells of the English one, but for prose and the
// names of sheets; its links lead to its own sheets.
func TestTranslate(t *testing.T) {
	c, err := example.Criteria()
	if err != nil {
		t.Fatal(err)
	}
	waived, err := example.Waived(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []reports.Input{example.Estate(c), waived, example.Hostile(c)} {
		english := reports.New(in)
		german := english.Translate("de", catalogue.German())
		if german.Language() != "de" || english.Language() != "en" || german.Say("Findings") != "Befunde" || english.Say("Findings") != "Findings" {
			t.Fatal("the languages are mixed up")
		}
		names := map[string]bool{}
		for _, s := range german.Sheets {
			if names[s.Name] || len([]rune(s.Name)) > 25 {
				t.Errorf("sheet %q is there twice, or its name is too long", s.Name)
			}
			names[s.Name] = true
		}
		for i, s := range german.Sheets {
			from := english.Sheets[i]
			if s.EnglishName() != from.Name || german.Sheet(from.Name) != s || german.Sheet(s.Name) != s {
				t.Errorf("sheet %q is not found by its names", from.Name)
			}
			var rows [][]reports.Cell
			for row := range from.Rows {
				rows = append(rows, append([]reports.Cell(nil), row...))
			}
			n := 0
			for row := range s.Rows {
				for k, cell := range row {
					was := rows[n][k]
					if cell.Link != "" && !names[cell.Link] {
						t.Errorf("%s: a link leads to %q", s.Name, cell.Link)
					}
					if cell.Link != was.Link && cell.Text == cell.Link {
						continue // the name of a sheet
					}
					if s.Columns[k].Kind != reports.Prose && cell.Text != was.Text || cell.Number != was.Number || !cell.Time.Equal(was.Time) {
						t.Errorf("%s, %s: %q became %q", s.Name, s.Columns[k].Key, was.Text, cell.Text)
					}
				}
				n++
			}
			if n != len(rows) {
				t.Errorf("%s has %d rows, the English sheet %d", s.Name, n, len(rows))
			}
		}
	}
}
