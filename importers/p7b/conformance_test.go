package p7b_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/p7b"
)

// TestVectors imports the vectors that are messages and compares what their
// manifest says.
func TestVectors(t *testing.T) {
	dir := certtest.Corpus(t, "vectors")
	n := 0
	for _, row := range certtest.Table(t, filepath.Join(dir, "MANIFEST.tsv")) {
		name := row["file"]
		if ext := filepath.Ext(name); ext != ".p7b" && ext != ".p7m" {
			continue
		}
		n++
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			data := certtest.Read(t, path)
			if p7b.Format.Detect(data[:min(len(data), 64<<10)], name) != 3 || p7b.Format.Detect(data[:min(len(data), 64<<10)], "x.bin") < 2 {
				t.Error("it is not recognised")
			}
			c := certtest.Import(t, p7b.Format, name, data, certtest.Root)
			certtest.CheckVector(t, c, row, path)
			for _, o := range c.Occurrences {
				if o.Store != certtest.Root || o.CanCarry || len(o.Properties) > 0 {
					t.Errorf("%v is in %v with properties", o.Where, o.Store)
				}
			}
		})
	}
	if n < 12 {
		t.Errorf("only %d vectors were tested", n)
	}
}

// TestRealBundles imports real bundles.
func TestRealBundles(t *testing.T) {
	dir := certtest.Corpus(t, "stores", "p7b")
	for _, test := range []struct {
		name, store string
		certs       int
		sums        certtest.Sums
	}{
		{"Certificates_PKCS7_v5.5_ECA.der.p7b", `LocalMachine\CA`, 12, certtest.Sums{All: 1363, UniqueCertificates: 1363, UniqueSubjects: 1363}},
		{"Certificates_PKCS7_v5.5_ECA.pem.p7b", `LocalMachine\CA`, 12, certtest.Sums{All: 1363, UniqueCertificates: 1363, UniqueSubjects: 1363}},
		{"fpki-common-20200921.p7b", `LocalMachine\CA`, 140, certtest.Sums{All: 15860, UniqueCertificates: 15860, UniqueSubjects: 13660}},
		{"fpki-sample-tsmt-20180815.p7b", `LocalMachine\CA`, 46, certtest.Sums{All: 5715, UniqueCertificates: 5715, UniqueSubjects: 3901}},
		{"maxim-all-root-20251020.p7b", `LocalMachine\Root`, 52, certtest.Sums{All: 6283, UniqueCertificates: 6283, UniqueSubjects: 6283}},
		{"nwlterry-certnew.p7b", `LocalMachine\CA`, 2, certtest.Sums{All: 153, UniqueCertificates: 153, UniqueSubjects: 153}},
		{"testroot-root.p7b", "", 1, certtest.Sums{All: 215, UniqueCertificates: 215, UniqueSubjects: 215}},
	} {
		c := certtest.Import(t, p7b.Format, test.name, certtest.Read(t, filepath.Join(dir, test.name)), evidence.Store{})
		if len(c.Occurrences) != test.certs || certtest.SumsOf(c) != test.sums || c.Sources[0].Store.String() != test.store || !c.Sources[0].Complete {
			t.Errorf("%d certificates, %+v, %s, %v; want %+v", len(c.Occurrences), certtest.SumsOf(c), c.Sources[0].Store, certtest.Codes(c), test)
		}
		subjects := map[string]bool{}
		for _, o := range c.Occurrences {
			subjects[string(o.SubjectDER)] = true
		}
		if strings.HasPrefix(test.name, "fpki-common") && len(subjects) != 121 {
			t.Errorf("%s: %d names, want 121", test.name, len(subjects))
		}
	}
}

// TestCryptoAPI imports the messages of CryptoAPI's own tests (behaviours P01
// to P06 among them).
func TestCryptoAPI(t *testing.T) {
	dir := certtest.Corpus(t, "cryptoapi")
	n := 0
	for _, row := range certtest.Table(t, filepath.Join(dir, "INDEX.tsv")) {
		kind, name := row["kind"], row["file"]
		if !strings.HasPrefix(kind, "pkcs7-") && name != "store-base64SPC.txt" {
			continue
		}
		n++
		data := certtest.Read(t, filepath.Join(dir, name))
		if p7b.Format.Detect(data, "x") < 2 {
			t.Errorf("%s is not recognised", name)
		}
		c := certtest.Import(t, p7b.Format, name, data, certtest.Root)
		if kind == "pkcs7-other" {
			if got := certtest.Codes(c); !slices.Equal(got, []string{"p7b-not-signed-data:error"}) || !strings.Contains(c.Diagnostics[0].Summary, "1.2.840.113549") {
				t.Errorf("%s: %+v", name, c.Diagnostics)
			}
			continue
		}
		var got []string
		for _, o := range c.Occurrences {
			got = append(got, fmt.Sprintf("('cert', '%x')", o.SHA1))
		}
		for _, r := range c.RevocationLists {
			got = append(got, fmt.Sprintf("('crl', '%x')", r.SHA1))
		}
		if s := "[" + strings.Join(got, ", ") + "]"; s != row["read_by_certlib"] || !c.Sources[0].Complete {
			t.Errorf("%s: %s, want %s; %v", name, s, row["read_by_certlib"], certtest.Codes(c))
		}
	}
	if n < 30 {
		t.Errorf("only %d messages were read", n)
	}
	text := certtest.Read(t, filepath.Join(dir, "store-base64SPC.txt"))
	wide := certtest.UTF16(string(text), binary.LittleEndian)
	c := certtest.Import(t, p7b.Format, "a.p7b", wide, certtest.Root)
	if len(c.Occurrences) != 1 || c.Sources[0].Encoding != "UTF-16LE" || c.Occurrences[0].Where.Length > int64(len(wide)) || c.Occurrences[0].Where.Length < int64(len(wide)-8) {
		t.Errorf("P06: %d certificates, %+v", len(c.Occurrences), c.Sources[0])
	}
}

// TestOpenSSL compares the certificates of real bundles with OpenSSL's.
func TestOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	for _, name := range []string{"stores/p7b/fpki-common-20200921.p7b", "stores/p7b/Certificates_PKCS7_v5.5_ECA.pem.p7b", "vectors/o04-mozilla.p7b",
		"vectors/o12-signed-stream-ber.p7b", "vectors/q11-indefinite.p7b"} {
		path := certtest.Corpus(t, name)
		data := certtest.Read(t, path)
		form := "DER"
		if !bytes.HasPrefix(data, []byte{0x30}) {
			form = "PEM"
		}
		out, err := exec.Command(openssl, "pkcs7", "-inform", form, "-in", path, "-print_certs").Output()
		if err != nil {
			t.Fatalf("%s: openssl: %v", name, err)
		}
		theirs := filepath.Join(t.TempDir(), "theirs.pem")
		if err := os.WriteFile(theirs, out, 0o600); err != nil {
			t.Fatal(err)
		}
		ours := certtest.Import(t, p7b.Format, name, data, certtest.Root)
		// What OpenSSL prints is a bundle of PEM blocks, which this reads too.
		again := certtest.Import(t, p7b.Format, "theirs.pem", certtest.Read(t, theirs), certtest.Root)
		if len(ours.Occurrences) == 0 || len(ours.Occurrences) != len(again.Occurrences) {
			t.Errorf("%s: %d certificates, OpenSSL has %d", name, len(ours.Occurrences), len(again.Occurrences))
			continue
		}
		for i, o := range ours.Occurrences {
			if o.SHA256 != again.Occurrences[i].SHA256 {
				t.Errorf("%s: certificate %d is another", name, i+1)
			}
		}
	}
}
