package eventcsv

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/eventlog"
)

// maxText is how much of a message is undone of quotes and decoded: a little
// more than what anyone keeps of it.
const maxText = evidence.MaxSampleMessage + 64

// A row is what is used again for each row: the event and its text.
type row struct {
	event      evidence.Event
	text, time []byte
	path       []byte
	// record is the identity of the last event, for exporters that repeat.
	record recordKey
}

type recordKey struct {
	computer, provider string
	record             uint64
	id                 uint32
}

// take reads the row at pos, which ends at next.
func (r *reader) take(next int) error {
	if r.scan.n == r.lay.width && (!r.lost.open || r.plausible(0)) {
		if r.otherKind() {
			r.rows++
			r.skipTo(next - r.pos)
			return nil
		}
		if id, ok := r.eventID(0); ok {
			if r.scan.unended && r.keyIsLast() {
				r.truncated(next)
				return nil
			}
			return r.event(next, id, 0)
		}
	}
	return r.odd(next)
}

// field returns a column of the row as it stands in the buffer. extra fields in
// the message's place move those behind it.
func (r *reader) field(ro role, extra int) (span, bool) {
	i := r.lay.cols[ro]
	if i == absent {
		return span{}, false
	}
	if m := r.lay.cols[roleMessage]; extra > 0 && m != absent && i > m {
		i += extra
	}
	if i >= min(r.scan.n, maxFields) {
		return span{}, false
	}
	f := r.scan.fields[i]
	if extra > 0 && ro == roleMessage {
		if last := r.scan.fields[i+extra]; f.quoted {
			f = span{start: f.start - 1, end: last.end}
		} else {
			f = span{start: f.start, end: last.end}
		}
	}
	return f, true
}

// raw returns a short column's bytes with quotes undone.
func (r *reader) raw(ro role, extra int) []byte {
	f, ok := r.field(ro, extra)
	if !ok {
		return nil
	}
	return value(r.buf, f)
}

// eventID returns the event ID of the row.
func (r *reader) eventID(extra int) (uint32, bool) {
	ro := roleID
	if r.lay.cols[ro] == absent {
		ro = roleInstance
	}
	id, ok := parseID(r.raw(ro, extra))
	if ok && (ro == roleInstance || r.lay.dialect.qualified) {
		id &= 0xFFFF
	}
	return id, ok
}

// keyIsLast reports whether the row ends with a part of what an event is known
// by, without quotes, so that the end of the file may cut it unseen.
func (r *reader) keyIsLast() bool {
	last := r.lay.width - 1
	return !r.scan.fields[last].quoted &&
		(r.lay.cols[roleID] == last || r.lay.cols[roleInstance] == last || r.lay.cols[roleProvider] == last)
}

// parseID reads a number of at most 32 bits. Programs that take it for a real
// number write .0 behind it.
func parseID(b []byte) (uint32, bool) {
	b = bytes.TrimSpace(b)
	b = bytes.TrimSuffix(b, []byte(".0"))
	if len(b) == 0 || len(b) > 10 {
		return 0, false
	}
	var n uint64
	for _, c := range b {
		if c -= '0'; c > 9 {
			return 0, false
		}
		n = n*10 + uint64(c)
	}
	return uint32(n), n <= 1<<32-1
}

// timeText returns the time of the row as exported.
func (r *reader) timeText(extra int) []byte {
	t := r.raw(roleTime, extra)
	clock := r.raw(roleClock, extra)
	if clock == nil && ascii(t) {
		return t
	}
	r.row.time = append(r.row.time[:0], r.dec.decode(t)...)
	if clock != nil {
		r.row.time = append(append(r.row.time, ' '), r.dec.decode(clock)...)
	}
	return r.row.time
}

// plausible reports whether the row is one: after a damaged one, a line of a
// message may look like a row too.
func (r *reader) plausible(extra int) bool {
	if _, ok := r.eventID(extra); !ok {
		return false
	}
	return r.lay.cols[roleTime] == absent || eventlog.IsTime(r.timeText(extra))
}

// event hands on the row at pos, which ends at next, as an event.
func (r *reader) event(next int, id uint32, extra int) error {
	message, cut, ok := r.message(extra)
	if !ok {
		return r.again()
	}
	r.endLoss()
	r.rows++
	length := int64(0)
	where := r.offset(r.pos)
	if r.utf16 != nil {
		length = r.offset(next) - where
	} else {
		length = int64(next - r.pos)
	}
	e := &r.row.event
	*e = evidence.Event{
		Where: evidence.Location{Source: r.in.Name, Offset: where, Length: length, Line: r.line, Path: r.path()},
		ID:    id, Alert: evidence.NoAlert, Message: message, Channel: r.lay.channel,
		Provider: r.names.get(r.raw(roleProvider, extra), r.dec),
		Computer: r.names.get(r.raw(roleComputer, extra), r.dec),
	}
	if f := r.raw(roleRecord, extra); f != nil {
		e.RecordID, _ = strconv.ParseUint(string(bytes.TrimSuffix(f, []byte(".0"))), 10, 64)
	}
	if r.repeated(e) {
		r.skipTo(next - r.pos)
		return nil
	}
	if f := r.raw(roleChannel, extra); len(f) > 0 && bytes.IndexByte(f, '\\') < 0 {
		e.Channel = r.names.channel(f, r.dec)
		r.noteChannel(e.Channel)
	}
	e.TimeText = r.timeText(extra)
	var readable bool
	if e.Time, e.TimeMonthFirst, readable = r.dates.Read(e.TimeText); !readable && r.lay.cols[roleTime] != absent {
		r.diagnose(evidence.Diagnostic{Code: "csv-bad-time", Severity: evidence.Warning, Where: e.Where,
			Summary: "the time of an event cannot be read and was kept as text",
			Detail:  fmt.Sprintf("%q is no date and time that Windows writes", clip(e.TimeText))})
	}
	if eventlog.HasAlert(e.Provider, id) {
		e.Alert = r.alert(e, extra, cut)
	}
	if r.scan.unended {
		r.noLineEnd(e.Where)
	}
	r.events++
	if err := r.to.Add(e); err != nil {
		return err
	}
	r.skipTo(next - r.pos)
	return nil
}

