package regfile

import (
	"encoding/binary"
	"strings"
)

// A nameSet remembers the names of the values of one key.
type nameSet struct {
	few  []namedHash
	many map[uint64][]string
}

type namedHash struct {
	hash uint64
	name string
}

// fewNames is how many names are looked through one by one: nearly all keys
// have fewer.
const fewNames = 16 // and how many of one hash are remembered

func (n *nameSet) reset() {
	n.few = n.few[:0]
	n.many = nil
}

// seen adds a name and reports whether it was there, in any case.
func (n *nameSet) seen(name string) bool {
	h := foldHash(name)
	if len(n.few) < fewNames {
		for _, f := range n.few {
			if f.hash == h && strings.EqualFold(f.name, name) {
				return true
			}
		}
		n.few = append(n.few, namedHash{h, name})
		return false
	}
	if n.many == nil {
		n.many = map[uint64][]string{}
		for _, f := range n.few {
			n.many[f.hash] = append(n.many[f.hash], f.name)
		}
	}
	same := n.many[h]
	for _, other := range same {
		if strings.EqualFold(other, name) {
			return true
		}
	}
	if len(same) < fewNames {
		n.many[h] = append(same, name)
	}
	return false
}

// foldHash returns a number that is the same for names that differ in case
// only.
func foldHash(s string) uint64 {
	const (
		prime = 0x9E37_79B9_7F4A_7C15
		upper = 0x2020_2020_2020_2020 // the bit that ASCII's case is
		high  = 0x8080_8080_8080_8080
	)
	h := uint64(len(s)) * prime
	for rest := s; len(rest) > 0; {
		var word [8]byte
		n := copy(word[:], rest)
		rest = rest[n:]
		x := binary.LittleEndian.Uint64(word[:])
		if x&high != 0 {
			return foldHash(strings.Map(asciiOrLess, strings.ToLower(s)))
		}
		h = (h ^ (x | upper)) * prime
		h ^= h >> 32
	}
	return h
}

// asciiOrLess leaves of a name outside ASCII what fits into seven bits.
func asciiOrLess(r rune) rune { return r & 0x7F }
