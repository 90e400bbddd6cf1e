package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestDotNetStrongCrypto(t *testing.T) {
	values := func(system, strong uint32, keys ...string) source {
		var records []evidence.Record
		for _, k := range keys {
			k += `\v4.0.30319`
			records = append(records, regKey(k), regDWord(k, "SystemDefaultTlsVersions", system), regDWord(k, "SchUseStrongCrypto", strong))
		}
		return regFile("dotnet.reg", records...)
	}
	of := func(s source) host { return host{sources: []source{s}} }
	runCases(t, DotNetStrongCrypto, []ruleCase{
		{"in order", of(values(1, 1, dotNetKey, dotNet32Key)), "pass", ""},
		{"off", of(values(1, 0, dotNetKey, dotNet32Key)), "fail", "SchUseStrongCrypto for 64 bits is 0"},
		{"absent", of(regFile("d.reg", regKey(dotNetKey), regKey(dotNet32Key))), "informational", "default of each program"},
		{"half of it collected", of(values(1, 1, dotNetKey)), "unknown", "2 values"},
		{"not collected", noStore(""), "notchecked", ""},
	})
}
