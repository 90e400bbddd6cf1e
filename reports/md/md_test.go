package md

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
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
		"many":    func() reports.Input { return example.Many(c, 6, 3) },
		"waived": func() reports.Input {
			in, err := example.Waived(c)
			if err != nil {
				t.Fatal(err)
			}
			return in
		},
	}
}

func render(t testing.TB, d *reports.Document, b bounds) string {
	t.Helper()
	var buf bytes.Buffer
	if err := write(&buf, d, b); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

var wide = bounds{hosts: 1_000, findings: 1_000, rows: 10_000}

func TestGolden(t *testing.T) {
	for name, b := range map[string]bounds{"waived": {hosts: 10, findings: 50, rows: 5}, "empty": wide} {
		file := filepath.Join("testdata", name+".md")
		got := render(t, reports.New(inputs(t)[name]()), b)
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

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, 16,384 bytes (KB 2464556)": "plain text, 16,384 bytes (KB 2464556)",
		`LocalMachine\Root`:                     `LocalMachine\Root`,
		`HKEY_LOCAL_MACHINE\SOFTWARE`:           `HKEY_LOCAL_MACHINE\SOFTWARE`,
		`ends in \`:                             `ends in \\`,
		`a\*b`:                                  `a\\\*b`,
		`a\|b`:                                  `a\\\|b`,
		"*bold* _em_ ~~gone~~ `code`":           "\\*bold\\* \\_em\\_ \\~\\~gone\\~\\~ \\`code\\`",
		"<script>alert(1)</script>":             `\<script>alert(1)\</script>`,
		"[click](http://evil.example)":          `\[click\](http\://evil.example)`,
		"www.evil.example":                      `www\.evil.example`,
		"&amp; &#65; R&D & S":                   `\&amp; \&#65; R\&D & S`,
		"$math$":                                `\$math\$`,
		"a|b":                                   `a\|b`,
		"生_命_":                                  `生_命\_`,
	} {
		if got := escape(in); got != want {
			t.Errorf("escape(%q) = %q, want %q", in, got, want)
		}
		if got := unescape(escape(in)); got != in {
			t.Errorf("%q reads back as %q", in, got)
		}
	}
	for in, want := range map[string]string{"# head": `\# head`, "> quote": `\> quote`, "- item": `\- item`, "1. item": `1\. item`, "12) item": `12\) item`, "===": `\===`, "2026-11-22": "2026-11-22", "": ""} {
		if got := lineStart(in); got != want {
			t.Errorf("lineStart(%q) = %q, want %q", in, got, want)
		}
	}
}

var escaped = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)

// unescape undoes backslashes as CommonMark has it.
func unescape(s string) string { return escaped.ReplaceAllString(s, "$1") }

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"reg export":  "`reg export`",
		"a `b` c":     "`` a `b` c ``",
		"``":          "``` `` ```",
		"two\nlines":  "`two lines`",
		"<b> | *x* $": "`<b> | *x* $`",
	} {
		if got := code(in); got != want {
			t.Errorf("code(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range example.HostileText() {
		f.Add(s)
	}
	f.Add(`a\|b\\|c_d_ _e`)
	active := regexp.MustCompile("[`*\\[\\]<|~$]")
	f.Fuzz(func(t *testing.T, s string) {
		s = reports.Clean(s)
		got := escape(s)
		if back := unescape(got); back != s {
			t.Errorf("escape(%q) = %q, which reads back as %q", s, got, back)
		}
		// Less its escapes the text holds nothing that could be markup.
		if rest := escaped.ReplaceAllString(got, ""); active.MatchString(rest) {
			t.Errorf("escape(%q) = %q", s, got)
		}
		if c := cell(s); strings.Contains(c, "\n") {
			t.Errorf("cell(%q) = %q runs over lines", s, c)
		}
	})
}

// TestTables checks that each row has as many cells as its heading.
func TestTables(t *testing.T) {
	for name, in := range inputs(t) {
		columns, rows := 0, 0
		for i, l := range strings.Split(render(t, reports.New(in()), wide), "\n") {
			if !strings.HasPrefix(l, "|") {
				columns = 0
				continue
			}
			n := strings.Count(escaped.ReplaceAllString(l, ""), "|")
			if columns == 0 {
				columns = n
			}
			if rows++; n != columns {
				t.Errorf("%s, line %d: %d bars, want %d: %s", name, i+1, n, columns, l)
			}
		}
		if rows == 0 {
			t.Errorf("%s: no table", name)
		}
	}
}

// TestNothingActs checks that no text of the data is markup, in any document.
func TestNothingActs(t *testing.T) {
	ours := regexp.MustCompile("<br>|``+[^\n]*?``+|`[^`\n]*`|^---$")
	for name, in := range inputs(t) {
		for i, l := range strings.Split(render(t, reports.New(in()), wide), "\n") {
			for _, r := range l {
				if reports.Unsafe(r) {
					t.Fatalf("%s, line %d holds %U", name, i+1, r)
				}
			}
			rest := ours.ReplaceAllString(escaped.ReplaceAllString(l, ""), "")
			if strings.ContainsAny(rest, "<[]`~$") || strings.Contains(rest, "://") {
				t.Errorf("%s, line %d: %q", name, i+1, l)
			}
		}
	}
}

func TestNothingIsMissing(t *testing.T) {
	for _, name := range []string{"estate", "waived", "many"} {
		d := reports.New(inputs(t)[name]())
		got := render(t, d, wide)
		for f := range d.Report.Findings {
			for _, s := range []string{f.Summary, f.Measured, f.Expected, f.Remedy} {
				if s != "" && !strings.Contains(got, block(reports.Clean(s), "  ")) {
					t.Errorf("%s: %q is missing", name, s)
				}
			}
			if !strings.Contains(got, "**Finding id:** `"+f.ID+"`") {
				t.Errorf("%s: finding %s is missing", name, f.ID)
			}
		}
		sources := d.Sheet("Evidence")
		for row := range sources.Rows {
			if file := row[sources.Column("name")].Text; !strings.Contains(got, cell(file)) {
				t.Errorf("%s: source %q is missing", name, file)
			}
		}
		for _, s := range d.Screens {
			for _, l := range s.Lines {
				if !strings.Contains(got, "- **"+l.Label+":** "+block(l.Text, "  ")) {
					t.Errorf("%s: the line %q is missing", name, l.Text)
				}
			}
		}
	}
}

func TestIncompleteComesFirst(t *testing.T) {
	lines := strings.Split(render(t, reports.New(inputs(t)["estate"]()), wide), "\n")
	if lines[2] != "> **1 file was read in part only**, and what depends on that is unknown:" || lines[4] != "> - edge02/export.p7b" {
		t.Errorf("the report begins with %q", lines[:5])
	}
}

func TestBounds(t *testing.T) {
	got := render(t, reports.New(inputs(t)["many"]()), bounds{hosts: 2, findings: 3, rows: 4})
	for _, want := range []string{"*The first 2 of 6 hosts. All are", "*The first 3 of 18 findings. All are", "*The first 4 of 18 rows. All are"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not said", want)
		}
	}
	if n := strings.Count(got, "\n## Host "); n != 2 {
		t.Errorf("%d hosts are shown", n)
	}
}

func TestSameBytes(t *testing.T) {
	in := inputs(t)["estate"]
	first := render(t, reports.New(in()), wide)
	for range 19 {
		if render(t, reports.New(in()), wide) != first {
			t.Fatal("the same document gives another text")
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
