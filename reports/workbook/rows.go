package workbook

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// A fill is the rows of a sheet, or of one part of it, that are written into
// the sheet's XML when the archive is.
type fill struct {
	book    *book
	sheet   *reports.Sheet
	skip    int // rows of the parts before
	n       int
	last    bool // there must be no row after these
	row     int  // where the first row goes
	noteRow int  // where the note stands that says what was left out
	links   links
}

// write writes the <row> elements.
func (f *fill) write(out io.Writer) error {
	w := &rowWriter{Writer: bufio.NewWriterSize(out, 64<<10), fill: f}
	for i := range f.sheet.Columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		w.columns = append(w.columns, name)
	}
	w.bearers = bearers(f.sheet.Columns)
	seen := 0
	for row := range f.sheet.Rows {
		seen++
		if seen <= f.skip {
			continue
		}
		if seen > f.skip+f.n {
			if f.last {
				return fmt.Errorf("sheet %s has more rows than the %d it announced", f.sheet.Name, f.sheet.Len)
			}
			break
		}
		if len(row) != len(w.columns) {
			return fmt.Errorf("row %d of sheet %s has %d cells for %d columns", seen, f.sheet.Name, len(row), len(w.columns))
		}
		w.writeRow(f.row+seen-f.skip-1, row)
		if w.err != nil {
			return w.err
		}
	}
	if seen < f.skip+f.n {
		return fmt.Errorf("sheet %s has %d rows and announced %d", f.sheet.Name, seen, f.sheet.Len)
	}
	return w.Flush()
}

// A rowWriter writes rows as SpreadsheetML; the first error is kept.
type rowWriter struct {
	*bufio.Writer
	fill    *fill
	columns []string
	number  []byte
	err     error
	bearers []int // for each column, the column whose cell bears its link
}

func (w *rowWriter) writeRow(n int, row []reports.Cell) {
	w.number = strconv.AppendInt(w.number[:0], int64(n), 10)
	w.puts(`<row r="`)
	w.put(w.number)
	if n := w.height(row); n > 1 {
		// Not customHeight: Excel finds the height anew when a cell changes.
		w.puts(`" ht="`)
		w.puts(strconv.FormatFloat(min(float64(n)*lineHeight, maxHeight), 'f', -1, 64))
	}
	w.puts(`">`)
	for i := range row {
		w.writeCell(i, &row[i], w.linked(i, row))
	}
	w.puts(`</row>`)
}

// height is how many lines the row takes.
func (w *rowWriter) height(row []reports.Cell) int {
	most := 1
	for i := range row {
		if c := &w.fill.sheet.Columns[i]; c.Kind.Wraps() && len(row[i].Text) > 0 {
			most = max(most, lines(row[i].Text, c.Width))
		}
	}
	return most
}

// bearers returns for each column which column's cell bears its link: itself, or
// the identifier of the row where its text may run over several lines, since
// LibreOffice shows only the first line of a cell with a link.
func bearers(columns []reports.Column) []int {
	id := slices.IndexFunc(columns, func(c reports.Column) bool { return c.Kind == reports.Identifier })
	to := make([]int, len(columns))
	for i, c := range columns {
		to[i] = i
		if c.Kind.Wraps() && id >= 0 {
			to[i] = id
		}
	}
	return to
}

// linked adds the link of a cell, its own or else one that it bears for a longer
// text, and reports whether there is one.
func (w *rowWriter) linked(i int, row []reports.Cell) bool {
	if row[i].Kind == reports.Blank {
		return false
	}
	if row[i].Link != "" && (w.bearers[i] == i || unable(&row[w.bearers[i]])) {
		return w.fill.links.add(w.fill.book, w.columns[i], w.number, &row[i])
	}
	if w.fill.sheet.Columns[i].Kind != reports.Identifier || row[i].Link != "" {
		return false
	}
	for j := range row {
		if row[j].Link != "" && w.bearers[j] == i && j != i {
			return w.fill.links.add(w.fill.book, w.columns[i], w.number, &row[j])
		}
	}
	return false
}

// unable reports whether a cell cannot bear the link of another.
func unable(c *reports.Cell) bool { return c.Kind == reports.Blank || c.Link != "" }

func (w *rowWriter) writeCell(i int, c *reports.Cell, linked bool) {
	w.puts(`<c r="`)
	w.puts(w.columns[i])
	w.put(w.number)
	w.puts(`" s="`)
	var buf [32]byte
	w.put(strconv.AppendInt(buf[:0], int64(w.fill.book.styles.of(w.fill.sheet.Columns[i].Kind, c, linked)), 10))
	switch c.Kind {
	case reports.Blank:
		w.puts(`"/>`)
	case reports.IntegerCell:
		w.puts(`"><v>`)
		w.put(strconv.AppendInt(buf[:0], c.Number, 10))
		w.puts(`</v></c>`)
	case reports.TimeCell:
		if serial, ok := serialDate(c.Time); ok {
			w.puts(`"><v>`)
			w.put(strconv.AppendFloat(buf[:0], serial, 'f', -1, 64))
			w.puts(`</v></c>`)
			return
		}
		w.text(c.Time.UTC().Format("2006-01-02 15:04:05"))
	default:
		w.text(reports.Cut(c.Text, reports.MaxCell))
	}
}

// text ends a cell with an inline string: typed so, it is never a formula.
func (w *rowWriter) text(s string) {
	w.puts(`" t="inlineStr"><is><t xml:space="preserve">`)
	from := 0
	for i := 0; i < len(s); i++ {
		escape := ""
		switch s[i] {
		case '&':
			escape = "&amp;"
		case '<':
			escape = "&lt;"
		case '>':
			escape = "&gt;"
		case '_':
			// Excel undoes _xHHHH_ in a string (ECMA-376 part 1, 22.9.2.19).
			if !isEscape(s[i:]) {
				continue
			}
			escape = "_x005F_"
		default:
			continue
		}
		w.puts(s[from:i])
		w.puts(escape)
		from = i + 1
	}
	w.puts(s[from:])
	w.puts(`</t></is></c>`)
}

// isEscape reports whether s begins with _xHHHH_.
func isEscape(s string) bool {
	if len(s) < 7 || s[1] != 'x' && s[1] != 'X' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 16)
	return err == nil
}

var firstDay = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// serialDate returns a time as Excel counts it: days since 1899-12-30, to the
// second. It reports false for dates that Excel cannot show as dates; those
// before March 1900 it would show a day off.
func serialDate(t time.Time) (float64, bool) {
	t = t.UTC()
	if t.Year() > 9999 || t.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) {
		return 0, false
	}
	return float64(t.Unix()-firstDay.Unix()) / 86_400, true
}

func (w *rowWriter) puts(s string) {
	if w.err == nil {
		_, w.err = w.WriteString(s)
	}
}

func (w *rowWriter) put(b []byte) {
	if w.err == nil {
		_, w.err = w.Write(b)
	}
}
