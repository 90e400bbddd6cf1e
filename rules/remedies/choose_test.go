package remedies

import (
	"bytes"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// exhaustive tries every set of bundles and returns the least that reaches need
// by the criterion of choose, or reports that none does. Sets are compared as
// the criterion is written, without the packing that choose relies on.
func exhaustive(list []bundle, thumbs [][][20]byte, need int) ([]int, bool) {
	type set struct {
		taken  []int
		count  [classes]int
		number int
		thumbs [][20]byte
	}
	var best *set
	for mask := range 1 << len(list) {
		s := &set{}
		sum := 0
		for i := range list {
			if mask>>i&1 == 0 {
				continue
			}
			sum += list[i].bytes
			s.taken = append(s.taken, i)
			for c, n := range list[i].count {
				s.count[c] += n
				s.number += n
			}
			s.thumbs = append(s.thumbs, thumbs[i]...)
		}
		if sum < need {
			continue
		}
		slices.SortFunc(s.thumbs, func(a, b [20]byte) int { return bytes.Compare(a[:], b[:]) })
		if best == nil || func() bool {
			for c := int(classes) - 1; c >= 0; c-- {
				if s.count[c] != best.count[c] {
					return s.count[c] < best.count[c]
				}
			}
			if s.number != best.number {
				return s.number < best.number
			}
			return slices.CompareFunc(s.thumbs, best.thumbs, func(a, b [20]byte) int { return bytes.Compare(a[:], b[:]) }) < 0
		}() {
			best = s
		}
	}
	if best == nil {
		return nil, false
	}
	return best.taken, true
}

// store makes a random store: names of one to three bearers, of mixed classes.
func store(r *rand.Rand, n, names, length int) ([]bundle, [][][20]byte) {
	list := make([]bundle, n)
	thumbs := make([][][20]byte, n)
	for i := range list {
		bearers := 1
		if r.IntN(4) == 0 {
			bearers += 1 + r.IntN(names)
		}
		size := 1 + r.IntN(length)
		for range bearers {
			var t [20]byte
			for k := range t {
				t[k] = byte(r.Uint32())
			}
			thumbs[i] = append(thumbs[i], t)
			list[i].count[r.IntN(int(classes))]++
			list[i].bytes += size
		}
		slices.SortFunc(thumbs[i], func(a, b [20]byte) int { return bytes.Compare(a[:], b[:]) })
		list[i].first = thumbs[i][0]
	}
	return list, thumbs
}

func TestChooseAgainstExhaustiveSearch(t *testing.T) {
	r := rand.New(rand.NewPCG(2464556, 16384))
	reached := 0
	for round := range 1200 {
		// Short lengths make many sets of one size, so that ties are decided.
		list, thumbs := store(r, 1+r.IntN(10), 2, 1+r.IntN(12))
		total := 0
		for _, b := range list {
			total += b.bytes
		}
		need := 1 + r.IntN(total+3)
		got := choose(list, need)
		want, ok := exhaustive(list, thumbs, need)
		if got.reached != ok || !got.proven {
			t.Fatalf("round %d: reached is %v, want %v; proven is %v", round, got.reached, ok, got.proven)
		}
		if !ok {
			if len(got.taken) != len(list) {
				t.Fatalf("round %d: %v is taken where nothing suffices, want all of %d", round, got.taken, len(list))
			}
			continue
		}
		reached++
		if fmt.Sprint(got.taken) != fmt.Sprint(want) {
			t.Fatalf("round %d: %v is taken, exhaustive search takes %v, for %d bytes of %+v", round, got.taken, want, need, list)
		}
	}
	if reached < 800 {
		t.Errorf("only %d rounds had a solution", reached)
	}
}

func TestChooseSparesTheDearerClass(t *testing.T) {
	one := func(first byte, c Class, n int) bundle {
		b := bundle{bytes: n, first: [20]byte{first}}
		b.count[c] = 1
		return b
	}
	list := []bundle{one(1, Programme, 500), one(2, Disabled, 40), one(3, Disabled, 40), one(4, Expired, 90), one(5, Disabled, 40)}
	for _, test := range []struct {
		need int
		want string
	}{
		{0, "[]"}, {-5, "[]"},
		{40, "[1]"},        // the least thumbprint of three equal ones
		{41, "[1 2]"},      // two disabled rather than one expired
		{120, "[1 2 4]"},   // three disabled rather than one expired
		{121, "[1 3]"},     // an expired one is unavoidable, and then one disabled is enough
		{210, "[1 2 3 4]"}, // all cheap ones rather than the programme's
		{211, "[0]"},       // the programme's is unavoidable, and enough
		{600, "[0 1 2 4]"}, // with it, disabled ones rather than the expired
		{710, "[0 1 2 3 4]"},
		{711, "[0 1 2 3 4]"}, // not reached
	} {
		got := choose(list, test.need)
		if fmt.Sprint(got.taken) != test.want {
			t.Errorf("for %d bytes %v is taken, want %s", test.need, got.taken, test.want)
		}
		if got.reached != (test.need <= 710) {
			t.Errorf("for %d bytes reached is %v", test.need, got.reached)
		}
	}
}

func TestChooseOfALargeStore(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	list, _ := store(r, 514, 1, 170)
	need := 41_000
	got := choose(list, need)
	sum := 0
	for _, i := range got.taken {
		sum += list[i].bytes
	}
	if !got.proven || !got.reached || sum < need {
		t.Errorf("proven %v, reached %v, %d of %d bytes", got.proven, got.reached, sum, need)
	}
}

// TestChooseRoughly gives a store that is too large to be searched: the result
// must suffice, hold nothing that is not needed, and not claim to be proven.
func TestChooseRoughly(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	list, _ := store(r, 20_000, 1, 60_000)
	need := 100_000_000
	got := choose(list, need)
	sum := 0
	for _, i := range got.taken {
		sum += list[i].bytes
	}
	if got.proven || !got.reached || sum < need {
		t.Fatalf("proven %v, reached %v, %d of %d bytes", got.proven, got.reached, sum, need)
	}
	for _, i := range got.taken {
		if sum-list[i].bytes >= need {
			t.Fatalf("%d is taken without need", i)
		}
	}
}

func TestCostOrdersByClass(t *testing.T) {
	var cheap, dear bundle
	cheap.count[Disabled], cheap.count[Programme] = maxCount, maxCount
	dear.count[Private] = 1
	if cheap.cost() >= dear.cost() {
		t.Error("one private root does not outweigh all others")
	}
	if bits.Len64(bundleOf(maxCount).cost()) > 64-4 {
		t.Error("the packing does not leave room for a sum")
	}
}

func bundleOf(n int) *bundle {
	var b bundle
	for c := range b.count {
		b.count[c] = n
	}
	return &b
}

func BenchmarkChoose(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	list, _ := store(r, 514, 1, 170)
	for b.Loop() {
		choose(list, 41_000)
	}
}
