package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func readLines(t testing.TB, r io.Reader, page *CodePage, maxBytes int) (lines []Line, l *Lines) {
	t.Helper()
	l = NewLines(r, page, maxBytes)
	for l.Next() {
		line := l.Line
		line.Text = bytes.Clone(line.Text)
		lines = append(lines, line)
	}
	return lines, l
}

func show(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%d@%d+%d %q", l.Number, l.Offset, l.Length, l.Text)
		if l.More {
			b.WriteString(" more")
		}
		if l.Unended {
			b.WriteString(" unended")
		}
		if l.Broken > 0 {
			fmt.Fprintf(&b, " broken %d", l.Broken)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestLines(t *testing.T) {
	tests := []struct {
		name, in string
		enc      Encoding
		want     string
	}{
		{"empty", "", ASCII, ""},
		{"no end", "ab", ASCII, "1@0+2 \"ab\" unended\n"},
		{"all ends", "a\nb\rc\r\nd\r\re\n\nf\n\rg", ASCII,
			"1@0+1 \"a\"\n2@2+1 \"b\"\n3@4+1 \"c\"\n4@7+1 \"d\"\n5@9+0 \"\"\n6@10+1 \"e\"\n7@12+0 \"\"\n8@13+1 \"f\"\n9@15+0 \"\"\n10@16+1 \"g\" unended\n"},
		{"CR at the end", "a\r", ASCII, "1@0+1 \"a\"\n"},
		{"UTF-8 mark", "\xEF\xBB\xBFa\r\nü\n", UTF8, "1@3+1 \"a\"\n2@6+2 \"ü\"\n"},
		{"8-bit", "a\n\xFC\nb\n", EightBit, "1@0+1 \"a\"\n2@2+1 \"ü\"\n3@4+1 \"b\"\n"},
		{"UTF-8, broken", "üüüüü\na\xFFb\n", UTF8, "1@0+10 \"üüüüü\"\n2@11+3 \"a\uFFFDb\" broken 1\n"},
		{"UTF-16LE", "\xFF\xFE" + utf16le("a\r\nü\rb\n\nlast"), UTF16LE,
			"1@2+2 \"a\"\n2@8+2 \"ü\"\n3@12+2 \"b\"\n4@16+0 \"\"\n5@18+8 \"last\" unended\n"},
		{"UTF-16BE", "\xFE\xFF" + utf16be("a\r\nü\rb\n\nlast"), UTF16BE,
			"1@2+2 \"a\"\n2@8+2 \"ü\"\n3@12+2 \"b\"\n4@16+0 \"\"\n5@18+8 \"last\" unended\n"},
		{"UTF-16LE, halves of characters that look like ends", utf16le("abcdef\u0A0D\u0D0A\u4E0A\u0A4E\u000D\u0A00x"), UTF16LE,
			"1@0+20 \"abcdef\\u0a0dഊ上\\u0a4e\"\n2@22+4 \"\\u0a00x\" unended\n"},
		{"UTF-16BE, halves of characters that look like ends", utf16be("abcdef\u0A0D\u0D0A\u4E0A\u0A4E\u000D\u0A00x"), UTF16BE,
			"1@0+20 \"abcdef\\u0a0dഊ上\\u0a4e\"\n2@22+4 \"\\u0a00x\" unended\n"},
		{"UTF-16LE, odd length", utf16le("ab\ncd") + "x", UTF16LE, "1@0+4 \"ab\"\n2@6+5 \"cd\uFFFD\" unended broken 1\n"},
		{"UTF-16LE, a lone byte behind the end", utf16le("ab\r\n") + "\n", UTF16LE, "1@0+4 \"ab\"\n2@8+1 \"\uFFFD\" unended broken 1\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines, l := readLines(t, strings.NewReader(test.in), nil, 1<<10)
			if diff := cmp.Diff(test.want, show(lines)); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if l.Encoding() != test.enc || l.Err() != nil || l.Offset() != int64(len(test.in)) {
				t.Errorf("encoding %v, error %v, offset %d; want %v, nil, %d", l.Encoding(), l.Err(), l.Offset(), test.enc, len(test.in))
			}
			slow, _ := readLines(t, iotest.OneByteReader(strings.NewReader(test.in)), nil, 1<<10)
			if diff := cmp.Diff(lines, slow); diff != "" {
				t.Errorf("byte by byte it reads otherwise:\n%s", diff)
			}
		})
	}
}

func TestLinesLong(t *testing.T) {
	for _, encode := range []func(string) string{func(s string) string { return s }, utf16le, utf16be} {
		text := "short\r\n" + strings.Repeat("0123456789ab,", 40) + "\r\nnext\n" + strings.Repeat("é\U0001F512", 60) + "\n"
		lines, _ := readLines(t, strings.NewReader(encode(text)), nil, 64)
		joined, at := "", int64(0)
		for i, line := range lines {
			if line.Length > 64 {
				t.Errorf("line %d has %d bytes; at most 64 were asked for", line.Number, line.Length)
			}
			if line.More && line.Number == 2 && !bytes.HasSuffix(line.Text, []byte(",")) {
				t.Errorf("piece %q does not end behind a comma", line.Text)
			}
			if line.Broken > 0 {
				t.Errorf("a character was cut: %q", line.Text)
			}
			if i > 0 && lines[i-1].More && (line.Offset != at || line.Number != lines[i-1].Number) {
				t.Errorf("piece at %d, line %d does not go on at %d, line %d", line.Offset, line.Number, at, lines[i-1].Number)
			}
			at = line.Offset + line.Length
			joined += string(line.Text)
			if !line.More {
				joined += "\n"
			}
		}
		if want := strings.ReplaceAll(text, "\r", ""); joined != want {
			t.Errorf("joined pieces = %q; want %q", joined, want)
		}
		if n := lines[len(lines)-1].Number; n != 4 {
			t.Errorf("%d lines; want 4", n)
		}
	}
}

// TestLinesBuffer has lines end at all places around the edge of the buffer,
// and lines that it has to grow for.
func TestLinesBuffer(t *testing.T) {
	for shift := range 6 {
		for _, end := range []string{"\r\n", "\n", "\r"} {
			var want []string
			for n := 0; n < 3*linesBlock; {
				s := strings.Repeat("v", 1000+shift+len(want)%3)
				want = append(want, s)
				n += 2 * len(s)
			}
			want = append(want, strings.Repeat("w", linesBlock), "tail")
			lines, _ := readLines(t, strings.NewReader(utf16le(strings.Join(want, end))), nil, 4*linesBlock)
			if len(lines) != len(want) {
				t.Fatalf("end %q: %d lines; want %d", end, len(lines), len(want))
			}
			for i, line := range lines {
				if string(line.Text) != want[i] || line.Number != i+1 {
					t.Fatalf("end %q: line %d differs", end, i+1)
				}
			}
		}
	}
}

// TestLinesFull has files of just the length of the buffer, and about it, end
// with each kind of line end.
func TestLinesFull(t *testing.T) {
	for _, encode := range []func(string) string{func(s string) string { return s }, utf16le, utf16be} {
		for n := 110; n < 280; n++ {
			for _, end := range []string{"\r", "\n", "\r\n", "é\r", "é\r\n"} {
				text := strings.Repeat("abc\n", n/4) + strings.Repeat("x", n%4) + end
				want := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
				if n%4 == 0 && end[0] < 'x' {
					want = append(want, "")
				}
				lines, l := readLines(t, strings.NewReader(encode(text)), nil, 64)
				if len(lines) != len(want) || l.Offset() != int64(len(encode(text))) {
					t.Fatalf("%d lines up to %d of %q; want %d", len(lines), l.Offset(), text, len(want))
				}
				for i, line := range lines {
					if string(line.Text) != want[i] || line.Unended {
						t.Fatalf("line %d of %q is %q; want %q", i+1, text, line.Text, want[i])
					}
				}
			}
		}
	}
}

func TestLinesError(t *testing.T) {
	broken := errors.New("disk")
	lines, l := readLines(t, io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), nil, 64)
	if got := show(lines); got != "1@0+1 \"a\"\n2@2+1 \"b\" unended\n" || !errors.Is(l.Err(), broken) {
		t.Errorf("lines %q, error %v", got, l.Err())
	}
}

