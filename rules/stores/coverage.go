package stores

import (
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// find fills Physicals and Broken from the sources and registry keys that a
// case was read from.
func (s *Store) find(c *evidence.Case) {
	incomplete := map[string]bool{}
	for _, src := range c.Sources {
		if !src.Complete {
			incomplete[src.Name] = true
		}
	}
	from := map[string]string{} // physical → source that covers it
	for _, src := range c.Sources {
		if storeKey(src.Store) == storeKey(evidence.Store{Location: s.Location, Name: s.Name}) && from[src.Store.Physical] == "" && !s.passedOver[src.Name] {
			from[src.Store.Physical] = src.Name
		}
	}
	if !s.machineRoot() {
		s.Physicals = []Physical{{Collected: from[""] != "", From: from[""]}}
		for _, key := range registryKeys(s.Location, s.Name) {
			if k := c.Registry.Collected(key); k != nil && !s.Physicals[0].Collected {
				s.Physicals[0] = Physical{Collected: true, From: k.Where.Source}
			}
		}
		if !s.Physicals[0].Collected && len(s.Occurrences) > 0 {
			s.Physicals[0] = Physical{Collected: true, From: s.Occurrences[0].Where.Source}
		}
		s.findBroken(incomplete)
		return
	}
	logical := from[""]
	for _, rk := range rootKeys {
		p := Physical{Name: rk.physical}
		switch k := c.Registry.Collected(rk.key + `\Certificates`); {
		case k != nil:
			p.Collected, p.From = true, k.Where.Source
		case from[rk.physical] != "":
			p.Collected, p.From = true, from[rk.physical]
		case logical != "":
			p.Collected, p.From = true, logical
		}
		s.Physicals = append(s.Physicals, p)
	}
	s.findBroken(incomplete)
}

func (s *Store) machineRoot() bool {
	return s.Location == evidence.LocalMachine && s.Name == evidence.StoreRoot
}

// findBroken names the incomplete sources that the store was taken from.
func (s *Store) findBroken(incomplete map[string]bool) {
	for _, source := range s.Sources() {
		if incomplete[source] {
			s.Broken = append(s.Broken, source)
		}
	}
}

// registryKeys are the keys that a machine store other than Root is kept in.
func registryKeys(location, name string) []string {
	if location != evidence.LocalMachine {
		return nil
	}
	return []string{windows.SystemStoresKey + `\` + name + `\Certificates`}
}

// Registry returns the store as the registry covers it, for a store of which
// no certificate was read: its key may have been exported and be empty.
func (v *View) Registry(c *evidence.Case, location, name string) *Store {
	s := v.Get(location, name)
	if len(s.Physicals) == 0 {
		s.find(c)
	}
	return s
}

// Named returns the machine's store that a program opens by a name. The names of
// physical stores of Root, as AuthRoot, give that one alone: it is collected
// only where it was exported by itself, since a logical export of Root does not
// tell what stands in it.
func (v *View) Named(c *evidence.Case, name string) *Store {
	for _, rk := range rootKeys {
		system := rk.key[strings.LastIndexByte(rk.key, '\\')+1:]
		if strings.EqualFold(name, evidence.StoreRoot) || (!strings.EqualFold(name, rk.physical) && !strings.EqualFold(name, system)) {
			continue
		}
		root := v.Registry(c, evidence.LocalMachine, evidence.StoreRoot)
		s := &Store{Location: evidence.LocalMachine, Name: name, doubts: root.doubts}
		for _, o := range root.Occurrences {
			if strings.EqualFold(o.Store.Physical, rk.physical) {
				s.Occurrences = append(s.Occurrences, o)
			}
		}
		p := Physical{Name: rk.physical}
		if k := c.Registry.Collected(rk.key + `\Certificates`); k != nil {
			p.Collected, p.From = true, k.Where.Source
		}
		incomplete := map[string]bool{}
		for _, src := range c.Sources {
			incomplete[src.Name] = !src.Complete
			if !p.Collected && src.Store.Machine() && src.Store.Name == evidence.StoreRoot && strings.EqualFold(src.Store.Physical, rk.physical) {
				p.Collected, p.From = true, src.Name
			}
		}
		if !p.Collected && len(s.Occurrences) > 0 {
			p.Collected, p.From = true, s.Occurrences[0].Where.Source
		}
		s.Physicals = []Physical{p}
		s.findBroken(incomplete)
		return s
	}
	return v.Registry(c, evidence.LocalMachine, name)
}

// WithoutAuthRoot returns a copy of a Root store that was put together from
// physical stores, without AuthRoot: what ProtectedRoots Flags 0x8
// (CERT_PROT_ROOT_DISABLE_LM_AUTH_FLAG) leaves. A logical export already shows
// what the flag leaves, and is returned with the AuthRoot file's additions
// taken out.
func (s *Store) WithoutAuthRoot() *Store {
	t := &Store{Location: s.Location, Name: s.Name, Broken: s.Broken, doubts: s.doubts}
	for _, o := range s.Occurrences {
		if !strings.EqualFold(o.Store.Physical, evidence.PhysicalAuthRoot) {
			t.Occurrences = append(t.Occurrences, o)
		}
	}
	for _, p := range s.Physicals {
		if p.Name == evidence.PhysicalAuthRoot {
			p.Collected, p.From, p.Note = true, "", "left out: ProtectedRoots Flags has bit 0x8"
		}
		t.Physicals = append(t.Physicals, p)
	}
	return t
}

// RootPhysicals names the physical stores of the machine's Root in the
// documented order (Microsoft Learn, "System Store Locations").
func RootPhysicals() []string {
	var names []string
	for _, rk := range rootKeys {
		names = append(names, rk.physical)
	}
	return names
}
