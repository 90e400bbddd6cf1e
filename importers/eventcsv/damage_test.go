package eventcsv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// row returns a row of Event Viewer's with that event ID.
func viewerRowOf(id int) string {
	return fmt.Sprintf("Warning,14.02.2013 13:12:35,Schannel,%d,None,Text.", id)
}

func TestDamage(t *testing.T) {
	one, two, three := viewerRowOf(1), viewerRowOf(2), viewerRowOf(3)
	for _, c := range []struct {
		name, content string
		want          []int  // line*100 + event ID
		diagnostics   string // code at line, and "lost" or "error"
	}{
		{"sound", lines(viewerHeader, one, two), []int{201, 302}, ""},
		{"line feeds only", viewerHeader + "\n" + one + "\n" + two + "\n", []int{201, 302}, ""},
		{"blank lines", lines("", viewerHeader, "", one, "", "", two, ""), []int{401, 702}, ""},
		{"bare quote", lines(viewerHeader, one, `Warning,14.02.2013 13:12:35,Schannel,9,None,He said "no" twice`, three), []int{201, 403}, "csv-bad-record:3 lost"},
		{"text behind a closing quote", lines(viewerHeader, one, `Warning,14.02.2013 13:12:35,Schannel,9,None,"He" said`, three), []int{201, 403}, "csv-bad-record:3 lost"},
		{"a quote that swallows rows", lines(viewerHeader, one, `Warning,14.02.2013 13:12:35,Schannel,9,None,"never closed`, two, three, `Warning,14.02.2013 13:12:35,Schannel,4,None,"well, quoted"`), []int{201, 402, 503, 604}, "csv-bad-record:3 lost"},
		{"lines of a message without quotes", lines(viewerHeader, one, "a line,", "more of it", three), []int{201, 503}, "csv-bad-record:3 lost"},
		{"too few fields", lines(viewerHeader, one, "Warning,14.02.2013 13:12:35,Schannel,2,None", three), []int{201, 302, 403}, "csv-short-row:3"},
		{"far too few fields", lines(viewerHeader, one, "Warning,14.02.2013 13:12:35", three), []int{201, 403}, "csv-bad-record:3 lost"},
		{"commas in a message without quotes", lines(viewerHeader, one, two+" One, two, three.", three), []int{201, 302, 403}, "csv-long-row:3"},
		{"commas at the end", lines(viewerHeader, one, two+",,", three), []int{201, 302, 403}, ""},
		{"no event ID", lines(viewerHeader, one, "Warning,14.02.2013 13:12:35,Schannel,none,None,Text.", three), []int{201, 403}, "csv-bad-record:3 lost"},
		{"no time", lines(viewerHeader, one, "Warning,lately,Schannel,2,None,Text.", three), []int{201, 302, 403}, "csv-bad-time:3"},
		{"second header", lines(viewerHeader, one, viewerHeader, two), []int{201, 402}, ""},
		{"second header in another language, after a byte order mark", lines(viewerHeader, one, bom+"Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie,Computer", "Warnung,14.02.2013 13:12:35,Schannel,2,Keine,srv1,Text."), []int{201, 402}, ""},
		{"second header with another delimiter", lines(viewerHeader, one, strings.ReplaceAll(viewerHeader, ",", ";"), strings.ReplaceAll(two, ",", ";")), []int{201, 402}, ""},
		{"sep= in the middle", lines(viewerHeader, one, "sep=,", viewerHeader, two), []int{201, 502}, ""},
		{"NULs in the middle", lines(viewerHeader, one) + strings.Repeat("\x00", 100) + lines(two), []int{201, 302}, "csv-nul-padding:3 lost"},
		{"few NULs at the end", lines(viewerHeader, one) + strings.Repeat("\x00", 100), []int{201}, "csv-nul-padding:3"},
		{"many NULs at the end", lines(viewerHeader, one) + strings.Repeat("\x00", 1000), []int{201}, "csv-nul-padding:3 lost"},
		{"cut inside quotes", lines(viewerHeader, one, "Warning,14.02.2013 13:12:35,Schannel,2,None,\"two") + "lines", []int{201}, "csv-open-quote:3 error"},
		{"cut inside the event ID", lines(viewerHeader, one) + "Warning,14.02.2013 13:12:35,Schannel,36", []int{201}, "csv-truncated:3 error"},
		{"cut inside the message", lines(viewerHeader, one) + viewerRowOf(2), []int{201, 302}, "csv-no-line-end:3"},
		{"event ID last and cut", lines(`TimeCreated,ProviderName,Message,Id`, "2013-02-14 13:12:35,Schannel,x,1") + "2013-02-14 13:12:35,Schannel,x,3", []int{201}, "csv-truncated:3 error"},
		{"bad rows to the end", lines(viewerHeader, one, `Warning,14.02.2013 13:12:35,Schannel,9,None,a"b`, `x"y`), []int{201}, "csv-bad-record:3 lost"},
		{"bad row, then cut inside quotes", lines(viewerHeader, one, `Warning,14.02.2013 13:12:35,Schannel,9,None,a"b`) + `Warning,14.02.2013 13:12:35,Schannel,2,None,"cu`, []int{201}, "csv-bad-record:3 lost, csv-open-quote:4 error"},
		{"payload with a single quote among doubled ones", lines(evtxHeader,
			evtxRow(1, `{""a"":""b"",""c"":""d"",""e"":""f"",""g"":""h"",""i"":""j"}`),
			evtxRow(2, `{""a"":""b"",""c"":""d"",""e"":""f"",""g"":""h"",""i"":""j""}`)), []int{302}, "csv-bad-record:2 lost"},
		{"payload of two lines", lines(evtxHeader,
			evtxRow(1, "{\"\"a\"\":\"\"b\"\",\"\"c\"\":\"\"d\"\",\"\"e\"\":\"\"f\"\",\"\"g\"\":\"\"\r\nh\"\",\"\"i\"\":\"\"j\"\"}"),
			evtxRow(2, `{}`)), []int{201, 402}, ""},
		{"EvtxECmd row too short", lines(evtxHeader, "1,77,2020-09-19 03:19:26.2995631,36888,Error,Schannel", evtxRow(2, "{}")), []int{236888, 302}, "csv-short-row:2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := read(t, []byte(c.content), importers.Options{TimeZone: nil})
			var got []int
			for _, e := range s.events {
				got = append(got, e.where.Line*100+int(e.id))
			}
			want := c.want
			if c.name == "EvtxECmd row too short" {
				want = []int{200 + 36888, 302}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("line and ID (-want +got):\n%s", diff)
			}
			var list []string
			loses := false
			for _, d := range s.diagnostics {
				if d.Code == "csv-zone-assumed" {
					continue
				}
				text := fmt.Sprintf("%s:%d", d.Code, d.Where.Line)
				switch {
				case d.Severity == evidence.Error:
					text += " error"
				case d.Lost:
					text += " lost"
				}
				loses = loses || d.Loses()
				list = append(list, text)
			}
			if got := strings.Join(list, ", "); got != c.diagnostics {
				t.Errorf("diagnostics %q, want %q\n%v", got, c.diagnostics, s.diagnostics)
			}
			if s.log.Whole == loses {
				t.Errorf("whole is %v, with losses %v", s.log.Whole, loses)
			}
			checkCoverage(t, []byte(c.content), s)
		})
	}
}

