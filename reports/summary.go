package reports

import (
	"fmt"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// head makes the lines on the run as a whole.
func (v *view) head() []Line {
	var lines []Line
	add := func(label, text string, style Style) {
		lines = append(lines, Line{Label: label, Text: Clean(text), Style: style})
	}
	resultText, style := v.result()
	add("Result", resultText, style)
	e := &v.Engagement
	for _, l := range []struct{ label, text string }{{"Classification", e.Classification}, {"Client", e.Customer}, {"Engagement", e.Engagement},
		{"System", e.System}, {"Period", e.Period}, {"Prepared by", e.PreparedBy}} {
		if l.text != "" {
			add(l.label, l.text, Plain)
		}
	}
	add("As of", dateWords(v.AsOf.Time), Plain)
	add("Program", strings.TrimSpace(v.Tool.Name+" "+v.Tool.Version), Plain)
	add("Policy", v.Tool.Policy.Name, Plain)
	add("Policy SHA-256", v.Tool.Policy.SHA256, Plain)
	add("Read", v.read(), Plain)
	if v.Tool.Waivers != nil {
		text, style := v.waiverWords()
		add("Waivers", text, style)
	}
	const most = 10
	if names := v.incomplete; len(names) > 0 {
		what := strings.Join(names[:min(most, len(names))], ", ")
		if n := len(names) - most; n > 0 {
			what += fmt.Sprintf(" and %d more", n)
		}
		add("Read in part", what+": what depends on these is unknown", Bad)
	}
	if r := v.Redaction; r != nil {
		add("Redacted", r.Summary+": "+r.Detail, Quiet)
	}
	return lines
}

func (v *view) result() (string, Style) {
	var failed []string
	open := 0
	for _, h := range v.hosts {
		switch h.result().Style {
		case Bad:
			failed = append(failed, h.Name)
		case Doubt, Absent:
			open++
		}
	}
	const most = 10
	n := len(v.hosts)
	switch {
	case n == 0:
		return "no host: nothing was read that can be judged", Absent
	case len(failed) > most:
		return fmt.Sprintf("%d of %s failed", len(failed), plural(n, "host")), Bad
	case len(failed) > 0:
		return fmt.Sprintf("%d of %s failed: %s", len(failed), plural(n, "host"), strings.Join(failed, ", ")), Bad
	case open > 0:
		return fmt.Sprintf("nothing failed on %s; for %d of them not everything could be decided", plural(n, "host"), open), Doubt
	}
	return fmt.Sprintf("nothing failed on %s", plural(n, "host")), Good
}

// read says how much was read.
func (v *view) read() string {
	r := v.records
	parts := []string{}
	for _, p := range []struct {
		n    int
		noun string
	}{{r.Certificates, "certificate"}, {r.CRLs, "CRL"}, {r.TrustLists, "CTL"}, {r.RegistryValues, "registry value"}, {r.Events, "event"}} {
		if p.n > 0 {
			parts = append(parts, plural(p.n, p.noun))
		}
	}
	s := fmt.Sprintf("%s of %s", plural(v.sourceRows, "file"), plural(len(v.hosts), "host"))
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, ", ")
	}
	return s
}

// dateWords writes a time in UTC, and only the date at midnight.
func dateWords(t time.Time) string {
	t = t.UTC()
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format("2006-01-02") + " (UTC)"
	}
	return stamp(t)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// countsSheet counts findings by severity and outcome.
func (v *view) countsSheet() *Sheet {
	s := &Sheet{Name: "Counts", Title: "Findings by severity and outcome",
		Columns: []Column{{"severity", "Severity", Text, 12}}, Len: len(rules.Severities())}
	for _, o := range outcomes {
		s.Columns = append(s.Columns, Column{string(o), string(o), Integer, 13})
	}
	s.Columns = append(s.Columns, Column{"waived", "waived", Integer, 13})
	s.Rows = func(yield func([]Cell) bool) {
		for _, sev := range rules.Severities() {
			row := []Cell{text(string(sev))}
			for _, o := range outcomes {
				c := number(v.table[sev][o])
				if c.Number > 0 {
					c.Style = outcomeStyle(o)
				}
				row = append(row, c)
			}
			if !yield(append(row, number(v.waivedBy[sev]))) {
				return
			}
		}
	}
	return s
}

// The limits that KB 2464556 gives, in bytes, which the overview compares every
// list with.
const (
	smallLimit = 12_288
	largeLimit = 16_384
)

// overviewSheet has a row for each issuer list.
func (v *view) overviewSheet() *Sheet {
	s := &Sheet{Name: "Overview", Title: "Hosts and their trusted issuer lists",
		Note:  "Bytes: least, expected and greatest size of the list. Headroom is a limit less the expected size; it is negative where the list is over.",
		Empty: "no host: nothing was read that can be judged",
		Columns: []Column{
			{"host", "Host", Text, 22}, {"result", "Result", Prose, 68}, {"windows", "Windows", Text, 26}, {"list", "List from", Text, 26},
			{"sent", "Sent", Text, 10}, {"verdict", "Verdict", Text, 14}, {"min", "Bytes, least", Integer, 14}, {"expected", "Bytes, expected", Integer, 14},
			{"max", "Bytes, greatest", Integer, 14}, {"limit", "Limit of this host", Integer, 14},
			{"headroom12288", "Headroom to 12,288", Integer, 14}, {"headroom16384", "Headroom to 16,384", Integer, 14},
			{"certificates", "Certificates", Integer, 12}, {"names", "Names", Integer, 12},
		}}
	s.Len = v.listRows
	s.Rows = func(yield func([]Cell) bool) {
		for _, h := range v.hosts {
			r := h.result()
			for i := range h.lists {
				l := &h.lists[i]
				least := number(l.Bytes.Min)
				if !l.Bytes.MinKnown {
					least = text("not knowable")
				}
				row := []Cell{text(h.Name), styled(r.Text, r.Style), text(h.OSName), text(l.Name), text(l.Sent),
					styled(l.Verdict, verdictStyle(l.Verdict)), least, number(l.Bytes.Expected), number(l.Bytes.Max), number(l.Limit.Bytes),
					number(smallLimit - l.Bytes.Expected), number(largeLimit - l.Bytes.Expected), number(l.Certificates), number(l.DistinctSubjects)}
				if !l.Collected {
					for i := 6; i < len(row); i++ {
						if i != 9 {
							row[i] = Cell{}
						}
					}
					row[6] = styled("not collected", Absent)
				}
				if !yield(row) {
					return
				}
			}
		}
	}
	return s
}

// contentsSheet lists the sheets.
func contentsSheet(sheets []*Sheet) *Sheet {
	return &Sheet{Name: "Contents", Title: "Sheets",
		Columns: []Column{{"sheet", "Sheet", Text, 22}, {"shows", "What it shows", Prose, 60}, {"rows", "Rows", Integer, 12}},
		Len:     len(sheets),
		Rows: func(yield func([]Cell) bool) {
			for _, s := range sheets {
				name := text(s.Name)
				name.Link = s.Name
				if !yield([]Cell{name, text(s.Title), number(s.Len)}) {
					return
				}
			}
		}}
}

// listOrderNote says what a simulated order is worth.
var listOrderNote = fmt.Sprintf(`"Ends at" is simulated in two orders, %q (as the exports list the certificates) and %q (ascending SHA-1): the true order is not documented, so which names are cut is not known.`,
	issuerlist.FileOrder, issuerlist.ThumbprintOrder)
