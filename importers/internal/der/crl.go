package der

import "time"

// A CRL is what a certificate revocation list says of itself.
type CRL struct {
	// IssuerDER is the encoded name and Issuer its text.
	IssuerDER []byte
	Issuer    string
	// ThisUpdate and NextUpdate are zero where they are absent or unreadable.
	ThisUpdate, NextUpdate time.Time
}

// ParseCRL reads a CertificateList, or a tbsCertList that no signature is
// wrapped around (RFC 5280, 5.1). It reports whether the issuer was found. A
// list that is cut is read as far as it goes.
func ParseCRL(raw []byte) (CRL, bool) {
	outer, ok := read(raw, 0)
	if !ok || outer.Tag != TagSequence {
		return CRL{}, false
	}
	fields := outer.Inside()
	if first := fields; first.Peek() == TagSequence {
		// A bare list of version 1 begins with an algorithm, a whole one with
		// the tbsCertList.
		inner, _ := first.Next()
		if tbs := inner.Inside(); tbs.Peek() != TagOID {
			fields = tbs
		}
	}
	fields.Take(TagInteger)
	if _, ok := fields.Take(TagSequence); !ok {
		return CRL{}, false
	}
	issuer, ok := fields.Take(TagSequence)
	if !ok || issuer.Cut {
		return CRL{}, false
	}
	if tag := fields.Peek(); tag != TagUTCTime && tag != TagGenTime {
		return CRL{}, false
	}
	crl := CRL{IssuerDER: issuer.Raw, Issuer: NameText(issuer.Raw)}
	crl.ThisUpdate, _ = takeTime(&fields)
	crl.NextUpdate, _ = takeTime(&fields)
	return crl, true
}
