package remedies

import (
	"crypto/x509"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/signature"
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
func (v *verifier) signed(parent, child *evidence.Certificate) signature.Result {
	if v.left <= 0 {
		return signature.Unchecked
	}
	p, c := v.parse(parent), v.parse(child)
	if p == nil || c == nil {
		return signature.Unchecked
	}
	v.left--
	return signature.CheckParsed(c, p)
}
