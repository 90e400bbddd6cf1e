package workbook

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

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
		"many": func() reports.Input { return example.Many(c, 60, 9) },
	}
}

func build(t testing.TB, d *reports.Document, rows int) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := writeSplit(&buf, d, rows); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func open(t testing.TB, b []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestGolden compares a dump of the workbooks: sheet, cell, type, format, text.
func TestGolden(t *testing.T) {
	for _, name := range []string{"estate", "empty"} {
		file := filepath.Join("testdata", name+".txt")
		b := build(t, reports.New(inputs(t)[name]()), maxRows)
		got := dump(t, open(t, b))
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
			actual := filepath.Join(t.ArtifactDir(), name+".xlsx")
			if err := os.WriteFile(actual, b, 0o666); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%s (-want +got; -update rewrites it), the workbook is %s:\n%s", file, actual, diff)
		}
	}
}

// dump writes what a reader sees of a workbook, of long sheets the beginning.
func dump(t *testing.T, f *excelize.File) string {
	const most = 12
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		fmt.Fprintf(&b, "== %s\n", sheet)
		tables, err := f.GetTables(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			fmt.Fprintf(&b, "table %s %s\n", table.Name, table.Range)
		}
		panes, err := f.GetPanes(sheet)
		if err != nil {
			t.Fatal(err)
		}
		if panes.Freeze {
			fmt.Fprintf(&b, "frozen above %s\n", panes.TopLeftCell)
		}
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if sheet != summaryName && i == most {
				fmt.Fprintf(&b, "… %d rows in all\n", len(rows))
				break
			}
			for j, value := range row {
				if value == "" {
					continue
				}
				cell := cellName(j+1, i+1)
				kind, err := f.GetCellType(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&b, "%s %s%s %q\n", cell, typeName(kind), format(t, f, sheet, cell), value)
			}
		}
	}
	return b.String()
}

func typeName(k excelize.CellType) string {
	switch k {
	case excelize.CellTypeInlineString, excelize.CellTypeSharedString:
		return "text"
	case excelize.CellTypeUnset, excelize.CellTypeNumber:
		return "number"
	}
	return fmt.Sprintf("type %d", k)
}

func format(t *testing.T, f *excelize.File, sheet, cell string) string {
	id, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	if s.Fill.Type == "pattern" && len(s.Fill.Color) == 1 {
		parts = append(parts, s.Fill.Color[0])
	}
	if s.Font != nil && s.Font.Bold {
		parts = append(parts, "bold")
	}
	if s.Alignment != nil && s.Alignment.WrapText {
		parts = append(parts, "wrap")
	}
	if s.CustomNumFmt != nil {
		parts = append(parts, *s.CustomNumFmt)
	} else if s.NumFmt != 0 {
		parts = append(parts, fmt.Sprint("format ", s.NumFmt))
	}
	if len(parts) == 0 {
		return ""
	}
	return " [" + strings.Join(parts, ", ") + "]"
}

func TestSameBytes(t *testing.T) {
	in := inputs(t)["estate"]
	for name, document := range map[string]func() *reports.Document{"estate": func() *reports.Document { return reports.New(in()) }, "signed": signed} {
		first := sha256.Sum256(build(t, document(), maxRows))
		for i := range 19 {
			if got := sha256.Sum256(build(t, document(), maxRows)); got != first {
				t.Fatalf("%s: build %d has other bytes", name, i+2)
			}
		}
	}
}

// TestParts checks each part of the archive: sorted, of one time, and well-formed
// XML without a formula, a link out of the workbook or a macro.
func TestParts(t *testing.T) {
	for name, in := range inputs(t) {
		z := archiveOf(t, build(t, reports.New(in()), maxRows))
		var names []string
		for _, f := range z.File {
			names = append(names, f.Name)
			if !f.Modified.Equal(partTime) {
				t.Errorf("%s: part %s is of %v", name, f.Name, f.Modified)
			}
			body := part(t, z, f.Name)
			dec := xml.NewDecoder(bytes.NewReader(body))
			for {
				tok, err := dec.Token()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%s: part %s: %v", name, f.Name, err)
				}
				if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "f" && !strings.HasPrefix(f.Name, "xl/charts/") {
					t.Errorf("%s: part %s holds a formula", name, f.Name)
				}
			}
			if bytes.Contains(body, []byte(`TargetMode="External"`)) || strings.HasSuffix(f.Name, ".bin") {
				t.Errorf("%s: part %s leads out of the workbook", name, f.Name)
			}
		}
		if last := len(names) - 1; names[0] != contentTypes || names[last] != sharedStrings || !slices.IsSorted(names[1:last]) {
			t.Errorf("%s: parts %v are not sorted", name, names)
		}
	}
}

