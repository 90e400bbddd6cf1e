package data

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestEmbeddedTables(t *testing.T) {
	tables, err := Load(Files())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tables.Required); n != 13 {
		t.Errorf("%d required roots, want the 13 of KB 293781", n)
	}
	if n := len(tables.Programme); n != 514 {
		t.Errorf("%d programme roots, want the 514 of the list of %s", n, tables.ProgrammeDate)
	}
	for column, want := range map[string]int{"xp_2003": 7, "vista_to_2008r2": 3, "8_2012_2012r2": 8, "win10_and_newer": 12} {
		n := 0
		for _, r := range tables.Required {
			if len(r.Thumbprint) != 40 {
				t.Errorf("thumbprint %q", r.Thumbprint)
			}
			if r.Systems[column] {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d roots, want %d", column, n, want)
		}
	}
	for code, limit := range map[string]int{"2003": 12288, "2003sp1": 16384, "2003sp2": 12288, "2003sp2-hotfix": 16384, "2008": 16384, "2008R2": 16384, "2012": 16384, "2022": 16384, "xp": 12288} {
		p := tables.OSByCode(code)
		if p == nil || p.Limit != limit || p.LimitBasis == "" || p.LimitCitation == "" {
			t.Errorf("%s: %+v, want a limit of %d", code, p, limit)
		}
	}
	if p := tables.OSByCode("2008r2"); !p.SendDefault || p.Since2012() || p.Since10() {
		t.Errorf("2008r2: %+v", p)
	}
	if p := tables.OSByCode("2012r2"); p.SendDefault || !p.Since2012() || p.Since10() {
		t.Errorf("2012r2: %+v", p)
	}
	if p := tables.OSByCode("2016"); p.SendDefault || !p.Since10() {
		t.Errorf("2016: %+v", p)
	}
	if p := tables.Programme["A43489159A520F0D93D032CCAF37E7FE20A8B419"]; p == nil || p.Disabled.Format("2006-01-02") != "2018-01-31" {
		t.Errorf("Microsoft Root Authority: %+v", p)
	}
}

const head = "# title: t\n# source: s\n# date: 2026-01-31\n# version: 1\n"

func TestTablesDescribeThemselves(t *testing.T) {
	tables, err := Load(Files())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, i := range tables.Info {
		names = append(names, i.Name)
		if i.Title == "" || i.Source == "" || i.Date == "" || i.Version == "" || i.Rows == 0 || i.SHA256 == [32]byte{} || i.Replaced {
			t.Errorf("%+v", i)
		}
	}
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(names) || !slices.Equal(names, Names()) {
		t.Errorf("%d files are embedded, %d tables read: %v", len(entries), len(names), names)
	}
	if tables.ProgrammeDate != "2025-06-16" || tables.ActionsDate != "2025-09-01" {
		t.Errorf("the root list is of %s, the notes end on %s", tables.ProgrammeDate, tables.ActionsDate)
	}
}

