package main

import (
	"cmp"
	"fmt"
	"slices"
)

// vectors gives the same certificates in every format, and certificates that
// not every parser reads.
func vectors(keys keyring) ([]file, error) {
	m := maker{keys: keys}
	public, err := publicRoots()
	if err != nil {
		return nil, err
	}
	certs := []*certificate{
		m.make(request{subject: contosoIssuing, issuer: contosoRoot, key: "issuing", signer: "contoso", from: "2022-04-04", to: "2032-04-04"}),
	}
	for _, made := range contosoMadeUp() {
		e, err := made.element(keys)
		if err != nil {
			return nil, err
		}
		switch e.cert.cn {
		case "Litware Partner Root CA", // two of one name
			"Tailspin Toys Class 2 Public Primary Certification Authority",      // version 1, 1024 bits, MD5
			"Alpine Ski House Wurzelzertifizierungsstelle für Geschäftspartner", // UTF8String
			"Stammzertifizierungsstelle für Vertragshändler":                    // TeletexString
			certs = append(certs, e.cert)
		}
	}
	// One with a key on a curve, one with 4096 bits, one without a common name.
	for _, cn := range []string{"ISRG Root X2", "ISRG Root X1", "certSIGN ROOT CA G2"} {
		c, err := named(public, cn)
		if err != nil {
			return nil, err
		}
		certs = append(certs, c)
	}
	negative := m.make(request{subject: "O=First Up Consultants|CN=Root with a negative serial number", key: "legacy", from: "2012-05-21", to: "2037-05-21", serial: []byte{0x80, 0x01}})
	bare := m.make(request{subject: "O=First Up Consultants|CN=Root without a signature", key: "legacy", from: "2012-05-21", to: "2037-05-21"})
	if m.err != nil {
		return nil, m.err
	}
	bare.der = bare.tbs
	// By thumbprint, which is the order that the registry forces.
	slices.SortFunc(certs, func(a, b *certificate) int { return cmp.Compare(a.thumbprint(), b.thumbprint()) })
	plain, blobs := []element{}, []element{}
	for _, c := range certs {
		plain, blobs = append(plain, exported(c)), append(blobs, registered(c))
	}
	files := []file{
		{"vectors/same.sst", serializedStore(plain)},
		{"vectors/same.p7b", pkcs7(certs)},
		{"vectors/same.pem.p7b", pkcs7PEM(certs)},
		{"vectors/same.reg", regFile(storeKeys(storesKey, "ROOT", blobs))},
		{"vectors/negative-serial.sst", serializedStore([]element{exported(negative)})},
		{"vectors/bare-tbs.sst", serializedStore([]element{exported(bare)})},
	}
	for i, c := range certs {
		files = append(files, file{fmt.Sprintf("vectors/same/%02d.cer", i+1), c.der})
	}
	return files, nil
}
