package reports

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/changes"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// DiffSchema names the JSON of a comparison and its version.
const DiffSchema = "ctlaudit/diff/v1"

// MaxReport bounds a JSON report that is read back, in bytes.
const MaxReport = 256 << 20

// SideOf makes a side of a comparison from judgements. name is what reports call
// the side; propertyText words the value of a property.
func SideOf(name string, in Input, propertyText func(evidence.Property) string) *changes.Side {
	s := &changes.Side{Name: name, Version: in.Version, Policy: policyWords(in.Criteria.Policy.Name, in.Criteria.Policy.Digest()), AsOf: in.Criteria.AsOf}
	for _, j := range in.Judgements {
		s.Hosts = append(s.Hosts, hostSide(j, propertyText))
	}
	sortHosts(s)
	return s
}

func policyWords(name, digest string) string {
	return fmt.Sprintf("%s (SHA-256 %s)", name, digest[:min(len(digest), 16)])
}

func sortHosts(s *changes.Side) {
	slices.SortStableFunc(s.Hosts, func(a, b changes.Host) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
}

func hostSide(j *rules.Judgement, propertyText func(evidence.Property) string) changes.Host {
	h := changes.Host{Name: j.Case.Host, OS: j.Version.Code(), Stores: map[string]changes.Store{},
		KeyCollected: func(key string) bool { return j.Case.Registry.Collected(key) != nil }}
	format := map[string]string{}
	for _, s := range j.Case.Sources {
		format[s.Name] = s.Format
		if !s.Complete {
			h.Incomplete = append(h.Incomplete, s.Name)
		}
	}
	for _, o := range j.Case.Occurrences {
		c := sideCertificate(certificateOf(j.Case.Host, o), format[o.Where.Source])
		c.Known, c.Carries = true, o.CanCarry
		for _, p := range o.Properties {
			c.Properties = append(c.Properties, changes.Property{ID: uint32(p.ID), Name: p.ID.String(), Value: string(p.Value), Text: propertyText(p)})
		}
		h.Certificates = append(h.Certificates, c)
	}
	for _, v := range j.Case.Registry.Values() {
		h.Values = append(h.Values, sideValue(RegistryValue{Key: v.Key, Name: v.Name, Type: v.Type.String(), Data: registryData(v)}))
	}
	for _, l := range j.Lists {
		h.Lists = append(h.Lists, sideList(IssuerList{Binding: l.Binding, Profile: l.Profile, Store: l.Store, Sent: string(l.Sent), Verdict: string(l.Verdict), Bytes: Bytes(l.Bytes),
			Limit: Limit(l.Limit), Certificates: l.Certificates, DistinctSubjects: l.Subjects, Collected: l.Collected, Whole: l.Whole, Mixed: l.Mixed}))
	}
	for i := range j.Findings {
		h.Findings = append(h.Findings, sideFinding(findingOf(&j.Findings[i])))
	}
	add := func(name string, broken bool, missing []string) {
		h.Stores[name] = changes.Store{Broken: broken, Missing: missing}
	}
	for _, s := range j.Stores.All() {
		if s.Collected() {
			add(s.String(), len(s.Broken) > 0, s.Missing())
		}
	}
	// A key may have been exported and be empty.
	for _, name := range []string{evidence.StoreRoot, evidence.StoreCA, evidence.StoreMy, evidence.StoreDisallowed, evidence.StoreClientAuthIssuer, "TrustedPublisher", "TrustedPeople"} {
		if s := j.Stores.Registry(j.Case, evidence.LocalMachine, name); s.Collected() {
			add(s.String(), len(s.Broken) > 0, s.Missing())
		}
	}
	return h
}

func sideCertificate(c Certificate, format string) changes.Certificate {
	return changes.Certificate{Store: c.Store, Physical: c.Physical, SHA256: c.SHA256, Thumbprint: c.Thumbprint, Subject: c.Subject, FriendlyName: c.FriendlyName, Format: format}
}

func sideValue(v RegistryValue) changes.Value {
	s := changes.Value{Key: v.Key, Name: v.Name, Type: v.Type}
	switch d := v.Data.(type) {
	case string:
		s.Text = d
	case []string:
		s.Text = strings.Join(d, "\n")
	case []any:
		var parts []string
		for _, p := range d {
			parts = append(parts, fmt.Sprint(p))
		}
		s.Text = strings.Join(parts, "\n")
	default:
		s.Text = fmt.Sprint(d)
	}
	return s
}

func sideList(l IssuerList) changes.List {
	return changes.List{Binding: l.Binding, Profile: l.Profile, Store: l.Store, Sent: l.Sent, Verdict: l.Verdict, Min: l.Bytes.Min, Expected: l.Bytes.Expected, Max: l.Bytes.Max,
		MinKnown: l.Bytes.MinKnown, Limit: l.Limit.Bytes, Certificates: l.Certificates, Subjects: l.DistinctSubjects, Collected: l.Collected, Whole: l.Whole, Mixed: l.Mixed}
}

func sideFinding(f Finding) changes.Finding {
	s := changes.Finding{ID: f.ID, Rule: f.Rule, Severity: f.Severity, Outcome: f.Outcome, Subject: f.Subject, Summary: f.Summary, Measured: f.Measured}
	if f.Waiver != nil {
		s.Waiver = f.Waiver.State
	}
	return s
}

// ReadSide reads a JSON report as a side of a comparison. The error says what is
// wrong: it is no report of SchemaName, it is larger than MaxReport, or it
// breaks off.
func ReadSide(name string, r io.Reader) (*changes.Side, error) {
	limited := &io.LimitedReader{R: r, N: MaxReport + 1}
	s, err := readSide(name, json.NewDecoder(limited))
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("the report is larger than %d bytes", MaxReport)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("the report breaks off")
	case err != nil:
		return nil, err
	}
	return s, nil
}

