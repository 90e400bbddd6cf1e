// Package certtest is what the tests of the certificate formats share: it makes
// small certificates and containers, imports bytes with a format, checks what
// holds for every import, and finds the corpus of real files.
//
// It is imported by tests only.
package certtest

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// Root is the store that tests give as a hint.
var Root = evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot, Basis: evidence.StoreName}

// Import imports bytes with a format into a new case, checks the invariants and
// returns the case, closed. store may be zero.
func Import(t testing.TB, f *importers.Format, name string, data []byte, store evidence.Store) *evidence.Case {
	t.Helper()
	c := ImportReader(t, f, name, bytes.NewReader(data), int64(len(data)), store)
	Check(t, data, c)
	return c
}

// ImportReader is Import without the checks, for a stream.
func ImportReader(t testing.TB, f *importers.Format, name string, r io.Reader, size int64, store evidence.Store) *evidence.Case {
	t.Helper()
	in := importers.NewInput(name, size, r, nil)
	in.Store = store
	c := evidence.NewCase("host")
	c.Begin(in.Source)
	if err := f.Import(context.Background(), in, c); err != nil {
		t.Fatalf("importing %s: %v", name, err)
	}
	c.End()
	return c
}

// Check checks what holds for every import of data: every place lies in the
// file, the bytes at a certificate's place in a binary file are the
// certificate, an unreadable certificate is told of, and a loss makes the
// source incomplete.
func Check(t testing.TB, data []byte, c *evidence.Case) {
	t.Helper()
	inside := func(l evidence.Location) bool {
		return l.Offset >= 0 && l.Length >= 0 && l.Offset+l.Length <= int64(len(data))
	}
	lost, bad := false, 0
	for _, d := range c.Diagnostics {
		if !inside(d.Where) {
			t.Errorf("%s: the place %+v is not in the file of %d bytes", d.Code, d.Where, len(data))
		}
		if d.Summary == "" || d.Code == "" || strings.HasSuffix(d.Summary, ".") {
			t.Errorf("diagnostic %+v has no code or no clause", d)
		}
		lost = lost || d.Loses()
		if strings.HasSuffix(d.Code, "-bad-certificate") {
			bad++
		}
	}
	if complete := c.Sources[0].Complete; complete == lost {
		t.Errorf("complete is %v where a loss is %v: %v", complete, lost, Codes(c))
	}
	failed := 0
	for _, o := range c.Occurrences {
		if !inside(o.Where) {
			t.Errorf("certificate at %+v is not in the file of %d bytes", o.Where, len(data))
			continue
		}
		if o.Where.Path == "" {
			t.Errorf("certificate at %v has no path", o.Where)
		}
		at := data[o.Where.Offset : o.Where.Offset+o.Where.Length]
		if o.Where.Line == 0 && !bytes.Equal(at, o.Raw) {
			t.Errorf("the %d bytes at %v are not the certificate of %d bytes", len(at), o.Where, len(o.Raw))
		}
		if o.Parse == evidence.ParseFailed {
			failed++
		} else if len(o.SubjectDER) == 0 {
			t.Errorf("certificate at %v was read and has no subject", o.Where)
		}
	}
	if min(failed, evidence.MaxDiagnostics) > bad {
		t.Errorf("%d unreadable certificates and %d diagnostics of them", failed, bad)
	}
	for _, r := range c.RevocationLists {
		if !inside(r.Where) {
			t.Errorf("CRL at %+v is not in the file", r.Where)
		}
	}
	for _, l := range c.TrustLists {
		if !inside(l.Where) {
			t.Errorf("CTL at %+v is not in the file", l.Where)
		}
	}
}

// Codes are the codes and severities of a case's diagnostics, in order, as
// "sst-truncated:error".
func Codes(c *evidence.Case) []string {
	list := []string{}
	for _, d := range c.Diagnostics {
		list = append(list, d.Code+":"+string(d.Severity))
	}
	return list
}

// CheckAllocation imports bytes and checks that what is allocated is bounded by
// a multiple of their number, whatever sizes they claim.
func CheckAllocation(t testing.TB, f *importers.Format, name string, data []byte) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ImportReader(t, f, name, bytes.NewReader(data), int64(len(data)), Root)
	runtime.ReadMemStats(&after)
	if n, limit := after.TotalAlloc-before.TotalAlloc, uint64(2<<20+1024*len(data)); n > limit {
		t.Errorf("%d bytes were allocated for a file of %d", n, len(data))
	}
}

// CheckVector compares a case with the line of the corpus's manifest about the
// file, and with the thumbprints listed beside it.
func CheckVector(t testing.TB, c *evidence.Case, row map[string]string, path string) {
	t.Helper()
	got := SumsOf(c)
	want := Sums{Int(t, row["issuerlist_bytes"]), Int(t, row["issuerlist_bytes_unique_certs"]), Int(t, row["issuerlist_bytes_unique_subjects"])}
	if len(c.Occurrences) != Int(t, row["certs"]) || len(c.RevocationLists) != Int(t, row["crls"]) || got != want {
		t.Errorf("%d certificates, %d CRLs, %+v; want %s, %s, %+v; %v", len(c.Occurrences), len(c.RevocationLists), got, row["certs"], row["crls"], want, Codes(c))
	}
	if broken := row["reader_note"] != "-"; broken != (Errors(c) == 1) {
		t.Errorf("the manifest says %q; diagnostics are %v", row["reader_note"], Codes(c))
	}
	var thumbprints []string
	for _, o := range c.Occurrences {
		thumbprints = append(thumbprints, o.Thumbprint())
	}
	if want := strings.Fields(strings.ToUpper(string(Read(t, path+".thumbprints")))); !slices.Equal(thumbprints, want) {
		t.Errorf("thumbprints %v, want %v", thumbprints, want)
	}
}

// Errors counts the diagnostics that are errors.
func Errors(c *evidence.Case) int {
	n := 0
	for _, d := range c.Diagnostics {
		if d.Severity == evidence.Error {
			n++
		}
	}
	return n
}

// Sums are the lengths of names as the trusted issuer list counts them: two
// bytes and the subject for each certificate, over all of them, over distinct
// certificates, and over distinct subjects.
type Sums struct{ All, UniqueCertificates, UniqueSubjects int }

// SumsOf adds up the names of a case.
func SumsOf(c *evidence.Case) Sums {
	var s Sums
	certs, subjects := map[[32]byte]bool{}, map[string]bool{}
	for _, o := range c.Occurrences {
		if o.SubjectDER == nil {
			continue
		}
		n := 2 + len(o.SubjectDER)
		s.All += n
		if !certs[o.SHA256] {
			certs[o.SHA256] = true
			s.UniqueCertificates += n
		}
		if !subjects[string(o.SubjectDER)] {
			subjects[string(o.SubjectDER)] = true
			s.UniqueSubjects += n
		}
	}
	return s
}

// Corpus returns the path of a file or folder of the corpus of real files, and
// skips the test where the corpus is not there.
func Corpus(t testing.TB, parts ...string) string {
	t.Helper()
	path, ok := FindCorpus(parts...)
	if !ok {
		t.Skip("the corpus of real files is not beside the project")
	}
	return path
}

// FindCorpus is Corpus for fuzz seeds, which are added if they are there.
func FindCorpus(parts ...string) (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
	path := filepath.Join(append([]string{dir, "..", "shared", "corpus"}, parts...)...)
	_, err = os.Stat(path)
	return path, err == nil
}

// Read reads a file.
func Read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Table reads a tab-separated table with a header line.
func Table(t testing.TB, path string) []map[string]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(Read(t, path)))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	records, err := r.ReadAll()
	if err != nil || len(records) < 2 {
		t.Fatalf("%s is no table: %v", path, err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, field := range record {
			row[records[0][i]] = field
		}
		rows = append(rows, row)
	}
	return rows
}

// Int is a number of a table.
func Int(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
