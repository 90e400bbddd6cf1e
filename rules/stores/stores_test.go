package stores

import (
	"crypto/sha1"
	"crypto/sha256"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func in(source, store, physical, label string, carries bool) *evidence.Occurrence {
	return &evidence.Occurrence{Where: evidence.Location{Source: source}, CanCarry: carries,
		Store:       evidence.Store{Location: evidence.LocalMachine, Name: store, Physical: physical},
		Certificate: &evidence.Certificate{Raw: []byte(label), SHA1: sha1.Sum([]byte(label)), SHA256: sha256.Sum256([]byte(label))}}
}

type file struct {
	name   string
	store  evidence.Store
	broken bool
	holds  []evidence.Record
}

func view(t *testing.T, files ...file) (*evidence.Case, *View) {
	t.Helper()
	c := evidence.NewCase("h")
	for _, f := range files {
		c.Begin(&evidence.Source{Name: f.name, Store: f.store})
		for _, r := range f.holds {
			if err := c.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		if f.broken {
			c.Diagnose(evidence.Diagnostic{Code: "x", Severity: evidence.Error})
		}
		c.End()
	}
	return c, New(c)
}

var machineRoot = evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot}

func TestWhichExportCounts(t *testing.T) {
	sst := file{"root.sst", machineRoot, false, []evidence.Record{in("root.sst", "Root", "", "a", true)}}
	p7b := file{"root.p7b", machineRoot, false, []evidence.Record{in("root.p7b", "Root", "", "a", false), in("root.p7b", "Root", "", "b", false)}}
	broken := sst
	broken.broken = true
	for _, tt := range []struct {
		name  string
		files []file
		want  int
		diffs int
		whole bool
	}{
		{"one export", []file{sst}, 1, 0, true},
		{"the one with properties wins", []file{p7b, sst}, 1, 1, true},
		{"unless it broke off and the other did not", []file{p7b, broken}, 2, 1, false},
		{"a cut export that holds nothing more", []file{sst, {"zz.sst", machineRoot, true, []evidence.Record{in("zz.sst", "Root", "", "a", true)}}}, 1, 0, true},
		{"a cut export that holds more", []file{sst, {"zz.sst", machineRoot, true, []evidence.Record{in("zz.sst", "Root", "", "b", true)}}}, 2, 1, false},
		{"the same twice", []file{sst, {"again.sst", machineRoot, false, []evidence.Record{in("again.sst", "Root", "", "a", true)}}}, 1, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, v := view(t, tt.files...)
			s := v.Get(evidence.LocalMachine, "ROOT")
			if len(s.Certificates()) != tt.want || len(v.Differences()) != tt.diffs || s.Whole() != tt.whole {
				t.Errorf("%d certificates, %d differences, whole %v", len(s.Certificates()), len(v.Differences()), s.Whole())
			}
		})
	}
}

func TestPhysicalStores(t *testing.T) {
	keys := file{name: "r.reg", holds: []evidence.Record{
		&evidence.RegistryKey{Where: evidence.Location{Source: "r.reg"}, Key: `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates`}}}
	c, v := view(t, keys)
	root := v.Registry(c, evidence.LocalMachine, evidence.StoreRoot)
	if !root.Collected() || root.Whole() || len(root.Missing()) != 2 {
		t.Errorf("collected %v, whole %v, missing %v", root.Collected(), root.Whole(), root.Missing())
	}
	if s := v.Registry(c, evidence.LocalMachine, evidence.StoreClientAuthIssuer); !s.Collected() || !s.Whole() || len(s.Occurrences) != 0 {
		t.Errorf("an exported empty store: %+v", s)
	}
	if s := v.Registry(c, evidence.LocalMachine, "Elsewhere"); !s.Collected() {
		t.Error("a store below an exported key was collected")
	}
	if s := v.Registry(c, evidence.CurrentUser, evidence.StoreRoot); s.Collected() {
		t.Error("a user's store was not collected")
	}
	c, v = view(t)
	if root := v.Registry(c, evidence.LocalMachine, evidence.StoreRoot); root.Collected() || root.Whole() {
		t.Error("nothing was collected")
	}
}

