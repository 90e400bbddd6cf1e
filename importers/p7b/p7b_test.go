package p7b_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/p7b"
)

var (
	certA, certB = certtest.Cert("A", ""), certtest.Cert("B", "A")
	crl          = certtest.CRL("C")
	both         = certtest.Message([][]byte{certA, certB}, nil)
)

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// facts are the subjects of the certificates, ! for one that cannot be read,
// then CRLs and CTLs.
func facts(c *evidence.Case) string {
	var list []string
	for _, o := range c.Occurrences {
		s := strings.TrimPrefix(o.Subject, "CN=")
		if o.Parse == evidence.ParseFailed {
			s = "!"
		}
		if o.Store.IsZero() {
			s = "(" + s + ")"
		}
		list = append(list, s)
	}
	for _, r := range c.RevocationLists {
		list = append(list, "crl:"+strings.TrimPrefix(r.Issuer, "CN="))
	}
	for _, l := range c.TrustLists {
		list = append(list, "ctl:"+l.ListID)
	}
	return strings.Join(list, " ")
}

func TestBinary(t *testing.T) {
	info := certtest.TLV(0x30, certtest.OIDData)
	indefinite := certtest.Indefinite(0x30, certtest.OIDSignedData, certtest.Indefinite(0xa0, certtest.Indefinite(0x30, certtest.TLV(0x02, []byte{1}), certtest.Indefinite(0x31),
		certtest.Indefinite(0x30, certtest.OIDData, certtest.Indefinite(0xa0, certtest.Indefinite(0x24, certtest.TLV(0x04, []byte("ab")), certtest.TLV(0x04, nil)))),
		certtest.Indefinite(0xa0, certA, certtest.Indefinite(0x30, certB[4:])), certtest.Indefinite(0xa1, crl), certtest.Indefinite(0x31))))
	damaged := bytes.Clone(both)
	damaged[bytes.Index(damaged, certB)+2] = 0x7f
	for name, test := range map[string]struct {
		data     []byte
		facts    string
		codes    string
		complete bool
	}{
		"bundle":              {certtest.Message([][]byte{certA, certB}, [][]byte{crl}), "A B crl:C", "", true},
		"bare":                {certtest.SignedData(info, [][]byte{certA, certB}, nil), "A B", "", true},
		"version 5":           {bytes.Replace(both, []byte{0x02, 0x01, 0x01, 0x31}, []byte{0x02, 0x01, 0x05, 0x31}, 1), "A B", "", true},
		"BER":                 {indefinite, "A B crl:C", "p7b-odd-certificate:note", true},
		"empty":               {certtest.Message(nil, nil), "", "p7b-empty:note", true},
		"empty sets":          {certtest.Message([][]byte{}, [][]byte{}), "", "p7b-empty:note", true},
		"trailing zeros":      {join(both, make([]byte, 3)), "A B", "p7b-trailing-bytes:warning", true},
		"trailing text":       {join(both, []byte("\r\n")), "A B", "p7b-trailing-bytes:warning", true},
		"a second message":    {join(both, both), "A B", "p7b-trailing-bytes:warning", false},
		"enveloped":           {certtest.TLV(0x30, certtest.OIDEnveloped, certtest.TLV(0xa0, certtest.TLV(0x30))), "", "p7b-not-signed-data:error", false},
		"data":                {certtest.TLV(0x30, certtest.OIDData, certtest.TLV(0xa0, certtest.TLV(0x04))), "", "p7b-not-signed-data:error", false},
		"damaged certificate": {certtest.Message([][]byte{certA, certtest.TLV(0x30, []byte("junk")), certB}, nil), "A ! B", "p7b-bad-certificate:warning", false},
		"another element":     {certtest.Message([][]byte{certA, certtest.TLV(0x04, []byte("junk")), certB}, nil), "A ! B", "p7b-bad-certificate:warning", false},
		"other choices": {certtest.Message([][]byte{certtest.TLV(0xa0), certA, certtest.TLV(0xa1), certtest.TLV(0xa2), certtest.TLV(0xa3)}, nil), "A",
			"p7b-other-certificate:note p7b-other-certificate:note p7b-other-certificate:note p7b-other-certificate:note", true},
		"other revocation":    {certtest.Message([][]byte{certA}, [][]byte{certtest.TLV(0xa1), crl}), "A crl:C", "p7b-other-crl:note", true},
		"damaged CRL":         {certtest.Message([][]byte{certA}, [][]byte{certtest.TLV(0x30)}), "A", "p7b-bad-crl:warning", false},
		"truncated":           {both[:len(both)-40], "A", "p7b-truncated:error", false},
		"truncated signers":   {both[:len(both)-1], "A B", "p7b-truncated:error", false},
		"truncated BER":       {indefinite[:len(indefinite)-2], "A B crl:C", "p7b-odd-certificate:note p7b-truncated:error", false},
		"truncated early":     {both[:30], "", "p7b-truncated:error", false},
		"damaged length":      {damaged, "A", "p7b-damaged:error", false},
		"CTL":                 {certtest.TrustList([][]byte{certA}, certtest.TrustListEntry([]byte("digest"))), "(A) ctl:List_1", "", true},
		"damaged CTL":         {certtest.TrustList(nil, certtest.TLV(0x30)), "ctl:List_1", "p7b-list-bad-entry:warning", false},
		"bare certificate":    {certtest.Message([][]byte{certtest.TBS("T", "")}, nil), "T", "p7b-odd-certificate:note", true},
		"certificate itself":  {certA, "A", "", true},
		"a SEQUENCE":          {certtest.TLV(0x30, []byte("junk")), "!", "p7b-bad-certificate:warning", false},
		"a SEQUENCE, cut":     {[]byte("\x30\x30junk"), "", "p7b-truncated:error", false},
		"a tag with no end":   {[]byte("\x30\xffjunkjunk"), "", "p7b-damaged:error", false},
		"text":                {[]byte("Subject,Issuer\r\n"), "", "p7b-unreadable:error", false},
		"nothing":             {nil, "", "p7b-unreadable:error", false},
		"certificate too big": {certtest.Message([][]byte{certtest.TLV(0x30, make([]byte, importers.MaxCertificate)), certB}, nil), "B", "p7b-certificate-too-big:warning", false},
	} {
		c := certtest.Import(t, p7b.Format, "root.p7b", test.data, certtest.Root)
		codes := strings.Join(certtest.Codes(c), " ")
		if facts(c) != test.facts || codes != test.codes || c.Sources[0].Complete != test.complete {
			t.Errorf("%s: %s, %s, complete %v; want %+v", name, facts(c), codes, c.Sources[0].Complete, test)
		}
	}
}

