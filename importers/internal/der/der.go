// Package der reads certificates, revocation lists and signed messages from
// their encoding, leniently: it walks over the elements itself, tolerates every
// form of length that BER knows, and keeps what it finds where something else
// is wrong. It decodes what an inventory needs and verifies no signature.
//
// The structures are those of X.509 (RFC 5280) and CMS (RFC 5652); the encoding
// is X.690.
package der

import (
	"crypto/sha1"
	"crypto/x509"
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// ParseCertificate returns what a certificate says of itself. It keeps raw,
// whose SHA-256 is sum. It always returns a certificate: Parse says how much of
// it could be read. raw should end with the certificate, since the thumbprint
// is over all of it; see Outer.
func ParseCertificate(raw []byte, sum [32]byte) *evidence.Certificate {
	c := &evidence.Certificate{Raw: raw, SHA256: sum, SHA1: sha1.Sum(raw)}
	note := walkCertificate(c)
	_, err := x509.ParseCertificate(raw)
	switch {
	case c.SubjectDER == nil:
		c.Parse = evidence.ParseFailed
		c.ParseNote = note
	case err == nil:
		c.Parse = evidence.ParsedStrict
	default:
		c.Parse = evidence.ParsedLenient
		c.ParseNote = err.Error()
		if note != "" {
			c.ParseNote += "; " + note
		}
	}
	return c
}

// walkCertificate fills c from its encoding. It returns a remark, which says
// what was wanted where the subject could not be found.
func walkCertificate(c *evidence.Certificate) (note string) {
	outer, ok := read(c.Raw, 0)
	switch {
	case len(c.Raw) == 0:
		return "there is no byte"
	case !ok || outer.Tag != TagSequence:
		return fmt.Sprintf("wanted a SEQUENCE; it begins with %x", c.Raw[:min(len(c.Raw), 8)])
	case outer.Cut && outer.Claimed == 0:
		return fmt.Sprintf("the certificate is cut: %d bytes are there and its end is not", len(c.Raw))
	case outer.Cut:
		return fmt.Sprintf("the certificate is cut: it claims %d bytes and %d are there", outer.Claimed, len(c.Raw))
	}
	inside := outer.Inside()
	tbs := outer
	var signature Element
	switch inside.Peek() {
	case TagContext0, TagInteger:
		c.Bare = true
	case TagSequence:
		if tbs, ok = inside.Next(); !ok {
			return "wanted a tbsCertificate; its length cannot be read"
		}
		signature, _ = inside.Take(TagSequence)
	default:
		return "wanted a tbsCertificate inside the SEQUENCE"
	}
	if note = walkTBS(c, tbs, signature); note != "" {
		return note
	}
	if n := len(c.Raw) - len(outer.Raw); n > 0 {
		return fmt.Sprintf("%d bytes follow the certificate", n)
	}
	return ""
}

// walkTBS reads the fields of a tbsCertificate; signature is the outer
// algorithm, if there is one.
func walkTBS(c *evidence.Certificate, tbs, signature Element) (note string) {
	fields := tbs.Inside()
	version := 1
	if v, ok := fields.Take(TagContext0); ok {
		version = versionOf(v)
	}
	serial, ok := fields.Take(TagInteger)
	if !ok || serial.Cut {
		return "wanted a serial number (INTEGER)"
	}
	algorithm, ok := fields.Take(TagSequence)
	if !ok || algorithm.Cut {
		return "wanted a signature algorithm behind the serial number"
	}
	issuer, ok := fields.Take(TagSequence)
	if !ok || issuer.Cut {
		return "wanted an issuer behind the signature algorithm"
	}
	validity, ok := fields.Take(TagSequence)
	if !ok || validity.Cut {
		return "wanted a validity behind the issuer"
	}
	subject, ok := fields.Take(TagSequence)
	if !ok || subject.Cut {
		return "wanted a subject behind the validity"
	}
	c.Version, c.Serial = version, serial.Content
	c.IssuerDER, c.SubjectDER = issuer.Raw, subject.Raw
	c.Subject = NameText(subject.Raw)
	if c.Issuer = c.Subject; !c.SelfIssued() {
		c.Issuer = NameText(issuer.Raw)
	}
	times := validity.Inside()
	c.NotBefore, _ = takeTime(&times)
	c.NotAfter, _ = takeTime(&times)
	if signature.Tag == 0 {
		signature = algorithm
	}
	c.SignatureAlgorithm = signatureAlgorithm(signature)
	if key, ok := fields.Take(TagSequence); ok {
		c.KeyAlgorithm, c.KeyBits = publicKey(key)
	}
	for {
		field, ok := fields.Next()
		if !ok {
			return ""
		}
		if field.Tag == TagContext3 {
			walkExtensions(c, field)
		}
	}
}

func versionOf(field Element) int {
	inside := field.Inside()
	v, ok := inside.Take(TagInteger)
	if !ok || len(v.Content) != 1 || v.Content[0] > 2 {
		return 0
	}
	return int(v.Content[0]) + 1
}
