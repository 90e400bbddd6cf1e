package eventtext

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/eventlog"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// maxText is how much of a message is kept: a little more than anyone wants.
const maxText = evidence.MaxSampleMessage + 64

// checkEvery is after how many lines the context is asked.
const checkEvery = 4096

// A reader reads one file.
type reader struct {
	in    *importers.Input
	to    evidence.Sink
	dates *eventlog.Dates

	records  int // events met, those that were passed over included
	events   int
	channels map[string]bool
	stray    stray
	block    block
}

// A block is the event that is being read.
type block struct {
	open         bool
	offset, line int64
	end          int64

	provider, id, computer, channel string
	date, clock                     []byte
	message                         []byte
	// described says that the label of the description was met: what follows
	// is text, whatever it looks like.
	described bool
	// unended says that the file ends on the block's last line.
	unended bool
}

// stray are lines that belong to no event.
type stray struct {
	lines        int
	offset, line int64
	end          int64
}

// read takes the file line by line, each with the one before it: an event
// begins with two lines.
func (r *reader) read(ctx context.Context, lines *text.Lines) error {
	var held []byte // the line before, if it may begin an event
	var heldLine text.Line
	n := 0
	for lines.Next() {
		line := lines.Line
		if n++; n%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if held != nil {
			if begins(held, line.Text) {
				if err := r.close(); err != nil {
					return err
				}
				r.begin(heldLine)
			}
			heldLine.Text = held
			r.add(heldLine)
			held = nil
		}
		if f, _ := label(line.Text); (f == eventlog.Log || f == eventlog.Level) && !line.More {
			held, heldLine = bytes.Clone(line.Text), line
			continue
		}
		r.add(line)
	}
	if held != nil {
		heldLine.Text = held
		r.add(heldLine)
	}
	return r.close()
}

func (r *reader) begin(line text.Line) {
	r.endStray()
	r.records++
	b := &r.block
	*b = block{open: true, offset: line.Offset, line: int64(line.Number), message: b.message[:0], date: b.date[:0], clock: b.clock[:0]}
}

// add takes one line of the event, or notes that it is of none.
func (r *reader) add(line text.Line) {
	b := &r.block
	if !b.open {
		r.noteStray(line)
		return
	}
	b.end = line.Offset + line.Length
	b.unended = line.Unended
	if b.described {
		if len(b.message) < maxText {
			b.message = append(append(b.message, line.Text...), '\n')
		}
		return
	}
	f, value := label(line.Text)
	switch f {
	case eventlog.Provider:
		b.provider = string(value)
	case eventlog.ID:
		b.id = string(value)
	case eventlog.Computer:
		b.computer = string(value)
	case eventlog.Log:
		b.channel = eventlog.Channel(string(value))
	case eventlog.Time:
		b.date = append(b.date, value...)
	case eventlog.Clock:
		b.clock = append(b.clock, value...)
	case eventlog.Message:
		b.described = true
		b.message = append(b.message, value...)
		if len(value) > 0 {
			b.message = append(b.message, '\n')
		}
	}
}

// close ends the event that is being read and hands it on.
func (r *reader) close() error {
	b := &r.block
	if !b.open {
		r.endStray()
		return nil
	}
	b.open = false
	where := r.in.At(b.offset, b.end-b.offset, int(b.line), "record "+strconv.Itoa(r.records))
	id, err := strconv.ParseUint(b.id, 10, 32)
	switch {
	case b.unended && !b.described:
		r.to.Diagnose(evidence.Diagnostic{Code: "text-truncated", Severity: evidence.Error, Where: where,
			Summary: "the file ends inside an event, which was not read",
			Detail:  "it ends among the labels, before the description"})
		return nil
	case err != nil || b.provider == "":
		r.to.Diagnose(evidence.Diagnostic{Code: "text-bad-record", Severity: evidence.Warning, Lost: true, Where: where,
			Summary: "an event was passed over: it has no source or no event ID",
			Detail:  fmt.Sprintf("its source is %q and its event ID %q", clip(b.provider), clip(b.id))})
		return nil
	}
	e := evidence.Event{Where: where, Provider: b.provider, ID: uint32(id), Alert: evidence.NoAlert,
		Channel: b.channel, Computer: b.computer, Message: bytes.TrimRight(b.message, "\n")}
	e.Message = e.Message[:min(len(e.Message), maxText)]
	if len(b.clock) > 0 {
		b.date = append(append(b.date, ' '), b.clock...)
	}
	e.TimeText = b.date
	var readable bool
	if e.Time, e.TimeMonthFirst, readable = r.dates.Read(b.date); !readable {
		r.to.Diagnose(evidence.Diagnostic{Code: "text-bad-time", Severity: evidence.Warning, Where: where,
			Summary: "the time of an event cannot be read and was kept as text",
			Detail:  fmt.Sprintf("%q is no date and time that Windows writes", clip(string(b.date)))})
	}
	if eventlog.HasAlert(e.Provider, e.ID) {
		if e.Alert = eventlog.DataAlert(e.Message); e.Alert == evidence.NoAlert {
			e.Alert = eventlog.MessageAlert(e.Message, e.ID, b.unended)
		}
	}
	if b.channel != "" && len(r.channels) < maxChannels {
		r.channels[b.channel] = true
	}
	r.events++
	return r.to.Add(&e)
}

// maxChannels bounds the names of logs that are kept.
const maxChannels = 4096

func (r *reader) noteStray(line text.Line) {
	if len(bytes.TrimSpace(line.Text)) == 0 {
		return
	}
	if r.stray.lines == 0 {
		r.stray.offset, r.stray.line = line.Offset, int64(line.Number)
	}
	r.stray.lines++
	r.stray.end = line.Offset + line.Length
}

// endStray tells of the lines before the first event.
func (r *reader) endStray() {
	s := r.stray
	r.stray = stray{}
	if s.lines == 0 {
		return
	}
	r.to.Diagnose(evidence.Diagnostic{Code: "text-stray-lines", Severity: evidence.Note,
		Where:   r.in.At(s.offset, s.end-s.offset, int(s.line), ""),
		Summary: fmt.Sprintf("%d lines stand before the first event and were passed over", s.lines)})
}

// finish tells what is known at the end of the file, of which size bytes were
// read.
func (r *reader) finish(size int64) error {
	read := r.in.At(0, size, 1, "")
	r.dates.Diagnose("text", read, r.to)
	zone, stated := r.dates.Zone()
	log := &evidence.EventLog{
		Where: read, Dialect: "event-viewer-details", DateOrder: r.dates.Order(), Zone: zone, ZoneStated: stated,
		// What a user selected is never the whole of a log.
		Events: r.events, Whole: false,
	}
	if len(r.channels) > 0 {
		log.Channels = slices.Sorted(maps.Keys(r.channels))
	}
	return r.to.Add(log)
}

func clip(s string) string { return s[:min(len(s), 120)] }
