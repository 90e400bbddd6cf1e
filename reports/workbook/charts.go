package workbook

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// The size of the charts, and how many bars can be told apart.
const (
	chartRows  = 17
	chartBars  = 40
	chartWide  = 585 // pixels: the first two columns of the summary
	chartWider = 900
)

// maxAltText bounds the text alternative of a chart, in UTF-16 units.
const maxAltText = 1000

// A drawing is a chart before excelize's defaults: what it shows, in words too.
type drawing struct {
	title, alt     string
	across, up     string // titles of the axes
	width          uint
	legend         string
	series, second []excelize.ChartSeries
	kind           excelize.ChartType
	values         bool // written at the bars
	from           *float64
}

// draw puts a chart on the summary, over the rows from row on.
func (b *book) draw(col, row int, d drawing) error {
	zero, gap := 0.0, uint(60)
	bytes := excelize.ChartNumFmt{CustomNumFmt: "#,##0"}
	axis := func(title string) excelize.ChartAxis {
		return excelize.ChartAxis{Font: *font(9, false), Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: font(9, false)}}}}
	}
	x, y := axis(b.doc.Say(d.across)), axis(b.doc.Say(d.up))
	x.Minimum = d.from
	y.Minimum, y.MajorGridLines, y.NumFmt = &zero, true, bytes
	legend := excelize.ChartLegend{Position: d.legend, Font: font(9, false)}
	chart := &excelize.Chart{Type: d.kind, Series: d.series, Legend: legend, XAxis: x, YAxis: y, GapWidth: &gap,
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: b.doc.Say(d.title), Font: font(11, true)}}},
		Dimension: excelize.ChartDimension{Width: d.width, Height: 20*(chartRows-1) - 10},
		Format:    excelize.GraphicOptions{Name: d.title, AltText: reports.Cut(b.doc.Say(d.alt), maxAltText), Positioning: "oneCell"},
		PlotArea:  excelize.ChartPlotArea{ShowVal: d.values, NumFmt: bytes},
	}
	var more []*excelize.Chart
	if d.second != nil {
		more = append(more, &excelize.Chart{Type: excelize.Line, Series: d.second, Legend: legend, XAxis: x, YAxis: y})
	}
	return b.f.AddChart(summaryName, cellName(col, row), chart, more...)
}

// column refers to rows of a column: those from first on, as many as n.
func column(sheet string, col, first, n int) string {
	name, _ := excelize.ColumnNumberToName(col + 1)
	return fmt.Sprintf("%s!$%s$%d:$%s$%d", quoted(sheet), name, first, name, first+n-1)
}

func heading(sheet string, col, row int) string {
	name, _ := excelize.ColumnNumberToName(col + 1)
	return fmt.Sprintf("%s!$%s$%d", quoted(sheet), name, row)
}

// sizeChart draws the expected size of each list beside its limit. first is the
// row of the first list.
func (b *book) sizeChart(row, first int) error {
	s := b.doc.Overview
	n := min(s.Len, chartBars)
	if n == 0 {
		return b.setText(summaryName, 1, row, b.doc.Say("no chart")+": "+s.Empty, b.styles.note)
	}
	title := "Expected size of the trusted issuer list and its limit, in bytes"
	if n < s.Len {
		title += fmt.Sprintf(" (the first %d of %d lists)", n, s.Len)
	}
	part := func(key string) string { return column(summaryName, s.Column(key), first, n) }
	return b.draw(1, row, drawing{
		title: title, alt: title + ". Bars: expected size, by host. Dashes: the limit. The numbers are in the table " + s.Title + ".",
		kind: excelize.Col, across: "Host", up: "Bytes", width: chartWide, legend: "bottom", values: n <= 12,
		series: []excelize.ChartSeries{{Name: heading(summaryName, s.Column("expected"), first-1), Categories: part("host"), Values: part("expected"), Fill: solid("5B87C5")}},
		second: []excelize.ChartSeries{{Name: heading(summaryName, s.Column("limit"), first-1), Categories: part("host"), Values: part("limit"), Fill: solid("C00000"),
			Line: excelize.LineOptions{Width: 2.25}, Marker: excelize.ChartMarker{Symbol: "dash", Size: 12, Fill: solid("C00000")}}},
	})
}

