package rules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// The parts that hosts of the diagnosis are made of.
var (
	bigRoot    = func() source { return storeFile("root.sst", root("CN=A", 9000), root("CN=B", 9000)) }
	smallRoot  = func() source { return storeFile("root.sst", root("CN=A", 100)) }
	systemWith = func(events ...logged) source {
		return eventLog("system.csv", "System", append([]logged{seen("Service Control Manager", 7036, 1), seen("Service Control Manager", 7036, 25)}, events...)...)
	}
	cutOn     = func(day int) logged { return seen(schannelProvider, truncationID, day) }
	alert47On = func(day int) logged { return seen(schannelProvider, alertReceivedID, day).alerting(47) }
	rootsOn   = func(day, n int) []logged {
		var list []logged
		for i := range n {
			list = append(list, seen("Microsoft-Windows-CAPI2", rootAddedID, day).after(time.Duration(i)*time.Minute))
		}
		return list
	}
)

func TestTruncationDiagnosis(t *testing.T) {
	runCases(t, TruncationDiagnosis, []ruleCase{
		{"confirmed", host{os: "2008r2", sources: []source{bigRoot(), schannelReg("EventLogging=3"), systemWith(cutOn(3), cutOn(9))}}, "fail", "truncation is confirmed: Schannel logged 2 times that it cut the list"},
		{"confirmed, and within the limit now", host{os: "2008r2", sources: []source{smallRoot(), schannelReg(), systemWith(cutOn(3))}}, "fail", "may have been mended since, or the model is wrong"},
		{"confirmed without any store", host{sources: []source{systemWith(cutOn(3))}}, "fail", "is confirmed"},
		{"probable without a log", host{os: "2008r2", sources: []source{bigRoot(), schannelReg("EventLogging=3")}}, "fail", "truncation is probable: the list has 18,004 of 16,384 bytes (over) and is sent"},
		{"probable: the command exists on 2008 R2", host{os: "2008r2", sources: []source{bigRoot(), schannelReg("EventLogging=3")}}, "fail", "to settle it: in Windows PowerShell: Get-EventLog -LogName System"},
		{"probable: the log could not have shown it", host{os: "2008r2", sources: []source{bigRoot(), schannelReg("EventLogging=1"), systemWith()}}, "fail", "the log could not have shown it: EventLogging is 1"},
		{"probable: not sent on 2012", host{os: "2012", sources: []source{bigRoot(), schannelReg()}}, "fail", "KB 2880390"},
		{"probable: sent unknown, with alert 47", host{os: "2008r2", sources: []source{bigRoot(), systemWith(alert47On(5))}}, "fail", "alert 47, which KB 2801679 documents"},
		{"possible: the log would have shown it", host{os: "2008r2", sources: []source{bigRoot(), schannelReg("EventLogging=3"), systemWith()}}, "informational", "no event 36885 stands in a log that would show it"},
		{"probable: the only log is of another computer", host{os: "2008r2", sources: []source{bigRoot(), schannelReg("EventLogging=3"), systemLog(0, "db02")}}, "fail", "truncation is probable"},
		{"possible: sent unknown", host{os: "2008r2", sources: []source{bigRoot()}}, "informational", "which is not known"},
		{"possible: an unknown Windows", host{sources: []source{bigRoot(), schannelReg()}}, "informational", "if this is Windows ≤2008r2"},
		{"possible: only alert 47", host{os: "2008r2", sources: []source{systemWith(alert47On(5))}}, "informational", ""},
		{"possible: only reason 266", host{os: "2008r2", sources: []source{eventLog("security.csv", "Security", seen(securityProvider, npsDeniedID, 3).saying("Reason Code: 266"))}}, "informational", "reason 266"},
		{"possible: not sent by default, and alert 47 all the same", host{os: "2016", sources: []source{bigRoot(), schannelReg(), systemWith(alert47On(5))}}, "informational", ""},
		{"unlikely: within the limit", host{os: "2008r2", sources: []source{smallRoot(), schannelReg()}}, "pass", "truncation is unlikely: the list has 102 of 16,384 bytes (under)"},
		{"unlikely: not sent", host{os: "2008r2", sources: []source{bigRoot(), schannelReg("SendTrustedIssuerList=0")}}, "pass", "is not sent"},
		{"unlikely: it would have been logged", host{os: "2008r2", sources: []source{schannelReg("EventLogging=3"), systemWith()}}, "pass", "in a log that would show it (2013-02-01"},
		{"unknown: a broken store", host{os: "2008r2", sources: []source{broken(smallRoot()), schannelReg()}}, "unknown", "cannot be determined"},
		{"unknown: over in a broken store stands", host{os: "2008r2", sources: []source{broken(bigRoot()), schannelReg()}}, "fail", "probable"},
		{"another computer's event", host{os: "2008r2", sources: []source{smallRoot(), schannelReg(), systemLog(3, "db02")}}, "pass", ""},
		{"nothing at all", host{os: "2008r2"}, "notchecked", ""},
	})
}

