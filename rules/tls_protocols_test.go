package rules

import "testing"

func TestTLSProtocols(t *testing.T) {
	both := func(name, enabled, held string) []string {
		return []string{`Protocols\` + name + `\Client\Enabled=` + enabled, `Protocols\` + name + `\Client\DisabledByDefault=` + held,
			`Protocols\` + name + `\Server\Enabled=` + enabled, `Protocols\` + name + `\Server\DisabledByDefault=` + held}
	}
	on := func(os string, values ...string) host { return host{os: os, sources: []source{schannelReg(values...)}} }
	exchange := func(h host) host { h.roles = []string{"exchange"}; return h }
	oldOff := append(both("SSL 2.0", "0", "1"), both("SSL 3.0", "0", "1")...)
	runCases(t, TLSProtocols, []ruleCase{
		{"2019 by default", on("2019"), "pass", "TLS 1.2 Enabled by default, TLS 1.3 not supported"},
		{"2008 R2 by default", on("2008r2"), "informational", "uses TLS 1.2 only where an application asks for it"},
		{"2008 R2 set right", on("2008r2", append(both("TLS 1.2", "1", "0"), oldOff...)...), "pass", "TLS 1.2 Enabled, "},
		{"all bits are on, too", on("2008r2", append(both("TLS 1.2", "4294967295", "0"), oldOff...)...), "pass", "TLS 1.2 Enabled, "},
		{"old protocols are on", on("2012r2"), "informational", "SSL 3.0 can be used and should not be"},
		{"TLS 1.2 switched off", on("2019", both("TLS 1.2", "0", "1")...), "fail", "TLS 1.2 is Disabled: it cannot be used"},
		{"TLS 1.0 switched off", on("2019", both("TLS 1.0", "0", "1")...), "pass", "TLS 1.0 Disabled"},
		{"half disabled", on("2019", both("TLS 1.1", "1", "1")...), "fail", "TLS 1.1 is Half Disabled: Enabled and DisabledByDefault contradict"},
		{"half disabled the other way", on("2019", both("TLS 1.1", "0", "0")...), "fail", "Half Disabled"},
		{"only Enabled 0", on("2019", `Protocols\TLS 1.1\Client\Enabled=0`, `Protocols\TLS 1.1\Server\Enabled=0`), "pass", "TLS 1.1 Disabled"},
		{"sides differ", on("2019", `Protocols\TLS 1.0\Server\Enabled=0`), "fail", "TLS 1.0 is Misconfigured: client and server differ"},
		{"only one side on 2008 R2", on("2008r2", append([]string{`Protocols\TLS 1.2\Server\Enabled=1`, `Protocols\TLS 1.2\Server\DisabledByDefault=0`}, oldOff...)...), "fail", "Misconfigured"},
		{"what Windows itself writes", on("2012r2", append([]string{`Protocols\SSL 2.0\Client\DisabledByDefault=1`}, both("SSL 3.0", "0", "1")...)...), "pass", ""},
		{"what Windows does by itself, set", on("2012r2", append(both("TLS 1.2", "4294967295", "0"), oldOff...)...), "pass", "TLS 1.2 Enabled, TLS 1.3"},
		{"one side of SSL 2.0 set to its default", on("2008r2", `Protocols\SSL 2.0\Client\DisabledByDefault=1`), "informational", "SSL 2.0 as client only where asked for, as server on"},
		{"a number that Exchange's documents do not give", exchange(on("2012r2", append(both("TLS 1.2", "4294967295", "0"), oldOff...)...)), "informational", "other than 0 and 1 are set for TLS 1.2"},
		{"0 and 1 on Exchange", exchange(on("2012r2", append(both("TLS 1.2", "1", "0"), oldOff...)...)), "pass", ""},
		{"no version of TLS is left", on("2003sp2", both("TLS 1.0", "0", "1")...), "fail", "no version of TLS is left"},
		{"TLS 1.2 does not exist", on("2003sp2"), "informational", "does not know TLS 1.2"},
		{"an unknown Windows", on("", both("TLS 1.2", "1", "0")...), "pass", "TLS 1.2 Enabled"},
		{"an unknown Windows and nothing set", on(""), "unknown", "not known"},
		{"broken", host{os: "2019", sources: []source{broken(schannelReg())}}, "unknown", ""},
		{"not collected", host{os: "2019", sources: []source{regFile("o.reg", regKey(`HKEY_LOCAL_MACHINE\SOFTWARE\Other`))}}, "notchecked", ""},
	})
}