func TestFacts(t *testing.T) {
	tables, err := Load(Files())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tables.Programme); n != 514 {
		t.Errorf("%d roots", n)
	}
	actions := 0
	for _, list := range tables.ProgrammeActions {
		actions += len(list)
		for i := 1; i < len(list); i++ {
			if list[i].Month.Before(list[i-1].Month) {
				t.Errorf("the notes on %s are not in order", list[i].Thumbprint)
			}
		}
	}
	if actions != 814 {
		t.Errorf("%d notes, want 814", actions)
	}
	for sha1, want := range map[string]string{
		"C864484869D41D2B0D32319C5A62F9315AAF2CBD": Rogue,
		"B31EB1B740E36C8402DADC37D44DF5D4674952F9": Restricted, // Entrust is not malicious
		"8A5C8CEEA503E60556BAD81BD4F6C9B0EDE52FE0": Removed,
	} {
		if k := tables.KnownBad[sha1]; k == nil || k.Class != want {
			t.Errorf("%s: %+v, want %s", sha1, k, want)
		}
	}
	for _, r := range tables.Required {
		if k := tables.KnownBad[r.Thumbprint]; k != nil {
			t.Errorf("%s is required and known as %s", r.IssuedTo, k.Class)
		}
	}
	for code := range tables.byCode {
		for _, protocol := range []string{"SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3", "DTLS 1.0", "DTLS 1.2"} {
			if tables.Protocol(code, protocol) == nil {
				t.Errorf("nothing is said of %s on %s", protocol, code)
			}
		}
	}
	for _, tt := range []struct {
		os, protocol   string
		client, server ProtocolState
	}{
		{"2008r2", "SSL 2.0", ProtocolDisabled, ProtocolEnabled}, {"2008R2", "TLS 1.2", ProtocolDisabled, ProtocolDisabled},
		{"2012r2", "tls 1.2", ProtocolEnabled, ProtocolEnabled}, {"2019", "TLS 1.3", ProtocolNotSupported, ProtocolNotSupported},
		{"2022", "TLS 1.3", ProtocolEnabled, ProtocolEnabled}, {"2016", "SSL 3.0", ProtocolDisabled, ProtocolDisabled},
	} {
		if p := tables.Protocol(tt.os, tt.protocol); p.Client != tt.client || p.Server != tt.server {
			t.Errorf("%s on %s: %+v", tt.protocol, tt.os, p)
		}
	}
	for _, tt := range []struct {
		provider string
		id       uint32
		says     string
	}{
		{"Schannel", 36885, "proof"}, {"schannel", 36887, "alert"}, {"Microsoft-Windows-CAPI2", 4097, "added a root"}, {"CAPI2", 4102, "gap"}, {"Microsoft-Windows-CAPI2", 30, "policy"},
		{"Microsoft-Windows-Security-Auditing", 6273, "reason code"}, {"MSDTC", 4104, ""}, {"Other", 36885, ""},
	} {
		m := tables.Event(tt.provider, tt.id)
		if (m == nil) != (tt.says == "") || m != nil && !strings.Contains(m.Meaning, tt.says) {
			t.Errorf("%s %d: %+v", tt.provider, tt.id, m)
		}
	}
	if tables.Alerts[47] != "illegal_parameter" || tables.Alerts[48] != "unknown_ca" || !strings.Contains(tables.AlertDetails[48].SSPI, "0x80090325") {
		t.Errorf("alerts: %v", tables.Alerts)
	}
	if r := tables.NPSReasons[266]; r == nil || r.Basis != "reported" {
		t.Errorf("reason 266: %+v", r)
	}
	if v := tables.Schannel("", "sendtrustedissuerlist"); v == nil || v.DefaultBefore2012 != "1" || v.DefaultSince2012 != "0" || v.Path() != "SendTrustedIssuerList" {
		t.Errorf("SendTrustedIssuerList: %+v", v)
	}
	if v := tables.Schannel(`protocols\TLS 1.2\Server`, "Enabled"); v == nil {
		t.Error("Protocols\\*\\*\\Enabled is not found")
	}
	if v := tables.Schannel(`Protocols\TLS 1.2`, "Enabled"); v != nil {
		t.Errorf("Enabled does not stand there: %+v", v)
	}
}

func TestRolePackHolds(t *testing.T) {
	tables, err := Load(Files())
	if err != nil {
		t.Fatal(err)
	}
	p := tables.RolePacks[0]
	if len(p.Roots) != 1 || p.Roots[0].Thumbprint != "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4" {
		t.Fatalf("%+v", p)
	}
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		roles []string
		day   int
		want  bool
	}{{[]string{"exchange"}, 14, false}, {[]string{"exchange"}, 15, true}, {[]string{"lync-server", "Exchange"}, 16, true}, {[]string{"lync-server"}, 16, false}, {nil, 16, false}} {
		if got := p.Holds(tt.roles, day(tt.day)); got != tt.want {
			t.Errorf("%v on the %dth: %v", tt.roles, tt.day, got)
		}
	}
}

