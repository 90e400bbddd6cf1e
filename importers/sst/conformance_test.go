package sst_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/internal/trustlist"
	"github.com/ctlaudit/ctlaudit/importers/sst"
)

// TestVectors imports the vectors that are serialized stores and compares what
// their manifest says.
func TestVectors(t *testing.T) {
	dir := certtest.Corpus(t, "vectors")
	n := 0
	for _, row := range certtest.Table(t, filepath.Join(dir, "MANIFEST.tsv")) {
		name := row["file"]
		if ext := filepath.Ext(name); ext != ".sst" && ext != ".elem" {
			continue
		}
		n++
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			c := certtest.Import(t, sst.Format, name, certtest.Read(t, path), certtest.Root)
			certtest.CheckVector(t, c, row, path)
			if len(c.TrustLists) != certtest.Int(t, row["ctls"]) {
				t.Errorf("%d CTLs, want %s", len(c.TrustLists), row["ctls"])
			}
			for _, o := range c.Occurrences {
				if o.Store != certtest.Root || !o.CanCarry {
					t.Errorf("store is %v, properties can be carried: %v", o.Store, o.CanCarry)
				}
			}
		})
	}
	if n < 12 {
		t.Errorf("only %d vectors were tested", n)
	}
}

// TestVectorProperties looks at the properties of vectors whose manifest names
// them.
func TestVectorProperties(t *testing.T) {
	dir := certtest.Corpus(t, "vectors")
	read := func(name string) *evidence.Case {
		return certtest.Import(t, sst.Format, name, certtest.Read(t, filepath.Join(dir, name)), certtest.Root)
	}
	var names []string
	for _, o := range read("p09-prop-between.sst").Occurrences {
		names = append(names, o.FriendlyName())
	}
	if got := strings.Join(names, "|"); got != "|second|third" {
		t.Errorf("friendly names are %q", got)
	}
	for name, want := range map[string][]evidence.PropID{
		"w03-props.sst":        {11, 9, 13, 2, 27, 10, 12, 20, 21, 22, 23, 24, 26, 64},
		"w23-cert-hashes.elem": {3, 4, 15, 20, 25},
		"p01-windows-like.sst": {92, 25, 15, 3, 29, 20, 98, 11, 83, 9, 4},
	} {
		have := map[evidence.PropID]bool{}
		for _, p := range read(name).Occurrences[0].Properties {
			have[p.ID] = true
		}
		for _, id := range want {
			if !have[id] {
				t.Errorf("%s has no property %d", name, uint32(id))
			}
		}
	}
}

// TestRealStores imports real stores.
func TestRealStores(t *testing.T) {
	dir := certtest.Corpus(t, "stores", "sst")
	for _, test := range []struct {
		name       string
		sums       certtest.Sums
		certs      int
		properties int
		store      string
	}{
		{"owentech-roots.sst", certtest.Sums{All: 56306, UniqueCertificates: 56306, UniqueSubjects: 55043}, 514, 3863, `LocalMachine\Root`},
		{"pika-pika-tests.sst", certtest.Sums{All: 2254, UniqueCertificates: 2254, UniqueSubjects: 2254}, 9, 80, `LocalMachine\CA`},
		{"rootsupd2013-authroots.sst", certtest.Sums{All: 10730, UniqueCertificates: 10730, UniqueSubjects: 9439}, 77, 240, `LocalMachine\Root`},
		{"rootsupd2013-roots.sst", certtest.Sums{All: 766, UniqueCertificates: 766, UniqueSubjects: 766}, 6, 18, `LocalMachine\Root`},
		{"wcs-2022-05-29-pinrules.sst", certtest.Sums{All: 1515, UniqueCertificates: 1515, UniqueSubjects: 1515}, 12, 12, `LocalMachine\Root`},
	} {
		c := certtest.Import(t, sst.Format, test.name, certtest.Read(t, filepath.Join(dir, test.name)), evidence.Store{})
		properties := 0
		for _, o := range c.Occurrences {
			properties += len(o.Properties)
			if v, ok := o.Property(evidence.PropSHA1); ok && string(v) != string(o.SHA1[:]) {
				t.Errorf("%s: %s has the property 3 %x", test.name, o.Thumbprint(), v)
			}
		}
		if len(c.Occurrences) != test.certs || certtest.SumsOf(c) != test.sums || properties != test.properties || c.Sources[0].Store.String() != test.store {
			t.Errorf("%s: %d certificates, %+v, %d properties, %s; want %+v", test.name, len(c.Occurrences), certtest.SumsOf(c), properties, c.Sources[0].Store, test)
		}
		if !c.Sources[0].Complete || certtest.Errors(c) > 0 {
			t.Errorf("%s: %v", test.name, certtest.Codes(c))
		}
	}
}

