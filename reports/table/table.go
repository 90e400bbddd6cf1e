// Package table writes the report that a terminal shows: for each host a first
// screen that answers what a reader asks first, then the findings, the sources
// and the remarks on them in tables.
//
// It computes nothing. Text is wrapped by its width on the screen and never
// cut; below MinTable columns the tables become blocks.
package table

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/ctlaudit/ctlaudit/reports"
)

// Widths in columns of the screen.
const (
	// DefaultWidth is used where the width is not known.
	DefaultWidth = 100
	// MinTable is the least width at which tables are drawn.
	MinTable = 72
	// MinWidth is the least width that text is wrapped to.
	MinWidth = 24
)

// Options say what the terminal can do.
type Options struct {
	// Color lets words be coloured by ANSI sequences; the words stay.
	Color bool
	// Width is that of the terminal; 0 means DefaultWidth.
	Width int
}

// Format returns the table report for a terminal.
func Format(opts Options) *reports.Format {
	return &reports.Format{
		Name: "table",
		Doc: `tables for the terminal

What to know first of each host, then all findings, the sources and the errors
and warnings about them. The full evidence is in the other formats.`,
		Ext:   ".txt",
		Write: func(w io.Writer, d *reports.Document) error { return write(w, d, opts) },
	}
}

// fixWidths makes the widths of characters independent of the locale, so that
// the same document gives the same text everywhere.
var fixWidths = sync.OnceFunc(func() { text.OverrideRuneWidthEastAsianWidth(false) })

