package eventcsv

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// unquote appends src, which stood between quotes, to dst with each doubled
// quote made one. ok is false where a quote is not doubled; one that is cut by
// the end of src is left out if cut says that src was.
func unquote(dst, src []byte, cut bool) (out []byte, ok bool) {
	for hops := 0; ; hops++ {
		i := bytes.IndexByte(src, '"')
		if i < 0 {
			return append(dst, src...), true
		}
		if i+1 >= len(src) {
			return append(dst, src[:i]...), cut
		}
		if src[i+1] != '"' {
			return dst, false
		}
		dst, src = append(dst, src[:i+1]...), src[i+2:]
		if hops == maxHops {
			return unquoteDense(dst, src, cut)
		}
	}
}

const (
	quoteBlock = 64 // bytes of which the quotes are found at once
	quoteCopy  = 16 // bytes that are copied at once
)

// unquoteDense does the same for text full of quotes, such as JSON. It finds
// the quotes of a block as bits of a number, and copies what is between them in
// pieces of a fixed size: a payload costs a quarter of what it costs byte by
// byte.
func unquoteDense(dst, src []byte, cut bool) (out []byte, ok bool) {
	n := len(dst)
	dst = slices.Grow(dst, len(src)+quoteCopy)
	to := dst[n : n+len(src)+quoteCopy]
	var (
		base, from, j int // the block; what is copied next, and where to
		bad, half     uint64
	)
	for ; base+quoteBlock+quoteCopy <= len(src); base += quoteBlock {
		m := quoteBits((*[quoteBlock]byte)(src[base:]))
		bad |= half &^ m // the second quote of a pair that began before
		m &^= half
		half = 0
		for m != 0 {
			k := bits.TrailingZeros64(m)
			if k == quoteBlock-1 {
				half = 1
			} else {
				bad |= ^(m >> (k + 1)) & 1
			}
			m &= m - 1
			m &= m - 1
			size := base + k + 1 - from
			*(*[quoteCopy]byte)(to[j:]) = *(*[quoteCopy]byte)(src[from:])
			for i := quoteCopy; i < size; i += quoteCopy { // the last piece may be too long
				*(*[quoteCopy]byte)(to[j+i:]) = *(*[quoteCopy]byte)(src[from+i:])
			}
			j += size
			from = base + k + 2
		}
	}
	if from < base {
		j += copy(to[j:], src[from:base])
		from = base
	}
	if half == 1 && src[base] != '"' {
		bad = 1
	}
	first := byte(0) // a quote that waits for its second
	for _, c := range src[from:] {
		if first == '"' && c != '"' {
			bad = 1
		}
		if c == '"' {
			first ^= '"'
			if first == '"' {
				continue
			}
		}
		to[j] = c
		j++
	}
	return dst[:n+j], bad == 0 && (first == 0 || cut)
}

// quoteBits returns the places of the quotes in b as bits.
func quoteBits(b *[quoteBlock]byte) (m uint64) {
	const low7 = 0x7F7F_7F7F_7F7F_7F7F
	for i := 0; i < quoteBlock; i += 8 {
		x := binary.LittleEndian.Uint64(b[i:]) ^ 0x2222_2222_2222_2222
		// The high bit of each byte that is 0, then those bits side by side.
		zero := ^((x&low7 + low7) | x | low7)
		m |= zero >> 7 * 0x0102_0408_1020_4080 >> 56 << i
	}
	return m
}
