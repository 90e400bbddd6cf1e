package regfile

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A generator makes a registry export of any length in UTF-16LE as it is read:
// keys with a few values each, a third of the characters in binary data that is
// wrapped at 80 columns.
type generator struct {
	left  int // bytes to make
	rand  *rand.Rand
	ready []byte
	keys  int
}

func newGenerator(size int) *generator {
	g := &generator{left: size, rand: rand.New(rand.NewPCG(7, 7))}
	g.ready = append(g.ready, 0xFF, 0xFE)
	g.write(header5 + "\r\n\r\n")
	return g
}

func (g *generator) write(s string) {
	for i := range len(s) {
		g.ready = append(g.ready, s[i], 0)
	}
}

// Read implements io.Reader.
func (g *generator) Read(p []byte) (int, error) {
	for len(g.ready) < len(p) && g.left > 0 {
		start := len(g.ready)
		g.key()
		g.left -= len(g.ready) - start
	}
	if len(g.ready) == 0 {
		return 0, io.EOF
	}
	n := copy(p, g.ready)
	g.ready = g.ready[:copy(g.ready, g.ready[n:])]
	return n, nil
}

var words = [...]string{"Microsoft", "Windows", "CurrentVersion", "Component Based Servicing", "Packages", "Interface", "Services", "Control", "Class", "Setup"}

func (g *generator) key() {
	g.keys++
	path := `HKEY_LOCAL_MACHINE\SOFTWARE`
	for range 2 + g.rand.IntN(3) {
		path += `\` + words[g.rand.IntN(len(words))]
	}
	g.write(fmt.Sprintf("[%s\\{%08x-%04x}]\r\n", path, g.rand.Uint32(), g.rand.IntN(1<<16)))
	for i := range g.rand.IntN(6) {
		g.value(i)
	}
	g.write("\r\n")
}

func (g *generator) value(i int) {
	name := fmt.Sprintf("\"Value%d%s\"=", i, words[g.rand.IntN(len(words))])
	switch g.rand.IntN(6) {
	case 0:
		g.write(name + fmt.Sprintf("dword:%08x\r\n", g.rand.Uint32()))
	case 1, 2, 3, 4:
		g.write(name + `"C:\\Program Files\\` + words[g.rand.IntN(len(words))] + `\\program.exe"` + "\r\n")
	case 5:
		line := name + "hex:"
		n := 20 + g.rand.IntN(180)
		for j := range n {
			line += fmt.Sprintf("%02x", g.rand.IntN(256))
			if j == n-1 {
				break
			}
			if line += ","; len(line) > 76 {
				g.write(line + "\\\r\n")
				line = "  "
			}
		}
		g.write(line + "\r\n")
	}
}

// discard is a sink that keeps nothing.
type discard struct{ records, diagnostics int }

func (d *discard) Add(evidence.Record) error    { d.records++; return nil }
func (d *discard) Diagnose(evidence.Diagnostic) { d.diagnostics++ }

func BenchmarkImport(b *testing.B) {
	data, err := io.ReadAll(newGenerator(32 << 20))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("discard", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			var d discard
			if err := Format.Import(context.Background(), importers.NewInput("b.reg", int64(len(data)), bytes.NewReader(data), nil), &d); err != nil || d.diagnostics > 0 {
				b.Fatal(err, d)
			}
		}
	})
	b.Run("case", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			c := evidence.NewCase("host", evidence.Interest{Keys: []string{`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`}})
			c.Begin(&evidence.Source{Name: "b.reg"})
			if err := Format.Import(context.Background(), importers.NewInput("b.reg", int64(len(data)), bytes.NewReader(data), nil), c); err != nil {
				b.Fatal(err)
			}
			c.End()
		}
	})
}

// watcher is a sink that keeps nothing and looks now and then at the heap.
type watcher struct {
	discard
	most uint64
}

func (w *watcher) Add(r evidence.Record) error {
	if w.records%50_000 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.most = max(w.most, m.HeapInuse)
	}
	return w.discard.Add(r)
}

// TestMemory reads a long export and wants the heap flat.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("a long export takes a second")
	}
	var w watcher
	if err := Format.Import(t.Context(), importers.NewInput("t.reg", -1, newGenerator(40<<20), nil), &w); err != nil {
		t.Fatal(err)
	}
	if w.records < 150_000 || w.diagnostics > 0 {
		t.Errorf("%d facts, %d diagnostics", w.records, w.diagnostics)
	}
	if w.most > 16<<20 {
		t.Errorf("the heap grew to %d bytes", w.most)
	}
}
