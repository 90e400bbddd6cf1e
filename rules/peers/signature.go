package peers

import "github.com/ctlaudit/ctlaudit/rules/signature"

// A Signature says whether one certificate is signed by the key of another.
type Signature = signature.Result

// The results of checking a signature, as package signature explains them.
const (
	Verified  = signature.Verified
	Refuted   = signature.Refuted
	Unchecked = signature.Unchecked
)
