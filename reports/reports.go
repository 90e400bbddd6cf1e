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
	// Engagement is what is stated of the engagement.
	Engagement Engagement
	// Plan, Match and Changes are parts that the report shows too, each nil
	// where there is none.
	Plan    *PlanReport
	Match   *MatchReport
	Changes *DiffReport
	// Options say how the report is shown.
	Options Options
}

// Options say how a report is shown. They are no part of the contract.
type Options struct {
	// Carried are the sign-offs of an earlier workbook, nil where there was
	// none.
	Carried SignOffs
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
	// Carried are the sign-offs of an earlier workbook, nil where there was
	// none.
	Carried SignOffs

	language *language // nil in an English document
}

// Sheet returns a sheet by its name, or by its English one, or nil.
func (d *Document) Sheet(name string) *Sheet {
	name = d.SheetName(name)
	for _, s := range d.Sheets {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// New makes the document of judgements. They and what they point to must not
// change while the document is used.
func New(in Input) *Document { return Render(contractOf(in), in.Options) }

// Render makes the document of a contract, from which alone it takes what it
// shows. The report must not change while the document is used.
func Render(r *Report, o Options) *Document {
	v := newView(r, o)
	d := &Document{
		Title:      "Trusted issuer list audit",
		Tool:       Clean(strings.TrimSpace(r.Tool.Name + " " + r.Tool.Version)),
		AsOf:       r.AsOf.UTC(),
		Head:       v.head(),
		Incomplete: v.incomplete,
		Counts:     v.countsSheet(),
		Overview:   v.overviewSheet(),
		Sheets: slices.Concat(
			[]*Sheet{v.findingsSheet(), actionPlanSheet(r, o.Carried), v.diagnosisSheet(), v.timelineSheet(), v.listSheet()},
			matchSheets(r.Match), planSheets(r.Plan),
			[]*Sheet{v.certificatesSheet(), v.requiredSheet(), v.registrySheet(), v.eventsSheet()},
			v.fleetSheets(), changesSheets(r.Changes),
			[]*Sheet{v.waiversSheet(), v.sourcesSheet(), v.diagnosticsSheet(), v.rulesSheet(), v.missingSheet(), v.notesSheet()}),
		Report: r, Carried: o.Carried,
	}
	d.Cover = v.coverPage(d.Head[0])
	for _, h := range v.hosts {
		d.Screens = append(d.Screens, v.screen(h))
	}
	d.Contents = contentsSheet(d.Sheets)
	return d
}
