package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules/changes"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// DiffSchema names the JSON of a comparison and its version.
const DiffSchema = "ctlaudit/diff/v1"

// A DiffReport is the JSON of a comparison. Lists are never null.
type DiffReport struct {
	Schema  string       `json:"schema"`
	Tool    MatchTool    `json:"tool"`
	Before  DiffSide     `json:"before"`
	After   DiffSide     `json:"after"`
	Summary DiffSummary  `json:"summary"`
	Notes   []string     `json:"notes"`
	Changes []DiffChange `json:"changes"`
}

// A DiffSide names a side.
type DiffSide struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"` // exports or report
	Version string   `json:"version"`
	Policy  string   `json:"policy"`
	AsOf    Time     `json:"asOf"`
	Hosts   []string `json:"hosts"`
}

// A DiffSummary counts. Counts has a number for each thing and kind of change
// that there is, such as {"certificate":{"added":3}}; Different says whether
// anything differs.
type DiffSummary struct {
	Different bool                      `json:"different"`
	Counts    map[string]map[string]int `json:"counts"`
}

// A DiffChange is one thing that differs, or a finding that is the same.
type DiffChange struct {
	Host    string `json:"host"`
	What    string `json:"what"`
	Kind    string `json:"kind"`
	Subject string `json:"subject"`
	Place   string `json:"place"`
	ID      string `json:"id"`
	Before  string `json:"before"`
	After   string `json:"after"`
	Doubt   string `json:"doubt"`
}

// NewDiffReport makes the JSON of a comparison.
func NewDiffReport(tool, version string, c *changes.Comparison) *DiffReport {
	r := &DiffReport{Schema: DiffSchema, Tool: MatchTool{tool, version}, Before: diffSide(c.Before), After: diffSide(c.After),
		Summary: DiffSummary{Different: c.Different(), Counts: map[string]map[string]int{}}, Notes: full(c.Notes), Changes: []DiffChange{}}
	for _, ch := range c.Changes {
		if r.Summary.Counts[string(ch.What)] == nil {
			r.Summary.Counts[string(ch.What)] = map[string]int{}
		}
		r.Summary.Counts[string(ch.What)][string(ch.Kind)]++
		r.Changes = append(r.Changes, DiffChange{ch.Host, string(ch.What), string(ch.Kind), ch.Subject, ch.Place, ch.ID, ch.Before, ch.After, ch.Doubt})
	}
	return r
}

func diffSide(s *changes.Side) DiffSide {
	d := DiffSide{Name: s.Name, Kind: "exports", Version: s.Version, Policy: s.Policy, AsOf: Time{s.AsOf}, Hosts: []string{}}
	if s.FromReport {
		d.Kind = "report"
	}
	for i := range s.Hosts {
		d.Hosts = append(d.Hosts, s.Hosts[i].Name)
	}
	return d
}

// ChangesSheet shows all that differs between two sides; findings that are the
// same stand at the end of each host.
func ChangesSheet(c *changes.Comparison) *Sheet {
	return &Sheet{Name: "Changes", Title: "What differs between " + Clean(c.Before.Name) + " (before) and " + Clean(c.After.Name) + " (after)",
		Note: Clean(strings.Join(c.Notes, ". ")), Empty: "nothing differs, and no finding was judged",
		Columns: []Column{
			{"host", "Host", Text, 16}, {"what", "What", Text, 15}, {"kind", "Change", Text, 14}, {"subject", "Subject", Wrapped, 55}, {"place", "Place", Wrapped, 40},
			{"before", "Before", Wrapped, 50}, {"after", "After", Wrapped, 50}, {"doubt", "Doubt", Wrapped, 34}, {"id", "Thumbprint or finding id", Identifier, 43},
		},
		Len: len(c.Changes),
		Rows: func(yield func([]Cell) bool) {
			for _, ch := range c.Changes {
				if !yield([]Cell{text(ch.Host), text(string(ch.What)), styled(string(ch.Kind), ChangeStyle(ch.Kind)), text(ch.Subject), text(ch.Place), text(ch.Before), text(ch.After), text(ch.Doubt), text(ch.ID)}) {
					return
				}
			}
		}}
}

// ChangeStyle is the style of a kind of change.
func ChangeStyle(k changes.Kind) Style {
	switch k {
	case changes.New:
		return Bad
	case changes.Fixed:
		return Good
	case changes.NotCollected:
		return Absent
	case changes.Same:
		return Plain
	}
	return Quiet
}

