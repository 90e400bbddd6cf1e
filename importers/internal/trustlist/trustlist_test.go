package trustlist_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/internal/trustlist"
)

func TestParse(t *testing.T) {
	raw := certtest.TrustList([][]byte{certtest.Cert("signer", "")}, certtest.TrustListEntry([]byte("digest-1"), certtest.Attr(11, []byte("name")), certtest.Attr(9, nil)),
		certtest.TrustListEntry([]byte("digest-2")), certtest.TLV(0x30, certtest.TLV(0x04, []byte("digest-3"))))
	list, problems, ok := trustlist.Parse(raw)
	want := &evidence.TrustList{SHA1: sha1.Sum(raw), Usage: []string{"1.3.6.1.4.1.311.10.3.9"}, ListID: "List_1", Sequence: "1401AB",
		ThisUpdate: time.Date(2025, 6, 16, 19, 19, 0, 0, time.UTC),
		Entries: []evidence.TrustListEntry{
			{SubjectID: []byte("digest-1"), Attributes: []evidence.Property{{ID: 11, Value: []byte("name")}, {ID: 9, Value: []byte{}}}},
			{SubjectID: []byte("digest-2")}, {SubjectID: []byte("digest-3")},
		}}
	if !ok || len(problems) > 0 || !reflect.DeepEqual(list, want) {
		t.Errorf("%v, %+v\ngot  %+v\nwant %+v", ok, problems, list, want)
	}
	for name, raw := range map[string][]byte{"nothing": nil, "a certificate": certtest.Cert("a", ""), "a bundle": certtest.Message(nil, nil), "a bare list": certtest.TrustListContent()} {
		if _, _, ok := trustlist.Parse(raw); ok {
			t.Errorf("%s was taken for a list", name)
		}
	}
	inOctets := certtest.TLV(0x30, certtest.OIDSignedData, certtest.TLV(0xa0, certtest.SignedData(certtest.TLV(0x30, certtest.OIDTrustList, certtest.TLV(0xa0, certtest.TLV(0x04, certtest.TrustListContent(certtest.TrustListEntry([]byte("d")))))), nil, nil)))
	if list, problems, ok := trustlist.Parse(inOctets); !ok || len(problems) > 0 || len(list.Entries) != 1 {
		t.Errorf("a list in an OCTET STRING: %v, %v, %+v", ok, problems, list)
	}
}

