// Package p7b reads PKCS#7 certificate bundles (.p7b, .p7c, .spc) and other
// signed messages that carry certificates, binary or as base64. It owns how
// such a file is recognised; internal/bundle reads it.
//
// The structure is SignedData of PKCS#7 1.5 (RFC 2315) and CMS (RFC 5652), in
// DER or BER.
package p7b

import (
	"context"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/bundle"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

// Format reads PKCS#7 bundles.
var Format = &importers.Format{
	Name:       "p7b",
	Extensions: []string{".p7b", ".p7c", ".p7s", ".spc"},
	Doc: `PKCS#7 certificate bundle

Makes one, on every Windows from 2000 and Server 2003 on: mmc.exe, add the
snap-in Certificates for the computer account, open the store, select all
certificates, then All Tasks, Export, "Cryptographic Message Syntax Standard -
PKCS #7 Certificates (.P7B)".
From Windows 8 and Server 2012 on, in PowerShell:
    Get-ChildItem Cert:\LocalMachine\Root | Export-Certificate -Type P7B -FilePath root.p7b
Name the file after its store: root.p7b, ca.p7b.

It proves which certificates were exported and how long their names are. It
carries no properties: whether a certificate is trusted for client
authentication on that computer, archived, or disabled cannot be told from it.
Export an .sst, or the registry (reg export
HKLM\SOFTWARE\Microsoft\SystemCertificates certs.reg), where that matters.`,
	Detect: detect,
	Import: func(ctx context.Context, in *importers.Input, to evidence.Sink) error {
		return bundle.Import(ctx, in, to, "p7b-", false)
	},
}

func detect(head []byte, name string) importers.Confidence {
	look := bundle.LookAt(head)
	named := bundle.HasExtension(name, ".p7b", ".p7c", ".p7m", ".p7s", ".p7", ".spc")
	switch {
	case look.Kind == der.KindTrustList:
		return importers.Likely // the format ctl is surer of these
	case look.Kind == der.KindMessage && look.Embedded && !named:
		return importers.Likely
	case look.Kind == der.KindMessage:
		return importers.Certain
	case look.Kind == der.Unknown && named:
		return importers.Maybe
	}
	return importers.No
}
