package reports

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func (v *view) certificatesSheet() *Sheet {
	s := &Sheet{Name: "Certificates", Title: "Each certificate in each place where an export holds it",
		Empty: "no certificate was read",
		Columns: []Column{
			{"host", "Host", Text, 14}, {"store", "Store", Text, 22}, {"physical", "Physical store", Text, 12}, {"subject", "Subject", Wrapped, 46}, {"issuer", "Issuer", Wrapped, 46},
			{"friendlyName", "Friendly name", Wrapped, 24}, {"notBefore", "Not before (UTC)", Date, 19}, {"notAfter", "Not after (UTC)", Date, 19},
			{"subjectBytes", "Bytes of the subject", Integer, 11}, {"selfIssued", "Self-issued", Text, 9}, {"key", "Key", Text, 11}, {"signature", "Signature", Text, 14},
			{"serial", "Serial number", Identifier, 35}, {"thumbprint", "Thumbprint (SHA-1)", Identifier, 43}, {"sha256", "SHA-256", Identifier, 66},
			{"parse", "Read", Text, 9}, {"parseNote", "Remark of the parser", Wrapped, 28}, {"place", "Place", Wrapped, 32},
		}}
	s.Len = v.rows.certificates
	s.Rows = func(yield func([]Cell) bool) {
		row := make([]Cell, 0, len(s.Columns))
		for c := range v.Certificates {
			row = append(row[:0], text(c.Host), text(c.Store), text(c.Physical), text(c.Subject), text(c.Issuer), text(c.FriendlyName),
				when(c.NotBefore.Time), when(c.NotAfter.Time), Cell{}, Cell{}, text(keyWords(&c)), text(c.SignatureAlgorithm),
				text(c.Serial), text(c.Thumbprint), text(c.SHA256), parseCell(evidence.ParseResult(c.Parse)), text(c.ParseNote), text(c.Location.String()))
			if c.SubjectBytes != nil {
				row[8], row[9] = number(*c.SubjectBytes), yesNo(c.SelfIssued)
			}
			if !yield(row) {
				return
			}
		}
	}
	return s
}

func keyWords(c *Certificate) string {
	if c.KeyBits == 0 {
		return c.KeyAlgorithm
	}
	return fmt.Sprintf("%s %d", c.KeyAlgorithm, c.KeyBits)
}

func parseCell(p evidence.ParseResult) Cell {
	switch p {
	case evidence.ParsedLenient:
		return styled(string(p), Doubt)
	case evidence.ParseFailed:
		return styled(string(p), Bad)
	}
	return text(string(p))
}

func (v *view) registrySheet() *Sheet {
	s := &Sheet{Name: "Registry", Title: "Registry values as exported, the later of two winning",
		Note:  "Numbers are decimal, binary data is upper-case hex, the strings of a REG_MULTI_SZ stand one a line.",
		Empty: "no registry export was read, or none that holds a value",
		Columns: []Column{
			{"host", "Host", Text, 18}, {"key", "Key", Wrapped, 70}, {"name", "Value", Wrapped, 34}, {"type", "Type", Text, 16}, {"data", "Data", Wrapped, 70}, {"place", "Place", Wrapped, 44},
		}}
	s.Len = v.rows.registry
	s.Rows = func(yield func([]Cell) bool) {
		for r := range v.Registry {
			name := r.Name
			if name == "" {
				name = "(default)"
			}
			data := Cell{}
			switch d := r.Data.(type) {
			case string:
				data = text(d)
			case []string:
				data = text(strings.Join(d, "\n"))
			}
			if !yield([]Cell{text(r.Host), text(r.Key), text(name), text(r.Type), data, text(fmt.Sprintf("%s:%d", r.Location.Source, r.Location.Line))}) {
				return
			}
		}
	}
	return s
}

func (v *view) eventsSheet() *Sheet {
	s := &Sheet{Name: "Events", Title: "Events by computer, provider, id and alert: how often, first and last",
		Note:  "The exported log is the exhibit: the first event is cited by its line. Times in UTC, read in the zone that the Evidence sheet gives.",
		Empty: "no event log was read",
		Columns: []Column{
			{"host", "Host", Text, 18}, {"computer", "Computer", Text, 24}, {"own", "Of this host", Text, 10}, {"provider", "Provider", Wrapped, 30}, {"id", "Event id", Identifier, 9},
			{"alert", "TLS alert", Identifier, 9}, {"count", "Count", Integer, 10}, {"first", "First (UTC)", Date, 20}, {"last", "Last (UTC)", Date, 20},
			{"asExported", "First and last as exported, where undecided", Wrapped, 30}, {"message", "First message", Wrapped, 70}, {"place", "Place of the first", Wrapped, 40}, {"sources", "Sources", Wrapped, 30},
		}}
	s.Len = v.rows.events
	if v.Summary.EventLogs > 0 {
		s.Empty = "the event logs that were read hold no event"
	}
	s.Rows = func(yield func([]Cell) bool) {
		for g := range v.Events {
			if !yield(eventRow(&g)) {
				return
			}
		}
	}
	return s
}

