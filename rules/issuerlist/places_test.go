package issuerlist

import (
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestPlacesThatDiffer(t *testing.T) {
	server := func(o *evidence.Occurrence) *evidence.Occurrence { return with(o, evidence.PropEnhKeyUsage, ekuServer) }
	archived := func(o *evidence.Occurrence) *evidence.Occurrence { return with(o, evidence.PropArchived, nil) }
	a := func(source, physical string) *evidence.Occurrence {
		return in(root("a", 100), source, evidence.StoreRoot, physical, true)
	}
	for _, tt := range []struct {
		name   string
		places []*evidence.Occurrence
		count  Count
		times  int
		bytes  Bytes
	}{
		{"both yes", []*evidence.Occurrence{a("1.reg", "AuthRoot"), a("1.reg", ".Default")}, Yes, 2, Bytes{100, 102, 2*102 + 27, true}},
		{"both no", []*evidence.Occurrence{server(a("1.reg", "AuthRoot")), server(a("1.reg", ".Default"))}, No, 2, Bytes{0, 0, 27, true}},
		{"AuthRoot is restricted and read first", []*evidence.Occurrence{server(a("1.reg", "AuthRoot")), a("2.reg", ".Default")}, AssumedYes, 2, Bytes{0, 102, 102 + 27, true}},
		{"AuthRoot is restricted and read last", []*evidence.Occurrence{a("1.reg", ".Default"), server(a("2.reg", "AuthRoot"))}, AssumedYes, 2, Bytes{0, 102, 102 + 27, true}},
		{"the other way round", []*evidence.Occurrence{a("1.reg", "AuthRoot"), server(a("2.reg", ".Default"))}, AssumedYes, 2, Bytes{0, 102, 102 + 27, true}},
		{"archived in one", []*evidence.Occurrence{archived(a("1.reg", "AuthRoot")), a("1.reg", ".Default")}, AssumedYes, 2, Bytes{0, 102, 102 + 27, true}},
		{"one physical store exported twice", []*evidence.Occurrence{a("1.sst", ""), server(a("2.sst", ""))}, AssumedYes, 1, Bytes{0, 102, 102 + 27, true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := host{os: "2008r2", records: records(tt.places...)}.one(t)
			if len(l.Entries) != 1 || l.Entries[0].Counted != tt.count || l.Entries[0].Times != tt.times || l.Bytes != tt.bytes {
				t.Errorf("%d entries, %s %d times (%s), %+v", len(l.Entries), l.Entries[0].Counted, l.Entries[0].Times, l.Entries[0].Why, l.Bytes)
			}
			if differ := strings.Contains(l.Entries[0].Why, "its places differ"); differ != (tt.count == AssumedYes) {
				t.Errorf("why: %s", l.Entries[0].Why)
			}
		})
	}
}

func TestEqualExportsThatDiffer(t *testing.T) {
	l := host{os: "2008r2", records: records(in(root("a", 100), "1.sst", evidence.StoreRoot, "", true), in(root("b", 50), "1.sst", evidence.StoreRoot, "", true),
		in(root("a", 100), "2.sst", evidence.StoreRoot, "", true))}.one(t)
	if want := (Bytes{100, 154, 154 + 27, true}); l.Bytes != want || l.Entries[1].Counted != AssumedYes {
		t.Errorf("%+v, %s: %s", l.Bytes, l.Entries[1].Counted, l.Entries[1].Why)
	}
}

const systemStores = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates`

func TestBindingsThatNameRoot(t *testing.T) {
	facts := func(store string) []evidence.Record {
		list := records(in(root("a", 100), "r.reg", evidence.StoreRoot, ".Default", true), in(root("b", 50), "r.reg", evidence.StoreRoot, "AuthRoot", true))
		return append(list, key(systemStores+`\ROOT`), key(systemStores+`\AuthRoot`),
			text(`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo\0.0.0.0:443`, "DefaultSslCtlStoreName", store))
	}
	shut := dword(`HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots`, "Flags", 8)
	for _, tt := range []struct {
		store     string
		shut      bool
		want      string
		collected bool
		certs     int
	}{
		{"root", false, `LocalMachine\Root`, true, 2},
		{"Root", true, `LocalMachine\Root`, true, 1},
		{"AuthRoot", false, `LocalMachine\AuthRoot`, true, 1},
		{"SmartCardRoot", false, `LocalMachine\SmartCardRoot`, false, 0},
		{"Enterprise", false, `LocalMachine\Enterprise`, false, 0},
	} {
		t.Run(tt.store, func(t *testing.T) {
			list := facts(tt.store)
			if tt.shut {
				list = append(list, shut)
			}
			lists := host{os: "2019", records: list}.compute(t)
			if len(lists) != 2 {
				t.Fatalf("%d lists", len(lists))
			}
			l := lists[1]
			if l.Store != tt.want || l.Collected != tt.collected || l.Certificates != tt.certs || (l.Verdict == Unknown && tt.store == "AuthRoot") {
				t.Errorf("%s, collected %v, %d certificates, %s", l.Store, l.Collected, l.Certificates, l.Verdict)
			}
		})
	}
}

func TestSettingLostInABrokenExport(t *testing.T) {
	l := host{os: "2019", broken: "r.reg", records: append(records(root("a", 100)), key(schannel))}.one(t)
	if l.Sent != SentUnknown || !strings.Contains(l.SentWhy, "r.reg") || !strings.Contains(l.SentWhy, "not read whole") {
		t.Errorf("%s: %s", l.Sent, l.SentWhy)
	}
}
