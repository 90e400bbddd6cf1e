// Package json writes the JSON report: the contract that programs read, in the
// order and with the keys of reports.Report. Its schema (JSON Schema draft
// 2020-12) ships with the program.
//
// Data is kept as the exports hold it. Control characters, bidi controls and
// other characters that could steer a terminal or an editor are written as
// \uXXXX, which any reader undoes (RFC 8259 section 7).
package json

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/reports"
)

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema that every report is valid against.
func Schema() []byte { return bytes.Clone(schema) }

// Format is the JSON report.
var Format = &reports.Format{
	Name: "json",
	Doc: `the whole report for programs

One object with the keys of the schema that the program ships. Lists are sorted
by stable keys and hold one element a line, so that two reports can be compared
line by line.`,
	Ext:   ".json",
	Write: write,
}

func write(w io.Writer, d *reports.Document) error {
	p := &printer{w: bufio.NewWriterSize(w, 64<<10)}
	p.enc = json.NewEncoder(&p.buf)
	p.enc.SetEscapeHTML(false)
	p.report(d.Report)
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// A printer writes values as they come; it never holds more than one element of
// a list. The first error ends it.
type printer struct {
	w   *bufio.Writer
	buf bytes.Buffer
	enc *json.Encoder
	err error
}

// list is what reports.Seq gives.
type list interface{ Each(func(any) bool) }

// report writes the fields one by one, in the order of the struct.
func (p *printer) report(r *reports.Report) {
	v := reflect.ValueOf(r).Elem()
	sep := "{\n"
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "" || (option == "omitempty" && v.Field(i).IsZero()) {
			continue
		}
		p.puts(sep, "  \"", name, "\": ")
		sep = ",\n"
		if l, ok := v.Field(i).Interface().(list); ok {
			levels := 0
			if name == "issuerLists" {
				levels = 2 // its entries stand one a line too
			}
			p.list(l, levels)
		} else {
			p.value(v.Field(i).Interface(), "  ", 2)
		}
	}
	p.puts("\n}\n")
}

func (p *printer) list(l list, levels int) {
	p.puts("[")
	n := 0
	l.Each(func(v any) bool {
		if n > 0 {
			p.puts(",")
		}
		n++
		p.puts("\n    ")
		p.value(v, "    ", levels)
		return p.err == nil
	})
	if n > 0 {
		p.puts("\n  ")
	}
	p.puts("]")
}

// value writes a value, its outer levels broken over lines.
func (p *printer) value(v any, indent string, levels int) {
	if p.err != nil {
		return
	}
	p.buf.Reset()
	if p.err = p.enc.Encode(v); p.err != nil {
		return
	}
	p.layOut(bytes.TrimSuffix(p.buf.Bytes(), []byte("\n")), indent, levels)
}

// layOut copies compact JSON, breaks containers of the outer levels over lines
// and escapes what the encoder leaves as it is and a terminal might obey.
func (p *printer) layOut(b []byte, indent string, levels int) {
	if levels == 0 && !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x7f }) {
		p.put(b)
		return
	}
	depth, inString := 0, false
	newline := func() { p.puts("\n", indent, strings.Repeat("  ", depth)) }
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c >= 0x7f:
			r, n := utf8.DecodeRune(b[i:])
			if reports.Unsafe(r) {
				p.escape(r)
			} else {
				p.put(b[i : i+n])
			}
			i += n - 1
		case inString:
			if c == '\\' {
				p.put(b[i : i+2])
				i++
				continue
			}
			inString = c != '"'
			p.put(b[i : i+1])
		case c == '"':
			inString = true
			p.put(b[i : i+1])
		case c == '{' || c == '[':
			p.put(b[i : i+1])
			if i+1 < len(b) && (b[i+1] == '}' || b[i+1] == ']') {
				i++
				p.put(b[i : i+1])
				continue
			}
			if depth++; depth <= levels {
				newline()
			}
		case c == '}' || c == ']':
			if depth--; depth < levels {
				newline()
			}
			p.put(b[i : i+1])
		case c == ',' && depth <= levels:
			p.puts(",")
			newline()
		case c == ':' && depth <= levels:
			p.puts(": ")
		default:
			p.put(b[i : i+1])
		}
	}
}

func (p *printer) escape(r rune) {
	if r <= 0xffff {
		p.puts(fmt.Sprintf(`\u%04x`, r))
		return
	}
	hi, lo := utf16.EncodeRune(r)
	p.puts(fmt.Sprintf(`\u%04x\u%04x`, hi, lo))
}

func (p *printer) put(b []byte) {
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
}

func (p *printer) puts(list ...string) {
	for _, s := range list {
		if p.err == nil {
			_, p.err = p.w.WriteString(s)
		}
	}
}
