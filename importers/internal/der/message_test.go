package der_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

func TestReadMessage(t *testing.T) {
	a, b, crl := certtest.Cert("a", ""), certtest.Cert("b", ""), certtest.CRL("c")
	sound := certtest.Message([][]byte{a, b}, [][]byte{crl})
	m, ok := der.ReadMessage(sound, 100)
	if !ok || m.Bare || m.Type != der.TypeSignedData || m.ContentType != der.TypeData || m.Broken != nil {
		t.Fatalf("message is %+v, broken %+v", m, m.Broken)
	}
	if len(m.Certificates) != 2 || len(m.CRLs) != 1 || !bytes.Equal(m.CRLs[0].Raw, crl) {
		t.Fatalf("%d certificates, %d CRLs", len(m.Certificates), len(m.CRLs))
	}
	for i, want := range [][]byte{a, b} {
		e := m.Certificates[i]
		if !bytes.Equal(e.Raw, want) || !bytes.Equal(sound[e.Offset-100:][:len(e.Raw)], want) {
			t.Errorf("certificate %d at %d is another", i+1, e.Offset)
		}
	}
	bare := certtest.SignedData(certtest.TLV(0x30, certtest.OIDData), [][]byte{a}, nil)
	if m, ok := der.ReadMessage(bare, 0); !ok || !m.Bare || m.Type != der.TypeSignedData || len(m.Certificates) != 1 {
		t.Errorf("a bare SignedData gives %v, %+v", ok, m)
	}
	if m, ok := der.ReadMessage(certtest.TLV(0x30, certtest.OIDEnveloped, certtest.TLV(0xa0)), 0); !ok || m.Type != "1.2.840.113549.1.7.3" || len(m.Certificates) != 0 {
		t.Errorf("enveloped data gives %v, %+v", ok, m)
	}
	for name, raw := range map[string][]byte{
		"nothing": nil, "a certificate": a, "an OID alone": certtest.TLV(0x30, certtest.TLV(0x06, []byte{0x2a})), "an algorithm": certtest.TLV(0x30, certtest.TLV(0x06, []byte{0x2a}), certtest.TLV(0x05)),
		"an empty OID": certtest.TLV(0x30, certtest.TLV(0x06), certtest.TLV(0xa0)), "a SET": certtest.TLV(0x31, certtest.OIDSignedData), "an INTEGER alone": certtest.TLV(0x30, certtest.TLV(0x02, []byte{1})),
	} {
		if m, ok := der.ReadMessage(raw, 0); ok {
			t.Errorf("%s was taken for the message %+v", name, m)
		}
	}
}

func TestReadMessageBroken(t *testing.T) {
	a, b := certtest.Cert("a", ""), certtest.Cert("b", "")
	sound := certtest.Message([][]byte{a, b}, nil)
	for n := range len(sound) {
		m, ok := der.ReadMessage(sound[:n], 0)
		if !ok {
			if n > 40 {
				t.Fatalf("%d bytes are no message", n)
			}
			continue
		}
		if m.Broken == nil || !m.Outer.Cut || m.Broken.Offset > int64(n) || m.Broken.Wanted == "" {
			t.Fatalf("of %d bytes of %d: broken is %+v", n, len(sound), m.Broken)
		}
		for i, e := range m.Certificates {
			if want := [][]byte{a, b}[i]; !bytes.Equal(e.Raw, want) {
				t.Fatalf("of %d bytes: certificate %d is another", n, i+1)
			}
		}
	}
	// A length that leads out of the set.
	damaged := bytes.Clone(sound)
	at := bytes.Index(damaged, b)
	damaged[at+2] = 0x7f
	m, ok := der.ReadMessage(damaged, 0)
	if !ok || m.Outer.Cut || len(m.Certificates) != 1 || m.Broken == nil || m.Broken.Offset != int64(at) || m.Broken.Length != int64(len(b)) {
		t.Errorf("a damaged length gives %v, %d certificates, %+v", ok, len(m.Certificates), m.Broken)
	}
	for name, raw := range map[string][]byte{
		"no content":     certtest.TLV(0x30, certtest.OIDSignedData),
		"no SignedData":  certtest.TLV(0x30, certtest.OIDSignedData, certtest.TLV(0xa0, certtest.TLV(0x04))),
		"no version":     certtest.TLV(0x30, certtest.OIDSignedData, certtest.TLV(0xa0, certtest.TLV(0x30))),
		"no digests":     certtest.TLV(0x30, certtest.OIDSignedData, certtest.TLV(0xa0, certtest.TLV(0x30, certtest.TLV(0x02, []byte{1})))),
		"no info":        certtest.TLV(0x30, certtest.OIDSignedData, certtest.TLV(0xa0, certtest.TLV(0x30, certtest.TLV(0x02, []byte{1}), certtest.TLV(0x31)))),
		"zeros in a set": certtest.Message([][]byte{a, {0, 0, 0, 0}}, nil),
	} {
		if m, ok := der.ReadMessage(raw, 0); !ok || m.Broken == nil {
			t.Errorf("%s: %v, %+v", name, ok, m)
		}
	}
}

