package regfile

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// wide returns s in UTF-16, little-endian or big-endian.
func wide(s string, bigEndian bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if bigEndian {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return string(b)
}

func TestDetect(t *testing.T) {
	tests := []struct {
		name, head, file string
		want             importers.Confidence
	}{
		{"5.00", header5 + "\r\n\r\n[HKEY_", "a.txt", importers.Certain},
		{"5.00 alone", header5, "a.txt", importers.Certain},
		{"5.00, LF", header5 + "\n", "a.txt", importers.Certain},
		{"REGEDIT4", header4 + "\r\n", "a.txt", importers.Certain},
		{"REGEDIT", header31 + "\r\n", "a.txt", importers.Certain},
		{"blanks before", " \t" + header4 + "\n", "a.txt", importers.Certain},
		{"UTF-8 with a mark", "\xEF\xBB\xBF" + header5 + "\r\n", "a.txt", importers.Certain},
		{"UTF-16LE with a mark", "\xFF\xFE" + wide(header5+"\r\n", false), "a.txt", importers.Certain},
		{"UTF-16BE with a mark", "\xFE\xFF" + wide(header5+"\r\n", true), "a.txt", importers.Certain},
		{"UTF-16LE without a mark", wide(header5+"\r\n", false), "a.txt", importers.Certain},
		{"UTF-16BE without a mark", wide(header5+"\r\n", true), "a.txt", importers.Certain},
		{"a version that is not read", "REGEDIT5\r\n", "a.txt", importers.Likely},
		{"another case", "windows registry editor version 5.00\r\n", "a.txt", importers.Likely},
		{"no header, named so", "[HKEY_LOCAL_MACHINE]\r\n", "dir/A.REG", importers.Maybe},
		{"empty, named so", "", "a.reg", importers.Maybe},
		{"no header", "[HKEY_LOCAL_MACHINE]\r\n", "a.txt", importers.No},
		{"reg query", "\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\r\n    Name    REG_SZ    x\r\n", "a.txt", importers.No},
		{"empty", "", "a.txt", importers.No},
		{"binary", "\x00\x00\x00\x00CERT\x0B\x00\x00\x00", "a.sst", importers.No},
		{"a header in a long line", header4 + strings.Repeat("x", 1000), "a.txt", importers.Likely},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Format.Detect([]byte(test.head), test.file); got != test.want {
				t.Errorf("Detect(%q, %q) = %v; want %v", test.head, test.file, got, test.want)
			}
		})
	}
}

func TestDoc(t *testing.T) {
	title, rest, ok := strings.Cut(Format.Doc, "\n\n")
	if !ok || strings.Contains(title, "\n") || title != strings.ToLower(title) || strings.HasSuffix(title, ".") {
		t.Errorf("the first line of Doc is no title: %q", title)
	}
	for _, want := range []string{"reg export", "SystemCertificates", "EnterpriseCertificates", "SCHANNEL", "SslBindingInfo", `Windows NT\CurrentVersion`, "Select"} {
		if !strings.Contains(rest, want) {
			t.Errorf("Doc does not tell of %s", want)
		}
	}
}

// TestEncodings reads one text in all encodings and wants the same facts.
func TestEncodings(t *testing.T) {
	const body = "\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Zürich]\r\n\"Größe\"=\"naïve €\"\r\n\"multi\"=hex(7):41,00,00,00,00,00\r\n\r\n"
	const text5 = header5 + body
	code1252 := strings.NewReplacer("ü", "\xFC", "ö", "\xF6", "ß", "\xDF", "ï", "\xEF", "€", "\x80")
	tests := []struct {
		name, in, encoding, codes string
	}{
		{"UTF-8 with a mark", "\xEF\xBB\xBF" + text5, "UTF-8, 5.00", ""},
		{"UTF-8", text5, "UTF-8, 5.00", "reg-utf8"},
		{"UTF-16LE with a mark", "\xFF\xFE" + wide(text5, false), "UTF-16LE, 5.00", ""},
		{"UTF-16LE", wide(text5, false), "UTF-16LE, 5.00", ""},
		{"UTF-16BE with a mark", "\xFE\xFF" + wide(text5, true), "UTF-16BE, 5.00", ""},
		{"UTF-16BE", wide(text5, true), "UTF-16BE, 5.00", ""},
		{"8-bit", code1252.Replace(text5), "windows-1252, 5.00", "reg-code-page"},
	}
	var want []string
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, in := importBytes(t, "t.reg", []byte(test.in), importers.Options{})
			var got []string
			for _, v := range values(r) {
				got = append(got, v.Where.Path+" "+v.Name+" "+v.Type.String()+" "+string(v.Data))
			}
			if i == 0 {
				want = got
				if len(want) != 2 || !strings.Contains(want[0], "Zürich] Größe") {
					t.Fatalf("values %q", want)
				}
			}
			if strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("values %q; want %q", got, want)
			}
			if in.Source.Encoding != test.encoding || r.codes() != test.codes {
				t.Errorf("encoding %q, diagnostics %q; want %q, %q", in.Source.Encoding, r.codes(), test.encoding, test.codes)
			}
			checkInvariants(t, []byte(test.in), r)
		})
	}
}

