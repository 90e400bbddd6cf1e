// Package example makes judgements that the tests of the report formats share:
// a small estate with most of what a report can show, one whose text is
// hostile, and ones of any size. Nothing in it was read from a file.
package example

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

// AsOf is the date that the examples are judged for.
var AsOf = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// Criteria returns a few rules and a policy that changes none of them.
func Criteria() (*rules.Criteria, error) {
	tables, err := data.Load(data.Files())
	if err != nil {
		return nil, err
	}
	list := []*rules.Rule{rules.TrustedIssuerListSize, rules.SendTrustedIssuerList, rules.SchannelTruncationEvent,
		rules.RootStoreMixed, rules.RequiredRoots, rules.EvidenceComplete}
	policy, err := rules.ParsePolicy("example.yaml", []byte("name: example\n"), tables, rules.All())
	if err != nil {
		return nil, err
	}
	return &rules.Criteria{Rules: list, Policy: policy, Tables: tables, AsOf: AsOf}, nil
}

// input judges cases.
func input(c *rules.Criteria, stated map[string]rules.Statement, cases ...*evidence.Case) reports.Input {
	in := reports.Input{Tool: "ctlaudit", Version: "v0.1.0", Criteria: c}
	for _, k := range cases {
		in.Judgements = append(in.Judgements, rules.Evaluate(c, k, stated[k.Host]))
	}
	return in
}

// Empty is a run that read nothing but one file that belongs to no host.
func Empty(c *rules.Criteria) reports.Input {
	in := input(c, nil)
	in.Diagnostics = []evidence.Diagnostic{{Code: "walk-not-a-file", Severity: evidence.Warning, Where: evidence.Location{Source: "export/pipe"},
		Summary: "this is not a regular file and was not read", Detail: "a case holds files and folders only"}}
	return in
}

// Estate is three hosts: web01, whose list is cut; edge02, of which only a
// .p7b of an unknown Windows was read, in part; and lync03, where all is well.
func Estate(c *rules.Criteria) reports.Input {
	in := input(c, map[string]rules.Statement{"lync03": {OS: "2016", Roles: []string{"lync-server"}}},
		web01(c), edge02(), lync03(c))
	in.Diagnostics = Empty(c).Diagnostics
	return in
}

// Waived is the estate with waivers: one in force, one expired and one that
// covers nothing.
func Waived(c *rules.Criteria) (reports.Input, error) {
	w, err := rules.ParseWaivers("waivers.yaml", []byte(`waivers:
  - {rule: required-roots, host: web01, reason: replaced in spring, expires: 2027-03-31, approvedBy: A. Auditor, ticket: CHG-1}
  - {rule: trusted-issuer-list-size, reason: accepted for a year, expires: 2026-01-31}
  - {rule: evidence-complete, host: nowhere, reason: not used, expires: 2027-01-31}
`), c.Rules)
	if err != nil {
		return reports.Input{}, err
	}
	with := *c
	with.Waivers = w
	return Estate(&with), nil
}

