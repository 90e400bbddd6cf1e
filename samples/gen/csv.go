package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// An event is one row of a log.
type event struct {
	level    string
	at       time.Time
	source   string
	id       int
	category string
	message  string
}

// A language is how one edition of Event Viewer writes a log.
type language struct {
	header string
	layout string // of time.Format
}

var (
	english = language{"Level,Date and Time,Source,Event ID,Task Category", "1/2/2006 3:04:05 PM"}
	german  = language{"Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie", "02.01.2006 15:04:05"}
)

// eventCSV writes events as Event Viewer saves them: UTF-8 with a byte order
// mark, CRLF, newest first, quotes only where a field needs them, and the
// message in a sixth field that has no header.
func (l language) eventCSV(events []event) []byte {
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b event) int { return b.at.Compare(a.at) })
	var b strings.Builder
	b.WriteString("\uFEFF" + l.header + "\r\n")
	for _, e := range sorted {
		fields := []string{e.level, e.at.Format(l.layout), e.source, fmt.Sprint(e.id), e.category, e.message}
		for i, f := range fields {
			if strings.ContainsAny(f, ",\"\r\n") {
				fields[i] = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
			}
		}
		b.WriteString(strings.Join(fields, ",") + "\r\n")
	}
	return []byte(b.String())
}

// A dice gives numbers that look random and are the same each time (the
// generator of Park and Miller).
type dice uint64

// roll returns a number from 0 to n-1.
func (d *dice) roll(n int) int {
	*d = dice(uint64(*d) * 48271 % 2147483647)
	return int(uint64(*d) % uint64(n))
}

// between returns a time from a to b, to the second.
func (d *dice) between(a, b time.Time) time.Time {
	return a.Add(time.Duration(d.roll(int(b.Sub(a)/time.Second))) * time.Second)
}

// date gives a moment of a log or a store; the zone does not matter, since
// these logs tell none.
func date(year int, month time.Month, day, hour, minute, second int) time.Time {
	return time.Date(year, month, day, hour, minute, second, 0, time.UTC)
}
