package rules

import (
	"encoding/hex"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestShortKey(t *testing.T) {
	of := func(list ...*evidence.Occurrence) host {
		return host{sources: []source{storeFile("root.sst", list...)}}
	}
	needed := rsa("CN=NO LIABILITY ACCEPTED", 1024)
	b, err := hex.DecodeString("18F7C1FCC3090203FD5BAA2F861A754976C8DD25")
	if err != nil {
		t.Fatal(err)
	}
	copy(needed.SHA1[:], b)
	runCases(t, ShortKey, []ruleCase{
		{"in order", of(rsa("CN=A", 2048)), "pass", ""},
		{"short", of(rsa("CN=A", 1024), rsa("CN=B", 2047)), "fail,fail", "an RSA key of 1,024 bits"},
		{"expired", of(old(rsa("CN=A", 1024))), "pass", ""},
		{"refused altogether is for weak-key", of(rsa("CN=A", 512)), "pass", ""},
		{"a required root stays", of(needed, rsa("CN=A", 4096)), "pass", "1 have shorter keys, and is needed all the same: NO LIABILITY ACCEPTED (KB 293781)"},
		{"a required root beside a short one", of(needed, rsa("CN=A", 1024)), "fail,informational", "KB 293781"},
		{"broken", host{sources: []source{broken(storeFile("root.sst", rsa("CN=A", 2048)))}}, "unknown", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
