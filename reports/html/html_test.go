package html

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func inputs(t testing.TB) map[string]func() reports.Input {
	t.Helper()
	c, err := example.Criteria()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]func() reports.Input{
		"estate":  func() reports.Input { return example.Estate(c) },
		"hostile": func() reports.Input { return example.Hostile(c) },
		"empty":   func() reports.Input { return example.Empty(c) },
		"waived": func() reports.Input {
			in, err := example.Waived(c)
			if err != nil {
				t.Fatal(err)
			}
			return in
		},
		"many": func() reports.Input { return example.Many(c, 6, 3) },
	}
}

func render(t testing.TB, d *reports.Document) string {
	t.Helper()
	var buf bytes.Buffer
	if err := Format.Write(&buf, d); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestGolden(t *testing.T) {
	for _, name := range []string{"estate", "empty"} {
		file := filepath.Join("testdata", name+".txt")
		got := outline(parse(t, render(t, reports.New(inputs(t)[name]()))))
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
		}
	}
}

// elements are all that a page is made of.
var elements = strings.Fields(`html head meta title style script body a svg defs pattern line header div hgroup h1 h2 h3 p nav ul ol li main section b span small
	dl dt dd details summary figure figcaption desc rect g text path article code table caption colgroup col thead tbody tr th td br footer`)

// TestSafe checks that a page holds no element, attribute, address or character
// by which it could do anything or load anything.
func TestSafe(t *testing.T) {
	for name, in := range inputs(t) {
		page := render(t, reports.New(in()))
		for _, r := range page {
			if r != '\n' && reports.Unsafe(r) {
				t.Fatalf("%s: the page holds %U", name, r)
			}
		}
		if n := len(scriptElement.FindAllString(page, -1)); n != 1 || strings.Count(page, "<script") != 1 {
			t.Errorf("%s: %d scripts", name, n)
		}
		parse(t, page).all(func(n *node) bool {
			if n.name != "" && !slices.Contains(elements, n.name) {
				t.Errorf("%s: there is a <%s>", name, n.name)
			}
			for a, v := range n.attr {
				switch {
				case strings.HasPrefix(a, "on"), a == "src", a == "srcdoc", a == "action":
					t.Errorf("%s: <%s> has %s=%q", name, n.name, a, v)
				case a == "href" && !strings.HasPrefix(v, "#"):
					t.Errorf("%s: <%s> leads out of the page: %q", name, n.name, v)
				}
			}
			return true
		})
	}
}

// TestLinks checks that ids are unique and that each link leads to one.
func TestLinks(t *testing.T) {
	for name, in := range inputs(t) {
		root := parse(t, render(t, reports.New(in())))
		ids := map[string]bool{}
		root.all(func(n *node) bool {
			if id := n.attr["id"]; id != "" && ids[id] {
				t.Errorf("%s: two elements have the id %q", name, id)
			}
			ids[n.attr["id"]] = true
			return true
		})
		root.all(func(n *node) bool {
			if href, ok := n.attr["href"]; ok && !ids[strings.TrimPrefix(href, "#")] {
				t.Errorf("%s: %q leads nowhere", name, href)
			}
			for _, a := range []string{"aria-labelledby"} {
				for _, id := range strings.Fields(n.attr[a]) {
					if !ids[id] {
						t.Errorf("%s: %s=%q names nothing", name, a, id)
					}
				}
			}
			return true
		})
	}
}

// TestAccessible checks what a reader needs who does not see the page.
func TestAccessible(t *testing.T) {
	for name, in := range inputs(t) {
		root := parse(t, render(t, reports.New(in())))
		for _, one := range []string{"h1", "main", "header", "nav", "footer"} {
			if n := len(root.find(named(one))); n != 1 {
				t.Errorf("%s: %d <%s>", name, n, one)
			}
		}
		if html := root.find(named("html"))[0]; html.attr["lang"] != "en" {
			t.Errorf("%s: the language is not given", name)
		}
		level := 1
		for _, h := range root.find(func(n *node) bool { return len(n.name) == 2 && n.name[0] == 'h' && n.name[1] <= '6' }) {
			now := int(h.name[1] - '0')
			if now > level+1 {
				t.Errorf("%s: %s %q comes below h%d", name, h.name, h.text, level)
			}
			level = now
		}
		for _, table := range root.find(named("table")) {
			if table.children[0].name != "caption" || table.children[0].text == "" {
				t.Errorf("%s: a table has no caption", name)
			}
			for _, th := range table.find(named("th")) {
				if th.attr["scope"] != "col" || th.text == "" {
					t.Errorf("%s: a heading of %q has no scope or no text", name, table.children[0].text)
				}
			}
			if table.parent.attr["tabindex"] != "0" || table.parent.attr["role"] != "region" {
				t.Errorf("%s: %q cannot be scrolled by keyboard", name, table.children[0].text)
			}
		}
		for _, svg := range root.find(named("svg")) {
			labelled := svg.attr["aria-label"] != "" || svg.attr["aria-labelledby"] != ""
			inside := len(svg.parent.find(named("svg"))) > 0 && svg.parent.attr["role"] == "img"
			if svg.attr["aria-hidden"] != "true" && !labelled && !inside {
				t.Errorf("%s: a picture is not described", name)
			}
		}
		for _, tag := range root.find(func(n *node) bool { return n.has("tag") || n.has("said") }) {
			if strings.TrimSpace(tag.text) == "" {
				t.Errorf("%s: something is told by colour alone", name)
			}
		}
	}
}

