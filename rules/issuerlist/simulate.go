package issuerlist

import (
	"cmp"
	"slices"
)

// An Order is an order in which Schannel may write the names. The true one is
// not documented, and KB 2880390 says that it may change.
type Order string

// The orders that are simulated.
const (
	FileOrder       Order = "file"       // as the exports list the certificates
	ThumbprintOrder Order = "thumbprint" // ascending SHA-1, as the registry enumerates its keys
)

// A Place is where a name would stand in the list.
type Place struct {
	Entry *Entry
	// Start and End are offsets in the list, in bytes with the length fields.
	Start, End int
	// Cut says that the name does not fit whole below the limit.
	Cut bool
}

// Simulate writes the expected list in an order and says where each name
// stands. A name that several certificates share is written once, for the
// first of them. The result is a simulation and never a fact: the order is not
// documented.
func (l *List) Simulate(order Order) []Place {
	var listed []*Entry
	for i := range l.Entries {
		if e := &l.Entries[i]; e.Counted.Listed() && e.NameBytes > 0 {
			listed = append(listed, e)
		}
	}
	if order == ThumbprintOrder {
		slices.SortStableFunc(listed, func(a, b *Entry) int { return cmp.Compare(string(a.SHA1[:]), string(b.SHA1[:])) })
	}
	var places []Place
	written := map[string]bool{}
	at := 0
	for _, e := range listed {
		if written[string(e.SubjectDER)] {
			continue
		}
		written[string(e.SubjectDER)] = true
		end := at + PrefixBytes + e.NameBytes
		places = append(places, Place{Entry: e, Start: at, End: end, Cut: end > l.Limit.Bytes})
		at = end
	}
	return places
}
