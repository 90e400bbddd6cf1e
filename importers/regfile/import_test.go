package regfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// dump shows facts and diagnostics, one a line: facts with the text at their
// place, diagnostics with their line.
func dump(in string, r *recorder) string {
	var b strings.Builder
	at := func(l evidence.Location) string {
		return fmt.Sprintf("line %d %q", l.Line, in[l.Offset:l.Offset+l.Length])
	}
	for _, rec := range r.records {
		switch rec := rec.(type) {
		case *evidence.RegistryKey:
			verb := "key"
			if rec.Deleted {
				verb = "delete key"
			}
			fmt.Fprintf(&b, "%s %s: %s\n", verb, rec.Key, at(rec.Where))
		case *evidence.RegistryValue:
			if rec.Deleted {
				fmt.Fprintf(&b, "delete %s: %s\n", rec.Where.Path, at(rec.Where))
				continue
			}
			if path := "[" + rec.Key + "] " + rec.Name; path != rec.Where.Path && path+"@" != rec.Where.Path {
				fmt.Fprintf(&b, "path %q of %q\n", rec.Where.Path, path)
			}
			fmt.Fprintf(&b, "%s = %v %x: %s\n", rec.Where.Path, rec.Type, rec.Data, at(rec.Where))
		default:
			fmt.Fprintf(&b, "%T %s\n", rec, rec.At())
		}
	}
	for _, d := range r.diagnostics {
		lost := ""
		if d.Lost {
			lost = " lost"
		}
		fmt.Fprintf(&b, "%s %s%s line %d %s\n", d.Code, d.Severity, lost, d.Where.Line, d.Where.Path)
	}
	return b.String()
}

