package html

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// Bounds of what is shown at once, in characters and rows. Nothing is lost by
// them: the rest is folded.
const (
	longFrom = 1_200 // a longer text is folded
	longHead = 300   // what is shown of it
	shortMax = 80    // a name in a heading or a link
	openRows = 25    // a table of more rows is closed at first
)

// A table is a sheet as the page shows it.
type table struct {
	ID, Name, Title, Note, Empty string
	// Count is the number of rows, Rows says it in words, and Cut what was
	// left out.
	Count, Rows, Cut string
	Len              int
	Open             bool
	Columns          []column
	// Width is the least width of the table, in em of its text.
	Width int
	// Each gives the rows; it may be gone through any number of times.
	Each func(yield func(row) bool)
}

// A column has its share of the width, in percent.
type column struct {
	Name, Class string
	Share       float64
}

// A row has an id if something on the page leads to it.
type row struct {
	ID    string
	Cells []cell
}

// A cell is text with a class for its kind of column and a style of its own.
type cell struct {
	Text, Rest, Size string // as of a folded text
	Class            string
	Style            reports.Style
}

// A folded text shows Text, and Rest on demand; Size is the number of characters
// of both.
type folded struct {
	Text, Rest, Size string
}

// longText folds a text that is long.
func longText(s string) folded {
	if len(s) <= longFrom {
		return folded{Text: s}
	}
	n := utf8.RuneCountInString(s)
	if n <= longFrom {
		return folded{Text: s}
	}
	head := prefix(s, longHead)
	return folded{Text: head, Rest: s[len(head):], Size: rules.Grouped(n)}
}

// shortText is a text for a heading, whose whole stands elsewhere.
func shortText(s string) string {
	if head := prefix(s, shortMax); len(head) < len(s) {
		return head + "…"
	}
	return s
}

// prefix is the first n characters of a text.
func prefix(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// newTable lays out a sheet; ids, if not nil, names the row of that number.
func newTable(d *reports.Document, s *reports.Sheet, most int, ids func(n int) string) *table {
	s = s.Printed()
	t := &table{ID: "sheet-" + slug(s.EnglishName()), Name: s.Name, Title: s.Title, Note: s.Note, Empty: s.Empty,
		Len: s.Len, Count: d.Say(rules.Grouped(s.Len)), Rows: d.Say("Table of " + plural(s.Len, "row")), Open: s.Len <= openRows}
	if s.Len > most {
		t.Cut = d.Say(fmt.Sprintf("The first %s of %s rows. All are in the workbook and in the JSON report.", rules.Grouped(most), rules.Grouped(s.Len)))
	}
	sum := 0
	for _, c := range s.Columns {
		sum += width(c)
	}
	for _, c := range s.Columns {
		share := math.Round(float64(width(c))*10_000/float64(sum)) / 100
		t.Columns = append(t.Columns, column{Name: c.Name, Class: columnClass(c.Kind), Share: share})
	}
	// A character of a proportional font is about 0.55 em wide.
	t.Width = sum * 55 / 100
	t.Each = func(yield func(row) bool) {
		n := 0
		for cells := range s.Rows {
			if n == most {
				return
			}
			n++
			r := row{Cells: make([]cell, 0, len(cells))}
			if ids != nil {
				r.ID = ids(n)
			}
			for i, c := range cells {
				r.Cells = append(r.Cells, newCell(d, s.Columns[i], c))
			}
			if !yield(r) {
				return
			}
		}
	}
	return t
}

// width is that of a column in characters, its padding and the longest word of
// its heading included.
func width(c reports.Column) int {
	w := c.Width
	for _, word := range strings.Fields(c.Name) {
		w = max(w, len(word)+2)
	}
	return w + 4
}

func columnClass(k reports.ColumnKind) string {
	switch k {
	case reports.Integer:
		return "n"
	case reports.Identifier:
		return "id"
	case reports.Date:
		return "d"
	}
	return "t"
}

func newCell(d *reports.Document, col reports.Column, c reports.Cell) cell {
	r := cell{Style: c.Style, Class: columnClass(col.Kind)}
	switch c.Kind {
	case reports.IntegerCell:
		r.Text = strconv.FormatInt(c.Number, 10)
		if col.Kind != reports.Identifier {
			r.Text = d.Say(grouped(c.Number))
		}
	case reports.TimeCell:
		r.Text = c.Time.Format("2006-01-02 15:04:05")
	default:
		f := longText(c.Text)
		r.Text, r.Rest, r.Size = f.Text, f.Rest, f.Size
	}
	if r.Class == "t" {
		r.Class = ""
	}
	return r
}

func grouped(n int64) string {
	if int64(int(n)) == n {
		return rules.Grouped(int(n))
	}
	return strconv.FormatInt(n, 10)
}

// slug makes an id of a sheet's name.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, s)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return rules.Grouped(n) + " " + noun + "s"
}
