package der_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

func parse(raw []byte) *evidence.Certificate { return der.ParseCertificate(raw, sha256.Sum256(raw)) }

// parts are the fields of a tbsCertificate, to be changed one by one.
type parts struct{ version, serial, algorithm, issuer, validity, subject, key, rest []byte }

var (
	rsa1024 = certtest.TLV(0x30, certtest.TLV(0x30, certtest.TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")), certtest.TLV(0x05)),
		certtest.TLV(0x03, []byte{0}, certtest.TLV(0x30, certtest.TLV(0x02, []byte{0}, bytes.Repeat([]byte{0xa5}, 128)), certtest.TLV(0x02, []byte{1, 0, 1}))))
	sha256RSA = certtest.TLV(0x30, certtest.TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b")), certtest.TLV(0x05))
)

func sound() parts {
	return parts{version: certtest.TLV(0xa0, certtest.TLV(0x02, []byte{2})), serial: certtest.TLV(0x02, []byte{0, 0x80, 1}), algorithm: sha256RSA, issuer: certtest.Name("I"),
		validity: certtest.TLV(0x30, certtest.TLV(0x17, []byte("200102030405Z")), certtest.TLV(0x18, []byte("20500102030405Z"))), subject: certtest.Name("S"), key: rsa1024}
}

func (p parts) tbs() []byte {
	return certtest.TLV(0x30, p.version, p.serial, p.algorithm, p.issuer, p.validity, p.subject, p.key, p.rest)
}

func (p parts) cert() []byte { return certtest.Sign(p.tbs()) }

func TestParseCertificateFields(t *testing.T) {
	raw := certtest.Cert("Contoso Root", "Issuer",
		certtest.Extension("\x55\x1d\x25", certtest.TLV(0x30, certtest.TLV(0x06, []byte("\x2b\x06\x01\x05\x05\x07\x03\x02")), certtest.TLV(0x06, []byte("\x2b\x06\x01\x05\x05\x07\x03\x01")))),
		certtest.TLV(0x30, certtest.TLV(0x06, []byte("\x55\x1d\x13")), certtest.TLV(0x01, []byte{0xff}), certtest.TLV(0x04, certtest.TLV(0x30, certtest.TLV(0x01, []byte{0xff})))),
		certtest.Extension("\x55\x1d\x0e", certtest.TLV(0x04, []byte("ski"))),
		certtest.Extension("\x55\x1d\x23", certtest.TLV(0x30, certtest.TLV(0x80, []byte("aki")))),
		certtest.Extension("\x55\x1d\x11", certtest.TLV(0x30, certtest.TLV(0x81, []byte("a@b")), certtest.TLV(0x82, []byte("a.example")), certtest.TLV(0x82, []byte("b.example")))))
	c := parse(raw)
	want := &evidence.Certificate{
		Raw: raw, SHA1: sha1.Sum(raw), SHA256: sha256.Sum256(raw), Parse: evidence.ParsedStrict, Version: 3,
		SubjectDER: certtest.Name("Contoso Root"), IssuerDER: certtest.Name("Issuer"), Subject: "CN=Contoso Root", Issuer: "CN=Issuer", Serial: []byte{1, 2, 3},
		NotBefore: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), NotAfter: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
		KeyAlgorithm: "RSA", KeyBits: 1024, SignatureAlgorithm: "SHA256-RSA",
		HasEKU: true, EKU: []string{"1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"}, HasBasicConstraints: true, CA: true,
		SubjectKeyID: []byte("ski"), AuthorityKeyID: []byte("aki"), DNSNames: []string{"a.example", "b.example"},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
	if c.SelfIssued() || !parse(certtest.Cert("R", "")).SelfIssued() {
		t.Error("self-issued is wrong")
	}
	if &c.Raw[0] != &raw[0] {
		t.Error("raw was copied")
	}
}

func TestParseCertificateResult(t *testing.T) {
	change := func(f func(*parts)) []byte {
		p := sound()
		f(&p)
		return p.cert()
	}
	good := sound().cert()
	indefinite := certtest.Indefinite(0x30, certtest.Indefinite(0x30, sound().version, sound().serial, sha256RSA, certtest.Name("I"), sound().validity, certtest.Name("S"), rsa1024),
		sha256RSA, certtest.TLV(0x03, []byte("\x00sig")))
	for name, test := range map[string]struct {
		raw   []byte
		parse evidence.ParseResult
		note  string // a part of it
	}{
		"sound":                {good, evidence.ParsedStrict, ""},
		"negative serial":      {change(func(p *parts) { p.serial = certtest.TLV(0x02, []byte{0x80}) }), evidence.ParsedLenient, "negative serial"},
		"empty serial":         {change(func(p *parts) { p.serial = certtest.TLV(0x02) }), evidence.ParsedLenient, "serial"},
		"padded serial":        {change(func(p *parts) { p.serial = certtest.TLV(0x02, []byte{0, 0, 1}) }), evidence.ParsedLenient, "serial"},
		"bad PrintableString":  {change(func(p *parts) { p.subject = named(0x13, "a_b") }), evidence.ParsedLenient, "PrintableString"},
		"name is an INTEGER":   {change(func(p *parts) { p.subject = named(0x02, "\x01") }), evidence.ParsedLenient, "string type"},
		"bad UTF-8":            {change(func(p *parts) { p.subject = named(0x0c, "\xff") }), evidence.ParsedLenient, "UTF-8"},
		"time of no day":       {change(func(p *parts) { p.validity = certtest.TLV(0x30, certtest.TLV(0x17, []byte("209902030405Z"))) }), evidence.ParsedLenient, "UTCTime"},
		"no key":               {change(func(p *parts) { p.key = nil }), evidence.ParsedLenient, "x509: "},
		"version 4":            {change(func(p *parts) { p.version = certtest.TLV(0xa0, certtest.TLV(0x02, []byte{3})) }), evidence.ParsedLenient, "version"},
		"bare":                 {sound().tbs(), evidence.ParsedLenient, "malformed tbs"},
		"non-minimal length":   {append([]byte{0x30, 0x84, 0, 0, byte((len(good) - 4) >> 8), byte(len(good) - 4)}, good[4:]...), evidence.ParsedLenient, "x509: "},
		"indefinite length":    {indefinite, evidence.ParsedLenient, "x509: "},
		"trailing byte":        {append(bytes.Clone(good), 0), evidence.ParsedLenient, "trailing data; 1 bytes follow the certificate"},
		"garbage extensions":   {change(func(p *parts) { p.rest = certtest.TLV(0xa3, certtest.TLV(0x02, []byte{1})) }), evidence.ParsedLenient, "x509: "},
		"empty names":          {change(func(p *parts) { p.subject, p.issuer = certtest.TLV(0x30), certtest.TLV(0x30) }), evidence.ParsedStrict, ""},
		"nothing":              {nil, evidence.ParseFailed, "no byte"},
		"empty SEQUENCE":       {certtest.TLV(0x30), evidence.ParseFailed, "wanted a tbsCertificate"},
		"no SEQUENCE":          {[]byte("MIIB"), evidence.ParseFailed, "wanted a SEQUENCE"},
		"cut":                  {good[:len(good)-1], evidence.ParseFailed, "the certificate is cut: it claims"},
		"cut, indefinite":      {indefinite[:len(indefinite)-1], evidence.ParseFailed, "its end is not"},
		"no serial":            {change(func(p *parts) { p.serial = nil }), evidence.ParseFailed, "serial"},
		"no algorithm":         {change(func(p *parts) { p.algorithm = certtest.TLV(0x05) }), evidence.ParseFailed, "algorithm"},
		"no issuer":            {change(func(p *parts) { p.issuer = certtest.TLV(0x05) }), evidence.ParseFailed, "issuer"},
		"no validity":          {change(func(p *parts) { p.validity = certtest.TLV(0x05) }), evidence.ParseFailed, "validity"},
		"no subject":           {change(func(p *parts) { p.subject = certtest.TLV(0x31) }), evidence.ParseFailed, "subject"},
		"subject over the end": {change(func(p *parts) { p.subject, p.key = []byte{0x30, 0x7f, 0}, nil }), evidence.ParseFailed, "subject"},
		"a CRL":                {certtest.CRL("I"), evidence.ParseFailed, "validity"},
		"a message":            {certtest.Message([][]byte{good}, nil), evidence.ParseFailed, "tbsCertificate"},
	} {
		c := parse(test.raw)
		if c.Parse != test.parse || !strings.Contains(c.ParseNote, test.note) || (test.note == "") != (c.ParseNote == "") {
			t.Errorf("%s: %s, %q; want %s, %q", name, c.Parse, c.ParseNote, test.parse, test.note)
		}
		if failed := c.Parse == evidence.ParseFailed; failed != (c.SubjectDER == nil) || failed && c.Subject != "" {
			t.Errorf("%s: %s with the subject %q", name, c.Parse, c.Subject)
		}
		if want := name == "bare"; c.Bare != want && c.Parse != evidence.ParseFailed {
			t.Errorf("%s: bare is %v", name, c.Bare)
		}
	}
	if c := parse(indefinite); !bytes.Equal(c.SubjectDER, certtest.Name("S")) || c.KeyBits != 1024 || c.Version != 3 {
		t.Errorf("indefinite lengths: %+v", c)
	}
	p := sound()
	p.version = nil
	if c := parse(p.cert()); c.Version != 1 || !bytes.Equal(c.Serial, []byte{0, 0x80, 1}) {
		t.Errorf("version %d, serial %x", c.Version, c.Serial)
	}
	if c := parse(change(func(p *parts) { p.version = certtest.TLV(0xa0, certtest.TLV(0x02, []byte{3})) })); c.Version != 0 {
		t.Errorf("version 4 is %d", c.Version)
	}
}

func named(tag byte, value string) []byte {
	return certtest.TLV(0x30, certtest.TLV(0x31, certtest.TLV(0x30, certtest.TLV(0x06, []byte("\x55\x04\x03")), certtest.TLV(tag, []byte(value)))))
}

func TestExtensions(t *testing.T) {
	with := func(extensions ...[]byte) *evidence.Certificate {
		p := sound()
		p.rest = certtest.TLV(0xa3, certtest.TLV(0x30, extensions...))
		return parse(p.cert())
	}
	eku := func(value []byte) []byte { return certtest.Extension("\x55\x1d\x25", value) }
	if c := with(eku(certtest.TLV(0x30))); !c.HasEKU || c.EKU == nil || len(c.EKU) != 0 {
		t.Errorf("an empty usage is %v, %#v", c.HasEKU, c.EKU)
	}
	if c := with(eku([]byte("junk"))); !c.HasEKU || c.EKU != nil {
		t.Errorf("an undecodable usage is %v, %#v", c.HasEKU, c.EKU)
	}
	if c := with(); c.HasEKU || c.EKU != nil || c.HasBasicConstraints || c.SubjectKeyID != nil {
		t.Errorf("no extension gives %+v", c)
	}
	first := certtest.TLV(0x30, certtest.TLV(0x06, []byte{0x2a}))
	if c := with(eku(first), eku(certtest.TLV(0x30))); !reflect.DeepEqual(c.EKU, []string{"1.2"}) {
		t.Errorf("of two usages the first holds; got %v", c.EKU)
	}
	if c := with(certtest.Extension("\x55\x1d\x13", certtest.TLV(0x30))); !c.HasBasicConstraints || c.CA {
		t.Errorf("empty basic constraints give CA %v", c.CA)
	}
	if c := with(certtest.Extension("\x55\x1d\x13", certtest.TLV(0x02)), certtest.Extension("\x55\x1d\x0e", certtest.TLV(0x02)), certtest.Extension("\x55\x1d\x23", certtest.TLV(0x02)), certtest.Extension("\x55\x1d\x11", certtest.TLV(0x02))); !c.HasBasicConstraints || c.CA || c.SubjectKeyID != nil || c.AuthorityKeyID != nil || c.DNSNames != nil {
		t.Errorf("garbage gives %+v", c)
	}
	if c := with(certtest.Extension("\x55\x1d\x11", certtest.TLV(0x30, certtest.TLV(0x82, []byte("a\xff"))))); !reflect.DeepEqual(c.DNSNames, []string{"a\uFFFD"}) {
		t.Errorf("names are %q", c.DNSNames)
	}
}

func TestKeys(t *testing.T) {
	info := func(oid string, parameters, key []byte) []byte {
		return certtest.TLV(0x30, certtest.TLV(0x30, certtest.TLV(0x06, []byte(oid)), parameters), certtest.TLV(0x03, []byte{0}, key))
	}
	prime := append([]byte{0}, bytes.Repeat([]byte{0xff}, 24)...)
	explicit := certtest.TLV(0x30, certtest.TLV(0x02, []byte{1}), certtest.TLV(0x30, certtest.TLV(0x06, []byte("\x2a\x86\x48\xce\x3d\x01\x01")), certtest.TLV(0x02, prime)))
	rsa := certtest.TLV(0x30, certtest.TLV(0x02, []byte{0x07, 0xff}), certtest.TLV(0x02, []byte{3}))
	for name, test := range map[string]struct {
		key  []byte
		want string
	}{
		"RSA":            {rsa1024, "RSA 1024"},
		"RSA, odd size":  {info("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", nil, rsa), "RSA 11"},
		"RSA, X.500":     {info("\x55\x08\x01\x01", nil, rsa), "RSA 11"},
		"RSA-PSS":        {info("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", nil, rsa), "RSA 11"},
		"RSA, garbage":   {info("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", nil, []byte("junk")), "RSA 0"},
		"P-256":          {info("\x2a\x86\x48\xce\x3d\x02\x01", certtest.TLV(0x06, []byte("\x2a\x86\x48\xce\x3d\x03\x01\x07")), nil), "ECDSA 256"},
		"P-521":          {info("\x2a\x86\x48\xce\x3d\x02\x01", certtest.TLV(0x06, []byte("\x2b\x81\x04\x00\x23")), nil), "ECDSA 521"},
		"unknown curve":  {info("\x2a\x86\x48\xce\x3d\x02\x01", certtest.TLV(0x06, []byte("\x2b\x01")), nil), "ECDSA 0"},
		"explicit curve": {info("\x2a\x86\x48\xce\x3d\x02\x01", explicit, nil), "ECDSA 192"},
		"DSA":            {info("\x2a\x86\x48\xce\x38\x04\x01", certtest.TLV(0x30, certtest.TLV(0x02, prime)), nil), "DSA 192"},
		"Ed25519":        {info("\x2b\x65\x70", nil, make([]byte, 32)), "Ed25519 256"},
		"unknown":        {info("\x2b\x01", nil, nil), "1.3.1 0"},
		"empty OID":      {info("", nil, nil), " 0"},
		"no algorithm":   {certtest.TLV(0x30), " 0"},
	} {
		p := sound()
		p.key = test.key
		c := parse(p.cert())
		if got := fmt.Sprint(c.KeyAlgorithm, " ", c.KeyBits); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestSignatureAlgorithms(t *testing.T) {
	pss := func(parameters ...[]byte) []byte {
		return certtest.TLV(0x30, append([][]byte{certtest.TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"))}, parameters...)...)
	}
	hash := func(oid string) []byte {
		return certtest.TLV(0x30, certtest.TLV(0xa0, certtest.TLV(0x30, certtest.TLV(0x06, []byte(oid)))))
	}
	for want, algorithm := range map[string][]byte{
		"SHA256-RSA":            sha256RSA,
		"SHA1-RSA":              certtest.TLV(0x30, certtest.TLV(0x06, []byte("\x2b\x0e\x03\x02\x1d"))),
		"MD5-RSA":               certtest.TLV(0x30, certtest.TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"))),
		"SHA1-RSAPSS":           pss(),
		"SHA256-RSAPSS":         pss(hash("\x60\x86\x48\x01\x65\x03\x04\x02\x01")),
		"1.2.840.113549.1.1.10": pss(hash("\x2b\x01")),
		"1.3.1":                 certtest.TLV(0x30, certtest.TLV(0x06, []byte("\x2b\x01"))),
		"":                      certtest.TLV(0x30, certtest.TLV(0x06)),
	} {
		p := sound()
		p.algorithm = algorithm
		if c := parse(p.tbs()); c.SignatureAlgorithm != want {
			t.Errorf("bare: %q, want %q", c.SignatureAlgorithm, want)
		}
		if c := parse(certtest.TLV(0x30, sound().tbs(), algorithm, certtest.TLV(0x03))); c.SignatureAlgorithm != want {
			t.Errorf("%q, want %q", c.SignatureAlgorithm, want)
		}
	}
}

// TestCryptoAPI compares the corpus of CryptoAPI's own tests: the length of
// each subject, and which certificates crypto/x509 reads.
func TestCryptoAPI(t *testing.T) {
	dir := certtest.Corpus(t, "cryptoapi")
	n := 0
	for _, row := range certtest.Table(t, filepath.Join(dir, "INDEX.tsv")) {
		length, ok := strings.CutPrefix(row["read_by_certlib"], "subject_len=")
		if row["kind"] != "cert" || !ok {
			continue
		}
		n++
		raw := certtest.Read(t, filepath.Join(dir, row["file"]))
		c := parse(raw)
		if c.Parse == evidence.ParseFailed || len(c.SubjectDER) != certtest.Int(t, length) {
			t.Errorf("%s: %s, subject of %d bytes, want %s", row["file"], c.Parse, len(c.SubjectDER), length)
		}
		if der.KindOf(raw) != der.KindCertificate {
			t.Errorf("%s is taken for a %s", row["file"], der.KindOf(raw))
		}
	}
	if n < 90 {
		t.Errorf("only %d certificates were read", n)
	}
	if c := parse(certtest.Read(t, filepath.Join(dir, "store-bigCert.bin"))); !c.Bare || c.Subject != "CN=Juan Lang\\00" || c.NotBefore.Year() != 1601 || c.CA != true || c.KeyAlgorithm != "" || !c.SelfIssued() {
		t.Errorf("the bare certificate: %+v", c)
	}
	lenient := 0
	for _, row := range certtest.Table(t, filepath.Join(dir, "GO-X509.tsv")) {
		path, _ := filepath.Glob(filepath.Join(dir, row["file"]+".*"))
		if len(path) != 1 {
			continue
		}
		c := parse(certtest.Read(t, path[0]))
		if strict := row["std"] == "ok"; strict != (c.Parse == evidence.ParsedStrict) {
			t.Errorf("%s: %s, %s; crypto/x509 said %q", row["file"], c.Parse, c.ParseNote, row["std"])
		}
		if c.Parse == evidence.ParsedLenient {
			lenient++
		}
	}
	if lenient < 30 {
		t.Errorf("only %d certificates are lenient", lenient)
	}
}

func FuzzParseCertificate(f *testing.F) {
	f.Add(sound().cert())
	f.Add(sound().tbs())
	f.Add(certtest.Cert("a", "", certtest.Extension("\x55\x1d\x25", certtest.TLV(0x30))))
	f.Add(certtest.Indefinite(0x30, sound().tbs(), sha256RSA))
	f.Add(certtest.CRL("c"))
	if dir, ok := certtest.FindCorpus("cryptoapi"); ok {
		files, _ := filepath.Glob(filepath.Join(dir, "c*.bin"))
		for _, path := range files {
			f.Add(certtest.Read(f, path))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := parse(raw)
		x, err := x509.ParseCertificate(raw)
		if (err == nil) != (c.Parse == evidence.ParsedStrict) {
			t.Fatalf("%s: %s; crypto/x509 says %v", c.Parse, c.ParseNote, err)
		}
		if err == nil {
			if !bytes.Equal(x.RawSubject, c.SubjectDER) || !bytes.Equal(x.RawIssuer, c.IssuerDER) || x.Version != c.Version {
				t.Errorf("subject %x, issuer %x, version %d; crypto/x509 has %x, %x, %d", c.SubjectDER, c.IssuerDER, c.Version, x.RawSubject, x.RawIssuer, x.Version)
			}
			if !x.NotAfter.Equal(c.NotAfter) || !x.NotBefore.Equal(c.NotBefore) || x.IsCA != c.CA || !bytes.Equal(x.SubjectKeyId, c.SubjectKeyID) {
				t.Errorf("%v to %v, CA %v; crypto/x509 has %v to %v, %v", c.NotBefore, c.NotAfter, c.CA, x.NotBefore, x.NotAfter, x.IsCA)
			}
			if c.ParseNote != "" {
				t.Errorf("a strict certificate has the note %q", c.ParseNote)
			}
		} else if c.ParseNote == "" {
			t.Error("no reason is given")
		}
		for _, part := range [][]byte{c.SubjectDER, c.IssuerDER, c.Serial, c.SubjectKeyID, c.AuthorityKeyID} {
			if !bytes.Contains(raw, part) {
				t.Errorf("%x is not in the certificate", part)
			}
		}
		if (c.Parse == evidence.ParseFailed) != (c.SubjectDER == nil) {
			t.Errorf("%s with the subject %x", c.Parse, c.SubjectDER)
		}
		der.KindOf(raw)
		der.ParseCRL(raw)
	})
}

func BenchmarkParseCertificate(b *testing.B) {
	raw := certtest.Cert("Contoso Root Certification Authority", "")
	sum := sha256.Sum256(raw)
	b.ReportAllocs()
	for b.Loop() {
		der.ParseCertificate(raw, sum)
	}
}
