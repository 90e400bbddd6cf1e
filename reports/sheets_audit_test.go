package reports_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
	"github.com/ctlaudit/ctlaudit/rules"
)

// cells are the texts of a column.
func cells(t *testing.T, s *reports.Sheet, key string) []string {
	t.Helper()
	at := s.Column(key)
	if at < 0 {
		t.Fatalf("%s has no column %q", s.Name, key)
	}
	var list []string
	for _, row := range rowsOf(s) {
		list = append(list, row[at].Text)
	}
	return list
}

// checkSheets checks that sheets give what they announce, cleaned, and that keys
// and headings are unique.
func checkSheets(t *testing.T, name string, list []*reports.Sheet) {
	t.Helper()
	for _, s := range list {
		keys, headings := map[string]bool{}, map[string]bool{}
		for _, c := range s.Columns {
			if keys[c.Key] || headings[strings.ToLower(c.Name)] || c.Key == "" {
				t.Errorf("%s, sheet %s: two columns %q, %q", name, s.Name, c.Key, c.Name)
			}
			keys[c.Key], headings[strings.ToLower(c.Name)] = true, true
		}
		rows := rowsOf(s)
		if len(rows) != s.Len || s.Empty == "" || s.Title == "" || len(s.Name) > 25 {
			t.Errorf("%s, sheet %s: %d rows, and Len says %d", name, s.Name, len(rows), s.Len)
		}
		checkClean(t, name+", sheet "+s.Name, s.Title+s.Note)
		for _, row := range rows {
			if len(row) != len(s.Columns) {
				t.Fatalf("%s, sheet %s: %d cells in %d columns", name, s.Name, len(row), len(s.Columns))
			}
			for i, c := range row {
				checkCell(t, name+", sheet "+s.Name, s.Columns[i], c)
			}
		}
	}
}

// withPlan adds a plan to an input.
func withPlan(in reports.Input) reports.Input {
	in.Plan = reports.NewPlanReport("ctlaudit", "v0", in.Criteria, planned(in, 10))
	return in
}

func TestSheetsOfExamples(t *testing.T) {
	c := criteria(t)
	waived, err := example.Waived(c)
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]reports.Input{"empty": example.Empty(c), "estate": example.Estate(c), "waived": waived, "hostile": example.Hostile(c), "many": example.Many(c, 3, 300)} {
		in = withPlan(in)
		m := reports.NewMatchReport(matchInput(t, in))
		in.Match = m
		in.Changes = reports.NewDiffReport("ctlaudit", "v0", comparison(t))
		d := reports.New(in)
		checkSheets(t, name, d.Sheets)
		for _, want := range []string{"Action plan", "Plan", "Removal plan", "Kept roots", "Changes", "Notes"} {
			if d.Sheet(want) == nil {
				t.Errorf("%s: there is no sheet %s", name, want)
			}
		}
		if got, several := d.Sheet("Fleet") != nil, len(in.Judgements) > 1; got != several {
			t.Errorf("%s: a sheet Fleet: %v, for %d hosts", name, got, len(in.Judgements))
		}
		for _, b := range d.Cover.Blocks {
			for _, f := range b.Fields {
				checkClean(t, name+", cover, "+f.Label, f.Text)
				if f.Text == "" && !f.FillIn {
					t.Errorf("%s: %s, %s is empty", name, b.Title, f.Label)
				}
			}
		}
	}
}

