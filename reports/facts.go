package reports

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
)

// contractOf makes the contract from judgements. Its long lists are made while
// they are read.
func contractOf(in Input) *Report {
	b := &builder{Input: in, judgements: slices.Clone(in.Judgements)}
	b.Tool = cmp.Or(b.Tool, "ctlaudit")
	slices.SortStableFunc(b.judgements, func(x, y *rules.Judgement) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.Case.Host), strings.ToLower(y.Case.Host)), strings.Compare(x.Case.Host, y.Case.Host))
	})
	b.waivers = b.Criteria.WaiverReports(b.judgements)
	r := b.report()
	portable(r)
	return r
}

// A builder makes the parts of the contract.
type builder struct {
	Input
	judgements []*rules.Judgement // sorted by host
	waivers    []rules.WaiverReport
}

func (b *builder) report() *Report {
	r := &Report{
		Schema:     SchemaName,
		Tool:       b.tool(),
		AsOf:       Time{b.Criteria.AsOf},
		Engagement: b.Engagement,
		Plan:       b.Plan,
		Match:      b.Match,
		Changes:    b.Changes,
		Summary:    b.summary(),
		Sources:    each(slices.Values(b.sources()), sourceOf),
		Hosts:      each(slices.Values(b.judgements), hostOf),
		Rules:      each(slices.Values(b.Criteria.Rules), b.ruleOf),
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
		Findings: perHost(b, func(j *rules.Judgement, yield func(Finding) bool) bool {
			for i := range j.Findings {
				if !yield(findingOf(&j.Findings[i])) {
					return false
				}
			}
			return true
		}),
		Diagnoses: []Diagnosis{},
		Waivers:   each(slices.Values(b.waivers), waiverReportOf),
		Diagnostics: func(yield func(Diagnostic) bool) {
			for host, d := range b.diagnostics() {
				if !yield(diagnosticOf(host, d)) {
					return
				}
			}
		},
	}
	for _, j := range b.judgements {
		r.Diagnoses = append(r.Diagnoses, diagnosisOf(rules.Diagnose(j)))
	}
	r.rows = b.rows()
	return r
}

// rows counts what the long lists hold, so that nobody has to make them for it.
func (b *builder) rows() rows {
	n := rows{known: true, diagnostics: len(b.Diagnostics)}
	for _, j := range b.judgements {
		n.certificates += len(j.Case.Occurrences)
		n.registry += len(j.Case.Registry.Values())
		n.events += len(j.Case.Events)
		n.diagnostics += len(j.Case.Diagnostics)
	}
	return n
}

// each maps a sequence.
func each[A, B any](in func(func(A) bool), f func(A) B) Seq[B] {
	return carried(func(yield func(B) bool) {
		for a := range in {
			if !yield(f(a)) {
				return
			}
		}
	})
}

// perHost goes through what each host has, in the order of hosts; of reports
// whether to go on.
func perHost[T any](b *builder, of func(j *rules.Judgement, yield func(T) bool) bool) Seq[T] {
	return carried(func(yield func(T) bool) {
		for _, j := range b.judgements {
			if !of(j, yield) {
				return
			}
		}
	})
}

func (b *builder) tool() Tool {
	t := Tool{Name: b.Tool, Version: b.Version, Policy: Policy{b.Criteria.Policy.Name, b.Criteria.Policy.Digest()}, Data: []FactTable{}, RuleFiles: []RuleFile{}}
	if b.Criteria.Waivers != nil {
		t.Waivers = &File{SHA256: b.Criteria.Waivers.Digest()}
	}
	for _, f := range b.Criteria.Tables.Info {
		t.Data = append(t.Data, FactTable{f.Name, f.Date, f.Rows, hex.EncodeToString(f.SHA256[:]), f.Replaced})
	}
	for _, f := range b.Criteria.RuleFiles {
		t.RuleFiles = append(t.RuleFiles, RuleFile{f.Name, f.Digest()})
	}
	return t
}

// outcomes are all outcomes in the order in which reports show them.
var outcomes = []rules.Outcome{rules.Failed, rules.Unknown, rules.Erred, rules.NotChecked, rules.Informational, rules.Passed, rules.NotApplicable}

