package reports

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "",
		"CN=Contoso Root,O=München 生命":    "CN=Contoso Root,O=München 生命",
		"a\r\nb\nc":                       "a\nb\nc",
		"a\rb\tc\x00":                     `a\rb\tc\x00`,
		"\x1b[31mred\x1b[0m\x07":          `\x1b[31mred\x1b[0m\x07`,
		"\x7f\u0085\u009b":                `\x7f\u0085\u009b`,
		"user\u202egnp.exe\u2066\u2069":   `user\u202egnp.exe\u2066\u2069`,
		"\u200b\u200e\ufeff\u00ad":        `\u200b\u200e\ufeff\u00ad`,
		"line\u2028paragraph\u2029":       `line\u2028paragraph\u2029`,
		"\ufffe\uffff\ufdd0\U0001fffe":    `\ufffe\uffff\ufdd0\U0001fffe`,
		"\U000e0041":                      `\U000e0041`,
		"bad\xff\xfe\xc3":                 `bad\xff\xfe\xc3`,
		"real \ufffd stays":               "real \ufffd stays",
		`HKEY_LOCAL_MACHINE\SOFTWARE\x1b`: `HKEY_LOCAL_MACHINE\SOFTWARE\x1b`,
		"=1+1 @x <b>&amp;</b>":            "=1+1 @x <b>&amp;</b>",
		"e\u0301 \u00a0 \U0001F512":       "e\u0301 \u00a0 \U0001F512",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b\u202e\xff\r\n\U000e0041")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) {
			t.Errorf("Clean(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if r != '\n' && Unsafe(r) {
				t.Errorf("Clean(%q) = %q keeps %U", s, got, r)
			}
		}
		if again := Clean(got); again != got {
			t.Errorf("cleaned twice, %q becomes %q", got, again)
		}
	})
}

func TestCut(t *testing.T) {
	lock := "\U0001F512" // two units
	for _, c := range []struct {
		name, in string
		cut      bool
	}{
		{"short", "abc", false},
		{"just fits", strings.Repeat("x", MaxCell), false},
		{"fits by units though not by bytes", strings.Repeat("ü", MaxCell), false},
		{"one too long", strings.Repeat("x", MaxCell+1), true},
		{"pairs just fit", strings.Repeat(lock, MaxCell/2), false},
		{"pairs too long", strings.Repeat(lock, MaxCell/2+1), true},
		{"pairs at odd places", "x" + strings.Repeat(lock, 40_000), true},
	} {
		got := Cut(c.in, MaxCell)
		if n := len(utf16.Encode([]rune(got))); n > MaxCell {
			t.Errorf("%s: %d units are left", c.name, n)
		}
		if !utf8.ValidString(got) {
			t.Errorf("%s: a character was cut in two", c.name)
		}
		if c.cut != (got != c.in) || c.cut != strings.Contains(got, "[cut: ") {
			t.Errorf("%s: cut %v, want %v, and the remark with it: …%q", c.name, got != c.in, c.cut, got[max(0, len(got)-80):])
		}
	}
	if got := Cut(strings.Repeat("x", 40_000), MaxCell); !strings.HasSuffix(got, " … [cut: 40,000 characters in all, whole in the JSON report]") {
		t.Errorf("the remark is %q", got[len(got)-80:])
	}
}