func write(w io.Writer, d *reports.Document, opts Options) error {
	fixWidths()
	p := &page{w: bufio.NewWriter(w), say: d.Say, color: opts.Color, width: opts.Width}
	if p.width == 0 {
		p.width = DefaultWidth
	}
	p.width = max(p.width, MinWidth)
	p.document(d)
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// A page is text on its way out; the first error ends it.
type page struct {
	w     *bufio.Writer
	say   func(english string) string
	width int
	color bool
	err   error
}

func (p *page) print(lines ...string) {
	for _, l := range lines {
		if p.err == nil {
			_, p.err = p.w.WriteString(strings.TrimRight(l, " ") + "\n")
		}
	}
}

func (p *page) document(d *reports.Document) {
	for _, l := range wrap(d.Title, p.width) {
		p.print(p.bold(l))
	}
	p.print("")
	p.lines(d.Head)
	p.print("")
	p.print(wrap(p.say(reports.Legend), p.width)...)
	if len(d.Screens) > 1 {
		p.overview(d.Overview)
	}
	for _, s := range d.Screens {
		p.screen(s)
	}
	p.findings(d.Sheet("Findings"), len(d.Screens) > 1)
	p.sources(d.Sheet("Evidence"))
	p.diagnostics(d.Sheet("Diagnostics"))
}

// lines writes labelled texts.
func (p *page) lines(lines []reports.Line) {
	label := 0
	for _, l := range lines {
		label = max(label, text.StringWidth(l.Label)+2)
	}
	if p.width < MinTable {
		label = 2
	}
	for _, l := range lines {
		body := p.paint(wrap(l.Text, p.width-label), l.Style)
		if l.Gauge != nil {
			body = append(body, p.gauge(*l.Gauge, p.width-label)...)
		}
		if p.width < MinTable {
			p.print(p.bold(l.Label))
			p.print(indent(body, "  ")...)
			continue
		}
		for i, s := range body {
			head := ""
			if i == 0 {
				head = l.Label
			}
			p.print(text.Pad(head, label, ' ') + s)
		}
	}
}

// heading opens a section.
func (p *page) heading(s string) {
	p.print("")
	lines := wrap(s, p.width)
	for _, l := range lines {
		p.print(p.bold(l))
	}
	p.print(strings.Repeat("─", min(p.width, text.LongestLineLen(strings.Join(lines, "\n")))))
}

func (p *page) screen(s *reports.Screen) {
	p.heading(p.say("Host") + " " + s.Host)
	p.lines(append([]reports.Line{s.Result}, s.Lines...))
	p.steps("What to do", s.Next, s.NextMore, "remedies")
	p.steps("What to collect", s.Collect, s.CollectMore, "commands")
}

func (p *page) steps(title string, steps []reports.Step, more int, what string) {
	if len(steps) == 0 {
		return
	}
	p.print("", p.bold(p.say(title)))
	for i, s := range steps {
		head := fmt.Sprintf("%d. ", i+1)
		lines := wrap(s.Severity+", "+s.Rule+": "+s.Text, p.width-len(head)-2)
		for j, l := range lines {
			if j > 0 {
				head = strings.Repeat(" ", len(head))
			}
			p.print("  " + head + l)
		}
	}
	if more > 0 {
		p.print(indent(wrap(p.say(fmt.Sprintf("and %d more %s, in the findings of the other formats", more, what)), p.width-2), "  ")...)
	}
}

// A cell is text of a table, with its style.
type cell struct {
	text  string
	style reports.Style
}

// join puts cells below one another; empty ones are left out.
func join(parts ...string) string {
	var list []string
	for _, s := range parts {
		if s != "" {
			list = append(list, s)
		}
	}
	return strings.Join(list, "\n")
}

// grid draws a table whose columns share the width by weight, with the least
// widths given; on a narrow screen it writes a block for each row.
func (p *page) grid(headings []string, least, weight []int, rows func(yield func([]cell) bool)) {
	for i, h := range headings {
		headings[i] = p.say(h)
	}
	if p.width < MinTable {
		for row := range rows {
			for i, c := range row {
				margin, s := "", strings.ReplaceAll(c.text, "\n", ", ")
				if i > 0 {
					margin, s = "  ", headings[i]+": "+s
				}
				p.print(indent(p.paint(wrap(s, p.width-len(margin)), c.style), margin)...)
			}
			p.print("")
		}
		return
	}
	widths := share(p.width-3*len(headings)-1, least, weight)
	style := table.StyleLight
	style.Format.Header = text.FormatDefault
	style.Options.SeparateRows = true
	t := table.NewWriter()
	t.SetStyle(style)
	header := table.Row{}
	var columns []table.ColumnConfig
	for i, h := range headings {
		header = append(header, strings.Join(wrap(h, widths[i]), "\n"))
		columns = append(columns, table.ColumnConfig{Number: i + 1, Align: text.AlignLeft, WidthMin: widths[i]})
	}
	t.AppendHeader(header)
	t.SetColumnConfigs(columns)
	for row := range rows {
		r := table.Row{}
		for i, c := range row {
			r = append(r, strings.Join(p.paint(wrap(c.text, widths[i]), c.style), "\n"))
		}
		t.AppendRow(r)
	}
	p.print(t.Render())
}

// share divides a width: each column gets its least width, and the rest by
// weight.
func share(width int, least, weight []int) []int {
	widths := make([]int, len(least))
	rest, weights := width, 0
	for i, n := range least {
		widths[i] = n
		rest -= n
		weights += weight[i]
	}
	for i := range widths {
		if rest > 0 && weights > 0 {
			more := rest * weight[i] / weights
			widths[i] += more
			rest -= more
			weights -= weight[i]
		}
	}
	return widths
}

// ansi are the colours of styles.
var ansi = map[reports.Style]string{
	reports.Good: "32", reports.Bad: "1;31", reports.Doubt: "33", reports.Absent: "35", reports.Quiet: "36",
}

// paint colours each line by itself, so that no sequence spans a line end.
func (p *page) paint(lines []string, style reports.Style) []string {
	code := ansi[style]
	if !p.color || code == "" {
		return lines
	}
	for i, l := range lines {
		if l != "" {
			lines[i] = "\x1b[" + code + "m" + l + "\x1b[0m"
		}
	}
	return lines
}

func (p *page) bold(s string) string {
	if !p.color || s == "" {
		return s
	}
	return "\x1b[1m" + s + "\x1b[0m"
}

func indent(lines []string, margin string) []string {
	for i := range lines {
		lines[i] = margin + lines[i]
	}
	return lines
}
