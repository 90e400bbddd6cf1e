package remedies

import (
	"crypto/ed25519"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

var asOf = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

const (
	schannelKey  = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`
	protectedKey = `HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots`
	updateKey    = `HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot`
)

// The purposes that tests give, as property 9 holds them.
var (
	ekuClient       = []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 2}
	ekuServer       = []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 1}
	ekuServerClient = []byte{0x30, 0x14, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 1, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 2}
	ekuAny          = []byte{0x30, 0x06, 0x06, 0x04, 0x55, 0x1d, 0x25, 0x00}
)

// padded returns n bytes that begin with a label and stand for a name's DER.
func padded(label string, n int) []byte {
	return []byte(label + strings.Repeat(".", max(0, n-len(label))))
}

// made makes a certificate that crypto/x509 does not read.
func made(label, subject, issuer string, size int) *evidence.Occurrence {
	raw := fmt.Appendf(nil, "%s|%s|%s|%d", label, subject, issuer, size)
	c := &evidence.Certificate{Raw: raw, SHA1: sha1.Sum(raw), SHA256: sha256.Sum256(raw), Parse: evidence.ParsedLenient, Subject: "CN=" + subject, Issuer: "CN=" + issuer,
		SubjectDER: padded(subject, size), IssuerDER: padded(issuer, size), NotAfter: asOf.AddDate(5, 0, 0)}
	return &evidence.Occurrence{Certificate: c, CanCarry: true, Store: evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot}}
}

// root makes a private root with a name of size bytes, and programmeRoot one
// that carries the programme's property 98.
func root(label string, size int) *evidence.Occurrence { return made(label, label, label, size) }

func programmeRoot(label string, size int) *evidence.Occurrence {
	return with(root(label, size), evidence.PropAuthRootSHA256, make([]byte, 32))
}

func with(o *evidence.Occurrence, id evidence.PropID, value []byte) *evidence.Occurrence {
	o.Properties = append(o.Properties, evidence.Property{ID: id, Value: value})
	return o
}

func disabled(o *evidence.Occurrence) *evidence.Occurrence {
	return with(o, evidence.PropDisabled, nil)
}

func expired(o *evidence.Occurrence) *evidence.Occurrence {
	o.NotAfter = asOf.AddDate(-1, 0, 0)
	return o
}

// thumb gives a certificate another thumbprint, as a root of a table has it.
func thumb(o *evidence.Occurrence, hexText string) *evidence.Occurrence {
	b, _ := hex.DecodeString(hexText)
	copy(o.SHA1[:], b)
	return o
}

func in(o *evidence.Occurrence, store, physical string) *evidence.Occurrence {
	n := *o
	n.Store.Name, n.Store.Physical = store, physical
	return &n
}

// A key is a key that signs; the same name gives the same key.
func key(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// signed makes a real certificate; ids say whether it names its key and that of
// its issuer.
func signed(t *testing.T, subject, subjectKey, issuer, issuerKey string, ids bool) *evidence.Occurrence {
	t.Helper()
	id := func(k string) []byte { s := sha1.Sum(key(k).Public().(ed25519.PublicKey)); return s[:] }
	ca := &x509.Certificate{Subject: pkix.Name{CommonName: issuer}}
	c := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: subject}, NotBefore: asOf.AddDate(-1, 0, 0), NotAfter: asOf.AddDate(5, 0, 0),
		BasicConstraintsValid: true, IsCA: true}
	if ids {
		c.SubjectKeyId, ca.SubjectKeyId = id(subjectKey), id(issuerKey)
	}
	der, err := x509.CreateCertificate(nil, c, ca, key(subjectKey).Public(), key(issuerKey))
	if err != nil {
		t.Fatal(err)
	}
	p, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	e := &evidence.Certificate{Raw: der, SHA1: sha1.Sum(der), SHA256: sha256.Sum256(der), Parse: evidence.ParsedStrict, SubjectDER: p.RawSubject, IssuerDER: p.RawIssuer,
		Subject: p.Subject.String(), Issuer: p.Issuer.String(), NotAfter: p.NotAfter, SubjectKeyID: p.SubjectKeyId, AuthorityKeyID: p.AuthorityKeyId}
	return &evidence.Occurrence{Certificate: e, CanCarry: true, Store: evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot}}
}

// A box is one host's evidence: certificates by the file they stand in, and
// registry facts.
type box struct {
	name   string
	os     string
	files  map[string][]*evidence.Occurrence
	facts  []evidence.Record
	broken string
	lists  []*evidence.TrustList
}

func regDWord(key, name string, n uint32) *evidence.RegistryValue {
	return &evidence.RegistryValue{Where: evidence.Location{Source: "r.reg"}, Key: key, Name: name, Type: evidence.RegDWord, Data: binary.LittleEndian.AppendUint32(nil, n)}
}

func regKey(key string) *evidence.RegistryKey {
	return &evidence.RegistryKey{Where: evidence.Location{Source: "r.reg"}, Key: key}
}

func rootFile(list ...*evidence.Occurrence) map[string][]*evidence.Occurrence {
	return map[string][]*evidence.Occurrence{"root.sst": list}
}

// tables are read once: they are never changed.
var tables = sync.OnceValues(func() (*data.Tables, error) { return data.Load(data.Files()) })

// judge judges hosts by the default policy, changed by edit.
func judge(t *testing.T, edit func(*rules.Criteria), boxes ...box) (*rules.Criteria, []*rules.Judgement) {
	t.Helper()
	tables, err := tables()
	if err != nil {
		t.Fatal(err)
	}
	c := &rules.Criteria{Rules: rules.All(), Tables: tables, AsOf: asOf}
	if c.Policy, err = rules.DefaultPolicy(tables, c.Rules); err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(c)
	}
	var list []*rules.Judgement
	for n, b := range boxes {
		if b.name == "" {
			b.name = fmt.Sprintf("host%d", n+1)
		}
		list = append(list, rules.Evaluate(c, b.build(t, c), rules.Statement{OS: b.os}))
	}
	return c, list
}

func (b box) build(t *testing.T, c *rules.Criteria) *evidence.Case {
	t.Helper()
	k := evidence.NewCase(b.name, c.Interests()...)
	var names []string
	for n := range b.files {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		src := &evidence.Source{Name: n}
		k.Begin(src)
		for i, o := range b.files[n] {
			put := *o
			put.Where = evidence.Location{Source: n, Offset: int64(i + 1)}
			if put.Store.Physical == "" {
				src.Store = put.Store
			}
			if err := k.Add(&put); err != nil {
				t.Fatal(err)
			}
		}
		if n == b.broken {
			k.Diagnose(evidence.Diagnostic{Code: "sst-truncated", Severity: evidence.Error})
		}
		k.End()
	}
	k.Begin(&evidence.Source{Name: "r.reg"})
	for _, f := range b.facts {
		if err := k.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range b.lists {
		if err := k.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	k.End()
	k.Finish(func(string) bool { return true })
	return k
}

// planOne plans one host.
func planOne(t *testing.T, o Options, b box) *HostPlan {
	t.Helper()
	c, list := judge(t, nil, b)
	return New(Input{Criteria: c, Judgements: list, Options: o}).Hosts[0]
}

// many makes n roots of the programme with names of size bytes.
func many(n, size int) []*evidence.Occurrence {
	var list []*evidence.Occurrence
	for i := range n {
		list = append(list, programmeRoot(fmt.Sprintf("Programme Root %03d", i), size))
	}
	return list
}

func thumbsOf(r *Removal) []string {
	var list []string
	for _, row := range r.Rows {
		list = append(list, row.Subject)
	}
	return list
}

// planOneWith plans one host by a policy that sets the limit of its Windows.
func planOneWith(t *testing.T, b box, limit int) *HostPlan {
	t.Helper()
	c, list := judge(t, func(c *rules.Criteria) {
		p, err := rules.ParsePolicy("p.yaml", fmt.Appendf(nil, "name: test\nlimits: {%s: %d}\n", b.os, limit), c.Tables, c.Rules)
		if err != nil {
			t.Fatal(err)
		}
		c.Policy = p
	}, b)
	return New(Input{Criteria: c, Judgements: list, Options: Options{Headroom: 10}}).Hosts[0]
}
