package rules

import "testing"

func TestSchannelTruncationEvent(t *testing.T) {
	logging := func(n uint32) source {
		return regFile("s.reg", regKey(schannelKey), regDWord(schannelKey, "EventLogging", n))
	}
	runCases(t, SchannelTruncationEvent, []ruleCase{
		{"seen", host{sources: []source{systemLog(3, "")}}, "fail", "3 times"},
		{"seen says when", host{sources: []source{systemLog(2, "")}}, "fail", "first 2013-02-02 00:00:00 UTC, last 2013-02-03"},
		{"seen in a broken log", host{sources: []source{broken(systemLog(1, ""))}}, "fail", "once"},
		{"seen while the list is under", host{os: "2008r2", sources: []source{systemLog(1, ""), logging(3), storeFile("root.sst", root("CN=A", 10))}}, "fail", "the store differs from the time of the event, or the model does"},
		{"seen on another computer", host{sources: []source{systemLog(3, "db02")}}, "unknown", `"db02"`},
		{"absent and would have been logged", host{sources: []source{systemLog(0, ""), logging(3)}}, "pass", "in this window (2013-02-01"},
		{"absent in a broken log", host{sources: []source{broken(systemLog(0, "")), logging(7)}}, "unknown", "not read whole"},
		{"absent, warnings not logged", host{sources: []source{systemLog(0, ""), logging(1)}}, "notchecked", "could not have been"},
		{"absent, EventLogging absent", host{sources: []source{systemLog(0, ""), regFile("s.reg", regKey(schannelKey))}}, "notchecked", "absent (default 1"},
		{"absent, SCHANNEL not collected", host{sources: []source{systemLog(0, "")}}, "notchecked", "proves nothing"},
		{"absent in the log of another computer", host{sources: []source{systemLog(0, "db02"), logging(3)}}, "notchecked", "of other computers: system.csv"},
		{"seen on 2019, which sends no list, while the list is under", host{os: "2019", sources: []source{systemLog(1, ""), logging(3), storeFile("root.sst", root("CN=A", 10))}}, "fail", "the store differs from the time of the event, or the model does"},
		{"no log", host{sources: []source{logging(3)}}, "notchecked", ""},
	})
}
