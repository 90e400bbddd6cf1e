package windows

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// currentSet is the name that the current control set has beside its number.
const currentSet = systemKey + `\CurrentControlSet`

// selected returns the path of the control set that Select\Current numbers, or
// "" where that was not exported.
func selected(r *evidence.Registry) string {
	if v := r.Value(systemKey+`\Select`, "Current"); v != nil {
		if n, ok := v.DWord(); ok {
			return fmt.Sprintf(`%s\ControlSet%03d`, systemKey, n)
		}
	}
	return ""
}

// controlSets returns the paths that the current control set may have been
// exported by, the best first: the one that Select\Current numbers and
// CurrentControlSet, which are two names of one; without Select,
// CurrentControlSet and then the only set that was exported. A set is not taken
// for the only one where its export was not read whole.
func controlSets(r *evidence.Registry) []string {
	if set := selected(r); set != "" {
		return []string{set, currentSet}
	}
	only := ""
	for _, k := range r.Keys() {
		rest, ok := strings.CutPrefix(evidence.FoldKey(k.Key), evidence.FoldKey(systemKey)+`\controlset`)
		if !ok || len(rest) < 3 {
			continue
		}
		set := k.Key[:len(systemKey)+len(`\ControlSet`)+3]
		if only != "" && !strings.EqualFold(only, set) {
			return []string{currentSet}
		}
		only = set
	}
	if only == "" || len(r.NotWhole(systemKey)) > 0 {
		return []string{currentSet}
	}
	return []string{currentSet, only}
}

// Current returns a key below CurrentControlSet by the name that the current
// control set was exported by. Other keys are returned as they are.
func Current(r *evidence.Registry, key string) string {
	if n := len(currentSet); len(key) > n && strings.EqualFold(key[:n], currentSet) && key[n] == '\\' {
		return keyBelowSets(r, key[n+1:])
	}
	return key
}

// keyBelowSets returns a key of the current control set by the name that it was
// exported by, or below CurrentControlSet where it was not exported.
func keyBelowSets(r *evidence.Registry, path string) string {
	if key := currentSet + `\` + path; selected(r) == "" && r.HasBelow(key) {
		return key
	}
	sets := controlSets(r)
	for _, held := range []func(string) bool{r.HasBelow, func(key string) bool { return r.Collected(key) != nil }} {
		for _, set := range sets {
			if held(set + `\` + path) {
				return set + `\` + path
			}
		}
	}
	return currentSet + `\` + path
}

// otherName returns a key below the current control set by the set's other name,
// or "": both are known only where Select was exported.
func otherName(r *evidence.Registry, key string) string {
	set := selected(r)
	if set == "" {
		return ""
	}
	for _, pair := range [][2]string{{set, currentSet}, {currentSet, set}} {
		if n := len(pair[0]); len(key) > n && strings.EqualFold(key[:n], pair[0]) && key[n] == '\\' {
			return pair[1] + key[n:]
		}
	}
	return ""
}

// Differences tells of values that are read of the current control set and that
// its two names, as they were exported, give differently.
func Differences(r *evidence.Registry) []evidence.Diagnostic {
	set := selected(r)
	if set == "" {
		return nil
	}
	var list []evidence.Diagnostic
	for _, path := range []string{schannelPath, sslBindingPath} {
		key := set + `\` + path
		other := currentSet + `\` + path
		if !r.HasBelow(key) || !r.HasBelow(other) {
			continue
		}
		var differ []string
		where := evidence.Location{}
		for _, pair := range [][2]string{{key, other}, {other, key}} {
			prefix := evidence.FoldKey(pair[0])
			for _, v := range r.Values() {
				fold := evidence.FoldKey(v.Key)
				if fold != prefix && !strings.HasPrefix(fold, prefix+`\`) {
					continue
				}
				twin := r.Value(pair[1]+v.Key[len(pair[0]):], v.Name)
				name := v.Key[len(pair[0])-len(path):] + `\` + v.Name
				if (twin != nil && twin.Equal(v)) || slices.Contains(differ, name) {
					continue
				}
				if differ = append(differ, name); len(differ) == 1 {
					where = v.Where
				}
			}
		}
		if len(differ) == 0 {
			continue
		}
		const most = 5
		names := strings.Join(differ[:min(len(differ), most)], ", ")
		if len(differ) > most {
			names += ", …"
		}
		list = append(list, evidence.Diagnostic{Code: "registry-control-sets-differ", Severity: evidence.Warning, Where: where,
			Summary: fmt.Sprintf("%s and CurrentControlSet are two names of one key here, and %d values below %s differ: the exports were made at different times", set[len(systemKey)+1:], len(differ), path),
			Detail:  "that of " + set[len(systemKey)+1:] + " holds where both have a value: " + names})
	}
	return list
}