func TestImport(t *testing.T) {
	const h = header5 + "\n"
	tests := []struct{ name, in, want string }{
		{"a value of each kind",
			h + "\n[HKEY_USERS\\k]\n@=\"d\"\n \"s\"=\"a\\\\b\\\"c\" ; c\n\"d\"=dword:1F\n\"b\"=hex:01,2,\\\n  ; c\n\n  ff\n\"q\"=hex(b):01,00,00,00,00,00,00,00\n\"e\"=hex:\n\n",
			`key HKEY_USERS\k: line 3 "[HKEY_USERS\\k]"
[HKEY_USERS\k] @ = REG_SZ 64000000: line 4 "@=\"d\""
[HKEY_USERS\k] s = REG_SZ 61005c006200220063000000: line 5 "\"s\"=\"a\\\\b\\\"c\" ; c"
[HKEY_USERS\k] d = REG_DWORD 1f000000: line 6 "\"d\"=dword:1F"
[HKEY_USERS\k] b = REG_BINARY 0102ff: line 7 "\"b\"=hex:01,2,\\\n  ; c\n\n  ff"
[HKEY_USERS\k] q = REG_QWORD 0100000000000000: line 11 "\"q\"=hex(b):01,00,00,00,00,00,00,00"
[HKEY_USERS\k] e = REG_BINARY : line 12 "\"e\"=hex:"
`},
		{"a key ends at the last bracket", h + "[HKEY_USERS\\a]b] x\n[HKEY_USERS\\c\\\\d\\]\n\n",
			`key HKEY_USERS\a]b: line 2 "[HKEY_USERS\\a]b] x"
key HKEY_USERS\c\d: line 3 "[HKEY_USERS\\c\\\\d\\]"
`},
		{"a whole root", h + "[HKEY_LOCAL_MACHINE]\n\n", `key HKEY_LOCAL_MACHINE: line 2 "[HKEY_LOCAL_MACHINE]"
`},
		{"deletions", h + "[-HKEY_USERS\\a\\b]\n[HKEY_USERS\\a]\n\"x\"=-\n\"y\"= - ; c\n@=-\n\n",
			`delete key HKEY_USERS\a\b: line 2 "[-HKEY_USERS\\a\\b]"
key HKEY_USERS\a: line 3 "[HKEY_USERS\\a]"
delete [HKEY_USERS\a] x: line 4 "\"x\"=-"
delete [HKEY_USERS\a] y: line 5 "\"y\"= - ; c"
delete [HKEY_USERS\a] @: line 6 "@=-"
reg-deletion note line 2 ` + `
`},
		{"values below no key", h + "\"x\"=\"1\"\n[-HKEY_USERS\\a]\n\"y\"=\"1\"\n[HKLM\\b]\n\"z\"=\"1\"\n[HKEY_USERS\\c\n\"w\"=-\n\n",
			`delete key HKEY_USERS\a: line 3 "[-HKEY_USERS\\a]"
reg-no-key warning lost line 2 x
reg-deletion note line 3 ` + `
reg-no-key warning lost line 4 y
reg-bad-key warning lost line 5 ` + `
reg-no-key warning lost line 6 z
reg-bad-key warning lost line 7 ` + `
reg-no-key warning lost line 8 w
`},
		{"a root can't be deleted", h + "[-HKEY_LOCAL_MACHINE]\n\n", "reg-bad-key warning lost line 2 \n"},
		{"a value twice", h + "[HKEY_USERS\\a]\n\"x\"=\"1\"\n\"X\"=\"2\"\n[HKEY_USERS\\b]\n\"x\"=\"1\"\n\n",
			`key HKEY_USERS\a: line 2 "[HKEY_USERS\\a]"
[HKEY_USERS\a] x = REG_SZ 31000000: line 3 "\"x\"=\"1\""
[HKEY_USERS\a] X = REG_SZ 32000000: line 4 "\"X\"=\"2\""
key HKEY_USERS\b: line 5 "[HKEY_USERS\\b]"
[HKEY_USERS\b] x = REG_SZ 31000000: line 6 "\"x\"=\"1\""
reg-value-repeated note line 4 [HKEY_USERS\a] X
`},
		{"bad values, and what follows each", h + "[HKEY_USERS\\a]\n\"no end\n\"no data\"=\n\"type\"=hex(100000000):00\n\"string\"=\"x\" y\n\"number\"=dword:123456789\n\"hex\"=hex:01,0g,\\\n  02,03,\\\n  04\n\"good\"=\"1\"\n\n",
			`key HKEY_USERS\a: line 2 "[HKEY_USERS\\a]"
[HKEY_USERS\a] good = REG_SZ 31000000: line 11 "\"good\"=\"1\""
reg-bad-data warning lost line 3 [HKEY_USERS\a]
reg-bad-data warning lost line 4 [HKEY_USERS\a] no data
reg-bad-data warning lost line 5 [HKEY_USERS\a] type
reg-bad-data warning lost line 6 [HKEY_USERS\a] string
reg-bad-data warning lost line 7 [HKEY_USERS\a] number
reg-bad-hex warning lost line 8 [HKEY_USERS\a] hex
`},
		{"the line behind a backslash is a value", h + "[HKEY_USERS\\a]\n\"x\"=hex:01,\\\n\"y\"=\"1\"\n\"z\"=\"1\"\n\n",
			`key HKEY_USERS\a: line 2 "[HKEY_USERS\\a]"
[HKEY_USERS\a] z = REG_SZ 31000000: line 5 "\"z\"=\"1\""
reg-bad-hex warning lost line 3 [HKEY_USERS\a] x
`},
		{"the line behind a backslash is a key", h + "[HKEY_USERS\\a]\n\"x\"=hex:01,\\\n[HKEY_USERS\\b]\n\"z\"=\"1\"\n\n",
			`key HKEY_USERS\a: line 2 "[HKEY_USERS\\a]"
reg-bad-hex warning lost line 3 [HKEY_USERS\a] x
reg-no-key warning lost line 5 z
`},
		{"lines that mean nothing", h + "; c\n# c\nx=1\n[HKEY_USERS\\a]\n  text\n\n",
			`key HKEY_USERS\a: line 5 "[HKEY_USERS\\a]"
reg-bad-line warning lost line 4 ` + `
reg-bad-line warning lost line 6 ` + `
`},
		{"two exports in one file", h + "[HKEY_USERS\\a]\n\n\uFEFF" + header5 + "\n\n[HKEY_USERS\\b]\n\n",
			`key HKEY_USERS\a: line 2 "[HKEY_USERS\\a]"
key HKEY_USERS\b: line 6 "[HKEY_USERS\\b]"
reg-second-header note line 4 ` + `
reg-utf8 note line 0 ` + `
`},
		{"an escape that needs none", h + "[HKEY_USERS\\a]\n\"x\"=\"a\\qb\\n\"\n\n",
			`key HKEY_USERS\a: line 2 "[HKEY_USERS\\a]"
[HKEY_USERS\a] x = REG_SZ 6100710062000a000000: line 3 "\"x\"=\"a\\qb\\n\""
reg-escape note line 3 [HKEY_USERS\a] x
`},
		{"an escape in a name, and a name that is @", h + "[HKEY_USERS\\a]\n\"\\@\"=\"\"\n@=\"\"\n\n",
			`key HKEY_USERS\a: line 2 "[HKEY_USERS\\a]"
[HKEY_USERS\a] @ = REG_SZ 0000: line 3 "\"\\@\"=\"\""
[HKEY_USERS\a] @ = REG_SZ 0000: line 4 "@=\"\""
reg-escape note line 3 [HKEY_USERS\a]
`},
		{"half a character", h + "[HKEY_USERS\\a]\n\"x\"=hex(1):41,00,42\n\n",
			`key HKEY_USERS\a: line 2 "[HKEY_USERS\\a]"
[HKEY_USERS\a] x = REG_SZ 410042: line 3 "\"x\"=hex(1):41,00,42"
reg-odd-string warning line 3 [HKEY_USERS\a] x
`},
		{"Windows 3.1", header31 + "\nHKEY_CLASSES_ROOT\\.txt = text file\nHKEY_USERS\\a = 1\n; c\n\n",
			`key HKEY_CLASSES_ROOT\.txt: line 2 "HKEY_CLASSES_ROOT\\.txt = text file"
[HKEY_CLASSES_ROOT\.txt] @ = REG_SZ 74006500780074002000660069006c0065000000: line 2 "HKEY_CLASSES_ROOT\\.txt = text file"
reg-bad-line warning lost line 3 ` + `
`},
		{"no end", h + "[HKEY_USERS\\a]\n\"x\"=\"1\"\n",
			`key HKEY_USERS\a: line 2 "[HKEY_USERS\\a]"
[HKEY_USERS\a] x = REG_SZ 31000000: line 3 "\"x\"=\"1\""
reg-no-empty-line note line 0 ` + `
`},
		{"a header alone", h, "reg-nothing note line 0 \n"},
		{"a header and an empty line", h + "\r\n", "reg-nothing note line 0 \n"},
		{"an empty file", "", "reg-no-header error line 0 \n"},
		{"no header", "[HKEY_USERS\\a]\n", "reg-no-header error line 1 \n"},
		{"an empty line before the header", "\n" + h, "reg-no-header error line 1 \n"},
		{"another version", "REGEDIT5\n[HKEY_USERS\\a]\n", "reg-no-header error line 1 \n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := importText(t, test.in)
			if diff := cmp.Diff(test.want, dump(test.in, r)); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
			checkInvariants(t, []byte(test.in), r)
			// The same in UTF-16, where places are twice as far.
			big := "\xFF\xFE" + wide(test.in, false)
			r, _ = importBytes(t, "t.reg", []byte(big), importers.Options{})
			checkInvariants(t, []byte(big), r)
			for _, rec := range r.records {
				if at := rec.At(); at.Offset%2 != 0 || at.Length%2 != 0 {
					t.Errorf("a place lies between characters: %d+%d", at.Offset, at.Length)
				}
			}
		})
	}
}