func evtxRow(id int, payload string) string {
	return fmt.Sprintf(`1,77,2020-09-19 03:19:26.2995631,%d,Error,Schannel,System,460,1448,dc01,19,S-1-5-18,,,,,,,,,,,False,C:\e\System.evtx,Classic,0,"%s"`, id, payload)
}

// A stream gives a text, and behind it another one again and again.
type stream struct {
	first, rest string
	at, again   int // in first and in rest
	left        int // of rest
}

func (s *stream) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	if s.at < len(s.first) {
		n := copy(p, s.first[s.at:])
		s.at += n
		return n, nil
	}
	n := 0
	for n < len(p) && s.left > 0 {
		k := copy(p[n:min(len(p), n+s.left)], s.rest[s.again:])
		s.again = (s.again + k) % len(s.rest)
		n += k
		s.left -= k
	}
	return n, nil
}

// TestRecordBound reads rows that do not end: what is read of them, and the
// memory for that, is bounded by importers.MaxRecord.
func TestRecordBound(t *testing.T) {
	head := lines(viewerHeader, viewerRowOf(1), viewerRowOf(2))
	open := `Warning,14.02.2013 13:12:35,Schannel,3,None,"no end`
	for _, c := range []struct{ name, first, rest, code, summary string }{
		{"open quote", head + open, strings.Repeat("text of many lines\n", 100), "csv-open-quote", "bytes were not read"},
		{"open quote, pairs of quotes in it", head + open, strings.Repeat("text \"\"of\"\" many lines\n", 100), "csv-open-quote", "bytes were not read"},
		{"line without an end", head + viewerRowOf(3), strings.Repeat("text", 100), "csv-record-too-long", "bytes were not read"},
		{"commas", head, strings.Repeat(",", 400), "csv-record-too-long", "bytes were not read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			size := len(c.first) + 4*importers.MaxRecord
			in := importers.NewInput("log.csv", int64(size), &stream{first: c.first, rest: c.rest, left: 4 * importers.MaxRecord}, nil)
			s := &sink{}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if err := Format.Import(t.Context(), in, s); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 4*importers.MaxRecord {
				t.Errorf("%d bytes were allocated for a row of at most %d", got, importers.MaxRecord)
			}
			if len(s.events) != 2 {
				t.Errorf("%d events before it, want 2", len(s.events))
			}
			d := s.diagnostics[0]
			if d.Code != c.code || d.Where.Line != 4 || d.Severity != evidence.Error {
				t.Errorf("diagnostic %+v", d)
			}
			if want := fmt.Sprintf("%d %s", size-len(head), c.summary); !strings.Contains(d.Summary, want) {
				t.Errorf("summary %q, want %q in it", d.Summary, want)
			}
			if s.log == nil || s.log.Whole || s.log.Events != 2 {
				t.Errorf("event log %+v", s.log)
			}
		})
	}
}

