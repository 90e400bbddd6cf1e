package evidence

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// Bounds of what is kept of record numbers. What passes them is said, and then
// nothing is said of holes.
const (
	// MaxRecordChunks bounds the memory for the numbers of a case: so many
	// chunks of recordChunk numbers, a KiB each.
	MaxRecordChunks = 32 << 10
	// MaxRecordLogChunks bounds those of one log: 33 million numbers.
	MaxRecordLogChunks = 4096
	// MaxRecordLogs bounds the logs, by computer and channel.
	MaxRecordLogs = 4096
	// MaxRecordHoles is how many holes of a log are kept, the largest.
	MaxRecordHoles = 10
)

// A RecordLog is what is known of the record numbers of one log. Windows
// numbers the records of a log one by one, so a number that is missing between
// two that are there was a record once. Neither the order of rows nor rows that
// stand in several exports matter.
type RecordLog struct {
	// Computer is the name that most of its events carry.
	Computer string
	// Channel is "" where the export does not name it: then the log is known by
	// its only source.
	Channel string
	// Own says that the log is the host's own.
	Own bool
	// Sources are the names of the sources, in order.
	Sources []string
	// Unnumbered is how many events carry no number.
	Unnumbered int
	// Records is how many different numbers there are, from Lowest to Highest.
	Records         int
	Lowest, Highest uint64
	// TooWide says that the numbers lie too far apart to be kept: Records,
	// Holes and Missing say nothing then.
	TooWide bool
	// Holes is how many runs of numbers are missing, Missing how many numbers.
	Holes   int
	Missing uint64
	// Largest are the largest holes, at most MaxRecordHoles, by number.
	Largest []RecordHole
}

// Share is the part of the numbers from Lowest to Highest that is there.
func (l *RecordLog) Share() float64 {
	if l.Records == 0 {
		return 0
	}
	return float64(l.Records) / (float64(l.Records) + float64(l.Missing))
}

// A RecordHole is a run of missing numbers, both ends included.
type RecordHole struct {
	First, Last uint64
	// Before and After are the records beside it.
	Before, After RecordEdge
}

// Size is how many numbers are missing.
func (h RecordHole) Size() uint64 { return h.Last - h.First + 1 }

// A RecordEdge is a record beside a hole.
type RecordEdge struct {
	Number uint64
	// Where names only a source where the rows of the export are in no order.
	Where Location
	// Time is zero where it could not be decided.
	Time time.Time
}

// recordChunk is how many numbers a chunk holds, a power of two.
const recordChunk = 8192

type recordBits [recordChunk / 64]uint64

// recordKey is what logs are told apart by while sources are read. source is ""
// where the channel is named.
type recordKey struct{ computer, channel, source string }

// A recordLog is a log while it is read: the set of its numbers, and the rows
// where the numbers jump, which in an export that has an order are those beside
// the holes.
type recordLog struct {
	key        recordKey
	sources    []string
	unnumbered int
	events     int
	chunks     map[uint64]*recordBits
	chunk      *recordBits // the last one used
	chunkAt    uint64      // its key
	tooWide    bool
	last       recordRow
	jumps      []recordJump
	least      int // index in jumps of the smallest, once they are full
}

type recordRow struct {
	number uint64
	where  Location
	times  [2]time.Time // by reading: day first, month first
}

type recordJump struct {
	size     uint64
	from, to recordRow
}

// maxRecordJumps is how many jumps of a log are kept, the largest.
const maxRecordJumps = 64

// addRecord keeps the number of an event.
func (c *Case) addRecord(e *Event) {
	l := c.recordLog
	if l == nil || l.key.channel != e.Channel || l.key.computer != e.Computer {
		if l = c.recordLogOf(e); l == nil {
			return
		}
		c.recordLog = l
	}
	l.events++
	if e.RecordID == 0 {
		l.unnumbered++
		return
	}
	switch d := e.RecordID - l.last.number; {
	case l.last.number == 0, d == 0, d == 1, d == ^uint64(0):
	default:
		l.jump(d, e)
	}
	l.last.number, l.last.where = e.RecordID, e.Where
	l.last.times[0], l.last.times[1] = e.Time, e.TimeMonthFirst
	if at := e.RecordID / recordChunk; l.chunk == nil || l.chunkAt != at {
		if !c.openChunk(l, at) {
			return
		}
	}
	l.chunk[e.RecordID%recordChunk/64] |= 1 << (e.RecordID % 64)
}

