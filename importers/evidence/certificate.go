package evidence

import (
	"crypto/x509"
	"encoding/hex"
	"strings"
	"time"
)

// A ParseResult says which reader could read a certificate.
type ParseResult string

// The results of reading a certificate.
const (
	ParsedStrict  ParseResult = "strict"  // crypto/x509 reads it too
	ParsedLenient ParseResult = "lenient" // crypto/x509 refuses it; the lenient walk reads it
	ParseFailed   ParseResult = "failed"  // not even its subject can be found
)

// A Certificate is what a certificate says of itself. It is shared by all its
// occurrences in all hosts and is never changed once it is made.
type Certificate struct {
	// Raw is the DER as it was exported.
	Raw []byte
	// SHA1 is the thumbprint, SHA256 the fingerprint, both over Raw.
	SHA1   [20]byte
	SHA256 [32]byte
	// Parse says which reader could read it, ParseNote why the others could not.
	Parse     ParseResult
	ParseNote string
	// Bare marks a tbsCertificate that no signature is wrapped around.
	Bare bool
	// Version is 1, 2 or 3, or 0 where it could not be read.
	Version int
	// SubjectDER and IssuerDER are the encoded names, tag and length included;
	// they are nil where they could not be found.
	SubjectDER, IssuerDER []byte
	// Subject and Issuer are the names in the manner of RFC 2253.
	Subject, Issuer string
	// Serial is the INTEGER's content as encoded, leading zeros included.
	Serial []byte
	// NotBefore and NotAfter are zero where they could not be read.
	NotBefore, NotAfter time.Time
	// KeyAlgorithm is RSA, ECDSA, DSA, Ed25519 or a dotted OID; KeyBits is the
	// modulus or field size in bits, 0 if unknown.
	KeyAlgorithm string
	KeyBits      int
	// SignatureAlgorithm is a name such as SHA256-RSA, or a dotted OID.
	SignatureAlgorithm string
	// HasEKU says that there is an extended key usage extension; EKU holds its
	// object identifiers, dotted, and is nil where the extension can't be read.
	HasEKU bool
	EKU    []string
	// HasBasicConstraints and CA are of the basic constraints extension.
	HasBasicConstraints bool
	CA                  bool
	// SubjectKeyID and AuthorityKeyID are the key identifiers, nil if absent.
	SubjectKeyID, AuthorityKeyID []byte
	// DNSNames are the DNS names of the subject alternative name extension.
	DNSNames []string
}

// Thumbprint returns the SHA-1 in upper-case hex, as Windows shows it.
func (c *Certificate) Thumbprint() string {
	return strings.ToUpper(hex.EncodeToString(c.SHA1[:]))
}

// SelfIssued reports whether subject and issuer are the same bytes. This is
// the test that Microsoft documents for a root certificate (KB 2802568); it
// does not prove that the certificate is signed by its own key.
func (c *Certificate) SelfIssued() bool {
	return len(c.SubjectDER) > 0 && string(c.SubjectDER) == string(c.IssuerDER)
}

// X509 parses the certificate with crypto/x509. It returns the parser's own
// error where that refuses it. Each call parses anew.
func (c *Certificate) X509() (*x509.Certificate, error) { return x509.ParseCertificate(c.Raw) }

// A PropID identifies a certificate property: CERT_*_PROP_ID of wincrypt.h.
type PropID uint32

