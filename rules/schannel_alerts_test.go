package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestSchannelAlerts(t *testing.T) {
	noise := seen("Service Control Manager", 7036, 1)
	received := func(code int) logged { return seen(schannelProvider, alertReceivedID, 5).alerting(code) }
	sent := func(code int) logged { return seen(schannelProvider, alertSentID, 6).alerting(code) }
	log := func(events ...logged) source {
		return eventLog("system.csv", "System", append([]logged{noise}, events...)...)
	}
	big := func() source { return storeFile("root.sst", root("CN=A", 17000)) }
	runCases(t, SchannelAlerts, []ruleCase{
		{"none", host{os: "2008r2", sources: []source{log(), schannelReg()}}, "pass", "in this window (2013-02-01"},
		{"47 and a list that is over", host{os: "2008r2", sources: []source{log(received(47), received(47)), schannelReg(), big()}}, "fail", "alert 47 (illegal_parameter) was received 2 times"},
		{"47 and event 36885", host{os: "2008r2", sources: []source{log(received(47), seen(schannelProvider, truncationID, 4))}}, "fail", "event 36885 was logged too"},
		{"47 alone", host{os: "2008r2", sources: []source{log(received(47))}}, "informational", "documented with"},
		{"47 that was sent", host{os: "2008r2", sources: []source{log(sent(47)), schannelReg(), big()}}, "informational", "was sent once"},
		{"about certificates", host{os: "2008r2", sources: []source{log(received(48), received(46))}}, "informational,informational", "48 (unknown_ca)"},
		{"about other things", host{os: "2008r2", sources: []source{log(received(70), sent(20))}}, "informational", "nothing to do with the list: alert 70 (protocol_version) was received once; alert 20"},
		{"a code that could not be read", host{os: "2008r2", sources: []source{log(received(evidence.NoAlert))}}, "informational", "of unreadable code"},
		{"another provider's", host{os: "2008r2", sources: []source{log(seen("Backup", alertReceivedID, 5).alerting(47))}}, "pass", ""},
		{"nothing is logged", host{os: "2008r2", sources: []source{log(), schannelReg("EventLogging=0")}}, "notchecked", "EventLogging is 0"},
		{"2019 logs them as information", host{os: "2019", sources: []source{log(), schannelReg()}}, "unknown", "as information"},
		{"2019 with all logging", host{os: "2019", sources: []source{log(), schannelReg("EventLogging=7")}}, "pass", ""},
		{"broken", host{os: "2008r2", sources: []source{broken(log())}}, "unknown", ""},
		{"no System log", host{os: "2008r2", sources: []source{eventLog("application.csv", "Application", seen("ESENT", 701, 1))}}, "notchecked", ""},
		{"no log", noStore("2008r2"), "notchecked", ""},
	})
}