func eventRow(g *EventGroup) []Cell {
	own := yesNo(g.Own)
	if !g.Own {
		own.Style = Doubt
	}
	alert := Cell{}
	if g.Alert != nil {
		alert = number(*g.Alert)
	}
	row := []Cell{text(g.Host), text(g.Computer), own, text(g.Provider), number(g.ID), alert, number(g.Count), when(g.First.Time), when(g.Last.Time), {}, {}, {}, text(strings.Join(g.Sources, "\n"))}
	if g.First.IsZero() && g.FirstText+g.LastText != "" {
		row[9] = text(g.FirstText + "\n" + g.LastText)
	}
	if len(g.Samples) > 0 {
		row[10], row[11] = text(g.Samples[0].Message), text(g.Samples[0].Location.String())
	}
	return row
}

func (v *view) sourcesSheet() *Sheet {
	return &Sheet{Name: "Evidence", Title: "The files that were read, with their digests",
		Note:  "SHA-256 is over all bytes of the file as it was given. A file that was not read whole makes what depends on it unknown.",
		Empty: "no file was read",
		Columns: []Column{
			{"evidenceId", "Evidence id", Text, 11}, {"name", "File", Wrapped, 44}, {"host", "Host", Text, 18}, {"format", "Format", Text, 13}, {"store", "Store", Text, 26}, {"complete", "Read whole", Text, 10},
			{"size", "Bytes", Integer, 14}, {"sha256", "SHA-256", Identifier, 66}, {"certificates", "Certificates", Integer, 12}, {"crls", "CRLs", Integer, 8}, {"trustLists", "CTLs", Integer, 8},
			{"registryValues", "Registry values", Integer, 10}, {"events", "Events", Integer, 10}, {"storeBasis", "Store known by", Text, 12}, {"confidence", "Detected", Text, 10},
			{"encoding", "Encoding", Text, 14}, {"dialect", "Dialect", Text, 18}, {"dateOrder", "Date order", Text, 13}, {"zone", "Time zone", Text, 16},
			{"modified", "File time, as found (UTC)", Date, 20},
		},
		Len: v.sourceRows,
		Rows: func(yield func([]Cell) bool) {
			n := 0
			for src := range v.Sources {
				n++
				if !yield(sourceRow(n, &src)) {
					return
				}
			}
		}}
}

// evidenceID names a source by its row among the sources, sorted by name.
func evidenceID(row int) string { return fmt.Sprintf("E-%03d", row) }

func sourceRow(n int, s *Source) []Cell {
	format, whole := text(s.Format), yesNo(s.Complete)
	if s.Format == "" {
		format = styled("not recognised", Quiet)
		whole = styled("not read", Quiet)
	}
	if !s.Complete {
		whole = styled("no", Bad)
	}
	store := s.Store
	if s.Physical != "" {
		store += " (" + s.Physical + ")"
	}
	r := s.Records
	return []Cell{text(evidenceID(n)), text(s.Name), text(s.Host), format, text(store), whole, number(s.Size), text(s.SHA256),
		number(r.Certificates), number(r.CRLs), number(r.TrustLists), number(r.RegistryValues), number(r.Events),
		text(s.StoreBasis), text(s.Confidence), text(s.Encoding), text(s.Dialect), text(s.DateOrder), text(s.Zone), when(s.Modified.Time)}
}

func (v *view) diagnosticsSheet() *Sheet {
	s := &Sheet{Name: "Diagnostics", Title: "Remarks on the files: what was wanted, what was there, what was done instead",
		Empty: "there is no remark on any file",
		Columns: []Column{
			{"severity", "Severity", Text, 10}, {"code", "Code", Text, 28}, {"host", "Host", Text, 18}, {"place", "Place", Wrapped, 50},
			{"summary", "Remark", Prose, 60}, {"detail", "Detail", Prose, 70}, {"lost", "Loss", Text, 8},
		}}
	s.Len = v.rows.diagnostics
	s.Rows = func(yield func([]Cell) bool) {
		for d := range v.Diagnostics {
			if !yield([]Cell{styled(d.Severity, diagnosticStyle(evidence.DiagnosticSeverity(d.Severity))), text(d.Code), text(d.Host), text(d.Location.String()), text(d.Summary), text(d.Detail), yesNo(d.Lost)}) {
				return
			}
		}
	}
	return s
}

func diagnosticStyle(s evidence.DiagnosticSeverity) Style {
	switch s {
	case evidence.Error:
		return Bad
	case evidence.Warning:
		return Doubt
	}
	return Quiet
}
