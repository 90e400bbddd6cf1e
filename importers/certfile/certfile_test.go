package certfile_test

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/certfile"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/p7b"
)

var (
	certA, certB = certtest.Cert("A", ""), certtest.Cert("B", "A")
	crl          = certtest.CRL("C")
	// pfx is the frame of a PKCS#12 file.
	pfx = certtest.TLV(0x30, certtest.TLV(0x02, []byte{3}), certtest.TLV(0x30, certtest.OIDData, certtest.TLV(0xa0, certtest.TLV(0x04, make([]byte, 40)))))
	// secret stands for a private key: no report may hold it.
	secret = certtest.TLV(0x30, certtest.TLV(0x02, []byte{0}), certtest.TLV(0x30, certtest.TLV(0x06, []byte{0x2a})), certtest.TLV(0x04, []byte("SECRETSECRET")))
)

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func pem(label string, data []byte) []byte { return certtest.PEM(label, data, "\n") }

func subjects(c *evidence.Case) string {
	var list []string
	for _, o := range c.Occurrences {
		if o.Parse == evidence.ParseFailed {
			list = append(list, "!")
		} else {
			list = append(list, strings.TrimPrefix(o.Subject, "CN="))
		}
	}
	for _, r := range c.RevocationLists {
		list = append(list, "crl:"+strings.TrimPrefix(r.Issuer, "CN="))
	}
	return strings.Join(list, " ")
}