// A report that is read back gives the sheets that it gave, plan, peers and
// changes included.
func TestPartsAreReadBack(t *testing.T) {
	for name, in := range map[string]reports.Input{"estate": example.Estate(criteria(t)), "hostile": example.Hostile(criteria(t))} {
		in = withPlan(in)
		in.Match = reports.NewMatchReport(matchInput(t, in))
		in.Changes = reports.NewDiffReport("ctlaudit", "v0", comparison(t))
		in.Engagement = reports.Engagement{Customer: "Contoso", CollectedBy: "Operations"}
		d := reports.New(in)
		r, err := reports.Read(strings.NewReader(printed(t, in)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		again := reports.Render(r, reports.Options{})
		if len(again.Sheets) != len(d.Sheets) || !reflect.DeepEqual(again.Cover, d.Cover) || !reflect.DeepEqual(again.Screens, d.Screens) {
			t.Errorf("%s: %d sheets, then %d; cover or screens differ", name, len(d.Sheets), len(again.Sheets))
		}
		for i, s := range again.Sheets {
			if !reflect.DeepEqual(rowsOf(s), rowsOf(d.Sheets[i])) {
				t.Errorf("%s: the sheet %s differs", name, s.Name)
			}
		}
	}
}

func TestActionPlan(t *testing.T) {
	in, err := example.Waived(criteria(t))
	if err != nil {
		t.Fatal(err)
	}
	first := ""
	for f := range reports.New(in).Report.Findings {
		if f.Outcome == "fail" && f.Waiver == nil {
			first = f.ID
		}
	}
	in.Options.Carried = reports.SignOffs{first: {Owner: "O. Wner", DueDate: "2027-02-01"}}
	d := reports.New(in)
	s := d.Sheet("Action plan")
	var want []string
	for f := range d.Report.Findings {
		if f.Outcome == "fail" && (f.Waiver == nil || f.Waiver.State != "active") {
			want = append(want, f.ID)
		}
	}
	got := cells(t, s, "id")
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d actions for %d failures", len(got), len(want))
	}
	rank := -1
	findings := cells(t, d.Sheet("Findings"), "id")
	for i, row := range rowsOf(s) {
		if !slices.Contains(want, got[i]) {
			t.Errorf("%s is no failure that counts", got[i])
		}
		r := rules.Severity(row[s.Column("criticality")].Text).Rank()
		if r < rank {
			t.Errorf("row %d is graver than the one before", i+1)
		}
		rank = r
		if c := row[0]; c.Link != "Findings" || findings[c.LinkRow-1] != c.Text {
			t.Errorf("%s leads to row %d of %s", c.Text, c.LinkRow, c.Link)
		}
		if got[i] == first {
			if row[s.Column("owner")].Text != "O. Wner" || row[s.Column("dueDate")].Time.Format("2006-01-02") != "2027-02-01" {
				t.Errorf("the owner and the date were not taken over: %v", row)
			}
		}
		if row[s.Column("status")].Text != s.Choices["status"][0] {
			t.Errorf("the status of row %d is %q", i+1, row[s.Column("status")].Text)
		}
	}
}

func TestFleet(t *testing.T) {
	in, err := example.Waived(criteria(t))
	if err != nil {
		t.Fatal(err)
	}
	d := reports.New(in)
	s := d.Sheet("Fleet")
	if got := cells(t, s, "host"); !slices.Equal(got, []string{"edge02", "lync03", "web01"}) {
		t.Fatalf("hosts %v", got)
	}
	if got := cells(t, s, "requiredRoots"); got[2] != "waived" || got[1] != "pass" {
		t.Errorf("required roots: %v", got)
	}
	if got := cells(t, s, "trustedIssuerListSize"); got[2] != "fail" {
		t.Errorf("size: %v", got)
	}
	if got := cells(t, s, "evidenceComplete"); got[0] != "fail" || got[2] != "pass" {
		t.Errorf("evidence: %v", got)
	}
	p := d.Sheet("Root presence")
	names, packs := cells(t, p, "root"), cells(t, p, "required")
	edge, lync, web := cells(t, p, "host1"), cells(t, p, "host2"), cells(t, p, "host3")
	required := 0
	for i := range names {
		if packs[i] != "" {
			required++
			if edge[i] == "present" || edge[i] == "missing" {
				t.Errorf("%s on edge02, whose Root was read in part: %s", names[i], edge[i])
			}
			continue
		}
		if edge[i] == "present" && lync[i] == "present" && web[i] == "present" {
			t.Errorf("%s does not differ", names[i])
		}
		if edge[i] == "absent" {
			t.Errorf("%s is absent on edge02, whose Root was read in part", names[i])
		}
	}
	if required == 0 || required == len(names) || !slices.Contains(web, "missing") || !slices.Contains(lync, "absent") {
		t.Errorf("%d of %d roots are required; web01: %v", required, len(names), web[:min(20, len(web))])
	}
}

// TestFleetIsBounded compares more hosts and roots than a sheet shows.
func TestFleetIsBounded(t *testing.T) {
	d := reports.New(example.Many(criteria(t), reports.FleetColumns+5, 25))
	p := d.Sheet("Root presence")
	if p.Len != reports.FleetPresence || len(p.Columns) != reports.FleetColumns+4 {
		t.Errorf("%d rows, %d columns", p.Len, len(p.Columns))
	}
	if !strings.Contains(p.Note, "more roots differ") || !strings.Contains(p.Note, "5 more hosts have no column") {
		t.Errorf("the note does not say that it is cut: %s", p.Note)
	}
	if d.Sheet("Fleet").Len != reports.FleetColumns+5 {
		t.Error("the sheet Fleet lacks hosts")
	}
}

func TestNotes(t *testing.T) {
	in := example.Estate(criteria(t))
	without := reports.New(in).Sheet("Notes")
	s := reports.New(withPlan(in)).Sheet("Notes")
	if s.Len != without.Len+1 {
		t.Errorf("with a plan there are %d notes, without %d", s.Len, without.Len)
	}
	terms, texts := cells(t, s, "term"), cells(t, s, "text")
	topics := cells(t, s, "topic")
	words := map[string]bool{}
	for i, term := range terms {
		key := topics[i] + "/" + term
		if words[key] || texts[i] == "" || strings.HasSuffix(term, ".") {
			t.Errorf("note %q: %q", key, texts[i])
		}
		words[key] = true
	}
	all := strings.Join(terms, ", ")
	for _, o := range []rules.Outcome{rules.Passed, rules.Failed, rules.Unknown, rules.NotChecked, rules.NotApplicable, rules.Informational, rules.Erred} {
		if !words["Outcomes/"+string(o)] {
			t.Errorf("no note explains the outcome %q", o)
		}
	}
	for _, v := range []rules.Truncation{rules.Confirmed, rules.Probable, rules.Possible, rules.Unlikely, rules.Undetermined} {
		if !words["Truncation/"+string(v)] {
			t.Errorf("no note explains %q", v)
		}
	}
	for _, v := range []string{"over", "under", "likely-over", "likely-under", "assumed-yes", "assumed-no", "at risk", "not in store", "no list sent"} {
		if !strings.Contains(all, v) {
			t.Errorf("no note explains %q", v)
		}
	}
	// The sums that are to be recomputed are those of the contract.
	for l := range reports.New(in).Report.IssuerLists {
		if !l.Collected {
			continue
		}
		found := false
		for i, term := range terms {
			if strings.HasPrefix(term, l.Host+": ") && strings.Contains(texts[i], rules.Grouped(l.Bytes.Expected)+" expected, of "+rules.Grouped(l.Limit.Bytes)) {
				found = true
			}
		}
		if !found {
			t.Errorf("the notes do not give %s expected for %s %s", rules.Grouped(l.Bytes.Expected), l.Host, l.Store)
		}
	}
}

func TestCover(t *testing.T) {
	in := example.Estate(criteria(t))
	field := func(d *reports.Document, label string) reports.Field {
		for _, b := range d.Cover.Blocks {
			for _, f := range b.Fields {
				if f.Label == label {
					return f
				}
			}
		}
		t.Fatalf("the cover has no field %q", label)
		return reports.Field{}
	}
	d := reports.New(in)
	for _, label := range []string{"Client", "Prepared by", "Prepared on", "Reviewed by", "Collected by", "Received on", "Digests compared"} {
		if f := field(d, label); !f.FillIn || f.Text != "" {
			t.Errorf("%s: %+v", label, f)
		}
	}
	if f := field(d, "Completeness"); f.Style != reports.Bad || !strings.Contains(f.Text, "edge02/export.p7b") || !strings.Contains(f.Text, "1 file of no known format") {
		t.Errorf("completeness: %+v", f)
	}
	if f := field(d, "Policy SHA-256"); len(f.Text) != 64 {
		t.Errorf("policy: %+v", f)
	}
	in.Engagement = reports.Engagement{Customer: "Contoso\u202e", Engagement: "E-1", System: "Lync", Period: "2026-10", Classification: "Confidential", PreparedBy: "A. Auditor",
		CollectedBy: "Operations", CollectedOn: "2026-10-20"}
	d = reports.New(in)
	if d.Cover.Banner != "Confidential" || field(d, "Client").Text != `Contoso\u202e` || field(d, "Client").FillIn || field(d, "Collected on").Text != "2026-10-20" {
		t.Errorf("the engagement is not on the cover: %+v", d.Cover)
	}
	if f := field(d, "Prepared by"); f.Text != "A. Auditor" || !f.FillIn {
		t.Errorf("prepared by: %+v", f)
	}
}

// The first screen names the remedy that is advised, before what the rules say.
func TestScreenNamesTheAdvisedRemedy(t *testing.T) {
	in := example.Estate(criteria(t))
	plain, d := reports.New(in), reports.New(withPlan(in))
	for i, s := range d.Screens {
		before := plain.Screens[i]
		if s.Host != "web01" {
			if len(s.Next) != len(before.Next) {
				t.Errorf("%s, which needs no remedy: %+v", s.Host, s.Next)
			}
			continue
		}
		if len(s.Next) == 0 || !strings.HasPrefix(s.Next[0].Text, "remedy: ") || s.Next[0].Rule != before.Next[0].Rule {
			t.Fatalf("%s: %+v", s.Host, s.Next)
		}
		if len(s.Next)+s.NextMore != len(before.Next)+before.NextMore+1 || len(s.Next) > reports.MaxSteps {
			t.Errorf("%s: %d steps and %d more", s.Host, len(s.Next), s.NextMore)
		}
	}
	for _, s := range reports.New(withPlan(example.Empty(criteria(t)))).Screens {
		t.Errorf("a screen of no host: %+v", s)
	}
}
