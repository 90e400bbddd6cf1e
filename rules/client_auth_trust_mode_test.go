package rules

import "testing"

func TestClientAuthTrustMode(t *testing.T) {
	big := func() source { return storeFile("root.sst", root("CN=A", 17000)) }
	runCases(t, ClientAuthTrustMode, []ruleCase{
		{"absent", host{os: "2012r2", sources: []source{schannelReg()}}, "pass", "Machine Trust (absent)"},
		{"0", host{os: "2016", sources: []source{schannelReg("ClientAuthTrustMode=0")}}, "pass", "Machine Trust (0)"},
		{"0 and a list that is cut", host{os: "2012r2", sources: []source{schannelReg("SendTrustedIssuerList=1"), big()}}, "informational", "are refused even if they send"},
		{"2", host{os: "2012r2", sources: []source{schannelReg("ClientAuthTrustMode=2")}}, "informational", "Exclusive CA Trust"},
		{"2 on an unknown Windows", host{sources: []source{schannelReg("ClientAuthTrustMode=2")}}, "informational", "if this is Windows Server 2012 or later"},
		{"1 without a store", host{os: "2012r2", sources: []source{schannelReg("ClientAuthTrustMode=1")}}, "informational", "no http.sys binding that was read names a store"},
		{"3", host{os: "2012r2", sources: []source{schannelReg("ClientAuthTrustMode=3")}}, "fail", "none of the documented modes"},
		{"text", host{os: "2012r2", sources: []source{regFile("s.reg", regKey(schannelKey), regText(schannelKey, "ClientAuthTrustMode", "2"))}}, "fail", "REG_SZ"},
		{"set before 2012", host{os: "2008r2", sources: []source{schannelReg("ClientAuthTrustMode=2")}}, "informational", "does not read it"},
		{"before 2012", noStore("2008r2"), "notapplicable", ""},
		{"broken", host{os: "2012r2", sources: []source{broken(schannelReg())}}, "unknown", ""},
		{"SCHANNEL not collected", host{os: "2012r2", sources: []source{regFile("o.reg", regKey(`HKEY_LOCAL_MACHINE\SOFTWARE\Other`))}}, "notchecked", ""},
	})
}
