package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// Where things stand on the summary: the lines on the run at the left with the
// counts of findings beside them, then the chart with the list of sheets beside
// it, then a row for each issuer list, as many as there are.
const (
	headRow    = 3
	besideCol  = 4 // the column where what stands at the right begins
	chartRows  = 15
	chartLists = 40 // more bars than this cannot be told apart
)

func (b *book) summary() error {
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
	if err := b.setText(name, 1, row, reports.Legend, b.styles.note); err != nil {
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
	row += max(chartRows, d.Contents.Len+2) + 1
	if err := b.overview(row); err != nil {
		return err
	}
	if err := b.chart(chartRow, row+3); err != nil {
		return err
	}
	lines := false
	if err := b.f.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &lines}); err != nil {
		return err
	}
	return b.page(name, "", d.Overview.Columns)
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
			if err := b.f.SetCellStyle(summaryName, at, at, b.styles.of(s.Columns[i].Kind, c)); err != nil {
				return err
			}
		}
	}
	return nil
}

// contents lists the sheets: name, rows, what it shows, with links.
func (b *book) contents(col, row int) error {
	s := b.doc.Contents
	name, shows, rows := s.Column("sheet"), s.Column("shows"), s.Column("rows")
	for cells := range s.Rows {
		if err := b.setText(summaryName, col, row, cells[name].Text, b.styles.link); err != nil {
			return err
		}
		if link := cells[name].Link; link != "" {
			if err := b.f.SetCellHyperLink(summaryName, cellName(col, row), "'"+link+"'!A1", "Location"); err != nil {
				return err
			}
		}
		at := cellName(col+1, row)
		if err := b.f.SetCellInt(summaryName, at, cells[rows].Number); err != nil {
			return err
		}
		if err := b.f.SetCellStyle(summaryName, at, at, b.styles.cells[reports.Integer][reports.Plain]); err != nil {
			return err
		}
		if err := b.setText(summaryName, col+2, row, cells[shows].Text, b.styles.cells[reports.Text][reports.Plain]); err != nil {
			return err
		}
		row++
	}
	return nil
}

// overview announces the rows of the issuer lists, which stand below all else.
func (b *book) overview(row int) error {
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
		if err := b.setText(summaryName, 1, row+1, fmt.Sprintf("Only %d of %d lists fit on the sheet; the others are in the JSON report. %s", n, s.Len, s.Note), b.styles.note); err != nil {
			return err
		}
	}
	b.fills["xl/worksheets/sheet1.xml"] = &fill{sheet: s, n: n, last: n == s.Len, row: row + 3, styles: &b.styles}
	stripes := true
	return b.f.AddTable(summaryName, &excelize.Table{Range: rangeOf(1, row+2, len(s.Columns), last), Name: s.Name, StyleName: "TableStyleLight1", ShowRowStripes: &stripes})
}

// chart draws the expected size of each list beside its limit. first is the
// row of the first list.
func (b *book) chart(row, first int) error {
	s := b.doc.Overview
	n := min(s.Len, chartLists)
	if n == 0 {
		return b.setText(summaryName, 1, row, "no chart: "+s.Empty, b.styles.note)
	}
	column := func(key string) string {
		name, _ := excelize.ColumnNumberToName(s.Column(key) + 1)
		return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", summaryName, name, first, name, first+n-1)
	}
	heading := func(key string) string {
		name, _ := excelize.ColumnNumberToName(s.Column(key) + 1)
		return fmt.Sprintf("'%s'!$%s$%d", summaryName, name, first-1)
	}
	title := "Expected size of the trusted issuer list and its limit, in bytes"
	if n < s.Len {
		title += fmt.Sprintf(" (the first %d of %d lists)", n, s.Len)
	}
	zero, gap := 0.0, uint(60)
	bytes := excelize.ChartNumFmt{CustomNumFmt: "#,##0"}
	hosts := excelize.ChartAxis{Font: *font(9, false)}
	sizes := excelize.ChartAxis{Minimum: &zero, MajorGridLines: true, Font: *font(9, false), NumFmt: bytes}
	return b.f.AddChart(summaryName, cellName(1, row), &excelize.Chart{
		Type:      excelize.Col,
		Series:    []excelize.ChartSeries{{Name: heading("expected"), Categories: column("host"), Values: column("expected"), Fill: solid("5B87C5")}},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: font(11, true)}}},
		Legend:    excelize.ChartLegend{Position: "bottom", Font: font(10, false)},
		Dimension: excelize.ChartDimension{Width: 585, Height: 20*(chartRows-1) - 10},
		GapWidth:  &gap,
		XAxis:     hosts,
		YAxis:     sizes,
		PlotArea:  excelize.ChartPlotArea{ShowVal: n <= 12, NumFmt: bytes},
	}, &excelize.Chart{
		Type: excelize.Line,
		Series: []excelize.ChartSeries{{Name: heading("limit"), Categories: column("host"), Values: column("limit"), Fill: solid("C00000"),
			Line: excelize.LineOptions{Width: 2.25}, Marker: excelize.ChartMarker{Symbol: "dash", Size: 12, Fill: solid("C00000")}}},
		Legend: excelize.ChartLegend{Position: "bottom", Font: font(10, false)},
		XAxis:  hosts,
		YAxis:  sizes,
	})
}
