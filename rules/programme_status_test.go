package rules

import (
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

func TestProgrammeStatus(t *testing.T) {
	const (
		digiCert  = "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4" // in the programme
		woSign    = "B94294BF91EA8FB64BE61097C7FB001359B676CB" // disabled in 2019
		turkTrust = "8A5C8CEEA503E60556BAD81BD4F6C9B0EDE52FE0" // removed in 2022
		trustCor  = "58D1DF9595676B63C0F05B1C174D8B840BC878BD" // disabled in August 2025, after the list
	)
	of := func(os string, list ...*evidence.Occurrence) host {
		return host{os: os, sources: []source{storeFile("root.sst", list...)}}
	}
	stamped := with(root("CN=A", 10), evidence.PropDisabled, nil)
	runCases(t, ProgrammeStatus, []ruleCase{
		{"in the programme, and private", of("2016", required(digiCert), root("CN=Own", 20)), "pass", "says nothing against"},
		{"disabled, honoured", of("2016", required(woSign)), "informational,informational", "which Windows Server 2016 honours"},
		{"removed, honoured", of("2016", required(turkTrust)), "informational,informational", "removed by the release notes of 2022-02"},
		{"disabled after the list", of("2016", required(trustCor)), "informational,informational", "disabled by the release notes of 2025-08"},
		{"disabled by its property", of("2016", stamped), "informational,informational", "by its property 104"},
		{"disabled, not honoured", of("2008r2", required(woSign)), "informational", "does not honour that and trusts them as ever"},
		{"disabled on an unknown Windows", of("", required(woSign)), "informational", "this Windows is not known"},
		{"a required root is needed even so", of("2016", required(vistaRoots[0])), "informational", ""},
		{"broken", host{os: "2016", sources: []source{broken(storeFile("root.sst", required(digiCert)))}}, "unknown", ""},
		{"no store", noStore("2016"), "notchecked", ""},
	})
	// What came later than the day of the judgement has not happened yet.
	tables, err := data.Load(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	if s, why := standingOf(tables, required(trustCor), time.Date(2025, 7, 1, 0, 0, 0, 0, time.UTC)); s == standsDisabled {
		t.Errorf("TrustCor is %s before August 2025: %s", s, why)
	}
}
