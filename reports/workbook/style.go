package workbook

import (
	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// styles are the cell formats of the workbook, by number.
type styles struct {
	title, note, heading, headingRight, label, body, link int
	// cells are by the column's kind, or one of the two below, and the word's
	// style.
	cells [10][6]int
}

// fillColors are light enough to print in grey and differ in lightness too; the
// word in the cell says what the colour means.
var fillColors = map[reports.Style]string{
	reports.Good: "E2F0D9", reports.Bad: "F4B6A6", reports.Doubt: "FFF2CC", reports.Absent: "E7E6E6", reports.Quiet: "DDEBF7",
}

func (b *book) makeStyles() error {
	top := &excelize.Alignment{Vertical: "top"}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	bold := font(11, true)
	line := []excelize.Border{{Type: "bottom", Color: "7F7F7F", Style: 1}}
	for _, s := range []struct {
		to    *int
		style excelize.Style
	}{
		{&b.styles.title, excelize.Style{Font: font(16, true)}},
		{&b.styles.note, excelize.Style{Font: &excelize.Font{Family: fontName, Size: 11, Italic: true, Color: "595959"}, Alignment: top}},
		{&b.styles.heading, excelize.Style{Font: bold, Alignment: wrap, Border: line, Fill: solid("D9E1F2")}},
		{&b.styles.headingRight, excelize.Style{Font: bold, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true, Horizontal: "right"}, Border: line, Fill: solid("D9E1F2")}},
		{&b.styles.label, excelize.Style{Font: bold, Alignment: top}},
		{&b.styles.body, excelize.Style{Alignment: wrap}},
		{&b.styles.link, excelize.Style{Font: &excelize.Font{Family: fontName, Size: 11, Color: "0563C1", Underline: "single"}, Alignment: top}},
	} {
		var err error
		if *s.to, err = b.f.NewStyle(&s.style); err != nil {
			return err
		}
	}
	const asText = 49 // the built-in number format @
	date, grouped := "yyyy-mm-dd hh:mm:ss", "#,##0_)"
	kinds := map[reports.ColumnKind]excelize.Style{
		reports.Text:       {Alignment: top},
		reports.Wrapped:    {Alignment: wrap},
		reports.Identifier: {Alignment: top, NumFmt: asText},
		reports.Integer:    {Alignment: top, CustomNumFmt: &grouped},
		reports.Date:       {Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}, CustomNumFmt: &date},
		reports.Prose:      {Alignment: wrap},
		reports.FillIn:     {Alignment: wrap},
		reports.FillInDate: {Alignment: top},
		textAmongNumbers:   {Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right"}},
		numberThatNames:    {Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}, NumFmt: 1}, // 0
	}
	rule := []excelize.Border{{Type: "bottom", Color: "D9D9D9", Style: 1}}
	for kind := range b.styles.cells {
		for word := range b.styles.cells[kind] {
			style := kinds[reports.ColumnKind(kind)]
			style.Border = rule
			if color := fillColors[reports.Style(word)]; color != "" {
				style.Fill = solid(color)
			}
			if reports.Style(word) == reports.Bad {
				style.Font = bold
			}
			var err error
			if b.styles.cells[kind][word], err = b.f.NewStyle(&style); err != nil {
				return err
			}
		}
	}
	return nil
}

// fontName is the font that excelize gives all other cells.
const fontName = "Calibri"

func font(size float64, bold bool) *excelize.Font {
	return &excelize.Font{Family: fontName, Size: size, Bold: bold, Color: "000000"}
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// Kinds beside those of columns: a text in a column of numbers, and a number
// that only names something.
const (
	textAmongNumbers = reports.FillInDate + 1 + iota
	numberThatNames
)

// of returns the format of a cell. A text in a column of numbers or dates is
// formatted as text.
func (s *styles) of(kind reports.ColumnKind, c *reports.Cell) int {
	switch {
	case c.Kind == reports.TextCell && kind == reports.Integer:
		kind = textAmongNumbers
	case c.Kind == reports.TextCell && kind == reports.Date:
		kind = reports.Text
	case c.Kind == reports.IntegerCell && kind == reports.Identifier:
		kind = numberThatNames
	case c.Kind == reports.IntegerCell:
		kind = reports.Integer
	case c.Kind == reports.TimeCell:
		kind = reports.Date
	}
	return s.cells[kind][c.Style]
}
