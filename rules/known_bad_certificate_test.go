package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestKnownBadCertificate(t *testing.T) {
	const superfish, trustCor = "C864484869D41D2B0D32319C5A62F9315AAF2CBD", "58D1DF9595676B63C0F05B1C174D8B840BC878BD"
	runCases(t, KnownBadCertificate, []ruleCase{
		{"in order", host{sources: []source{storeFile("root.sst", root("CN=A", 10))}}, "pass", ""},
		{"Superfish in Root", host{sources: []source{storeFile("root.sst", required(superfish))}}, "fail", "Superfish, Inc. stands in LocalMachine\\Root: shipped on computers"},
		{"in Disallowed it is where it belongs", host{sources: []source{storeFile("root.sst", root("CN=A", 10)), storeFile("d.sst", in(required(superfish), evidence.StoreDisallowed, ""))}}, "pass", ""},
		{"disabled by the programme is not malicious", host{sources: []source{storeFile("root.sst", required(trustCor))}}, "pass", ""},
		{"broken", host{sources: []source{broken(storeFile("root.sst", root("CN=A", 10)))}}, "unknown", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
