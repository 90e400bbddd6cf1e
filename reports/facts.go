package reports

import (
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
)

func (b *builder) factTables() []FactTable {
	list := []FactTable{}
	for _, t := range b.Criteria.Tables.Info {
		list = append(list, FactTable{t.Name, t.Date, t.Rows, hex.EncodeToString(t.SHA256[:]), t.Replaced})
	}
	return list
}

func (b *builder) ruleFiles() []RuleFile {
	list := []RuleFile{}
	for _, f := range b.Criteria.RuleFiles {
		list = append(list, RuleFile{f.Name, f.Digest()})
	}
	return list
}

func (b *builder) diagnosisReports() []Diagnosis {
	list := []Diagnosis{}
	for _, d := range b.diagnoses {
		list = append(list, diagnosisOf(d))
	}
	return list
}

// report makes the JSON contract.
func (b *builder) report() *Report {
	policy := b.Criteria.Policy
	return &Report{
		Schema:  SchemaName,
		Tool:    Tool{Name: b.Tool, Version: b.Version, Policy: Policy{policy.Name, policy.Digest()}, Waivers: b.waiversFile(), Data: b.factTables(), RuleFiles: b.ruleFiles()},
		AsOf:    Time{b.Criteria.AsOf},
		Summary: b.summary(),
		Sources: each(slices.Values(b.sources()), sourceOf),
		Hosts:   each(slices.Values(b.judgements), hostOf),
		Rules:   each(slices.Values(b.Criteria.Rules), b.ruleOf),
		IssuerLists: perHost(b, func(j *rules.Judgement, yield func(IssuerList) bool) bool {
			for _, l := range j.Lists {
				if !yield(listOf(l)) {
					return false
				}
			}
			return true
		}),
		RequiredRoots: perHost(b, func(j *rules.Judgement, yield func(RequiredRoot) bool) bool {
			for _, s := range j.Required {
				r := RequiredRoot{Host: j.Case.Host, Pack: s.Pack, Name: s.Name, Thumbprint: s.Thumbprint, State: string(s.State),
					Where: full(s.Where), Citation: s.Citation, Evidence: locations(s.Evidence)}
				if !yield(r) {
					return false
				}
			}
			return true
		}),
		Certificates: perHost(b, func(j *rules.Judgement, yield func(Certificate) bool) bool {
			for _, o := range j.Case.Occurrences {
				if !yield(certificateOf(j.Case.Host, o)) {
					return false
				}
			}
			return true
		}),
		Registry: perHost(b, func(j *rules.Judgement, yield func(RegistryValue) bool) bool {
			for _, v := range j.Case.Registry.Values() {
				r := RegistryValue{Host: j.Case.Host, Key: v.Key, Name: v.Name, Type: v.Type.String(), Data: registryData(v), Location: locationOf(v.Where)}
				if !yield(r) {
					return false
				}
			}
			return true
		}),
		Events: perHost(b, func(j *rules.Judgement, yield func(EventGroup) bool) bool {
			for _, g := range j.Case.Events {
				if !yield(eventOf(j.Case.Host, g)) {
					return false
				}
			}
			return true
		}),
		Findings: func(yield func(Finding) bool) {
			for f := range b.findings() {
				if !yield(findingOf(f)) {
					return
				}
			}
		},
		Diagnoses: b.diagnosisReports(),
		Waivers:   each(slices.Values(b.waivers), waiverReportOf),
		Diagnostics: func(yield func(Diagnostic) bool) {
			for host, d := range b.diagnostics() {
				r := Diagnostic{Code: d.Code, Severity: string(d.Severity), Host: host, Location: locationOf(d.Where),
					Summary: d.Summary, Detail: d.Detail, Lost: d.Loses()}
				if !yield(r) {
					return
				}
			}
		},
	}
}

// each maps a sequence.
func each[A, B any](in func(func(A) bool), f func(A) B) Seq[B] {
	return func(yield func(B) bool) {
		for a := range in {
			if !yield(f(a)) {
				return
			}
		}
	}
}

// perHost goes through what each host has, in the order of hosts; of reports
// whether to go on.
func perHost[T any](b *builder, of func(j *rules.Judgement, yield func(T) bool) bool) Seq[T] {
	return func(yield func(T) bool) {
		for _, j := range b.judgements {
			if !of(j, yield) {
				return
			}
		}
	}
}

func (b *builder) summary() Summary {
	s := Summary{Hosts: len(b.judgements), Outcomes: map[string]int{}, Failures: map[string]int{}}
	for _, src := range b.sources() {
		s.Sources++
		if !src.Complete {
			s.Incomplete++
		}
	}
	s.Waived = b.waived
	s.Findings = b.waived
	for _, o := range outcomes {
		s.Outcomes[string(o)] = b.outcomes[o]
		s.Findings += b.outcomes[o]
	}
	for _, sev := range rules.Severities() {
		s.Failures[string(sev)] = b.failures[sev]
	}
	return s
}

func sourceOf(s *evidence.Source) Source {
	r := s.Records
	return Source{Name: s.Name, Size: s.Size, SHA256: hex.EncodeToString(s.SHA256[:]), Format: s.Format, Host: s.Host,
		Store: s.Store.String(), Physical: s.Store.Physical, StoreBasis: string(s.Store.Basis), Complete: s.Complete,
		Confidence: s.Confidence, Encoding: s.Encoding, Dialect: s.Dialect, DateOrder: s.DateOrder, Zone: s.Zone,
		Records: Records{r.Certificates, r.RevocationLists, r.TrustLists, r.RegistryValues, r.Events}}
}

