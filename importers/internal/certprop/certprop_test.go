package certprop_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certprop"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
)

// describe puts elements and problems into words, so that tests compare text:
// "certificate@24 {11:4 3:20} 6" is a kind, the offset of the context, the
// properties with their sizes, and the size of the context.
func describe(elements []certprop.Element, problems []certprop.Problem) string {
	var list []string
	for _, e := range elements {
		var props []string
		for _, p := range e.Properties {
			props = append(props, fmt.Sprintf("%d:%d", uint32(p.ID), len(p.Value)))
		}
		list = append(list, fmt.Sprintf("%s@%d {%s} %d", e.Kind, e.Offset, strings.Join(props, " "), len(e.Context)))
	}
	for _, p := range problems {
		list = append(list, fmt.Sprintf("%s:%s@%d+%d", p.Code, p.Severity, p.Offset, p.Length))
	}
	return strings.Join(list, "; ")
}

// readStore reads elements with a Reader.
func readStore(t testing.TB, r io.Reader, size int64) ([]certprop.Element, []certprop.Problem) {
	t.Helper()
	var elements []certprop.Element
	var problems []certprop.Problem
	reader := certprop.NewReader(r, 8, size, func(p certprop.Problem) { problems = append(problems, p) })
	for {
		e, err := reader.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e.Context = bytes.Clone(e.Context)
		elements = append(elements, e)
	}
	if _, err := reader.Next(); err != io.EOF {
		t.Errorf("after the end there is %v", err)
	}
	return elements, problems
}

var (
	context6 = certtest.TLV(0x30, []byte("abcd"))
	friendly = certtest.UTF16("A\x00", binary.LittleEndian)
	zeros    = make([]byte, 12)
)

