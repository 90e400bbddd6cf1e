package stores

import "github.com/ctlaudit/ctlaudit/importers/evidence"

// A Place is one place of a certificate in a store: a physical store, or one
// line of an export that does not tell the physical stores apart.
type Place struct {
	// Physical is "" where the export does not tell.
	Physical string
	// Source is the export of a Place without a Physical.
	Source string
	// Occurrences are what the exports say of the certificate there. There are
	// several where a physical store was exported more than once.
	Occurrences []*evidence.Occurrence
}

// Places returns the places of each certificate of the store, by SHA-256.
func (s *Store) Places() map[[32]byte][]Place {
	all := map[[32]byte][]Place{}
	for _, o := range s.Occurrences {
		places := all[o.SHA256]
		known := false
		for i := range places {
			if o.Store.Physical != "" && places[i].Physical == o.Store.Physical {
				places[i].Occurrences = append(places[i].Occurrences, o)
				known = true
			}
		}
		if known {
			continue
		}
		p := Place{Physical: o.Store.Physical, Occurrences: []*evidence.Occurrence{o}}
		if p.Physical == "" {
			p.Source = o.Where.Source
		}
		all[o.SHA256] = append(places, p)
	}
	return all
}

// Times says how often each certificate stands in the store, by SHA-256: once
// for each physical store, or as often as a logical export lists it.
func (s *Store) Times() map[[32]byte]int {
	times := map[[32]byte]int{}
	for sum, places := range s.Places() {
		times[sum] = Count(places, func(Place) bool { return true })
	}
	return times
}

// Count says how many of a certificate's places in one store hold for a test:
// in its physical stores, or in a logical export if that lists it more often.
// The two are not added, since they show the same places.
func Count(places []Place, holds func(Place) bool) int {
	physicals, most := 0, 0
	logical := map[string]int{}
	for _, p := range places {
		switch {
		case !holds(p):
		case p.Physical != "":
			physicals++
		default:
			logical[p.Source]++
			most = max(most, logical[p.Source])
		}
	}
	return max(physicals, most)
}
