package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
)

// rootOfContoso returns the certificate of a thumbprint from the sample.
func rootOfContoso(t *testing.T, thumbprint string) []byte {
	t.Helper()
	for _, o := range judgeSample(t, "contoso", "").judgements[0].Case.Occurrences {
		if o.Thumbprint() == thumbprint {
			return o.Raw
		}
	}
	t.Fatalf("the sample holds no %s", thumbprint)
	return nil
}

// A root that ends beyond the limit in both simulated orders is cut, one that
// does in one of them is at risk; the positions are those of the report.
func TestMatchOfContoso(t *testing.T) {
	dir := t.TempDir()
	if err := copySamples(dir); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		thumbprint, verdict string
		file, thumb         int
	}{
		{"FB97967CEF8D986306C03BB611F8E01397A298D3", "cut", 18861, 18861},
		{"DD50C0F779B3642E74A2B89D9FD340DDBBF0F24F", "at risk", 17180, 16431}, // only by what may not count
	} {
		peer := filepath.Join(dir, tt.thumbprint+".cer")
		if err := os.WriteFile(peer, rootOfContoso(t, tt.thumbprint), 0o600); err != nil {
			t.Fatal(err)
		}
		r := matchReport(t, 1, filepath.Join(dir, "contoso"), "--peer", peer, "--as-of", "2026-11-22")
		if len(r.Matches) != 1 {
			t.Fatalf("%d matches", len(r.Matches))
		}
		m := r.Matches[0]
		if m.Verdict != tt.verdict || *m.EndsAt.File != tt.file || *m.EndsAt.Thumbprint != tt.thumb || !m.Cut.File || !m.Cut.Thumbprint || m.Thumbprint != tt.thumbprint {
			t.Errorf("%s: %s: %s, ends at %d and %d; want %s, %d and %d", tt.thumbprint, m.Verdict, m.Why, *m.EndsAt.File, *m.EndsAt.Thumbprint, tt.verdict, tt.file, tt.thumb)
		}
		if len(r.Files) != 1 || len(r.Files[0].SHA256) != 2*32 || !r.Files[0].Complete {
			t.Errorf("files %+v", r.Files)
		}
	}
}

// Names of certificates and of files steer no terminal.
func TestMatchAndDiffAreSafeToShow(t *testing.T) {
	dir := t.TempDir()
	if err := copySamples(dir); err != nil {
		t.Fatal(err)
	}
	hostile := filepath.Join(dir, "broken", "sst-hostile-subjects.sst")
	seen := filepath.Join(dir, "seen.txt")
	if err := os.WriteFile(seen, []byte("CONNECTED(3)\nAcceptable client certificate CA names\nCN = \x1b]0;title\a\u202etxt.exe\n---\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"match", hostile, "--peer", hostile, "--host", "a\x1b[31mb", "--os", "2008r2", "--observed", seen},
		{"diff", filepath.Join(dir, "contoso"), hostile, "--host", "h"},
	} {
		for _, format := range []string{"table", "json", "xlsx"} {
			var stdout, stderr bytes.Buffer
			w := world{stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, now: time.Now, width: 80}
			run(context.Background(), append(append([]string(nil), args...), "--format", format), w)
			if stdout.Len() == 0 {
				t.Errorf("%q: nothing was written: %s", args, stderr.String())
			}
			if format == "xlsx" {
				continue
			}
			for _, r := range stdout.String() + stderr.String() {
				if r != '\n' && reports.Unsafe(r) {
					t.Errorf("%s %s writes %q", args[0], format, r)
					break
				}
			}
			if format == "table" {
				for line := range strings.Lines(stdout.String()) {
					if n := textWidth(strings.TrimSuffix(line, "\n")); n > 80 {
						t.Errorf("%s writes a line of %d columns: %q", args[0], n, line)
					}
				}
			}
		}
	}
}

func TestWrapColumns(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		want string
	}{
		{"one two three", 8, "one two|three"},
		{"one two three", 7, "one two|three"},
		{"abcdefghij", 4, "abcd|efgh|ij"},
		{"CN=Some Root,O=Organisation", 14, "CN=Some Root,|O=Organisation"},
		{"CN=a,O=bcdefghijklmnop", 10, "CN=a,|O=bcdefghi|jklmnop"},
		{"名前名前名前", 5, "名前|名前|名前"},
		{"a\n\nb", 5, "a||b"},
		{"", 5, ""},
	} {
		if got := strings.Join(wrapColumns(tt.text, tt.n), "|"); got != tt.want {
			t.Errorf("%q in %d columns: %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
}

func TestPropertyTextOfSides(t *testing.T) {
	// diff words values as show does.
	p := evidence.Property{ID: evidence.PropFriendlyName, Value: []byte("A\x00\x00\x00")}
	if got := propertyText(p); got != `"A"` {
		t.Errorf("%s is %s", hex.EncodeToString(p.Value), got)
	}
}
