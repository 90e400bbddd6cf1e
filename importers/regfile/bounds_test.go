package regfile

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func importSmall(t *testing.T, in string, most bounds) *recorder {
	t.Helper()
	rec := &recorder{}
	if err := importWithin(context.Background(), importers.NewInput("t.reg", -1, strings.NewReader(in), nil), rec, most); err != nil {
		t.Fatal(err)
	}
	checkInvariants(t, []byte(in), rec)
	return rec
}

// TestValueTooBig reads values around the bound, in many lines and in one that
// is read in pieces, and goes on behind them.
func TestValueTooBig(t *testing.T) {
	const numbers = "00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,"
	for _, line := range []string{numbers + "\\\r\n  ", numbers} {
		for _, size := range []int{16, 4096 - 16, 4096, 4096 + 16, 65536} {
			in := header5 + "\r\n[HKEY_USERS\\a]\r\n\"big\"=hex(1):" + strings.Repeat(line, size/16) + "00\r\n\"next\"=\"1\"\r\n\r\n"
			r := importSmall(t, in, bounds{value: 4097, line: 100})
			v, d := values(r), r.find("reg-value-too-big")
			if size <= 4096 {
				if len(v) != 2 || len(v[0].Data) != size+1 || v[0].Data[size-1] != 0x0F || r.codes() != "reg-odd-string" {
					t.Errorf("%d bytes: %d values, diagnostics %v", size, len(v), r.diagnostics)
				}
				continue
			}
			if len(v) != 1 || v[0].Name != "next" || d == nil || !d.Lost || d.Severity != evidence.Warning || !strings.Contains(d.Where.Path, "big") {
				t.Errorf("%d bytes: %d values, diagnostics %v", size, len(v), r.diagnostics)
			} else if !strings.Contains(d.Summary, fmt.Sprint(size+1)) {
				t.Errorf("summary %q does not tell of %d bytes", d.Summary, size+1)
			}
		}
	}
}

// TestValueKept has a value that takes its buffer with it.
func TestValueKept(t *testing.T) {
	var b strings.Builder
	b.WriteString(header5 + "\r\n[HKEY_USERS\\a]\r\n\"big\"=hex:")
	b.WriteString(strings.Repeat("5a,", bigValue))
	b.WriteString("5a\r\n\"next\"=hex:01,02\r\n\r\n")
	v := values(importText(t, b.String()))
	if len(v) != 2 || !bytes.Equal(v[0].Data, bytes.Repeat([]byte{0x5A}, bigValue+1)) || string(v[1].Data) != "\x01\x02" {
		t.Errorf("%d values", len(v))
	}
}

// TestLineTooLong reads lines over the bound that can't be read in pieces.
func TestLineTooLong(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 100)
	r := importSmall(t, header5+"\r\n[HKEY_USERS\\a]\r\n\"x\"=\""+long+"\"\r\n\"y\"=\"1\"\r\n; "+long+
		"\r\n\"z\"=\"1\"\r\n["+long+"]\r\n\"w\"=\"1\"\r\n"+long+"\r\n\r\n", bounds{value: 1 << 10, line: 1 << 10})
	v := values(r)
	if len(v) != 2 || v[0].Name != "y" || v[0].Where.Line != 4 || v[1].Name != "z" || v[1].Where.Line != 6 {
		t.Errorf("values %v", v)
	}
	if got, want := r.codes(), "reg-line-too-long reg-bad-key reg-no-key reg-bad-line"; got != want {
		t.Errorf("diagnostics %q; want %q", got, want)
	}
	for _, d := range r.diagnostics {
		if !d.Lost || len(d.Detail) > 1000 {
			t.Errorf("diagnostic loses %v, detail of %d bytes", d.Lost, len(d.Detail))
		}
	}
}

// TestLongComment has comments that make lines be read in pieces.
func TestLongComment(t *testing.T) {
	comment := " ;" + strings.Repeat(" comment,", 100)
	in := header5 + "\r\n[HKEY_USERS\\a]\r\n"
	for _, data := range []string{`"text"`, "dword:1", "hex:01,02", "-", "hex:01,\\" + comment + "\r\n02"} {
		in += "\"x\"=" + data + comment + "\r\n"
	}
	in += "\r\n"
	r := importSmall(t, in, bounds{value: 1 << 10, line: 256})
	want := importText(t, in)
	if diff := cmp.Diff(want.records[1:], r.records[1:]); diff != "" || len(r.records) != 6 {
		t.Errorf("%d facts; read in pieces they differ:\n%s", len(r.records), diff)
	}
}

// TestManyNames has more names below one key than are looked through one by
// one, some of them twice.
func TestManyNames(t *testing.T) {
	var b strings.Builder
	b.WriteString(header5 + "\r\n[HKEY_USERS\\a]\r\n")
	for _, name := range []string{"name", "NAME", "другое", "ДРУГОЕ"} {
		for i := range 100 {
			fmt.Fprintf(&b, "\"%s%d\"=dword:1\r\n", name, i)
		}
	}
	b.WriteString("\r\n")
	r := importText(t, b.String())
	n := 0
	for _, d := range r.diagnostics {
		if d.Code == "reg-value-repeated" {
			n++
		}
	}
	if len(values(r)) != 400 || n != 200 {
		t.Errorf("%d values, %d repeated; want 400, 200", len(values(r)), n)
	}
}

