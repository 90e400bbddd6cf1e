package main

import (
	"encoding/asn1"
	"fmt"
	"strings"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// The string types that a name's value may have.
const (
	utf8String      = cbasn1.Tag(12)
	printableString = cbasn1.Tag(19)
	teletexString   = cbasn1.Tag(20)
	ia5String       = cbasn1.Tag(22)
	bmpString       = cbasn1.Tag(30)
)

// attribute gives the object identifier of a name's attribute.
func attribute(name string) (asn1.ObjectIdentifier, error) {
	switch name {
	case "CN":
		return asn1.ObjectIdentifier{2, 5, 4, 3}, nil
	case "C":
		return asn1.ObjectIdentifier{2, 5, 4, 6}, nil
	case "L":
		return asn1.ObjectIdentifier{2, 5, 4, 7}, nil
	case "ST":
		return asn1.ObjectIdentifier{2, 5, 4, 8}, nil
	case "O":
		return asn1.ObjectIdentifier{2, 5, 4, 10}, nil
	case "OU":
		return asn1.ObjectIdentifier{2, 5, 4, 11}, nil
	case "DC":
		return asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}, nil
	case "E":
		return asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 1}, nil
	}
	return nil, fmt.Errorf("no object identifier is known for the attribute %q", name)
}

// encodeName encodes a name that is written in the order of its encoding, its
// parts parted by bars: "DC=com|DC=contoso|CN=Contoso Root CA". A value is a
// PrintableString where it can be and a UTF8String otherwise; "CN:t61=" and
// "CN:bmp=" ask for the types of older certification authorities. A bar inside
// a value is written \|.
func encodeName(name string) ([]byte, error) {
	var b cryptobyte.Builder
	var bad error
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		const bar = "\x00"
		for part := range strings.SplitSeq(strings.ReplaceAll(name, `\|`, bar), "|") {
			label, value, _ := strings.Cut(strings.ReplaceAll(part, bar, "|"), "=")
			label, kind, _ := strings.Cut(label, ":")
			oid, err := attribute(label)
			if err != nil {
				bad = err
				return
			}
			tag, content := encodeText(label, kind, value)
			b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(oid)
					b.AddASN1(tag, func(b *cryptobyte.Builder) { b.AddBytes(content) })
				})
			})
		}
	})
	der, err := b.Bytes()
	if bad != nil {
		return nil, bad
	}
	return der, err
}

func encodeText(label, kind, value string) (cbasn1.Tag, []byte) {
	switch {
	case kind == "t61":
		latin1 := []byte{}
		for _, r := range value {
			latin1 = append(latin1, byte(r))
		}
		return teletexString, latin1
	case kind == "bmp":
		big := []byte{}
		for _, u := range utf16.Encode([]rune(value)) {
			big = append(big, byte(u>>8), byte(u))
		}
		return bmpString, big
	case label == "DC" || label == "E":
		return ia5String, []byte(value)
	case printable(value):
		return printableString, []byte(value)
	}
	return utf8String, []byte(value)
}

// printable reports whether X.680 allows all characters in a PrintableString.
func printable(s string) bool {
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(" '()+,-./:=?", r):
		default:
			return false
		}
	}
	return true
}
