package main

import (
	"crypto"
	_ "crypto/md5" // linked for certificates of its time
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	_ "crypto/sha512" // linked for SHA-384
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// A certificate is one made here or taken from the bundle of public roots,
// with what the writers need to know of it.
type certificate struct {
	der     []byte
	subject []byte // the encoded name, tag and length included
	spki    []byte // SubjectPublicKeyInfo
	keyID   []byte // subject key identifier
	hasEKU  bool
	eku     []string // of its extension, dotted
	cn      string
	text    string // the name as CertNameToStr writes it
	expires time.Time
	tbs     []byte // of one made here
}

// thumbprint is the SHA-1 in upper-case hex, as Windows shows it.
func (c *certificate) thumbprint() string {
	sum := sha1.Sum(c.der)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// A request says what certificate to make. Everything that could vary is
// stated or follows from the rest, so that the same request always gives the
// same bytes.
type request struct {
	subject string // see encodeName
	issuer  string // "" for a self-issued certificate
	key     string // the subject's key in the keyring
	signer  string // the issuer's key, "" for the subject's own
	from    string // 2006-01-02, at midnight UTC
	to      string
	hash    string // md5, sha1, sha256 (also ""), sha384
	v1      bool   // no extensions
	leaf    bool   // not a certification authority
	serial  []byte // the INTEGER's content; nil for one that follows from the rest
	eku     string // purposes for an extension, see purposes
	dns     []string
}

var (
	oidRSA          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidSubjectKeyID = asn1.ObjectIdentifier{2, 5, 29, 14}
	oidKeyUsage     = asn1.ObjectIdentifier{2, 5, 29, 15}
	oidAltName      = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidConstraints  = asn1.ObjectIdentifier{2, 5, 29, 19}
	oidAuthorityKey = asn1.ObjectIdentifier{2, 5, 29, 35}
	oidExtKeyUsage  = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// make makes a certificate. It encodes it itself rather than with crypto/x509,
// which neither writes everything that real stores hold (negative serials, MD5,
// TeletexString, version 1) nor promises the same bytes in its next version.
func (keys keyring) make(r request) (*certificate, error) {
	key := keys[r.key]
	if key == nil {
		return nil, fmt.Errorf("%q: no key %q", r.subject, r.key)
	}
	signer := key
	if r.signer != "" {
		if signer = keys[r.signer]; signer == nil {
			return nil, fmt.Errorf("%q: no key %q", r.subject, r.signer)
		}
	}
	subject, err := encodeName(r.subject)
	if err != nil {
		return nil, err
	}
	issuer := subject
	if r.issuer != "" {
		if issuer, err = encodeName(r.issuer); err != nil {
			return nil, err
		}
	}
	tbs, err := encodeTBS(r, subject, issuer, &key.PublicKey, &signer.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", r.subject, err)
	}
	der, err := sign(tbs, r.hash, signer)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", r.subject, err)
	}
	c := &certificate{der: der, tbs: tbs, subject: subject, hasEKU: r.eku != "", eku: purposes(r.eku), cn: commonName(r.subject)}
	if c.expires, err = time.Parse(time.DateOnly, r.to); err != nil {
		return nil, err
	}
	c.spki, c.keyID = encodeSPKI(&key.PublicKey)
	return c, nil
}

func commonName(subject string) string {
	_, cn, _ := strings.Cut(subject[strings.LastIndex(subject, "|")+1:], "=")
	return cn
}

func encodeTBS(r request, subject, issuer []byte, key, signer *rsa.PublicKey) ([]byte, error) {
	from, err := time.Parse(time.DateOnly, r.from)
	if err != nil {
		return nil, err
	}
	to, err := time.Parse(time.DateOnly, r.to)
	if err != nil {
		return nil, err
	}
	_, alg, err := algorithm(r.hash)
	if err != nil {
		return nil, err
	}
	serial := r.serial
	if serial == nil {
		sum := sha256.Sum256([]byte(r.subject + "\x00" + r.issuer + "\x00" + r.key + "\x00" + r.from))
		serial = sum[:16]
		serial[0] = serial[0]&0x3F | 0x40 // positive, and of a fixed length
	}
	spki, keyID := encodeSPKI(key)
	_, signerID := encodeSPKI(signer)
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if !r.v1 {
			b.AddASN1(cbasn1.Tag(0).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) { b.AddASN1Int64(2) })
		}
		b.AddASN1(cbasn1.INTEGER, func(b *cryptobyte.Builder) { b.AddBytes(serial) })
		addAlgorithm(b, alg)
		b.AddBytes(issuer)
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			addTime(b, from)
			addTime(b, to)
		})
		b.AddBytes(subject)
		b.AddBytes(spki)
		if !r.v1 {
			b.AddASN1(cbasn1.Tag(3).Constructed().ContextSpecific(), func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { addExtensions(b, r, keyID, signerID) })
			})
		}
	})
	return b.Bytes()
}

