package remedies

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// A change is a copy of a host's case that a remedy is tried on. The case it
// was made from stays as it is.
type change struct {
	host issuerlist.Host
	c    *evidence.Case
}

// changed returns a copy of a case to try a remedy on.
func changed(host issuerlist.Host, c *evidence.Case) *change {
	copied := *c
	copied.Occurrences = slices.Clone(c.Occurrences)
	copied.Sources = slices.Clone(c.Sources)
	return &change{host: host, c: &copied}
}

// lists measures the lists of the changed case.
func (w *change) lists() []*issuerlist.List {
	h := w.host
	h.Case = w.c
	return issuerlist.Compute(h)
}

// replace puts what f returns in the place of each occurrence; nil removes it.
func (w *change) replace(f func(*evidence.Occurrence) *evidence.Occurrence) {
	kept := w.c.Occurrences[:0]
	for _, o := range w.c.Occurrences {
		if o = f(o); o != nil {
			kept = append(kept, o)
		}
	}
	w.c.Occurrences = kept
}

// remove takes occurrences out.
func (w *change) remove(gone map[*evidence.Occurrence]bool) {
	w.replace(func(o *evidence.Occurrence) *evidence.Occurrence {
		if gone[o] {
			return nil
		}
		return o
	})
}

// move puts occurrences into another store of the machine. They join an export
// of that store where there is one: two exports of one store are otherwise
// taken for the same store exported twice.
func (w *change) move(moved map[*evidence.Occurrence]bool, store string) {
	target := evidence.Store{Location: evidence.LocalMachine, Name: store}
	there := map[[32]byte]bool{}
	source := ""
	for _, o := range w.c.Occurrences {
		if inStore(o, target.Location, target.Name) {
			there[o.SHA256] = true
			if source == "" {
				source = o.Where.Source
			}
		}
	}
	w.replace(func(o *evidence.Occurrence) *evidence.Occurrence {
		switch {
		case !moved[o]:
			return o
		case there[o.SHA256]:
			return nil
		}
		there[o.SHA256] = true
		n := *o
		n.Store = target
		if source != "" {
			n.Where.Source = source
		}
		return &n
	})
}

// add puts copies of occurrences into a store of the machine, as an export of
// their own.
func (w *change) add(list []*evidence.Occurrence, store string) {
	src := &evidence.Source{Name: "plan/" + store, Host: w.c.Host, Complete: true,
		Store: evidence.Store{Location: evidence.LocalMachine, Name: store, Basis: evidence.StoreStated}}
	w.c.Sources = append(w.c.Sources, src)
	for _, o := range list {
		n := *o
		n.Store, n.Where = src.Store, evidence.Location{Source: src.Name}
		w.c.Occurrences = append(w.c.Occurrences, &n)
	}
}

// set sets a REG_DWORD.
func (w *change) set(key, name string, n uint32) {
	w.c.Registry = w.c.Registry.With(&evidence.RegistryValue{Where: evidence.Location{Source: "plan"}, Key: key, Name: name,
		Type: evidence.RegDWord, Data: binary.LittleEndian.AppendUint32(nil, n)})
}

// inStore reports whether an occurrence stands in a store.
func inStore(o *evidence.Occurrence, location, name string) bool {
	return strings.EqualFold(o.Store.Location, location) && strings.EqualFold(o.Store.Name, name)
}

// inRoot reports whether an occurrence stands in the machine's Trusted Root.
func inRoot(o *evidence.Occurrence) bool {
	return inStore(o, evidence.LocalMachine, evidence.StoreRoot)
}

// itemsOf gathers the certificates of a store, in the order of the exports.
func itemsOf(c *evidence.Case, in func(*evidence.Occurrence) bool) []*Item {
	index := map[[32]byte]*Item{}
	var list []*Item
	for _, o := range c.Occurrences {
		if !in(o) {
			continue
		}
		i := index[o.SHA256]
		if i == nil {
			i = &Item{Occurrence: o}
			index[o.SHA256] = i
			list = append(list, i)
		} else if (o.CanCarry && !i.Occurrence.CanCarry) || (o.CanCarry == i.Occurrence.CanCarry && len(o.Properties) > len(i.Properties)) {
			i.Occurrence = o
		}
		i.All = append(i.All, o)
	}
	return list
}
