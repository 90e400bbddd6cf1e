package remedies

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// A Removal is the set of certificates that have to leave a list for it to come
// to its target: to be removed (method-1), or to lose client authentication as a
// purpose (restrict-purposes).
//
// The size that is brought down is the greatest one, issuerlist.Bytes.Max, so
// that the list is within the limit however Schannel counts. A name that several
// certificates share counts as saved only with the last of them, since Schannel
// may send it once as well as twice. Choose says which set is taken of those
// that suffice.
type Removal struct {
	// Store is the store, as in `LocalMachine\Root`.
	Store string
	// List is the list that asks for most, as it is before: with misplaced
	// intermediates moved, where there are any.
	List *issuerlist.List
	// Target is the greatest size wanted, Need what has to go, in bytes.
	Target, Need int
	// Rows are the certificates, the cheapest class first.
	Rows []Row
	// Reached says that the rows bring the list to its target. Where they do
	// not, they are all that may be removed, and Shortfall is what is missing.
	Reached   bool
	Shortfall int
	// Proven says that no smaller set is enough, by the criterion of the choice.
	Proven bool
	// Before and After are the sizes of the list.
	Before, After issuerlist.Bytes
	// Kept are the listed certificates that must stay, with the reason.
	Kept []Kept
	// Private is how many bytes of Kept are private roots', which
	// Options.IncludePrivate would make available.
	Private int
}

// A Row is one certificate of a removal.
type Row struct {
	*Item
	Class Class
	// Why says what puts it in its class.
	Why string
	// NameBytes is the length of its name, Times how often it stands in the store.
	NameBytes, Times int
	// Saves is what the list loses for certain, in bytes of the greatest size:
	// nothing for a certificate whose name another one still bears, and the
	// bytes of all of them with the last.
	Saves int
	// Shared says that other certificates of the removal bear the same name.
	Shared bool
	// Expected and Max are the sizes of the list without this certificate and
	// those before it, in bytes.
	Expected, Max int
}

// A Kept is a certificate that stays.
type Kept struct {
	*Item
	Why       string
	NameBytes int
	// Private says that only --include-private would let it go.
	Private bool
}

// A name is all counted certificates that bear one name.
type name struct {
	rows  []Row
	stays bool
	bytes int
}

// removal plans what has to leave a list, or returns nil where it is within its
// target. items are the certificates of the store that feeds it.
func (h *host) removal(l *issuerlist.List, items []*Item) *Removal {
	r := &Removal{Store: l.Store, List: l, Target: Target(l.Limit.Bytes, h.options.Headroom), Before: l.Bytes, After: l.Bytes}
	r.Need = l.Bytes.Max - r.Target
	if r.Need <= 0 || !l.Collected {
		return nil
	}
	byHash := map[[32]byte]*Item{}
	for _, i := range items {
		byHash[i.SHA256] = i
	}
	var order []*name
	names := map[string]*name{}
	for _, e := range l.Entries {
		if e.Counted == issuerlist.No {
			continue
		}
		n := names[string(e.SubjectDER)]
		if n == nil {
			n = &name{}
			names[string(e.SubjectDER)] = n
			order = append(order, n)
		}
		h.consider(r, n, e, byHash[e.SHA256])
	}

	var bundles []bundle
	var of []*name
	for _, n := range order {
		if n.stays {
			for _, row := range n.rows {
				r.Kept = append(r.Kept, Kept{Item: row.Item, NameBytes: row.NameBytes,
					Why: "another certificate of the same name stays, so that the name would still be sent"})
			}
			continue
		}
		b := bundle{bytes: n.bytes}
		slices.SortFunc(n.rows, func(x, y Row) int { return bytes.Compare(x.SHA1[:], y.SHA1[:]) })
		b.first = n.rows[0].SHA1
		for _, row := range n.rows {
			b.count[row.Class]++
		}
		bundles, of = append(bundles, b), append(of, n)
	}
	picked := choose(bundles, r.Need)
	r.Proven = picked.proven
	for _, i := range picked.taken {
		n := of[i]
		n.rows[len(n.rows)-1].Saves = n.bytes
		for k := range n.rows {
			n.rows[k].Shared = len(n.rows) > 1
		}
		r.Rows = append(r.Rows, n.rows...)
	}
	r.sort()
	r.tally()
	r.Reached = r.After.Max <= r.Target
	r.Shortfall = max(0, r.After.Max-r.Target)
	return r
}

// consider adds a counted certificate to its name, as a candidate or as one
// that stays.
func (h *host) consider(r *Removal, n *name, e issuerlist.Entry, i *Item) {
	size := e.Times * (issuerlist.PrefixBytes + e.NameBytes)
	n.bytes += size
	if i == nil { // an entry of the list stands in the store that it was made from
		n.stays = true
		return
	}
	class, why := h.programme.of(i)
	kept := Kept{Item: i, Why: h.protection(i, r.Store), NameBytes: e.NameBytes}
	if kept.Why == "" && class == Private && !h.options.IncludePrivate {
		kept.Why, kept.Private = "it is private: "+why, true
		r.Private += size
	}
	if kept.Why != "" {
		n.stays = true
		r.Kept = append(r.Kept, kept)
		return
	}
	n.rows = append(n.rows, Row{Item: i, Class: class, Why: why, NameBytes: e.NameBytes, Times: e.Times})
}

