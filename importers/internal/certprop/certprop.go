// Package certprop reads the stream of serialized elements that a serialized
// store (.sst) and the registry value Blob of a certificate key share.
//
// An entry is {u32le id, u32le encoding, u32le size, value}. Properties come
// first and the context they belong to comes last, under the id 32
// (certificate), 33 (CRL), 34 (CTL) or 35 (key identifier); the id 0 ends the
// stream. No specification of the bytes was published: [MS-OSHARED] 2.3.9.1
// names the parts, and what CryptoAPI accepts is the measure of the rest.
//
// The package cuts the stream into elements and decodes none of their values.
// What is wrong with the bytes is a Problem and never an error.
//
// For a registry Blob, in one call:
//
//	blob := certprop.ReadBlob(data) // data is kept: Context and Values are parts of it
//	for _, e := range blob.Elements { … e.Kind, e.Properties, e.Context, e.Offset … }
//	for _, p := range blob.Problems { to.Diagnose(p.Diagnostic("reg-blob-", where)) }
//
// For a file:
//
//	r := certprop.NewReader(in, size, func(p certprop.Problem) { … })
//	for { e, err := r.Next(); if err == io.EOF { break } … }
package certprop

import (
	"encoding/binary"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A Kind says what the context of an element is. Its value is the id of the
// context's entry.
type Kind uint32

// The kinds of contexts.
const (
	Certificate    Kind = 32
	RevocationList Kind = 33
	TrustList      Kind = 34
	KeyID          Kind = 35
)

// String returns the word that messages use.
func (k Kind) String() string {
	switch k {
	case Certificate:
		return "certificate"
	case RevocationList:
		return "CRL"
	case TrustList:
		return "CTL"
	case KeyID:
		return "key identifier"
	}
	return "element"
}

// IsContext reports whether an id is that of a context and not of a property.
func IsContext(id uint32) bool { return id >= uint32(Certificate) && id <= uint32(KeyID) }

// An Element is a context with the properties that belong to it.
type Element struct {
	Kind Kind
	// Properties are in the order of the stream; a value may be empty.
	Properties []evidence.Property
	// Context is the value of the context's entry, whole and undecoded.
	Context []byte
	// Offset is that of Context's first byte, Start that of the element's first
	// entry, both counted from the start of the file or Blob.
	Offset, Start int64
}

// A Problem is something wrong with the stream.
type Problem struct {
	// Code is the last part of a diagnostic's code: a format puts its own name
	// before it. The codes are truncated, no-end, trailing-bytes, encoding,
	// orphan-properties, no-context, several-contexts and too-big.
	Code string
	// Severity is as for a whole file. In a Blob, which is one value of many,
	// Diagnostic turns Error into Warning.
	Severity evidence.DiagnosticSeverity
	// Lost says that something was not read.
	Lost bool
	// Offset and Length are the place in the file or Blob.
	Offset, Length int64
	// Summary and Detail are as in evidence.Diagnostic.
	Summary, Detail string
}

// Diagnostic returns the problem of one Blob as a diagnostic about the value at
// where. The prefix, such as "reg-blob-", goes before the code.
func (p Problem) Diagnostic(prefix string, where evidence.Location) evidence.Diagnostic {
	d := evidence.Diagnostic{Code: prefix + p.Code, Severity: p.Severity, Where: where, Lost: p.Lost, Summary: p.Summary, Detail: p.Detail}
	if d.Severity == evidence.Error {
		d.Severity, d.Lost = evidence.Warning, true
	}
	return d
}

// Magic is the start of a serialized store: a version of 0 and "CERT".
const Magic = "\x00\x00\x00\x00CERT"

// headerSize is that of an entry: id, encoding, size.
const headerSize = 12

// x509Encoding is X509_ASN_ENCODING; CryptoAPI reads no entry with another.
const x509Encoding = 1

// A header is the first part of an entry.
type header struct{ id, encoding, size uint32 }

func parseHeader(b []byte) header {
	return header{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])}
}

// LooksLikeElement reports whether b could be the start of a stream of elements
// without a file header, as a Blob is: one to several entries with encoding 1
// and an id that wincrypt.h assigns, each within size, the size of the whole
// stream, or -1 if unknown. A context must begin with a SEQUENCE.
func LooksLikeElement(b []byte, size int64) bool {
	if size < 0 {
		size = 1 << 32
	}
	at := int64(0)
	for {
		if int64(len(b))-at < headerSize {
			return false
		}
		h := parseHeader(b[at:])
		if h.encoding != x509Encoding || h.id == 0 || h.id > 0xffff || at+headerSize+int64(h.size) > size {
			return false
		}
		at += headerSize
		if IsContext(h.id) {
			return h.size == 0 || at >= int64(len(b)) || b[at] == 0x30 || Kind(h.id) == KeyID
		}
		if at += int64(h.size); at >= int64(len(b)) {
			return at < size // the context lies beyond what can be seen
		}
	}
}