func TestTimes(t *testing.T) {
	_, v := view(t, file{"r.reg", evidence.Store{}, false, []evidence.Record{
		in("r.reg", "Root", ".Default", "a", true), in("r.reg", "Root", "AuthRoot", "a", true), in("r.reg", "Root", "AuthRoot", "b", true)}},
		file{"root.sst", machineRoot, false, []evidence.Record{in("root.sst", "Root", "", "a", true), in("root.sst", "Root", "", "b", true)}})
	s := v.Get(evidence.LocalMachine, evidence.StoreRoot)
	times := s.Times()
	if times[sha256.Sum256([]byte("a"))] != 2 || times[sha256.Sum256([]byte("b"))] != 1 {
		t.Errorf("times: %v", times)
	}
	if n := len(s.Certificates()); n != 2 {
		t.Errorf("%d certificates", n)
	}
	if without := s.WithoutAuthRoot(); len(without.Occurrences) != 3 {
		t.Errorf("%d occurrences without AuthRoot", len(without.Occurrences))
	}
}

func TestLogicalAndPhysicalExports(t *testing.T) {
	reg := func(keys ...string) file {
		f := file{name: "r.reg", holds: []evidence.Record{in("r.reg", "Root", ".Default", "a", true), in("r.reg", "Root", "AuthRoot", "b", true)}}
		for _, k := range keys {
			f.holds = append(f.holds, &evidence.RegistryKey{Where: evidence.Location{Source: "r.reg"}, Key: k})
		}
		return f
	}
	whole := []string{`HKEY_LOCAL_MACHINE\SOFTWARE`}
	export := func(carries bool, labels ...string) file {
		f := file{name: "root.x", store: machineRoot}
		for _, l := range labels {
			f.holds = append(f.holds, in("root.x", "Root", "", l, carries))
		}
		return f
	}
	for _, tt := range []struct {
		name                  string
		files                 []file
		want, doubtful, diffs int
	}{
		{"a poor one gives way", []file{reg(whole...), export(false, "a", "b", "c", "d")}, 2, 0, 1},
		{"and is not spoken of where it agrees", []file{reg(whole...), export(false, "a", "b")}, 2, 0, 0},
		{"of equals what differs is doubtful", []file{reg(whole...), export(true, "a", "c")}, 3, 2, 1},
		{"physical stores that are missing", []file{reg(`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates`), export(false, "a", "c")}, 3, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, v := view(t, tt.files...)
			s := v.Get(evidence.LocalMachine, evidence.StoreRoot)
			doubtful := 0
			for _, o := range s.Certificates() {
				if s.Doubt(o.SHA256) != "" {
					doubtful++
				}
			}
			if len(s.Certificates()) != tt.want || doubtful != tt.doubtful || len(v.Differences()) != tt.diffs {
				t.Errorf("%d certificates, %d doubtful, %+v", len(s.Certificates()), doubtful, v.Differences())
			}
		})
	}
}

func TestNamed(t *testing.T) {
	c, v := view(t, file{"r.reg", evidence.Store{}, false, []evidence.Record{
		in("r.reg", "Root", ".Default", "a", true), in("r.reg", "Root", "AuthRoot", "b", true),
		&evidence.RegistryKey{Where: evidence.Location{Source: "r.reg"}, Key: `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\AuthRoot`}}})
	for _, tt := range []struct {
		name      string
		collected bool
		want      int
	}{{"authroot", true, 1}, {"SmartCardRoot", false, 0}, {"Enterprise", false, 0}, {"Root", true, 2}, {"Elsewhere", false, 0}} {
		if s := v.Named(c, tt.name); s.Collected() != tt.collected || len(s.Occurrences) != tt.want {
			t.Errorf("%s: collected %v, %d", tt.name, s.Collected(), len(s.Occurrences))
		}
	}
}
