package stores

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// An export is what one or more sources say of the same store or physical store.
type export struct {
	name        string // of the source, or of the sources
	occurrences []*evidence.Occurrence
	rich, whole bool
}

func (e *export) holds() map[[32]byte][]*evidence.Occurrence {
	m := map[[32]byte][]*evidence.Occurrence{}
	for _, o := range e.occurrences {
		m[o.SHA256] = append(m[o.SHA256], o)
	}
	return m
}

// worth orders exports: those that say more come first.
func (e *export) worth() int {
	n := 0
	if e.rich {
		n += 2
	}
	if e.whole {
		n++
	}
	return n
}

// within returns another export that was read whole, can carry as much, and
// holds all that this one does, or nil.
func (e *export) within(exports []*export) *export {
	for _, other := range exports {
		if other == e || !other.whole || other.rich != e.rich {
			continue
		}
		held := other.holds()
		if !slices.ContainsFunc(e.occurrences, func(o *evidence.Occurrence) bool { return held[o.SHA256] == nil }) {
			return other
		}
	}
	return nil
}

// trustProperties decide whether a certificate is in the list, so that exports
// that differ in them do not say the same. Others, as the hashes that the
// registry keeps and an .sst leaves out, may differ.
var trustProperties = []evidence.PropID{evidence.PropEnhKeyUsage, evidence.PropArchived, evidence.PropDisabled,
	evidence.PropDisallowedEKU, evidence.PropNotBefore, evidence.PropNotBeforeEKU}

// sameTrust reports whether two occurrences of one certificate say the same of
// what it is trusted for.
func sameTrust(a, b *evidence.Occurrence) bool {
	for _, id := range trustProperties {
		va, inA := a.Property(id)
		vb, inB := b.Property(id)
		if inA != inB || !bytes.Equal(va, vb) {
			return false
		}
	}
	return true
}

// choose takes, of several exports of one physical store, those that count. In
// this order: an export with properties wins over one that cannot carry them,
// unless it broke off and the other did not, when both count; of two with
// properties, or two without, one that was read whole wins over one that broke
// off and holds nothing more. Of equals both count, and what only one of them
// holds is doubtful.
func (v *View) choose(s *Store, all []*evidence.Occurrence, complete map[string]bool) []*evidence.Occurrence {
	bySource := map[string]*export{}
	var exports []*export
	for _, o := range all {
		e := bySource[o.Where.Source]
		if e == nil {
			e = &export{name: o.Where.Source, rich: o.CanCarry, whole: complete[o.Where.Source]}
			bySource[e.name] = e
			exports = append(exports, e)
		}
		e.occurrences = append(e.occurrences, o)
	}
	if len(exports) == 1 {
		return all
	}
	has := func(rich, whole bool) bool {
		return slices.ContainsFunc(exports, func(e *export) bool { return e.rich == rich && e.whole == whole })
	}
	rich := has(true, true) || has(true, false)
	var counted, over []*export
	for _, e := range exports {
		switch {
		case !e.rich && rich && (has(true, true) || !has(false, true)),
			!e.whole && e.rich == rich && e.within(exports) != nil:
			over = append(over, e)
		default:
			counted = append(counted, e)
		}
	}
	slices.SortStableFunc(counted, func(a, b *export) int { return cmp.Compare(b.worth(), a.worth()) })
	for _, e := range over {
		s.passOver(e)
		by := cmp.Or(e.within(exports), counted[0])
		v.compare(s, by, e, "that one counts: it "+better(by, e))
	}
	for _, e := range counted[1:] {
		if v.compare(s, counted[0], e, bothCount) && e.rich == counted[0].rich && e.whole && counted[0].whole {
			s.doubt(counted[0], e)
		}
	}
	return union(counted)
}

const bothCount = "both count, and what only one of them holds is taken to be there, as an assumption"

// better says what the export that counts has before the other.
func better(a, b *export) string {
	if a.rich != b.rich {
		return "carries properties"
	}
	return "was read whole"
}

func (s *Store) passOver(e *export) {
	if s.passedOver == nil {
		s.passedOver = map[string]bool{}
	}
	for _, o := range e.occurrences {
		s.passedOver[o.Where.Source] = true
	}
}

// doubt marks the certificates that only one of two exports holds.
func (s *Store) doubt(a, b *export) {
	if s.doubts == nil {
		s.doubts = map[[32]byte]string{}
	}
	inA, inB := a.holds(), b.holds()
	for h := range inA {
		if inB[h] == nil {
			s.doubts[h] = fmt.Sprintf("%s holds it and %s, an export of the same store, does not", a.name, b.name)
		}
	}
	for h := range inB {
		if inA[h] == nil {
			s.doubts[h] = fmt.Sprintf("%s holds it and %s, an export of the same store, does not", b.name, a.name)
		}
	}
}

// union joins exports: each certificate once, and again where a later one says
// something else of what it is trusted for.
func union(exports []*export) []*evidence.Occurrence {
	var list []*evidence.Occurrence
	first := map[[32]byte]*evidence.Occurrence{}
	for _, e := range exports {
		for _, o := range e.occurrences {
			f := first[o.SHA256]
			switch {
			case f == nil:
				first[o.SHA256] = o
			case f.Where.Source != o.Where.Source && (!o.CanCarry || sameTrust(f, o)):
				continue
			}
			list = append(list, o)
		}
	}
	return list
}

