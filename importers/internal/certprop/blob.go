package certprop

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A Blob is what the bytes of a registry value Blob hold: as a rule one
// element. Offsets count from the Blob's first byte.
type Blob struct {
	Elements []Element
	Problems []Problem
}

// ReadBlob reads a registry value Blob, or a file that holds one serialized
// element without a file header. It keeps data: contexts and values are parts
// of it.
//
// It reads what CryptoAPI reads: the id 0, or the end of the data, ends the
// element, zeros may follow, and properties that stand behind the context
// belong to it too. What is beyond that is read with a Problem: a second
// context (CryptoAPI takes the first), a whole serialized store with its file
// header, an encoding other than 1.
func ReadBlob(data []byte) Blob {
	s := slicer{data: data}
	if bytes.HasPrefix(data, []byte(Magic)) {
		s.at, s.store = len(Magic), true
	}
	s.run()
	return Blob{Elements: s.elements, Problems: s.problems}
}

// A slicer cuts a stream that is in memory.
type slicer struct {
	data     []byte
	at       int
	store    bool // the data begins with the header of a serialized store
	elements []Element
	problems []Problem
	props    []evidence.Property
	start    int // of the element that is being read
}

func (s *slicer) run() {
	s.start = s.at
	for s.entry() {
	}
	if len(s.elements) > 1 && !s.store {
		e := s.elements[1]
		s.report(Problem{Code: "several-contexts", Severity: evidence.Warning, Offset: e.Start, Length: e.Offset + int64(len(e.Context)) - e.Start,
			Summary: fmt.Sprintf("the value holds %d contexts where one is wanted", len(s.elements)),
			Detail:  "Windows takes the first; all were read"})
	}
	if len(s.elements) == 0 && !s.failed() {
		s.report(Problem{Code: "no-context", Severity: evidence.Warning, Lost: true, Length: int64(len(s.data)),
			Summary: "the value holds no certificate, CRL or CTL",
			Detail:  fmt.Sprintf("wanted an entry with the id 32, 33 or 34; there are %d bytes and %s", len(s.data), properties(len(s.props)))})
	}
}

// failed reports whether the stream broke off.
func (s *slicer) failed() bool {
	n := len(s.problems)
	return n > 0 && s.problems[n-1].Severity == evidence.Error
}

// entry reads one entry, and reports whether another may follow.
func (s *slicer) entry() bool {
	rest := s.data[s.at:]
	if len(rest) < headerSize {
		if !allZero(rest) {
			s.report(truncatedHeader(int64(s.start), int64(s.at), len(rest)))
		}
		s.end()
		return false
	}
	h := parseHeader(rest)
	if h.id == 0 {
		if tail := rest[headerSize:]; !allZero(rest[4:headerSize]) {
			s.report(trailing(int64(s.at+4), int64(len(rest)-4), rest[4:]))
		} else if !allZero(tail) {
			s.report(trailing(int64(s.at+headerSize), int64(len(tail)), tail))
		}
		s.end()
		return false
	}
	value := rest[headerSize:]
	if uint64(h.size) > uint64(len(value)) {
		s.report(truncatedValue(h, int64(s.start), int64(s.at), int64(len(value))))
		s.end()
		return false
	}
	if h.encoding != x509Encoding {
		s.report(wrongEncoding(h, int64(s.at)))
	}
	value = value[:h.size:h.size]
	s.at += headerSize
	if IsContext(h.id) {
		s.elements = append(s.elements, Element{Kind: Kind(h.id), Properties: s.props, Context: value,
			Offset: int64(s.at), Start: int64(s.start)})
		s.props = nil
	} else {
		s.props = append(s.props, evidence.Property{ID: evidence.PropID(h.id), Value: value})
	}
	s.at += len(value)
	if IsContext(h.id) {
		s.start = s.at
	}
	return true
}

// end gives the properties behind the last context to it.
func (s *slicer) end() {
	if len(s.props) == 0 || len(s.elements) == 0 {
		return
	}
	if s.store {
		s.report(orphans(len(s.props), int64(s.start), int64(s.at-s.start)))
		return
	}
	last := &s.elements[len(s.elements)-1]
	last.Properties = append(last.Properties, s.props...)
	s.props = nil
}

func (s *slicer) report(p Problem) { s.problems = append(s.problems, p) }

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

func truncatedHeader(start, at int64, left int) Problem {
	return Problem{Code: "truncated", Severity: evidence.Error, Lost: true, Offset: start, Length: at + int64(left) - start,
		Summary: "the data ends inside the head of an entry",
		Detail:  fmt.Sprintf("wanted 12 bytes at offset %d; %d are left; what came before was kept", at, left)}
}

func truncatedValue(h header, start, at, left int64) Problem {
	return Problem{Code: "truncated", Severity: evidence.Error, Lost: true, Offset: start, Length: at + headerSize + left - start,
		Summary: fmt.Sprintf("the data ends inside an element: a %s is cut", entryName(h.id)),
		Detail: fmt.Sprintf("the entry with the id %d at offset %d claims %d bytes; %d are left; what came before the element was kept",
			h.id, at, h.size, left)}
}

func wrongEncoding(h header, at int64) Problem {
	return Problem{Code: "encoding", Severity: evidence.Warning, Offset: at, Length: headerSize + int64(h.size),
		Summary: fmt.Sprintf("a %s has the encoding %d, which CryptoAPI does not read", entryName(h.id), h.encoding),
		Detail:  fmt.Sprintf("wanted 1 (X509_ASN_ENCODING) in the entry with the id %d; it was read all the same", h.id)}
}

func orphans(n int, start, length int64) Problem {
	return Problem{Code: "orphan-properties", Severity: evidence.Warning, Lost: true, Offset: start, Length: length,
		Summary: properties(n) + " at the end belong to no certificate",
		Detail:  "properties stand before the certificate, CRL or CTL they belong to, and none follows; they were passed over"}
}

func trailing(at, length int64, head []byte) Problem {
	p := Problem{Code: "trailing-bytes", Severity: evidence.Warning, Offset: at, Length: length,
		Summary: fmt.Sprintf("%d bytes follow the end", length),
		Detail:  fmt.Sprintf("Windows does not read them, nor were they read here; they begin with %q", head[:min(len(head), 16)])}
	if bytes.HasPrefix(head, []byte(Magic)) {
		p.Lost = true
		p.Summary = fmt.Sprintf("a second store of %d bytes follows the end", length)
		p.Detail = "Windows reads the first store of a file, and so was done here; give the second as a file of its own"
	}
	return p
}

func properties(n int) string {
	if n == 1 {
		return "1 property"
	}
	return fmt.Sprintf("%d properties", n)
}

// entryName is what an entry is called in a sentence.
func entryName(id uint32) string {
	if IsContext(id) {
		return Kind(id).String()
	}
	name := evidence.PropID(id).String()
	if strings.HasPrefix(name, "prop ") {
		return "property " + name[len("prop "):]
	}
	return "property " + name
}