// sort orders the rows by class and thumbprint, and keeps those of one name
// together: a name is only gone with the last of them.
func (r *Removal) sort() {
	type place struct {
		class Class
		first [20]byte
	}
	at := map[string]place{}
	for _, row := range r.Rows {
		p, ok := at[string(row.SubjectDER)]
		if !ok {
			p = place{row.Class, row.SHA1}
		}
		p.class = max(p.class, row.Class)
		if bytes.Compare(row.SHA1[:], p.first[:]) < 0 {
			p.first = row.SHA1
		}
		at[string(row.SubjectDER)] = p
	}
	slices.SortStableFunc(r.Rows, func(x, y Row) int {
		a, b := at[string(x.SubjectDER)], at[string(y.SubjectDER)]
		return cmp.Or(cmp.Compare(a.class, b.class), bytes.Compare(a.first[:], b.first[:]), bytes.Compare(x.SHA1[:], y.SHA1[:]))
	})
}

// tally computes the sizes after each row.
func (r *Removal) tally() {
	bearers := map[string]int{}
	for _, e := range r.List.Entries {
		if e.Counted.Listed() {
			bearers[string(e.SubjectDER)]++
		}
	}
	listed := map[[32]byte]bool{}
	for _, e := range r.List.Entries {
		listed[e.SHA256] = e.Counted.Listed()
	}
	expected, most := r.Before.Expected, r.Before.Max
	for i := range r.Rows {
		row := &r.Rows[i]
		most -= row.Times * (issuerlist.PrefixBytes + row.NameBytes)
		if listed[row.SHA256] {
			if bearers[string(row.SubjectDER)]--; bearers[string(row.SubjectDER)] == 0 {
				expected -= issuerlist.PrefixBytes + row.NameBytes
			}
		}
		row.Expected, row.Max = expected, most
	}
	r.After.Expected, r.After.Max = expected, most
}

// Criterion says in full how the rows of a removal are chosen.
const Criterion = "Roots are taken so that the greatest size of the list comes to its target. Never taken: a root of KB 293781 (of any Windows) or of a pack of the policy or of a product, " +
	"a root that a certificate seen in this case chains to, a certificate that Group Policy, Active Directory or a smart card delivers, and, unless it is asked for, a root that Microsoft's root programme does not know. " +
	"Of all sets that suffice, the one is taken that has the fewest roots of the dearest class, then of the next cheaper one, and so on (private, other programme roots, restricted, expired, disabled); " +
	"then the fewest roots; then the least list of thumbprints. A name that several certificates bear is saved only with the last of them."

// Summary says in a sentence what a removal comes to.
func (r *Removal) Summary() string {
	saved := r.Before.Max - r.After.Max
	if !r.Reached {
		s := fmt.Sprintf("the target cannot be reached: the %s that may go save %s of the %s bytes needed, and the greatest size stays %s bytes over the target of %s",
			count(len(r.Rows), "certificate"), rules.Grouped(saved), rules.Grouped(r.Need), rules.Grouped(r.Shortfall), rules.Grouped(r.Target))
		if over := r.After.Max - r.List.Limit.Bytes; over > 0 {
			s += fmt.Sprintf(" and %s over the limit", rules.Grouped(over))
		} else {
			s += fmt.Sprintf("; it would be within the limit of %s: ask for less headroom", rules.Grouped(r.List.Limit.Bytes))
		}
		if r.Private > 0 {
			s += fmt.Sprintf("; private roots hold %s bytes more (--include-private)", rules.Grouped(r.Private))
		}
		return s
	}
	s := fmt.Sprintf("%s, %s bytes: the greatest size goes from %s to %s, the expected from %s to %s, of %s",
		count(len(r.Rows), "certificate"), rules.Grouped(saved), rules.Grouped(r.Before.Max), rules.Grouped(r.After.Max),
		rules.Grouped(r.Before.Expected), rules.Grouped(r.After.Expected), rules.Grouped(r.List.Limit.Bytes))
	if !r.Proven {
		s += " (a smaller set may exist: the store is too large to search it through)"
	}
	return s
}

// Classes says how many rows there are of each class.
func (r *Removal) Classes() string {
	var n [classes]int
	for _, row := range r.Rows {
		n[row.Class]++
	}
	var parts []string
	for c := range classes {
		if n[c] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[c], c))
		}
	}
	return strings.Join(parts, ", ")
}

// count writes a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return rules.Grouped(n) + " " + noun + "s"
}
