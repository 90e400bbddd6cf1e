package regfile

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

func FuzzImport(f *testing.F) {
	cert := makeCertificate(f, "one")
	blob := blobFile(rootKey+`\Certificates\`+thumbprint(cert), `"Blob"=hex:`+hexText(append(entry(11, []byte("a\x00\x00\x00")), entry(32, cert)...)))
	for _, s := range []string{
		blob,
		header5 + "\r\n\r\n[HKEY_USERS\\a]\r\n@=\"x\"\r\n\"y\"=dword:00000001\r\n\"z\"=hex(7):61,00,\\\r\n  00,00\r\n\"w\"=-\r\n\r\n[-HKEY_USERS\\a]\r\n\r\n",
		header4 + "\n[HKEY_USERS\\\xFC]\n\"x\"=hex(2):fc,\n; c\nrest\n\"y\"=hex:0,\\\n\"z\"\n",
		header31 + "\nHKEY_CLASSES_ROOT\\a = b\n",
		header5 + "\n[HKEY_USERS\\a\n\"b\"=\"\\0\"\n\"c\"=hex(1):1,2,3\n\"d\"=hex:00,\\ ; c\n\n  ,\n",
	} {
		f.Add([]byte(s), uint(len(s)/2))
		f.Add([]byte("\xFF\xFE"+wide(s, false)), uint(len(s)))
		f.Add([]byte(wide(s, true)), uint(len(s)))
	}
	f.Fuzz(func(t *testing.T, data []byte, cut uint) {
		r, in := importBytes(t, "f.reg", data, importers.Options{})
		checkInvariants(t, data, r)
		checkCovered(t, data, r)
		checkPrefix(t, data, int(cut%uint(len(data)+1)), r, in.Source.Encoding)
		checkPieces(t, data, r)
	})
}

// checkPieces reads the file with lines in pieces: where nothing is told of
// that, the facts are the same.
func checkPieces(t *testing.T, data []byte, whole *recorder) {
	t.Helper()
	r := &recorder{}
	in := importers.NewInput(whole.name, int64(len(data)), bytes.NewReader(data), nil)
	if err := importWithin(t.Context(), in, r, bounds{value: importers.MaxRegistryValue, line: 256}); err != nil {
		t.Fatal(err)
	}
	checkInvariants(t, data, r)
	if r.codes() != whole.codes() {
		return
	}
	if diff := cmp.Diff(whole.records, r.records); diff != "" {
		t.Fatalf("read in pieces the facts differ:\n%s", diff)
	}
}

// checkCovered checks that each line is a fact or is told of.
func checkCovered(t *testing.T, data []byte, r *recorder) {
	t.Helper()
	if r.find("reg-no-header") != nil {
		if len(r.records) > 0 {
			t.Fatal("there are facts without a header")
		}
		return
	}
	type span struct {
		from, to int64
		loses    bool
	}
	var spans []span
	for _, rec := range r.records {
		at := rec.At()
		spans = append(spans, span{at.Offset, at.Offset + at.Length, false})
	}
	for _, d := range r.diagnostics {
		if d.Where.Line > 0 {
			spans = append(spans, span{d.Where.Offset, d.Where.Offset + d.Where.Length, d.Loses()})
		}
	}
	lines := text.NewLines(bytes.NewReader(data), nil, importers.MaxRecord)
	lines.Next()
	lost := false // the lines before are of a value that was passed over
	for lines.Next() {
		l := lines.Line
		i := blanks(l.Text)
		if i == len(l.Text) {
			continue
		}
		if l.Text[i] == ';' || l.Text[i] == '#' {
			continue
		}
		found := false
		for _, s := range spans {
			if s.from < l.Offset+l.Length && l.Offset < s.to {
				found = true
				lost = lost || s.loses
			}
		}
		if !found && !lost {
			t.Fatalf("line %d is neither a fact nor told of: %q", l.Number, l.Text)
		}
	}
}

// checkPrefix checks that what stands before a line end gives the facts that
// it gives in the whole file. Only a value that goes on behind it may differ,
// and that is told of.
func checkPrefix(t *testing.T, data []byte, cut int, whole *recorder, encoding string) {
	t.Helper()
	lines := text.NewLines(bytes.NewReader(data), nil, importers.MaxRecord)
	for lines.Next() && lines.Offset() < int64(cut) {
	}
	end := lines.Offset()
	if end > int64(len(data)) {
		end = int64(len(data))
	}
	r, in := importBytes(t, whole.name, data[:end], importers.Options{})
	if in.Source.Encoding != encoding || r.find("reg-no-header") != nil {
		return // where the start of a file is decided by, it may be read otherwise
	}
	facts := r.records
	if r.find("reg-truncated") != nil && len(facts) > 0 {
		facts = facts[:len(facts)-1]
	}
	if len(facts) > len(whole.records) {
		t.Fatalf("%d facts of %d bytes; %d of all %d", len(facts), end, len(whole.records), len(data))
	}
	for i, f := range facts {
		if diff := cmp.Diff(whole.records[i], f); diff != "" {
			t.Fatalf("fact %d of the first %d bytes differs:\n%s", i, end, diff)
		}
	}
}
