package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestTrustedIssuerListSize(t *testing.T) {
	small := func() source { return storeFile("root.sst", root("CN=A", 100), root("CN=B", 100)) }
	big := func() source { return storeFile("root.sst", root("CN=A", 9000), root("CN=B", 9000)) }
	brink := func() source { return storeFile("root.sst", root("CN=A", 8000), root("CN=B", 8382)) }
	nearly := func() source { return storeFile("root.sst", root("CN=A", 8000), root("CN=B", 8370)) }
	send := func(n uint32) source {
		return regFile("s.reg", regKey(schannelKey), regDWord(schannelKey, "SendTrustedIssuerList", n))
	}
	silent := func() source { return regFile("s.reg", regKey(schannelKey)) }
	mixed := func() source {
		sub := root("CN=Sub", 50)
		sub.IssuerDER = []byte("CN=Other")
		return storeFile("root.sst", root("CN=A", 100), sub)
	}
	runCases(t, TrustedIssuerListSize, []ruleCase{
		{"over and sent by default", host{os: "2008r2", sources: []source{big(), silent()}}, "fail", "the list is cut"},
		{"over on 2003 and not on 2008 R2", host{os: "2003", sources: []source{storeFile("root.sst", root("CN=A", 13000)), silent()}}, "fail", "12,288"},
		{"under and sent", host{os: "2008r2", sources: []source{small(), silent()}}, "pass", "sent whole"},
		{"likely over says what is assumed", host{os: "2008r2", sources: []source{brink(), silent()}}, "fail", "assumed: the limit counts the two length bytes"},
		{"likely under is informational", host{os: "2008r2", sources: []source{nearly(), silent()}}, "informational", ""},
		{"over and not sent", host{os: "2008r2", sources: []source{big(), send(0)}}, "informational", "would be over the limit if it were sent"},
		{"over, not sent, on 2012", host{os: "2012", sources: []source{big(), send(0)}}, "fail", "KB 2880390"},
		{"over, not sent by default on 2012 R2", host{os: "2012r2", sources: []source{big(), silent()}}, "informational", ""},
		{"over, sent unknown", host{os: "2008r2", sources: []source{big()}}, "unknown", "whether a list is sent is not known"},
		{"over, sent unknown, on 2012", host{os: "2012", sources: []source{big()}}, "fail", ""},
		{"under, sent unknown", host{os: "2008r2", sources: []source{small()}}, "pass", "sent or not"},
		{"broken, over stands", host{os: "2008r2", sources: []source{broken(big()), silent()}}, "fail", ""},
		{"broken, under does not", host{os: "2008r2", sources: []source{broken(small()), silent()}}, "unknown", "root.sst broke off"},
		{"mixed store", host{os: "2012r2", sources: []source{mixed(), send(1)}}, "informational", "root-store-mixed"},
		{"no store", host{os: "2008r2", sources: []source{silent()}}, "notchecked", ""},
		{"only another store", host{os: "2008r2", sources: []source{storeFile("ca.sst", &evidence.Occurrence{Certificate: certificate("CN=C", "CN=A", 20),
			Store: evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreCA}})}}, "notchecked", "no export of"},
		{"unknown Windows gives two", host{sources: []source{big(), silent()}}, "fail,informational", ""},
		{"a limit of the policy", host{os: "2008r2", sources: []source{small(), silent()}, policy: "name: strict\nlimits: {2008r2: 100}\n"}, "fail", "100 bytes"},
	})
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 16384: "16,384", -1234567: "-1,234,567"} {
		if got := Grouped(n); got != want {
			t.Errorf("Grouped(%d) = %q, want %q", n, got, want)
		}
	}
}

// A waiver that is narrowed to the feeding store covers its list, also where
// two Windows are possible and where a binding is meant.
func TestListsAreWaivedByTheirStore(t *testing.T) {
	for _, h := range []host{{os: "2008r2", sources: []source{bigRoot(), schannelReg()}}, {sources: []source{bigRoot(), schannelReg()}}} {
		for _, f := range h.judge(t, TrustedIssuerListSize).Findings {
			if f.Store != `LocalMachine\Root` {
				t.Errorf("the finding on %q has the store %q", f.Subject, f.Store)
			}
		}
	}
}
