package redact_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/redact"
)

var both = redact.Kinds{Hosts: true, Users: true}

func list[T any](items ...T) reports.Seq[T] {
	return func(yield func(T) bool) {
		for _, i := range items {
			if !yield(i) {
				return
			}
		}
	}
}

// saying is a report on the host web01.corp.contoso.com whose only event says
// something.
func saying(messages ...string) *reports.Report {
	g := reports.EventGroup{Host: "WEB01", Computer: "WEB01.corp.contoso.com", Provider: "Schannel", Sources: []string{"web01/System.csv"}}
	for _, m := range messages {
		g.Samples = append(g.Samples, reports.Sample{Message: m})
	}
	return &reports.Report{Hosts: list(reports.Host{Name: "WEB01"}), Events: list(g)}
}

func said(rep *reports.Report) []string {
	var out []string
	for g := range rep.Events {
		for _, s := range g.Samples {
			out = append(out, s.Message)
		}
	}
	return out
}

func redacted(t *testing.T, rep *reports.Report) *reports.Report {
	t.Helper()
	r := redact.New(both, nil)
	r.Collect(rep)
	return r.Report(rep)
}

func TestMessages(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"on web01 and Web01.Corp.Contoso.COM, not on web011", "on HOST-001 and HOST-001.DOMAIN-001.example, not on web011"},
		{`\\WEB01\share`, `\\HOST-001\share`},
		{"file:///srv/WEB01_System.csv web01-CA", "file:///srv/HOST-001_System.csv HOST-001-CA"},
		{"HTTP/web01.corp.contoso.com:443", "HTTP/HOST-001.DOMAIN-001.example:443"},
		{"LDAP://dc7.corp.contoso.com/DC=corp,DC=contoso,DC=com", "LDAP://HOST-001.DOMAIN-001.example/DC=DOMAIN-001,DC=example"},
		{"the account WEB01$ logged on", "the account HOST-001$ logged on"},
		{"%5C%5CWEB01%5Cc$", "%5C%5CHOST-001%5Cc$"},
		{"Account Name:\t\tjdoe\r\n\tAccount Domain:\t\tCORP\r\nLogon ID: 0x3e7", "Account Name:\t\tUSER-001\r\n\tAccount Domain:\t\tDOMAIN-001\r\nLogon ID: 0x3e7"},
		{"Benutzer: CORP\\jdoe hat sich angemeldet", "Benutzer: DOMAIN-001\\USER-001 hat sich angemeldet"},
		{"by CORP\\svc-sql at C:\\Users\\jane.roe\\x.txt", "by DOMAIN-001\\USER-002 at C:\\Users\\USER-001\\x.txt"},
		{"jane.roe@corp.contoso.com wrote", "USER-001@DOMAIN-001.example wrote"},
		{"S-1-5-21-1-2-3-500 and S-1-5-18", "SID-001 and S-1-5-18"},
		{"HKEY_USERS\\S-1-5-21-1-2-3-1001_Classes\\x", "HKEY_USERS\\SID-001_Classes\\x"},
		{"from 10.1.2.3:443, 2001:db8::7 and 00-15-5D-01-02-03", "from ADDRESS-002:443, ADDRESS-003 and ADDRESS-001"},
		{"0.0.0.0:443, 127.0.0.1, ::1, version 10.0.0.5, OID 2.5.29.37, 1.3.6.1.5.5.7.3.2", "0.0.0.0:443, 127.0.0.1, ::1, version 10.0.0.5, OID 2.5.29.37, 1.3.6.1.5.5.7.3.2"},
		{"at 12:34:56, AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD", "at 12:34:56, AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD"},
		{"ROOT\\CIMV2, NT AUTHORITY\\SYSTEM, C:\\Windows\\system32\\lsass.exe", "ROOT\\CIMV2, NT AUTHORITY\\SYSTEM, C:\\Windows\\system32\\lsass.exe"},
		{"http://crl.microsoft.com/pki/crl/x.crl", "http://crl.microsoft.com/pki/crl/x.crl"},
		{"peer edge.dmz.local", "peer HOST-001.DOMAIN-002.example"},
		{`{"@Name":"TargetUserName","#text":"jdoe"},{"@Name":"WorkstationName","#text":"PC7"}`, `{"@Name":"TargetUserName","#text":"USER-001"},{"@Name":"WorkstationName","#text":"HOST-001"}`},
		{"W\x00E\x00B\x000\x001\x00", "HOST-001"},
		{"574542303100AA", "484F53542D30303100AA"},
		{"570045004200300031000000", strings.ToUpper("48004f00530054002d003000300031000000")},
	} {
		got := said(redacted(t, saying(c.text)))[0]
		// Hosts that a message tells of are numbered by their names.
		norm := func(s string) string {
			return strings.NewReplacer("HOST-002", "HOST-001", "DOMAIN-002", "DOMAIN-001").Replace(s)
		}
		if norm(got) != norm(c.want) {
			t.Errorf("%q\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

// A name that is an ordinary word is replaced where a host is meant, and
// nowhere else.
func TestPlainNames(t *testing.T) {
	certificate := reports.Certificate{Host: "web", Store: `LocalMachine\Root`, Subject: "CN=Web Services CA,O=World Wide Web Trust", SelfIssued: true,
		Location: reports.Location{Source: "web/root.sst"}}
	rep := &reports.Report{Hosts: list(reports.Host{Name: "web"}), Certificates: list(certificate),
		Events:   list(reports.EventGroup{Host: "web", Computer: "WEB", Samples: []reports.Sample{{Message: `\\WEB\c$, the web is large; Computer: web; WEB$`}}}),
		Findings: list(reports.Finding{ID: "0123456789abcdef", Rule: "r", Host: "web", Subject: `LocalMachine\Root`, Summary: "web/root.sst is read; a web of trust"})}
	out := redacted(t, rep)
	for c := range out.Certificates {
		want := certificate
		want.Host, want.Location.Source = "HOST-001", "HOST-001/root.sst"
		if !reflect.DeepEqual(c, want) {
			t.Errorf("got %+v\nwant %+v", c, want)
		}
	}
	if got, want := said(out)[0], `\\HOST-001\c$, the web is large; Computer: HOST-001; HOST-001$`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for f := range out.Findings {
		if f.Summary != "HOST-001/root.sst is read; a web of trust" || f.ID == "0123456789abcdef" || f.Host != "HOST-001" {
			t.Errorf("got %+v", f)
		}
	}
}

// Names keep their pseudonyms in later reports, and new ones get the next.
func TestKey(t *testing.T) {
	r := redact.New(both, nil)
	r.Collect(saying("User: zoe"))
	var buf bytes.Buffer
	if err := r.Key().Write(&buf); err != nil {
		t.Fatal(err)
	}
	k, err := redact.ReadKey(bytes.NewReader(buf.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	later := redact.New(both, k)
	rep := saying("User: adam; User: zoe; Computer: AAA01")
	later.Collect(rep)
	if got := said(later.Report(rep))[0]; got != "User: USER-002; User: USER-001; Computer: HOST-002" {
		t.Errorf("got %q", got)
	}
	for _, bad := range []string{"", "{}", "[]", `{"schema":"ctlaudit/report/v1","names":[]}`, buf.String() + "x", strings.Replace(buf.String(), `"names"`, `"more":1,"names"`, 1),
		strings.Replace(buf.String(), "HOST-001", "USER-007", 1), strings.Replace(buf.String(), "HOST-001", "HOST-<b>", 1)} {
		if _, err := redact.ReadKey(strings.NewReader(bad)); err == nil {
			t.Errorf("%.40q was read as a key", bad)
		}
	}
}

// A host that is truly called like a pseudonym gets another one, and takes none
// away.
func TestNameLikePseudonym(t *testing.T) {
	rep := &reports.Report{Hosts: list(reports.Host{Name: "HOST-001"}, reports.Host{Name: "AAA01"})}
	var got []string
	for h := range redacted(t, rep).Hosts {
		got = append(got, h.Name)
	}
	if !reflect.DeepEqual(got, []string{"HOST-003", "HOST-002"}) {
		t.Errorf("got %q", got)
	}
}

// Only what was asked for is replaced.
func TestKinds(t *testing.T) {
	rep := saying(`User: jdoe on WEB01 at 10.1.2.3, S-1-5-21-1-2-3-1001`)
	for kinds, want := range map[redact.Kinds]string{
		{Hosts: true}: "User: jdoe on HOST-001 at ADDRESS-001, S-1-5-21-1-2-3-1001",
		{Users: true}: "User: USER-001 on WEB01 at 10.1.2.3, SID-001",
	} {
		r := redact.New(kinds, nil)
		r.Collect(rep)
		if got := said(r.Report(rep))[0]; got != want {
			t.Errorf("%s: got %q, want %q", kinds, got, want)
		}
	}
}

// Users can be replaced after hosts were, and the other way round.
func TestOneKindAfterTheOther(t *testing.T) {
	rep := saying(`User: jdoe on WEB01 at 10.1.2.3`)
	for _, order := range [][]redact.Kinds{{{Hosts: true}, {Users: true}}, {{Users: true}, {Hosts: true}}} {
		out := rep
		for _, kinds := range order {
			r := redact.New(kinds, nil)
			r.Collect(out)
			out = r.Report(out)
		}
		if got, want := text(t, out), text(t, redacted(t, rep)); got != want {
			t.Errorf("%v: %s", order, difference(got, want))
		}
	}
}
