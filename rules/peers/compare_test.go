package peers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
)

// keysOf stands in for the texts of names: the label, without the dots that
// fill it up, as it is and in upper case.
func keysOf(der []byte) []string {
	if string(der) == string(ntAuthority) {
		return []string{"NT"}
	}
	label := strings.TrimRight(string(der), ".")
	return []string{label, strings.ToUpper(label)}
}

func texts(names ...string) *Observed {
	o := &Observed{Where: evidence.Location{Source: "seen.txt", Line: 7}, Times: 1}
	for i, n := range names {
		o.Names = append(o.Names, ObservedName{Text: n, Key: n, Line: 8 + i})
	}
	return o
}

func broken(o *Observed) *Observed { o.Broken = true; return o }

func labels(list []*evidence.Occurrence) []string {
	var names []string
	for _, o := range list {
		names = append(names, o.Subject)
	}
	return names
}

func TestCompare(t *testing.T) {
	a, b, c := cert("CN=A", "CN=A", 3), cert("CN=B", "CN=B", 2), cert("CN=C", "CN=C", 1)
	noPurpose := with(cert("CN=N", "CN=N", 4), evidence.PropEnhKeyUsage, []byte{0x30, 0x00})
	long := many(200, 5) // 20,000 bytes; 163 names fit
	slices.Reverse(long[100:])
	short := host{os: "2008r2", values: sent, root: []*evidence.Occurrence{a, b, c, noPurpose}}
	over := host{os: "2008r2", values: sent, root: long}
	thumbOrder := slices.Clone(long)
	slices.SortFunc(thumbOrder, func(x, y *evidence.Occurrence) int { return strings.Compare(string(x.SHA1[:]), string(y.SHA1[:])) })
	for _, tt := range []struct {
		name    string
		host    host
		seen    *Observed
		outcome rules.Outcome
		says    string
		missing []string
		extra   []string // text: why
		order   string
		bytes   int
	}{
		{"the same", short, texts("CN=A", "CN=B", "CN=C"), rules.Passed, "is the computed one: 3 names, 18 bytes", nil, nil, "file", 18},
		{"the same in the other order and case", short, texts("CN=C", "CN=B", "CN=A"), rules.Passed, "", nil, nil, "thumbprint", 18},
		{"in no order, with NT AUTHORITY", short, texts("CN=B", "CN=A", "CN=C", "NT"), rules.Passed, "", nil, nil, "", 45},
		{"one missing from a file that breaks off", short, broken(texts("CN=A", "CN=C")), rules.Unknown, "1 more are expected", []string{"CN=B"}, nil, "file", 12},
		{"one from elsewhere in a file that breaks off", short, broken(texts("CN=X")), rules.Failed, "", []string{"CN=A", "CN=B", "CN=C"}, []string{`CN=X: it does not stand in LocalMachine\Root`}, "", 0},
		{"all of a file that breaks off", short, broken(texts("CN=A", "CN=B", "CN=C")), rules.Passed, "", nil, nil, "file", 18},
		{"one missing", short, texts("CN=A", "CN=C"), rules.Failed, "1 missing, 0 extra", []string{"CN=B"}, nil, "file", 12},
		{"one from elsewhere", short, texts("CN=A", "CN=B", "CN=C", "CN=X"), rules.Failed, "", nil, []string{`CN=X: it does not stand in LocalMachine\Root`}, "file", 0},
		{"one that should not count", short, texts("CN=A", "CN=B", "CN=C", "CN=N"), rules.Failed, "", nil, []string{`CN=N: it stands in LocalMachine\Root and was not expected: its EKU property (9) is empty: it is trusted for no purpose`}, "file", 0},
		{"one twice", short, texts("CN=A", "CN=A", "CN=B", "CN=C"), rules.Failed, "", nil, []string{"CN=A: it was seen more often than expected"}, "file", 0},
		{"none, and one should be", short, texts(), rules.Failed, "no list was seen, and one should be sent", []string{"CN=A", "CN=B", "CN=C"}, nil, "", 0},

		{"cut in file order", over, texts(labels(long[:163])...), rules.Passed, "it ends where file order says, with 84 bytes left", labels(long[163:]), nil, "file", 16300},
		{"cut in thumbprint order", over, texts(labels(thumbOrder[:163])...), rules.Passed, "it ends where thumbprint order says", nil, nil, "thumbprint", 16300},
		{"cut in another order", over, texts(labels(long[37:])...), rules.Informational, "in neither simulated order", labels(long[:37]), nil, "file", 16300},
		{"room was left", over, texts(labels(long[:150])...), rules.Failed, "not cut for want of room", labels(long[150:]), nil, "", 15000},
		{"more than the limit", over, texts(labels(long[:170])...), rules.Failed, "over the limit of 16,384 bytes by 616", labels(long[170:]), nil, "", 17000},
		{"whole although over", over, texts(labels(long)...), rules.Failed, "was not cut although", nil, nil, "file", 20000},

		{"none, as should be", host{os: "2016", values: map[string]uint32{}, root: short.root}, texts(), rules.Passed, "none should be sent", []string{"CN=A", "CN=B", "CN=C"}, nil, "", 0},
		{"one, and none should be", host{os: "2016", values: map[string]uint32{}, root: short.root}, texts("CN=A"), rules.Failed, "and none should be sent", []string{"CN=B", "CN=C"}, nil, "", 6},
		{"none, which settles it", host{os: "2016", root: short.root}, texts(), rules.Informational, "settles", []string{"CN=A", "CN=B", "CN=C"}, nil, "", 0},
		{"no store to compare with", host{os: "2016", values: sent, ca: []*evidence.Occurrence{a}}, texts("CN=A"), rules.Unknown, `no export of LocalMachine\Root`, nil, []string{`CN=A: it does not stand in LocalMachine\Root`}, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Compare(tt.host.server(t), tt.seen, keysOf)
			if got.Outcome != tt.outcome || !strings.Contains(got.Summary, tt.says) {
				t.Errorf("%s: %q, want %s: %q", got.Outcome, got.Summary, tt.outcome, tt.says)
			}
			var missing, extra []string
			for _, e := range got.Missing {
				missing = append(missing, e.Subject)
			}
			for _, n := range got.Extra {
				extra = append(extra, n.Text+": "+n.Why)
			}
			slices.Sort(missing)
			want := slices.Clone(tt.missing)
			slices.Sort(want)
			if want != nil && !slices.Equal(missing, want) || !slices.Equal(extra, tt.extra) {
				t.Errorf("missing %q, extra %q, want %q and %q", missing, extra, want, tt.extra)
			}
			if string(got.Order) != tt.order && tt.outcome != rules.Failed {
				t.Errorf("order %q, want %q", got.Order, tt.order)
			}
			if got.Bytes != tt.bytes {
				t.Errorf("%d bytes, want %d", got.Bytes, tt.bytes)
			}
			if got.Matched+len(got.Extra) > len(tt.seen.Names) || got.ID == "" || got.Host != "web01" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestCompareByBytes(t *testing.T) {
	h := host{os: "2008r2", values: sent, root: []*evidence.Occurrence{sized("CN=A", 6, "CN=A", 1), cert("CN=B", "CN=B", 2)}}
	o := &Observed{Where: evidence.Location{Source: "seen.txt"}, Bytes: 14, Names: []ObservedName{{Text: "CN=A", DER: []byte("CN=A..")}, {Text: "CN=B", DER: []byte("CN=B")}}}
	if c := Compare(h.server(t), o, keysOf); c.Outcome != rules.Passed || c.Bytes != 14 {
		t.Errorf("%s: %s", c.Outcome, c.Summary)
	}
	o.Names[0].DER = []byte("CN=A") // the same text, another encoding
	o.Bytes = 12
	c := Compare(h.server(t), o, keysOf)
	if c.Outcome != rules.Failed || len(c.Extra) != 1 || c.Extra[0].Why != "a name of the same text and another encoding is expected" || c.Bytes != 12 {
		t.Errorf("%s: %+v", c.Outcome, c.Extra)
	}
}

// Of several lists the one that differs least is taken, and the id of a
// comparison does not depend on what was seen.
func TestCompareTakesTheNearestList(t *testing.T) {
	a, b := cert("CN=A", "CN=A", 3), cert("CN=B", "CN=Else", 2)
	s := host{root: []*evidence.Occurrence{a, b}, values: map[string]uint32{"SendTrustedIssuerList": 1}}.server(t)
	for _, tt := range []struct{ seen, want string }{{"CN=A CN=B", "≤2008r2"}, {"CN=B", "≥2012"}} {
		c := Compare(s, texts(strings.Fields(tt.seen)...), keysOf)
		if c.List.Profile != tt.want || c.Outcome != rules.Passed {
			t.Errorf("%s: list %q, %s: %s", tt.seen, c.List.Profile, c.Outcome, c.Summary)
		}
	}
	x, y := Compare(s, texts("CN=A"), keysOf), Compare(s, texts("CN=X", "CN=Y"), keysOf)
	if x.ID != y.ID || x.Summary == y.Summary {
		t.Errorf("ids %s and %s", x.ID, y.ID)
	}
	if c := Compare(&Server{Host: "web01"}, texts("CN=A"), keysOf); c.Outcome != rules.Unknown {
		t.Errorf("a host without lists: %s", c.Outcome)
	}
	if got := fmt.Sprintf("%d", len(ntAuthority)); got != "25" {
		t.Errorf("CN=NT AUTHORITY has %s bytes", got)
	}
}
