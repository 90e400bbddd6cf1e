package junit

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
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
	for _, name := range []string{"waived", "empty"} {
		file := filepath.Join("testdata", name+".xml")
		got := render(t, reports.New(inputs(t)[name]()))
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

// The elements as a build server reads them. Any says what is left over, which
// the schemas do not know.
type suites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Time     string     `xml:"time,attr"`
	Attrs    []xml.Attr `xml:",any,attr"`
	Suites   []suite    `xml:"testsuite"`
	Any      []other    `xml:",any"`
}

type suite struct {
	Name       string     `xml:"name,attr"`
	Tests      int        `xml:"tests,attr"`
	Failures   int        `xml:"failures,attr"`
	Errors     int        `xml:"errors,attr"`
	Skipped    int        `xml:"skipped,attr"`
	Time       string     `xml:"time,attr"`
	Attrs      []xml.Attr `xml:",any,attr"`
	Properties []property `xml:"properties>property"`
	Cases      []testcase `xml:"testcase"`
	Any        []other    `xml:",any"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type testcase struct {
	Name      string     `xml:"name,attr"`
	Classname string     `xml:"classname,attr"`
	Time      string     `xml:"time,attr"`
	Attrs     []xml.Attr `xml:",any,attr"`
	Failure   []outcome  `xml:"failure"`
	Error     []outcome  `xml:"error"`
	Skipped   []outcome  `xml:"skipped"`
	Out       []string   `xml:"system-out"`
	Any       []other    `xml:",any"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type other struct{ XMLName xml.Name }

func read(t *testing.T, file string) suites {
	t.Helper()
	var s suites
	if err := xml.Unmarshal([]byte(file), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStructure checks what the two schemas ask for, and that the numbers are
// those of the cases.
func TestStructure(t *testing.T) {
	for name, in := range inputs(t) {
		d := reports.New(in())
		s := read(t, render(t, d))
		if len(s.Attrs)+len(s.Any) > 0 || s.Time != "0" || s.Name == "" {
			t.Errorf("%s: testsuites: %+v %+v", name, s.Attrs, s.Any)
		}
		var all counts
		hosts := map[string]bool{}
		for _, suite := range s.Suites {
			if len(suite.Attrs)+len(suite.Any) > 0 || suite.Time != "0" || len(suite.Properties) != 4 || hosts[suite.Name] {
				t.Errorf("%s: testsuite %q: %+v %+v %+v", name, suite.Name, suite.Attrs, suite.Any, suite.Properties)
			}
			hosts[suite.Name] = true
			var n counts
			for _, c := range suite.Cases {
				if len(c.Attrs)+len(c.Any) > 0 || c.Name == "" || c.Time != "0" || !strings.HasPrefix(c.Classname, suite.Name+".") {
					t.Errorf("%s: testcase %q of %q: %+v %+v", name, c.Name, c.Classname, c.Attrs, c.Any)
				}
				n[failed] += len(c.Failure)
				n[erred] += len(c.Error)
				n[skipped] += len(c.Skipped)
				n[passed] += len(c.Out)
				if len(c.Failure)+len(c.Error)+len(c.Skipped)+len(c.Out) != 1 {
					t.Errorf("%s: testcase %q has not one result", name, c.Name)
				}
				for _, f := range slices.Concat(c.Failure, c.Error) {
					if f.Type == "" || f.Message == "" || f.Text == "" {
						t.Errorf("%s: testcase %q: %+v", name, c.Name, f)
					}
				}
				for _, f := range c.Skipped {
					if f.Type != "" || f.Message == "" {
						t.Errorf("%s: testcase %q: %+v", name, c.Name, f)
					}
				}
			}
			if got := (counts{passed: suite.Tests - suite.Failures - suite.Errors - suite.Skipped, failed: suite.Failures, erred: suite.Errors, skipped: suite.Skipped}); got != n {
				t.Errorf("%s: testsuite %q counts %v, and there are %v", name, suite.Name, got, n)
			}
			for i := range all {
				all[i] += n[i]
			}
		}
		if s.Tests != all.tests() || s.Failures != all[failed] || s.Errors != all[erred] {
			t.Errorf("%s: %d tests, %d failures, %d errors, and there are %v", name, s.Tests, s.Failures, s.Errors, all)
		}
		sum := d.Report.Summary
		if s.Tests != sum.Findings || s.Failures != sum.Outcomes["fail"] {
			t.Errorf("%s: %d tests and %d failures, and the report has %d and %d", name, s.Tests, s.Failures, sum.Findings, sum.Outcomes["fail"])
		}
	}
}

func TestResults(t *testing.T) {
	active, expired := &reports.Waiver{State: "active", Expires: "2027-01-31"}, &reports.Waiver{State: "expired", Expires: "2026-01-31"}
	for _, c := range []struct {
		outcome string
		waiver  *reports.Waiver
		want    result
	}{
		{"pass", nil, passed}, {"informational", nil, passed}, {"fail", nil, failed}, {"fail", active, skipped}, {"fail", expired, failed},
		{"unknown", nil, skipped}, {"notchecked", nil, skipped}, {"notapplicable", nil, skipped}, {"error", nil, erred}, {"", nil, erred},
	} {
		if got := resultOf(&reports.Finding{Outcome: c.outcome, Waiver: c.waiver}); got != c.want {
			t.Errorf("%s with %+v is %d, want %d", c.outcome, c.waiver, got, c.want)
		}
	}
}

// TestHostile writes findings whose every text is hostile, and reads them back.
func TestHostile(t *testing.T) {
	bad := example.HostileText()
	list := func(yield func(reports.Finding) bool) {
		for i, s := range bad {
			outcomes := []string{"fail", "pass", "error", "unknown"}
			f := reports.Finding{ID: s, Rule: s, Title: s, Severity: s, Outcome: outcomes[i%4], Host: bad[i/4], Subject: s, Summary: s, Measured: s, Expected: s, Remedy: s, Collect: s,
				Evidence: []reports.Location{{Source: s, Path: s}}, Searched: []string{s}, References: []string{s}, Waiver: &reports.Waiver{State: s, Reason: s, Expires: s}}
			if !yield(f) {
				return
			}
		}
	}
	d := &reports.Document{Title: bad[3], Tool: "x", Report: &reports.Report{Findings: list, Tool: reports.Tool{Policy: reports.Policy{Name: bad[4]}}}}
	file := render(t, d)
	for _, r := range file {
		if r != '\n' && reports.Unsafe(r) {
			t.Fatalf("the file holds %U", r)
		}
	}
	n := 0
	for _, suite := range read(t, file).Suites {
		for _, c := range suite.Cases {
			want := text(bad[n])
			var got string
			switch {
			case len(c.Failure) == 1:
				got = c.Failure[0].Message
			case len(c.Error) == 1:
				got = c.Error[0].Message
			case len(c.Skipped) == 1:
				got = strings.TrimPrefix(c.Skipped[0].Message, "unknown: ")
			case len(c.Out) == 1:
				got, _, _ = strings.Cut(c.Out[0], "\ncriterion: ")
			}
			if got != want {
				t.Errorf("message %q, want %q", got, want)
			}
			n++
		}
	}
	if n != len(bad) {
		t.Errorf("%d cases, want %d", n, len(bad))
	}
}

func TestManyPlaces(t *testing.T) {
	f := reports.Finding{Evidence: make([]reports.Location, 1_060), Searched: make([]string, 60)}
	got := details(&f)
	for _, want := range []string{"evidence: and 1,010 more, in the JSON report\n", "searched whole: and 10 more, in the JSON report\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said", want)
		}
	}
}

func TestSameBytes(t *testing.T) {
	in := inputs(t)["waived"]
	first := render(t, reports.New(in()))
	for range 19 {
		if render(t, reports.New(in())) != first {
			t.Fatal("the same document gives another file")
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
	if err := Format.Write(&fullDisk{}, reports.New(inputs(t)["estate"]())); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}