func TestImport(t *testing.T) {
	aux := certtest.TLV(0x30, certtest.TLV(0x30, certtest.TLV(0x06, []byte{0x2a})))
	for name, test := range map[string]struct {
		data     []byte
		facts    string
		codes    string
		complete bool
	}{
		"DER":                 {certA, "A", "", true},
		"DER, several":        {join(certA, certB, crl), "A B crl:C", "", true},
		"DER, newline":        {join(certA, []byte("\r\n")), "A", "certfile-trailing-bytes:warning", true},
		"DER, zeros":          {join(certA, make([]byte, 20)), "A", "certfile-trailing-bytes:warning", true},
		"DER, cut":            {join(certA, certB[:len(certB)-1]), "A", "certfile-truncated:error", false},
		"DER, then a message": {join(certA, certtest.Message([][]byte{certB}, nil)), "A B", "", true},
		"bare":                {certtest.TBS("T", ""), "T", "certfile-odd-certificate:note", true},
		"S08: 30 00":          {[]byte{0x30, 0}, "!", "certfile-bad-certificate:warning", false},
		"CRL":                 {crl, "crl:C", "", true},
		"PEM":                 {pem("CERTIFICATE", certA), "A", "", true},
		"PEM, CRLF":           {certtest.PEM("CERTIFICATE", certA, "\r\n"), "A", "", true},
		"PEM, several":        {join([]byte("# A\n"), pem("CERTIFICATE", certA), []byte("\n# B\n"), pem("X509 CERTIFICATE", certB), pem("X509 CRL", crl)), "A B crl:C", "", true},
		"PEM, trusted":        {pem("TRUSTED CERTIFICATE", join(certA, aux)), "A", "certfile-openssl-trust:note", true},
		"PEM, trusted, alone": {pem("TRUSTED CERTIFICATE", certA), "A", "", true},
		"PEM, two in a block": {pem("CERTIFICATE", join(certA, certB)), "A", "certfile-trailing-bytes:warning", false},
		"PEM, damaged":        {join(pem("CERTIFICATE", certtest.TLV(0x30, []byte("junk"))), pem("CERTIFICATE", certB)), "! B", "certfile-bad-certificate:warning", false},
		"PEM, not DER":        {join(pem("CERTIFICATE", []byte("text text text")), pem("CERTIFICATE", certB)), "! B", "certfile-bad-certificate:warning", false},
		"PEM, DER cut":        {join(pem("CERTIFICATE", certA[:100]), pem("CERTIFICATE", certB)), "! B", "certfile-bad-certificate:warning", false},
		"PEM, CRL cut":        {join(pem("X509 CRL", crl[:60]), pem("CERTIFICATE", certB)), "B", "certfile-truncated:warning", false},
		"PEM, cut":            {join(pem("CERTIFICATE", certA), pem("CERTIFICATE", certB)[:300]), "A", "certfile-truncated:error", false},
		"PEM, no END line":    {join(pem("CERTIFICATE", certA), pem("CERTIFICATE", certB)[:28]), "A", "certfile-no-end-line:warning", false},
		"PEM of a message":    {join(pem("CERTIFICATE", certA), pem("CERTIFICATE", certtest.Message([][]byte{certB}, nil))), "A B", "", true},
		"PEM, request":        {join(pem("CERTIFICATE REQUEST", []byte("x")), pem("CERTIFICATE", certA)), "A", "certfile-other-block:note", true},
		"UTF-16":              {certtest.UTF16("\uFEFF"+string(pem("CERTIFICATE", certA)), binary.LittleEndian), "A", "", true},
		"P08: base64":         {certtest.Base64(certtest.TBS("T", ""), "\n"), "T", "certfile-odd-certificate:note", true},
		"P07: wide base64":    {certtest.UTF16(string(certtest.Base64(certA, "\r\n")), binary.LittleEndian), "A", "", true},
		"private key":         {join(pem("RSA PRIVATE KEY", secret), pem("CERTIFICATE", certA)), "A", "certfile-private-key:warning", true},
		"encrypted key":       {join(pem("ENCRYPTED PRIVATE KEY", secret), pem("CERTIFICATE", certA)), "A", "certfile-private-key:warning", true},
		"private key, DER":    {secret, "", "certfile-private-key:warning", true},
		"key, mislabelled":    {pem("CERTIFICATE", secret), "", "certfile-private-key:warning", true},
		"key in base64":       {certtest.Base64(secret, "\n"), "", "certfile-private-key:warning", true},
		"key behind":          {pem("CERTIFICATE", join(certA, secret)), "A", "certfile-trailing-bytes:warning", false},
		"PFX":                 {pfx, "", "certfile-pfx:error", false},
		"PFX, cut":            {pfx[:30], "", "certfile-pfx:error", false},
		"PFX in base64":       {certtest.Base64(pfx, "\n"), "", "certfile-pfx:error", false},
		"text":                {[]byte("<html>"), "", "certfile-unreadable:error", false},
		"nothing":             {nil, "", "certfile-unreadable:error", false},
	} {
		c := certtest.Import(t, certfile.Format, "root.cer", test.data, certtest.Root)
		if codes := strings.Join(certtest.Codes(c), " "); subjects(c) != test.facts || codes != test.codes || c.Sources[0].Complete != test.complete {
			t.Errorf("%s: %s, %s, complete %v; want %+v", name, subjects(c), codes, c.Sources[0].Complete, test)
		}
		for _, d := range c.Diagnostics {
			if text := d.Summary + d.Detail; strings.Contains(text, "SECRET") || strings.Contains(text, string(certtest.Base64(secret, ""))) {
				t.Errorf("%s: a private key stands in %q", name, text)
			}
		}
	}
	if c := certtest.Import(t, certfile.Format, "a.pfx", pfx, evidence.Store{}); !strings.Contains(c.Diagnostics[0].Detail, ".p7b") || !strings.Contains(c.Diagnostics[0].Detail, ".sst") {
		t.Errorf("a PFX is refused with %q", c.Diagnostics[0].Detail)
	}
}

