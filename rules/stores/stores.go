// Package stores joins the exports of a host into its certificate stores: which
// export of a store counts where there are several, which physical stores of
// Root were collected, and whether what feeds a judgement was read whole.
//
// It judges nothing: the trusted issuer list, the rules, the remedies and the
// peer check all start from its View.
package stores

import (
	"cmp"
	"fmt"
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

// Certificates returns the distinct certificates of the store, each by the
// occurrence that says most of it: one that carries properties comes first.
func (s *Store) Certificates() []*evidence.Occurrence {
	index := map[[32]byte]int{}
	var list []*evidence.Occurrence
	for _, o := range s.Occurrences {
		i, seen := index[o.SHA256]
		switch {
		case !seen:
			index[o.SHA256] = len(list)
			list = append(list, o)
		case o.CanCarry && !list[i].CanCarry:
			list[i] = o
		}
	}
	return list
}

// Times says how often each certificate stands in the store, by SHA-256: once
// for each physical store, or as often as a logical export lists it.
func (s *Store) Times() map[[32]byte]int {
	type place struct {
		sha256         [32]byte
		physical, file string
	}
	in := map[place]int{}
	for _, o := range s.Occurrences {
		p := place{sha256: o.SHA256, physical: o.Store.Physical}
		if p.physical == "" {
			p.file = o.Where.Source
		}
		in[p]++
	}
	physicals, times := map[[32]byte]int{}, map[[32]byte]int{}
	for p, n := range in {
		if p.physical != "" {
			physicals[p.sha256]++
			n = 1
		}
		times[p.sha256] = max(times[p.sha256], n)
	}
	for sum, n := range physicals {
		times[sum] = max(times[sum], n)
	}
	return times
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
		s.Occurrences = append(s.Occurrences, v.choose(occurrences, complete)...)
	}
	for _, src := range c.Sources {
		if !src.Store.IsZero() {
			v.store(src.Store)
		}
	}
	for _, s := range v.stores {
		s.find(c)
	}
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

// choose takes, of several exports of one physical store, those that count:
// an export with properties wins over one that cannot carry them, unless it
// broke off and the other did not.
func (v *View) choose(all []*evidence.Occurrence, complete map[string]bool) []*evidence.Occurrence {
	bySource := map[string][]*evidence.Occurrence{}
	var names []string
	for _, o := range all {
		if bySource[o.Where.Source] == nil {
			names = append(names, o.Where.Source)
		}
		bySource[o.Where.Source] = append(bySource[o.Where.Source], o)
	}
	if len(names) == 1 {
		return all
	}
	v.compare(names, bySource)
	var rich []string
	richWhole, poorWhole := false, false
	for _, n := range names {
		if bySource[n][0].CanCarry {
			rich = append(rich, n)
			richWhole = richWhole || complete[n]
		} else {
			poorWhole = poorWhole || complete[n]
		}
	}
	switch {
	case len(rich) == 0:
		rich = names
	case !richWhole && poorWhole:
		// Both count; those with properties come first, since they say more.
		for _, n := range names {
			if !slices.Contains(rich, n) {
				rich = append(rich, n)
			}
		}
	}
	var list []*evidence.Occurrence
	seen := map[[32]byte]string{}
	for _, n := range rich {
		for _, o := range bySource[n] {
			if first, ok := seen[o.SHA256]; ok && first != n {
				continue
			}
			seen[o.SHA256] = n
			list = append(list, o)
		}
	}
	return list
}

// compare diagnoses exports of one store that do not hold the same certificates.
func (v *View) compare(names []string, bySource map[string][]*evidence.Occurrence) {
	set := func(n string) map[[32]byte]bool {
		m := map[[32]byte]bool{}
		for _, o := range bySource[n] {
			m[o.SHA256] = true
		}
		return m
	}
	first := set(names[0])
	for _, n := range names[1:] {
		other := set(n)
		missing, extra := 0, 0
		for h := range first {
			if !other[h] {
				missing++
			}
		}
		for h := range other {
			if !first[h] {
				extra++
			}
		}
		if missing+extra == 0 {
			continue
		}
		o := bySource[n][0]
		v.differences = append(v.differences, evidence.Diagnostic{Code: "store-exports-differ", Severity: evidence.Warning,
			Where:   evidence.Location{Source: n},
			Summary: fmt.Sprintf("two exports of %s do not hold the same certificates", describe(o.Store)),
			Detail:  fmt.Sprintf("%d certificates of %s are not in this one, and %d of this one are not in that; the export that carries properties counts", missing, names[0], extra)})
	}
}

func describe(s evidence.Store) string {
	if s.Physical == "" {
		return s.String()
	}
	return s.String() + " (" + s.Physical + ")"
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