func TestContentBytes(t *testing.T) {
	with := func(content []byte) *der.Message {
		m, ok := der.ReadMessage(certtest.SignedData(certtest.TLV(0x30, certtest.OIDData, certtest.TLV(0xa0, content)), nil, nil), 0)
		if !ok {
			t.Fatal("no message")
		}
		return m
	}
	for name, test := range map[string]struct {
		content []byte
		want    string
	}{
		"OCTET STRING": {certtest.TLV(0x04, []byte("abc")), "abc"},
		"constructed":  {certtest.Indefinite(0x24, certtest.TLV(0x04, []byte("ab")), certtest.TLV(0x24, certtest.TLV(0x04, []byte("c")))), "abc"},
		"SEQUENCE":     {certtest.TLV(0x30, certtest.TLV(0x05)), "\x30\x02\x05\x00"},
		"nothing":      {nil, ""},
	} {
		m := with(test.content)
		got, offset := m.ContentBytes()
		if string(got) != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if name == "OCTET STRING" && !bytes.HasPrefix(m.Outer.Raw[offset:], []byte("abc")) {
			t.Errorf("%s: offset is %d", name, offset)
		}
	}
}

func TestTypeName(t *testing.T) {
	if got := der.TypeName(der.TypeSignedData); got != "signedData (1.2.840.113549.1.7.2)" {
		t.Error(got)
	}
	if got := der.TypeName("1.2.3"); got != "1.2.3" {
		t.Error(got)
	}
}