func web01(c *rules.Criteria) *evidence.Case {
	k := evidence.NewCase("web01", c.Interests()...)
	root := evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot, Basis: evidence.StoreName}
	source(k, "web01/root.sst", "sst", root, func(s *evidence.Source) {
		for i, r := range c.Tables.Required {
			if i == 2 {
				continue // one required root is missing
			}
			o := certificate(s, root, len(k.Occurrences), r.IssuedTo, "Microsoft Corporation", true)
			thumb, _ := hex.DecodeString(r.Thumbprint)
			copy(o.SHA1[:], thumb)
			add(k, o)
		}
		for i := range 220 {
			add(k, certificate(s, root, len(k.Occurrences), fmt.Sprintf("Example Root CA %03d", i), "Example Trust Services of Somewhere", true))
		}
		shared := certificate(s, root, len(k.Occurrences), "Example Root CA 007", "Example Trust Services of Somewhere", true)
		add(k, shared)
		lenient := certificate(s, root, len(k.Occurrences), "EC-ACC", "Agencia Catalana de Certificacio", true)
		lenient.Parse, lenient.ParseNote = evidence.ParsedLenient, "x509: negative serial number"
		lenient.Serial = []byte{0xee, 0x2b, 0x3d, 0xeb}
		add(k, lenient)
		issued := certificate(s, root, len(k.Occurrences), "Issuing CA 1", "Contoso", false)
		add(k, issued)
		broken := certificate(s, root, len(k.Occurrences), "", "", true)
		broken.Parse, broken.ParseNote = evidence.ParseFailed, "the subject cannot be found"
		broken.Subject, broken.Issuer, broken.SubjectDER, broken.IssuerDER = "", "", nil, nil
		broken.NotBefore, broken.NotAfter, broken.Serial = time.Time{}, time.Time{}, nil
		add(k, broken)
		k.Diagnose(evidence.Diagnostic{Code: "certificate-lenient", Severity: evidence.Note, Where: lenient.Where,
			Summary: "crypto/x509 refuses this certificate, and the lenient reader reads it", Detail: "x509: negative serial number; all that is judged was read"})
	})
	source(k, "web01/schannel.reg", "regfile", evidence.Store{}, func(s *evidence.Source) {
		s.Encoding = "UTF-16LE"
		schannel := `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`
		version := `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion`
		key(k, s, 3, schannel)
		value(k, s, 4, schannel, "EventLogging", evidence.RegDWord, dword(3))
		value(k, s, 5, schannel, "", evidence.RegSZ, utf16le("the default"))
		key(k, s, 7, version)
		value(k, s, 8, version, "ProductName", evidence.RegSZ, utf16le("Windows Server 2008 R2 Enterprise"))
		value(k, s, 9, version, "CurrentVersion", evidence.RegSZ, utf16le("6.1"))
		value(k, s, 10, version, "BuildLabNames", evidence.RegMultiSZ, utf16le("one\x00two\x00"))
		value(k, s, 11, version, "DigitalProductId", evidence.RegBinary, []byte{0xa4, 0, 0, 0, 3})
		value(k, s, 12, version, "InstallTime", evidence.RegQWord, binary.LittleEndian.AppendUint64(nil, 130000000000000000))
	})
	source(k, "web01/system.csv", "eventcsv", evidence.Store{}, func(s *evidence.Source) {
		s.Encoding = "UTF-8"
		events(k, s, "Schannel", 36885, evidence.NoAlert, 40, "When asking for client authentication, this server sends a list of trusted certificate authorities to the client. … Currently, this server trusts so many certificate authorities that the list has grown too long. This list has thus been truncated.")
		events(k, s, "Schannel", 36887, 46, 3, "The following fatal alert was received: 46.")
		events(k, s, "Service Control Manager", 7036, evidence.NoAlert, 1200, "The service entered the running state.")
		_ = k.Add(&evidence.EventLog{Where: evidence.Location{Source: s.Name}, Dialect: "event-viewer", Channels: []string{"System"},
			DateOrder: evidence.MonthFirst, Zone: "UTC", Events: 1243, Whole: true})
	})
	k.Finish(func(computer string) bool { return strings.EqualFold(computer, "web01.contoso.com") })
	return k
}

func edge02() *evidence.Case {
	k := evidence.NewCase("edge02")
	root := evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot, Basis: evidence.StoreAssumed}
	source(k, "edge02/export.p7b", "p7b", root, func(s *evidence.Source) {
		for i := range 30 {
			o := certificate(s, root, i, fmt.Sprintf("Fabrikam Root %02d", i), "Fabrikam", true)
			o.CanCarry, o.Properties = false, nil
			add(k, o)
		}
		k.Diagnose(evidence.Diagnostic{Code: "p7b-truncated", Severity: evidence.Error, Where: evidence.Location{Source: s.Name, Offset: 41_200, Length: 1_311, Path: "certificate 31"},
			Summary: "the file ends inside a certificate", Detail: "1,311 bytes were announced and 402 are there; the 30 certificates before it are kept"})
	})
	source(k, "edge02/dates.csv", "eventcsv", evidence.Store{}, func(s *evidence.Source) {
		e := &evidence.Event{Where: evidence.Location{Source: s.Name, Line: 2, Path: "record 1"}, Provider: "Schannel", ID: 36888, Alert: 40, Computer: "OTHER",
			Time: AsOf.AddDate(0, 0, -1), TimeMonthFirst: AsOf.AddDate(0, -1, 0), TimeText: []byte("03/04/2026 10:11:12"), Message: []byte("A fatal alert was generated:\r\n40.")}
		_ = k.Add(e)
		_ = k.Add(&evidence.EventLog{Where: evidence.Location{Source: s.Name}, Dialect: "event-viewer", DateOrder: evidence.DateUndecided, Zone: "UTC", Events: 1, Whole: true})
	})
	source(k, "edge02/readme.docx", "", evidence.Store{}, func(s *evidence.Source) {
		k.Diagnose(evidence.Diagnostic{Code: "source-unrecognised", Severity: evidence.Note, Where: evidence.Location{Source: s.Name},
			Summary: "no format claims this file: it was not read", Detail: `it begins with "PK\x03\x04"`})
	})
	k.Finish(func(computer string) bool { return strings.EqualFold(computer, "edge02") })
	return k
}

