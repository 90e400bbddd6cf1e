package eventcsv

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"io"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// benchSize is how much the benchmarks read at once.
const benchSize = 64_000_000

func BenchmarkViewer(b *testing.B)              { benchmarkImport(b, writeViewer) }
func BenchmarkViewerEncodingCSV(b *testing.B)   { benchmarkEncodingCSV(b, writeViewer) }
func BenchmarkEvtxECmd(b *testing.B)            { benchmarkImport(b, writeEvtxECmd) }
func BenchmarkEvtxECmdEncodingCSV(b *testing.B) { benchmarkEncodingCSV(b, writeEvtxECmd) }

// benchmarkImport reads an export into a case, as a run does, without hashing.
func benchmarkImport(b *testing.B, write func(io.Writer, int) int) {
	var file bytes.Buffer
	rows := write(&file, benchSize)
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		c := evidence.NewCase("host", evidence.Interest{Events: []evidence.EventKey{{Provider: "Schannel", ID: 36885}, {Provider: "Schannel", ID: 36887}}})
		src := &evidence.Source{Name: "system.csv"}
		c.Begin(src)
		in := importers.NewInput("system.csv", int64(file.Len()), bytes.NewReader(file.Bytes()), nil)
		if err := Format.Import(b.Context(), in, c); err != nil {
			b.Fatal(err)
		}
		c.End()
		if src.Records.Events != rows || !src.Complete {
			b.Fatalf("%d events of %d rows, complete %v", src.Records.Events, rows, src.Complete)
		}
	}
}

// benchmarkEncodingCSV only reads the rows, with the standard library.
func benchmarkEncodingCSV(b *testing.B, write func(io.Writer, int) int) {
	var file bytes.Buffer
	rows := write(&file, benchSize)
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	for b.Loop() {
		r := csv.NewReader(bufio.NewReaderSize(bytes.NewReader(file.Bytes()), 1<<20))
		r.ReuseRecord, r.FieldsPerRecord = true, -1
		n := -1 // the header
		for {
			_, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != rows {
			b.Fatalf("%d records of %d rows", n, rows)
		}
	}
}
