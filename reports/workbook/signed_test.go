package workbook

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
)

func word(s string) reports.Cell { return reports.Cell{Kind: reports.TextCell, Text: s} }

func leading(s, sheet string, row int) reports.Cell {
	return reports.Cell{Kind: reports.TextCell, Text: s, Link: sheet, LinkRow: row}
}

func sheetOf(name string, columns []reports.Column, rows ...[]reports.Cell) *reports.Sheet {
	return &reports.Sheet{Name: name, Title: "What " + name + " shows", Empty: "there is nothing of " + name, Columns: columns, Len: len(rows), Rows: slices.Values(rows)}
}

// signed is a document made by hand: a cover, findings to sign off in with
// links to the evidence, and a sheet without rows.
func signed() *reports.Document {
	var blank reports.Cell
	findings := sheetOf("Findings", []reports.Column{
		{Key: "outcome", Name: "Outcome", Width: 12}, {Key: "waiver", Name: "Waiver", Width: 12}, {Key: "host", Name: "Host", Width: 12}, {Key: "rule", Name: "Rule", Width: 20},
		{Key: "subject", Name: "Subject", Kind: reports.Wrapped, Width: 20}, {Key: "summary", Name: "Finding", Kind: reports.Prose, Width: 30},
		{Key: "evidence", Name: "Evidence", Kind: reports.Wrapped, Width: 20}, {Key: "id", Name: "Finding id", Kind: reports.Identifier, Width: 18},
		{Key: "owner", Name: "Owner", Kind: reports.FillIn, Width: 18}, {Key: "dueDate", Name: "Due date", Kind: reports.FillInDate, Width: 12},
		{Key: "response", Name: "Response", Kind: reports.FillIn, Width: 18}, {Key: "reviewer", Name: "Reviewer", Kind: reports.FillIn, Width: 18},
		{Key: "reviewedOn", Name: "Reviewed on", Kind: reports.FillInDate, Width: 12},
	},
		[]reports.Cell{{Kind: reports.TextCell, Text: "fail", Style: reports.Bad}, blank, word("web01"), word("list-size"), word("LocalMachine\\Root"), word("the list is over its limit"),
			leading("root.sst", "Evidence", 2), word("1111aaaa"), word("=1+1"), {Kind: reports.TimeCell, Time: example.AsOf}, word("open"), blank, blank},
		[]reports.Cell{{Kind: reports.TextCell, Text: "fail", Style: reports.Quiet}, word("waived until 2027-01-31"), word("web01"), word("root-mixed"), blank, word("mixed"),
			leading("gone", "Nowhere", 1), word("22220000"), blank, blank, blank, blank, blank},
		[]reports.Cell{{Kind: reports.TextCell, Text: "pass", Style: reports.Good}, blank, word("web02"), word("list-size"), blank, word("it fits"),
			leading("all", "Evidence", 0), word("3333e555"), blank, blank, blank, blank, blank},
		[]reports.Cell{{Kind: reports.TextCell, Text: "fail", Style: reports.Bad}, word("waiver expired on 2026-01-01"), word("web02"), word("root-mixed"), blank, word("_x0041_ & <mixed>"),
			blank, word("44441111"), blank, blank, blank, blank, blank})
	findings.Choices = map[string][]string{"response": {"open", "accepted", "done"}}
	evidence := sheetOf("Evidence", []reports.Column{{Key: "name", Name: "File", Width: 30}, {Key: "receivedBy", Name: "Received by", Kind: reports.FillIn, Width: 20}},
		[]reports.Cell{word("a.sst"), blank}, []reports.Cell{word("root.sst"), blank})
	empty := sheetOf("Waivers", []reports.Column{{Key: "id", Name: "Waiver", Width: 10}})
	d := &reports.Document{Title: "Trusted issuer list audit", Tool: "ctlaudit v0.1.0", AsOf: example.AsOf,
		Head:     []reports.Line{{Label: "Result", Text: "1 of 2 hosts failed", Style: reports.Bad}},
		Counts:   sheetOf("Counts", []reports.Column{{Key: "severity", Name: "Severity", Width: 10}}),
		Overview: sheetOf("Overview", []reports.Column{{Key: "host", Name: "Host", Width: 20}, {Key: "result", Name: "Result", Width: 40}}),
		Sheets:   []*reports.Sheet{findings, evidence, empty},
		Contents: sheetOf("Contents", []reports.Column{{Key: "sheet", Name: "Sheet", Width: 20}, {Key: "shows", Name: "Shows", Width: 20}, {Key: "rows", Name: "Rows", Kind: reports.Integer, Width: 10}},
			[]reports.Cell{leading("Findings", "Findings", 0), word("findings"), {Kind: reports.IntegerCell, Number: 4}},
			[]reports.Cell{leading("Waivers", "Waivers", 0), word("waivers"), {Kind: reports.IntegerCell}}),
		Report: &reports.Report{},
		Cover: &reports.Cover{Banner: "Confidential & internal", Blocks: []reports.CoverBlock{
			{Title: "Engagement", Fields: []reports.Field{{Label: "Client", Text: "Contoso Ltd"}, {Label: "System", Text: "Lync"}}},
			{Title: "Signed", Fields: []reports.Field{{Label: "Prepared by", FillIn: true}, {Label: "Digests compared", FillIn: true, Choices: []string{"yes", "no"}}}},
			{Title: "Result", Fields: []reports.Field{{Label: "Result", Text: "1 of 2 hosts failed", Style: reports.Bad}}},
		}}}
	return d
}

