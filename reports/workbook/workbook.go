// Package workbook writes the report as an Excel workbook for auditors: a cover
// and a summary, then a sheet for each table of the document that has rows, with
// filters, frozen headings, real dates and numbers, cells to sign off in, and no
// formula (ECMA-376; limits are those of Excel's "specifications and limits").
// It also reads back what people have filled in (ReadSignOffs).
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

A cover, a summary with charts, then a sheet for each kind of evidence and
result, with filters, frozen headings, and cells to sign findings off in, which
a later run takes over. Text is never a formula; what Excel cannot hold is cut,
and the cell says so. Sheets are protected against accidents, without a
password.`,
	Ext:   ".xlsx",
	Write: write,
}

// maxRows is how many rows a sheet of Excel has.
const maxRows = 1_048_576

// The sheets that the document does not name.
const (
	coverName   = "Cover"
	summaryName = "Summary"
	listsName   = "Lists"
)

func write(w io.Writer, d *reports.Document) error { return writeSplit(w, d, maxRows) }

// writeSplit writes the workbook with at most rows rows a sheet.
func writeSplit(w io.Writer, d *reports.Document, rows int) error {
	b := &book{f: excelize.NewFile(), doc: d, rows: rows, fills: map[string]*fill{}}
	defer b.f.Close()
	if err := b.build(); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return b.save(w)
}

// save writes the archive.
func (b *book) save(w io.Writer) error {
	b.f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return &archive{out: w, fills: b.fills} })
	// excelize wants to buffer the archive; ours goes to w instead.
	if err := b.f.Write(io.Discard); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return nil
}

// A book is a workbook in the making.
type book struct {
	f       *excelize.File
	doc     *reports.Document
	rows    int // that a sheet may have
	sheets  int // that were made
	tables  int
	styles  styles
	fills   map[string]*fill // by the path of the sheet's part
	places  []*place         // of the document's sheets, in their order, then of those behind the charts
	charts  *reports.Charts
	choices choices

	coverHeight float64 // in points
}

func (b *book) build() error {
	if err := b.makeStyles(); err != nil {
		return err
	}
	if err := b.properties(); err != nil {
		return err
	}
	b.placeSheets()
	if b.doc.Cover != nil {
		if err := b.newSheet(coverName); err != nil {
			return err
		}
		if err := b.cover(); err != nil {
			return fmt.Errorf("sheet %s: %w", coverName, err)
		}
	}
	if err := b.newSheet(summaryName); err != nil {
		return err
	}
	summary := b.part()
	for _, p := range b.places {
		if err := b.addSheets(p); err != nil {
			return fmt.Errorf("sheet %s: %w", p.sheet.Name, err)
		}
	}
	if err := b.summary(summary); err != nil {
		return fmt.Errorf("sheet %s: %w", summaryName, err)
	}
	return b.addLists()
}

// newSheet adds a sheet at the end and protects it.
func (b *book) newSheet(name string) error {
	if err := b.addNamed(name); err != nil {
		return err
	}
	return b.protect(name)
}

// addNamed adds a sheet at the end.
func (b *book) addNamed(name string) error {
	if b.sheets++; b.sheets == 1 {
		return b.f.SetSheetName("Sheet1", name)
	}
	_, err := b.f.NewSheet(name)
	return err
}

// part is the path of the sheet that was made last: excelize numbers them.
func (b *book) part() string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", b.sheets) }

// properties sets those of the document; all dates are the date of the
// judgement.
func (b *book) properties() error {
	asOf := b.doc.AsOf.Format(time.RFC3339)
	r := b.doc.Report
	if r == nil {
		r = &reports.Report{}
	}
	e := &r.Engagement
	clean := func(s string) string { return reports.Cut(reports.Clean(s), maxProperty) }
	creator, subject := b.doc.Tool, "Trusted issuer list of Schannel (KB 2464556)"
	if e.PreparedBy != "" {
		creator = clean(e.PreparedBy)
	}
	if e.System != "" {
		subject += ": " + clean(e.System)
	}
	err := b.f.SetDocProps(&excelize.DocProperties{Title: b.doc.Title, Subject: subject, Creator: creator, LastModifiedBy: b.doc.Tool,
		Keywords: clean(e.Engagement), Category: clean(e.Classification), Created: asOf, Modified: asOf, Description: "As of " + asOf, Language: b.doc.Language(), Revision: "1"})
	if err != nil {
		return err
	}
	if err := b.f.SetAppProps(&excelize.AppProperties{Application: "ctlaudit", Company: clean(e.Customer)}); err != nil {
		return err
	}
	for _, p := range []excelize.CustomProperty{{Name: "Tool version", Value: b.doc.Tool},
		{Name: "Policy", Value: clean(r.Tool.Policy.Name)}, {Name: "Policy SHA-256", Value: r.Tool.Policy.SHA256}} {
		if err := b.f.SetCustomProps(p); err != nil {
			return err
		}
	}
	return nil
}

// maxProperty is how long a property of the document may be.
const maxProperty = 255

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

// quoted writes a sheet's name for a reference.
func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }
