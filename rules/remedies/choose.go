package remedies

import (
	"bytes"
	"cmp"
	"math"
	"slices"
)

// A bundle is the certificates of one name: they are taken together or not at
// all, since a name that is left with one bearer is still sent.
type bundle struct {
	// bytes are what the list loses with all of them.
	bytes int
	// count is how many of them are of each class.
	count [classes]int
	// first is the least of their thumbprints.
	first [20]byte
}

// cost packs the counts of a bundle so that costs add and compare as numbers:
// one root of a class outweighs any number of roots of the cheaper ones.
func (b *bundle) cost() uint64 {
	var n uint64
	for c := int(classes) - 1; c >= 0; c-- {
		n = n<<countBits | uint64(b.count[c])
	}
	return n
}

const (
	countBits = 12
	// maxCount is how many certificates of one class the packing can count.
	maxCount = 1<<countBits - 1
	// maxWork bounds bundles × bytes of the exact search: about a second's work,
	// twenty times what Microsoft's whole root programme needs.
	maxWork = 1 << 29
)

const unreachable = math.MaxUint64

// A choice is which bundles to take.
type choice struct {
	taken []int // indices, ascending
	// proven says that no better choice exists, by the criterion of choose.
	proven bool
	// reached says that the bundles taken come to what is needed.
	reached bool
}

// choose picks bundles that come to at least need bytes. Of all sets that do,
// it returns the one that is least by these, in this order:
//
//  1. the number of roots of the dearest class, then of the next cheaper one,
//     and so on: no root of a class is taken that roots of cheaper classes can
//     spare, however many those are;
//  2. the number of roots. Sets that are equal by 1 are equal by 2 as well;
//  3. the ascending list of their thumbprints, compared as text.
//
// The search is exact: a knapsack over bytes, from the last bundle to the
// first. cost[b] is the least cost of coming to b bytes with the bundles not
// yet passed over. Costs are added and compared in one number, so that the
// order by classes survives addition. Among sets of one cost the list of
// thumbprints is least where the set that holds the least thumbprint of those
// that tell them apart wins; so a bundle is taken whenever that costs nothing
// more, in the order of least thumbprints.
//
// Where the bundles together do not reach need, all are taken. Where the search
// would be too long (maxWork), a set is returned that reaches need and is not
// proven to be the least.
func choose(bundles []bundle, need int) choice {
	order := make([]int, len(bundles))
	var total int
	var count [classes]int
	for i := range bundles {
		order[i] = i
		total += bundles[i].bytes
		for c, n := range bundles[i].count {
			count[c] += n
		}
	}
	switch {
	case need <= 0:
		return choice{proven: true, reached: true}
	case total < need:
		return choice{taken: order, proven: true}
	}
	slices.SortStableFunc(order, func(a, b int) int { return bytes.Compare(bundles[a].first[:], bundles[b].first[:]) })
	if slices.Max(count[:]) > maxCount || len(bundles) > maxWork/(need+1) {
		return chooseRoughly(bundles, need)
	}

	cost := make([]uint64, need+1)
	for b := 1; b <= need; b++ {
		cost[b] = unreachable
	}
	width := (need + 64) / 64
	take := make([]uint64, width*len(bundles)) // one bit for each bundle and number of bytes
	for i := len(order) - 1; i >= 0; i-- {
		this := &bundles[order[i]]
		price, row := this.cost(), take[i*width:(i+1)*width]
		for b := need; b > 0; b-- {
			rest := cost[max(0, b-this.bytes)]
			if rest == unreachable {
				continue
			}
			if with := rest + price; with <= cost[b] {
				cost[b] = with
				row[b/64] |= 1 << (b % 64)
			}
		}
	}
	result := choice{proven: true, reached: true}
	for i, left := 0, need; left > 0; i++ {
		if take[i*width+left/64]>>(left%64)&1 == 1 {
			result.taken = append(result.taken, order[i])
			left -= bundles[order[i]].bytes
		}
	}
	slices.Sort(result.taken)
	return result
}

// chooseRoughly takes bundles from the cheapest class up, the greatest first,
// and puts back what turns out not to be needed, the dearest first.
func chooseRoughly(bundles []bundle, need int) choice {
	dearest := func(b *bundle) int {
		for c := int(classes) - 1; c > 0; c-- {
			if b.count[c] > 0 {
				return c
			}
		}
		return 0
	}
	order := make([]int, len(bundles))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &bundles[a], &bundles[b]
		return cmp.Or(cmp.Compare(dearest(x), dearest(y)), cmp.Compare(y.bytes, x.bytes), bytes.Compare(x.first[:], y.first[:]))
	})
	sum, n := 0, 0
	for sum < need {
		sum += bundles[order[n]].bytes
		n++
	}
	result := choice{reached: true}
	for i := n - 1; i >= 0; i-- {
		if b := bundles[order[i]].bytes; sum-b >= need {
			sum -= b
			continue
		}
		result.taken = append(result.taken, order[i])
	}
	slices.Sort(result.taken)
	return result
}
