package reports

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// A Sheet is a table of typed, cleaned cells.
type Sheet struct {
	// Name is unique in a document and at most 25 characters long, which leaves
	// room for " (2)" where a sheet has to be split.
	Name string
	// Title says what the sheet shows, Note how to read it; Note may be "".
	Title, Note string
	// Empty says why there is no row, where there is none.
	Empty   string
	Columns []Column
	// Choices are what a reader may fill in, by the key of a column; a column
	// that is filled in and has none takes any text.
	Choices map[string][]string
	// Len is the number of rows that Rows gives.
	Len int
	// Rows gives the rows, each with a cell for each column. It may be gone
	// through any number of times; a row is valid until the next one is given.
	Rows iter.Seq[[]Cell]

	english string // the name in a document that is translated, else ""
}

// EnglishName is the name of the sheet before any translation.
func (s *Sheet) EnglishName() string { return cmp.Or(s.english, s.Name) }

// Column returns the index of the column with that key, or -1.
func (s *Sheet) Column(key string) int {
	for i, c := range s.Columns {
		if c.Key == key {
			return i
		}
	}
	return -1
}

// Printed returns the sheet without the columns that a reader fills in and that
// hold nothing: where nothing can be filled in they would only take room.
func (s *Sheet) Printed() *Sheet {
	if !slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Kind.FilledIn() }) {
		return s
	}
	keep := make([]bool, len(s.Columns))
	for i, c := range s.Columns {
		keep[i] = !c.Kind.FilledIn()
	}
	for row := range s.Rows {
		for i := range row {
			keep[i] = keep[i] || row[i].Kind != Blank
		}
	}
	kept := *s
	kept.Columns = keepOnly(nil, s.Columns, keep)
	kept.Rows = func(yield func([]Cell) bool) {
		var short []Cell
		for row := range s.Rows {
			if short = keepOnly(short[:0], row, keep); !yield(short) {
				return
			}
		}
	}
	return &kept
}

func keepOnly[T any](to, from []T, keep []bool) []T {
	for i, v := range from {
		if keep[i] {
			to = append(to, v)
		}
	}
	return to
}

// A ColumnKind says what a column holds and how it is best shown.
type ColumnKind uint8

// The kinds of columns.
const (
	Text       ColumnKind = iota // short text
	Wrapped                      // text that may run over several lines
	Identifier                   // what only names: thumbprint, serial number, event id
	Integer                      // whole numbers that count or measure
	Date                         // times, in UTC
	Prose                        // the program's own words, over several lines: what a catalogue translates
	FillIn                       // what a reader fills in, over several lines
	FillInDate                   // a date that a reader fills in
)

// Wraps reports whether text of the kind may run over several lines.
func (k ColumnKind) Wraps() bool { return k == Wrapped || k == Prose || k == FillIn }

// FilledIn reports whether a reader fills the column in. Its cells are unlocked
// where a sheet is protected, and left out where nothing can be filled in.
func (k ColumnKind) FilledIn() bool { return k == FillIn || k == FillInDate }

// A Column describes a column of a sheet.
type Column struct {
	// Key is a stable word in camelCase, Name the heading.
	Key, Name string
	Kind      ColumnKind
	// Width is how many characters the column is best given.
	Width int
}

// A CellKind says what a cell holds; it may differ from its column's kind: a
// column of dates holds a text where a date could not be read.
type CellKind uint8

// The kinds of cells.
const (
	Blank CellKind = iota
	TextCell
	IntegerCell
	TimeCell
)

// A Style says what a word means, for colour: the word itself is always there.
type Style uint8

// The styles.
const (
	Plain  Style = iota
	Good         // it holds
	Bad          // it does not
	Doubt        // it could not be decided
	Absent       // what it needs was not collected
	Quiet        // something to know
)

// A Cell is one cleaned value.
type Cell struct {
	Kind   CellKind
	Text   string
	Number int64
	Time   time.Time
	Style  Style
	// Link names the sheet that the cell leads to, or is "". LinkRow is the row
	// of that sheet, counted from 1, and 0 for the sheet as a whole.
	Link    string
	LinkRow int
}

func text(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{Kind: TextCell, Text: Clean(s)}
}

func number[N int | int64 | uint32](n N) Cell { return Cell{Kind: IntegerCell, Number: int64(n)} }

func when(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{Kind: TimeCell, Time: t.UTC()}
}

func styled(s string, style Style) Cell {
	c := text(s)
	if c.Kind != Blank {
		c.Style = style
	}
	return c
}

func yesNo(b bool) Cell {
	if b {
		return text("yes")
	}
	return text("no")
}

// A Line is a labelled text.
type Line struct {
	Label, Text string
	Style       Style
	// Gauge is set on the line that tells the size of a list.
	Gauge *Gauge
}

// A Gauge is the size of a trusted issuer list beside its limit, in bytes.
type Gauge struct {
	Min, Expected, Max, Limit int
	// MinKnown says that Min is a lower bound to rely on.
	MinKnown bool
}
