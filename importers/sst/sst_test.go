package sst_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/sst"
)

var (
	certA, certB = certtest.Cert("A", ""), certtest.Cert("B", "A")
	prop         = certtest.Entry(11, []byte("N\x00a\x00\x00\x00"))
	end          = make([]byte, 12)
)

func cert(raw []byte) []byte { return certtest.Entry(32, raw) }

func read(t testing.TB, data []byte) *evidence.Case {
	t.Helper()
	return certtest.Import(t, sst.Format, "root.sst", data, certtest.Root)
}

func TestImport(t *testing.T) {
	crl, ctl := certtest.CRL("C"), certtest.TrustList(nil, certtest.TrustListEntry([]byte("digest")))
	data := certtest.Store(prop, certtest.Entry(9, []byte{0x30, 0}), certtest.Entry(200, nil), cert(certA), cert(certB), certtest.Entry(33, crl), certtest.Entry(34, ctl))
	c := read(t, data)
	if got := certtest.Codes(c); len(got) > 0 {
		t.Errorf("diagnostics %v", got)
	}
	if len(c.Occurrences) != 2 || len(c.RevocationLists) != 1 || len(c.TrustLists) != 1 {
		t.Fatalf("%d certificates, %d CRLs, %d CTLs", len(c.Occurrences), len(c.RevocationLists), len(c.TrustLists))
	}
	a, b := c.Occurrences[0], c.Occurrences[1]
	want := []evidence.Property{{ID: 11, Value: []byte("N\x00a\x00\x00\x00")}, {ID: 9, Value: []byte{0x30, 0}}, {ID: 200, Value: []byte{}}}
	if a.Subject != "CN=A" || a.FriendlyName() != "Na" || !reflect.DeepEqual(a.Properties, want) || !a.CanCarry || a.Store != certtest.Root {
		t.Errorf("%+v", a)
	}
	if b.Subject != "CN=B" || len(b.Properties) != 0 || !b.CanCarry || b.Where.Path != "certificate 2" {
		t.Errorf("%+v", b)
	}
	if r := c.RevocationLists[0]; r.Issuer != "CN=C" || r.SHA1 != sha1.Sum(crl) || r.Where.Path != "CRL 1" || r.Store != certtest.Root ||
		!r.ThisUpdate.Equal(time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)) || string(data[r.Where.Offset:][:r.Where.Length]) != string(crl) {
		t.Errorf("%+v", r)
	}
	if l := c.TrustLists[0]; l.SHA1 != sha1.Sum(ctl) || len(l.Entries) != 1 || l.Where.Path != "CTL 1" || l.Store != certtest.Root ||
		string(data[l.Where.Offset:][:l.Where.Length]) != string(ctl) {
		t.Errorf("%+v", l)
	}
	if s := c.Sources[0]; s.Store != certtest.Root || !s.Complete || s.Records.Total() != 4 {
		t.Errorf("%+v", s)
	}
}