// TestAgainstTrustList compares the properties of the programme's roots with
// the attributes of the programme's list of the same day.
func TestAgainstTrustList(t *testing.T) {
	path := certtest.Corpus(t, "stores", "sst", "owentech-roots.sst")
	c := certtest.Import(t, sst.Format, "owentech-roots.sst", certtest.Read(t, path), evidence.Store{})
	list, _, ok := trustlist.Parse(certtest.Read(t, certtest.Corpus(t, "stores", "stl", "authroot-20250616.stl")))
	if !ok {
		t.Fatal("the list cannot be read")
	}
	byThumbprint := map[string]*evidence.Occurrence{}
	for _, o := range c.Occurrences {
		byThumbprint[string(o.SHA1[:])] = o
	}
	same := 0
	for _, e := range list.Entries {
		o := byThumbprint[string(e.SubjectID)]
		if o == nil {
			t.Errorf("%X is not in the store", e.SubjectID)
			continue
		}
		for _, a := range e.Attributes {
			if v, ok := o.Property(a.ID); !ok || string(v) != string(a.Value) {
				t.Errorf("%s: property %s is %x, the list has %x", o.Thumbprint(), a.ID, v, a.Value)
			} else {
				same++
			}
		}
	}
	if same != 3349 {
		t.Errorf("%d properties are equal, want 3349", same)
	}
}

// TestCryptoAPI imports the serialized stores of CryptoAPI's own tests
// (behaviours S01 to S06).
func TestCryptoAPI(t *testing.T) {
	const cert, crl = "6E3090715FD92356EBAE2540E622DA192602A608", "1019ea520b9db6f2823830884b15cf8fbdfab267"
	for name, test := range map[string]struct {
		crls       int
		name       string
		properties int
	}{
		"store-serializedStoreWithCert.bin":                 {},
		"store-serializedStoreWithCertAndCRL.bin":           {crls: 1},
		"store-serializedStoreWithCertWithFriendlyName.bin": {name: "WineTest", properties: 1},
		"store-serializedStoreWithCertAndHash.bin":          {properties: 1},
		"store-serializedCert.bin":                          {},
		"store-serializedCertWithFriendlyName.bin":          {name: "WineTest", properties: 1},
	} {
		data := certtest.Read(t, certtest.Corpus(t, "cryptoapi", name))
		if sst.Format.Detect(data, "x") == 0 {
			t.Errorf("%s is not recognised", name)
		}
		c := certtest.Import(t, sst.Format, name, data, certtest.Root)
		if len(c.Occurrences) != 1 || len(c.RevocationLists) != test.crls || !c.Sources[0].Complete {
			t.Errorf("%s: %d certificates, %d CRLs, %v", name, len(c.Occurrences), len(c.RevocationLists), certtest.Codes(c))
			continue
		}
		o := c.Occurrences[0]
		if o.Thumbprint() != cert || o.FriendlyName() != test.name || len(o.Properties) != test.properties || !o.Bare {
			t.Errorf("%s: %s, %q, %d properties", name, o.Thumbprint(), o.FriendlyName(), len(o.Properties))
		}
		for _, r := range c.RevocationLists {
			if got := strings.ToLower((&evidence.Certificate{SHA1: r.SHA1}).Thumbprint()); got != crl {
				t.Errorf("%s: CRL %s", name, got)
			}
		}
	}
}
