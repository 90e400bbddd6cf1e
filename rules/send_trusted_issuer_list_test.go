package rules

import "testing"

func TestSendTrustedIssuerList(t *testing.T) {
	sub := schannelKey + `\SendTrustedIssuerList`
	runCases(t, SendTrustedIssuerList, []ruleCase{
		{"absent", host{os: "2008r2", sources: []source{regFile("s.reg", regKey(schannelKey))}}, "pass", "a list is sent"},
		{"absent on 2012", host{os: "2012", sources: []source{regFile("s.reg", regKey(schannelKey))}}, "pass", "no list is sent"},
		{"absent in a broken export", host{os: "2012", sources: []source{broken(regFile("s.reg", regKey(schannelKey)))}}, "unknown", "not read whole"},
		{"0", host{os: "2008r2", sources: []source{regFile("s.reg", regKey(schannelKey), regDWord(schannelKey, "SendTrustedIssuerList", 0))}}, "pass", "not sent"},
		{"1 on 2012", host{os: "2012", sources: []source{regFile("s.reg", regKey(schannelKey), regDWord(schannelKey, "SendTrustedIssuerList", 1))}}, "informational", "observer"},
		{"REG_SZ", host{os: "2008r2", sources: []source{regFile("s.reg", regKey(schannelKey), regText(schannelKey, "SendTrustedIssuerList", "0\x00"))}}, "fail", "REG_SZ"},
		{"a subkey", host{os: "2008r2", sources: []source{regFile("s.reg", regKey(schannelKey), regKey(sub))}}, "fail", "subkey"},
		{"misspelt", host{os: "2008r2", sources: []source{regFile("s.reg", regKey(schannelKey), regDWord(schannelKey, "SendTrusterIssuerList", 0))}}, "fail", "SendTrusterIssuerList"},
		{"shortened", host{os: "2008r2", sources: []source{regFile("s.reg", regKey(schannelKey), regDWord(schannelKey, "SendTrustedIssuers", 0))}}, "fail", "SendTrustedIssuers"},
		{"in the wrong key", host{os: "2008r2", sources: []source{regFile("s.reg", regKey(schannelKey), regDWord(schannelKey+`\Protocols`, "SendTrustedIssuerList", 0))}}, "fail", "below Protocols"},
		{"another key was exported", host{os: "2008r2", sources: []source{regFile("s.reg", regKey(`HKEY_LOCAL_MACHINE\SOFTWARE\X`))}}, "notchecked", "was not collected"},
		{"no registry at all", host{os: "2008r2", sources: []source{storeFile("root.sst", root("CN=A", 10))}}, "notchecked", ""},
		{"a set value beside other values", host{os: "2008r2", sources: []source{regFile("s.reg", regKey(schannelKey), regDWord(schannelKey, "SendTrustedIssuerList", 1), regDWord(schannelKey, "EventLogging", 1), regDWord(schannelKey, "ClientAuthTrustMode", 2))}}, "pass", ""},
	})
}
