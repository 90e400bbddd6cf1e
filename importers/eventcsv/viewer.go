package eventcsv

import (
	"strings"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/internal/eventlog"
)

// minViewerColumns is how many columns Event Viewer shows at least by default.
const minViewerColumns = 5

// viewerLayout returns the layout of Event Viewer's export, or nil. The columns
// are known by their names in some language; where these do not suffice, by
// what stands in the rows: the order of the columns is the same in all of them.
func viewerLayout(names []string, rows [][]string, delim byte) (*layout, importers.Confidence) {
	lay := &layout{dialect: eventViewer, delim: delim, cols: noColumns()}
	named := 0
	for i, n := range names {
		r, ok := fieldRoles[eventlog.Column(n)]
		if ok && lay.cols[r] == absent {
			lay.cols[r] = i
		}
		if ok || eventlog.Column(n) != eventlog.NoField {
			named++
		}
	}
	lay.width = commonWidth(rows, len(names)+1)
	byName := lay.cols[roleID] != absent && lay.cols[roleProvider] != absent && named >= 3
	if byName {
		if lay.width < len(names) || lay.width > len(names)+1 {
			lay.width = len(names) + 1
		}
		lay.shiftToRows(names, rows)
		lay.findMessage(names)
		if lay.cols[roleTime] == absent {
			lay.findTime(rows)
		}
		if lay.cols[roleTime] == absent {
			return lay, importers.Likely
		}
		return lay, importers.Certain
	}
	// In any language: level, date and time, source, event ID, task category,
	// then maybe others, and one field more in each row.
	if len(rows) == 0 || len(names) < minViewerColumns || digits(names[0]) {
		return nil, importers.No
	}
	shape := names
	if shape[0] == "" { // an index column that a program put in front
		shape = shape[1:]
	}
	for _, n := range shape[:min(len(shape), minViewerColumns)] {
		if n == "" || digits(n) || !dateless(n) {
			return nil, importers.No
		}
	}
	switch {
	case lay.width == len(names)+1:
	case lay.width == len(names) && (unnamed(names[len(names)-1]) || names[0] == ""):
	default:
		return nil, importers.No
	}
	lay.cols = noColumns()
	lay.cols[roleTime], lay.cols[roleProvider], lay.cols[roleID] = 1, 2, 3
	if names[0] == "" {
		lay.cols[roleTime], lay.cols[roleProvider], lay.cols[roleID] = 2, 3, 4
	}
	lay.shiftToRows(names, rows)
	lay.findMessage(names)
	for i, n := range names {
		if r, ok := fieldRoles[eventlog.Column(n)]; ok && (r == roleComputer || r == roleChannel) {
			lay.cols[r] = i
		}
	}
	if !lay.fits(rows) {
		return nil, importers.No
	}
	return lay, importers.Likely
}

// shiftToRows takes back what a program does that does not expect one field
// more than there are names: it takes the first field for an index without a
// name, and writes the names one too far to the right.
func (lay *layout) shiftToRows(names []string, rows [][]string) {
	if names[0] != "" || lay.width != len(names) || lay.fits(rows) {
		return
	}
	shifted := *lay
	for i, c := range shifted.cols {
		if c > 0 {
			shifted.cols[i] = c - 1
		}
	}
	if shifted.fits(rows) {
		lay.cols = shifted.cols
		lay.cols[roleMessage] = lay.width - 1
	}
}

// findMessage finds the column of the message, which has no name: the field
// behind the last name, or the last one if a program gave it an empty name.
func (lay *layout) findMessage(names []string) {
	last := len(names) - 1
	switch {
	case lay.width == len(names)+1:
		lay.cols[roleMessage] = lay.width - 1
	case lay.cols[roleMessage] == absent && last > 0 && unnamed(names[last]):
		lay.cols[roleMessage] = last
	}
}

// findTime finds a column of times by what stands in it.
func (lay *layout) findTime(rows [][]string) {
	for i := range lay.width {
		if i == lay.cols[roleMessage] || i == lay.cols[roleID] {
			continue
		}
		lay.cols[roleTime] = i
		if lay.fits(rows) {
			return
		}
	}
	lay.cols[roleTime] = absent
}

// fits reports whether what stands in the rows of the right width is what the
// columns say, in at least nine of ten of them.
func (lay *layout) fits(rows [][]string) bool {
	good, all := 0, 0
	for _, row := range rows {
		if len(row) != lay.width {
			continue
		}
		all++
		t := lay.cols[roleTime]
		if digits(row[lay.cols[roleID]]) && (t == absent || isTime(row[t])) {
			good++
		}
	}
	return all > 0 && 10*good >= 9*all
}

// unnamed reports whether a column has no name, or one that a program made up.
func unnamed(name string) bool { return name == "" || strings.HasPrefix(name, "unnamed:") }

// commonWidth returns the number of fields that most rows have: of two that are
// as frequent the one that comes first, and other without a row.
func commonWidth(rows [][]string, other int) int {
	counts := map[int]int{}
	best := other
	for _, row := range rows {
		counts[len(row)]++
		if counts[len(row)] > counts[best] {
			best = len(row)
		}
	}
	return best
}

// layout2003 returns the layout of the export of 2003's Event Viewer if the
// rows, of which there is no header, are such.
func layout2003(b []byte, whole bool, delim byte) *layout {
	rows := sample(b, 0, whole, delim)
	if len(rows) == 0 || commonWidth(rows, 0) != columns2003[roleMessage]+1 {
		return nil
	}
	lay := &layout{dialect: eventViewer2003, delim: delim, width: columns2003[roleMessage] + 1, cols: columns2003}
	for _, row := range rows {
		if len(row) == lay.width && !(digits(row[lay.cols[roleID]]) && isTime(row[0]+" "+row[1])) {
			return nil
		}
	}
	return lay
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return s != ""
}

func dateless(s string) bool { return !isTime(s) }

func isTime(s string) bool { return eventlog.IsTime([]byte(s)) }