func withEncoding(entry []byte, encoding byte) []byte {
	entry = bytes.Clone(entry)
	entry[4] = encoding
	return entry
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestReader(t *testing.T) {
	cert, prop, hash := certtest.Entry(32, context6), certtest.Entry(11, friendly), certtest.Entry(3, make([]byte, 20))
	huge := binary.LittleEndian.AppendUint32(bytes.Clone(cert[:8]), 0xffffffff)
	for name, test := range map[string]struct {
		in   []byte
		want string
	}{
		"empty":              {zeros, ""},
		"one":                {join(cert, zeros), "certificate@20 {} 6"},
		"properties before":  {join(prop, hash, cert, zeros), "certificate@68 {11:4 3:20} 6"},
		"the same id twice":  {join(prop, prop, cert, zeros), "certificate@52 {11:4 11:4} 6"},
		"of each kind":       {join(cert, certtest.Entry(33, context6), certtest.Entry(34, context6), certtest.Entry(35, []byte("k")), zeros), "certificate@20 {} 6; CRL@38 {} 6; CTL@56 {} 6; key identifier@74 {} 1"},
		"unknown property":   {join(certtest.Entry(200, nil), certtest.Entry(0x8001, []byte("u")), cert, zeros), "certificate@45 {200:0 32769:1} 6"},
		"empty context":      {join(certtest.Entry(32, nil), cert, zeros), "certificate@20 {} 0; certificate@32 {} 6"},
		"property between":   {join(cert, prop, cert, zeros), "certificate@20 {} 6; certificate@54 {11:4} 6"},
		"property at end":    {join(cert, prop, hash, zeros), "certificate@20 {} 6; orphan-properties:warning@26+48"},
		"encoding 2":         {join(withEncoding(prop, 2), withEncoding(cert, 2), zeros), "certificate@36 {11:4} 6; encoding:warning@8+16; encoding:warning@24+18"},
		"no end":             {cert, "certificate@20 {} 6; no-end:warning@26+0"},
		"half an end":        {join(cert, zeros[:5]), "certificate@20 {} 6; no-end:warning@26+5"},
		"nothing":            {nil, "no-end:warning@8+0"},
		"head cut":           {join(cert, cert[:7]), "certificate@20 {} 6; truncated:error@26+7"},
		"value cut":          {join(cert, prop, cert[:17]), "certificate@20 {} 6; truncated:error@26+33"},
		"cut behind a value": {join(cert, prop), "certificate@20 {} 6; truncated:error@26+16"},
		"cut in zeros":       {join(prop, zeros[:4]), "truncated:error@8+20"},
		"size of 4 GiB":      {join(cert, huge, []byte("rest")), "certificate@20 {} 6; truncated:error@26+16"},
		"trailing zeros":     {join(cert, zeros, zeros[:3]), "certificate@20 {} 6; trailing-bytes:warning@38+3"},
		"trailing bytes":     {join(cert, zeros, []byte("more")), "certificate@20 {} 6; trailing-bytes:warning@38+4"},
		"a second store":     {join(cert, zeros, certtest.Store(cert)), "certificate@20 {} 6; trailing-bytes:warning@38+38"},
		"end with a size":    {join(cert, []byte("\x00\x00\x00\x00\x01\x00\x00\x00\x06\x00\x00\x00abcdef")), "certificate@20 {} 6; trailing-bytes:warning@30+14"},
		"orphans, then more": {join(prop, zeros, []byte("x")), "orphan-properties:warning@8+16; trailing-bytes:warning@36+1"},
	} {
		size := int64(8 + len(test.in))
		for how, r := range map[string]io.Reader{"": bytes.NewReader(test.in), " by bytes": iotest.OneByteReader(bytes.NewReader(test.in))} {
			if got := describe(readStore(t, r, size)); got != test.want {
				t.Errorf("%s%s: %s\nwant %s", name, how, got, test.want)
			}
		}
		if got := describe(readStore(t, bytes.NewReader(test.in), -1)); got != test.want {
			t.Errorf("%s, size unknown: %s\nwant %s", name, got, test.want)
		}
	}
	_, problems := readStore(t, bytes.NewReader(join(cert, zeros, certtest.Store(cert))), -1)
	if len(problems) != 1 || !problems[0].Lost {
		t.Errorf("a second store is lost: %+v", problems)
	}
}

func TestReaderValues(t *testing.T) {
	big := bytes.Repeat([]byte("property"), 10_000)
	elements, problems := readStore(t, bytes.NewReader(join(certtest.Entry(11, friendly), certtest.Entry(200, big), certtest.Entry(32, context6), certtest.Entry(13, friendly), certtest.Entry(32, big), zeros)), -1)
	if len(problems) > 0 || len(elements) != 2 {
		t.Fatal(describe(elements, problems))
	}
	want := []evidence.Property{{ID: 11, Value: friendly}, {ID: 200, Value: big}}
	if !reflect.DeepEqual(elements[0].Properties, want) || !bytes.Equal(elements[0].Context, context6) || !bytes.Equal(elements[1].Context, big) {
		t.Error("values are not those of the file")
	}
	if elements[0].Start != 8 || elements[1].Start != elements[0].Offset+6 {
		t.Errorf("elements start at %d, %d", elements[0].Start, elements[1].Start)
	}
}

func TestReaderTooBig(t *testing.T) {
	n := importers.MaxRecord + 1
	head := func(id uint32) []byte {
		return binary.LittleEndian.AppendUint32(certtest.Entry(id, nil)[:8], uint32(n))
	}
	sound := join(certtest.Entry(11, friendly), certtest.Entry(32, context6), zeros)
	file := io.MultiReader(bytes.NewReader(head(200)), io.LimitReader(zeroReader{}, int64(n)), bytes.NewReader(join(certtest.Entry(32, context6), head(32))),
		io.LimitReader(zeroReader{}, int64(n)), bytes.NewReader(sound))
	want := fmt.Sprintf("certificate@%d {} 6; certificate@%d {11:4} 6; too-big:warning@8+%d; too-big:warning@%d+%d", 8+12+n+12, 8+12+n+18+12+n+16+12, n+12, 8+12+n+18, n+12)
	if got := describe(readStore(t, file, -1)); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	cut := io.MultiReader(bytes.NewReader(head(200)), io.LimitReader(zeroReader{}, int64(n)))
	if got := describe(readStore(t, cut, -1)); !strings.HasPrefix(got, "too-big") || !strings.Contains(got, "truncated:error@8+") {
		t.Error(got)
	}
	cut = io.MultiReader(bytes.NewReader(head(32)), io.LimitReader(zeroReader{}, 100))
	if got, want := describe(readStore(t, cut, -1)), "truncated:error@8+112"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestReaderError(t *testing.T) {
	store := join(certtest.Entry(11, friendly), certtest.Entry(32, context6), zeros)
	for n := range len(store) {
		r := io.MultiReader(bytes.NewReader(store[:n]), iotest.ErrReader(io.ErrNoProgress))
		reader := certprop.NewReader(r, 8, -1, func(p certprop.Problem) { t.Errorf("after %d bytes: %+v", n, p) })
		var err error
		for err == nil {
			_, err = reader.Next()
		}
		if err != io.ErrNoProgress {
			t.Errorf("after %d bytes the error is %v", n, err)
		}
	}
}

func TestReadBlob(t *testing.T) {
	cert, prop, hash := certtest.Entry(32, context6), certtest.Entry(11, friendly), certtest.Entry(3, make([]byte, 20))
	for name, test := range map[string]struct {
		in   []byte
		want string
	}{
		"as Windows writes it":     {join(hash, prop, cert), "certificate@60 {3:20 11:4} 6"},
		"S05: no property":         {cert, "certificate@12 {} 6"},
		"S12: no value":            {certtest.Entry(32, nil), "certificate@12 {} 0"},
		"S13: value cut":           {cert[:17], "truncated:error@0+17"},
		"S15: encoding 2":          {withEncoding(cert, 2), "certificate@12 {} 6; encoding:warning@0+18"},
		"S16: zeros behind":        {join(cert, make([]byte, 100)), "certificate@12 {} 6"},
		"few zeros behind":         {join(cert, make([]byte, 5)), "certificate@12 {} 6"},
		"S18: property behind":     {join(cert, hash), "certificate@12 {3:20} 6"},
		"properties on both sides": {join(prop, cert, hash), "certificate@28 {11:4 3:20} 6"},
		"property behind zeros":    {join(cert, zeros, hash), "certificate@12 {} 6; trailing-bytes:warning@30+32"},
		"two contexts":             {join(cert, prop, certtest.Entry(33, context6), hash), "certificate@12 {} 6; CRL@46 {11:4 3:20} 6; several-contexts:warning@18+34"},
		"a whole store":            {certtest.Store(prop, cert, cert), "certificate@36 {11:4} 6; certificate@54 {} 6"},
		"a store, orphans":         {certtest.Store(cert, prop), "certificate@20 {} 6; orphan-properties:warning@26+16"},
		"properties only":          {join(prop, hash), "no-context:warning@0+48"},
		"empty":                    {nil, "no-context:warning@0+0"},
		"zeros":                    {zeros, "no-context:warning@0+12"},
		"text":                     {[]byte("not a blob"), "truncated:error@0+10"},
		"head cut":                 {join(cert, hash[:7]), "certificate@12 {} 6; truncated:error@18+7"},
		"end with a size":          {join(cert, []byte("\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00")), "certificate@12 {} 6; trailing-bytes:warning@22+8"},
	} {
		blob := certprop.ReadBlob(test.in)
		if got := describe(blob.Elements, blob.Problems); got != test.want {
			t.Errorf("%s: %s\nwant %s", name, got, test.want)
		}
	}
}

func TestDiagnostic(t *testing.T) {
	where := evidence.Location{Source: "a.reg", Line: 7}
	blob := certprop.ReadBlob([]byte("not a blob"))
	d := blob.Problems[0].Diagnostic("reg-blob-", where)
	if d.Code != "reg-blob-truncated" || d.Severity != evidence.Warning || !d.Lost || d.Where != where || d.Summary == "" || d.Detail == "" {
		t.Errorf("%+v", d)
	}
}

func TestLooksLikeElement(t *testing.T) {
	cert, prop := certtest.Entry(32, context6), certtest.Entry(11, friendly)
	for name, test := range map[string]struct {
		head []byte
		size int64
		want bool
	}{
		"certificate":             {cert, 18, true},
		"properties":              {join(prop, prop, cert), 50, true},
		"seen in part":            {join(prop, certtest.Entry(200, make([]byte, 500)))[:100], 1000, true},
		"size unknown":            {join(prop, certtest.Entry(200, make([]byte, 500)))[:100], -1, true},
		"properties only":         {prop, 16, false},
		"beyond the file":         {cert[:16], 16, false},
		"encoding 2":              {withEncoding(cert, 2), 18, false},
		"id 0":                    {zeros, 12, false},
		"context no SEQUENCE":     {certtest.Entry(32, []byte("abc")), 15, false},
		"id over 16 bits":         {certtest.Entry(0x10000, nil), 12, false},
		"store header":            {certtest.Store(cert), 38, false},
		"text":                    {[]byte("Windows Registry Editor"), 23, false},
		"short":                   {cert[:11], 11, false},
		"second entry is garbage": {join(prop, []byte("garbage garbage")), 31, false},
	} {
		if got := certprop.LooksLikeElement(test.head, test.size); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(join(certtest.Entry(11, friendly), certtest.Entry(32, context6), zeros))
	f.Add(join(certtest.Entry(33, context6), certtest.Entry(11, friendly), zeros))
	f.Add(join(certtest.Entry(32, context6), make([]byte, 40)))
	if dir, ok := certtest.FindCorpus("vectors"); ok {
		files, _ := filepath.Glob(filepath.Join(dir, "p*.sst"))
		for _, path := range files {
			if data := certtest.Read(f, path); len(data) > 8 {
				f.Add(data[8:])
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		elements, problems := readStore(t, bytes.NewReader(data), int64(8+len(data)))
		total := 0
		for i, e := range elements {
			if !bytes.Equal(data[e.Offset-8:][:len(e.Context)], e.Context) {
				t.Errorf("the bytes at %d are not the context", e.Offset)
			}
			if i > 0 && e.Start != elements[i-1].Offset+int64(len(elements[i-1].Context)) {
				t.Errorf("element %d starts at %d", i, e.Start)
			}
			total += 12 + len(e.Context)
			for _, p := range e.Properties {
				total += 12 + len(p.Value)
			}
		}
		errors := 0
		for _, p := range problems {
			if p.Offset < 0 || p.Length < 0 || p.Offset+p.Length > int64(8+len(data)) {
				t.Errorf("%+v lies outside of %d bytes", p, len(data))
			}
			if p.Severity == evidence.Error {
				errors++
			}
			switch p.Code { // what the elements do not cover
			case "trailing-bytes", "orphan-properties", "truncated", "no-end":
				total += int(p.Length)
			}
		}
		if errors > 1 {
			t.Errorf("%d errors: %+v", errors, problems)
		}
		if total != len(data) && total+4 != len(data) && total+12 != len(data) {
			t.Errorf("elements and problems cover %d of %d bytes", total, len(data))
		}
		if unknown, _ := readStore(t, bytes.NewReader(data), -1); describe(unknown, nil) != describe(elements, nil) {
			t.Error("elements depend on whether the size is known")
		}
		for n := 0; n < len(data); n += 1 + len(data)/7 {
			part, problems := readStore(t, bytes.NewReader(data[:n]), int64(8+n))
			if len(part) > len(elements) || describe(part, nil) != describe(elements[:len(part)], nil) {
				t.Errorf("the first %d bytes give other elements", n)
			}
			if len(part) < len(elements) && len(problems) == 0 {
				t.Errorf("the first %d bytes are cut without a problem", n)
			}
		}
		blob := certprop.ReadBlob(data)
		for _, e := range blob.Elements {
			if !bytes.Equal(data[e.Offset:][:len(e.Context)], e.Context) {
				t.Errorf("blob: the bytes at %d are not the context", e.Offset)
			}
		}
		for _, p := range blob.Problems {
			if p.Offset < 0 || p.Length < 0 || p.Offset+p.Length > int64(len(data)) {
				t.Errorf("blob: %+v lies outside of %d bytes", p, len(data))
			}
		}
		if len(blob.Elements) == 0 && len(blob.Problems) == 0 {
			t.Error("a blob gives nothing")
		}
		certprop.LooksLikeElement(data, int64(len(data)))
	})
}
