// Package eventcsv reads event logs that were exported as delimited text: by
// Event Viewer in any language, PowerShell, EvtxECmd, Log Parser, Log Analytics
// and plaso. One parser serves them all; the dialects are a table of columns.
//
// It counts nothing and judges nothing: each row becomes an evidence.Event, or
// is named in a diagnostic. It does not read the binary logs (.evtx, .evt), nor
// Event Viewer's XML. The syntax is that of RFC 4180 with quotes undone as
// given there; the dialects follow real exports and the exporters' own
// documentation.
package eventcsv

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// Format reads event logs exported as comma-, semicolon- or tab-separated text.
var Format = &importers.Format{
	Name:       "eventcsv",
	Extensions: []string{".csv"},
	Doc: `event log exported as CSV

How to export the System log, which holds Schannel's events:

    Event Viewer (2008 and later), in any language:
      Windows Logs > System > Save All Events As… > CSV (Comma Separated)
      "Text (Tab Delimited)" is read too
    Event Viewer (2003): System > Save Log File As… > CSV (Comma delimited)
    PowerShell 2 and later (2008 and later):
      Get-WinEvent -LogName System | Export-Csv -NoTypeInformation -Encoding UTF8 system.csv
      Get-EventLog -LogName System | Export-Csv -NoTypeInformation -Encoding UTF8 system.csv
    any Windows since 2008, and read elsewhere with EvtxECmd:
      wevtutil epl System system.evtx
      EvtxECmd -f system.evtx --csv . --csvf system.csv

Read as well: Log Parser (-i:EVT), the Event table of Log Analytics, and plaso
or Timesketch. Leave all columns in: without the provider and the event ID an
event cannot be told, and a computer and a channel are worth having.

An event is known by its provider and its ID, in any language; level and text
never decide. An export proves what it holds. It cannot prove that something
did not happen: a log reaches back only as far as its size allows, and Schannel
does not log its warnings by default. Event Viewer and PowerShell write times
of the local zone, without naming it and in the order of day and month of the
user's culture, and Event Viewer leaves the computer, the channel and the record
ID out. EvtxECmd writes all of these, and UTC. The lists of hits that Hayabusa
and Chainsaw make are refused: what is not in them may well be in the log.`,
	Detect: detect,
	Import: importCSV,
}

func detect(head []byte, name string) importers.Confidence {
	utf8, dec := decodeHead(head)
	f := recognise(utf8, len(head) < importers.DetectBytes, dec)
	switch {
	case f.layout != nil:
		return f.sure
	case f.refusal == refuseRuleHits:
		return importers.Certain
	case f.refusal == refuseUnknown && csvName(name):
		return importers.Maybe
	}
	return importers.No
}

// csvName reports whether a file is called a CSV.
func csvName(name string) bool { return strings.EqualFold(path.Ext(name), ".csv") }

func importCSV(ctx context.Context, in *importers.Input, to evidence.Sink) error {
	r := newReader(ctx, in, to)
	r.fill()
	if r.end > 0 || r.readErr == nil {
		r.begin()
	}
	if err := r.run(); err != nil {
		return err
	}
	if err := r.finish(); err != nil {
		return err
	}
	if r.readErr != nil {
		return fmt.Errorf("reading the export: %w", r.readErr)
	}
	return nil
}
