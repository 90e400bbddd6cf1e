// Package reports makes of judgements what all reports show: sorted, worded and
// safe to print, once. A Format is a described function as a value that lays a
// Document out; writers compute nothing.
//
// A Document holds the report three times, each for another kind of writer: as
// the typed JSON contract (Report), as sheets of typed cells for whatever has
// rows and columns (Sheets), and as a first screen for each host (Screens).
// Long lists are made while they are read, so a Document adds little to the
// memory of the judgements that it is made from.
package reports

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
)

// A Format describes one report format and the function that writes it.
type Format struct {
	// Name is what --format and -o call it.
	Name string
	// Doc's first line is a title: lower case, no full stop. Then, after a
	// blank line, what the format is for.
	Doc string
	// Ext is the file name extension with its dot, by which -o infers the
	// format; it is "" where none does.
	Ext string
	// Write writes the document. An error is one of w.
	Write func(w io.Writer, d *Document) error
}

// Input is what a report is made from. It holds no output path, command line or
// time of the run: the same exports give the same report.
type Input struct {
	// Tool and Version name the program; Tool is ctlaudit if it is "".
	Tool, Version string
	// Criteria hold the rules, the policy and the date of the judgement.
	Criteria *rules.Criteria
	// Judgements are those of the hosts, in any order.
	Judgements []*rules.Judgement
	// Diagnostics are those of files that belong to no host.
	Diagnostics []evidence.Diagnostic
}

// A Document is all that a report shows. All text outside Report is cleaned.
type Document struct {
	// Title is the heading of the report.
	Title string
	// Tool is the program's name and version.
	Tool string
	// AsOf is the date of the judgement, in UTC.
	AsOf time.Time
	// Cover is the front page.
	Cover *Cover
	// Head are lines on the run as a whole: date, policy, what was read, what
	// failed.
	Head []Line
	// Incomplete names the sources that were not read whole: a report says so
	// before anything else.
	Incomplete []string
	// Screens are the first screens, one for each host.
	Screens []*Screen
	// Counts counts the findings, Overview has a row for each issuer list, and
	// Contents one for each of Sheets.
	Counts, Overview, Contents *Sheet
	// Sheets are all tables in full, in the order in which they are shown.
	Sheets []*Sheet
	// Report is the JSON contract.
	Report *Report
}

// Sheet returns a sheet by its name, or nil.
func (d *Document) Sheet(name string) *Sheet {
	for _, s := range d.Sheets {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// New makes the document. The judgements and what they point to must not change
// while the document is used.
func New(in Input) *Document {
	in.Tool = cmp.Or(in.Tool, "ctlaudit")
	b := &builder{Input: in, judgements: slices.Clone(in.Judgements)}
	slices.SortStableFunc(b.judgements, func(x, y *rules.Judgement) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.Case.Host), strings.ToLower(y.Case.Host)), strings.Compare(x.Case.Host, y.Case.Host))
	})
	for _, j := range b.judgements {
		b.diagnoses = append(b.diagnoses, rules.Diagnose(j))
	}
	b.count()
	d := &Document{
		Title:      "Trusted issuer list audit",
		Tool:       Clean(strings.TrimSpace(in.Tool + " " + in.Version)),
		AsOf:       in.Criteria.AsOf.UTC(),
		Head:       b.head(),
		Incomplete: b.incomplete(),
		Counts:     b.countsSheet(),
		Overview:   b.overviewSheet(),
		Sheets: []*Sheet{
			b.findingsSheet(), b.diagnosisSheet(), b.timelineSheet(), b.listSheet(), b.certificatesSheet(), b.requiredSheet(), b.registrySheet(),
			b.eventsSheet(), b.waiversSheet(), b.sourcesSheet(), b.diagnosticsSheet(), b.rulesSheet(), b.missingSheet(),
		},
		Report: b.report(),
	}
	for i, j := range b.judgements {
		d.Screens = append(d.Screens, b.screen(j, b.diagnoses[i]))
	}
	d.Contents = contentsSheet(d.Sheets)
	return d
}

// A builder makes the parts of a document.
type builder struct {
	Input
	judgements []*rules.Judgement
	diagnoses  []*rules.Diagnosis // of the judgements, in their order

	outcomes map[rules.Outcome]int // less the waived failures
	waived   int
	waivers  []rules.WaiverReport
	table    map[rules.Severity]map[rules.Outcome]int
	failures map[rules.Severity]int
	waivedBy map[rules.Severity]int
}

// count counts the findings once, for all parts.
func (b *builder) count() {
	b.waivers = b.Criteria.WaiverReports(b.judgements)
	b.outcomes = map[rules.Outcome]int{}
	b.table = map[rules.Severity]map[rules.Outcome]int{}
	b.failures, b.waivedBy = map[rules.Severity]int{}, map[rules.Severity]int{}
	for _, s := range rules.Severities() {
		b.table[s] = map[rules.Outcome]int{}
	}
	for f := range b.findings() {
		if waived(f) {
			b.waived++
			b.waivedBy[f.Severity]++
			continue
		}
		b.outcomes[f.Outcome]++
		if row := b.table[f.Severity]; row != nil {
			row[f.Outcome]++
		}
		if f.Outcome == rules.Failed {
			b.failures[f.Severity]++
		}
	}
}

// outcomes are all outcomes in the order in which reports show them.
var outcomes = []rules.Outcome{rules.Failed, rules.Unknown, rules.Erred, rules.NotChecked, rules.Informational, rules.Passed, rules.NotApplicable}

// findings goes through the findings of all hosts in order.
func (b *builder) findings() func(yield func(*rules.Finding) bool) {
	return func(yield func(*rules.Finding) bool) {
		for _, j := range b.judgements {
			for i := range j.Findings {
				if !yield(&j.Findings[i]) {
					return
				}
			}
		}
	}
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

func (b *builder) incomplete() []string {
	var list []string
	for _, s := range b.sources() {
		if !s.Complete {
			list = append(list, Clean(s.Name))
		}
	}
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
