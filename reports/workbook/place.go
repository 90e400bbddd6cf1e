package workbook

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// A place is where the rows of a sheet of the document go: one sheet of the
// workbook, or several where it has too many rows. names is empty where it has
// none and is left out.
type place struct {
	sheet *reports.Sheet
	names []string
	rows  int // of data that a part holds
	chart bool
}

// alwaysShown are sheets that stay without rows: that nothing was found, read or
// left uncollected is a result.
var alwaysShown = []string{"Findings", "Evidence", "Not collected", "Rules"}

// placeSheets decides which sheets there are and what they are called.
func (b *book) placeSheets() {
	b.charts = b.doc.Charts()
	taken := map[string]bool{}
	for _, name := range []string{coverName, summaryName, listsName, "History"} { // Excel keeps History for itself
		taken[strings.ToLower(name)] = true
	}
	add := func(s *reports.Sheet, chart bool) {
		p := &place{sheet: s, rows: b.rows - headingRow, chart: chart}
		b.places = append(b.places, p)
		if s.Len == 0 && (chart || !slices.Contains(alwaysShown, s.EnglishName())) {
			return
		}
		base := sheetName(s.Name)
		for i := range max(1, (s.Len+p.rows-1)/p.rows) {
			p.names = append(p.names, unused(taken, base, i))
		}
	}
	for _, s := range b.doc.Sheets {
		add(s, false)
	}
	add(b.charts.Severity, true)
	add(b.charts.Cumulative, true)
}

// maxBase leaves room for " (2)" in the 31 characters that Excel gives a name.
const maxBase = 25

// sheetName makes of a name one that Excel takes; it is the same for names that
// are as the document promises.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || reports.Unsafe(r) {
			return '-'
		}
		return r
	}, s)
	s = strings.Trim(s, "'")
	if units := utf16.Encode([]rune(s)); len(units) > maxBase {
		s = strings.TrimRight(string(utf16.Decode(units[:maxBase])), "\ufffd '")
	}
	if s == "" {
		return "Sheet"
	}
	return s
}

// unused returns the name of a part that no other sheet has; names differ in
// more than case.
func unused(taken map[string]bool, base string, part int) string {
	name := base
	if part > 0 {
		name = fmt.Sprintf("%s (%d)", base, part+1)
	}
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s ~%d", base, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// note is what stands above a part: what the sheet shows and how to read it. say
// puts words into the language of the document.
func (p *place) note(part int, say func(string) string) string {
	s := p.sheet
	note := s.Title
	if s.Note != "" {
		note += ". " + s.Note
	}
	if len(p.names) > 1 {
		note = say(fmt.Sprintf("Part %d of %d, since a sheet of Excel holds %d rows.", part+1, len(p.names), p.rows+headingRow)) + " " + note
	}
	if p.names[0] != s.Name {
		note = say(fmt.Sprintf("Elsewhere this sheet is called %q, a name that Excel does not take here.", s.Name)) + " " + note
	}
	return note
}

// placeOf finds a sheet by the name that the document gives it.
func (b *book) placeOf(name string) *place {
	for _, p := range b.places {
		if p.sheet.Name == name {
			return p
		}
	}
	return nil
}

// location returns where a link to a row leads in the workbook; rows count from
// 1, and 0 is the sheet as a whole.
func (p *place) location(row int) string {
	if row < 1 || row > p.sheet.Len {
		return quoted(p.names[0]) + "!A1"
	}
	part := (row - 1) / p.rows
	return fmt.Sprintf("%s!A%d", quoted(p.names[part]), firstRow+(row-1)-part*p.rows)
}

// The sheets that are signed off in, and what the names of their headings begin
// with: ReadSignOffs finds the columns by these, whatever was moved, inserted or
// translated. The names of the second part of a split sheet end in _2.
const (
	findingsName, findingsPrefix = "Findings", "ctlaudit_findings_"
	planName, planPrefix         = "Action plan", "ctlaudit_actionplan_"
)

// nameHeadings names the headings of a part of a sheet that is signed off in.
func (b *book) nameHeadings(p *place, part int) error {
	prefix := ""
	switch p.sheet.EnglishName() {
	case findingsName:
		prefix = findingsPrefix
	case planName:
		prefix = planPrefix
	default:
		return nil
	}
	for i, c := range p.sheet.Columns {
		name := prefix + c.Key
		if part > 0 {
			name = fmt.Sprintf("%s_%d", name, part+1)
		}
		col, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.f.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: fmt.Sprintf("%s!$%s$%d", quoted(p.names[part]), col, headingRow)}); err != nil {
			return err
		}
	}
	return nil
}
