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
	// numbers is a log of some weeks whose records have these numbers.
	numbers := func(name, channel string, runs ...[2]uint64) source {
		var list []logged
		for _, r := range runs {
			for n := r[0]; n <= r[1]; n++ {
				list = append(list, seen("Service Control Manager", 7036, 1).after(time.Duration(n)*time.Hour).no(n))
			}
		}
		return eventLog(name, channel, list...)
	}
	few := func() source { return numbers("system.csv", "System", [2]uint64{1, 400}, [2]uint64{431, 800}) }
	selection := numbers("system.csv", "System", [2]uint64{1, 4}, [2]uint64{300, 320}, [2]uint64{790, 800})
	partly := few()
	for _, r := range partly.records[:40] {
		r.(*evidence.Event).RecordID = 0
	}
	wide := numbers("system.csv", "System")
	for n := range uint64(evidence.MaxRecordLogChunks + 2) {
		wide.records = append([]evidence.Record{&evidence.Event{Where: evidence.Location{Source: "system.csv"}, Provider: "Schannel", Channel: "System", Alert: evidence.NoAlert, RecordID: 1 + n<<20,
			Time: testDay.AddDate(0, 0, -int(n%20)), TimeMonthFirst: testDay.AddDate(0, 0, -int(n%20))}}, wide.records...)
	}
	runCases(t, EventLogGaps, []ruleCase{
		{"no gap, and no record numbers", host{sources: []source{long()}}, "notchecked,pass", "system.csv: 2013-02-01 00:00:00 UTC to 2013-02-20 00:00:00 UTC"},
		{"CAPI2 was silent", host{sources: []source{eventLog("application.csv", "Application", seen("CAPI2", loggingOffID, 3).saying("Reached crypt32 threshold of 50 events and will suspend logging for 60 minutes."))}}, "fail", "once for 60 minutes after 50 events"},
		{"WINS has such a number too", host{sources: []source{long(seen("WINS", loggingOffID, 3))}}, "notchecked,pass", ""},
		{"less than a week", host{sources: []source{short}}, "informational,notchecked", "covers less than a week"},
		{"dates that can be read in two ways", host{sources: []source{undated()}}, "notchecked,unknown", "--date-order"},
		{"broken", host{sources: []source{broken(long())}}, "notchecked,unknown", ""},
		{"no log", noStore(""), "notchecked", ""},

		{"every number is there", host{sources: []source{numbers("system.csv", "System", [2]uint64{7000, 7800})}}, "pass", ""},
		{"a hole in a whole log", host{sources: []source{few()}}, "fail,pass", "30 of the 800 record numbers of System are missing in one place, the most from 401 to 430 (between 2013-02-17 16:00:00 UTC and 2013-02-18 23:00:00 UTC)"},
		{"another export has the records", host{sources: []source{few(), numbers("more.csv", "System", [2]uint64{350, 500})}}, "pass", ""},
		{"a selection", host{sources: []source{selection}}, "pass,unknown", "so many holes are those of a selection"},
		{"a hole in a broken log", host{sources: []source{broken(few())}}, "unknown,unknown", "was not read whole, so the records may be there"},
		{"records without a number", host{sources: []source{partly}}, "pass,unknown", "40 records carry no number"},
		{"a hole in a log that names no channel", host{sources: []source{numbers("sys.csv", "", [2]uint64{1, 400}, [2]uint64{431, 800})}}, "fail,pass", "record numbers of sys.csv are missing"},
		{"a log of which nothing is concluded", host{sources: []source{numbers("setup.csv", "Setup", [2]uint64{1, 400}, [2]uint64{431, 800})}}, "pass", ""},
		{"numbers that no log has", host{sources: []source{wide}}, "pass,unknown", "lie too far apart"},
	})
}

// The rows beside a hole are its evidence.
func TestRecordHolesAreLocated(t *testing.T) {
	var list []logged
	for n := uint64(1); n <= 300; n++ {
		if n != 150 {
			list = append(list, seen("Service Control Manager", 7036, 1).no(n))
		}
	}
	for _, f := range (host{sources: []source{eventLog("system.csv", "System", list...)}}).findings(t, "event-log-gaps") {
		if f.Outcome != Failed {
			continue
		}
		if len(f.Evidence) != 2 || f.Evidence[0].Line != 150 || f.Evidence[1].Line != 151 {
			t.Errorf("evidence %v", f.Evidence)
		}
		return
	}
	t.Error("the hole was not found")
}

func TestLapse(t *testing.T) {
	for d, want := range map[time.Duration]string{90 * time.Second: "90 seconds", 39 * time.Minute: "39 minutes", 5 * time.Hour: "5 hours", 72 * time.Hour: "3 days"} {
		if got := lapse(d); got != want {
			t.Errorf("lapse(%v) = %q", d, got)
		}
	}
}
