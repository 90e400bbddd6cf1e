package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestSchannelValueTypes(t *testing.T) {
	reg := func(records ...evidence.Record) host {
		return host{sources: []source{regFile("s.reg", append([]evidence.Record{regKey(schannelKey)}, records...)...)}}
	}
	dword := func(below, name string) host {
		return reg(regKey(schannelKey+below), regDWord(schannelKey+below, name, 1))
	}
	runCases(t, SchannelValueTypes, []ruleCase{
		{"in order", host{sources: []source{schannelReg("EventLogging=3", `Protocols\TLS 1.2\Server\Enabled=1`, `Ciphers\RC4 128/128\Enabled=0`)}}, "pass", "the 3 known values"},
		{"all of them are counted", host{sources: []source{schannelReg("EventLogging=1", "SendTrustedIssuerList=0")}}, "pass", "the 2 known values"},
		{"one value", host{sources: []source{schannelReg("SendTrustedIssuerList=0")}}, "pass", "the one known value below SCHANNEL is"},
		{"nothing set", reg(), "pass", "no known value is set"},
		{"a value that no table knows", dword("", "SecretSauce"), "pass", "not in the table: SecretSauce"},
		{"text", reg(regText(schannelKey, "EventLogging", "3")), "fail", "EventLogging is of type REG_SZ"},
		{"a short DWORD", reg(&evidence.RegistryValue{Key: schannelKey, Name: "EventLogging", Type: evidence.RegDWord, Data: []byte{3}}), "fail", "REG_DWORD of 1 bytes"},
		{"misspelt", dword("", "EventLoging"), "fail", `the value "EventLoging" in SCHANNEL itself is not one that Windows reads; it looks like EventLogging`},
		{"with a space", dword("", "EventLogging "), "fail", "looks like EventLogging"},
		{"SendTrustedIssuerList has its own rule", dword("", "SendTrustedIssuers"), "pass", ""},
		{"in another key", dword(`\Protocols`, "EventLogging"), "fail", "EventLogging is read from SCHANNEL itself and not from Protocols"},
		{"a side left out", dword(`\Protocols\TLS 1.2`, "Enabled"), "fail", `and not from Protocols\TLS 1.2`},
		{"a key in place of a value", reg(regKey(schannelKey + `\EventLogging`)), "fail", "is a key"},
		{"a key in place of a value below Messaging", reg(regKey(schannelKey + `\Messaging\MessageLimitClient`)), "fail", "is a key"},
		{"a protocol that there is not", reg(regKey(schannelKey + `\Protocols\TLS1.2`)), "fail", `"TLS1.2" is not a protocol`},
		{"a side that there is not", reg(regKey(schannelKey+`\Protocols\TLS 1.2`), regKey(schannelKey+`\Protocols\TLS 1.2\Servers`)), "fail", "neither Client nor Server"},
		{"old protocols are known", reg(regKey(schannelKey+`\Protocols\PCT 1.0\Client`), regKey(schannelKey+`\Protocols\Multi-Protocol Unified Hello\Server`)), "pass", ""},
		{"at another path", reg(regDWord(`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SCHANNEL`, "EventLogging", 3)), "fail", "which Windows does not read"},
		{"the event source Schannel is something else", reg(regText(`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\EventLog\System\Schannel`, "EventMessageFile", "x")), "pass", ""},
		{"only a subkey was exported", host{sources: []source{regFile("s.reg", regKey(schannelKey+`\Protocols`))}}, "unknown", "not SCHANNEL itself"},
		{"broken", host{sources: []source{broken(schannelReg())}}, "unknown", ""},
		{"not collected", host{sources: []source{regFile("o.reg", regKey(`HKEY_LOCAL_MACHINE\SOFTWARE\Other`))}}, "notchecked", ""},
	})
}