func TestDamage(t *testing.T) {
	encoding2 := cert(certB)
	encoding2[4] = 2
	huge := append(cert(certB)[:8], 0xff, 0xff, 0xff, 0xff)
	store := certtest.Store
	header := []byte("\x00\x00\x00\x00CERT")
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, test := range map[string]struct {
		data     []byte
		subjects string // of the certificates; ! is one that cannot be read
		codes    string
		complete bool
		offset   int64 // of the first diagnostic
	}{
		"empty store":            {store(), "", "", true, 0},
		"cut in the value":       {join(header, cert(certA), cert(certB)[:50]), "A", "sst-truncated:error", false, int64(8 + 12 + len(certA))},
		"cut behind properties":  {join(header, cert(certA), prop), "A", "sst-truncated:error", false, int64(8 + 12 + len(certA))},
		"size of 4 GiB":          {join(header, cert(certA), huge), "A", "sst-truncated:error", false, int64(8 + 12 + len(certA))},
		"no end":                 {join(header, cert(certA)), "A", "sst-no-end:warning", false, int64(8 + 12 + len(certA))},
		"trailing bytes":         {join(store(cert(certA)), []byte("x")), "A", "sst-trailing-bytes:warning", true, int64(8 + 12 + len(certA) + 12)},
		"trailing zeros":         {join(store(cert(certA)), end), "A", "sst-trailing-bytes:warning", true, int64(8 + 12 + len(certA) + 12)},
		"a second store":         {join(store(cert(certA)), store(cert(certB))), "A", "sst-trailing-bytes:warning", false, int64(8 + 12 + len(certA) + 12)},
		"not DER":                {store(cert([]byte("junk")), cert(certB)), "! B", "sst-bad-certificate:warning", false, 20},
		"empty certificate":      {store(cert(nil), cert(certB)), "! B", "sst-bad-certificate:warning", false, 20},
		"S08: 30 00":             {store(cert([]byte{0x30, 0}), cert(certB)), "! B", "sst-bad-certificate:warning", false, 20},
		"S09: a CRL":             {store(cert(certtest.CRL("C")), cert(certB)), "! B", "sst-bad-certificate:warning", false, 20},
		"S13: one byte short":    {store(cert(certA[:len(certA)-1]), cert(certB)), "! B", "sst-bad-certificate:warning", false, 20},
		"certificate and bytes":  {store(cert(join(certA, []byte("xyz"))), cert(certB)), "A B", "sst-context-trailing-bytes:warning", true, int64(20 + len(certA))},
		"bare certificate":       {store(cert(certtest.TBS("A", "")), cert(certB)), "A B", "sst-odd-certificate:note", true, 20},
		"encoding 2":             {store(cert(certA), encoding2), "A B", "sst-encoding:warning", true, int64(20 + len(certA))},
		"properties at the end":  {store(cert(certA), prop), "A", "sst-orphan-properties:warning", false, int64(20 + len(certA))},
		"key identifier":         {store(prop, certtest.Entry(35, []byte("key")), cert(certB)), "B", "sst-key-identifier:note", true, 8 + 18 + 12},
		"CRL with properties":    {store(prop, certtest.Entry(33, certtest.CRL("C"))), "", "sst-other-properties:note", true, 8 + 18 + 12},
		"not a CRL":              {store(certtest.Entry(33, []byte("junk")), cert(certB)), "B", "sst-bad-crl:warning", false, 20},
		"not a CTL":              {store(certtest.Entry(34, certA), cert(certB)), "B", "sst-bad-ctl:warning", false, 20},
		"bad magic":              {join([]byte("\x00\x00\x00\x00CERX"), cert(certA), end), "", "sst-bad-header:error", false, 0},
		"another version":        {join([]byte("\x01\x00\x00\x00CERT"), cert(certA), end), "", "sst-bad-header:error", false, 0},
		"text":                   {[]byte("hello"), "", "sst-bad-header:error", false, 0},
		"nothing":                {nil, "", "sst-bad-header:error", false, 0},
		"element without header": {join(prop, cert(certA)), "A", "", true, 0},
		"element, zeros":         {join(cert(certA), end, end), "A", "", true, 0},
		"S18: property behind":   {join(cert(certA), prop), "A", "", true, 0},
		"two elements":           {join(cert(certA), cert(certB)), "A B", "sst-several-contexts:warning", true, int64(12 + len(certA))},
		"element, cut":           {join(cert(certA), cert(certB)[:50]), "A", "sst-truncated:error", false, int64(12 + len(certA))},
		"element, nothing else":  {join(cert(certA), prop[:17]), "A", "sst-truncated:error", false, int64(12 + len(certA))},
	} {
		c := read(t, test.data)
		var subjects []string
		for _, o := range c.Occurrences {
			if o.Parse == evidence.ParseFailed {
				subjects = append(subjects, "!")
			} else {
				subjects = append(subjects, strings.TrimPrefix(o.Subject, "CN="))
			}
		}
		codes := strings.Join(certtest.Codes(c), " ")
		if got := strings.Join(subjects, " "); got != test.subjects || codes != test.codes || c.Sources[0].Complete != test.complete {
			t.Errorf("%s: %s, %s, complete %v; want %+v", name, got, codes, c.Sources[0].Complete, test)
		}
		if len(c.Diagnostics) > 0 && c.Diagnostics[0].Where.Offset != test.offset {
			t.Errorf("%s: diagnosed at %d, want %d", name, c.Diagnostics[0].Where.Offset, test.offset)
		}
		if n := len(c.Occurrences); n > 0 && name == "S18: property behind" && len(c.Occurrences[0].Properties) != 1 {
			t.Errorf("%s: the property is lost", name)
		}
	}
}

