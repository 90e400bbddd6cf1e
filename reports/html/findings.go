package html

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// A group is the findings of one outcome.
type group struct {
	ID, Word, Count, Cut string
	Style                reports.Style
	Findings             []*finding
}

// A finding is laid out for the page; all text is cleaned.
type finding struct {
	ID string
	// Word is the group's word, Outcome also tells of a waiver.
	Word, Outcome, Severity string
	Style                   reports.Style
	Rule, RuleLink, Title   string
	Host, Subject           string
	// Summary heads the finding; Whole is all of it where that is too long.
	Summary, Whole                              string
	Measured, Expected, Remedy, Collect, Waiver string
	References                                  string
	Evidence, Searched                          []place
	Open                                        bool
}

// A place of evidence leads to its source.
type place struct {
	Source, Place, Link string
}

// maxPlaces bounds the places that are listed of one finding.
const maxPlaces = 50

// openFindings is how many failures are shown open.
const openFindings = 12

// kinds are the groups in the order of the page.
var kinds = []struct {
	id, word string
	style    reports.Style
}{
	{"fail", "failed", reports.Bad},
	{"error", "in error", reports.Bad},
	{"unknown", "unknown", reports.Doubt},
	{"notchecked", "not checked", reports.Absent},
	{"waived", "waived", reports.Quiet},
	{"informational", "informational", reports.Quiet},
	{"pass", "passed", reports.Good},
	{"notapplicable", "not applicable", reports.Quiet},
}

// kindOf is the group that a finding belongs to: its outcome, or waived where a
// waiver takes the failure out of the count.
func kindOf(f *reports.Finding) string {
	if f.Outcome == "fail" && f.Waiver != nil && f.Waiver.State == string(rules.WaiverActive) {
		return "waived"
	}
	return f.Outcome
}

// groupFindings sorts the findings into groups, the gravest first in each, and
// keeps at most so many of each.
func groupFindings(d *reports.Document, most int, links *links) []*group {
	type bucket struct {
		n    int
		kept []reports.Finding
	}
	buckets := map[string]map[string]*bucket{}
	for f := range d.Report.Findings {
		kind := kindOf(&f)
		if buckets[kind] == nil {
			buckets[kind] = map[string]*bucket{}
		}
		b := buckets[kind][f.Severity]
		if b == nil {
			b = &bucket{}
			buckets[kind][f.Severity] = b
		}
		if b.n++; b.n <= most {
			b.kept = append(b.kept, f)
		}
	}
	var groups []*group
	for _, k := range kinds {
		g := &group{ID: k.id, Word: d.Say(k.word), Style: k.style}
		n := 0
		for _, s := range rules.Severities() {
			b := buckets[k.id][string(s)]
			if b == nil {
				continue
			}
			n += b.n
			for i := range b.kept {
				if len(g.Findings) < most {
					g.Findings = append(g.Findings, newFinding(d, &b.kept[i], d.Say(k.word), k.style, links))
				}
			}
		}
		if n == 0 {
			continue
		}
		g.Count = d.Say(plural(n, "finding"))
		if n > most {
			g.Cut = d.Say(fmt.Sprintf("The gravest %s of %s are shown. All are in the workbook and in the JSON report.", rules.Grouped(most), rules.Grouped(n)))
		}
		if k.id == "fail" && n <= openFindings {
			for _, f := range g.Findings {
				f.Open = true
			}
		}
		groups = append(groups, g)
	}
	return groups
}

func newFinding(d *reports.Document, f *reports.Finding, word string, style reports.Style, links *links) *finding {
	clean := reports.Clean
	say := func(s string) string { return d.Say(clean(s)) }
	r := &finding{ID: clean(f.ID), Word: word, Outcome: word, Severity: clean(f.Severity), Style: style, Rule: clean(f.Rule), RuleLink: links.rule[f.Rule],
		Title: say(f.Title), Host: shortText(clean(f.Host)), Subject: shortText(clean(f.Subject)), Summary: say(f.Summary), Measured: say(f.Measured),
		Expected: say(f.Expected), Remedy: say(f.Remedy), Collect: say(f.Collect), References: clean(strings.Join(f.References, ", "))}
	if t := longText(r.Summary); t.Rest != "" {
		r.Whole, r.Summary = r.Summary, t.Text+"…"
	}
	if w := f.Waiver; w != nil {
		r.Outcome, r.Waiver = waiverWords(d, word, w)
	}
	for i, l := range f.Evidence {
		if i == maxPlaces {
			r.Evidence = append(r.Evidence, place{Source: say(fmt.Sprintf("and %s more, in the JSON report", rules.Grouped(len(f.Evidence)-i)))})
			break
		}
		whole, source := clean(evidence.Location(l).String()), clean(l.Source)
		r.Evidence = append(r.Evidence, place{Source: source, Place: strings.TrimPrefix(whole, source), Link: links.source[l.Source]})
	}
	for i, s := range f.Searched {
		if i == maxPlaces {
			r.Searched = append(r.Searched, place{Source: say(fmt.Sprintf("and %s more, in the JSON report", rules.Grouped(len(f.Searched)-i)))})
			break
		}
		r.Searched = append(r.Searched, place{Source: clean(s), Link: links.source[s]})
	}
	return r
}

// waiverWords say what a waiver does to a finding, and who answers for it.
func waiverWords(d *reports.Document, word string, w *reports.Waiver) (outcome, text string) {
	expires := reports.Clean(w.Expires)
	if w.State == string(rules.WaiverActive) {
		outcome = d.Say("fail, waived until " + expires)
	} else {
		outcome = word + ", " + d.Say("waiver expired on "+expires)
	}
	parts := []string{reports.Clean(w.Reason)}
	for _, p := range []struct{ what, value string }{{"approved by ", w.ApprovedBy}, {"ticket ", w.Ticket}} {
		if p.value != "" {
			parts = append(parts, d.Say(p.what+reports.Clean(p.value)))
		}
	}
	return outcome, strings.Join(parts, "\n")
}

// links lead to rows of the page: rules by id and sources by name.
type links struct {
	rule, source map[string]string
}

// newLinks numbers the rules and the sources in the order of their sheets.
func newLinks(d *reports.Document, rows int) *links {
	l := &links{rule: map[string]string{}, source: map[string]string{}}
	n := 0
	for r := range d.Report.Rules {
		if n++; n > rows {
			break
		}
		l.rule[r.ID] = ruleRow(n)
	}
	n = 0
	for s := range d.Report.Sources {
		if n++; n > rows {
			break
		}
		if _, twice := l.source[s.Name]; !twice {
			l.source[s.Name] = sourceRow(n)
		}
	}
	return l
}

func ruleRow(n int) string   { return fmt.Sprintf("rule-%d", n) }
func sourceRow(n int) string { return fmt.Sprintf("source-%d", n) }

// severitiesOf counts failures by severity, in words.
func severitiesOf(d *reports.Document, failures map[string]int) string {
	var parts []string
	for _, s := range rules.Severities() {
		if n := failures[string(s)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", d.Say(rules.Grouped(n)), s))
		}
	}
	return strings.Join(slices.Clip(parts), ", ")
}