func addExtensions(b *cryptobyte.Builder, r request, keyID, signerID []byte) {
	usage := []byte{3, 2, 1, 0x06} // keyCertSign, cRLSign
	if r.leaf {
		usage = []byte{3, 2, 5, 0xA0} // digitalSignature, keyEncipherment
	}
	addExtension(b, oidKeyUsage, !r.leaf, func(b *cryptobyte.Builder) { b.AddBytes(usage) })
	if !r.leaf {
		addExtension(b, oidConstraints, true, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Boolean(true) })
		})
	}
	addExtension(b, oidSubjectKeyID, false, func(b *cryptobyte.Builder) { b.AddASN1OctetString(keyID) })
	if r.issuer != "" {
		addExtension(b, oidAuthorityKey, false, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(signerID) })
			})
		})
	}
	if r.eku != "" {
		addExtension(b, oidExtKeyUsage, false, func(b *cryptobyte.Builder) { b.AddBytes(encodeUsage(r.eku)) })
	}
	if len(r.dns) > 0 {
		addExtension(b, oidAltName, false, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				for _, name := range r.dns {
					b.AddASN1(cbasn1.Tag(2).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes([]byte(name)) })
				}
			})
		})
	}
}

func addExtension(b *cryptobyte.Builder, oid asn1.ObjectIdentifier, critical bool, value cryptobyte.BuilderContinuation) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		if critical {
			b.AddASN1Boolean(true)
		}
		b.AddASN1(cbasn1.OCTET_STRING, value)
	})
}

// addTime adds a UTCTime, and a GeneralizedTime from 2050 on (RFC 5280, 4.1.2.5).
func addTime(b *cryptobyte.Builder, t time.Time) {
	if t.Year() < 2050 {
		b.AddASN1UTCTime(t)
	} else {
		b.AddASN1GeneralizedTime(t)
	}
}

func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		b.AddASN1NULL()
	})
}

// encodeSPKI returns the SubjectPublicKeyInfo and the key identifier, the SHA-1
// of the key's bits (RFC 5280, 4.2.1.2).
func encodeSPKI(key *rsa.PublicKey) (spki, keyID []byte) {
	bits := x509.MarshalPKCS1PublicKey(key)
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		addAlgorithm(b, oidRSA)
		b.AddASN1BitString(bits)
	})
	sum := sha1.Sum(bits)
	return b.BytesOrPanic(), sum[:]
}

func algorithm(hash string) (crypto.Hash, asn1.ObjectIdentifier, error) {
	last, h := 0, crypto.Hash(0)
	switch hash {
	case "md5":
		last, h = 4, crypto.MD5
	case "sha1":
		last, h = 5, crypto.SHA1
	case "", "sha256":
		last, h = 11, crypto.SHA256
	case "sha384":
		last, h = 12, crypto.SHA384
	default:
		return 0, nil, fmt.Errorf("no signature with %q", hash)
	}
	return h, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, last}, nil
}

// sign wraps a tbsCertificate into a Certificate. PKCS #1 v1.5 signatures need
// no randomness, so that they come out the same each time.
func sign(tbs []byte, hash string, key *rsa.PrivateKey) ([]byte, error) {
	h, alg, err := algorithm(hash)
	if err != nil {
		return nil, err
	}
	digest := h.New()
	digest.Write(tbs)
	signature, err := rsa.SignPKCS1v15(nil, key, h, digest.Sum(nil))
	if err != nil {
		return nil, err
	}
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(tbs)
		addAlgorithm(b, alg)
		b.AddASN1BitString(signature)
	})
	return b.Bytes()
}
