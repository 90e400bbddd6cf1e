package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
)

// Bounds of the sheets that compare hosts. A sheet that is cut says so.
const (
	FleetRules    = 250  // columns of the sheet Fleet
	FleetColumns  = 250  // hosts, as columns of the sheet Root presence
	FleetPresence = 5000 // roots, as its rows
)

// fleetSheets compare the hosts of a case that has several: what each rule says
// of each, and where roots stand.
func (v *view) fleetSheets() []*Sheet {
	if len(v.hosts) < 2 {
		return nil
	}
	var hosts []Host
	for _, h := range v.hosts {
		hosts = append(hosts, h.Host)
	}
	return []*Sheet{fleetSheet(v.Report, hosts), presenceSheet(v, hosts)}
}

// worst are the outcomes of a rule on a host, the one that is shown first.
var worst = []string{string(rules.Failed), string(rules.Erred), string(rules.Unknown), string(rules.NotChecked), waivedWord, string(rules.Informational), string(rules.Passed), string(rules.NotApplicable)}

const waivedWord = "waived"

// fleetSheet has a row for each host and a column for each rule: the worst that
// the rule found there.
func fleetSheet(r *Report, hosts []Host) *Sheet {
	s := &Sheet{Name: "Fleet", Title: "What each rule says of each host: the worst that it found",
		Note: "waived: it failed, and a waiver covers it. An empty cell: the rule is not in force.", Empty: "no host was judged", Len: len(hosts),
		Columns: []Column{{"host", "Host", Text, 20}, {"windows", "Windows", Text, 24}, {"failed", "Failed", Integer, 8}}}
	found := map[string]map[string]string{} // by host and rule
	failed := map[string]int{}
	seen := map[string]bool{}
	for f := range eachOf(r.Findings) {
		outcome := f.Outcome
		if outcome == string(rules.Failed) {
			if f.Waiver != nil && f.Waiver.State == string(rules.WaiverActive) {
				outcome = waivedWord
			} else {
				failed[f.Host]++
			}
		}
		if found[f.Host] == nil {
			found[f.Host] = map[string]string{}
		}
		seen[f.Rule] = true
		if now, ok := found[f.Host][f.Rule]; !ok || slices.Index(worst, outcome) < slices.Index(worst, now) {
			found[f.Host][f.Rule] = outcome
		}
	}
	var ids []string
	for rule := range eachOf(r.Rules) {
		if seen[rule.ID] {
			ids = append(ids, rule.ID)
		}
	}
	if n := len(ids) - FleetRules; n > 0 {
		ids = ids[:FleetRules]
		s.Note += fmt.Sprintf(" Cut: %d more rules are in Findings only.", n)
	}
	for _, id := range ids {
		s.Columns = append(s.Columns, Column{camelCase(id), Clean(id), Text, 20})
	}
	s.Rows = func(yield func([]Cell) bool) {
		for _, h := range hosts {
			row := []Cell{text(h.Name), text(h.OSName), number(failed[h.Name])}
			for _, id := range ids {
				row = append(row, fleetCell(found[h.Name][id]))
			}
			if !yield(row) {
				return
			}
		}
	}
	return s
}

func fleetCell(outcome string) Cell {
	if outcome == waivedWord {
		return styled(outcome, Quiet)
	}
	return styled(outcome, outcomeStyle(rules.Outcome(outcome)))
}

// camelCase makes a key of words that are joined by hyphens.
func camelCase(id string) string {
	words := strings.Split(id, "-")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}

// A presence is where one root stands.
type presence struct {
	thumbprint, subject, pack string
	on                        []uint64                // a bit for each host
	stated                    map[int]rules.RootState // of required roots, by host
}

func (p *presence) set(host int) {
	for len(p.on) <= host/64 {
		p.on = append(p.on, 0)
	}
	p.on[host/64] |= 1 << (host % 64)
}

func (p *presence) has(host int) bool {
	return host/64 < len(p.on) && p.on[host/64]&(1<<(host%64)) != 0
}

// How much of Trusted Root a host's exports hold.
const (
	rootNone  = iota // nothing of it
	rootPart         // some: what is not there may stand in the rest
	rootWhole        // all of it
)

var machineRoot = evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot}.String()

