package der

import (
	"math/bits"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// signatureNames are the signature algorithms by the content bytes of their
// identifiers, in crypto/x509's spelling where that has one.
var signatureNames = map[string]string{
	"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02": "MD2-RSA",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03": "MD4-RSA",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04": "MD5-RSA",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05": "SHA1-RSA",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b": "SHA256-RSA",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c": "SHA384-RSA",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d": "SHA512-RSA",
	"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e": "SHA224-RSA",
	"\x2b\x0e\x03\x02\x03":                 "MD5-RSA",  // 1.3.14.3.2.3, OIW
	"\x2b\x0e\x03\x02\x02":                 "MD4-RSA",  // 1.3.14.3.2.2, OIW
	"\x2b\x0e\x03\x02\x0f":                 "SHA-RSA",  // 1.3.14.3.2.15, OIW
	"\x2b\x0e\x03\x02\x1d":                 "SHA1-RSA", // 1.3.14.3.2.29, OIW
	"\x2b\x0e\x03\x02\x0d":                 "DSA-SHA",  // 1.3.14.3.2.13, OIW
	"\x2b\x0e\x03\x02\x1b":                 "DSA-SHA1", // 1.3.14.3.2.27, OIW
	"\x2a\x86\x48\xce\x38\x04\x03":         "DSA-SHA1",
	"\x60\x86\x48\x01\x65\x03\x04\x03\x01": "DSA-SHA224",
	"\x60\x86\x48\x01\x65\x03\x04\x03\x02": "DSA-SHA256",
	"\x2a\x86\x48\xce\x3d\x04\x01":         "ECDSA-SHA1",
	"\x2a\x86\x48\xce\x3d\x04\x03\x01":     "ECDSA-SHA224",
	"\x2a\x86\x48\xce\x3d\x04\x03\x02":     "ECDSA-SHA256",
	"\x2a\x86\x48\xce\x3d\x04\x03\x03":     "ECDSA-SHA384",
	"\x2a\x86\x48\xce\x3d\x04\x03\x04":     "ECDSA-SHA512",
	"\x60\x86\x48\x01\x65\x03\x04\x03\x0a": "ECDSA-SHA3-256",
	"\x60\x86\x48\x01\x65\x03\x04\x03\x0e": "SHA3-256-RSA",
	"\x2b\x65\x70":                         "Ed25519",
	"\x2b\x65\x71":                         "Ed448",
	"\x60\x86\x48\x01\x65\x03\x04\x03\x11": "ML-DSA-44",
	"\x60\x86\x48\x01\x65\x03\x04\x03\x12": "ML-DSA-65",
	"\x60\x86\x48\x01\x65\x03\x04\x03\x13": "ML-DSA-87",
}

const oidRSAPSS = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"

// hashNames are the digests that RSASSA-PSS names in its parameters.
var hashNames = map[string]string{
	"\x2b\x0e\x03\x02\x1a":                 "SHA1",
	"\x60\x86\x48\x01\x65\x03\x04\x02\x01": "SHA256",
	"\x60\x86\x48\x01\x65\x03\x04\x02\x02": "SHA384",
	"\x60\x86\x48\x01\x65\x03\x04\x02\x03": "SHA512",
	"\x60\x86\x48\x01\x65\x03\x04\x02\x04": "SHA224",
}

// signatureAlgorithm names an AlgorithmIdentifier; "" means that it has none.
func signatureAlgorithm(algorithm Element) string {
	inside := algorithm.Inside()
	oid, ok := inside.Take(TagOID)
	if !ok {
		return ""
	}
	if string(oid.Content) == oidRSAPSS {
		if hash := pssHash(&inside); hash != "" {
			return hash + "-RSAPSS"
		}
	}
	if name, ok := signatureNames[string(oid.Content)]; ok {
		return name
	}
	text, _ := evidence.OIDText(oid.Content)
	return text
}

// pssHash names the digest of RSASSA-PSS parameters; SHA-1 is their default
// (RFC 4055, 3.1), and "" means that it is not a known one.
func pssHash(inside *Cursor) string {
	parameters, ok := inside.Take(TagSequence)
	if !ok {
		return "SHA1"
	}
	fields := parameters.Inside()
	tagged, ok := fields.Take(TagContext0)
	if !ok {
		return "SHA1"
	}
	hash := tagged.Inside()
	algorithm, _ := hash.Take(TagSequence)
	parts := algorithm.Inside()
	oid, _ := parts.Take(TagOID)
	return hashNames[string(oid.Content)]
}

// The algorithms of public keys, by the content bytes of their identifiers.
const (
	oidKeyRSA     = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
	oidKeyX500RSA = "\x55\x08\x01\x01"
	oidKeyEC      = "\x2a\x86\x48\xce\x3d\x02\x01"
	oidKeyDSA     = "\x2a\x86\x48\xce\x38\x04\x01"
	oidKeyOIWDSA  = "\x2b\x0e\x03\x02\x0c"
	oidKeyEd25519 = "\x2b\x65\x70"
	oidKeyEd448   = "\x2b\x65\x71"
)

// curveBits are the field sizes of named curves.
var curveBits = map[string]int{
	"\x2a\x86\x48\xce\x3d\x03\x01\x01":     192, // prime192v1
	"\x2b\x81\x04\x00\x21":                 224, // secp224r1
	"\x2a\x86\x48\xce\x3d\x03\x01\x07":     256, // prime256v1
	"\x2b\x81\x04\x00\x0a":                 256, // secp256k1
	"\x2b\x81\x04\x00\x22":                 384, // secp384r1
	"\x2b\x81\x04\x00\x23":                 521, // secp521r1
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x01": 160, // brainpoolP160r1
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x03": 192,
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x05": 224,
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x07": 256,
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x08": 256, // brainpoolP256t1
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x09": 320,
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x0b": 384,
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x0c": 384, // brainpoolP384t1
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x0d": 512,
	"\x2b\x24\x03\x03\x02\x08\x01\x01\x0e": 512, // brainpoolP512t1
}

// publicKey names the algorithm of a SubjectPublicKeyInfo and gives its size.
func publicKey(info Element) (name string, size int) {
	inside := info.Inside()
	algorithm, ok := inside.Take(TagSequence)
	if !ok {
		return "", 0
	}
	key, _ := inside.Take(TagBitString)
	parts := algorithm.Inside()
	oid, ok := parts.Take(TagOID)
	if !ok {
		return "", 0
	}
	switch string(oid.Content) {
	case oidKeyRSA, oidKeyX500RSA, oidRSAPSS:
		return "RSA", modulusBits(key.Content)
	case oidKeyEC:
		return "ECDSA", fieldBits(&parts)
	case oidKeyDSA, oidKeyOIWDSA:
		domain, _ := parts.Take(TagSequence)
		numbers := domain.Inside()
		p, _ := numbers.Take(TagInteger)
		return "DSA", bitLen(p.Content)
	case oidKeyEd25519:
		return "Ed25519", 256
	case oidKeyEd448:
		return "1.3.101.113", 448
	}
	name, _ = evidence.OIDText(oid.Content)
	return name, 0
}

// modulusBits gives the size of an RSAPublicKey in a BIT STRING's content.
func modulusBits(content []byte) int {
	if len(content) == 0 {
		return 0
	}
	key, ok := read(content[1:], 0)
	if !ok || key.Tag != TagSequence {
		return 0
	}
	inside := key.Inside()
	n, ok := inside.Take(TagInteger)
	if !ok || n.Cut {
		return 0
	}
	return bitLen(n.Content)
}

// fieldBits gives the field size of ECParameters: a named curve, or explicit
// parameters over a prime field (RFC 3279, 2.3.5).
func fieldBits(parts *Cursor) int {
	if curve, ok := parts.Take(TagOID); ok {
		return curveBits[string(curve.Content)]
	}
	explicit, ok := parts.Take(TagSequence)
	if !ok {
		return 0
	}
	fields := explicit.Inside()
	fields.Take(TagInteger)
	field, _ := fields.Take(TagSequence)
	inside := field.Inside()
	inside.Take(TagOID)
	p, _ := inside.Take(TagInteger)
	return bitLen(p.Content)
}

// bitLen gives the size of an INTEGER taken as unsigned.
func bitLen(content []byte) int {
	for len(content) > 0 && content[0] == 0 {
		content = content[1:]
	}
	if len(content) == 0 {
		return 0
	}
	return 8*(len(content)-1) + bits.Len8(content[0])
}
