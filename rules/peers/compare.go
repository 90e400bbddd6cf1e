package peers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// RuleObserved is the id of the finding that an observed list gives. It is no
// rule of the engine, which judges exports: only who has seen a list can have
// it compared.
const RuleObserved = "observed-list-differs"

// An Observed is a trusted issuer list as a peer received it.
type Observed struct {
	Where  evidence.Location
	Server string // as the file names it, or ""
	Times  int
	Names  []ObservedName
	// Bytes is the size on the wire with the length fields, 0 where only texts
	// are known.
	Bytes int
	// Broken says that the file may hold more names than were read.
	Broken bool
}

// An ObservedName is one name of an observed list.
type ObservedName struct {
	Text string
	// DER is nil where only the text is known; Key is then what it is compared
	// by.
	DER  []byte
	Key  string
	Line int
}

// A Comparison says how an observed list and the computed one differ.
type Comparison struct {
	// ID is that of a finding: a hash of rule, host and the place of the list.
	ID       string
	Host     string
	Observed *Observed
	// List is the computed list that differs least.
	List *issuerlist.List
	// Outcome is Passed where the observed list is the computed one, whole
	// within the limit or cut at it; Failed where it is not; Informational where
	// it is cut and its order is none of the simulated ones, or where no list
	// was seen and the exports do not say whether one is sent; Unknown where
	// the store was not collected, or where names are missing from a list that
	// was not read whole.
	Outcome rules.Outcome
	Summary string
	// Matched counts the names that are in both; Missing are those that were
	// expected and not seen, Extra those that were seen and not expected.
	Matched int
	Missing []*issuerlist.Entry
	Extra   []ExtraName
	// SystemMapper says that CN=NT AUTHORITY was seen.
	SystemMapper bool
	// Bytes is the size of the observed list on the wire, 0 where it cannot be
	// told; it is computed from the matched names where only texts are known.
	Bytes int
	// Order is the simulated order that the names follow, "" if none or if both
	// are the same.
	Order issuerlist.Order
	// End says how the end of the list fits the limit, "" where nothing is cut.
	End string
}

// An ExtraName is a name that was seen and not expected; Why says what is known
// of it.
type ExtraName struct {
	ObservedName
	Why string
}

// ntAuthority is the name that the system mapper adds.
var ntAuthority = []byte("\x30\x17\x31\x15\x30\x13\x06\x03\x55\x04\x03\x13\x0cNT AUTHORITY")

// Compare compares an observed list with those of a host; the one that differs
// least decides, and of two the earlier. keysOf gives the keys of the texts by
// which an encoded name may have been written. A host has at least one list.
func Compare(s *Server, o *Observed, keysOf func(der []byte) []string) Comparison {
	var best *Comparison
	for _, l := range s.Lists {
		c := compare(l, o, keysOf)
		if best == nil || len(c.Missing)+len(c.Extra) < len(best.Missing)+len(best.Extra) {
			best = &c
		}
	}
	if best == nil {
		best = &Comparison{Observed: o, Outcome: rules.Unknown, Summary: "no list was computed"}
	}
	best.Host = s.Host
	sum := sha256.Sum256([]byte(RuleObserved + "\x00" + strings.ToLower(s.Host) + "\x00" + o.Where.Source + "\x00" + o.Server))
	best.ID = hex.EncodeToString(sum[:8])
	return *best
}

func compare(l *issuerlist.List, o *Observed, keysOf func([]byte) []string) Comparison {
	c := Comparison{Observed: o, List: l}
	t := newTable(l, keysOf)
	var seen []int // indices of matched names in the order of the observed list
	for _, n := range o.Names {
		i := t.take(n)
		switch {
		case i >= 0:
			seen = append(seen, i)
			c.Bytes += issuerlist.PrefixBytes + t.names[i].NameBytes
		case !c.SystemMapper && t.isSystemMapper(n):
			c.SystemMapper = true
			c.Bytes += issuerlist.SystemMapperBytes
		default:
			c.Extra = append(c.Extra, ExtraName{n, t.whyExtra(n)})
		}
	}
	c.Matched = len(seen)
	for i, e := range t.names {
		if !slices.Contains(seen, i) {
			c.Missing = append(c.Missing, e)
		}
	}
	if len(c.Extra) > 0 {
		c.Bytes = 0
	}
	if o.Bytes > 0 {
		c.Bytes = o.Bytes
	}
	c.judge(t, seen)
	return c
}

