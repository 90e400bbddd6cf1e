package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

func TestRoleRoots(t *testing.T) {
	const g2 = "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4"
	update := func(n uint32) source {
		return regFile("u.reg", regKey(windows.RootUpdateKey), regDWord(windows.RootUpdateKey, "DisableRootAutoUpdate", n))
	}
	exchange := []string{"exchange"}
	without := func() source { return storeFile("root.sst", root("CN=A", 10)) }
	runCases(t, RoleRoots, []ruleCase{
		{"present", host{os: "2016", roles: exchange, sources: []source{storeFile("root.sst", required(g2))}}, "pass", ""},
		{"missing and not fetched", host{os: "2016", roles: exchange, sources: []source{without(), update(1)}}, "fail", "DigiCert Global Root G2 is not in Trusted Root"},
		{"missing and fetched", host{os: "2016", roles: exchange, sources: []source{without(), update(0)}}, "informational", "fetches it when it is first met"},
		{"missing, and whether it is fetched is unknown", host{os: "2016", roles: exchange, sources: []source{without()}}, "unknown", ""},
		{"missing from a broken export", host{os: "2016", roles: exchange, sources: []source{broken(without()), update(1)}}, "unknown", "cannot be called missing"},
		{"in Disallowed too", host{os: "2016", roles: exchange, sources: []source{storeFile("root.sst", required(g2)), storeFile("d.sst", in(required(g2), evidence.StoreDisallowed, "")), update(1)}}, "fail", ""},
		{"a role that events suggest", host{os: "2016", sources: []source{without(), update(1), eventLog("application.csv", "Application", seen("MSExchangeTransport", 1035, 3))}}, "informational", "only suggested by events"},
		{"another role", host{os: "2016", roles: []string{"nps"}, sources: []source{without()}}, "notapplicable", ""},
		{"no role", host{os: "2016", sources: []source{without()}}, "notapplicable", ""},
		{"no store", host{os: "2016", roles: exchange, sources: []source{schannelReg()}}, "notchecked", ""},
	})
}
