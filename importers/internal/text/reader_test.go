package text

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func TestReader(t *testing.T) {
	long := strings.Repeat("0123456789ü€\U0001F512\r\n", 10_000)
	tests := []struct {
		name, page, in string
		enc            Encoding
		want           string
		broken         int
	}{
		{"empty", "", "", ASCII, "", 0},
		{"ASCII", "", "a,b\r\n", ASCII, "a,b\r\n", 0},
		{"UTF-8 mark", "", "\xEF\xBB\xBFa,ü", UTF8, "a,ü", 0},
		{"UTF-8 broken", "", "üüüüüüüüüüüüü\xFFa\xE2\x82", UTF8, "üüüüüüüüüüüüü\uFFFDa\uFFFD\uFFFD", 3},
		{"long UTF-8", "", long, UTF8, long, 0},
		{"UTF-16LE", "", "\xFF\xFE" + utf16le(long), UTF16LE, long, 0},
		{"UTF-16BE", "", "\xFE\xFF" + utf16be(long), UTF16BE, long, 0},
		{"UTF-16LE odd", "", utf16le("abc") + "d", UTF16LE, "abc\uFFFD", 1},
		{"8-bit", "", "caf\xE9;\x80", EightBit, "café;€", 0},
		{"8-bit after much ASCII", "", strings.Repeat("x", 2*readerBlock) + "\xE9", EightBit, strings.Repeat("x", 2*readerBlock) + "é", 0},
		{"UTF-8 after much ASCII", "", strings.Repeat("x", 2*readerBlock) + "é", UTF8, strings.Repeat("x", 2*readerBlock) + "é", 0},
		{"Shift_JIS", "Shift_JIS", "a;\x8E\x96\x8C\x8F;\x83\x5C\n", EightBit, "a;事件;ソ\n", 0},
		{"GB18030", "GB18030", "\xCA\xC2\x90\x30\x81\x30\xCA\xC2", EightBit, "事\U00010000事", 0},
		{"Shift_JIS, escape bytes at the edge of a block", "Shift_JIS", strings.Repeat("x", readerBlock-1) + "\x8E\x96", EightBit, strings.Repeat("x", readerBlock-1) + "事", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			page, err := NewCodePage(test.page)
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range []io.Reader{strings.NewReader(test.in), iotest.OneByteReader(strings.NewReader(test.in))} {
				r := NewReader(in, page)
				got, err := io.ReadAll(r)
				if err != nil || string(got) != test.want {
					t.Fatalf("got %.60q, %v; want %.60q", got, err, test.want)
				}
				if r.Encoding() != test.enc || r.Broken() != test.broken {
					t.Errorf("encoding %v, %d broken; want %v, %d", r.Encoding(), r.Broken(), test.enc, test.broken)
				}
				if end := r.Offset(int64(len(got))); end != int64(len(test.in)) {
					t.Errorf("the end is at %d; want %d", end, len(test.in))
				}
			}
		})
	}
}

// TestReaderOffset has each character say its own place.
func TestReaderOffset(t *testing.T) {
	s := strings.Repeat("a,ü€\U0001F512;Ключ事x\r\n", 3000)
	for _, test := range []struct {
		name string
		in   string
		size func(rune) int
		bom  int
	}{
		{"UTF-8", s, utf8.RuneLen, 0},
		{"UTF-8 with a mark", "\xEF\xBB\xBF" + s, utf8.RuneLen, 3},
		{"UTF-16LE", "\xFF\xFE" + utf16le(s), func(r rune) int { return 2 + int(r>>16)*2 }, 2},
		{"UTF-16BE", utf16be(s), func(r rune) int { return 2 + int(r>>16)*2 }, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := NewReader(iotest.HalfReader(strings.NewReader(test.in)), nil)
			var all []byte
			buf := make([]byte, 100)
			pos, want := int64(0), int64(test.bom)
			for {
				n, err := r.Read(buf)
				all = append(all, buf[:n]...)
				for utf8.FullRune(all) {
					c, n := utf8.DecodeRune(all)
					for i := range n {
						if got := r.Offset(pos + int64(i)); got != want {
							t.Fatalf("Offset(%d), byte %d of %q = %d; want %d", pos, i, c, got, want)
						}
					}
					all, pos, want = all[n:], pos+int64(n), want+int64(test.size(c))
				}
				if err == io.EOF {
					break
				}
			}
			if want != int64(len(test.in)) {
				t.Errorf("read to %d of %d", want, len(test.in))
			}
		})
	}
}

func TestReaderOffsetCodePage(t *testing.T) {
	page, err := NewCodePage("Shift_JIS")
	if err != nil {
		t.Fatal(err)
	}
	in := strings.Repeat("a,\x8E\x96;\xB1\r\n", 20_000) // 事 takes two bytes, half-width ｱ one
	r := NewReader(strings.NewReader(in), page)
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	line := int64(0)
	for pos := int64(0); ; line++ {
		if got := r.Offset(pos); got != 8*line {
			t.Fatalf("line %d is at %d; want %d", line, got, 8*line)
		}
		i := bytes.IndexByte(out[pos:], '\n')
		if i < 0 {
			break
		}
		pos += int64(i) + 1
	}
	if line != 20_000 {
		t.Errorf("%d lines; want 20000", line)
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("a,b\r\n\xFC"), "")
	f.Add([]byte("\xFF\xFEa\x00\x00\xD8"), "")
	f.Add([]byte("\x1B$B;v\x1B(B\x8E\x96"), "ISO-2022-JP")
	f.Add([]byte("\x8E\x96\x8E"), "Shift_JIS")
	f.Fuzz(func(t *testing.T, in []byte, name string) {
		page, err := NewCodePage(name)
		if err != nil {
			t.Skip()
		}
		r := NewReader(bytes.NewReader(in), page)
		out, err := io.ReadAll(r)
		if err != nil || !utf8.Valid(out) {
			t.Fatalf("%q, %v", out, err)
		}
		again, _ := io.ReadAll(NewReader(iotest.HalfReader(bytes.NewReader(in)), page))
		if !bytes.Equal(out, again) {
			t.Fatalf("read in pieces it differs: %q, %q", out, again)
		}
		last := int64(0)
		for pos := range out {
			at := r.Offset(int64(pos))
			if at < last || at > int64(len(in)) {
				t.Fatalf("Offset(%d) = %d after %d", pos, at, last)
			}
			last = at
		}
		if end := r.Offset(int64(len(out))); end != int64(len(in)) {
			t.Fatalf("the end is at %d of %d", end, len(in))
		}
	})
}
