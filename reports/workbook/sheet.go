package workbook

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// The rows above the data of a sheet: the note and the headings.
const (
	noteRow    = 1
	headingRow = 2
	firstRow   = 3
)

// addSheets adds a sheet of the document, split where it has too many rows.
func (b *book) addSheets(p *place) error {
	for i, name := range p.names {
		if err := b.newSheet(name); err != nil {
			return err
		}
		n := min(p.rows, p.sheet.Len-i*p.rows)
		b.fills[b.part()] = &fill{book: b, sheet: p.sheet, skip: i * p.rows, n: n, row: firstRow, last: i == len(p.names)-1, noteRow: noteRow}
		if err := b.addSheet(name, p.note(i, b.doc.Say), p.sheet, n); err != nil {
			return err
		}
		if err := b.nameHeadings(p, i); err != nil {
			return err
		}
	}
	return nil
}

// addSheet lays out a sheet of n rows, which are filled in later.
func (b *book) addSheet(name, note string, s *reports.Sheet, n int) error {
	if err := b.setText(name, 1, noteRow, note, b.styles.note); err != nil {
		return err
	}
	if err := b.headings(name, s, headingRow); err != nil {
		return err
	}
	area := rangeOf(1, headingRow, len(s.Columns), headingRow+max(n, 1))
	if n > 0 {
		if err := b.table(name, area); err != nil {
			return err
		}
		if err := b.ignoreTextNumbers(name, s, n); err != nil {
			return err
		}
		if err := b.validate(name, s, n); err != nil {
			return err
		}
	} else if err := b.setText(name, 1, firstRow, s.Empty, b.styles.note); err != nil {
		return err
	}
	if err := b.f.SetSheetDimension(name, rangeOf(1, noteRow, len(s.Columns), headingRow+max(n, 1))); err != nil {
		return err
	}
	if err := b.f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: headingRow, TopLeftCell: "A3", ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: "A3", ActiveCell: "A3", Pane: "bottomLeft"}}}); err != nil {
		return err
	}
	return b.page(name, fmt.Sprintf("$%d:$%d", noteRow, headingRow), s.Columns)
}

// table makes a range a table with a filter, under a name that cannot be taken
// for a cell or a defined name.
func (b *book) table(sheet, area string) error {
	b.tables++
	stripes := true
	return b.f.AddTable(sheet, &excelize.Table{Range: area, Name: fmt.Sprintf("Table_%d_%s", b.tables, tableWord(sheet)), StyleName: "TableStyleLight1", ShowRowStripes: &stripes})
}

// tableWord keeps of a sheet's name what a table's name may have.
func tableWord(sheet string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		case r == ' ':
			return '_'
		}
		return -1
	}, sheet)
}

// headings writes the headings of a sheet and sets the widths of its columns.
func (b *book) headings(name string, s *reports.Sheet, row int) error {
	most := 1
	for i, c := range s.Columns {
		style := b.styles.heading
		if c.Kind == reports.Integer {
			style = b.styles.headingRight
		}
		if err := b.setText(name, i+1, row, c.Name, style); err != nil {
			return err
		}
		col, _ := excelize.ColumnNumberToName(i + 1)
		if err := b.f.SetColWidth(name, col, col, float64(c.Width)); err != nil {
			return err
		}
		most = max(most, lines(c.Name, c.Width-3)) // the filter's button takes room
	}
	return b.f.SetRowHeight(name, row, min(float64(most)*lineHeight, maxHeight))
}

// ignoreTextNumbers keeps Excel from marking identifiers that look like numbers.
func (b *book) ignoreTextNumbers(name string, s *reports.Sheet, n int) error {
	for i, c := range s.Columns {
		if c.Kind == reports.Integer || c.Kind == reports.Date {
			continue
		}
		if err := b.f.AddIgnoredErrors(name, rangeOf(i+1, firstRow, i+1, headingRow+n), excelize.IgnoredErrorsNumberStoredAsText); err != nil {
			return err
		}
	}
	return nil
}

// The paper sizes of ECMA-376 part 1, 18.3.1.63, and how many characters wide a
// sheet may be to be read on the smaller one.
const (
	paperA3, paperA4 = 8, 9
	widthA4          = 200
)

// page sets how a sheet is printed: landscape, one page wide, headings repeated.
func (b *book) page(name, titles string, columns []reports.Column) error {
	paper, width := paperA4, 0
	for _, c := range columns {
		if width += c.Width; width > widthA4 {
			paper = paperA3
		}
	}
	if err := b.paper(name, "landscape", paper); err != nil {
		return err
	}
	if titles == "" {
		return nil
	}
	return b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted(name) + "!" + titles, Scope: name})
}

// paper sets the paper of a sheet, and what is printed above and below: the
// classification, and what the page is from.
func (b *book) paper(name, orientation string, paper int) error {
	fit, one, any := true, 1, 0
	if err := b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &orientation, Size: &paper, FitToWidth: &one, FitToHeight: &any}); err != nil {
		return err
	}
	if err := b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	edge, top, side := 0.3, 0.6, 0.4 // in inches
	if err := b.f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &edge, Footer: &edge}); err != nil {
		return err
	}
	header := "&R&A"
	if c := b.doc.Cover; c != nil && c.Banner != "" {
		header = "&C&B" + headerText(c.Banner) + header
	}
	return b.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: header,
		OddFooter: "&L" + headerText(b.doc.Title) + "&C" + headerText(b.doc.Say("as of "+b.doc.AsOf.Format("2006-01-02 15:04:05")+" UTC")) + "&R" + b.doc.Say("Page &P of &N"),
	})
}

// headerText writes text for a page header, where & begins a code, in one line.
// Doubled, it still leaves room for the codes in the 255 characters of a header.
func headerText(s string) string {
	return strings.ReplaceAll(reports.Cut(strings.Join(strings.Fields(s), " "), 100), "&", "&&")
}
