package manifest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ctlaudit/ctlaudit/analyze/manifest"
	"github.com/ctlaudit/ctlaudit/reports"
)

var run = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func digest(s string) manifest.Digest {
	return manifest.NewDigest(int64(len(s)), sha256.Sum256([]byte(s)))
}

// full is a manifest that uses every field.
func full() *manifest.Manifest {
	size := int64(7)
	return &manifest.Manifest{
		Schema: manifest.SchemaName, Tool: manifest.Tool{Name: "ctlaudit", Version: "v1", Go: "go1.26"},
		Command: manifest.Command{Name: "analyse", Arguments: []string{"in", "-o", "a.json"}},
		Started: run, Finished: run, AsOf: run, Status: 3, Counts: manifest.Counts{Hosts: 1, Inputs: 4},
		Archives: []manifest.Archive{
			{ID: "in/c.zip", Name: "c.zip", Place: manifest.Place{Path: "in/c.zip", FromManifest: "in/c.zip"}, Digest: digest("zip"), Modified: &run},
			{ID: "in/c.zip/d.zip", Name: "d.zip", Place: manifest.Place{Archive: "in/c.zip", Entry: "d.zip"}, Digest: digest("inner")},
		},
		Inputs: []manifest.Input{
			{Role: "evidence", Name: "root.sst", Host: "h", Place: manifest.Place{Path: "in/root.sst", FromManifest: "in/root.sst"}, Digest: digest("root"), Modified: &run, Format: "sst", Complete: true},
			{Role: "evidence", Name: "c/x", Host: "h", Place: manifest.Place{Archive: "in/c.zip/d.zip", Entry: "x"}, Digest: digest("x")},
			{Role: "peer", Name: "no", Place: manifest.Place{Path: "in/no"}, Digest: manifest.Digest{Size: &size}},
			{Role: "evidence", Name: "a.json", Place: manifest.Place{Path: "a.json"}, Digest: digest("old"), Complete: true, Overwritten: true},
		},
		Criteria: []manifest.Criterion{
			{Kind: "table", Name: "t.tsv", Embedded: true, Digest: digest("t")},
			{Kind: "policy", Name: "p.yaml", Place: manifest.Place{Path: "p.yaml", FromManifest: "p.yaml"}, Digest: manifest.Digest{SHA256: digest("p").SHA256}},
		},
		Outputs: []manifest.Output{{Format: "json", File: "a.json", Digest: digest("new")}},
	}
}

func text(t testing.TB, m *manifest.Manifest) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(manifest.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("urn:ctlaudit:manifest:v1", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("urn:ctlaudit:manifest:v1")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text(t, full())))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Error(err)
	}
	v.(map[string]any)["more"] = 1
	if schema.Validate(v) == nil {
		t.Error("a key that is not in the schema passes")
	}
	delete(v.(map[string]any), "more")
	delete(v.(map[string]any), "inputs")
	if schema.Validate(v) == nil {
		t.Error("a missing key passes")
	}
}

func TestReadsWhatItWrites(t *testing.T) {
	m := full()
	hostile := "a\x1b[2J\u202eb\n<&>\"\U000e0001"
	m.Inputs[0].Name = hostile
	b := text(t, m)
	for _, r := range string(b) {
		if r != '\n' && reports.Unsafe(r) {
			t.Fatalf("the manifest holds %U", r)
		}
	}
	got, err := manifest.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, m) {
		t.Errorf("read %+v\nwant %+v", got, m)
	}
	if n := bytes.Count(b, []byte("\n")); n != 9+2*4+2+4+2+1+1 {
		t.Errorf("%d lines: an element has one", n)
	}
}

// endless is JSON that goes on for ever.
type endless struct{ head string }

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	e.head = e.head[n:]
	for i := n; i < len(p); i++ {
		p[i] = ' '
	}
	return len(p), nil
}