// join compares a logical export of the machine's Root with the union of the
// physical stores, where these were all collected, whole and with properties. A
// logical export that cannot carry properties or that broke off is passed over;
// of one that is worth the same both count, and what only one holds is doubtful.
func (v *View) join(c *evidence.Case, s *Store, complete map[string]bool) {
	if !s.machineRoot() {
		return // the exports of other stores are not told apart, and choose has joined them
	}
	logical := &export{rich: true, whole: true}
	physical := &export{rich: true, whole: true}
	shut := authRootShut(c.Registry)
	var apart []*evidence.Occurrence
	for _, o := range s.Occurrences {
		e := physical
		if o.Store.Physical == "" {
			e = logical
		} else {
			apart = append(apart, o)
		}
		e.rich = e.rich && o.CanCarry
		e.whole = e.whole && complete[o.Where.Source]
		if !shut || !strings.EqualFold(o.Store.Physical, evidence.PhysicalAuthRoot) { // a logical export shows no store that is shut
			e.occurrences = append(e.occurrences, o)
		}
	}
	if len(logical.occurrences) == 0 || len(physical.occurrences) == 0 || !physical.rich || !physical.whole || !s.apart(c, shut) {
		return
	}
	logical.name, physical.name = sourceNames(logical.occurrences), sourceNames(physical.occurrences)
	if logical.rich && logical.whole {
		if v.compare(s, physical, logical, bothCount) {
			s.doubt(physical, logical)
		}
		return
	}
	v.compare(s, physical, logical, "that one counts: it "+better(physical, logical))
	s.passOver(logical)
	s.Occurrences = apart
}

// apart reports whether the physical stores of Root were all collected by
// themselves, from sources that were read whole.
func (s *Store) apart(c *evidence.Case, shut bool) bool {
	for _, rk := range rootKeys {
		key := rk.key + `\Certificates`
		file := slices.ContainsFunc(c.Sources, func(src *evidence.Source) bool {
			return src.Complete && storeKey(src.Store) == storeKey(evidence.Store{Location: s.Location, Name: s.Name}) && strings.EqualFold(src.Store.Physical, rk.physical)
		})
		collected := c.Registry.Collected(key) != nil && len(c.Registry.NotWhole(key)) == 0
		if !file && !collected && !(shut && rk.physical == evidence.PhysicalAuthRoot) {
			return false
		}
	}
	return true
}

// authRootShut reports whether ProtectedRoots keeps the AuthRoot store closed.
func authRootShut(r *evidence.Registry) bool {
	s := windows.DWord(r, windows.ProtectedRootsKey, "Flags")
	return s.State == windows.Set && s.Number&0x8 != 0
}

func sourceNames(occurrences []*evidence.Occurrence) string {
	var names []string
	for _, o := range occurrences {
		if !slices.Contains(names, o.Where.Source) {
			names = append(names, o.Where.Source)
		}
	}
	return strings.Join(names, ", ")
}

// compare diagnoses exports of one store that do not say the same, and reports
// whether they differ.
func (v *View) compare(s *Store, a, b *export, done string) bool {
	inA, inB := a.holds(), b.holds()
	var missing, extra, others []string
	for h, o := range inA {
		if inB[h] == nil {
			missing = append(missing, name(o[0]))
		} else if a.rich && b.rich && !slices.ContainsFunc(o, func(x *evidence.Occurrence) bool {
			return slices.ContainsFunc(inB[h], func(y *evidence.Occurrence) bool { return sameTrust(x, y) })
		}) {
			others = append(others, name(o[0]))
		}
	}
	for h, o := range inB {
		if inA[h] == nil {
			extra = append(extra, name(o[0]))
		}
	}
	if len(missing)+len(extra)+len(others) == 0 {
		return false
	}
	what := "do not hold the same certificates"
	if len(missing)+len(extra) == 0 {
		what = "do not give the same certificates the same properties"
	}
	store := s.String()
	if o := b.occurrences[0]; o.Store.Physical != "" {
		store = describe(o.Store)
	}
	detail := fmt.Sprintf("%d certificates of %s are not in this one%s, and %d of this one are not in that%s", len(missing), a.name, examples(missing), len(extra), examples(extra))
	if len(others) > 0 {
		detail += fmt.Sprintf("; %d have other properties in it%s", len(others), examples(others))
	}
	v.differences = append(v.differences, evidence.Diagnostic{Code: "store-exports-differ", Severity: evidence.Warning,
		Where: evidence.Location{Source: b.occurrences[0].Where.Source}, Summary: "two exports of " + store + " " + what, Detail: detail + "; " + done})
	return true
}

func name(o *evidence.Occurrence) string {
	if o.Subject == "" {
		return o.Thumbprint()
	}
	return o.Subject
}

// examples names the first few, in brackets.
func examples(names []string) string {
	const most = 3
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	s := strings.Join(names[:min(len(names), most)], "; ")
	if len(names) > most {
		s += "; …"
	}
	return " (" + s + ")"
}

func describe(s evidence.Store) string {
	if s.Physical == "" {
		return s.String()
	}
	return s.String() + " (" + s.Physical + ")"
}
