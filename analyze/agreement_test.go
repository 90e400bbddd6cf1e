package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/rules"
)

// listOf judges files given by name as one host and returns its default list.
func judgeFiles(t *testing.T, files ...string) *rules.Judgement {
	t.Helper()
	o := &options{progress: noProgress, asOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), host: "host"}
	o.stated.OS = "2008r2"
	var paths []string
	for _, f := range files {
		matches, err := filepath.Glob(filepath.Join("..", "samples", "vectors", filepath.FromSlash(f)))
		if err != nil || len(matches) == 0 {
			t.Fatalf("%s: %v, %d files", f, err, len(matches))
		}
		paths = append(paths, matches...)
	}
	_, r, err := judge(context.Background(), paths, o)
	if err != nil {
		t.Fatal(err)
	}
	return r.judgements[0]
}

// The same store in every format gives the same certificates and sizes.
func TestTheSameStoreInEveryFormatAgrees(t *testing.T) {
	describe := func(j *rules.Judgement) string {
		var thumbs []string
		der, wire := 0, 0
		seen := map[string]bool{}
		for _, o := range j.Case.Occurrences {
			if seen[o.Thumbprint()] {
				continue
			}
			seen[o.Thumbprint()] = true
			thumbs = append(thumbs, o.Thumbprint())
			der += len(o.SubjectDER)
			wire += 2 + len(o.SubjectDER)
		}
		slices.Sort(thumbs)
		return fmt.Sprintf("%d certificates, %d bytes of DER, %d on the wire: %s", len(thumbs), der, wire, strings.Join(thumbs, " "))
	}
	first := describe(judgeFiles(t, "same.sst"))
	for _, files := range []string{"same.p7b", "same.pem.p7b", "same.reg", "same/*.cer"} {
		if got := describe(judgeFiles(t, files)); got != first {
			t.Errorf("%s:\n%s\nsame.sst:\n%s", files, got, first)
		}
	}
}
