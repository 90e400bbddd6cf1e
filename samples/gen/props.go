package main

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// A property is one property of a certificate in a store: CERT_*_PROP_ID of
// wincrypt.h and its value.
type property struct {
	id    uint32
	value []byte
}

// An element is a certificate with the properties that a store keeps for it.
type element struct {
	cert  *certificate
	props []property
}

// purposes turns words into object identifiers. "" gives nil and "none" an
// empty list.
func purposes(words string) []string {
	if words == "" {
		return nil
	}
	list := []string{}
	for word := range strings.FieldsSeq(words) {
		switch word {
		case "server":
			list = append(list, "1.3.6.1.5.5.7.3.1")
		case "client":
			list = append(list, "1.3.6.1.5.5.7.3.2")
		case "code":
			list = append(list, "1.3.6.1.5.5.7.3.3")
		case "mail":
			list = append(list, "1.3.6.1.5.5.7.3.4")
		case "time":
			list = append(list, "1.3.6.1.5.5.7.3.8")
		case "ocsp":
			list = append(list, "1.3.6.1.5.5.7.3.9")
		case "any":
			list = append(list, "2.5.29.37.0")
		}
	}
	return list
}

// encodeUsage encodes purposes as the SEQUENCE OF OBJECT IDENTIFIER that the
// extension and the property share.
func encodeUsage(words string) []byte {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, oid := range purposes(words) {
			b.AddASN1ObjectIdentifier(parseOID(oid))
		}
	})
	return b.BytesOrPanic()
}

func parseOID(dotted string) asn1.ObjectIdentifier {
	oid := asn1.ObjectIdentifier{}
	for part := range strings.SplitSeq(dotted, ".") {
		n := 0
		for _, digit := range part {
			n = 10*n + int(digit-'0')
		}
		oid = append(oid, n)
	}
	return oid
}

// utf16z encodes a string in UTF-16LE with a NUL at its end.
func utf16z(s string) []byte {
	b := []byte{}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return append(b, 0, 0)
}

// filetime encodes a time as a FILETIME: 100 ns since 1601, little-endian.
func filetime(t time.Time) []byte {
	const unixEpoch = 11_644_473_600 // seconds from 1601 to 1970
	return binary.LittleEndian.AppendUint64(nil, uint64(t.Unix()+unixEpoch)*10_000_000+uint64(t.Nanosecond()/100))
}

func friendlyName(name string) property { return property{11, utf16z(name)} }
func usageProperty(words string) property {
	return property{9, encodeUsage(words)}
}
func keyIdentifier(c *certificate) property { return property{20, c.keyID} }
func authRootSHA256(c *certificate) property {
	sum := sha256.Sum256(c.der)
	return property{98, sum[:]}
}
func disabledSince(t time.Time) property { return property{104, filetime(t)} }
func notBefore(t time.Time) property     { return property{126, filetime(t)} }
func archived() property                 { return property{19, nil} }

// hashProperties are those that the registry keeps beside the others: MD5 of
// the public key, SHA-1 and MD5 of the certificate.
func hashProperties(c *certificate) []property {
	key, thumbprint, md := md5.Sum(c.spki), sha1.Sum(c.der), md5.Sum(c.der)
	return []property{{25, key[:]}, {3, thumbprint[:]}, {4, md[:]}}
}

// keyProvInfo is property 2, which says where a certificate's private key is:
// CRYPT_KEY_PROV_INFO with offsets in place of pointers.
func keyProvInfo(container, provider string) property {
	name, prov := utf16z(container), utf16z(provider)
	const header = 28
	b := []byte{}
	for _, n := range []uint32{header, header + uint32(len(name)), 12 /* PROV_RSA_SCHANNEL */, 0x20 /* machine keyset */, 0, 0, 1 /* AT_KEYEXCHANGE */} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return property{2, append(append(b, name...), prov...)}
}
