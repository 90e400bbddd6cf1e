package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestRequiredRoots(t *testing.T) {
	three := func(extra ...*evidence.Occurrence) source {
		var list []*evidence.Occurrence
		for _, v := range vistaRoots {
			list = append(list, required(v))
		}
		return storeFile("root.sst", append(list, extra...)...)
	}
	in := func(name, store, physical string, list ...*evidence.Occurrence) source {
		for _, o := range list {
			o.Store.Name, o.Store.Physical = store, physical
		}
		return storeFile(name, list...)
	}
	serial := root("CN=Nobody", 40)
	serial.Serial = []byte{0x79, 0xad, 0x16, 0xa1, 0x4a, 0xa0, 0xa5, 0xad, 0x4c, 0x73, 0x58, 0xf4, 0x07, 0x13, 0x2e, 0x65}
	short := root("CN=Common serial", 40)
	short.Serial = []byte{0}
	twin := required("20CEB1F0F51C0E19A9F38DB1AA8E038CAA7AC701")
	twin.Subject = "CN=Thawte Timestamping CA,OU=Thawte Certification"
	pack := "name: own\nrequiredRoots:\n  builtin: false\n  packs:\n    - name: Northwind\n      citation: intranet\n      roots: [{thumbprint: " + vistaRoots[0] + ", name: Own root}]\n"
	runCases(t, RequiredRoots, []ruleCase{
		{"all present", host{os: "2008r2", sources: []source{three()}}, "pass", "all 3 required roots"},
		{"one missing", host{os: "2008r2", sources: []source{storeFile("root.sst", required(vistaRoots[0]), required(vistaRoots[1]))}}, "fail", "Microsoft Root Certificate Authority is missing"},
		{"all missing", host{os: "2008r2", sources: []source{storeFile("root.sst", root("CN=A", 10))}}, "fail,fail,fail", ""},
		{"2016 needs twelve", host{os: "2016", sources: []source{three()}}, "fail,fail,fail,fail,fail,fail,fail,fail,fail", ""},
		{"missing in a broken export", host{os: "2008r2", sources: []source{broken(storeFile("root.sst", required(vistaRoots[0])))}}, "unknown", "1 of 3"},
		{"all present in a broken export", host{os: "2008r2", sources: []source{broken(three())}}, "unknown", ""},
		{"only AuthRoot was exported", host{os: "2008r2", sources: []source{in("authroot.sst", evidence.StoreRoot, evidence.PhysicalAuthRoot, required(vistaRoots[0]))}}, "unknown", "not collected"},
		{"one in Disallowed", host{os: "2008r2", sources: []source{three(), in("disallowed.sst", evidence.StoreDisallowed, "", required(vistaRoots[2]))}}, "fail", "distrusted"},
		{"only in Disallowed", host{os: "2008r2", sources: []source{storeFile("root.sst", required(vistaRoots[0]), required(vistaRoots[1])), in("disallowed.sst", evidence.StoreDisallowed, "", required(vistaRoots[2]))}}, "fail", "distrusted"},
		{"an impostor by name", host{os: "2008r2", sources: []source{three(root("CN=Microsoft Root Authority,O=Evil", 40))}}, "fail", "bears the name"},
		{"an impostor by serial number", host{os: "2008r2", sources: []source{three(serial)}}, "fail", "bears the name or serial"},
		{"a short serial number tells nothing", host{os: "2008r2", sources: []source{three(short)}}, "pass", ""},
		{"a genuine root of the same name", host{os: "2008r2", sources: []source{three(twin)}}, "fail", "Thawte Timestamping CA"},
		{"unknown Windows, the common ones present", host{sources: []source{three()}}, "unknown", "every Windows needs"},
		{"unknown Windows, one missing", host{sources: []source{storeFile("root.sst", required(vistaRoots[0]), required(vistaRoots[1]))}}, "fail", ""},
		{"a pack of the policy", host{os: "2008r2", sources: []source{storeFile("root.sst", required(vistaRoots[0]))}, policy: pack}, "pass", "Northwind"},
		{"nothing required", host{os: "2008r2", sources: []source{storeFile("root.sst", root("CN=A", 9))}, policy: "name: none\nrequiredRoots: {builtin: false}\n"}, "notapplicable", ""},
		{"no store", host{os: "2008r2", sources: []source{regFile("s.reg", regKey(schannelKey))}}, "notchecked", ""},
	})
}

func TestMostSpecific(t *testing.T) {
	for name, want := range map[string]string{
		"CN=Microsoft Root Authority,OU=Microsoft Corporation":                "Microsoft Root Authority",
		"OU=Copyright (c) 1997 Microsoft Corp.,O=Microsoft Trust Network":     "Copyright (c) 1997 Microsoft Corp.",
		`OU=NO LIABILITY ACCEPTED\, (c)97 VeriSign\, Inc.,OU=VeriSign\, Inc.`: "NO LIABILITY ACCEPTED, (c)97 VeriSign, Inc.",
		"": "",
	} {
		if got := mostSpecific(name); got != want {
			t.Errorf("mostSpecific(%q) = %q, want %q", name, got, want)
		}
	}
}
