package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// waiver writes a file with one waiver that has these lines beside the usual ones.
func waiver(lines string) string {
	return "waivers:\n  - rule: required-roots\n    reason: lab\n    expires: 2027-01-31\n" + lines
}

// waiverFaults are files of waivers that are refused, and how the error begins.
var waiverFaults = []struct{ name, text, want string }{
	{"an unknown key", waiver("    until: 2027-01-31\n"), `w.yaml:5:5: unknown field "until"`},
	{"no list", "waiver: []\n", `w.yaml:1:1: unknown field "waiver"`},
	{"no waivers", "waivers:\n", `w.yaml:1:1: there is no list of waivers`},
	{"no YAML", "waivers: [{rule: required-roots\n", `w.yaml:1:`},
	{"no rule", "waivers:\n  - reason: x\n    expires: 2027-01-31\n", `w.yaml:2:5: the waiver names no rule`},
	{"an unknown rule", "waivers:\n  - rule: required-root\n    reason: x\n    expires: 2027-01-31\n", `w.yaml:2:11: rule: there is no rule "required-root"`},
	{"no reason", "waivers:\n  - rule: required-roots\n    expires: 2027-01-31\n", `w.yaml:2:5: the waiver of required-roots gives no reason`},
	{"a blank reason", "waivers:\n  - rule: required-roots\n    reason: \"  \"\n    expires: 2027-01-31\n", `w.yaml:3:13: the waiver of required-roots gives no reason`},
	{"no expiry", "waivers:\n  - rule: required-roots\n    reason: x\n", `w.yaml:2:5: the waiver of required-roots does not say when it expires`},
	{"a null expiry", "waivers:\n  - rule: required-roots\n    reason: x\n    expires:\n", `w.yaml:4:5: the waiver of required-roots does not say when`},
	{"a bad date", "waivers:\n  - {rule: required-roots, reason: x, expires: 31.01.2027}\n", `w.yaml:2:48: expires: "31.01.2027" is no day`},
	{"no such day", "waivers:\n  - {rule: required-roots, reason: x, expires: 2027-02-30}\n", `w.yaml:2:48: expires: "2027-02-30" is no day`},
	{"a bad thumbprint", waiver("    thumbprint: 1234\n"), `w.yaml:5:17: thumbprint: "1234"`},
	{"a store without location", waiver("    store: Root\n"), `w.yaml:5:12: store: "Root" names no store with its location`},
	{"the second", waiver("") + "  - rule: x\n    reason: y\n    expires: 2027-01-31\n", `w.yaml:5:11: rule: there is no rule "x"`},
}

func TestWaiversAreDecodedStrictly(t *testing.T) {
	for _, tt := range waiverFaults {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseWaivers("w.yaml", []byte(tt.text), All())
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q", err, tt.want)
			}
		})
	}
}

// waived judges a host with two failing findings under waivers.
func waived(t *testing.T, asOf time.Time, text string) (*Criteria, *Judgement) {
	t.Helper()
	thumb := strings.Repeat("AB", 20)
	rule := &Rule{ID: "r", Title: "t", Doc: "d", Severity: High, Check: func(p *Pass) {
		at := []evidence.Location{{Source: "root.sst"}}
		p.Report(Finding{Subject: "CN=A", Store: `LocalMachine\Root`, Thumbprint: thumb, Outcome: Failed, Evidence: at})
		p.Report(Finding{Subject: `LocalMachine\CA`, Outcome: Failed, Evidence: at})
		p.Report(Finding{Subject: "passed", Outcome: Passed})
		p.Report(Finding{Subject: "unknown", Outcome: Unknown})
	}}
	tables := loadTables(t)
	rs := []*Rule{rule}
	policy, err := Profile("full", tables, append(All(), rs...))
	if err != nil {
		t.Fatal(err)
	}
	waivers, err := ParseWaivers("w.yaml", []byte(text), rs)
	if err != nil {
		t.Fatal(err)
	}
	c := &Criteria{Rules: rs, Policy: policy, Tables: tables, AsOf: asOf, Waivers: waivers}
	e := evidence.NewCase("web01")
	e.Finish(func(string) bool { return true })
	return c, Evaluate(c, e, Statement{})
}

