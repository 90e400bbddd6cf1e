package redact

import (
	"net/netip"
	"regexp"
	"strings"
)

// sid is the identifier of an account or of a domain: those that Windows gives
// to every installation alike, such as S-1-5-18, name nobody.
var sid = regexp.MustCompile(`(?i)^S-1-(?:5-21(?:-[0-9]{1,10}){3,4}|12-1(?:-[0-9]{1,10}){4})`)

// naming reports whether an address names a machine.
func naming(a netip.Addr) bool {
	a = a.Unmap()
	return !a.IsUnspecified() && !a.IsLoopback() && !a.IsMulticast() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255}) &&
		!(a.Is4() && a.As4()[0] == 255)
}

// notAddress matches what stands before four numbers that are a version.
var notAddress = regexp.MustCompile(`(?i)(?:version|versija|ver|build|release|firmware|section|clause|chapter|§|\bv)\.?[\s:=(]*$`)

// addressAt returns the length of the network address at i: IPv4, IPv6 or MAC.
// Object identifiers of certificates (2.5.4.3, 2.5.29.37) and versions, which
// look like IPv4, are none, and neither is an address that names no machine.
func addressAt(s string, i int) int {
	c := s[i]
	if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
		return 0
	}
	if i > 1 && s[i-1] == '.' && wordByte(s[i-2]) && s[i-2] <= '9' {
		return 0 // the middle of a longer number
	}
	end := i
	colons, dots, dashes := 0, 0, 0
	for end < len(s) && end-i < 64 {
		switch c := s[end]; {
		case c == ':':
			colons++
		case c == '.':
			dots++
		case c == '-':
			dashes++
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F':
		default:
			goto done
		}
		end++
	}
done:
	if colons < 2 && dots < 3 && dashes < 5 {
		return 0
	}
	if !afterPair(s, i) {
		if n := macLength(s[i:end]); n > 0 && !wordAt(s, i+n) {
			return n
		}
		if colons >= 2 {
			if n := v6Length(s, i, end); n > 0 {
				return n
			}
		}
	}
	if n := v4Length(s[i:end]); n > 0 && !wordAt(s, i+n) {
		if rest := s[i+n:]; len(rest) > 1 && rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9' {
			return 0
		}
		a, err := netip.ParseAddr(s[i : i+n])
		if err == nil && naming(a) && !strings.HasPrefix(s[i:], "2.5.4.") && !strings.HasPrefix(s[i:], "2.5.29.") && !notAddress.MatchString(s[max(0, i-24):i]) {
			return n
		}
	}
	return 0
}

// afterPair reports whether hex digits and a separator stand before i: then it
// is the middle of a digest, and no address begins there.
func afterPair(s string, i int) bool {
	if i < 2 || s[i-1] != ':' && s[i-1] != '-' {
		return false
	}
	start := i - 1
	for start > 0 && wordByte(s[start-1]) {
		start--
	}
	return i-1-start <= 4 && isHex(s[start:i-1])
}

// wordAt reports whether a word goes on at i.
func wordAt(s string, i int) bool { return i < len(s) && wordByte(s[i]) }

func v6Length(s string, i, end int) int {
	for end > i && (s[end-1] == '.' || s[end-1] == '-' || s[end-1] == ':' && !strings.HasSuffix(s[i:end], "::")) {
		end--
	}
	if wordAt(s, end) || !strings.ContainsAny(s[i:end], "0123456789") {
		return 0
	}
	// A port may follow, or a dash and something else.
	for _, stop := range []int{end, i + indexOr(s[i:end], "-", end-i)} {
		a, err := netip.ParseAddr(s[i:stop])
		if err == nil && a.Is6() && naming(a) {
			return stop - i
		}
	}
	return 0
}

func indexOr(s, sub string, or int) int {
	if i := strings.Index(s, sub); i >= 0 {
		return i
	}
	return or
}

func v4Length(s string) int {
	i := 0
	for part := range 4 {
		start := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if i == start || i-start > 3 {
			return 0
		}
		if part < 3 {
			if i == len(s) || s[i] != '.' {
				return 0
			}
			i++
		}
	}
	return i
}

// macLength measures six pairs of hex digits with one separator throughout; what
// is longer, such as a digest, is none.
func macLength(s string) int {
	const n = 6*2 + 5
	if len(s) < n || s[2] != '-' && s[2] != ':' {
		return 0
	}
	for i := range n {
		if (i%3 == 2) != (s[i] == s[2]) || i%3 != 2 && !isHex(s[i:i+1]) {
			return 0
		}
	}
	if len(s) > n && (s[n] == s[2] || isHex(s[n:n+1])) {
		return 0
	}
	if strings.Trim(s[:n], "0:-") == "" || strings.Trim(strings.ToLower(s[:n]), "f:-") == "" {
		return 0
	}
	return n
}
