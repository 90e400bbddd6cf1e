package eventcsv

import (
	"bytes"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/internal/eventlog"
)

// A layout is how the rows of a file are read.
type layout struct {
	dialect *dialect
	delim   byte
	// width is how many fields a row has.
	width int
	cols  [numRoles]int
	// utc says that times are in UTC, by the dialect or a column's name.
	utc bool
	// channel is the log that all events are of, if the file says so once.
	channel string
	// data is the offset of the first row, behind the header.
	data int
}

// A refusal is why a table is not read.
type refusal uint8

const (
	refuseOther    refusal = iota // it is something else
	refuseUnknown                 // it looks like events, in no known dialect
	refuseRuleHits                // it lists hits of rules, and not the log
)

// A recognition is what the start of a file tells.
type recognition struct {
	layout  *layout // nil if it is not read
	sure    importers.Confidence
	refusal refusal
	// header is the line that was taken for the header, and at its offset.
	header []byte
	at     int
}

// sampleRows is how many rows the width of a file is taken from.
const sampleRows = 50

// delimiters are those that exporters write, the most common first.
const delimiters = ",;\t|"

// maxHeader bounds the line that may be a header.
const maxHeader = 16 << 10

// recognise finds the layout of a file from its start. whole says that head is
// all of it.
func recognise(head []byte, whole bool, dec *decoder) recognition {
	pre := readPreamble(head)
	body := head[pre.end:]
	line := body
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	if len(line) > maxHeader || bytes.IndexByte(line, 0) >= 0 {
		return recognition{}
	}
	best := recognition{header: bytes.TrimRight(line, "\r"), at: pre.end}
	delims := []byte(delimiters)
	if pre.delim != 0 {
		delims = []byte{pre.delim}
	}
	for _, delim := range delims {
		r := recogniseRows(body, whole, delim, dec)
		if r.layout != nil {
			r.layout.data += pre.end
			if pre.channel != "" {
				r.layout.channel = pre.channel
			}
		}
		if r.sure > best.sure || best.layout == nil && r.refusal > best.refusal {
			r.header, r.at = best.header, best.at
			best = r
		}
	}
	return best
}

// A preamble is what may stand before the header.
type preamble struct {
	end     int
	delim   byte
	channel string
}

// readPreamble passes over blank lines, byte order marks, a sep= line and a
// #TYPE line.
func readPreamble(b []byte) (p preamble) {
	for {
		rest := b[p.end:]
		if bytes.HasPrefix(rest, byteOrderMark) {
			p.end += len(byteOrderMark)
			continue
		}
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return p
		}
		line := bytes.TrimRight(rest[:i], "\r")
		if len(line) > 0 && !p.special(line) {
			return p
		}
		p.end += i + 1
	}
}

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

const typeMark = "#TYPE "

// special takes a line that is neither a header nor a row, and reports whether
// it is one.
func (p *preamble) special(line []byte) bool {
	line = bytes.Trim(line, `"`)
	if len(line) == 5 && bytes.EqualFold(line[:4], []byte("sep=")) {
		p.delim = line[4]
		return true
	}
	if name, ok := bytes.CutPrefix(line, []byte(typeMark)); ok {
		p.channel = typeChannel(string(name))
		return true
	}
	return false
}

// typeChannel returns the log that the type of PowerShell's EventLogEntry
// names: System.Diagnostics.EventLogEntry#System/Schannel/36885.
func typeChannel(name string) string {
	_, rest, ok := strings.Cut(name, ".EventLogEntry#")
	log, _, more := strings.Cut(rest, "/")
	if !ok || !more {
		return ""
	}
	return eventlog.Channel(log)
}

// recogniseRows tries one delimiter on a header and the rows behind it.
func recogniseRows(b []byte, whole bool, delim byte, dec *decoder) recognition {
	s := newScanner(delim, 0)
	end, v := s.scan(b, 0, whole)
	if v != complete || s.n < 2 || s.n > maxFields {
		return recognition{}
	}
	names := make([]string, s.n)
	for i, f := range s.fields[:s.n] {
		names[i] = strings.TrimSpace(string(dec.decode(value(b, f))))
	}
	rows := sample(b, end, whole, delim)
	folded := make([]string, len(names))
	for i, n := range names {
		folded[i] = eventlog.Fold(n)
	}
	switch {
	case slices.Contains(folded, notAnEventLog):
		return recognition{}
	case has(folded, ruleHitTells):
		return recognition{refusal: refuseRuleHits}
	}
	for _, d := range dialects {
		if has(folded, d.tells) {
			lay := &layout{dialect: d, delim: delim, width: len(names), cols: d.assign(folded), utc: d.utc, data: end}
			if i := lay.cols[roleTime]; i != absent && strings.HasSuffix(folded[i], "[utc]") {
				lay.utc = true
			}
			return recognition{layout: lay, sure: importers.Certain}
		}
	}
	if lay, sure := viewerLayout(folded, rows, delim); lay != nil {
		lay.data = end
		return recognition{layout: lay, sure: sure}
	}
	if lay := layout2003(b, whole, delim); lay != nil {
		return recognition{layout: lay, sure: importers.Likely}
	}
	if eventLike(folded) {
		return recognition{refusal: refuseUnknown}
	}
	return recognition{}
}

// sample returns the fields of the first rows at b[p]. A row that the end of b
// cuts is left out, and so is all behind one that cannot be read.
func sample(b []byte, p int, whole bool, delim byte) [][]string {
	var rows [][]string
	s := newScanner(delim, 0)
	for len(rows) < sampleRows && p < len(b) {
		if b[p] == '\n' || b[p] == '\r' {
			p++
			continue
		}
		end, v := s.scan(b, p, whole)
		if v != complete || s.n > maxFields {
			break
		}
		row := make([]string, s.n)
		for i, f := range s.fields[:s.n] {
			v := value(b, f)
			row[i] = string(v[:min(len(v), maxSampled)])
		}
		rows = append(rows, row)
		p = end
	}
	return rows
}

// maxSampled is how much of a field is looked at to find out what it is.
const maxSampled = 100

// value returns a field with its quotes undone.
func value(b []byte, f span) []byte {
	v := b[f.start:f.end]
	if f.doubled {
		v, _ = unquote(nil, v, true)
	}
	return v
}
