package importers

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// fact is a format whose files begin with "FACT".
var fact = &Format{Name: "fact", Extensions: []string{".fact"},
	Detect: func(head []byte, _ string) Confidence {
		if bytes.HasPrefix(head, []byte("FACT")) {
			return Certain
		}
		return No
	},
	Import: func(_ context.Context, in *Input, to evidence.Sink) error {
		data, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		return to.Add(&evidence.RegistryValue{Where: in.At(0, int64(len(data)), 0, ""), Key: "K", Name: in.Name})
	},
}

func write(t *testing.T, dir string, files ...string) {
	t.Helper()
	for _, f := range files {
		full := filepath.Join(dir, filepath.FromSlash(f))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		content := "FACT " + f
		if strings.HasSuffix(f, ".txt") {
			content = "readme"
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func find(t *testing.T, host string, paths ...string) *Walk {
	t.Helper()
	w, err := Find(Selection{Paths: paths, Host: host}, []*Format{fact})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func describeHosts(w *Walk) string {
	var s []string
	for _, h := range w.Hosts {
		var names []string
		for _, f := range h.Files {
			names = append(names, f.Name)
		}
		s = append(s, h.Name+": "+strings.Join(names, " "))
	}
	return strings.Join(s, "; ")
}

func TestHostsOfFolders(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files []string
		want  string
	}{
		{"one host", []string{"a.fact", "b.fact"}, "case: a.fact b.fact"},
		{"kinds of evidence are no hosts", []string{"certs/a.fact", "Logs/b.fact"}, "case: Logs/b.fact certs/a.fact"},
		{"an estate", []string{"web01/a.fact", "web02/certs/b.fact"}, "web01: web01/a.fact; web02: web02/certs/b.fact"},
		{"a lone folder is the host", []string{"web01/a.fact", "web01/b.fact"}, "web01: web01/a.fact web01/b.fact"},
		{"a lone top folder is looked through", []string{"export/web01/a.fact", "export/web02/b.fact"}, "web01: export/web01/a.fact; web02: export/web02/b.fact"},
		{"a lone top folder over kinds", []string{"web01/certs/a.fact", "web01/logs/b.fact"}, "web01: web01/certs/a.fact web01/logs/b.fact"},
		{"loose files beside hosts", []string{"web01/a.fact", "web02/a.fact", "b.fact"}, "case: b.fact; web01: web01/a.fact; web02: web02/a.fact"},
		{"a folder without exports is no host", []string{"web01/a.fact", "docs/readme.txt"}, "web01: docs/readme.txt web01/a.fact"},
		{"only unknown files", []string{"docs/readme.txt"}, "docs: docs/readme.txt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "case")
			write(t, dir, tt.files...)
			w := find(t, "", dir)
			if got := describeHosts(w); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			loose := len(w.Hosts[0].Diagnostics) > 0
			if want := strings.HasPrefix(tt.name, "loose"); loose != want {
				t.Errorf("a diagnostic about loose files: %v, want %v", loose, want)
			}
			if got := describeHosts(find(t, "stated", dir)); strings.Contains(got, ";") || !strings.HasPrefix(got, "stated: ") {
				t.Errorf("with a stated host: %s", got)
			}
		})
	}
}

func TestHostOfFilesGivenByName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "web01")
	write(t, dir, "root.fact", "logs/system.fact")
	root, system := filepath.Join(dir, "root.fact"), filepath.Join(dir, "logs", "system.fact")
	for _, tt := range []struct {
		paths []string
		want  string
	}{
		{[]string{root}, "root: root.fact"},
		{[]string{root, system}, "web01: logs/system.fact root.fact"},
		{[]string{system, root, system}, "web01: logs/system.fact root.fact"},
		{[]string{filepath.Join(dir, "logs")}, "web01: system.fact"},
	} {
		if got := describeHosts(find(t, "", tt.paths...)); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.paths, got, tt.want)
		}
	}
	if _, err := Find(Selection{Paths: []string{filepath.Join(dir, "none")}}, nil); err == nil {
		t.Error("a path that does not exist is no error")
	}
}

func zipOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range []string{"web01/a.fact", "web02/inner.zip", "deep.zip", "bomb.fact", "../out.fact", `web03\b.fact`} {
		content, ok := files[name]
		if !ok {
			continue
		}
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(f, content)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestArchives(t *testing.T) {
	third := zipOf(t, map[string]string{"web01/a.fact": "FACT deep"})
	second := zipOf(t, map[string]string{"deep.zip": string(third), "web01/a.fact": "FACT"})
	first := zipOf(t, map[string]string{
		"web01/a.fact": "FACT", "web02/inner.zip": string(second),
		"bomb.fact": "FACT" + strings.Repeat("\x00", 64<<20), "../out.fact": "FACT", `web03\b.fact`: "FACT"})
	file := filepath.Join(t.TempDir(), "estate.zip")
	if err := os.WriteFile(file, first, 0o644); err != nil {
		t.Fatal(err)
	}
	w := find(t, "", file)
	want := "web01: web01/a.fact; web02: web02/inner/web01/a.fact; web03: web03/b.fact"
	if got := describeHosts(w); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	codes := map[string]bool{}
	for _, d := range w.Diagnostics {
		codes[d.Code] = true
		if !d.Loses() {
			t.Errorf("%s does not count as a loss", d.Code)
		}
	}
	for _, c := range []string{"archive-too-deep", "archive-ratio", "archive-bad-name"} {
		if !codes[c] {
			t.Errorf("no diagnostic %s in %v", c, w.Diagnostics)
		}
	}
	r := &Reader{Formats: []*Format{fact}, Certificates: NewCertificates()}
	c := evidence.NewCase("web03")
	if err := r.Read(context.Background(), w.Hosts[2].Files[0], c); err != nil {
		t.Fatal(err)
	}
	if !c.Sources[0].Complete || c.Sources[0].Size != 4 || c.Sources[0].Format != "fact" {
		t.Errorf("source: %+v", c.Sources[0])
	}
}

func TestSymbolicLinks(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside")
	write(t, dir, "outside/secret.fact", "case/a.fact", "case/sub/b.fact")
	for link, target := range map[string]string{"case/out.fact": outside + "/secret.fact", "case/rel.fact": "../outside/secret.fact", "case/in.fact": "a.fact", "case/dir": outside} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	w := find(t, "h", filepath.Join(dir, "case"))
	if got, want := describeHosts(w), "h: a.fact in.fact sub/b.fact"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(w.Diagnostics) != 3 {
		t.Errorf("diagnostics: %v", w.Diagnostics)
	}
}

func TestReadHashesEverything(t *testing.T) {
	// More than all blocks of the reader, read in part only by the importer.
	lazy := &Format{Name: "lazy", Detect: func([]byte, string) Confidence { return Certain },
		Import: func(_ context.Context, in *Input, _ evidence.Sink) error {
			_, err := io.CopyN(io.Discard, in, 3<<20)
			return err
		}}
	dir := t.TempDir()
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	if err := os.WriteFile(filepath.Join(dir, "big"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := Find(Selection{Paths: []string{filepath.Join(dir, "big")}}, []*Format{lazy})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c := evidence.NewCase("h")
	r := &Reader{Formats: []*Format{lazy}, Certificates: NewCertificates()}
	if err := r.Read(context.Background(), w.Hosts[0].Files[0], c); err != nil {
		t.Fatal(err)
	}
	s := c.Sources[0]
	if s.Size != int64(len(data)) {
		t.Errorf("size = %d, want %d", s.Size, len(data))
	}
	if got, want := fmt.Sprintf("%x", s.SHA256), sumOf(data); got != want {
		t.Errorf("sha256 = %s, want %s", got, want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Read(ctx, w.Hosts[0].Files[0], evidence.NewCase("h")); err != context.Canceled {
		t.Errorf("a cancelled run gives %v", err)
	}
}

func TestReadUnrecognisedAndEmpty(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a.fact", "note.txt")
	for _, n := range []string{"empty.fact", "empty.log"} {
		if err := os.WriteFile(filepath.Join(dir, n), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := &Reader{Formats: []*Format{fact}, Certificates: NewCertificates()}
	read := func(paths ...string) map[string]bool {
		w := find(t, "", paths...)
		c := evidence.NewCase("h")
		for _, f := range w.Hosts[0].Files {
			if err := r.Read(context.Background(), f, c); err != nil {
				t.Fatal(err)
			}
		}
		complete := map[string]bool{}
		for _, s := range c.Sources {
			complete[s.Name] = s.Complete
		}
		return complete
	}
	got := read(dir)
	if !got["a.fact"] || !got["note.txt"] || got["empty.fact"] || !got["empty.log"] {
		t.Errorf("in a folder: %v", got)
	}
	if got := read(filepath.Join(dir, "note.txt")); got["note.txt"] {
		t.Error("a file given by name that no format claims counts as complete")
	}
}

func sumOf(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
