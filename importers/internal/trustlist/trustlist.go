// Package trustlist decodes certificate trust lists (CTLs), the signed lists of
// certificate digests that Windows keeps in .stl files and in stores, such as
// authroot.stl. It is not about the trusted issuer list that Schannel sends.
//
// The structure is CertificateTrustList of [MS-CAESO] and of wincrypt.h's
// CTL_INFO: usage, identifier, sequence number, times, and for each certificate
// its digest with the properties that the list gives it, as attributes
// 1.3.6.1.4.1.311.10.11.N. Signatures are not verified.
package trustlist

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

// MaxEntries bounds the entries that are kept of one list. Microsoft's list of
// roots has about 500.
const MaxEntries = 100_000

// A Problem is something wrong with a list.
type Problem struct {
	// Code is the last part of a diagnostic's code: list-damaged,
	// list-bad-entry, list-other-attributes or list-too-many-entries.
	Code string
	// Lost says that something was not read.
	Lost bool
	// Offset and Length are the place, as ParseContent's offset counts.
	Offset, Length int64
	// Summary and Detail are as in evidence.Diagnostic.
	Summary, Detail string
}

// Diagnostic returns the problem as a diagnostic at where, with prefix before
// its code.
func (p Problem) Diagnostic(prefix string, where evidence.Location) evidence.Diagnostic {
	d := evidence.Diagnostic{Code: prefix + p.Code, Severity: evidence.Note, Where: where, Lost: p.Lost, Summary: p.Summary, Detail: p.Detail}
	if p.Lost {
		d.Severity = evidence.Warning
	}
	return d
}

// Parse decodes a list as stores hold it: a SignedData over a CTL, whose
// thumbprint is over all of it. It keeps raw. It reports false, and returns
// nothing, where raw is no such message. Offsets of problems count from raw's
// first byte.
func Parse(raw []byte) (*evidence.TrustList, []Problem, bool) {
	m, ok := der.ReadMessage(raw, 0)
	if !ok || m.ContentType != der.TypeTrustList {
		return nil, nil, false
	}
	list, problems := ParseMessage(m)
	return list, problems, true
}

// ParseMessage decodes the list that a message was signed over. It keeps the
// message's bytes.
func ParseMessage(m *der.Message) (*evidence.TrustList, []Problem) {
	content, offset := m.ContentBytes()
	list, problems := ParseContent(content, offset)
	list.SHA1 = sha1.Sum(m.Outer.Raw)
	return list, problems
}

// ParseContent decodes the encoded list itself, whose first byte has the given
// offset. It keeps content. It always returns a list: what could be read.
func ParseContent(content []byte, offset int64) (*evidence.TrustList, []Problem) {
	p := parser{list: &evidence.TrustList{}}
	c := der.NewCursor(content, offset)
	body, ok := c.Take(der.TagSequence)
	if !ok {
		p.damaged(c, "a certificate trust list (SEQUENCE)")
		return p.list, p.problems
	}
	p.fields(body.Inside())
	return p.list, p.problems
}

type parser struct {
	list     *evidence.TrustList
	problems []Problem
	others   int // attributes that are no properties
	bad      int // entries that could not be read
	over     int // entries beyond MaxEntries
}

func (p *parser) damaged(at der.Cursor, wanted string) {
	p.problems = append(p.problems, Problem{Code: "list-damaged", Lost: true, Offset: at.Offset(), Length: int64(len(at.Rest())),
		Summary: "the certificate trust list cannot be read further",
		Detail:  fmt.Sprintf("wanted %s at offset %d; there is %x; what came before was kept", wanted, at.Offset(), at.Rest()[:min(len(at.Rest()), 8)])})
}

// fields reads the fields of the list in their order; most may be left out.
func (p *parser) fields(c der.Cursor) {
	c.Take(der.TagInteger) // version
	usage, ok := c.Take(der.TagSequence)
	if !ok {
		p.damaged(c, "a usage (SEQUENCE OF OID)")
		return
	}
	p.list.Usage, _ = evidence.OIDs(usage.Raw)
	if id, ok := c.Take(der.TagOctetString); ok {
		p.list.ListID = identifierText(id.Content)
	}
	if sequence, ok := c.Take(der.TagInteger); ok {
		p.list.Sequence = strings.ToUpper(hex.EncodeToString(sequence.Content))
	}
	p.times(&c)
	if _, ok := c.Take(der.TagSequence); !ok {
		p.damaged(c, "a subject algorithm (SEQUENCE)")
		return
	}
	entries, ok := c.Take(der.TagSequence)
	if !ok {
		return // a list without entries
	}
	p.entries(entries)
}

