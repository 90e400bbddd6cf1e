package scripts

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/remedies"
)

var (
	asOf   = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	tables = sync.OnceValues(func() (*data.Tables, error) { return data.Load(data.Files()) })
)

const (
	schannel  = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`
	bindings  = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo`
	protected = `HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots`
)

// A sample is one host: n roots of the programme and a few certificates that
// each remedy finds something in. names are what their subjects and friendly
// names begin with, in turn, which changes nothing but these.
type sample struct {
	host, os string
	names    []string
	poor     bool // the exports carry no properties
	store    string
	facts    []evidence.Record
}

func dword(key, name string, n uint32) *evidence.RegistryValue {
	return &evidence.RegistryValue{Where: evidence.Location{Source: "r.reg"}, Key: key, Name: name, Type: evidence.RegDWord, Data: binary.LittleEndian.AppendUint32(nil, n)}
}

func wide(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s + "\x00")) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func text16(key, name, s string) *evidence.RegistryValue {
	return &evidence.RegistryValue{Where: evidence.Location{Source: "r.reg"}, Key: key, Name: name, Type: evidence.RegSZ, Data: wide(s)}
}

func (s sample) certificate(label, issuer, store, physical string, size int, props ...evidence.Property) *evidence.Occurrence {
	raw := []byte(label + "|" + issuer)
	name := ""
	if len(s.names) > 0 {
		name = s.names[int(sha1.Sum(raw)[0])%len(s.names)]
	}
	der := func(n string) []byte { return []byte(n + strings.Repeat(".", max(0, size-len(n)))) }
	c := &evidence.Certificate{Raw: raw, SHA1: sha1.Sum(raw), SHA256: sha256.Sum256(raw), Parse: evidence.ParsedLenient, Subject: name + label, Issuer: name + issuer,
		SubjectDER: der(label), IssuerDER: der(issuer), NotAfter: asOf.AddDate(3, 0, 0)}
	o := &evidence.Occurrence{Certificate: c, CanCarry: !s.poor, Store: evidence.Store{Location: evidence.LocalMachine, Name: store, Physical: physical}}
	if !s.poor {
		o.Properties = append(props, evidence.Property{ID: evidence.PropFriendlyName, Value: wide(name)})
	}
	return o
}

func (s sample) build(t *testing.T, c *rules.Criteria) *evidence.Case {
	t.Helper()
	k := evidence.NewCase(s.host, c.Interests()...)
	put := func(file string, list ...*evidence.Occurrence) {
		src := &evidence.Source{Name: file, SHA256: sha256.Sum256([]byte(file))}
		k.Begin(src)
		for i, o := range list {
			o.Where = evidence.Location{Source: file, Offset: int64(i + 1)}
			if o.Store.Physical == "" {
				src.Store = o.Store
			}
			if err := k.Add(o); err != nil {
				t.Fatal(err)
			}
		}
		k.End()
	}
	store := "Root"
	if s.store != "" {
		store = s.store
	}
	both := evidence.Property{ID: evidence.PropEnhKeyUsage, Value: []byte{0x30, 0x14, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 1, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 2}}
	programme := evidence.Property{ID: evidence.PropAuthRootSHA256, Value: make([]byte, 32)}
	var roots []*evidence.Occurrence
	for i := range 200 {
		props := []evidence.Property{programme}
		if i%2 == 0 {
			props = append(props, both)
		}
		o := s.certificate(fmt.Sprintf("Programme %03d", i), fmt.Sprintf("Programme %03d", i), store, "", 104, props...)
		roots = append(roots, o)
	}
	put("root.sst", roots...)
	put("more.sst", s.certificate("Private", "Private", "Root", "", 60), s.certificate("Issuing CA", "Private", "Root", "", 60))
	put("my.cer", s.certificate("server", "Issuing CA", "My", "", 60))
	k.Begin(&evidence.Source{Name: "r.reg"})
	for _, f := range s.facts {
		if err := k.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	k.End()
	k.Finish(func(string) bool { return true })
	return k
}

// files plans hosts and returns the files of the plan.
func files(t *testing.T, samples ...sample) []File {
	t.Helper()
	return Files(planOf(t, samples...), "ctlaudit test")
}

func planOf(t *testing.T, samples ...sample) *remedies.Plan {
	t.Helper()
	tab, err := tables()
	if err != nil {
		t.Fatal(err)
	}
	c := &rules.Criteria{Rules: rules.All(), Tables: tab, AsOf: asOf}
	if c.Policy, err = rules.DefaultPolicy(tab, c.Rules); err != nil {
		t.Fatal(err)
	}
	var list []*rules.Judgement
	for _, s := range samples {
		list = append(list, rules.Evaluate(c, s.build(t, c), rules.Statement{OS: s.os}))
	}
	return remedies.New(remedies.Input{Criteria: c, Judgements: list, Options: remedies.Options{Headroom: 10, IncludePrivate: slices.ContainsFunc(samples, func(s sample) bool { return s.poor })}})
}

func names(list []File) []string {
	var out []string
	for _, f := range list {
		out = append(out, f.Name)
	}
	return out
}

func find(t *testing.T, list []File, name string) string {
	t.Helper()
	for _, f := range list {
		if f.Name == name {
			return string(f.Data)
		}
	}
	t.Fatalf("there is no file %s: %v", name, names(list))
	return ""
}
