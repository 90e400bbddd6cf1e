// Package eventtext reads events that were copied from Event Viewer as labelled
// text ("Copy > Copy Details as Text", and the copy button of 2003), one or many
// in a file, in each language whose labels are known.
//
// It does not read tables, which package eventcsv does, nor free text: an event
// begins with the two labels that Event Viewer writes first.
package eventtext

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/eventlog"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// Format reads events copied from Event Viewer as text.
var Format = &importers.Format{
	Name:       "eventtext",
	Extensions: []string{".txt"},
	Doc: `events copied from Event Viewer as text

How to copy events:

    Event Viewer (2008 and later): select events, Action > Copy > Copy Details as
      Text, paste into a text file; one file may hold many events
    Event Viewer (2003): open an event, press the button with two sheets, paste

An event that was copied proves that it was logged, with its computer, its log
and, in the local zone and the user's order of day and month, its time. What was
not copied proves nothing: a selection of events says nothing of the others.
For that, export the whole log as CSV, or with wevtutil and EvtxECmd.`,
	Detect: detect,
	Import: importText,
}

// maxLine bounds a line that is held at once; a longer one is read in pieces.
const maxLine = 64 << 10

func detect(head []byte, _ string) importers.Confidence {
	lines := text.NewLines(bytes.NewReader(head), nil, maxLine)
	labels, provider, id := 0, false, false
	for lines.Next() {
		f, _ := label(lines.Line.Text)
		if f == eventlog.NoField {
			labels, provider, id = 0, false, false
			continue
		}
		labels++
		provider = provider || f == eventlog.Provider
		id = id || f == eventlog.ID
		if labels >= minLabels && provider && id {
			return importers.Certain
		}
	}
	return importers.No
}

// minLabels is how many labels in succession, those of the source and the event
// ID among them, make a text certain to be events.
const minLabels = 4

// importText reads the events of a file.
func importText(ctx context.Context, in *importers.Input, to evidence.Sink) error {
	page, err := text.NewCodePage(in.Encoding)
	r := &reader{in: in, to: to, channels: map[string]bool{},
		dates: eventlog.NewDates(in.TimeZone, in.DateOrder)}
	if err != nil {
		page = nil
		r.to.Diagnose(evidence.Diagnostic{Code: "text-unknown-code-page", Severity: evidence.Warning, Where: in.At(0, 0, 1, ""),
			Summary: "the code page that was named is not known: " + text.DefaultCodePage + " was taken", Detail: err.Error()})
	}
	lines := text.NewLines(in, page, maxLine)
	if err := r.read(ctx, lines); err != nil {
		return err
	}
	in.Source.Encoding = lines.Encoding().String()
	if lines.Encoding() == text.EightBit {
		if page == nil {
			page, _ = text.NewCodePage(text.DefaultCodePage) // that name is known
		}
		in.Source.Encoding = page.Name()
	}
	if err := r.finish(lines.Offset()); err != nil {
		return err
	}
	if err := lines.Err(); err != nil && err != io.EOF {
		return fmt.Errorf("reading the events: %w", err)
	}
	return nil
}

// label takes a line such as "Source:        Schannel" apart. It returns
// NoField where the line has no label that is known.
func label(line []byte) (f eventlog.Field, value []byte) {
	i := bytes.IndexByte(line, ':')
	wide := bytes.Index(line, []byte("："))
	size := 1
	if wide >= 0 && (i < 0 || wide < i) {
		i, size = wide, len("：")
	}
	if i <= 0 || i > maxLabel {
		return eventlog.NoField, nil
	}
	f = eventlog.Label(string(line[:i]))
	if f == eventlog.NoField {
		return f, nil
	}
	return f, bytes.TrimSpace(line[i+size:])
}

// maxLabel is the longest label in bytes: those in Cyrillic take two a letter.
const maxLabel = 64

// begins reports whether an event begins with these two lines: the log's name
// and the source or, in 2003, the type and the source.
func begins(first, second []byte) bool {
	f, _ := label(first)
	s, _ := label(second)
	return (f == eventlog.Log || f == eventlog.Level) && s == eventlog.Provider
}