func diagnose(t *testing.T, h host) *Diagnosis {
	t.Helper()
	return Diagnose(h.judge(t))
}

func strand(t *testing.T, d *Diagnosis, what string) Strand {
	t.Helper()
	for _, s := range d.Strands {
		if strings.HasPrefix(s.What, what) {
			return s
		}
	}
	t.Fatalf("no strand %q: %+v", what, d.Strands)
	return Strand{}
}

func TestDiagnosisCitesItsStrands(t *testing.T) {
	h := host{os: "2008r2", sources: []source{bigRoot(), schannelReg("EventLogging=3"),
		systemWith(cutOn(3).after(40*time.Minute), cutOn(9), alert47On(4), seen(schannelProvider, alertReceivedID, 5).alerting(46)),
		eventLog("application.csv", "Application", append(rootsOn(3, 12), seen("CAPI2", loggingOffID, 3), seen("LS Protocol Stack", 14428, 4))...)}}
	d := diagnose(t, h)
	for what, points := range map[string]Direction{"size of the list": For, "whether a list is sent": For, "event Schannel 36885": For, "alert 47 received": For,
		"other alerts": Silent, "onset": For, "complaints of the products": For} {
		s := strand(t, d, what)
		if s.Points != points || s.Says == "" || len(s.Evidence) == 0 {
			t.Errorf("%s: %+v, want it to point %s", what, s, points)
		}
	}
	if on := strand(t, d, "onset"); !strings.Contains(on.Says, "the first event 36885 followed 40 minutes after") || !strings.Contains(on.Says, "the first alert 47 followed 24 hours after") {
		t.Errorf("onset: %s", on.Says)
	}
	if len(d.Next) != 0 {
		t.Errorf("a confirmed diagnosis lacks nothing: %q", d.Next)
	}

	// The event was there before the roots came in: these are not the cause.
	h.sources[2] = systemWith(cutOn(2), cutOn(9))
	if on := strand(t, diagnose(t, h), "onset"); on.Points != Silent || !strings.Contains(on.Says, "was before that") {
		t.Errorf("onset: %+v", on)
	}

	h.sources = []source{bigRoot(), schannelReg("EventLogging=1"), systemWith()}
	d = diagnose(t, h)
	if s := strand(t, d, "event Schannel 36885"); s.Points != Silent || !strings.Contains(s.Says, "could not have shown it") {
		t.Errorf("%+v", s)
	}
	if len(d.Next) == 0 || !strings.Contains(d.Next[0], "/v EventLogging /t REG_DWORD /d 3") {
		t.Errorf("next: %q", d.Next)
	}

	h.sources = []source{bigRoot(), schannelReg("EventLogging=3"), systemWith()}
	if s := strand(t, diagnose(t, h), "event Schannel 36885"); s.Points != Against {
		t.Errorf("%+v", s)
	}
}

// The command that is named must exist on the host's Windows.
func TestNextCommandsExistOnTheWindows(t *testing.T) {
	for os, want := range map[string]string{"2003sp2": "Save Log File As", "2008": "Event Viewer", "2008r2": "Get-EventLog", "2019": "Get-EventLog", "": "Event Viewer"} {
		d := diagnose(t, host{os: os, sources: []source{bigRoot(), schannelReg("EventLogging=3", "SendTrustedIssuerList=1")}})
		if len(d.Next) == 0 || !strings.Contains(d.Next[0], want) {
			t.Errorf("%q: %q", os, d.Next)
		}
		if os == "" && !slices.Contains(d.Next, collectVersion) {
			t.Errorf("nothing collects the version: %q", d.Next)
		}
	}
}

