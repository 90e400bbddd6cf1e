package rules

import (
	"strings"
	"testing"
	"time"
)

func TestRootAddedEvents(t *testing.T) {
	const capi2 = "Microsoft-Windows-CAPI2"
	a := root("CN=New Root", 20)
	added := func(thumb string, minute int) logged {
		return seen(capi2, rootAddedID, 3).after(time.Duration(minute) * time.Minute).saying("Stammzertifikat aktualisiert: Antragsteller: <CN=New Root>, SHA1: <" + thumb + ">.")
	}
	log := func(events ...logged) source {
		return eventLog("application.csv", "Application", append([]logged{seen("ESENT", 701, 1)}, events...)...)
	}
	runCases(t, RootAddedEvents, []ruleCase{
		{"none", host{sources: []source{log()}}, "pass", "in this window"},
		{"one that is in Root", host{sources: []source{log(added(a.Thumbprint(), 0)), storeFile("root.sst", a)}}, "informational", "among them New Root"},
		{"one that is gone again", host{sources: []source{log(added(strings.ToLower(vistaRoots[0]), 0)), storeFile("root.sst", a)}}, "informational", vistaRoots[0] + " (1 of these are not in the exported Root)"},
		{"before the list was cut", host{sources: []source{log(added(a.Thumbprint(), 0), added(vistaRoots[1], 5)), eventLog("system.csv", "System", seen(schannelProvider, truncationID, 3).after(40*time.Minute))}}, "informational", "the first event 36885 followed 40 minutes after"},
		{"with a gap", host{sources: []source{log(added(a.Thumbprint(), 0), seen("CAPI2", loggingOffID, 3))}}, "informational", "more came in than were logged"},
		{"by the other name of the provider", host{sources: []source{log(seen("CAPI2", rootAddedID, 3))}}, "informational", "once"},
		{"MSDTC has such a number too", host{sources: []source{log(seen("MSDTC Client 2", rootAddedID, 3))}}, "pass", ""},
		{"broken", host{sources: []source{broken(log())}}, "unknown", ""},
		{"only the System log", host{sources: []source{eventLog("system.csv", "System", seen("Service Control Manager", 7036, 1))}}, "notchecked", ""},
		{"no log", noStore(""), "notchecked", ""},
	})
}

func TestThumbprintIn(t *testing.T) {
	for text, want := range map[string]bool{
		"SHA1: <" + vistaRoots[0] + ">": true, strings.ToLower(vistaRoots[0]): true, "x" + vistaRoots[0]: false, vistaRoots[0] + "00": false, "": false,
		strings.Repeat("z", 40): false,
	} {
		if _, ok := thumbprintIn(text); ok != want {
			t.Errorf("thumbprintIn(%q) = %v", text, ok)
		}
	}
}
