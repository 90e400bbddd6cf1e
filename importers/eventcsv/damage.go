package eventcsv

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/eventlog"
)

// A loss is rows that are passed over, up to the next one that is sound.
type loss struct {
	open   bool
	offset int64
	line   int
	record int
	// byLine says that rows are looked for at each line: where quotes are out
	// of order, the end of a row cannot be known.
	byLine bool
	reason string
}

// lose begins a loss at the row at pos, or goes on with one.
func (r *reader) lose(reason string, byLine bool) {
	if !r.lost.open {
		r.rows++
		r.lost = loss{open: true, offset: r.offset(r.pos), line: r.line, record: r.rows, reason: reason}
	}
	r.lost.byLine = r.lost.byLine || byLine
}

// endLoss ends a loss before pos.
func (r *reader) endLoss() {
	if !r.lost.open {
		return
	}
	l := r.lost
	r.lost = loss{}
	lines := fmt.Sprintf("line %d was", l.line)
	if last := r.line - 1; last > l.line {
		lines = fmt.Sprintf("lines %d to %d were", l.line, last)
	}
	r.diagnose(evidence.Diagnostic{Code: "csv-bad-record", Severity: evidence.Warning, Lost: true,
		Where:   r.in.At(l.offset, r.offset(r.pos)-l.offset, l.line, fmt.Sprintf("record %d", l.record)),
		Summary: "a row was passed over: " + l.reason,
		Detail:  lines + " passed over; reading went on at the next row that is sound"})
}

// bad passes over a row whose quotes are out of order.
func (r *reader) bad(v verdict) {
	what := "a quote stands inside a field that is not quoted"
	if v == afterText {
		what = "text follows a closing quote"
	}
	line := r.line + bytes.Count(r.buf[r.pos:r.scan.where], lineFeed)
	r.lose(fmt.Sprintf("%s, in line %d", what, line), true)
	r.skipLine()
}

// skipLine passes over the rest of a line.
func (r *reader) skipLine() {
	for {
		if i := bytes.IndexByte(r.buf[r.pos:r.end], '\n'); i >= 0 {
			r.skipTo(i + 1)
			return
		}
		r.skipTo(r.end - r.pos)
		if !r.fill() {
			return
		}
	}
}

// unclosed deals with quotes that the file ends in, and reports whether that
// is the end of reading. Among lines that are passed over already, such a quote
// tells something only if a sound row begins with it.
func (r *reader) unclosed() bool {
	if r.lost.open && r.lost.byLine && !r.plausible(0) {
		r.skipLine()
		return false
	}
	r.endLoss()
	r.openQuote()
	return true
}

func (r *reader) openQuote() {
	line := r.line + bytes.Count(r.buf[r.pos:r.scan.where], lineFeed)
	start := r.offset(r.pos)
	at := r.offset(r.scan.where)
	r.upTo = start
	r.diagnose(evidence.Diagnostic{Code: "csv-open-quote", Severity: evidence.Error,
		Where:   r.in.At(at, 1, line, fmt.Sprintf("record %d", r.rows+1)),
		Summary: "a quote opened here is never closed: " + r.unread(start),
		Detail: fmt.Sprintf("a row may have %d MiB at most; the events before line %d were read. Export the log again, or cut the file before that line",
			importers.MaxRecord>>20, r.line)})
}

// unread says how much of the file was not read.
func (r *reader) unread(from int64) string {
	if r.in.Size < 0 {
		return "the rest of the file was not read"
	}
	return fmt.Sprintf("%d bytes were not read", max(0, r.in.Size-from))
}

// tooLong ends the reading at a row that is longer than a row may be.
func (r *reader) tooLong() {
	r.endLoss()
	if open, ok := r.scan.openAt(r.pos + importers.MaxRecord); ok {
		r.scan.where = open
		r.openQuote()
		return
	}
	start := r.offset(r.pos)
	r.diagnose(evidence.Diagnostic{Code: "csv-record-too-long", Severity: evidence.Error,
		Where:   r.in.At(start, importers.MaxRecord, r.line, fmt.Sprintf("record %d", r.rows+1)),
		Summary: "a row is too long: " + r.unread(start),
		Detail:  fmt.Sprintf("a row may have %d MiB at most; the events before it were read", importers.MaxRecord>>20)})
}