// The properties that are judged. All others are kept by number.
const (
	PropKeyProvInfo    PropID = 2   // CERT_KEY_PROV_INFO_PROP_ID
	PropSHA1           PropID = 3   // CERT_SHA1_HASH_PROP_ID
	PropEnhKeyUsage    PropID = 9   // CERT_ENHKEY_USAGE_PROP_ID: a DER SEQUENCE OF OID
	PropFriendlyName   PropID = 11  // CERT_FRIENDLY_NAME_PROP_ID: UTF-16LE, NUL-terminated
	PropArchived       PropID = 19  // CERT_ARCHIVED_PROP_ID: its presence is its meaning
	PropDateStamp      PropID = 27  // CERT_DATE_STAMP_PROP_ID: FILETIME
	PropRootPolicies   PropID = 83  // CERT_ROOT_PROGRAM_CERT_POLICIES_PROP_ID
	PropAuthRootSHA256 PropID = 98  // CERT_AUTH_ROOT_SHA256_HASH_PROP_ID
	PropSendAsTrusted  PropID = 102 // CERT_SEND_AS_TRUSTED_ISSUER_PROP_ID: a boolean
	PropDisabled       PropID = 104 // CERT_DISALLOWED_FILETIME_PROP_ID: FILETIME; empty means for ever
	PropChainPolicies  PropID = 105 // CERT_ROOT_PROGRAM_CHAIN_POLICIES_PROP_ID
	PropDisallowedEKU  PropID = 122 // CERT_DISALLOWED_ENHKEY_USAGE_PROP_ID
	PropNotBefore      PropID = 126 // CERT_NOT_BEFORE_FILETIME_PROP_ID
	PropNotBeforeEKU   PropID = 127 // CERT_NOT_BEFORE_ENHKEY_USAGE_PROP_ID
)

// A Property is one serialized property of a certificate.
type Property struct {
	ID    PropID
	Value []byte
}

// An Occurrence is one certificate in one place of one source. The same
// certificate exported twice gives two occurrences.
type Occurrence struct {
	Where Location
	Store Store
	*Certificate
	// Properties are in the order of the file.
	Properties []Property
	// CanCarry says that the format can carry properties, so that a property
	// that is not there is absent and not merely unknown.
	CanCarry bool
	// KeyName is the name of the registry key that holds the certificate's
	// Blob, "" in other formats. It should be the thumbprint.
	KeyName string
}

// Kind implements Record.
func (o *Occurrence) Kind() Kind { return KindCertificate }

// At implements Record.
func (o *Occurrence) At() Location { return o.Where }

// Property returns the value of the first property with that id, and whether
// there is one; the value may be empty.
func (o *Occurrence) Property(id PropID) ([]byte, bool) {
	for _, p := range o.Properties {
		if p.ID == id {
			return p.Value, true
		}
	}
	return nil, false
}

// FriendlyName returns the friendly name property, or "".
func (o *Occurrence) FriendlyName() string {
	v, _ := o.Property(PropFriendlyName)
	return UTF16Text(v)
}

// A RevocationList is one CRL of a source.
type RevocationList struct {
	Where  Location
	Store  Store
	SHA1   [20]byte
	Issuer string
	// ThisUpdate and NextUpdate are zero where they could not be read.
	ThisUpdate, NextUpdate time.Time
}

// Kind implements Record.
func (r *RevocationList) Kind() Kind { return KindRevocationList }

// At implements Record.
func (r *RevocationList) At() Location { return r.Where }

// A TrustList is a certificate trust list (CTL): a signed list of certificates
// that are named by their digests, such as authroot.stl. It is not the trusted
// issuer list that Schannel sends, which KB 2464556 calls by the same name.
type TrustList struct {
	Where  Location
	Store  Store
	SHA1   [20]byte
	Usage  []string // object identifiers, dotted
	ListID string
	// Sequence is the sequence number in hex.
	Sequence               string
	ThisUpdate, NextUpdate time.Time
	Entries                []TrustListEntry
}

// A TrustListEntry is one certificate of a trust list.
type TrustListEntry struct {
	// SubjectID is the certificate's digest: SHA-1 in Microsoft's lists.
	SubjectID []byte
	// Attributes are the properties that the list gives the certificate
	// (object identifiers 1.3.6.1.4.1.311.10.11.N).
	Attributes []Property
}

// Kind implements Record.
func (t *TrustList) Kind() Kind { return KindTrustList }

// At implements Record.
func (t *TrustList) At() Location { return t.Where }
