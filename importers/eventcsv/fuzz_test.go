package eventcsv

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// checkCoverage fails unless every line of a file is of an event, or of a
// diagnostic, or is no row: blank, a header, a #TYPE or sep= line.
func checkCoverage(t *testing.T, content []byte, s *sink) {
	t.Helper()
	type interval struct{ start, end int64 }
	var covered []interval
	size := int64(len(content))
	for _, e := range s.events {
		covered = append(covered, interval{e.where.Offset, e.where.Offset + e.where.Length})
	}
	for _, d := range s.diagnostics {
		switch {
		case d.Where.Offset < 0 || d.Where.Offset+d.Where.Length > size || d.Where.Line < 1:
			t.Fatalf("location of %+v in a file of %d bytes", d, size)
		case d.Code == "csv-duplicates" || d.Code == "csv-other-records":
			return // these rows are counted and have no place of their own
		case d.Code == "csv-open-quote" || d.Code == "csv-record-too-long":
			_, unread, _ := strings.Cut(d.Summary, ": ")
			var n int64
			if _, err := fmt.Sscanf(unread, "%d bytes were not read", &n); err != nil {
				t.Fatalf("%+v does not say how much was not read", d)
			}
			covered = append(covered, interval{size - n, size})
		case d.Severity == evidence.Error && d.Code != "csv-truncated":
			covered = append(covered, interval{d.Where.Offset, size})
		case d.Code == "csv-bad-record" || d.Code == "csv-truncated" || d.Code == "csv-nul-padding":
			covered = append(covered, interval{d.Where.Offset, d.Where.Offset + d.Where.Length})
		}
	}
	slices.SortFunc(covered, func(a, b interval) int { return cmp.Compare(a.start, b.start) })
	at := int64(0)
	check := func(end int64) {
		for line := range bytes.SplitSeq(content[at:max(at, end)], lineFeed) {
			line = bytes.Trim(line, "\r\ufeff")
			var p preamble
			if len(line) > 0 && !p.special(line) && !maybeHeader(line) {
				t.Fatalf("line %q behind byte %d is neither an event nor in a diagnostic: %d events, %+v", line, at, len(s.events), s.diagnostics)
			}
		}
	}
	for _, c := range covered {
		check(c.start)
		at = max(at, c.end)
	}
	check(size)
}

var fuzzHeaders = []string{
	viewerHeader + "\r\n",
	evtxHeader + "\r\n",
	"#TYPE x\r\n" + eventLogNames + "\r\n",
	"TimeCreated;Id;ProviderName;Message\n",
	"computer_name,data_type,event_identifier,source_name,record_number\n",
	"",
}

// FuzzImport reads anything behind the header of a dialect.
func FuzzImport(f *testing.F) {
	for i, rows := range []string{
		viewerRowOf(1) + "\r\n" + viewerRowOf(2) + "\r\n",
		evtxRow(1, `{""a"":""b"",""c"":""d"",""e"":""f"",""g"":""h"",""i"":""j""}`) + "\r\n" + evtxRow(2, "") + "\r\n",
		`"36885","srv1","System.Byte[]","1","(0)","0","Warning","a",""` + "\r\n",
		"2013-02-04 12:00:00;1;Schannel;\"a\nb\"\n2013-02-04 12:00:00;1;Schannel;a\"b\n",
		"srv,windows:evtx:record,1,Schannel,5\nsrv,windows:evtx:record,1,Schannel,5\n",
		"2/14/2013,1:12:35 PM,Schannel,Warning,None,36885,N/A,EXHUB01,text\r\n",
	} {
		f.Add(uint8(i), []byte(rows))
		f.Add(uint8(i), []byte(rows)[:len(rows)*2/3])
	}
	f.Fuzz(func(t *testing.T, dialect uint8, rows []byte) {
		content := append([]byte(fuzzHeaders[int(dialect)%len(fuzzHeaders)]), rows...)
		s, _ := read(t, content, importers.Options{})
		end, line := int64(0), 0
		for _, e := range s.events {
			if e.where.Offset < end || e.where.Length <= 0 || e.where.Offset+e.where.Length > int64(len(content)) || e.where.Line <= line {
				t.Fatalf("location %+v behind %d in a file of %d bytes", e.where, end, len(content))
			}
			end, line = e.where.Offset+e.where.Length, e.where.Line
			if want := 1 + bytes.Count(content[:e.where.Offset], lineFeed); want != line {
				t.Fatalf("line %d at offset %d, want %d", line, e.where.Offset, want)
			}
		}
		loses := slices.ContainsFunc(s.diagnostics, evidence.Diagnostic.Loses)
		if s.log != nil && (s.log.Whole == loses || s.log.Events != len(s.events)) || s.log == nil && len(s.events) > 0 {
			t.Fatalf("event log %+v of %d events, losses %v", s.log, len(s.events), loses)
		}
		if s.log == nil {
			return
		}
		checkCoverage(t, content, s)
		checkPrefix(t, content, s)
	})
}

