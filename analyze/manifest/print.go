package manifest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/reports"
)

// Write writes the manifest with one element of a list on a line, so that two
// can be compared by line. Characters that could steer a terminal or an editor
// are written as \uXXXX, which any reader undoes.
func (m *Manifest) Write(w io.Writer) error {
	p := &printer{w: bufio.NewWriterSize(w, 64<<10)}
	p.enc = json.NewEncoder(&p.buf)
	p.enc.SetEscapeHTML(false)
	sep := "{\n"
	for _, f := range []struct {
		name  string
		value any
	}{
		{"schema", m.Schema}, {"tool", m.Tool}, {"command", m.Command}, {"started", m.Started}, {"finished", m.Finished},
		{"asOf", m.AsOf}, {"status", m.Status}, {"counts", m.Counts},
	} {
		p.text(sep + `  "` + f.name + `": `)
		p.value(f.value)
		sep = ",\n"
	}
	list(p, "archives", m.Archives)
	list(p, "inputs", m.Inputs)
	list(p, "criteria", m.Criteria)
	list(p, "outputs", m.Outputs)
	p.text("\n}\n")
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// A printer writes values; the first error ends it.
type printer struct {
	w   *bufio.Writer
	buf bytes.Buffer
	enc *json.Encoder
	err error
}

func list[T any](p *printer, name string, values []T) {
	p.text(",\n  \"" + name + "\": [")
	sep := "\n    "
	for _, v := range values {
		p.text(sep)
		p.value(v)
		sep = ",\n    "
	}
	if len(values) > 0 {
		p.text("\n  ")
	}
	p.text("]")
}

func (p *printer) text(s string) {
	if p.err == nil {
		_, p.err = p.w.WriteString(s)
	}
}

func (p *printer) value(v any) {
	if p.err != nil {
		return
	}
	p.buf.Reset()
	if p.err = p.enc.Encode(v); p.err != nil {
		return
	}
	for b := bytes.TrimSuffix(p.buf.Bytes(), []byte("\n")); len(b) > 0; {
		r, n := utf8.DecodeRune(b)
		switch {
		case !reports.Unsafe(r):
			p.w.Write(b[:n])
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(p.w, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(p.w, `\u%04x`, r)
		}
		b = b[n:]
	}
}