// TestTruncated cuts one file at every byte: what is cut must be told of,
// unless a whole value ends there.
func TestTruncated(t *testing.T) {
	const (
		head = header5 + "\r\n\r\n[HKEY_USERS\\abc]\r\n"
		tail = "\"name\"=\"text\"\r\n\"n\"=dword:0000001f\r\n\"hex\"=hex:01,02,\\\r\n  03,04\r\n\r\n"
	)
	sound := map[int]string{}
	for n := range len(tail) + 1 {
		in := head + tail[:n]
		r := importText(t, in)
		loses := false
		for _, d := range r.diagnostics {
			loses = loses || d.Loses()
		}
		if !loses {
			last := strings.TrimRight(in[strings.LastIndexByte(strings.TrimRight(in, "\r\n"), '\n')+1:], "\r\n")
			sound[n] = last
		}
		checkInvariants(t, []byte(in), r)
	}
	for n, last := range sound {
		switch last {
		case `[HKEY_USERS\abc]`, `"name"="text"`, `"n"=dword:0000001f`:
		case `  03,04`:
			if n < len(tail)-3 {
				t.Errorf("cut behind %q nothing is lost", tail[:n])
			}
		default:
			t.Errorf("cut behind %q nothing is lost", tail[:n])
		}
	}
	if len(sound) < 8 {
		t.Errorf("%d cuts are sound", len(sound))
	}
}

