package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

func TestProtectedRoots(t *testing.T) {
	flags := func(n uint32) source {
		return regFile("p.reg", regKey(windows.ProtectedRootsKey), regDWord(windows.ProtectedRootsKey, "Flags", n))
	}
	// stores exports all physical stores of Root, with three required roots in one.
	stores := func(physical string) source {
		s := regFile("r.reg", regKey(windows.RootKey), regKey(windows.AuthRootKey), regKey(windows.GroupPolicyRootKey+`\Certificates`), regKey(windows.EnterpriseRootKey), regKey(windows.SmartCardRootKey))
		for _, v := range vistaRoots {
			o := in(required(v), evidence.StoreRoot, physical)
			o.Where = evidence.Location{Source: s.name}
			s.records = append(s.records, o)
		}
		o := in(root("CN=Public", 20), evidence.StoreRoot, evidence.PhysicalAuthRoot)
		o.Where = evidence.Location{Source: s.name}
		s.records = append(s.records, o)
		return s
	}
	runCases(t, ProtectedRoots, []ruleCase{
		{"absent", host{os: "2008r2", sources: []source{regFile("p.reg", regKey(windows.ProtectedRootsKey))}}, "pass", "Flags is absent"},
		{"the default of Vista", host{os: "2008r2", sources: []source{flags(0x20)}}, "pass", "name constraints"},
		{"Method 2, the required ones stay", host{os: "2008r2", sources: []source{flags(0x8), stores(evidence.PhysicalDefault)}}, "informational", "3 roots stay trusted and 1 are shut out"},
		{"Method 2, the required ones are lost", host{os: "2008r2", sources: []source{flags(0x28), stores(evidence.PhysicalAuthRoot)}}, "fail", "required roots stand there alone: Microsoft Root Authority"},
		{"Method 2, the physical stores are not told apart", host{os: "2008r2", sources: []source{flags(0x8), storeFile("root.sst", root("CN=A", 10))}}, "unknown", "cannot be told"},
		{"Method 2, broken", host{os: "2008r2", sources: []source{flags(0x8), broken(stores(evidence.PhysicalDefault))}}, "unknown", ""},
		{"not read", host{os: "2008r2", sources: []source{regFile("p.reg", regKey(windows.ProtectedRootsKey), regText(windows.ProtectedRootsKey, "Flags", "8"))}}, "fail", "REG_SZ"},
		{"not collected", noStore("2008r2"), "notchecked", ""},
	})
}
