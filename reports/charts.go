package reports

import (
	"fmt"
	"slices"
)

// Charts are the numbers behind the charts of a report. A report that draws them
// shows these rows too, so that a reader can check the picture.
type Charts struct {
	// Severity has a row for each host: how many findings failed, by severity.
	// Failures that a waiver covers are not among them.
	Severity *Sheet
	// Cumulative has a row for each name of a list, in the simulated order of
	// the exports: where the name ends, in bytes, and the two limits of KB
	// 2464556. The rows of a list follow one another.
	Cumulative *Sheet
}

// What a chart can show and stay readable: how many lists, and how many names
// of each.
const (
	ChartLists  = 8
	ChartPoints = 2000
)

// Charts makes the numbers of the charts from the contract. What it costs is
// borne by those who call it.
func (d *Document) Charts() *Charts {
	r := d.Report
	if r == nil {
		r = &Report{}
	}
	c := &Charts{Severity: severitySheet(r), Cumulative: cumulativeSheet(r)}
	if l := d.language; l != nil {
		c.Severity, c.Cumulative = l.sheet(c.Severity), l.sheet(c.Cumulative)
	}
	return c
}

var chartSeverities = []string{"critical", "high", "medium", "low", "info"}

func severitySheet(r *Report) *Sheet {
	s := &Sheet{Name: "Severity by host", Title: "Findings that failed, by host and severity: the numbers of the chart on the summary",
		Note: "Failures that a waiver covers are not counted.", Empty: "no host was judged",
		Columns: []Column{{"host", "Host", Text, 22}}}
	for _, severity := range chartSeverities {
		s.Columns = append(s.Columns, Column{severity, severity, Integer, 12})
	}
	hosts := func(yield func(string) bool) {
		last, first := "", true
		r.Hosts.Each(func(v any) bool {
			name := v.(Host).Name
			if !first && name == last {
				return true
			}
			last, first = name, false
			return yield(name)
		})
	}
	for range hosts {
		s.Len++
	}
	s.Rows = func(yield func([]Cell) bool) {
		failed := map[string]map[string]int{}
		r.Findings.Each(func(v any) bool {
			f := v.(Finding)
			if !f.Fails() {
				return true
			}
			if failed[f.Host] == nil {
				failed[f.Host] = map[string]int{}
			}
			failed[f.Host][f.Severity]++
			return true
		})
		for host := range hosts {
			row := []Cell{text(host)}
			for _, severity := range chartSeverities {
				row = append(row, number(failed[host][severity]))
			}
			if !yield(row) {
				return
			}
		}
	}
	return s
}

// A chartList is what is drawn of an issuer list.
type chartList struct {
	name   string
	total  int   // names in the list
	number []int // places in the list, from 1
	ends   []int // bytes
}

func cumulativeSheet(r *Report) *Sheet {
	s := &Sheet{Name: "Cumulative bytes", Title: "Where each name ends in the trusted issuer list, in file order (simulated): the numbers of the chart on the summary",
		Empty: "no list holds a name, or no export of a store that feeds a list was read",
		Columns: []Column{{"list", "List", Text, 44}, {"number", "Name no.", Integer, 10}, {"bytes", "Bytes to its end", Integer, 14},
			{"limit12288", "Limit 12,288", Integer, 12}, {"limit16384", "Limit 16,384", Integer, 12}}}
	var lists []chartList
	more, thinned := false, false
	r.IssuerLists.Each(func(v any) bool {
		l := v.(IssuerList)
		c := cumulative(&l)
		if c.total == 0 {
			return true
		}
		if more = len(lists) == ChartLists; more {
			return false
		}
		lists = append(lists, c)
		thinned = thinned || c.total > len(c.ends)
		s.Len += len(c.ends)
		return true
	})
	s.Note = "The true order is not documented; the last number of a list is its expected size."
	if more {
		s.Note += fmt.Sprintf(" Only the first %d lists are drawn.", ChartLists)
	}
	if thinned {
		s.Note += fmt.Sprintf(" Lists of more than %d names are thinned out evenly to %d.", ChartPoints, ChartPoints)
	}
	s.Rows = func(yield func([]Cell) bool) {
		row := make([]Cell, 0, len(s.Columns))
		for _, l := range lists {
			name := text(l.name)
			for i, end := range l.ends {
				row = append(row[:0], name, number(l.number[i]), number(end), number(smallLimit), number(largeLimit))
				if !yield(row) {
					return
				}
			}
		}
	}
	return s
}

// cumulative takes the ends of the distinct names of a list.
func cumulative(l *IssuerList) chartList {
	c := chartList{name: l.Host + ": " + nameOfList(l.Store, l.Binding, l.Profile)}
	var ends []int
	for i := range l.Entries {
		if end := l.Entries[i].EndsAt.File; end != nil {
			ends = append(ends, *end)
		}
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	c.total = len(ends)
	n := min(len(ends), ChartPoints)
	for i := range n {
		at := i
		if len(ends) > n {
			at = i * (len(ends) - 1) / (n - 1)
		}
		c.number = append(c.number, at+1)
		c.ends = append(c.ends, ends[at])
	}
	return c
}
