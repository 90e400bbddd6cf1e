package eventtext

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A sink keeps what an import gives, as text.
type sink struct {
	events      []string
	log         *evidence.EventLog
	diagnostics []evidence.Diagnostic
	where       []evidence.Location
}

func (s *sink) Add(r evidence.Record) error {
	switch r := r.(type) {
	case *evidence.Event:
		s.events = append(s.events, fmt.Sprintf("%d %s/%d alert %d on %s in %q at %s: %s", r.Where.Line, r.Provider, r.ID, r.Alert, r.Computer, r.Channel, r.TimeText, r.Message))
		s.where = append(s.where, r.Where)
	case *evidence.EventLog:
		s.log = r
	}
	return nil
}

func (s *sink) Diagnose(d evidence.Diagnostic) { s.diagnostics = append(s.diagnostics, d) }

func (s *sink) codes() []string {
	var list []string
	for _, d := range s.diagnostics {
		list = append(list, d.Code)
	}
	return list
}

func read(t *testing.T, content []byte, options importers.Options) *sink {
	t.Helper()
	s := &sink{}
	in := importers.NewInput("events.txt", int64(len(content)), bytes.NewReader(content), nil)
	in.Options = options
	if err := Format.Import(t.Context(), in, s); err != nil {
		t.Fatal(err)
	}
	return s
}

const details2008 = "Log Name:      System\r\nSource:        Schannel\r\nDate:          2/14/2013 1:12:35 PM\r\nEvent ID:      36887\r\nTask Category: None\r\n" +
	"Level:         Error\r\nKeywords:      \r\nUser:          SYSTEM\r\nComputer:      exhub01\r\nDescription:\r\nThe following fatal alert was received: 47.\r\nSource: this is text.\r\n\r\n"

const details2003 = "Event Type:\tWarning\r\nEvent Source:\tSchannel\r\nEvent Category:\tNone\r\nEvent ID:\t36885\r\nDate:\t\t2/14/2013\r\nTime:\t\t1:12:35 PM\r\n" +
	"User:\t\tN/A\r\nComputer:\tEXHUB01\r\nDescription:\r\nThe list has been truncated.\r\n"

const detailsGerman = "Protokollname: System\r\nQuelle:        Schannel\r\nDatum:         27.10.2021 12:28:26\r\nEreignis-ID:   36888\r\nAufgabenkategorie:Keine\r\n" +
	"Ebene:         Fehler\r\nSchlüsselwörter:\r\nBenutzer:      SYSTEM\r\nComputer:      dc01\r\nBeschreibung:\r\nEs wurde eine schwerwiegende Warnung generiert: 10. Interner Fehlerstatus: 1203.\r\n"

const detailsFrench = "Nom du journal :System\nSource :       Schannel\nDate :         14/02/2013 13:12:35\nID de l’événement :36887\nCatégorie de la tâche :Aucun\nNiveau :       Erreur\n" +
	"Ordinateur :   srv1\nDescription :\nL’alerte fatale suivante a été reçue : 47.\n"