func TestRefuses(t *testing.T) {
	good := string(text(t, full()))
	for name, tt := range map[string]struct{ from, to, want string }{
		"another schema":     {"manifest/v1", "report/v1", "its schema is"},
		"unknown key":        {`"status"`, `"state"`, "unknown field"},
		"something after":    {"]\n}\n", "]\n}\n{}", "stands after"},
		"digest in capitals": {digest("root").SHA256, strings.ToUpper(digest("root").SHA256), "64 digits"},
		"short digest":       {digest("new").SHA256, "00", "64 digits"},
		"negative size":      {`"size":4`, `"size":-4`, "negative"},
		"size of a fraction": {`"size":4`, `"size":4.5`, "cannot unmarshal"},
		"unknown archive":    {`"archive":"in/c.zip/d.zip"`, `"archive":"other.zip"`, "not listed"},
		"archive in itself":  {`"archive":"in/c.zip","entry":"d.zip"`, `"archive":"in/c.zip/d.zip","entry":"d.zip"`, "not listed"},
		"archive twice":      {`"id":"in/c.zip/d.zip"`, `"id":"in/c.zip"`, "another one"},
		"path and archive":   {`"archive":"in/c.zip/d.zip"`, `"path":"x","archive":"in/c.zip/d.zip"`, "no path"},
		"no path":            {`"path":"in/no",`, ``, "has a path"},
		"NUL":                {`"path":"in/no"`, `"path":"in/\u0000"`, "NUL"},
		"absolute":           {`"fromManifest":"in/root.sst"`, `"fromManifest":"/etc/passwd"`, "not relative"},
		"no size of output":  {`"file":"a.json"`, `"file":""`, "has a path"},
		"no time":            {`"started": "2026-11-22T10:00:00Z"`, `"started": "yesterday"`, "parsing time"},
	} {
		bad := strings.Replace(good, tt.from, tt.to, 1)
		if bad == good {
			t.Errorf("%s: nothing was replaced", name)
		}
		if _, err := manifest.Read(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	nulls := func(n int) string {
		return strings.Replace(good, `"outputs": [`, `"outputs": [`+strings.Repeat("null,", n), 1)
	}
	if _, err := manifest.Read(strings.NewReader(nulls(manifest.MaxElements))); err == nil || !strings.Contains(err.Error(), "elements") {
		t.Errorf("a list without end: %v", err)
	}
	for bad, want := range map[string]string{"": "empty", good[:len(good)/2]: "breaks off", "{}": "its schema", "PK\x03\x04": "invalid character", "[]": "cannot unmarshal", `{"schema":"ctlaudit/manifest/v1"}`: "no input"} {
		if _, err := manifest.Read(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", bad, err, want)
		}
	}
	if _, err := manifest.Read(&endless{good}); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("an endless file: %v", err)
	}
}

// states are the states of all files, by what and name.
func states(t *testing.T, m *manifest.Manifest, s manifest.Search) map[string]manifest.Check {
	t.Helper()
	list, err := m.Verify(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]manifest.Check{}
	for _, c := range list {
		got[c.What+" "+c.Name] = c
	}
	return got
}

func put(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestVerify(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(t.TempDir()) // nothing lies where the run saw it
	for name, content := range map[string]string{"in/c.zip": "zip", "in/root.sst": "root", "p.yaml": "p", "a.json": "new"} {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), content)
	}
	m := full()
	got := states(t, m, manifest.Search{Folder: dir})
	for name, want := range map[string]manifest.State{"archive c.zip": manifest.Same, "archive d.zip": manifest.Same, "input root.sst": manifest.Same, "input c/x": manifest.Same,
		"input no": manifest.Unread, "input a.json": manifest.Overwritten, "criteria p.yaml": manifest.Same, "output a.json": manifest.Same} {
		if got[name].State != want {
			t.Errorf("%s: %+v, want %s", name, got[name], want)
		}
	}
	if len(got) != 8 {
		t.Errorf("%d files, want 8: an embedded table is none", len(got))
	}

	put(t, filepath.Join(dir, "in", "root.sst"), "rOot")
	put(t, filepath.Join(dir, "a.json"), "news")
	if err := os.Remove(filepath.Join(dir, "in", "c.zip")); err != nil {
		t.Fatal(err)
	}
	got = states(t, m, manifest.Search{Folder: dir})
	for name, want := range map[string]manifest.State{"archive c.zip": manifest.Missing, "archive d.zip": manifest.Missing, "input c/x": manifest.Missing, "input root.sst": manifest.Changed, "output a.json": manifest.Changed} {
		if got[name].State != want {
			t.Errorf("%s: %+v, want %s", name, got[name], want)
		}
	}

	// An archive that is none any more, and a folder in place of a file.
	put(t, filepath.Join(dir, "in", "c.zip"), "no zip")
	if err := os.Remove(filepath.Join(dir, "p.yaml")); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "p.yaml", "x"), "")
	got = states(t, m, manifest.Search{Folder: dir})
	for name, want := range map[string]manifest.State{"archive c.zip": manifest.Changed, "archive d.zip": manifest.Unreadable, "input c/x": manifest.Unreadable, "criteria p.yaml": manifest.Missing} {
		if got[name].State != want {
			t.Errorf("%s: %+v, want %s", name, got[name], want)
		}
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Verify(ctx, manifest.Search{Folder: dir}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run: %v", err)
	}
}

