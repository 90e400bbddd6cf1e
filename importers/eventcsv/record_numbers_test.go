package eventcsv

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// numberDialects are the exporters that give record numbers, and Event Viewer,
// which does not. A row is made of a number and a time.
var numberDialects = []struct {
	name, channel string
	head, row     string
	newestFirst   bool
	numbers       bool
}{
	{"evtxecmd", "System", "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,ChunkNumber,UserId,MapDescription,UserName,RemoteHost,PayloadData1,PayloadData2,PayloadData3,PayloadData4,PayloadData5,PayloadData6,ExecutableInfo,HiddenRecord,SourceFile,Keywords,ExtraDataOffset,Payload\r\n",
		"%[1]d,%[1]d,2013-02-04 %[2]s.0000000,7036,Info,Service Control Manager,System,512,3140,web01.contoso.com,0,,,,,,,,,,,,False,C:\\logs\\System.evtx,Classic,0,\"{\"\"EventData\"\":{\"\"Data\"\":\"\"stopped\"\"}}\"\r\n", false, true},
	{"get-winevent", "System", "\"Message\",\"Id\",\"Version\",\"Qualifiers\",\"Level\",\"Task\",\"Opcode\",\"Keywords\",\"RecordId\",\"ProviderName\",\"ProviderId\",\"LogName\",\"ProcessId\",\"ThreadId\",\"MachineName\",\"UserId\",\"TimeCreated\"\r\n",
		"\"The service entered the stopped state.\",\"7036\",\"0\",\"16384\",\"4\",\"0\",\"0\",\"36028797018963968\",\"%[1]d\",\"Service Control Manager\",,\"System\",\"512\",\"3140\",\"web01.contoso.com\",,\"2/4/2013 %[2]s\"\r\n", true, true},
	{"get-eventlog", "System", "#TYPE System.Diagnostics.EventLogEntry#System/Service Control Manager/7036\r\n\"EventID\",\"MachineName\",\"Data\",\"Index\",\"Category\",\"CategoryNumber\",\"EntryType\",\"Message\",\"Source\",\"ReplacementStrings\",\"InstanceId\",\"TimeGenerated\",\"TimeWritten\",\"UserName\",\"Site\",\"Container\"\r\n",
		"\"7036\",\"web01.contoso.com\",\"System.Byte[]\",\"%[1]d\",\"(0)\",\"0\",\"Information\",\"The service entered the\r\nstopped state.\",\"Service Control Manager\",\"System.String[]\",\"1073748860\",\"2/4/2013 %[2]s\",\"2/4/2013 %[2]s\",,,\r\n", true, true},
	{"log-parser", "System", "EventLog,RecordNumber,TimeGenerated,TimeWritten,EventID,EventType,EventTypeName,EventCategory,EventCategoryName,SourceName,Strings,ComputerName,SID,Message,Data\r\n",
		"System,%[1]d,2013-02-04 %[2]s,2013-02-04 %[2]s,7036,4,Information event,0,None,Service Control Manager,stopped,web01.contoso.com,,The service entered the stopped state.,\r\n", false, true},
	{"event-viewer", "", "\ufeffLevel,Date and Time,Source,Event ID,Task Category\r\n",
		"Information,2/4/2013 %[2]s,Service Control Manager,7036,None,\"The service, number %[1]d, stopped.\"\r\n", true, false},
}

// recordLogsOf reads an export into a case.
func recordLogsOf(t *testing.T, text []byte) []*evidence.RecordLog {
	t.Helper()
	c := evidence.NewCase("web01")
	c.Begin(&evidence.Source{Name: "system.csv"})
	if err := Format.Import(t.Context(), importers.NewInput("system.csv", int64(len(text)), bytes.NewReader(text), nil), c); err != nil {
		t.Fatal(err)
	}
	c.End()
	c.Finish(func(string) bool { return true })
	return c.RecordLogs
}

