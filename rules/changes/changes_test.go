package changes

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

const root, ca = `LocalMachine\Root`, `LocalMachine\CA`

// c is a certificate in a store; its digest and thumbprint follow from its name.
func c(store, physical, name string, props ...Property) Certificate {
	return Certificate{Store: store, Physical: physical, SHA256: "sha-" + name, Thumbprint: "T-" + name, Subject: "CN=" + name, Known: true, Carries: true, Properties: props, Format: "sst"}
}

func fromReport(c Certificate, format, friendly string) Certificate {
	c.Known, c.Carries, c.Properties, c.Format, c.FriendlyName = false, false, nil, format, friendly
	return c
}

func poor(c Certificate) Certificate { c.Carries = false; return c }

func prop(id uint32, value string) Property {
	return Property{ID: id, Name: fmt.Sprint("P", id), Value: value, Text: value}
}

func side(hosts ...Host) *Side {
	return &Side{Name: "side", Version: "v1", Policy: "p", AsOf: day, Hosts: hosts}
}

// web is a host whose stores Root and CA were collected whole.
func web(change func(*Host)) Host {
	h := Host{Name: "web01", OS: "2008r2", Stores: map[string]Store{root: {}, ca: {}}, KeyCollected: func(string) bool { return true }}
	if change != nil {
		change(&h)
	}
	return h
}

func withCerts(list ...Certificate) Host {
	return web(func(h *Host) { h.Certificates = list })
}

// brief words changes: kind what: subject, place [before → after] (doubt).
func brief(list []Change) []string {
	lines := []string{}
	for _, ch := range list {
		s := fmt.Sprintf("%s %s: %s, %s [%s → %s]", ch.Kind, ch.What, ch.Subject, ch.Place, ch.Before, ch.After)
		if ch.Doubt != "" {
			s += " (" + ch.Doubt + ")"
		}
		lines = append(lines, s)
	}
	return lines
}