func lync03(c *rules.Criteria) *evidence.Case {
	k := evidence.NewCase("lync03", c.Interests()...)
	root := evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot, Basis: evidence.StoreName}
	source(k, "lync03/root.sst", "sst", root, func(s *evidence.Source) {
		for i, r := range c.Tables.Required {
			o := certificate(s, root, i, r.IssuedTo, "Microsoft Corporation", true)
			thumb, _ := hex.DecodeString(r.Thumbprint)
			copy(o.SHA1[:], thumb)
			add(k, o)
		}
	})
	source(k, "lync03/schannel.reg", "regfile", evidence.Store{}, func(s *evidence.Source) {
		key(k, s, 3, `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`)
	})
	k.Finish(func(string) bool { return false })
	return k
}

// Hostile is a host whose every text tries to do harm.
func Hostile(c *rules.Criteria) reports.Input {
	bad := HostileText()
	k := evidence.NewCase(bad[0], c.Interests()...)
	root := evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot, Basis: evidence.StoreName}
	source(k, bad[1]+"/root.sst", "sst", root, func(s *evidence.Source) {
		for i, text := range bad {
			o := certificate(s, root, i, text, "", true)
			o.Subject, o.Issuer = text, text
			o.ParseNote = text
			o.Properties = []evidence.Property{{ID: evidence.PropFriendlyName, Value: utf16le(text)}}
			add(k, o)
		}
		k.Diagnose(evidence.Diagnostic{Code: "sst-truncated", Severity: evidence.Error, Where: evidence.Location{Source: s.Name, Path: bad[2]}, Summary: bad[3], Detail: bad[4]})
	})
	source(k, "events.csv", "eventcsv", evidence.Store{}, func(s *evidence.Source) {
		for i, text := range bad {
			events(k, s, text, uint32(i), evidence.NoAlert, 1, text)
		}
		_ = k.Add(&evidence.EventLog{Where: evidence.Location{Source: s.Name}, Dialect: "event-viewer", DateOrder: evidence.DateFixed, Events: len(bad), Whole: true})
	})
	source(k, "x.reg", "regfile", evidence.Store{}, func(s *evidence.Source) {
		for i, text := range bad {
			value(k, s, i+1, `HKEY_LOCAL_MACHINE\SOFTWARE\`+text, text, evidence.RegSZ, utf16le(text))
		}
	})
	k.Finish(func(string) bool { return true })
	return input(c, nil, k)
}

// HostileText are strings that a report must show and not obey.
func HostileText() []string {
	return []string{
		`=HYPERLINK("http://example.com","click")`,
		"+1+cmd|' /C calc'!A0",
		"\x1b]0;owned\x07\x1b[2J\x1b[31mred",
		`<script>alert(1)</script>&amp;`,
		"CN=user\u202egnp.exe\u2066\u2069\u200b",
		strings.Repeat("A\U0001F512", 20_000), // 40,000 characters, 60,000 units
		"nul\x00 del\x7f c1\u009b bom\ufeff non\ufffe sep\u2028\u2029 tag\U000e0041 bad\xff\xfe",
		"_x0041_ a\r\nb\rc\td",
		"@SUM(1+1)*cmd",
		"-2+3",
		"]]>",
		"10/11/2026",
		"00012345678901234567890",
	}
}

// Many is hosts with one store each of certs certificates.
func Many(c *rules.Criteria, hosts, certs int) reports.Input {
	var cases []*evidence.Case
	for h := range hosts {
		k := evidence.NewCase(fmt.Sprintf("host%04d", h+1), c.Interests()...)
		root := evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot, Basis: evidence.StoreName}
		source(k, k.Host+"/root.sst", "sst", root, func(s *evidence.Source) {
			for i := range certs {
				add(k, certificate(s, root, i, fmt.Sprintf("Root CA %d of host %d", i, h), "Somebody", true))
			}
		})
		k.Finish(func(string) bool { return true })
		cases = append(cases, k)
	}
	stated := map[string]rules.Statement{}
	for _, k := range cases {
		stated[k.Host] = rules.Statement{OS: "2008r2"}
	}
	return input(c, stated, cases...)
}

// source opens a source, lets fill fill it, and closes it.
func source(k *evidence.Case, name, format string, store evidence.Store, fill func(*evidence.Source)) {
	s := &evidence.Source{Name: name, Size: int64(1000 + len(name)), SHA256: sha256.Sum256([]byte(name)), Format: format, Store: store}
	if format != "" {
		s.Confidence = "certain"
	}
	k.Begin(s)
	fill(s)
	k.End()
}

// certificate makes one that was never encoded; only what reports and rules
// look at is filled in.
func certificate(s *evidence.Source, store evidence.Store, n int, cn, org string, selfIssued bool) *evidence.Occurrence {
	raw := fmt.Appendf(nil, "%s %d", s.Name, n)
	c := &evidence.Certificate{Raw: raw, SHA1: sha1.Sum(raw), SHA256: sha256.Sum256(raw), Parse: evidence.ParsedStrict, Version: 3,
		SubjectDER: name(cn, org), Subject: "CN=" + cn + ",O=" + org, Serial: []byte{0, 0x90, byte(n >> 8), byte(n)},
		NotBefore: time.Date(2006, 1, 2, 3, 4, 5, 0, time.UTC).AddDate(0, 0, n%1000), NotAfter: time.Date(2036, 1, 2, 3, 4, 5, 0, time.UTC).AddDate(0, 0, n%1000),
		KeyAlgorithm: "RSA", KeyBits: 2048, SignatureAlgorithm: "SHA256-RSA", HasBasicConstraints: true, CA: true}
	c.IssuerDER, c.Issuer = c.SubjectDER, c.Subject
	if !selfIssued {
		c.IssuerDER, c.Issuer = name("Example Root CA 001", org), "CN=Example Root CA 001,O="+org
	}
	return &evidence.Occurrence{Where: evidence.Location{Source: s.Name, Offset: int64(8 + 1200*n), Length: 1188, Path: fmt.Sprintf("certificate %d", n+1)},
		Store: store, Certificate: c, CanCarry: true, Properties: []evidence.Property{{ID: evidence.PropFriendlyName, Value: utf16le(cn)}}}
}

func add(k *evidence.Case, o *evidence.Occurrence) { _ = k.Add(o) }

// name encodes a distinguished name of two attributes.
func name(cn, org string) []byte {
	var rdns []byte
	for _, a := range []struct {
		oid  byte
		text string
	}{{10, org}, {3, cn}} {
		attr := append(tlv(0x06, []byte{0x55, 0x04, a.oid}), tlv(0x0c, []byte(a.text))...)
		rdns = append(rdns, tlv(0x31, tlv(0x30, attr))...)
	}
	return tlv(0x30, rdns)
}

func tlv(tag byte, content []byte) []byte {
	n := len(content)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, content...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, content...)
	case n < 0x10000:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, content...)
	}
	return append([]byte{tag, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}, content...)
}

func key(k *evidence.Case, s *evidence.Source, line int, path string) {
	_ = k.Add(&evidence.RegistryKey{Where: evidence.Location{Source: s.Name, Line: line, Path: "[" + path + "]"}, Key: path})
}

func value(k *evidence.Case, s *evidence.Source, line int, path, name string, t evidence.RegType, d []byte) {
	_ = k.Add(&evidence.RegistryValue{Where: evidence.Location{Source: s.Name, Line: line, Path: "[" + path + "] " + name}, Key: path, Name: name, Type: t, Data: d})
}

func dword(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }

func utf16le(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s + "\x00")) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func events(k *evidence.Case, s *evidence.Source, provider string, id uint32, alert, n int, message string) {
	for i := range n {
		t := AsOf.Add(-time.Duration(i+1) * time.Hour)
		_ = k.Add(&evidence.Event{Where: evidence.Location{Source: s.Name, Line: 2 + i, Path: fmt.Sprintf("record %d", i+1)},
			Provider: provider, ID: id, Alert: alert, Channel: "System", Computer: "WEB01.contoso.com", Time: t, TimeMonthFirst: t,
			TimeText: []byte(t.Format("1/2/2006 3:04:05 PM")), Message: []byte(message)})
	}
}
