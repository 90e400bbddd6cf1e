package samples_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/ctlaudit/ctlaudit/samples"
)

// files returns the names of all embedded files and their size in all.
func files(t *testing.T) (names []string, total int64) {
	t.Helper()
	err := fs.WalkDir(samples.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		names, total = append(names, name), total+info.Size()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names, total
}

// TestListed fails for a file without a line of provenance, and for a line
// without a file.
func TestListed(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	names, _ := files(t)
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|").FindAllStringSubmatch(string(readme), -1) {
		pattern, found := m[1], false
		for _, name := range names {
			ok, err := path.Match(pattern, name)
			if err != nil {
				t.Fatalf("README.md: %q: %v", pattern, err)
			}
			if ok {
				listed[name], found = true, true
			}
		}
		if !found {
			t.Errorf("README.md lists %q, which is not there", pattern)
		}
	}
	for _, name := range names {
		if !listed[name] {
			t.Errorf("README.md does not list %q: say how it was made and what it shows", name)
		}
	}
}

func TestSmall(t *testing.T) {
	const most = 3 << 20
	if _, total := files(t); total > most {
		t.Errorf("the samples have %d bytes; every build embeds them, so keep them under %d", total, most)
	}
}

// TestContosoSums recomputes from the file what the generator computed from
// what it wrote.
func TestContosoSums(t *testing.T) {
	data := read(t, "contoso/uc01/root.sst")
	certs, subjects := map[[32]byte]bool{}, map[string]bool{}
	elements, wire, wireDistinct := 0, 0, 0
	for rest := data[8 : len(data)-12]; len(rest) > 0; {
		id, size := binary.LittleEndian.Uint32(rest), binary.LittleEndian.Uint32(rest[8:])
		value := rest[12 : 12+size]
		rest = rest[12+size:]
		if id != 32 {
			continue
		}
		elements++
		subject := subjectOf(t, value)
		if sum := sha256.Sum256(value); !certs[sum] {
			certs[sum] = true
			wire += 2 + len(subject)
		}
		if !subjects[string(subject)] {
			subjects[string(subject)] = true
			wireDistinct += 2 + len(subject)
		}
	}
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"elements", elements, samples.ContosoElements},
		{"certificates", len(certs), samples.ContosoCertificates},
		{"subjects", len(subjects), samples.ContosoSubjects},
		{"bytes over certificates", wire, samples.ContosoWire},
		{"bytes over subjects", wireDistinct, samples.ContosoWireDistinct},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %d, want %d", c.what, c.got, c.want)
		}
	}
}

// TestContosoEvents counts the events that the case is about.
func TestContosoEvents(t *testing.T) {
	count := func(name, provider, id, message string) int {
		n := 0
		for _, r := range records(t, name) {
			if r[2] == provider && r[3] == id && strings.Contains(r[5], message) {
				n++
			}
		}
		return n
	}
	if n := count("contoso/uc01/system.csv", "Schannel", "36885", ""); n != samples.ContosoTruncations {
		t.Errorf("%d of 36885, want %d", n, samples.ContosoTruncations)
	}
	if n := count("contoso/uc01/system.csv", "Schannel", "36887", ": 47."); n != samples.ContosoAlerts47 {
		t.Errorf("%d of 36887 with alert 47, want %d", n, samples.ContosoAlerts47)
	}
	if n := count("contoso/uc01/application.csv", "Microsoft-Windows-CAPI2", "4097", ""); n != samples.ContosoRootsAdded {
		t.Errorf("%d of 4097, want %d", n, samples.ContosoRootsAdded)
	}
}

// TestNorthwindQuiet makes sure that the sound case is one.
func TestNorthwindQuiet(t *testing.T) {
	handshakes := 0
	for _, r := range records(t, "northwind/nw-fe01/system.csv") {
		switch {
		case r[3] == "36885":
			t.Errorf("a 36885 of %s: the case is to have none", r[1])
		case r[3] == "36880":
			handshakes++
		}
	}
	if handshakes == 0 {
		t.Error("no 36880: nothing shows that all of Schannel's events are logged")
	}
}

func records(t *testing.T, name string) [][]string {
	t.Helper()
	header, rest, _ := bytes.Cut(read(t, name), []byte("\r\n"))
	r := csv.NewReader(bytes.NewReader(rest))
	r.FieldsPerRecord = bytes.Count(header, []byte(",")) + 2 // the message has no header
	all, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return all
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := samples.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func subjectOf(t *testing.T, der []byte) []byte {
	t.Helper()
	s := cryptobyte.String(der)
	var cert, tbs, subject cryptobyte.String
	ok := s.ReadASN1(&cert, asn1.SEQUENCE) && cert.ReadASN1(&tbs, asn1.SEQUENCE) &&
		tbs.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific()) && tbs.SkipASN1(asn1.INTEGER) &&
		tbs.SkipASN1(asn1.SEQUENCE) && tbs.SkipASN1(asn1.SEQUENCE) && tbs.SkipASN1(asn1.SEQUENCE) && tbs.ReadASN1Element(&subject, asn1.SEQUENCE)
	if !ok {
		t.Fatalf("no subject in a certificate of %d bytes", len(der))
	}
	return subject
}