func TestCertificates(t *testing.T) {
	const def, auth = ".Default", "AuthRoot"
	for _, tt := range []struct {
		name          string
		before, after Host
		want          []string
	}{
		{"the same", withCerts(c(root, "", "A")), withCerts(c(root, "", "A")), []string{}},
		{"added", withCerts(c(root, "", "A")), withCerts(c(root, "", "A"), c(root, "", "B")), []string{`added certificate: CN=B, LocalMachine\Root [ → LocalMachine\Root]`}},
		{"removed", withCerts(c(root, def, "A")), withCerts(), []string{`removed certificate: CN=A, LocalMachine\Root (.Default) [LocalMachine\Root (.Default) → ]`}},
		{"moved to another store", withCerts(c(root, "", "A")), withCerts(c(ca, "", "A")), []string{`moved certificate: CN=A, LocalMachine\CA [LocalMachine\Root → LocalMachine\CA]`}},
		{"moved to another physical store", withCerts(c(root, auth, "A")), withCerts(c(root, def, "A")), []string{`moved certificate: CN=A, LocalMachine\Root (.Default) [LocalMachine\Root (AuthRoot) → LocalMachine\Root (.Default)]`}},
		{"copied", withCerts(c(root, "", "A")), withCerts(c(root, "", "A"), c(ca, "", "A")), []string{`added certificate: CN=A, LocalMachine\CA [in LocalMachine\Root only → LocalMachine\CA]`}},
		{"one of two places", withCerts(c(root, "", "A"), c(ca, "", "A")), withCerts(c(ca, "", "A")), []string{`removed certificate: CN=A, LocalMachine\Root [LocalMachine\Root → in LocalMachine\CA only]`}},
		{"a logical export and the registry", withCerts(c(root, "", "A")), withCerts(c(root, def, "A"), c(root, auth, "A")), []string{}},
		{"the registry and a logical export", withCerts(c(root, def, "A"), c(root, auth, "A")), withCerts(c(root, "", "A")), []string{}},
		{"the case of a store's name", withCerts(c(`LocalMachine\ROOT`, "", "A")), withCerts(c(root, "", "A")), []string{}},
		{"listed twice in one export", withCerts(c(root, "", "A"), c(root, "", "A")), withCerts(c(root, "", "A")), []string{}},
		{"of no store", withCerts(), withCerts(c("", "", "A")), []string{"added certificate: CN=A, no store [ → no store]"}},
		{"no readable subject", withCerts(), withCerts(Certificate{Store: root, SHA256: "x", Thumbprint: "T"}), []string{`added certificate: (no readable subject), LocalMachine\Root [ → LocalMachine\Root]`}},

		{"a store that was not collected after", withCerts(c(root, "", "A"), c(ca, "", "B")), web(func(h *Host) { delete(h.Stores, root) }),
			[]string{`not collected store: LocalMachine\Root, LocalMachine\Root [1 certificate → not collected]`, `removed certificate: CN=B, LocalMachine\CA [LocalMachine\CA → ]`}},
		{"a store that was not collected before", web(func(h *Host) { delete(h.Stores, ca) }), withCerts(c(ca, "", "B"), c(ca, "", "C")),
			[]string{`not collected store: LocalMachine\CA, LocalMachine\CA [not collected → 2 certificates]`}},
		{"a physical store that was not collected after", withCerts(c(root, auth, "A"), c(root, def, "B")), web(func(h *Host) { h.Stores[root] = Store{Missing: []string{auth}} }),
			[]string{`not collected store: LocalMachine\Root (AuthRoot), LocalMachine\Root (AuthRoot) [collected → not collected]`, `removed certificate: CN=B, LocalMachine\Root (.Default) [LocalMachine\Root (.Default) → ]`}},
		{"a logical store of which not all was collected", withCerts(c(root, "", "A")), web(func(h *Host) { h.Stores[root] = Store{Missing: []string{auth}} }),
			[]string{`not collected store: LocalMachine\Root (AuthRoot), LocalMachine\Root (AuthRoot) [collected → not collected]`,
				`removed certificate: CN=A, LocalMachine\Root [LocalMachine\Root → ] (of LocalMachine\Root not all was collected on the side after: AuthRoot)`}},
		{"a store that was not read whole after", withCerts(c(root, "", "A")), web(func(h *Host) { h.Stores[root] = Store{Broken: true} }),
			[]string{`removed certificate: CN=A, LocalMachine\Root [LocalMachine\Root → ] (LocalMachine\Root was not read whole on the side after)`}},
		{"a store that was not read whole before", web(func(h *Host) { h.Stores[root] = Store{Broken: true} }), withCerts(c(root, "", "A")),
			[]string{`added certificate: CN=A, LocalMachine\Root [ → LocalMachine\Root] (LocalMachine\Root was not read whole on the side before)`}},

		{"properties", withCerts(c(root, "", "A", prop(11, "old"), prop(9, "client"), prop(19, ""))), withCerts(c(root, "", "A", prop(104, "now"), prop(11, "new"), prop(19, ""))),
			[]string{`changed property: CN=A: property 11 (P11), LocalMachine\Root [old → new]`, `added property: CN=A: property 104 (P104), LocalMachine\Root [ → now]`, `removed property: CN=A: property 9 (P9), LocalMachine\Root [client → ]`}},
		{"properties in another order", withCerts(c(root, "", "A", prop(1, "x"), prop(2, "y"))), withCerts(c(root, "", "A", prop(2, "y"), prop(1, "x"))), []string{}},
		{"properties that one export cannot carry", withCerts(poor(c(root, "", "A"))), withCerts(c(root, "", "A", prop(11, "new"))), []string{}},
		{"the friendly name of reports", withCerts(fromReport(c(root, "", "A"), "sst", "old")), withCerts(fromReport(c(root, "", "A"), "sst", "new")),
			[]string{`changed property: CN=A: friendly name, LocalMachine\Root [old → new]`}},
		{"the friendly name of exports of two formats", withCerts(fromReport(c(root, "", "A"), "p7b", "")), withCerts(fromReport(c(root, "", "A"), "sst", "new")), []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Compare(side(tt.before), side(tt.after))
			if lines := brief(got.Changes); !reflect.DeepEqual(lines, tt.want) {
				t.Errorf("changes\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(tt.want, "\n"))
			}
			if got.Different() != (len(tt.want) > 0) {
				t.Errorf("different %v", got.Different())
			}
		})
	}
}

func TestPoorExportsAreNoted(t *testing.T) {
	got := Compare(side(withCerts(poor(c(root, "", "A")))), side(withCerts(c(root, "", "A"))))
	if len(got.Notes) != 1 || !strings.Contains(got.Notes[0], "the properties of 1 certificate were not compared") {
		t.Errorf("notes %q", got.Notes)
	}
}

