package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// Where things stand on the summary: the lines on the run at the left with the
// counts of findings beside them, then a chart with the list of sheets beside
// it, two more charts, and a row for each issuer list, as many as there are.
const (
	headRow   = 3
	besideCol = 4 // the column where what stands at the right begins
)

func (b *book) summary(part string) error {
	d, name := b.doc, summaryName
	if err := b.setText(name, 1, 1, d.Title, b.styles.title); err != nil {
		return err
	}
	row := headRow
	for _, l := range d.Head {
		style := b.styles.body
		if l.Style != reports.Plain {
			style = b.styles.cells[reports.Wrapped][l.Style]
		}
		if err := b.setText(name, 1, row, l.Label, b.styles.label); err != nil {
			return err
		}
		if err := b.setText(name, 2, row, l.Text, style); err != nil {
			return err
		}
		if err := b.f.SetRowHeight(name, row, min(float64(lines(l.Text, d.Overview.Columns[1].Width))*lineHeight, maxHeight)); err != nil {
			return err
		}
		row++
	}
	if err := b.small(d.Counts, besideCol, headRow); err != nil {
		return err
	}
	row = max(row, headRow+1+d.Counts.Len) + 1
	if err := b.setText(name, 1, row, b.doc.Say(reports.Legend), b.styles.note); err != nil {
		return err
	}
	row++
	if err := b.setText(name, 1, row, b.doc.Say(protectionNote), b.styles.note); err != nil {
		return err
	}
	row += 2
	chartRow := row
	if err := b.setText(name, besideCol, row, d.Contents.Title, b.styles.label); err != nil {
		return err
	}
	if err := b.contents(besideCol, row+1); err != nil {
		return err
	}
	row += max(chartRows, d.Contents.Len+4) + 1
	drawn, err := b.foundCharts(row)
	if err != nil {
		return err
	}
	if drawn {
		row += chartRows + 1
	}
	if err := b.overview(part, row); err != nil {
		return err
	}
	if err := b.sizeChart(chartRow, row+3); err != nil {
		return err
	}
	if err := b.hideGrid(name); err != nil {
		return err
	}
	return b.page(name, "", d.Overview.Columns)
}

func (b *book) hideGrid(sheet string) error {
	lines := false
	return b.f.SetSheetView(sheet, 0, &excelize.ViewOptions{ShowGridLines: &lines})
}

// small writes a small sheet by excelize, with its headings, and no filter.
func (b *book) small(s *reports.Sheet, col, row int) error {
	for i, c := range s.Columns {
		style := b.styles.heading
		if c.Kind == reports.Integer {
			style = b.styles.headingRight
		}
		if err := b.setText(summaryName, col+i, row, c.Name, style); err != nil {
			return err
		}
	}
	for cells := range s.Rows {
		row++
		for i := range cells {
			c, at := &cells[i], cellName(col+i, row)
			var err error
			if c.Kind == reports.IntegerCell {
				err = b.f.SetCellInt(summaryName, at, c.Number)
			} else {
				err = b.f.SetCellStr(summaryName, at, reports.Cut(c.Text, reports.MaxCell))
			}
			if err != nil {
				return err
			}
			if err := b.f.SetCellStyle(summaryName, at, at, b.styles.of(s.Columns[i].Kind, c, false)); err != nil {
				return err
			}
		}
	}
	return nil
}

// contents lists the sheets: name, rows, what it shows, with links. One that has
// no rows and is left out says why.
func (b *book) contents(col, row int) error {
	s := b.doc.Contents
	name, shows, rows := s.Column("sheet"), s.Column("shows"), s.Column("rows")
	for cells := range s.Rows {
		if err := b.contentsRow(col, row, cells[name], cells[shows].Text, cells[rows].Number); err != nil {
			return err
		}
		row++
	}
	for _, p := range b.places {
		if !p.chart || len(p.names) == 0 {
			continue
		}
		if err := b.contentsRow(col, row, reports.Cell{Text: p.sheet.Name, Link: p.sheet.Name}, p.sheet.Title, int64(p.sheet.Len)); err != nil {
			return err
		}
		row++
	}
	return nil
}

func (b *book) contentsRow(col, row int, name reports.Cell, shows string, rows int64) error {
	style := b.styles.cells[reports.Text][reports.Plain]
	switch p := b.placeOf(name.Link); {
	case p == nil:
	case len(p.names) == 0:
		shows = b.doc.Say("left out") + ": " + p.sheet.Empty
		style = b.styles.note
	default:
		if err := b.f.SetCellHyperLink(summaryName, cellName(col, row), p.location(0), "Location"); err != nil {
			return err
		}
		style = b.styles.link
	}
	if err := b.setText(summaryName, col, row, name.Text, style); err != nil {
		return err
	}
	at := cellName(col+1, row)
	if err := b.f.SetCellInt(summaryName, at, rows); err != nil {
		return err
	}
	if err := b.f.SetCellStyle(summaryName, at, at, b.styles.cells[reports.Integer][reports.Plain]); err != nil {
		return err
	}
	return b.setText(summaryName, col+2, row, shows, b.styles.cells[reports.Text][reports.Plain])
}

// overview announces the rows of the issuer lists, which stand below all else.
func (b *book) overview(part string, row int) error {
	s := b.doc.Overview
	if err := b.setText(summaryName, 1, row, s.Title, b.styles.label); err != nil {
		return err
	}
	if err := b.setText(summaryName, 1, row+1, s.Note, b.styles.note); err != nil {
		return err
	}
	n := min(s.Len, b.rows-row-2)
	if err := b.headings(summaryName, s, row+2); err != nil {
		return err
	}
	last := row + 2 + max(n, 1)
	if err := b.f.SetSheetDimension(summaryName, rangeOf(1, 1, len(s.Columns), last)); err != nil {
		return err
	}
	if n == 0 {
		return b.setText(summaryName, 1, row+3, s.Empty, b.styles.note)
	}
	if n < s.Len {
		if err := b.setText(summaryName, 1, row+1, b.doc.Say(fmt.Sprintf("Only %d of %d lists fit on the sheet; the others are in the JSON report.", n, s.Len))+" "+s.Note, b.styles.note); err != nil {
			return err
		}
	}
	b.fills[part] = &fill{book: b, sheet: s, n: n, last: n == s.Len, row: row + 3, noteRow: row + 1}
	return b.table(summaryName, rangeOf(1, row+2, len(s.Columns), last))
}
