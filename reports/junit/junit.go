// Package junit writes the findings as JUnit XML, which build servers read: a
// test suite for each host, a test case for each finding. It keeps to what the
// schemas of the Jenkins xUnit plugin (junit-10.xsd) and of Maven Surefire
// (surefire-test-report-3.0.xsd) have in common.
//
// A failure is a failure, whatever its severity, which is its type; one that a
// waiver covers is skipped, and says so. A rule that broke is an error. What
// could not be decided or judged (unknown, notchecked, notapplicable) is
// skipped with the reason: it is neither a pass nor a defect, and where it is
// unknown because a file was cut, the rule on complete evidence fails for that.
// There are no times: the same exports give the same file, and time is 0.
package junit

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// Bounds of what is told of one finding.
const (
	maxMessage = 4_000 // UTF-16 units of a text
	maxPlaces  = 50    // places of evidence
)

// Format is the report as JUnit XML.
var Format = &reports.Format{
	Name: "junit",
	Doc: `findings as test results for build servers

JUnit XML: a test suite for each host, a test case for each finding. Failures
fail with their severity as type, waived ones are skipped, a rule that broke is
an error, and what was not decided, not checked or not applicable is skipped
with its reason.`,
	Ext:   ".xml",
	Write: write,
}

// A result is what a finding is to a build server.
type result uint8

const (
	passed result = iota
	failed
	erred
	skipped
	results // how many there are
)

func resultOf(f *reports.Finding) result {
	switch rules.Outcome(f.Outcome) {
	case rules.Passed, rules.Informational:
		return passed
	case rules.Failed:
		if waived(f) {
			return skipped
		}
		return failed
	case rules.Unknown, rules.NotChecked, rules.NotApplicable:
		return skipped
	}
	return erred
}

// waived reports whether a waiver takes the failure out of the count.
func waived(f *reports.Finding) bool {
	return f.Outcome == string(rules.Failed) && f.Waiver != nil && f.Waiver.State == string(rules.WaiverActive)
}

// counts are numbers of results.
type counts [results]int

func (c counts) tests() int { return c[passed] + c[failed] + c[erred] + c[skipped] }

func write(w io.Writer, d *reports.Document) error {
	p := &printer{w: bufio.NewWriterSize(w, 64<<10)}
	var all counts
	hosts := map[string]*counts{}
	for f := range d.Report.Findings {
		if hosts[f.Host] == nil {
			hosts[f.Host] = &counts{}
		}
		r := resultOf(&f)
		hosts[f.Host][r]++
		all[r]++
	}
	p.put(`<?xml version="1.0" encoding="UTF-8"?>`, "\n")
	p.put(`<testsuites`)
	p.attribute("name", d.Title)
	p.numbers(all)
	p.put(">\n")
	open := false
	host := ""
	for f := range d.Report.Findings {
		if !open || f.Host != host {
			if open {
				p.put("  </testsuite>\n")
			}
			open, host = true, f.Host
			p.suite(d, host, *hosts[host])
		}
		if p.testcase(&f); p.err != nil {
			return p.err
		}
	}
	if open {
		p.put("  </testsuite>\n")
	}
	p.put("</testsuites>\n")
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// A printer writes XML; the first error ends it.
type printer struct {
	w   *bufio.Writer
	err error
}

func (p *printer) put(list ...string) {
	for _, s := range list {
		if p.err == nil {
			_, p.err = p.w.WriteString(s)
		}
	}
}

// In attributes a line break has to be a reference, or a reader makes it a
// space (XML 1.0 section 3.3.3). Clean has left no character that XML forbids.
var (
	inText      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	inAttribute = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\n", "&#10;")
)

func (p *printer) attribute(name, value string) {
	p.put(" ", name, `="`, inAttribute.Replace(value), `"`)
}

func (p *printer) numbers(c counts) {
	p.attribute("tests", fmt.Sprint(c.tests()))
	p.attribute("failures", fmt.Sprint(c[failed]))
	p.attribute("errors", fmt.Sprint(c[erred]))
	p.attribute("time", "0")
}

func (p *printer) suite(d *reports.Document, host string, c counts) {
	p.put("  <testsuite")
	p.attribute("name", text(host))
	p.numbers(c)
	p.attribute("skipped", fmt.Sprint(c[skipped]))
	p.put(">\n    <properties>\n")
	policy := d.Report.Tool.Policy
	for _, v := range [][2]string{{"program", d.Tool}, {"asOf", d.AsOf.Format("2006-01-02T15:04:05Z")}, {"policy", policy.Name}, {"policySHA256", policy.SHA256}} {
		p.put("      <property")
		p.attribute("name", v[0])
		p.attribute("value", text(v[1]))
		p.put("/>\n")
	}
	p.put("    </properties>\n")
}

func (p *printer) testcase(f *reports.Finding) {
	name := f.Rule
	if f.Subject != "" {
		name += ": " + f.Subject
	}
	p.put("    <testcase")
	p.attribute("name", text(name))
	p.attribute("classname", text(f.Host+"."+f.Rule))
	p.attribute("time", "0")
	p.put(">\n")
	message := text(f.Summary)
	switch resultOf(f) {
	case failed:
		p.element("failure", message, text(f.Severity), details(f))
	case erred:
		p.element("error", message, text(f.Outcome), details(f))
	case skipped:
		what := text(f.Outcome)
		if waived(f) {
			what = "fail, waived until " + text(f.Waiver.Expires)
		}
		p.element("skipped", what+": "+message, "", details(f))
	default:
		p.put("      <system-out>", inText.Replace(message+"\n"+details(f)), "</system-out>\n")
	}
	p.put("    </testcase>\n")
}

func (p *printer) element(name, message, kind, body string) {
	p.put("      <", name)
	p.attribute("message", message)
	if kind != "" {
		p.attribute("type", kind)
	}
	p.put(">", inText.Replace(body), "</", name, ">\n")
}

// details tell what a finding rests on, one thing a line.
func details(f *reports.Finding) string {
	var b strings.Builder
	line := func(label, s string) {
		if s != "" {
			fmt.Fprintf(&b, "%s: %s\n", label, text(s))
		}
	}
	line("criterion", f.Title)
	line("measured", f.Measured)
	line("expected", f.Expected)
	line("what to do", f.Remedy)
	line("what to collect", f.Collect)
	for i, l := range f.Evidence {
		if i == maxPlaces {
			line("evidence", fmt.Sprintf("and %s more, in the JSON report", rules.Grouped(len(f.Evidence)-i)))
			break
		}
		line("evidence", evidence.Location(l).String())
	}
	for i, s := range f.Searched {
		if i == maxPlaces {
			line("searched whole", fmt.Sprintf("and %s more, in the JSON report", rules.Grouped(len(f.Searched)-i)))
			break
		}
		line("searched whole", s)
	}
	if w := f.Waiver; w != nil {
		line("waiver", fmt.Sprintf("%s, last day %s: %s", w.State, w.Expires, w.Reason))
	}
	line("references", strings.Join(f.References, ", "))
	line("finding", f.ID)
	return b.String()
}

func text(s string) string { return reports.Cut(reports.Clean(s), maxMessage) }