// TestCodePage reads strings of REGEDIT4, which are in a code page in hex too.
func TestCodePage(t *testing.T) {
	const in = header4 + "\r\n\r\n[HKEY_CURRENT_USER\\x]\r\n\"hex\"=hex(2):ca,eb,fe,f7\r\n\"bin\"=hex:ca,eb\r\n\r\n"
	for _, test := range []struct {
		name        string
		options     importers.Options
		want, codes string
	}{
		{name: "assumed", want: "Êëþ÷", codes: "reg-code-page"},
		{name: "given", options: importers.Options{Encoding: "windows-1251"}, want: "Ключ"},
		{name: "unknown", options: importers.Options{Encoding: "nonsense"}, want: "Êëþ÷", codes: "reg-encoding"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, _ := importBytes(t, "t.reg", []byte(in), test.options)
			v := values(r)
			if len(v) != 2 || string(v[0].Data) != wide(test.want+"\x00", false) || string(v[1].Data) != "\xCA\xEB" {
				t.Errorf("values %v", v)
			}
			if s, ok := v[0].Text(); !ok || s != test.want {
				t.Errorf("text %q; want %q", s, test.want)
			}
			if r.codes() != test.codes {
				t.Errorf("diagnostics %q; want %q", r.codes(), test.codes)
			}
		})
	}
}

// stopper is a sink that refuses the second fact.
type stopper struct {
	recorder
	err error
}

func (s *stopper) Add(r evidence.Record) error {
	if len(s.records) > 0 {
		return s.err
	}
	return s.recorder.Add(r)
}

func TestSinkError(t *testing.T) {
	in := importers.NewInput("t.reg", -1, strings.NewReader(header4+"\n[HKEY_USERS\\a]\n\"x\"=\"1\"\n\"y\"=\"2\"\n"), nil)
	s := &stopper{err: context.DeadlineExceeded}
	if err := Format.Import(context.Background(), in, s); err != s.err {
		t.Errorf("Import = %v; want the sink's own %v", err, s.err)
	}
	if len(s.diagnostics) > 0 {
		t.Errorf("diagnostics after the sink gave up: %v", s.diagnostics)
	}
}

// TestReadError cuts the reading within a value: what is there of it is no fact
// and no fault of the file.
func TestReadError(t *testing.T) {
	broken := errors.New("disk")
	for _, end := range []string{"\"y\"=\"1", "\"y\"=hex:01,\\\n"} {
		in := importers.NewInput("t.reg", -1, io.MultiReader(strings.NewReader(header4+"\n[HKEY_USERS\\a]\n\"x\"=\"1\"\n"+end), iotest.ErrReader(broken)), nil)
		r := &recorder{}
		if err := Format.Import(context.Background(), in, r); !errors.Is(err, broken) {
			t.Errorf("Import = %v; want %v", err, broken)
		}
		if len(values(r)) != 1 || len(r.diagnostics) > 0 {
			t.Errorf("values %v, diagnostics %v", values(r), r.diagnostics)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	in := importers.NewInput("t.reg", -1, newGenerator(1<<20), nil)
	var d discard
	if err := Format.Import(ctx, in, &d); err != context.Canceled {
		t.Errorf("Import = %v; want %v", err, context.Canceled)
	}
	if d.records > 2000 {
		t.Errorf("%d facts after the run was cancelled", d.records)
	}
}