// counting is a sink that keeps nothing below one key.
type counting struct {
	recorder
	values, bytes int
}

func (c *counting) Keeps(key string) bool { return !strings.HasPrefix(key, `HKEY_USERS\drop`) }

func (c *counting) CountValue(size int) { c.values++; c.bytes += size }

func TestCounter(t *testing.T) {
	const in = header5 + "\n[HKEY_USERS\\drop]\n\"a\"=\"1\"\n\"b\"=hex:01,02,\\\n03\n\"bad\"=x\n\"c\"=-\n[HKEY_USERS\\keep]\n\"a\"=\"1\"\n\n"
	c := &counting{}
	if err := Format.Import(context.Background(), importers.NewInput("t.reg", -1, strings.NewReader(in), nil), c); err != nil {
		t.Fatal(err)
	}
	if c.values != 2 || c.bytes != 4+3 {
		t.Errorf("%d values of %d bytes were counted; want 2 of 7", c.values, c.bytes)
	}
	var got []string
	for _, r := range c.records {
		got = append(got, r.At().Path)
	}
	if s := strings.Join(got, " "); s != `[HKEY_USERS\drop] c [HKEY_USERS\keep] [HKEY_USERS\keep] a` {
		t.Errorf("facts %s", s)
	}
	if d := c.find("reg-bad-data"); d == nil || d.Where.Path != `[HKEY_USERS\drop] bad` {
		t.Errorf("diagnostics %v", c.diagnostics)
	}
}

// TestAllocation compares what is allocated with the size of the input, for
// inputs that make the most of little.
func TestAllocation(t *testing.T) {
	const n = 20_000
	inputs := map[string]string{
		"keys":         strings.Repeat("[HKEY_USERS\\a]\n", n),
		"values":       "[HKEY_USERS\\a]\n" + strings.Repeat("\"a\"=\"\"\n", n),
		"values, long": "[HKEY_USERS\\" + strings.Repeat("k", 500) + "]\n" + strings.Repeat("\"a\"=hex:\n", n),
		"names":        "[HKEY_USERS\\a]\n" + strings.Repeat("\"a@\"=\"\"\n\"a`\"=\"\"\n", n),
		"bad lines":    strings.Repeat("x\n", n),
		"bad values":   "[HKEY_USERS\\a]\n" + strings.Repeat("\"a\n", n),
		"brackets":     strings.Repeat("]", n),
		"backslashes":  strings.Repeat("[HKEY_USERS"+strings.Repeat(`\`, 100)+"]\n", n/100),
		"claims":       "[" + rootKey + "\\Certificates\\AB]\n" + strings.Repeat("\"Blob\"=hex:20,00,00,00,01,00,00,00,ff,ff,ff,7f\n", n/50),
		"NULs":         strings.Repeat("\x00", n),
	}
	for name, in := range inputs {
		t.Run(name, func(t *testing.T) {
			data := []byte(header5 + "\n" + in)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var d discard
			if err := Format.Import(context.Background(), importers.NewInput("t.reg", -1, bytes.NewReader(data), nil), &d); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			// A diagnostic is the dearest thing that a line of two bytes can give.
			if got, most := after.TotalAlloc-before.TotalAlloc, uint64(300*len(data)+1<<20); got > most {
				t.Errorf("%d bytes were allocated for %d of input", got, len(data))
			}
		})
	}
}

func TestArena(t *testing.T) {
	var a arena
	var kept [][]byte
	var text []string
	var facts []*evidence.RegistryValue
	for i := range 2000 {
		kept = append(kept, a.clone(bytes.Repeat([]byte{byte(i)}, i%90)))
		text = append(text, a.concat("<", []byte(strings.Repeat(string(rune('a'+i%26)), i%90)), ">"))
		v := a.value()
		v.Name = fmt.Sprint(i)
		facts = append(facts, v)
	}
	big := a.clone(make([]byte, arenaBytes))
	for i := range 2000 {
		if want := bytes.Repeat([]byte{byte(i)}, i%90); !bytes.Equal(kept[i], want) || cap(kept[i]) != len(kept[i]) {
			t.Fatalf("bytes %d are %q of %d; want %q", i, kept[i], cap(kept[i]), want)
		}
		if want := "<" + strings.Repeat(string(rune('a'+i%26)), i%90) + ">"; text[i] != want {
			t.Fatalf("text %d is %q; want %q", i, text[i], want)
		}
		if facts[i].Name != fmt.Sprint(i) {
			t.Fatalf("fact %d is %q", i, facts[i].Name)
		}
	}
	if len(big) != arenaBytes || a.concat("", make([]byte, arenaBytes), "") != string(big) {
		t.Error("what is bigger than a block differs")
	}
}
