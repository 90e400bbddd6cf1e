package main

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/csv"
	"encoding/hex"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/ctlaudit/ctlaudit/samples"
)

func testKeys(t *testing.T) keyring {
	t.Helper()
	keys, err := loadKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestSamplesAreGenerated makes everything and compares it with the folder.
func TestSamplesAreGenerated(t *testing.T) {
	files, err := all(testKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := compare("..", files); err != nil {
		t.Errorf("go run ./samples/gen writes them again:\n%v", err)
	}
	seen := map[string]bool{}
	for _, f := range files {
		if seen[f.path] {
			t.Errorf("%s is made twice", f.path)
		}
		seen[f.path] = true
	}
}

// TestCompare makes sure that the check fails where it has to.
func TestCompare(t *testing.T) {
	dir := t.TempDir()
	files := []file{{"a/b.txt", []byte("text")}, {"c.txt", nil}}
	if err := write(dir, files); err != nil {
		t.Fatal(err)
	}
	if err := compare(dir, files); err != nil {
		t.Errorf("the same files: %v", err)
	}
	files[0].data = []byte("Text")
	files = append(files, file{"d.txt", nil})
	err := compare(dir, files)
	if err == nil || !strings.Contains(err.Error(), "a/b.txt differs") || !strings.Contains(err.Error(), "d.txt is missing") || strings.Contains(err.Error(), "c.txt") {
		t.Errorf("got %v", err)
	}
}

// TestContosoSums compares what the certificates add up to, as they were made,
// with what is stated for others to check against.
func TestContosoSums(t *testing.T) {
	elements, err := contosoStore(testKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	got := sum(elements, expiredAt(contosoExported))
	want := sums{
		elements: samples.ContosoElements, certificates: samples.ContosoCertificates, subjects: samples.ContosoSubjects,
		wire: samples.ContosoWire, wireDistinct: samples.ContosoWireDistinct,
		clientAuth: samples.ContosoClientAuthSubjects, clientAuthWire: samples.ContosoClientAuthWire, clientAuthExpired: samples.ContosoClientAuthExpired,
	}
	if got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	// The case has to be beyond doubt: over the limit without lengths, and
	// without what has expired.
	const limit = 16_384
	if least := got.clientAuthWire - 2*got.clientAuth - got.clientAuthExpired; least <= limit {
		t.Errorf("the least that may count is %d bytes: it has to be over %d", least, limit)
	}
}

// TestMadeUp checks each made-up root with crypto/x509 and with its own key.
func TestMadeUp(t *testing.T) {
	keys := testKeys(t)
	refused := 0
	for _, m := range contosoMadeUp() {
		e, err := m.element(keys)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := x509.ParseCertificate(e.cert.der)
		if err != nil {
			refused++
			if !strings.Contains(err.Error(), "negative serial") {
				t.Errorf("%s: %v", m.subject, err)
			}
			continue
		}
		if !bytes.Equal(parsed.RawSubject, e.cert.subject) || !bytes.Equal(parsed.RawIssuer, e.cert.subject) || !bytes.Equal(parsed.RawSubjectPublicKeyInfo, e.cert.spki) {
			t.Errorf("%s: not what was asked for", m.subject)
		}
		verify(t, parsed, &keys[m.key].PublicKey)
	}
	if refused != 1 {
		t.Errorf("%d are refused, want 1", refused)
	}
}

// TestChain follows the server of UC01 to its root.
func TestChain(t *testing.T) {
	keys := testKeys(t)
	certs := map[string]*x509.Certificate{}
	files, err := contoso(keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.path == "contoso/uc01/my.cer" {
			leaf, err := x509.ParseCertificate(f.data)
			if err != nil {
				t.Fatal(err)
			}
			certs["leaf"] = leaf
			verify(t, leaf, &keys["issuing"].PublicKey)
		}
	}
	issuing, err := keys.make(request{subject: contosoIssuing, issuer: contosoRoot, key: "issuing", signer: "contoso", from: "2022-04-04", to: "2032-04-04"})
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(issuing.der)
	if err != nil {
		t.Fatal(err)
	}
	verify(t, parsed, &keys["contoso"].PublicKey)
	if leaf := certs["leaf"]; leaf == nil || !bytes.Equal(leaf.RawIssuer, parsed.RawSubject) || !bytes.Equal(leaf.AuthorityKeyId, parsed.SubjectKeyId) {
		t.Error("the server's certificate is not issued by the issuing authority")
	}
}

func verify(t *testing.T, c *x509.Certificate, key *rsa.PublicKey) {
	t.Helper()
	hash := map[x509.SignatureAlgorithm]crypto.Hash{x509.MD5WithRSA: crypto.MD5, x509.SHA1WithRSA: crypto.SHA1, x509.SHA256WithRSA: crypto.SHA256, x509.SHA384WithRSA: crypto.SHA384}[c.SignatureAlgorithm]
	digest := hash.New()
	digest.Write(c.RawTBSCertificate)
	if err := rsa.VerifyPKCS1v15(key, hash, digest.Sum(nil), c.Signature); err != nil {
		t.Errorf("%s: %v", c.Subject, err)
	}
}

func TestSerializedStore(t *testing.T) {
	e := element{&certificate{der: []byte{0x30, 0x00}}, []property{friendlyName("A"), archived()}}
	want := "0000000043455254" +
		"0b0000000100000004000000" + "41000000" +
		"130000000100000000000000" +
		"200000000100000002000000" + "3000" +
		strings.Repeat("00", 12)
	if got := hex.EncodeToString(serializedStore([]element{e})); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFiletime(t *testing.T) {
	// 116444736000000000 is 1970, as every description of FILETIME has it.
	if got := hex.EncodeToString(filetime(date(1970, 1, 1, 0, 0, 0))); got != "00803ed5deb19d01" {
		t.Errorf("got %s", got)
	}
}

func TestRegText(t *testing.T) {
	data := make([]byte, 60)
	for i := range data {
		data[i] = byte(i)
	}
	got := regText([]regKey{{`HKEY_LOCAL_MACHINE\A`, []regValue{{"Blob", data}, {`a"\`, `C:\x`}, {"n", uint32(0xAB)}, {"none", []byte{}}}}, {path: `HKEY_LOCAL_MACHINE\A\B`}})
	want := strings.ReplaceAll(`Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\A]
"Blob"=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,15,\
  16,17,18,19,1a,1b,1c,1d,1e,1f,20,21,22,23,24,25,26,27,28,29,2a,2b,2c,2d,2e,\
  2f,30,31,32,33,34,35,36,37,38,39,3a,3b
"a\"\\"="C:\\x"
"n"=dword:000000ab
"none"=hex:

[HKEY_LOCAL_MACHINE\A\B]

`, "\n", "\r\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	encoded := utf16Text("aü")
	if want := []byte{0xFF, 0xFE, 'a', 0, 0xFC, 0}; !bytes.Equal(encoded, want) {
		t.Errorf("got % x, want % x", encoded, want)
	}
}

func TestEventCSV(t *testing.T) {
	older := event{"Error", date(2026, 9, 3, 0, 5, 6), "Schannel", 36887, "None", `a "b", c`}
	newer := event{"Warning", date(2026, 10, 13, 14, 0, 0), "Schannel", 36885, "None", "plain"}
	want := "\uFEFFLevel,Date and Time,Source,Event ID,Task Category\r\n" +
		"Warning,10/13/2026 2:00:00 PM,Schannel,36885,None,plain\r\n" +
		"Error,9/3/2026 12:05:06 AM,Schannel,36887,None,\"a \"\"b\"\", c\"\r\n"
	if got := string(english.eventCSV([]event{older, newer})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	r := csv.NewReader(bytes.NewReader(german.eventCSV(fabrikamSystem())))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, record := range records[1:] {
		if len(record) != len(records[0])+1 {
			t.Fatalf("record %d has %d fields", i, len(record))
		}
	}
}

// TestFriendlyName decodes what it encodes, beyond the basic plane too.
func TestFriendlyName(t *testing.T) {
	const name = "Großes Ȳ 𐐷"
	b := friendlyName(name).value
	units := []uint16{}
	for i := 0; i < len(b); i += 2 {
		units = append(units, uint16(b[i])|uint16(b[i+1])<<8)
	}
	if got := string(utf16.Decode(units)); got != name+"\x00" {
		t.Errorf("got %q", got)
	}
}

// TestThumbprints keeps the README's list of roots that a policy may require.
func TestThumbprints(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	m := maker{keys: testKeys(t)}
	for _, c := range append(northwindRoots(&m)[2:6], m.make(fabrikamPlatform)) {
		if line := "| " + c.cn + " | `" + c.thumbprint() + "` |"; !bytes.Contains(readme, []byte(line)) {
			t.Errorf("README.md has no line %s", line)
		}
	}
	if m.err != nil {
		t.Fatal(m.err)
	}
}

// TestPKCS7 has another program read what is written here.
func TestPKCS7(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("there is no openssl on this machine to compare with")
	}
	files, err := all(testKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"contoso/uc01/ca.p7b": 3, "northwind/nw-fe01/ca.p7b": 1, "vectors/same.p7b": 9, "vectors/same.pem.p7b": 9}
	for _, f := range files {
		n, ok := want[f.path]
		if !ok {
			continue
		}
		form := "DER"
		if strings.HasSuffix(f.path, ".pem.p7b") {
			form = "PEM"
		}
		cmd := exec.CommandContext(t.Context(), openssl, "pkcs7", "-inform", form, "-print_certs")
		cmd.Stdin = bytes.NewReader(f.data)
		out, err := cmd.Output()
		if got := bytes.Count(out, []byte("BEGIN CERTIFICATE")); err != nil || got != n {
			t.Errorf("%s: openssl reads %d certificates, %v; want %d", f.path, got, err, n)
		}
		delete(want, f.path)
	}
	if len(want) > 0 {
		t.Errorf("not made: %v", want)
	}
}