func TestImport(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          []string
		codes         []string
		order         evidence.DateOrder
	}{
		{"2008", details2008, []string{`1 Schannel/36887 alert 47 on exhub01 in "System" at 2/14/2013 1:12:35 PM: The following fatal alert was received: 47.` + "\nSource: this is text."},
			[]string{"text-zone-assumed"}, evidence.MonthFirst},
		{"2003", details2003, []string{`1 Schannel/36885 alert -1 on EXHUB01 in "" at 2/14/2013 1:12:35 PM: The list has been truncated.`},
			[]string{"text-zone-assumed"}, evidence.MonthFirst},
		{"German", detailsGerman, []string{`1 Schannel/36888 alert 10 on dc01 in "System" at 27.10.2021 12:28:26: Es wurde eine schwerwiegende Warnung generiert: 10. Interner Fehlerstatus: 1203.`},
			[]string{"text-zone-assumed"}, evidence.DayFirst},
		{"French", detailsFrench, []string{`1 Schannel/36887 alert 47 on srv1 in "System" at 14/02/2013 13:12:35: L’alerte fatale suivante a été reçue : 47.`},
			[]string{"text-zone-assumed"}, evidence.DayFirst},
		{"two, behind a letter", "Hello,\r\nhere they are:\r\n\r\n" + details2008 + details2003, []string{
			`4 Schannel/36887 alert 47 on exhub01 in "System" at 2/14/2013 1:12:35 PM: The following fatal alert was received: 47.` + "\nSource: this is text.",
			`17 Schannel/36885 alert -1 on EXHUB01 in "" at 2/14/2013 1:12:35 PM: The list has been truncated.`},
			[]string{"text-stray-lines", "text-zone-assumed"}, evidence.MonthFirst},
		{"no event ID", strings.Replace(details2008, "36887", "n/a", 1) + details2003, []string{
			`14 Schannel/36885 alert -1 on EXHUB01 in "" at 2/14/2013 1:12:35 PM: The list has been truncated.`},
			[]string{"text-bad-record", "text-zone-assumed"}, evidence.MonthFirst},
		{"cut among the labels", details2003 + details2008[:80], []string{
			`1 Schannel/36885 alert -1 on EXHUB01 in "" at 2/14/2013 1:12:35 PM: The list has been truncated.`},
			[]string{"text-truncated", "text-zone-assumed"}, evidence.MonthFirst},
		{"cut inside the alert code", details2008[:strings.Index(details2008, "47.")+1], []string{
			`1 Schannel/36887 alert -1 on exhub01 in "System" at 2/14/2013 1:12:35 PM: The following fatal alert was received: 4`},
			[]string{"text-zone-assumed"}, evidence.MonthFirst},
		{"no date", strings.Replace(details2003, "2/14/2013", "today", 1), []string{
			`1 Schannel/36885 alert -1 on EXHUB01 in "" at today 1:12:35 PM: The list has been truncated.`},
			[]string{"text-bad-time"}, evidence.DateUnreadable},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := read(t, []byte(c.content), importers.Options{})
			if diff := cmp.Diff(c.want, s.events); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.codes, s.codes()); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s\n%v", diff, s.diagnostics)
			}
			if s.log == nil || s.log.DateOrder != c.order || s.log.Events != len(c.want) || s.log.Whole {
				t.Errorf("event log %+v", s.log)
			}
		})
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          importers.Confidence
	}{
		{"2008", details2008, importers.Certain},
		{"2003", details2003, importers.Certain},
		{"German", detailsGerman, importers.Certain},
		{"behind a letter", "Source: the server\nLevel: high\n\nHello\n" + details2008, importers.Certain},
		{"a letter", "Date: today\nSource: the server\nEvent: none\n", importers.No},
		{"a CSV", "Level,Date and Time,Source,Event ID,Task Category\n", importers.No},
		{"empty", "", importers.No},
	} {
		if got := Format.Detect([]byte(c.content), "events.txt"); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestUTF16(t *testing.T) {
	var b []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + detailsGerman)) {
		b = append(b, byte(u), byte(u>>8))
	}
	if got := Format.Detect(b, "x"); got != importers.Certain {
		t.Errorf("detected as %v", got)
	}
	s := read(t, b, importers.Options{DateOrder: evidence.DayFirst})
	if len(s.events) != 1 || s.where[0].Offset != 2 || s.where[0].Length != int64(len(b)-2-4) {
		t.Errorf("events %q at %v, file of %d bytes", s.events, s.where, len(b))
	}
}

func FuzzImport(f *testing.F) {
	for _, s := range []string{details2008, details2003, detailsGerman, detailsFrench} {
		f.Add([]byte(s))
		f.Add([]byte(s)[:len(s)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := read(t, b, importers.Options{})
		end := int64(0)
		for _, w := range s.where {
			if w.Offset < end || w.Length <= 0 || w.Offset+w.Length > int64(len(b)) || w.Line < 1 {
				t.Fatalf("location %+v behind %d in a file of %d bytes", w, end, len(b))
			}
			end = w.Offset + w.Length
		}
		for _, d := range s.diagnostics {
			if d.Where.Offset < 0 || d.Where.Offset+d.Where.Length > int64(len(b)) {
				t.Fatalf("diagnostic %+v in a file of %d bytes", d, len(b))
			}
		}
		if s.log == nil || s.log.Events != len(s.events) {
			t.Fatalf("event log %+v of %d events", s.log, len(s.events))
		}
	})
}

// TestScenario reads the invented incident of the corpus.
func TestScenario(t *testing.T) {
	name := filepath.Join(root(t), "..", "shared", "corpus", "events", "scenario", "scenario36885_details_text.txt")
	content, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		t.Skip("the corpus is not here: " + name)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := Format.Detect(content[:min(len(content), importers.DetectBytes)], name); got != importers.Certain {
		t.Errorf("detected as %v", got)
	}
	s := read(t, content, importers.Options{})
	counts := map[string]int{}
	for _, e := range s.events {
		_, e, _ = strings.Cut(e, " ")
		key, _, _ := strings.Cut(e, " on ")
		counts[key]++
	}
	want := map[string]int{"Schannel/36885 alert -1": 40, "Schannel/36887 alert 47": 20, "Schannel/36888 alert 10": 1, "Schannel/36880 alert -1": 1}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if blocks := strings.Count(string(content), "Log Name:"); blocks != len(s.events) {
		t.Errorf("%d events of %d blocks", len(s.events), blocks)
	}
}

// root returns the folder that go.mod stands in.
func root(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this folder")
		}
		dir = filepath.Dir(dir)
	}
}