func TestRecordNumbersOfDialects(t *testing.T) {
	for _, d := range numberDialects {
		t.Run(d.name, func(t *testing.T) {
			var numbers []int
			for n := 1001; n <= 1400; n++ {
				if n < 1200 || n > 1219 {
					numbers = append(numbers, n)
				}
			}
			if d.newestFirst {
				slices.Reverse(numbers)
			}
			rows := make([]string, len(numbers))
			for i, n := range numbers {
				rows[i] = fmt.Sprintf(d.row, n, fmt.Sprintf("1:%02d:%02d", (n-1000)/60, (n-1000)%60))
			}
			text := d.head + strings.Join(rows, "")
			logs := recordLogsOf(t, []byte(text))
			if len(logs) != 1 {
				t.Fatalf("%d logs", len(logs))
			}
			l := logs[0]
			if !d.numbers {
				if l.Records != 0 || l.Unnumbered != len(numbers) || l.Channel != d.channel {
					t.Errorf("%+v", l)
				}
				return
			}
			if l.Channel != d.channel || l.Lowest != 1001 || l.Highest != 1400 || l.Records != 380 || l.Holes != 1 || l.Missing != 20 {
				t.Fatalf("%+v", l)
			}
			// The rows beside the hole are those that its evidence names.
			h := l.Largest[0]
			for _, e := range []evidence.RecordEdge{h.Before, h.After} {
				at := text[e.Where.Offset : e.Where.Offset+e.Where.Length]
				if !strings.Contains(at, fmt.Sprint(e.Number)) || e.Where.Line == 0 {
					t.Errorf("record %d is not at %v: %q", e.Number, e.Where, at)
				}
			}
			// Get-WinEvent's and Get-EventLog's 2/4/2013 can be read in two ways.
			if d.newestFirst == !h.Before.Time.IsZero() {
				t.Errorf("the time of record %d is %v", h.Before.Number, h.Before.Time)
			}

			r := rand.New(rand.NewPCG(7, 7))
			for range 5 {
				again := append(slices.Clone(rows), rows[:r.IntN(len(rows))]...)
				r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
				m := recordLogsOf(t, []byte(d.head+strings.Join(again, "")))[0]
				if m.Records != l.Records || m.Holes != 1 || m.Largest[0].First != h.First || m.Largest[0].Last != h.Last {
					t.Fatalf("in another order: %+v", m)
				}
			}
		})
	}
}

// The real exports are selections of events, with many holes.
func TestRecordNumbersOfCorpus(t *testing.T) {
	for _, tt := range []struct {
		file string
		want string
	}{
		{"evtxecmd/evtxecmd_2012R2_system.csv", "System 1-60141: 2501 and 57640 in 601 holes, 0 without"},
		{"powershell/ps51_get-eventlog_ja_default-ascii.csv", "System 3362-3365: 4 and 0 in 0 holes, 0 without"},
		{"powershell/ps_get-winevent_full_TYPE_en-US_ascii.csv", "System 25561-33652: 622 and 7470 in 22 holes, 0 without"},
		{"powershell/ps_get-winevent_full_useculture_de-DE.csv", "System 25561-33652: 622 and 7470 in 22 holes, 0 without"},
		{"other/logparser_evt.csv", " 25561-33652: 622 and 7470 in 22 holes, 0 without"},
		{"other/plaso_timesketch_evtx_part.csv", " 12049-12050: 2 and 0 in 0 holes, 0 without"},
		{"eventviewer/eventviewer_en-US_2012R2_schannel_36874_36888.csv", " 0-0: 0 and 0 in 0 holes, 771 without"},
	} {
		t.Run(tt.file, func(t *testing.T) {
			var list []string
			for _, l := range recordLogsOf(t, corpus(t, tt.file)) {
				list = append(list, fmt.Sprintf("%s %d-%d: %d and %d in %d holes, %d without", l.Channel, l.Lowest, l.Highest, l.Records, l.Missing, l.Holes, l.Unnumbered))
			}
			if got := strings.Join(list, "; "); got != tt.want {
				t.Errorf("got %s", got)
			}
		})
	}
}
