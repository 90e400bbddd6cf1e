package regfile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// counts are what MANIFEST.tsv says of a file.
func counts(r *recorder) map[string]string {
	var crls, ctls, sum, sumCerts, sumSubjects int
	certs := occurrences(r)
	seenCert, seenSubject := map[[32]byte]bool{}, map[string]bool{}
	for _, o := range certs {
		n := 2 + len(o.SubjectDER)
		sum += n
		if !seenCert[o.SHA256] {
			seenCert[o.SHA256] = true
			sumCerts += n
		}
		if !seenSubject[string(o.SubjectDER)] {
			seenSubject[string(o.SubjectDER)] = true
			sumSubjects += n
		}
	}
	for _, rec := range r.records {
		switch rec.(type) {
		case *evidence.RevocationList:
			crls++
		case *evidence.TrustList:
			ctls++
		}
	}
	return map[string]string{
		"certs": fmt.Sprint(len(certs)), "crls": fmt.Sprint(crls), "ctls": fmt.Sprint(ctls), "issuerlist_bytes": fmt.Sprint(sum),
		"issuerlist_bytes_unique_certs": fmt.Sprint(sumCerts), "issuerlist_bytes_unique_subjects": fmt.Sprint(sumSubjects),
	}
}

func thumbprints(r *recorder) []string {
	list := []string{}
	for _, o := range occurrences(r) {
		list = append(list, o.Thumbprint())
	}
	slices.Sort(list)
	return list
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestVectors(t *testing.T) {
	dir := corpusDir(t, "vectors")
	// What the files show besides their certificates.
	codes := map[string]string{
		"r10-regedit4-ansi.reg":  "",
		"r22-delete-lines.reg":   "reg-deletion reg-no-empty-line",
		"r24-no-blob.reg":        "reg-blob-missing reg-blob-type reg-blob-empty reg-no-empty-line",
		"r26-file-cut.reg":       "reg-truncated reg-blob-truncated",
		"r28-many-stores.reg":    "reg-store-wow64",
		"r19-odd-wrapping.reg":   "",
		"r05-schannel.reg":       "",
		"r04-mozilla-root.reg":   "",
		"r16-utf8-5.00.reg":      "",
		"r01-systemcertificates": "",
	}
	files := 0
	for _, row := range readTSV(t, filepath.Join(dir, "MANIFEST.tsv")) {
		name := row["file"]
		if filepath.Ext(name) != ".reg" {
			continue
		}
		files++
		t.Run(name, func(t *testing.T) {
			data := readFile(t, filepath.Join(dir, name))
			if got := detect(data, "x.txt"); got != importers.Certain {
				t.Errorf("detected as %v", got)
			}
			r, in := importBytes(t, name, data, importers.Options{})
			got := counts(r)
			want := map[string]string{}
			for column := range got {
				want[column] = row[column]
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("counts (-manifest +got):\n%s", diff)
			}
			prints := strings.Fields(strings.ToUpper(string(readFile(t, filepath.Join(dir, name+".thumbprints")))))
			slices.Sort(prints)
			if diff := cmp.Diff(append([]string{}, prints...), thumbprints(r)); diff != "" {
				t.Errorf("thumbprints (-want +got):\n%s", diff)
			}
			var shown []string
			for _, d := range r.diagnostics {
				if d.Code != "reg-odd-certificate" {
					shown = append(shown, d.Code)
				}
			}
			if got := strings.Join(shown, " "); got != codes[name] {
				t.Errorf("diagnostics %q; want %q\n%v", got, codes[name], r.diagnostics)
			}
			checkInvariants(t, data, r)
			for i := range 10 {
				checkPrefix(t, data, i*len(data)/10, r, in.Source.Encoding)
			}
		})
	}
	if files != 10 {
		t.Errorf("%d files in the manifest; want 10", files)
	}
}

// TestFactsKept puts a long value and a text behind an export: no fact changes by
// what is read after it into the same buffers.
func TestFactsKept(t *testing.T) {
	data := readFile(t, filepath.Join(corpusDir(t, "vectors"), "r01-systemcertificates.reg"))
	before, _ := importBytes(t, "r01.reg", data, importers.Options{})
	more := wide("[HKEY_USERS\\a]\r\n\"x\"=hex:"+strings.Repeat("ee,", 200_000)+"ee\r\n\"y\"=\""+strings.Repeat(`\\`, 10_000)+"\"\r\n\r\n", false)
	after, _ := importBytes(t, "r01.reg", append(bytes.Clone(data), more...), importers.Options{})
	n := len(before.records)
	if len(after.records) != n+3 || len(after.diagnostics) > 0 {
		t.Fatalf("%d facts, and %d with 3 more; diagnostics %v", n, len(after.records), after.diagnostics)
	}
	for i := range n {
		if diff := cmp.Diff(before.records[i], after.records[i]); diff != "" {
			t.Errorf("fact %d differs:\n%s", i, diff)
		}
	}
}

// TestVectorStores looks at the stores of the same certificate in eight places.
func TestVectorStores(t *testing.T) {
	r, _ := importBytes(t, "r28.reg", readFile(t, filepath.Join(corpusDir(t, "vectors"), "r28-many-stores.reg")), importers.Options{})
	var got []string
	for _, o := range occurrences(r) {
		if o.Store.Basis != evidence.StoreContent || !o.CanCarry || o.KeyName != o.Thumbprint() {
			t.Errorf("%v: basis %q, can carry %v, key name %q", o.Where, o.Store.Basis, o.CanCarry, o.KeyName)
		}
		if len(o.Properties) == 0 {
			t.Errorf("%v has no properties", o.Where)
		}
		got = append(got, o.Store.String()+" "+o.Store.Physical)
	}
	want := []string{
		`LocalMachine\Root .Default`, `LocalMachine\Root AuthRoot`, `LocalMachine\Root GroupPolicy`, `CurrentUser\Root .Default`,
		`LocalMachine\Root Enterprise`, `LocalMachine\Root .Default`, `Users\S-1-5-21-1-2-3-1001\Root .Default`, `Services\NTDS\My `,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stores (-want +got):\n%s", diff)
	}
}

// TestRealExports reads exports that others published.
func TestRealExports(t *testing.T) {
	dir := corpusDir(t, "stores", "reg")
	want := map[string]struct {
		certs, values int
		encoding      string
	}{
		"cagef-kb933430.reg":         {0, 2, "UTF-16LE, 5.00"},
		"fsackur-schannel.reg":       {0, 2, "UTF-16LE, 5.00"},
		"gorstak-certs-ae7fe99f.reg": {11, 0, "US-ASCII, 5.00"},
		"mythware-rootca.reg":        {1, 0, "UTF-16LE, 5.00"},
		"pika-test-install-b.reg":    {2, 1, "UTF-16LE, 5.00"},
		"racetracks-tls12.reg":       {0, 55, "US-ASCII, 5.00"},
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			want, ok := want[e.Name()]
			if !ok {
				t.Fatalf("nothing is known of %s", e.Name())
			}
			data := readFile(t, filepath.Join(dir, e.Name()))
			r, in := importBytes(t, e.Name(), data, importers.Options{})
			if n, v := len(occurrences(r)), len(values(r)); n != want.certs || v != want.values || in.Source.Encoding != want.encoding {
				t.Errorf("%d certificates, %d values, %s; want %d, %d, %s", n, v, in.Source.Encoding, want.certs, want.values, want.encoding)
			}
			for _, d := range r.diagnostics {
				t.Logf("%s: %s: %s (%s)", d.Where, d.Code, d.Summary, d.Detail)
			}
			checkInvariants(t, data, r)
		})
	}
}
