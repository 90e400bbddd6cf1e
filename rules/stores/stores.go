// Package stores joins the exports of a host into its certificate stores: which
// export of a store counts where there are several, which physical stores of
// Root were collected, and whether what feeds a judgement was read whole.
//
// It judges nothing: the trusted issuer list, the rules, the remedies and the
// peer check all start from its View.
package stores

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// A View is the certificate stores of one host.
type View struct {
	stores      map[string]*Store
	differences []evidence.Diagnostic
}

// A Store is one logical store: all that was exported of it.
type Store struct {
	Location, Name string
	// Occurrences are those that count, one for each certificate and physical
	// store, in the order of sources and of the file.
	Occurrences []*evidence.Occurrence
	// Physicals are the physical stores that it consists of, in the documented
	// order (".Default, AuthRoot, GroupPolicy, Enterprise, SmartCard"), for
	// Root; for other stores it is one entry with an empty name.
	Physicals []Physical
	// Broken are the sources of the store that were not read whole.
	Broken []string
	// doubts say of certificates why they may not stand in the store: two of
	// its exports that are worth the same do not agree on them.
	doubts map[[32]byte]string
	// passedOver are sources that a better export of the store stands for.
	passedOver map[string]bool
}

// A Physical says whether a physical store was collected.
type Physical struct {
	Name      string
	Collected bool
	// From names the source that covers it; Note says why none is needed.
	From, Note string
}

// Sources names the sources that the store was taken from, each once.
func (s *Store) Sources() []string {
	var names []string
	add := func(n string) {
		if n != "" && !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	for _, p := range s.Physicals {
		add(p.From)
	}
	for _, o := range s.Occurrences {
		add(o.Where.Source)
	}
	return names
}

// String returns LocalMachine\Root.
func (s *Store) String() string { return s.Location + `\` + s.Name }

// Collected reports whether anything of the store was collected.
func (s *Store) Collected() bool {
	return len(s.Occurrences) > 0 || slices.ContainsFunc(s.Physicals, func(p Physical) bool { return p.Collected })
}

// Whole reports whether all of the store was collected and read.
func (s *Store) Whole() bool {
	return len(s.Broken) == 0 && len(s.Physicals) > 0 &&
		!slices.ContainsFunc(s.Physicals, func(p Physical) bool { return !p.Collected })
}

// Missing names the physical stores that were not collected.
func (s *Store) Missing() []string {
	var list []string
	for _, p := range s.Physicals {
		if !p.Collected && p.Name != "" {
			list = append(list, p.Name)
		}
	}
	return list
}

// Find returns the occurrences of a certificate by its SHA-1 thumbprint.
func (s *Store) Find(sha1 [20]byte) []*evidence.Occurrence {
	var list []*evidence.Occurrence
	for _, o := range s.Occurrences {
		if o.SHA1 == sha1 {
			list = append(list, o)
		}
	}
	return list
}

// Doubt says why a certificate may not stand in the store, or "": exports of the
// store that are worth the same do not agree on it.
func (s *Store) Doubt(sha256 [32]byte) string { return s.doubts[sha256] }

// Certificates returns the distinct certificates of the store, each by the
// occurrence that says most of it: one that carries properties comes first, then
// that of the first physical store in the documented order, whichever source
// was read first.
func (s *Store) Certificates() []*evidence.Occurrence {
	index := map[[32]byte]int{}
	var list []*evidence.Occurrence
	for _, o := range s.Occurrences {
		i, seen := index[o.SHA256]
		switch {
		case !seen:
			index[o.SHA256] = len(list)
			list = append(list, o)
		case o.CanCarry && !list[i].CanCarry,
			o.CanCarry == list[i].CanCarry && physicalRank(o) < physicalRank(list[i]):
			list[i] = o
		}
	}
	return list
}

// physicalRank orders occurrences by the documented order of physical stores.
func physicalRank(o *evidence.Occurrence) int {
	for i, rk := range rootKeys {
		if strings.EqualFold(o.Store.Physical, rk.physical) {
			return i + 1
		}
	}
	return 0
}

// New returns the stores of a case.
func New(c *evidence.Case) *View {
	v := &View{stores: map[string]*Store{}}
	byPhysical := map[string][]*evidence.Occurrence{}
	var order []string
	for _, o := range c.Occurrences {
		if o.Store.IsZero() {
			continue
		}
		key := storeKey(o.Store) + "\x00" + o.Store.Physical
		if byPhysical[key] == nil {
			order = append(order, key)
		}
		byPhysical[key] = append(byPhysical[key], o)
	}
	complete := map[string]bool{}
	for _, s := range c.Sources {
		complete[s.Name] = s.Complete
	}
	for _, key := range order {
		occurrences := byPhysical[key]
		s := v.store(occurrences[0].Store)
		s.Occurrences = append(s.Occurrences, v.choose(s, occurrences, complete)...)
	}
	for _, src := range c.Sources {
		if !src.Store.IsZero() {
			v.store(src.Store)
		}
	}
	for _, s := range v.All() {
		v.join(c, s, complete)
		s.find(c)
	}
	v.differences = append(v.differences, windows.Differences(c.Registry)...)
	return v
}

func storeKey(s evidence.Store) string { return strings.ToLower(s.Location + `\` + s.Name) }

func (v *View) store(s evidence.Store) *Store {
	key := storeKey(s)
	if v.stores[key] == nil {
		v.stores[key] = &Store{Location: s.Location, Name: s.Name}
	}
	return v.stores[key]
}

// Differences are the diagnostics about exports of one store that differ.
func (v *View) Differences() []evidence.Diagnostic { return v.differences }

// Get returns a store by location and name, without regard to case. A store
// that nothing was exported of is returned empty, as not collected.
func (v *View) Get(location, name string) *Store {
	if s := v.stores[strings.ToLower(location+`\`+name)]; s != nil {
		return s
	}
	return &Store{Location: location, Name: name}
}

// All returns the stores of which something was exported, sorted.
func (v *View) All() []*Store {
	var list []*Store
	for _, s := range v.stores {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *Store) int {
		return cmp.Compare(strings.ToLower(a.String()), strings.ToLower(b.String()))
	})
	return list
}

// rootKeys are the registry keys of Root's physical stores, in the documented
// order (Microsoft Learn, "System Store Locations").
var rootKeys = []struct{ physical, key string }{
	{evidence.PhysicalDefault, windows.RootKey},
	{evidence.PhysicalAuthRoot, windows.AuthRootKey},
	{evidence.PhysicalGroupPolicy, windows.GroupPolicyRootKey},
	{evidence.PhysicalEnterprise, windows.EnterpriseRootKey},
	{evidence.PhysicalSmartCard, windows.SmartCardRootKey},
}
