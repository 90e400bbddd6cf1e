package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

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
		"many":    func() reports.Input { return example.Many(c, 3, 9) },
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
	for _, g := range []struct {
		file, input string
		opts        Options
	}{
		{"findings.csv", "many", Options{}},
		{"certificates.csv", "many", Options{Sheet: "Certificates", Comma: ';', BOM: true}},
		{"empty.csv", "empty", Options{Sheet: "Diagnostics", OneLine: true}},
	} {
		file := filepath.Join("testdata", g.file)
		got := render(t, reports.New(inputs(t)[g.input]()), g.opts)
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
		if diff := cmp.Diff(strings.Split(string(want), "\r\n"), strings.Split(got, "\r\n")); diff != "" {
			t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
		}
	}
}

// TestReadBack reads every sheet with the parser of the standard library and
// compares each cell.
func TestReadBack(t *testing.T) {
	for name, in := range inputs(t) {
		d := reports.New(in())
		for _, s := range d.Sheets {
			for _, opts := range []Options{{}, {Comma: ';', BOM: true}, {Comma: '\t'}, {Comma: '|'}} {
				opts.Sheet = s.Name
				out := render(t, d, opts)
				s := s.Printed()
				if strings.HasPrefix(out, "\ufeff") != opts.BOM {
					t.Fatalf("%s, %s: byte order mark: want %v", name, s.Name, opts.BOM)
				}
				if strings.Count(out, "\r") != strings.Count(out, "\r\n") || strings.Count(out, "\r\n") != s.Len+1 {
					t.Errorf("%s, %s: %d line ends, want %d", name, s.Name, strings.Count(out, "\r\n"), s.Len+1)
				}
				r := stdcsv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff")))
				r.Comma = ','
				if opts.Comma != 0 {
					r.Comma = opts.Comma
				}
				r.FieldsPerRecord = len(s.Columns)
				records, err := r.ReadAll()
				if err != nil || len(records) != s.Len+1 {
					t.Fatalf("%s, %s: %d records, %v", name, s.Name, len(records), err)
				}
				for i, c := range s.Columns {
					if records[0][i] != c.Name {
						t.Errorf("%s, %s: heading %q, want %q", name, s.Name, records[0][i], c.Name)
					}
				}
				n := 0
				for row := range s.Rows {
					n++
					for i, c := range row {
						check(t, s.Columns[i].Name, c, records[n][i])
					}
				}
			}
		}
	}
}

func check(t *testing.T, column string, c reports.Cell, got string) {
	t.Helper()
	want := c.Text
	switch c.Kind {
	case reports.IntegerCell:
		want = strconv.FormatInt(c.Number, 10)
	case reports.TimeCell:
		want = c.Time.Format("2006-01-02 15:04:05")
	default:
		if got != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(got)[0]) {
			t.Errorf("%s: a spreadsheet would take %q for a formula", column, got)
		}
		if n := len(utf16.Encode([]rune(got))); n > reports.MaxCell {
			t.Errorf("%s: a text has %d units", column, n)
		}
		if cut := reports.Cut(want, reports.MaxCell); cut != want {
			want = cut
		} else if got == "'"+want {
			return
		}
	}
	if got != want {
		t.Errorf("%s: %q, want %q", column, got, want)
	}
}

func TestNoCharacterSteers(t *testing.T) {
	d := reports.New(inputs(t)["hostile"]())
	for _, s := range d.Sheets {
		for _, r := range strings.ReplaceAll(render(t, d, Options{Sheet: s.Name}), "\r\n", "\n") {
			if r != '\n' && reports.Unsafe(r) {
				t.Fatalf("%s holds %U", s.Name, r)
			}
		}
	}
}

func TestInert(t *testing.T) {
	for in, want := range map[string]string{
		"":        "",
		"plain":   "plain",
		"=1+1":    "'=1+1",
		"+1":      "'+1",
		"-2+3":    "'-2+3",
		"@SUM(1)": "'@SUM(1)",
		"\t=1":    "'\t=1",
		"\r=1":    "'\r=1",
		"\n=1":    "'\n=1",
		"＝1+1":    "'＝1+1",
		"a=1":     "a=1",
		"'=1":     "'=1",
		" =1":     " =1",
		"–5":      "–5",
	} {
		if got := inert(in); got != want {
			t.Errorf("inert(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCell(t *testing.T) {
	for _, c := range []struct {
		opts     Options
		in, want string
	}{
		{Options{Comma: ','}, "plain", "plain"},
		{Options{Comma: ','}, "", ""},
		{Options{Comma: ','}, "a,b", `"a,b"`},
		{Options{Comma: ','}, "a;b", `"a;b"`},
		{Options{Comma: ';'}, "a,b", `"a,b"`},
		{Options{Comma: '^'}, "a^b", `"a^b"`},
		{Options{Comma: ','}, `say "x"`, `"say ""x"""`},
		{Options{Comma: ','}, "two\nlines", "\"two\nlines\""},
		{Options{Comma: ',', OneLine: true}, "two\nlines", `two\nlines`},
		{Options{Comma: ','}, " space", `" space"`},
		{Options{Comma: ','}, "=a,b", `"'=a,b"`},
	} {
		d := &reports.Document{Sheets: []*reports.Sheet{{Name: "x", Columns: []reports.Column{{Name: "h"}}, Len: 1,
			Rows: func(yield func([]reports.Cell) bool) { yield([]reports.Cell{{Kind: reports.TextCell, Text: c.in}}) }}}}
		c.opts.Sheet = "x"
		if got, want := render(t, d, c.opts), "h\r\n"+c.want+"\r\n"; got != want {
			t.Errorf("%q gives %q, want %q", c.in, got, want)
		}
	}
}

// A negative number is a number and not a formula.
func TestNegativeNumber(t *testing.T) {
	d := &reports.Document{Sheets: []*reports.Sheet{{Name: "Findings", Columns: []reports.Column{{Name: "a"}, {Name: "b"}}, Len: 1,
		Rows: func(yield func([]reports.Cell) bool) {
			yield([]reports.Cell{{Kind: reports.IntegerCell, Number: -2477}, {Kind: reports.TextCell, Text: "-2477"}})
		}}}}
	if got, want := render(t, d, Options{}), "a,b\r\n-2477,'-2477\r\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestRefusals(t *testing.T) {
	d := reports.New(inputs(t)["empty"]())
	for _, opts := range []Options{{Sheet: "Nothing"}, {Comma: '"'}, {Comma: '\n'}, {Comma: '1'}, {Comma: '='}, {Comma: '\u202e'}} {
		if err := Format(opts).Write(&bytes.Buffer{}, d); err == nil {
			t.Errorf("%+v is taken", opts)
		}
	}
	for _, r := range ",;\t|^~" {
		if err := CheckComma(r); err != nil {
			t.Error(err)
		}
	}
}

func TestSameBytes(t *testing.T) {
	in := inputs(t)["estate"]
	first := render(t, reports.New(in()), Options{Sheet: "Certificates"})
	for range 19 {
		if render(t, reports.New(in()), Options{Sheet: "Certificates"}) != first {
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
	d := reports.New(inputs(t)["estate"]())
	for _, room := range []int{0, 70_000} {
		if err := Format(Options{Sheet: "Certificates"}).Write(&fullDisk{room}, d); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: error %v", room, err)
		}
	}
}
