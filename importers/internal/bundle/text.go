package bundle

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

// textBlock reads one block of a text. What it holds is told by its content;
// the label only says which blocks hold something else.
func (r *reader) textBlock() error {
	b := r.block
	where := r.at(0, 0)
	if strings.Contains(b.Label, "PRIVATE KEY") {
		r.privateKey(where)
		return nil
	}
	kind := der.KindOf(b.Bytes)
	if kind == der.Unknown && !holdsFacts(b.Label) {
		r.other(where, fmt.Sprintf("a block with the label %q", b.Label))
		return nil
	}
	if b.Bad > 0 {
		where.Line = b.Bad
		r.Diagnose("bad-base64", evidence.Warning, true, where, "the base64 of a block is damaged",
			fmt.Sprintf("line %d has %q where base64 was wanted; what came before it in the block was kept", b.Bad, b.BadText))
		where.Line = b.Line
	}
	n, err := 0, error(nil)
	if len(b.Bytes) > 0 {
		if n, err = r.piece(b.Bytes, kind, 0); err != nil {
			return err
		}
	}
	if n > 0 {
		r.behind(b.Bytes[n:], kind, where)
	}
	switch empty := len(b.Bytes) == 0 && b.Bad == 0; {
	case b.Open && b.Label != "" && (n > 0 || empty):
		r.Diagnose("no-end-line", evidence.Warning, empty, where, fmt.Sprintf("the block %q has no END line", b.Label),
			"the text ends, or another block begins, before it; what stands in the block was read")
	case empty:
		r.Diagnose("empty-block", evidence.Warning, true, where, fmt.Sprintf("the block %q is empty", b.Label),
			"wanted base64 between its BEGIN and END lines")
	}
	return nil
}

// holdsFacts reports whether a block with this label should hold something that
// is read.
func holdsFacts(label string) bool {
	switch label {
	case "", "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7", "PKCS #7 SIGNED DATA", "CMS", "X509 CRL", "CERTIFICATE LIST":
		return true
	}
	return false
}

// behind tells of bytes in a block behind what was read of it.
func (r *reader) behind(rest []byte, kind der.Kind, where evidence.Location) {
	switch {
	case len(rest) == 0:
	case kind == der.KindCertificate && r.block.Label == "TRUSTED CERTIFICATE":
		r.Diagnose("openssl-trust", evidence.Note, false, where, "OpenSSL's trust settings behind a certificate were passed over",
			fmt.Sprintf("%d bytes; Windows does not know them", len(rest)))
	default:
		next := der.KindOf(rest)
		r.Diagnose("trailing-bytes", evidence.Warning, next != der.Unknown, where, fmt.Sprintf("%d bytes follow the %s of a block", len(rest), kind),
			beginning(rest, next)+"they were not read")
	}
}
