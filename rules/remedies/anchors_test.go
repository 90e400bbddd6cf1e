package remedies

import (
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
)

// protectedIn says which of the roots are anchors of a case.
func protectedIn(t *testing.T, roots []*evidence.Occurrence, boxes ...box) []bool {
	t.Helper()
	_, list := judge(t, nil, boxes...)
	a, _ := findAnchors(list)
	var got []bool
	for _, r := range roots {
		_, ok := a[r.SHA256]
		got = append(got, ok)
	}
	return got
}

func TestAnchors(t *testing.T) {
	real := signed(t, "Root", "k", "Root", "k", true)
	twin := signed(t, "Root", "other key", "Root", "other key", true)
	plainReal, plainTwin := signed(t, "Root", "k", "Root", "k", false), signed(t, "Root", "other key", "Root", "other key", false)
	ca := signed(t, "CA", "c", "Root", "k", true)
	leaf := in(signed(t, "web01", "l", "CA", "c", true), evidence.StoreMy, "")
	badID := in(signed(t, "CA", "c", "Root", "k", true), evidence.StoreCA, "") // names a key that is not the issuer's
	c := *badID.Certificate
	c.AuthorityKeyID = []byte("another key")
	badID.Certificate = &c
	// What crypto/x509 does not read is known by names and key identifiers.
	lenientRoot, lenientTwin := made("r", "Old Root", "Old Root", 40), made("t", "Old Root", "Old Root", 40)
	lenientRoot.SubjectKeyID, lenientTwin.SubjectKeyID = []byte{1}, []byte{2}
	lenientLeaf := in(made("l", "old leaf", "Old Root", 40), evidence.StoreMy, "")
	lenientLeaf.AuthorityKeyID, lenientLeaf.IssuerDER = []byte{1}, lenientRoot.SubjectDER
	lenientLeaf.SubjectDER = padded("old leaf", 40)
	noID := in(made("n", "leaf without identifier", "Old Root", 40), evidence.StoreMy, "")
	noID.IssuerDER = lenientRoot.SubjectDER
	rollover := signed(t, "Root", "new key", "Root", "k", true) // self-issued, signed by the key before
	newLeaf := in(signed(t, "web02", "l2", "Root", "new key", true), evidence.StoreMy, "")

	for _, test := range []struct {
		name  string
		roots []*evidence.Occurrence
		boxes []box
		want  []bool
	}{
		{"through an intermediate in CA", []*evidence.Occurrence{real, twin}, []box{{files: map[string][]*evidence.Occurrence{
			"root.sst": {real, twin}, "ca.p7b": {in(ca, evidence.StoreCA, "")}, "my.cer": {leaf}}}}, []bool{true, false}},
		{"by the signature, without key identifiers", []*evidence.Occurrence{plainReal, plainTwin}, []box{{files: map[string][]*evidence.Occurrence{
			"root.sst": {plainReal, plainTwin}, "ca.p7b": {in(signed(t, "CA", "c", "Root", "k", false), evidence.StoreCA, "")}}}}, []bool{true, false}},
		{"an intermediate alone", []*evidence.Occurrence{real}, []box{{files: map[string][]*evidence.Occurrence{"root.sst": {real}, "ca.p7b": {in(ca, evidence.StoreCA, "")}}}}, []bool{true}},
		{"the intermediate is missing", []*evidence.Occurrence{real}, []box{{files: map[string][]*evidence.Occurrence{"root.sst": {real}, "my.cer": {leaf}}}}, []bool{false}},
		{"on another host", []*evidence.Occurrence{real}, []box{{files: rootFile(real)}, {files: map[string][]*evidence.Occurrence{"ca.p7b": {in(ca, evidence.StoreCA, "")}}}}, []bool{true}},
		{"in no store", []*evidence.Occurrence{real}, []box{{files: map[string][]*evidence.Occurrence{"root.sst": {real}, "partner.cer": {in(ca, "", "")}}}}, []bool{true}},
		{"a signature outweighs a wrong key identifier", []*evidence.Occurrence{real}, []box{{files: map[string][]*evidence.Occurrence{"root.sst": {real}, "ca.p7b": {badID}}}}, []bool{true}},
		{"by key identifiers where nothing else is known", []*evidence.Occurrence{lenientRoot, lenientTwin}, []box{{files: map[string][]*evidence.Occurrence{
			"root.sst": {lenientRoot, lenientTwin}, "my.cer": {lenientLeaf}}}}, []bool{true, false}},
		{"by name alone: both, in doubt", []*evidence.Occurrence{lenientRoot, lenientTwin}, []box{{files: map[string][]*evidence.Occurrence{
			"root.sst": {lenientRoot, lenientTwin}, "my.cer": {noID}}}}, []bool{true, true}},
		{"over a key rollover", []*evidence.Occurrence{real, twin, rollover}, []box{{files: map[string][]*evidence.Occurrence{
			"root.sst": {real, twin, rollover}, "my.cer": {newLeaf}}}}, []bool{true, false, true}},
		{"self-issued and in use", []*evidence.Occurrence{real, twin}, []box{{files: map[string][]*evidence.Occurrence{
			"root.sst": {real, twin}, "my.cer": {in(real, evidence.StoreMy, "")}}}}, []bool{true, false}},
		{"self-issued in trust stores only", []*evidence.Occurrence{real}, []box{{files: map[string][]*evidence.Occurrence{
			"root.sst": {real}, "ca.p7b": {in(real, evidence.StoreCA, "")}, "disallowed.sst": {in(real, evidence.StoreDisallowed, "")}}}}, []bool{false}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := protectedIn(t, test.roots, test.boxes...); !slices.Equal(got, test.want) {
				t.Errorf("anchors are %v, want %v", got, test.want)
			}
		})
	}
}

