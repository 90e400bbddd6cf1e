package remedies

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

// A Class says how dear a root is: what the cheaper classes can give is taken
// before any root of a dearer class is.
type Class int

// The classes, the cheapest first.
const (
	Disabled   Class = iota // disabled by Microsoft's root programme
	Expired                 // its validity has ended
	Restricted              // restricted by the programme: NotBefore, or purposes taken away
	Programme               // any other root of the programme
	Private                 // not in the programme; considered only on request
	classes                 // how many there are
)

// String returns the class in a word.
func (c Class) String() string {
	return [...]string{"disabled", "expired", "restricted", "programme", "private"}[c]
}

// oidRootListSigner is the usage of authroot.stl (wincrypt.h,
// szOID_ROOT_LIST_SIGNER).
const oidRootListSigner = "1.3.6.1.4.1.311.10.3.9"

// A programme is what is known of Microsoft's root programme on a host: the
// root list that the exports hold, else the table.
type programme struct {
	table map[string]*data.ProgrammeRoot
	lists map[string]listed
	date  string // of the table
	asOf  time.Time
}

// listed is an entry of a root list of the customer's.
type listed struct {
	attributes []evidence.Property
	date       string
}

func newProgramme(c *evidence.Case, t *data.Tables, asOf time.Time) *programme {
	p := &programme{table: t.Programme, lists: map[string]listed{}, date: t.ProgrammeDate, asOf: asOf}
	newest := map[string]time.Time{}
	for _, l := range c.TrustLists {
		if !slices.Contains(l.Usage, oidRootListSigner) {
			continue
		}
		for _, e := range l.Entries {
			id := string(e.SubjectID)
			if at, ok := newest[id]; ok && !l.ThisUpdate.After(at) {
				continue
			}
			newest[id] = l.ThisUpdate
			p.lists[id] = listed{e.Attributes, l.ThisUpdate.UTC().Format(time.DateOnly)}
		}
	}
	return p
}

// of says which class a root is in, and why. A root is the programme's if the
// root list names it, or if it carries a property that only the list gives: 98
// (AUTH_ROOT_SHA256_HASH), 104, 126 or 127.
func (p *programme) of(i *Item) (Class, string) {
	t := p.table[i.Thumbprint()]
	entry, inList := p.lists[string(i.SHA1[:])]
	given, by := p.property(i, entry)
	if t == nil && !inList && !given(evidence.PropAuthRootSHA256) && !given(evidence.PropDisabled) && !given(evidence.PropNotBefore) && !given(evidence.PropNotBeforeEKU) {
		return Private, "it is not in Microsoft's root list of " + p.date + " and carries no property of the root programme"
	}
	source := "Microsoft's root list of " + p.date
	switch {
	case inList:
		source = "the root list in the exports, of " + entry.date
	case t == nil:
		source = "its properties"
	}
	if when, ok := p.disabled(i, entry, t); ok {
		return Disabled, "the root programme disabled it" + when
	}
	if !i.NotAfter.IsZero() && i.NotAfter.Before(p.asOf) {
		return Expired, "it expired on " + i.NotAfter.UTC().Format(time.DateOnly)
	}
	switch {
	case given(evidence.PropDisallowedEKU):
		return Restricted, "the root programme took purposes away (property 122" + by(evidence.PropDisallowedEKU) + ")"
	case given(evidence.PropNotBefore), given(evidence.PropNotBeforeEKU):
		return Restricted, "the root programme restricts it to certificates issued before a date (property 126 or 127)"
	case !inList && t != nil && !t.NotBefore.IsZero():
		return Restricted, "the root programme restricts it to certificates issued before a date (" + source + ")"
	}
	return Programme, "it is in the root programme (" + source + ")"
}

