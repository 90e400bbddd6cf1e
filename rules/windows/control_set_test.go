package windows

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

const send = "SendTrustedIssuerList"

func schannelOf(set string) string { return systemKey + `\` + set + `\` + schannelPath }

// settings is a registry in which Select says that control set 1 is current.
func settings(t *testing.T, withSelect, broken bool, values map[string]byte, keys ...string) *evidence.Registry {
	t.Helper()
	c := evidence.NewCase("h", Interest())
	c.Begin(&evidence.Source{Name: "s.reg"})
	add := func(r evidence.Record) {
		if err := c.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	at := evidence.Location{Source: "s.reg"}
	number := func(key, name string, n byte) {
		add(&evidence.RegistryKey{Where: at, Key: key})
		add(&evidence.RegistryValue{Where: at, Key: key, Name: name, Type: evidence.RegDWord, Data: []byte{n, 0, 0, 0}})
	}
	if withSelect {
		number(systemKey+`\Select`, "Current", 1)
	}
	for _, k := range keys {
		add(&evidence.RegistryKey{Where: at, Key: k})
	}
	for set, n := range values {
		number(schannelOf(set), send, n)
	}
	if broken {
		c.Diagnose(evidence.Diagnostic{Code: "x", Severity: evidence.Warning, Lost: true})
	}
	c.End()
	return c.Registry
}

func TestSettings(t *testing.T) {
	services := systemKey + `\ControlSet001\Services\HTTP`
	for _, tt := range []struct {
		name     string
		selected bool
		broken   bool
		values   map[string]byte
		keys     []string
		state    State
		number   uint32
		others   int
		differ   int
	}{
		{"set", true, false, map[string]byte{"ControlSet001": 1}, nil, Set, 1, 0, 0},
		{"exported by the other name", true, false, map[string]byte{"CurrentControlSet": 1}, []string{services}, Set, 1, 0, 0},
		{"both names agree", true, false, map[string]byte{"ControlSet001": 1, "CurrentControlSet": 1}, nil, Set, 1, 0, 0},
		{"both names differ", true, false, map[string]byte{"ControlSet001": 1, "CurrentControlSet": 0}, nil, Set, 1, 1, 1},
		{"the selected one lacks it", true, false, map[string]byte{"CurrentControlSet": 1}, []string{schannelOf("ControlSet001")}, Set, 1, 0, 1},
		{"another set", true, false, map[string]byte{"ControlSet002": 1}, nil, NotCollected, 0, 0, 0},
		{"absent", false, false, nil, []string{schannelOf("CurrentControlSet")}, Absent, 0, 0, 0},
		{"absent from what broke off", false, true, nil, []string{schannelOf("CurrentControlSet")}, NotCollected, 0, 0, 0},
		{"an ancestor's export broke off", false, true, nil, []string{systemKey + `\CurrentControlSet\Control`}, NotCollected, 0, 0, 0},
		{"set in what broke off", false, true, map[string]byte{"CurrentControlSet": 1}, nil, Set, 1, 0, 0},
		{"the only set", false, false, map[string]byte{"ControlSet001": 1}, nil, Set, 1, 0, 0},
		{"the only set that was read", false, true, map[string]byte{"ControlSet001": 1}, []string{systemKey}, NotCollected, 0, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := settings(t, tt.selected, tt.broken, tt.values, tt.keys...)
			s := DWord(r, SchannelKey(r), send)
			if s.State != tt.state || s.Number != tt.number || len(s.Replaced) != tt.others || len(Differences(r)) != tt.differ {
				t.Errorf("%s %d, %d others, %+v", s.State, s.Number, len(s.Replaced), Differences(r))
			}
			if s.State == Set && len(s.Evidence()) != 1+tt.others {
				t.Errorf("evidence: %v", s.Evidence())
			}
		})
	}
}

func TestVersionOfABrokenExport(t *testing.T) {
	tables, err := data.Load(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) []byte {
		var b []byte
		for _, r := range s + "\x00" {
			b = append(b, byte(r), byte(r>>8))
		}
		return b
	}
	for _, tt := range []struct {
		values map[string]string
		want   string
	}{
		{map[string]string{"CurrentVersion": "6.1"}, ""}, // a server, or Windows 7
		{map[string]string{"CurrentVersion": "6.1", "ProductName": "Windows Server 2008 R2 Standard"}, "2008r2"},
		{map[string]string{"CurrentVersion": "6.3", "ProductName": "Windows Server 2019"}, ""},
		{map[string]string{"CurrentVersion": "5.2", "ProductName": "Microsoft Windows Server 2003"}, ""},
	} {
		c := evidence.NewCase("h", Interest())
		c.Begin(&evidence.Source{Name: "v.reg"})
		_ = c.Add(&evidence.RegistryKey{Where: evidence.Location{Source: "v.reg"}, Key: VersionKey})
		for n, s := range tt.values {
			_ = c.Add(&evidence.RegistryValue{Where: evidence.Location{Source: "v.reg"}, Key: VersionKey, Name: n, Type: evidence.RegSZ, Data: text(s)})
		}
		c.Diagnose(evidence.Diagnostic{Code: "x", Severity: evidence.Error})
		c.End()
		if v := VersionOf(c.Registry, "", tables); v.Code() != tt.want {
			t.Errorf("%v: %q (%s)", tt.values, v.Code(), v.Why)
		}
	}
}