// A chain that ends before a root is named, since its root may be among those
// that are removed.
func TestOpenChains(t *testing.T) {
	real := signed(t, "Root", "k", "Root", "k", true)
	ca := in(signed(t, "CA", "c", "Root", "k", true), evidence.StoreCA, "")
	leaf := in(signed(t, "web01", "l", "CA", "c", true), evidence.StoreMy, "")
	for _, test := range []struct {
		name  string
		files map[string][]*evidence.Occurrence
		want  int
	}{
		{"whole", map[string][]*evidence.Occurrence{"root.sst": {real}, "ca.p7b": {ca}, "my.cer": {leaf}}, 0},
		{"without the intermediate", map[string][]*evidence.Occurrence{"root.sst": {real}, "my.cer": {leaf}}, 1},
		{"without the root", map[string][]*evidence.Occurrence{"ca.p7b": {ca}, "my.cer": {leaf}}, 2},
	} {
		_, list := judge(t, nil, box{files: test.files})
		if _, open := findAnchors(list); len(open) != test.want {
			t.Errorf("%s: %d chains are open, want %d", test.name, len(open), test.want)
		}
	}
	list := append(many(40, 600), real)
	for _, private := range []bool{false, true} {
		h := planOne(t, Options{Headroom: 10, IncludePrivate: private}, box{os: "2008r2", files: map[string][]*evidence.Occurrence{"root.sst": list, "my.cer": {leaf}}})
		for _, r := range h.Remedies {
			if r.ID != Method1 {
				continue
			}
			if want := map[bool]Applicable{false: Applies, true: AppliesHint}[private]; r.Applicable != want {
				t.Errorf("private %v: method 1 is %q (%s), want %q", private, r.Applicable, r.Why, want)
			}
			if !strings.Contains(strings.Join(r.Breaks, "\n"), "that of one certificate ends before a root, and may rest on one of these: CN=web01") {
				t.Errorf("private %v: the open chain is not named: %q", private, r.Breaks)
			}
		}
	}
}

func TestAnchorsOfAHostileStore(t *testing.T) {
	// A thousand certificates of one name that issue one another: no endless
	// way, and no million of signatures.
	var list []*evidence.Occurrence
	for i := range 1000 {
		o := made(string(rune('a'+i%26))+strings.Repeat("x", i), "Same", "Same", 30)
		o.IssuerDER = append(slices.Clone(o.IssuerDER), 0) // not self-issued …
		o.SubjectDER = o.IssuerDER[:len(o.IssuerDER):len(o.IssuerDER)]
		o.IssuerDER = slices.Clone(o.SubjectDER)
		list = append(list, in(o, evidence.StoreMy, ""))
	}
	_, judgements := judge(t, nil, box{files: map[string][]*evidence.Occurrence{"my.sst": list}})
	if a, _ := findAnchors(judgements); len(a) != 1000 {
		t.Errorf("%d anchors, want 1000", len(a))
	}
}