// A table finds the expected names of a list.
type table struct {
	list   *issuerlist.List
	keysOf func([]byte) []string
	// names are the expected ones in file order; free those not taken yet.
	names []*issuerlist.Entry
	free  []bool
	byKey map[string][]int
	byDER map[string]int
	// others are entries that are not expected in the list, by key.
	others map[string]*issuerlist.Entry
	mapper []string
}

func newTable(l *issuerlist.List, keysOf func([]byte) []string) *table {
	t := &table{list: l, keysOf: keysOf, byKey: map[string][]int{}, byDER: map[string]int{}, others: map[string]*issuerlist.Entry{}, mapper: keysOf(ntAuthority)}
	for _, p := range l.Simulate(issuerlist.FileOrder) {
		i := len(t.names)
		t.names = append(t.names, p.Entry)
		t.free = append(t.free, true)
		t.byDER[string(p.Entry.SubjectDER)] = i
		for _, k := range keysOf(p.Entry.SubjectDER) {
			t.byKey[k] = append(t.byKey[k], i)
		}
	}
	for i := range l.Entries {
		e := &l.Entries[i]
		if _, listed := t.byDER[string(e.SubjectDER)]; listed || e.NameBytes == 0 {
			continue
		}
		for _, k := range keysOf(e.SubjectDER) {
			if t.others[k] == nil {
				t.others[k] = e
			}
		}
	}
	return t
}

// take returns the index of the expected name that an observed one is, or -1,
// and takes it: each is found once.
func (t *table) take(n ObservedName) int {
	if n.DER != nil {
		if i, ok := t.byDER[string(n.DER)]; ok && t.free[i] {
			t.free[i] = false
			return i
		}
		return -1
	}
	for _, i := range t.byKey[n.Key] {
		if t.free[i] {
			t.free[i] = false
			return i
		}
	}
	return -1
}

func (t *table) isSystemMapper(n ObservedName) bool {
	if n.DER != nil {
		return string(n.DER) == string(ntAuthority)
	}
	return slices.Contains(t.mapper, n.Key)
}

// whyExtra says what is known of a name that was not expected.
func (t *table) whyExtra(n ObservedName) string {
	keys := []string{n.Key}
	if n.DER != nil {
		keys = t.keysOf(n.DER)
	}
	for _, k := range keys {
		if e := t.others[k]; e != nil {
			return fmt.Sprintf("it stands in %s and was not expected: %s", t.list.Store, e.Why)
		}
		if len(t.byKey[k]) > 0 {
			if n.DER != nil {
				return "a name of the same text and another encoding is expected"
			}
			return "it was seen more often than expected"
		}
	}
	return "it does not stand in " + t.list.Store
}

// judge words the difference.
func (c *Comparison) judge(t *table, seen []int) {
	l := c.List
	size := fmt.Sprintf("%d names", len(c.Observed.Names))
	if c.Bytes > 0 {
		size += fmt.Sprintf(", %s bytes", rules.Grouped(c.Bytes))
	}
	c.Order = t.orderOf(seen)
	switch {
	case !l.Collected:
		c.Outcome, c.Summary = rules.Unknown, fmt.Sprintf("a list of %s was seen; no export of %s was read to compare it with", size, l.Store)
	case c.Observed.Broken && len(c.Extra) == 0 && len(c.Missing) > 0:
		c.Outcome, c.Summary = rules.Unknown, fmt.Sprintf("what was read of the list are %s, all of them expected; %d more are expected, and the file may hold them", size, len(c.Missing))
	case len(c.Observed.Names) == 0:
		c.judgeNone()
	case l.Sent == issuerlist.SentNo:
		c.Outcome, c.Summary = rules.Failed, fmt.Sprintf("a list of %s was seen, and none should be sent: %s", size, l.SentWhy)
	case len(c.Missing)+len(c.Extra) == 0 && c.Bytes > l.Limit.Bytes:
		c.Outcome = rules.Failed
		c.Summary = fmt.Sprintf("the list that was seen is the computed one, %s, and was not cut although the limit is %s bytes: another limit holds, or another program answered", size, rules.Grouped(l.Limit.Bytes))
	case len(c.Missing)+len(c.Extra) == 0:
		c.Outcome, c.Summary = rules.Passed, fmt.Sprintf("the list that was seen is the computed one: %s", size)
	case len(c.Extra) == 0 && l.Verdict != issuerlist.Under && c.cutFits(t, seen):
		c.Summary = fmt.Sprintf("the list that was seen is the computed one, cut: %s of %d names; %s", size, len(t.names), c.End)
	default:
		c.Outcome = rules.Failed
		c.Summary = fmt.Sprintf("the list that was seen is not the computed one: %s, of which %d were expected; %d missing, %d extra", size, c.Matched, len(c.Missing), len(c.Extra))
		if c.End != "" {
			c.Summary += "; " + c.End
		}
	}
}

