package issuerlist

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

var asOf = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// root returns a self-issued certificate whose name is n bytes of DER.
func root(label string, n int) *evidence.Occurrence {
	return occurrence(label, named(label, n), named(label, n))
}

// named returns n bytes that begin with a label; n is at least its length.
func named(label string, n int) []byte {
	return append([]byte(label), bytes.Repeat([]byte{'.'}, n-len(label))...)
}

func occurrence(label string, subject, issuer []byte) *evidence.Occurrence {
	raw := fmt.Appendf(nil, "%s|%x|%x", label, subject, issuer)
	return &evidence.Occurrence{
		Where: evidence.Location{Source: "root.sst"}, CanCarry: true,
		Store: evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot},
		Certificate: &evidence.Certificate{Raw: raw, SHA1: sha1.Sum(raw), SHA256: sha256.Sum256(raw), Parse: evidence.ParsedStrict,
			SubjectDER: subject, IssuerDER: issuer, Subject: label, NotAfter: asOf.AddDate(1, 0, 0)},
	}
}

func with(o *evidence.Occurrence, id evidence.PropID, value []byte) *evidence.Occurrence {
	o.Properties = append(o.Properties, evidence.Property{ID: id, Value: value})
	return o
}

func in(o *evidence.Occurrence, source, store, physical string, carries bool) *evidence.Occurrence {
	c := *o
	c.Where.Source, c.Store.Name, c.Store.Physical, c.CanCarry = source, store, physical, carries
	return &c
}

var (
	ekuClient = []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 2}
	ekuServer = []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 1}
	ekuAny    = []byte{0x30, 0x06, 0x06, 0x04, 0x55, 0x1d, 0x25, 0x00}
)

// host builds a case from records, each in the source that it names.
type host struct {
	records []evidence.Record
	broken  string // a source that was not read whole
	os      string
}