func TestPlaces(t *testing.T) {
	text := join([]byte("# A\r\n"), certtest.PEM("CERTIFICATE", certA, "\r\n"), []byte("# B\r\n"), certtest.PEM("CERTIFICATE", certB, "\r\n"))
	c := certtest.Import(t, certfile.Format, "a.pem", text, certtest.Root)
	for i, o := range c.Occurrences {
		at := string(text[o.Where.Offset:][:o.Where.Length])
		if !strings.HasPrefix(at, "-----BEGIN") || !strings.HasSuffix(at, "-----END CERTIFICATE-----") || strings.Count(string(text[:o.Where.Offset]), "\n")+1 != o.Where.Line {
			t.Errorf("certificate %d is at %+v", i+1, o.Where)
		}
	}
	wide := certtest.UTF16(string(text), binary.BigEndian)
	w := certtest.Import(t, certfile.Format, "a.pem", wide, certtest.Root)
	for i, o := range w.Occurrences {
		if o.Where.Offset != 2*c.Occurrences[i].Where.Offset || o.Where.Length != 2*c.Occurrences[i].Where.Length || o.Where.Line != c.Occurrences[i].Where.Line {
			t.Errorf("in UTF-16 certificate %d is at %+v", i+1, o.Where)
		}
	}
	if len(w.Occurrences) != 2 || len(c.Occurrences) != 2 {
		t.Errorf("%d and %d certificates", len(c.Occurrences), len(w.Occurrences))
	}
}

func TestStore(t *testing.T) {
	for name, test := range map[string]struct {
		data  []byte
		store string
		codes []string
	}{
		"one":        {certA, "", []string{}},
		"roots":      {join(certA, certtest.Cert("B", "")), `LocalMachine\Root`, []string{"store-assumed:note"}},
		"issued":     {join(certA, certB), `LocalMachine\CA`, []string{"store-assumed:note"}},
		"PEM, roots": {join(pem("CERTIFICATE", certA), pem("CERTIFICATE", certA)), `LocalMachine\Root`, []string{"store-assumed:note"}},
	} {
		c := certtest.Import(t, certfile.Format, "export", test.data, evidence.Store{})
		if c.Sources[0].Store.String() != test.store || !slices.Equal(certtest.Codes(c), test.codes) || c.Occurrences[0].Store != c.Sources[0].Store {
			t.Errorf("%s: %s, %v", name, c.Sources[0].Store, certtest.Codes(c))
		}
	}
}

