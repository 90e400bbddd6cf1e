package evidence

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func open(t *testing.T, c *Case, name string) *Source {
	t.Helper()
	s := &Source{Name: name}
	c.Begin(s)
	return s
}

func add(t *testing.T, c *Case, records ...Record) {
	t.Helper()
	for _, r := range records {
		if err := c.Add(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCaseMarksALossyFileIncomplete(t *testing.T) {
	for _, tt := range []struct {
		name string
		d    Diagnostic
		want bool
	}{
		{"note", Diagnostic{Code: "a", Severity: Note}, true},
		{"warning", Diagnostic{Code: "a", Severity: Warning}, true},
		{"lost warning", Diagnostic{Code: "a", Severity: Warning, Lost: true}, false},
		{"error", Diagnostic{Code: "a", Severity: Error}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := NewCase("h")
			s := open(t, c, "f")
			c.Diagnose(tt.d)
			c.End()
			if s.Complete != tt.want {
				t.Errorf("complete = %v, want %v", s.Complete, tt.want)
			}
		})
	}
}

func TestCaseCountsDiagnosticsOverTheBound(t *testing.T) {
	c := NewCase("h")
	open(t, c, "f")
	for range MaxDiagnostics + 7 {
		c.Diagnose(Diagnostic{Code: "same", Severity: Warning})
	}
	c.Diagnose(Diagnostic{Code: "other", Severity: Warning})
	c.End()
	if got, want := len(c.Diagnostics), MaxDiagnostics+2; got != want {
		t.Fatalf("%d diagnostics are kept, want %d", got, want)
	}
	last := c.Diagnostics[len(c.Diagnostics)-1]
	if last.Summary != "and 7 more of the same in this source" {
		t.Errorf("the last says %q", last.Summary)
	}
}

func TestCaseLaterRegistryValueWins(t *testing.T) {
	c := NewCase("h")
	open(t, c, "f")
	key := `HKEY_LOCAL_MACHINE\SYSTEM\X`
	dword := func(name string, n byte) *RegistryValue {
		return &RegistryValue{Key: key, Name: name, Type: RegDWord, Data: []byte{n, 0, 0, 0}}
	}
	add(t, c, &RegistryKey{Key: key}, dword("A", 1), &RegistryValue{Key: strings.ToLower(key), Name: "a", Type: RegDWord, Data: []byte{2, 0, 0, 0}},
		dword("B", 1), &RegistryValue{Key: key, Name: "b", Deleted: true},
		&RegistryKey{Key: key + `\Sub`}, &RegistryValue{Key: key + `\Sub`, Name: "C", Type: RegDWord, Data: []byte{1, 0, 0, 0}}, &RegistryKey{Key: key + `\SUB`, Deleted: true})
	c.End()
	if n, _ := c.Registry.Value(key, "A").DWord(); n != 2 {
		t.Errorf("A = %d, want the later value 2", n)
	}
	if v := c.Registry.Value(key, "B"); v != nil {
		t.Errorf("B was deleted and is still there: %v", v)
	}
	if v := c.Registry.Value(key+`\Sub`, "C"); v != nil || c.Registry.Key(key+`\Sub`) != nil {
		t.Errorf("Sub was deleted and is still there")
	}
}

func TestRegistryCollectedByAncestor(t *testing.T) {
	c := NewCase("h")
	open(t, c, "f")
	add(t, c, &RegistryKey{Key: `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft`})
	c.End()
	if c.Registry.Collected(`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\ROOT`) == nil {
		t.Error("a key below an exported one counts as collected")
	}
	if c.Registry.Collected(`HKEY_LOCAL_MACHINE\SOFTWARE`) != nil || c.Registry.Collected(`HKEY_LOCAL_MACHINE\SOFTWARE\MicrosoftX`) != nil {
		t.Error("a key above or beside an exported one is not collected")
	}
}

func TestCaseReducesALargeRegistry(t *testing.T) {
	wanted := `HKEY_LOCAL_MACHINE\SYSTEM\*\Control\SecurityProviders\SCHANNEL`
	c := NewCase("h", Interest{Keys: []string{wanted}})
	s := open(t, c, "f")
	add(t, c, &RegistryKey{Key: `HKEY_LOCAL_MACHINE\SYSTEM`})
	for i := range MaxPlainValues + 100 {
		key := fmt.Sprintf(`HKEY_LOCAL_MACHINE\SYSTEM\Noise\%d`, i)
		add(t, c, &RegistryKey{Key: key}, &RegistryValue{Key: key, Name: "v", Type: RegDWord, Data: make([]byte, 4)})
	}
	schannel := `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Control\SecurityProviders\SCHANNEL`
	add(t, c, &RegistryKey{Key: schannel}, &RegistryValue{Key: schannel, Name: "EventLogging", Type: RegDWord, Data: []byte{3, 0, 0, 0}})
	c.End()
	if s.Records.RegistryValues != MaxPlainValues+101 {
		t.Errorf("%d values are counted", s.Records.RegistryValues)
	}
	if c.Registry.Value(schannel, "EventLogging") == nil || c.Registry.Key(schannel) == nil {
		t.Error("a value that a rule wants was dropped")
	}
	if n := len(c.Registry.Values()); n > MaxPlainValues+1 {
		t.Errorf("%d values are kept", n)
	}
	if !s.Complete {
		t.Error("a reduced registry is still complete: all was read")
	}
	if len(c.Diagnostics) != 1 || c.Diagnostics[0].Code != "registry-reduced" {
		t.Errorf("diagnostics: %v", c.Diagnostics)
	}
}

func TestMatchKey(t *testing.T) {
	for _, tt := range []struct {
		pattern, key string
		want         bool
	}{
		{`A\B`, `A\B`, true}, {`A\B`, `a\b\C`, true}, {`A\B`, `A`, false}, {`A\B`, `A\BB`, false},
		{`A\*\C`, `A\x\C\D`, true}, {`A\*\C`, `A\C`, false},
	} {
		if got := matchKey(tt.pattern, tt.key); got != tt.want {
			t.Errorf("matchKey(%q, %q) = %v", tt.pattern, tt.key, got)
		}
	}
}

func TestKeepsAgreesWithWhatIsKept(t *testing.T) {
	c := NewCase("h", Interest{Keys: []string{`HKLM\A\*\C`}})
	open(t, c, "f")
	if !c.Keeps(`HKLM\Z`) {
		t.Error("a small export is kept whole")
	}
	c.plainKeys, c.plainCount = MaxPlainValues, MaxPlainValues
	for key, want := range map[string]bool{`HKLM`: true, `hklm\a`: true, `HKLM\A\x`: true, `HKLM\A\x\c\d`: true, `HKLM\A\x\D`: false, `HKLM\B`: false, `HKCU`: false} {
		if got := c.Keeps(key); got != want {
			t.Errorf("Keeps(%q) = %v", key, got)
		}
	}
	c.CountValue(3)
	if c.source.Records.RegistryValues != 1 {
		t.Error("a value that is not kept was not counted")
	}
}

func event(provider string, id uint32, computer string, day, month time.Time) *Event {
	return &Event{Provider: provider, ID: id, Alert: NoAlert, Computer: computer, Time: day, TimeMonthFirst: month, TimeText: []byte("t"), Message: []byte("m")}
}

func TestEventsAreGroupedAndTheDateReadingIsChosen(t *testing.T) {
	d := func(month time.Month, day int) time.Time { return time.Date(2013, month, day, 0, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		order       DateOrder
		first, last time.Time
	}{
		{DayFirst, d(1, 2), d(3, 4)},
		{MonthFirst, d(2, 1), d(4, 3)},
		{DateUndecided, time.Time{}, time.Time{}},
	} {
		t.Run(string(tt.order), func(t *testing.T) {
			c := NewCase("web01")
			open(t, c, "log.csv")
			add(t, c, event("Schannel", 36885, "", d(3, 4), d(4, 3)), event("Schannel", 36885, "", d(1, 2), d(2, 1)), event("Other", 36885, "", d(1, 1), d(1, 1)),
				&EventLog{Where: Location{Source: "log.csv"}, DateOrder: tt.order})
			c.End()
			c.Finish(func(string) bool { return false })
			if len(c.Events) != 2 {
				t.Fatalf("%d groups, want 2", len(c.Events))
			}
			g := c.Events[1]
			if g.Provider != "Schannel" || g.Count != 2 || !g.Own {
				t.Errorf("group: %+v", g)
			}
			if !g.First.Equal(tt.first) || !g.Last.Equal(tt.last) {
				t.Errorf("first %v, last %v; want %v, %v", g.First, g.Last, tt.first, tt.last)
			}
			if tt.order == DateUndecided && g.FirstText != "t" {
				t.Errorf("an undecided date keeps no text: %+v", g)
			}
		})
	}
}

func TestEventsOfAnotherComputerAreNotTheHosts(t *testing.T) {
	c := NewCase("web01")
	open(t, c, "log.csv")
	now := time.Unix(0, 0)
	add(t, c, event("Schannel", 36885, "web01", now, now), event("Schannel", 36885, "db02", now, now), event("Schannel", 36885, "db02", now, now))
	c.End()
	c.Finish(func(n string) bool { return n == "web01" })
	if len(c.Events) != 2 || c.Events[0].Own || !c.Events[1].Own {
		t.Fatalf("groups: %+v %+v", c.Events[0], c.Events[1])
	}
	if len(c.Diagnostics) != 1 || c.Diagnostics[0].Code != "events-other-computer" || c.Diagnostics[0].Where.Source != "log.csv" {
		t.Errorf("diagnostics: %+v", c.Diagnostics)
	}
}

func TestEventGroupsAreBounded(t *testing.T) {
	c := NewCase("h", Interest{Events: []EventKey{{"Schannel", 36885}}})
	s := open(t, c, "log.csv")
	e := event("p", 0, "", time.Time{}, time.Time{})
	for i := range MaxEventGroups + 10 {
		e.ID = uint32(i)
		add(t, c, e)
	}
	add(t, c, event("Schannel", 36885, "", time.Time{}, time.Time{}))
	c.End()
	c.Finish(func(string) bool { return true })
	if len(c.Events) != MaxEventGroups+1 {
		t.Errorf("%d groups are kept", len(c.Events))
	}
	if s.Complete || s.Records.Events != MaxEventGroups+11 {
		t.Errorf("source: %+v", s)
	}
}

func TestBlobOfOneKeyCountsOnce(t *testing.T) {
	c := NewCase("h")
	s := open(t, c, "f.reg")
	blob := func(key string) *Occurrence {
		return &Occurrence{Where: Location{Source: "f.reg", Path: "[" + key + "] Blob"}, KeyName: "AA", Certificate: &Certificate{}}
	}
	add(t, c, blob(`HKLM\R\AA`), blob(`HKLM\R\BB`), blob(`hklm\r\aa`), &RegistryKey{Key: `HKLM\R\BB`, Deleted: true},
		blob(`HKLM\R\CC`), &RegistryValue{Key: `HKLM\R\CC`, Name: "blob", Deleted: true})
	c.End()
	if len(c.Occurrences) != 1 || c.Occurrences[0].Where.Path != `[hklm\r\aa] Blob` || s.Records.Certificates != 1 {
		t.Errorf("%d occurrences, %d counted", len(c.Occurrences), s.Records.Certificates)
	}
}

func TestRegistryStrings(t *testing.T) {
	utf16 := func(s string) []byte {
		var b []byte
		for _, r := range s {
			b = append(b, byte(r), byte(r>>8))
		}
		return b
	}
	v := &RegistryValue{Type: RegMultiSZ, Data: utf16("a\x00bc\x00\x00")}
	if got, ok := v.Strings(); !ok || strings.Join(got, "|") != "a|bc" {
		t.Errorf("strings = %q, %v", got, ok)
	}
	v = &RegistryValue{Type: RegMultiSZ, Data: utf16("no end")}
	if got, _ := v.Strings(); strings.Join(got, "|") != "no end" {
		t.Errorf("strings = %q", got)
	}
}
