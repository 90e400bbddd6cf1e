package workbook

import (
	"fmt"
	"slices"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// protect guards a sheet against accidents: there is no password. What Excel
// allows on a protected sheet and does no harm stays allowed.
func (b *book) protect(sheet string) error {
	return b.f.ProtectSheet(sheet, &excelize.SheetProtectionOptions{SelectLockedCells: true, SelectUnlockedCells: true,
		FormatCells: true, FormatColumns: true, FormatRows: true, Sort: true, AutoFilter: true, PivotTables: true})
}

// protectionNote says what the protection is worth and what it stands in the
// way of.
const protectionNote = "Sheets are protected against accidents, without a password. Filters work, and tinted cells can be filled in; to sort or to change more, unprotect the sheet (Review, Unprotect Sheet)."

// choices are the lists that cells are filled in from, a column each of the
// sheet Lists.
type choices []choice

type choice struct {
	heading string
	list    []string
}

// reference returns the range that holds a list, the same for equal lists.
func (c *choices) reference(heading string, list []string) string {
	at := slices.IndexFunc(*c, func(have choice) bool { return slices.Equal(have.list, list) })
	if at < 0 {
		at = len(*c)
		*c = append(*c, choice{heading, list})
	}
	col, _ := excelize.ColumnNumberToName(at + 1)
	return fmt.Sprintf("%s!$%s$2:$%s$%d", listsName, col, col, 1+min(len(list), maxChoices))
}

// maxChoices is how many items Excel shows of a list.
const maxChoices = 32_767

// addLists adds the sheet that holds the lists, the only one that is hidden.
func (b *book) addLists() error {
	if len(b.choices) == 0 {
		return nil
	}
	if err := b.newSheet(listsName); err != nil {
		return err
	}
	for i, c := range b.choices {
		heading := c.heading
		if len(c.list) > maxChoices {
			heading += fmt.Sprintf(" (the first %d of %d)", maxChoices, len(c.list))
		}
		if err := b.setText(listsName, i+1, 1, heading, b.styles.heading); err != nil {
			return err
		}
		for j, item := range c.list[:min(len(c.list), maxChoices)] {
			if err := b.setText(listsName, i+1, j+2, item, b.styles.body); err != nil {
				return err
			}
		}
		col, _ := excelize.ColumnNumberToName(i + 1)
		if err := b.f.SetColWidth(listsName, col, col, 30); err != nil {
			return err
		}
	}
	return b.f.SetSheetVisible(listsName, false)
}

// validate lets the columns that are filled in take only what they are for.
func (b *book) validate(name string, s *reports.Sheet, n int) error {
	for i, c := range s.Columns {
		if !c.Kind.FilledIn() {
			continue
		}
		area := rangeOf(i+1, firstRow, i+1, headingRow+n)
		var err error
		switch list := s.Choices[c.Key]; {
		case len(list) > 0:
			err = b.oneOf(name, area, s.Name+": "+c.Name, list)
		case c.Kind == reports.FillInDate:
			err = b.dated(name, area)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// oneOf lets cells be filled in from a list.
func (b *book) oneOf(sheet, area, heading string, list []string) error {
	v := excelize.NewDataValidation(true)
	v.Sqref = area
	v.SetSqrefDropList(b.choices.reference(heading, list))
	v.SetError(excelize.DataValidationErrorStyleStop, b.alert("Not in the list", maxAlertTitle), b.alert("Choose one of the list, or leave the cell empty.", maxAlert))
	return b.f.AddDataValidation(sheet, v)
}

// What Excel shows of a message about a wrong entry, in UTF-16 units.
const (
	maxAlertTitle = 32
	maxAlert      = 225
)

// alert puts a message into the language of the document, or leaves it in English
// where the translation is too long.
func (b *book) alert(s string, most int) string {
	if said := b.doc.Say(s); len(utf16.Encode([]rune(said))) <= most {
		return said
	}
	return s
}

// dated lets cells be filled in with dates of this century.
func (b *book) dated(sheet, area string) error {
	v := excelize.NewDataValidation(true)
	v.Sqref, v.Type, v.Operator, v.Formula1 = area, "date", "greaterThanOrEqual", "36526" // 2000-01-01
	v.SetError(excelize.DataValidationErrorStyleStop, b.alert("Not a date", maxAlertTitle), b.alert("Enter a date such as 2026-12-31, or leave the cell empty.", maxAlert))
	return b.f.AddDataValidation(sheet, v)
}