// message returns the text of the row, quotes undone and decoded, as far as it
// is wanted. cut says that the file may end inside it. ok is false where the
// row's quotes were counted and turn out not to be in pairs.
func (r *reader) message(extra int) (text []byte, cut, ok bool) {
	f, found := r.field(roleMessage, extra)
	if r.scan.jumped && (!found || r.lay.cols[roleMessage] != r.lay.width-1) {
		last := r.scan.fields[r.lay.width-1]
		v := r.buf[last.start:min(last.end, last.start+2*maxText)]
		if _, ok := unquoteDense(r.row.text[:0], v, len(v) < last.end-last.start); !ok {
			return nil, false, false
		}
	}
	if !found {
		return nil, false, true
	}
	v := r.buf[f.start:f.end]
	if f.doubled {
		short := v[:min(len(v), 2*maxText)]
		undo := unquote
		if r.scan.jumped {
			undo = unquoteDense // there are many of them
		}
		if r.row.text, ok = undo(r.row.text[:0], short, len(short) < len(v)); !ok && r.scan.jumped {
			return nil, false, false
		}
		v = r.row.text
	}
	return r.dec.decode(v[:min(len(v), maxText)]), r.scan.unended && !f.quoted, true
}

// again scans the row once more, looking at each quote.
func (r *reader) again() error {
	r.scan.strict = true
	next, v := r.scan.scan(r.buf[:r.end], r.pos, r.eof)
	r.scan.strict = false
	switch v {
	case complete:
		return r.take(next)
	case more:
		// Quotes that are not in pairs end the scan on the line they stand on,
		// and all of that is in the buffer: this does not happen.
		r.bad(bareQuote)
	default:
		r.bad(v)
	}
	return nil
}

// alert returns the TLS alert code of a Schannel event.
func (r *reader) alert(e *evidence.Event, extra int, cut bool) int {
	for _, data := range [][]byte{r.raw(roleData, extra), e.Message} {
		if a := eventlog.DataAlert(data); a != evidence.NoAlert {
			return a
		}
	}
	if a := eventlog.MessageAlert(r.raw(roleStrings, extra), e.ID, false); a != evidence.NoAlert {
		return a
	}
	if bytes.Contains(e.Message, []byte(`"@Name"`)) {
		return evidence.NoAlert // data by name, and the alert is not among them
	}
	return eventlog.MessageAlert(e.Message, e.ID, cut)
}

// otherKind reports whether the row is not of an event log: plaso writes a
// timeline of everything that happened on a machine.
func (r *reader) otherKind() bool {
	if f := r.raw(roleType, 0); f != nil && !bytes.HasPrefix(f, []byte("windows:evt")) {
		r.log.others++
		return true
	}
	return false
}

// repeated reports whether the event is the same record as the last one, from
// an exporter that writes records several times.
func (r *reader) repeated(e *evidence.Event) bool {
	if !r.lay.dialect.doubles || e.RecordID == 0 {
		return false
	}
	key := recordKey{e.Computer, e.Provider, e.RecordID, e.ID}
	if key == r.row.record {
		r.log.duplicates++
		return true
	}
	r.row.record = key
	return false
}

func (r *reader) path() string {
	r.row.path = strconv.AppendInt(append(r.row.path[:0], "record "...), int64(r.rows), 10)
	return string(r.row.path)
}

// noteChannel keeps the name of a log for the end.
func (r *reader) noteChannel(name string) {
	if name == "" || r.log.channels[name] {
		return
	}
	if len(r.log.channels) < maxChannels {
		r.log.channels[name] = true
	}
}

// maxChannels bounds the names of logs that are kept. Windows has about a
// thousand.
const maxChannels = 4096

// maxNames bounds the names that are kept for reuse.
const maxNames = 4096

// An interner keeps one string of each name: those of providers and computers
// are few and come again with every row.
type interner map[string]string

func (n *interner) get(raw []byte, dec *decoder) string {
	if s, ok := (*n)[string(raw)]; ok {
		return s
	}
	if len(*n) >= maxNames {
		*n = interner{}
	}
	s := string(bytes.TrimSpace(dec.decode(raw)))
	(*n)[string(raw)] = s
	return s
}

func (n *interner) channel(raw []byte, dec *decoder) string { return eventlog.Channel(n.get(raw, dec)) }

// clip cuts what a diagnostic quotes.
func clip(b []byte) []byte { return b[:min(len(b), 120)] }
