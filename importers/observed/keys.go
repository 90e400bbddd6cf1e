package observed

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

// Key reduces a name as a program wrote it to what all of them keep: the letters
// and digits, without regard to the case of ASCII, and what is beyond ASCII.
// Separators, quotes, blanks and backslashes go, since they differ between
// programs and versions, and testssl.sh loses some.
func Key(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= utf8.RuneSelf:
			b.WriteByte(c)
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c - 'A' + 'a')
		}
	}
	return b.String()
}

// Keys returns the keys of all texts by which the programs may write an encoded
// name, each once: first or last attribute first, letters beyond ASCII as they
// are or escaped, the bytes of X509_NAME_oneline, attribute types that older
// versions do not know as object identifiers, and values of unknown types as
// hex. It returns nil for what is no name.
func Keys(name []byte) []string {
	attributes, ok := attributesOf(name)
	if !ok {
		return nil
	}
	var keys []string
	add := func(list []attribute, write func(attribute) string) {
		var b strings.Builder
		for _, a := range list {
			b.WriteString(write(a))
		}
		if k := Key(b.String()); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	reversed := slices.Clone(attributes)
	slices.Reverse(reversed)
	both := []bool{true, false}
	for _, modern := range both {
		for _, escape := range both {
			for _, dump := range both {
				add(attributes, func(a attribute) string { return a.printed(modern, escape, dump) })
				add(reversed, func(a attribute) string { return a.printed(modern, escape, dump) })
			}
		}
		add(attributes, func(a attribute) string { return a.oneline(modern) })
	}
	return keys
}

// An attribute is one AttributeTypeAndValue of a name.
type attribute struct {
	oid   string // dotted
	value der.Element
}

func attributesOf(name []byte) ([]attribute, bool) {
	outer, ok := der.First(name)
	if !ok || outer.Tag != der.TagSequence || outer.Cut {
		return nil, false
	}
	var list []attribute
	for inside := outer.Inside(); len(inside.Rest()) > 0; {
		rdn, ok := inside.Take(der.TagSet)
		if !ok || rdn.Cut {
			return nil, false
		}
		for members := rdn.Inside(); len(members.Rest()) > 0; {
			e, ok := members.Take(der.TagSequence)
			if !ok || e.Cut {
				return nil, false
			}
			pair := e.Inside()
			oid, ok := pair.Take(der.TagOID)
			if !ok || oid.Cut {
				return nil, false
			}
			value, ok := pair.Next()
			if !ok || value.Cut {
				return nil, false
			}
			dotted, ok := evidence.OIDText(oid.Content)
			if !ok {
				dotted = hex.EncodeToString(oid.Content)
			}
			list = append(list, attribute{dotted, value})
		}
	}
	return list, true
}

// A shortName is OpenSSL's short name of an attribute type (crypto/objects);
// late ones were added since 1.0.2, so that older versions print the identifier.
type shortName struct {
	name string
	late bool
}

var shortNames = map[string]shortName{
	"2.5.4.3": {"CN", false}, "2.5.4.4": {"SN", false}, "2.5.4.5": {"serialNumber", false}, "2.5.4.6": {"C", false}, "2.5.4.7": {"L", false},
	"2.5.4.8": {"ST", false}, "2.5.4.9": {"street", false}, "2.5.4.10": {"O", false}, "2.5.4.11": {"OU", false}, "2.5.4.12": {"title", false},
	"2.5.4.13": {"description", false}, "2.5.4.15": {"businessCategory", false}, "2.5.4.16": {"postalAddress", false}, "2.5.4.17": {"postalCode", false},
	"2.5.4.18": {"postOfficeBox", false}, "2.5.4.20": {"telephoneNumber", false}, "2.5.4.41": {"name", false}, "2.5.4.42": {"GN", false},
	"2.5.4.43": {"initials", false}, "2.5.4.44": {"generationQualifier", false}, "2.5.4.45": {"x500UniqueIdentifier", false}, "2.5.4.46": {"dnQualifier", false},
	"2.5.4.51": {"houseIdentifier", false}, "2.5.4.65": {"pseudonym", false}, "2.5.4.72": {"role", false}, "2.5.4.97": {"organizationIdentifier", true},
	"0.9.2342.19200300.100.1.1": {"UID", false}, "0.9.2342.19200300.100.1.3": {"mail", false}, "0.9.2342.19200300.100.1.25": {"DC", false},
	"1.2.840.113549.1.9.1": {"emailAddress", false}, "1.2.840.113549.1.9.2": {"unstructuredName", false}, "1.2.840.113549.1.9.8": {"unstructuredAddress", false},
	"1.3.6.1.4.1.311.60.2.1.1": {"jurisdictionL", true}, "1.3.6.1.4.1.311.60.2.1.2": {"jurisdictionST", true}, "1.3.6.1.4.1.311.60.2.1.3": {"jurisdictionC", true},
}

// kind returns what stands for the type, and whether it is a short name.
func (a attribute) kind(modern bool) (string, bool) {
	if s, ok := shortNames[a.oid]; ok && (modern || !s.late) {
		return s.name, true
	}
	return a.oid, false
}

// printed writes the attribute as X509_NAME_print_ex does with
// ASN1_STRFLGS_RFC2253: what is no string that it knows is the hex of its
// encoding, as is the value of an unknown attribute type if dump is set
// (XN_FLAG_DUMP_UNKNOWN_FIELDS); escape tells whether bytes beyond ASCII are
// escaped.
func (a attribute) printed(modern, escape, dump bool) string {
	kind, known := a.kind(modern)
	value, ok := decoded(a.value)
	if !known && dump || !ok {
		return kind + hex.EncodeToString(a.value.Raw)
	}
	var b strings.Builder
	b.WriteString(kind)
	for i := range len(value) {
		if c := value[i]; c < ' ' || c == 0x7f || escape && c >= utf8.RuneSelf {
			b.WriteString(hex.EncodeToString([]byte{c}))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// oneline writes the attribute as X509_NAME_oneline does, which does not decode
// strings and escapes what is not printable as \xHH.
func (a attribute) oneline(modern bool) string {
	kind, _ := a.kind(modern)
	var b strings.Builder
	b.WriteString(kind)
	for _, c := range a.value.Content {
		if c < ' ' || c > '~' {
			b.WriteString("x" + hex.EncodeToString([]byte{c}))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// decoded returns a string value as UTF-8; ok is false for the types that
// OpenSSL writes as hex.
func decoded(value der.Element) (text string, ok bool) {
	c := value.Content
	switch value.Tag {
	case 0x0c: // UTF8String
		return string(c), true
	case 0x12, 0x13, 0x14, 0x16, 0x17, 0x18, 0x1a: // one byte a character
		var b strings.Builder
		for _, ch := range c {
			b.WriteRune(rune(ch))
		}
		return b.String(), true
	case 0x1e: // BMPString
		units := make([]uint16, len(c)/2)
		for i := range units {
			units[i] = uint16(c[2*i])<<8 | uint16(c[2*i+1])
		}
		return string(utf16.Decode(units)), len(c)%2 == 0
	case 0x1c: // UniversalString
		var b strings.Builder
		for i := 0; i+4 <= len(c); i += 4 {
			b.WriteRune(rune(uint32(c[i])<<24 | uint32(c[i+1])<<16 | uint32(c[i+2])<<8 | uint32(c[i+3])))
		}
		return b.String(), len(c)%4 == 0
	}
	return "", false
}
