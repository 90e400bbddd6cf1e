package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ctlaudit/ctlaudit/importers"
)

// The same events as Event Viewer, PowerShell and EvtxECmd export them give the
// same groups.
func TestTheSameEventsInEveryDialectAgree(t *testing.T) {
	type event struct {
		id    int
		at    time.Time
		text  string
		alert string
	}
	day := func(d, h int) time.Time { return time.Date(2013, 2, d, h, 4, 5, 0, time.UTC) }
	events := []event{
		{36885, day(24, 13), "This list has thus been truncated.", ""},
		{36887, day(23, 9), "The following fatal alert was received: 47.", "47"},
		{36885, day(14, 8), "This list has thus been truncated.", ""},
		{36880, day(13, 7), "A handshake,\r\nover \"two\" lines", ""},
	}
	quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	viewer := "\ufeffLevel,Date and Time,Source,Event ID,Task Category\r\n"
	german := "\ufeffEbene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie\r\n"
	shell := "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n" +
		`"Message","Id","Version","Qualifiers","Level","Task","Opcode","Keywords","RecordId","ProviderName","ProviderId","LogName","ProcessId","ThreadId","MachineName","UserId","TimeCreated"` + "\r\n"
	evtx := "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,ChunkNumber,UserId,MapDescription,UserName,RemoteHost,PayloadData1,PayloadData2,PayloadData3,PayloadData4,PayloadData5,PayloadData6,ExecutableInfo,HiddenRecord,SourceFile,Keywords,ExtraDataOffset,Payload\r\n"
	for i, e := range events {
		viewer += fmt.Sprintf("Warning,%s,Schannel,%d,None,%s\r\n", e.at.Format("1/2/2006 3:04:05 PM"), e.id, quote(e.text))
		german += fmt.Sprintf("Warnung,%s,Schannel,%d,Keine,%s\r\n", e.at.Format("02.01.2006 15:04:05"), e.id, quote(e.text))
		shell += fmt.Sprintf("%s,\"%d\",\"0\",,\"3\",\"0\",\"0\",\"0\",\"%d\",\"Schannel\",,\"System\",\"500\",\"600\",\"host\",,\"%s\"\r\n", quote(e.text), e.id, i, e.at.Format("1/2/2006 3:04:05 PM"))
		payload := `{"EventData":""}`
		if e.alert != "" {
			payload = `{"EventData":{"Data":[{"@Name":"AlertDesc","#text":"` + e.alert + `"}]}}`
		}
		evtx += fmt.Sprintf("%d,%d,%s,%d,Warning,Schannel,System,500,600,host,0,,,,,,,,,,,,False,System.evtx,Classic,0,%s\r\n", i, i, e.at.Format("2006-01-02 15:04:05.0000000"), e.id, quote(payload))
	}
	first := ""
	for _, tt := range []struct{ name, text string }{{"viewer", viewer}, {"german", german}, {"powershell", shell}, {"evtxecmd", evtx}} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "system.csv"), []byte(tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, r, err := judge(context.Background(), []string{dir}, &options{progress: noProgress, host: "host", asOf: day(28, 0)})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, g := range r.judgements[0].Case.Events {
			got += fmt.Sprintf("%s %d alert %d: %d from %s to %s, own %v\n", g.Provider, g.ID, g.Alert, g.Count, g.First.UTC(), g.Last.UTC(), g.Own)
		}
		if first == "" {
			first = got
			if !strings.Contains(got, "Schannel 36885 alert -1: 2 from 2013-02-14 08:04:05") || !strings.Contains(got, "36887 alert 47: 1") {
				t.Fatalf("groups:\n%s", got)
			}
		}
		if got != first {
			t.Errorf("%s:\n%s\nviewer:\n%s", tt.name, got, first)
		}
	}
}

// What case init writes is valid by the schema that the program prints, and so
// are the descriptions of the samples.
func TestCaseDescriptionsAreValid(t *testing.T) {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(importers.DescriptionSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("case.json", schema); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("case.json")
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, text []byte) {
		t.Helper()
		asJSON, err := yaml.YAMLToJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(asJSON, &v); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"contoso", "fabrikam", "northwind"} {
		text, err := describeCase(judgeSample(t, name, ""), &options{}).Text()
		if err != nil {
			t.Fatal(err)
		}
		check("written for "+name, text)
		if text, err = os.ReadFile(filepath.Join("..", "samples", name, importers.DescriptionName)); err == nil {
			check(name, text)
		}
	}
}
