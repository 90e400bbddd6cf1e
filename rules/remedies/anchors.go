package remedies

import (
	"bytes"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/signature"
)

// An anchored says which certificate of the case rests on another one.
type anchored struct {
	// by is a certificate that was seen, and where.
	by          *evidence.Occurrence
	host, store string
}

// anchors are the certificates that certificates seen in the case chain to, by
// SHA-256. Intermediates on the way are among them.
type anchors map[[32]byte]anchored

// trustStores are the stores whose self-issued certificates are what is trusted
// (or not), and no proof that something rests on them; those that feed a list
// are so too. A self-issued certificate anywhere else is in use there.
var trustStores = map[string]bool{"root": true, "authroot": true, "ca": true, "disallowed": true, "clientauthissuer": true}

// findAnchors chains every certificate of all hosts up to its roots. A parent is
// found by name, and then:
//   - where crypto/x509 reads both certificates and knows the algorithm, by the
//     signature alone;
//   - else the key identifiers must not contradict each other.
//
// In doubt a certificate counts as an anchor: what is protected without need
// costs a few bytes, what is removed without need breaks connections.
//
// open are the certificates in use whose chain ends before a root: what they
// rest on was not exported, or is not trusted here.
func findAnchors(judgements []*rules.Judgement) (found anchors, open []anchored) {
	a := anchors{}
	bySubject := map[string][]*evidence.Occurrence{}
	type seed struct {
		o    *evidence.Occurrence
		host string
	}
	var seeds []seed
	distinct, seeded := map[[32]byte]bool{}, map[[32]byte]bool{}
	for _, j := range judgements {
		feeds := feedingStores(j)
		for _, o := range j.Case.Occurrences {
			if !distinct[o.SHA256] && len(o.SubjectDER) > 0 {
				distinct[o.SHA256] = true
				bySubject[string(o.SubjectDER)] = append(bySubject[string(o.SubjectDER)], o)
			}
			inUse := len(o.IssuerDER) > 0 && (!o.SelfIssued() || !(trustStores[strings.ToLower(o.Store.Name)] || feeds[strings.ToLower(o.Store.String())]))
			if inUse && !seeded[o.SHA256] {
				seeded[o.SHA256] = true
				seeds = append(seeds, seed{o, j.Case.Host})
			}
		}
	}
	v := newVerifier()
	for _, s := range seeds {
		why := anchored{by: s.o, host: s.host, store: s.o.Store.String()}
		if s.o.SelfIssued() {
			a.mark(s.o, why)
			continue
		}
		if a.climb(s.o, why, bySubject, v); !rooted(s.o, bySubject, v) {
			open = append(open, why)
		}
	}
	return a, open
}

// rooted reports whether a chain leads from a certificate to a self-issued one.
func rooted(o *evidence.Occurrence, bySubject map[string][]*evidence.Occurrence, v *verifier) bool {
	todo, seen := []*evidence.Occurrence{o}, map[[32]byte]bool{}
	for len(todo) > 0 {
		child := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, parent := range bySubject[string(child.IssuerDER)] {
			if seen[parent.SHA256] || !v.issued(parent, child) {
				continue
			}
			if seen[parent.SHA256] = true; parent.SelfIssued() {
				return true
			}
			todo = append(todo, parent)
		}
	}
	return false
}

// feedingStores are the stores that feed a list of a host, in lower case.
func feedingStores(j *rules.Judgement) map[string]bool {
	feeds := map[string]bool{}
	for _, l := range j.Lists {
		feeds[strings.ToLower(l.Store)] = true
	}
	return feeds
}

func (a anchors) mark(o *evidence.Occurrence, why anchored) bool {
	if _, ok := a[o.SHA256]; ok {
		return false
	}
	a[o.SHA256] = why
	return true
}

// climb marks all that a certificate chains to. What was marked before was
// climbed before.
func (a anchors) climb(o *evidence.Occurrence, why anchored, bySubject map[string][]*evidence.Occurrence, v *verifier) {
	todo := []*evidence.Occurrence{o}
	for len(todo) > 0 {
		child := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, parent := range bySubject[string(child.IssuerDER)] {
			if v.issued(parent, child) && a.mark(parent, why) {
				todo = append(todo, parent)
			}
		}
	}
}

// issued reports whether parent may have issued child, whose issuer it is by
// name.
func (v *verifier) issued(parent, child *evidence.Occurrence) bool {
	if parent.SHA256 == child.SHA256 {
		return false
	}
	switch v.signed(parent.Certificate, child.Certificate) {
	case signature.Verified:
		return true
	case signature.Refuted:
		return false
	}
	if len(child.AuthorityKeyID) > 0 && len(parent.SubjectKeyID) > 0 {
		return bytes.Equal(child.AuthorityKeyID, parent.SubjectKeyID)
	}
	// A self-issued certificate is most likely its own issuer; one that another
	// key signed, as at a key rollover, has to show it.
	return !child.SelfIssued()
}