// NewDiffDocument makes a document of a comparison, as the writers of sheets
// need it: the sizes of the lists on both sides, and the sheet of changes. It
// holds no host's first screen, and its Report only names the program and the
// policy.
func NewDiffDocument(tool, version string, c *changes.Comparison) *Document {
	d := &Document{Title: "Comparison of two trusted issuer list audits", Tool: Clean(strings.TrimSpace(tool + " " + version)), AsOf: c.After.AsOf.UTC(),
		Counts: diffCounts(c), Overview: diffOverview(c), Report: &Report{Schema: SchemaName, Tool: Tool{Name: tool, Version: version, Policy: Policy{Name: c.After.Policy}}, AsOf: Time{c.After.AsOf}}}
	add := func(label, s string, style Style) {
		d.Head = append(d.Head, Line{Label: label, Text: Clean(s), Style: style})
	}
	if c.Different() {
		add("Result", "the two differ", Doubt)
	} else {
		add("Result", "nothing differs", Good)
	}
	for _, s := range []struct {
		label string
		side  *changes.Side
	}{{"Before", c.Before}, {"After", c.After}} {
		kind := "exports"
		if s.side.FromReport {
			kind = "a JSON report"
		}
		add(s.label, fmt.Sprintf("%s (%s), as of %s, policy %s, %s", s.side.Name, kind, dateWords(s.side.AsOf), s.side.Policy, plural(len(s.side.Hosts), "host")), Plain)
	}
	for _, n := range c.Notes {
		add("Note", n, Quiet)
	}
	d.Append(ChangesSheet(c))
	return d
}

func diffCounts(c *changes.Comparison) *Sheet {
	kinds := []changes.Kind{changes.New, changes.Fixed, changes.Changed, changes.NotCollected, changes.Added, changes.Removed, changes.Moved, changes.Same}
	whats := []changes.What{changes.AnIssuerList, changes.AFinding, changes.ACertificate, changes.AProperty, changes.ARegValue, changes.AStore}
	s := &Sheet{Name: "Counts", Title: "Changes by what they are about", Columns: []Column{{"what", "What", Text, 15}}, Len: len(whats)}
	for _, k := range kinds {
		s.Columns = append(s.Columns, Column{string(k), string(k), Integer, 13})
	}
	s.Rows = func(yield func([]Cell) bool) {
		for _, w := range whats {
			row := []Cell{text(string(w))}
			for _, k := range kinds {
				n := number(c.Count(w, k))
				if n.Number > 0 {
					n.Style = ChangeStyle(k)
				}
				row = append(row, n)
			}
			if !yield(row) {
				return
			}
		}
	}
	return s
}

// diffOverview has a row for each list of the side after, with its size before.
func diffOverview(c *changes.Comparison) *Sheet {
	s := &Sheet{Name: "Overview", Title: "Size of each trusted issuer list, before and after", Empty: "no list was computed",
		Columns: []Column{{"host", "Host", Text, 30}, {"list", "List from", Wrapped, 60}, {"before", "Expected bytes before", Integer, 14}, {"expected", "Expected bytes after", Integer, 16},
			{"limit", "Limit", Integer, 13}, {"was", "Verdict before", Text, 14}, {"verdict", "Verdict after", Text, 14}, {"sent", "List sent after", Text, 13}}}
	var rows [][]Cell
	for i := range c.After.Hosts {
		a := &c.After.Hosts[i]
		b := slices.IndexFunc(c.Before.Hosts, func(h changes.Host) bool { return strings.EqualFold(h.Name, a.Name) })
		for _, l := range a.Lists {
			name := l.Store
			if l.Binding != "" {
				name += " for binding " + l.Binding
			}
			if l.Profile != "" {
				name += " as Windows " + l.Profile
			}
			row := []Cell{text(a.Name), text(name), {}, number(l.Expected), number(l.Limit), {}, styled(l.Verdict, sizeStyle(l.Verdict)), text(l.Sent)}
			if b >= 0 {
				for _, old := range c.Before.Hosts[b].Lists {
					if old.Binding == l.Binding && old.Profile == l.Profile {
						row[2], row[5] = number(old.Expected), styled(old.Verdict, sizeStyle(old.Verdict))
					}
				}
			}
			rows = append(rows, row)
		}
	}
	s.Len = len(rows)
	s.Rows = slices.Values(rows)
	return s
}

func sizeStyle(verdict string) Style {
	switch issuerlist.Verdict(verdict) {
	case issuerlist.Over, issuerlist.LikelyOver:
		return Bad
	case issuerlist.Under, issuerlist.LikelyUnder:
		return Good
	}
	return Doubt
}
