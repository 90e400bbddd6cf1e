package regfile

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certprop"
)

// makeCertificate returns a self-issued certificate, the same for each name.
func makeCertificate(t testing.TB, name string) []byte {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)}
	raw, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func makeCRL(t testing.TB) []byte {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	issuer := &x509.Certificate{Subject: pkix.Name{CommonName: "issuer"}, KeyUsage: x509.KeyUsageCRLSign, SubjectKeyId: []byte{1}}
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NextUpdate: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	raw, err := x509.CreateRevocationList(nil, list, issuer, key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// entry is one entry of a serialized element.
func entry(id uint32, value []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, id)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

func thumbprint(raw []byte) string { return fmt.Sprintf("%X", sha1.Sum(raw)) }

func hexText(b []byte) string {
	var s strings.Builder
	for i, c := range b {
		if i > 0 {
			s.WriteByte(',')
			if i%25 == 0 {
				s.WriteString("\\\r\n  ")
			}
		}
		s.WriteString(hex.EncodeToString([]byte{c}))
	}
	return s.String()
}

const rootKey = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\ROOT`

func blobFile(key string, value string) string {
	return header5 + "\r\n\r\n[" + key + "]\r\n" + value + "\r\n\r\n"
}

func TestBlob(t *testing.T) {
	cert, other, crl := makeCertificate(t, "one"), makeCertificate(t, "two"), makeCRL(t)
	sum := sha1.Sum(cert)
	key := rootKey + `\Certificates\` + thumbprint(cert)
	name := entry(uint32(evidence.PropFriendlyName), []byte(wide("Name\x00", false)))
	blob := bytes.Join([][]byte{entry(3, sum[:]), name, entry(32, cert)}, nil)
	tests := []struct {
		name, key, value string
		certs, crls      int
		values           int
		codes            string
	}{
		{"sound", key, `"Blob"=hex:` + hexText(blob), 1, 0, 0, ""},
		{"the name in another case", key, `"BLOB"=hex:` + hexText(blob), 1, 0, 0, ""},
		{"a value that is not the Blob", key, `"Blob2"=hex:` + hexText(blob), 0, 0, 1, "reg-blob-missing"},
		{"the key names another", rootKey + `\Certificates\` + thumbprint(other), `"Blob"=hex:` + hexText(blob), 1, 0, 0, "reg-blob-key-mismatch"},
		{"the property is of another", key, `"Blob"=hex:` + hexText(bytes.Join([][]byte{entry(3, make([]byte, 20)), entry(32, cert)}, nil)), 1, 0, 0, "reg-blob-hash-mismatch"},
		{"of type REG_NONE", key, `"Blob"=hex(0):` + hexText(blob), 0, 0, 1, "reg-blob-type"},
		{"a string", key, `"Blob"="x"`, 0, 0, 1, "reg-blob-type"},
		{"empty", key, `"Blob"=hex:`, 0, 0, 1, "reg-blob-empty"},
		{"without a context", key, `"Blob"=hex:` + hexText(name), 0, 0, 1, "reg-blob-no-context"},
		{"cut", key, `"Blob"=hex:` + hexText(blob[:len(blob)-9]), 0, 0, 1, "reg-blob-truncated"},
		{"not a certificate", key, `"Blob"=hex:` + hexText(entry(32, []byte("nonsense"))), 1, 0, 0, "reg-blob-key-mismatch reg-bad-certificate"},
		{"two contexts", key, `"Blob"=hex:` + hexText(append(bytes.Clone(blob), entry(32, other)...)), 2, 0, 0, "reg-blob-several-contexts"},
		{"bad hex", key, `"Blob"=hex:20,zz`, 0, 0, 0, "reg-bad-hex"},
		{"no value at all", key, "", 0, 0, 0, "reg-blob-missing"},
		{"a CRL", rootKey + `\CRLs\` + thumbprint(crl), `"Blob"=hex:` + hexText(entry(33, crl)), 0, 1, 0, ""},
		{"a CRL among certificates", rootKey + `\Certificates\` + thumbprint(crl), `"Blob"=hex:` + hexText(entry(33, crl)), 0, 1, 0, "reg-blob-kind"},
		{"a bad CRL", rootKey + `\CRLs\AB`, `"Blob"=hex:` + hexText(entry(33, []byte("x"))), 0, 0, 1, "reg-blob-key-mismatch reg-bad-crl"},
		{"a bad CTL", rootKey + `\CTLs\AB`, `"Blob"=hex:` + hexText(entry(34, []byte("x"))), 0, 0, 1, "reg-blob-key-mismatch reg-bad-ctl"},
		{"a whole store in one value", rootKey, `"Store"=hex:` + hexText(bytes.Join([][]byte{[]byte(certprop.Magic), blob, entry(32, other), entry(33, crl), make([]byte, 12)}, nil)), 2, 1, 0, ""},
		{"a value of a store that is none", rootKey, `"Store"=hex:00,00,00,00,43`, 0, 0, 1, ""},
		{"elsewhere", `HKEY_LOCAL_MACHINE\SOFTWARE\x`, `"Blob"=hex:` + hexText(blob), 0, 0, 1, ""},
		{"offline", `HKEY_LOCAL_MACHINE\x\Microsoft\SystemCertificates\ROOT\Certificates\` + thumbprint(cert), `"Blob"=hex:` + hexText(blob), 1, 0, 0, "reg-store-offline-hive"},
		{"twice", key, `"Blob"=hex:` + hexText(blob) + "\r\n" + `"Blob"=hex:` + hexText(blob), 2, 0, 0, "reg-value-repeated"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := blobFile(test.key, test.value)
			r := importText(t, in)
			crls := 0
			for _, rec := range r.records {
				if _, ok := rec.(*evidence.RevocationList); ok {
					crls++
				}
			}
			if c, v := len(occurrences(r)), len(values(r)); c != test.certs || crls != test.crls || v != test.values || r.codes() != test.codes {
				t.Errorf("%d certificates, %d CRLs, %d values, %q; want %d, %d, %d, %q\n%+v", c, crls, v, r.codes(), test.certs, test.crls, test.values, test.codes, r.diagnostics)
			}
			checkInvariants(t, []byte(in), r)
		})
	}
}

func TestBlobOccurrence(t *testing.T) {
	cert := makeCertificate(t, "one")
	key := rootKey + `\Certificates\` + strings.ToLower(thumbprint(cert))
	blob := bytes.Join([][]byte{entry(9, nil), entry(11, []byte(wide("Name\x00", false))), entry(32, cert)}, nil)
	in := blobFile(key, "  \"blob\"=hex:"+hexText(blob))
	r := importText(t, in)
	list := occurrences(r)
	if len(list) != 1 || len(r.diagnostics) > 0 {
		t.Fatalf("%d certificates, diagnostics %v", len(list), r.diagnostics)
	}
	o := list[0]
	if !bytes.Equal(o.Raw, cert) || !o.CanCarry || o.KeyName != strings.ToLower(thumbprint(cert)) || o.FriendlyName() != "Name" {
		t.Errorf("occurrence %+v", o)
	}
	if v, ok := o.Property(evidence.PropEnhKeyUsage); !ok || len(v) != 0 {
		t.Errorf("an empty property 9 is %q, %v", v, ok)
	}
	start := strings.Index(in, `"blob"`)
	want := evidence.Location{Source: "t.reg", Offset: int64(start), Length: int64(len(in) - len("\r\n\r\n") - start), Line: 4, Path: "[" + key + "] Blob"}
	if diff := cmp.Diff(want, o.Where); diff != "" {
		t.Errorf("location (-want +got):\n%s", diff)
	}
	wantStore := evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot, Physical: evidence.PhysicalDefault, Basis: evidence.StoreContent}
	if o.Store != wantStore {
		t.Errorf("store %+v; want %+v", o.Store, wantStore)
	}
}

// TestBlobKept looks whether a certificate's properties survive what is read
// after it into the same buffer.
func TestBlobKept(t *testing.T) {
	one, two := makeCertificate(t, "one"), makeCertificate(t, "two")
	blob := func(raw []byte, name string) string {
		return `"Blob"=hex:` + hexText(append(entry(11, []byte(wide(name+"\x00", false))), entry(32, raw)...))
	}
	r := importText(t, header5+"\r\n["+rootKey+`\Certificates\`+thumbprint(one)+"]\r\n"+blob(one, "first")+"\r\n["+rootKey+`\Certificates\`+thumbprint(two)+"]\r\n"+blob(two, "other")+"\r\n\r\n")
	list := occurrences(r)
	if len(list) != 2 || list[0].FriendlyName() != "first" || list[1].FriendlyName() != "other" || !bytes.Equal(list[0].Raw, one) {
		t.Errorf("occurrences %v", list)
	}
}

// TestCase runs exports through a case, as a run does.
func TestCase(t *testing.T) {
	one := makeCertificate(t, "one")
	key := rootKey + `\Certificates\` + thumbprint(one)
	blob := `"Blob"=hex:` + hexText(entry(32, one)) + "\r\n"
	in := header5 + "\r\n[" + key + "]\r\n" + blob + "\r\n[" + strings.ToLower(key[:20]) + key[20:] + "]\r\n" + blob + "\r\n[HKEY_USERS\\a]\r\n\"x\"=\"1\"\r\n[-HKEY_USERS\\a]\r\n\r\n"
	c := evidence.NewCase("host")
	src := &evidence.Source{Name: "t.reg"}
	c.Begin(src)
	input := importers.NewInput("t.reg", int64(len(in)), strings.NewReader(in), nil)
	input.Source = src
	if err := Format.Import(t.Context(), input, c); err != nil {
		t.Fatal(err)
	}
	c.End()
	if len(c.Occurrences) != 1 || src.Records.Certificates != 1 {
		t.Errorf("%d occurrences, %d counted; want 1: the later Blob of a key replaces the earlier", len(c.Occurrences), src.Records.Certificates)
	}
	if c.Registry.Value(`HKEY_USERS\a`, "x") != nil {
		t.Error("a value of a key that the file deletes again is there")
	}
	if c.Registry.Key(key) == nil || c.Registry.Collected(key+`\below`) == nil {
		t.Error("the key of the certificate does not stand for what was collected")
	}
	if !src.Complete {
		t.Errorf("the source is not complete: %v", c.Diagnostics)
	}
}
