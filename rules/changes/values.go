package changes

import "strings"

// values compares registry values by key and name, without regard to case.
func (p *pair) values() {
	id := func(v *Value) string { return strings.ToLower(v.Key) + "\x00" + strings.ToLower(v.Name) }
	before := map[string]*Value{}
	for i := range p.before.Values {
		before[id(&p.before.Values[i])] = &p.before.Values[i]
	}
	collectedBefore, collectedAfter := p.before.collected(), p.after.collected()
	for i := range p.after.Values {
		a := &p.after.Values[i]
		b := before[id(a)]
		delete(before, id(a))
		change := Change{What: ARegValue, Subject: a.name(), Place: a.Key, After: a.words()}
		switch {
		case b == nil && !collectedBefore(a.Key):
			change.Kind, change.Before = NotCollected, "not collected"
		case b == nil:
			change.Kind = Added
		case b.Type != a.Type || b.Text != a.Text:
			change.Kind, change.Before = Changed, b.words()
		default:
			continue
		}
		p.add(change)
	}
	for i := range p.before.Values {
		b := &p.before.Values[i]
		if before[id(b)] != b {
			continue
		}
		change := Change{What: ARegValue, Kind: Removed, Subject: b.name(), Place: b.Key, Before: b.words()}
		if !collectedAfter(b.Key) {
			change.Kind, change.After = NotCollected, "not collected"
		} else if len(p.after.Incomplete) > 0 {
			change.Doubt = "not read whole after: " + strings.Join(p.after.Incomplete, ", ")
		}
		p.add(change)
	}
}

func (v *Value) name() string {
	if v.Name == "" {
		return "(default)"
	}
	return v.Name
}

func (v *Value) words() string { return v.Type + " " + v.Text }

// collected returns the test of whether a key was collected. Where only values
// are known, a key counts as collected if it or a key above or below it holds
// one.
func (h *Host) collected() func(key string) bool {
	if h.KeyCollected != nil {
		return h.KeyCollected
	}
	keys := map[string]bool{}
	for i := range h.Values {
		keys[strings.ToLower(h.Values[i].Key)] = true
	}
	above := map[string]bool{} // ancestors of keys that hold a value
	for k := range keys {
		for i := strings.LastIndexByte(k, '\\'); i > 0; i = strings.LastIndexByte(k[:i], '\\') {
			above[k[:i]] = true
		}
	}
	return func(key string) bool {
		k := strings.ToLower(key)
		if keys[k] || above[k] {
			return true
		}
		for i := strings.LastIndexByte(k, '\\'); i > 0; i = strings.LastIndexByte(k[:i], '\\') {
			if keys[k[:i]] {
				return true
			}
		}
		return false
	}
}
