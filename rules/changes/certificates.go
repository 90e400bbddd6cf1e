package changes

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A place is a store, with the physical one where it is told.
type place struct{ store, physical string }

func (s place) String() string {
	name := s.store
	if name == "" {
		name = "no store"
	}
	if s.physical != "" {
		name += " (" + s.physical + ")"
	}
	return name
}

// stores tells of stores that only one side collected: what stands there can't
// be compared.
func (p *pair) stores() {
	report := func(name string, b, a string) {
		p.add(Change{What: AStore, Kind: NotCollected, Subject: name, Place: name, Before: b, After: a})
	}
	const not = "not collected"
	for _, s := range sortedStores(p.before.Stores) {
		if a := lookUp(p.after.Stores, s); a == nil {
			report(s, p.before.storeWords(s), not)
		} else {
			b := p.before.Stores[s]
			for _, physical := range b.Missing {
				if !a.misses(physical) {
					report(place{s, physical}.String(), not, "collected")
				}
			}
			for _, physical := range a.Missing {
				if !b.misses(physical) {
					report(place{s, physical}.String(), "collected", not)
				}
			}
		}
	}
	for _, s := range sortedStores(p.after.Stores) {
		if lookUp(p.before.Stores, s) == nil {
			report(s, not, p.after.storeWords(s))
		}
	}
}

func sortedStores(m map[string]Store) []string {
	return slices.Sorted(maps.Keys(m))
}

// lookUp finds a store without regard to case; it is nil where nothing of it was
// collected.
func lookUp(m map[string]Store, store string) *Store {
	if s, ok := m[store]; ok {
		return &s
	}
	for _, name := range sortedStores(m) {
		if strings.EqualFold(name, store) {
			s := m[name]
			return &s
		}
	}
	return nil
}

// misses reports whether a physical store was not collected.
func (s *Store) misses(physical string) bool {
	return physical != "" && slices.ContainsFunc(s.Missing, func(m string) bool { return strings.EqualFold(m, physical) })
}

func (h *Host) storeWords(store string) string {
	n := map[string]bool{}
	for i := range h.Certificates {
		if strings.EqualFold(h.Certificates[i].Store, store) {
			n[h.Certificates[i].SHA256] = true
		}
	}
	return counted(len(n), "certificate")
}

// A presence is where one certificate stands on one side.
type presence struct {
	first  *Certificate
	places []place
	by     map[place]*Certificate
}

// presences collects the places of each certificate, by SHA-256, less those in
// stores that the other side did not collect.
func presences(h, other *Host) map[string]*presence {
	m := map[string]*presence{}
	for i := range h.Certificates {
		c := &h.Certificates[i]
		if c.Store != "" {
			if s := lookUp(other.Stores, c.Store); s == nil || s.misses(c.Physical) {
				continue
			}
		}
		pr := m[c.SHA256]
		if pr == nil {
			pr = &presence{first: c, by: map[place]*Certificate{}}
			m[c.SHA256] = pr
		}
		at := place{c.Store, c.Physical}
		switch old := pr.by[at]; {
		case old == nil:
			pr.by[at] = c
			pr.places = append(pr.places, at)
		case c.Carries && !old.Carries:
			pr.by[at] = c
		}
	}
	return m
}

// certificates compares where each certificate stands, and its properties where
// it stands in the same place on both sides.
func (p *pair) certificates() {
	before, after := presences(p.before, p.after), presences(p.after, p.before)
	var sums []string
	for sum := range before {
		sums = append(sums, sum)
	}
	for sum := range after {
		if before[sum] == nil {
			sums = append(sums, sum)
		}
	}
	slices.Sort(sums)
	for _, sum := range sums {
		p.certificate(before[sum], after[sum])
	}
}

func (p *pair) certificate(b, a *presence) {
	some := a
	if some == nil {
		some = b
	}
	change := Change{What: ACertificate, Subject: some.first.Subject, ID: some.first.Thumbprint}
	if change.Subject == "" {
		change.Subject = "(no readable subject)"
	}
	same, lost, gained := matchPlaces(b, a)
	for _, m := range same {
		p.properties(change, m[0], m[1], b.by[m[0]], a.by[m[1]])
	}
	switch {
	case len(lost) == 0 && len(gained) == 0:
		return
	case len(lost) > 0 && len(gained) > 0:
		change.Kind, change.Place, change.Before, change.After = Moved, joinPlaces(gained), joinPlaces(lost), joinPlaces(gained)
	case len(gained) > 0:
		change.Kind, change.Place, change.After = Added, joinPlaces(gained), joinPlaces(gained)
		if len(same) > 0 {
			change.Before = "in " + joinPlaces(b.places) + " only"
		}
	default:
		change.Kind, change.Place, change.Before = Removed, joinPlaces(lost), joinPlaces(lost)
		if len(same) > 0 {
			change.After = "in " + joinPlaces(a.places) + " only"
		}
	}
	change.Doubt = p.doubt(lost, gained)
	p.add(change)
}