// With --inputs, evidence that stayed where it was does not stand for the copy.
func TestVerifyMovedInputs(t *testing.T) {
	dir, moved := t.TempDir(), t.TempDir()
	t.Chdir(t.TempDir())
	m := full()
	put(t, filepath.Join(dir, "in", "root.sst"), "root")
	put(t, filepath.Join(dir, "p.yaml"), "p")
	search := manifest.Search{Folder: dir, Inputs: moved}
	if got := states(t, m, search); got["input root.sst"].State != manifest.Missing || got["criteria p.yaml"].State != manifest.Same {
		t.Errorf("nothing is in the folder: %+v", got)
	}
	for _, at := range []string{"root.sst", "in/root.sst"} {
		file := filepath.Join(moved, filepath.FromSlash(at))
		put(t, file, "root")
		if got := states(t, m, search)["input root.sst"]; got.State != manifest.Same || got.File != file {
			t.Errorf("%s: %+v", at, got)
		}
	}
	// A name that leads out of the folder does not.
	m.Inputs[0].Path = "../../" + filepath.ToSlash(dir) + "/../x/root.sst"
	put(t, filepath.Join(moved, "x", "root.sst"), "root")
	if got := states(t, m, search)["input root.sst"]; !strings.HasPrefix(got.File, moved) {
		t.Errorf("found at %q", got.File)
	}
}

// A name that is no UTF-8, as old archives leave them, is found all the same.
func TestVerifyNamesOfOtherEncodings(t *testing.T) {
	dir, moved := t.TempDir(), t.TempDir()
	t.Chdir(t.TempDir())
	name := "\xaa\xae\xe0\xa5\xad\xec.sst"
	if err := os.WriteFile(filepath.Join(dir, name), []byte("root"), 0o644); err != nil {
		t.Skip("the file system takes no such name: ", err)
	}
	m := full()
	m.Inputs[0].Name = name
	m.Inputs[0].Place = manifest.Place{Path: name, FromManifest: name, PathBytes: []byte(name)}
	m, err := manifest.Read(bytes.NewReader(text(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	name = m.Inputs[0].Name
	if got := states(t, m, manifest.Search{Folder: dir})["input "+name]; got.State != manifest.Same {
		t.Errorf("%+v", got)
	}
	put(t, filepath.Join(moved, "\xaa\xae\xe0\xa5\xad\xec.sst"), "root")
	if got := states(t, m, manifest.Search{Folder: dir, Inputs: moved})["input "+name]; got.State != manifest.Same {
		t.Errorf("moved: %+v", got)
	}
}

// What is no regular file is not opened: a pipe would never end.
func TestVerifyOpensRegularFilesOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no pipes and devices of this kind on Windows")
	}
	dir := t.TempDir()
	pipe(t, filepath.Join(dir, "in", "root.sst"))
	m := full()
	m.Criteria[1].Place = manifest.Place{Path: "/dev/zero"}
	m.Criteria[1].Size = nil
	m.Outputs[0].File = "/dev/zero"
	got := states(t, m, manifest.Search{Folder: dir})
	for _, name := range []string{"input root.sst", "criteria p.yaml", "output /dev/zero"} {
		if c := got[name]; c.State != manifest.Unreadable || c.Detail != "it is not a regular file" {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(text(f, full()))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := manifest.Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		again, err := manifest.Read(bytes.NewReader(text(t, m)))
		if err != nil {
			t.Fatalf("what was read is not read again: %v", err)
		}
		if len(again.Inputs) != len(m.Inputs) || len(again.Archives) != len(m.Archives) {
			t.Fatal("something was lost")
		}
	})
}
