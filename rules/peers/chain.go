package peers

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/signature"
)

// MaxAncestors bounds the issuers that are looked at for one certificate.
const MaxAncestors = 64

// A Pool holds all certificates that may stand in a chain, by subject. It is not
// safe for concurrent use.
type Pool struct {
	bySubject map[string][]*evidence.Occurrence
	seen      map[[32]byte]bool
	checks    map[[2][32]byte]Signature
}

// NewPool returns an empty pool.
func NewPool() *Pool {
	return &Pool{bySubject: map[string][]*evidence.Occurrence{}, seen: map[[32]byte]bool{}, checks: map[[2][32]byte]Signature{}}
}

// Add adds certificates; one that is there already, or has no subject, is left
// out.
func (p *Pool) Add(list []*evidence.Occurrence) {
	for _, o := range list {
		if len(o.SubjectDER) > 0 && !p.seen[o.SHA256] {
			p.seen[o.SHA256] = true
			p.bySubject[string(o.SubjectDER)] = append(p.bySubject[string(o.SubjectDER)], o)
		}
	}
}

// AddServer adds the machine stores of a host that chains are built from, and
// what feeds its lists.
func (p *Pool) AddServer(s *Server) {
	for _, list := range s.issuers() {
		p.Add(list)
	}
}

// issuers are the certificates of a server that may be issuers, in the order in
// which one is preferred.
func (s *Server) issuers() [][]*evidence.Occurrence {
	var groups [][]*evidence.Occurrence
	for _, name := range []string{evidence.StoreRoot, evidence.StoreCA, evidence.StoreMy, evidence.StoreClientAuthIssuer} {
		groups = append(groups, s.Stores.Get(evidence.LocalMachine, name).Occurrences)
	}
	for _, l := range s.Lists { // it may be a store of another name
		var list []*evidence.Occurrence
		for i := range l.Entries {
			list = append(list, l.Entries[i].Occurrence)
		}
		groups = append(groups, list)
	}
	return groups
}

// A nearness says how near the source of a certificate is: the lower the better,
// and 0 for one that is not near at all.
type nearness map[[32]byte]int

// near makes the nearness of groups, the nearest first.
func near(groups ...[]*evidence.Occurrence) nearness {
	n := nearness{}
	for i, group := range groups {
		for _, o := range group {
			if n[o.SHA256] == 0 {
				n[o.SHA256] = i - len(groups)
			}
		}
	}
	return n
}

// A Link is one issuer in a chain.
type Link struct {
	*evidence.Occurrence
	// Signature is that of the certificate below it, under its key.
	Signature Signature
}

// A Chain is the way from a peer's certificate up to a self-issued one, as far
// as the certificates are there.
type Chain struct {
	Identity *evidence.Occurrence
	// Links are the issuers, the nearest first.
	Links []Link
	// Complete says that the last one is self-issued. Missing is the name of the
	// issuer that was not found where it is not.
	Complete bool
	Missing  string
	// Others are issuers on other ways up, as a cross-signed CA has.
	Others []Link
	// Impostors bear the name of an issuer, and the signature is not of their
	// key.
	Impostors []*evidence.Occurrence
}

// Top is the last certificate of the chain.
func (c *Chain) Top() *evidence.Occurrence {
	if len(c.Links) == 0 {
		return c.Identity
	}
	return c.Links[len(c.Links)-1].Occurrence
}

// Chain builds the chain of a certificate. Among issuers of the same name those
// whose key the signature refutes are left out; of the rest, one whose
// signature was verified comes first, then one whose subject key identifier is
// the authority key identifier, a self-issued one, one of an earlier group of
// nearest, the one that is valid longest, and the one with the lowest
// thumbprint.
func (p *Pool) Chain(identity *evidence.Occurrence, nearest ...[]*evidence.Occurrence) *Chain {
	return p.chain(identity, near(nearest...))
}

func (p *Pool) chain(identity *evidence.Occurrence, near nearness) *Chain {
	c := &Chain{Identity: identity}
	onPath := map[[32]byte]bool{identity.SHA256: true}
	at := identity
	for !at.SelfIssued() && len(c.Links) < MaxAncestors {
		links, impostors := p.issuers(at, near)
		c.Impostors = append(c.Impostors, impostors...)
		links = slices.DeleteFunc(links, func(l Link) bool { return onPath[l.SHA256] })
		if len(links) == 0 {
			c.Missing = at.Issuer
			break
		}
		c.Links = append(c.Links, links[0])
		onPath[links[0].SHA256] = true
		at = links[0].Occurrence
	}
	c.Complete = at.SelfIssued()
	c.Others = p.others(c, onPath, near)
	return c
}

// others collects the issuers on other ways up from any certificate of the
// chain.
func (p *Pool) others(c *Chain, seen map[[32]byte]bool, near nearness) []Link {
	queue := []*evidence.Occurrence{c.Identity}
	for _, l := range c.Links {
		queue = append(queue, l.Occurrence)
	}
	var list []Link
	for len(queue) > 0 && len(list) < MaxAncestors {
		at := queue[0]
		queue = queue[1:]
		if at.SelfIssued() {
			continue
		}
		links, _ := p.issuers(at, near)
		for _, l := range links {
			if !seen[l.SHA256] {
				seen[l.SHA256] = true
				list = append(list, l)
				queue = append(queue, l.Occurrence)
			}
		}
	}
	return list
}

// issuers returns the certificates that may have issued one, the best first,
// and those that only bear the name.
func (p *Pool) issuers(child *evidence.Occurrence, near nearness) (links []Link, impostors []*evidence.Occurrence) {
	if len(child.IssuerDER) == 0 {
		return nil, nil
	}
	list := slices.Clone(p.bySubject[string(child.IssuerDER)])
	matches := func(c *evidence.Occurrence) bool {
		return len(child.AuthorityKeyID) > 0 && bytes.Equal(child.AuthorityKeyID, c.SubjectKeyID)
	}
	first := func(b bool) int {
		if b {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(list, func(a, b *evidence.Occurrence) int {
		return cmp.Or(cmp.Compare(first(p.check(child, a) == Verified), first(p.check(child, b) == Verified)),
			cmp.Compare(first(matches(a)), first(matches(b))),
			cmp.Compare(first(a.SelfIssued()), first(b.SelfIssued())),
			cmp.Compare(near[a.SHA256], near[b.SHA256]),
			b.NotAfter.Compare(a.NotAfter),
			bytes.Compare(a.SHA1[:], b.SHA1[:]))
	})
	for _, c := range list {
		s := p.check(child, c)
		if s == Refuted {
			impostors = append(impostors, c)
			continue
		}
		links = append(links, Link{c, s})
	}
	return links, impostors
}

// check checks a signature once for each pair.
func (p *Pool) check(child *evidence.Occurrence, parent *evidence.Occurrence) Signature {
	key := [2][32]byte{child.SHA256, parent.SHA256}
	s, ok := p.checks[key]
	if !ok {
		s = signature.Check(child.Certificate, parent.Certificate)
		p.checks[key] = s
	}
	return s
}