func TestTruncatedPlace(t *testing.T) {
	data := both[:len(both)-40]
	c := certtest.Import(t, p7b.Format, "root.p7b", data, certtest.Root)
	if want := int64(bytes.Index(both, certB)); len(c.Diagnostics) != 1 || c.Diagnostics[0].Where.Offset != want || c.Diagnostics[0].Where.Length != int64(len(data))-want {
		t.Errorf("%+v, want the offset %d", c.Diagnostics, want)
	}
}

func TestText(t *testing.T) {
	utf16 := func(order binary.AppendByteOrder, mark string, text []byte) []byte {
		return certtest.UTF16(mark+string(text), order)
	}
	pem := certtest.PEM("PKCS7", both, "\r\n")
	bare := certtest.Base64(both, "\r\n")
	open := pem[:bytes.Index(pem, []byte("-----END"))]
	broken := bytes.Clone(pem)
	broken[bytes.Index(broken, []byte("\r\n"))+2+(bytes.Index(both, certB)+100)/48*66] = '!'
	for name, test := range map[string]struct {
		data     []byte
		facts    string
		codes    string
		encoding string
		line     int
	}{
		"PKCS7":                {pem, "A B", "", "US-ASCII", 1},
		"LF":                   {certtest.PEM("PKCS7", both, "\n"), "A B", "", "US-ASCII", 1},
		"CMS":                  {certtest.PEM("CMS", both, "\n"), "A B", "", "US-ASCII", 1},
		"CERTIFICATE":          {certtest.PEM("CERTIFICATE", both, "\r\n"), "A B", "", "US-ASCII", 1},
		"PKCS #7 SIGNED DATA":  {certtest.PEM("PKCS #7 SIGNED DATA", both, "\r\n"), "A B", "", "US-ASCII", 1},
		"text around":          {join([]byte("subject=CN = A\n\n"), pem, []byte("end\n")), "A B", "", "US-ASCII", 3},
		"several blocks":       {join(pem, certtest.PEM("CERTIFICATE", certA, "\n"), certtest.PEM("X509 CRL", crl, "\n")), "A B A crl:C", "", "US-ASCII", 1},
		"no END line":          {open, "A B", "p7b-no-end-line:warning", "US-ASCII", 1},
		"cut":                  {open[:len(open)-200], "A", "p7b-truncated:error", "US-ASCII", 1},
		"broken base64":        {broken, "A", "p7b-bad-base64:warning p7b-truncated:warning", "US-ASCII", 1},
		"empty block":          {join([]byte("-----BEGIN PKCS7-----\n-----END PKCS7-----\n"), pem), "A B", "p7b-empty-block:warning", "US-ASCII", 3},
		"open, empty block":    {join([]byte("-----BEGIN PKCS7-----\n"), pem), "A B", "p7b-no-end-line:warning", "US-ASCII", 2},
		"trailing bytes":       {certtest.PEM("PKCS7", join(both, make([]byte, 3)), "\n"), "A B", "p7b-trailing-bytes:warning", "US-ASCII", 1},
		"two in a block":       {certtest.PEM("PKCS7", join(both, both), "\n"), "A B", "p7b-trailing-bytes:warning", "US-ASCII", 1},
		"another block":        {join(certtest.PEM("DH PARAMETERS", []byte("x"), "\n"), pem), "A B", "p7b-other-block:note", "US-ASCII", 4},
		"base64":               {bare, "A B", "", "US-ASCII", 1},
		"base64, blank lines":  {join([]byte("\r\n\r\n"), bare), "A B", "", "US-ASCII", 3},
		"base64, cut":          {bare[:len(bare)-100], "A", "p7b-truncated:error", "US-ASCII", 1},
		"UTF-16LE":             {utf16(binary.LittleEndian, "", bare), "A B", "", "UTF-16LE", 1},
		"UTF-16LE with a mark": {utf16(binary.LittleEndian, "\uFEFF", pem), "A B", "", "UTF-16LE", 1},
		"UTF-16BE":             {utf16(binary.BigEndian, "", pem), "A B", "", "UTF-16BE", 1},
		"UTF-16BE with a mark": {utf16(binary.BigEndian, "\uFEFF", bare), "A B", "", "UTF-16BE", 1},
		"base64 of text":       {certtest.Base64([]byte("nothing to be read here"), "\n"), "", "p7b-unreadable:error", "", 0},
		"base64 of enveloped":  {certtest.Base64(certtest.TLV(0x30, certtest.OIDEnveloped, certtest.TLV(0xa0)), "\n"), "", "p7b-not-signed-data:error", "US-ASCII", 0},
		"CTL":                  {certtest.PEM("PKCS7", certtest.TrustList([][]byte{certA}), "\n"), "(A) ctl:List_1", "", "US-ASCII", 1},
	} {
		c := certtest.Import(t, p7b.Format, "root.p7b", test.data, certtest.Root)
		if codes := strings.Join(certtest.Codes(c), " "); facts(c) != test.facts || codes != test.codes || c.Sources[0].Encoding != test.encoding {
			t.Errorf("%s: %s, %s, %s; want %+v", name, facts(c), codes, c.Sources[0].Encoding, test)
		}
		if test.line == 0 {
			continue
		}
		o := c.Occurrences[0]
		at := test.data[o.Where.Offset:][:o.Where.Length]
		if o.Where.Line != test.line || o.Where.Path != "certificate 1" || !bytes.Equal(bytes.Trim(at, "\x00\r\n"), bytes.Trim(at, "\x00")) || len(at) < len(o.Raw) {
			t.Errorf("%s: %+v holds %d bytes", name, o.Where, len(at))
		}
	}
}