func hostOf(j *rules.Judgement) Host {
	v := j.Version
	return Host{Name: j.Case.Host, OS: v.Code(), OSName: v.Name(), OSBasis: v.Basis, OSWhy: v.Why, Roles: full(j.Roles)}
}

func (b *builder) ruleOf(r *rules.Rule) Rule {
	severity, enabled := b.applied(r)
	rule := Rule{ID: r.ID, Title: r.Title, Severity: string(severity), Enabled: enabled, Since: r.Since, Doc: r.Doc, References: []Reference{}}
	for _, ref := range r.References {
		rule.References = append(rule.References, Reference(ref))
	}
	return rule
}

// applied returns a rule's severity, and whether it holds, as the policy has it.
func (b *builder) applied(r *rules.Rule) (severity rules.Severity, enabled bool) {
	return b.Criteria.Policy.SeverityOf(r), b.Criteria.Policy.Enabled(r)
}

func certificateOf(host string, o *evidence.Occurrence) Certificate {
	c := Certificate{Host: host, Store: o.Store.String(), Physical: o.Store.Physical,
		Thumbprint: o.Thumbprint(), SHA256: hex.EncodeToString(o.SHA256[:]), Subject: o.Subject, Issuer: o.Issuer,
		Serial: hex.EncodeToString(o.Serial), NotBefore: Time{o.NotBefore}, NotAfter: Time{o.NotAfter},
		SelfIssued: o.SelfIssued(), Parse: string(o.Parse), ParseNote: o.ParseNote, FriendlyName: o.FriendlyName(), Location: locationOf(o.Where)}
	if o.Parse != evidence.ParseFailed {
		n := len(o.SubjectDER)
		c.SubjectBytes = &n
	}
	return c
}

// registryData returns the data of a value as the contract has it. Data that
// does not fit its type is given in hex, as it stands.
func registryData(v *evidence.RegistryValue) any {
	switch {
	case v.Type == evidence.RegMultiSZ:
		list, _ := v.Strings()
		return full(list)
	case v.Type == evidence.RegSZ, v.Type == evidence.RegExpandSZ, v.Type == evidence.RegLink:
		return registryText(v.Data)
	case v.Type == evidence.RegDWord && len(v.Data) == 4:
		return strconv.FormatUint(uint64(binary.LittleEndian.Uint32(v.Data)), 10)
	case v.Type == evidence.RegDWordBE && len(v.Data) == 4:
		return strconv.FormatUint(uint64(binary.BigEndian.Uint32(v.Data)), 10)
	case v.Type == evidence.RegQWord && len(v.Data) == 8:
		return strconv.FormatUint(binary.LittleEndian.Uint64(v.Data), 10)
	}
	return strings.ToUpper(hex.EncodeToString(v.Data))
}

// registryText decodes all of a string, less the NULs at its end: what a value
// hides behind its first NUL is shown too.
func registryText(data []byte) string {
	units := make([]uint16, 0, len(data)/2)
	for ; len(data) >= 2; data = data[2:] {
		units = append(units, binary.LittleEndian.Uint16(data))
	}
	for len(units) > 0 && units[len(units)-1] == 0 {
		units = units[:len(units)-1]
	}
	return string(utf16.Decode(units))
}

func eventOf(host string, g *evidence.EventGroup) EventGroup {
	e := EventGroup{Host: host, Computer: g.Computer, Own: g.Own, Provider: g.Provider, ID: g.ID, Count: g.Count,
		First: Time{g.First}, Last: Time{g.Last}, Sources: full(g.Sources), Samples: []Sample{}}
	if g.Alert != evidence.NoAlert {
		e.Alert = &g.Alert
	}
	if g.First.IsZero() {
		e.FirstText, e.LastText = g.FirstText, g.LastText
	}
	for _, s := range g.Samples {
		sample := Sample{Location: locationOf(s.Where), Time: Time{s.Time}, Message: s.Message}
		if s.Time.IsZero() {
			sample.TimeText = s.TimeText
		}
		e.Samples = append(e.Samples, sample)
	}
	return e
}

func findingOf(f *rules.Finding) Finding {
	r := Finding{ID: f.ID, Rule: f.Rule.ID, Title: f.Rule.Title, Severity: string(f.Severity), Outcome: string(f.Outcome),
		Host: f.Host, Subject: f.Subject, Store: f.Store, Thumbprint: f.Thumbprint, Summary: f.Summary,
		Measured: f.Measured, Expected: f.Expected, Evidence: locations(f.Evidence), Searched: full(f.Searched), Absence: f.Absence,
		References: []string{}, Remedy: f.Remedy, Collect: f.Collect}
	for _, ref := range f.Rule.References {
		r.References = append(r.References, ref.Name)
	}
	if f.Waiver != nil {
		w := waiverOf(f.Waiver.Waiver, f.Waiver.State)
		r.Waiver = &w
	}
	return r
}

func locationOf(l evidence.Location) Location { return Location(l) }

func locations(list []evidence.Location) []Location {
	out := make([]Location, 0, len(list))
	for _, l := range list {
		out = append(out, locationOf(l))
	}
	return out
}

// full returns the list, or an empty one for nil.
func full(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
