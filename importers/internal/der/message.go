package der

import "github.com/ctlaudit/ctlaudit/importers/evidence"

// The content types of PKCS#7 and CMS, and that of a certificate trust list
// (szOID_CTL of wincrypt.h).
const (
	TypeData       = "1.2.840.113549.1.7.1"
	TypeSignedData = "1.2.840.113549.1.7.2"
	TypeTrustList  = "1.3.6.1.4.1.311.10.1"
)

var typeNames = map[string]string{
	TypeData:                     "data",
	TypeSignedData:               "signedData",
	"1.2.840.113549.1.7.3":       "envelopedData",
	"1.2.840.113549.1.7.4":       "signedAndEnvelopedData",
	"1.2.840.113549.1.7.5":       "digestedData",
	"1.2.840.113549.1.7.6":       "encryptedData",
	"1.2.840.113549.1.9.16.1.2":  "authData",
	"1.2.840.113549.1.9.16.1.4":  "TSTInfo",
	"1.2.840.113549.1.9.16.1.9":  "compressedData",
	"1.2.840.113549.1.9.16.1.23": "authEnvelopedData",
	TypeTrustList:                "certificate trust list",
}

// TypeName names a content type: "envelopedData (1.2.840.113549.1.7.3)", or the
// identifier alone.
func TypeName(oid string) string {
	if name, ok := typeNames[oid]; ok {
		return name + " (" + oid + ")"
	}
	return oid
}

// A Message is a PKCS#7 or CMS message, of which only SignedData is walked.
type Message struct {
	// Outer is the whole message. Where it is cut, so are the lists below.
	Outer Element
	// Type is the content type; a SignedData without a ContentInfo around it,
	// which CryptoAPI accepts too, is Bare.
	Type string
	Bare bool
	// ContentType is the type of what is signed and Content its element, whose
	// Tag is 0 where there is none.
	ContentType string
	Content     Element
	// Certificates and CRLs are the members of the two sets, as they stand
	// there: a Certificates member may be another choice than a certificate,
	// and the last one of each may be cut.
	Certificates, CRLs []Element
	// Broken says where the walk could not go on, if anywhere.
	Broken *Break
}

// A Break is a place where a message could not be read further.
type Break struct {
	// Offset is that of the element that was wanted, Length what is left there.
	Offset, Length int64
	// Wanted says what.
	Wanted string
}

// ReadMessage reads the message at the start of b, whose first byte has the
// given offset. It reports false where b is no message. Every length may be
// definite or not, minimal or not; any version is taken, and the sets need not
// be in order.
func ReadMessage(b []byte, offset int64) (*Message, bool) { return readMessage(b, offset, true) }

// readMessage does without the sets if they are not wanted.
func readMessage(b []byte, offset int64, sets bool) (*Message, bool) {
	c := NewCursor(b, offset)
	outer, ok := c.Take(TagSequence)
	if !ok {
		return nil, false
	}
	m := &Message{Outer: outer}
	inside := outer.Inside()
	switch inside.Peek() {
	case TagOID:
		oid, ok := inside.Next()
		if !ok || oid.Cut {
			return nil, false
		}
		if m.Type, ok = evidence.OIDText(oid.Content); !ok {
			return nil, false
		}
		if tag := inside.Peek(); tag != TagContext0 && (tag != 0 || typeNames[m.Type] == "") {
			return nil, false // some other structure that begins so
		}
		if m.Type != TypeSignedData {
			return m, true
		}
		explicit, ok := inside.Take(TagContext0)
		if !ok {
			m.broke(&inside, "the content, [0]")
			return m, true
		}
		body := explicit.Inside()
		data, ok := body.Take(TagSequence)
		if !ok {
			m.broke(&body, "a SignedData (SEQUENCE)")
			return m, true
		}
		m.walk(data.Inside(), sets)
		return m, true
	case TagInteger:
		look := inside
		if _, ok := look.Next(); !ok || look.Peek() != TagSet {
			return nil, false
		}
		m.Type, m.Bare = TypeSignedData, true
		m.walk(inside, sets)
		return m, true
	}
	return nil, false
}

// walk reads the fields of a SignedData (RFC 5652, 5.1).
func (m *Message) walk(fields Cursor, sets bool) {
	if _, ok := fields.Take(TagInteger); !ok {
		m.broke(&fields, "a version (INTEGER)")
		return
	}
	if _, ok := fields.Take(TagSet); !ok {
		m.broke(&fields, "digest algorithms (SET)")
		return
	}
	encapsulated, ok := fields.Take(TagSequence)
	if !ok {
		m.broke(&fields, "the content info (SEQUENCE)")
		return
	}
	inside := encapsulated.Inside()
	if oid, ok := inside.Take(TagOID); ok {
		m.ContentType, _ = evidence.OIDText(oid.Content)
	}
	if explicit, ok := inside.Take(TagContext0); ok {
		content := explicit.Inside()
		m.Content, _ = content.Next()
	}
	for sets {
		field, ok := fields.Next()
		if !ok {
			break
		}
		switch field.Tag {
		case TagContext0:
			m.Certificates = append(m.Certificates, m.members(field, "a certificate")...)
		case TagContext1:
			m.CRLs = append(m.CRLs, m.members(field, "a CRL")...)
		case TagSet: // the signers, which are last
			if m.Outer.Cut {
				m.broke(&fields, "the end of the message")
			}
			return
		}
	}
	if m.Outer.Cut || len(fields.rest) > 0 {
		m.broke(&fields, "the signers (SET)")
	}
}

// members lists the elements of a set.
func (m *Message) members(set Element, wanted string) []Element {
	var list []Element
	inside := set.Inside()
	for len(inside.rest) > 0 {
		before := inside
		e, ok := inside.Next()
		if !ok || e.Tag == 0 || e.Cut {
			m.broke(&before, wanted)
			break
		}
		list = append(list, e)
	}
	return list
}

// broke notes the first place where the walk failed.
func (m *Message) broke(at *Cursor, wanted string) {
	if m.Broken == nil {
		m.Broken = &Break{Offset: at.offset, Length: int64(len(at.rest)), Wanted: wanted}
	}
}

// ContentBytes returns what is signed: the octets of an OCTET STRING, joined
// where BER cuts them into several, or the element itself where the content is
// of another type, as PKCS#7 1.5 allows. Offset is that of the first byte, or
// of the element where the bytes had to be joined.
func (m *Message) ContentBytes() (content []byte, offset int64) {
	const constructed = TagOctetString | 0x20
	switch e := m.Content; e.Tag {
	case 0:
		return nil, 0
	case TagOctetString:
		return e.Content, e.Offset + int64(e.Header)
	case constructed:
		return joinOctets(nil, e, 0), e.Offset
	default:
		return e.Raw, e.Offset
	}
}

func joinOctets(to []byte, e Element, depth int) []byte {
	if e.Tag == TagOctetString {
		return append(to, e.Content...)
	}
	inside := e.Inside()
	for depth < maxDepth {
		part, ok := inside.Next()
		if !ok {
			break
		}
		to = joinOctets(to, part, depth+1)
	}
	return to
}
