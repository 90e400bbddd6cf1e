package workbook

import (
	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// styles are the cell formats of the workbook, by number.
type styles struct {
	title, note, heading, headingRight, label, body, link int
	// Those of the front page.
	banner, coverTitle, block, coverLabel, coverText, fillIn int
	coverWords                                               [6]int
	// cells are by the column's kind, or one of the two below, and the word's
	// style; links are the same for cells that lead somewhere.
	cells, links [10][6]int
}

// fillColors are light enough to print in grey and differ in lightness too; the
// word in the cell says what the colour means.
var fillColors = map[reports.Style]string{
	reports.Good: "E2F0D9", reports.Bad: "F4B6A6", reports.Doubt: "FFF2CC", reports.Absent: "E7E6E6", reports.Quiet: "DDEBF7",
}

// Colours: of what is to be filled in, of links, of headings, and of the front
// page.
const (
	fillInColor  = "F3EEF9"
	linkColor    = "0563C1"
	headingColor = "D9E1F2"
	bannerColor  = "1F3864"
	quietColor   = "595959"
)

func (b *book) makeStyles() error {
	top := &excelize.Alignment{Vertical: "top"}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	bold := font(11, true)
	line := []excelize.Border{{Type: "bottom", Color: "7F7F7F", Style: 1}}
	hair := []excelize.Border{{Type: "bottom", Color: "D9D9D9", Style: 1}}
	s := &b.styles
	add := func(to *int, style excelize.Style) (err error) {
		*to, err = b.f.NewStyle(&style)
		return err
	}
	for _, one := range []struct {
		to    *int
		style excelize.Style
	}{
		{&s.title, excelize.Style{Font: font(16, true)}},
		{&s.note, excelize.Style{Font: &excelize.Font{Family: fontName, Size: 11, Italic: true, Color: quietColor}, Alignment: top}},
		{&s.heading, excelize.Style{Font: bold, Alignment: wrap, Border: line, Fill: solid(headingColor)}},
		{&s.headingRight, excelize.Style{Font: bold, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true, Horizontal: "right"}, Border: line, Fill: solid(headingColor)}},
		{&s.label, excelize.Style{Font: bold, Alignment: top}},
		{&s.body, excelize.Style{Alignment: wrap}},
		{&s.link, excelize.Style{Font: linkFont(false), Alignment: top}},
		{&s.banner, excelize.Style{Font: &excelize.Font{Family: fontName, Size: 14, Bold: true, Color: "FFFFFF"}, Fill: solid(bannerColor),
			Alignment: &excelize.Alignment{Vertical: "center", Horizontal: "center", WrapText: true}}},
		{&s.coverTitle, excelize.Style{Font: &excelize.Font{Family: fontName, Size: 26, Bold: true, Color: bannerColor}, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}},
		{&s.block, excelize.Style{Font: &excelize.Font{Family: fontName, Size: 12, Bold: true, Color: bannerColor}, Alignment: &excelize.Alignment{Vertical: "bottom"},
			Border: []excelize.Border{{Type: "bottom", Color: bannerColor, Style: 2}}}},
		{&s.coverLabel, excelize.Style{Font: &excelize.Font{Family: fontName, Size: 11, Color: quietColor}, Alignment: wrap, Border: hair}},
		{&s.coverText, excelize.Style{Font: font(11, false), Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left", WrapText: true}, Border: hair}},
		{&s.fillIn, excelize.Style{Font: font(11, false), Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left", WrapText: true}, Border: box(), Fill: solid(fillInColor),
			Protection: unlocked()}},
	} {
		if err := add(one.to, one.style); err != nil {
			return err
		}
	}
	for word := range s.coverWords {
		style := excelize.Style{Font: font(11, reports.Style(word) == reports.Bad), Alignment: wrap, Border: hair}
		if color := fillColors[reports.Style(word)]; color != "" {
			style.Fill = solid(color)
		}
		if err := add(&s.coverWords[word], style); err != nil {
			return err
		}
	}
	kinds := cellStyles()
	for kind := range s.cells {
		for word := range s.cells[kind] {
			style := kinds[reports.ColumnKind(kind)]
			if style.Border == nil {
				style.Border = hair
			}
			if color := fillColors[reports.Style(word)]; color != "" {
				style.Fill = solid(color)
			}
			if reports.Style(word) == reports.Bad {
				style.Font = bold
			}
			if err := add(&s.cells[kind][word], style); err != nil {
				return err
			}
			style.Font = linkFont(reports.Style(word) == reports.Bad)
			if err := add(&s.links[kind][word], style); err != nil {
				return err
			}
		}
	}
	return nil
}

// cellStyles are the formats of the kinds of cells.
func cellStyles() map[reports.ColumnKind]excelize.Style {
	const asText = 49 // the built-in number format @
	top := &excelize.Alignment{Vertical: "top"}
	left := &excelize.Alignment{Vertical: "top", Horizontal: "left"}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	moment, day, grouped := "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd", "#,##0_)"
	return map[reports.ColumnKind]excelize.Style{
		reports.Text:       {Alignment: top},
		reports.Wrapped:    {Alignment: wrap},
		reports.Identifier: {Alignment: top, NumFmt: asText},
		reports.Integer:    {Alignment: top, CustomNumFmt: &grouped},
		reports.Date:       {Alignment: left, CustomNumFmt: &moment},
		reports.Prose:      {Alignment: wrap},
		reports.FillIn:     {Alignment: wrap, Border: box(), Fill: solid(fillInColor), Protection: unlocked()},
		reports.FillInDate: {Alignment: left, Border: box(), Fill: solid(fillInColor), Protection: unlocked(), CustomNumFmt: &day},
		textAmongNumbers:   {Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right"}},
		numberThatNames:    {Alignment: left, NumFmt: 1}, // 0
	}
}

// fontName is the font that excelize gives all other cells.
const fontName = "Calibri"

func font(size float64, bold bool) *excelize.Font {
	return &excelize.Font{Family: fontName, Size: size, Bold: bold, Color: "000000"}
}

func linkFont(bold bool) *excelize.Font {
	return &excelize.Font{Family: fontName, Size: 11, Bold: bold, Color: linkColor, Underline: "single"}
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// box is the border of a cell to fill in.
func box() []excelize.Border {
	var sides []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		sides = append(sides, excelize.Border{Type: side, Color: "A6A6A6", Style: 1})
	}
	return sides
}

func unlocked() *excelize.Protection { return &excelize.Protection{Locked: false} }

// Kinds beside those of columns: a text in a column of numbers, and a number
// that only names something.
const (
	textAmongNumbers = reports.FillInDate + 1 + iota
	numberThatNames
)

// of returns the format of a cell. A text in a column of numbers or dates is
// formatted as text; what is to be filled in keeps the format of its column.
func (s *styles) of(kind reports.ColumnKind, c *reports.Cell, linked bool) int {
	switch {
	case kind.FilledIn():
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
	if linked {
		return s.links[kind][c.Style]
	}
	return s.cells[kind][c.Style]
}