func TestTooBig(t *testing.T) {
	big := certtest.TLV(0x30, make([]byte, importers.MaxCertificate))
	c := read(t, certtest.Store(cert(big), cert(certB)))
	if len(c.Occurrences) != 1 || !slices.Equal(certtest.Codes(c), []string{"sst-certificate-too-big:warning"}) || c.Sources[0].Complete {
		t.Errorf("%d certificates, %v", len(c.Occurrences), certtest.Codes(c))
	}
	entry := append(cert(nil)[:8], 0, 0, 0, 0x04) // 64 MiB, of which nothing is kept
	stream := io.MultiReader(strings.NewReader("\x00\x00\x00\x00CERT"), bytes.NewReader(entry), io.LimitReader(zeros{}, 64<<20), bytes.NewReader(cert(certB)), bytes.NewReader(end))
	c = certtest.ImportReader(t, sst.Format, "root.sst", stream, -1, certtest.Root)
	if len(c.Occurrences) != 1 || !slices.Equal(certtest.Codes(c), []string{"sst-too-big:warning"}) || c.Occurrences[0].Where.Offset != 8+12+64<<20+12 {
		t.Errorf("%d certificates, %v", len(c.Occurrences), certtest.Codes(c))
	}
	elements := io.MultiReader(bytes.NewReader(cert(certA)), io.LimitReader(zeros{}, importers.MaxRecord))
	c = certtest.ImportReader(t, sst.Format, "a.elem", elements, int64(len(cert(certA))+importers.MaxRecord), certtest.Root)
	if len(c.Occurrences) != 0 || !slices.Equal(certtest.Codes(c), []string{"sst-too-big:error"}) {
		t.Errorf("%d certificates, %v", len(c.Occurrences), certtest.Codes(c))
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestStore(t *testing.T) {
	for name, test := range map[string]struct {
		data  []byte
		store string
		codes string
	}{
		"one":       {certtest.Store(cert(certA)), "", ""},
		"roots":     {certtest.Store(cert(certA), cert(certA), cert(certB)), `LocalMachine\Root`, "store-assumed:note"},
		"issued":    {certtest.Store(cert(certA), cert(certB)), `LocalMachine\CA`, "store-assumed:note"},
		"no reader": {certtest.Store(cert([]byte("x")), cert(certB)), "", "sst-bad-certificate:warning"},
	} {
		c := certtest.Import(t, sst.Format, "export.sst", test.data, evidence.Store{})
		if c.Sources[0].Store.String() != test.store || strings.Join(certtest.Codes(c), " ") != test.codes {
			t.Errorf("%s: %s, %v", name, c.Sources[0].Store, certtest.Codes(c))
		}
		for _, o := range c.Occurrences {
			if o.Store != c.Sources[0].Store {
				t.Errorf("%s: %v is in %v", name, o.Where, o.Store)
			}
		}
	}
}

func TestDetect(t *testing.T) {
	store := certtest.Store(cert(certA))
	long := append(certtest.Store(certtest.Entry(200, make([]byte, importers.DetectBytes))), store...)
	for name, test := range map[string]struct {
		head []byte
		file string
		want importers.Confidence
	}{
		"store":               {store, "a.bin", importers.Certain},
		"empty store":         {certtest.Store(), "a.bin", importers.Certain},
		"long store":          {long[:importers.DetectBytes], "a.bin", importers.Certain},
		"element":             {cert(certA), "a.bin", importers.Likely},
		"long element":        {long[8:][:importers.DetectBytes], "a.bin", importers.Likely},
		"bad magic, name":     {[]byte("\x00\x00\x00\x00CERX"), "A.SST", importers.Maybe},
		"bad magic":           {[]byte("\x00\x00\x00\x00CERX"), "a.bin", importers.No},
		"certificate":         {certA, "a.cer", importers.No},
		"text":                {[]byte("Windows Registry Editor Version 5.00\r\n"), "a.reg", importers.No},
		"empty, by its name":  {nil, "a.sst", importers.Maybe},
		"a certificate's sst": {certA, "a.sst", importers.Maybe},
	} {
		if got := sst.Format.Detect(test.head, test.file); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	if title, rest, ok := strings.Cut(sst.Format.Doc, "\n\n"); !ok || strings.Contains(title, "\n") || strings.HasSuffix(title, ".") || rest == "" || sst.Format.Name != "sst" {
		t.Errorf("the doc's title is %q", title)
	}
}

func TestErrors(t *testing.T) {
	data := certtest.Store(cert(certA), cert(certB))
	broken := errors.New("disk")
	for n := range 40 {
		in := importers.NewInput("a.sst", -1, io.MultiReader(bytes.NewReader(data[:n]), iotest.ErrReader(broken)), nil)
		if err := sst.Format.Import(context.Background(), in, sink{}); !errors.Is(err, broken) {
			t.Errorf("after %d bytes the error is %v", n, err)
		}
	}
	in := func() *importers.Input {
		in := importers.NewInput("a.sst", int64(len(data)), bytes.NewReader(data), nil)
		in.Store = certtest.Root
		return in
	}
	if err := sst.Format.Import(context.Background(), in(), sink{broken}); !errors.Is(err, broken) {
		t.Errorf("the sink's error became %v", err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if err := sst.Format.Import(cancelled, in(), sink{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, the error is %v", err)
	}
}

// sink takes nothing and returns its error.
type sink struct{ err error }

func (s sink) Add(evidence.Record) error  { return s.err }
func (sink) Diagnose(evidence.Diagnostic) {}

func BenchmarkImport514Roots(b *testing.B) {
	path, ok := certtest.FindCorpus("stores", "sst", "owentech-roots.sst")
	if !ok {
		b.Skip("the corpus of real files is not beside the project")
	}
	data := certtest.Read(b, path)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if c := certtest.ImportReader(b, sst.Format, "root.sst", bytes.NewReader(data), int64(len(data)), certtest.Root); len(c.Occurrences) != 514 {
			b.Fatal(len(c.Occurrences))
		}
	}
}
