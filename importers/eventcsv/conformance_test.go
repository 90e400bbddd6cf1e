package eventcsv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// corpus returns a file of the corpus of real exports, which stands beside the
// project, and skips the test where it does not.
func corpus(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this folder")
		}
		dir = filepath.Dir(dir)
	}
	file := filepath.Join(dir, "..", "shared", "corpus", "events", name)
	b, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		t.Skip("the corpus is not here: " + file)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// counts returns how many events of each provider and ID there are, and of each
// alert.
func counts(s *sink) map[string]int {
	m := map[string]int{}
	for _, e := range s.events {
		key := fmt.Sprintf("%s/%d", e.provider, e.id)
		if e.alert != evidence.NoAlert {
			key += fmt.Sprintf(" alert %d", e.alert)
		}
		m[key]++
	}
	return m
}

// TestScenario reads the invented incident in two languages.
func TestScenario(t *testing.T) {
	for _, name := range []string{"scenario36885_eventviewer_en-US.csv", "scenario36885_eventviewer_de.csv"} {
		t.Run(name, func(t *testing.T) {
			s, _ := read(t, corpus(t, "scenario/"+name), importers.Options{})
			want := map[string]int{
				"Schannel/36885": 40, "Schannel/36887 alert 47": 20, "Schannel/36888 alert 10": 1, "Schannel/36880": 1,
				"Microsoft-Windows-CAPI2/4097": 12, "Contoso Backup/36885": 1, "Microsoft-Windows-MSDTC Client 2/4104": 1,
			}
			got := counts(s)
			for key := range got {
				if _, ok := want[key]; !ok {
					delete(got, key)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCorpus reads real exports, and wants as many rows as encoding/csv finds.
func TestCorpus(t *testing.T) {
	for _, c := range []struct {
		name, dialect string
		delim         rune
		before        int // lines before the header, and the header
		events        int // 0: all rows
		order         evidence.DateOrder
		some          map[string]int
		whole         bool
	}{
		{"eventviewer/en-US_dd-MMM-yy_system.csv", "event-viewer", ',', 1, 0, evidence.DateFixed, nil, true},
		{"eventviewer/eventviewer_de-DE_printservice.csv", "event-viewer", ',', 1, 0, evidence.DayFirst, map[string]int{"Microsoft-Windows-PrintService/808": 2}, true},
		{"eventviewer/eventviewer_en-US_2012R2_schannel_36874_36888.csv", "event-viewer", ',', 1, 0, evidence.MonthFirst, map[string]int{"Schannel/36874": 386, "Schannel/36888 alert 40": 385}, true},
		{"eventviewer/eventviewer_en-US_application_capi2.csv", "event-viewer", ',', 1, 0, evidence.MonthFirst, map[string]int{"Microsoft-Windows-CAPI2/4097": 7, "Microsoft-Windows-CAPI2/4108": 1}, true},
		{"evtxecmd/evtxecmd_2012R2_system.csv", "evtxecmd", ',', 1, 0, evidence.DateFixed, map[string]int{"Schannel/36874": 386, "Schannel/36888 alert 40": 385}, true},
		{"powershell/get-eventlog_TYPE_2rows.csv", "get-eventlog", ',', 2, 0, evidence.MonthFirst, nil, true},
		{"powershell/ps51_get-eventlog_ja_default-ascii.csv", "get-eventlog", ',', 2, 0, evidence.DateFixed, map[string]int{"Service Control Manager/7040": 1}, true},
		{"powershell/get-winevent_select4_system_en-IN.csv", "get-winevent", ',', 1, 0, evidence.DateUndecided, nil, false},
		{"powershell/ps_get-winevent_full_TYPE_en-US_ascii.csv", "get-winevent", ',', 2, 0, evidence.MonthFirst, map[string]int{"Schannel/36870": 33}, true},
		{"powershell/ps_get-winevent_full_useculture_de-DE.csv", "get-winevent", ';', 2, 0, evidence.DayFirst, map[string]int{"Schannel/36870": 33}, true},
		{"other/logparser_evt.csv", "log-parser", ',', 1, 0, evidence.DateFixed, map[string]int{"Schannel/36870": 33}, true},
		{"other/loganalytics_event.csv", "log-analytics", ',', 1, 0, evidence.MonthFirst, map[string]int{"Schannel/36870": 33}, true},
		{"other/plaso_timesketch_evtx_part.csv", "plaso", ',', 1, 2, evidence.DateFixed, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := corpus(t, c.name)
			if got := Format.Detect(content[:min(len(content), importers.DetectBytes)], c.name); got != importers.Certain {
				t.Errorf("detected as %v", got)
			}
			s, _ := read(t, content, importers.Options{})
			want := c.events
			if want == 0 {
				want = rowsOf(t, content, c.delim) - c.before
			}
			if len(s.events) != want {
				t.Errorf("%d events, want %d: %v", len(s.events), want, s.diagnostics)
			}
			if s.log.Dialect != c.dialect || s.log.DateOrder != c.order || s.log.Whole != c.whole {
				t.Errorf("event log %+v", *s.log)
			}
			got := counts(s)
			for key, n := range c.some {
				if got[key] != n {
					t.Errorf("%d × %s, want %d", got[key], key, n)
				}
			}
			checkCoverage(t, content, s)
		})
	}
}

// TestCorpusForeign wants what is no event log to be left alone.
func TestCorpusForeign(t *testing.T) {
	name := "other/loghub_windows_cbs_structured.csv"
	content := corpus(t, name)
	if got := Format.Detect(content[:min(len(content), importers.DetectBytes)], name); got != importers.No {
		t.Errorf("detected as %v", got)
	}
}

// rowsOf counts the rows that encoding/csv finds.
func rowsOf(t *testing.T, content []byte, delim rune) int {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, byteOrderMark)))
	r.Comma, r.FieldsPerRecord = delim, -1
	for n := 0; ; n++ {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
