package reports

import (
	"strings"

	"github.com/ctlaudit/ctlaudit/rules"
)

// A Diagnosis is the answer to KB 2464556 for one host, in the JSON contract.
type Diagnosis struct {
	Host     string           `json:"host"`
	Verdict  string           `json:"verdict"`
	Summary  string           `json:"summary"`
	Strands  []Strand         `json:"strands"`
	Products []ProductVerdict `json:"products"`
	Timeline []Moment         `json:"timeline"`
	Next     []string         `json:"next"`
}

// A Strand is one line of evidence for or against truncation.
type Strand struct {
	What     string     `json:"what"`
	Says     string     `json:"says"`
	Points   string     `json:"points"`
	Evidence []Location `json:"evidence"`
}

// A ProductVerdict is the diagnosis for one product of a host.
type ProductVerdict struct {
	Product  string     `json:"product"`
	Role     string     `json:"role"`
	Basis    string     `json:"basis"`
	Why      string     `json:"why"`
	Verdict  string     `json:"verdict"`
	Summary  string     `json:"summary"`
	Evidence []Location `json:"evidence"`
}

// A Moment is one entry of a timeline.
type Moment struct {
	Time     Time       `json:"time"`
	TimeText string     `json:"timeText,omitempty"`
	Source   string     `json:"source"`
	What     string     `json:"what"`
	Evidence []Location `json:"evidence"`
}

func diagnosisOf(d *rules.Diagnosis) Diagnosis {
	out := Diagnosis{Host: d.Host, Verdict: string(d.Verdict), Summary: d.Summary, Strands: []Strand{}, Products: []ProductVerdict{}, Timeline: []Moment{}, Next: full(d.Next)}
	for _, s := range d.Strands {
		out.Strands = append(out.Strands, Strand{s.What, s.Says, string(s.Points), locations(s.Evidence)})
	}
	for _, p := range d.Products {
		out.Products = append(out.Products, ProductVerdict{p.Product, p.Role, p.Basis, p.Why, string(p.Verdict), p.Summary, locations(p.Evidence)})
	}
	for _, e := range d.Timeline {
		out.Timeline = append(out.Timeline, Moment{Time{e.Time}, e.TimeText, e.Source, e.What, locations(e.Evidence)})
	}
	return out
}

// truncationStyle says how a verdict is shown.
func truncationStyle(v rules.Truncation) Style {
	switch v {
	case rules.Confirmed, rules.Probable:
		return Bad
	case rules.Possible:
		return Doubt
	case rules.Unlikely:
		return Good
	}
	return Absent
}

// directionStyle says how a strand is shown.
func directionStyle(d rules.Direction) Style {
	switch d {
	case rules.For:
		return Bad
	case rules.Against:
		return Good
	}
	return Absent
}

// diagnosisSheet has a row for each strand of each host's diagnosis and for
// each of its products.
func (v *view) diagnosisSheet() *Sheet {
	s := &Sheet{Name: "Diagnosis", Title: "Is KB 2464556 what ails the host: each strand of evidence, and each product",
		Note:  "Confirmed: event 36885 was logged. Probable: the list is over its limit and is sent. A strand is silent where the exports say nothing.",
		Empty: "no host was judged",
		Columns: []Column{
			{"host", "Host", Text, 18}, {"kind", "Kind", Text, 10}, {"what", "What", Prose, 34}, {"verdict", "Verdict", Text, 14},
			{"says", "Says", Prose, 90}, {"evidence", "Evidence", Wrapped, 50},
		}}
	var rows [][]Cell
	for i := range v.Diagnoses {
		d := &v.Diagnoses[i]
		host := text(d.Host)
		rows = append(rows, []Cell{host, text("verdict"), text("truncation of the list"), styled(d.Verdict, truncationStyle(rules.Truncation(d.Verdict))), text(d.Summary), {}})
		for _, st := range d.Strands {
			rows = append(rows, []Cell{host, text("strand"), text(st.What), styled(st.Points, directionStyle(rules.Direction(st.Points))), text(st.Says), text(places5(st.Evidence))})
		}
		for _, p := range d.Products {
			rows = append(rows, []Cell{host, text("product"), text(p.Product + " (" + p.Basis + ")"), styled(p.Verdict, truncationStyle(rules.Truncation(p.Verdict))), text(p.Summary), text(places5(p.Evidence))})
		}
	}
	s.fill(rows)
	return s
}

// timelineSheet has a row for each moment of each host.
func (v *view) timelineSheet() *Sheet {
	s := &Sheet{Name: "Timeline", Title: "What happened when: first and last events, root updates, the ends of the logs",
		Note:  "Times in UTC, read in the zone that the Evidence sheet gives.",
		Empty: "no export tells of a time",
		Columns: []Column{
			{"time", "Time (UTC)", Date, 20}, {"host", "Host", Text, 18}, {"source", "Source", Text, 24}, {"what", "What", Prose, 80}, {"evidence", "Evidence", Wrapped, 50},
		}}
	var rows [][]Cell
	for i := range v.Diagnoses {
		d := &v.Diagnoses[i]
		for _, e := range d.Timeline {
			at := when(e.Time.Time)
			if e.Time.IsZero() {
				at = text(e.TimeText)
			}
			rows = append(rows, []Cell{at, text(d.Host), text(e.Source), text(e.What), text(places5(e.Evidence))})
		}
	}
	s.fill(rows)
	return s
}

// fill gives a sheet rows that are held in memory.
func (s *Sheet) fill(rows [][]Cell) {
	s.Len = len(rows)
	s.Rows = func(yield func([]Cell) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}
}

// places5 writes the first five locations, a line each.
func places5(list []Location) string {
	var lines []string
	for i, l := range list {
		if i == 5 {
			lines = append(lines, "…")
			break
		}
		lines = append(lines, l.String())
	}
	return strings.Join(lines, "\n")
}
