package der

import (
	"encoding/hex"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// attributeNames are the short names of attribute types, by the content bytes
// of their object identifiers: those of RFC 4514 and, beyond it, OpenSSL's.
var attributeNames = map[string]string{
	"\x55\x04\x03": "CN", "\x55\x04\x04": "SN", "\x55\x04\x05": "SERIALNUMBER", "\x55\x04\x06": "C",
	"\x55\x04\x07": "L", "\x55\x04\x08": "ST", "\x55\x04\x09": "STREET", "\x55\x04\x0a": "O",
	"\x55\x04\x0b": "OU", "\x55\x04\x0c": "T", "\x55\x04\x0d": "description",
	"\x55\x04\x0f": "businessCategory", "\x55\x04\x10": "postalAddress", "\x55\x04\x11": "postalCode",
	"\x55\x04\x12": "postOfficeBox", "\x55\x04\x14": "telephoneNumber", "\x55\x04\x29": "name",
	"\x55\x04\x2a": "GN", "\x55\x04\x2b": "initials", "\x55\x04\x2c": "generationQualifier",
	"\x55\x04\x2d": "x500UniqueIdentifier", "\x55\x04\x2e": "dnQualifier",
	"\x55\x04\x33": "houseIdentifier", "\x55\x04\x41": "pseudonym", "\x55\x04\x48": "role",
	"\x55\x04\x61": "organizationIdentifier",
	"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01":     "UID",
	"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x03":     "mail",
	"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19":     "DC",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01":         "emailAddress",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02":         "unstructuredName",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x08":         "unstructuredAddress",
	"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01": "jurisdictionL",
	"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02": "jurisdictionST",
	"\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03": "jurisdictionC",
}

// The string types that a name may hold (X.680, 8.6).
const (
	tagUTF8String      = 0x0c
	tagNumericString   = 0x12
	tagPrintableString = 0x13
	tagT61String       = 0x14
	tagVideotexString  = 0x15
	tagIA5String       = 0x16
	tagGraphicString   = 0x19
	tagVisibleString   = 0x1a
	tagGeneralString   = 0x1b
	tagUniversalString = 0x1c
	tagBMPString       = 0x1e
)

// NameText returns an encoded Name as text in the manner of RFC 2253: the last
// RDN, and the last attribute of it, first, a comma between RDNs, a plus sign
// inside them, special characters escaped. It orders and escapes as OpenSSL's RFC2253 option does, but leaves
// letters beyond ASCII readable. A type without a short name is a dotted object
// identifier; a value that is no string is # and the hex of its encoding, as is
// the whole name where it cannot be taken apart.
func NameText(name []byte) string {
	outer, ok := read(name, 0)
	if !ok || outer.Tag != TagSequence || outer.Cut {
		return dump(name)
	}
	var few [12]attribute
	attributes := few[:0]
	inside := outer.Inside()
	for len(inside.rest) > 0 {
		rdn, ok := inside.Take(TagSet)
		if !ok || rdn.Cut {
			return dump(name)
		}
		members := rdn.Inside()
		for joined := false; len(members.rest) > 0; joined = true {
			e, ok := members.Take(TagSequence)
			if !ok || e.Cut {
				return dump(name)
			}
			attributes = append(attributes, attribute{e, joined})
		}
	}
	text := make([]byte, 0, len(name)+16)
	for i := len(attributes) - 1; i >= 0; i-- {
		if text, ok = appendAttribute(text, attributes[i].Element); !ok {
			return dump(name)
		}
		switch {
		case i == 0:
		case attributes[i].joined:
			text = append(text, '+')
		default:
			text = append(text, ',')
		}
	}
	return string(text)
}

// An attribute is one AttributeTypeAndValue; joined says that it stands in one
// RDN with the attribute before it.
type attribute struct {
	Element
	joined bool
}

// dump is the form of RFC 2253 for what has no text.
func dump(b []byte) string { return "#" + strings.ToUpper(hex.EncodeToString(b)) }

func appendAttribute(text []byte, attribute Element) ([]byte, bool) {
	inside := attribute.Inside()
	oid, ok := inside.Take(TagOID)
	if !ok || oid.Cut {
		return text, false
	}
	value, ok := inside.Next()
	if !ok || value.Cut {
		return text, false
	}
	switch short, known := attributeNames[string(oid.Content)]; {
	case known:
		text = append(text, short...)
	default:
		dotted, ok := evidence.OIDText(oid.Content)
		if !ok {
			dotted = dump(oid.Content)
		}
		text = append(text, dotted...)
	}
	text = append(text, '=')
	return appendValue(text, value), true
}

// appendValue appends an attribute's value, escaped.
func appendValue(text []byte, value Element) []byte {
	content := value.Content
	switch value.Tag {
	case tagUTF8String, tagPrintableString, tagIA5String:
		if plain(content) {
			return append(text, content...)
		}
		if value.Tag == tagUTF8String {
			return appendUTF8(text, content)
		}
		return appendLatin1(text, content)
	case tagNumericString, tagT61String, tagVideotexString, tagGraphicString, tagVisibleString, tagGeneralString:
		return appendLatin1(text, content)
	case tagBMPString:
		if len(content)%2 == 0 {
			return appendBMP(text, content)
		}
	case tagUniversalString:
		if len(content)%4 == 0 {
			return appendUniversal(text, content)
		}
	}
	return append(text, dump(value.Raw)...)
}

// plain reports whether content needs no escape and no conversion.
func plain(content []byte) bool {
	for i, c := range content {
		if c < ' ' || c > '~' || special(c) || c == '#' && i == 0 || c == ' ' && (i == 0 || i == len(content)-1) {
			return false
		}
	}
	return true
}

// special reports whether a character is escaped wherever it stands.
func special(c byte) bool {
	switch c {
	case ',', '+', '"', '\\', '<', '>', ';':
		return true
	}
	return false
}

func appendUTF8(text, content []byte) []byte {
	for i := 0; i < len(content); {
		r, n := utf8.DecodeRune(content[i:])
		if r == utf8.RuneError && n <= 1 {
			text = appendByte(text, content[i])
			i++
			continue
		}
		text = appendRune(text, r, i == 0, i+n == len(content))
		i += n
	}
	return text
}

// appendLatin1 takes a T61String and its like for ISO 8859-1, as everybody does.
func appendLatin1(text, content []byte) []byte {
	for i, c := range content {
		text = appendRune(text, rune(c), i == 0, i == len(content)-1)
	}
	return text
}

func appendBMP(text, content []byte) []byte {
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = uint16(content[2*i])<<8 | uint16(content[2*i+1])
	}
	runes := utf16.Decode(units)
	for i, r := range runes {
		text = appendRune(text, r, i == 0, i == len(runes)-1)
	}
	return text
}

func appendUniversal(text, content []byte) []byte {
	for i := 0; i < len(content); i += 4 {
		u := uint32(content[i])<<24 | uint32(content[i+1])<<16 | uint32(content[i+2])<<8 | uint32(content[i+3])
		r := rune(utf8.RuneError)
		if u <= utf8.MaxRune {
			r = rune(u)
		}
		text = appendRune(text, r, i == 0, i+4 == len(content))
	}
	return text
}

func appendRune(text []byte, r rune, first, last bool) []byte {
	switch {
	case r < ' ' || r == 0x7f:
		return appendByte(text, byte(r))
	case r < utf8.RuneSelf && special(byte(r)), r == ' ' && (first || last), r == '#' && first:
		text = append(text, '\\')
	}
	return utf8.AppendRune(text, r)
}

func appendByte(text []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	return append(text, '\\', digits[c>>4], digits[c&15])
}