// TestTruncatedFacts looks at what is made of cut values.
func TestTruncatedFacts(t *testing.T) {
	const h = header5 + "\n[HKEY_USERS\\a]\n"
	for _, test := range []struct{ name, in, want string }{
		{"a key", header5 + "\n[HKEY_USERS\\a", "reg-truncated error line 2 \n"},
		{"a name", h + "\"na", "reg-truncated error line 3 [HKEY_USERS\\a]\n"},
		{"a string", h + "\"n\"=\"x", "reg-truncated error line 3 [HKEY_USERS\\a] n\n"},
		{"a number", h + "\"n\"=dword:12", "[HKEY_USERS\\a] n = REG_DWORD 12000000: line 3 \"\\\"n\\\"=dword:12\"\nreg-truncated error line 3 [HKEY_USERS\\a] n\n"},
		{"hex, behind a backslash", h + "\"n\"=hex:01,\\", "[HKEY_USERS\\a] n = REG_BINARY 01: line 3 \"\\\"n\\\"=hex:01,\\\\\"\nreg-truncated error line 3 [HKEY_USERS\\a] n\n"},
		{"hex, behind a line", h + "\"n\"=hex:01,\\\n", "[HKEY_USERS\\a] n = REG_BINARY 01: line 3 \"\\\"n\\\"=hex:01,\\\\\"\nreg-truncated error line 3 [HKEY_USERS\\a] n\n"},
		{"hex, behind a comma", h + "\"n\"=hex:01,", "[HKEY_USERS\\a] n = REG_BINARY 01: line 3 \"\\\"n\\\"=hex:01,\"\nreg-truncated error line 3 [HKEY_USERS\\a] n\n"},
		{"hex, half a number", h + "\"n\"=hex:01,2", "[HKEY_USERS\\a] n = REG_BINARY 0102: line 3 \"\\\"n\\\"=hex:01,2\"\nreg-truncated error line 3 [HKEY_USERS\\a] n\n"},
		{"hex, behind a number", h + "\"n\"=hex:01,02", "[HKEY_USERS\\a] n = REG_BINARY 0102: line 3 \"\\\"n\\\"=hex:01,02\"\nreg-no-line-end warning lost line 3 [HKEY_USERS\\a] n\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := strings.TrimPrefix(dump(test.in, importText(t, test.in)), "key HKEY_USERS\\a: line 2 \"[HKEY_USERS\\\\a]\"\n")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}
