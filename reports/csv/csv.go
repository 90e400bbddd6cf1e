// Package csv writes one sheet of the report as comma-separated values (RFC
// 4180): a header, then a record for each row, lines ended by CR LF.
//
// Text that a spreadsheet could take for a formula gets an apostrophe in front;
// numbers stay numbers. Times are written as 2006-01-02 15:04:05 in UTC, which
// spreadsheets read as dates. A text longer than reports.MaxCell is cut, which
// it says itself.
package csv

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/reports"
)

// Options choose what is written and how.
type Options struct {
	// Sheet is the name of the sheet; "" means Findings.
	Sheet string
	// Comma is the delimiter; 0 means a comma. It must be one that CheckComma
	// takes.
	Comma rune
	// BOM writes a byte order mark first, by which Excel knows UTF-8.
	BOM bool
	// OneLine writes line breaks inside a cell as \n, for readers that take
	// each line for a record.
	OneLine bool
}

// DefaultSheet is the sheet that is written where none is named.
const DefaultSheet = "Findings"

// CheckComma says what is wrong with a delimiter, if anything is: it has to be a
// character that no number, quote, line break or formula begins with.
func CheckComma(r rune) error {
	switch {
	case !utf8.ValidRune(r) || r == utf8.RuneError || r < 0x20 && r != '\t' || reports.Unsafe(r) && r != '\t':
		return fmt.Errorf("%q cannot delimit cells", r)
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', strings.ContainsRune("\"'=+-@. :", r):
		return fmt.Errorf("%q cannot delimit cells: it stands in data too often to be told apart", r)
	}
	return nil
}

// Format returns the report as CSV. Besides an error of the writer, its Write
// returns one where the document has no such sheet or the delimiter is none.
func Format(opts Options) *reports.Format {
	return &reports.Format{
		Name: "csv",
		Doc: `one table for spreadsheets and scripts

The findings, or another sheet that is named, as comma-separated values: RFC
4180, with a header and CR LF. Text that a spreadsheet would take for a formula
(it begins with = + - @ or a tab) has an apostrophe in front; numbers are
numbers. Long digit strings and dates inside text may still be reformatted by a
spreadsheet that is not told to read columns as text: the workbook keeps them.`,
		Ext:   ".csv",
		Write: func(w io.Writer, d *reports.Document) error { return write(w, d, opts) },
	}
}

func write(w io.Writer, d *reports.Document, opts Options) error {
	if opts.Sheet == "" {
		opts.Sheet = DefaultSheet
	}
	if opts.Comma == 0 {
		opts.Comma = ','
	}
	if err := CheckComma(opts.Comma); err != nil {
		return err
	}
	s := d.Sheet(opts.Sheet)
	if s == nil {
		return fmt.Errorf("the report has no sheet %q; it has %s", opts.Sheet, strings.Join(names(d), ", "))
	}
	s = s.Printed()
	p := &printer{w: bufio.NewWriterSize(w, 64<<10), Options: opts}
	if opts.BOM {
		p.put("\ufeff")
	}
	for i, c := range s.Columns {
		p.cell(i, c.Name)
	}
	p.end()
	for row := range s.Rows {
		for i, c := range row {
			switch c.Kind {
			case reports.IntegerCell:
				p.raw(i, strconv.FormatInt(c.Number, 10))
			case reports.TimeCell:
				p.raw(i, c.Time.Format("2006-01-02 15:04:05"))
			default:
				p.cell(i, c.Text)
			}
		}
		if p.end(); p.err != nil {
			return p.err
		}
	}
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

func names(d *reports.Document) []string {
	var list []string
	for _, s := range d.Sheets {
		list = append(list, s.Name)
	}
	return list
}

// A printer writes cells; the first error ends it.
type printer struct {
	Options
	w   *bufio.Writer
	err error
}

func (p *printer) put(s string) {
	if p.err == nil {
		_, p.err = p.w.WriteString(s)
	}
}

func (p *printer) end() { p.put("\r\n") }

// raw writes a cell that needs no care.
func (p *printer) raw(i int, s string) {
	if i > 0 {
		p.put(string(p.Comma))
	}
	p.put(s)
}

// cell writes a text. Any delimiter in use somewhere has it quoted, and not only
// the one of this file: a spreadsheet may be set to another.
func (p *printer) cell(i int, s string) {
	if p.OneLine {
		s = strings.ReplaceAll(s, "\n", `\n`)
	}
	s = inert(s)
	if s != "" && (strings.ContainsAny(s, "\",;|\t\r\n") || strings.ContainsRune(s, p.Comma) || s[0] == ' ' || s[len(s)-1] == ' ') {
		s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	p.raw(i, s)
}

// inert puts an apostrophe before what a spreadsheet would take for a formula:
// text that begins with = + - @, a tab or a line break, or with the full-width
// form of one of the signs (OWASP, "CSV Injection").
func inert(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	switch r {
	case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return "'" + reports.Cut(s, reports.MaxCell-1)
	}
	return reports.Cut(s, reports.MaxCell)
}