func TestDetect(t *testing.T) {
	message := certtest.Message([][]byte{certA}, nil)
	for name, test := range map[string]struct {
		head []byte
		file string
		want importers.Confidence
	}{
		"DER":              {certA, "a.bin", importers.Certain},
		"DER, cut":         {certA[:200], "a.bin", importers.Certain},
		"PEM":              {pem("CERTIFICATE", certA), "a.bin", importers.Certain},
		"PEM in a text":    {join([]byte("x\n"), pem("CERTIFICATE", certA)), "a.log", importers.Likely},
		"PEM in a .pem":    {join([]byte("x\n"), pem("CERTIFICATE", certA)), "a.pem", importers.Certain},
		"key and PEM":      {join(pem("PRIVATE KEY", secret), pem("CERTIFICATE", certA)), "a.bin", importers.Certain},
		"key":              {pem("PRIVATE KEY", secret), "a.pem", importers.Maybe},
		"key, other name":  {pem("PRIVATE KEY", secret), "a.key", importers.No},
		"CRL":              {crl, "a.bin", importers.Certain},
		"PFX":              {pfx, "a.bin", importers.Certain},
		"PFX by its name":  {[]byte("x"), "a.P12", importers.Maybe},
		"by its name":      {[]byte("x"), "a.CER", importers.Maybe},
		"message":          {message, "a.cer", importers.No},
		"message, PEM":     {pem("CERTIFICATE", message), "a.cer", importers.No},
		"text":             {[]byte("x"), "a.txt", importers.No},
		"registry export":  {[]byte("Windows Registry Editor Version 5.00\r\n"), "a.reg", importers.No},
		"a base64 word":    {[]byte("Hello"), "a", importers.No},
		"empty by no name": {nil, "a", importers.No},
	} {
		if got := certfile.Format.Detect(test.head, test.file); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	for _, formats := range [][]*importers.Format{{p7b.Format, certfile.Format}, {certfile.Format, p7b.Format}} {
		if f, _ := importers.Detect(formats, pem("CERTIFICATE", message), "a.cer"); f != p7b.Format {
			t.Errorf("a message labelled CERTIFICATE is read by %s", f.Name)
		}
	}
	if title, rest, ok := strings.Cut(certfile.Format.Doc, "\n\n"); !ok || strings.Contains(title, "\n") || strings.HasSuffix(title, ".") || rest == "" {
		t.Errorf("the doc's title is %q", title)
	}
}

// TestVectors imports the vectors that are certificates.
func TestVectors(t *testing.T) {
	dir := certtest.Corpus(t, "vectors")
	n := 0
	for _, row := range certtest.Table(t, filepath.Join(dir, "MANIFEST.tsv")) {
		name := row["file"]
		if ext := filepath.Ext(name); ext != ".cer" && ext != ".pem" {
			continue
		}
		n++
		path := filepath.Join(dir, name)
		data := certtest.Read(t, path)
		if certfile.Format.Detect(data, name) != importers.Certain || certfile.Format.Detect(data, "x") < importers.Likely {
			t.Errorf("%s is not recognised", name)
		}
		certtest.CheckVector(t, certtest.Import(t, certfile.Format, name, data, certtest.Root), row, path)
	}
	if n < 3 {
		t.Errorf("only %d vectors were tested", n)
	}
}

// TestRequiredRoots imports certificates whose file names are their
// thumbprints.
func TestRequiredRoots(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(certtest.Corpus(t, "stores", "roots", "required"), "*.cer"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		name := filepath.Base(path)
		c := certtest.Import(t, certfile.Format, name, certtest.Read(t, path), evidence.Store{})
		if len(c.Occurrences) != 1 || c.Occurrences[0].Thumbprint() != strings.TrimSuffix(name, ".cer") || len(c.Diagnostics) > 0 || !c.Sources[0].Store.IsZero() {
			t.Errorf("%s: %s, %v", name, subjects(c), certtest.Codes(c))
		}
	}
}

// TestCryptoAPI imports the certificates and revocation lists of CryptoAPI's
// own tests (behaviours S09 to S11, P08, P09, P11).
func TestCryptoAPI(t *testing.T) {
	dir := certtest.Corpus(t, "cryptoapi")
	n := 0
	for _, row := range certtest.Table(t, filepath.Join(dir, "INDEX.tsv")) {
		want := map[string][3]int{"cert": {1, 0, 0}, "crl": {0, 1, 0}, "pfx": {0, 0, 1}}[row["kind"]]
		if want == [3]int{} {
			continue
		}
		n++
		data := certtest.Read(t, filepath.Join(dir, row["file"]))
		if certfile.Format.Detect(data, "x") != importers.Certain {
			t.Errorf("%s is not recognised", row["file"])
		}
		c := certtest.Import(t, certfile.Format, row["file"], data, evidence.Store{})
		if got := [3]int{len(c.Occurrences), len(c.RevocationLists), certtest.Errors(c)}; got != want {
			t.Errorf("%s: %v, want %v; %v", row["file"], got, want, certtest.Codes(c))
		}
	}
	if n < 100 {
		t.Errorf("only %d files were read", n)
	}
}

func FuzzImport(f *testing.F) {
	f.Add(join(certA, certB))
	f.Add(certtest.TBS("T", ""))
	f.Add(pfx)
	f.Add(crl)
	f.Add(join([]byte("# x\n"), pem("PRIVATE KEY", secret), pem("TRUSTED CERTIFICATE", join(certA, certtest.TLV(0x30)))))
	f.Add(certtest.Base64(certA, "\r\n"))
	f.Add(certtest.UTF16(string(pem("X509 CRL", crl)), binary.BigEndian))
	if path, ok := certtest.FindCorpus("vectors", "c04-bundle.pem"); ok {
		f.Add(certtest.Read(f, path))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := certtest.Import(t, certfile.Format, "a.cer", data, evidence.Store{})
		certtest.CheckAllocation(t, certfile.Format, "a.cer", data)
		if c.Sources[0].Records.Total() == 0 && len(c.Diagnostics) == 0 {
			t.Error("nothing was read and nothing is told")
		}
		certfile.Format.Detect(data, "x")
	})
}
