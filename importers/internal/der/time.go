package der

import "time"

// takeTime reads the next element if it is a time.
func takeTime(c *Cursor) (time.Time, bool) {
	if tag := c.Peek(); tag != TagUTCTime && tag != TagGenTime {
		return time.Time{}, false
	}
	e, ok := c.Next()
	if !ok || e.Cut {
		return time.Time{}, false
	}
	return Time(e)
}

// Time decodes a UTCTime or GeneralizedTime into UTC. Seconds, and in a
// GeneralizedTime minutes, may be missing, a fraction is cut off, an offset is
// applied, and a time without a zone is taken for UTC. A UTCTime's year is one
// of 1950 to 2049 (RFC 5280, 4.1.2.5.1).
func Time(e Element) (time.Time, bool) {
	s := e.Content
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	var year int
	var fields [5]int // month, day, hour, minute, second
	rest := s[:digits]
	minimum := 4 // UTCTime has minutes, at least
	switch e.Tag {
	case TagUTCTime:
		if digits < 2 {
			return time.Time{}, false
		}
		if year = number(rest[:2]); year < 50 {
			year += 2000
		} else {
			year += 1900
		}
		rest = rest[2:]
	case TagGenTime:
		if digits < 4 {
			return time.Time{}, false
		}
		year, rest = number(rest[:4]), rest[4:]
		minimum = 3
	default:
		return time.Time{}, false
	}
	n := len(rest) / 2
	if len(rest)%2 != 0 || n < minimum || n > len(fields) {
		return time.Time{}, false
	}
	for i := range n {
		fields[i] = number(rest[2*i : 2*i+2])
	}
	offset, ok := zone(s[digits:])
	if !ok || fields[2] > 23 || fields[3] > 59 || fields[4] > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(fields[0]), fields[1], fields[2], fields[3], fields[4], 0, time.UTC)
	if int(t.Month()) != fields[0] || t.Day() != fields[1] {
		return time.Time{}, false // there is no such day
	}
	t = t.Add(-offset)
	return t, t.Year() >= 0 && t.Year() <= 9999
}

func number(digits []byte) int {
	n := 0
	for _, d := range digits {
		n = 10*n + int(d-'0')
	}
	return n
}

// zone reads what follows the digits of a time: a fraction, then Z, an offset
// or nothing.
func zone(s []byte) (time.Duration, bool) {
	if len(s) > 0 && (s[0] == '.' || s[0] == ',') {
		i := 1
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if i == 1 {
			return 0, false
		}
		s = s[i:]
	}
	switch {
	case len(s) == 0, len(s) == 1 && s[0] == 'Z':
		return 0, true
	case len(s) == 5 && (s[0] == '+' || s[0] == '-'):
		for _, d := range s[1:] {
			if d < '0' || d > '9' {
				return 0, false
			}
		}
		offset := time.Duration(number(s[1:3]))*time.Hour + time.Duration(number(s[3:5]))*time.Minute
		if s[0] == '-' {
			offset = -offset
		}
		return offset, true
	}
	return 0, false
}