func TestValues(t *testing.T) {
	v := func(key, name, text string) Value { return Value{key, name, "REG_DWORD", text} }
	withValues := func(collected func(string) bool, list ...Value) Host {
		return web(func(h *Host) { h.Values, h.KeyCollected = list, collected })
	}
	all := func(string) bool { return true }
	for _, tt := range []struct {
		name          string
		before, after Host
		want          []string
	}{
		{"the same, in another case", withValues(all, v(`HKLM\A`, "x", "1")), withValues(all, v(`hklm\a`, "X", "1")), []string{}},
		{"changed", withValues(all, v("K", "x", "1")), withValues(all, v("K", "x", "2")), []string{"changed registry value: x, K [REG_DWORD 1 → REG_DWORD 2]"}},
		{"another type", withValues(all, Value{"K", "", "REG_SZ", "1"}), withValues(all, v("K", "", "1")), []string{"changed registry value: (default), K [REG_SZ 1 → REG_DWORD 1]"}},
		{"added", withValues(all), withValues(all, v("K", "x", "1")), []string{"added registry value: x, K [ → REG_DWORD 1]"}},
		{"removed", withValues(all, v("K", "x", "1")), withValues(all), []string{"removed registry value: x, K [REG_DWORD 1 → ]"}},
		{"its key was not collected after", withValues(all, v("K", "x", "1")), withValues(func(k string) bool { return k != "K" }), []string{"not collected registry value: x, K [REG_DWORD 1 → not collected]"}},
		{"its key was not collected before", withValues(func(string) bool { return false }), withValues(all, v("K", "x", "1")), []string{"not collected registry value: x, K [not collected → REG_DWORD 1]"}},
		{"removed, told by a value of its key", withValues(nil, v("K", "x", "1"), v("K", "y", "1")), withValues(nil, v("K", "y", "1")), []string{"removed registry value: x, K [REG_DWORD 1 → ]"}},
		{"removed, told by a value above", withValues(nil, v(`K\L`, "x", "1"), v("K", "y", "1")), withValues(nil, v("K", "y", "1")), []string{`removed registry value: x, K\L [REG_DWORD 1 → ]`}},
		{"removed, told by a value below", withValues(nil, v("K", "x", "1"), v(`K\L`, "y", "1")), withValues(nil, v(`K\L`, "y", "1")), []string{"removed registry value: x, K [REG_DWORD 1 → ]"}},
		{"nothing tells", withValues(nil, v("KL", "x", "1")), withValues(nil, v("K", "y", "1")), []string{"not collected registry value: x, KL [REG_DWORD 1 → not collected]", "not collected registry value: y, K [not collected → REG_DWORD 1]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := brief(Compare(side(tt.before), side(tt.after)).Changes)
			slices.Sort(got)
			want := slices.Clone(tt.want)
			slices.Sort(want)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("changes %q, want %q", got, want)
			}
		})
	}
	broken := withValues(all)
	broken.Incomplete = []string{"schannel.reg"}
	got := Compare(side(withValues(all, v("K", "x", "1"))), side(broken))
	if want := []string{"removed registry value: x, K [REG_DWORD 1 → ] (not read whole after: schannel.reg)"}; !reflect.DeepEqual(brief(got.Changes), want) {
		t.Errorf("changes %q, want %q", brief(got.Changes), want)
	}
}

func TestFindings(t *testing.T) {
	f := func(id, rule, outcome, summary string) Finding {
		return Finding{ID: id, Rule: rule, Severity: "high", Outcome: outcome, Summary: summary}
	}
	for _, tt := range []struct {
		name          string
		before, after []Finding
		want          []string
	}{
		{"same", []Finding{f("1", "r", "fail", "a")}, []Finding{f("1", "r", "fail", "a")}, []string{"same 1"}},
		{"other numbers", []Finding{f("1", "r", "fail", "a")}, []Finding{f("1", "r", "fail", "b")}, []string{"changed 1"}},
		{"fails now", []Finding{f("1", "r", "pass", "a")}, []Finding{f("1", "r", "fail", "b")}, []string{"new 1"}},
		{"a failure of its own", nil, []Finding{f("1", "r", "fail", "b")}, []string{"new 1"}},
		{"passes now", []Finding{f("1", "r", "fail", "a")}, []Finding{f("1", "r", "pass", "b")}, []string{"fixed 1"}},
		{"its subject is gone", []Finding{f("1", "r", "fail", "a")}, []Finding{f("2", "r", "pass", "b")}, []string{"fixed 1", "added 2"}},
		{"not known any more", []Finding{f("1", "r", "fail", "a")}, []Finding{f("1", "r", "unknown", "b")}, []string{"changed 1"}},
		{"not checked any more", []Finding{f("1", "r", "fail", "a")}, []Finding{f("2", "r", "notchecked", "b")}, []string{"added 2", "removed 1 (the rule decided nothing after: the failure was not shown to be gone)"}},
		{"decided in part", []Finding{f("1", "r", "fail", "a")}, []Finding{f("2", "r", "unknown", "b"), f("3", "r", "pass", "b")}, []string{"fixed 1 (the rule could not decide everything after)", "added 2", "added 3"}},
		{"the rule is gone", []Finding{f("1", "r", "fail", "a"), f("2", "s", "pass", "")}, nil, []string{"removed 1 (the rule decided nothing after: the failure was not shown to be gone)", "removed 2"}},
		{"waived since", []Finding{f("1", "r", "fail", "a")}, []Finding{func() Finding { x := f("1", "r", "fail", "a"); x.Waiver = "active"; return x }()}, []string{"changed 1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Compare(side(web(func(h *Host) { h.Findings = tt.before })), side(web(func(h *Host) { h.Findings = tt.after })))
			var lines []string
			for _, ch := range got.Changes {
				s := string(ch.Kind) + " " + ch.ID
				if ch.Doubt != "" {
					s += " (" + ch.Doubt + ")"
				}
				lines = append(lines, s)
			}
			if !slices.Equal(lines, tt.want) {
				t.Errorf("findings %q, want %q", lines, tt.want)
			}
			if got.Different() != !slices.Equal(tt.want, []string{"same 1"}) {
				t.Errorf("different %v", got.Different())
			}
		})
	}
}