// TestSheets checks which sheets there are, and that all are protected.
func TestSheets(t *testing.T) {
	f := open(t, build(t, signed(), maxRows))
	if got, want := f.GetSheetList(), []string{"Cover", "Summary", "Findings", "Evidence", "Lists"}; !slices.Equal(got, want) {
		t.Fatalf("sheets %q, want %q", got, want)
	}
	for _, sheet := range f.GetSheetList() {
		visible, err := f.GetSheetVisible(sheet)
		if err != nil || visible != (sheet != listsName) {
			t.Errorf("sheet %s is visible: %v, %v", sheet, visible, err)
		}
		p, err := f.GetSheetProtection(sheet)
		if err != nil || p.Password != "" || !p.AutoFilter || !p.Sort || !p.FormatColumns || !p.FormatRows || !p.FormatCells || p.InsertRows || p.DeleteColumns {
			t.Errorf("sheet %s: protection %+v, %v", sheet, p, err)
		}
	}
	rows, err := f.GetRows(coverName)
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprint(rows)
	for _, want := range []string{"Confidential & internal", "Contoso Ltd", "Not applicable in this run", "there is nothing of Waivers", "without a password"} {
		if !strings.Contains(all, want) {
			t.Errorf("the cover does not say %q: %s", want, all)
		}
	}
}

// TestFillIn checks what can be filled in, and with what.
func TestFillIn(t *testing.T) {
	f := open(t, build(t, signed(), maxRows))
	unlockedCells := map[string]bool{}
	for _, sheet := range []string{coverName, "Findings", "Evidence"} {
		for row := 1; row <= 30; row++ {
			for col := 1; col <= 14; col++ {
				cell := cellName(col, row)
				id, err := f.GetCellStyle(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				s, err := f.GetStyle(id)
				if err != nil {
					t.Fatal(err)
				}
				if s.Protection != nil && !s.Protection.Locked {
					unlockedCells[sheet+"!"+cell] = true
				}
			}
		}
	}
	var want []string
	for row := firstRow; row < firstRow+4; row++ {
		for col := 9; col <= 13; col++ {
			want = append(want, "Findings!"+cellName(col, row))
		}
	}
	want = append(want, "Evidence!B3", "Evidence!B4", "Cover!C10", "Cover!C11")
	for _, cell := range want {
		if !unlockedCells[cell] {
			t.Errorf("%s is locked", cell)
		}
	}
	if len(unlockedCells) != len(want) {
		t.Errorf("%d cells are unlocked, want %d: %v", len(unlockedCells), len(want), unlockedCells)
	}
	var got []string
	for _, sheet := range []string{coverName, "Findings", "Evidence"} {
		list, err := f.GetDataValidations(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range list {
			got = append(got, fmt.Sprint(sheet, " ", v.Sqref, " ", v.Type, " ", v.Formula1))
		}
	}
	if want := []string{"Cover C11 list Lists!$A$2:$A$3", "Findings J3:J6 date 36526", "Findings K3:K6 list Lists!$B$2:$B$4", "Findings M3:M6 date 36526"}; !slices.Equal(got, want) {
		t.Errorf("validations %q, want %q", got, want)
	}
	items, err := f.GetCols(listsName)
	if err != nil || !slices.Equal(items[1], []string{"Findings: Response", "open", "accepted", "done"}) {
		t.Errorf("lists %q, %v", items, err)
	}
	if value, _ := f.GetCellValue("Findings", "I3"); value != "=1+1" {
		t.Errorf("a carried owner reads %q", value)
	}
	if value, _ := f.GetCellValue("Findings", "J3"); value != "2026-11-22" {
		t.Errorf("a carried date reads %q", value)
	}
}

func TestLinks(t *testing.T) {
	f := open(t, build(t, signed(), maxRows))
	for cell, want := range map[string]string{"G3": "", "H3": "'Evidence'!A4", "H4": "", "H5": "'Evidence'!A1", "H6": ""} {
		has, to, err := f.GetCellHyperLink("Findings", cell)
		if err != nil || has != (want != "") || to != want {
			t.Errorf("%s leads to %q, %v, want %q", cell, to, err, want)
		}
	}
	for cell, want := range map[string]bool{"Findings": true, "Waivers": false} {
		rows, err := f.GetRows(summaryName)
		if err != nil {
			t.Fatal(err)
		}
		row := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 3 && r[3] == cell })
		if has, _, _ := f.GetCellHyperLink(summaryName, cellName(besideCol, row+1)); has != want {
			t.Errorf("the contents lead to %s: %v", cell, has)
		}
	}
	// Of a sheet in parts, a link leads to the part.
	f = open(t, build(t, signed(), 3))
	if _, to, _ := f.GetCellHyperLink("Findings", "H3"); to != "'Evidence (2)'!A3" {
		t.Errorf("a link to row 2 leads to %q where a sheet has one row", to)
	}
}

