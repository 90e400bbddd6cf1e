package armour_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/internal/armour"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
)

// describe puts blocks into words: "CERTIFICATE 1:0+60 abc" is a label, the
// line, the place and the bytes.
func describe(text armour.Text) string {
	var list []string
	for _, b := range text.Blocks {
		s := fmt.Sprintf("%s %d:%d+%d %s", b.Label, b.Line, b.Offset, b.Length, b.Bytes)
		if b.Open {
			s += " open"
		}
		if b.Headers {
			s += " headers"
		}
		if b.Bad > 0 {
			s += fmt.Sprintf(" bad %d %q", b.Bad, b.BadText)
		}
		list = append(list, s)
	}
	return strings.Join(list, "; ")
}

const block = "-----BEGIN X-----\nYWJjZGU=\n-----END X-----\n" // 16+1+8+1+15+1

func TestParse(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"one":                  {block, "X 1:0+42 abcde"},
		"CRLF":                 {strings.ReplaceAll(block, "\n", "\r\n"), "X 1:0+44 abcde"},
		"CR":                   {"a\r" + strings.ReplaceAll(block, "\n", "\r"), "X 2:2+42 abcde"},
		"no newline at end":    {strings.TrimSpace(block), "X 1:0+42 abcde"},
		"text around":          {"subject=a\n# b\n" + block + "text\n" + block + "end", "X 3:14+42 abcde; X 7:62+42 abcde"},
		"indented":             {"  key: |\n  " + strings.ReplaceAll(block, "\n", "\n  "), "X 2:11+46 abcde"},
		"quoted":               {`"` + block, "X 1:1+42 abcde"},
		"in a line":            {"see " + block, ""},
		"on one line":          {"-----BEGIN X-----YWJjZGU=-----END X-----", "X 1:0+40 abcde"},
		"broken lines":         {"-----BEGIN X-----\nYW\n\nJ j\tZGU\n=\n-----END X-----", "X 1:0+47 abcde"},
		"no padding":           {"-----BEGIN X-----\nYWJjZGU\n-----END X-----", "X 1:0+41 abcde"},
		"one character left":   {"-----BEGIN X-----\nYWJjZ\n-----END X-----", "X 1:0+39 abc"},
		"headers":              {"-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: a,\n b\n\nYWJj\n-----END X-----", "X 1:0+78 abc headers"},
		"empty":                {"-----BEGIN X-----\n-----END X-----", "X 1:0+33 "},
		"open":                 {"-----BEGIN X-----\nYWJj\n", "X 1:0+22 abc open"},
		"open, then another":   {"-----BEGIN X-----\nYWJj\n" + block, "X 1:0+22 abc open; X 3:23+42 abcde"},
		"another label at END": {"-----BEGIN X-----\nYWJj\n-----END Y-----", "X 1:0+38 abc"},
		"bad character":        {"-----BEGIN X-----\nYWJj\nYW!j\nYWJj\n-----END X-----", "X 1:0+48 abca bad 3 \"!j\\nYWJj\\n\""},
		"data after padding":   {"-----BEGIN X-----\nYWI=\nYWJj\n-----END X-----", "X 1:0+43 ab bad 3 \"YWJj\\n\""},
		"label without dashes": {"-----BEGIN X\nYWJj", ""},
		"label of two lines":   {"-----BEGIN X\n-----\nYWJj\n-----END X-----", ""},
		"long label":           {"-----BEGIN PKCS #7 SIGNED DATA-----\nYWJj\n-----END PKCS #7 SIGNED DATA-----", "PKCS #7 SIGNED DATA 1:0+74 abc"},
		"bare":                 {"\n\n YWJj\nZGU=\n\n", " 3:3+9 abcde"},
		"bare with a NUL":      {"YWJj\x00", " 1:0+4 abc"},
		"prose":                {"This is not base64, is it?", ""},
		"blanks":               {" \n\t\r\n", ""},
		"nothing":              {"", ""},
	} {
		got := armour.Parse([]byte(test.text))
		if describe(got) != test.want {
			t.Errorf("%s: %s\nwant %s", name, describe(got), test.want)
		}
	}
}

func TestEncodings(t *testing.T) {
	text := "Zürich\n" + block
	wide := func(order binary.AppendByteOrder, s string) string { return string(certtest.UTF16(s, order)) }
	for name, test := range map[string]struct{ text, encoding, want string }{
		"ASCII":               {block, "US-ASCII", "X 1:0+42 abcde"},
		"UTF-8":               {text, "UTF-8", "X 2:8+42 abcde"},
		"UTF-8 with a mark":   {"\xef\xbb\xbf" + text, "UTF-8", "X 2:11+42 abcde"},
		"8-bit":               {"Z\xfcrich\n" + block, "8-bit", "X 2:7+42 abcde"},
		"UTF-16LE":            {wide(binary.LittleEndian, text), "UTF-16LE", "X 2:14+84 abcde"},
		"UTF-16LE, mark":      {wide(binary.LittleEndian, "\uFEFF"+text), "UTF-16LE", "X 2:16+84 abcde"},
		"UTF-16BE":            {wide(binary.BigEndian, text), "UTF-16BE", "X 2:14+84 abcde"},
		"UTF-16BE, mark":      {wide(binary.BigEndian, "\uFEFF"+text), "UTF-16BE", "X 2:16+84 abcde"},
		"bare UTF-16LE":       {wide(binary.LittleEndian, "\r\nYWJj\r\nZGVm"), "UTF-16LE", " 2:4+20 abcdef"},
		"UTF-16LE, odd byte":  {wide(binary.LittleEndian, block) + "x", "UTF-16LE", "X 1:0+84 abcde"},
		"UTF-16 of Ł in data": {wide(binary.LittleEndian, strings.Replace(block, "J", "\u014a", 1)), "UTF-16LE", "X 1:0+84 a bad 2 \"\\x80jZGU=\\n\""},
	} {
		got := armour.Parse([]byte(test.text))
		if describe(got) != test.want || got.Encoding != test.encoding {
			t.Errorf("%s: %s, %s\nwant %s, %s", name, got.Encoding, describe(got), test.encoding, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(block + "text\n" + block))
	f.Add([]byte("YWJjZGU="))
	f.Add(certtest.UTF16("\uFEFF"+block, binary.LittleEndian))
	f.Add(certtest.UTF16(block, binary.BigEndian))
	f.Add([]byte("-----BEGIN X-----\nA: b\n\nYWJj"))
	f.Fuzz(func(t *testing.T, data []byte) {
		text := armour.Parse(data)
		end, line, total := int64(0), 0, 0
		for _, b := range text.Blocks {
			if b.Offset < end || b.Length < 0 || b.Offset+b.Length > int64(len(data)) || b.Line < max(line, 1) || b.Bad != 0 && b.Bad < b.Line {
				t.Fatalf("block %+v lies wrong in %d bytes", b, len(data))
			}
			end, line = b.Offset+b.Length, b.Line
			total += len(b.Bytes)
			if at := data[b.Offset:end]; b.Label != "" && !bytes.HasPrefix(bytes.Trim(at, "\x00"), []byte("-")) {
				t.Errorf("a block begins with %q", at)
			}
		}
		if total > len(data) {
			t.Errorf("%d bytes out of %d", total, len(data))
		}
	})
}
