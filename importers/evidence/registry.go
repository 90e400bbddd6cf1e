package evidence

import (
	"cmp"
	"slices"
	"strings"
)

// A Registry is what the registry exports of a host say in all: the keys that
// were exported, and the values with the later of two winning. Paths and names
// are compared without regard to case.
type Registry struct {
	keys   map[string]*RegistryKey
	values map[string]map[string]*RegistryValue // folded key → folded name
}

func newRegistry() *Registry {
	return &Registry{keys: map[string]*RegistryKey{}, values: map[string]map[string]*RegistryValue{}}
}

func (r *Registry) addKey(k *RegistryKey) {
	fold := FoldKey(k.Key)
	if r.keys[fold] == nil {
		r.keys[fold] = k
	}
}

func (r *Registry) addValue(v *RegistryValue) {
	fold := FoldKey(v.Key)
	if r.values[fold] == nil {
		r.values[fold] = map[string]*RegistryValue{}
	}
	r.values[fold][FoldKey(v.Name)] = v
}

func (r *Registry) deleteValue(key, name string) {
	delete(r.values[FoldKey(key)], FoldKey(name))
}

func (r *Registry) deleteKey(key string) {
	fold := FoldKey(key)
	below := func(k string) bool { return k == fold || strings.HasPrefix(k, fold+`\`) }
	for k := range r.keys {
		if below(k) {
			delete(r.keys, k)
		}
	}
	for k := range r.values {
		if below(k) {
			delete(r.values, k)
		}
	}
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
func (r *Registry) HasBelow(key string) bool {
	fold := FoldKey(key)
	if r.keys[fold] != nil {
		return true
	}
	for k := range r.keys {
		if strings.HasPrefix(k, fold+`\`) {
			return true
		}
	}
	return false
}

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
