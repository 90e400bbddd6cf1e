package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

func utf16le(s string) string {
	b, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return b
}

func utf16be(s string) string {
	b, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return b
}

func TestDetect(t *testing.T) {
	const header = "Windows Registry Editor Version 5.00\r\n"
	tests := []struct {
		name, head string
		want       Encoding
		bom        int
	}{
		{"empty", "", ASCII, 0},
		{"one byte", "R", ASCII, 0},
		{"ASCII", header, ASCII, 0},
		{"UTF-8 with a mark", "\xEF\xBB\xBF" + header, UTF8, 3},
		{"the mark alone", "\xEF\xBB\xBF", UTF8, 3},
		{"UTF-16LE with a mark", "\xFF\xFE" + utf16le(header), UTF16LE, 2},
		{"UTF-16BE with a mark", "\xFE\xFF" + utf16be(header), UTF16BE, 2},
		{"UTF-16LE without a mark", utf16le(header), UTF16LE, 0},
		{"UTF-16BE without a mark", utf16be(header), UTF16BE, 0},
		{"UTF-16LE, three in four characters Greek", utf16le(strings.Repeat("αβγ,", 20)), UTF16LE, 0},
		{"UTF-16LE, Gurmukhi letters whose high byte is 0A", utf16le(header + "\u0A05\u0A0A"), UTF16LE, 0},
		{"UTF-8", "a,ü,ß", UTF8, 0},
		{"UTF-8 cut in a character", "a,\xE2\x82", UTF8, 0},
		{"UTF-8 with one broken sequence in many", strings.Repeat("ü", 5) + "\xFF" + "ü", UTF8, 0},
		{"Windows-1252", "a,\xFC,\xDF", EightBit, 0},
		{"Windows-1251", "\xCA\xEB\xFE\xF7", EightBit, 0},
		{"NULs on both sides", "\x00\x00\x00\x00CERT", ASCII, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, bom := Detect([]byte(test.head))
			if got != test.want || bom != test.bom {
				t.Errorf("Detect(%q) = %v, %d; want %v, %d", test.head, got, bom, test.want, test.bom)
			}
		})
	}
}

func TestNewCodePage(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"", "windows-1252"},
		{"Windows-1252", "windows-1252"},
		{"cp1252", ""},
		{"windows-1251", "windows-1251"},
		{"latin1", "ISO_8859-1:1987"},
		{"IBM850", "IBM850"},
		{"Shift_JIS", "Shift_JIS"},
		{"UTF-8", ""},
		{"UTF-16LE", ""},
		{"nonsense", ""},
	} {
		page, err := NewCodePage(test.name)
		switch {
		case test.want == "" && err == nil:
			t.Errorf("NewCodePage(%q) = %s; want an error", test.name, page.Name())
		case test.want != "" && err != nil:
			t.Errorf("NewCodePage(%q): %v", test.name, err)
		case test.want != "" && page.Name() != test.want:
			t.Errorf("NewCodePage(%q).Name() = %q; want %q", test.name, page.Name(), test.want)
		}
	}
}

func TestCodePageAppend(t *testing.T) {
	for _, test := range []struct {
		page, in, want string
		broken         int
	}{
		{"", "caf\xE9 \x80 20", "café € 20", 0},
		{"", "a\x81\x8D\x8F\x90\x9Db", "a\u0081\u008D\u008F\u0090\u009Db", 0},
		{"windows-1251", "\xCA\xEB\xFE\xF7", "Ключ", 0},
		{"windows-1253", "\xAA\xD2", "\uFFFD\uFFFD", 2},
		{"Shift_JIS", "\x8E\x96\x8C\x8F;\x83\x5C\x83\x5C", "事件;ソソ", 0},
		{"Shift_JIS", "ok\x8E", "ok\uFFFD", 1},
		{"GB18030", "\xCA\xC2,\x90\x30\x81\x30", "事,\U00010000", 0},
		{"ISO-2022-JP", "\x1B$B;v7o\x1B(B,x", "事件,x", 0},
	} {
		page, err := NewCodePage(test.page)
		if err != nil {
			t.Fatal(err)
		}
		got, broken := page.Append([]byte("> "), []byte(test.in))
		if string(got) != "> "+test.want || broken != test.broken {
			t.Errorf("%s: Append(%q) = %q, %d; want %q, %d", page.Name(), test.in, got, broken, "> "+test.want, test.broken)
		}
	}
}

func TestAppendUTF16LE(t *testing.T) {
	const s = "a\u00FC\u20AC\U0001F512z"
	if got, want := string(AppendUTF16LE([]byte("x"), []byte(s))), "x"+utf16le(s); got != want {
		t.Errorf("AppendUTF16LE(%q) = %x; want %x", s, got, want)
	}
	if got, want := string(AppendUTF16LE(nil, []byte("a\xFFb"))), utf16le("a\uFFFDb"); got != want {
		t.Errorf("AppendUTF16LE of a broken sequence = %x; want %x", got, want)
	}
}

// TestNarrow compares the fast way with the plain one around each length and
// place at which they part.
func TestNarrow(t *testing.T) {
	for n := range 40 {
		for at := range n + 1 {
			s := strings.Repeat("x", at)
			if at < n {
				s += "é" + strings.Repeat("y", n-at-1)
			}
			for _, bigEndian := range []bool{false, true} {
				in := utf16le(s)
				if bigEndian {
					in = utf16be(s)
				}
				got, broken := appendUTF16(nil, []byte(in), bigEndian)
				if string(got) != s || broken != 0 {
					t.Fatalf("appendUTF16(%q, %v) = %q, %d broken", s, bigEndian, got, broken)
				}
			}
		}
	}
}

func TestAppendUTF16Broken(t *testing.T) {
	for _, test := range []struct {
		in, want string
		broken   int
	}{
		{"a\x00\x00\xD8b\x00", "a\uFFFDb", 1},
		{"\x00\xDC", "\uFFFD", 1},
		{"\x00\xD8\x00\xD8\x00\xDC", "\uFFFD\U00010000", 1},
		{"a\x00b", "a\uFFFD", 1},
		{"\x00\xD8", "\uFFFD", 1},
		{"\xFD\xFF", "\uFFFD", 0},
	} {
		got, broken := appendUTF16(nil, []byte(test.in), false)
		if string(got) != test.want || broken != test.broken {
			t.Errorf("appendUTF16(%q) = %q, %d; want %q, %d", test.in, got, broken, test.want, test.broken)
		}
		if !utf8.Valid(got) {
			t.Errorf("appendUTF16(%q) is not UTF-8", test.in)
		}
	}
}
