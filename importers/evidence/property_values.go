package evidence

import (
	"encoding/binary"
	"math/big"
	"strconv"
	"time"
)

// OIDs decodes a DER SEQUENCE OF OBJECT IDENTIFIER, the value of the properties
// 9, 105, 122 and 127 and of an extended key usage extension, into dotted
// identifiers. It reports false where the bytes are anything else; an empty
// SEQUENCE gives an empty list and true, which means something else. What
// follows the SEQUENCE is ignored, as CryptDecodeObject does.
func OIDs(der []byte) ([]string, bool) {
	body, _, ok := element(der, 0x30)
	if !ok {
		return nil, false
	}
	list := []string{}
	for len(body) > 0 {
		var oid []byte
		if oid, body, ok = element(body, 0x06); !ok {
			return nil, false
		}
		text, ok := OIDText(oid)
		if !ok {
			return nil, false
		}
		list = append(list, text)
	}
	return list, true
}

// element cuts b behind its first element, which must have the given
// single-byte tag and a definite length.
func element(b []byte, tag byte) (content, rest []byte, ok bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, nil, false
	}
	n, b := int(b[1]), b[2:]
	if n >= 0x80 {
		digits := n & 0x7f
		if digits == 0 || digits > 4 || digits > len(b) {
			return nil, nil, false
		}
		n = 0
		for _, d := range b[:digits] {
			n = n<<8 | int(d)
		}
		b = b[digits:]
	}
	if n < 0 || n > len(b) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

// OIDText returns the dotted form of an OBJECT IDENTIFIER's content bytes, and
// whether they are one (X.690, 8.19). Arcs may be of any size.
func OIDText(content []byte) (string, bool) {
	if len(content) == 0 || content[len(content)-1]&0x80 != 0 {
		return "", false
	}
	text := make([]byte, 0, 3*len(content)+2)
	first := true
	for len(content) > 0 {
		if content[0] == 0x80 {
			return "", false // a padded arc: two encodings of one identifier
		}
		n := 0
		for content[n]&0x80 != 0 {
			n++
		}
		arc := content[:n+1]
		content = content[n+1:]
		if len(arc) > 9 {
			text = appendBigArc(text, arc, first)
			first = false
			continue
		}
		v := uint64(0)
		for _, d := range arc {
			v = v<<7 | uint64(d&0x7f)
		}
		if first {
			root := min(v/40, 2)
			text = strconv.AppendUint(text, root, 10)
			v -= 40 * root
			first = false
		}
		text = append(text, '.')
		text = strconv.AppendUint(text, v, 10)
	}
	return string(text), true
}

func appendBigArc(text, arc []byte, first bool) []byte {
	v := new(big.Int)
	for _, d := range arc {
		v.Lsh(v, 7)
		v.Or(v, big.NewInt(int64(d&0x7f)))
	}
	if first {
		text = append(text, '2')
		v.Sub(v, big.NewInt(80))
	}
	text = append(text, '.')
	return v.Append(text, 10)
}

// fileTimeUnix is the FILETIME of 1970-01-01, in units of 100 ns.
const fileTimeUnix = 116_444_736_000_000_000

// FileTime decodes a FILETIME, eight bytes that count 100 ns from 1601-01-01 in
// little-endian order, into UTC. It reports false for any other length and for
// years after 9999, which no report can show. The properties 27, 104, 126 and
// 128 hold one; 104 may be empty, which means "for ever" (wincrypt.h).
func FileTime(b []byte) (time.Time, bool) {
	if len(b) != 8 {
		return time.Time{}, false
	}
	n := binary.LittleEndian.Uint64(b)
	if n > 1<<62 { // beyond this the year has five digits anyway
		return time.Time{}, false
	}
	since := int64(n) - fileTimeUnix
	secs, ticks := since/10_000_000, since%10_000_000
	t := time.Unix(secs, 100*ticks).UTC()
	return t, t.Year() <= 9999
}

// String returns the name of wincrypt.h without CERT_ and _PROP_ID, such as
// FRIENDLY_NAME, or "prop 200" for a number without a name.
func (id PropID) String() string {
	if s, ok := propNames[id]; ok {
		return s
	}
	return "prop " + strconv.FormatUint(uint64(id), 10)
}

