package table

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"

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
		"many": func() reports.Input { return example.Many(c, 3, 9) },
	}
}

func render(t testing.TB, d *reports.Document, opts Options) string {
	t.Helper()
	var buf bytes.Buffer
	if err := Format(opts).Write(&buf, d); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestGolden(t *testing.T) {
	all := inputs(t)
	for _, g := range []struct {
		name string
		opts Options
	}{
		{"estate", Options{}}, {"estate", Options{Width: 80}}, {"estate", Options{Width: 40}}, {"estate", Options{Width: 80, Color: true}}, {"empty", Options{Width: 80}},
	} {
		file := filepath.Join("testdata", fmt.Sprintf("%s-%d.txt", g.name, g.opts.Width))
		if g.opts.Color {
			file = filepath.Join("testdata", fmt.Sprintf("%s-%d-color.txt", g.name, g.opts.Width))
		}
		got := render(t, reports.New(all[g.name]()), g.opts)
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

// TestWidth checks that no line is wider than the terminal, whatever it shows.
func TestWidth(t *testing.T) {
	for name, in := range inputs(t) {
		d := reports.New(in())
		for _, width := range []int{1, MinWidth, 40, MinTable - 1, MinTable, 80, 100, 200} {
			for _, l := range strings.Split(render(t, d, Options{Width: width}), "\n") {
				if w := text.StringWidthWithoutEscSequences(l); w > max(width, MinWidth) {
					t.Fatalf("%s: at width %d a line is %d wide: %q", name, width, w, l)
				}
			}
		}
	}
}

var sequence = regexp.MustCompile("\x1b\\[[0-9;]*m")

// TestColor checks that colour is all that differs, and that no sequence of the
// data comes through.
func TestColor(t *testing.T) {
	for name, in := range inputs(t) {
		d := reports.New(in())
		plain, colored := render(t, d, Options{Width: 80}), render(t, d, Options{Width: 80, Color: true})
		for _, r := range plain {
			if r != '\n' && reports.Unsafe(r) {
				t.Fatalf("%s: the plain text holds %U", name, r)
			}
		}
		if colored == plain {
			t.Errorf("%s: no colour", name)
		}
		for i, l := range strings.Split(colored, "\n") {
			if strings.Count(l, "\x1b[0m")*2 != strings.Count(l, "\x1b[") {
				t.Fatalf("%s: line %d leaves a colour open: %q", name, i+1, l)
			}
		}
		strip := func(s string) []string {
			lines := strings.Split(sequence.ReplaceAllString(s, ""), "\n")
			for i := range lines {
				lines[i] = strings.TrimRight(lines[i], " ")
			}
			return lines
		}
		if diff := cmp.Diff(strip(plain), strip(colored)); diff != "" {
			t.Errorf("%s: colour changes the text:\n%s", name, diff)
		}
	}
}

// TestNothingIsCut looks for every word of findings and remarks in the text.
func TestNothingIsCut(t *testing.T) {
	squeeze := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(" \n│", r) {
				return -1
			}
			return r
		}, s)
	}
	d := reports.New(inputs(t)["estate"]())
	for _, width := range []int{40, MinTable - 1} {
		all := squeeze(render(t, d, Options{Width: width}))
		for row := range d.Sheet("Findings").Rows {
			if s := row[d.Sheet("Findings").Column("summary")].Text; !strings.Contains(all, squeeze(s)) {
				t.Errorf("at width %d a finding is not shown whole: %q", width, s)
			}
		}
	}
}

func TestSameBytes(t *testing.T) {
	in := inputs(t)["estate"]
	first := render(t, reports.New(in()), Options{})
	for range 19 {
		if render(t, reports.New(in()), Options{}) != first {
			t.Fatal("the same document gives another text")
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two", 7, []string{"one two"}},
		{"a\n\nb", 5, []string{"a", "", "b"}},
		{"ABCDEFGHIJ", 4, []string{"ABCD", "EFGH", "IJ"}},
		{`LocalMachine\Root\Deep`, 14, []string{`LocalMachine\`, `Root\Deep`}},
		{"see HKEY_LOCAL_MACHINE", 12, []string{"see HKEY_", "LOCAL_", "MACHINE"}},
		{"ok  two  spaces", 8, []string{"ok  two", "spaces"}},
		{"生命生命生", 4, []string{"生命", "生命", "生"}},
		{"生命", 1, []string{"生", "命"}},
		{"cafe\u0301 noir", 4, []string{"cafe\u0301", "noir"}},
	} {
		if got := wrap(c.in, c.width); !slices.Equal(got, c.want) {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("a long line with a\\path\\in it and 生命", 7)
	f.Add("   spaces   ", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		s, width = reports.Clean(s), 1+max(width, -width)%100
		if width < 1 {
			return
		}
		lines := wrap(s, width)
		for _, l := range lines {
			if w := text.StringWidthWithoutEscSequences(l); w > width && len([]rune(l)) > 1 && w > 2 {
				t.Errorf("wrap(%q, %d): line %q is %d wide", s, width, l, w)
			}
		}
		bare := func(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }
		if got := bare(strings.Join(lines, "")); got != bare(s) {
			t.Errorf("wrap(%q, %d) holds %q", s, width, got)
		}
	})
}

func TestGauge(t *testing.T) {
	for _, c := range []struct {
		g    reports.Gauge
		want string
	}{
		{reports.Gauge{Min: 50, Expected: 75, Max: 100, Limit: 100, MinKnown: true}, "██████████▓▓▓▓▓░░░░│"},
		{reports.Gauge{Min: 50, Expected: 75, Max: 100, Limit: 50, MinKnown: true}, "██████████│▓▓▓▓░░░░░"},
		{reports.Gauge{Min: 0, Expected: 75, Max: 100, Limit: 200}, "▓▓▓▓▓▓▓▓░░·········│"},
		{reports.Gauge{Limit: 16384}, "···················│"},
	} {
		if got := (&page{say: (&reports.Document{}).Say}).gauge(c.g, 20)[0]; got != c.want {
			t.Errorf("gauge(%+v) = %q, want %q", c.g, got, c.want)
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
	for _, room := range []int{0, 5000} {
		if err := Format(Options{}).Write(&fullDisk{room}, d); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: error %v", room, err)
		}
	}
}
