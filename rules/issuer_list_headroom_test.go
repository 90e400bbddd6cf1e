package rules

import "testing"

func TestIssuerListHeadroom(t *testing.T) {
	of := func(n int) source { return storeFile("root.sst", root("CN=A", n)) }
	runCases(t, IssuerListHeadroom, []ruleCase{
		{"room", host{os: "2008r2", sources: []source{of(998), schannelReg()}}, "pass", "room for 147 more average roots of about 102 bytes (1,000 of 16,384 bytes are used)"},
		{"near", host{os: "2008r2", sources: []source{of(15000), schannelReg()}}, "fail", "room for 13 more average roots"},
		{"at the threshold", host{os: "2008r2", sources: []source{of(14744), schannelReg()}}, "fail", ""},
		{"below it", host{os: "2008r2", sources: []source{of(14743), schannelReg()}}, "pass", ""},
		{"a threshold of the policy", host{os: "2008r2", sources: []source{of(998), schannelReg()}, policy: "name: strict\nthresholds: {nearLimitPercent: 5}\n"}, "fail", ""},
		{"near and not sent", host{os: "2012r2", sources: []source{of(15000), schannelReg()}}, "informational", "is not sent"},
		{"near and not sent on 2012", host{os: "2012", sources: []source{of(15000), schannelReg()}}, "fail", ""},
		{"over", host{os: "2008r2", sources: []source{of(17000), schannelReg()}}, "informational", "618 bytes beyond its limit, about 6 average roots"},
		{"broken", host{os: "2008r2", sources: []source{broken(of(100)), schannelReg()}}, "unknown", "at most room for"},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
