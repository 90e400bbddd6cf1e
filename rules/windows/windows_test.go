package windows

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

func registry(t *testing.T, values map[string]string, keys ...string) *evidence.Registry {
	t.Helper()
	c := evidence.NewCase("h")
	c.Begin(&evidence.Source{Name: "v.reg"})
	keys = append(keys, VersionKey)
	for _, k := range keys {
		if err := c.Add(&evidence.RegistryKey{Key: k}); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range values {
		var b []byte
		for _, r := range text + "\x00" {
			b = append(b, byte(r), byte(r>>8))
		}
		if err := c.Add(&evidence.RegistryValue{Key: VersionKey, Name: name, Type: evidence.RegSZ, Data: b}); err != nil {
			t.Fatal(err)
		}
	}
	c.End()
	return c.Registry
}

func TestVersionOf(t *testing.T) {
	tables, err := data.Load(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		product, version, build, pack, kind string
		want                                string
	}{
		{"Microsoft Windows XP", "5.1", "2600", "", "", "xp"},
		{"Microsoft Windows Server 2003", "5.2", "3790", "", "", "2003"},
		{"Microsoft Windows Server 2003", "5.2", "3790", "Service Pack 1", "", "2003sp1"},
		{"Microsoft Windows Server 2003", "5.2", "3790", "Service Pack 2", "", "2003sp2"},
		{"Windows Server (R) 2008 Standard", "6.0", "6002", "Service Pack 2", "", "2008"},
		{"Windows Vista (TM) Business", "6.0", "6002", "", "", "vista"},
		{"Windows Server 2008 R2 Enterprise", "6.1", "7601", "", "", "2008r2"},
		{"Windows 7 Professional", "6.1", "7601", "", "", "7"},
		{"Windows Server 2012 Standard", "6.2", "9200", "", "", "2012"},
		{"Windows Server 2012 R2 Standard", "6.3", "9600", "", "", "2012r2"},
		{"Windows 8.1 Pro", "6.3", "9600", "", "", "8.1"},
		{"Windows Server 2016 Datacenter", "6.3", "14393", "", "", "2016"},
		{"Windows Server 2019 Datacenter", "6.3", "17763", "", "", "2019"},
		{"Windows Server 2022 Standard", "6.3", "20348", "", "", "2022"},
		{"Windows Server 2025 Standard", "6.3", "26100", "", "", "2025"},
		{"Windows 10 Pro", "6.3", "19045", "", "", "10"},
		{"Windows 10 Pro", "6.3", "22631", "", "Client", "11"},
		{"Hyper-V", "6.3", "14393", "", "Server Core", "2016"},
		{"Windows Server 2008 R2 Standard", "", "", "", "", "2008r2"},
		{"Something else", "9.9", "1", "", "", ""},
	} {
		r := registry(t, map[string]string{"ProductName": tt.product, "CurrentVersion": tt.version, "CurrentBuildNumber": tt.build, "CSDVersion": tt.pack, "InstallationType": tt.kind})
		v := VersionOf(r, "", tables)
		if v.Code() != tt.want {
			t.Errorf("%s %s %s: %q, want %q", tt.product, tt.version, tt.build, v.Code(), tt.want)
		}
		if (v.Basis == "registry") != (tt.want != "") || v.Why == "" {
			t.Errorf("%s: basis %q, why %q", tt.product, v.Basis, v.Why)
		}
	}
	hotfix := registry(t, map[string]string{"ProductName": "Microsoft Windows Server 2003", "CurrentVersion": "5.2", "CSDVersion": "Service Pack 2"}, VersionKey+`\HotFix\KB933430`)
	if v := VersionOf(hotfix, "", tables); v.Code() != "2003sp2-hotfix" {
		t.Errorf("with hotfix 933430: %q", v.Code())
	}
	if v := VersionOf(hotfix, "2019", tables); v.Code() != "2019" || v.Basis != "stated" {
		t.Errorf("what is stated wins: %+v", v)
	}
}
