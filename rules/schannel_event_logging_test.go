package rules

import "testing"

func TestSchannelEventLogging(t *testing.T) {
	of := func(n string) host { return host{sources: []source{schannelReg("EventLogging=" + n)}} }
	runCases(t, SchannelEventLogging, []ruleCase{
		{"3", of("3"), "pass", "event 36885 among them"}, {"7", of("7"), "pass", ""}, {"2", of("2"), "pass", ""},
		{"1", of("1"), "fail", "leaves no event 36885"}, {"0", of("0"), "fail", ""}, {"4", of("4"), "fail", ""},
		{"absent", noStore(""), "fail", "absent (default 1"},
		{"text", host{sources: []source{regFile("s.reg", regKey(schannelKey), regText(schannelKey, "EventLogging", "3"))}}, "fail", "counts as absent"},
		{"absent from a broken export", host{sources: []source{broken(schannelReg())}}, "unknown", ""},
		{"not collected", host{sources: []source{regFile("o.reg", regKey(`HKEY_LOCAL_MACHINE\SOFTWARE\Other`))}}, "notchecked", ""},
	})
}
