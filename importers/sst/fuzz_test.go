package sst_test

import (
	"path/filepath"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/sst"
)

func FuzzImport(f *testing.F) {
	f.Add(certtest.Store(prop, cert(certA), cert(certB)))
	f.Add(certtest.Store(certtest.Entry(33, certtest.CRL("C")), certtest.Entry(34, certtest.TrustList(nil)), cert([]byte("junk"))))
	f.Add(append(cert(certA), end...))
	f.Add(append(certtest.Store(cert(certA)), "more"...))
	if dir, ok := certtest.FindCorpus("vectors"); ok {
		files, _ := filepath.Glob(filepath.Join(dir, "p*.sst"))
		for _, path := range files {
			f.Add(certtest.Read(f, path))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		whole := certtest.Import(t, sst.Format, "root.sst", data, certtest.Root)
		certtest.CheckAllocation(t, sst.Format, "root.sst", data)
		if n := certtest.Errors(whole); n > 1 {
			t.Errorf("%d errors: %v", n, certtest.Codes(whole))
		}
		store := len(data) >= 8 && string(data[:8]) == "\x00\x00\x00\x00CERT"
		if !store {
			return
		}
		for n := 8; n < len(data); n += 1 + len(data)/9 {
			part := certtest.Import(t, sst.Format, "root.sst", data[:n], certtest.Root)
			checkPrefix(t, n, part, whole)
		}
	})
}

// checkPrefix checks that the facts of a prefix are a prefix of the facts, and
// that the cut is told of exactly once.
func checkPrefix(t *testing.T, n int, part, whole *evidence.Case) {
	t.Helper()
	for i, o := range part.Occurrences {
		if i >= len(whole.Occurrences) || o.SHA256 != whole.Occurrences[i].SHA256 || o.Where != whole.Occurrences[i].Where ||
			len(o.Properties) != len(whole.Occurrences[i].Properties) {
			t.Fatalf("the first %d bytes give another certificate %d", n, i)
		}
	}
	ends := 0
	for _, d := range part.Diagnostics {
		if d.Severity == evidence.Error || d.Code == "sst-no-end" {
			ends++
		}
	}
	facts := func(c *evidence.Case) int { return c.Sources[0].Records.Total() }
	if facts(part) > facts(whole) || ends > 1 || facts(part) < facts(whole) && ends != 1 {
		t.Errorf("the first %d bytes give %d facts of %d and %v", n, facts(part), facts(whole), certtest.Codes(part))
	}
	if facts(part) < facts(whole) && part.Sources[0].Complete {
		t.Errorf("the first %d bytes are said to be complete", n)
	}
}

// TestEveryPrefix cuts a store at every byte.
func TestEveryPrefix(t *testing.T) {
	data := certtest.Store(prop, cert(certA), certtest.Entry(33, certtest.CRL("C")), prop, certtest.Entry(9, nil), cert(certB))
	whole := read(t, data)
	for n := range data {
		part := read(t, data[:n])
		if n < 8 {
			if got := certtest.Codes(part); len(got) != 1 || got[0] != "sst-bad-header:error" {
				t.Errorf("the first %d bytes give %v", n, got)
			}
			continue
		}
		checkPrefix(t, n, part, whole)
		if len(part.Diagnostics) == 0 {
			t.Errorf("the first %d bytes give no diagnostic", n)
		}
	}
}
