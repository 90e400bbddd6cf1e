package main

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/ctlaudit/ctlaudit/reports"
)

// A textPage is the text of a command that has no report of its own: headings
// and labelled lines, wrapped to the terminal, so that a narrow one shows them
// too. All that is added is cleaned.
type textPage struct {
	b     strings.Builder
	width int
	color bool
}

// The widths of text, in columns.
const (
	defaultWidth = 100
	minWidth     = 40
)

func newTextPage(w world, o *options) *textPage {
	p := &textPage{width: w.width, color: o.color}
	if p.width == 0 {
		p.width = defaultWidth
	}
	p.width = max(p.width, minWidth)
	return p
}

func (p *textPage) String() string { return p.b.String() }

func (p *textPage) blank() { p.b.WriteByte('\n') }

// heading opens a section: a line, underlined.
func (p *textPage) heading(s string) {
	p.blank()
	longest := 0
	for _, line := range wrapColumns(reports.Clean(s), p.width) {
		longest = max(longest, textWidth(line))
		p.b.WriteString(p.paint(line, "1") + "\n")
	}
	p.b.WriteString(strings.Repeat("─", longest) + "\n")
}

// line writes a text behind a label; its further lines stand below the first.
func (p *textPage) line(label, format string, args ...any) {
	p.styled(label, reports.Plain, fmt.Sprintf(format, args...))
}

// labelWidth is what a label and the blanks around it take.
const labelWidth = 14

func (p *textPage) styled(label string, style reports.Style, s string) {
	indent := strings.Repeat(" ", labelWidth)
	head := "  " + label
	head += strings.Repeat(" ", max(1, labelWidth-textWidth(head)))
	for _, line := range wrapColumns(reports.Clean(s), p.width-labelWidth) {
		p.b.WriteString(strings.TrimRight(head+p.paint(line, textStyles[style]), " ") + "\n")
		head = indent
	}
}

// para writes a text without a label.
func (p *textPage) para(s string) {
	for _, line := range wrapColumns(reports.Clean(s), p.width) {
		p.b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// A gridCell is text of a grid, with its style.
type gridCell struct {
	text  string
	style reports.Style
}

// grid writes rows of cells side by side, each column with its width and the
// last one with what is left.
func (p *textPage) grid(widths []int, rows [][]gridCell) {
	left := p.width
	for _, n := range widths {
		left -= n + 2
	}
	widths = append(widths, max(left, 10))
	for _, row := range rows {
		columns := make([][]string, len(row))
		height := 0
		for i, c := range row {
			columns[i] = wrapColumns(reports.Clean(c.text), widths[i])
			height = max(height, len(columns[i]))
		}
		for y := range height {
			var line strings.Builder
			blanks := 0
			for i, c := range row {
				if y < len(columns[i]) && columns[i][y] != "" {
					line.WriteString(strings.Repeat(" ", blanks) + p.paint(columns[i][y], textStyles[c.style]))
					blanks = widths[i] + 2 - textWidth(columns[i][y])
				} else {
					blanks += widths[i] + 2
				}
			}
			p.b.WriteString(line.String() + "\n")
		}
	}
}

// textStyles are the ANSI codes of styles.
var textStyles = map[reports.Style]string{
	reports.Good: "32", reports.Bad: "1;31", reports.Doubt: "33", reports.Absent: "35", reports.Quiet: "36",
}

func (p *textPage) paint(s, code string) string {
	if !p.color || code == "" || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// wrapColumns breaks text into lines of at most columns columns: at blanks and
// behind commas, else behind a character that separates parts of a path, else
// anywhere.
func wrapColumns(s string, columns int) []string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		for {
			end, next := breakText(line, columns)
			lines = append(lines, line[:end])
			if next >= len(line) {
				break
			}
			line = line[next:]
		}
	}
	return lines
}

// breakText returns where the first line of s ends and where the next begins.
func breakText(s string, columns int) (end, next int) {
	at, soft := 0, 0
	for i, r := range s {
		n := runeWidth(r)
		if at+n > columns && i > 0 {
			switch {
			case r == ' ':
				return i, i + 1
			case soft > end && textWidth(s[:end]) < columns/2:
				return soft, soft
			case end > 0:
				return end, next
			}
			return i, i
		}
		at += n
		switch r {
		case ' ':
			end, next = i, i+1
		case ',':
			end, next = i+1, i+1
		case '\\', '/', ';', '-', '+':
			soft = i + 1
		}
	}
	return len(s), len(s)
}

func textWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// runeWidth is how many columns a terminal gives a character.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
