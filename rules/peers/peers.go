// Package peers answers whether a TLS peer finds its issuer in the trusted
// issuer list of a host, so that its certificate is offered and accepted; and
// whether a list that a peer really saw is the one that was computed.
//
// A Windows client that is to choose a certificate takes one whose chain names
// a listed issuer: the issuer of any element of its first simple chain is
// compared with the list, byte for byte (CertFindChainInStore with
// CERT_CHAIN_FIND_BY_ISSUER; wincrypt.h). From Windows Server 2012 on the server
// too "requires that the client certificate is issued by a certificate in the
// Trusted Issuers list" (What's new in TLS/SSL, ClientAuthTrustMode 0).
//
// The package reads no file and sends nothing; it judges what the trusted issuer
// list holds by package issuerlist. It does not validate chains: expiry,
// revocation, purposes and name constraints of a peer's certificate are noted or
// left to others.
package peers

import (
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/stores"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// A Verdict says what becomes of a peer's certificate at a list.
type Verdict string

// The verdicts. Since the order in which Schannel writes the names is not
// documented, In and Cut say only what holds in whichever order is simulated.
const (
	// In: an issuer of the chain is in the list, and the list fits within the
	// limit even at its greatest size.
	In Verdict = "in"
	// AtRisk: an issuer of the chain is expected in the list, and whether it is
	// sent depends on what cannot be known: the order where the list is over
	// the limit, the size where the verdict on it is only likely or unknown,
	// whether a list is sent, or whether a certificate counts.
	AtRisk Verdict = "at risk"
	// Cut: the issuer belongs in the list and what is sent leaves it out. Either
	// the list is over the limit and the name ends beyond it in both simulated
	// orders, even when it and all before it are counted least; or no list of
	// the limit holds the name; or from 2012 on Root is mixed and sends
	// certificates of CAs only.
	Cut Verdict = "cut"
	// NotInStore: no issuer of the whole chain stands in the store that feeds
	// the list with a purpose that allows client authentication. A certificate
	// of the same name and another key does not count: the client would offer
	// its certificate and the server could not verify it.
	NotInStore Verdict = "not in store"
	// NoList: no list is sent, so the client chooses without one. It is said
	// only where an issuer of the chain stands in the store, or where that
	// could not be told; a chain that is certainly not in the store is refused
	// without a list too, and is NotInStore.
	NoList Verdict = "no list sent"
	// Unknown: the store was not collected or not read whole, or a certificate
	// of the chain was not given, so that an absence proves nothing.
	Unknown Verdict = "unknown"
)

// Verdicts returns all verdicts, the best first.
func Verdicts() []Verdict { return []Verdict{In, NoList, AtRisk, Unknown, Cut, NotInStore} }

// Good reports whether nothing speaks against the peer: its issuer is in the
// list, or no list restricts it.
func (v Verdict) Good() bool { return v == In || v == NoList }

// rank orders verdicts, the best first.
func (v Verdict) rank() int {
	for i, w := range Verdicts() {
		if v == w {
			return i
		}
	}
	return len(Verdicts())
}

// A Server is a host that asks for client certificates.
type Server struct {
	Host    string
	Lists   []*issuerlist.List
	Stores  *stores.View
	Version windows.Version
	// Registry is asked for ClientAuthTrustMode.
	Registry *evidence.Registry
	// AsOf is the date of the judgement: a certificate that has expired is
	// noted.
	AsOf issuerlist.Date
}

// alwaysHurts reports whether a list that is too long does harm even where it
// is not sent (Windows 8 and Server 2012, KB 2880390).
func (s *Server) alwaysHurts() bool {
	return s.Version.Profile != nil && s.Version.Profile.Family == "8"
}

// trustMode returns ClientAuthTrustMode, 0 where it is absent or unknown; no
// Windows before 8 and Server 2012 reads it.
func (s *Server) trustMode() uint32 {
	if s.Registry == nil || s.Version.Profile != nil && !s.Version.Profile.Since2012() {
		return 0
	}
	return windows.DWord(s.Registry, windows.SchannelKey(s.Registry), "ClientAuthTrustMode").Number
}

// A Peer is one that connects, with the certificates it was given with.
type Peer struct {
	// Name is what reports call the peer.
	Name string
	// Offers are those that it may offer, such as those of its My store; where
	// it is empty, they are found among Certificates.
	Offers []*evidence.Occurrence
	// Certificates are all that were given, those of issuers included.
	Certificates []*evidence.Occurrence
	// NoOffer says why the peer offers no certificate, where that is known.
	NoOffer string
}

func (p *Peer) noOffer() string {
	if p.NoOffer != "" {
		return p.NoOffer
	}
	return "no certificate that it could offer was read"
}

// Identities returns the certificates that the peer may offer, each once and in
// order. Those of Offers are all that issued no other one. Among Certificates
// they are the end entities that issued no other one or, where there is none,
// all that issued no other one; a self-issued certificate that says nothing of
// what it is, as roots of version 1 do, counts as no end entity. A certificate
// whose names cannot be found is none.
func (p *Peer) Identities() []*evidence.Occurrence {
	given, store := p.Offers, true
	if len(given) == 0 && p.NoOffer == "" {
		given, store = p.Certificates, false
	}
	issuers := map[string]bool{}
	var all []*evidence.Occurrence
	seen := map[[32]byte]bool{}
	for _, o := range given {
		if len(o.SubjectDER) == 0 || len(o.IssuerDER) == 0 || seen[o.SHA256] {
			continue
		}
		seen[o.SHA256] = true
		all = append(all, o)
		if !o.SelfIssued() {
			issuers[string(o.IssuerDER)] = true
		}
	}
	var ends, lowest []*evidence.Occurrence
	for _, o := range all {
		if issuers[string(o.SubjectDER)] {
			continue
		}
		lowest = append(lowest, o)
		silent := o.SelfIssued() && !o.HasBasicConstraints && !o.HasEKU && len(o.DNSNames) == 0
		if !o.CA && !silent {
			ends = append(ends, o)
		}
	}
	switch {
	case len(ends) > 0 && !store:
		return ends
	case len(lowest) > 0:
		return lowest
	}
	return all
}

// A Result says what becomes of one certificate of a peer at one list.
type Result struct {
	Server *Server
	List   *issuerlist.List
	Peer   string
	// Chain is nil for a peer without a certificate.
	Chain *Chain
	// Verdict is the answer and Why its reason, in one or two clauses.
	Verdict Verdict
	Why     string
	// Issuer is the name that decides: the listed one, or else the nearest to
	// the root that is known. Entry is its certificate in the store, or nil.
	Issuer string
	Entry  *issuerlist.Entry
	// File and Thumbprint are where the name stands in the two simulated
	// orders, nil where it is not listed.
	File, Thumbprint *issuerlist.Place
	// Notes are what else is worth knowing of the certificate or the host.
	Notes []string
}
