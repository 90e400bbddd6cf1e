package evidence

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Registry is what the registry exports of a host say in all: the keys that
// were exported, and the values with the later of two winning. Sources come in
// the order of their names, so that it is always the same one; what other
// sources said is kept beside it. Paths and names are compared without regard
// to case.
type Registry struct {
	keys   map[string]*RegistryKey
	values map[string]map[string]*RegistryValue // folded key → folded name
	// below holds the keys that are in keys or have a key below them there.
	below map[string]bool
	// again are exports of a key in further sources, one for each.
	again map[string][]*RegistryKey
	// replaced are the values of other sources, with other data, that a value won over.
	replaced map[*RegistryValue][]*RegistryValue
	sources  map[string]*Source
}

func newRegistry() *Registry {
	return &Registry{keys: map[string]*RegistryKey{}, values: map[string]map[string]*RegistryValue{}, below: map[string]bool{},
		again: map[string][]*RegistryKey{}, replaced: map[*RegistryValue][]*RegistryValue{}, sources: map[string]*Source{}}
}

// begin tells of a source before its facts: whether it is complete is read when
// it is asked for.
func (r *Registry) begin(s *Source) { r.sources[s.Name] = s }

func (r *Registry) addKey(k *RegistryKey) {
	fold := FoldKey(k.Key)
	first := r.keys[fold]
	if first == nil {
		r.keys[fold] = k
		r.mark(fold)
		return
	}
	further := func(o *RegistryKey) bool { return o.Where.Source == k.Where.Source }
	if !further(first) && !slices.ContainsFunc(r.again[fold], further) {
		r.again[fold] = append(r.again[fold], k)
	}
}

func (r *Registry) mark(fold string) {
	for !r.below[fold] {
		r.below[fold] = true
		i := strings.LastIndexByte(fold, '\\')
		if i < 0 {
			return
		}
		fold = fold[:i]
	}
}

// addValue adds a value. It returns the value of another source, with other
// data, that stood there, if there was one.
func (r *Registry) addValue(v *RegistryValue) (other *RegistryValue) {
	fold, name := FoldKey(v.Key), FoldKey(v.Name)
	if r.values[fold] == nil {
		r.values[fold] = map[string]*RegistryValue{}
	}
	old := r.values[fold][name]
	r.values[fold][name] = v
	if old == nil {
		return nil
	}
	var differ []*RegistryValue
	for _, o := range append(r.replaced[old], old) {
		if o.Where.Source != v.Where.Source && !o.Equal(v) {
			differ = append(differ, o)
		}
	}
	delete(r.replaced, old)
	if len(differ) == 0 {
		return nil
	}
	r.replaced[v] = differ
	return differ[len(differ)-1]
}

func (r *Registry) deleteValue(key, name string) {
	m := r.values[FoldKey(key)]
	delete(r.replaced, m[FoldKey(name)])
	delete(m, FoldKey(name))
}

