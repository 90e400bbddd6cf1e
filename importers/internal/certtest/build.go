package certtest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"unicode/utf16"
)

// TLV encodes an element with a definite length.
func TLV(tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	n := len(content)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, content...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, content...)
	case n < 0x10000:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, content...)
	}
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, content...)
}

// Indefinite encodes an element with an indefinite length.
func Indefinite(tag byte, parts ...[]byte) []byte {
	return bytes.Join([][]byte{{tag, 0x80}, bytes.Join(parts, nil), {0, 0}}, nil)
}

// OIDs of what the builders make, as elements.
var (
	OIDData       = TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"))
	OIDSignedData = TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"))
	OIDEnveloped  = TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"))
	OIDTrustList  = TLV(0x06, []byte("\x2b\x06\x01\x04\x01\x82\x37\x0a\x01"))
	oidCN         = TLV(0x06, []byte("\x55\x04\x03"))
	oidSHA256RSA  = TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"))
	oidRSA        = TLV(0x06, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"))
)

// Name encodes a name with a common name only.
func Name(cn string) []byte {
	return TLV(0x30, TLV(0x31, TLV(0x30, oidCN, TLV(0x0c, []byte(cn)))))
}

// Cert makes a certificate that crypto/x509 reads, with a made-up key and
// signature; it is self-issued if issuer is "". Extensions are encoded ones.
func Cert(subject, issuer string, extensions ...[]byte) []byte {
	return Sign(TBS(subject, issuer, extensions...))
}

// TBS makes the tbsCertificate of Cert.
func TBS(subject, issuer string, extensions ...[]byte) []byte {
	if issuer == "" {
		issuer = subject
	}
	modulus := bytes.Repeat([]byte{0xa5}, 128)
	key := TLV(0x30, TLV(0x02, []byte{0}, modulus), TLV(0x02, []byte{1, 0, 1}))
	fields := [][]byte{
		TLV(0xa0, TLV(0x02, []byte{2})), TLV(0x02, []byte{1, 2, 3}), algorithm(), Name(issuer),
		TLV(0x30, TLV(0x17, []byte("200102030405Z")), TLV(0x17, []byte("300102030405Z"))), Name(subject),
		TLV(0x30, TLV(0x30, oidRSA, TLV(0x05)), TLV(0x03, []byte{0}, key)),
	}
	if len(extensions) > 0 {
		fields = append(fields, TLV(0xa3, TLV(0x30, extensions...)))
	}
	return TLV(0x30, fields...)
}

func algorithm() []byte { return TLV(0x30, oidSHA256RSA, TLV(0x05)) }

// Sign wraps a made-up signature around a tbsCertificate or tbsCertList.
func Sign(tbs []byte) []byte {
	return TLV(0x30, tbs, algorithm(), TLV(0x03, append([]byte{0}, bytes.Repeat([]byte{0x5a}, 32)...)))
}

// Extension makes an extension; oid is the identifier's content.
func Extension(oid string, value []byte) []byte {
	return TLV(0x30, TLV(0x06, []byte(oid)), TLV(0x04, value))
}

// CRL makes a revocation list without entries.
func CRL(issuer string) []byte {
	return Sign(TLV(0x30, TLV(0x02, []byte{1}), algorithm(), Name(issuer), TLV(0x17, []byte("200102030405Z")), TLV(0x17, []byte("200202030405Z"))))
}

// Message makes a degenerate SignedData with certificates and CRLs.
func Message(certs, crls [][]byte) []byte {
	return TLV(0x30, OIDSignedData, TLV(0xa0, SignedData(TLV(0x30, OIDData), certs, crls)))
}

// SignedData makes a SignedData over a content info, without signers.
func SignedData(contentInfo []byte, certs, crls [][]byte) []byte {
	fields := [][]byte{TLV(0x02, []byte{1}), TLV(0x31), contentInfo}
	if certs != nil {
		fields = append(fields, TLV(0xa0, certs...))
	}
	if crls != nil {
		fields = append(fields, TLV(0xa1, crls...))
	}
	return TLV(0x30, append(fields, TLV(0x31))...)
}

// An Attribute is a property that a trust list gives a certificate.
type Attribute struct {
	ID    byte
	Value []byte
}

// Attr makes an Attribute.
func Attr(id byte, value []byte) Attribute { return Attribute{ID: id, Value: value} }

// TrustListEntry makes an entry of a trust list.
func TrustListEntry(digest []byte, attributes ...Attribute) []byte {
	var set [][]byte
	for _, a := range attributes {
		oid := append([]byte("\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b"), a.ID)
		set = append(set, TLV(0x30, TLV(0x06, oid), TLV(0x31, TLV(0x04, a.Value))))
	}
	return TLV(0x30, TLV(0x04, digest), TLV(0x31, set...))
}

// TrustListContent makes an encoded trust list.
func TrustListContent(entries ...[]byte) []byte {
	usage := TLV(0x06, []byte("\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x09"))
	sha1 := TLV(0x06, []byte("\x2b\x0e\x03\x02\x1a"))
	return TLV(0x30, TLV(0x30, usage), TLV(0x04, UTF16("List_1\x00", binary.LittleEndian)), TLV(0x02, []byte{0x14, 0x01, 0xab}),
		TLV(0x17, []byte("250616191900Z")), TLV(0x30, sha1, TLV(0x05)), TLV(0x30, entries...))
}

// TrustList makes a message over a trust list, with the certificates of its
// signer.
func TrustList(signers [][]byte, entries ...[]byte) []byte {
	info := TLV(0x30, OIDTrustList, TLV(0xa0, TrustListContent(entries...)))
	return TLV(0x30, OIDSignedData, TLV(0xa0, SignedData(info, signers, nil)))
}

// Entry makes an entry of a serialized store: id, encoding 1, size, value.
func Entry(id uint32, value []byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, id)
	b = binary.LittleEndian.AppendUint32(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}

// Store makes a serialized store of entries.
func Store(entries ...[]byte) []byte {
	return bytes.Join([][]byte{[]byte("\x00\x00\x00\x00CERT"), bytes.Join(entries, nil), make([]byte, 12)}, nil)
}

// PEM makes a block of text with the given line ends.
func PEM(label string, data []byte, newline string) []byte {
	var b bytes.Buffer
	b.WriteString("-----BEGIN " + label + "-----" + newline)
	b.Write(Base64(data, newline))
	b.WriteString("-----END " + label + "-----" + newline)
	return b.Bytes()
}

// Base64 makes lines of base64.
func Base64(data []byte, newline string) []byte {
	text := base64.StdEncoding.EncodeToString(data)
	var b bytes.Buffer
	for len(text) > 0 {
		n := min(64, len(text))
		b.WriteString(text[:n] + newline)
		text = text[n:]
	}
	return b.Bytes()
}

// UTF16 encodes text in UTF-16.
func UTF16(text string, order binary.AppendByteOrder) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return b
}