// presenceSheet has a row for each root that is required of a host, and for each
// that stands in Trusted Root of some hosts and not of others.
func presenceSheet(v *view, hosts []Host) *Sheet {
	s := &Sheet{Name: "Root presence", Title: "Required roots, and roots that not all hosts have, in Trusted Root of each host",
		Note:    "not seen: it is not in what was collected of Trusted Root, which is not all of it. Required roots are never to be removed.",
		Empty:   "no root is required, and all hosts whose Trusted Root was collected have the same roots",
		Columns: []Column{{"root", "Root", Wrapped, 48}, {"required", "Required by", Text, 16}, {"present", "Hosts that have it", Integer, 10}}}
	at := map[string]int{}
	for i, h := range hosts {
		at[h.Name] = i
	}
	list, held := presences(v, at)
	if n := len(list) - FleetPresence; n > 0 {
		list = list[:FleetPresence]
		s.Note += fmt.Sprintf(" Cut: %s more roots differ; see Certificates.", rules.Grouped(n))
	}
	shown := hosts
	if n := len(hosts) - FleetColumns; n > 0 {
		shown = hosts[:FleetColumns]
		s.Note += fmt.Sprintf(" Cut: %s more hosts have no column; they are counted.", rules.Grouped(n))
	}
	for i, h := range shown {
		s.Columns = append(s.Columns, Column{fmt.Sprintf("host%d", i+1), Clean(h.Name), Text, 16})
	}
	s.Columns = append(s.Columns, Column{"thumbprint", "Thumbprint (SHA-1)", Identifier, 43})
	s.Len = len(list)
	s.Rows = func(yield func([]Cell) bool) {
		for _, p := range list {
			count := 0
			for i := range hosts {
				if p.has(i) {
					count++
				}
			}
			row := []Cell{text(subjectWords(p.subject, p.thumbprint)), text(p.pack), number(count)}
			for i := range shown {
				row = append(row, presenceCell(p, i, held[i]))
			}
			if !yield(append(row, text(p.thumbprint))) {
				return
			}
		}
	}
	return s
}

func presenceCell(p *presence, host, held int) Cell {
	state, required := p.stated[host]
	switch {
	case state == rules.RootDisallowed:
		return styled(string(state), Bad)
	case p.has(host), state == rules.RootPresent:
		return styled("present", Good)
	case state == rules.RootMissing:
		return styled("missing", Bad)
	case held == rootNone:
		return styled("not collected", Absent)
	case held == rootPart, required:
		return styled("not seen", Doubt)
	}
	return styled("absent", Quiet)
}

// presences are the roots to show, required ones in the order of their packs and
// then those that differ, by name; and how much of Trusted Root was collected of
// each host.
func presences(v *view, at map[string]int) (list []*presence, held []int) {
	byThumbprint := map[string]*presence{}
	var required []*presence
	whole := map[int]bool{}
	for root := range eachOf(v.RequiredRoots) {
		i, ok := at[root.Host]
		if !ok || root.State == string(rules.RootImpostor) {
			continue
		}
		p := byThumbprint[root.Thumbprint]
		if p == nil {
			p = &presence{thumbprint: root.Thumbprint, subject: root.Name, pack: root.Pack, stated: map[int]rules.RootState{}}
			byThumbprint[root.Thumbprint] = p
			required = append(required, p)
		}
		p.stated[i] = rules.RootState(root.State)
		if root.State == string(rules.RootMissing) { // which is said only of a Root that is whole
			whole[i] = true
		}
	}
	held, told := heldByLists(v, at)
	for i := range whole {
		held[i], told[i] = rootWhole, true
	}
	for c := range eachOf(v.Certificates) {
		i, ok := at[c.Host]
		if !ok || c.Store != machineRoot {
			continue
		}
		if !told[i] {
			held[i] = rootPart
		}
		p := byThumbprint[c.Thumbprint]
		if p == nil {
			p = &presence{thumbprint: c.Thumbprint, subject: c.Subject}
			byThumbprint[c.Thumbprint] = p
			list = append(list, p)
		}
		p.set(i)
	}
	list = slices.DeleteFunc(list, func(p *presence) bool {
		for i := range held {
			if held[i] != rootNone && !p.has(i) {
				return false
			}
		}
		return true
	})
	slices.SortFunc(list, func(x, y *presence) int {
		return cmp.Or(strings.Compare(x.subject, y.subject), strings.Compare(x.thumbprint, y.thumbprint))
	})
	return append(required, list...), held
}

// heldByLists says how much of Trusted Root was collected of the hosts whose list
// it feeds, and which these are. Of the others nothing but the certificates that
// were read tells, and not whether they are all.
func heldByLists(v *view, at map[string]int) (held []int, told []bool) {
	held, told = make([]int, len(at)), make([]bool, len(at))
	for _, h := range v.hosts {
		for k := range h.lists {
			i, l := at[h.Name], &h.lists[k]
			if l.Store != machineRoot {
				continue
			}
			told[i] = true
			switch {
			case l.Whole:
				held[i] = rootWhole
			case l.Collected:
				held[i] = max(held[i], rootPart)
			}
		}
	}
	return held, told
}
