package rules

import (
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestEventLogGaps(t *testing.T) {
	long := func(events ...logged) source {
		return eventLog("system.csv", "System", append([]logged{seen("Service Control Manager", 7036, 1), seen("Service Control Manager", 7036, 20)}, events...)...)
	}
	undated := func() source {
		s := long()
		s.records[len(s.records)-1].(*evidence.EventLog).DateOrder = evidence.DateUndecided
		return s
	}
	short := eventLog("system.csv", "System", seen("Service Control Manager", 7036, 1), seen("Service Control Manager", 7036, 7))
	runCases(t, EventLogGaps, []ruleCase{
		{"none", host{sources: []source{long()}}, "pass", "system.csv: 2013-02-01 00:00:00 UTC to 2013-02-20 00:00:00 UTC"},
		{"a gap", host{sources: []source{eventLog("application.csv", "Application", seen("CAPI2", loggingOffID, 3).saying("Reached crypt32 threshold of 50 events and will suspend logging for 60 minutes."))}}, "fail", "once for 60 minutes after 50 events"},
		{"WINS has such a number too", host{sources: []source{long(seen("WINS", loggingOffID, 3))}}, "pass", ""},
		{"less than a week", host{sources: []source{short}}, "informational", "covers less than a week"},
		{"dates that can be read in two ways", host{sources: []source{undated()}}, "unknown", "--date-order"},
		{"broken", host{sources: []source{broken(long())}}, "unknown", ""},
		{"no log", noStore(""), "notchecked", ""},
	})
}

func TestLapse(t *testing.T) {
	for d, want := range map[time.Duration]string{90 * time.Second: "90 seconds", 39 * time.Minute: "39 minutes", 5 * time.Hour: "5 hours", 72 * time.Hour: "3 days"} {
		if got := lapse(d); got != want {
			t.Errorf("lapse(%v) = %q", d, got)
		}
	}
}
