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
)

// MaxReport bounds a JSON report that is read back, in bytes.
const MaxReport = 1 << 30

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
		certificate := certificateOf(j.Case.Host, o)
		portable(&certificate)
		c := sideCertificate(certificate, format[o.Where.Source])
		c.Known, c.Carries = true, o.CanCarry
		for _, p := range o.Properties {
			c.Properties = append(c.Properties, changes.Property{ID: uint32(p.ID), Name: p.ID.String(), Value: string(p.Value), Text: propertyText(p)})
		}
		h.Certificates = append(h.Certificates, c)
	}
	for _, v := range j.Case.Registry.Values() {
		value := RegistryValue{Key: v.Key, Name: v.Name, Type: v.Type.String(), Data: registryData(v)}
		portable(&value)
		h.Values = append(h.Values, sideValue(value))
	}
	for _, l := range j.Lists {
		h.Lists = append(h.Lists, sideList(IssuerList{Binding: l.Binding, Profile: l.Profile, Store: l.Store, Sent: string(l.Sent), Verdict: string(l.Verdict), Bytes: Bytes(l.Bytes),
			Limit: Limit(l.Limit), Certificates: l.Certificates, DistinctSubjects: l.Subjects, Collected: l.Collected, Whole: l.Whole, Mixed: l.Mixed}))
	}
	for i := range j.Findings {
		finding := findingOf(&j.Findings[i])
		portable(&finding)
		h.Findings = append(h.Findings, sideFinding(finding))
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
	return readSideWithin(name, r, MaxReport)
}

func readSideWithin(name string, r io.Reader, limit int64) (*changes.Side, error) {
	limited := &io.LimitedReader{R: r, N: limit + 1}
	s, err := readSide(name, json.NewDecoder(limited))
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("the report is larger than %d bytes", limit)
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
		if key == "schema" && in.schema != SchemaName {
			break // nothing that follows is known
		}
	}
	if in.schema != SchemaName {
		return nil, fmt.Errorf("its schema is %q, and not %q", in.schema, SchemaName)
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	return in.side(name), nil
}

// field reads one field of the report.
func (in *sideReader) field(key string, dec *json.Decoder) error {
	switch key {
	case "schema":
		return dec.Decode(&in.schema)
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
