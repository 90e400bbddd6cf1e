package der_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

// corpusCertificates are the certificates of the corpus that stand in files by
// themselves or in PKCS#7 messages.
func corpusCertificates(t testing.TB) map[string][]byte {
	dir := certtest.Corpus(t)
	certs := map[string][]byte{}
	for _, pattern := range []string{"cryptoapi/*.bin", "stores/roots/required/*.cer", "vectors/*.cer"} {
		files, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, path := range files {
			data := certtest.Read(t, path)
			if der.KindOf(data) == der.KindCertificate {
				certs[filepath.Base(path)] = data
			}
		}
	}
	for _, name := range []string{"vectors/o04-mozilla.p7b", "stores/p7b/fpki-common-20200921.p7b", "stores/p7b/maxim-all-root-20251020.p7b", "stores/p7b/testroot-root.p7b"} {
		data := certtest.Read(t, filepath.Join(dir, name))
		if !bytes.HasPrefix(data, []byte{0x30}) {
			continue
		}
		m, ok := der.ReadMessage(data, 0)
		if !ok {
			t.Fatalf("%s is no message", name)
		}
		for i, e := range m.Certificates {
			certs[fmt.Sprintf("%s %d", name, i+1)] = e.Raw
		}
	}
	return certs
}

// TestOpenSSL compares names, serial numbers and dates with OpenSSL's: every
// tenth certificate, and all with a name that is not plain ASCII.
func TestOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not installed")
	}
	certs := corpusCertificates(t)
	names := strings.NewReplacer("street=", "STREET=", "serialNumber=", "SERIALNUMBER=", "title=", "T=")
	compared := 0
	for i, name := range slices.Sorted(maps.Keys(certs)) {
		raw := certs[name]
		c := der.ParseCertificate(raw, sha256.Sum256(raw))
		plain := !strings.ContainsFunc(c.Subject+c.Issuer, func(r rune) bool { return r > '~' || r == '\\' || r == '#' || r == '+' })
		if plain && i%10 != 0 {
			continue
		}
		cmd := exec.Command(openssl, "x509", "-inform", "DER", "-noout", "-subject", "-issuer", "-nameopt", "RFC2253,-esc_msb,utf8,-dump_unknown",
			"-serial", "-dates", "-dateopt", "iso_8601")
		cmd.Stdin = bytes.NewReader(raw)
		out, err := cmd.Output()
		if err != nil {
			continue // OpenSSL refuses some of the corpus
		}
		compared++
		want := map[string]string{}
		for line := range strings.Lines(string(out)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			want[key] = names.Replace(value)
		}
		if c.Subject != want["subject"] || c.Issuer != want["issuer"] {
			t.Errorf("%s: %q, %q; OpenSSL has %q, %q", name, c.Subject, c.Issuer, want["subject"], want["issuer"])
		}
		serial := strings.TrimLeft(strings.ToUpper(hex.EncodeToString(c.Serial)), "0")
		if s := strings.TrimLeft(want["serial"], "0"); serial != s && !strings.HasPrefix(s, "-") {
			t.Errorf("%s: serial %s, OpenSSL has %s", name, serial, s)
		}
		const layout = "2006-01-02 15:04:05Z"
		if from, to := c.NotBefore.Format(layout), c.NotAfter.Format(layout); from != want["notBefore"] || to != want["notAfter"] {
			t.Errorf("%s: %s to %s, OpenSSL has %s to %s", name, from, to, want["notBefore"], want["notAfter"])
		}
	}
	if compared < 30 {
		t.Errorf("only %d certificates were compared", compared)
	}
}
