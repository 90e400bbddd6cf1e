package redact_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
	"github.com/ctlaudit/ctlaudit/reports/redact"
)

func examples(t testing.TB) map[string]*reports.Report {
	t.Helper()
	c, err := example.Criteria()
	if err != nil {
		t.Fatal(err)
	}
	waived, err := example.Waived(c)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*reports.Report{
		"estate": reports.New(example.Estate(c)).Report, "hostile": reports.New(example.Hostile(c)).Report, "waived": reports.New(waived).Report,
		"empty": reports.New(example.Empty(c)).Report, "many": reports.New(example.Many(c, 20, 9)).Report,
	}
}

func text(t testing.TB, rep *reports.Report) string {
	t.Helper()
	b, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What names nobody is as it was, the lists can be gone through again, and to
// redact a redacted report changes nothing, whatever the key.
func TestWholeReports(t *testing.T) {
	for name, rep := range examples(t) {
		before := text(t, rep)
		out := redacted(t, rep)
		once := text(t, out)
		if text(t, out) != once {
			t.Errorf("%s: the copy differs when it is read again", name)
		}
		if twice := text(t, redacted(t, out)); twice != once {
			t.Errorf("%s: a redacted report is changed by another redaction:\n%s", name, difference(once, twice))
		}
		if text(t, rep) != before {
			t.Errorf("%s: the original has changed", name)
		}
		i := 0
		certificates := collect(rep.Certificates)
		for c := range out.Certificates {
			w := certificates[i]
			i++
			if c.Thumbprint != w.Thumbprint || c.SHA256 != w.SHA256 || c.Serial != w.Serial || c.Parse != w.Parse || c.NotAfter != w.NotAfter {
				t.Fatalf("%s: %+v became %+v", name, w, c)
			}
		}
		for h := range rep.Hosts {
			if b, _ := json.Marshal(h.Name); strings.Contains(once, `"host":`+string(b)) {
				t.Errorf("%s: the host %q is left", name, h.Name)
			}
		}
	}
}

// The ids of findings follow the pseudonyms, and waivers refer to them still.
func TestIDs(t *testing.T) {
	rep := examples(t)["waived"]
	out := redacted(t, rep)
	there, old := map[string]bool{}, map[string]bool{}
	for f := range rep.Findings {
		old[f.ID] = true
	}
	for f := range out.Findings {
		if old[f.ID] {
			t.Errorf("the id %s of %s is that of the true names", f.ID, f.Rule)
		}
		if there[f.ID] {
			t.Errorf("the id %s stands there twice", f.ID)
		}
		there[f.ID] = true
	}
	referred := 0
	for w := range out.Waivers {
		for _, id := range w.Findings {
			if referred++; !there[id] {
				t.Errorf("a waiver refers to %s, which is no finding", id)
			}
		}
	}
	if referred == 0 {
		t.Error("no waiver refers to a finding")
	}
}

// A member of the contract that is added later is redacted unless it is listed:
// every text of a report, less those, is reached.
func TestEveryTextIsReached(t *testing.T) {
	rep := &reports.Report{Hosts: list(reports.Host{Name: "ZQ7-NODE", OSWhy: "on zq7-node"}), Diagnoses: []reports.Diagnosis{{Summary: "of ZQ7-NODE", Next: []string{"ask ZQ7-NODE"},
		Timeline: []reports.Moment{{What: "ZQ7-NODE/System.csv begins"}}}}, Engagement: reports.Engagement{System: "ZQ7-NODE", PreparedBy: "Kim Doe"},
		Rules: list(reports.Rule{Doc: "of ZQ7-NODE"}), Registry: list(reports.RegistryValue{Data: []string{"x", "ZQ7-NODE"}})}
	out := text(t, redacted(t, rep))
	for _, n := range []string{"zq7", "kim", "doe"} {
		if strings.Contains(strings.ToLower(out), n) {
			t.Errorf("%q is left in %s", n, out)
		}
	}
}

func FuzzMessages(f *testing.F) {
	for _, s := range []string{"User: CORP\\jdoe on web01", `\\web01\c$ 10.1.2.3 fe80::1%12`, "DC=corp,DC=contoso,DC=com", "HOST-001 USER-001@DOMAIN-001.example", "a@b.local, Computer: x-1", "%5Cweb01 \\x41web01 4865 574542303100",
		"S-1-5-21-1-2-3-4 \u00e9\xff web01\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		rep := saying(s)
		out := redacted(t, rep)
		once := text(t, out)
		if twice := text(t, redacted(t, out)); twice != once {
			t.Errorf("%q: %s", s, difference(once, twice))
		}
		if got := said(out)[0]; wholeWord(strings.ToLower(got), "web01") {
			t.Errorf("%q became %q", s, got)
		}
		// Names of the key are as they were written.
		r := redact.New(both, nil)
		r.Collect(rep)
		k := r.Key()
		var b strings.Builder
		if err := k.Write(&b); err != nil {
			t.Fatal(err)
		}
		back, err := redact.ReadKey(strings.NewReader(b.String()))
		if err != nil || !reflect.DeepEqual(back, k) {
			t.Errorf("%q: the key does not come back: %v", s, err)
		}
		if third := text(t, redact.New(both, back).Report(rep)); third == "" {
			t.Error("nothing is left")
		}
	})
}

// wholeWord reports whether an ASCII word stands in a text with nothing but
// separators around it.
func wholeWord(text, word string) bool {
	joins := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 0x80 }
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		from = i + 1
		if end := i + len(word); (i == 0 || !joins(text[i-1])) && (end == len(text) || !joins(text[end])) {
			return true
		}
	}
}

func collect[T any](s reports.Seq[T]) []T {
	var out []T
	for x := range s {
		out = append(out, x)
	}
	return out
}

// difference shows where two texts begin to differ.
func difference(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	return "…" + a[max(0, i-80):min(len(a), i+80)] + "…\n…" + b[max(0, i-80):min(len(b), i+80)] + "…"
}