func TestDiagnosisOfProducts(t *testing.T) {
	d := diagnose(t, host{os: "2008r2", roles: []string{"exchange", "lync-client", "nps"}, sources: []source{bigRoot(), schannelReg("EventLogging=3"),
		systemWith(cutOn(3)), eventLog("application.csv", "Application", seen("LS Protocol Stack", 14428, 4), seen("MSExchange Unified Messaging", 1649, 4))}})
	byName := map[string]ProductDiagnosis{}
	for _, p := range d.Products {
		byName[p.Product] = p
		if p.Summary == "" || p.Why == "" {
			t.Errorf("%+v", p)
		}
	}
	for name, want := range map[string]struct {
		verdict Truncation
		basis   string
	}{
		"Exchange Server, Client Access":     {Confirmed, "stated"},
		"Exchange Server, Mailbox":           {Confirmed, "stated"},
		"Exchange Server, Unified Messaging": {Confirmed, "stated"},
		"Lync Server":                        {Confirmed, "suggested"},
		"Lync client":                        {Undetermined, "stated"},
		"Network Policy Server":              {Confirmed, "stated"},
	} {
		if p := byName[name]; p.Verdict != want.verdict || p.Basis != want.basis {
			t.Errorf("%s: %+v, want %v", name, p, want)
		}
	}
	if p := byName["Exchange Server, Unified Messaging"]; len(p.Evidence) == 0 || !strings.Contains(p.Summary, "1649") {
		t.Errorf("%+v", p)
	}
	if p := byName["Exchange Server, Mailbox"]; strings.Contains(p.Summary, "1649") {
		t.Errorf("an event of Unified Messaging is told of the mailbox role: %+v", p)
	}
	if len(d.Products) != 6 {
		t.Errorf("%d products", len(d.Products))
	}
	// AD FS is said to send its list by default.
	d = diagnose(t, host{os: "2016", roles: []string{"adfs", "iis"}, sources: []source{bigRoot(), schannelReg()}})
	if d.Verdict != Unlikely || d.Products[0].Role != "iis" || d.Products[0].Verdict != Unlikely || d.Products[1].Verdict != Possible {
		t.Errorf("%s: %+v", d.Verdict, d.Products)
	}
	// The client's half of a cut list.
	d = diagnose(t, host{os: "7", roles: []string{"communicator"}, sources: []source{systemWith(seen(schannelProvider, 36875, 4))}})
	if len(d.Products) != 1 || d.Products[0].Verdict != Possible {
		t.Errorf("%+v", d.Products)
	}
}

func TestSuggestedRoles(t *testing.T) {
	c := host{sources: []source{eventLog("a.csv", "Application", seen("LS Protocol Stack", 14428, 1), seen("MSExchangeTransport", 1035, 2), seen("LSA", 1, 2)),
		eventLog("s.csv", "Security", seen(securityProvider, npsDeniedID, 3))}}.judge(t).Case
	var roles []string
	for _, r := range SuggestedRoles(c) {
		roles = append(roles, r.Role)
		if r.Why == "" || len(r.Evidence) == 0 {
			t.Errorf("%+v", r)
		}
	}
	if got := strings.Join(roles, " "); got != "exchange lync-server nps" {
		t.Errorf("roles %q", got)
	}
	for _, s := range roleSources {
		if !slices.Contains(KnownRoles(), s.role) {
			t.Errorf("%q is no role", s.role)
		}
	}
	for _, p := range products {
		if !slices.Contains(KnownRoles(), p.role) {
			t.Errorf("%q is no role", p.role)
		}
	}
}

func TestTimeline(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2013, 1, day, 0, 0, 0, 0, time.UTC) }
	stamped := func(subject string, day int) *evidence.Occurrence {
		return with(root(subject, 50), evidence.PropDateStamp, fileTime(at(day)))
	}
	undated := seen("LS User Services", 32042, 1)
	undated.at = time.Time{}
	list := []*evidence.Occurrence{stamped("CN=Old", 1)}
	for i := range manyStamps {
		list = append(list, stamped("CN="+string(rune('a'+i)), 20))
	}
	h := host{os: "2008r2", sources: []source{storeFile("root.sst", list...), systemWith(cutOn(3), cutOn(9), alert47On(4)),
		eventLog("application.csv", "Application", append(rootsOn(2, 3), undated)...),
		regFile("u.reg", regKey(autoUpdateKey), regBinary(autoUpdateKey, "LastSyncTime", fileTime(time.Date(2013, 2, 2, 12, 0, 0, 0, time.UTC))))}}
	d := diagnose(t, h)
	var got []string
	for i, e := range d.Timeline {
		if len(e.Evidence) == 0 {
			t.Errorf("an entry without evidence: %+v", e)
		}
		if i > 0 && !e.Time.IsZero() && e.Time.Before(d.Timeline[i-1].Time) {
			t.Errorf("entry %d is out of order", i)
		}
		got = append(got, e.What)
	}
	want := []string{
		"the first date stamp (property 27) of a certificate in Root",
		"10 certificates in Root bear date stamps of this day, more than of any other",
		"the last date stamp (property 27) of a certificate in Root",
		"system.csv begins",
		"Windows added a root, the first time of 3",
		"application.csv begins",
		"Windows added a root, the last time of 3",
		"application.csv ends",
		"the root list was fetched last (LastSyncTime)",
		"the list was cut, the first time of 2",
		"alert 47 was received",
		"the list was cut, the last time of 2",
		"system.csv ends",
		"an incoming HTTPS certificate was invalid, once",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("timeline:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if last := d.Timeline[len(d.Timeline)-1]; !last.Time.IsZero() || last.TimeText == "" {
		t.Errorf("an undated entry: %+v", last)
	}
}
