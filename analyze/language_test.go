package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/catalogue"
)

// sampleNames are texts of documents that are names of the samples and not the
// program's words.
var sampleNames = []string{"MMC, reg export, Event Viewer", "2026-10-01 to 2026-10-20", "Lync front end NW-FE01", "Fabrikam server baseline", "Northwind PKI policy", "Northwind platform", "ctlaudit development", "DO_NOT_TRUST", "DebuggingProxy"}

// A German document has no English left: titles, headings, labels, screens, the
// cover and all prose are in the catalogue.
func TestGermanDocumentsAreWhole(t *testing.T) {
	c := catalogue.German()
	missing := map[string]string{}
	check := func(where, s string) {
		for _, line := range strings.Split(s, "\n") {
			known := c.Knows(s) || c.Knows(line)
			for _, n := range sampleNames {
				known = known || strings.Contains(line, n)
			}
			if !known {
				missing[line] = where
			}
		}
	}
	for _, profile := range []string{"full", "uc", "kb2464556"} {
		for _, sample := range []string{"contoso", "fabrikam", "northwind", "broken"} {
			o := &options{progress: noProgress, asOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), profile: profile}
			criteria, r, err := judge(context.Background(), []string{"../samples/" + sample}, o)
			if err != nil {
				t.Fatal(err)
			}
			checkDocument(reports.New(inputOf(criteria, r)), check)
		}
	}
	for line, where := range missing {
		t.Errorf("%s: %q is not in the German catalogue", where, line)
	}
}

func checkDocument(d *reports.Document, check func(where, s string)) {
	check("title", d.Title)
	for _, l := range d.Head {
		check("label", l.Label)
		if !strings.HasPrefix(l.Label, "Policy") {
			check(l.Label, l.Text)
		}
	}
	for _, b := range d.Cover.Blocks {
		check("cover", b.Title)
		for _, f := range b.Fields {
			check("cover", f.Label)
			if f.Label != "Policy" && f.Label != "Engagement" && f.Label != "Client" {
				check("cover, "+f.Label, f.Text)
			}
		}
	}
	for _, s := range d.Screens {
		check("result", s.Result.Text)
		for _, l := range s.Lines {
			check("label", l.Label)
			check(l.Label, l.Text)
		}
		for _, step := range append(s.Next, s.Collect...) {
			check("step", step.Text)
		}
	}
	charts := d.Charts()
	for _, s := range append([]*reports.Sheet{d.Counts, d.Overview, d.Contents, charts.Severity, charts.Cumulative}, d.Sheets...) {
		for _, text := range []string{s.Name, s.Title, s.Note, s.Empty} {
			check("sheet "+s.Name, text)
		}
		for _, col := range s.Columns {
			check("heading", col.Name)
		}
		for row := range s.Rows {
			for i, cell := range row {
				if s.Columns[i].Kind == reports.Prose && cell.Kind == reports.TextCell {
					check(fmt.Sprintf("%s, %s", s.Name, s.Columns[i].Key), cell.Text)
				}
			}
		}
	}
}
