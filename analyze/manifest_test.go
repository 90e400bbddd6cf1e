package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ctlaudit/ctlaudit/analyze/manifest"
)

// runAt runs the program at a time, in the folder that the test stands in.
func runAt(t *testing.T, now time.Time, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	w := world{stdout: &out, stderr: &errs, getenv: func(string) string { return "" }, now: func() time.Time { return now }}
	status = run(context.Background(), args, w)
	return status, out.String(), errs.String()
}

// Two runs differ in their manifests by time alone, and every manifest is valid.
func TestManifestsOfTwoRuns(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(manifest.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("manifest.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := copySamples(filepath.Join(dir, "samples")); err != nil {
		t.Fatal(err)
	}
	times := regexp.MustCompile(`"(started|finished)": "[^"]*"`)
	t.Chdir(dir)
	for _, args := range [][]string{
		{"samples/contoso", "samples/northwind", "samples/broken", "--as-of", "2026-11-22", "-o", "a.json", "-o", "csv=a.csv"},
		{"plan", "samples/contoso", "--as-of", "2026-11-22", "-o", "a.json"},
		{"match", "samples/contoso", "--mutual", "--peer", "samples/northwind", "--as-of", "2026-11-22", "-o", "a.json"},
		{"diff", "samples/contoso", "samples/northwind", "--as-of", "2026-11-22", "-o", "a.json"},
	} {
		var texts [2]string
		for i := range texts {
			now := time.Date(2026, 11, 23+i, 10, 0, 0, 0, time.FixedZone("", 3600))
			if status, _, stderr := runAt(t, now, append(args, "--force", "--quiet")...); status == exitUsage {
				t.Fatal(stderr)
			}
			b, err := os.ReadFile(manifest.Name)
			if err != nil {
				t.Fatal(err)
			}
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(v); err != nil {
				t.Error(err)
			}
			if want := now.UTC().Format(`"started": "2006-01-02T15:04:05Z"`); !bytes.Contains(b, []byte(want)) {
				t.Errorf("%q: no %s", args, want)
			}
			texts[i] = times.ReplaceAllString(string(b), "")
		}
		if texts[0] != texts[1] {
			t.Errorf("%q: two runs differ by more than their time:\n%s\n%s", args, texts[0], texts[1])
		}
		if status, stdout, stderr := runAt(t, time.Now(), "verify", manifest.Name); status != exitOK {
			t.Errorf("%q: verify: %d %s%s", args, status, stdout, stderr)
		}
	}
}
