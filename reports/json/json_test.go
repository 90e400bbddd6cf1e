package json_test

import (
	"bytes"
	"crypto/sha256"
	stdjson "encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
	"github.com/ctlaudit/ctlaudit/reports/json"
)

func inputs(t testing.TB) map[string]func() reports.Input {
	t.Helper()
	c, err := example.Criteria()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]func() reports.Input{
		"estate":  func() reports.Input { return example.Estate(c) },
		"hostile": func() reports.Input { return example.Hostile(c) },
		"empty":   func() reports.Input { return example.Empty(c) },
		"waived": func() reports.Input {
			in, err := example.Waived(c)
			if err != nil {
				t.Fatal(err)
			}
			return in
		},
		"many": func() reports.Input { return example.Many(c, 20, 9) },
	}
}

func write(t testing.TB, d *reports.Document) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := json.Format.Write(&buf, d); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(json.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("urn:ctlaudit:report:v1", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("urn:ctlaudit:report:v1")
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range inputs(t) {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(write(t, reports.New(in()))))
		if err != nil {
			t.Fatal(name, err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// The schema must refuse what is not in the contract.
		v.(map[string]any)["more"] = 1
		if schema.Validate(v) == nil {
			t.Errorf("%s: a key that is not in the contract passes", name)
		}
		delete(v.(map[string]any), "more")
		delete(v.(map[string]any), "findings")
		if schema.Validate(v) == nil {
			t.Errorf("%s: a missing key passes", name)
		}
	}
}

// TestSameAsMarshal checks that streaming and layout leave the data as it is.
func TestSameAsMarshal(t *testing.T) {
	for name, in := range inputs(t) {
		d := reports.New(in())
		plain, err := stdjson.Marshal(d.Report)
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if err := stdjson.Unmarshal(plain, &want); err != nil {
			t.Fatal(err)
		}
		if err := stdjson.Unmarshal(write(t, d), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the report is not the data that it was made from", name)
		}
	}
}

// TestHostile checks that no character steers, and that all are still there.
func TestHostile(t *testing.T) {
	b := write(t, reports.New(inputs(t)["hostile"]()))
	if !utf8.Valid(b) {
		t.Error("the report is not UTF-8")
	}
	for _, r := range string(b) {
		if r != '\n' && reports.Unsafe(r) {
			t.Fatalf("the report holds %U", r)
		}
	}
	if !bytes.Contains(b, []byte(`<script>alert(1)</script>&amp;`)) {
		t.Error("<, > and & are not left readable")
	}
	var r struct {
		Certificates []struct{ Subject string }
	}
	if err := stdjson.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	for i, want := range example.HostileText() {
		want = strings.ReplaceAll(want, "\xff\xfe", `\xff\xfe`) // no UTF-8, which JSON cannot hold
		if got := r.Certificates[i].Subject; got != want {
			t.Errorf("subject %d is %.80q, want %.80q", i, got, want)
		}
	}
}

// TestOneLineAnElement checks the layout that comparing by line rests on.
func TestOneLineAnElement(t *testing.T) {
	d := reports.New(inputs(t)["estate"]())
	lines := strings.Split(string(write(t, d)), "\n")
	n, thumbs := 0, 0
	for _, l := range lines {
		if strings.HasPrefix(l, `    {"host":"web01","store":"LocalMachine\\Root","physical":`) {
			n++
		}
		if strings.HasPrefix(l, `        {"thumbprint":"`) {
			thumbs++
		}
	}
	certificates, entries := 0, 0
	for c := range d.Report.Certificates {
		if c.Host == "web01" {
			certificates++
		}
	}
	for l := range d.Report.IssuerLists {
		entries += len(l.Entries)
	}
	if n != certificates || thumbs != entries {
		t.Errorf("%d lines of certificates and %d of entries, want %d and %d", n, thumbs, certificates, entries)
	}
	if lines[0] != "{" || lines[1] != `  "schema": "ctlaudit/report/v1",` || lines[len(lines)-1] != "" {
		t.Errorf("the report begins %q and ends %q", lines[:2], lines[len(lines)-1])
	}
}

func TestSameBytes(t *testing.T) {
	in := inputs(t)["estate"]
	first := sha256.Sum256(write(t, reports.New(in())))
	for i := range 19 {
		if got := sha256.Sum256(write(t, reports.New(in()))); got != first {
			t.Fatalf("build %d has other bytes", i+2)
		}
	}
}

type fullDisk struct{ room int }

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("disk full")

func TestWriterFails(t *testing.T) {
	d := reports.New(inputs(t)["estate"]())
	for _, room := range []int{0, 100_000} {
		if err := json.Format.Write(&fullDisk{room}, d); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: error %v", room, err)
		}
	}
}

func BenchmarkCertificates(b *testing.B) {
	c, err := example.Criteria()
	if err != nil {
		b.Fatal(err)
	}
	d := reports.New(example.Many(c, 100, 1000))
	for b.Loop() {
		var n counter
		if err := json.Format.Write(&n, d); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(n))
	}
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
