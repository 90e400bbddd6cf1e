package eventcsv

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A sink keeps what an import gives.
type sink struct {
	events      []event
	log         *evidence.EventLog
	diagnostics []evidence.Diagnostic
}

// An event is a copy of evidence.Event that is simple to compare.
type event struct {
	where             evidence.Location
	provider          string
	id                uint32
	alert             int
	channel, computer string
	record            uint64
	time, month       string
	timeText, message string
}

const timeFormat = "2006-01-02T15:04:05.999999999Z07:00"

func (s *sink) Add(r evidence.Record) error {
	switch r := r.(type) {
	case *evidence.Event:
		e := event{where: r.Where, provider: r.Provider, id: r.ID, alert: r.Alert, channel: r.Channel, computer: r.Computer,
			record: r.RecordID, timeText: string(r.TimeText), message: string(r.Message)}
		if !r.Time.IsZero() {
			e.time, e.month = r.Time.Format(timeFormat), r.TimeMonthFirst.Format(timeFormat)
		}
		s.events = append(s.events, e)
	case *evidence.EventLog:
		s.log = r
	}
	return nil
}

func (s *sink) Diagnose(d evidence.Diagnostic) { s.diagnostics = append(s.diagnostics, d) }

func (s *sink) codes() []string {
	list := []string{}
	for _, d := range s.diagnostics {
		list = append(list, d.Code)
	}
	return list
}

// short tells what matters of an event in most tests.
func (e event) short() string {
	s := fmt.Sprintf("%d: %s/%d", e.where.Line, e.provider, e.id)
	if e.alert != evidence.NoAlert {
		s += fmt.Sprintf(" alert %d", e.alert)
	}
	for _, more := range []string{e.computer, e.channel} {
		if more != "" {
			s += " " + more
		}
	}
	if e.record != 0 {
		s += fmt.Sprintf(" #%d", e.record)
	}
	return s + " " + e.timeText + " | " + e.message
}

func (s *sink) short() []string {
	list := []string{}
	for _, e := range s.events {
		list = append(list, e.short())
	}
	return list
}

func read(t testing.TB, content []byte, options importers.Options) (*sink, *evidence.Source) {
	t.Helper()
	s := &sink{}
	in := importers.NewInput("log.csv", int64(len(content)), bytes.NewReader(content), nil)
	in.Options = options
	if err := Format.Import(t.Context(), in, s); err != nil {
		t.Fatal(err)
	}
	return s, in.Source
}

func lines(rows ...string) string { return strings.Join(rows, "\r\n") + "\r\n" }

const (
	bom           = "\ufeff"
	viewerHeader  = "Level,Date and Time,Source,Event ID,Task Category"
	viewerRow     = "Warning,14.02.2013 13:12:35,Schannel,36885,None,The list has been truncated."
	evtxHeader    = "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,ChunkNumber,UserId,MapDescription,UserName,RemoteHost,PayloadData1,PayloadData2,PayloadData3,PayloadData4,PayloadData5,PayloadData6,ExecutableInfo,HiddenRecord,SourceFile,Keywords,ExtraDataOffset,Payload"
	winEventNames = `"Message","Id","Version","Qualifiers","Level","Task","Opcode","Keywords","RecordId","ProviderName","ProviderId","LogName","ProcessId","ThreadId","MachineName","UserId","TimeCreated"`
	eventLogNames = `"EventID","MachineName","Data","Index","Category","CategoryNumber","EntryType","Message","Source","ReplacementStrings","InstanceId","TimeGenerated","TimeWritten","UserName","Site","Container"`
)

