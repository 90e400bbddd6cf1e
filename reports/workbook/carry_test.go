package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
)

// wanted is what the hand-made workbook holds after fillIn.
func wanted() reports.SignOffs {
	return reports.SignOffs{
		"1111aaaa": {Owner: "=1+1", DueDate: "2027-03-31", Response: "accepted", Reviewer: "R. Viewer & Söhne", ReviewedOn: "next week",
			Outcome: "fail", Host: "web01", Rule: "list-size", Subject: `LocalMachine\Root`, Summary: "the list is over its limit", Failed: true},
		"22220000": {Outcome: "fail", Host: "web01", Rule: "root-mixed", Summary: "mixed", Failed: true},
		"3333e555": {Response: "done", Outcome: "pass", Host: "web02", Rule: "list-size", Summary: "it fits"},
		"44441111": {Owner: "_x0042_ two\nlines", Outcome: "fail", Host: "web02", Rule: "root-mixed", Summary: "_x0041_ & <mixed>", Failed: true},
	}
}

// fillIn signs off findings as a person would.
func fillIn(t *testing.T, f *excelize.File) {
	t.Helper()
	for cell, value := range map[string]any{"J3": 46477, "K3": "accepted", "L3": "R. Viewer & Söhne", "M3": "next week", "K5": "done"} {
		if err := f.SetCellValue("Findings", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	// As Excel writes it, escaped.
	if err := f.SetCellStr("Findings", "I6", "_x005F_x0042_ two\nlines"); err != nil {
		t.Fatal(err)
	}
}

func save(t *testing.T, f *excelize.File) []byte {
	t.Helper()
	buf, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// readBack reads the sign-offs and checks that they are those wanted.
func readBack(t *testing.T, b []byte, notes ...string) {
	t.Helper()
	got, told, err := ReadSignOffs(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wanted(), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(notes, told); diff != "" {
		t.Errorf("notes, -want +got:\n%s", diff)
	}
}

func TestCarry(t *testing.T) {
	// As written, before anybody touched it.
	b := build(t, signed(), maxRows)
	got, notes, err := ReadSignOffs(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(got) != 4 || len(notes) != 0 || got["1111aaaa"].Owner != "=1+1" || got["1111aaaa"].DueDate != "2026-11-22" {
		t.Errorf("sign-offs %v, %v, %v", got, notes, err)
	}

	f := open(t, b)
	fillIn(t, f)
	readBack(t, save(t, f))

	t.Run("columns", func(t *testing.T) {
		f := open(t, b)
		fillIn(t, f)
		if err := f.InsertCols("Findings", "B", 2); err != nil {
			t.Fatal(err)
		}
		if err := f.InsertRows("Findings", 1, 3); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStr("Findings", "B9", "a remark of mine"); err != nil {
			t.Fatal(err)
		}
		// The headings in another language: they are found by their names.
		for col, s := range []string{"Ergebnis", "", "", "Ausnahme", "Rechner", "Regel", "Gegenstand", "Befund", "Beleg", "Kennung", "Wer", "Bis", "Antwort", "Prüfer", "Am"} {
			if err := f.SetCellStr("Findings", cellName(col+1, headingRow+3), s); err != nil {
				t.Fatal(err)
			}
		}
		readBack(t, save(t, f))
	})
	t.Run("renamed", func(t *testing.T) {
		f := open(t, b)
		fillIn(t, f)
		if err := f.SetSheetName("Findings", "Bob's findings"); err != nil {
			t.Fatal(err)
		}
		readBack(t, save(t, f))
	})
	t.Run("without names", func(t *testing.T) {
		f := open(t, b)
		fillIn(t, f)
		for _, n := range f.GetDefinedName() {
			if err := f.DeleteDefinedName(&n); err != nil && n.Scope == "Workbook" {
				t.Fatal(err)
			}
		}
		readBack(t, save(t, f))
	})
	t.Run("one name gone", func(t *testing.T) {
		f := open(t, b)
		fillIn(t, f)
		if err := f.DeleteDefinedName(&excelize.DefinedName{Name: findingsPrefix + "owner"}); err != nil {
			t.Fatal(err)
		}
		readBack(t, save(t, f))
	})
	t.Run("parts", func(t *testing.T) {
		f := open(t, build(t, signed(), 5)) // three findings a sheet
		for sheet, cells := range map[string]map[string]any{
			"Findings":     {"J3": 46477, "K3": "accepted", "L3": "R. Viewer & Söhne", "M3": "next week", "K5": "done"},
			"Findings (2)": {"I3": "_x005F_x0042_ two\nlines"},
		} {
			for cell, value := range cells {
				if err := f.SetCellValue(sheet, cell, value); err != nil {
					t.Fatal(err)
				}
			}
		}
		readBack(t, save(t, f))
	})
	t.Run("sorted and pasted", func(t *testing.T) {
		f := open(t, b)
		fillIn(t, f)
		if err := f.DuplicateRowTo("Findings", 3, 9); err != nil { // the same again
			t.Fatal(err)
		}
		if err := f.DuplicateRowTo("Findings", 4, 3); err != nil { // another order
			t.Fatal(err)
		}
		for cell, value := range map[string]any{"K20": "done", "I20": "nobody", "H21": "1111aaaa", "I21": "somebody else"} {
			if err := f.SetCellValue("Findings", cell, value); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetCellFormula("Findings", "L20", "=A1"); err != nil {
			t.Fatal(err)
		}
		readBack(t, save(t, f), `row 20 of sheet "Findings" has a formula without a value under Reviewer, which is not taken`,
			`row 20 of sheet "Findings" has an owner, a response but no finding id, and is not taken`,
			`row 21 of sheet "Findings" has the finding id "1111aaaa" again with other entries (an owner), and is not taken`)
	})
	t.Run("action plan", func(t *testing.T) {
		d := signed()
		blank := reports.Cell{}
		d.Sheets = append(d.Sheets, sheetOf("Action plan", []reports.Column{{Key: "id", Name: "Finding id", Kind: reports.Identifier, Width: 18},
			{Key: "owner", Name: "Owner", Kind: reports.FillIn, Width: 18}, {Key: "dueDate", Name: "Planned completion", Kind: reports.FillInDate, Width: 18},
			{Key: "milestone", Name: "Milestone", Kind: reports.FillIn, Width: 18}, {Key: "status", Name: "Status", Kind: reports.FillIn, Width: 18}},
			[]reports.Cell{word("1111aaaa"), word("another"), blank, blank, word("open")},
			[]reports.Cell{word("44441111"), blank, {Kind: reports.TimeCell, Time: example.AsOf}, word("pilot"), word("completed")}))
		f := open(t, build(t, d, maxRows))
		fillIn(t, f)
		b := save(t, f)
		got, notes, err := ReadSignOffs(bytes.NewReader(b), int64(len(b)))
		want := wanted()
		late := want["44441111"]
		late.DueDate, late.Milestone, late.Status = "2026-11-22", "pilot", "completed"
		want["44441111"] = late
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
		if diff := cmp.Diff([]string{`row 3 of sheet "Action plan" has an owner other than beside the finding, and is not taken`}, notes); diff != "" {
			t.Errorf("notes, -want +got:\n%s", diff)
		}
	})
	t.Run("1904", func(t *testing.T) {
		f := open(t, b)
		fillIn(t, f)
		yes := true
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellValue("Findings", "J3", 46477-firstDay1904); err != nil {
			t.Fatal(err)
		}
		readBack(t, save(t, f))
	})
}

// TestCarryThroughLibreOffice lets another program save the workbook.
func TestCarryThroughLibreOffice(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice is not installed")
	}
	f := open(t, build(t, signed(), maxRows))
	fillIn(t, f)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.xlsx"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, save(t, f), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx", "--outdir", out, in)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("LibreOffice does not run here: %v: %s", err, said)
	}
	b, err := os.ReadFile(filepath.Join(out, "in.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	readBack(t, b)
}

// zipOf makes an archive of parts.
func zipOf(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, body := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// TestCarryRefuses checks what is no workbook of ours, or means harm.
func TestCarryRefuses(t *testing.T) {
	const (
		rels = `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`
		book = `<workbook xmlns:r="r"><sheets><sheet name="Findings" r:id="r1"/></sheets><definedNames>` +
			`<definedName name="ctlaudit_findings_id">Findings!$A$1</definedName><definedName name="ctlaudit_findings_owner">Findings!$B$1</definedName></definedNames></workbook>`
	)
	sheet := func(body string) map[string]string {
		return map[string]string{"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels, "xl/worksheets/sheet1.xml": body}
	}
	other := excelize.NewFile()
	defer other.Close()
	macros := sheet(`<worksheet/>`)
	macros["xl/vbaProject.bin"] = "x"
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"empty":     {nil, "no .xlsx workbook"},
		"text":      {[]byte("id;owner\n1;me\n"), "no .xlsx workbook"},
		"xls":       {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"), "without a password"},
		"zip":       {zipOf(t, map[string]string{"a.txt": "x"}), "no .xlsx workbook"},
		"another":   {save(t, other), "no workbook of ctlaudit"},
		"macros":    {zipOf(t, macros), "macros"},
		"no sheet":  {zipOf(t, map[string]string{"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": rels}), "damaged"},
		"no rels":   {zipOf(t, map[string]string{"xl/workbook.xml": book}), "damaged"},
		"cut":       {zipOf(t, sheet(`<worksheet><sheetData><row r="2"><c r="A2"`)), "damaged"},
		"a bomb":    {zipOf(t, sheet(`<worksheet><sheetData><row r="2"><c r="A2" t="str"><v>`+strings.Repeat("x", maxToken+1))), "larger than"},
		"comments":  {zipOf(t, sheet(`<worksheet><!--`+strings.Repeat("<x", 1000)+`-->`)), "damaged"},
		"entities":  {zipOf(t, sheet(`<!DOCTYPE a [<!ENTITY x "y">]><worksheet/>`)), "damaged"},
		"no string": {zipOf(t, sheet(`<worksheet><sheetData><row r="2"><c r="A2" t="s"><v>99</v></c></row></sheetData></worksheet>`)), "damaged"},
	} {
		got, _, err := ReadSignOffs(bytes.NewReader(c.file), int64(len(c.file)))
		if err == nil || !strings.Contains(err.Error(), c.want) || got != nil {
			t.Errorf("%s: %v, error %v, want %q", name, got, err, c.want)
		}
	}
	if _, _, err := ReadSignOffs(bytes.NewReader(nil), maxArchive+1); err != errTooLarge {
		t.Errorf("a file that is too large: %v", err)
	}
}

// TestCarryIsBounded reads a bomb of many small cells.
func TestCarryIsBounded(t *testing.T) {
	p := &pack{kept: 1000, read: 1 << 20, files: map[string]*zip.File{}}
	var rows strings.Builder
	for i := range 100 {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d" t="str"><v>%s</v></c></row>`, i+2, i+2, strings.Repeat("y", 100))
	}
	b := zipOf(t, map[string]string{"s.xml": `<worksheet><sheetData>` + rows.String() + `</sheetData></worksheet>`})
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	p.files["s.xml"] = z.File[0]
	if _, err := p.rowsOf(table{part: "s.xml", heading: 1, columns: map[int]int{1: idColumn}}, nil); err != errTooLarge {
		t.Errorf("text beyond the bound: %v", err)
	}
	p.read = 100
	if err := p.cells("s.xml", func(int, int, carriedCell) error { return nil }); err != errTooLarge {
		t.Errorf("more than may be unpacked: %v", err)
	}
}

func FuzzReadSignOffs(f *testing.F) {
	var buf bytes.Buffer
	if err := writeSplit(&buf, signed(), maxRows); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, _, err := ReadSignOffs(bytes.NewReader(b), int64(len(b)))
		if err != nil && s != nil {
			t.Errorf("sign-offs and the error %v", err)
		}
	})
}
