package eventcsv

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// refuse says why a file is not read.
func (r *reader) refuse(found recognition) {
	where := r.in.At(r.offset(found.at), int64(len(found.header)), 1+bytes.Count(r.buf[:found.at], lineFeed), "")
	if found.refusal == refuseRuleHits {
		r.diagnose(evidence.Diagnostic{Code: "csv-rule-hits", Severity: evidence.Error, Where: where,
			Summary: "this lists the hits of detection rules and not the log: it was not read",
			Detail:  "Hayabusa and Chainsaw write only the events that a rule hit, so an event that is not there may well be in the log; export the log itself, such as with EvtxECmd"})
		return
	}
	r.diagnose(evidence.Diagnostic{Code: "csv-unknown-header", Severity: evidence.Error, Where: where,
		Summary: "the header is of no known export of an event log: the file was not read",
		Detail:  fmt.Sprintf("the header is %q; known are %s", clip(found.header), dialectNames())})
}

// diagnoseColumns tells of columns without which little can be said. Without an
// event ID nothing can be: the layout is given up.
func (r *reader) diagnoseColumns() {
	where := r.in.At(r.offset(r.pos), 0, r.line, "header")
	if r.lay.cols[roleID] == absent && r.lay.cols[roleInstance] == absent {
		r.diagnose(evidence.Diagnostic{Code: "csv-no-event-id", Severity: evidence.Error, Where: where,
			Summary: "the export has no column of event IDs: it was not read",
			Detail:  "an event is known by its provider and its ID; export the log with all columns"})
		r.lay = nil
		return
	}
	if r.lay.cols[roleProvider] == absent && !r.log.noProvider {
		r.log.noProvider = true
		r.diagnose(evidence.Diagnostic{Code: "csv-no-provider", Severity: evidence.Warning, Lost: true, Where: where,
			Summary: "the export has no column of providers: no event of it can be told for Schannel's",
			Detail:  "the events were counted by their ID alone; export the log with all columns"})
	}
	if r.lay.cols[roleTime] == absent {
		r.diagnose(evidence.Diagnostic{Code: "csv-no-time", Severity: evidence.Note, Where: where,
			Summary: "the export has no column of times",
			Detail:  "the events were counted, and it is not known when they were"})
	}
}

// noLineEnd tells of a last row without a line end. Its message may be cut.
func (r *reader) noLineEnd(where evidence.Location) {
	if f := r.scan.fields[min(r.scan.n, maxFields)-1]; f.quoted {
		return
	}
	r.diagnose(evidence.Diagnostic{Code: "csv-no-line-end", Severity: evidence.Note, Where: where,
		Summary: "the last row has no line end",
		Detail:  "it has all its fields and was read; if the file was cut, the last field may be short"})
}

// minPadding is how many NULs are more than the filling of a disk sector.
const minPadding = 512

// padding passes over NULs between rows.
func (r *reader) padding() {
	r.endLoss()
	start, line := r.offset(r.pos), r.line
	n, atEnd := 0, false
	for {
		i := r.pos
		for i < r.end && r.buf[i] == 0 {
			i++
		}
		n += i - r.pos
		r.pos = i
		if i < r.end {
			break
		}
		if !r.fill() {
			atEnd = true
			break
		}
	}
	d := evidence.Diagnostic{Code: "csv-nul-padding", Severity: evidence.Warning, Lost: true,
		Where:   r.in.At(start, r.offset(r.pos)-start, line, ""),
		Summary: fmt.Sprintf("%d NULs stand where rows should be", n),
		Detail:  "a file that was not written to its end, as after a crash, has NULs in place of its data; reading went on behind them"}
	if atEnd && n < minPadding {
		d.Severity, d.Lost = evidence.Note, false
		d.Summary = fmt.Sprintf("the file is filled up with %d NULs", n)
		d.Detail = "there are fewer of them than a disk sector holds"
	}
	r.diagnose(d)
}

// finish tells what is known at the end of the file.
func (r *reader) finish() error {
	r.endLoss()
	if r.dec != nil {
		r.in.Source.Encoding = r.dec.name()
	}
	if r.log.dialect == "" {
		return nil
	}
	if r.upTo < 0 {
		r.upTo = r.offset(r.pos)
	}
	read := r.in.At(0, r.upTo, 1, "")
	if r.log.duplicates > 0 {
		r.diagnose(evidence.Diagnostic{Code: "csv-duplicates", Severity: evidence.Note, Where: read,
			Summary: fmt.Sprintf("%d rows repeat the record before them and were counted once", r.log.duplicates),
			Detail:  "plaso writes a record once for each of its times"})
	}
	if r.log.others > 0 {
		r.diagnose(evidence.Diagnostic{Code: "csv-other-records", Severity: evidence.Note, Where: read,
			Summary: fmt.Sprintf("%d rows are not of an event log and were passed over", r.log.others)})
	}
	r.diagnoseText(read)
	r.dates.Diagnose("csv", read, r.to)
	zone, stated := r.dates.Zone()
	log := &evidence.EventLog{
		Where: read, Dialect: r.log.dialect, DateOrder: r.dates.Order(), Zone: zone, ZoneStated: stated,
		Events: r.events, Whole: r.whole && r.readErr == nil,
	}
	if len(r.log.channels) > 0 {
		log.Channels = slices.Sorted(maps.Keys(r.log.channels))
	}
	return r.to.Add(log)
}

func (r *reader) diagnoseText(read evidence.Location) {
	if r.dec.enc == text.EightBit && r.in.Encoding == "" {
		r.diagnose(evidence.Diagnostic{Code: "csv-code-page-assumed", Severity: evidence.Note, Where: read,
			Summary: "the text is in a code page that the file does not tell: " + r.dec.name() + " was taken",
			Detail:  "event IDs and providers do not depend on it; name the code page with --encoding"})
	}
	if r.utf16 != nil && r.utf16.Broken() > 0 {
		r.diagnose(evidence.Diagnostic{Code: "csv-broken-text", Severity: evidence.Warning, Where: read,
			Summary: fmt.Sprintf("%d characters of UTF-16 are broken and were replaced", r.utf16.Broken()),
			Detail:  fmt.Sprintf("each became U+FFFD; a file of %s has an even number of bytes and surrogates in pairs", r.dec.name())})
	}
}
