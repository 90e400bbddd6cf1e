package eventcsv

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

// The generators write exports of any size for the benchmarks and the tests of
// memory: the same bytes for the same size. Their proportions are those of real
// logs of a busy server.

// A lcg is a small generator of numbers that look random (Knuth's MMIX).
type lcg uint64

func (g *lcg) next(n int) int {
	*g = *g*6364136223846793005 + 1442695040888963407
	return int(uint64(*g) >> 33 % uint64(n))
}

var generatedSources = func() []string {
	list := []string{"Service Control Manager", "Microsoft-Windows-DistributedCOM", "Microsoft-Windows-GroupPolicy", "Microsoft-Windows-Kernel-General"}
	for i := range 36 {
		list = append(list, fmt.Sprintf("Contoso-Component-%02d/Operational", i))
	}
	return list
}()

// writeViewer writes rows as Event Viewer does until size bytes are written: 967
// bytes a row on average, most in messages of many lines.
func writeViewer(w io.Writer, size int) (rows int) {
	return generate(w, size, "\ufeffLevel,Date and Time,Source,Event ID,Task Category\r\n", func(b *strings.Builder, g *lcg, row int, at time.Time) {
		when := at.Format("1/2/2006 3:04:05 PM")
		if g.next(200) == 0 {
			if g.next(2) == 0 {
				fmt.Fprintf(b, "Error,%s,Schannel,36887,None,The following fatal alert was received: %d.\r\n", when, 40+g.next(9))
			} else {
				fmt.Fprintf(b, "Warning,%s,Schannel,36885,None,\"When asking for client authentication, this server sends a list of trusted certificate authorities to the client.\"\r\n", when)
			}
			return
		}
		fmt.Fprintf(b, "Information,%s,%s,%d,None,\"An account was logged on, and %d is its number.\r\n", when, generatedSources[g.next(len(generatedSources))], 1000+g.next(3)*7, row)
		for i := range 17 + g.next(11) {
			fmt.Fprintf(b, "Field number %d:\tthe value %d, t\r\n", i, g.next(1_000_000))
		}
		b.WriteString("The end, after \"\"all\"\" of this.\"\r\n")
	})
}

// writeEvtxECmd writes rows as EvtxECmd does until size bytes are written: 1,486
// bytes a row on average, most in a payload of JSON with doubled quotes.
func writeEvtxECmd(w io.Writer, size int) (rows int) {
	header := "\ufeffRecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,ChunkNumber,UserId,MapDescription,UserName,RemoteHost,PayloadData1,PayloadData2,PayloadData3,PayloadData4,PayloadData5,PayloadData6,ExecutableInfo,HiddenRecord,SourceFile,Keywords,ExtraDataOffset,Payload\r\n"
	return generate(w, size, header, func(b *strings.Builder, g *lcg, row int, at time.Time) {
		source, id := generatedSources[g.next(len(generatedSources))], 1000+g.next(3)*7
		schannel := g.next(200) == 0
		if schannel {
			source, id = "Schannel", 36885+2*g.next(2)
		}
		fmt.Fprintf(b, "%d,%d,%s,%d,Info,%s,System,%d,%d,SRV-WEB%02d.contoso.local,%d,S-1-5-18,,,,,,,,,,,False,C:\\evidence\\System.evtx,\"Audit success, classic\",0,",
			row, 100000+row, at.Format("2006-01-02 15:04:05.0000000"), id, source, 500+g.next(9000), 500+g.next(9000), g.next(4), row/100)
		if schannel && id == 36887 {
			fmt.Fprintf(b, "\"{\"\"EventData\"\":{\"\"Data\"\":[{\"\"@Name\"\":\"\"AlertDesc\"\",\"\"#text\"\":\"\"%d\"\"}]}}\"\r\n", 40+g.next(9))
			return
		}
		if schannel {
			b.WriteString("\"{\"\"UserData\"\":null}\"\r\n")
			return
		}
		b.WriteString(`"{""EventData"":{""Data"":[`)
		n := 13 + g.next(7)
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(b, `{""@Name"":""Parameter%d"",""#text"":""value %d of the event, of words""}`, i, g.next(1_000_000))
		}
		b.WriteString("]}}\"\r\n")
	})
}

func generate(w io.Writer, size int, header string, write func(*strings.Builder, *lcg, int, time.Time)) (rows int) {
	out := bufio.NewWriterSize(w, 1<<20)
	out.WriteString(header)
	g := lcg(1)
	at := time.Date(2013, 2, 4, 23, 59, 59, 0, time.UTC)
	var b strings.Builder
	for n := len(header); n < size; rows++ {
		b.Reset()
		at = at.Add(-time.Duration(g.next(3)) * time.Second)
		write(&b, &g, rows+1, at)
		out.WriteString(b.String())
		n += b.Len()
	}
	out.Flush()
	return rows
}

func TestGeneratorsProportions(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(io.Writer, int) int
		want  int
	}{{"viewer", writeViewer, 967}, {"evtxecmd", writeEvtxECmd, 1486}} {
		var n counter
		rows := c.write(&n, 8<<20)
		if got := int(n) / rows; got < c.want*9/10 || got > c.want*11/10 {
			t.Errorf("%s: %d bytes a row, want about %d", c.name, got, c.want)
		}
	}
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }
