package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// PrintJSON writes a value as indented JSON. As in the JSON report, data is kept
// as it is and characters that could steer a terminal or an editor are written
// as \uXXXX, which any reader undoes.
func PrintJSON(w io.Writer, v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	var out bytes.Buffer
	out.Grow(buf.Len())
	for b := buf.Bytes(); len(b) > 0; {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == '\n' || !Unsafe(r):
			out.Write(b[:n])
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
		b = b[n:]
	}
	_, err := w.Write(out.Bytes())
	return err
}
