package html

import (
	"fmt"
	"strconv"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// The limits of KB 2464556 in bytes, which every picture shows.
const (
	smallLimit = 12_288
	largeLimit = 16_384
)

// A picture is a trusted issuer list drawn to scale. Places and widths are in
// percent of the picture's width, so that it fits every screen.
type picture struct {
	ID, Name      string
	Verdict, Sent string
	Style         reports.Style
	// Heading and Description are for who cannot see it.
	Heading, Description string

	Expected, Limit, LeastText, GreatestText string
	FitText, OverText                        string
	Names                                    []span
	Hatched                                  *span // the names beyond the limit
	Limits, Ticks                            []tick
	Least, ExpectedAt, Greatest              string
	LeastOpen                                bool // the least size is not known
}

// A span is a part of the bar: one name, or some where there are too many.
type span struct {
	X, Width string
	Over     bool
	Title    string
}

// A tick is a labelled place.
type tick struct {
	X, Label, Anchor string
	Own              bool // the limit of the host itself
}

// A scale maps bytes to percent.
type scale int

func newScale(most int) scale { return scale(max(most+most/16, 1)) }

func (s scale) at(n int) string {
	return strconv.FormatFloat(float64(n)*100/float64(s), 'f', 3, 64)
}

// anchor keeps a label inside the picture.
func (s scale) anchor(n int) string {
	if n*2 > int(s) {
		return "end"
	}
	return "start"
}

// newPicture draws a list that was collected. name is what the overview calls
// it; most bounds how many names are told apart.
func newPicture(d *reports.Document, id, name string, l *reports.IssuerList, style reports.Style, most int) *picture {
	s := newScale(max(l.Bytes.Max, l.Limit.Bytes, largeLimit))
	p := &picture{ID: id, Name: name, Verdict: reports.Clean(l.Verdict), Style: style,
		Expected: d.Say(rules.Grouped(l.Bytes.Expected)), Limit: d.Say(rules.Grouped(l.Limit.Bytes)),
		LeastText: d.Say(rules.Grouped(l.Bytes.Min)), GreatestText: d.Say(rules.Grouped(l.Bytes.Max)),
		Least: s.at(l.Bytes.Min), ExpectedAt: s.at(l.Bytes.Expected), Greatest: s.at(l.Bytes.Max)}
	switch l.Sent {
	case "no":
		p.Sent = d.Say("not sent")
	case "unknown":
		p.Sent = d.Say("not known to be sent")
	}
	if !l.Bytes.MinKnown {
		p.LeastText, p.LeastOpen, p.Least = d.Say("not knowable"), true, s.at(0)
	}
	fit, over := p.draw(d, l, s, most)
	p.FitText = d.Say(plural(fit, "name") + " within the limit")
	if over > 0 {
		p.OverText = d.Say(plural(over, "name") + " beyond it, in the order of the files (simulated)")
	}
	p.Heading = fmt.Sprintf("%s: %s, %s", d.Say("Trusted issuer list of "+shortText(reports.Clean(l.Host))), d.Say(fmt.Sprintf("%s of %s bytes", p.Expected, p.Limit)), p.Verdict)
	p.Description = d.Say(fmt.Sprintf("Least %s, expected %s, greatest %s bytes; the limit is %s bytes.", p.LeastText, p.Expected, p.GreatestText, p.Limit)) + " " + p.FitText
	if over > 0 {
		p.Description += "; " + p.OverText
	}
	p.mark(d, l, s)
	return p
}

// draw makes the bar of the names in the order of the files, and counts them.
func (p *picture) draw(d *reports.Document, l *reports.IssuerList, s scale, most int) (fit, over int) {
	type name struct {
		entry *reports.Entry
		n     int
	}
	var names []name
	last := 0
	for i := range l.Entries {
		// Certificates of one name share its place, which is that of the first.
		if e := &l.Entries[i]; e.EndsAt.File != nil && *e.EndsAt.File > last {
			last = *e.EndsAt.File
			names = append(names, name{e, i + 1})
		}
	}
	start, firstOver := 0, -1
	for i := 0; i < len(names); {
		// Too many names to tell apart are drawn some at once, never across the
		// limit.
		j := i + 1
		cut := names[i].entry.Cut.File
		for j < len(names) && (j-i)*most < len(names) && names[j].entry.Cut.File == cut {
			j++
		}
		if cut {
			over += j - i
			if firstOver < 0 {
				firstOver = start
			}
		} else {
			fit += j - i
		}
		end := *names[j-1].entry.EndsAt.File
		title := ""
		switch {
		case len(names) <= most:
			e := names[i].entry
			title = d.Say(fmt.Sprintf("No. %d, %s bytes, ends at %s", names[i].n, rules.Grouped(end-start), rules.Grouped(end))) + ": " + shortText(reports.Clean(e.Subject))
		case most >= 100:
			title = d.Say(fmt.Sprintf("%s, end at %s", plural(j-i, "name"), rules.Grouped(end)))
		}
		p.Names = append(p.Names, span{X: s.at(start), Width: s.at(end - start), Over: cut, Title: title})
		start, i = end, j
	}
	if firstOver >= 0 {
		p.Hatched = &span{X: s.at(firstOver), Width: s.at(start - firstOver)}
	}
	return fit, over
}

// mark makes the limits and the axis.
func (p *picture) mark(d *reports.Document, l *reports.IssuerList, s scale) {
	for _, n := range []int{smallLimit, largeLimit} {
		if n != l.Limit.Bytes {
			p.Limits = append(p.Limits, tick{X: s.at(n), Label: d.Say(rules.Grouped(n)), Anchor: s.anchor(n)})
			break // one other is enough: the labels of two would meet
		}
	}
	p.Limits = append(p.Limits, tick{X: s.at(l.Limit.Bytes), Label: d.Say("limit " + rules.Grouped(l.Limit.Bytes)), Anchor: s.anchor(l.Limit.Bytes), Own: true})
	step := 4_096
	for int(s)/step > 5 {
		step *= 2
	}
	for n := 0; n <= int(s); n += step {
		anchor := "middle"
		switch {
		case n == 0:
			anchor = "start"
		case n*100 > int(s)*96:
			anchor = "end"
		}
		p.Ticks = append(p.Ticks, tick{X: s.at(n), Label: d.Say(rules.Grouped(n)), Anchor: anchor})
	}
}

// A bar is the expected size of a list in the comparison of hosts.
type bar struct {
	Width, Limit string
	// Over is what lies beyond the limit, Other the other limit; "" if none.
	Over, Other string
	Label       string
}

func newBar(d *reports.Document, l *reports.IssuerList, s scale) *bar {
	b := &bar{Width: s.at(min(l.Bytes.Expected, l.Limit.Bytes)), Limit: s.at(l.Limit.Bytes),
		Label: d.Say(fmt.Sprintf("%s of %s bytes", rules.Grouped(l.Bytes.Expected), rules.Grouped(l.Limit.Bytes)))}
	if over := l.Bytes.Expected - l.Limit.Bytes; over > 0 {
		b.Over = s.at(over)
	}
	switch l.Limit.Bytes {
	case smallLimit:
		b.Other = s.at(largeLimit)
	case largeLimit:
		b.Other = s.at(smallLimit)
	}
	return b
}