// judgeNone judges that a peer was given no names.
func (c *Comparison) judgeNone() {
	switch c.List.Sent {
	case issuerlist.SentNo:
		c.Outcome, c.Summary = rules.Passed, "no list was seen, and none should be sent: "+c.List.SentWhy
	case issuerlist.SentYes:
		c.Outcome, c.Summary = rules.Failed, "no list was seen, and one should be sent: "+c.List.SentWhy
		if len(c.Missing) == 0 {
			c.Outcome, c.Summary = rules.Passed, "no list was seen, and the computed one is empty"
		}
	default:
		c.Outcome, c.Summary = rules.Informational, "no list was seen, which settles what the exports do not say: "+c.List.SentWhy
	}
}

// orderOf returns the simulated order that matched names follow. It is "" for
// fewer than two names, for none of the orders, and where both are the same.
func (t *table) orderOf(seen []int) issuerlist.Order {
	if len(seen) < 2 {
		return ""
	}
	file := slices.IsSorted(seen)
	rank := t.ranks(issuerlist.ThumbprintOrder)
	thumb := slices.IsSortedFunc(seen, func(a, b int) int { return rank[a] - rank[b] })
	switch {
	case file && !thumb:
		return issuerlist.FileOrder
	case thumb && !file:
		return issuerlist.ThumbprintOrder
	}
	return ""
}

// ranks returns the place of each name in an order, counted from 0.
func (t *table) ranks(order issuerlist.Order) map[int]int {
	rank := map[int]int{}
	for n, p := range t.list.Simulate(order) {
		rank[t.byDER[string(p.Entry.SubjectDER)]] = n
	}
	return rank
}

// cutFits judges a list that lacks names and has no other ones: it is the
// computed one, cut, if it fits within the limit and leaves no room for what it
// lacks. It sets Outcome and End and reports whether it fits.
func (c *Comparison) cutFits(t *table, seen []int) bool {
	limit := c.List.Limit.Bytes
	room := limit - c.Bytes
	longest := 0
	for _, e := range c.Missing {
		longest = max(longest, issuerlist.PrefixBytes+e.NameBytes)
	}
	switch {
	case room < 0:
		c.End = fmt.Sprintf("it is over the limit of %s bytes by %s: the limit is another one, or does not count what is assumed", rules.Grouped(limit), rules.Grouped(-room))
		return false
	case room >= longest:
		c.End = fmt.Sprintf("%s bytes were left within the limit, so the missing names were not cut for want of room", rules.Grouped(room))
		return false
	}
	for _, order := range orders {
		kept, rank := 0, t.ranks(order)
		for _, p := range t.list.Simulate(order) {
			if !p.Cut {
				kept++
			}
		}
		last := -1
		for _, i := range seen {
			last = max(last, rank[i])
		}
		if last == len(seen)-1 {
			c.Outcome = rules.Passed
			c.Order = order
			c.End = fmt.Sprintf("it ends where %s order says, with %s bytes left", order, rules.Grouped(room))
			if kept != len(seen) {
				c.End = fmt.Sprintf("it is the beginning of %s order and ends %d names off the simulated cut, with %s bytes left", order, abs(kept-len(seen)), rules.Grouped(room))
			}
			return true
		}
	}
	c.Outcome = rules.Informational
	c.End = fmt.Sprintf("it ends with %s bytes left, less than the longest missing name takes, and in neither simulated order", rules.Grouped(room))
	return true
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
