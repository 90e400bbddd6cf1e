package regfile

import (
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// checkInvariants checks what holds of any file: places lie in the file, in
// order, and begin with what they are of.
func checkInvariants(t testing.TB, data []byte, r *recorder) {
	t.Helper()
	size := int64(len(data))
	enc, _ := text.Detect(data)
	plain := enc != text.UTF16LE && enc != text.UTF16BE
	last := int64(0)
	for _, rec := range r.records {
		at := rec.At()
		if at.Source == "" || at.Line < 1 || at.Path == "" || at.Offset < last || at.Length < 1 || at.Offset+at.Length > size {
			t.Fatalf("a fact lies at %d+%d, line %d of %d bytes, after %d: %v", at.Offset, at.Length, at.Line, size, last, at)
		}
		last = at.Offset
		first := data[at.Offset]
		if enc == text.UTF16BE {
			first = data[at.Offset+1]
		}
		switch rec := rec.(type) {
		case *evidence.RegistryKey:
			if (first != '[' && first != 'H') || !strings.Contains(at.Path, rec.Key) {
				t.Fatalf("a key's place begins with %q: %v", first, at)
			}
		case *evidence.RegistryValue:
			if first != '"' && first != '@' && first != 'H' || !strings.HasPrefix(at.Path, "["+rec.Key+"] ") {
				t.Fatalf("a value's place begins with %q: %v", first, at)
			}
		case *evidence.Occurrence:
			if first != '"' || rec.KeyName != "" && !strings.HasSuffix(at.Path, `\`+rec.KeyName+"] Blob") {
				t.Fatalf("a certificate's place begins with %q: %v", first, at)
			}
		}
		if plain && at.Length > 2 && (data[at.Offset+at.Length-1] == '\n' || data[at.Offset+at.Length-1] == '\r') {
			t.Fatalf("a place ends with a line end: %v", at)
		}
	}
	for _, d := range r.diagnostics {
		if !strings.HasPrefix(d.Code, "reg-") || d.Summary == "" || d.Detail == "" || d.Severity == "" {
			t.Fatalf("a diagnostic is not whole: %+v", d)
		}
		if d.Where.Offset < 0 || d.Where.Offset+d.Where.Length > size || d.Where.Length < 0 {
			t.Fatalf("a diagnostic is outside the file: %+v", d)
		}
	}
}
