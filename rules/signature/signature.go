// Package signature says whether the key of one certificate made the signature
// of another. It asks who signed, and not whether that can be relied upon: weak
// algorithms count as any other. What crypto/x509 cannot read, and keys and
// algorithms that Go refuses to use, leave it unchecked; only a verification
// that was made and failed refutes.
package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"

	// The digests that signatures are made over, the broken ones included: a
	// root is known by them and not trusted for them.
	_ "crypto/md5"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A Result says whether one certificate is signed by the key of another.
type Result string

// The results of checking a signature.
const (
	// Verified: the signature is of that key.
	Verified Result = "verified"
	// Refuted: it is not, so the other is not the issuer although its name is.
	Refuted Result = "refuted"
	// Unchecked: one of the two is refused by crypto/x509, or Go does not know
	// the algorithm or refuses the key.
	Unchecked Result = "unchecked"
)

// Check checks child's signature with parent's key. It parses both.
func Check(child, parent *evidence.Certificate) Result {
	c, err := child.X509()
	if err != nil {
		return Unchecked
	}
	p, err := parent.X509()
	if err != nil {
		return Unchecked
	}
	return CheckParsed(c, p)
}

// The digest that each algorithm signs. Certificate.CheckSignatureFrom is of no
// use here: it refuses SHA-1 and MD5, which the hierarchies of the time are
// signed with.
var (
	rsaHashes = map[x509.SignatureAlgorithm]crypto.Hash{x509.MD5WithRSA: crypto.MD5, x509.SHA1WithRSA: crypto.SHA1,
		x509.SHA256WithRSA: crypto.SHA256, x509.SHA384WithRSA: crypto.SHA384, x509.SHA512WithRSA: crypto.SHA512}
	pssHashes = map[x509.SignatureAlgorithm]crypto.Hash{x509.SHA256WithRSAPSS: crypto.SHA256, x509.SHA384WithRSAPSS: crypto.SHA384,
		x509.SHA512WithRSAPSS: crypto.SHA512}
	ecdsaHashes = map[x509.SignatureAlgorithm]crypto.Hash{x509.ECDSAWithSHA1: crypto.SHA1, x509.ECDSAWithSHA256: crypto.SHA256,
		x509.ECDSAWithSHA384: crypto.SHA384, x509.ECDSAWithSHA512: crypto.SHA512}
)

// CheckParsed is Check for certificates that were parsed before.
func CheckParsed(child, parent *x509.Certificate) Result {
	alg := child.SignatureAlgorithm
	switch key := parent.PublicKey.(type) {
	case *rsa.PublicKey:
		if h, ok := rsaHashes[alg]; ok {
			return resultOf(rsa.VerifyPKCS1v15(key, h, digest(h, child.RawTBSCertificate), child.Signature))
		}
		if h, ok := pssHashes[alg]; ok {
			return resultOf(rsa.VerifyPSS(key, h, digest(h, child.RawTBSCertificate), child.Signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}))
		}
	case *ecdsa.PublicKey:
		if h, ok := ecdsaHashes[alg]; ok {
			return result(ecdsa.VerifyASN1(key, digest(h, child.RawTBSCertificate), child.Signature))
		}
	case ed25519.PublicKey:
		if alg == x509.PureEd25519 {
			return result(ed25519.Verify(key, child.RawTBSCertificate, child.Signature))
		}
	default:
		return Unchecked
	}
	if rsaHashes[alg] != 0 || pssHashes[alg] != 0 || ecdsaHashes[alg] != 0 || alg == x509.PureEd25519 {
		return Refuted // the parent's key is of another kind
	}
	return Unchecked
}

func digest(h crypto.Hash, b []byte) []byte {
	d := h.New()
	d.Write(b)
	return d.Sum(nil)
}

func result(ok bool) Result {
	if ok {
		return Verified
	}
	return Refuted
}

// resultOf takes only a failed verification for a wrong signature: crypto/rsa
// refuses short keys as well, which says nothing.
func resultOf(err error) Result {
	switch {
	case err == nil:
		return Verified
	case errors.Is(err, rsa.ErrVerification):
		return Refuted
	}
	return Unchecked
}
