// Package ctl reads certificate trust lists of their own (.stl): the signed
// lists of certificate digests that Microsoft publishes, such as authroot.stl
// and disallowedcert.stl. It owns how such a file is recognised, and the
// refusal of the cabinet files they come in; internal/bundle and
// internal/trustlist read it.
//
// A CTL is not the list that Schannel sends, which KB 2464556 calls by the same
// name.
package ctl

import (
	"context"
	"path"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/bundle"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

// Format reads certificate trust lists.
var Format = &importers.Format{
	Name:       "ctl",
	Extensions: []string{".stl", ".ctl"},
	Doc: `certificate trust list

Windows fetches Microsoft's lists as authrootstl.cab and disallowedcertstl.cab.
From Windows 7 and Server 2008 R2 with KB 2813430 on,
    certutil -syncWithWU FOLDER
writes authroot.stl, disallowedcert.stl and the cabinets into a folder. A
cabinet is unpacked, on every Windows, by
    expand authrootstl.cab authroot.stl

It proves what Microsoft's programme says of each root, by its thumbprint: for
which purposes, and whether it is disabled. It does not prove what a computer
has in its stores, and the certificates in it, which signed it, are listed and
never counted.`,
	Detect: detect,
	Import: func(ctx context.Context, in *importers.Input, to evidence.Sink) error {
		return bundle.Import(ctx, in, to, "ctl-", false)
	},
}

func detect(head []byte, name string) importers.Confidence {
	switch {
	case bundle.IsCabinet(head):
		// A cabinet may hold anything: only one called as Microsoft calls those
		// of its lists is claimed, to be refused with the way to unpack it.
		if n := strings.ToLower(path.Base(name)); strings.Contains(n, "authroot") || strings.Contains(n, "disallowedcert") || strings.Contains(n, "stl") {
			return importers.Certain
		}
		return importers.No
	case bundle.LookAt(head).Kind == der.KindTrustList:
		return importers.Certain
	case bundle.HasExtension(name, ".stl"):
		return importers.Maybe
	}
	return importers.No
}