func TestWaivers(t *testing.T) {
	day := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	thumb := strings.Repeat("AB", 20)
	one := func(scope string) string {
		return "waivers: [{rule: r, reason: lab, expires: 2027-01-31, " + scope + "}]\n"
	}
	for _, tt := range []struct {
		name, text string
		asOf       time.Time
		// the outcomes of the store finding and the certificate finding, and the
		// state of the first waiver
		ca, root string
		state    WaiverState
	}{
		{"active", one("ticket: A-1"), day.AddDate(0, -1, 0), "fail, waived until 2027-01-31", "fail, waived until 2027-01-31", WaiverActive},
		{"on its last day", one(""), day, "fail, waived until 2027-01-31", "fail, waived until 2027-01-31", WaiverActive},
		{"at the end of its last day", one(""), day.Add(24*time.Hour - 1), "fail, waived until 2027-01-31", "fail, waived until 2027-01-31", WaiverActive},
		{"on the day after", one(""), day.AddDate(0, 0, 1), "fail, waiver expired on 2027-01-31", "fail, waiver expired on 2027-01-31", WaiverExpired},
		{"of this host", one("host: WEB01"), day, "fail, waived until 2027-01-31", "fail, waived until 2027-01-31", WaiverActive},
		{"of another host", one("host: web02"), day, "fail", "fail", WaiverUnused},
		{"of a store", one(`store: localmachine\root`), day, "fail", "fail, waived until 2027-01-31", WaiverActive},
		{"of a store that is the subject", one(`store: LocalMachine\CA`), day, "fail, waived until 2027-01-31", "fail", WaiverActive},
		{"of a certificate", one("thumbprint: " + strings.ToLower(thumb)), day, "fail", "fail, waived until 2027-01-31", WaiverActive},
		{"of another certificate", one("thumbprint: " + strings.Repeat("CD", 20)), day, "fail", "fail", WaiverUnused},
		{"of this certificate in another store", one(`store: LocalMachine\CA, thumbprint: ` + thumb), day, "fail", "fail", WaiverUnused},
		{"an expired one beside one that holds", "waivers: [{rule: r, reason: a, expires: 2026-01-01}, {rule: r, reason: b, expires: 2027-01-31}]\n", day, "fail, waived until 2027-01-31", "fail, waived until 2027-01-31", WaiverUnused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, j := waived(t, tt.asOf, tt.text)
			got := map[string]*Finding{}
			for i := range j.Findings {
				got[j.Findings[i].Subject] = &j.Findings[i]
			}
			for subject, want := range map[string]string{`LocalMachine\CA`: tt.ca, "CN=A": tt.root, "passed": "pass", "unknown": "unknown"} {
				f := got[subject]
				if f.OutcomeText() != want {
					t.Errorf("%s: %s, want %s", subject, f.OutcomeText(), want)
				}
				if strings.HasPrefix(want, "fail") && f.Outcome != Failed {
					t.Errorf("%s: the outcome was changed to %s", subject, f.Outcome)
				}
				if f.Fails() != (strings.HasPrefix(want, "fail") && !strings.Contains(want, "waived")) {
					t.Errorf("%s: fails is %v", subject, f.Fails())
				}
			}
			reports := c.WaiverReports([]*Judgement{j})
			covered := 0
			for _, f := range j.Findings {
				if f.Waiver != nil && f.Waiver.Waiver == reports[0].Waiver {
					covered++
				}
			}
			if reports[0].State != tt.state || len(reports[0].Findings) != covered || reports[0].Findings == nil || reports[0].Line != 1 || reports[0].File != "w.yaml" {
				t.Errorf("%+v", reports[0])
			}
			if expired := len(j.ExpiredWaivers()) == 1; expired != (tt.state == WaiverExpired) {
				t.Errorf("expired waivers: %v", j.ExpiredWaivers())
			}
		})
	}
}

func TestWaiverReportsAreWorded(t *testing.T) {
	for asOf, want := range map[string]string{
		"2027-01-31": "the waiver of r on host web01 holds until 2027-01-31",
		"2027-02-01": "the waiver of r on host web01 expired on 2027-01-31: what it covered counts again",
	} {
		day, err := time.Parse(time.DateOnly, asOf)
		if err != nil {
			t.Fatal(err)
		}
		c, j := waived(t, day, "waivers: [{rule: r, host: web01, reason: lab, expires: 2027-01-31}]\n")
		if got := c.WaiverReports([]*Judgement{j})[0].Note(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := c.WaiverReports(nil)[0].Note(); got != "the waiver of r on host web01 covers no failure of this run" {
			t.Errorf("%q", got)
		}
	}
	if r := (&Criteria{}).WaiverReports(nil); r != nil {
		t.Errorf("%v", r)
	}
}