// TestIssuersOfClientsStay: what a store of issuers holds must stay in Trusted
// Root, and may go from that store itself where it is too long.
func TestIssuersOfClientsStay(t *testing.T) {
	issuer := disabled(programmeRoot("Issuer of clients", 104))
	sent := regDWord(schannelKey, "SendTrustedIssuerList", 1)
	files := map[string][]*evidence.Occurrence{"root.sst": append(many(170, 104), issuer), "issuers.sst": {in(issuer, evidence.StoreClientAuthIssuer, "")}}
	r := planOne(t, Options{}, box{os: "2016", files: files, facts: []evidence.Record{sent}})
	if len(r.Removals) != 0 {
		t.Fatal("a list of one certificate has a removal")
	}
	only := r.Remedy(Method2)
	if len(only.Copies) != 1 || only.Copies[0].Subject != "CN=Issuer of clients" {
		t.Errorf("method-2 copies %v", only.Copies)
	}
	var issuers []*evidence.Occurrence
	for _, o := range many(170, 104) {
		issuers = append(issuers, in(o, evidence.StoreClientAuthIssuer, ""))
	}
	files = map[string][]*evidence.Occurrence{"root.sst": many(170, 104), "issuers.sst": issuers}
	h := planOne(t, Options{Headroom: 10}, box{os: "2016", files: files, facts: []evidence.Record{sent}})
	if len(h.Removals) != 1 || h.Removals[0].Store != `LocalMachine\ClientAuthIssuer` || !h.Removals[0].Reached {
		t.Fatalf("removals are %+v", h.Removals)
	}
	if l := h.Remedy(Method1).After[0]; l.Verdict != "under" || l.Store != `LocalMachine\ClientAuthIssuer` {
		t.Errorf("after it the list is %s from %s", l.Verdict, l.Store)
	}
}

func TestNeverRemoved(t *testing.T) {
	const pack, product = "00112233445566778899AABBCCDDEEFF00112233", "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4"
	anchor := signed(t, "Anchor", "k", "Anchor", "k", true)
	anchor = with(anchor, evidence.PropAuthRootSHA256, make([]byte, 32))
	leaf := in(signed(t, "web01", "l", "Anchor", "k", true), evidence.StoreMy, "")
	kb := thumb(disabled(expired(programmeRoot("KB 293781 of 2000 only", 104))), "24A40A1F573643A67F0A4B0749F6A22BF28ABB6B")
	list := append(many(190, 104), kb, thumb(programmeRoot("Pack", 104), pack), thumb(disabled(programmeRoot("Product", 104)), product), disabled(anchor),
		disabled(in(programmeRoot("By policy", 104), evidence.StoreRoot, evidence.PhysicalGroupPolicy)), disabled(in(programmeRoot("By directory", 104), evidence.StoreRoot, evidence.PhysicalEnterprise)),
		root("Private", 104), expired(root("Private and expired", 104)))
	edit := func(c *rules.Criteria) {
		p, err := rules.ParsePolicy("p.yaml", []byte("name: test\nrequiredRoots:\n  packs:\n    - {name: Ours, citation: ticket, os: [2016], roots: [{thumbprint: "+pack+", name: Pack}]}\n"), c.Tables, c.Rules)
		if err != nil {
			t.Fatal(err)
		}
		c.Policy = p
	}
	files := map[string][]*evidence.Occurrence{"my.cer": {leaf}, "gp.reg": nil}
	for _, o := range list {
		name := "root.sst"
		if o.Store.Physical != "" {
			name = o.Store.Physical + ".reg"
		}
		files[name] = append(files[name], o)
	}
	for _, private := range []bool{false, true} {
		c, judgements := judge(t, edit, box{os: "2008r2", files: files})
		h := New(Input{Criteria: c, Judgements: judgements, Options: Options{Headroom: 80, IncludePrivate: private}}).Hosts[0]
		gone := strings.Join(thumbsOf(h.Removals[0]), "\n")
		for name, may := range map[string]bool{"KB 293781": false, "Pack": false, "Product": false, "Anchor": false, "By policy": false, "By directory": false,
			"Programme Root 000": true, "Private": private, "Private and expired": private} {
			// Eighty percent of headroom need nearly all that may go.
			if strings.Contains(gone, "CN="+name) && !may {
				t.Errorf("include-private %v: %s is removed", private, name)
			}
		}
		why := map[string]string{}
		for _, k := range h.Removals[0].Kept {
			why[strings.TrimPrefix(k.Subject, "CN=")] = k.Why
		}
		for name, want := range map[string]string{"KB 293781 of 2000 only": "KB 293781", "Pack": `pack "Ours"`, "Product": `pack "Exchange`, "Anchor": "CN=web01 (LocalMachine\\My) chains to it",
			"By policy": "Group Policy", "By directory": "Active Directory"} {
			if !strings.Contains(why[name], want) {
				t.Errorf("include-private %v: %s is kept because %q, want %q", private, name, why[name], want)
			}
		}
		if private == (why["Private"] != "") {
			t.Errorf("include-private %v: the private root is kept because %q", private, why["Private"])
		}
	}
}