func (b *builder) summary() Summary {
	s := Summary{Hosts: len(b.judgements), Outcomes: map[string]int{}, Failures: map[string]int{}}
	for _, o := range outcomes {
		s.Outcomes[string(o)] = 0
	}
	for _, sev := range rules.Severities() {
		s.Failures[string(sev)] = 0
	}
	for _, j := range b.judgements {
		s.EventLogs += len(j.Case.EventLogs)
		for _, src := range j.Case.Sources {
			s.Sources++
			if !src.Complete {
				s.Incomplete++
			}
		}
		for i := range j.Findings {
			f := &j.Findings[i]
			s.Findings++
			switch {
			case f.Outcome == rules.Failed && !f.Fails():
				s.Waived++
				continue
			case f.Outcome == rules.Failed:
				s.Failures[string(f.Severity)]++
			}
			s.Outcomes[string(f.Outcome)]++
		}
	}
	return s
}

// sources returns the sources of all hosts, sorted by name.
func (b *builder) sources() []*evidence.Source {
	var list []*evidence.Source
	for _, j := range b.judgements {
		list = append(list, j.Case.Sources...)
	}
	slices.SortStableFunc(list, func(x, y *evidence.Source) int { return strings.Compare(x.Name, y.Name) })
	return list
}

// diagnostics goes through the diagnostics of the run, which have no host, and
// then of the hosts.
func (b *builder) diagnostics() func(yield func(host string, d *evidence.Diagnostic) bool) {
	return func(yield func(string, *evidence.Diagnostic) bool) {
		for i := range b.Diagnostics {
			if !yield("", &b.Diagnostics[i]) {
				return
			}
		}
		for _, j := range b.judgements {
			for i := range j.Case.Diagnostics {
				if !yield(j.Case.Host, &j.Case.Diagnostics[i]) {
					return
				}
			}
		}
	}
}

func sourceOf(s *evidence.Source) Source {
	r := s.Records
	return Source{Name: s.Name, Size: s.Size, SHA256: hex.EncodeToString(s.SHA256[:]), Modified: Time{s.Modified}, Format: s.Format, Host: s.Host,
		Store: s.Store.String(), Physical: s.Store.Physical, StoreBasis: string(s.Store.Basis), Complete: s.Complete,
		Confidence: s.Confidence, Encoding: s.Encoding, Dialect: s.Dialect, DateOrder: s.DateOrder, Zone: s.Zone,
		Records: Records{r.Certificates, r.RevocationLists, r.TrustLists, r.RegistryValues, r.Events}}
}

func hostOf(j *rules.Judgement) Host {
	v := j.Version
	return Host{Name: j.Case.Host, OS: v.Code(), OSName: v.Name(), OSBasis: v.Basis, OSWhy: v.Why, Roles: full(j.Roles)}
}

// ruleOf describes a rule as the policy has it.
func (b *builder) ruleOf(r *rules.Rule) Rule {
	rule := Rule{ID: r.ID, Title: r.Title, Severity: string(b.Criteria.Policy.SeverityOf(r)), Enabled: b.Criteria.Policy.Enabled(r), Since: r.Since, Doc: r.Doc,
		References: []Reference{}, Needs: []string{}, Collect: r.Collect, Remedy: r.Remedy, Impact: r.Impact, AppliesTo: r.AppliesTo}
	for _, ref := range r.References {
		rule.References = append(rule.References, Reference(ref))
	}
	for _, k := range r.Needs {
		rule.Needs = append(rule.Needs, string(k))
	}
	return rule
}

func certificateOf(host string, o *evidence.Occurrence) Certificate {
	c := Certificate{Host: host, Store: o.Store.String(), Physical: o.Store.Physical,
		Thumbprint: o.Thumbprint(), SHA256: hex.EncodeToString(o.SHA256[:]), Subject: o.Subject, Issuer: o.Issuer,
		Serial: hex.EncodeToString(o.Serial), NotBefore: Time{o.NotBefore}, NotAfter: Time{o.NotAfter},
		SelfIssued: o.SelfIssued(), Parse: string(o.Parse), ParseNote: o.ParseNote, FriendlyName: o.FriendlyName(),
		KeyAlgorithm: o.KeyAlgorithm, KeyBits: o.KeyBits, SignatureAlgorithm: o.SignatureAlgorithm, Location: locationOf(o.Where)}
	if o.Parse != evidence.ParseFailed {
		n := len(o.SubjectDER)
		c.SubjectBytes = &n
	}
	return c
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

func diagnosticOf(host string, d *evidence.Diagnostic) Diagnostic {
	return Diagnostic{Code: d.Code, Severity: string(d.Severity), Host: host, Location: locationOf(d.Where),
		Summary: d.Summary, Detail: d.Detail, Lost: d.Loses()}
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
