package rules

import "testing"

func TestSchannelClientCertificateEvents(t *testing.T) {
	log := func(ids ...uint32) source {
		events := []logged{seen("Service Control Manager", 7036, 1)}
		for _, id := range ids {
			events = append(events, seen(schannelProvider, id, 9))
		}
		return eventLog("system.csv", "System", events...)
	}
	runCases(t, SchannelClientCertificateEvents, []ruleCase{
		{"none, and they would have been logged", host{sources: []source{log(), schannelReg("EventLogging=3")}}, "pass", "in this window"},
		{"none, by default", host{sources: []source{log(), schannelReg()}}, "notchecked", "most could not have been"},
		{"none, logging unknown", host{sources: []source{log()}}, "notchecked", "proves nothing"},
		{"a client's certificate", host{sources: []source{log(36877, 36877)}}, "fail", "event 36877 was logged 2 times"},
		{"the client's half", host{sources: []source{log(36875)}}, "fail", "the client's half of a truncated list"},
		{"mapping and others inform", host{sources: []source{log(36878, 36879, 36876, 36881, 36883, 36884)}}, "informational,informational,informational,informational,informational,informational", ""},
		{"too many roots removed", host{sources: []source{log(36882)}}, "fail", "untrusted authority"},
		{"broken", host{sources: []source{broken(log()), schannelReg("EventLogging=3")}}, "unknown", ""},
		{"no log", noStore(""), "notchecked", ""},
	})
}