func TestKindOf(t *testing.T) {
	key := certtest.TLV(0x30, certtest.TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")), certtest.TLV(0x05))
	cert := certtest.Cert("a", "")
	v1CRL := certtest.TLV(0x30, sha256RSA, certtest.Name("c"), certtest.TLV(0x17, []byte("200102030405Z")))
	one := certtest.TLV(0x02, []byte{1})
	for name, test := range map[string]struct {
		raw  []byte
		want der.Kind
	}{
		"certificate":         {cert, der.KindCertificate},
		"certificate, cut":    {cert[:150], der.KindCertificate},
		"bare certificate":    {certtest.TBS("a", ""), der.KindCertificate},
		"bare, version 1":     {certtest.TLV(0x30, one, sha256RSA, certtest.Name("i"), certtest.TLV(0x30), certtest.Name("s")), der.KindCertificate},
		"CRL":                 {certtest.CRL("c"), der.KindCRL},
		"bare CRL":            {certtest.TLV(0x30, one, sha256RSA, certtest.Name("c"), certtest.TLV(0x18, []byte("20200102030405Z"))), der.KindCRL},
		"bare CRL, version 1": {v1CRL, der.KindCRL},
		"CRL, version 1":      {certtest.Sign(v1CRL), der.KindCRL},
		"message":             {certtest.Message([][]byte{cert}, nil), der.KindMessage},
		"bare SignedData":     {certtest.SignedData(certtest.TLV(0x30, certtest.OIDData), nil, nil), der.KindMessage},
		"enveloped":           {certtest.TLV(0x30, certtest.OIDEnveloped, certtest.TLV(0xa0)), der.KindMessage},
		"CTL":                 {certtest.TrustList(nil), der.KindTrustList},
		"PFX":                 {certtest.TLV(0x30, certtest.TLV(0x02, []byte{3}), certtest.TLV(0x30, certtest.OIDData, certtest.TLV(0xa0, certtest.TLV(0x04)))), der.KindPFX},
		"PKCS#8":              {certtest.TLV(0x30, certtest.TLV(0x02, []byte{0}), key, certtest.TLV(0x04)), der.KindPrivateKey},
		"PKCS#8, encrypted":   {certtest.TLV(0x30, key, certtest.TLV(0x04)), der.KindPrivateKey},
		"PKCS#1":              {certtest.TLV(0x30, one, one, one, one), der.KindPrivateKey},
		"SEC 1":               {certtest.TLV(0x30, one, certtest.TLV(0x04)), der.KindPrivateKey},
		"request":             {certtest.Sign(certtest.TLV(0x30, one, certtest.Name("r"), rsa1024, certtest.TLV(0xa0))), der.KindRequest},
		"RSA public key":      {certtest.TLV(0x30, one, one), der.Unknown},
		"public key":          {rsa1024, der.Unknown},
		"name":                {certtest.Name("a"), der.Unknown},
		"empty SEQUENCE":      {certtest.TLV(0x30), der.Unknown},
		"text":                {[]byte("MIIB"), der.Unknown},
		"nothing":             {nil, der.Unknown},
	} {
		if got := der.KindOf(test.raw); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestParseCRL(t *testing.T) {
	time1, time2 := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), time.Date(2020, 2, 2, 3, 4, 5, 0, time.UTC)
	tbs, _ := der.First(certtest.CRL("Issuer"))
	inner := tbs.Inside()
	bare, _ := inner.Next()
	for name, raw := range map[string][]byte{"whole": certtest.CRL("Issuer"), "bare": bare.Raw} {
		crl, ok := der.ParseCRL(raw)
		if !ok || crl.Issuer != "CN=Issuer" || !bytes.Equal(crl.IssuerDER, certtest.Name("Issuer")) || !crl.ThisUpdate.Equal(time1) || !crl.NextUpdate.Equal(time2) {
			t.Errorf("%s: %v, %+v", name, ok, crl)
		}
	}
	v1 := certtest.TLV(0x30, sha256RSA, certtest.Name("Issuer"), certtest.TLV(0x17, []byte("200102030405Z")))
	for name, raw := range map[string][]byte{"version 1": certtest.Sign(v1), "version 1, bare": v1} {
		if crl, ok := der.ParseCRL(raw); !ok || crl.Issuer != "CN=Issuer" || !crl.ThisUpdate.Equal(time1) || !crl.NextUpdate.IsZero() {
			t.Errorf("%s: %v, %+v", name, ok, crl)
		}
	}
	for name, raw := range map[string][]byte{"certificate": certtest.Cert("a", ""), "nothing": nil, "empty": certtest.TLV(0x30), "no issuer": certtest.TLV(0x30, certtest.TLV(0x02, []byte{1}), sha256RSA)} {
		if crl, ok := der.ParseCRL(raw); ok {
			t.Errorf("%s was taken for the CRL %+v", name, crl)
		}
	}
}

func FuzzReadMessage(f *testing.F) {
	cert := certtest.Cert("a", "")
	f.Add(certtest.Message([][]byte{cert, certtest.Cert("b", "")}, [][]byte{certtest.CRL("c")}))
	f.Add(certtest.SignedData(certtest.TLV(0x30, certtest.OIDData, certtest.TLV(0xa0, certtest.Indefinite(0x24, certtest.TLV(0x04, []byte("x"))))), [][]byte{cert}, nil))
	f.Add(certtest.Indefinite(0x30, certtest.OIDSignedData, certtest.Indefinite(0xa0, certtest.Indefinite(0x30, certtest.TLV(0x02, []byte{1}), certtest.TLV(0x31), certtest.TLV(0x30, certtest.OIDData), certtest.Indefinite(0xa0, cert)))))
	f.Add(certtest.TrustList(nil, certtest.TrustListEntry([]byte("digest"))))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, ok := der.ReadMessage(raw, 7)
		if !ok {
			return
		}
		total := 0
		for _, e := range append(m.Certificates, m.CRLs...) {
			at := e.Offset - 7
			if at < 0 || at+int64(len(e.Raw)) > int64(len(raw)) || !bytes.Equal(raw[at:at+int64(len(e.Raw))], e.Raw) {
				t.Fatalf("the bytes at %d are not the element", at)
			}
			total += len(e.Raw)
		}
		if total > len(raw) {
			t.Errorf("%d bytes were found in %d", total, len(raw))
		}
		if m.Outer.Cut && m.Type == der.TypeSignedData && m.Broken == nil {
			t.Error("a cut message is not broken")
		}
		if b := m.Broken; b != nil && (b.Offset < 7 || b.Offset+b.Length > 7+int64(len(raw))) {
			t.Errorf("broken at %+v, outside", b)
		}
		if content, _ := m.ContentBytes(); len(content) > len(raw) {
			t.Errorf("content of %d bytes in %d", len(content), len(raw))
		}
	})
}