func TestErrorsNameFileAndLine(t *testing.T) {
	os := "code\tname\tserver\tfamily\tlimit\tbasis\tcitation\tsend\tupdate\n"
	bad := "sha1\tname\tclass\treason\tsource\n"
	row := strings.Repeat("A", 40) + "\tn\trogue\tr\ts\n"
	for _, tt := range []struct{ name, file, text, want string }{
		{"no head", "known_bad.tsv", bad + row, `dir/known_bad.tsv:1: the table does not begin with a line "# title: …"`},
		{"no version", "known_bad.tsv", "# title: t\n# source: s\n# date: 2026-01-31\n" + bad + row, `"# version: …"`},
		{"a bad date", "known_bad.tsv", "# title: t\n# date: yesterday\n", `dir/known_bad.tsv:2: the date "yesterday"`},
		{"a missing column", "known_bad.tsv", head + "sha1\tname\n", `dir/known_bad.tsv:5: there is no column "class"`},
		{"a column twice", "known_bad.tsv", head + "sha1\tsha1\n", `dir/known_bad.tsv:5: the column "sha1" is there twice`},
		{"a short row", "known_bad.tsv", head + bad + "\n# remark\n" + row + "x\ty\n", `dir/known_bad.tsv:9: the row has 2 cells and the table 5 columns`},
		{"no row", "known_bad.tsv", head + bad, `dir/known_bad.tsv: the table holds no row`},
		{"a thumbprint", "known_bad.tsv", head + bad + "12\tn\trogue\tr\ts\n", `dir/known_bad.tsv:6: "12" is not a SHA-1 thumbprint`},
		{"a class", "known_bad.tsv", head + bad + strings.Repeat("A", 40) + "\tn\tevil\tr\ts\n", `class "evil" is none of`},
		{"twice", "known_bad.tsv", head + bad + row + row, `dir/known_bad.tsv:7: the certificate`},
		{"not UTF-8", "known_bad.tsv", head + bad + "\xff\n", `dir/known_bad.tsv:6: the line is not UTF-8`},
		{"a limit", "os_profiles.tsv", head + os + "9\tNine\tyes\t10\tmany\tdocumented\tc\t1\ton\n", `dir/os_profiles.tsv:6: limit "many"`},
		{"a family", "os_profiles.tsv", head + os + "9\tNine\tyes\t9\t1\tdocumented\tc\t1\ton\n", `family "9"`},
		{"an unknown Windows", "protocol_defaults.tsv", head + "os\tprotocol\tclient\tserver\tbasis\tsource\n2099\tTLS 1.2\tenabled\tenabled\tdocumented\ts\n", `os "2099" is not in os_profiles.tsv`},
		{"a state", "protocol_defaults.tsv", head + "os\tprotocol\tclient\tserver\tbasis\tsource\n2012\tTLS 1.2\ton\tenabled\tdocumented\ts\n", `client "on"`},
		{"a quote", "programme_actions.csv", head + "month,class,name,sha1,heading\n2019-01,disable,a\"b,c,d\n", `dir/programme_actions.csv:6: `},
		{"a month", "programme_actions.csv", head + "month,class,name,sha1,heading\n2019,disable,a," + strings.Repeat("A", 40) + ",d\n", `month "2019"`},
		{"a disabled date", "authroot_ctl.csv", head + "sha1,friendly_name,subject_der_bytes,allowed_eku,disabled_date,notbefore_date,notbefore_eku,disallowed_eku,client_auth_in_ctl\n" + strings.Repeat("A", 40) + ",n,9,,soon,,,,yes\n", `disabled_date "soon"`},
		{"a pack that disagrees", "role_packs.tsv", head + "pack\troles\teffective_from\tsha1\tname\tcitation\turl\tnote\n" +
			"p\texchange\t2026-01-01\t" + strings.Repeat("A", 40) + "\tn\tc\tu\t\n" + "p\tiis\t2026-01-01\t" + strings.Repeat("B", 40) + "\tn\tc\tu\t\n", `dir/role_packs.tsv:7: the pack "p"`},
		{"an unknown file", "known_evil.tsv", "", `dir/known_evil.tsv: there is no table of this name`},
		{"no table", ".hidden", "", `dir: the folder holds no table`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := LoadReplacing(fstest.MapFS{tt.file: {Data: []byte(tt.text)}}, "dir")
			var wrong *TableError
			if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestATableIsReplacedAndTheOthersStay(t *testing.T) {
	text := head + "sha1\tname\tclass\treason\tsource\tremark\r\n" + strings.Repeat("A", 40) + "\tThe \"bad\" one\trogue\tit is\tus\t-\r\n"
	tables, err := LoadReplacing(fstest.MapFS{"known_bad.tsv": {Data: []byte(text)}, ".DS_Store": {}}, "dir")
	if err != nil {
		t.Fatal(err)
	}
	if k := tables.KnownBad[strings.Repeat("A", 40)]; len(tables.KnownBad) != 1 || k == nil || k.Name != `The "bad" one` || k.Source != "us" {
		t.Errorf("%+v", tables.KnownBad)
	}
	if len(tables.Programme) != 514 {
		t.Errorf("the embedded tables are gone")
	}
	for _, i := range tables.Info {
		if i.Replaced != (i.Name == "known_bad.tsv") {
			t.Errorf("%+v", i)
		}
		if i.Replaced && (i.SHA256 != sha256.Sum256([]byte(text)) || i.Rows != 1 || i.Date != "2026-01-31") {
			t.Errorf("%+v", i)
		}
	}
}

func TestLoadWantsEveryTable(t *testing.T) {
	os, err := files.ReadFile("os_profiles.tsv")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Load(fstest.MapFS{"os_profiles.tsv": {Data: os}})
	if err == nil || !strings.HasPrefix(err.Error(), "required_roots.tsv: ") {
		t.Errorf("error = %v", err)
	}
}
