package der

import (
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A Kind is what an encoded structure seems to be.
type Kind int

// The kinds that KindOf tells apart.
const (
	Unknown Kind = iota
	KindCertificate
	KindCRL
	// KindMessage is a PKCS#7 or CMS message, KindTrustList one whose signed
	// content is a certificate trust list.
	KindMessage
	KindTrustList
	// KindPFX is a PKCS#12 file (RFC 7292).
	KindPFX
	// KindPrivateKey is a private key by itself, KindRequest a PKCS#10 request.
	KindPrivateKey
	KindRequest
)

var kindNames = [...]string{"unknown structure", "certificate", "CRL", "PKCS#7 message", "certificate trust list", "PKCS#12 file", "private key",
	"certificate request"}

// String returns the word that messages use.
func (k Kind) String() string { return kindNames[k] }

// KindOf says what the structure at the start of b seems to be, by the tags of
// its first fields. b may be cut.
func KindOf(b []byte) Kind {
	outer, ok := read(b, 0)
	if !ok || outer.Tag != TagSequence {
		return Unknown
	}
	inside := outer.Inside()
	switch inside.Peek() {
	case TagOID:
		return messageKind(b)
	case TagContext0:
		return tbsKind(inside)
	case TagInteger:
		return integerKind(b, inside)
	case TagSequence:
		first, ok := inside.Next()
		if !ok {
			return Unknown
		}
		fields := first.Inside()
		if fields.Peek() != TagOID {
			return tbsKind(fields)
		}
		switch inside.Peek() { // first is an algorithm
		case TagOctetString:
			return KindPrivateKey // encrypted, PKCS#8
		case TagSequence:
			inside.Next()
			if isTime(inside.Peek()) {
				return KindCRL
			}
		}
	}
	return Unknown
}

func isTime(tag byte) bool { return tag == TagUTCTime || tag == TagGenTime }

func messageKind(b []byte) Kind {
	m, ok := readMessage(b, 0, false)
	if !ok {
		return Unknown
	}
	if m.ContentType == TypeTrustList {
		return KindTrustList
	}
	return KindMessage
}

// integerKind tells apart what begins with an INTEGER.
func integerKind(b []byte, inside Cursor) Kind {
	fields := inside
	inside.Next()
	switch inside.Peek() {
	case TagSet:
		return messageKind(b)
	case TagOctetString:
		return KindPrivateKey // SEC 1
	case TagInteger:
		inside.Next()
		if inside.Peek() == TagInteger {
			return KindPrivateKey // PKCS#1 or DSA
		}
		return Unknown
	case TagSequence:
		second, _ := inside.Next()
		if parts := second.Inside(); parts.Peek() == TagOID {
			oid, _ := parts.Next()
			if text, _ := evidence.OIDText(oid.Content); strings.HasPrefix(text, "1.2.840.113549.1.7.") {
				return KindPFX
			}
		}
		if inside.Peek() == TagOctetString {
			return KindPrivateKey // PKCS#8
		}
		return tbsKind(fields)
	}
	return Unknown
}

// tbsKind tells apart a tbsCertificate, a tbsCertList and a request by what
// follows their second SEQUENCE.
func tbsKind(fields Cursor) Kind {
	_, versioned := fields.Take(TagContext0)
	_, numbered := fields.Take(TagInteger)
	if _, ok := fields.Take(TagSequence); !ok {
		return Unknown
	}
	if _, ok := fields.Take(TagSequence); !ok {
		return Unknown
	}
	switch tag := fields.Peek(); {
	case isTime(tag):
		if !versioned {
			return KindCRL
		}
	case !numbered:
	case tag == TagSequence:
		return KindCertificate
	case tag == TagContext0:
		return KindRequest
	}
	return Unknown
}