func (r *Registry) deleteKey(key string) {
	fold := FoldKey(key)
	below := func(k string) bool { return k == fold || strings.HasPrefix(k, fold+`\`) }
	gone := false
	for k := range r.keys {
		if below(k) {
			delete(r.keys, k)
			delete(r.again, k)
			gone = true
		}
	}
	if gone {
		r.below = map[string]bool{}
		for k := range r.keys {
			r.mark(k)
		}
	}
	for k, m := range r.values {
		if below(k) {
			for _, v := range m {
				delete(r.replaced, v)
			}
			delete(r.values, k)
		}
	}
}

// diagnoseDiffer tells of a value that two sources give differently.
func (c *Case) diagnoseDiffer(old, v *RegistryValue) {
	c.Diagnose(Diagnostic{Code: "registry-exports-differ", Severity: Warning, Where: v.Where,
		Summary: fmt.Sprintf("two registry exports do not agree: %q is %s here and %s in %s", v.Name, v.brief(), old.brief(), old.Where.Source),
		Detail:  "the other place: " + old.Where.String() + "; the export whose name comes last holds, and what rests on the value cites both"})
}

// With returns a copy of the registry in which a value is set, to try a change
// on. All else is shared: add to neither of them afterwards.
func (r *Registry) With(v *RegistryValue) *Registry {
	c := *r
	c.values, c.replaced = maps.Clone(r.values), maps.Clone(r.replaced)
	if m := r.values[FoldKey(v.Key)]; m != nil {
		c.values[FoldKey(v.Key)] = maps.Clone(m)
	}
	c.deleteValue(v.Key, v.Name) // it disagrees with nothing: it is the new state
	c.addValue(v)
	return &c
}

// Empty reports whether no registry export was read.
func (r *Registry) Empty() bool { return len(r.keys) == 0 && len(r.values) == 0 }

// Value returns a value, or nil. The default value's name is "".
func (r *Registry) Value(key, name string) *RegistryValue {
	return r.values[FoldKey(key)][FoldKey(name)]
}

// Key returns the key's fact if the key itself stands in an export, or nil.
func (r *Registry) Key(key string) *RegistryKey { return r.keys[FoldKey(key)] }

// Collected returns the fact that proves that a key was collected: that of the
// key itself or of the nearest ancestor that was exported. It returns nil where
// no export covers the key, so that an absence there means nothing.
func (r *Registry) Collected(key string) *RegistryKey {
	for fold := FoldKey(key); fold != ""; {
		if k := r.keys[fold]; k != nil {
			return k
		}
		i := strings.LastIndexByte(fold, '\\')
		if i < 0 {
			break
		}
		fold = fold[:i]
	}
	return nil
}

// HasBelow reports whether the key itself or one below it stands in an export.
func (r *Registry) HasBelow(key string) bool { return r.below[FoldKey(key)] }

// NotWhole returns the facts of the exports that hold a key, or an ancestor of
// it, and were not read whole, one for each source: what is not found in the key
// may have stood in what was lost.
func (r *Registry) NotWhole(key string) []*RegistryKey {
	var list []*RegistryKey
	for fold := FoldKey(key); ; {
		if k := r.keys[fold]; k != nil {
			for _, k := range append([]*RegistryKey{k}, r.again[fold]...) {
				s := r.sources[k.Where.Source]
				same := func(o *RegistryKey) bool { return o.Where.Source == k.Where.Source }
				if s != nil && !s.Complete && !slices.ContainsFunc(list, same) {
					list = append(list, k)
				}
			}
		}
		i := strings.LastIndexByte(fold, '\\')
		if i < 0 {
			return list
		}
		fold = fold[:i]
	}
}

// Replaced returns the values of other sources that a value won over and that
// differ from it, in the order of the sources.
func (r *Registry) Replaced(v *RegistryValue) []*RegistryValue { return r.replaced[v] }

// Values returns the values of all keys, sorted by key and name.
func (r *Registry) Values() []*RegistryValue {
	var list []*RegistryValue
	for _, m := range r.values {
		for _, v := range m {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b *RegistryValue) int {
		return cmp.Or(cmp.Compare(FoldKey(a.Key), FoldKey(b.Key)), cmp.Compare(FoldKey(a.Name), FoldKey(b.Name)))
	})
	return list
}

// ValuesOf returns the values of one key, sorted by name.
func (r *Registry) ValuesOf(key string) []*RegistryValue {
	var list []*RegistryValue
	for _, v := range r.values[FoldKey(key)] {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b *RegistryValue) int { return cmp.Compare(FoldKey(a.Name), FoldKey(b.Name)) })
	return list
}

// Keys returns the exported keys, sorted.
func (r *Registry) Keys() []*RegistryKey {
	list := make([]*RegistryKey, 0, len(r.keys))
	for _, k := range r.keys {
		list = append(list, k)
	}
	slices.SortFunc(list, func(a, b *RegistryKey) int { return cmp.Compare(FoldKey(a.Key), FoldKey(b.Key)) })
	return list
}

// Subkeys returns the exported keys directly below a key, sorted.
func (r *Registry) Subkeys(key string) []*RegistryKey {
	prefix := FoldKey(key) + `\`
	var list []*RegistryKey
	for fold, k := range r.keys {
		if rest, ok := strings.CutPrefix(fold, prefix); ok && !strings.Contains(rest, `\`) {
			list = append(list, k)
		}
	}
	slices.SortFunc(list, func(a, b *RegistryKey) int { return cmp.Compare(FoldKey(a.Key), FoldKey(b.Key)) })
	return list
}