// odd deals with a row that has not the fields of its layout, or no event ID
// where that should be.
func (r *reader) odd(next int) error {
	if r.special(next) {
		return nil
	}
	s := r.scan
	switch {
	case s.n < r.lay.width && s.unended:
		r.truncated(next)
		return nil
	case s.n < r.lay.width && r.hasKey() && r.plausible(0):
		return r.odder(next, 0, "csv-short-row", "a row has too few fields and was read as far as it goes")
	case s.n > r.lay.width && s.n <= maxFields:
		extra := s.n - r.lay.width
		switch {
		case r.emptyFrom(r.lay.width) && r.plausible(0):
			id, _ := r.eventID(0)
			return r.event(next, id, 0)
		case r.lay.cols[roleMessage] != absent && r.plausible(extra):
			return r.odder(next, extra, "csv-long-row", "a row has too many fields: the message was taken to hold commas")
		}
	}
	r.lose(r.whyOdd(), false)
	if r.lost.byLine {
		r.skipLine()
	} else {
		r.skipTo(next - r.pos)
	}
	return nil
}

func (r *reader) whyOdd() string {
	if n := r.scan.n; n != r.lay.width {
		return fmt.Sprintf("it has %d fields in place of %d", n, r.lay.width)
	}
	ro := roleID
	if r.lay.cols[ro] == absent {
		ro = roleInstance
	}
	if id := r.raw(ro, 0); !digits(string(clip(id))) {
		return fmt.Sprintf("its event ID is %q", clip(id))
	}
	return "it is not like the others"
}

// hasKey reports whether a short row has what an event is known by.
func (r *reader) hasKey() bool {
	n := r.scan.n
	for _, ro := range [...]role{roleProvider, roleID, roleInstance, roleTime, roleClock} {
		if r.lay.cols[ro] >= n {
			return false
		}
	}
	return true
}

// emptyFrom reports whether all fields from i on are empty.
func (r *reader) emptyFrom(i int) bool {
	return !slices.ContainsFunc(r.scan.fields[i:r.scan.n], func(f span) bool { return f.end > f.start })
}

// odder reads a row with a doubt, which it tells of.
func (r *reader) odder(next, extra int, code, summary string) error {
	id, _ := r.eventID(extra)
	if err := r.event(next, id, extra); err != nil {
		return err
	}
	r.diagnose(evidence.Diagnostic{Code: code, Severity: evidence.Warning, Where: r.row.event.Where,
		Summary: summary, Detail: fmt.Sprintf("it has %d fields in place of %d", r.scan.n, r.lay.width)})
	return nil
}

// truncated tells of a last row that the end of the file cuts.
func (r *reader) truncated(next int) {
	r.endLoss()
	r.rows++
	start := r.offset(r.pos)
	detail := fmt.Sprintf("it has %d fields in place of %d, and no line end", r.scan.n, r.lay.width)
	if r.scan.n == r.lay.width {
		detail = "it has no line end, and ends with the event ID or the provider, which may be cut"
	}
	r.diagnose(evidence.Diagnostic{Code: "csv-truncated", Severity: evidence.Error,
		Where:   r.in.At(start, r.offset(next)-start, r.line, fmt.Sprintf("record %d", r.rows)),
		Summary: "the file ends inside a row, which was not read", Detail: detail})
	r.skipTo(next - r.pos)
}

// special takes a row that is none: another header, a #TYPE or a sep= line, as
// they stand in files that were put together from several exports.
func (r *reader) special(next int) bool {
	line := r.buf[r.pos:next]
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	if len(line) > maxHeader {
		return false
	}
	var pre preamble
	if pre.special(bytes.TrimRight(line, "\r")) {
		r.endLoss()
		if pre.channel != "" {
			r.lay.channel = pre.channel
			r.noteChannel(pre.channel)
		}
		r.skipLine()
		return true
	}
	if r.headerTries == maxHeaderTries || !maybeHeader(line) {
		return false
	}
	if r.end-r.pos < importers.DetectBytes && r.fill() {
		return true // to look again with more of what follows
	}
	head := r.buf[r.pos:min(r.end, r.pos+importers.DetectBytes)]
	found := recognise(head, r.eof && r.pos+len(head) == r.end, r.dec)
	if found.layout == nil || found.layout.dialect == eventViewer2003 {
		r.headerTries++
		return false
	}
	r.endLoss()
	r.use(found.layout)
	r.skipTo(found.layout.data)
	return true
}

// maxHeaderTries is how many lines are taken for a header in vain. To look at
// one costs as much as to read many rows.
const maxHeaderTries = 100

// maybeHeader reports, cheaply, whether a line may be a header: it names a
// column that holds event IDs.
func maybeHeader(line []byte) bool {
	for cell := range strings.FieldsFuncSeq(string(line), func(c rune) bool { return strings.ContainsRune(delimiters, c) }) {
		name := eventlog.Fold(strings.Trim(cell, "\" \r"))
		if name == "id" || name == "instanceid" || slices.Contains(idColumns, name) || eventlog.Column(name) == eventlog.ID {
			return true
		}
	}
	return false
}