// A sideReader collects what the lists of a report say, whatever their order.
type sideReader struct {
	schema       string
	tool         Tool
	asOf         Time
	sources      []Source
	hosts        []Host
	certificates map[string][]changes.Certificate // Format holds the source until all is read
	values       map[string][]changes.Value
	findings     map[string][]changes.Finding
	lists        map[string][]changes.List
	coverage     map[string]map[string]changes.Store
}

func readSide(name string, dec *json.Decoder) (*changes.Side, error) {
	if t, err := dec.Token(); err != nil {
		return nil, err
	} else if t != json.Delim('{') {
		return nil, errors.New("it is no JSON object")
	}
	in := &sideReader{certificates: map[string][]changes.Certificate{}, values: map[string][]changes.Value{}, findings: map[string][]changes.Finding{}, lists: map[string][]changes.List{},
		coverage: map[string]map[string]changes.Store{}}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		if err := in.field(fmt.Sprint(key), dec); err != nil {
			return nil, fmt.Errorf("%q: %w", key, err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if in.schema != SchemaName {
		return nil, wrongSchema(in.schema)
	}
	return in.side(name), nil
}

func wrongSchema(schema string) error {
	return fmt.Errorf("its schema is %q, and not %q", schema, SchemaName)
}

// field reads one field of the report.
func (in *sideReader) field(key string, dec *json.Decoder) error {
	switch key {
	case "schema":
		if err := dec.Decode(&in.schema); err != nil {
			return err
		}
		if in.schema != SchemaName {
			return wrongSchema(in.schema)
		}
		return nil
	case "tool":
		return dec.Decode(&in.tool)
	case "asOf":
		return dec.Decode(&in.asOf)
	case "sources":
		return elements(dec, func(s Source) { in.sources = append(in.sources, s) })
	case "hosts":
		return elements(dec, func(h Host) { in.hosts = append(in.hosts, h) })
	case "certificates":
		return elements(dec, func(c Certificate) {
			in.certificates[c.Host] = append(in.certificates[c.Host], sideCertificate(c, c.Location.Source))
		})
	case "registry":
		return elements(dec, func(v RegistryValue) { in.values[v.Host] = append(in.values[v.Host], sideValue(v)) })
	case "findings":
		return elements(dec, func(f Finding) { in.findings[f.Host] = append(in.findings[f.Host], sideFinding(f)) })
	case "issuerLists":
		return elements(dec, func(l IssuerList) {
			in.lists[l.Host] = append(in.lists[l.Host], sideList(l))
			in.cover(l)
		})
	}
	return skip(dec)
}

// cover notes what a list says of the store that feeds it.
func (in *sideReader) cover(l IssuerList) {
	if !l.Collected {
		return
	}
	var s changes.Store
	for _, c := range l.Coverage {
		if !c.Collected && c.Physical != "" {
			s.Missing = append(s.Missing, c.Physical)
		}
	}
	if in.coverage[l.Host] == nil {
		in.coverage[l.Host] = map[string]changes.Store{}
	}
	in.coverage[l.Host][l.Store] = s
}

// elements decodes a list one element at a time.
func elements[T any](dec *json.Decoder, take func(T)) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t == nil {
		return nil
	}
	if t != json.Delim('[') {
		return errors.New("it is no list")
	}
	for dec.More() {
		var v T
		if err := dec.Decode(&v); err != nil {
			return err
		}
		take(v)
	}
	_, err = dec.Token()
	return err
}

// skip passes over a value of any kind.
func skip(dec *json.Decoder) error {
	for depth := 0; ; {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

func (in *sideReader) side(name string) *changes.Side {
	s := &changes.Side{Name: name, FromReport: true, Version: in.tool.Version, Policy: policyWords(in.tool.Policy.Name, in.tool.Policy.SHA256), AsOf: in.asOf.Time}
	format := map[string]string{}
	for _, src := range in.sources {
		format[src.Name] = src.Format
	}
	for _, h := range in.hosts {
		host := changes.Host{Name: h.Name, OS: h.OS, Values: in.values[h.Name], Findings: in.findings[h.Name], Lists: in.lists[h.Name], Stores: map[string]changes.Store{}}
		broken := map[string]bool{}
		for _, src := range in.sources {
			if src.Host != h.Name {
				continue
			}
			if !src.Complete {
				host.Incomplete = append(host.Incomplete, src.Name)
				broken[src.Name] = true
			}
			if src.Store != "" {
				host.Stores[src.Store] = changes.Store{Broken: !src.Complete || host.Stores[src.Store].Broken}
			}
		}
		for _, c := range in.certificates[h.Name] {
			if c.Store != "" {
				host.Stores[c.Store] = changes.Store{Broken: broken[c.Format] || host.Stores[c.Store].Broken}
			}
			c.Format = format[c.Format]
			host.Certificates = append(host.Certificates, c)
		}
		for store, c := range in.coverage[h.Name] {
			host.Stores[store] = changes.Store{Broken: host.Stores[store].Broken, Missing: c.Missing}
		}
		s.Hosts = append(s.Hosts, host)
	}
	sortHosts(s)
	return s
}

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
