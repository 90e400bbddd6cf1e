package sarif

import (
	"strings"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// The objects of a log, as far as this one uses them. Their fields stand in the
// order of the specification (SARIF 2.1.0, section 3).

type message struct {
	Text string `json:"text"`
}

type descriptor struct {
	ID                   string         `json:"id"`
	ShortDescription     message        `json:"shortDescription"`
	FullDescription      *message       `json:"fullDescription,omitempty"`
	HelpURI              string         `json:"helpUri,omitempty"`
	Help                 *message       `json:"help,omitempty"`
	DefaultConfiguration configuration  `json:"defaultConfiguration"`
	Properties           ruleProperties `json:"properties"`
}

type configuration struct {
	Enabled bool   `json:"enabled"`
	Level   string `json:"level"`
}

type ruleProperties struct {
	Severity string `json:"severity"`
	// SecuritySeverity is what GitHub sorts by: a number from 0 to 10.
	SecuritySeverity string `json:"security-severity,omitempty"`
	Since            string `json:"since,omitempty"`
}

type notification struct {
	Descriptor     reference  `json:"descriptor"`
	AssociatedRule *reference `json:"associatedRule,omitempty"`
	Level          string     `json:"level"`
	Message        message    `json:"message"`
	Locations      []location `json:"locations"`
}

type reference struct {
	ID    string `json:"id"`
	Index *int   `json:"index,omitempty"`
}

type artifact struct {
	Location   artifactLocation   `json:"location"`
	Length     int64              `json:"length"`
	Hashes     map[string]string  `json:"hashes"`
	Properties artifactProperties `json:"properties"`
}

type artifactProperties struct {
	Host     string `json:"host,omitempty"`
	Format   string `json:"format,omitempty"`
	Store    string `json:"store,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	Complete bool   `json:"complete"`
}

// A run is the document on its way into a log.
type run struct {
	*reports.Document
	ruleN     map[string]int // index by id
	artifactN map[string]int // index by name
}

func newRun(d *reports.Document) *run {
	r := &run{Document: d, ruleN: map[string]int{}, artifactN: map[string]int{}}
	for rule := range d.Report.Rules {
		r.ruleN[rule.ID] = len(r.ruleN)
	}
	n := 0
	for s := range d.Report.Sources {
		if _, twice := r.artifactN[s.Name]; !twice {
			r.artifactN[s.Name] = n
		}
		n++
	}
	return r
}

func (r *run) name() string {
	if name := text(r.Report.Tool.Name); name != "" {
		return name
	}
	return "ctlaudit"
}

// version is the program's, as a number where it is one: tools compare it.
func (r *run) version() string {
	v := text(r.Report.Tool.Version)
	if number, ok := strings.CutPrefix(v, "v"); ok && number != "" && number[0] >= '0' && number[0] <= '9' {
		return number
	}
	return v
}

// descriptors are the rules.
func (r *run) descriptors() func(func(descriptor) bool) {
	return func(yield func(descriptor) bool) {
		for rule := range r.Report.Rules {
			if !yield(describe(&rule)) {
				return
			}
		}
	}
}

func describe(rule *reports.Rule) descriptor {
	d := descriptor{ID: text(rule.ID), ShortDescription: say(rule.Title),
		DefaultConfiguration: configuration{Enabled: rule.Enabled, Level: levelOf(rule.Severity)},
		Properties:           ruleProperties{Severity: text(rule.Severity), SecuritySeverity: scores[rules.Severity(rule.Severity)], Since: text(rule.Since)}}
	if rule.Doc != "" {
		m := say(rule.Doc)
		d.FullDescription = &m
	}
	var cited []string
	for _, ref := range rule.References {
		cited = append(cited, ref.Name+": "+ref.Title+", "+ref.URL)
		if d.HelpURI == "" {
			d.HelpURI = helpURI(ref.URL)
		}
	}
	if cited != nil {
		m := say(strings.Join(cited, "\n"))
		d.Help = &m
	}
	return d
}

// scores are GitHub's bands of security-severity: over 9 is critical, from 7
// high, from 4 medium, below low.
var scores = map[rules.Severity]string{rules.Critical: "9.5", rules.High: "8.0", rules.Medium: "5.5", rules.Low: "2.0"}

// levelOf is the level of a failure.
func levelOf(severity string) string {
	switch rules.Severity(severity) {
	case rules.Critical, rules.High:
		return "error"
	case rules.Medium:
		return "warning"
	}
	return "note"
}

// whole reports whether no rule broke.
func (r *run) whole() bool { return r.Report.Summary.Outcomes[string(rules.Erred)] == 0 }

// notifications are the remarks on files, and the rules that broke.
func (r *run) notifications() func(func(notification) bool) {
	return func(yield func(notification) bool) {
		for d := range r.Report.Diagnostics {
			s := d.Summary
			if d.Detail != "" {
				s += ": " + d.Detail
			}
			level := text(d.Severity)
			if level != "error" && level != "warning" {
				level = "note"
			}
			if !yield(notification{Descriptor: reference{ID: text(d.Code)}, Level: level, Message: say(s), Locations: []location{r.location(d.Location)}}) {
				return
			}
		}
		for f := range r.Report.Findings {
			if rules.Outcome(f.Outcome) != rules.Erred {
				continue
			}
			n := notification{Descriptor: reference{ID: "rule-broke"}, AssociatedRule: r.rule(f.Rule), Level: "error", Message: say(f.Summary), Locations: []location{}}
			if !yield(n) {
				return
			}
		}
	}
}

func (r *run) rule(id string) *reference {
	ref := &reference{ID: text(id)}
	if n, ok := r.ruleN[id]; ok {
		ref.Index = &n
	}
	return ref
}

func (r *run) artifacts() func(func(artifact) bool) {
	return func(yield func(artifact) bool) {
		for s := range r.Report.Sources {
			store := s.Store
			if s.Physical != "" {
				store += " (" + s.Physical + ")"
			}
			a := artifact{Location: artifactLocation{URI: uriOf(s.Name), BaseID: baseID}, Length: s.Size, Hashes: map[string]string{"sha-256": s.SHA256},
				Properties: artifactProperties{Host: text(s.Host), Format: text(s.Format), Store: text(store), Encoding: text(s.Encoding), Complete: s.Complete}}
			if !yield(a) {
				return
			}
		}
	}
}

func (r *run) properties() map[string]string {
	t := r.Report.Tool
	m := map[string]string{"asOf": r.AsOf.Format("2006-01-02T15:04:05Z"), "policy": text(t.Policy.Name), "policySHA256": t.Policy.SHA256}
	if t.Waivers != nil {
		m["waiversSHA256"] = t.Waivers.SHA256
	}
	return m
}

// text is cleaned text outside a message.
func text(s string) string { return reports.Cut(reports.Clean(s), maxMessage) }

// say makes a message of text that is to be shown as it is. Braces are doubled,
// or they would be placeholders (section 3.11.5), and no "](" is left, or
// brackets before it would make a link (section 3.11.6).
func say(s string) message {
	s = strings.NewReplacer("{", "{{", "}", "}}", "](", "] (").Replace(text(s))
	if s == "" {
		s = "(no text)" // a message must not be empty
	}
	return message{s}
}
