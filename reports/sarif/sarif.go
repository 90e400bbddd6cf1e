// Package sarif writes the findings as a SARIF log (OASIS, Static Analysis
// Results Interchange Format 2.1.0): rules as reporting descriptors, findings of
// every outcome as results with their places, files as artifacts with their
// digests, and the remarks on files as notifications.
//
// Places are relative to the folder that was given, which the log calls
// EVIDENCE and does not locate: it holds no absolute path, no time of the run
// and nothing else that would differ between two runs over the same exports.
package sarif

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"github.com/ctlaudit/ctlaudit/reports"
)

// Names that the log gives to what SARIF leaves open.
const (
	schemaURI   = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	baseID      = "EVIDENCE"
	fingerprint = "ctlauditFinding/v1"
)

// maxMessage bounds a message, in UTF-16 units; the whole stands in the JSON
// report.
const maxMessage = 4_000

// Format is the report as a SARIF log.
var Format = &reports.Format{
	Name: "sarif",
	Doc: `findings for code-scanning tools (SARIF 2.1.0)

Each rule and each finding, whatever its outcome, with the places of its
evidence, fingerprints that last from run to run, waivers as suppressions, and
the digests of all files. fail is kind fail, with the level error for critical
and high, warning for medium and note below; pass, informational and
notapplicable are of the kinds so called, unknown and notchecked are open, and
error is for review.`,
	Ext:   ".sarif",
	Write: write,
}

// write writes the log piece by piece, one element of a long list at a time.
func write(w io.Writer, d *reports.Document) error {
	p := &printer{w: bufio.NewWriterSize(w, 64<<10)}
	p.enc = json.NewEncoder(&p.buf)
	p.enc.SetEscapeHTML(false)
	r := newRun(d)
	p.put("{\n\"$schema\": \"" + schemaURI + "\",\n\"version\": \"2.1.0\",\n\"runs\": [\n{\n\"tool\": {\"driver\": {\"name\": ")
	p.value(r.name())
	p.put(",\n\"version\": ")
	p.value(r.version())
	list(p, ",\n\"rules\": ", r.descriptors())
	p.put("}},\n\"invocations\": [\n{\"executionSuccessful\": ")
	p.value(r.whole())
	list(p, ",\n\"toolExecutionNotifications\": ", r.notifications())
	p.put("}\n],\n\"originalUriBaseIds\": ")
	p.value(map[string]any{baseID: map[string]any{"description": message{"the folder or archive that was given, with the exports"}}})
	list(p, ",\n\"artifacts\": ", r.artifacts())
	list(p, ",\n\"results\": ", r.results())
	p.put(",\n\"columnKind\": \"unicodeCodePoints\",\n\"properties\": ")
	p.value(r.properties())
	p.put("\n}\n]\n}\n")
	if p.err != nil {
		return p.err
	}
	return p.w.Flush()
}

// A printer writes JSON; the first error ends it.
type printer struct {
	w   *bufio.Writer
	buf bytes.Buffer
	enc *json.Encoder
	err error
}

func (p *printer) put(s string) {
	if p.err == nil {
		_, p.err = p.w.WriteString(s)
	}
}

func (p *printer) value(v any) {
	if p.err != nil {
		return
	}
	p.buf.Reset()
	if p.err = p.enc.Encode(v); p.err == nil {
		p.put(strings.TrimSuffix(p.buf.String(), "\n"))
	}
}

// list writes a list, one element a line.
func list[T any](p *printer, head string, seq func(func(T) bool)) {
	p.put(head + "[")
	sep := "\n"
	for v := range seq {
		p.put(sep)
		sep = ",\n"
		if p.value(v); p.err != nil {
			return
		}
	}
	p.put("\n]")
}
