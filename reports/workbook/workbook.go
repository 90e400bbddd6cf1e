// Package workbook writes the report as an Excel workbook for auditors: a
// summary, then a sheet for each table of the document, with filters, frozen
// headings, real dates and numbers, and no formula (ECMA-376; limits are those
// of Excel's "specifications and limits").
//
// excelize makes the workbook's parts; the rows of the tables, which may be
// millions, are written straight into the archive, so memory stays bounded and
// no temporary file is written. The same document gives the same bytes.
package workbook

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// Format is the workbook.
var Format = &reports.Format{
	Name: "xlsx",
	Doc: `an Excel workbook for auditors

A summary with a chart, then a sheet for each kind of evidence and result, with
filters and frozen headings. Text is never a formula; what Excel cannot hold is
cut, and the cell says so.`,
	Ext:   ".xlsx",
	Write: write,
}

// maxRows is how many rows a sheet of Excel has.
const maxRows = 1_048_576

// summaryName is the name of the first sheet.
const summaryName = "Summary"

func write(w io.Writer, d *reports.Document) error { return writeSplit(w, d, maxRows) }

// writeSplit writes the workbook with at most rows rows a sheet.
func writeSplit(w io.Writer, d *reports.Document, rows int) error {
	b := &book{f: excelize.NewFile(), doc: d, rows: rows, fills: map[string]*fill{}}
	defer b.f.Close()
	if err := b.build(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	b.f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return &archive{out: w, fills: b.fills} })
	// excelize wants to buffer the archive; ours goes to w instead.
	if err := b.f.Write(io.Discard); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return nil
}

// A book is a workbook in the making.
type book struct {
	f      *excelize.File
	doc    *reports.Document
	rows   int
	sheets int
	styles styles
	fills  map[string]*fill // by the path of the sheet's part
}

func (b *book) build() error {
	if err := b.makeStyles(); err != nil {
		return err
	}
	if err := b.properties(); err != nil {
		return err
	}
	if err := b.f.SetSheetName("Sheet1", summaryName); err != nil {
		return err
	}
	b.sheets = 1
	for _, s := range b.doc.Sheets {
		if err := b.addSheets(s); err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	if err := b.summary(); err != nil {
		return fmt.Errorf("sheet %s: %w", summaryName, err)
	}
	return nil
}

// properties sets those of the document; all dates are the date of the
// judgement.
func (b *book) properties() error {
	asOf := b.doc.AsOf.Format(time.RFC3339)
	policy := b.doc.Report.Tool.Policy
	err := b.f.SetDocProps(&excelize.DocProperties{Title: b.doc.Title, Subject: "KB 2464556", Creator: b.doc.Tool, LastModifiedBy: b.doc.Tool,
		Created: asOf, Modified: asOf, Description: "As of " + asOf, Language: "en", Revision: "1"})
	if err != nil {
		return err
	}
	if err := b.f.SetAppProps(&excelize.AppProperties{Application: "ctlaudit"}); err != nil {
		return err
	}
	for _, p := range []excelize.CustomProperty{{Name: "Policy", Value: reports.Clean(policy.Name)}, {Name: "Policy SHA-256", Value: policy.SHA256}} {
		if err := b.f.SetCustomProps(p); err != nil {
			return err
		}
	}
	return nil
}

// The rows above the data of a sheet: the note and the headings.
const (
	noteRow    = 1
	headingRow = 2
	firstRow   = 3
)

// addSheets adds a sheet of the document, split where it has too many rows.
func (b *book) addSheets(s *reports.Sheet) error {
	room := b.rows - headingRow
	parts := max(1, (s.Len+room-1)/room)
	for i := range parts {
		name, note := s.Name, s.Title
		if s.Note != "" {
			note += ". " + s.Note
		}
		if i > 0 {
			name = fmt.Sprintf("%s (%d)", s.Name, i+1)
		}
		if parts > 1 {
			note = fmt.Sprintf("Part %d of %d, since a sheet of Excel holds %d rows. %s", i+1, parts, b.rows, note)
		}
		if _, err := b.f.NewSheet(name); err != nil {
			return err
		}
		b.sheets++
		n := min(room, s.Len-i*room)
		b.fills[b.part()] = &fill{sheet: s, skip: i * room, n: n, row: firstRow, styles: &b.styles, last: i == parts-1}
		if err := b.addSheet(name, note, s, n); err != nil {
			return err
		}
	}
	return nil
}

// part is the path of the sheet that was made last: excelize numbers them.
func (b *book) part() string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", b.sheets) }

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
		stripes := true
		table := &excelize.Table{Range: area, Name: tableName(name), StyleName: "TableStyleLight1", ShowRowStripes: &stripes}
		if err := b.f.AddTable(name, table); err != nil {
			return err
		}
		if err := b.ignoreTextNumbers(name, s, n); err != nil {
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
	return b.f.SetRowHeight(name, row, float64(most)*lineHeight)
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
	landscape, fit, one, any, paper, width := "landscape", true, 1, 0, paperA4, 0
	for _, c := range columns {
		if width += c.Width; width > widthA4 {
			paper = paperA3
		}
	}
	if err := b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &paper, FitToWidth: &one, FitToHeight: &any}); err != nil {
		return err
	}
	if err := b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	edge, top, side := 0.3, 0.6, 0.4 // in inches
	if err := b.f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &edge, Footer: &edge}); err != nil {
		return err
	}
	if err := b.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: "&L" + headerText(b.doc.Title) + "&R&A",
		OddFooter: "&L" + headerText(b.doc.Tool) + "&Cas of " + b.doc.AsOf.Format("2006-01-02 15:04:05") + " UTC&RPage &P of &N",
	}); err != nil {
		return err
	}
	if titles == "" {
		return nil
	}
	return b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!" + titles, Scope: name})
}

// headerText writes text for a page header, where & begins a code.
func headerText(s string) string { return strings.ReplaceAll(reports.Cut(s, 100), "&", "&&") }

// setText writes a text cell by excelize: a heading or a line of the summary.
func (b *book) setText(sheet string, col, row int, s string, style int) error {
	cell := cellName(col, row)
	if s != "" {
		if err := b.f.SetCellStr(sheet, cell, reports.Cut(s, reports.MaxCell)); err != nil {
			return err
		}
	}
	return b.f.SetCellStyle(sheet, cell, cell, style)
}

func cellName(col, row int) string {
	s, _ := excelize.CoordinatesToCellName(col, row)
	return s
}

func rangeOf(col, row, col2, row2 int) string { return cellName(col, row) + ":" + cellName(col2, row2) }

// tableName makes a sheet's name one that a table may have.
func tableName(sheet string) string {
	return strings.NewReplacer(" ", "_", "(", "", ")", "").Replace(sheet)
}
