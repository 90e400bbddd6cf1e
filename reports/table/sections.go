package table

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// reader reads cells of a sheet by their columns' keys.
type reader struct {
	say   func(english string) string
	sheet *reports.Sheet
	row   []reports.Cell
}

func (r *reader) at(key string) reports.Cell {
	if i := r.sheet.Column(key); i >= 0 && i < len(r.row) {
		return r.row[i]
	}
	return reports.Cell{}
}

// text returns what a terminal shows of a cell.
func (r *reader) text(key string) string {
	i := r.sheet.Column(key)
	switch c := r.at(key); c.Kind {
	case reports.IntegerCell:
		if r.sheet.Columns[i].Kind == reports.Identifier {
			return strconv.FormatInt(c.Number, 10)
		}
		return r.say(grouped(c.Number))
	case reports.TimeCell:
		return c.Time.Format("2006-01-02 15:04:05")
	default:
		return c.Text
	}
}

func grouped(n int64) string {
	if int64(int(n)) == n {
		return rules.Grouped(int(n))
	}
	return strconv.FormatInt(n, 10)
}

func (r *reader) cell(key string) cell { return cell{r.text(key), r.at(key).Style} }

// rows makes table rows of a sheet's; nil leaves a row out.
func (p *page) rows(s *reports.Sheet, make func(r *reader) []cell) func(yield func([]cell) bool) {
	return func(yield func([]cell) bool) {
		r := &reader{say: p.say, sheet: s}
		for r.row = range s.Rows {
			if row := make(r); row != nil && !yield(row) {
				return
			}
		}
	}
}

func (p *page) overview(s *reports.Sheet) {
	p.heading(p.say("Hosts"))
	p.grid([]string{"Host", "Result", "List", "Bytes"}, []int{8, 16, 13, 12}, []int{2, 4, 2, 1}, p.rows(s, func(r *reader) []cell {
		bytes := r.text("expected") + " " + p.say("of") + " " + r.text("limit")
		if r.text("expected") == "" {
			bytes = p.say("not collected")
		}
		return []cell{r.cell("host"), r.cell("result"), {join(r.text("list"), p.say("sent: "+r.text("sent"))), reports.Plain}, {join(r.text("verdict"), bytes), r.at("verdict").Style}}
	}))
}

func (p *page) findings(s *reports.Sheet, hosts bool) {
	p.heading(p.say("Findings"))
	if s.Len == 0 {
		p.print(wrap(s.Empty, p.width)...)
		return
	}
	p.grid([]string{"Outcome", "Rule", "Finding"}, []int{13, 25, 24}, []int{0, 1, 4}, p.rows(s, func(r *reader) []cell {
		outcome := r.cell("outcome")
		if outcome.style == reports.Bad {
			outcome.text = strings.ToUpper(outcome.text)
		}
		if outcome.text == strings.ToUpper(string(rules.Failed)) {
			outcome.text = join(outcome.text, r.text("severity"))
		}
		outcome.text = join(outcome.text, r.text("waiver"))
		host := ""
		if hosts {
			host = r.text("host")
		}
		return []cell{outcome, {join(host, r.text("rule"), r.text("subject")), reports.Plain}, {r.text("summary"), reports.Plain}}
	}))
}

func (p *page) sources(s *reports.Sheet) {
	p.heading(p.say("Sources"))
	if s.Len == 0 {
		p.print(wrap(s.Empty, p.width)...)
		return
	}
	p.grid([]string{"File", "Format and store", "Records", "Read whole"}, []int{12, 12, 13, 8}, []int{3, 2, 1, 0}, p.rows(s, func(r *reader) []cell {
		var records []string
		for _, k := range []struct{ key, one, many string }{
			{"certificates", "certificate", "certificates"}, {"crls", "CRL", "CRLs"}, {"trustLists", "CTL", "CTLs"}, {"registryValues", "registry value", "registry values"}, {"events", "event", "events"},
		} {
			switch n := r.at(k.key).Number; n {
			case 0:
			case 1:
				records = append(records, p.say("1 "+k.one))
			default:
				records = append(records, p.say(grouped(n)+" "+k.many))
			}
		}
		if len(records) == 0 {
			records = []string{p.say("none")}
		}
		what := r.cell("format")
		what.text = join(what.text, r.text("store"))
		return []cell{r.cell("name"), what, {strings.Join(records, "\n"), reports.Plain}, r.cell("complete")}
	}))
}

// diagnostics shows errors and warnings, and counts notes.
func (p *page) diagnostics(s *reports.Sheet) {
	notes := 0
	severity := s.Column("severity")
	for row := range s.Rows {
		if row[severity].Text == "note" {
			notes++
		}
	}
	p.heading(p.say("Remarks on the sources"))
	if s.Len > notes {
		p.grid([]string{"Severity", "Place", "Remark"}, []int{8, 16, 20}, []int{0, 1, 2}, p.rows(s, func(r *reader) []cell {
			if r.text("severity") == "note" {
				return nil
			}
			return []cell{r.cell("severity"), {join(r.text("place"), r.text("code")), reports.Plain}, {join(r.text("summary"), r.text("detail")), reports.Plain}}
		}))
	} else {
		p.print(p.say("no error and no warning"))
	}
	if notes > 0 {
		verb := "are"
		if notes == 1 {
			verb = "is"
		}
		p.print(wrap(p.say(fmt.Sprintf("%s, which %s listed in the other formats", plural(notes, "note"), verb)), p.width)...)
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return rules.Grouped(n) + " " + noun + "s"
}
