package rules

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// RootSameNameOtherKey looks for roots that bear one name and have other keys.
var RootSameNameOtherKey = &Rule{
	ID:       "root-same-name-other-key",
	Title:    "no root bears the name of a public root without being one",
	Severity: Medium,
	Since:    "v0.2",
	Doc: `Two roots of one name are one entry in the trusted issuer list, and a client cannot
tell which of them is meant. An authority that renewed its certificate with a new key
has two, and so have 13 names in Microsoft's programme: both are in order. What fails
is a root that bears the name of one in the programme, or of one that KB 293781
requires, and is neither: it may stand in for it. Two private roots of one name are
told of and do not fail.

Keys are compared where both certificates can be read, else by their key
identifiers, which their makers choose freely. Names that merely look alike are not
found. required-roots reports impostors of required roots by serial number as well.`,
	References: []Reference{programmeNotes, kb293781, rfc5246},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `compare the thumbprint with the one that the authority publishes; remove the certificate if it is not the authority's`,
	Impact:     `a certificate may pass for one of the public authority`,
	AppliesTo:  `all Windows`,
	Check:      checkSameName,
}

func checkSameName(p *Pass) {
	byName := map[string][]namesake{}
	needed := p.neededRoots()
	for _, c := range distinct(p.storesNamed([]string{evidence.StoreRoot})) {
		if c.SelfIssued() {
			t := c.Thumbprint()
			byName[string(c.SubjectDER)] = append(byName[string(c.SubjectDER)], namesake{c, needed[t] != "" || p.Tables.Programme[t] != nil})
		}
	}
	for _, all := range byName {
		slices.SortFunc(all, func(a, b namesake) int { return bytes.Compare(a.SHA1[:], b.SHA1[:]) })
	}
	sweep{
		stores: []string{evidence.StoreRoot}, collect: collectRoot, expected: "one key for each name",
		inOrder: "have a name of their own, or share it with a renewed or another public root",
		judge:   func(c placed) *Finding { return judgeName(c, byName[string(c.SubjectDER)]) },
	}.run(p)
}

// A namesake is one of the roots of a name.
type namesake struct {
	placed
	public bool // it is in the programme, or required
}

// judgeName compares a root with all that bear its name, sorted by thumbprint.
// Of several private roots only the first tells of the others.
func judgeName(c placed, all []namesake) *Finding {
	if i := slices.IndexFunc(all, func(n namesake) bool { return n.SHA256 == c.SHA256 }); i < 0 || len(all) < 2 || all[i].public {
		return nil
	}
	for _, other := range all {
		if !other.public {
			continue
		}
		if answer := sameKey(c, other.placed); answer != sameAnswer {
			return &Finding{Outcome: Failed, Measured: "the name of " + other.Thumbprint(), Evidence: slices.Concat(c.where(), other.where()),
				Summary: fmt.Sprintf("%s in %s has the name of the public root %s and %s", c.label(), c.in(), other.Thumbprint(), answer)}
		}
	}
	first := slices.IndexFunc(all, func(n namesake) bool { return !n.public })
	if all[first].SHA256 != c.SHA256 {
		return nil
	}
	f := &Finding{Outcome: Informational, Measured: "a name that private roots share", Evidence: c.where()}
	var others []string
	for _, other := range all[first+1:] {
		answer := sameAnswer
		if !other.public && len(others) < MaxCertificates {
			answer = sameKey(c, other.placed)
		}
		if answer != sameAnswer {
			others = append(others, other.Thumbprint()+" ("+string(answer)+")")
			f.Evidence = append(f.Evidence, other.where()...)
		}
	}
	if len(others) == 0 {
		return nil
	}
	f.Summary = fmt.Sprintf("%s in %s shares its name with %s, as after a renewal; none of them is a public root", c.label(), c.in(), listed(others))
	return f
}

// A keyAnswer says which key another certificate has.
type keyAnswer string

const (
	sameAnswer   keyAnswer = "the same key"
	otherAnswer  keyAnswer = "another key"
	unsureAnswer keyAnswer = "a key that cannot be compared"
)

func sameKey(a, b placed) keyAnswer {
	equal := func(x, y []byte) keyAnswer {
		if bytes.Equal(x, y) {
			return sameAnswer
		}
		return otherAnswer
	}
	x, errX := a.X509()
	y, errY := b.X509()
	switch {
	case errX == nil && errY == nil:
		return equal(x.RawSubjectPublicKeyInfo, y.RawSubjectPublicKeyInfo)
	case len(a.SubjectKeyID) > 0 && len(b.SubjectKeyID) > 0:
		return equal(a.SubjectKeyID, b.SubjectKeyID)
	}
	return unsureAnswer
}
