package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/json"
	"github.com/ctlaudit/ctlaudit/reports/redact"
)

// office is an export of a made-up host that names machines and people in every
// way that an export can.
var office = map[string]string{
	"EX-HUB7/System.csv": "\"TimeCreated\",\"Id\",\"ProviderName\",\"MachineName\",\"LevelDisplayName\",\"Message\"\r\n" +
		"\"2026-10-19 08:57:33\",\"36888\",\"Schannel\",\"ex-hub7.corp.fabrikam.com\",\"Error\",\"The SSL server credential for EX-HUB7 failed. Account Name: mia.berg Account Domain: FABCORP\"\r\n" +
		"\"2026-10-19 08:58:33\",\"5719\",\"NETLOGON\",\"ex-hub7.corp.fabrikam.com\",\"Error\",\"No domain controller for FABCORP; tried \\\\ADS-MUC3 and ads-muc4.corp.fabrikam.com (10.77.1.9, fd00:77::9).\"\r\n" +
		"\"2026-10-19 08:59:33\",\"4624\",\"Security\",\"ex-hub7.corp.fabrikam.com\",\"Error\",\"S-1-5-21-111-222-333-1104 FABCORP\\tomk at C:\\Users\\tomk\\x, tom.k@corp.fabrikam.com, %5C%5Cex-hub7%5Cc$, HTTP/ex-hub7\"\r\n",
	"EX-HUB7/EX-HUB7_names.reg": "Windows Registry Editor Version 5.00\r\n\r\n" +
		"[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\r\n\"ComputerName\"=\"EX-HUB7\"\r\n\r\n" +
		"[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\r\n\"Hostname\"=\"ex-hub7\"\r\n\"Domain\"=\"corp.fabrikam.com\"\r\n\"SearchList\"=\"corp.fabrikam.com,lab.fabrikam.internal\"\r\n" +
		"\"Seen\"=hex:45,00,58,00,2d,00,48,00,55,00,42,00,37,00,00,00\r\n\r\n" +
		"[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon]\r\n\"DefaultUserName\"=\"mia.berg\"\r\n\"DefaultDomainName\"=\"FABCORP\"\r\n\r\n" +
		"[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\HTTP\\Parameters\\SslBindingInfo\\10.77.1.10:443]\r\n\"DefaultSslCtlStoreName\"=\"ClientAuthIssuer\"\r\n",
	"case.yaml": "customer: Fabrikam\nhosts:\n  - name: EX-HUB7\n    os: 2008r2\n    files: [EX-HUB7]\n",
}

var officeNames = []string{"ex-hub7", "corp.fabrikam.com", "lab.fabrikam.internal", "ads-muc3", "ads-muc4", "mia.berg", "fabcorp", "tomk", "tom.k", "10.77.1.9", "10.77.1.10", "fd00:77::9", "s-1-5-21-111-222-333-1104"}