// propNames are the identifiers 1 to 129 of wincrypt.h; 32 to 35 are those of
// the elements of a serialized store.
var propNames = map[PropID]string{
	1: "KEY_PROV_HANDLE", 2: "KEY_PROV_INFO", 3: "SHA1_HASH", 4: "MD5_HASH", 5: "KEY_CONTEXT",
	6: "KEY_SPEC", 7: "IE30_RESERVED", 8: "PUBKEY_HASH_RESERVED", 9: "ENHKEY_USAGE",
	10: "NEXT_UPDATE_LOCATION", 11: "FRIENDLY_NAME", 12: "PVK_FILE", 13: "DESCRIPTION",
	14: "ACCESS_STATE", 15: "SIGNATURE_HASH", 16: "SMART_CARD_DATA", 17: "EFS", 18: "FORTEZZA_DATA",
	19: "ARCHIVED", 20: "KEY_IDENTIFIER", 21: "AUTO_ENROLL", 22: "PUBKEY_ALG_PARA",
	23: "CROSS_CERT_DIST_POINTS", 24: "ISSUER_PUBLIC_KEY_MD5_HASH", 25: "SUBJECT_PUBLIC_KEY_MD5_HASH",
	26: "ENROLLMENT", 27: "DATE_STAMP", 28: "ISSUER_SERIAL_NUMBER_MD5_HASH",
	29: "SUBJECT_NAME_MD5_HASH", 30: "EXTENDED_ERROR_INFO",
	32: "CERT", 33: "CRL", 34: "CTL", 35: "KEYID",
	64: "RENEWAL", 65: "ARCHIVED_KEY_HASH", 66: "AUTO_ENROLL_RETRY", 67: "AIA_URL_RETRIEVED",
	68: "AUTHORITY_INFO_ACCESS", 69: "BACKED_UP", 70: "OCSP_RESPONSE", 71: "REQUEST_ORIGINATOR",
	72: "SOURCE_LOCATION", 73: "SOURCE_URL", 74: "NEW_KEY", 75: "OCSP_CACHE_PREFIX",
	76: "SMART_CARD_ROOT_INFO", 77: "NO_AUTO_EXPIRE_CHECK", 78: "NCRYPT_KEY_HANDLE",
	79: "HCRYPTPROV_OR_NCRYPT_KEY_HANDLE", 80: "SUBJECT_INFO_ACCESS",
	81: "CA_OCSP_AUTHORITY_INFO_ACCESS", 82: "CA_DISABLE_CRL", 83: "ROOT_PROGRAM_CERT_POLICIES",
	84: "ROOT_PROGRAM_NAME_CONSTRAINTS", 85: "SUBJECT_OCSP_AUTHORITY_INFO_ACCESS",
	86: "SUBJECT_DISABLE_CRL", 87: "CEP", 89: "SIGN_HASH_CNG_ALG", 90: "SCARD_PIN_ID",
	91: "SCARD_PIN_INFO", 92: "SUBJECT_PUB_KEY_BIT_LENGTH", 93: "PUB_KEY_CNG_ALG_BIT_LENGTH",
	94: "ISSUER_PUB_KEY_BIT_LENGTH", 95: "ISSUER_CHAIN_SIGN_HASH_CNG_ALG",
	96: "ISSUER_CHAIN_PUB_KEY_CNG_ALG_BIT_LENGTH", 97: "NO_EXPIRE_NOTIFICATION",
	98: "AUTH_ROOT_SHA256_HASH", 99: "NCRYPT_KEY_HANDLE_TRANSFER", 100: "HCRYPTPROV_TRANSFER",
	101: "SMART_CARD_READER", 102: "SEND_AS_TRUSTED_ISSUER", 103: "KEY_REPAIR_ATTEMPTED",
	104: "DISALLOWED_FILETIME", 105: "ROOT_PROGRAM_CHAIN_POLICIES",
	106: "SMART_CARD_READER_NON_REMOVABLE", 107: "SHA256_HASH", 108: "SCEP_SERVER_CERTS",
	109: "SCEP_RA_SIGNATURE_CERT", 110: "SCEP_RA_ENCRYPTION_CERT", 111: "SCEP_CA_CERT",
	112: "SCEP_SIGNER_CERT", 113: "SCEP_NONCE", 114: "SCEP_ENCRYPT_HASH_CNG_ALG", 115: "SCEP_FLAGS",
	116: "SCEP_GUID", 117: "SERIALIZABLE_KEY_CONTEXT", 118: "ISOLATED_KEY", 119: "SERIAL_CHAIN",
	120: "KEY_CLASSIFICATION", 121: "OCSP_MUST_STAPLE", 122: "DISALLOWED_ENHKEY_USAGE",
	123: "NONCOMPLIANT_ROOT_URL", 124: "PIN_SHA256_HASH", 125: "CLR_DELETE_KEY",
	126: "NOT_BEFORE_FILETIME", 127: "NOT_BEFORE_ENHKEY_USAGE", 128: "DISALLOWED_CA_FILETIME",
	129: "SHA1_SHA256_HASH",
}