func (h host) compute(t *testing.T) []*List {
	t.Helper()
	tables, err := data.Load(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	c := evidence.NewCase("web01")
	var sources []string
	for _, r := range h.records {
		if n := r.At().Source; !slices.Contains(sources, n) {
			sources = append(sources, n)
		}
	}
	for _, name := range sources {
		src := &evidence.Source{Name: name}
		c.Begin(src)
		for _, r := range h.records {
			if r.At().Source != name {
				continue
			}
			if o, ok := r.(*evidence.Occurrence); ok && o.KeyName == "" {
				src.Store = o.Store
			}
			if err := c.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		if name == h.broken {
			c.Diagnose(evidence.Diagnostic{Code: "x", Severity: evidence.Error})
		}
		c.End()
	}
	c.Finish(func(string) bool { return true })
	v := windows.VersionOf(c.Registry, h.os, tables)
	return Compute(Host{Case: c, Version: v, Tables: tables, AsOf: asOf})
}

func (h host) one(t *testing.T) *List {
	t.Helper()
	lists := h.compute(t)
	if len(lists) != 1 {
		t.Fatalf("%d lists, want 1", len(lists))
	}
	return lists[0]
}

func records(os ...*evidence.Occurrence) []evidence.Record {
	var list []evidence.Record
	for _, o := range os {
		list = append(list, o)
	}
	return list
}

const schannel = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`

func key(path string) *evidence.RegistryKey {
	return &evidence.RegistryKey{Where: evidence.Location{Source: "r.reg"}, Key: path}
}

func dword(path, name string, n uint32) *evidence.RegistryValue {
	return &evidence.RegistryValue{Where: evidence.Location{Source: "r.reg"}, Key: path, Name: name, Type: evidence.RegDWord,
		Data: binary.LittleEndian.AppendUint32(nil, n)}
}

func text(path, name, s string) *evidence.RegistryValue {
	var b []byte
	for _, r := range s + "\x00" {
		b = append(b, byte(r), byte(r>>8))
	}
	return &evidence.RegistryValue{Where: evidence.Location{Source: "r.reg"}, Key: path, Name: name, Type: evidence.RegSZ, Data: b}
}

func TestSizes(t *testing.T) {
	twin := occurrence("twin", named("a", 100), named("a", 100))
	l := host{os: "2008r2", records: records(root("a", 100), twin, root("b", 50), with(root("c", 60), evidence.PropEnhKeyUsage, ekuServer))}.one(t)
	if l.Certificates != 4 || l.Subjects != 3 {
		t.Errorf("%d certificates, %d subjects", l.Certificates, l.Subjects)
	}
	if want := (Sums{DER: 310, DERDistinct: 210, Wire: 318, WireDistinct: 216}); l.Sums != want {
		t.Errorf("sums %+v, want %+v", l.Sums, want)
	}
	// c is not trusted for client authentication; a's name counts once but in
	// the greatest size, which also has CN=NT AUTHORITY.
	if want := (Bytes{Min: 150, Expected: 154, Max: 2*102 + 52 + 27, MinKnown: true}); l.Bytes != want {
		t.Errorf("bytes %+v, want %+v", l.Bytes, want)
	}
	if l.Verdict != Under || l.Sent != SentUnknown {
		t.Errorf("verdict %s, sent %s", l.Verdict, l.Sent)
	}
}

func TestVerdicts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		sizes []int // of names; the limit is 16,384
		want  Verdict
	}{
		{"over: the DER alone is over", []int{8000, 8385}, Over},
		{"the limit itself is not over", []int{8000, 8384}, LikelyOver},
		{"likely over: with the length bytes", []int{8000, 8381}, LikelyOver},
		{"likely under: only NT AUTHORITY is over", []int{8000, 8380}, LikelyUnder},
		{"likely under at the brink", []int{8000, 8354}, LikelyUnder},
		{"under", []int{8000, 8353}, Under},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var os []*evidence.Occurrence
			for i, n := range tt.sizes {
				os = append(os, root(fmt.Sprint("r", i), n))
			}
			l := host{os: "2008r2", records: records(os...)}.one(t)
			if l.Verdict != tt.want {
				t.Errorf("verdict %s (%+v), want %s", l.Verdict, l.Bytes, tt.want)
			}
			broken := host{os: "2008r2", records: records(os...), broken: "root.sst"}.one(t)
			want := Unknown
			if tt.want == Over {
				want = Over
			}
			if broken.Verdict != want {
				t.Errorf("with a broken export: %s, want %s", broken.Verdict, want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	for os, want := range map[string]Limit{
		"2003": {12288, "documented", ""}, "2003sp2": {12288, "inferred", ""}, "2003sp2-hotfix": {16384, "documented", ""},
		"2008r2": {16384, "documented", ""}, "2012": {16384, "documented", ""}, "2025": {16384, "assumed", ""},
	} {
		l := host{os: os, records: records(root("a", 10))}.one(t)
		if l.Limit.Bytes != want.Bytes || l.Limit.Basis != want.Basis {
			t.Errorf("%s: %+v", os, l.Limit)
		}
		if strings.HasPrefix(os, "201") && (!strings.Contains(l.Limit.Citation, "What's new") || !strings.Contains(l.Limit.Citation, "does not support the Schannel CTL functionality")) {
			t.Errorf("%s does not cite both texts of Microsoft: %s", os, l.Limit.Citation)
		}
	}
}

func TestEligibility(t *testing.T) {
	eku := func(o *evidence.Occurrence, oids ...string) *evidence.Occurrence {
		o.HasEKU, o.EKU = true, oids
		return o
	}
	bare := func(o *evidence.Occurrence) *evidence.Occurrence { o.CanCarry = false; return o }
	known := func(thumb string) *evidence.Occurrence {
		o := bare(root("k", 10))
		fmt.Sscanf(thumb, "%x", new([]byte))
		b := make([]byte, 20)
		for i := range b {
			fmt.Sscanf(thumb[2*i:2*i+2], "%02X", &b[i])
		}
		copy(o.SHA1[:], b)
		return o
	}
	expired := root("e", 10)
	expired.NotAfter = asOf.AddDate(0, 0, -1)
	failed := root("f", 10)
	failed.SubjectDER = nil
	long := root("l", MaxName+1)
	for _, tt := range []struct {
		name string
		os   string
		o    *evidence.Occurrence
		want Count
	}{
		{"no EKU at all", "2008r2", root("a", 10), Yes},
		{"property with client authentication", "2008r2", with(root("a", 10), evidence.PropEnhKeyUsage, ekuClient), Yes},
		{"property without", "2008r2", with(root("a", 10), evidence.PropEnhKeyUsage, ekuServer), No},
		{"property with any usage", "2008r2", with(root("a", 10), evidence.PropEnhKeyUsage, ekuAny), Yes},
		{"empty property", "2008r2", with(root("a", 10), evidence.PropEnhKeyUsage, []byte{0x30, 0}), No},
		{"property of no bytes", "2008r2", with(root("a", 10), evidence.PropEnhKeyUsage, nil), No},
		{"undecodable property", "2008r2", with(root("a", 10), evidence.PropEnhKeyUsage, []byte{1, 2, 3}), AssumedYes},
		{"undecodable property, extension without", "2008r2", eku(with(root("a", 10), evidence.PropEnhKeyUsage, []byte{1}), "1.3.6.1.5.5.7.3.1"), No},
		{"extension with", "2008r2", eku(root("a", 10), oidClientAuth), Yes},
		{"extension without", "2008r2", eku(root("a", 10), "1.3.6.1.5.5.7.3.1"), No},
		{"undecodable extension", "2008r2", eku(root("a", 10)), AssumedYes},
		{"the intersection holds", "2008r2", eku(with(root("a", 10), evidence.PropEnhKeyUsage, ekuClient), "1.3.6.1.5.5.7.3.1"), No},
		{"both with", "2008r2", eku(with(root("a", 10), evidence.PropEnhKeyUsage, ekuClient), oidAnyEKU), Yes},
		{"archived", "2008r2", with(root("a", 10), evidence.PropArchived, nil), No},
		{"expired", "2008r2", expired, AssumedYes},
		{"no subject", "2008r2", failed, No},
		{"a subject too long to send", "2008r2", long, No},
		{"disabled before Windows 10", "2012r2", with(root("a", 10), evidence.PropDisabled, nil), Yes},
		{"disabled since ever", "2016", with(root("a", 10), evidence.PropDisabled, nil), AssumedNo},
		{"disabled from 2099 on", "2016", with(root("a", 10), evidence.PropDisabled, binary.LittleEndian.AppendUint64(nil, 157153824000000000)), Yes},
		{"not before", "2016", with(root("a", 10), evidence.PropNotBefore, make([]byte, 8)), AssumedYes},
		{"not before, before Windows 10", "2012r2", with(root("a", 10), evidence.PropNotBefore, make([]byte, 8)), Yes},
		{"client authentication taken away", "2016", with(root("a", 10), evidence.PropDisallowedEKU, ekuClient), No},
		{"server authentication taken away", "2016", with(root("a", 10), evidence.PropDisallowedEKU, ekuServer), Yes},
		{"taken away before Windows 10", "2012r2", with(root("a", 10), evidence.PropDisallowedEKU, ekuClient), Yes},
		{"no properties, private", "2008r2", bare(root("a", 10)), AssumedYes},
		{"no properties, own EKU without", "2008r2", bare(eku(root("a", 10), "1.3.6.1.5.5.7.3.1")), No},
		{"no properties, the programme gives it", "2008r2", known("022D0582FA88CE140C0679DE7F1410E945D7A56D"), AssumedYes},
		{"no properties, the programme does not", "2008r2", known("0119E81BE9A14CD8E22F40AC118C687ECBA3F4D8"), AssumedNo},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := host{os: tt.os, records: records(tt.o)}.one(t)
			if got := l.Entries[0]; got.Counted != tt.want || got.Why == "" {
				t.Errorf("counted %s (%s), want %s", got.Counted, got.Why, tt.want)
			}
		})
	}
	t.Run("in Disallowed", func(t *testing.T) {
		a := root("a", 10)
		l := host{os: "2008r2", records: records(a, in(a, "disallowed.sst", evidence.StoreDisallowed, "", true))}.one(t)
		if l.Entries[0].Counted != AssumedNo {
			t.Errorf("counted %s", l.Entries[0].Counted)
		}
	})
}

func TestMixedStore(t *testing.T) {
	issued := occurrence("sub", []byte("CN=Sub.."), []byte("CN=Root."))
	unread := root("unread", 10)
	unread.IssuerDER = nil
	for _, tt := range []struct {
		os          string
		mixed       bool
		self, other Count
	}{
		{"2008r2", false, Yes, Yes},
		{"2012", true, No, Yes},
	} {
		l := host{os: tt.os, records: records(root("a", 10), issued)}.one(t)
		if l.Mixed != tt.mixed || l.Entries[0].Counted != tt.self || l.Entries[1].Counted != tt.other {
			t.Errorf("%s: mixed %v, %s, %s", tt.os, l.Mixed, l.Entries[0].Counted, l.Entries[1].Counted)
		}
	}
	if l := (host{os: "2012", records: records(root("a", 10), unread)}).one(t); l.Mixed {
		t.Error("a certificate whose issuer is not known makes no mixed store")
	}
}

func TestSent(t *testing.T) {
	wrong := dword(schannel, "SendTrustedIssuerList", 0)
	wrong.Type = evidence.RegSZ
	for _, tt := range []struct {
		name    string
		os      string
		records []evidence.Record
		want    Sent
	}{
		{"not collected", "2008r2", nil, SentUnknown},
		{"absent on 2008 R2", "2008r2", []evidence.Record{key(schannel)}, SentYes},
		{"absent on 2012", "2012", []evidence.Record{key(schannel)}, SentNo},
		{"an ancestor was exported", "2012", []evidence.Record{key(`HKEY_LOCAL_MACHINE\SYSTEM`)}, SentNo},
		{"0", "2008r2", []evidence.Record{key(schannel), dword(schannel, "sendtrustedissuerlist", 0)}, SentNo},
		{"1", "2012", []evidence.Record{key(schannel), dword(schannel, "SendTrustedIssuerList", 1)}, SentYes},
		{"wrong type", "2008r2", []evidence.Record{key(schannel), wrong}, SentYes},
		{"the current control set", "2008r2", []evidence.Record{
			dword(`HKEY_LOCAL_MACHINE\SYSTEM\Select`, "Current", 2),
			key(strings.Replace(schannel, "CurrentControlSet", "ControlSet001", 1)), dword(strings.Replace(schannel, "CurrentControlSet", "ControlSet001", 1), "SendTrustedIssuerList", 0),
			key(strings.Replace(schannel, "CurrentControlSet", "ControlSet002", 1)), dword(strings.Replace(schannel, "CurrentControlSet", "ControlSet002", 1), "SendTrustedIssuerList", 1)}, SentYes},
		{"the only control set", "2008r2", []evidence.Record{key(strings.Replace(schannel, "CurrentControlSet", "ControlSet001", 1)), dword(strings.Replace(schannel, "CurrentControlSet", "ControlSet001", 1), "SendTrustedIssuerList", 0)}, SentNo},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := host{os: tt.os, records: append(records(root("a", 10)), tt.records...)}.one(t)
			if l.Sent != tt.want {
				t.Errorf("sent %s (%s), want %s", l.Sent, l.SentWhy, tt.want)
			}
			if l.Sent != SentUnknown && len(l.SentEvidence) == 0 {
				t.Error("there is no evidence for the answer")
			}
		})
	}
}

func TestFeedingStore(t *testing.T) {
	issuer := in(root("issuer", 20), "clientauthissuer.sst", evidence.StoreClientAuthIssuer, "", true)
	special := in(root("special", 30), "special.sst", "Special", "", true)
	binding := []evidence.Record{key(`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo`),
		text(`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo\0.0.0.0:443`, "DefaultSslCtlStoreName", "Special")}
	empty := key(`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\ClientAuthIssuer`)

	l := host{os: "2008r2", records: records(root("a", 10), issuer)}.one(t)
	if l.Store != `LocalMachine\Root` || l.Basis != "documented" {
		t.Errorf("2008 R2: %s (%s)", l.Store, l.Basis)
	}
	l = host{os: "2012r2", records: records(root("a", 10), issuer)}.one(t)
	if l.Store != `LocalMachine\ClientAuthIssuer` || l.Certificates != 1 {
		t.Errorf("2012 R2 with ClientAuthIssuer: %s, %d certificates", l.Store, l.Certificates)
	}
	l = host{os: "2012r2", records: records(root("a", 10))}.one(t)
	if l.Store != `LocalMachine\Root` || l.Basis != "assumed" {
		t.Errorf("2012 R2, ClientAuthIssuer not collected: %s (%s)", l.Store, l.Basis)
	}
	l = host{os: "2012r2", records: append(records(root("a", 10)), empty)}.one(t)
	if l.Store != `LocalMachine\Root` || l.Basis != "documented" {
		t.Errorf("2012 R2, ClientAuthIssuer empty: %s (%s)", l.Store, l.Basis)
	}

	lists := host{os: "2012r2", records: append(records(root("a", 10), special), binding...)}.compute(t)
	if len(lists) != 2 || lists[0].Binding != "" || lists[1].Binding != "0.0.0.0:443" || lists[1].Store != `LocalMachine\Special` || lists[1].Certificates != 1 {
		t.Fatalf("with a binding: %+v", lists)
	}
	lists = host{os: "2012r2", records: append(records(root("a", 10)), binding...)}.compute(t)
	if len(lists) != 2 || lists[1].Verdict != Unknown || lists[1].Collected {
		t.Errorf("with a binding whose store was not collected: %+v", lists[1])
	}
	lists = host{records: append(records(root("a", 10), special), binding...)}.compute(t)
	if len(lists) != 3 || lists[0].Profile != ProfileTo2008R2 || lists[1].Profile != ProfileSince2012 || lists[2].Binding == "" {
		t.Errorf("with an unknown Windows: %d lists", len(lists))
	}
}

func TestPhysicalStores(t *testing.T) {
	const certs = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates`
	reg := func(o *evidence.Occurrence, physical string) *evidence.Occurrence {
		c := in(o, "r.reg", evidence.StoreRoot, physical, true)
		c.KeyName, c.Where.Path = "X", physical+string(c.SubjectDER)
		return c
	}
	a, b := root("a", 100), root("b", 50)
	facts := []evidence.Record{key(certs), reg(a, ".Default"), reg(a, "AuthRoot"), reg(b, "AuthRoot")}
	l := host{os: "2008r2", records: facts}.one(t)
	if l.Verdict != Unknown || l.Whole {
		t.Errorf("without policy and enterprise stores: %s", l.Verdict)
	}
	if want := 2*102 + 52 + 27; l.Bytes.Max != want {
		t.Errorf("max = %d, want %d: a certificate in two physical stores counts twice", l.Bytes.Max, want)
	}
	facts = append(facts, key(`HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft`), key(`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\EnterpriseCertificates`))
	if l = (host{os: "2008r2", records: facts}).one(t); l.Verdict != Under || !l.Whole {
		t.Errorf("with all physical stores: %s, %+v", l.Verdict, l.Coverage)
	}
	facts = append(facts, dword(`HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots`, "Flags", 0x28))
	if l = (host{os: "2008r2", records: facts}).one(t); l.Certificates != 1 || l.Bytes.Expected != 102 {
		t.Errorf("ProtectedRoots 0x8 leaves AuthRoot out: %d certificates, %+v", l.Certificates, l.Bytes)
	}
	// A logical export is the whole of Root; authroot beside it adds to it.
	l = host{os: "2008r2", records: records(a, in(b, "authroot.sst", evidence.StoreRoot, "AuthRoot", true), in(a, "authroot.sst", evidence.StoreRoot, "AuthRoot", true))}.one(t)
	if l.Certificates != 2 || !l.Whole || l.Bytes.Max != 102+52+27 {
		t.Errorf("root and authroot: %d certificates, whole %v, %+v", l.Certificates, l.Whole, l.Bytes)
	}
	if l = (host{os: "2008r2", records: records(in(b, "authroot.sst", evidence.StoreRoot, "AuthRoot", true))}).one(t); l.Whole || l.Verdict != Unknown {
		t.Errorf("authroot alone is not the whole of Root: %s", l.Verdict)
	}
}

func TestSameStoreTwiceCountsOnce(t *testing.T) {
	a, b := with(root("a", 100), evidence.PropEnhKeyUsage, ekuServer), root("b", 50)
	plain := in(a, "root.p7b", evidence.StoreRoot, "", false)
	plain.Properties = nil
	l := host{os: "2008r2", records: records(plain, in(root("c", 30), "root.p7b", evidence.StoreRoot, "", false), a, b)}.one(t)
	if l.Certificates != 2 || l.Bytes.Expected != 52 {
		t.Errorf("%d certificates, %+v: the export with properties wins", l.Certificates, l.Bytes)
	}
}

func TestLowerBoundOfAPoorExport(t *testing.T) {
	l := host{os: "2008r2", records: records(in(root("a", 100), "root.p7b", evidence.StoreRoot, "", false))}.one(t)
	if l.Bytes.MinKnown || l.Bytes.Min != 0 || l.Bytes.Expected != 102 {
		t.Errorf("%+v", l.Bytes)
	}
}

func TestSimulate(t *testing.T) {
	a, b, twin := root("a", 9000), root("b", 9000), occurrence("twin", named("a", 9000), named("a", 9000))
	a.SHA1, b.SHA1, twin.SHA1 = [20]byte{2}, [20]byte{1}, [20]byte{3}
	l := host{os: "2008r2", records: records(a, twin, b)}.one(t)
	for order, want := range map[Order]string{FileOrder: "a 0-9002 false; b 9002-18004 true; ", ThumbprintOrder: "b 0-9002 false; a 9002-18004 true; "} {
		got := ""
		for _, p := range l.Simulate(order) {
			got += fmt.Sprintf("%s %d-%d %v; ", p.Entry.Subject, p.Start, p.End, p.Cut)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", order, got, want)
		}
	}
}
