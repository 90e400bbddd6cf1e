package eventlog

import (
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A diagnosed sink keeps the codes of diagnostics.
type diagnosed []string

func (s *diagnosed) Add(evidence.Record) error      { return nil }
func (s *diagnosed) Diagnose(d evidence.Diagnostic) { *s = append(*s, d.Code) }
func (s *diagnosed) has(code string) (found bool) {
	for _, c := range *s {
		found = found || c == code
	}
	return found
}

func TestDateOrder(t *testing.T) {
	for _, c := range []struct {
		name  string
		given evidence.DateOrder
		texts []string
		want  evidence.DateOrder
		code  string
	}{
		{"nothing", "", nil, "", ""},
		{"nothing readable", "", []string{"today", "yesterday"}, evidence.DateUnreadable, ""},
		{"year first", "", []string{"2013-02-04 1:00:00"}, evidence.DateFixed, ""},
		{"month by name", "", []string{"4-Feb-13 1:00:00"}, evidence.DateFixed, ""},
		{"a day over 12", "", []string{"1/2/2013 1:00:00", "13/2/2013 1:00:00"}, evidence.DayFirst, ""},
		{"a month over 12 cannot be", "", []string{"2/13/2013 1:00:00", "1/2/2013 1:00:00"}, evidence.MonthFirst, ""},
		{"one day only", "", []string{"4/2/2013 3:00:00", "4/2/2013 2:00:00"}, evidence.DateUndecided, "x-date-order-undecided"},
		{"equal parts", "", []string{"4/4/2013 3:00:00"}, evidence.DateUndecided, "x-date-order-undecided"},
		{"both ways", "", []string{"13/2/2013 3:00:00", "2/13/2013 2:00:00"}, evidence.DateUndecided, "x-date-order-undecided"},
		{"newest first, over a month's end", "", []string{"3/2/2013 1:00:00", "1/2/2013 1:00:00", "12/1/2013 1:00:00"}, evidence.DayFirst, ""},
		{"oldest first, over a month's end", "", []string{"12/1/2013 1:00:00", "1/2/2013 1:00:00", "3/2/2013 1:00:00"}, evidence.DayFirst, ""},
		{"newest first, month first", "", []string{"2/3/2013 1:00:00", "2/1/2013 1:00:00", "1/12/2013 1:00:00", "1/10/2013 1:00:00"}, evidence.MonthFirst, ""},
		{"in no order", "", []string{"1/2/2013 1:00:00", "3/4/2013 1:00:00", "2/3/2013 1:00:00", "5/1/2013 1:00:00", "1/1/2013 1:00:00"}, evidence.DateUndecided, "x-date-order-undecided"},
		{"given", evidence.MonthFirst, []string{"4/2/2013 3:00:00"}, evidence.MonthFirst, ""},
		{"given and contradicted", evidence.MonthFirst, []string{"13/2/2013 3:00:00"}, evidence.MonthFirst, "x-date-order-contradicted"},
		{"given and not needed", evidence.MonthFirst, []string{"2013-02-04 3:00:00"}, evidence.DateFixed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := NewDates(time.UTC, c.given)
			for _, text := range c.texts {
				d.Read([]byte(text))
				d.Read([]byte(text)) // events come in bursts
			}
			if got := d.Order(); got != c.want {
				t.Errorf("order %q, want %q", got, c.want)
			}
			var s diagnosed
			d.Diagnose("x", evidence.Location{}, &s)
			if c.code == "" && len(s) > 0 || c.code != "" && !s.has(c.code) {
				t.Errorf("diagnostics %v, want %q", s, c.code)
			}
		})
	}
}

func TestDatesReadings(t *testing.T) {
	d := NewDates(nil, "")
	day, month, ok := d.Read([]byte("2/4/2013 1:12:35 PM"))
	if !ok || !day.Equal(time.Date(2013, 4, 2, 13, 12, 35, 0, time.UTC)) || !month.Equal(time.Date(2013, 2, 4, 13, 12, 35, 0, time.UTC)) {
		t.Errorf("got %v and %v", day, month)
	}
	day, month, ok = d.Read([]byte("13/4/2013 1:12:35 PM"))
	if !ok || day != month || day.Day() != 13 {
		t.Errorf("got %v and %v for a date with one reading", day, month)
	}
	if day, month, ok = d.Read([]byte("soon")); ok || !day.IsZero() || !month.IsZero() {
		t.Errorf("got %v and %v for no time", day, month)
	}
}

func TestZone(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	for _, c := range []struct {
		name   string
		zone   *time.Location
		utc    bool
		text   string
		want   string
		stated bool
		at     string
		note   bool
	}{
		{"not known", nil, false, "2013-02-04 12:00:00", "UTC (assumed)", false, "2013-02-04T12:00:00Z", true},
		{"given", berlin, false, "2013-02-04 12:00:00", "CET", true, "2013-02-04T11:00:00Z", false},
		{"the exporter's", berlin, true, "2013-02-04 12:00:00", "UTC", true, "2013-02-04T12:00:00Z", false},
		{"with an offset", nil, false, "2013-02-04 12:00:00+02:00", "UTC", true, "2013-02-04T10:00:00Z", false},
	} {
		d := NewDates(c.zone, "")
		d.UTC = c.utc
		at, _, _ := d.Read([]byte(c.text))
		name, stated := d.Zone()
		if name != c.want || stated != c.stated || at.Format(time.RFC3339) != c.at {
			t.Errorf("%s: zone %q, stated %v, time %v", c.name, name, stated, at)
		}
		var s diagnosed
		d.Diagnose("x", evidence.Location{}, &s)
		if s.has("x-zone-assumed") != c.note {
			t.Errorf("%s: diagnostics %v", c.name, s)
		}
	}
}
