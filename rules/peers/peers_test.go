package peers

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
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/stores"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

var asOf = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// cert is a certificate whose names are made of labels; its bytes are no
// certificate, so that signatures stay unchecked. thumb sets the first byte of
// its thumbprint.
func cert(subject, issuer string, thumb byte) *evidence.Occurrence {
	return sized(subject, len(subject), issuer, thumb)
}

// sized is cert with a name of n bytes.
func sized(subject string, n int, issuer string, thumb byte) *evidence.Occurrence {
	der := append([]byte(subject), bytes.Repeat([]byte{'.'}, n-len(subject))...)
	above := []byte(issuer)
	if issuer == subject {
		above = der
	}
	raw := fmt.Appendf(nil, "%s|%s|%d|%d", subject, issuer, n, thumb)
	c := &evidence.Certificate{Raw: raw, SHA1: sha1.Sum(raw), SHA256: sha256.Sum256(raw), Subject: subject, Issuer: issuer, SubjectDER: der, IssuerDER: above,
		NotAfter: asOf.AddDate(3, 0, 0), Parse: evidence.ParsedStrict, HasBasicConstraints: true, CA: true}
	c.SHA1[0] = thumb
	return &evidence.Occurrence{Certificate: c, CanCarry: true}
}

func leaf(subject, issuer string) *evidence.Occurrence {
	o := cert(subject, issuer, 1)
	o.CA = false
	return o
}

func with(o *evidence.Occurrence, id evidence.PropID, value []byte) *evidence.Occurrence {
	o.Properties = append(o.Properties, evidence.Property{ID: id, Value: value})
	return o
}

// many makes roots of about 100 bytes each, in file order; their thumbprints
// begin with from and count up.
func many(n int, from byte) []*evidence.Occurrence {
	var list []*evidence.Occurrence
	for i := range n {
		label := fmt.Sprintf("CN=Filler %d-%03d", from, i)
		o := sized(label, 98, label, from)
		binary.BigEndian.PutUint16(o.SHA1[1:], uint16(i))
		list = append(list, o)
	}
	return list
}

// A host is built from literals.
type host struct {
	os     string
	root   []*evidence.Occurrence
	ca     []*evidence.Occurrence
	other  map[string][]*evidence.Occurrence // by store
	values map[string]uint32                 // of the SCHANNEL key; nil leaves the key out
	broken bool                              // root.sst was not read whole
}