func FuzzLines(f *testing.F) {
	for _, s := range []string{"a\r\nb\n\rc", "\xEF\xBB\xBFx\n", "\xFF\xFE" + utf16le("a\r\nü"), utf16be("line\rline"), "caf\xE9\n", "\r\x00\n00", "\xFF\xFEa" + strings.Repeat("\xCF", 64), "\xFF\xFE" + utf16le(strings.Repeat("a", 32)) + "a"} {
		f.Add([]byte(s), 64)
	}
	f.Fuzz(func(t *testing.T, in []byte, limit int) {
		limit %= 1 << 12
		lines, l := readLines(t, bytes.NewReader(in), nil, limit)
		slow, _ := readLines(t, iotest.HalfReader(bytes.NewReader(in)), nil, limit)
		if diff := cmp.Diff(lines, slow); diff != "" {
			t.Fatalf("read in pieces it differs:\n%s", diff)
		}
		at := int64(l.BOM())
		for _, line := range lines {
			// Between two lines there is an end, between pieces nothing.
			for ; at < line.Offset; at++ {
				if c := in[at]; c != '\r' && c != '\n' && c != 0 {
					t.Fatalf("byte %d (%q) is in no line", at, c)
				}
			}
			if line.Offset != at || line.Offset+line.Length > int64(len(in)) || line.Length > int64(max(limit, 64)) {
				t.Fatalf("line %d lies at %d+%d, want at %d", line.Number, line.Offset, line.Length, at)
			}
			at += line.Length
		}
		if l.Offset() != int64(len(in)) {
			t.Fatalf("read to %d of %d", l.Offset(), len(in))
		}
	})
}

func BenchmarkLines(b *testing.B) {
	var s strings.Builder
	for s.Len() < 16<<20 {
		s.WriteString("\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Example]\r\n\"Name\"=dword:00000001\r\n\"Blob\"=hex:01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,\\\r\n" +
			"  01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,15,16,17,18,19,\\\r\n  01,02\r\n")
	}
	for name, in := range map[string]string{"ASCII": s.String(), "UTF-16LE": "\xFF\xFE" + utf16le(s.String())} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				l := NewLines(strings.NewReader(in), nil, 1<<20)
				for l.Next() {
				}
			}
		})
	}
}
