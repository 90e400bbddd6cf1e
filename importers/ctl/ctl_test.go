package ctl_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/ctl"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/p7b"
)

var (
	signer  = certtest.Cert("Signer", "Issuer")
	list    = certtest.TrustList([][]byte{signer, certtest.Cert("Issuer", "")}, certtest.TrustListEntry([]byte("digest"), certtest.Attr(11, []byte("n\x00"))))
	cabinet = []byte("MSCF\x00\x00\x00\x00\xba\xbf\x00\x00\x00\x00\x00\x00authroot.stl\x00")
)

func TestImport(t *testing.T) {
	for _, hint := range []evidence.Store{{}, certtest.Root} {
		c := certtest.Import(t, ctl.Format, "authroot.stl", list, hint)
		if len(c.TrustLists) != 1 || len(c.TrustLists[0].Entries) != 1 || len(c.Diagnostics) > 0 {
			t.Fatalf("%d lists, %v", len(c.TrustLists), certtest.Codes(c))
		}
		l := c.TrustLists[0]
		if !l.Store.IsZero() || l.Where.Length != int64(len(list)) || l.Where.Path != "CTL 1" || string(l.Entries[0].SubjectID) != "digest" || l.Entries[0].Attributes[0].ID != 11 {
			t.Errorf("%+v", l)
		}
		// The signer and its issuer belong to no store, hint or not.
		if len(c.Occurrences) != 2 || !c.Occurrences[0].Store.IsZero() || !c.Occurrences[1].Store.IsZero() || !c.Sources[0].Store.IsZero() {
			t.Errorf("%d certificates; the source is in %v", len(c.Occurrences), c.Sources[0].Store)
		}
	}
	for name, test := range map[string]struct {
		data  []byte
		lists int
		codes string
	}{
		"PEM":       {certtest.PEM("PKCS7", list, "\r\n"), 1, ""},
		"base64":    {certtest.Base64(list, "\n"), 1, ""},
		"cabinet":   {cabinet, 0, "ctl-cab:error"},
		"text":      {[]byte("hello"), 0, "ctl-unreadable:error"},
		"truncated": {list[:len(list)-20], 1, "ctl-truncated:error"},
		"bad entry": {certtest.TrustList(nil, certtest.TLV(0x02)), 1, "ctl-list-bad-entry:warning"},
	} {
		c := certtest.Import(t, ctl.Format, "a.stl", test.data, evidence.Store{})
		if got := strings.Join(certtest.Codes(c), " "); got != test.codes || len(c.TrustLists) != test.lists {
			t.Errorf("%s: %d lists, %s; want %+v", name, len(c.TrustLists), got, test)
		}
	}
	c := certtest.Import(t, ctl.Format, "authrootstl.cab", cabinet, evidence.Store{})
	if d := c.Diagnostics[0]; !strings.Contains(d.Detail, "expand authrootstl.cab authroot.stl") {
		t.Errorf("a cabinet is refused with %q", d.Detail)
	}
}

func TestDetect(t *testing.T) {
	for name, test := range map[string]struct {
		head []byte
		file string
		want importers.Confidence
	}{
		"list":        {list, "a.bin", importers.Certain},
		"PEM":         {certtest.PEM("PKCS7", list, "\n"), "a.txt", importers.Certain},
		"cabinet":     {cabinet, "authrootstl.cab", importers.Certain},
		"any cabinet": {cabinet, "a.cab", importers.No},
		"by its name": {[]byte("hello"), "a.STL", importers.Maybe},
		"bundle":      {certtest.Message(nil, nil), "a.bin", importers.No},
		"text":        {[]byte("MSCF is not alone a signature"), "a.txt", importers.No},
	} {
		if got := ctl.Format.Detect(test.head, test.file); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	// Of the two formats that could read a list this one is surer, in any order.
	for _, formats := range [][]*importers.Format{{p7b.Format, ctl.Format}, {ctl.Format, p7b.Format}} {
		if f, _ := importers.Detect(formats, list, "a.p7b"); f != ctl.Format {
			t.Errorf("a list is read by %s", f.Name)
		}
	}
	if title, rest, ok := strings.Cut(ctl.Format.Doc, "\n\n"); !ok || strings.Contains(title, "\n") || strings.HasSuffix(title, ".") || rest == "" {
		t.Errorf("the doc's title is %q", title)
	}
}

func TestRealLists(t *testing.T) {
	for name, want := range map[string]string{
		"stores/stl/authroot-20121102.stl":                 "353 2 []",
		"stores/stl/authroot-20250616.stl":                 "514 2 []",
		"stores/stl/hv57-20210126-disallowedcert.stl":      "73 2 []",
		"stores/stl/authrootstl-20121102.cab":              "0 0 [ctl-cab:error]",
		"vectors/q14-ctl.stl":                              "5 0 []",
		"cryptoapi/store-signedCTLWithCTLInnerContent.bin": "0 0 []",
		"cryptoapi/ctl-signedCTLWithUsage.bin":             "0 0 []",
	} {
		data := certtest.Read(t, certtest.Corpus(t, name))
		if ctl.Format.Detect(data, name) != importers.Certain {
			t.Errorf("%s is not recognised", name)
		}
		c := certtest.Import(t, ctl.Format, name, data, evidence.Store{})
		entries := 0
		for _, l := range c.TrustLists {
			entries += len(l.Entries)
		}
		if got := fmt.Sprint(entries, len(c.Occurrences), certtest.Codes(c)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add(list)
	f.Add(cabinet)
	f.Add(certtest.PEM("PKCS7", list, "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := certtest.Import(t, ctl.Format, "a.stl", data, evidence.Store{})
		certtest.CheckAllocation(t, ctl.Format, "a.stl", data)
		if c.Sources[0].Records.Total() == 0 && len(c.Diagnostics) == 0 {
			t.Error("nothing was read and nothing is told")
		}
		for _, o := range c.Occurrences {
			if len(c.TrustLists) == 1 && len(c.Occurrences) == 1 && !o.Store.IsZero() && !slices.Contains(certtest.Codes(c), "store-assumed:note") {
				t.Errorf("a signer is in %v", o.Store)
			}
		}
	})
}
