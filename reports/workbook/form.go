package workbook

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
)

// FormFormat writes a form of reports.FormNames in place of the evidence
// workbook: its columns and nothing else, unprotected, since whoever receives it
// imports it.
func FormFormat(name string) *reports.Format {
	return &reports.Format{
		Name: "xlsx",
		Doc:  "an Excel workbook: the form " + name,
		Ext:  ".xlsx",
		Write: func(w io.Writer, d *reports.Document) error {
			form, err := reports.NewForm(name, d.Report, d.Carried)
			if err != nil {
				return err
			}
			b := &book{f: excelize.NewFile(), doc: d, rows: maxRows, fills: map[string]*fill{}}
			defer b.f.Close()
			if err := b.form(form); err != nil {
				return fmt.Errorf("form %s: %w", name, err)
			}
			return b.save(w)
		},
	}
}

func (b *book) form(form *reports.Form) error {
	if err := b.makeStyles(); err != nil {
		return err
	}
	if err := b.properties(); err != nil {
		return err
	}
	for _, s := range form.Sheets {
		if err := b.formSheet(s); err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	return b.addLists()
}

// formSheet lays out a sheet: what stands above, the heading, and the rows that
// Excel has room for.
func (b *book) formSheet(s *reports.FormSheet) error {
	if err := b.addNamed(s.Name); err != nil {
		return err
	}
	for r, row := range s.Top {
		for c := range row {
			if err := b.formCell(s.Name, c+1, r+1, &row[c]); err != nil {
				return err
			}
		}
	}
	heading := len(s.Top) + 1
	if err := b.headings(s.Name, s.Sheet, heading); err != nil {
		return err
	}
	if room := b.rows - heading; s.Len > room {
		return fmt.Errorf("%d items do not fit into the %d rows of the form", s.Len, room)
	}
	b.fills[b.part()] = &fill{book: b, sheet: s.Sheet, n: s.Len, row: heading + 1, last: true, noteRow: heading}
	last := heading + max(s.Len, 1)
	for i, c := range s.Columns {
		area := rangeOf(i+1, heading+1, i+1, last)
		var err error
		switch list := s.Choices[c.Key]; {
		case len(list) > 0:
			err = b.oneOf(s.Name, area, s.Name+": "+c.Name, list)
		case c.Kind == reports.FillInDate:
			err = b.dated(s.Name, area)
		}
		if err != nil {
			return err
		}
	}
	if err := b.f.SetSheetDimension(s.Name, rangeOf(1, 1, len(s.Columns), last)); err != nil {
		return err
	}
	return b.page(s.Name, fmt.Sprintf("$%d:$%d", heading, heading), s.Columns)
}

// formCell writes a cell above the heading.
func (b *book) formCell(sheet string, col, row int, c *reports.Cell) error {
	switch c.Kind {
	case reports.Blank:
		return nil
	case reports.TimeCell:
		return b.setText(sheet, col, row, c.Time.Format("2006-01-02"), b.styles.body)
	}
	return b.setText(sheet, col, row, c.Text, b.styles.label)
}
