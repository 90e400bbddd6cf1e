package eventlog

import (
	"bytes"
	"fmt"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// Dates reads the times of one export, in the order of its rows, and finds out
// in which order their day and month stand. Nothing is guessed from a language
// or a separator: what settles it is a part that can only be a day, or that
// the rows are in order of time by one reading and not by the other.
type Dates struct {
	zone  *time.Location
	given evidence.DateOrder
	// UTC says that the export writes times in UTC without saying so.
	UTC bool

	// The last time read, since events come in bursts.
	text       []byte
	day, month time.Time
	ok         bool

	read, zoned, open    int // different times in succession
	onlyDay, onlyMonth   int // of open order, and valid by one reading only
	up, down             [2]int
	firstOpen            string
	onlyDayT, onlyMonthT string
	unreadable           int
}

// NewDates returns a reader of times. zone is that of times without an offset,
// nil if it is not known; given is the order that the user states, or "".
func NewDates(zone *time.Location, given evidence.DateOrder) *Dates {
	return &Dates{zone: zone, given: given}
}

// Read returns both readings of a time, in UTC: with the day first and with the
// month first. They are equal where only one is possible. ok is false if the
// text is no time that Windows writes.
func (d *Dates) Read(text []byte) (dayFirst, monthFirst time.Time, ok bool) {
	if d.text != nil && bytes.Equal(text, d.text) {
		return d.day, d.month, d.ok
	}
	d.text = append(d.text[:0], text...)
	m, ok := parseMoment(text)
	if d.ok = ok; !ok {
		d.unreadable++
		d.day, d.month = time.Time{}, time.Time{}
		return d.day, d.month, false
	}
	d.read++
	before := [2]time.Time{d.day, d.month}
	d.decide(&m)
	if !before[0].IsZero() {
		for i, t := range [2]time.Time{d.day, d.month} {
			switch c := t.Compare(before[i]); {
			case c > 0:
				d.up[i]++
			case c < 0:
				d.down[i]++
			}
		}
	}
	return d.day, d.month, true
}

// decide makes the readings of a moment and notes what they tell of the order.
func (d *Dates) decide(m *moment) {
	zone := time.UTC
	if !d.UTC && d.zone != nil {
		zone = d.zone
	}
	if m.zoned {
		d.zoned++
	}
	if m.fixed {
		d.day = m.at(m.first, m.second, zone)
		d.month = d.day
		return
	}
	if d.open == 0 {
		d.firstOpen = string(d.text)
	}
	d.open++
	asDay, asMonth := m.dayFirst(), m.monthFirst()
	switch {
	case asDay && asMonth:
		d.day = m.at(m.second, m.first, zone)
		d.month = d.day
		if m.first != m.second {
			d.month = m.at(m.first, m.second, zone)
		}
	case asDay:
		if d.onlyDay == 0 {
			d.onlyDayT = string(d.text)
		}
		d.onlyDay++
		d.day = m.at(m.second, m.first, zone)
		d.month = d.day
	default:
		if d.onlyMonth == 0 {
			d.onlyMonthT = string(d.text)
		}
		d.onlyMonth++
		d.day = m.at(m.first, m.second, zone)
		d.month = d.day
	}
}

// assumed reports whether some time is of a zone that nobody stated.
func (d *Dates) assumed() bool { return !d.UTC && d.zone == nil && d.zoned < d.read }

// Order returns the order that holds for the export.
func (d *Dates) Order() evidence.DateOrder {
	switch {
	case d.read == 0 && d.unreadable > 0:
		return evidence.DateUnreadable
	case d.read == 0:
		return ""
	case d.open == 0:
		return evidence.DateFixed
	case d.given == evidence.DayFirst || d.given == evidence.MonthFirst:
		return d.given
	case d.onlyDay > 0 && d.onlyMonth > 0:
		return evidence.DateUndecided
	case d.onlyDay > 0:
		return evidence.DayFirst
	case d.onlyMonth > 0:
		return evidence.MonthFirst
	}
	return d.byRows()
}

// minClearer is by how much more often the rows have to be out of order by one
// reading than by the other. Real logs are out of order where a clock was set.
const minClearer = 4

// byRows decides by the order of the rows: exports are in order of time, most
// often the newest first, and the wrong reading jumps back at each new month.
func (d *Dates) byRows() evidence.DateOrder {
	asDay, asMonth := min(d.up[0], d.down[0]), min(d.up[1], d.down[1])
	switch {
	case asMonth > asDay && asMonth >= minClearer*asDay:
		return evidence.DayFirst
	case asDay > asMonth && asDay >= minClearer*asMonth:
		return evidence.MonthFirst
	}
	return evidence.DateUndecided
}

// Zone returns the name of the zone that the times were read in, and whether
// the export or the user stated it.
func (d *Dates) Zone() (name string, stated bool) {
	switch {
	case d.UTC || d.read > 0 && d.zoned == d.read:
		return "UTC", true
	case d.zone != nil:
		return d.zone.String(), true
	}
	return "UTC (assumed)", false
}

// Diagnose tells sink what was not known of the times. prefix is that of the
// format's diagnostics, where the place of the whole export. Call it once,
// after the last event.
func (d *Dates) Diagnose(prefix string, where evidence.Location, sink evidence.Sink) {
	if d.read == 0 {
		return
	}
	if d.assumed() {
		sink.Diagnose(evidence.Diagnostic{Code: prefix + "-zone-assumed", Severity: evidence.Note, Where: where,
			Summary: "the times carry no zone and were taken for UTC",
			Detail:  "they are of the zone of the computer that made the export; name that zone with --time-zone"})
	}
	switch order := d.Order(); {
	case order == evidence.DateUndecided && d.onlyDay > 0:
		sink.Diagnose(evidence.Diagnostic{Code: prefix + "-date-order-undecided", Severity: evidence.Warning, Where: where,
			Summary: "the dates are written in two ways: times are kept as text",
			Detail:  fmt.Sprintf("%q has the day first and %q the month; export the logs to files of their own, or state the order with --date-order", d.onlyDayT, d.onlyMonthT)})
	case order == evidence.DateUndecided:
		sink.Diagnose(evidence.Diagnostic{Code: prefix + "-date-order-undecided", Severity: evidence.Warning, Where: where,
			Summary: "it cannot be told whether the day or the month comes first in the dates: times are kept as text",
			Detail:  fmt.Sprintf("no date such as %q has a part over 12, and the order of the rows fits both readings; state the order with --date-order", d.firstOpen)})
	case d.open > 0 && (order == evidence.DayFirst && d.onlyMonth > 0 || order == evidence.MonthFirst && d.onlyDay > 0):
		text := d.onlyMonthT
		if order == evidence.MonthFirst {
			text = d.onlyDayT
		}
		sink.Diagnose(evidence.Diagnostic{Code: prefix + "-date-order-contradicted", Severity: evidence.Warning, Where: where,
			Summary: "some dates cannot be read in the order that was stated",
			Detail:  fmt.Sprintf("the order stated is %s, and %q is no date by it; such dates were read the other way", order, text)})
	}
}