func TestParseContent(t *testing.T) {
	usage, algorithm, sequence := certtest.TLV(0x30, certtest.TLV(0x06, []byte{0x2a})), certtest.TLV(0x30, certtest.TLV(0x06, []byte{0x2a})), certtest.TLV(0x02, []byte{9})
	now, then := certtest.TLV(0x17, []byte("200102030405Z")), certtest.TLV(0x18, []byte("20300102030405Z"))
	short := certtest.TLV(0x30, usage, sequence, now, then, algorithm)
	list, problems := trustlist.ParseContent(short, 0)
	if len(problems) > 0 || list.NextUpdate.Year() != 2030 || list.ListID != "" || len(list.Entries) != 0 {
		t.Errorf("without entries: %+v, %+v", list, problems)
	}
	list, problems = trustlist.ParseContent(certtest.TLV(0x30, certtest.TLV(0x02, []byte{0}), certtest.TLV(0x30), certtest.TLV(0x04, []byte{1, 2, 3}), algorithm, certtest.TLV(0x30)), 0)
	if len(problems) > 0 || list.Usage == nil || len(list.Usage) != 0 || list.ListID != "010203" || list.Sequence != "" || !list.ThisUpdate.IsZero() {
		t.Errorf("with a version, a hex identifier and nothing else: %+v, %+v", list, problems)
	}

	entry := certtest.TrustListEntry([]byte("digest"), certtest.Attr(11, []byte("x")))
	attribute := func(oid string, values ...[]byte) []byte {
		return certtest.TLV(0x30, certtest.TLV(0x04, []byte("d")), certtest.TLV(0x31, certtest.TLV(0x30, certtest.TLV(0x06, []byte(oid)), certtest.TLV(0x31, values...))))
	}
	const property = "\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b"
	for name, test := range map[string]struct {
		content []byte
		entries int
		props   string
		codes   string
	}{
		"sound":                 {certtest.TrustListContent(entry, entry), 2, "11 11", ""},
		"no SEQUENCE":           {[]byte("junk"), 0, "", "list-damaged"},
		"no usage":              {certtest.TLV(0x30, sequence), 0, "", "list-damaged"},
		"no algorithm":          {certtest.TLV(0x30, usage, sequence), 0, "", "list-damaged"},
		"a bad entry":           {certtest.TrustListContent(entry, certtest.TLV(0x02), certtest.TLV(0x30), entry), 2, "11 11", "list-bad-entry"},
		"bad attributes":        {certtest.TrustListContent(certtest.TLV(0x30, certtest.TLV(0x04), certtest.TLV(0x31, certtest.TLV(0x05))), entry), 1, "11", "list-bad-entry"},
		"no set":                {certtest.TrustListContent(certtest.TLV(0x30, certtest.TLV(0x04), certtest.TLV(0x05)), entry), 1, "11", "list-bad-entry"},
		"an entry too long":     {certtest.TrustListContent(entry, []byte{0x30, 0x7f, 0x04}), 1, "11", "list-damaged"},
		"a header":              {certtest.TrustListContent(entry, []byte{0x30}), 1, "11", "list-damaged"},
		"another attribute":     {certtest.TrustListContent(attribute("\x2a\x03", certtest.TLV(0x04))), 1, "", "list-other-attributes"},
		"no value":              {certtest.TrustListContent(attribute(property + "\x0b")), 1, "", "list-other-attributes"},
		"a value of other kind": {certtest.TrustListContent(attribute(property+"\x0b", certtest.TLV(0x05))), 1, "", "list-other-attributes"},
		"a big id":              {certtest.TrustListContent(attribute(property+"\x82\x80\x01", certtest.TLV(0x04))), 1, "32769", ""},
		"two arcs":              {certtest.TrustListContent(attribute(property+"\x0b\x01", certtest.TLV(0x04))), 1, "", "list-other-attributes"},
		"half an arc":           {certtest.TrustListContent(attribute(property+"\x8b", certtest.TLV(0x04))), 1, "", "list-other-attributes"},
		"no arc":                {certtest.TrustListContent(attribute(property, certtest.TLV(0x04))), 1, "", "list-other-attributes"},
		"list cut":              {certtest.TrustListContent(entry, entry)[:len(certtest.TrustListContent(entry))], 1, "11", "list-damaged"},
	} {
		list, problems := trustlist.ParseContent(test.content, 1000)
		var codes, props []string
		for _, p := range problems {
			codes = append(codes, p.Code)
			d := p.Diagnostic("x-", evidence.Location{})
			if d.Summary == "" || d.Detail == "" || d.Code != "x-"+p.Code || d.Lost != (d.Severity == evidence.Warning) {
				t.Errorf("%s: %+v", name, d)
			}
			if p.Length > 0 && (p.Offset < 1000 || p.Offset+p.Length > 1000+int64(len(test.content))) {
				t.Errorf("%s: %+v lies outside", name, p)
			}
		}
		for _, e := range list.Entries {
			for _, a := range e.Attributes {
				props = append(props, fmt.Sprint(uint32(a.ID)))
			}
		}
		if len(list.Entries) != test.entries || strings.Join(codes, " ") != test.codes || strings.Join(props, " ") != test.props {
			t.Errorf("%s: %d entries, %v, %v; want %+v", name, len(list.Entries), props, codes, test)
		}
	}
}

