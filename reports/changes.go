package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules/changes"
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

// changesSheets are the sheets of a comparison; there are none of nil.
func changesSheets(d *DiffReport) []*Sheet {
	if d == nil {
		return nil
	}
	return []*Sheet{changesSheet(d)}
}

// changesSheet shows all that differs between two sides; findings that are the
// same stand at the end of each host.
func changesSheet(d *DiffReport) *Sheet {
	return &Sheet{Name: "Changes", Title: "What differs between " + Clean(d.Before.Name) + " (before) and " + Clean(d.After.Name) + " (after)",
		Note: Clean(strings.Join(d.Notes, ". ")), Empty: "nothing differs, and no finding was judged",
		Columns: []Column{
			{"host", "Host", Text, 16}, {"what", "What", Text, 15}, {"kind", "Change", Text, 14}, {"subject", "Subject", Wrapped, 55}, {"place", "Place", Wrapped, 40},
			{"before", "Before", Wrapped, 50}, {"after", "After", Wrapped, 50}, {"doubt", "Doubt", Prose, 34}, {"id", "Thumbprint or finding id", Identifier, 43},
		},
		Len: len(d.Changes),
		Rows: func(yield func([]Cell) bool) {
			for i := range d.Changes {
				c := &d.Changes[i]
				if !yield([]Cell{text(c.Host), text(c.What), styled(c.Kind, ChangeStyle(changes.Kind(c.Kind))), text(c.Subject), text(c.Place), text(c.Before), text(c.After), text(c.Doubt), text(c.ID)}) {
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
		Counts: diffCounts(c), Overview: diffOverview(c), Report: bareReport(tool, version, c.After)}
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
	d.Append(changesSheets(NewDiffReport(tool, version, c))...)
	return d
}

// bareReport names the program and the policy of a side. Its lists are empty.
func bareReport(tool, version string, side *changes.Side) *Report {
	return &Report{Schema: SchemaName, Tool: Tool{Name: tool, Version: version, Policy: Policy{Name: side.Policy}}, AsOf: Time{side.AsOf},
		Sources: none[Source], Hosts: none[Host], Rules: none[Rule], IssuerLists: none[IssuerList], RequiredRoots: none[RequiredRoot], Certificates: none[Certificate],
		Registry: none[RegistryValue], Events: none[EventGroup], Findings: none[Finding], Waivers: none[WaiverReport], Diagnostics: none[Diagnostic]}
}

// none is an empty list.
func none[T any](func(T) bool) {}

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
			name := nameOfList(l.Store, l.Binding, l.Profile)
			row := []Cell{text(a.Name), text(name), {}, number(l.Expected), number(l.Limit), {}, styled(l.Verdict, verdictStyle(l.Verdict)), text(l.Sent)}
			if b >= 0 {
				for _, old := range c.Before.Hosts[b].Lists {
					if old.Binding == l.Binding && old.Profile == l.Profile {
						row[2], row[5] = number(old.Expected), styled(old.Verdict, verdictStyle(old.Verdict))
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