// property returns whether a property is given to a root by the store or by the
// customer's own list, and a remark on which.
func (p *programme) property(i *Item, entry listed) (func(evidence.PropID) bool, func(evidence.PropID) string) {
	inStore := func(id evidence.PropID) bool {
		return slices.ContainsFunc(i.All, func(o *evidence.Occurrence) bool { _, ok := o.Property(id); return ok })
	}
	inList := func(id evidence.PropID) bool {
		return slices.ContainsFunc(entry.attributes, func(a evidence.Property) bool { return a.ID == id })
	}
	return func(id evidence.PropID) bool { return inStore(id) || inList(id) },
		func(id evidence.PropID) string {
			if inStore(id) {
				return ""
			}
			return ", in the root list"
		}
}

// disabled says whether the programme disabled a root, and since when.
func (p *programme) disabled(i *Item, entry listed, t *data.ProgrammeRoot) (string, bool) {
	force := func(v []byte) (string, bool) {
		switch at, ok := evidence.FileTime(v); {
		case !ok:
			return " (property 104)", true // empty: since ever
		case !at.After(p.asOf):
			return " on " + at.Format(time.DateOnly) + " (property 104)", true
		}
		return "", false
	}
	for _, o := range i.All {
		if v, ok := o.Property(evidence.PropDisabled); ok {
			return force(v)
		}
	}
	for _, a := range entry.attributes {
		if a.ID == evidence.PropDisabled {
			return force(a.Value)
		}
	}
	if entry.date != "" || t == nil || t.Disabled.IsZero() || t.Disabled.After(p.asOf) {
		return "", false
	}
	if t.Disabled.Equal(data.Always) {
		return fmt.Sprintf(" (Microsoft's root list of %s)", p.date), true
	}
	return fmt.Sprintf(" on %s (Microsoft's root list of %s)", t.Disabled.Format(time.DateOnly), p.date), true
}

// protection says why a root must never be removed from a store or be restricted
// in it, or "".
func (h *host) protection(i *Item, store string) string {
	thumb := i.Thumbprint()
	for _, r := range h.criteria.Tables.Required {
		if r.Thumbprint == thumb {
			return "Windows needs it (KB 293781: " + r.IssuedTo + ")"
		}
	}
	for _, pack := range h.criteria.Policy.RequiredRoots.Packs {
		if slices.ContainsFunc(pack.Roots, func(r rules.PolicyRoot) bool { return r.Thumbprint == thumb }) {
			return fmt.Sprintf("the policy requires it (pack %q)", pack.Name)
		}
	}
	for _, pack := range h.criteria.Tables.RolePacks {
		if slices.ContainsFunc(pack.Roots, func(r data.PackRoot) bool { return r.Thumbprint == thumb }) {
			return fmt.Sprintf("a product needs it (pack %q)", pack.Name)
		}
	}
	if a, ok := h.anchors[i.SHA256]; ok {
		return a.words(i, h.judgement.Case.Host)
	}
	if in := h.issuerStore(i, store); in != "" {
		return "it stands in " + in + " too: clients of this issuer are let in, and their chains end in it"
	}
	if by := i.Delivered(); by != "" {
		return "it is delivered by " + by + ", which puts it back: remove it there"
	}
	return ""
}

// issuerStore names a store of issuers of the host, other than Trusted Root and
// the one given, that holds a certificate, or "".
func (h *host) issuerStore(i *Item, other string) string {
	if h.issuers == nil {
		h.issuers = map[[32]byte][]string{}
		feeds := feedingStores(h.judgement)
		for _, o := range h.judgement.Case.Occurrences {
			name := o.Store.String()
			if !inRoot(o) && (feeds[strings.ToLower(name)] || inStore(o, evidence.LocalMachine, evidence.StoreClientAuthIssuer)) {
				h.issuers[o.SHA256] = append(h.issuers[o.SHA256], name)
			}
		}
	}
	for _, name := range h.issuers[i.SHA256] {
		if !strings.EqualFold(name, other) {
			return name
		}
	}
	return ""
}

// words say what rests on a certificate.
func (a anchored) words(i *Item, host string) string {
	where := a.store
	if where == "" {
		where = a.by.Where.Source
	}
	if a.host != host {
		where += " of host " + a.host
	}
	if a.by.SHA256 == i.SHA256 {
		return "it stands in " + where + " too, where it is in use"
	}
	return fmt.Sprintf("%s (%s) chains to it", a.by.Subject, where)
}