// TestTooManyLinks checks that links beyond Excel's limit are left out and that
// the sheet says so.
func TestTooManyLinks(t *testing.T) {
	d := signed()
	s := d.Sheet("Evidence")
	const n = maxLinks + 7
	s.Columns, s.Len = s.Columns[:1], n
	s.Rows = func(yield func([]reports.Cell) bool) {
		for i := range n {
			if !yield([]reports.Cell{leading(fmt.Sprint("file ", i), "Findings", 1)}) {
				return
			}
		}
	}
	b := build(t, d, maxRows)
	z := archiveOf(t, b)
	if got := bytes.Count(part(t, z, "xl/worksheets/sheet4.xml"), []byte("<hyperlink ")); got != maxLinks {
		t.Errorf("%d links, want %d", got, maxLinks)
	}
	shared := string(part(t, z, sharedStrings))
	if want := "What Evidence shows Only the first 65530 links of Evidence can be followed, as many as a sheet of Excel holds; 7 are left out.</t>"; strings.Count(shared, want) != 1 {
		t.Errorf("the sheet does not say that links are missing: %.300s", shared)
	}
}

// TestSheetNames checks names that Excel does not take.
func TestSheetNames(t *testing.T) {
	for in, want := range map[string]string{"Findings": "Findings", "a/b:c?*[d]\\e": "a-b-c---d--e", "'quoted'": "quoted", "": "Sheet",
		strings.Repeat("x", 40): strings.Repeat("x", 25), strings.Repeat("𝒳", 20): strings.Repeat("𝒳", 12)} {
		if got := sheetName(in); got != want {
			t.Errorf("sheetName(%q) = %q, want %q", in, got, want)
		}
	}
	d := signed()
	for _, name := range []string{"FINDINGS", "History", "Cover", "a'b/c", "Evidence (2)"} {
		d.Sheets = append(d.Sheets, sheetOf(name, []reports.Column{{Key: "x", Name: "X", Width: 5}}, []reports.Cell{leading("to", name, 1)}))
	}
	b := build(t, d, maxRows)
	f := open(t, b)
	if got, want := f.GetSheetList()[4:9], []string{"FINDINGS ~2", "History ~2", "Cover ~2", "a'b-c", "Evidence (2)"}; !slices.Equal(got, want) {
		t.Errorf("sheets %q, want %q", got, want)
	}
	if note, _ := f.GetCellValue("a'b-c", "A1"); !strings.HasPrefix(note, `Elsewhere this sheet is called "a'b/c"`) {
		t.Errorf("the note is %q", note)
	}
	if _, to, _ := f.GetCellHyperLink("a'b-c", "A3"); to != "'a''b-c'!A3" {
		t.Errorf("the link leads to %q", to)
	}
}