func (p *parser) times(c *der.Cursor) {
	for i := range 2 {
		if tag := c.Peek(); tag != der.TagUTCTime && tag != der.TagGenTime {
			return
		}
		e, ok := c.Next()
		if !ok {
			return
		}
		t, _ := der.Time(e)
		if i == 0 {
			p.list.ThisUpdate = t
		} else {
			p.list.NextUpdate = t
		}
	}
}

func (p *parser) entries(list der.Element) {
	c := list.Inside()
	for len(c.Rest()) > 0 {
		before := c
		e, ok := c.Next()
		if !ok || e.Cut {
			p.damaged(before, "an entry (SEQUENCE)")
			break
		}
		if len(p.list.Entries) >= MaxEntries {
			p.over++
			continue
		}
		entry, ok := p.entry(e)
		if !ok {
			if p.bad++; p.bad == 1 {
				p.problems = append(p.problems, Problem{Code: "list-bad-entry", Lost: true, Offset: e.Offset, Length: int64(len(e.Raw))})
			}
			continue
		}
		p.list.Entries = append(p.list.Entries, entry)
	}
	if list.Cut && len(c.Rest()) == 0 {
		p.damaged(c, "another entry (SEQUENCE) or the end of the list")
	}
	p.count()
}

// count words the problems that are counted over all entries.
func (p *parser) count() {
	for i := range p.problems {
		if b := &p.problems[i]; b.Code == "list-bad-entry" {
			b.Summary = strconv.Itoa(p.bad) + " entries of the certificate trust list could not be read"
			b.Detail = fmt.Sprintf("wanted a digest (OCTET STRING) and attributes (SET); the first such entry is at offset %d; they were passed over", b.Offset)
		}
	}
	if p.over > 0 {
		p.problems = append(p.problems, Problem{Code: "list-too-many-entries", Lost: true,
			Summary: strconv.Itoa(p.over) + " entries of the certificate trust list were not kept",
			Detail:  fmt.Sprintf("at most %d are kept of one list", MaxEntries)})
	}
	if p.others > 0 {
		p.problems = append(p.problems, Problem{Code: "list-other-attributes",
			Summary: strconv.Itoa(p.others) + " attributes of the certificate trust list are no certificate properties",
			Detail:  "wanted 1.3.6.1.4.1.311.10.11.N with one OCTET STRING; they were passed over"})
	}
}

func (p *parser) entry(e der.Element) (evidence.TrustListEntry, bool) {
	if e.Tag != der.TagSequence {
		return evidence.TrustListEntry{}, false
	}
	c := e.Inside()
	id, ok := c.Take(der.TagOctetString)
	if !ok || id.Cut {
		return evidence.TrustListEntry{}, false
	}
	entry := evidence.TrustListEntry{SubjectID: id.Content}
	set, ok := c.Take(der.TagSet)
	if !ok {
		return entry, len(c.Rest()) == 0
	}
	attributes := set.Inside()
	for len(attributes.Rest()) > 0 {
		attribute, ok := attributes.Take(der.TagSequence)
		if !ok || attribute.Cut {
			return evidence.TrustListEntry{}, false
		}
		if property, ok := propertyOf(attribute); ok {
			entry.Attributes = append(entry.Attributes, property)
		} else {
			p.others++
		}
	}
	return entry, true
}

// propertyArc is szOID_CERT_PROP_ID_PREFIX of wincrypt.h, encoded:
// 1.3.6.1.4.1.311.10.11.
const propertyArc = "\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b"

func propertyOf(attribute der.Element) (evidence.Property, bool) {
	c := attribute.Inside()
	oid, ok := c.Take(der.TagOID)
	if !ok {
		return evidence.Property{}, false
	}
	last, ok := strings.CutPrefix(string(oid.Content), propertyArc)
	if !ok || last == "" || len(last) > 4 {
		return evidence.Property{}, false
	}
	id := evidence.PropID(0)
	for i := range len(last) {
		if more := last[i]&0x80 != 0; more != (i < len(last)-1) {
			return evidence.Property{}, false // several arcs, or none whole
		}
		id = id<<7 | evidence.PropID(last[i]&0x7f)
	}
	values, ok := c.Take(der.TagSet)
	if !ok {
		return evidence.Property{}, false
	}
	inside := values.Inside()
	value, ok := inside.Take(der.TagOctetString)
	if !ok || value.Cut {
		return evidence.Property{}, false
	}
	return evidence.Property{ID: id, Value: value.Content}, true
}

// identifierText is a list identifier as text: Microsoft's are UTF-16LE with a
// NUL, such as DisallowedCert_AutoUpdate_1; any other is hex.
func identifierText(id []byte) string {
	text := evidence.UTF16Text(id)
	if n := 2 * len(text); text != "" && (n == len(id) || n+2 == len(id)) {
		for _, r := range text {
			if r < ' ' || r > '~' {
				return hex.EncodeToString(id)
			}
		}
		return text
	}
	return hex.EncodeToString(id)
}
