// Package certfile reads files of single certificates (.cer, .crt, .der, .pem):
// one or more, binary one behind the other or as base64 in a text. It owns how
// such a file is recognised, PKCS#12 files (.pfx) included, which are refused;
// internal/bundle reads it.
//
// The structures are those of RFC 5280, the text is that of RFC 7468.
package certfile

import (
	"context"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/bundle"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

// Format reads files of certificates.
var Format = &importers.Format{
	Name:       "certfile",
	Extensions: []string{".cer", ".crt", ".der", ".pem", ".pfx", ".p12"},
	Doc: `certificate file

Makes one, on every Windows from 2000 and Server 2003 on: mmc.exe, add the
snap-in Certificates for the computer account, open the store, select one
certificate, then All Tasks, Export, "DER encoded binary X.509 (.CER)" or
"Base-64 encoded X.509 (.CER)".
On every Windows that has certutil (Vista and Server 2008 on, and Server 2003):
    certutil -store Root THUMBPRINT root.cer
From Windows 8 and Server 2012 on, in PowerShell:
    Get-Item Cert:\LocalMachine\Root\THUMBPRINT | Export-Certificate -Type CERT -FilePath root.cer
Other systems write bundles of PEM blocks, which are read too.

It proves what a certificate says of itself. It does not prove that a store
holds it: a single certificate is listed and never counted unless its name says
which store it is from. It carries no properties.
A .pfx file is refused: it holds private keys, which an audit does not need.`,
	Detect: detect,
	Import: func(ctx context.Context, in *importers.Input, to evidence.Sink) error {
		return bundle.Import(ctx, in, to, "certfile-", true)
	},
}

func detect(head []byte, name string) importers.Confidence {
	look := bundle.LookAt(head)
	named := bundle.HasExtension(name, ".cer", ".crt", ".der", ".pem", ".cert", ".crl", ".pfx", ".p12")
	switch look.Kind {
	case der.KindCertificate, der.KindCRL:
		if look.Embedded && !named {
			return importers.Likely
		}
		return importers.Certain
	case der.KindPFX:
		return importers.Certain
	case der.KindMessage, der.KindTrustList:
		return importers.No
	}
	if named {
		return importers.Maybe
	}
	return importers.No
}
