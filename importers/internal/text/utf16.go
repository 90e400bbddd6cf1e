package text

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	notASCIILE = 0xFF80_FF80_FF80_FF80 // of four little-endian units, what ASCII leaves 0
	notASCIIBE = 0x80FF_80FF_80FF_80FF // the same of big-endian ones, read little-endian
)

// asciiPrefix returns how many bytes at the start of b are ASCII.
func asciiPrefix(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&0x8080_8080_8080_8080 != 0 {
			break
		}
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// narrow writes the ASCII characters at the start of the UTF-16 src to dst,
// which must have room for all of src, and returns how many there were. Nearly
// all text that is exported is ASCII, so this loop is where decoding happens:
// eight units a round.
func narrow(dst, src []byte, bigEndian bool) int {
	mask, shift := uint64(notASCIILE), 0
	if bigEndian {
		mask, shift = notASCIIBE, 8
	}
	n := 0
	for len(src) >= 16 && len(dst) >= 8 {
		a, b := binary.LittleEndian.Uint64(src), binary.LittleEndian.Uint64(src[8:])
		if (a|b)&mask != 0 {
			break
		}
		a, b = a>>shift, b>>shift
		a, b = (a|a>>8)&0x0000_FFFF_0000_FFFF, (b|b>>8)&0x0000_FFFF_0000_FFFF
		a, b = (a|a>>16)&0xFFFF_FFFF, (b|b>>16)&0xFFFF_FFFF
		binary.LittleEndian.PutUint64(dst, a|b<<32)
		src, dst = src[16:], dst[8:]
		n += 8
	}
	for len(src) >= 2 && len(dst) >= 1 {
		u := unit(src, bigEndian)
		if u >= utf8.RuneSelf {
			break
		}
		dst[0] = byte(u)
		src, dst = src[2:], dst[1:]
		n++
	}
	return n
}

func unit(src []byte, bigEndian bool) uint16 {
	if bigEndian {
		return binary.BigEndian.Uint16(src)
	}
	return binary.LittleEndian.Uint16(src)
}

// decodeUTF16 decodes the character at the start of src, which is not empty,
// and returns the bytes that it took. ok is false for an unpaired surrogate or
// a lone last byte, which give U+FFFD.
func decodeUTF16(src []byte, bigEndian bool) (r rune, n int, ok bool) {
	if len(src) < 2 {
		return utf8.RuneError, len(src), false
	}
	u := rune(unit(src, bigEndian))
	if !utf16.IsSurrogate(u) {
		return u, 2, true
	}
	if len(src) >= 4 {
		if r := utf16.DecodeRune(u, rune(unit(src[2:], bigEndian))); r != utf8.RuneError {
			return r, 4, true
		}
	}
	return utf8.RuneError, 2, false
}

// appendUTF16 appends src as UTF-8 to dst and returns the number of broken
// sequences, each of which became U+FFFD.
func appendUTF16(dst, src []byte, bigEndian bool) (out []byte, broken int) {
	for {
		// A unit gives at most three bytes, so dst never grows below again.
		dst = grow(dst, len(src)/2)
		n := narrow(dst[len(dst):cap(dst)], src, bigEndian)
		dst, src = dst[:len(dst)+n], src[2*n:]
		for len(src) > 0 {
			r, n, ok := decodeUTF16(src, bigEndian)
			if r < utf8.RuneSelf {
				break
			}
			if !ok {
				broken++
			}
			dst, src = utf8.AppendRune(dst, r), src[n:]
		}
		if len(src) == 0 {
			return dst, broken
		}
	}
}

// AppendUTF16LE appends the UTF-8 text s to dst in UTF-16LE, as the registry
// holds strings. A sequence that is not UTF-8 gives U+FFFD.
func AppendUTF16LE(dst, s []byte) []byte {
	dst = grow(dst, 2*len(s)+4)
	for {
		n := widen(dst[len(dst):cap(dst)], s)
		dst, s = dst[:len(dst)+2*n], s[n:]
		if len(s) == 0 {
			return dst
		}
		r, n := utf8.DecodeRune(s)
		s = s[n:]
		if r > 0xFFFF {
			hi, lo := utf16.EncodeRune(r)
			dst = binary.LittleEndian.AppendUint16(dst, uint16(hi))
			r = lo
		}
		dst = binary.LittleEndian.AppendUint16(dst, uint16(r))
	}
}

// widen writes the ASCII at the start of src to dst as UTF-16LE and returns how
// many characters there were. dst has room for all of src: no sequence of UTF-8
// takes more than twice its bytes in UTF-16.
func widen(dst, src []byte) int {
	n := 0
	for len(src) >= 4 && len(dst) >= 8 {
		x := uint64(binary.LittleEndian.Uint32(src))
		if x&0x8080_8080 != 0 {
			break
		}
		x = (x | x<<16) & 0x0000_FFFF_0000_FFFF
		binary.LittleEndian.PutUint64(dst, (x|x<<8)&0x00FF_00FF_00FF_00FF)
		src, dst = src[4:], dst[8:]
		n += 4
	}
	for len(src) > 0 && src[0] < utf8.RuneSelf {
		dst[0], dst[1] = src[0], 0
		src, dst = src[1:], dst[2:]
		n++
	}
	return n
}

func grow(dst []byte, n int) []byte {
	if cap(dst)-len(dst) >= n {
		return dst
	}
	bigger := make([]byte, len(dst), max(2*cap(dst), len(dst)+n, 512))
	copy(bigger, dst)
	return bigger
}
