package reports_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
	"github.com/ctlaudit/ctlaudit/rules/peers"
)

// matchInput matches every certificate of the judged hosts with every host, and
// a list that holds a hostile name.
func matchInput(t testing.TB, in reports.Input) reports.MatchInput {
	t.Helper()
	m := reports.MatchInput{Tool: "ctlaudit", Version: "v0", AsOf: example.AsOf,
		Files:       []reports.MatchFile{{Role: "peer", Name: "peer.sst", SHA256: strings.Repeat("0", 64), Format: "sst", Complete: true}},
		Diagnostics: []evidence.Diagnostic{{Code: "sst-truncated", Severity: evidence.Error, Where: evidence.Location{Source: "peer\u202e.sst"}, Summary: "it breaks off"}}}
	pool := peers.NewPool()
	var servers []*peers.Server
	for _, j := range in.Judgements {
		s := &peers.Server{Host: j.Case.Host, Lists: j.Lists, Stores: j.Stores, Version: j.Version, Registry: j.Case.Registry, AsOf: example.AsOf}
		servers = append(servers, s)
		pool.AddServer(s)
		m.Peers = append(m.Peers, peers.Peer{Name: j.Case.Host + "\x1b[31m", Certificates: j.Case.Occurrences})
	}
	m.Peers = append(m.Peers, peers.Peer{Name: "nothing"})
	for _, s := range servers {
		m.Results = append(m.Results, peers.Match(s, m.Peers, pool)...)
		o := &peers.Observed{Where: evidence.Location{Source: "seen.txt", Line: 4}, Server: "192.0.2.1:443", Times: 2,
			Names: []peers.ObservedName{{Text: "=cmd|' /C calc'!A0\u202e\x00", Key: "x", Line: 5}}}
		m.Comparisons = append(m.Comparisons, peers.Compare(s, o, func([]byte) []string { return []string{"y"} }))
	}
	return m
}

func TestMatchSheets(t *testing.T) {
	c := criteria(t)
	for name, in := range map[string]reports.Input{"estate": example.Estate(c), "hostile": example.Hostile(c), "empty": example.Empty(c)} {
		m := matchInput(t, in)
		d := reports.New(in)
		sheets := len(d.Sheets)
		d.AddMatch(reports.NewMatchReport(m))
		want := sheets + 2
		if len(m.Comparisons) == 0 {
			want--
		}
		if len(d.Sheets) != want || d.Contents.Len != want || d.Sheet("Peer match") == nil {
			t.Errorf("%s: the sheets were not added to the contents", name)
		}
		for _, s := range d.Sheets[sheets:] {
			if got := len(rowsOf(s)); got != s.Len {
				t.Errorf("%s, sheet %s: %d rows, and Len says %d", name, s.Name, got, s.Len)
			}
			if name != "empty" && s.Len == 0 {
				t.Errorf("%s, sheet %s: no rows", name, s.Name)
			}
			keys := map[string]bool{}
			for _, col := range s.Columns {
				if keys[col.Key] || len(s.Name) > 25 {
					t.Errorf("%s, sheet %s: column %s", name, s.Name, col.Key)
				}
				keys[col.Key] = true
			}
			for _, row := range rowsOf(s) {
				if len(row) != len(s.Columns) {
					t.Fatalf("%s, sheet %s: %d cells in %d columns", name, s.Name, len(row), len(s.Columns))
				}
				for i, cell := range row {
					checkCell(t, name+", sheet "+s.Name, s.Columns[i], cell)
				}
			}
		}
	}
}

func TestMatchReport(t *testing.T) {
	c := criteria(t)
	m := matchInput(t, example.Hostile(c))
	var out, again bytes.Buffer
	if err := reports.PrintJSON(&out, reports.NewMatchReport(m)); err != nil {
		t.Fatal(err)
	}
	if err := reports.PrintJSON(&again, reports.NewMatchReport(matchInput(t, example.Hostile(c)))); err != nil || out.String() != again.String() {
		t.Errorf("the same input gives other bytes: %v", err)
	}
	checkPlain(t, out.Bytes())
	var r reports.MatchReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	if r.Schema != "ctlaudit/match/v1" || r.Summary.Matches != len(m.Results) || len(r.Matches) != len(m.Results) || len(r.Peers) != len(m.Peers) || r.Summary.Observed != 1 {
		t.Errorf("%+v", r.Summary)
	}
	sum := 0
	for _, v := range peers.Verdicts() {
		n, ok := r.Summary.Verdicts[string(v)]
		if !ok {
			t.Errorf("the summary does not count %q", v)
		}
		sum += n
	}
	if sum != len(r.Matches) {
		t.Errorf("verdicts count %d of %d", sum, len(r.Matches))
	}
	// Data is kept as it is.
	if got := r.Observed[0].Extra[0].Text; got != "=cmd|' /C calc'!A0\u202e\x00" {
		t.Errorf("the name became %q", got)
	}
	if f := r.Findings[0]; f.Rule != peers.RuleObserved || f.Outcome != "fail" || f.ID == "" || f.Remedy == "" || len(f.Evidence) != 1 {
		t.Errorf("finding %+v", f)
	}
	empty := reports.NewMatchReport(reports.MatchInput{})
	out.Reset()
	if err := reports.PrintJSON(&out, empty); err != nil || strings.Count(out.String(), "null") != 1 { // asOf
		t.Errorf("an empty report holds null lists: %s", out.String())
	}
}

// checkPlain wants bytes that steer no terminal.
func checkPlain(t *testing.T, b []byte) {
	t.Helper()
	if !utf8.Valid(b) {
		t.Error("the JSON is no UTF-8")
	}
	for _, r := range string(b) {
		if r != '\n' && reports.Unsafe(r) {
			t.Fatalf("the JSON holds %q", r)
		}
	}
}

func TestVerdictStyles(t *testing.T) {
	for _, v := range peers.Verdicts() {
		if good := reports.VerdictStyle(v) == reports.Good || reports.VerdictStyle(v) == reports.Quiet; good != v.Good() {
			t.Errorf("%s is good: %v, and its style is %v", v, v.Good(), reports.VerdictStyle(v))
		}
	}
}
