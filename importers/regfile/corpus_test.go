package regfile

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// recorder is a sink that keeps what it is given.
type recorder struct {
	name        string // of the source
	records     []evidence.Record
	diagnostics []evidence.Diagnostic
}

func (r *recorder) Add(rec evidence.Record) error { r.records = append(r.records, rec); return nil }

func (r *recorder) Diagnose(d evidence.Diagnostic) { r.diagnostics = append(r.diagnostics, d) }

func (r *recorder) find(code string) *evidence.Diagnostic {
	for i := range r.diagnostics {
		if r.diagnostics[i].Code == code {
			return &r.diagnostics[i]
		}
	}
	return nil
}

func (r *recorder) codes() string {
	var codes []string
	for _, d := range r.diagnostics {
		codes = append(codes, d.Code)
	}
	return strings.Join(codes, " ")
}

func occurrences(r *recorder) (list []*evidence.Occurrence) {
	for _, rec := range r.records {
		if o, ok := rec.(*evidence.Occurrence); ok {
			list = append(list, o)
		}
	}
	return list
}

func values(r *recorder) (list []*evidence.RegistryValue) {
	for _, rec := range r.records {
		if v, ok := rec.(*evidence.RegistryValue); ok {
			list = append(list, v)
		}
	}
	return list
}

func importBytes(t testing.TB, name string, data []byte, options importers.Options) (*recorder, *importers.Input) {
	t.Helper()
	in := importers.NewInput(name, int64(len(data)), bytes.NewReader(data), nil)
	in.Options = options
	r := &recorder{name: name}
	if err := Format.Import(context.Background(), in, r); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return r, in
}

func importText(t testing.TB, s string) *recorder {
	t.Helper()
	r, _ := importBytes(t, "t.reg", []byte(s), importers.Options{})
	return r
}

// corpusDir returns a folder of the corpus beside the project, or skips.
func corpusDir(t *testing.T, elem ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
	corpus := filepath.Join(append([]string{dir, "..", "shared", "corpus"}, elem...)...)
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	return corpus
}

// readTSV returns the rows of a table by the names of its columns.
func readTSV(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	columns := strings.Split(lines[0], "\t")
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range strings.Split(line, "\t") {
			row[columns[i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// unescapeTSV undoes the escapes of a cell.
func unescapeTSV(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case '0':
			b.WriteByte(0)
		case 'x':
			n, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteByte(byte(n))
			i += 2
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
