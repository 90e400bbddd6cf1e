package rules

import (
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

func TestRootAutoUpdate(t *testing.T) {
	reg := func(os string, records ...evidence.Record) host {
		return host{os: os, sources: []source{regFile("u.reg", append([]evidence.Record{regKey(windows.RootUpdateKey)}, records...)...)}}
	}
	set := func(name string, n uint32) evidence.Record { return regDWord(windows.RootUpdateKey, name, n) }
	component := func(n uint32) []evidence.Record {
		return []evidence.Record{regKey(updateComponentKey), regDWord(updateComponentKey, "RootAutoUpdate", n)}
	}
	runCases(t, RootAutoUpdate, []ruleCase{
		{"by default", reg("2016"), "pass", "the default applies"},
		{"allowed", reg("2016", set("DisableRootAutoUpdate", 0)), "pass", ""},
		{"forbidden", reg("2016", set("DisableRootAutoUpdate", 1)), "fail", "neither roots nor the list"},
		{"forbidden, but distrust is fetched", reg("2016", set("DisableRootAutoUpdate", 1), set("EnableDisallowedCertAutoUpdate", 1)), "pass", "EnableDisallowedCertAutoUpdate is 1"},
		{"not read", reg("2016", regText(windows.RootUpdateKey, "DisableRootAutoUpdate", "1")), "fail", "REG_SZ"},
		{"2", reg("2016", set("DisableRootAutoUpdate", 2)), "fail", "only 0 and 1"},
		{"2003 with the component", reg("2003sp2", component(1)...), "pass", "is installed"},
		{"2003 without it", reg("2003sp2", component(0)...), "informational", "is not installed"},
		{"2003, component unknown", reg("2003sp2"), "unknown", ""},
		{"an unknown Windows", reg(""), "unknown", ""},
		{"when it was fetched", reg("2016", regKey(autoUpdateKey), regBinary(autoUpdateKey, "LastSyncTime", fileTime(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)))), "pass", "fetched last on 2026-10-01"},
		{"not collected", noStore("2016"), "notchecked", ""},
	})
}
