package evidence

import (
	"strings"
	"testing"
)

const schannel = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`

func send(source string, n byte) []Record {
	return []Record{&RegistryKey{Where: Location{Source: source, Line: 3}, Key: schannel},
		&RegistryValue{Where: Location{Source: source, Line: 4}, Key: schannel, Name: "SendTrustedIssuerList", Type: RegDWord, Data: []byte{n, 0, 0, 0}}}
}

func fill(t *testing.T, c *Case, s *Source, broken bool, records ...Record) {
	t.Helper()
	c.Begin(s)
	for _, r := range records {
		if err := c.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if broken {
		c.Diagnose(Diagnostic{Code: "x", Severity: Error})
	}
	c.End()
}

func TestTwoRegistryExports(t *testing.T) {
	for _, tt := range []struct {
		name          string
		first, second byte
		differ        bool
	}{{"agree", 1, 1, false}, {"differ", 1, 0, true}} {
		t.Run(tt.name, func(t *testing.T) {
			c := NewCase("h", Interest{Keys: []string{schannel}})
			fill(t, c, &Source{Name: "a.reg"}, false, send("a.reg", tt.first)...)
			fill(t, c, &Source{Name: "b.reg"}, false, send("b.reg", tt.second)...)
			v := c.Registry.Value(schannel, "SendTrustedIssuerList")
			if v.Where.Source != "b.reg" || (len(c.Registry.Replaced(v)) == 1) != tt.differ || (len(c.Diagnostics) == 1) != tt.differ {
				t.Fatalf("%+v, replaced %d, %+v", v, len(c.Registry.Replaced(v)), c.Diagnostics)
			}
			if tt.differ {
				d := c.Diagnostics[0]
				if d.Code != "registry-exports-differ" || d.Where.Source != "b.reg" || !strings.Contains(d.Detail, "a.reg:4") {
					t.Errorf("%+v", d)
				}
			}
		})
	}
}

func TestNotWhole(t *testing.T) {
	c := NewCase("h", Interest{Keys: []string{schannel}})
	fill(t, c, &Source{Name: "a.reg"}, false, send("a.reg", 1)...)
	fill(t, c, &Source{Name: "b.reg"}, true, &RegistryKey{Where: Location{Source: "b.reg"}, Key: `HKEY_LOCAL_MACHINE\SYSTEM`})
	if list := c.Registry.NotWhole(schannel); len(list) != 1 || list[0].Where.Source != "b.reg" {
		t.Errorf("%+v", list)
	}
	if list := c.Registry.NotWhole(`HKEY_LOCAL_MACHINE\SOFTWARE`); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	if !c.Registry.HasBelow(`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet`) || c.Registry.HasBelow(`HKEY_LOCAL_MACHINE\SOFT`) {
		t.Error("what stands below a key")
	}
}

func TestAssumedStoreAddsNothingToAKnownOne(t *testing.T) {
	root := func(basis StoreBasis) Store { return Store{Location: LocalMachine, Name: StoreRoot, Basis: basis} }
	for _, tt := range []struct {
		name  string
		basis StoreBasis
		stays bool
	}{{"known by name", StoreName, false}, {"known by content", StoreContent, false}, {"both assumed", StoreAssumed, true}} {
		t.Run(tt.name, func(t *testing.T) {
			c := NewCase("h")
			bundle := &Occurrence{Where: Location{Source: "bundle.p7b"}, Store: root(StoreAssumed), Certificate: &Certificate{}}
			c.Begin(&Source{Name: "bundle.p7b", Store: root(StoreAssumed)})
			c.Diagnose(Diagnostic{Code: "store-assumed", Where: Location{Source: "bundle.p7b"}, Summary: "assumed"})
			_ = c.Add(bundle)
			c.End()
			fill(t, c, &Source{Name: "root.p7b", Store: root(tt.basis)}, false)
			c.Finish(func(string) bool { return true })
			if bundle.Store.IsZero() == tt.stays || c.Sources[0].Store.IsZero() == tt.stays || strings.Contains(c.Diagnostics[0].Summary, "belongs to none") == tt.stays {
				t.Errorf("%+v %+v", bundle.Store, c.Diagnostics)
			}
		})
	}
}