const schannel = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`

func (h host) server(t *testing.T) *Server {
	t.Helper()
	tables, err := data.Load(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	c := evidence.NewCase("web01", windows.Interest())
	file := func(name, store string, list []*evidence.Occurrence) {
		s := evidence.Store{Location: evidence.LocalMachine, Name: store}
		c.Begin(&evidence.Source{Name: name, Store: s})
		for _, o := range list {
			copied := *o
			copied.Store, copied.Where.Source = s, name
			if err := c.Add(&copied); err != nil {
				t.Fatal(err)
			}
		}
		if h.broken && store == evidence.StoreRoot {
			c.Diagnose(evidence.Diagnostic{Code: "test", Severity: evidence.Error, Where: evidence.Location{Source: name}, Summary: "it breaks off"})
		}
		c.End()
	}
	if h.root != nil {
		file("root.sst", evidence.StoreRoot, h.root)
	}
	if h.ca != nil {
		file("ca.sst", evidence.StoreCA, h.ca)
	}
	var names []string
	for n := range h.other {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		file(strings.ToLower(n)+".sst", n, h.other[n])
	}
	if h.values != nil {
		c.Begin(&evidence.Source{Name: "schannel.reg"})
		records := []evidence.Record{&evidence.RegistryKey{Key: schannel}}
		for n, v := range h.values {
			records = append(records, &evidence.RegistryValue{Key: schannel, Name: n, Type: evidence.RegDWord, Data: binary.LittleEndian.AppendUint32(nil, v)})
		}
		for _, r := range records {
			if err := c.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		c.End()
	}
	c.Finish(func(string) bool { return true })
	version := windows.VersionOf(c.Registry, h.os, tables)
	return &Server{Host: "web01", Stores: stores.New(c), Version: version, Registry: c.Registry, AsOf: asOf,
		Lists: issuerlist.Compute(issuerlist.Host{Case: c, Version: version, Tables: tables, AsOf: asOf})}
}

// match matches one peer with the first list of a host.
func (h host) match(t *testing.T, given ...*evidence.Occurrence) Result {
	t.Helper()
	s := h.server(t)
	p := Peer{Name: "peer", Certificates: given}
	pool := NewPool()
	pool.Add(given)
	pool.AddServer(s)
	return Match(s, []Peer{p}, pool)[0]
}

var sent = map[string]uint32{"SendTrustedIssuerList": 1}

func TestVerdicts(t *testing.T) {
	root, ca, end := cert("CN=Root", "CN=Root", 1), cert("CN=CA", "CN=Root", 2), leaf("CN=leaf", "CN=CA")
	other := cert("CN=Other", "CN=Other", 9)
	onlyServer := []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 1}
	list := func(parts ...any) []*evidence.Occurrence {
		var all []*evidence.Occurrence
		for _, p := range parts {
			switch p := p.(type) {
			case *evidence.Occurrence:
				all = append(all, p)
			case []*evidence.Occurrence:
				all = append(all, p...)
			}
		}
		return all
	}
	poor := func(o *evidence.Occurrence) *evidence.Occurrence {
		c := *o
		c.CanCarry = false
		return &c
	}
	last := cert("CN=Root", "CN=Root", 0xff) // behind the fillers in both orders
	for _, tt := range []struct {
		name   string
		host   host
		given  []*evidence.Occurrence
		want   Verdict
		says   string // part of Why
		issuer string
	}{
		{"root in a short list", host{os: "2008r2", values: sent, root: list(root, other)}, list(end, ca), In, "fits within the limit", "CN=Root"},
		{"issuing CA from the host's own store", host{os: "2008r2", values: sent, root: list(root), ca: list(ca)}, list(end), In, "", "CN=Root"},
		{"expired root: assumed", host{os: "2008r2", values: sent, root: list(expired(root))}, list(end, ca), In, "assumed: it expired on 2020-01-01", "CN=Root"},
		{"export without properties: assumed", host{os: "2008r2", values: sent, root: list(poor(root))}, list(end, ca), In, "assumed: the export carries no properties", "CN=Root"},
		{"a self-issued certificate of the peer", host{os: "2008r2", values: sent, root: list(leaf("CN=own", "CN=own"))}, list(leaf("CN=own", "CN=own")), In, "", "CN=own"},

		{"over, first in both orders", host{os: "2008r2", values: sent, root: list(cert("CN=Root", "CN=Root", 0), many(180, 5))}, list(end, ca), AtRisk, "kept in both simulated orders", "CN=Root"},
		{"over, cut in file order", host{os: "2008r2", values: sent, root: list(many(180, 5), cert("CN=Root", "CN=Root", 0))}, list(end, ca), AtRisk, "cut in file order and kept in thumbprint order", "CN=Root"},
		{"over, cut in thumbprint order", host{os: "2008r2", values: sent, root: list(last, many(180, 5))}, list(end, ca), AtRisk, "kept in file order and cut in thumbprint order", "CN=Root"},
		{"over, last in both orders", host{os: "2008r2", values: sent, root: list(many(180, 5), last)}, list(end, ca), Cut, "beyond it in both simulated orders", "CN=Root"},
		{"over, last, but only by the length fields", host{os: "2008r2", values: sent, root: list(many(165, 5), cert("CN=Root", "CN=Root", 6), many(9, 7))}, list(end, ca), AtRisk, "if only by what may not count", "CN=Root"},
		{"likely over", host{os: "2008r2", values: sent, root: list(many(165, 5), last)}, list(end, ca), AtRisk, "likely over", "CN=Root"},
		{"likely under", host{os: "2008r2", values: sent, root: list(root, many(163, 5), sized("CN=Pad", 60, "CN=Pad", 6))}, list(end, ca), AtRisk, "fits within the limit as expected", "CN=Root"},
		{"a name longer than the whole list", host{os: "2008r2", values: sent, root: list(sized("CN=Root", 17000, "CN=Root", 0))}, list(leaf("CN=leaf", strings.TrimSpace("CN=Root"+strings.Repeat(".", 17000-7)))), Cut, "longer than the whole list", "CN=Root" + strings.Repeat(".", 17000-7)},
		{"the nearer issuer stands there too, kept", host{os: "2008r2", values: sent, root: list(cert("CN=CA", "CN=Root", 0), many(180, 5), last)}, list(end), AtRisk, "kept in both", "CN=CA"},

		{"absent", host{os: "2008r2", values: sent, root: list(other)}, list(end, ca, root), NotInStore, `no issuer of the chain stands in LocalMachine\Root`, "CN=Root"},
		{"absent, stands in CA", host{os: "2008r2", values: sent, root: list(other), ca: list(root)}, list(end, ca), NotInStore, `its root stands in LocalMachine\CA`, "CN=Root"},
		{"no purpose", host{os: "2008r2", values: sent, root: list(with(cert("CN=Root", "CN=Root", 1), evidence.PropEnhKeyUsage, onlyServer))}, list(end, ca), NotInStore, "is not in the list: its EKU property", "CN=Root"},
		{"archived", host{os: "2008r2", values: sent, root: list(with(cert("CN=Root", "CN=Root", 1), evidence.PropArchived, nil))}, list(end, ca), NotInStore, "archived", "CN=Root"},
		{"in Disallowed too", host{os: "2008r2", values: sent, root: list(root), other: map[string][]*evidence.Occurrence{"Disallowed": list(root)}}, list(end, ca), AtRisk, "likely not in the list: it stands in Disallowed", "CN=Root"},
		{"Client Authentication Issuers feeds the list, the root is in Root only", host{os: "2016", values: sent, root: list(root), other: map[string][]*evidence.Occurrence{"ClientAuthIssuer": list(other)}}, list(end, ca), NotInStore, `ClientAuthIssuer, which feeds the list; its root stands in LocalMachine\Root`, "CN=Root"},

		{"mixed store, self-issued root", host{os: "2012r2", values: sent, root: list(root, cert("CN=Stray CA", "CN=Else", 3))}, list(end, ca), Cut, "only those are sent", "CN=Root"},
		{"mixed store, issued by the stray CA", host{os: "2012r2", values: sent, root: list(root, ca)}, list(end), In, "", "CN=CA"},
		{"mixed store before 2012", host{os: "2008r2", values: sent, root: list(root, ca)}, list(end), In, "", "CN=CA"},

		{"no list sent", host{os: "2016", values: map[string]uint32{}, root: list(root)}, list(end, ca), NoList, "the client chooses without a list", "CN=Root"},
		{"no list sent, not in the store", host{os: "2016", values: map[string]uint32{}, root: list(other)}, list(end, ca, root), NotInStore, "the server would not accept", "CN=Root"},
		{"no list sent, not in the store, trust mode 1", host{os: "2016", values: map[string]uint32{"ClientAuthTrustMode": 1}, root: list(other)}, list(end, ca, root), NoList, "accepts by the store that the application names", "CN=Root"},
		{"no list sent, not in the store, trust mode 1 before 2012", host{os: "2008r2", values: map[string]uint32{"ClientAuthTrustMode": 1, "SendTrustedIssuerList": 0}, root: list(other)}, list(end, ca, root), NotInStore, "the server would not accept", "CN=Root"},
		{"no list sent, over", host{os: "2016", values: map[string]uint32{}, root: list(many(180, 5), last)}, list(end, ca), NoList, "", "CN=Root"},
		{"no list sent, over, Server 2012", host{os: "2012", values: map[string]uint32{}, root: list(many(180, 5), last)}, list(end, ca), Cut, "KB 2880390", "CN=Root"},
		{"no list sent, under, Server 2012", host{os: "2012", values: map[string]uint32{}, root: list(root)}, list(end, ca), NoList, "", "CN=Root"},
		{"no list sent, mixed", host{os: "2012r2", values: map[string]uint32{}, root: list(root, cert("CN=Stray CA", "CN=Else", 3))}, list(end, ca), Cut, "KB 2802568", "CN=Root"},
		{"no list sent, mixed, trust mode 2", host{os: "2012r2", values: map[string]uint32{"ClientAuthTrustMode": 2}, root: list(root, cert("CN=Stray CA", "CN=Else", 3))}, list(end, ca), NoList, "ClientAuthTrustMode is 2", "CN=Root"},
		{"no list sent, no store", host{os: "2016", values: map[string]uint32{}, ca: list(ca)}, list(end), NoList, "is not known: no export", "CN=Root"},
		{"whether one is sent is unknown, under", host{os: "2016", root: list(root)}, list(end, ca), In, "sent or not", "CN=Root"},
		{"whether one is sent is unknown, beyond", host{os: "2016", root: list(many(180, 5), last)}, list(end, ca), AtRisk, "if a list is sent", "CN=Root"},

		{"no store", host{os: "2008r2", values: sent, ca: list(ca)}, list(end), Unknown, `no export of LocalMachine\Root`, "CN=Root"},
		{"store broken, root there", host{os: "2008r2", values: sent, root: list(root), broken: true}, list(end, ca), AtRisk, "the size of the list is not known", "CN=Root"},
		{"store broken, root not there", host{os: "2008r2", values: sent, root: list(other), broken: true}, list(end, ca, root), Unknown, "root.sst was not read whole", "CN=Root"},
		{"chain not given", host{os: "2008r2", values: sent, root: list(root)}, list(end), Unknown, "the certificate of the issuer CN=CA was not given", "CN=CA"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := tt.host.match(t, tt.given...)
			if r.Verdict != tt.want || !strings.Contains(r.Why, tt.says) {
				t.Errorf("%s: %q (list %s, sent %s), want %s: %q", r.Verdict, r.Why, r.List.Verdict, r.List.Sent, tt.want, tt.says)
			}
			if r.Issuer != tt.issuer {
				t.Errorf("decided by %q, want %q", r.Issuer, tt.issuer)
			}
			if listed := r.Entry != nil && r.Entry.Counted.Listed(); listed != (r.File != nil) || listed != (r.Thumbprint != nil) {
				t.Errorf("listed %v, places %v and %v", listed, r.File, r.Thumbprint)
			}
			if r.Why == "" || strings.HasSuffix(r.Why, ".") || strings.Contains(r.Why, "; ;") {
				t.Errorf("the reason %q is no clause", r.Why)
			}
			if again := tt.host.match(t, tt.given...); again.Why != r.Why || again.Verdict != r.Verdict {
				t.Errorf("the same input gives %s: %q, then %s: %q", r.Verdict, r.Why, again.Verdict, again.Why)
			}
		})
	}
}

func expired(o *evidence.Occurrence) *evidence.Occurrence {
	c := *o.Certificate
	c.NotAfter = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	copied := *o
	copied.Certificate = &c
	return &copied
}

// Every list gets a verdict: an unknown Windows has two, a binding one of its own.
func TestMatchGoesThroughLists(t *testing.T) {
	root := cert("CN=Root", "CN=Root", 1)
	s := host{root: []*evidence.Occurrence{root}, values: map[string]uint32{}}.server(t)
	pool := NewPool()
	pool.AddServer(s)
	results := Match(s, []Peer{{Name: "a", Certificates: []*evidence.Occurrence{leaf("CN=leaf", "CN=Root")}}, {Name: "b"}}, pool)
	var got []string
	for _, r := range results {
		got = append(got, r.List.Profile+" "+r.Peer+" "+string(r.Verdict))
	}
	want := []string{"≤2008r2 a in", "≤2008r2 b unknown", "≥2012 a no list sent", "≥2012 b unknown"}
	if !slices.Equal(got, want) {
		t.Errorf("results %q, want %q", got, want)
	}
}

func TestIdentities(t *testing.T) {
	root, ca, end, own := cert("CN=Root", "CN=Root", 1), cert("CN=CA", "CN=Root", 2), leaf("CN=leaf", "CN=CA"), leaf("CN=own", "CN=own")
	v1 := leaf("CN=Old Root", "CN=Old Root")
	silent := leaf("CN=V1", "CN=V1") // a version 1 root says nothing of what it is
	silent.HasBasicConstraints = false
	for _, tt := range []struct {
		name   string
		given  []*evidence.Occurrence
		offers []*evidence.Occurrence
		want   []*evidence.Occurrence
	}{
		{"a leaf", []*evidence.Occurrence{end}, nil, []*evidence.Occurrence{end}},
		{"a chain, twice", []*evidence.Occurrence{root, ca, end, end}, nil, []*evidence.Occurrence{end}},
		{"a chain under a version 1 root", []*evidence.Occurrence{leaf("CN=leaf", "CN=Old Root"), v1}, nil, []*evidence.Occurrence{leaf("CN=leaf", "CN=Old Root")}},
		{"roots, one of them of version 1", []*evidence.Occurrence{root, silent}, nil, []*evidence.Occurrence{root, silent}},
		{"a leaf beside a root of version 1", []*evidence.Occurrence{silent, end}, nil, []*evidence.Occurrence{end}},
		{"a store My with a CA and a silent one", nil, []*evidence.Occurrence{silent, end, root}, []*evidence.Occurrence{silent, end, root}},
		{"only CAs", []*evidence.Occurrence{root, ca}, nil, []*evidence.Occurrence{ca}},
		{"only a root", []*evidence.Occurrence{root}, nil, []*evidence.Occurrence{root}},
		{"two leaves", []*evidence.Occurrence{own, end}, nil, []*evidence.Occurrence{own, end}},
		{"a store My beside others", []*evidence.Occurrence{own, end, ca}, []*evidence.Occurrence{end}, []*evidence.Occurrence{end}},
		{"one without a subject", []*evidence.Occurrence{{Certificate: &evidence.Certificate{Parse: evidence.ParseFailed}}}, nil, nil},
	} {
		p := Peer{Certificates: tt.given, Offers: tt.offers}
		var got, want []string
		for _, o := range p.Identities() {
			got = append(got, o.Subject)
		}
		for _, o := range tt.want {
			want = append(want, o.Subject)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", tt.name, got, want)
		}
	}
}

func TestNotes(t *testing.T) {
	end := leaf("CN=leaf", "CN=Root")
	end.HasEKU, end.EKU = true, []string{"1.3.6.1.5.5.7.3.1"}
	end.NotAfter = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	h := host{os: "2016", values: map[string]uint32{"ClientAuthTrustMode": 1, "SendTrustedIssuerList": 1}, root: []*evidence.Occurrence{cert("CN=Root", "CN=Root", 1)}}
	r := h.match(t, end)
	all := strings.Join(r.Notes, "\n")
	for _, want := range []string{"expired on 2026-01-01", "leave client authentication out", "could not be checked", "ClientAuthTrustMode is 1"} {
		if !strings.Contains(all, want) {
			t.Errorf("no note says %q: %q", want, r.Notes)
		}
	}
	clean := leaf("CN=leaf", "CN=leaf")
	if r := (host{os: "2016", values: sent, root: []*evidence.Occurrence{clean}}).match(t, clean); len(r.Notes) != 0 {
		t.Errorf("notes where there is nothing to note: %q", r.Notes)
	}
}

func TestPeerOf(t *testing.T) {
	end, ca := leaf("CN=leaf", "CN=CA"), cert("CN=CA", "CN=Root", 2)
	s := host{os: "2016", root: []*evidence.Occurrence{cert("CN=Root", "CN=Root", 1)}, ca: []*evidence.Occurrence{ca}, other: map[string][]*evidence.Occurrence{"My": {end}}}.server(t)
	p := PeerOf("web02", s.Stores)
	if ids := p.Identities(); len(ids) != 1 || ids[0].Subject != "CN=leaf" || p.Name != "web02" {
		t.Errorf("%q offers %v", p.Name, ids)
	}
	pool := NewPool()
	pool.Add(p.Certificates)
	if c := pool.Chain(p.Identities()[0]); len(c.Links) != 1 || c.Complete || c.Missing != "CN=Root" {
		t.Errorf("its chain: %+v", c)
	}
	for _, tt := range []struct {
		my   []*evidence.Occurrence
		want string
	}{{nil, "no export of its store My was read"}, {[]*evidence.Occurrence{}, "its store My was exported and holds no certificate"}} {
		h := host{os: "2016", ca: []*evidence.Occurrence{ca}}
		if tt.my != nil {
			h.other = map[string][]*evidence.Occurrence{"My": tt.my}
		}
		p := PeerOf("web02", h.server(t).Stores)
		if ids := p.Identities(); len(ids) != 0 || p.noOffer() != tt.want {
			t.Errorf("%d offers, %q, want %q", len(ids), p.noOffer(), tt.want)
		}
	}
}
