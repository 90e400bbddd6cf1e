package peers

import (
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/stores"
)

// PeerOf returns a host as a client: it offers the certificates of its machine
// store My, and brings those of its machine stores My and CA to build chains
// with. A host of which no certificate of My was exported offers none.
func PeerOf(host string, s *stores.View) Peer {
	p := Peer{Name: host}
	my := s.Get(evidence.LocalMachine, evidence.StoreMy)
	p.Offers = my.Occurrences
	switch {
	case len(p.Offers) > 0:
	case my.Collected():
		p.NoOffer = "its store My was exported and holds no certificate"
	default:
		p.NoOffer = "no export of its store My was read"
	}
	p.Certificates = append(p.Certificates, p.Offers...)
	p.Certificates = append(p.Certificates, s.Get(evidence.LocalMachine, evidence.StoreCA).Occurrences...)
	return p
}