func TestListsAndHosts(t *testing.T) {
	l := List{Store: root, Sent: "yes", Verdict: "over", Min: 17000, Expected: 18000, Max: 19000, Limit: 16384, Certificates: 150, Subjects: 149, MinKnown: true, Collected: true, Whole: true}
	less := l
	less.Verdict, less.Expected, less.Min, less.MinKnown = "likely-under", 16000, 0, false
	bound := l
	bound.Binding = "0.0.0.0:443"
	none := List{Store: root, Sent: "unknown", Profile: "≥2012"}
	before := side(web(func(h *Host) { h.Lists = []List{l, none} }), Host{Name: "old"})
	after := side(web(func(h *Host) { h.Lists, h.Name, h.OS = []List{less, bound}, "WEB01", "" }), Host{Name: "new", Certificates: []Certificate{c(root, "", "A")}})
	got := brief(Compare(before, after).Changes)
	want := []string{
		"only after host: new,  [ → 1 certificate, 0 registry values, 0 findings]",
		"only before host: old,  [0 certificates, 0 registry values, 0 findings → ]",
		"changed host: Windows,  [2008r2 → unknown]",
		`changed issuer list: default list, LocalMachine\Root [18,000 bytes (least 17,000, greatest 19,000) of 16,384, over; 150 certificates, 149 names, from LocalMachine\Root; sent: yes → 16,000 bytes (least not knowable, greatest 19,000) of 16,384, likely-under; 150 certificates, 149 names, from LocalMachine\Root; sent: yes]`,
		`added issuer list: list of binding 0.0.0.0:443, LocalMachine\Root [ → 18,000 bytes (least 17,000, greatest 19,000) of 16,384, over; 150 certificates, 149 names, from LocalMachine\Root; sent: yes]`,
		`removed issuer list: default list as Windows ≥2012, LocalMachine\Root [LocalMachine\Root was not collected; sent: unknown → ]`,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("changes\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestNotes(t *testing.T) {
	before, after := side(web(func(h *Host) { h.Incomplete = []string{"root.sst"} })), side(web(nil))
	if n := Compare(after, after).Notes; len(n) != 0 {
		t.Errorf("notes on two sides that are alike: %q", n)
	}
	before.FromReport, before.Version, before.Policy, before.AsOf = true, "v0", "q", day.AddDate(0, 0, -7)
	all := strings.Join(Compare(before, after).Notes, "\n")
	for _, want := range []string{"different days, 2026-11-15 and 2026-11-22", "different policies, q and p", "different versions of the program, v0 and v1", "the side before is a report", "not read whole: root.sst"} {
		if !strings.Contains(all, want) {
			t.Errorf("no note says %q:\n%s", want, all)
		}
	}
	after.FromReport = true
	if all := strings.Join(Compare(before, after).Notes, "\n"); !strings.Contains(all, "both sides are reports") {
		t.Errorf("notes:\n%s", all)
	}
}

// The same sides give the same changes, in whatever order they list things.
func TestCompareIsDeterministic(t *testing.T) {
	var list []Certificate
	var values []Value
	for i := range 50 {
		list = append(list, c(root, "", fmt.Sprint("C", i), prop(uint32(i), "x"), prop(uint32(i+100), "y")))
		values = append(values, Value{"K", fmt.Sprint("v", i), "REG_SZ", "x"})
	}
	after := web(func(h *Host) { h.Certificates, h.Values = list[25:], values[25:] })
	want := brief(Compare(side(web(func(h *Host) { h.Certificates, h.Values = list[:30], values[:30] })), side(after)).Changes)
	for range 10 {
		reversed, back := slices.Clone(list[:30]), slices.Clone(values[:30])
		slices.Reverse(reversed)
		slices.Reverse(back)
		got := brief(Compare(side(web(func(h *Host) { h.Certificates, h.Values = reversed, back })), side(after)).Changes)
		if !slices.Equal(got, want) {
			t.Fatalf("changes\n%s\nthen\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
		}
	}
	if len(want) != 45+45 {
		t.Errorf("%d changes, want 90", len(want))
	}
}
