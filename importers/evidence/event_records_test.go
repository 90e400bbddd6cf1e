package evidence

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// numbered is an event of a channel with a record number.
func numbered(source, computer, channel string, n uint64) *Event {
	at := time.Date(2013, 2, 1, 0, 0, int(n%100_000), 0, time.UTC)
	return &Event{Where: Location{Source: source, Line: int(n % 1_000_000)}, Provider: "p", Alert: NoAlert, Computer: computer, Channel: channel, RecordID: n, Time: at, TimeMonthFirst: at}
}

// span is the numbers from a to b, downwards where b is smaller.
func span(a, b uint64) (list []uint64) {
	for n := a; ; {
		list = append(list, n)
		switch {
		case n == b:
			return list
		case n < b:
			n++
		default:
			n--
		}
	}
}

// An export is one source of the tests.
type export struct {
	computer, channel string
	numbers           []uint64
}

func recordLogs(t testing.TB, exports ...export) []*RecordLog {
	t.Helper()
	c := NewCase("web01")
	for i, x := range exports {
		name := fmt.Sprintf("%d.csv", i+1)
		c.Begin(&Source{Name: name})
		for _, n := range x.numbers {
			if err := c.Add(numbered(name, x.computer, x.channel, n)); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Add(&EventLog{Where: Location{Source: name}, DateOrder: DateFixed}); err != nil {
			t.Fatal(err)
		}
		c.End()
	}
	c.Finish(func(n string) bool { return strings.EqualFold(n, "web01") || strings.EqualFold(n, "web01.contoso.com") })
	return c.RecordLogs
}

// holes words the logs: "System own 1-9 8/2: 4-5".
func holes(logs []*RecordLog) string {
	var list []string
	for _, l := range logs {
		s := fmt.Sprintf("%s own=%v %d-%d %d+%d", l.Channel, l.Own, l.Lowest, l.Highest, l.Records, l.Missing)
		if l.Unnumbered > 0 {
			s += fmt.Sprintf(" unnumbered %d", l.Unnumbered)
		}
		if l.TooWide {
			s += " too wide"
		}
		for _, h := range l.Largest {
			s += fmt.Sprintf(" [%d %d]", h.First, h.Last)
		}
		list = append(list, s)
	}
	return strings.Join(list, "; ")
}

func TestRecordLogs(t *testing.T) {
	cut := append(span(100, 300), span(351, 500)...)
	for _, tt := range []struct {
		name    string
		exports []export
		want    string
	}{
		{"whole, oldest first", []export{{"web01", "System", span(1, 9)}}, "System own=true 1-9 9+0"},
		{"whole, newest first", []export{{"web01", "System", span(20_000, 7)}}, "System own=true 7-20000 19994+0"},
		{"wrapped", []export{{"web01", "System", append(span(500, 900), span(100, 499)...)}}, "System own=true 100-900 801+0"},
		{"a hole", []export{{"web01", "System", cut}}, "System own=true 100-500 351+50 [301 350]"},
		{"duplicates", []export{{"web01", "System", append(cut, cut...)}}, "System own=true 100-500 351+50 [301 350]"},
		{"another export fills it", []export{{"web01", "System", cut}, {"web01", "System", span(400, 250)}}, "System own=true 100-500 401+0"},
		{"two logs", []export{{"web01", "System", span(1, 9)}, {"web01", "Application", span(5, 6)}}, "Application own=true 5-6 2+0; System own=true 1-9 9+0"},
		{"exports that name no log", []export{{"web01", "", span(1, 9)}, {"web01", "", span(90, 95)}}, " own=true 1-9 9+0;  own=true 90-95 6+0"},
		{"two names of the host", []export{{"WEB01", "System", span(1, 4)}, {"web01.contoso.com", "System", span(5, 9)}}, "System own=true 1-9 9+0"},
		{"another machine", []export{{"web01", "System", span(1, 9)}, {"db02", "System", span(4, 30)}}, "System own=false 4-30 27+0; System own=true 1-9 9+0"},
		{"no numbers", []export{{"web01", "System", []uint64{0, 0}}}, "System own=true 0-0 0+0 unnumbered 2"},
		{"the highest number", []export{{"", "System", []uint64{1<<64 - 1, 1<<64 - 2, 1<<64 - 4}}}, "System own=true 18446744073709551612-18446744073709551615 3+1 [18446744073709551613 18446744073709551613]"},
		{"across chunks", []export{{"", "System", []uint64{1, 3 * recordChunk}}}, "System own=true 1-24576 2+24574 [2 24575]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := holes(recordLogs(t, tt.exports...)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A machine that gets its name while it is installed writes one log under two
// names: what one name lacks stands under the other.
func TestRecordLogOfARenamedComputer(t *testing.T) {
	c := NewCase("web01")
	c.Begin(&Source{Name: "system.csv"})
	for n := uint64(1); n <= 40; n++ {
		name := "WIN-0J8EXAMPLE"
		if n > 12 && n%10 != 0 {
			name = "web01"
		}
		if err := c.Add(numbered("system.csv", name, "System", n)); err != nil {
			t.Fatal(err)
		}
	}
	c.End()
	c.Finish(func(n string) bool { return n == "web01" })
	if got, want := holes(c.RecordLogs), "System own=true 1-40 40+0"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRecordHoleNamesTheRowsBesideIt(t *testing.T) {
	l := recordLogs(t, export{"web01", "System", append(span(500, 351), span(300, 100)...)})[0]
	h := l.Largest[0]
	if h.Before.Where.Line != 300 || h.After.Where.Line != 351 || h.Before.Number != 300 || h.After.Number != 351 || h.Before.Time.IsZero() || !h.Before.Time.Before(h.After.Time) {
		t.Errorf("beside the hole: %+v", h)
	}
}

// The largest holes keep their rows however many jumps an export has.
func TestRecordHolesOfManyJumps(t *testing.T) {
	var list []uint64
	for n := uint64(1); n < 5000; n++ {
		if n%4 != 0 && (n < 3000 || n > 3100) {
			list = append(list, n)
		}
	}
	l := recordLogs(t, export{"web01", "System", list})[0]
	if len(l.Largest) != MaxRecordHoles || l.Holes < 1200 {
		t.Fatalf("%d holes, %d are kept", l.Holes, len(l.Largest))
	}
	for _, h := range l.Largest {
		if h.Size() > 90 && (h.Before.Where.Line != int(h.First-1) || h.After.Where.Line != int(h.Last+1)) {
			t.Errorf("beside the hole: %+v", h)
		}
	}
}

// Neither the order of rows, nor rows that come again, nor how they are spread
// over exports changes what is missing.
func TestRecordHolesDoNotDependOnOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 25 {
		var list []uint64
		keep := []float64{0.05, 0.5, 0.99}[r.IntN(3)]
		base := uint64(1) << r.IntN(60)
		for n := range uint64(r.IntN(3 * recordChunk)) {
			if r.Float64() < keep {
				list = append(list, base+n)
			}
		}
		want := bare(recordLogs(t, export{"web01", "System", list}))
		list = append(list, list[:r.IntN(len(list)+1)]...)
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		at := r.IntN(len(list) + 1)
		got := bare(recordLogs(t, export{"web01", "System", list[:at]}, export{"web01", "System", list[at:]}))
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
	}
}

// bare takes places and sources from the logs.
func bare(logs []*RecordLog) []RecordLog {
	var list []RecordLog
	for _, l := range logs {
		b := *l
		b.Sources, b.Largest = nil, nil
		for _, h := range l.Largest {
			b.Largest = append(b.Largest, RecordHole{First: h.First, Last: h.Last})
		}
		list = append(list, b)
	}
	return list
}

func TestRecordNumbersAreBounded(t *testing.T) {
	var wide []uint64
	for n := range uint64(MaxRecordLogChunks + 5) {
		wide = append(wide, 1+n*recordChunk*7)
	}
	if got, want := holes(recordLogs(t, export{"", "Application", span(1, 5)}, export{"", "System", wide}, export{"", "System", []uint64{3}})),
		"Application own=true 1-5 5+0; System own=true 0-0 0+0 too wide"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}

	c := NewCase("web01")
	c.Begin(&Source{Name: "all.csv"})
	for n := range uint64(MaxRecordLogs + 5) {
		if err := c.Add(numbered("all.csv", "", fmt.Sprint("channel ", n), 1)); err != nil {
			t.Fatal(err)
		}
	}
	c.End()
	c.Finish(func(string) bool { return true })
	if len(c.RecordLogs) != MaxRecordLogs || !c.RecordLogs[0].TooWide || len(c.Diagnostics) != 1 || c.Diagnostics[0].Code != "events-records-too-wide" {
		t.Errorf("%d logs, diagnostics %v", len(c.RecordLogs), c.Diagnostics)
	}
}

func BenchmarkAddEvent(b *testing.B) {
	for _, bench := range []struct {
		name string
		next func(n uint64) uint64
	}{
		{"unnumbered", func(uint64) uint64 { return 0 }},
		{"in order", func(n uint64) uint64 { return n }},
		{"filtered", func(n uint64) uint64 { return n * 37 % (1 << 24) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c := NewCase("web01")
			c.Begin(&Source{Name: "system.csv"})
			e := numbered("system.csv", "web01", "System", 1)
			for n := uint64(1); b.Loop(); n++ {
				e.RecordID = bench.next(n)
				if err := c.Add(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
