package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
)

// corpus returns a path in the folder of real exports beside the project. The
// test is skipped where there is none.
func corpus(t *testing.T, name string) string {
	t.Helper()
	root := filepath.Join("..", "..", "shared", "corpus")
	if _, err := os.Stat(root); err != nil {
		t.Skip("there is no folder of real exports beside the project: ", root)
	}
	return filepath.Join(root, filepath.FromSlash(name))
}

func judgeCorpus(t *testing.T, file string) *rules.Judgement {
	t.Helper()
	o := &options{progress: noProgress, asOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	o.stated.OS = "2008r2"
	_, r, err := judge(context.Background(), []string{file}, o)
	if err != nil {
		t.Fatal(err)
	}
	return r.judgements[0]
}

// sizes sums up what a trusted issuer list of all certificates read would take,
// over all of them, over distinct ones and over distinct names.
func sizes(c *evidence.Case) (certificates, all, distinct, names int) {
	seenCert, seenName := map[[32]byte]bool{}, map[string]bool{}
	for _, o := range c.Occurrences {
		if len(o.SubjectDER) == 0 {
			continue
		}
		n := 2 + len(o.SubjectDER)
		certificates++
		all += n
		if !seenCert[o.SHA256] {
			seenCert[o.SHA256] = true
			distinct += n
		}
		if !seenName[string(o.SubjectDER)] {
			seenName[string(o.SubjectDER)] = true
			names += n
		}
	}
	return certificates, all, distinct, names
}

// Every vector gives the counts and sizes of its manifest through the program.
func TestCorpusManifest(t *testing.T) {
	f, err := os.Open(corpus(t, "vectors/MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		t.Run(row[0], func(t *testing.T) {
			j := judgeCorpus(t, corpus(t, "vectors/"+row[0]))
			certs, all, distinct, names := sizes(j.Case)
			got := []int{certs, len(j.Case.RevocationLists), len(j.Case.TrustLists), all, distinct, names}
			for i, column := range []int{3, 4, 5, 6, 7, 8} {
				want, err := strconv.Atoi(row[column])
				if err != nil {
					t.Fatal(err)
				}
				if row[0] == "q14-ctl.stl" && column == 5 {
					want = 1 // the manifest counts the lists inside stores; this file is one itself
				}
				if got[i] != want {
					t.Errorf("%s = %d, want %d", rows[0][column], got[i], want)
				}
			}
			if (row[9] == "-") != j.Case.Sources[0].Complete && row[0] != "r24-no-blob.reg" {
				t.Logf("complete = %v; the manifest notes %q", j.Case.Sources[0].Complete, row[9])
			}
		})
	}
}

// The real store of 514 roots gives the published sums exactly, and the same
// certificates as PKCS #7 give the same.
func TestCorpus514Roots(t *testing.T) {
	j := judgeCorpus(t, corpus(t, "stores/sst/owentech-roots.sst"))
	l := j.Lists[0]
	if len(j.Case.Occurrences) != 514 || l.Certificates != 514 || l.Sums.Wire != 56306 || l.Sums.WireDistinct != 55043 {
		t.Errorf("%d certificates, sums %+v", l.Certificates, l.Sums)
	}
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed: the same certificates as PKCS #7 are not compared")
	}
	var all bytes.Buffer
	for _, o := range j.Case.Occurrences {
		if err := pem.Encode(&all, &pem.Block{Type: "CERTIFICATE", Bytes: o.Raw}); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	bundle := filepath.Join(dir, "root.p7b")
	cmd := exec.Command("openssl", "crl2pkcs7", "-nocrl", "-certfile", "/dev/stdin", "-outform", "DER", "-out", bundle)
	cmd.Stdin = &all
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("openssl crl2pkcs7: %v: %s", err, out)
	}
	p := judgeCorpus(t, bundle)
	if p.Lists[0].Sums != l.Sums || p.Lists[0].Certificates != l.Certificates {
		t.Errorf(".p7b: %d certificates, sums %+v; .sst: %d, %+v", p.Lists[0].Certificates, p.Lists[0].Sums, l.Certificates, l.Sums)
	}
	if p.Lists[0].Bytes.MinKnown {
		t.Error("a .p7b gives no least size")
	}
}

// One incident in two languages and as text gives the same counts; what merely
// looks like its events does not count.
func TestCorpusScenario(t *testing.T) {
	for _, name := range []string{"scenario36885_eventviewer_en-US.csv", "scenario36885_eventviewer_de.csv", "scenario36885_details_text.txt"} {
		t.Run(name, func(t *testing.T) {
			j := judgeCorpus(t, corpus(t, "events/scenario/"+name))
			count := map[string]int{}
			for _, g := range j.Case.Events {
				count[fmt.Sprintf("%s %d %d", g.Provider, g.ID, g.Alert)] += g.Count
			}
			for key, want := range map[string]int{"Schannel 36885 -1": 40, "Schannel 36887 47": 20, "Schannel 36888 10": 1} {
				if count[key] != want {
					t.Errorf("%s: %d, want %d", key, count[key], want)
				}
			}
			for _, f := range j.Findings {
				if f.Rule == rules.SchannelTruncationEvent && (f.Outcome != rules.Failed || !strings.Contains(f.Summary, "40 times")) {
					t.Errorf("%s: %s", f.Outcome, f.Summary)
				}
			}
		})
	}
}

// Every real file is read to its end or says what was lost, and none is taken
// for what it is not.
func TestCorpusIsReadOrDiagnosed(t *testing.T) {
	for _, dir := range []string{"stores/sst", "stores/p7b", "stores/stl", "stores/reg", "events"} {
		j := judgeCorpus(t, corpus(t, dir))
		lost := map[string]bool{}
		for _, d := range j.Case.Diagnostics {
			if d.Loses() {
				lost[d.Where.Source] = true
			}
		}
		for _, s := range j.Case.Sources {
			if !s.Complete && !lost[s.Name] {
				t.Errorf("%s/%s is incomplete, and nothing says why", dir, s.Name)
			}
			if s.Complete && s.Format != "" && s.Records.Total() == 0 && len(j.Case.Registry.Keys()) == 0 {
				t.Errorf("%s/%s was read whole, and nothing was read", dir, s.Name)
			}
			if strings.Contains(s.Name, "loghub") && s.Format != "" {
				t.Errorf("%s is no event log and was taken for %s", s.Name, s.Format)
			}
		}
	}
}