// foundCharts draws the two charts whose numbers are on sheets of their own, and
// reports whether there was anything to draw.
func (b *book) foundCharts(row int) (bool, error) {
	severity, cumulative := b.placeOf(b.charts.Severity.Name), b.placeOf(b.charts.Cumulative.Name)
	drawn := false
	if severity.chart && len(severity.names) > 0 {
		drawn = true
		if err := b.severityChart(row, severity); err != nil {
			return drawn, err
		}
	}
	if cumulative.chart && len(cumulative.names) == 1 {
		drawn = true
		if err := b.cumulativeChart(row, cumulative); err != nil {
			return drawn, err
		}
	}
	return drawn, nil
}

// severityColors run from dark to light, so that they can be told apart in grey.
var severityColors = []string{"5A1018", "B23A2E", "E58F4A", "F6D58E", "DDE3EA"}

// severityChart stacks the failures of each host by severity, the gravest at the
// bottom.
func (b *book) severityChart(row int, p *place) error {
	s := p.sheet
	n := min(s.Len, chartBars)
	title := "Failures by host and severity"
	if n < s.Len {
		title += fmt.Sprintf(" (the first %d of %d hosts)", n, s.Len)
	}
	d := drawing{title: title, alt: title + ". Stacked bars, the gravest at the bottom. The numbers are on the sheet " + p.names[0] + ".",
		kind: excelize.ColStacked, across: "Host", up: "Findings that failed", width: chartWide, legend: "bottom"}
	for i := 1; i < len(s.Columns); i++ {
		d.series = append(d.series, excelize.ChartSeries{Name: heading(p.names[0], i, headingRow), Categories: column(p.names[0], 0, firstRow, n),
			Values: column(p.names[0], i, firstRow, n), Fill: solid(severityColors[(i-1)%len(severityColors)])})
	}
	return b.draw(1, row, d)
}

// lineColors and lineDashes tell the lines of lists apart, in grey too.
var (
	lineColors = []string{"1F3864", "2E75B6", "548235", "7F6000", "7030A0", "00808A", "843C0C", "7F7F7F"}
	lineDashes = []excelize.LineDashType{excelize.LineDashSolid, excelize.LineDashDash, excelize.LineDashDot, excelize.LineDashSashDot,
		excelize.LineDashLgDash, excelize.LineDashSysDash, excelize.LineDashLgDashDot, excelize.LineDashLgDashDotDot}
)

// A run is the rows of a list.
type run struct{ first, n int }

// cumulativeChart draws where each name ends, a line for each list, and the two
// limits over the longest one.
func (b *book) cumulativeChart(row int, p *place) error {
	s, name := p.sheet, p.names[0]
	list, number, bytes := s.Column("list"), s.Column("number"), s.Column("bytes")
	var runs []run
	longest, most, at, last := run{}, int64(0), firstRow, ""
	for cells := range s.Rows {
		if len(runs) == 0 || cells[list].Text != last {
			runs = append(runs, run{first: at})
		}
		r := &runs[len(runs)-1]
		r.n++
		if cells[number].Number > most {
			most, longest = cells[number].Number, *r
		}
		last = cells[list].Text
		at++
	}
	title := "Bytes of the list after each name, in file order (simulated)"
	d := drawing{title: title, alt: title + ". A line for each list that rises with each name, and the limits of 12,288 and 16,384 bytes. The numbers are on the sheet " + name + ". " + s.Note,
		kind: excelize.Scatter, across: "Names, in file order", up: "Bytes", width: chartWider, legend: "right", from: new(float64)}
	for i, r := range runs {
		d.series = append(d.series, excelize.ChartSeries{Name: heading(name, list, r.first), Categories: column(name, number, r.first, r.n), Values: column(name, bytes, r.first, r.n),
			Fill: solid(lineColors[i%len(lineColors)]), Marker: excelize.ChartMarker{Symbol: "none"},
			Line: excelize.LineOptions{Type: excelize.LineSolid, Width: 2.25, Dash: lineDashes[i%len(lineDashes)]}})
	}
	for i, key := range []string{"limit12288", "limit16384"} {
		col := s.Column(key)
		d.series = append(d.series, excelize.ChartSeries{Name: heading(name, col, headingRow), Categories: column(name, number, longest.first, longest.n),
			Values: column(name, col, longest.first, longest.n), Fill: solid([]string{"E0703A", "C00000"}[i]), Marker: excelize.ChartMarker{Symbol: "none"},
			Line: excelize.LineOptions{Type: excelize.LineSolid, Width: 1.5, Dash: []excelize.LineDashType{excelize.LineDashSysDash, excelize.LineDashSolid}[i]}})
	}
	return b.draw(besideCol, row, d)
}
