package peers

import (
	"crypto"
	_ "crypto/md5" // linked for certificates of its time
	"crypto/rsa"
	"crypto/x509"
	"errors"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A Signature says whether one certificate is signed by the key of another.
type Signature string

// The results of checking a signature.
const (
	// Verified: the signature is of that key.
	Verified Signature = "verified"
	// Refuted: it is not, so the other is not the issuer although its name is.
	Refuted Signature = "refuted"
	// Unchecked: one of the two is refused by crypto/x509, or the algorithm is
	// not known to it.
	Unchecked Signature = "unchecked"
)

// check checks child's signature with parent's key. Algorithms that are weak
// count as any other: what is asked is who signed, and not whether that can be
// relied upon.
func check(child, parent *evidence.Certificate) Signature {
	c, err := child.X509()
	if err != nil {
		return Unchecked
	}
	p, err := parent.X509()
	if err != nil {
		return Unchecked
	}
	if c.SignatureAlgorithm == x509.MD5WithRSA {
		key, ok := p.PublicKey.(*rsa.PublicKey)
		if !ok {
			return Refuted
		}
		h := crypto.MD5.New()
		h.Write(c.RawTBSCertificate)
		if rsa.VerifyPKCS1v15(key, crypto.MD5, h.Sum(nil), c.Signature) != nil {
			return Refuted
		}
		return Verified
	}
	var insecure x509.InsecureAlgorithmError
	switch err := p.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature); {
	case err == nil:
		return Verified
	case errors.Is(err, x509.ErrUnsupportedAlgorithm), errors.As(err, &insecure):
		return Unchecked
	}
	return Refuted
}
