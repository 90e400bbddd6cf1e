// Package sst reads serialized certificate stores (.sst), which carry each
// certificate with its properties, and files that hold one serialized element
// without a file header. It owns the file's header and what becomes of each
// element; the stream itself is read by internal/certprop.
//
// A file is 00000000 "CERT", the elements, and 12 zero bytes ([MS-OSHARED]
// 2.3.9.1; CertSaveStore with CERT_STORE_SAVE_AS_STORE).
package sst

import (
	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/internal/bundle"
	"github.com/ctlaudit/ctlaudit/importers/internal/certprop"
)

// Format reads serialized stores.
var Format = &importers.Format{
	Name:       "sst",
	Extensions: []string{".sst", ".elem"},
	Doc: `serialized certificate store

Makes one, on every Windows from 2000 and Server 2003 on: mmc.exe, add the
snap-in Certificates for the computer account, open the store (Trusted Root
Certification Authorities, Certificates), select all certificates, then
All Tasks, Export, "Microsoft Serialized Certificate Store (.SST)". The wizard
offers it only when two or more certificates are selected.
From Windows 8 and Server 2012 on, in PowerShell:
    Get-ChildItem Cert:\LocalMachine\Root | Export-Certificate -Type SST -FilePath root.sst
Name the file after its store: root.sst, ca.sst, clientauthissuer.sst.
certutil -generateSSTFromWU roots.sst writes the roots of Microsoft's programme,
which is not what a computer trusts.

It is the only certificate file that carries the properties of a certificate,
such as the purposes that an administrator left to a root (property 9), so that
it answers which certificates are trusted for client authentication. It does
not say which store, and which physical store in it, it was exported from.`,
	Detect: detect,
	Import: importStore,
}

func detect(head []byte, name string) importers.Confidence {
	size := int64(-1)
	if len(head) < importers.DetectBytes {
		size = int64(len(head))
	}
	switch {
	case len(head) >= len(certprop.Magic) && string(head[:len(certprop.Magic)]) == certprop.Magic:
		return importers.Certain
	case certprop.LooksLikeElement(head, size):
		return importers.Likely
	case bundle.HasExtension(name, ".sst"):
		return importers.Maybe
	}
	return importers.No
}
