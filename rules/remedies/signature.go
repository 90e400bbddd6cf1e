package remedies

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

// A signature is what is known of whether one certificate signed another.
type signature int

const (
	signatureUnknown signature = iota // one of them cannot be read, or the algorithm is not known
	signatureHolds
	signatureFails
)

// maxVerified bounds how many signatures are verified for a case; beyond that
// names and key identifiers decide.
const maxVerified = 20_000

// A verifier verifies signatures and remembers what it parsed.
type verifier struct {
	parsed map[[32]byte]*x509.Certificate // nil where crypto/x509 refuses it
	left   int
}

func newVerifier() *verifier {
	return &verifier{parsed: map[[32]byte]*x509.Certificate{}, left: maxVerified}
}

func (v *verifier) parse(c *evidence.Certificate) *x509.Certificate {
	p, ok := v.parsed[c.SHA256]
	if !ok {
		p, _ = c.X509() // what it refuses is judged by its names
		v.parsed[c.SHA256] = p
	}
	return p
}

// signed says whether parent's key made child's signature.
func (v *verifier) signed(parent, child *evidence.Certificate) signature {
	if v.left <= 0 {
		return signatureUnknown
	}
	p, c := v.parse(parent), v.parse(child)
	if p == nil || c == nil {
		return signatureUnknown
	}
	v.left--
	return verify(p, c)
}

// rsaHashes and ecdsaHashes say which digest an algorithm signs.
// Certificate.CheckSignatureFrom is of no use here: it refuses SHA-1 and MD5,
// which the hierarchies of the time are signed with.
var (
	rsaHashes = map[x509.SignatureAlgorithm]crypto.Hash{x509.MD5WithRSA: crypto.MD5, x509.SHA1WithRSA: crypto.SHA1,
		x509.SHA256WithRSA: crypto.SHA256, x509.SHA384WithRSA: crypto.SHA384, x509.SHA512WithRSA: crypto.SHA512}
	pssHashes = map[x509.SignatureAlgorithm]crypto.Hash{x509.SHA256WithRSAPSS: crypto.SHA256, x509.SHA384WithRSAPSS: crypto.SHA384,
		x509.SHA512WithRSAPSS: crypto.SHA512}
	ecdsaHashes = map[x509.SignatureAlgorithm]crypto.Hash{x509.ECDSAWithSHA1: crypto.SHA1, x509.ECDSAWithSHA256: crypto.SHA256,
		x509.ECDSAWithSHA384: crypto.SHA384, x509.ECDSAWithSHA512: crypto.SHA512}
)

func verify(parent, child *x509.Certificate) signature {
	alg := child.SignatureAlgorithm
	switch key := parent.PublicKey.(type) {
	case *rsa.PublicKey:
		if h, ok := rsaHashes[alg]; ok {
			return verdictOf(rsa.VerifyPKCS1v15(key, h, digest(h, child.RawTBSCertificate), child.Signature))
		}
		if h, ok := pssHashes[alg]; ok {
			return verdictOf(rsa.VerifyPSS(key, h, digest(h, child.RawTBSCertificate), child.Signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}))
		}
	case *ecdsa.PublicKey:
		if h, ok := ecdsaHashes[alg]; ok {
			return verdict(ecdsa.VerifyASN1(key, digest(h, child.RawTBSCertificate), child.Signature))
		}
	case ed25519.PublicKey:
		if alg == x509.PureEd25519 {
			return verdict(ed25519.Verify(key, child.RawTBSCertificate, child.Signature))
		}
	default:
		return signatureUnknown
	}
	if rsaHashes[alg] != 0 || pssHashes[alg] != 0 || ecdsaHashes[alg] != 0 || alg == x509.PureEd25519 {
		return signatureFails // the parent's key is of another kind
	}
	return signatureUnknown
}

func digest(h crypto.Hash, b []byte) []byte {
	d := h.New()
	d.Write(b)
	return d.Sum(nil)
}

func verdict(ok bool) signature {
	if ok {
		return signatureHolds
	}
	return signatureFails
}

// verdictOf takes only a failed verification for a wrong signature: crypto/rsa
// refuses short keys as well, which says nothing.
func verdictOf(err error) signature {
	switch {
	case err == nil:
		return signatureHolds
	case errors.Is(err, rsa.ErrVerification):
		return signatureFails
	}
	return signatureUnknown
}
