// Package samples holds made-up exports of Windows machines: whole cases that
// fail in known ways, one that is in order, files with one defect each, and the
// same certificates in several formats. Tests read them, and the program shows
// itself on them.
//
// The folder gen writes the exports again, byte for byte. README.md says of
// each file how it was made and what it shows. Nothing here comes from a real
// machine: the public roots are those of golang.org/x/crypto/x509roots, and
// everything else is invented.
package samples

import "embed"

// FS holds the sample folders: contoso, fabrikam and northwind are exports of
// one host each, in a folder called like the host.
//
//go:embed broken contoso fabrikam northwind vectors
var FS embed.FS

// What contoso/uc01/root.sst adds up to, computed by the generator from the
// certificates as it made them. A name counts as its encoded subject with a
// length of two bytes in front; names are the same if their bytes are.
const (
	ContosoElements     = 173 // certificates in the file
	ContosoCertificates = 172 // distinct ones
	ContosoSubjects     = 171 // distinct names

	ContosoWire         = 20873 // bytes of names over distinct certificates
	ContosoWireDistinct = 20736 // bytes over distinct names

	// Those trusted for client authentication up to Windows Server 2008 R2:
	// not archived, and allowed it by property, extension, or both.
	ContosoClientAuthSubjects = 155
	ContosoClientAuthWire     = 18861
	// Bytes of these that only certificates have which had expired when the
	// logs were exported, on 19 October 2026.
	ContosoClientAuthExpired = 564
)

// What contoso/uc01/system.csv and application.csv hold.
const (
	ContosoTruncations = 126 // Schannel 36885
	ContosoAlerts47    = 44  // Schannel 36887 with alert 47
	ContosoRootsAdded  = 70  // CAPI2 4097
)