// schemaOrder is the order of the elements of a worksheet (ECMA-376 part 1,
// 18.3.1.99).
var schemaOrder = strings.Fields(`sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios autoFilter sortState
	dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks
	customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF picture oleObjects controls webPublishItems tableParts extLst`)

// TestSchemaOrder checks that the elements of each sheet stand in the order of
// the schema, and that none is there twice.
func TestSchemaOrder(t *testing.T) {
	documents := map[string]*reports.Document{"signed": signed()}
	for name, in := range inputs(t) {
		documents[name] = reports.New(in())
	}
	seen := map[string]bool{}
	for name, d := range documents {
		z := archiveOf(t, build(t, d, maxRows))
		for _, f := range z.File {
			if !strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
				continue
			}
			dec := xml.NewDecoder(bytes.NewReader(part(t, z, f.Name)))
			depth, last := 0, -1
			for {
				tok, err := dec.Token()
				if err != nil {
					break
				}
				switch e := tok.(type) {
				case xml.StartElement:
					if depth++; depth != 2 {
						continue
					}
					at := slices.Index(schemaOrder, e.Name.Local)
					if at <= last {
						t.Errorf("%s, %s: %s stands where it must not", name, f.Name, e.Name.Local)
					}
					last, seen[e.Name.Local] = at, true
				case xml.EndElement:
					depth--
				}
			}
		}
	}
	for _, element := range []string{"sheetProtection", "mergeCells", "dataValidations", "hyperlinks", "drawing", "tableParts"} {
		if !seen[element] {
			t.Errorf("no sheet has %s", element)
		}
	}
}

// TestCharts checks the charts of the summary, what they say to those who cannot
// see them, and that they show cells.
func TestCharts(t *testing.T) {
	d := reports.New(inputs(t)["estate"]())
	z := archiveOf(t, build(t, d, maxRows))
	drawing := string(part(t, z, "xl/drawings/drawing1.xml"))
	if n := strings.Count(drawing, `descr="`); n != 3 {
		t.Errorf("%d charts have a text beside them, want 3", n)
	}
	for i, want := range [][]string{
		{"barChart", "stacked", "Findings that failed", `'Severity by host'!$A$3:$A$5`},
		{"scatterChart", `'Cumulative bytes'!$C$3`, "Names, in file order", `'Cumulative bytes'!$E$2`},
		{"barChart", "lineChart", "Expected size"},
	} {
		chart := string(part(t, z, fmt.Sprintf("xl/charts/chart%d.xml", i+1)))
		for _, s := range want {
			if !strings.Contains(html.UnescapeString(chart), s) {
				t.Errorf("chart %d does not hold %q", i+1, s)
			}
		}
	}
	c := d.Charts()
	for row := range c.Severity.Rows {
		if row[0].Text == "web01" && row[2].Number == 0 {
			t.Errorf("web01 has no failure that is high: %v", row)
		}
	}
	var last reports.Cell
	most := int64(0)
	for row := range c.Cumulative.Rows {
		if strings.HasPrefix(row[0].Text, "web01") {
			if row[2].Number < most {
				t.Errorf("the bytes fall to %d at %d", row[2].Number, row[1].Number)
			}
			most, last = row[2].Number, row[0]
		}
	}
	for l := range d.Report.IssuerLists {
		if l.Host == "web01" && int64(l.Bytes.Expected) != most {
			t.Errorf("the line of %s ends at %d, the list at %d", last.Text, most, l.Bytes.Expected)
		}
	}
}

// TestLongLists checks that long lists are thinned out and that it is said.
func TestLongLists(t *testing.T) {
	r := &reports.Report{}
	r.IssuerLists = func(yield func(reports.IssuerList) bool) {
		for i := range 12 {
			l := reports.IssuerList{Host: fmt.Sprint("host", i), Store: "Root", Entries: make([]reports.Entry, 5000)}
			for j := range l.Entries {
				end := 100 * (j + 1)
				l.Entries[j].EndsAt.File = &end
			}
			if !yield(l) {
				return
			}
		}
	}
	s := (&reports.Document{Report: r}).Charts().Cumulative
	n, last := 0, int64(0)
	for row := range s.Rows {
		n++
		last = row[2].Number
	}
	if n != reports.ChartLists*reports.ChartPoints || s.Len != n || last != 500_000 || !strings.Contains(s.Note, "first 8 lists") || !strings.Contains(s.Note, "thinned out evenly to 2000") {
		t.Errorf("%d rows, announced %d, the last at %d: %s", n, s.Len, last, s.Note)
	}
}
