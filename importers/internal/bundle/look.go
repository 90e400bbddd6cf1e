package bundle

import (
	"bytes"
	"path"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/internal/armour"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

// A Look is what the start of a file seems to hold.
type Look struct {
	// Kind is that of the first piece that is read: of a text with a private
	// key and then a certificate, the certificate's.
	Kind der.Kind
	// Embedded says that the piece is a PEM block with other text before it, so
	// that the file may be something else that quotes one.
	Embedded bool
}

// LookAt looks at the start of a file, or at all of it.
func LookAt(head []byte) Look {
	if kind := der.KindOf(head); kind != der.Unknown {
		return Look{Kind: kind}
	}
	text := armour.Parse(head)
	var look Look
	for i, b := range text.Blocks {
		kind := der.KindOf(b.Bytes)
		if kind == der.Unknown && strings.Contains(b.Label, "PRIVATE KEY") {
			kind = der.KindPrivateKey
		}
		if i == 0 { // byte order marks and blanks are no text
			look.Embedded = len(bytes.Trim(head[:b.Offset], "\xef\xbb\xbf\xff\xfe\x00 \t\r\n")) > 0
		}
		if look.Kind == der.Unknown {
			look.Kind = kind
		}
		switch kind {
		case der.KindCertificate, der.KindMessage, der.KindTrustList, der.KindCRL:
			look.Kind = kind
			return look
		}
	}
	return look
}

// IsCabinet reports whether a file begins as a cabinet does ([MS-CAB] 2.1).
func IsCabinet(head []byte) bool { return bytes.HasPrefix(head, []byte("MSCF\x00\x00\x00\x00")) }

// HasExtension reports whether a file's name ends in one of the extensions,
// without regard to case.
func HasExtension(name string, extensions ...string) bool {
	ext := strings.ToLower(path.Ext(name))
	for _, e := range extensions {
		if ext == e {
			return true
		}
	}
	return false
}
