package importers

import (
	"os"
	"path/filepath"
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
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ParseDescription([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q in it", err, tt.want)
			}
		})
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
