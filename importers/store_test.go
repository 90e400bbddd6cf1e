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
		{"client-auth-issuer.sst", `LocalMachine\ClientAuthIssuer`, ""},
		{"Client Authentication Issuers.sst", `LocalMachine\ClientAuthIssuer`, ""},
		{"trusted_publisher.sst", `LocalMachine\TrustedPublisher`, ""},
		{"smart-card-root.sst", `LocalMachine\Root`, "SmartCard"},
		{"auth root.sst", `LocalMachine\Root`, "AuthRoot"},
		{"enterprise.sst", `LocalMachine\Root`, "Enterprise"},
		{"enterprise-ca.sst", `LocalMachine\CA`, "Enterprise"},
		{"ca/enterprise.sst", `LocalMachine\CA`, "Enterprise"},
		{"ca-grouppolicy.sst", `LocalMachine\CA`, "GroupPolicy"},
		{"group_policy_root.sst", `LocalMachine\Root`, "GroupPolicy"},
		{"NTAuth-enterprise.sst", `LocalMachine\NTAuth`, ""},
		{"certs/LocalMachine-Root.sst", `LocalMachine\Root`, ""},
		{"certs/CurrentUser/root.sst", `CurrentUser\Root`, ""},
		{"certs/user_root.sst", `CurrentUser\Root`, ""},
		{"current_user/root.sst", `CurrentUser\Root`, ""},
		{"HKCU-root.sst", `CurrentUser\Root`, ""},
		{"user/machine-root.sst", `LocalMachine\Root`, ""},
		{"hku/S-1-5-21-1-2-3-1001/root.sst", `Users\S-1-5-21-1-2-3-1001\Root`, ""},
		{"users/S-1-5-18_root.sst", `Users\S-1-5-18\Root`, ""},
		{"services/root.sst", `Services\Root`, ""},
		{"web-service01/root.sst", `LocalMachine\Root`, ""},
		{"cascade.sst", "", ""},
		{"export.sst", "", ""},
	} {
		got := StoreOf(tt.path)
		if got.String() != tt.want || got.Physical != tt.physical {
			t.Errorf("StoreOf(%q) = %q %q, want %q %q", tt.path, got, got.Physical, tt.want, tt.physical)
		}
	}
}