func archiveOf(t *testing.T, b []byte) *zip.Reader {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func part(t *testing.T, z *zip.Reader, name string) []byte {
	t.Helper()
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCells reads every sheet back and compares it with the document.
func TestCells(t *testing.T) {
	for name, in := range inputs(t) {
		d := reports.New(in())
		f := open(t, build(t, d, maxRows))
		for _, s := range d.Sheets {
			if s.Len == 0 && !slices.Contains(alwaysShown, s.Name) {
				if i, _ := f.GetSheetIndex(s.Name); i >= 0 {
					t.Errorf("%s: sheet %s has no rows and is not left out", name, s.Name)
				}
				continue
			}
			rows, err := f.GetRows(s.Name, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			n := headingRow
			for want := range s.Rows {
				for i, c := range want {
					got := ""
					if i < len(rows[n]) {
						got = rows[n][i]
					}
					if w := raw(c); got != w {
						t.Fatalf("%s, sheet %s, %s: %.100q, want %.100q", name, s.Name, cellName(i+1, n+1), got, w)
					}
				}
				n++
			}
			if s.Len == 0 && rows[headingRow][0] != s.Empty {
				t.Errorf("%s, sheet %s: an empty sheet says %q", name, s.Name, rows[headingRow])
			}
		}
	}
}

// raw is what a cell holds in the file.
func raw(c reports.Cell) string {
	switch c.Kind {
	case reports.IntegerCell:
		return fmt.Sprint(c.Number)
	case reports.TimeCell:
		serial, _ := serialDate(c.Time)
		return strings.TrimSuffix(fmt.Sprint(serial), ".0")
	}
	return reports.Cut(c.Text, reports.MaxCell)
}

func TestHostileCells(t *testing.T) {
	d := reports.New(inputs(t)["hostile"]())
	b := build(t, d, maxRows)
	f := open(t, b)
	s := d.Sheet("Certificates")
	col := s.Column("subject") + 1
	for i, bad := range example.HostileText() {
		got, err := f.GetCellValue(s.Name, cellName(col, firstRow+i))
		if err != nil {
			t.Fatal(err)
		}
		switch want := reports.Clean(bad); {
		case len(utf16.Encode([]rune(want))) > reports.MaxCell:
			if n := len(utf16.Encode([]rune(got))); n > reports.MaxCell || !strings.Contains(got, "[cut: 40,000 characters in all") {
				t.Errorf("a long text has %d units and ends %q", n, got[len(got)-80:])
			}
		case got != want:
			t.Errorf("subject %d reads %q, want %q", i, got, want)
		}
	}
	// Excel turns _x0041_ into A; the file must hold it escaped.
	place := slices.Index(f.GetSheetList(), "Certificates") + 1
	if sheet := part(t, archiveOf(t, b), fmt.Sprintf("xl/worksheets/sheet%d.xml", place)); !bytes.Contains(sheet, []byte(`>_x005F_x0041_ a`)) {
		t.Error("_x0041_ is not escaped in the sheet")
	}
}

func TestSplit(t *testing.T) {
	d := reports.New(inputs(t)["many"]())
	const rows = 202 // 200 of them for data
	f := open(t, build(t, d, rows))
	s := d.Sheet("Certificates")
	var got []string
	for _, name := range []string{"Certificates", "Certificates (2)", "Certificates (3)"} {
		all, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(all) > rows || !strings.HasPrefix(all[0][0], "Part ") {
			t.Errorf("sheet %s has %d rows and begins %q", name, len(all), all[0][0])
		}
		for _, r := range all[headingRow:] {
			got = append(got, r[s.Column("thumbprint")])
		}
		tables, err := f.GetTables(name)
		if err != nil || len(tables) != 1 {
			t.Errorf("sheet %s has tables %v, %v", name, tables, err)
		}
	}
	var want []string
	for r := range s.Rows {
		want = append(want, r[s.Column("thumbprint")].Text)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d rows in the parts, want all %d in order", len(got), len(want))
	}
	for _, name := range f.GetSheetList() {
		if len(name) > excelize.MaxSheetNameLength {
			t.Errorf("the name of sheet %q is too long", name)
		}
	}
}

// TestSummaryIsBounded gives the summary more lists than it has rows for.
func TestSummaryIsBounded(t *testing.T) {
	d := reports.New(inputs(t)["many"]())
	rows, err := open(t, build(t, d, 60)).GetRows(summaryName)
	if err != nil {
		t.Fatal(err)
	}
	said := slices.ContainsFunc(rows, func(r []string) bool { return len(r) > 0 && strings.HasPrefix(r[0], "Only ") })
	if len(rows) > 60 || !said {
		t.Errorf("%d rows on a sheet of 60; said so: %v", len(rows), said)
	}
}

func TestProperties(t *testing.T) {
	d := signed()
	d.Report.Engagement = reports.Engagement{Customer: "Contoso Ltd", Engagement: "TLS-2026", System: "Lync", PreparedBy: "A. Auditor"}
	f := open(t, build(t, d, maxRows))
	p, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	asOf := example.AsOf.Format(time.RFC3339)
	if p.Created != asOf || p.Modified != asOf || p.Creator != "A. Auditor" || p.Keywords != "TLS-2026" || !strings.HasSuffix(p.Subject, ": Lync") || p.LastModifiedBy != d.Tool {
		t.Errorf("properties %+v", p)
	}
	app, err := f.GetAppProps()
	if err != nil || app.Company != "Contoso Ltd" {
		t.Errorf("properties %+v, %v", app, err)
	}
	custom, err := f.GetCustomProps()
	if err != nil || len(custom) != 3 || custom[0].Name != "Tool version" || custom[0].Value != d.Tool {
		t.Errorf("custom properties %v, %v", custom, err)
	}
}

// TestPrinting checks how each sheet is printed.
func TestPrinting(t *testing.T) {
	d := signed()
	f := open(t, build(t, d, maxRows))
	titles := 0
	for _, n := range f.GetDefinedName() {
		if n.Name == "_xlnm.Print_Titles" {
			titles++
		}
	}
	sheets := slices.DeleteFunc(f.GetSheetList(), func(s string) bool { return s == listsName })
	if titles != len(sheets)-2 {
		t.Errorf("%d sheets repeat their headings, want all but the cover and the summary: %v", titles, sheets)
	}
	for _, sheet := range sheets {
		want, tall := "landscape", 0
		if sheet == coverName {
			want, tall = "portrait", 1
		}
		l, err := f.GetPageLayout(sheet)
		if err != nil || *l.Orientation != want || *l.FitToWidth != 1 || *l.FitToHeight != tall {
			t.Errorf("sheet %s: layout %+v, %v", sheet, l, err)
		}
		h, err := f.GetHeaderFooter(sheet)
		if err != nil || h.OddHeader != "&C&BConfidential && internal&R&A" || h.OddFooter != "&L"+d.Title+"&Cas of 2026-11-22 00:00:00 UTC&RPage &P of &N" {
			t.Errorf("sheet %s: header and footer %+v, %v", sheet, h, err)
		}
	}
}

func TestSerialDate(t *testing.T) {
	for in, want := range map[string]float64{"1900-03-01T00:00:00Z": 61, "2026-11-22T12:00:00Z": 46348.5, "2026-11-22T13:00:00+01:00": 46348.5, "9999-12-31T00:00:00Z": 2958465} {
		at, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := serialDate(at); !ok || got != want {
			t.Errorf("serialDate(%s) = %v, %v, want %v", in, got, ok, want)
		}
	}
	for _, in := range []time.Time{{}, time.Date(1899, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if _, ok := serialDate(in); ok {
			t.Errorf("%v is a date for Excel", in)
		}
	}
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  int
	}{
		{"", 10, 1}, {"short", 10, 1}, {"a\nb\n\nc", 10, 4}, {"four words of text here", 9, 3}, {strings.Repeat("F", 40), 9, 4}, {"生命生命生命", 9, 2},
	} {
		if got := lines(c.in, c.width); got != c.want {
			t.Errorf("lines(%q, %d) = %d, want %d", c.in, c.width, got, c.want)
		}
	}
}

func TestSortTypes(t *testing.T) {
	in := `<Types xmlns="x"><Override PartName="/b" ContentType="1"></Override><Default Extension="xml" ContentType="2"></Default><Override PartName="/a" ContentType="3"/></Types>`
	want := `<Types xmlns="x"><Default Extension="xml" ContentType="2"></Default><Override PartName="/a" ContentType="3"/><Override PartName="/b" ContentType="1"></Override></Types>`
	if got := string(sortTypes([]byte(in))); got != want {
		t.Errorf("sorted: %s", got)
	}
	body := part(t, archiveOf(t, build(t, reports.New(inputs(t)["estate"]()), maxRows)), contentTypes)
	elements := regexp.MustCompile(`<(Default|Override) [^>]*>`).FindAllString(string(body), -1)
	if len(elements) < 10 || !slices.IsSorted(elements) {
		t.Errorf("the content types are not sorted: %q", elements)
	}
}

// TestBrokenPromise checks that a sheet whose rows are not as many as it said
// gives an error and not a workbook that Excel repairs.
func TestBrokenPromise(t *testing.T) {
	for _, n := range []int{-1, 1} {
		d := reports.New(inputs(t)["estate"]())
		d.Sheet("Certificates").Len += n
		if err := Format.Write(io.Discard, d); err == nil || !strings.Contains(err.Error(), "Certificates") {
			t.Errorf("with %d rows too many announced: error %v", n, err)
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
	for _, room := range []int{0, 50_000} {
		if err := Format.Write(&fullDisk{room}, d); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: error %v", room, err)
		}
	}
}

// BenchmarkRows writes a sheet of 100,000 rows of 12 columns: 6 texts, 2 dates,
// 3 numbers and a coloured word.
func BenchmarkRows(b *testing.B) {
	d := reports.New(inputs(b)["empty"]())
	d.Sheets = []*reports.Sheet{rows(100_000)}
	b.ReportAllocs()
	for b.Loop() {
		var n counter
		if err := Format.Write(&n, d); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(n))
	}
}

// BenchmarkCertificates writes the workbook of 100 hosts with 1,000 certificates
// each: 100,000 rows of 18 columns, and as many of 15.
func BenchmarkCertificates(b *testing.B) {
	c, err := example.Criteria()
	if err != nil {
		b.Fatal(err)
	}
	d := reports.New(example.Many(c, 100, 1000))
	b.ReportAllocs()
	for b.Loop() {
		var n counter
		if err := Format.Write(&n, d); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(n))
	}
}

func rows(n int) *reports.Sheet {
	s := &reports.Sheet{Name: "Rows", Title: "Rows", Len: n}
	for i := range 12 {
		s.Columns = append(s.Columns, reports.Column{Key: fmt.Sprint("c", i), Name: fmt.Sprint("Column ", i), Kind: []reports.ColumnKind{reports.Text, reports.Text, reports.Text,
			reports.Wrapped, reports.Wrapped, reports.Identifier, reports.Date, reports.Date, reports.Integer, reports.Integer, reports.Integer, reports.Text}[i], Width: 20})
	}
	s.Rows = func(yield func([]reports.Cell) bool) {
		for i := range n {
			row := make([]reports.Cell, 0, 12)
			for j := range 6 {
				row = append(row, reports.Cell{Kind: reports.TextCell, Text: fmt.Sprintf("text %d of row %d & more", j, i)})
			}
			at := example.AsOf.Add(time.Duration(i) * time.Minute)
			row = append(row, reports.Cell{Kind: reports.TimeCell, Time: at}, reports.Cell{Kind: reports.TimeCell, Time: at})
			for j := range 3 {
				row = append(row, reports.Cell{Kind: reports.IntegerCell, Number: int64(i * (j + 7))})
			}
			row = append(row, reports.Cell{Kind: reports.TextCell, Text: "pass", Style: reports.Style(1 + i%3)})
			if !yield(row) {
				return
			}
		}
	}
	return s
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
