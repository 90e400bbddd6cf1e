package html

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// Bounds of what the page lists, beside those of bounds.
const (
	maxIncomplete = 20 // names of incomplete sources before everything else
	maxNav        = 40 // hosts in the contents
	openHosts     = 4  // with more hosts than that, each is folded
	maxFleet      = 60 // lists that are compared by a picture, the fullest
)

// A page is all that the template shows.
type page struct {
	Doc          *reports.Document
	AsOf, Legend string
	Policy       string
	// Words are those of the script in the language of the page, as JSON by their
	// English; "" in an English page.
	Words  string
	Style  template.CSS
	Script template.JS
	Notice *notice
	Result *reports.Line
	Head   []reports.Line
	Tiles  []tile

	Hosts     []*host
	HostCount string
	HostsCut  string
	Fleet     []fleetRow
	FleetCut  string
	Overview  *table

	Counts       *counts
	Groups       []*group
	FindingCount string
	NoFinding    string

	Sheets []*table
}

// A notice names the sources that were not read whole.
type notice struct {
	Title, More string
	One         bool
	Names       []string
}

// A tile is a number of the summary.
type tile struct {
	Count, Word, Note, Link string
	Style                   reports.Style
	Zero                    bool
}

// A host is one first screen.
type host struct {
	ID, Short string
	Screen    *reports.Screen
	Lists     []*picture
	Folded    bool
	InNav     bool
}

// A fleetRow compares one list with the others.
type fleetRow struct {
	Host, List, Link string
	Bar              *bar
	Verdict, Bytes   string
	Style            reports.Style
}

// counts is a small table that is shown whole.
type counts struct {
	Title   string
	Columns []column
	Rows    []row
}

func newPage(d *reports.Document, b bounds) *page {
	p := &page{Doc: d, AsOf: d.AsOf.Format("2006-01-02 15:04:05 UTC"), Legend: d.Say(reports.Legend), Policy: policy(),
		// Both are files of this package, and hold no data.
		Style: template.CSS(style), Script: template.JS(script), Notice: newNotice(d), Head: d.Head}
	if h, m, s := d.AsOf.Clock(); h+m+s == 0 {
		p.AsOf = d.AsOf.Format("2006-01-02") + " (UTC)"
	}
	p.Words = scriptWords(d)
	if len(p.Head) > 0 {
		p.Result, p.Head = &d.Head[0], d.Head[1:]
	}
	p.Groups = groupFindings(d, b.findings, newLinks(d, b.rows))
	p.Tiles = p.tiles()
	p.addHosts(b)
	if f := d.Sheet("Findings"); f != nil {
		p.FindingCount, p.NoFinding = d.Say(rules.Grouped(f.Len)), d.Say("None")+": "+f.Empty+"."
	}
	p.Counts = newCounts(d)
	for _, s := range d.Sheets {
		switch s.EnglishName() {
		case "Findings": // shown as groups
		case "Rules":
			p.Sheets = append(p.Sheets, newTable(d, s, b.rows, ruleRow))
		case "Evidence":
			p.Sheets = append(p.Sheets, newTable(d, s, b.rows, sourceRow))
		default:
			p.Sheets = append(p.Sheets, newTable(d, s, b.rows, nil))
		}
	}
	return p
}

func newNotice(d *reports.Document) *notice {
	names := d.Incomplete
	if len(names) == 0 {
		return nil
	}
	n := &notice{Title: d.Say(plural(len(names), "file") + " could be read in part only"), One: len(names) == 1}
	if more := len(names) - maxIncomplete; more > 0 {
		n.More = d.Say(fmt.Sprintf("and %s more, which the Evidence table names", rules.Grouped(more)))
		names = names[:maxIncomplete]
	}
	for _, s := range names {
		n.Names = append(n.Names, shortText(s))
	}
	return n
}

// tiles count the findings by outcome. Those that need nobody are left out
// where there are none.
func (p *page) tiles() []tile {
	s := p.Doc.Report.Summary
	if s.Findings == 0 {
		return nil
	}
	var list []tile
	for _, k := range kinds {
		n := s.Outcomes[k.id]
		if k.id == "waived" {
			n = s.Waived
		}
		if n == 0 && k.id != "fail" && k.id != "unknown" && k.id != "notchecked" && k.id != "pass" {
			continue
		}
		t := tile{Count: p.Doc.Say(rules.Grouped(n)), Word: p.Doc.Say(k.word), Style: k.style, Zero: n == 0}
		if slices.ContainsFunc(p.Groups, func(g *group) bool { return g.ID == k.id }) {
			t.Link = "group-" + k.id
		}
		if k.id == "fail" {
			t.Note = severitiesOf(p.Doc, s.Failures)
		}
		list = append(list, t)
	}
	return list
}