func TestDetect(t *testing.T) {
	pem := certtest.PEM("PKCS7", both, "\n")
	for name, test := range map[string]struct {
		head []byte
		file string
		want importers.Confidence
	}{
		"bundle":               {both, "a.bin", importers.Certain},
		"bare":                 {certtest.SignedData(certtest.TLV(0x30, certtest.OIDData), nil, nil), "a.bin", importers.Certain},
		"enveloped":            {certtest.TLV(0x30, certtest.OIDEnveloped, certtest.TLV(0xa0)), "a.bin", importers.Certain},
		"PEM":                  {pem, "a.bin", importers.Certain},
		"CERTIFICATE":          {certtest.PEM("CERTIFICATE", both, "\n"), "a.cer", importers.Certain},
		"base64":               {certtest.Base64(both, "\r\n"), "a.txt", importers.Certain},
		"PEM inside of text":   {join([]byte("log\n"), pem), "a.log", importers.Likely},
		"PEM inside of a .p7b": {join([]byte("log\n"), pem), "a.p7b", importers.Certain},
		"CTL":                  {certtest.TrustList(nil), "a.stl", importers.Likely},
		"by its name":          {[]byte("hello"), "A.P7B", importers.Maybe},
		"certificate":          {certA, "a.p7b", importers.No},
		"text":                 {[]byte("hello"), "a.txt", importers.No},
		"nothing":              {nil, "a.txt", importers.No},
	} {
		if got := p7b.Format.Detect(test.head, test.file); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	if title, rest, ok := strings.Cut(p7b.Format.Doc, "\n\n"); !ok || strings.Contains(title, "\n") || strings.HasSuffix(title, ".") || rest == "" {
		t.Errorf("the doc's title is %q", title)
	}
}

func FuzzImport(f *testing.F) {
	f.Add(both)
	f.Add(certtest.Message([][]byte{certA, certtest.TLV(0xa2)}, [][]byte{crl}))
	f.Add(certtest.Indefinite(0x30, certtest.OIDSignedData, certtest.Indefinite(0xa0, certtest.Indefinite(0x30, certtest.TLV(0x02, []byte{1}), certtest.TLV(0x31),
		certtest.TLV(0x30, certtest.OIDData), certtest.Indefinite(0xa0, certA)))))
	f.Add(certtest.TrustList([][]byte{certA}, certtest.TrustListEntry([]byte("digest"), certtest.Attr(9, nil))))
	f.Add(certtest.PEM("PKCS7", both, "\r\n"))
	f.Add(certtest.UTF16(string(certtest.Base64(both, "\n")), binary.LittleEndian))
	if path, ok := certtest.FindCorpus("vectors", "o12-signed-stream-ber.p7b"); ok {
		f.Add(certtest.Read(f, path))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		whole := certtest.Import(t, p7b.Format, "root.p7b", data, certtest.Root)
		certtest.CheckAllocation(t, p7b.Format, "root.p7b", data)
		if len(whole.Diagnostics) == 0 && whole.Sources[0].Records.Total() == 0 {
			t.Error("nothing was read and nothing is told")
		}
		p7b.Format.Detect(data, "x")
		if len(data) == 0 || data[0] != 0x30 {
			return
		}
		for n := 1; n < len(data); n += 1 + len(data)/7 {
			part := certtest.Import(t, p7b.Format, "root.p7b", data[:n], certtest.Root)
			for i, o := range part.Occurrences {
				if i >= len(whole.Occurrences) || o.SHA256 != whole.Occurrences[i].SHA256 {
					t.Fatalf("the first %d bytes give another certificate %d", n, i+1)
				}
			}
			if got := part.Sources[0]; got.Records.Total() < whole.Sources[0].Records.Total() && got.Complete {
				t.Errorf("the first %d bytes are said to be complete: %v", n, certtest.Codes(part))
			}
		}
	})
}
