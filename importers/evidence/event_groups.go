package evidence

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// groupKey is what events are counted by.
type groupKey struct {
	computer, provider string
	id                 uint32
	alert              int
}

// sourceGroup is a group while its source is being read. Both readings of its
// dates are kept until the importer knows which one holds.
type sourceGroup struct {
	key         groupKey
	count       int
	source      string
	first, last [2]time.Time // by reading: day first, month first
	undated     int
	firstText   string
	lastText    []byte
	order       DateOrder
	samples     []pendingSample
	messages    map[string]bool
}

type pendingSample struct {
	sample EventSample
	times  [2]time.Time
}

func (c *Case) addEvent(e *Event) {
	c.source.Records.Events++
	c.addRecord(e)
	key := groupKey{e.Computer, e.Provider, e.ID, e.Alert}
	g := c.groups[key]
	wanted := c.wanted[EventKey{e.Provider, e.ID}]
	if g == nil {
		if len(c.groups) >= MaxEventGroups && !wanted {
			c.groupsOver++
			return
		}
		g = &sourceGroup{key: key, source: c.source.Name, firstText: string(e.TimeText), order: DateUndecided}
		c.groups[key] = g
		c.groupOrder = append(c.groupOrder, g)
	}
	g.count++
	g.lastText = append(g.lastText[:0], e.TimeText...)
	if e.Time.IsZero() && e.TimeMonthFirst.IsZero() {
		g.undated++
	}
	for i, t := range [2]time.Time{e.Time, e.TimeMonthFirst} {
		if t.IsZero() {
			continue
		}
		if g.first[i].IsZero() || t.Before(g.first[i]) {
			g.first[i] = t
		}
		if t.After(g.last[i]) {
			g.last[i] = t
		}
	}
	limit := MaxPlainSamples
	if wanted {
		limit = MaxSamples
	}
	if len(g.samples) < limit {
		g.addSample(e)
	}
}

// addSample keeps an event whose message differs from those kept.
func (g *sourceGroup) addSample(e *Event) {
	msg := string(bytes.TrimSpace(e.Message[:min(len(e.Message), MaxSampleMessage)]))
	for len(msg) > 0 && !utf8.ValidString(msg[max(0, len(msg)-utf8.UTFMax):]) && len(e.Message) > MaxSampleMessage {
		msg = msg[:len(msg)-1] // a rune was cut
		if len(msg) < MaxSampleMessage-utf8.UTFMax {
			break
		}
	}
	if g.messages[msg] {
		return
	}
	if g.messages == nil {
		g.messages = map[string]bool{}
	}
	g.messages[msg] = true
	g.samples = append(g.samples, pendingSample{
		EventSample{Where: e.Where, TimeText: string(e.TimeText), Message: msg},
		[2]time.Time{e.Time, e.TimeMonthFirst}})
}

// reading returns the index of the date reading that holds, or -1.
func (g *sourceGroup) reading() int {
	switch g.order {
	case DateFixed, DayFirst:
		return 0
	case MonthFirst:
		return 1
	}
	return -1
}

// Computers returns the computer names that events carry, sorted. It is of use
// before Finish.
func (c *Case) Computers() []string {
	seen := map[string]int{}
	for _, g := range c.allGroups {
		if g.key.computer != "" {
			seen[g.key.computer]++
		}
	}
	return slices.Sorted(mapKeys(seen))
}

// Finish joins the groups of all sources and says which events are the host's
// own. Call it once, after the last source. ownName reports whether a computer
// name is the host's.
func (c *Case) Finish(ownName func(computer string) bool) {
	c.withdrawAssumed()
	joined := map[groupKey]*EventGroup{}
	var order []groupKey
	foreign := map[string]int{}
	for _, g := range c.allGroups {
		own := g.key.computer == "" || ownName(g.key.computer)
		if !own {
			foreign[g.key.computer] += g.count
		}
		j := joined[g.key]
		if j == nil {
			j = &EventGroup{Computer: g.key.computer, Provider: g.key.provider, ID: g.key.id, Alert: g.key.alert, Own: own}
			joined[g.key] = j
			order = append(order, g.key)
		} else {
			c.diagnoseOverlap(j, g)
		}
		g.joinInto(j)
	}
	for _, name := range slices.Sorted(mapKeys(foreign)) {
		c.Diagnostics = append(c.Diagnostics, Diagnostic{Code: "events-other-computer", Severity: Warning,
			Where:   Location{Source: c.foreignSource(name)},
			Summary: fmt.Sprintf("%d events are of computer %q and not of this host", foreign[name], name),
			Detail:  fmt.Sprintf("they are listed and not counted for host %q; if it is the same machine, name the host with --host", c.Host)})
	}
	for _, k := range order {
		c.Events = append(c.Events, joined[k])
	}
	slices.SortFunc(c.Events, func(a, b *EventGroup) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Computer), strings.ToLower(b.Computer)), cmp.Compare(a.Computer, b.Computer),
			cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Alert, b.Alert))
	})
	c.allGroups = nil
	c.finishRecords(ownName)
}

func (c *Case) foreignSource(computer string) string {
	for _, g := range c.allGroups {
		if g.key.computer == computer {
			return g.source
		}
	}
	return ""
}

// diagnoseOverlap says that two exports cover the same time and hold events of
// one kind, so that an event may have been counted twice.
func (c *Case) diagnoseOverlap(j *EventGroup, g *sourceGroup) {
	i := g.reading()
	if !c.wanted[EventKey{g.key.provider, g.key.id}] || i < 0 || j.First.IsZero() || g.first[i].IsZero() ||
		g.first[i].After(j.Last) || g.last[i].Before(j.First) {
		return
	}
	c.Diagnostics = append(c.Diagnostics, Diagnostic{Code: "events-overlap", Severity: Warning, Where: Location{Source: g.source},
		Summary: fmt.Sprintf("%s %d stands in several exports of the same time and may be counted twice", g.key.provider, g.key.id),
		Detail:  "also in " + strings.Join(j.Sources, ", ")})
}

func (g *sourceGroup) joinInto(j *EventGroup) {
	j.Count += g.count
	j.Sources = append(j.Sources, g.source)
	i := g.reading()
	if i >= 0 && !g.first[i].IsZero() {
		if j.First.IsZero() || g.first[i].Before(j.First) {
			j.First = g.first[i]
		}
		if g.last[i].After(j.Last) {
			j.Last = g.last[i]
		}
	}
	if i < 0 || g.first[i].IsZero() {
		if j.FirstText == "" {
			j.FirstText = g.firstText
		}
		j.LastText = string(g.lastText)
	}
	for _, p := range g.samples {
		if len(j.Samples) >= MaxSamples {
			break
		}
		if i >= 0 {
			p.sample.Time = p.times[i]
		}
		j.Samples = append(j.Samples, p.sample)
	}
}
