package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/samples"
)

var update = flag.Bool("update", false, "rewrite the expectations beside the samples")

// judgeSample judges a folder or file of the samples as of a fixed day.
func judgeSample(t *testing.T, name string, profile string) *result {
	t.Helper()
	o := &options{progress: noProgress, asOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), profile: profile}
	_, r, err := judge(context.Background(), []string{filepath.Join("..", "samples", filepath.FromSlash(name))}, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// noProgress shows nothing.
func noProgress(*atomic.Int64, int) *progress { return &progress{} }

// want compares text with a file of expectations, or rewrites that.
func want(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(text), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// Each file of samples/broken has one defect; the file beside it says what is
// read of it all the same, and what is said of the defect, and where.
func TestBrokenSamples(t *testing.T) {
	entries, err := fs.ReadDir(samples.FS, "broken")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if path.Ext(e.Name()) == ".want" {
			if _, err := fs.Stat(samples.FS, path.Join("broken", strings.TrimSuffix(e.Name(), ".want"))); err != nil {
				t.Errorf("%s: an expectation without a sample", e.Name())
			}
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			r := judgeSample(t, path.Join("broken", e.Name()), "")
			c := r.judgements[0].Case
			s := c.Sources[0]
			var b strings.Builder
			fmt.Fprintf(&b, "format: %s %s\nread: %s\ncomplete: %v\n", s.Format, s.Confidence, recordWords(s.Records), s.Complete)
			for _, d := range c.Diagnostics {
				fmt.Fprintf(&b, "%s %s %s", d.Severity, d.Code, d.Where)
				if d.Where.Line == 0 {
					fmt.Fprintf(&b, " length %d", d.Where.Length)
				}
				fmt.Fprintf(&b, "\n  %s\n", d.Summary)
			}
			want(t, filepath.Join("..", "samples", "broken", e.Name()+".want"), b.String())
			if len(c.Diagnostics) == 0 {
				t.Error("nothing is said of the defect")
			}
		})
	}
}

// How often each rule gives each outcome over all samples: a count that changes
// is a rule that changed.
func TestExpectedOutcomes(t *testing.T) {
	counts := map[string]map[string]int{}
	for _, name := range []string{"contoso", "fabrikam", "northwind", "broken", "vectors"} {
		for _, j := range judgeSample(t, name, "full").judgements {
			for _, f := range j.Findings {
				if counts[f.Rule.ID] == nil {
					counts[f.Rule.ID] = map[string]int{}
				}
				counts[f.Rule.ID][string(f.Outcome)]++
			}
		}
	}
	for _, r := range rules.All() {
		if counts[r.ID] == nil {
			t.Errorf("%s judges none of the samples", r.ID)
		}
		if counts[r.ID][string(rules.Erred)] > 0 {
			t.Errorf("%s breaks on the samples", r.ID)
		}
	}
	text, err := json.MarshalIndent(counts, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want(t, filepath.Join("..", "samples", "expected.json"), string(text)+"\n")
}
