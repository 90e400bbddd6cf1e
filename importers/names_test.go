package importers

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// Each file has a name of its own, whatever it is called where it lies.
func TestNamesAreDistinct(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "one/certs/root.fact", "two/certs/root.fact", "estate/SRV/root.fact")
	packed := zipOf(t, map[string]string{"web01/a.fact": "FACT"})
	write(t, dir, "estate/SRV/web01/a.fact")
	if err := os.WriteFile(filepath.Join(dir, "estate", "SRV.zip"), packed, 0o644); err != nil {
		t.Fatal(err)
	}
	w := find(t, "X", filepath.Join(dir, "one", "certs"), filepath.Join(dir, "two", "certs"))
	if got, want := describeHosts(w), "X: certs/root.fact certs/root.fact (2)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(w.Diagnostics) != 1 || w.Diagnostics[0].Code != "source-same-name" || w.Diagnostics[0].Loses() {
		t.Errorf("the diagnostics are %v", w.Diagnostics)
	}
	seen := map[string]bool{}
	w = find(t, "", filepath.Join(dir, "estate"))
	for _, h := range w.Hosts {
		for _, f := range h.Files {
			if seen[f.Name] {
				t.Errorf("two files are called %q", f.Name)
			}
			seen[f.Name] = true
		}
	}
	if !seen["SRV.zip/web01/a.fact"] || !seen["SRV/web01/a.fact"] {
		t.Errorf("the names are %v", seen)
	}
}

// A name in an old code page is read, and said to be.
func TestArchiveNamesInACodePage(t *testing.T) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	f, err := z.CreateHeader(&zip.FileHeader{Name: "SRV01/B\x81ro.fact", NonUTF8: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("FACT")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "b.zip")
	if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	w := find(t, "", file)
	if got, want := describeHosts(w), "SRV01: SRV01/Büro.fact"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(w.Diagnostics) != 1 || w.Diagnostics[0].Code != "archive-name-encoding" {
		t.Errorf("the diagnostics are %v", w.Diagnostics)
	}
}

// Folders that are called by a location of stores are no hosts.
func TestLocationsAreNoHosts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "srv01")
	write(t, dir, "LocalMachine/root.fact", "CurrentUser/root.fact")
	if got, want := describeHosts(find(t, "", dir)), "srv01: CurrentUser/root.fact LocalMachine/root.fact"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A file of which nothing could be read still says which store it was to show.
func TestAnEmptyFileKeepsItsStore(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "authroot.fact"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	w := find(t, "", dir)
	c := evidence.NewCase("h")
	r := &Reader{Formats: []*Format{fact}, Certificates: NewCertificates()}
	if err := r.Read(context.Background(), w.Hosts[0].Files[0], c); err != nil {
		t.Fatal(err)
	}
	if s := c.Sources[0]; s.Complete || s.Store.Physical != evidence.PhysicalAuthRoot {
		t.Errorf("the source is %+v", s)
	}
}
