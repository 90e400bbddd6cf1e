package importers

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestParseDescription(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"an unknown key", "customer: x\nhost: y\n", "2:1:"},
		{"an unknown zone", "timeZone: Europe/Atlantis\n", "Europe/Atlantis"},
		{"an unknown date order", "dateOrder: year-first\n", "year-first"},
		{"a host without a name", "hosts: [{os: 2008r2}]\n", "no name"},
		{"a host twice", "hosts: [{name: A}, {name: a}]\n", "twice"},
		{"a bad pattern", "hosts: [{name: A, files: ['[']}]\n", "no pattern"},
		{"a store without a file", "hosts: [{name: A, stores: [{store: Root}]}]\n", "both needed"},
		{"an unknown physical store", "hosts: [{name: A, stores: [{file: f, store: Root, physical: Third}]}]\n", `"Third"`},
		{"a day that is none", "collectedOn: 2026-02-30\n", `collectedOn: "2026-02-30"`},
		{"a day in words", "receivedOn: last week\n", `receivedOn: "last week"`},
		{"rules without a name", "rules: ['']\n", "no name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ParseDescription([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q in it", err, tt.want)
			}
		})
	}
}

// TestDescriptionOfEngagement reads each key that a report shows, and finds it
// again in the text that the description gives.
func TestDescriptionOfEngagement(t *testing.T) {
	text := `customer: Contoso
engagement: E-1
system: Lync front ends
period: 2026-10
classification: Confidential
preparedBy: A. Auditor
reviewedBy: R. Reviewer
collectedBy: Operations
collectedOn: 2026-10-20
collectedWith: certmgr.msc, reg export
receivedBy: A. Auditor
receivedOn: "2026-10-21"
profile: strict
policy: policy.yaml
waivers: waivers.yaml
rules:
  - one.yaml
  - two.yaml
`
	d, err := ParseDescription([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := Description{Customer: "Contoso", Engagement: "E-1", System: "Lync front ends", Period: "2026-10", Classification: "Confidential",
		PreparedBy: "A. Auditor", ReviewedBy: "R. Reviewer", CollectedBy: "Operations", CollectedOn: "2026-10-20", CollectedWith: "certmgr.msc, reg export",
		ReceivedBy: "A. Auditor", ReceivedOn: "2026-10-21", Profile: "strict", Policy: "policy.yaml", Waivers: "waivers.yaml", Rules: []string{"one.yaml", "two.yaml"}, SHA256: d.SHA256}
	if !reflect.DeepEqual(*d, want) {
		t.Errorf("read %+v", *d)
	}
	again, err := d.Text()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseDescription(again)
	if err != nil {
		t.Fatalf("%v in\n%s", err, again)
	}
	back.SHA256 = d.SHA256
	if !reflect.DeepEqual(back, d) {
		t.Errorf("written and read again: %+v", back)
	}
	// The schema names the keys of the type, no more and no less.
	var schema struct {
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(DescriptionSchema(), &schema); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for f := range reflect.TypeFor[Description]().Fields() {
		if key, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); key != "-" {
			keys[key] = true
			if schema.Properties[key] == nil {
				t.Errorf("the schema does not know %q", key)
			}
		}
	}
	for key := range schema.Properties {
		if !keys[key] {
			t.Errorf("the schema knows %q and the type does not", key)
		}
	}
}

func TestDescriptionWinsOverNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "case")
	write(t, dir, "one/a.fact", "one/b.fact", "logs/x-1.fact", "root.fact")
	text := `customer: Contoso
hosts:
  - name: ALPHA
    files: [one/a.fact, "logs/x-*.fact"]
    stores:
      - {file: one/a.fact, store: 'LocalMachine\CA'}
      - {file: logs/x-1.fact, store: authroot}
  - name: ONE
    os: 2008r2
`
	if err := os.WriteFile(filepath.Join(dir, DescriptionName), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	w := find(t, "", dir)
	if got, want := describeHosts(w), "ALPHA: logs/x-1.fact one/a.fact; case: root.fact; ONE: one/b.fact"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if s := w.Hosts[0].Files[1].Store; s.String() != `LocalMachine\CA` || s.Basis != evidence.StoreStated {
		t.Errorf("store of one/a.fact: %+v", s)
	}
	if s := w.Hosts[0].Files[0].Store; s.String() != `LocalMachine\Root` || s.Physical != evidence.PhysicalAuthRoot {
		t.Errorf("store of logs/x-1.fact: %+v", s)
	}
	if w.Description.Customer != "Contoso" || w.Description.Host("one").OS != "2008r2" {
		t.Errorf("description: %+v", w.Description)
	}
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("hosts: [{name: A}]\nx: 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(Selection{Paths: []string{dir}, Description: bad}, []*Format{fact}); err == nil || !strings.Contains(err.Error(), "bad.yaml:2:1:") {
		t.Errorf("a wrong description gives %v", err)
	}
}