// doubt says whether a store of these was not read whole on the side where the
// certificate is missing.
func (p *pair) doubt(lost, gained []place) string {
	for _, m := range []struct {
		places []place
		host   *Host
		side   string
	}{{lost, p.after, "after"}, {gained, p.before, "before"}} {
		for _, at := range m.places {
			switch s := lookUp(m.host.Stores, at.store); {
			case s == nil:
			case s.Broken:
				return fmt.Sprintf("%s was not read whole on the side %s", at.store, m.side)
			case at.physical == "" && len(s.Missing) > 0:
				return fmt.Sprintf("of %s not all was collected on the side %s: %s", at.store, m.side, strings.Join(s.Missing, ", "))
			}
		}
	}
	return ""
}

// matchPlaces pairs the places of both sides. The physical store is compared
// only where both sides tell it.
func matchPlaces(b, a *presence) (same [][2]place, lost, gained []place) {
	if b != nil {
		lost = slices.Clone(b.places)
	}
	if a != nil {
		gained = slices.Clone(a.places)
	}
	take := func(fits func(x, y place) bool) {
		lost = slices.DeleteFunc(lost, func(x place) bool {
			i := slices.IndexFunc(gained, func(y place) bool { return fits(x, y) })
			if i < 0 {
				return false
			}
			same = append(same, [2]place{x, gained[i]})
			gained = slices.Delete(gained, i, i+1)
			return true
		})
	}
	take(func(x, y place) bool {
		return strings.EqualFold(x.store, y.store) && strings.EqualFold(x.physical, y.physical)
	})
	vague := func(x, y place) bool {
		return strings.EqualFold(x.store, y.store) && (x.physical == "" || y.physical == "")
	}
	take(vague)
	// A logical export shows a certificate of two physical stores once.
	drop := func(list []place, with func(m [2]place) place) []place {
		return slices.DeleteFunc(list, func(x place) bool {
			return slices.ContainsFunc(same, func(m [2]place) bool { return vague(x, with(m)) })
		})
	}
	lost = drop(lost, func(m [2]place) place { return m[1] })
	gained = drop(gained, func(m [2]place) place { return m[0] })
	return same, lost, gained
}

func joinPlaces(list []place) string {
	var names []string
	for _, s := range list {
		names = append(names, s.String())
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// properties compares the properties of a certificate in one place. Where a
// side's are not known, only the friendly name is, and that only between two
// exports of one format: another may not carry it.
func (p *pair) properties(about Change, at, to place, b, a *Certificate) {
	about.What = AProperty
	about.Place = to.String()
	if at != to && to.physical == "" {
		about.Place = at.String()
	}
	if !b.Known || !a.Known {
		if b.Format == a.Format && b.FriendlyName != a.FriendlyName {
			about.Kind, about.Before, about.After = Changed, b.FriendlyName, a.FriendlyName
			about.Subject += ": friendly name"
			p.add(about)
		}
		return
	}
	if !b.Carries || !a.Carries {
		if b.Carries != a.Carries {
			p.poor++
		}
		return
	}
	before := map[uint32]*Property{}
	for i := range b.Properties {
		if q := &b.Properties[i]; before[q.ID] == nil {
			before[q.ID] = q
		}
	}
	list := slices.Clone(a.Properties)
	slices.SortStableFunc(list, func(x, y Property) int { return cmp.Compare(x.ID, y.ID) })
	list = slices.CompactFunc(list, func(x, y Property) bool { return x.ID == y.ID })
	report := func(kind Kind, q *Property, was, is string) {
		c := about
		c.Kind, c.Before, c.After = kind, was, is
		c.Subject = fmt.Sprintf("%s: property %d (%s)", about.Subject, q.ID, q.Name)
		p.add(c)
	}
	for i := range list {
		q := &list[i]
		old := before[q.ID]
		delete(before, q.ID)
		switch {
		case old == nil:
			report(Added, q, "", q.Text)
		case old.Value != q.Value:
			report(Changed, q, old.Text, q.Text)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		report(Removed, before[id], before[id].Text, "")
	}
}
