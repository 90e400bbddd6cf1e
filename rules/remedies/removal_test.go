package remedies

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// best tries every set of certificates of a list. A set suffices if the names
// that no certificate outside it bears come to need bytes.
func best(l *issuerlist.List, may map[[32]byte]Class, need int) ([][20]byte, bool) {
	type entry struct {
		*issuerlist.Entry
		class Class
	}
	var free []entry
	for i := range l.Entries {
		if c, ok := may[l.Entries[i].SHA256]; ok && l.Entries[i].Counted != issuerlist.No {
			free = append(free, entry{&l.Entries[i], c})
		}
	}
	type set struct {
		count  [classes]int
		thumbs [][20]byte
	}
	var least *set
	for mask := range 1 << len(free) {
		s := &set{}
		gone := map[[32]byte]bool{}
		for i, e := range free {
			if mask>>i&1 == 1 {
				s.count[e.class]++
				s.thumbs = append(s.thumbs, e.SHA1)
				gone[e.SHA256] = true
			}
		}
		saved, stays := map[string]int{}, map[string]bool{}
		for _, e := range l.Entries {
			if e.Counted == issuerlist.No {
				continue
			}
			if gone[e.SHA256] {
				saved[string(e.SubjectDER)] += e.Times * (2 + e.NameBytes)
			} else {
				stays[string(e.SubjectDER)] = true
			}
		}
		sum := 0
		for name, n := range saved {
			if !stays[name] {
				sum += n
			}
		}
		if sum < need {
			continue
		}
		slices.SortFunc(s.thumbs, func(a, b [20]byte) int { return bytes.Compare(a[:], b[:]) })
		if least == nil {
			least = s
			continue
		}
		order := 0
		for c := int(classes) - 1; c >= 0 && order == 0; c-- {
			order = s.count[c] - least.count[c]
		}
		if order == 0 {
			order = len(s.thumbs) - len(least.thumbs)
		}
		if order == 0 {
			order = slices.CompareFunc(s.thumbs, least.thumbs, func(a, b [20]byte) int { return bytes.Compare(a[:], b[:]) })
		}
		if order < 0 {
			least = s
		}
	}
	if least == nil {
		return nil, false
	}
	return least.thumbs, true
}

// TestRemovalAgainstExhaustiveSearch plans small random stores with shared
// names, certificates that stand there twice, roots that must stay and private
// ones, and compares the result with a search through all sets of certificates.
func TestRemovalAgainstExhaustiveSearch(t *testing.T) {
	r := rand.New(rand.NewPCG(293781, 12288))
	reached, missed, shared := 0, 0, 0
	for round := range 250 {
		var list []*evidence.Occurrence
		may := map[[32]byte]Class{}
		for i := range 2 + r.IntN(8) {
			label := fmt.Sprintf("name %d", i)
			if i > 0 && r.IntN(3) == 0 {
				label = fmt.Sprintf("name %d", r.IntN(i)) // shared, perhaps
			}
			size := 20 + 5*(int(label[5])%4)
			o := made(fmt.Sprint(round, i), label, label, size)
			class := Class(r.IntN(int(classes)))
			switch class {
			case Disabled:
				disabled(o)
			case Expired:
				expired(with(o, evidence.PropAuthRootSHA256, nil))
			case Restricted:
				with(o, evidence.PropNotBefore, nil)
			case Programme:
				with(o, evidence.PropAuthRootSHA256, nil)
			}
			switch r.IntN(6) {
			case 0:
				o = in(o, evidence.StoreRoot, evidence.PhysicalGroupPolicy) // must stay
			case 1:
				list = append(list, o, o) // twice
				may[o.SHA256] = class
				continue
			default:
				may[o.SHA256] = class
			}
			list = append(list, o)
		}
		private := r.IntN(2) == 0
		files := map[string][]*evidence.Occurrence{}
		for _, o := range list {
			name := "root.sst"
			if o.Store.Physical != "" {
				name = "gp.reg"
			}
			files[name] = append(files[name], o)
		}
		if !private {
			for sum, c := range may {
				if c == Private {
					delete(may, sum)
				}
			}
		}
		b := box{os: "2008r2", files: files}
		c, judgements := judge(t, nil, b)
		limit := 30 + r.IntN(220)
		c.Policy.Limits = map[string]int{"2008r2": limit}
		j := judgements[0]
		j.Lists = issuerlist.Compute(issuerlist.Host{Case: j.Case, Version: j.Version, Tables: c.Tables, AsOf: c.AsOf, LimitBytes: limit, LimitCitation: "policy"})
		h := New(Input{Criteria: c, Judgements: judgements, Options: Options{Headroom: 10, IncludePrivate: private}}).Hosts[0]
		l := j.Lists[0]
		need := l.Bytes.Max - Target(limit, 10)
		if need <= 0 {
			if len(h.Removals) != 0 {
				t.Fatalf("round %d: a removal where nothing is needed", round)
			}
			continue
		}
		got := h.Removals[0]
		want, ok := best(l, may, need)
		if got.Reached != ok || !got.Proven {
			t.Fatalf("round %d: reached is %v, want %v", round, got.Reached, ok)
		}
		if !ok {
			missed++
			continue
		}
		reached++
		var thumbs [][20]byte
		for _, row := range got.Rows {
			thumbs = append(thumbs, row.SHA1)
			if row.Shared {
				shared++
			}
		}
		slices.SortFunc(thumbs, func(a, b [20]byte) int { return bytes.Compare(a[:], b[:]) })
		if fmt.Sprintf("%x", thumbs) != fmt.Sprintf("%x", want) {
			t.Fatalf("round %d: %x go, the search takes %x", round, thumbs, want)
		}
		if after := h.Remedy(Method1).After[0].Bytes; after != got.After || after.Max > got.Target {
			t.Fatalf("round %d: after it the list has %+v, the plan says %+v", round, after, got.After)
		}
	}
	if reached < 100 || missed < 10 || shared < 20 {
		t.Errorf("too little was tried: %d reached, %d not, %d shared names", reached, missed, shared)
	}
}

// TestRowsAreInOrder checks what a reader sees: classes ascend, certificates of
// one name stand together, and what is saved adds up.
func TestRowsAreInOrder(t *testing.T) {
	list := many(120, 104)
	for i := range 40 {
		o := made(fmt.Sprint("shared", i), fmt.Sprintf("shared %02d", i/2), fmt.Sprintf("shared %02d", i/2), 120)
		with(o, evidence.PropAuthRootSHA256, nil)
		if i%3 == 0 {
			disabled(o)
		}
		list = append(list, o)
	}
	r := planOne(t, Options{Headroom: 40}, box{os: "2008r2", files: rootFile(list...)}).Removals[0]
	saved, seen := 0, map[string]int{}
	most := r.Before.Max
	for i, row := range r.Rows {
		saved += row.Saves
		if row.Max >= most {
			t.Errorf("row %d: the greatest size does not fall", i+1)
		}
		most = row.Max
		if last, ok := seen[row.Subject]; ok && last != i-1 {
			t.Errorf("row %d: its name stood in row %d", i+1, last+1)
		}
		seen[row.Subject] = i
	}
	if saved != r.Before.Max-r.After.Max {
		t.Errorf("the rows save %d bytes, the list loses %d", saved, r.Before.Max-r.After.Max)
	}
}