func TestClasses(t *testing.T) {
	future := []byte{0, 0x80, 0x3e, 0xd5, 0xde, 0xb1, 0x9d, 0x02} // a FILETIME in the year 2199
	list := &evidence.TrustList{Usage: []string{oidRootListSigner}, ThisUpdate: asOf, Entries: []evidence.TrustListEntry{
		{SubjectID: root("listed", 50).SHA1[:]},
		{SubjectID: root("listed and disabled", 50).SHA1[:], Attributes: []evidence.Property{{ID: evidence.PropDisabled}}},
		{SubjectID: root("listed and restricted", 50).SHA1[:], Attributes: []evidence.Property{{ID: evidence.PropDisallowedEKU, Value: ekuClient}}},
	}}
	other := &evidence.TrustList{Usage: []string{"1.2.3"}, Entries: []evidence.TrustListEntry{{SubjectID: root("in another list", 50).SHA1[:]}}}
	for _, test := range []struct {
		name string
		o    *evidence.Occurrence
		want Class
	}{
		{"no trace of the programme", root("p", 50), Private},
		{"expired and private", expired(root("p", 50)), Private},
		{"property 98", programmeRoot("p", 50), Programme},
		{"property 104, empty: since ever", disabled(root("p", 50)), Disabled},
		{"property 104 in the future", with(programmeRoot("p", 50), evidence.PropDisabled, future), Programme},
		{"disabled and expired", expired(disabled(programmeRoot("p", 50))), Disabled},
		{"expired", expired(programmeRoot("p", 50)), Expired},
		{"expired and restricted", expired(with(programmeRoot("p", 50), evidence.PropNotBefore, future)), Expired},
		{"property 126", with(root("p", 50), evidence.PropNotBefore, future), Restricted},
		{"property 127", with(root("p", 50), evidence.PropNotBeforeEKU, ekuClient), Restricted},
		{"property 122", with(programmeRoot("p", 50), evidence.PropDisallowedEKU, ekuClient), Restricted},
		{"in the table", thumb(root("p", 50), "022D0582FA88CE140C0679DE7F1410E945D7A56D"), Programme},
		{"disabled in the table", thumb(root("p", 50), "016897E1A0B8F2C3B134665C20A727B7A158E28F"), Disabled},
		{"in the customer's list", root("listed", 50), Programme},
		{"disabled in the customer's list", root("listed and disabled", 50), Disabled},
		{"restricted in the customer's list", root("listed and restricted", 50), Restricted},
		{"in a list of another kind", root("in another list", 50), Private},
	} {
		c, judgements := judge(t, nil, box{files: rootFile(test.o), lists: []*evidence.TrustList{list, other}})
		p := newProgramme(judgements[0].Case, c.Tables, c.AsOf)
		i := itemsOf(judgements[0].Case, inRoot)[0]
		i.Certificate = test.o.Certificate // with the thumbprint of the table
		if got, why := p.of(i); got != test.want || why == "" {
			t.Errorf("%s: %s (%s), want %s", test.name, got, why, test.want)
		}
	}
}