// TestNothingIsMissing compares the tables with the sheets, cell by cell, and
// looks for every finding.
func TestNothingIsMissing(t *testing.T) {
	for name, in := range inputs(t) {
		d := reports.New(in())
		root := parse(t, render(t, d))
		for _, s := range d.Sheets {
			if s.Name == "Findings" {
				continue
			}
			section := root.find(func(n *node) bool { return n.attr["id"] == "sheet-"+slug(s.Name) })
			if len(section) != 1 {
				t.Errorf("%s: %d sections for the sheet %s", name, len(section), s.Name)
				continue
			}
			rows := section[0].find(func(n *node) bool { return n.name == "tr" && n.parent.name == "tbody" })
			if len(rows) != s.Len {
				t.Errorf("%s, %s: %d rows, want %d", name, s.Name, len(rows), s.Len)
				continue
			}
			i := 0
			s := s.Printed()
			for cells := range s.Rows {
				for j, c := range cells {
					want := newCell(&reports.Document{}, s.Columns[j], c)
					text := want.Text
					if want.Rest != "" {
						text += "… (" + want.Size + " characters)" + want.Rest
						if want.Text+want.Rest != c.Text {
							t.Errorf("%s, %s: a text is cut", name, s.Name)
						}
					}
					if got := rows[i].children[j].text; got != text {
						t.Errorf("%s, %s, row %d, %s: %q, want %q", name, s.Name, i+1, s.Columns[j].Name, got, text)
					}
				}
				i++
			}
		}
		for f := range d.Report.Findings {
			article := root.find(func(n *node) bool { return n.attr["id"] == "finding-"+f.ID })
			if len(article) != 1 {
				t.Errorf("%s: finding %s is shown %d times", name, f.ID, len(article))
				continue
			}
			parts := []string{f.Measured, f.Expected, f.Remedy, f.Collect, f.Rule, f.Title, f.Severity}
			for _, l := range f.Evidence {
				parts = append(parts, l.Source)
			}
			for _, part := range append(parts, f.Searched...) {
				if !strings.Contains(article[0].text, reports.Clean(part)) {
					t.Errorf("%s: finding %s does not say %q", name, f.ID, part)
				}
			}
		}
	}
}

func TestHostileTextIsLegible(t *testing.T) {
	text := parse(t, render(t, reports.New(inputs(t)["hostile"]()))).text
	for _, s := range example.HostileText() {
		clean := reports.Clean(s)
		if want := longText(clean).Text; !strings.Contains(text, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
}

func TestIncompleteComesFirst(t *testing.T) {
	main := parse(t, render(t, reports.New(inputs(t)["estate"]()))).find(named("main"))[0]
	if first := main.children[0]; !first.has("notice") || !strings.Contains(first.text, "edge02/export.p7b") {
		t.Errorf("the page begins with %q", first.text)
	}
}

func TestBounds(t *testing.T) {
	d := reports.New(inputs(t)["many"]())
	var buf bytes.Buffer
	if err := write(&buf, d, bounds{hosts: 2, findings: 3, rows: 4, names: 2}); err != nil {
		t.Fatal(err)
	}
	root := parse(t, buf.String())
	var remarks []string
	for _, n := range root.find(func(n *node) bool { return n.has("cut") }) {
		remarks = append(remarks, n.text)
	}
	for _, want := range []string{
		"The first 2 of 6 hosts are shown. All are in the workbook and in the JSON report.",
		"The first 4 of 18 rows. All are in the workbook and in the JSON report.",
		"The gravest 3 of 18 are shown. All are in the workbook and in the JSON report.",
	} {
		if !slices.Contains(remarks, want) {
			t.Errorf("nothing says %q; the page says %q", want, remarks)
		}
	}
	if n := len(root.find(func(n *node) bool { return n.has("host") })); n != 2 {
		t.Errorf("%d hosts are shown", n)
	}
	for _, table := range root.find(named("tbody")) {
		if n := len(table.children); n > 6 { // the counts and the overview have their own number
			t.Errorf("a table has %d rows", n)
		}
	}
}

func TestSameBytes(t *testing.T) {
	in := inputs(t)["estate"]
	first := render(t, reports.New(in()))
	for range 19 {
		if render(t, reports.New(in())) != first {
			t.Fatal("the same document gives another page")
		}
	}
}

type fullDisk struct{ room int }

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("disk full")

func TestWriterFails(t *testing.T) {
	d := reports.New(inputs(t)["estate"]())
	for _, room := range []int{0, 100_000} {
		if err := Format.Write(&fullDisk{room}, d); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: error %v", room, err)
		}
	}
}

func BenchmarkManyCertificates(b *testing.B) {
	c, err := example.Criteria()
	if err != nil {
		b.Fatal(err)
	}
	d := reports.New(example.Many(c, 1, 10_000))
	b.ReportAllocs()
	for b.Loop() {
		if err := Format.Write(io.Discard, d); err != nil {
			b.Fatal(err)
		}
	}
}
