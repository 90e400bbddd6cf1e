package evidence

import "time"

// NoAlert is the Alert of an event that carries no TLS alert.
const NoAlert = -1

// An Event is one record of an exported event log. Events are counted while
// they are read and not kept; the export itself stays the exhibit.
type Event struct {
	Where Location
	// Provider and ID are the event's key. Level and text depend on language
	// and version of Windows and never decide anything.
	Provider string
	ID       uint32
	// Alert is the TLS alert code that Schannel 36887 and 36888 carry, else
	// NoAlert.
	Alert int
	// Channel and Computer are "" where the export does not give them.
	Channel, Computer string
	// RecordID is 0 where the export does not give it.
	RecordID uint64
	// Time is the event's time. Where a date can be read both ways, Time reads
	// the day first and TimeMonthFirst the month; else they are equal. Both are
	// zero where the time can't be read at all.
	Time, TimeMonthFirst time.Time
	// TimeText and Message are as exported, quotes undone. They are valid only
	// until Sink.Add returns.
	TimeText, Message []byte
}

// Kind implements Record.
func (e *Event) Kind() Kind { return KindEvent }

// At implements Record.
func (e *Event) At() Location { return e.Where }

// A DateOrder says how the dates of an export were read.
type DateOrder string

// The date orders.
const (
	DateFixed      DateOrder = "fixed"       // the year comes first, or the month has a name
	DayFirst       DateOrder = "day-first"   // decided by the dates themselves, or given
	MonthFirst     DateOrder = "month-first" // decided by the dates themselves, or given
	DateUndecided  DateOrder = "undecided"   // both readings fit: times are kept as text
	DateUnreadable DateOrder = "unreadable"  // no date could be read
)

// An EventLog tells of an exported log as a whole. An importer adds it once,
// after the last event.
type EventLog struct {
	Where Location
	// Dialect names the exporter: "event-viewer", "get-winevent", ….
	Dialect string
	// Channels are the logs seen in the export, sorted; nil where the export
	// does not name them.
	Channels []string
	// DateOrder says which reading of Event.Time holds.
	DateOrder DateOrder
	// Zone is the time zone that times were read in, ZoneStated whether the
	// export or the user gave it, rather than being assumed.
	Zone       string
	ZoneStated bool
	// Events is the number of events read.
	Events int
	// Whole says that the export was read to its end without loss.
	Whole bool
}

// Kind implements Record.
func (l *EventLog) Kind() Kind { return KindEvent }

// At implements Record.
func (l *EventLog) At() Location { return l.Where }

// An EventKey names a kind of event, independent of language and level.
type EventKey struct {
	Provider string
	ID       uint32
}

// An EventGroup is all events of one computer, provider, id and alert.
type EventGroup struct {
	Computer string
	Provider string
	ID       uint32
	Alert    int
	Count    int
	// Own says that the events are the host's own: the export gives no
	// computer, or gives the host's name.
	Own bool
	// First and Last are zero where times could not be read; FirstText and
	// LastText are then as exported, in file order.
	First, Last         time.Time
	FirstText, LastText string
	// Sources are the names of the sources, in order.
	Sources []string
	// Samples are the first few events of the group.
	Samples []EventSample
}

// An EventSample is one event of a group.
type EventSample struct {
	Where    Location
	Time     time.Time // zero where it could not be decided
	TimeText string
	Message  string // cut at MaxSampleMessage bytes
}

// An Interest is what a rule wants kept of evidence that may be too much to
// keep whole.
type Interest struct {
	// Events are kept with more samples than others.
	Events []EventKey
	// Keys are registry paths; values at and below them are kept however large
	// the export is. A segment "*" stands for any one segment.
	Keys []string
}
