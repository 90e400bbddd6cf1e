package json_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/reports"
)

// sheets are all rows of a document, as text.
func sheets(d *reports.Document) map[string]string {
	m := map[string]string{}
	for _, s := range append([]*reports.Sheet{d.Counts, d.Overview, d.Contents}, d.Sheets...) {
		var b strings.Builder
		fmt.Fprintf(&b, "%s|%s|%s|%d|%v|%v\n", s.Title, s.Note, s.Empty, s.Len, s.Columns, s.Choices)
		for row := range s.Rows {
			fmt.Fprintf(&b, "%q\n", fmt.Sprint(row))
		}
		m[s.Name] = b.String()
	}
	return m
}

// TestReadBack checks that a saved report gives the document of the run that
// wrote it, and the same JSON again.
func TestReadBack(t *testing.T) {
	for name, in := range inputs(t) {
		d := reports.New(in())
		saved := write(t, d)
		r, err := reports.Read(bytes.NewReader(saved))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again := reports.Render(r, reports.Options{})
		if !bytes.Equal(write(t, again), saved) {
			t.Errorf("%s: the JSON is another", name)
		}
		if d.Title != again.Title || d.Tool != again.Tool || !d.AsOf.Equal(again.AsOf) {
			t.Errorf("%s: title, program or date differ", name)
		}
		for _, part := range []struct {
			what     string
			one, two any
		}{{"head", d.Head, again.Head}, {"cover", d.Cover, again.Cover}, {"incomplete", d.Incomplete, again.Incomplete}, {"screens", d.Screens, again.Screens}} {
			if !reflect.DeepEqual(part.one, part.two) {
				t.Errorf("%s: %s differ:\n%+v\n%+v", name, part.what, part.one, part.two)
			}
		}
		one, two := sheets(d), sheets(again)
		for s, text := range one {
			if two[s] != text {
				t.Errorf("%s: sheet %s differs:\n%.2000s\n%.2000s", name, s, text, two[s])
			}
		}
	}
}

// TestReadBackRefuses checks that the error says what is wrong and where.
func TestReadBackRefuses(t *testing.T) {
	saved := string(write(t, reports.New(inputs(t)["estate"]())))
	change := func(old, with string) string {
		t.Helper()
		if !strings.Contains(saved, old) {
			t.Fatalf("the report has no %s", old)
		}
		return strings.Replace(saved, old, with, 1)
	}
	for _, tt := range []struct {
		name, text string
		says       []string
	}{
		{"nothing", "", []string{"breaks off after byte 0"}},
		{"no JSON", "PK\x03\x04", []string{"this is no JSON"}},
		{"a list", "[1]", []string{"no JSON object"}},
		{"cut", saved[:len(saved)/2], []string{"breaks off after byte"}},
		{"cut at the end", strings.TrimRight(saved, "}\n "), []string{"breaks off"}},
		{"trailing", saved + "x", []string{"something follows the report, after byte"}},
		{"two reports", saved + saved, []string{"something follows the report, after byte"}},
		{"a later version", change("ctlaudit/report/v1", "ctlaudit/report/v2"), []string{`its schema is "ctlaudit/report/v2"`, "reads"}},
		{"another program", change("ctlaudit/report/v1", "other"), []string{`its schema is "other"`}},
		{"a plan", change("ctlaudit/report/v1", "ctlaudit/plan/v1"), []string{"a plan (ctlaudit plan)"}},
		{"a peer check", change("ctlaudit/report/v1", "ctlaudit/match/v1"), []string{"a peer check"}},
		{"a comparison", change("ctlaudit/report/v1", "ctlaudit/diff/v1"), []string{"a comparison"}},
		{"an unknown key", change(`"asOf"`, `"asof2"`), []string{`"asof2"`, "is no key of a report"}},
		{"a key twice", change(`"asOf"`, `"schema": "ctlaudit/report/v1", "asOf"`), []string{`"schema" stands twice`}},
		{"an unknown key in a list", change(`"sha256":`, `"sha257":`), []string{"byte", `unknown field "sha257"`}},
		{"another type", change(`"hosts": [`, `"hosts": [7, `), []string{"hosts[0]", "byte", "a number stands where"}},
		{"another type inside", change(`"size":`, `"size":"x","size":`), []string{"sources[0].size", "a string stands where"}},
		{"no list", change(`"hosts": [`, `"hosts": 7, "x": [`), []string{"hosts, at byte", "is no list"}},
		{"no time", change(`"2026-11-22T00:00:00Z"`, `"yesterday"`), []string{"asOf", "no time as RFC 3339 writes it"}},
		{"data of no type", change(`"data":"3"`, `"data":3`), []string{"registry[", "neither a text nor a list of texts"}},
		{"a missing key", `{"schema":"ctlaudit/report/v1"}`, []string{`it has no "tool"`, "not the whole of a report"}},
	} {
		_, err := reports.Read(strings.NewReader(tt.text))
		if err == nil {
			t.Errorf("%s: it was read", tt.name)
			continue
		}
		for _, s := range tt.says {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%s: %v, want it to say %q", tt.name, err, s)
			}
		}
	}
	if _, err := reports.Read(strings.NewReader("\ufeff" + saved)); err != nil {
		t.Errorf("with a byte order mark: %v", err)
	}
}

func BenchmarkReadBack(b *testing.B) {
	saved := write(b, reports.New(inputs(b)["many"]()))
	b.SetBytes(int64(len(saved)))
	for b.Loop() {
		if _, err := reports.Read(bytes.NewReader(saved)); err != nil {
			b.Fatal(err)
		}
	}
}
