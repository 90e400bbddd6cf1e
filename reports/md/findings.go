package md

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// groups are the outcomes in the order of the page.
var groups = []struct{ outcome, title string }{
	{string(rules.Failed), "Failed"}, {string(rules.Erred), "In error"}, {string(rules.Unknown), "Unknown"}, {string(rules.NotChecked), "Not checked"},
	{string(rules.Informational), "Informational"}, {string(rules.Passed), "Passed"}, {string(rules.NotApplicable), "Not applicable"},
}

// findings writes the findings by outcome, and the gravest first in each.
func (p *page) findings(d *reports.Document) {
	s := d.Sheet("Findings")
	if s == nil {
		return
	}
	p.table("Findings", d.Counts)
	if s.Len == 0 {
		return
	}
	outcome, severity := s.Column("outcome"), s.Column("severity")
	counts := map[string]int{}
	for row := range s.Rows {
		counts[row[outcome].Text]++
	}
	for _, g := range groups {
		if counts[g.outcome] == 0 {
			continue
		}
		p.print("", "### "+p.say(g.title), "")
		n := 0
		for _, sev := range rules.Severities() {
			for row := range s.Rows {
				if row[outcome].Text != g.outcome || row[severity].Text != string(sev) {
					continue
				}
				if n++; n > p.bounds.findings {
					break
				}
				p.finding(&reader{p, s, row})
			}
		}
		if all := counts[g.outcome]; all > p.bounds.findings {
			p.cut(p.bounds.findings, all, "findings")
		}
	}
}

func (p *page) finding(r *reader) {
	head := "- **" + r.inline("outcome")
	if w := r.inline("waiver"); w != "" {
		head += ", " + w
	}
	head += "**, " + r.inline("severity") + ", " + word(r.text("rule")) + " " + p.say("on") + " " + r.inline("host")
	if s := r.inline("subject"); s != "" && s != r.inline("host") {
		head += ", " + s
	}
	p.print(head + ": " + block(r.text("summary"), "  "))
	for _, f := range []struct{ key, label string }{
		{"measured", "Measured"}, {"expected", "Expected"}, {"remedy", "What to do"}, {"waiverReason", "Reason of the waiver"}, {"evidence", "Evidence"}, {"references", "References"},
	} {
		p.item("  ", p.say(f.label), r.text(f.key))
		if f.key == "remedy" && r.text("collect") != "" {
			p.print("  - **" + p.say("What to collect") + ":** " + code(r.text("collect")))
		}
	}
	p.print(fmt.Sprintf("  - **%s:** %s", p.say("Finding id"), word(r.text("id"))))
}

// A reader reads cells of a row by their columns' keys.
type reader struct {
	page  *page
	sheet *reports.Sheet
	row   []reports.Cell
}

func (r *reader) text(key string) string {
	i := r.sheet.Column(key)
	if i < 0 || i >= len(r.row) {
		return ""
	}
	return r.page.cellText(r.sheet.Columns[i], r.row[i])
}

func (r *reader) inline(key string) string { return inline(r.text(key)) }

func (p *page) cellText(col reports.Column, c reports.Cell) string {
	switch c.Kind {
	case reports.IntegerCell:
		n := fmt.Sprint(c.Number)
		if col.Kind != reports.Identifier && int64(int(c.Number)) == c.Number {
			n = p.say(rules.Grouped(int(c.Number)))
		}
		return n
	case reports.TimeCell:
		return c.Time.Format("2006-01-02 15:04:05")
	}
	return c.Text
}

// table writes the columns of a sheet with these keys, all if none is named. A
// column that is empty in all rows that are shown is left out.
func (p *page) table(title string, s *reports.Sheet, keys ...string) {
	if s == nil {
		return
	}
	p.print("", "## "+p.say(title), "")
	if s.Len == 0 {
		p.print(p.say("None") + ": " + inline(s.Empty) + ".")
		return
	}
	columns := columnsOf(s, keys)
	used := make([]bool, len(columns))
	n := 0
	for row := range s.Rows {
		if n++; n > p.rows {
			break
		}
		for i, c := range columns {
			used[i] = used[i] || row[c].Kind != reports.Blank
		}
	}
	head, rule := "|", "|"
	for i, c := range columns {
		if !used[i] {
			continue
		}
		head += " " + cell(s.Columns[c].Name) + " |"
		if s.Columns[c].Kind == reports.Integer {
			rule += " ---: |"
		} else {
			rule += " --- |"
		}
	}
	p.print(head, rule)
	n = 0
	for row := range s.Rows {
		if n++; n > p.rows {
			break
		}
		var b strings.Builder
		b.WriteString("|")
		for i, c := range columns {
			if used[i] {
				b.WriteString(" " + cell(p.cellText(s.Columns[c], row[c])) + " |")
			}
		}
		p.print(b.String())
	}
	if s.Len > p.rows {
		p.cut(p.rows, s.Len, "rows")
	}
}

// columnsOf returns the indexes of columns.
func columnsOf(s *reports.Sheet, keys []string) []int {
	var list []int
	for _, k := range keys {
		if i := s.Column(k); i >= 0 {
			list = append(list, i)
		}
	}
	if len(keys) == 0 {
		for i := range s.Columns {
			list = append(list, i)
		}
	}
	return list
}