// recordLogOf returns the log of an event, nil where there are too many.
func (c *Case) recordLogOf(e *Event) *recordLog {
	key := recordKey{e.Computer, e.Channel, ""}
	if e.Channel == "" {
		key.source = c.source.Name
	}
	l := c.recordLogs[key]
	if l == nil {
		if len(c.recordLogs) >= MaxRecordLogs {
			c.recordsOver = true
			return nil
		}
		l = &recordLog{key: key, chunks: map[uint64]*recordBits{}}
		c.recordLogs[key] = l
	}
	if !slices.Contains(l.sources, c.source.Name) {
		l.sources = append(l.sources, c.source.Name)
		l.last = recordRow{} // one export does not go on where the other ended
	}
	return l
}

// openChunk makes the chunk of a log the one in use. Whether a bound is passed
// depends on the numbers and not on their order.
func (c *Case) openChunk(l *recordLog, at uint64) bool {
	if l.tooWide || c.recordsOver {
		return false
	}
	b := l.chunks[at]
	if b == nil {
		c.recordChunks++
		switch {
		case c.recordChunks > MaxRecordChunks:
			c.recordsOver = true
			return false
		case len(l.chunks) >= MaxRecordLogChunks:
			l.tooWide, l.chunks, l.chunk = true, nil, nil
			return false
		}
		b = new(recordBits)
		l.chunks[at] = b
	}
	l.chunk, l.chunkAt = b, at
	return true
}

// jump keeps two rows that stand side by side and whose numbers do not.
func (l *recordLog) jump(d uint64, e *Event) {
	j := recordJump{size: d, from: l.last, to: recordRow{e.RecordID, e.Where, [2]time.Time{e.Time, e.TimeMonthFirst}}}
	if e.RecordID < l.last.number {
		j.size = -d
	}
	if len(l.jumps) < maxRecordJumps {
		l.jumps = append(l.jumps, j)
		if len(l.jumps) < maxRecordJumps {
			return
		}
	} else if j.size <= l.jumps[l.least].size {
		return
	} else {
		l.jumps[l.least] = j
	}
	for i := range l.jumps {
		if l.jumps[i].size < l.jumps[l.least].size {
			l.least = i
		}
	}
}

// finishRecords makes the logs of record numbers known.
func (c *Case) finishRecords(ownName func(computer string) bool) {
	var logs []*recordLog
	for _, l := range c.recordLogs {
		logs = append(logs, l)
	}
	slices.SortFunc(logs, func(a, b *recordLog) int {
		return cmp.Or(cmp.Compare(a.key.channel, b.key.channel), cmp.Compare(a.key.source, b.key.source), cmp.Compare(b.events, a.events), cmp.Compare(a.key.computer, b.key.computer))
	})
	if c.recordsOver {
		c.Diagnostics = append(c.Diagnostics, Diagnostic{Code: "events-records-too-wide", Severity: Note,
			Where:   Location{Source: logs[0].sources[0]},
			Summary: "the record numbers of the logs lie too far apart: holes among them were not looked for",
			Detail:  fmt.Sprintf("at most %d logs and %d chunks of %d numbers are kept of a host", MaxRecordLogs, MaxRecordChunks, recordChunk)})
	}
	orders := map[string]DateOrder{}
	for _, s := range c.Sources {
		orders[s.Name] = DateOrder(s.DateOrder)
	}
	isOwn := func(l *recordLog) bool { return l.key.computer == "" || ownName(l.key.computer) }
	for len(logs) > 0 {
		l := logs[0]
		l.tooWide = l.tooWide || c.recordsOver
		own := isOwn(l)
		logs = slices.DeleteFunc(logs[1:], func(m *recordLog) bool {
			joins := m.key.channel == l.key.channel && m.key.source == l.key.source && ((own && isOwn(m)) || l.renamed(m))
			if joins {
				own = own || isOwn(m)
				l.join(m)
			}
			return joins
		})
		r := l.finish(orders)
		r.Own = own
		c.RecordLogs = append(c.RecordLogs, r)
	}
	c.recordLogs, c.recordLog = nil, nil
}

