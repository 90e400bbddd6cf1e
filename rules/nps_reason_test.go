package rules

import (
	"fmt"
	"testing"
)

func TestNPSReason(t *testing.T) {
	denied := func(user, reason int) logged {
		return seen(securityProvider, npsDeniedID, 4).saying(fmt.Sprintf("Network Policy Server denied access to a user.\r\n\r\nUser:\r\n\tAccount Name:\t\tuser%d\r\nNAS:\r\n\tNAS Port:\t\t266\r\n\r\nAuthentication Details:\r\n\tReason Code:\t\t%d\r\n\tReason:\t\t\tThe message received was unexpected.", user, reason))
	}
	other := func(user int) logged { return denied(user, 16) }
	log := func(events ...logged) source {
		return eventLog("security.csv", "Security", append([]logged{seen(securityProvider, 4624, 1)}, events...)...)
	}
	runCases(t, NPSReason, []ruleCase{
		{"none", host{sources: []source{log()}}, "pass", "no access that it denied"},
		{"266", host{sources: []source{log(denied(1, 266), denied(2, 266))}}, "fail", "reason 266: the message was unexpected or badly formatted"},
		{"two reasons", host{sources: []source{log(denied(1, 266), denied(2, 265))}}, "fail,fail", "reason 265"},
		{"another reason", host{sources: []source{log(other(1), other(2))}}, "pass", "not about certificates (16)"},
		{"another reason in what was kept of many", host{sources: []source{log(other(1), other(2), other(3), other(4), other(5), denied(6, 266))}}, "unknown", "of 6 events, 5 different texts were kept"},
		{"266 as an event id is something else", host{sources: []source{log(seen("WINS", 266, 3))}}, "pass", ""},
		{"in another language", host{sources: []source{log(seen(securityProvider, npsDeniedID, 3).saying("Zugriff verweigert.\r\n\tNAS-Port:\t\t5\r\n\tUrsachencode:\t\t266\r\n\tUrsache:\t\tDie Nachricht war unerwartet."))}}, "fail", ""},
		{"in named data", host{sources: []source{log(seen(securityProvider, npsDeniedID, 3).saying(`{"Data":[{"@Name":"NASPort","#text":"7"},{"@Name":"ReasonCode","#text":"266"}]}`))}}, "fail", ""},
		{"IAS on 2003", host{sources: []source{eventLog("system.csv", "System", seen(iasProvider, iasDeniedID, 3).saying("User x was denied access.\n Policy-Name = a\n Reason-Code = 266\n Reason = The message received was unexpected."))}}, "fail", ""},
		{"no text", host{sources: []source{log(seen(securityProvider, npsDeniedID, 3))}}, "unknown", "do not give"},
		{"broken", host{sources: []source{broken(log())}}, "unknown", ""},
		{"no Security log", host{sources: []source{eventLog("system.csv", "System", seen("Service Control Manager", 7036, 1))}}, "notchecked", ""},
		{"no log", noStore(""), "notchecked", ""},
	})
}
