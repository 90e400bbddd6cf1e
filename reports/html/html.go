// Package html writes the report as one page for a browser: the first screen of
// each host with its trusted issuer list drawn against the limit, the findings
// with their evidence, and every sheet as a table.
//
// The page is one file. It loads nothing, sends nothing and can be read and
// printed without its script, which only sorts, filters and sets light or dark;
// a Content-Security-Policy (W3C CSP Level 3) in the page forbids all else. All
// text goes through html/template. Rows, findings and hosts beyond a bound are
// left out, and the page says so where they would stand.
package html

import (
	"bufio"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"sync"

	"github.com/ctlaudit/ctlaudit/reports"
)

var (
	//go:embed page.html
	markup string
	//go:embed page.css
	style string
	//go:embed page.js
	script string
)

// Format is the report as a page of HTML.
var Format = &reports.Format{
	Name: "html",
	Doc: `one page for a browser, to read, print and pass on

The first screen of each host with a picture of its trusted issuer list against
the limit, the findings with their evidence, and all tables, which can be sorted
and filtered. One file that needs no network; light and dark. Of very long
tables the page shows the first rows, and says so.`,
	Ext: ".html",
	Write: func(w io.Writer, d *reports.Document) error {
		return write(w, d, bounds{hosts: 500, findings: 1_000, rows: 10_000, names: 400})
	},
}

// bounds keep a page small enough for a browser.
type bounds struct {
	hosts    int // hosts that are shown
	findings int // findings of one outcome
	rows     int // rows of one table
	names    int // names that a picture tells apart
}

// parsed is the template of the page.
var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page").Funcs(template.FuncMap{"style": styleClass, "long": longText, "say": func(english string) string { return english }}).Parse(markup)
})

func write(w io.Writer, d *reports.Document, b bounds) error {
	t, err := parsed()
	if err != nil {
		return err
	}
	if t, err = t.Clone(); err != nil {
		return err
	}
	t.Funcs(template.FuncMap{"say": d.Say})
	buf := bufio.NewWriterSize(w, 64<<10)
	if err := t.Execute(buf, newPage(d, b)); err != nil {
		return err
	}
	return buf.Flush()
}

// policy is the Content-Security-Policy of the page: its own style, its own
// script by its digest, and nothing from anywhere.
func policy() string {
	sum := sha256.Sum256([]byte(script))
	return "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// styleClass is the class of a style in the style sheet.
func styleClass(s reports.Style) string {
	switch s {
	case reports.Good:
		return "good"
	case reports.Bad:
		return "bad"
	case reports.Doubt:
		return "doubt"
	case reports.Absent:
		return "absent"
	case reports.Quiet:
		return "quiet"
	}
	return "plain"
}
