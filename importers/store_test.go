package importers

import "testing"

func TestStoreOf(t *testing.T) {
	for _, tt := range []struct{ path, want, physical string }{
		{"root.sst", `LocalMachine\Root`, ""},
		{"Roots.p7b", `LocalMachine\Root`, ""},
		{"web01_root-2024.sst", `LocalMachine\Root`, ""},
		{"AuthRoot.sst", `LocalMachine\Root`, "AuthRoot"},
		{"rootsupd2013-authroots.sst", `LocalMachine\Root`, "AuthRoot"},
		{"root-authroot.sst", `LocalMachine\Root`, "AuthRoot"},
		{"enterprise-root.sst", `LocalMachine\Root`, "Enterprise"},
		{"GroupPolicy.sst", `LocalMachine\Root`, "GroupPolicy"},
		{"SmartCardRoot.sst", `LocalMachine\Root`, "SmartCard"},
		{"ClientAuthIssuer.sst", `LocalMachine\ClientAuthIssuer`, ""},
		{"my-ca.p7b", `LocalMachine\CA`, ""},
		{"my.cer", `LocalMachine\My`, ""},
		{"disallowed/all.sst", `LocalMachine\Disallowed`, ""},
		{"root/CA/x.sst", `LocalMachine\CA`, ""},
		{"cascade.sst", "", ""},
		{"export.sst", "", ""},
	} {
		got := StoreOf(tt.path)
		if got.String() != tt.want || got.Physical != tt.physical {
			t.Errorf("StoreOf(%q) = %q %q, want %q %q", tt.path, got, got.Physical, tt.want, tt.physical)
		}
	}
}