func TestMaxEntries(t *testing.T) {
	entries := make([][]byte, trustlist.MaxEntries+3)
	for i := range entries {
		entries[i] = []byte{0x30, 0x02, 0x04, 0x00}
	}
	list, problems := trustlist.ParseContent(certtest.TrustListContent(entries...), 0)
	if len(list.Entries) != trustlist.MaxEntries || len(problems) != 1 || problems[0].Code != "list-too-many-entries" || !strings.HasPrefix(problems[0].Summary, "3 ") {
		t.Errorf("%d entries, %+v", len(list.Entries), problems)
	}
}

// TestRealLists reads Microsoft's lists and compares one with an independent
// listing of it.
func TestRealLists(t *testing.T) {
	for name, want := range map[string]string{
		"stores/stl/authroot-20121102.stl":                 "353 [1.3.6.1.4.1.311.10.3.9]  2012-11-02",
		"stores/stl/authroot-20250616.stl":                 "514 [1.3.6.1.4.1.311.10.3.9]  2025-06-16",
		"stores/stl/hv57-20210126-disallowedcert.stl":      "73 [1.3.6.1.4.1.311.10.3.30] DisallowedCert_AutoUpdate_1 2020-12-10",
		"vectors/q14-ctl.stl":                              "5",
		"cryptoapi/ctl-signedCTLWithListID1.bin":           "0",
		"cryptoapi/store-signedCTLWithCTLInnerContent.bin": "0",
	} {
		list, problems, ok := trustlist.Parse(certtest.Read(t, certtest.Corpus(t, name)))
		if !ok || len(problems) > 0 {
			t.Errorf("%s: %v, %+v", name, ok, problems)
			continue
		}
		got := fmt.Sprint(len(list.Entries), list.Usage, " ", list.ListID, " ", list.ThisUpdate.Format(time.DateOnly))
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}

	list, _, _ := trustlist.Parse(certtest.Read(t, certtest.Corpus(t, "stores/stl/authroot-20250616.stl")))
	if list.Sequence != "1401DBDEE7F1A4F449" {
		t.Errorf("sequence is %s", list.Sequence)
	}
	counts := map[evidence.PropID]int{}
	for _, e := range list.Entries {
		for _, a := range e.Attributes {
			counts[a.ID]++
		}
	}
	want := map[evidence.PropID]int{9: 508, 11: 514, 20: 514, 29: 514, 83: 167, 98: 514, 104: 170, 105: 8, 122: 27, 126: 273, 127: 140}
	if !reflect.DeepEqual(counts, want) {
		t.Errorf("attributes %v, want %v", counts, want)
	}
	listing := strings.ToUpper(string(certtest.Read(t, filepath.Join(certtest.Corpus(t, "stores/roots"), "robstradling-authroot.tsv"))))
	missing := 0
	for _, e := range list.Entries {
		if !strings.Contains(listing, strings.ToUpper(hex.EncodeToString(e.SubjectID))) {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d entries are not in the independent listing", missing)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(certtest.TrustList(nil, certtest.TrustListEntry([]byte("digest-1"), certtest.Attr(11, []byte("name"))), certtest.TrustListEntry([]byte("digest-2"))))
	f.Add(certtest.TrustList([][]byte{certtest.Cert("a", "")}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, problems, ok := trustlist.Parse(raw)
		if !ok {
			return
		}
		total := 0
		for _, e := range list.Entries {
			total += 2 + len(e.SubjectID)
			for _, a := range e.Attributes {
				total += 2 + len(a.Value)
			}
		}
		if total > len(raw) {
			t.Errorf("%d bytes of entries in %d", total, len(raw))
		}
		if len(problems) > 4 {
			t.Errorf("%d problems", len(problems))
		}
		for n := 1; n < len(raw); n += 1 + len(raw)/5 {
			part, _, ok := trustlist.Parse(raw[:n])
			if !ok {
				continue
			}
			for i, e := range part.Entries {
				if i >= len(list.Entries) || !bytes.Equal(e.SubjectID, list.Entries[i].SubjectID) {
					t.Fatalf("the first %d bytes give another entry %d", n, i)
				}
			}
		}
	})
}