// redactedOutputs judges a path and returns the report in every format, with
// pseudonyms, and the redactor that was used.
func redactedOutputs(t *testing.T, known *redact.Key, dir string) (map[string][]byte, *redact.Redactor, *reports.Report) {
	t.Helper()
	o := &options{progress: noProgress, asOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}
	criteria, r, err := judge(context.Background(), []string{dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	in := inputOf(criteria, r)
	rep := reports.New(in).Report
	red := redact.New(redact.Kinds{Hosts: true, Users: true}, known)
	red.Collect(rep)
	doc := reports.Render(red.Report(rep), reports.Options{})
	out := map[string][]byte{}
	for _, f := range reportFormats(looks{}) {
		var buf bytes.Buffer
		if err := f.Write(&buf, doc); err != nil {
			t.Fatal(err)
		}
		if f.Name != "xlsx" {
			out[f.Name] = buf.Bytes()
			continue
		}
		z, err := zip.NewReader(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range z.File {
			rd, err := part.Open()
			if err != nil {
				t.Fatal(err)
			}
			if out["xlsx/"+part.Name], err = io.ReadAll(rd); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out, red, rep
}

// leaks looks for a name as a whole word in any case, and for its bytes in hex,
// 8-bit and UTF-16LE.
func leaks(t *testing.T, outputs map[string][]byte, names []string) {
	t.Helper()
	slices.Sort(names)
	names = slices.Compact(names)
	for format, raw := range outputs {
		if strings.HasPrefix(format, "xlsx/") {
			raw = cellReference.ReplaceAll(raw, nil)
		}
		text := strings.ToLower(string(raw))
		for _, n := range names {
			n = strings.ToLower(n)
			if at := wholeWord(text, n); at >= 0 {
				t.Errorf("%s still says %q: …%s…", format, n, text[max(0, at-60):min(len(text), at+len(n)+60)])
			}
			for _, s := range []string{n, strings.ToUpper(n)} {
				var wide []byte
				for _, u := range utf16.Encode([]rune(s)) {
					wide = append(wide, byte(u), byte(u>>8))
				}
				if strings.Contains(text, hex.EncodeToString(wide)) || len(s) > 5 && strings.Contains(text, hex.EncodeToString([]byte(s))) {
					t.Errorf("%s still says %q in hex", format, n)
				}
			}
		}
	}
}

// cellReference matches the places of cells, which look like names of hosts.
var cellReference = regexp.MustCompile(` (?:r|ref|sqref|activeCell|topLeftCell|dimension)="[A-Z0-9:$ ]+"`)

// wholeWord finds a word that no letter and no digit joins, but those of a
// percent-encoded character before it.
func wholeWord(text, word string) int {
	joins := func(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 0x80 }
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return -1
		}
		i += from
		from = i + 1
		begins := i == 0 || !joins(text[i-1]) || i >= 3 && text[i-3] == '%'
		if end := i + len(word); begins && (end == len(text) || !joins(text[end])) {
			return i
		}
	}
}

// No name is left in any format.
func TestRedactedReportsNameNobody(t *testing.T) {
	made := t.TempDir()
	for name, text := range office {
		full := filepath.Join(made, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cases := map[string][]string{
		made:                   officeNames,
		"../samples/contoso":   {"uc01", "contoso.com", "DC=contoso,DC=com", "dc01", "dc02", "gateway01", "10.20.4.17"},
		"../samples/fabrikam":  {"dc-edge01", "DC=fabrikam,DC=com"},
		"../samples/northwind": {"nw-fe01", "northwind.example"},
	}
	for _, name := range []string{"events", "stores", "vectors"} {
		dir := filepath.Join("..", "..", "shared", "corpus", name)
		if _, err := os.Stat(dir); err != nil {
			t.Logf("%s is not there, so it is not looked at", dir)
			continue
		}
		cases[dir] = nil
	}
	for dir, names := range cases {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			outputs, red, rep := redactedOutputs(t, nil, dir)
			for g := range rep.Events {
				if strings.ContainsAny(g.Computer, "0123456789-") {
					names = append(names, strings.ToLower(g.Computer))
				}
			}
			validReport(t, outputs["json"])
			if dir == made && !bytes.Contains(outputs["json"], []byte("tried")) {
				t.Error("the messages were not read, so nothing was shown of them")
			}
			leaks(t, outputs, append(names, red.Names()...))
			if t.Failed() {
				return
			}
			// The same names get the same pseudonyms, whatever the key says else.
			again, _, _ := redactedOutputs(t, red.Key(), dir)
			for format := range outputs {
				if !bytes.Equal(outputs[format], again[format]) {
					t.Errorf("%s differs when the key is given", format)
				}
			}
		})
	}
}

// validReport checks a JSON report against its schema.
func validReport(t *testing.T, report []byte) {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(json.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("urn:ctlaudit:report:v1", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("urn:ctlaudit:report:v1")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(report))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(v); err != nil {
		t.Error(err)
	}
}

// The names of public CAs, digests and thumbprints are those of the exports.
func TestRedactionLeavesPublicNames(t *testing.T) {
	file := filepath.Join("..", "..", "shared", "corpus", "stores", "sst", "owentech-roots.sst")
	if _, err := os.Stat(file); err != nil {
		t.Skipf("%s is not there", file)
	}
	dir := t.TempDir()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// Hosts that are called as words of public CAs are.
	for _, host := range []string{"web", "Thawte", "izenpe", "server", "root", "GlobalSign", "e-szigno"} {
		if err := os.MkdirAll(filepath.Join(dir, host), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, host, "root.sst"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, red, rep := redactedOutputs(t, nil, dir)
	var want []reports.Certificate
	for c := range rep.Certificates {
		want = append(want, c)
	}
	i, wrong := 0, 0
	for c := range red.Report(rep).Certificates {
		w := want[i]
		i++
		if c.Subject != w.Subject || c.Issuer != w.Issuer || c.FriendlyName != w.FriendlyName || c.Thumbprint != w.Thumbprint || c.SHA256 != w.SHA256 || c.Serial != w.Serial {
			if wrong++; wrong < 10 {
				t.Errorf("%s\nbecame %s", w.Subject+" "+w.FriendlyName, c.Subject+" "+c.FriendlyName)
			}
		}
	}
	if i != len(want) || i == 0 {
		t.Errorf("%d of %d certificates are left", i, len(want))
	}
}
