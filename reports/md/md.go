// Package md writes the report as Markdown (GitHub Flavored Markdown, which is
// CommonMark with tables): the first screen of each host, the findings with
// their evidence, the issuer lists, the required roots and the sources.
//
// It can be read as plain text. Nothing in the data is markup: what Markdown or
// HTML would act upon is escaped, and addresses are no links. Texts and tables
// are bounded, and what is left out is said where it would stand.
package md

import (
	"bufio"
	"fmt"
	"io"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// Format is the report as Markdown.
var Format = &reports.Format{
	Name: "md",
	Doc: `a text for tickets, wikis and pull requests

GitHub Flavored Markdown that is legible as plain text: the first screen of each
host, the findings with their evidence, the issuer lists and the sources. Long
tables are bounded, and say so; the workbook and the JSON report have all.`,
	Ext: ".md",
	Write: func(w io.Writer, d *reports.Document) error {
		return write(w, d, bounds{hosts: 50, findings: 100, rows: 250})
	},
}

// bounds keep a page readable; GitHub does not render a file of over 512 KiB
// whole.
type bounds struct {
	hosts    int // hosts that are shown
	findings int // findings of one outcome
	rows     int // rows of one table
}

func write(w io.Writer, d *reports.Document, b bounds) error {
	p := &page{w: bufio.NewWriterSize(w, 64<<10), bounds: b, say: d.Say}
	p.document(d)
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// A page is text on its way out; the first error ends it.
type page struct {
	bounds
	w   *bufio.Writer
	say func(english string) string
	err error
}

func (p *page) print(lines ...string) {
	for _, l := range lines {
		if p.err == nil {
			_, p.err = p.w.WriteString(l + "\n")
		}
	}
}

func (p *page) document(d *reports.Document) {
	p.print("# "+inline(d.Title), "")
	p.incomplete(d.Incomplete)
	p.lines(d.Head)
	p.print("", inline(p.say(reports.Legend)))
	if len(d.Screens) > 1 {
		p.table("Hosts", d.Overview, "host", "list", "sent", "verdict", "min", "expected", "max", "limit")
	}
	for i, s := range d.Screens {
		if i == p.hosts {
			p.cut(p.hosts, len(d.Screens), "hosts")
			break
		}
		p.screen(s)
	}
	p.findings(d)
	p.table("Issuer lists", d.Sheet("Issuer list"), "host", "list", "number", "subject", "bytes", "counted", "endsFile", "cutFile", "cutThumbprint", "thumbprint")
	p.table("Required roots", d.Sheet("Required roots"), "host", "root", "thumbprint", "state", "where", "outcome", "citation")
	p.table("Waivers", d.Sheet("Waivers"), "state", "rule", "host", "reason", "approvedBy", "ticket", "expires", "note")
	p.table("Sources", d.Sheet("Evidence"), "name", "host", "format", "store", "complete", "size", "certificates", "registryValues", "events", "sha256")
	p.table("Remarks on the sources", d.Sheet("Diagnostics"), "severity", "place", "code", "summary", "detail")
	p.table("What was not collected", d.Sheet("Not collected"), "host", "rule", "subject", "missing", "collect")
	p.print("", "---", "", inline(d.Tool))
}

// incomplete names the sources that were not read whole, before all else.
func (p *page) incomplete(names []string) {
	if len(names) == 0 {
		return
	}
	const most = 20
	verb := "was"
	if len(names) > 1 {
		verb = "were"
	}
	p.print("> **"+p.say(plural(len(names), "file")+" "+verb+" read in part only")+"**, "+p.say("and what depends on that is unknown:"), ">")
	for _, n := range names[:min(most, len(names))] {
		p.print("> - " + lineStart(inline(n)))
	}
	if n := len(names) - most; n > 0 {
		p.print("> - " + p.say(fmt.Sprintf("and %s more, which the sources tell", rules.Grouped(n))))
	}
	p.print("")
}

func (p *page) lines(lines []reports.Line) {
	for _, l := range lines {
		p.item("", l.Label, l.Text)
	}
}

// item writes a labelled text as an item of a list.
func (p *page) item(indent, label, s string) {
	if s != "" {
		p.print(indent + "- **" + inline(label) + ":** " + block(s, indent+"  "))
	}
}

func (p *page) screen(s *reports.Screen) {
	p.print("", "## "+p.say("Host")+" "+inline(s.Host), "")
	p.lines(append([]reports.Line{s.Result}, s.Lines...))
	p.steps("What to do", s.Next, s.NextMore, func(s string) string { return block(s, "   ") })
	p.steps("What to collect", s.Collect, s.CollectMore, code)
}

func (p *page) steps(title string, steps []reports.Step, more int, form func(string) string) {
	if len(steps) == 0 {
		return
	}
	p.print("", "### "+p.say(title), "")
	for i, s := range steps {
		p.print(fmt.Sprintf("%d. **%s**, %s: %s", i+1, inline(s.Severity), word(s.Rule), form(s.Text)))
	}
	if more > 0 {
		p.print("", p.say(fmt.Sprintf("And %d more, in the findings.", more)))
	}
}

// cut says what was left out.
func (p *page) cut(shown, all int, what string) {
	p.print("", "*"+p.say(fmt.Sprintf("The first %s of %s %s. All are in the workbook and in the JSON report.", rules.Grouped(shown), rules.Grouped(all), what))+"*")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return rules.Grouped(n) + " " + noun + "s"
}
