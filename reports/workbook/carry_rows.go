package workbook

import (
	"encoding/xml"
	"strings"

	"github.com/xuri/excelize/v2"
)

// A carriedRow is a row of the findings of an earlier workbook.
type carriedRow struct {
	sheet string
	plan  bool
	row   int
	cells [columnCount]carriedCell
}

// A carriedCell is a value as the file has it.
type carriedCell struct {
	kind    carriedKind
	text    string
	formula bool // a formula without a value
}

type carriedKind uint8

const (
	textCell   carriedKind = iota
	sharedText             // text is the number of the shared string
	numberCell
	isoDate
)

// rowsOf appends the rows below the headings of a table.
func (p *pack) rowsOf(t table, rows []carriedRow) ([]carriedRow, error) {
	first := len(rows)
	err := p.cells(t.part, func(row, col int, c carriedCell) error {
		column, wanted := t.columns[col]
		if row <= t.heading || !wanted || c.text == "" && !c.formula {
			return nil
		}
		if len(rows) == first || rows[len(rows)-1].row != row {
			rows = append(rows, carriedRow{sheet: t.sheet, plan: t.plan, row: row})
			p.kept -= 400 // about what a row takes beside its text
		}
		if p.kept -= len(c.text); p.kept < 0 {
			return errTooLarge
		}
		rows[len(rows)-1].cells[column] = c
		return nil
	})
	return rows, err
}

// cells gives the cells of a sheet in the order of the file.
func (p *pack) cells(part string, take func(row, col int, c carriedCell) error) error {
	row, col := 0, 0
	var c carriedCell
	var text strings.Builder
	in, inText, formula := false, false, false
	return p.each(part, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "row":
				if n := number(attribute(e, "r")); n > 0 {
					row = n
				} else {
					row++
				}
				col = 0
			case "c":
				in, formula = true, false
				text.Reset()
				c = carriedCell{kind: kindOf(attribute(e, "t"))}
				if x, y, err := excelize.CellNameToCoordinates(attribute(e, "r")); err == nil {
					col, row = x, y
				} else {
					col++
				}
			case "v", "t":
				inText = in
			case "f":
				formula = in
			case "rPh": // how the text is pronounced
				in = false
			}
		case xml.CharData:
			if inText {
				text.Write(e)
			}
			if text.Len() > maxToken {
				return errTooLarge
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "v", "t":
				inText = false
			case "rPh":
				in = true
			case "sheetData":
				return errStop
			case "c":
				in = false
				c.text = text.String()
				c.formula = formula && c.text == ""
				if c.kind == textCell {
					c.text = unescape(c.text)
				}
				return take(row, col, c)
			}
		}
		return nil
	})
}

func kindOf(t string) carriedKind {
	switch t {
	case "s":
		return sharedText
	case "", "n":
		return numberCell
	case "d":
		return isoDate
	}
	return textCell // inlineStr, str, and what is no text but can be read: b, e
}

// resolve puts the shared strings in place of their numbers. Only those that are
// needed are kept.
func (p *pack) resolve(rows []carriedRow) error {
	wanted := map[int]string{}
	for i := range rows {
		for j := range rows[i].cells {
			if c := &rows[i].cells[j]; c.kind == sharedText {
				wanted[number(c.text)] = ""
			}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	if err := p.readShared(wanted); err != nil {
		return err
	}
	for i := range rows {
		for j := range rows[i].cells {
			if c := &rows[i].cells[j]; c.kind == sharedText {
				c.kind, c.text = textCell, wanted[number(c.text)]
			}
		}
	}
	return nil
}

// readShared reads the shared strings that are wanted, by their numbers.
func (p *pack) readShared(wanted map[int]string) error {
	if p.shared == "" {
		return errXML
	}
	n, left := -1, len(wanted)
	var text strings.Builder
	keep, inText, spoken := false, false, false
	return p.each(p.shared, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "si":
				n++
				_, keep = wanted[n]
				text.Reset()
			case "t":
				inText = keep && !spoken
			case "rPh":
				spoken = true
			}
		case xml.CharData:
			if inText {
				text.Write(e)
			}
			if text.Len() > maxToken {
				return errTooLarge
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "t":
				inText = false
			case "rPh":
				spoken = false
			case "si":
				if !keep {
					return nil
				}
				if p.kept -= text.Len(); p.kept < 0 {
					return errTooLarge
				}
				wanted[n] = unescape(text.String())
				if left--; left == 0 {
					return errStop
				}
			}
		}
		return nil
	})
}

// unescape undoes _xHHHH_ (ECMA-376 part 1, 22.9.2.19).
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] == '_' && isEscape(s[i:]) {
			n := 0
			for _, c := range s[i+2 : i+6] {
				n = n<<4 | strings.IndexRune("0123456789abcdef", c|0x20)
			}
			b.WriteRune(rune(n))
			i += 7
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}
