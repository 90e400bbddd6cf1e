package regfile

import (
	"bytes"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A placeKind says what a key is in a certificate store.
type placeKind int

const (
	elsewhere      placeKind = iota
	inCertificates           // …\STORE\Certificates\NAME
	inCRLs                   // …\STORE\CRLs\NAME
	inCTLs                   // …\STORE\CTLs\NAME
	inStore                  // …\STORE, or any other key below it
)

// String returns what stands in such a key.
func (k placeKind) String() string {
	return [...]string{"", "certificate", "CRL", "CTL", ""}[k]
}

// A place is where in a certificate store a key is.
type place struct {
	kind  placeKind
	name  string // of the key: it should be the thumbprint
	store evidence.Store
	// offline says that the path is none of a running Windows: a hive was
	// loaded under another name. wow64 says that the key is a 32-bit view.
	offline, wow64 bool
}

// storeNames are system stores in Windows' own spelling, by their fold; and the
// physical stores of Root that are system stores of their own in the registry.
var storeNames = map[string]evidence.Store{
	"root":             {Name: evidence.StoreRoot, Physical: evidence.PhysicalDefault},
	"authroot":         {Name: evidence.StoreRoot, Physical: evidence.PhysicalAuthRoot},
	"smartcardroot":    {Name: evidence.StoreRoot, Physical: evidence.PhysicalSmartCard},
	"ca":               {Name: evidence.StoreCA},
	"my":               {Name: evidence.StoreMy},
	"disallowed":       {Name: evidence.StoreDisallowed},
	"clientauthissuer": {Name: evidence.StoreClientAuthIssuer},
	"trustedpublisher": {Name: "TrustedPublisher"},
	"trustedpeople":    {Name: "TrustedPeople"},
	"request":          {Name: "Request"},
	"addressbook":      {Name: "AddressBook"},
	"trust":            {Name: "Trust"},
}

// placeOf returns the place of a key with stores above it, of which storesKey
// found the key that holds the stores.
func placeOf(path string, at int, enterprise bool) place {
	above := strings.Split(path[:at], `\`)
	segments := strings.Split(path[at+1:], `\`)[1:] // the store and what is below it
	if len(segments) == 0 {
		return place{}
	}
	p := place{kind: inStore}
	if len(segments) == 3 {
		switch {
		case strings.EqualFold(segments[1], "Certificates"):
			p.kind = inCertificates
		case strings.EqualFold(segments[1], "CRLs"):
			p.kind = inCRLs
		case strings.EqualFold(segments[1], "CTLs"):
			p.kind = inCTLs
		}
		p.name = segments[2]
	}
	store, known := storeNames[strings.ToLower(segments[0])]
	if !known {
		store.Name = segments[0]
	}
	store.Basis = evidence.StoreContent
	p.store = store
	policy := p.locate(above)
	switch {
	case policy:
		p.setPhysical(evidence.PhysicalGroupPolicy)
	case enterprise:
		p.setPhysical(evidence.PhysicalEnterprise)
	}
	return p
}

// setPhysical sets the physical store that policy or the directory adds to a
// system store. What they add to AuthRoot or SmartCardRoot stays a store of its
// own: it is not among the physical stores of Root.
func (p *place) setPhysical(physical string) {
	switch p.store.Physical {
	case evidence.PhysicalAuthRoot:
		p.store.Name = "AuthRoot"
	case evidence.PhysicalSmartCard:
		p.store.Name = "SmartCardRoot"
	}
	p.store.Physical = physical
}

// storesKey looks through the segments of a path and returns the place of the
// backslash before the last one that is SystemCertificates or
// EnterpriseCertificates, or -1: stores are below these, wherever they are. It
// also tells whether a segment is empty.
func storesKey(path []byte) (at int, enterprise, ragged bool) {
	const system, company = "SystemCertificates", "EnterpriseCertificates"
	at = -1
	for start := 0; ; {
		n := bytes.IndexByte(path[start:], '\\')
		segment := path[start:]
		if n >= 0 {
			segment = segment[:n]
		}
		switch len(segment) {
		case 0:
			ragged = true
		case len(system):
			if start > 0 && strings.EqualFold(string(segment), system) {
				at, enterprise = start-1, false
			}
		case len(company):
			if start > 0 && strings.EqualFold(string(segment), company) {
				at, enterprise = start-1, true
			}
		}
		if n < 0 {
			return at, enterprise, ragged
		}
		start += n + 1
	}
}

// locate sets the store's location by the path above the stores' key, and
// reports whether it is a policy's. It reads the path from its end, since a
// hive may be loaded anywhere.
func (p *place) locate(above []string) (policy bool) {
	service := ""
	if n := len(above); n >= 3 && strings.EqualFold(above[n-2], "Services") && strings.EqualFold(above[n-3], "Cryptography") {
		service = above[n-1]
		above = above[:n-3]
	}
	take := func(name string) bool {
		n := len(above)
		if n == 0 || !strings.EqualFold(above[n-1], name) {
			return false
		}
		above = above[:n-1]
		return true
	}
	microsoft := take("Microsoft")
	policy = take("Policies")
	p.wow64 = take("Wow6432Node")
	software := take("SOFTWARE")
	usual := microsoft && software
	root := strings.ToUpper(above[0])
	switch {
	case root == "HKEY_CURRENT_USER":
		p.store.Location = evidence.CurrentUser
		p.offline = !usual || len(above) != 1
	case root == "HKEY_USERS" && len(above) > 1:
		p.store.Location = `Users\` + above[1]
		p.offline = !usual || len(above) != 2
	case root == "HKEY_LOCAL_MACHINE" && usual && len(above) == 2:
		// A hive with a key SOFTWARE is a user's.
		p.store.Location = `Users\` + above[1]
		p.offline = true
	default:
		p.store.Location = evidence.LocalMachine
		p.offline = !usual || len(above) != 1 || root != "HKEY_LOCAL_MACHINE"
	}
	if service != "" {
		p.store.Location = `Services\` + service
	}
	return policy
}