// renamed reports whether two logs are one, of a computer that got another name
// while it wrote: their numbers lie among each other, and none is in both.
func (l *recordLog) renamed(m *recordLog) bool {
	lo, hi, ok := l.ends()
	mLo, mHi, mOK := m.ends()
	if !ok || !mOK || l.tooWide || m.tooWide || mLo > hi || lo > mHi ||
		!slices.ContainsFunc(m.sources, func(s string) bool { return slices.Contains(l.sources, s) }) {
		return false
	}
	for at, b := range m.chunks {
		if a := l.chunks[at]; a != nil {
			for i := range a {
				if a[i]&b[i] != 0 {
					return false
				}
			}
		}
	}
	return true
}

// join takes the numbers of another log in.
func (l *recordLog) join(m *recordLog) {
	for _, s := range m.sources {
		if !slices.Contains(l.sources, s) {
			l.sources = append(l.sources, s)
		}
	}
	l.unnumbered += m.unnumbered
	l.jumps = append(l.jumps, m.jumps...)
	if l.tooWide = l.tooWide || m.tooWide; l.tooWide {
		return
	}
	for at, b := range m.chunks {
		a := l.chunks[at]
		if a == nil {
			l.chunks[at] = b
			continue
		}
		for i := range a {
			a[i] |= b[i]
		}
	}
}

// ends returns the lowest and the highest number.
func (l *recordLog) ends() (lowest, highest uint64, ok bool) {
	for at, b := range l.chunks {
		for i, word := range b {
			if word == 0 {
				continue
			}
			base := at*recordChunk + uint64(i)*64
			lo, hi := base+uint64(bits.TrailingZeros64(word)), base+uint64(63-bits.LeadingZeros64(word))
			if !ok || lo < lowest {
				lowest = lo
			}
			highest, ok = max(highest, hi), true
		}
	}
	return lowest, highest, ok
}

// finish counts the numbers and finds the holes.
func (l *recordLog) finish(orders map[string]DateOrder) *RecordLog {
	r := &RecordLog{Computer: l.key.computer, Channel: l.key.channel, Sources: l.sources, Unnumbered: l.unnumbered, TooWide: l.tooWide}
	if l.tooWide {
		return r
	}
	var keys []uint64
	for at := range l.chunks {
		keys = append(keys, at)
	}
	slices.Sort(keys)
	for _, at := range keys {
		for i, word := range l.chunks[at] {
			for ; word != 0; word &= word - 1 {
				r.number(at*recordChunk + uint64(i)*64 + uint64(bits.TrailingZeros64(word)))
			}
		}
	}
	edges := map[uint64]recordRow{}
	for _, j := range l.jumps {
		for _, row := range []recordRow{j.from, j.to} {
			if _, again := edges[row.number]; !again {
				edges[row.number] = row
			}
		}
	}
	edge := func(number uint64) RecordEdge {
		row, ok := edges[number]
		if !ok {
			return RecordEdge{Number: number, Where: Location{Source: strings.Join(l.sources[:1], "")}}
		}
		e := RecordEdge{Number: number, Where: row.where}
		switch orders[row.where.Source] {
		case DateFixed, DayFirst:
			e.Time = row.times[0]
		case MonthFirst:
			e.Time = row.times[1]
		}
		return e
	}
	for i := range r.Largest {
		h := &r.Largest[i]
		h.Before, h.After = edge(h.First-1), edge(h.Last+1)
	}
	slices.SortFunc(r.Largest, func(a, b RecordHole) int { return cmp.Compare(a.First, b.First) })
	return r
}

// number takes the next higher number.
func (r *RecordLog) number(n uint64) {
	if r.Records == 0 {
		r.Lowest = n
	} else if n > r.Highest+1 {
		h := RecordHole{First: r.Highest + 1, Last: n - 1}
		r.Holes++
		r.Missing += h.Size()
		at, _ := slices.BinarySearchFunc(r.Largest, h, func(a, b RecordHole) int {
			return cmp.Or(cmp.Compare(b.Size(), a.Size()), cmp.Compare(a.First, b.First))
		})
		if at < MaxRecordHoles {
			r.Largest = slices.Insert(r.Largest, at, h)
			r.Largest = r.Largest[:min(len(r.Largest), MaxRecordHoles)]
		}
	}
	r.Records++
	r.Highest = n
}
