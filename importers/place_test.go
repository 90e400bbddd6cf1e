package importers

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A time with what the archive formats and the file systems cut off.
var changed = time.Date(2013, 2, 14, 8, 4, 5, 678_000_000, time.FixedZone("", 2*3600))

// readOne reads the only file of a walk.
func readOne(t *testing.T, w *Walk) *evidence.Source {
	t.Helper()
	if len(w.Hosts) != 1 || len(w.Hosts[0].Files) != 1 {
		t.Fatalf("hosts %+v, want one with one file", w.Hosts)
	}
	c := evidence.NewCase("h")
	r := &Reader{Formats: []*Format{fact}, Certificates: NewCertificates()}
	if err := r.Read(context.Background(), w.Hosts[0].Files[0], c); err != nil {
		t.Fatal(err)
	}
	return c.Sources[0]
}

func TestModifiedOfFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "h/a.fact")
	if err := os.Chtimes(filepath.Join(dir, "h", "a.fact"), changed, changed); err != nil {
		t.Fatal(err)
	}
	want := time.Date(2013, 2, 14, 6, 4, 5, 0, time.UTC)
	for _, p := range []string{dir, filepath.Join(dir, "h", "a.fact")} {
		if got := readOne(t, find(t, "", p)).Modified; got != want {
			t.Errorf("%s: modified %v, want %v", p, got, want)
		}
	}
	// A file system without times, and one with a time beyond RFC 3339.
	for _, mod := range []time.Time{{}, time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		fsys := fstest.MapFS{"a.fact": {Data: []byte("FACT"), ModTime: mod}}
		c := evidence.NewCase("h")
		r := &Reader{Formats: []*Format{fact}, Certificates: NewCertificates()}
		if err := r.Read(context.Background(), File{FS: fsys, Path: "a.fact", Name: "a.fact"}, c); err != nil {
			t.Fatal(err)
		}
		if got := c.Sources[0].Modified; !got.IsZero() {
			t.Errorf("modified %v, want none", got)
		}
	}
}

func TestModifiedOfArchivedFiles(t *testing.T) {
	utc := time.Date(2013, 2, 14, 6, 4, 5, 0, time.UTC)
	ntfs := []byte{0x0a, 0, 32, 0, 0, 0, 0, 0, 1, 0, 24, 0}
	ticks := uint64(utc.Unix()+11_644_473_600) * 10_000_000
	for range 3 {
		for i := range 8 {
			ntfs = append(ntfs, byte(ticks>>(8*i)))
		}
	}
	local := func(extra []byte) zip.FileHeader {
		//lint:ignore SA1019 the fields are what is tested: the clock without its zone
		return zip.FileHeader{ModifiedDate: 0x424e, ModifiedTime: 0x4082, Extra: extra}
	}
	for _, tt := range []struct {
		name   string
		header zip.FileHeader
		want   time.Time
	}{
		{"extended timestamp", zip.FileHeader{Modified: changed}, utc},
		{"local clock alone", local(nil), time.Time{}},
		{"NTFS", local(ntfs), utc},
		{"Info-ZIP's old field", zip.FileHeader{Extra: []byte{0x55, 0x58, 8, 0, 1, 0, 0, 0, 0x55, 0x7e, 0x1c, 0x51}}, utc},
		{"a field that breaks off", zip.FileHeader{Extra: []byte{0x55, 0x54, 5, 0, 1, 0x55}}, time.Time{}},
		{"a field without the time of change", zip.FileHeader{Extra: []byte{0x55, 0x54, 5, 0, 2, 0x55, 0x7e, 0x1c, 0x51}}, time.Time{}},
		{"no year that can be written", zip.FileHeader{Extra: append(append([]byte{}, ntfs[:12]...), bytes.Repeat([]byte{0xff}, 24)...)}, time.Time{}},
	} {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		tt.header.Name = "a.fact"
		f, err := z.CreateHeader(&tt.header)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte("FACT"))
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "x.zip")
		if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := readOne(t, find(t, "", file)).Modified; got != tt.want {
			t.Errorf("%s: modified %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Where the bytes lie is known of files, of files in archives, and of archives
// in archives, whose digest is that of their own bytes.
func TestPlaces(t *testing.T) {
	zipped := func(name string, data []byte) []byte {
		var buf bytes.Buffer
		z := zip.NewWriter(&buf)
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		f.Write(data)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	inner := zipped(`sub\a.fact`, []byte("FACT"))
	outer := zipped("in.zip", inner)
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, dir, "h/b.fact")
	for _, f := range []string{"outer.zip", "h/in.zip"} {
		if err := os.WriteFile(filepath.FromSlash(f), map[string][]byte{"outer.zip": outer, "h/in.zip": inner}[f], 0o644); err != nil {
			t.Fatal(err)
		}
	}

	f := find(t, "", "outer.zip").Hosts[0].Files[0].Place
	if f.Disk != "" || f.Entry != "sub/a.fact" || f.Archive.Place.Entry != "in.zip" || f.Archive.Place.Archive.Place.Disk != "outer.zip" {
		t.Errorf("place in an archive in an archive: %+v", f)
	}
	for a, want := range map[*Archive][]byte{f.Archive: inner, f.Archive.Place.Archive: outer} {
		if got, err := a.Digest(context.Background()); err != nil || got != sha256.Sum256(want) || a.Size != int64(len(want)) {
			t.Errorf("%s: digest %x of %d bytes, %v", a.Name, got, a.Size, err)
		}
	}
	w := find(t, "one", "h")
	if len(w.Archives) != 1 || w.Archives[0].Place.Disk != filepath.Join("h", "in.zip") || w.Archives[0].Modified.IsZero() {
		t.Errorf("archive in a folder: %+v", w.Archives)
	}
	var disks []string
	for _, f := range w.Hosts[0].Files {
		disks = append(disks, f.Place.Disk)
	}
	if len(disks) != 2 || disks[0] != filepath.Join("h", "b.fact") || disks[1] != "" {
		t.Errorf("places in a folder: %q", disks)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.Archives[0].Digest(ctx); err != context.Canceled {
		t.Errorf("a cancelled digest: %v", err)
	}
}
