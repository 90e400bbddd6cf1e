package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestPeerMessageLimit(t *testing.T) {
	runCases(t, PeerMessageLimit, []ruleCase{
		{"absent", host{os: "2008r2", sources: []source{schannelReg()}}, "pass", "MessageLimitClient absent"},
		{"its own list", host{os: "2008r2", sources: []source{schannelReg(), storeFile("root.sst", root("CN=A", 998))}}, "pass", "about 1,027 bytes"},
		{"the default written out", host{os: "2008r2", sources: []source{schannelReg(`Messaging\MessageLimitClient=32768`, `Messaging\MessageLimitServerClientAuth=32768`)}}, "pass", ""},
		{"no split messages", host{os: "2008r2", sources: []source{schannelReg(`Messaging\MessageLimitClient=0`)}}, "fail", "split over records are not processed"},
		{"too small for a full list", host{os: "2008r2", sources: []source{schannelReg(`Messaging\MessageLimitClient=16384`)}}, "fail", "16,384: a message with a server's list"},
		{"both too small", host{os: "2019", sources: []source{schannelReg(`Messaging\MessageLimitClient=8192`, `Messaging\MessageLimitServerClientAuth=8192`)}}, "fail,fail", "a client's chain"},
		{"before 2008 R2", host{os: "2008", sources: []source{schannelReg()}}, "notapplicable", ""},
		{"broken", host{os: "2008r2", sources: []source{broken(schannelReg())}}, "unknown", ""},
		{"SCHANNEL not collected", host{os: "2008r2", sources: []source{regFile("o.reg", regKey(`HKEY_LOCAL_MACHINE\SOFTWARE\Other`))}}, "notchecked", ""},
		{"no registry", host{os: "2008r2", sources: []source{storeFile("root.sst", &evidence.Occurrence{Certificate: certificate("CN=A", "CN=A", 9), Store: rootStore})}}, "notchecked", ""},
	})
}
