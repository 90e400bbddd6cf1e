package rules

import "testing"

func TestUCEvents(t *testing.T) {
	log := func(events ...logged) source {
		return eventLog("application.csv", "Application", append([]logged{seen("ESENT", 701, 1)}, events...)...)
	}
	runCases(t, UCEvents, []ruleCase{
		{"none", host{sources: []source{log()}}, "pass", "in this window"},
		{"Lync", host{sources: []source{log(seen("LS Protocol Stack", 14428, 3))}}, "fail", "outgoing TLS connections fail"},
		{"in the log of Lync", host{sources: []source{eventLog("lync.csv", "Lync Server", seen("LS User Services", 32042, 3))}}, "fail", "an incoming HTTPS certificate was invalid"},
		{"several", host{sources: []source{log(seen("OCS Protocol Stack", 14428, 3), seen("MSExchange Unified Messaging", 1649, 4))}}, "fail,fail", ""},
		{"pool placement is no symptom", host{sources: []source{log(seen("LS User Services", 32174, 3))}}, "pass", ""},
		{"a Lync server whose own log was not read", host{roles: []string{"lync-server"}, sources: []source{log()}}, "notchecked", "write for themselves"},
		{"a Lync server whose own log was read", host{roles: []string{"lync-server"}, sources: []source{eventLog("lync.csv", "Lync Server", seen("LS User Services", 32003, 3))}}, "pass", ""},
		{"broken", host{sources: []source{broken(log())}}, "unknown", ""},
		{"only the System log", host{sources: []source{eventLog("system.csv", "System", seen("Service Control Manager", 7036, 1))}}, "notchecked", ""},
		{"no log", noStore(""), "notchecked", ""},
	})
}

// Each symptom is in the table of events, which says what it means and who says so.
func TestSymptomsAreInTheTable(t *testing.T) {
	tables := loadTables(t)
	for _, s := range symptoms {
		if tables.Event(s.provider, s.id) == nil {
			t.Errorf("%s %d is not in events.tsv", s.provider, s.id)
		}
	}
}
