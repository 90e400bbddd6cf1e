package table

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// wrap breaks text into lines of at most width columns: at spaces, else behind
// a character that separates parts of a path or a name, else anywhere. A single
// character that is wider than width has a line of its own.
func wrap(s string, width int) []string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		for {
			end, next := breakAt(line, width)
			lines = append(lines, line[:end])
			if next == len(line) {
				break
			}
			line = line[next:]
		}
	}
	return lines
}

// breakAt returns where the first line of s ends and where the next one starts.
func breakAt(s string, width int) (end, next int) {
	at, space, soft := 0, -1, 0
	for i, r := range s {
		w := text.RuneWidth(r)
		if at+w > width && i > 0 {
			switch {
			case r == ' ':
				space = i
			case space <= 0 && soft == 0:
				return i, i
			}
			// A word that is long and can be broken does not leave a line
			// half empty.
			if soft > space && (space <= 0 || text.StringWidth(s[:space]) < width/2) {
				return soft, soft
			}
			next = space
			for next < len(s) && s[next] == ' ' {
				next++
			}
			return len(strings.TrimRight(s[:space], " ")), next
		}
		at += w
		switch r {
		case ' ':
			space = i
		case '\\', '/', ',', ';', ':', '-', '_', '=', '.', '+', '&', ')', '|', '@':
			soft = i + 1
		}
	}
	return len(s), len(s)
}

// gauge draws a size beside its limit, with a line that explains it.
func (p *page) gauge(g reports.Gauge, width int) []string {
	scale := max(g.Max, g.Limit, 1)
	cells := min(width, 64)
	at := func(n int) int { return min(cells, (n*cells+scale/2)/scale) }
	least := 0
	if g.MinKnown {
		least = at(g.Min)
	}
	limit := min(at(g.Limit), cells-1)
	var b strings.Builder
	for i := range cells {
		switch {
		case i == limit:
			b.WriteRune('│')
		case i < least:
			b.WriteRune('█')
		case i < at(g.Expected):
			b.WriteRune('▓')
		case i < at(g.Max):
			b.WriteRune('░')
		default:
			b.WriteRune('·')
		}
	}
	legend := "▓ expected  ░ greatest  │ limit " + rules.Grouped(g.Limit)
	if g.MinKnown {
		legend = "█ least  " + legend
	}
	return append([]string{b.String()}, wrap(p.say(legend), width)...)
}
