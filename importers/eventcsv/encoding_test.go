package eventcsv

import (
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func utf16LE(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func TestEncodings(t *testing.T) {
	german := lines("Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie", "Fehler,27.10.2021 12:28:26,Schannel,36887,Keine,Größe: 47.")
	want := []string{"2: Schannel/36887 alert 47 27.10.2021 12:28:26 | Größe: 47."}
	for _, c := range []struct {
		name    string
		content []byte
		options importers.Options
		enc     string
		codes   []string
		want    []string
	}{
		{"UTF-8 with a mark", []byte(bom + german), importers.Options{}, "UTF-8", nil, want},
		{"UTF-8 without", []byte(german), importers.Options{}, "UTF-8", nil, want},
		{"UTF-16 with a mark", utf16LE(bom + german), importers.Options{}, "UTF-16LE", nil, want},
		{"UTF-16 without", utf16LE(german), importers.Options{}, "UTF-16LE", nil, want},
		{"Windows-1252", []byte(lines("Level,Date and Time,Source,Event ID,Task Category", "Fehler,27.10.2021 12:28:26,Schannel,36887,Keine,Gr\xf6\xdfe: 47.")), importers.Options{}, "windows-1252", []string{"csv-code-page-assumed"}, want},
		{"Windows-1251, named", []byte(lines("Level,Date and Time,Source,Event ID,Task Category", "x,27.10.2021 12:28:26,Schannel,36887,x,\xca\xee\xe4: 47.")), importers.Options{Encoding: "windows-1251"}, "windows-1251", nil,
			[]string{"2: Schannel/36887 alert 47 27.10.2021 12:28:26 | Код: 47."}},
		{"Shift JIS, named, header too", []byte("\x83\x8c\x83x\x83\x8b,\x93\xfa\x95t\x82\xc6\x8e\x9e\x8d\x8f,\x83\\\x81[\x83X,\x83C\x83x\x83\x93\x83g ID,\x83^\x83X\x83N\r\nx,2017/11/18 15:35:24,Schannel,36887,x,\x83\\ 47.\r\n"), importers.Options{Encoding: "shift_jis"}, "Shift_JIS", nil,
			[]string{"2: Schannel/36887 alert 47 2017/11/18 15:35:24 | ソ 47."}},
		{"a code page that is none", []byte(german), importers.Options{Encoding: "klingon"}, "UTF-8", []string{"csv-unknown-code-page"}, want},
		{"UTF-8 with a mark and a broken character", []byte(bom + lines(viewerHeader, "x,2017/11/18 15:35:24,Schannel,1,x,Gr\xf6\xdfe")), importers.Options{}, "UTF-8", nil,
			[]string{"2: Schannel/1 2017/11/18 15:35:24 | Gr\xf6\xdfe"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.options.TimeZone = time.UTC
			s, src := read(t, c.content, c.options)
			if diff := cmp.Diff(c.want, s.short()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if src.Encoding != c.enc {
				t.Errorf("encoding %q, want %q", src.Encoding, c.enc)
			}
			if diff := cmp.Diff(append([]string{}, c.codes...), s.codes()); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
			if Format.Detect(c.content, "log.csv") == importers.No {
				t.Error("it was not detected")
			}
		})
	}
}

// TestUTF16Locations wants the places of rows in the file as exported.
func TestUTF16Locations(t *testing.T) {
	rows := []string{viewerHeader + "\r\n", "x,2017/11/18 15:35:24,Schannel,1,x,\"two\r\nlines, 漢字 😀\"\r\n", "x,2017/11/18 15:35:24,Schannel,2,x,a\"b\r\n", "x,2017/11/18 15:35:24,Schannel,3,x,c\r\n"}
	content := utf16LE(bom)
	var want []evidence.Location
	for _, row := range rows {
		b := utf16LE(row)
		want = append(want, evidence.Location{Offset: int64(len(content)), Length: int64(len(b))})
		content = append(content, b...)
	}
	s, _ := read(t, append(content, '!'), importers.Options{TimeZone: time.UTC})
	var got []evidence.Location
	for _, e := range s.events {
		got = append(got, evidence.Location{Offset: e.where.Offset, Length: e.where.Length})
	}
	if diff := cmp.Diff([]evidence.Location{want[1], want[3]}, got); diff != "" {
		t.Errorf("locations (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"csv-bad-record", "csv-truncated", "csv-broken-text"}, s.codes()); diff != "" {
		t.Fatalf("diagnostics (-want +got):\n%s", diff)
	}
	if d := s.diagnostics[0].Where; d.Offset != want[2].Offset || d.Length != want[2].Length || d.Line != 4 {
		t.Errorf("the bad row is at %+v, want %+v", d, want[2])
	}
}

// TestTimeZone wants times of a stated zone in UTC.
func TestTimeZone(t *testing.T) {
	s, _ := read(t, []byte(lines(viewerHeader, viewerRow)), importers.Options{TimeZone: time.FixedZone("CET", 3600)})
	if s.events[0].time != "2013-02-14T12:12:35Z" || s.log.Zone != "CET" || !s.log.ZoneStated || len(s.diagnostics) != 0 {
		t.Errorf("time %s, log %+v, diagnostics %v", s.events[0].time, s.log, s.diagnostics)
	}
	s, _ = read(t, []byte(lines(viewerHeader, viewerRow)), importers.Options{})
	if s.events[0].time != "2013-02-14T13:12:35Z" || s.log.Zone != "UTC (assumed)" || s.log.ZoneStated {
		t.Errorf("time %s, log %+v", s.events[0].time, s.log)
	}
}

// TestDateOrderStated wants both readings of an open date, and the stated one
// to hold.
func TestDateOrderStated(t *testing.T) {
	content := []byte(lines(viewerHeader, "Warning,2/4/2013 1:12:35 PM,Schannel,36885,None,Text."))
	for _, order := range []evidence.DateOrder{"", evidence.DayFirst, evidence.MonthFirst} {
		s, _ := read(t, content, importers.Options{DateOrder: order, TimeZone: time.UTC})
		e := s.events[0]
		if e.time != "2013-04-02T13:12:35Z" || e.month != "2013-02-04T13:12:35Z" {
			t.Errorf("readings %s and %s", e.time, e.month)
		}
		want := order
		if order == "" {
			want = evidence.DateUndecided
		}
		if s.log.DateOrder != want {
			t.Errorf("order %q, want %q", s.log.DateOrder, want)
		}
	}
}