// addHosts adds the screens with their pictures, and the comparison of hosts
// where there are several.
func (p *page) addHosts(b bounds) {
	d := p.Doc
	p.HostCount = d.Say(rules.Grouped(len(d.Screens)))
	shown := d.Screens
	if len(shown) > b.hosts {
		p.HostsCut = d.Say(fmt.Sprintf("The first %s of %s hosts are shown. All are in the workbook and in the JSON report.", rules.Grouped(b.hosts), rules.Grouped(len(shown))))
		shown = shown[:b.hosts]
	}
	for i, s := range shown {
		p.Hosts = append(p.Hosts, &host{ID: fmt.Sprintf("host-%d", i+1), Short: shortText(s.Host), Screen: s, Folded: len(d.Screens) > openHosts, InNav: i < maxNav})
	}
	byName := map[string]*host{}
	i := 0
	for h := range d.Report.Hosts {
		if i < len(p.Hosts) {
			byName[h.Name] = p.Hosts[i]
		}
		i++
	}
	// The rows of the overview and the lists of the contract are the same, in
	// the same order.
	var rows []overviewRow
	for cells := range d.Overview.Rows {
		rows = append(rows, overviewOf(d.Overview, cells))
	}
	if len(d.Screens) > 1 {
		p.Overview = newTable(d, d.Overview, b.rows, nil)
		p.Overview.Open = false
	}
	names := b.names
	if len(rows) > 10 {
		names /= 4
	}
	i = 0
	var lists []reports.IssuerList
	most := largeLimit
	for l := range d.Report.IssuerLists {
		if i == len(rows) {
			break
		}
		if h := byName[l.Host]; h != nil && l.Collected {
			h.Lists = append(h.Lists, newPicture(d, fmt.Sprintf("list-%d", i+1), rows[i].list, &l, rows[i].style, names))
		}
		i++
		l.Entries = nil
		most = max(most, l.Bytes.Expected, l.Limit.Bytes)
		lists = append(lists, l)
	}
	if p.Overview != nil {
		p.addFleet(lists, rows, byName, newScale(most))
	}
}

func (p *page) addFleet(lists []reports.IssuerList, rows []overviewRow, byName map[string]*host, s scale) {
	order := make([]int, len(lists))
	for i := range order {
		order[i] = i
	}
	if len(lists) > maxFleet {
		p.FleetCut = p.Doc.Say(fmt.Sprintf("The %d lists of %s that fill most of their limit are shown; the table has all.", maxFleet, rules.Grouped(len(lists))))
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(filled(&lists[j]), filled(&lists[i])) })
		order = order[:maxFleet]
	}
	for _, i := range order {
		l := &lists[i]
		r := fleetRow{Host: shortText(reports.Clean(l.Host)), List: rows[i].list, Verdict: reports.Clean(l.Verdict), Style: rows[i].style}
		if h := byName[l.Host]; h != nil {
			r.Link = h.ID
		}
		if l.Collected {
			r.Bar = newBar(p.Doc, l, s)
			r.Bytes = p.Doc.Say(rules.Grouped(l.Bytes.Expected) + " of " + rules.Grouped(l.Limit.Bytes))
		}
		p.Fleet = append(p.Fleet, r)
	}
}

// filled is the part of its limit that a list is expected to fill.
func filled(l *reports.IssuerList) float64 {
	if !l.Collected || l.Limit.Bytes == 0 {
		return 0
	}
	return float64(l.Bytes.Expected) / float64(l.Limit.Bytes)
}

// An overviewRow is what the page takes of a row of the overview.
type overviewRow struct {
	list  string
	style reports.Style
}

func overviewOf(s *reports.Sheet, cells []reports.Cell) overviewRow {
	var r overviewRow
	if i := s.Column("list"); i >= 0 {
		r.list = shortText(cells[i].Text)
	}
	if i := s.Column("verdict"); i >= 0 {
		r.style = cells[i].Style
	}
	return r
}

func newCounts(d *reports.Document) *counts {
	s := d.Counts
	if s.Len == 0 {
		return nil
	}
	t := newTable(d, s, s.Len, nil)
	c := &counts{Title: s.Title, Columns: t.Columns}
	for r := range t.Each {
		for i := range r.Cells {
			// A number needs no frame beside its heading, and 0 no weight.
			if r.Cells[i].Style = reports.Plain; r.Cells[i].Text == "0" {
				r.Cells[i].Text = "–"
			}
		}
		c.Rows = append(c.Rows, r)
	}
	return c
}

// scriptSays are the words of the script.
var scriptSays = []string{"Light colours", "Dark colours", "Show more", "$1 of $2 rows", "the first $1 of $2 rows that fit", "the first $1 of $2 rows", "Filter rows", "Findings",
	"Filter findings", "Outcome", "Severity", "Host", "Open all", "Close all", "$1 of $2 findings", "all"}

func scriptWords(d *reports.Document) string {
	if d.Language() == "en" {
		return ""
	}
	said := map[string]string{}
	for _, s := range scriptSays {
		said[s] = d.Say(s)
	}
	words, err := json.Marshal(said)
	if err != nil {
		return ""
	}
	return string(words)
}