// checkPrefix cuts the file behind its middle event, and wants the events up to
// there again.
func checkPrefix(t *testing.T, content []byte, s *sink) {
	if len(s.events) == 0 {
		return
	}
	n := (len(s.events) + 1) / 2
	last := s.events[n-1].where
	prefix := content[:last.Offset+last.Length]
	_, dec := decodeHead(content)
	whole, part := recognise(content, true, dec), recognise(prefix, true, dec)
	if whole.layout == nil || part.layout == nil || whole.layout.width != part.layout.width || whole.layout.cols != part.layout.cols {
		return // what is left is too short to tell the layout by
	}
	again, _ := read(t, prefix, importers.Options{})
	if len(again.events) != n {
		t.Fatalf("%d events of a prefix, want %d: %+v", len(again.events), n, again.diagnostics)
	}
	for i, e := range again.events {
		if w := s.events[i]; e.where != w.where || e.id != w.id || e.provider != w.provider {
			t.Fatalf("event %d of a prefix is %+v, want %+v", i, e, w)
		}
	}
}

// FuzzScan compares the scanner with encoding/csv on what that takes for well
// formed, both with and without looking at each quote.
func FuzzScan(f *testing.F) {
	f.Add([]byte("a,b\r\n\"c,\"\"d\r\n\",e\n"), uint8(2))
	f.Add([]byte("x,\"{\"\"a\"\":\"\"b\"\",\"\"c\"\":\"\"d\"\",\"\"e\"\":\"\"f\"\",\"\"g\"\":\"\"h\"\"}\"\r\n\r\ny,z\r"), uint8(2))
	f.Fuzz(func(t *testing.T, content []byte, width uint8) {
		r := csv.NewReader(bytes.NewReader(content))
		r.FieldsPerRecord = -1
		var want [][]string
		for {
			fields, err := r.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return // not well formed
			}
			want = append(want, fields)
		}
		s := newScanner(',', int(width))
		for p, n := 0, 0; ; n++ {
			p = skipBlank(content, p)
			if p == len(content) {
				if n != len(want) {
					t.Fatalf("%d rows, want %d", n, len(want))
				}
				return
			}
			end, v := s.scan(content, p, true)
			if v == complete && s.jumped {
				last := s.fields[s.n-1]
				if _, ok := unquote(nil, content[last.start:last.end], false); !ok {
					s.strict = true
					end, v = s.scan(content, p, true)
					s.strict = false
				}
			}
			if v != complete || n >= len(want) || s.n != len(want[n]) {
				t.Fatalf("row %d: verdict %d, %d fields, want %q", n, v, s.n, want[min(n, len(want)-1)])
			}
			for i, f := range s.fields[:min(s.n, maxFields)] {
				if got := bytes.ReplaceAll(value(content, f), []byte("\r\n"), lineFeed); string(got) != want[n][i] {
					t.Fatalf("row %d, field %d: %q, want %q", n, i, got, want[n][i])
				}
			}
			p = end
		}
	})
}

func skipBlank(b []byte, p int) int {
	for {
		switch {
		case bytes.HasPrefix(b[p:], lineFeed):
			p++
		case bytes.HasPrefix(b[p:], []byte("\r\n")):
			p += 2
		case string(b[p:]) == "\r":
			return len(b)
		default:
			return p
		}
	}
}