// TestManyHeaders reads a file of lines that each look like a header: the time
// that it takes follows the length of the file.
func TestManyHeaders(t *testing.T) {
	content := lines(viewerHeader, viewerRowOf(1)) + strings.Repeat("id,x\r\n", 200_000)
	s, _ := read(t, []byte(content), importers.Options{})
	if diff := cmp.Diff([]string{"csv-bad-record", "csv-zone-assumed"}, s.codes()); diff != "" || len(s.events) != 1 {
		t.Errorf("%d events, diagnostics (-want +got):\n%s", len(s.events), diff)
	}
}

// TestMemory reads a long export of Event Viewer's: memory does not follow its
// length.
func TestMemory(t *testing.T) {
	row := viewerRowOf(1) + "\r\n"
	in := importers.NewInput("log.csv", -1, &stream{first: viewerHeader + "\r\n", rest: row, left: len(row) * 300_000}, nil)
	counted := 0
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := Format.Import(t.Context(), in, counting{&counted}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if counted != 300_000 {
		t.Errorf("%d events", counted)
	}
	// A short string, the path of its location, is all that a row costs.
	if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20+300_000*32 {
		t.Errorf("%d bytes were allocated", got)
	}
}

type counting struct{ n *int }

func (c counting) Add(r evidence.Record) error {
	if _, ok := r.(*evidence.Event); ok {
		*c.n++
	}
	return nil
}
func (counting) Diagnose(evidence.Diagnostic) {}

// TestErrors wants the errors of reading, of the sink and of the context as
// they are, and diagnostics for none of them.
func TestErrors(t *testing.T) {
	broken := errors.New("broken")
	content := lines(viewerHeader, viewerRowOf(1), viewerRowOf(2))
	s := &sink{}
	in := importers.NewInput("log.csv", -1, io.MultiReader(strings.NewReader(content), iotest.ErrReader(broken)), nil)
	if err := Format.Import(t.Context(), in, s); !errors.Is(err, broken) {
		t.Errorf("reading failed and the import returned %v", err)
	}
	if len(s.events) != 2 || s.log == nil || s.log.Whole {
		t.Errorf("before the failure: %d events, log %+v", len(s.events), s.log)
	}
	in = importers.NewInput("log.csv", -1, strings.NewReader(content), nil)
	if err := Format.Import(t.Context(), in, failing{broken}); err != broken {
		t.Errorf("the sink failed and the import returned %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in = importers.NewInput("log.csv", -1, strings.NewReader(content), nil)
	if err := Format.Import(ctx, in, &sink{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the context was cancelled and the import returned %v", err)
	}
}

type failing struct{ err error }

func (f failing) Add(evidence.Record) error  { return f.err }
func (failing) Diagnose(evidence.Diagnostic) {}