func TestDialects(t *testing.T) {
	for _, c := range []struct {
		name, content string
		dialect       string
		want          []string
		order         evidence.DateOrder
		channels      []string
		codes         []string // but csv-zone-assumed
		sure          importers.Confidence
	}{
		{
			name:    "Event Viewer",
			content: bom + lines(viewerHeader, `Error,2/14/2013 1:11:07 PM,Schannel,36887,None,The following fatal alert was received: 47.`, `Information,2/14/2013 1:10:00 PM,Contoso,1,None,"two`, `lines, ""quoted"""`),
			dialect: "event-viewer", order: evidence.MonthFirst, sure: importers.Certain,
			want: []string{"2: Schannel/36887 alert 47 2/14/2013 1:11:07 PM | The following fatal alert was received: 47.", "3: Contoso/1 2/14/2013 1:10:00 PM | two\r\nlines, \"quoted\""},
		},
		{
			name:    "Event Viewer, Security log",
			content: bom + lines("Keywords,Date and Time,Source,Event ID,Task Category", "Audit Success,16-Sep-20 11:36:29 AM,Microsoft-Windows-Security-Auditing,4624,Logon,An account was logged on."),
			dialect: "event-viewer", order: evidence.DateFixed, sure: importers.Certain,
			want: []string{"2: Microsoft-Windows-Security-Auditing/4624 16-Sep-20 11:36:29 AM | An account was logged on."},
		},
		{
			name:    "Event Viewer, columns added and moved",
			content: bom + lines("Computer,Level,Date and Time,Source,Event ID,Task Category,Log,User", "srv1,Warning,2013-02-04 13:12:35,Schannel,36885,None,System,SYSTEM,Truncated."),
			dialect: "event-viewer", order: evidence.DateFixed, channels: []string{"System"}, sure: importers.Certain,
			want: []string{"2: Schannel/36885 srv1 System 2013-02-04 13:12:35 | Truncated."},
		},
		{
			name:    "Event Viewer, German, tabs",
			content: bom + lines("Ebene\tDatum und Uhrzeit\tQuelle\tEreignis-ID\tAufgabenkategorie", "Fehler\t27.10.2021 12:28:26\tSchannel\t36888\tKeine\tEs wurde eine Warnung generiert: 10. Interner Fehlerstatus: 1203."),
			dialect: "event-viewer", order: evidence.DayFirst, sure: importers.Certain,
			want: []string{"2: Schannel/36888 alert 10 27.10.2021 12:28:26 | Es wurde eine Warnung generiert: 10. Interner Fehlerstatus: 1203."},
		},
		{
			name:    "Event Viewer, Chinese, date column by its content",
			content: bom + lines("级别,日期时间,来源,事件 ID,任务类别", "错误,2026/6/15 13:37:07,Schannel,36887,无,警报 48"),
			dialect: "event-viewer", order: evidence.DateFixed, sure: importers.Certain,
			want: []string{"2: Schannel/36887 alert 48 2026/6/15 13:37:07 | 警报 48"},
		},
		{
			name:    "Event Viewer, a language without a table",
			content: bom + lines("Nivel,Data și ora,Sursă,ID eveniment,Categorie activitate", "Avertisment,14.02.2013 13:12:35,Schannel,36885,Fără,Lista a fost trunchiată."),
			dialect: "event-viewer", order: evidence.DayFirst, sure: importers.Likely,
			want: []string{"2: Schannel/36885 14.02.2013 13:12:35 | Lista a fost trunchiată."},
		},
		{
			name:    "Event Viewer, saved again by Excel",
			content: "Level;Date and Time;Source;Event ID;Task Category;\nWarning;30-09-2024 19:27;Schannel;36885;None;\"Truncated; really.\"\n",
			dialect: "event-viewer", order: evidence.DayFirst, sure: importers.Certain,
			want: []string{"2: Schannel/36885 30-09-2024 19:27 | Truncated; really."},
		},
		{
			name:    "Event Viewer, with an index column",
			content: lines(",Level,Date and Time,Source,Event ID,Task Category,", "0,Warning,30-09-2024 19:27,Schannel,36885,None,Truncated."),
			dialect: "event-viewer", order: evidence.DayFirst, sure: importers.Certain,
			want: []string{"2: Schannel/36885 30-09-2024 19:27 | Truncated."},
		},
		{
			name:    "Event Viewer, names shifted by a program",
			content: lines(",Level,Date and Time,Source,Event ID,Task Category", "Warning,30-09-2024 19:27,Schannel,36885,None,Truncated."),
			dialect: "event-viewer", order: evidence.DayFirst, sure: importers.Certain,
			want: []string{"2: Schannel/36885 30-09-2024 19:27 | Truncated."},
		},
		{
			name:    "Event Viewer of 2003",
			content: lines(`2/14/2013,1:12:35 PM,Schannel,Warning,None,36885,N/A,EXHUB01,"The list, long, was truncated."`, "2/14/2013,1:10:35 PM,Schannel,Error,None,36888,N/A,EXHUB01,The following fatal alert was generated: 10."),
			dialect: "event-viewer-2003", order: evidence.MonthFirst, sure: importers.Likely,
			want: []string{"1: Schannel/36885 EXHUB01 2/14/2013 1:12:35 PM | The list, long, was truncated.", "2: Schannel/36888 alert 10 EXHUB01 2/14/2013 1:10:35 PM | The following fatal alert was generated: 10."},
		},
		{
			name: "Get-WinEvent with -UseCulture",
			content: lines("#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord", strings.ReplaceAll(winEventNames, ",", ";"),
				`"A fatal alert was received. The code is 47.";"36887";"0";;"2";"0";"0";"-9223372036854775808";"33652";"Schannel";"1f678132-5938-4686-9fdc-c8ff68f15c85";"System";"460";"1448";"srv1";"S-1-5-18";"20.05.2019 20:50:08"`),
			dialect: "get-winevent", order: evidence.DayFirst, channels: []string{"System"}, sure: importers.Certain,
			want: []string{"3: Schannel/36887 alert 47 srv1 System #33652 20.05.2019 20:50:08 | A fatal alert was received. The code is 47."},
		},
		{
			name:    "Get-WinEvent, selected without a provider",
			content: lines(`"TimeCreated","Id","LevelDisplayName","Message"`, `"05-27-2024 16:51:16","36885","Warning","Truncated."`),
			dialect: "get-winevent", order: evidence.MonthFirst, sure: importers.Certain, codes: []string{"csv-no-provider"},
			want: []string{"2: /36885 05-27-2024 16:51:16 | Truncated."},
		},
		{
			name:    "Get-WinEvent, selected without an ID",
			content: lines(`"TimeCreated","ProviderName","Message"`, `"05-27-2024 16:51:16","Schannel","Truncated."`),
			dialect: "get-winevent", sure: importers.Certain, codes: []string{"csv-no-event-id"}, want: []string{},
		},
		{
			name: "Get-EventLog",
			content: lines("#TYPE System.Diagnostics.EventLogEntry#system/Schannel/36885", eventLogNames,
				`"36885","srv1","System.Byte[]","1380","(0)","0","Warning","???? ????","Schannel","System.String[]","36885","3/20/2018 4:05:17 PM","3/20/2018 4:05:17 PM","NT AUTHORITY\SYSTEM",,`),
			dialect: "get-eventlog", order: evidence.MonthFirst, channels: []string{"System"}, sure: importers.Certain,
			want: []string{"3: Schannel/36885 srv1 System #1380 3/20/2018 4:05:17 PM | ???? ????"},
		},
		{
			name:    "Get-EventLog, instance ID only",
			content: lines(`"TimeGenerated","EntryType","Source","InstanceId","Message"`, `"2018-03-20 16:05:17","Information","Service Control Manager","1073748864","changed"`),
			dialect: "get-eventlog", order: evidence.DateFixed, sure: importers.Certain,
			want: []string{"2: Service Control Manager/7040 2018-03-20 16:05:17 | changed"},
		},
		{
			name: "EvtxECmd",
			content: bom + lines(evtxHeader,
				`1,77,2020-09-19 03:19:26.2995631,36888,Error,Schannel,System,460,1448,dc01.contoso.local,19,S-1-5-18,,,,,,,,,,,False,C:\evidence\System.evtx,"Audit success, classic",0,"{""EventData"":{""Data"":[{""@Name"":""AlertDesc"",""#text"":""40""},{""@Name"":""ErrorState"",""#text"":""1205""}]}}"`,
				`2,78,2020-09-19 03:19:27.0000000,6005,Info,EventLog,System,0,0,dc01.contoso.local,19,,,,,,,,,,,,False,C:\evidence\System.evtx,Classic,0,`),
			dialect: "evtxecmd", order: evidence.DateFixed, channels: []string{"System"}, sure: importers.Certain,
			want: []string{
				`2: Schannel/36888 alert 40 dc01.contoso.local System #77 2020-09-19 03:19:26.2995631 | {"EventData":{"Data":[{"@Name":"AlertDesc","#text":"40"},{"@Name":"ErrorState","#text":"1205"}]}}`,
				"3: EventLog/6005 dc01.contoso.local System #78 2020-09-19 03:19:27.0000000 | "},
		},
		{
			name: "Log Parser",
			content: lines("EventLog,RecordNumber,TimeGenerated,TimeWritten,EventID,EventType,EventTypeName,EventCategory,EventCategoryName,SourceName,Strings,ComputerName,SID,Message,Data",
				`C:\Logs\System.evtx,33652,2019-05-20 11:50:08,2019-05-20 11:50:08,36888,1,Error event,0,None,Schannel,10|1203,SRV1,,A fatal alert was generated.,`),
			dialect: "log-parser", order: evidence.DateFixed, sure: importers.Certain,
			want: []string{"2: Schannel/36888 alert 10 SRV1 #33652 2019-05-20 11:50:08 | A fatal alert was generated."},
		},
		{
			name: "Log Analytics",
			content: bom + lines("TenantId,SourceSystem,TimeGenerated [UTC],Source,EventLog,Computer,EventLevel,EventLevelName,ParameterXml,EventData,EventID,RenderedDescription",
				`0,OpsManager,"5/20/2019, 6:50:08.170 PM",Schannel,System,srv1,2,Error,<Param>47</Param>,"<DataItem><EventData><Data Name=""AlertDesc"">47</Data></EventData></DataItem>",36887,A fatal alert was received.`),
			dialect: "log-analytics", order: evidence.MonthFirst, channels: []string{"System"}, sure: importers.Certain,
			want: []string{"2: Schannel/36887 alert 47 srv1 System 5/20/2019, 6:50:08.170 PM | A fatal alert was received."},
		},
		{
			name: "plaso, each record twice and among others",
			content: lines("computer_name,data_type,datetime,event_identifier,message,record_number,source_name,strings,xml_string",
				`srv1,windows:evtx:record,2012-03-14 04:17:38.276340+00:00,36887,"[36887 / 0x9017] Source Name: Schannel Strings: ['47']",12050,Schannel,"['47']","<Data Name=""AlertDesc"">47</Data>"`,
				`srv1,windows:evtx:record,2012-03-14 04:17:38.276340+00:00,36887,"[36887 / 0x9017] Source Name: Schannel Strings: ['47']",12050,Schannel,"['47']","<Data Name=""AlertDesc"">47</Data>"`,
				`srv1,fs:stat,2012-03-14 04:17:38.276340+00:00,,a file,,,,`),
			dialect: "plaso", order: evidence.DateFixed, sure: importers.Certain, codes: []string{"csv-duplicates", "csv-other-records"},
			want: []string{"2: Schannel/36887 alert 47 srv1 #12050 2012-03-14 04:17:38.276340+00:00 | [36887 / 0x9017] Source Name: Schannel Strings: ['47']"},
		},
		{
			name:    "sep= line, no rows",
			content: "sep=;\r\n" + lines("Level;Date and Time;Source;Event ID;Task Category"),
			dialect: "event-viewer", sure: importers.Certain, want: []string{},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Format.Detect([]byte(c.content), "log.csv"); got != c.sure {
				t.Errorf("detected as %v, want %v", got, c.sure)
			}
			s, _ := read(t, []byte(c.content), importers.Options{})
			if diff := cmp.Diff(c.want, s.short()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
			var codes []string
			for _, code := range s.codes() {
				if code != "csv-zone-assumed" {
					codes = append(codes, code)
				}
			}
			if diff := cmp.Diff(c.codes, codes); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s\n%v", diff, s.diagnostics)
			}
			if s.log == nil {
				t.Fatal("no event log was added")
			}
			if s.log.Dialect != c.dialect || s.log.DateOrder != c.order || s.log.Events != len(c.want) {
				t.Errorf("event log %+v", *s.log)
			}
			if diff := cmp.Diff(c.channels, s.log.Channels); diff != "" {
				t.Errorf("channels (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, file, content string
		sure                importers.Confidence
		code                string
	}{
		{"hayabusa", "x.csv", lines("Timestamp,RuleTitle,Level,Computer,Channel,EventID,RecordID,Details,ExtraFieldInfo,RuleID", "2022-02-22 22:00:00.123 +09:00,t,med,c,Sys,36885,1,d,,r"), importers.Certain, "csv-rule-hits"},
		{"chainsaw", "x.csv", lines("timestamp,detections,path,Event ID,Record ID,Computer,Event Data", "a,b,c,1,2,d,e"), importers.Certain, "csv-rule-hits"},
		{"loghub", "x.csv", lines("LineId,Date,Time,Level,Component,Content,EventId,EventTemplate", "1,2016-09-28,04:30:30,Info,CBS,Loaded,E23,Loaded <*>"), importers.No, ""},
		{"another table of events", "x.csv", lines("Timestamp,Host,EventID,Channel", "1,b,36885,System"), importers.Maybe, "csv-unknown-header"},
		{"the same under another name", "x.txt", lines("Timestamp,Host,EventID,Channel", "1,b,36885,System"), importers.No, ""},
		{"another table", "x.csv", lines("Id,Name,Price", "1,b,2"), importers.No, ""},
		{"text", "x.csv", "Dear all,\r\nplease find the log attached.\r\n", importers.No, ""},
		{"registry", "x.reg", "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE]\r\n", importers.No, ""},
		{"binary", "x.csv", "\x00\x01\x02\x03", importers.No, ""},
		{"empty", "x.csv", "", importers.No, ""},
		{"rows wider than the header, and no events", "x.csv", lines("a,b,c,d,e", "1,2,3,4,5,6"), importers.No, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Format.Detect([]byte(c.content), c.file); got != c.sure {
				t.Errorf("detected as %v, want %v", got, c.sure)
			}
			if c.code == "" {
				return
			}
			s, _ := read(t, []byte(c.content), importers.Options{})
			if diff := cmp.Diff([]string{c.code}, s.codes()); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
			if len(s.events) > 0 || s.log != nil || !s.diagnostics[0].Loses() {
				t.Errorf("it was read: %+v, %v", s.events, s.diagnostics)
			}
		})
	}
}
