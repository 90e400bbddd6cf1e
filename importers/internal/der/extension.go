package der

import (
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// The extensions that are read, by the content bytes of their identifiers.
const (
	oidSubjectKeyID     = "\x55\x1d\x0e"
	oidSubjectAltName   = "\x55\x1d\x11"
	oidBasicConstraints = "\x55\x1d\x13"
	oidAuthorityKeyID   = "\x55\x1d\x23"
	oidExtKeyUsage      = "\x55\x1d\x25"
)

// walkExtensions reads the extensions of a certificate. Of two with the same
// identifier the first holds, as CertFindExtension has it.
func walkExtensions(c *evidence.Certificate, field Element) {
	inside := field.Inside()
	list, ok := inside.Take(TagSequence)
	if !ok {
		return
	}
	extensions := list.Inside()
	for {
		extension, ok := extensions.Take(TagSequence)
		if !ok {
			return
		}
		parts := extension.Inside()
		oid, ok := parts.Take(TagOID)
		if !ok {
			continue
		}
		parts.Take(TagBoolean)
		if value, ok := parts.Take(TagOctetString); ok {
			walkExtension(c, string(oid.Content), value.Content)
		}
	}
}

func walkExtension(c *evidence.Certificate, oid string, value []byte) {
	switch oid {
	case oidExtKeyUsage:
		if !c.HasEKU {
			c.HasEKU = true
			c.EKU, _ = evidence.OIDs(value)
		}
	case oidBasicConstraints:
		if !c.HasBasicConstraints {
			c.HasBasicConstraints = true
			c.CA = isCA(value)
		}
	case oidSubjectKeyID:
		if id, ok := read(value, 0); ok && id.Tag == TagOctetString && !id.Cut && c.SubjectKeyID == nil {
			c.SubjectKeyID = id.Content
		}
	case oidAuthorityKeyID:
		if c.AuthorityKeyID == nil {
			c.AuthorityKeyID = keyIDOf(value)
		}
	case oidSubjectAltName:
		if c.DNSNames == nil {
			c.DNSNames = dnsNames(value)
		}
	}
}

func isCA(value []byte) bool {
	list, ok := read(value, 0)
	if !ok || list.Tag != TagSequence {
		return false
	}
	inside := list.Inside()
	ca, ok := inside.Take(TagBoolean)
	return ok && len(ca.Content) == 1 && ca.Content[0] != 0
}

// keyIDOf returns the keyIdentifier of an AuthorityKeyIdentifier.
func keyIDOf(value []byte) []byte {
	list, ok := read(value, 0)
	if !ok || list.Tag != TagSequence {
		return nil
	}
	const keyIdentifier = 0x80 // [0], primitive
	inside := list.Inside()
	if id, ok := inside.Take(keyIdentifier); ok && !id.Cut {
		return id.Content
	}
	return nil
}

func dnsNames(value []byte) []string {
	list, ok := read(value, 0)
	if !ok || list.Tag != TagSequence {
		return nil
	}
	const dNSName = 0x82 // [2], primitive
	var names []string
	inside := list.Inside()
	for {
		name, ok := inside.Next()
		if !ok {
			return names
		}
		if name.Tag == dNSName && !name.Cut {
			names = append(names, strings.ToValidUTF8(string(name.Content), "\uFFFD"))
		}
	}
}
