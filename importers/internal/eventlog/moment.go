package eventlog

import (
	"bytes"
	"time"
	"unicode/utf8"
)

// A moment is a time as an export writes it, taken apart and not yet decided.
type moment struct {
	year int
	// first and second are the two numbers beside the year, as written. Where
	// fixed is set they are the month and the day.
	first, second int
	fixed         bool
	hour, min     int
	sec, nsec     int
	// offset is that from UTC in seconds, where zoned is set.
	offset int
	zoned  bool
}

// maxMoment is the longest text of a time, in bytes after cleaning.
const maxMoment = 64

// parseMoment takes a time apart. It knows what Windows writes in the cultures
// that it ships: year first or last, four or two digits of it, months by number
// or name, any of the usual separators, the half of the day before or behind
// the time, seconds and fractions or none, an offset or none. Marks of text
// direction and spaces that do not break are passed over, as are the question
// marks that an 8-bit export has in their place.
func parseMoment(text []byte) (m moment, ok bool) {
	var room [maxMoment]byte
	s, ok := clean(room[:0], text)
	if !ok {
		return m, false
	}
	p := &momentParser{s: s}
	p.spaces()
	if !p.date(&m) {
		return m, false
	}
	return m, p.time(&m)
}

// clean copies a time without what is only there for the eye.
func clean(dst, text []byte) ([]byte, bool) {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c == '?' || c == '\t' {
				c = ' '
			}
			if len(dst) == maxMoment {
				return nil, false
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == 0x200E, r == 0x200F, r == 0x061C, r == 0xFEFF, r >= 0x202A && r <= 0x202E:
		case r == 0xA0, r == 0x202F, r == 0x2009:
			if len(dst) == maxMoment {
				return nil, false
			}
			dst = append(dst, ' ')
		default:
			if len(dst)+n > maxMoment {
				return nil, false
			}
			dst = append(dst, text[i:i+n]...)
		}
		i += n
	}
	return dst, true
}

type momentParser struct {
	s []byte
	i int
}

// spaces passes over spaces.
func (p *momentParser) spaces() {
	for p.i < len(p.s) && p.s[p.i] == ' ' {
		p.i++
	}
}

// stops passes over spaces, commas and full stops, which may stand around a
// time.
func (p *momentParser) stops() {
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == ',' || p.s[p.i] == '.') {
		p.i++
	}
}

// separators passes over what may stand between the parts of a date.
func (p *momentParser) separators() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', ',', '.', '-', '/':
			p.i++
		default:
			return
		}
	}
}

// number reads one of at most nine digits and returns how many there were.
func (p *momentParser) number() (n, digits int) {
	for p.i < len(p.s) && digit(p.s[p.i]) && digits < 9 {
		n = n*10 + int(p.s[p.i]-'0')
		p.i++
		digits++
	}
	return n, digits
}

// word reads letters, of any script, with the full stops and single spaces
// between them that abbreviations such as "a. m." have. The full stop at the
// end is read and left out.
func (p *momentParser) word() []byte {
	start := p.i
	for p.i < len(p.s) && (letter(p.s[p.i]) || p.s[p.i] >= utf8.RuneSelf || p.s[p.i] == '.' && p.i > start) {
		p.i++
	}
	w := bytes.TrimRight(p.s[start:p.i], ".")
	if rest := p.s[p.i:]; len(w) == 1 && len(rest) >= 3 && string(rest[:3]) == " m." {
		p.i += 3
		return []byte{w[0], 'm'}
	}
	return w
}

func (p *momentParser) date(m *moment) bool {
	if p.i < len(p.s) && !digit(p.s[p.i]) { // Feb 4, 2013
		m.first = monthByName(p.word())
		p.separators()
		m.second, _ = p.number()
		p.separators()
		year, digits := p.number()
		m.fixed = true
		return m.first > 0 && m.setYear(year, digits) && m.validDay()
	}
	n1, d1 := p.number()
	p.part()
	var n2 int
	named := false
	if p.i < len(p.s) && !digit(p.s[p.i]) {
		n2, named = monthByName(p.word()), true
		if n2 == 0 {
			return false
		}
	} else {
		n2, _ = p.number()
	}
	p.part()
	n3, d3 := p.number()
	switch {
	case d1 == 4 || d1 == 2 && n1 > 31:
		m.first, m.second, m.fixed = n2, n3, true
		return m.setYear(n1, d1) && m.validDay()
	case named:
		m.first, m.second, m.fixed = n2, n1, true
		return m.setYear(n3, d3) && m.validDay()
	}
	m.first, m.second = n1, n2
	return m.setYear(n3, d3) && (m.dayFirst() || m.monthFirst())
}

// part passes over what stands between two parts of a date.
func (p *momentParser) part() {
	p.separators()
	if p.i == len(p.s) || p.s[p.i] < utf8.RuneSelf {
		return
	}
	for _, w := range [...]string{"年", "月"} {
		if bytes.HasPrefix(p.s[p.i:], []byte(w)) {
			p.i += len(w)
			break
		}
	}
	p.spaces()
}

func (m *moment) setYear(n, digits int) bool {
	switch {
	case digits == 4:
		m.year = n
	case digits == 2 && n < 50:
		m.year = 2000 + n
	case digits == 2:
		m.year = 1900 + n
	default:
		return false
	}
	return m.year > 0
}

func (m *moment) validDay() bool { return validDate(m.year, m.first, m.second) }

// dayFirst and monthFirst report whether the date can be read so.
func (m *moment) dayFirst() bool   { return !m.fixed && validDate(m.year, m.second, m.first) }
func (m *moment) monthFirst() bool { return !m.fixed && validDate(m.year, m.first, m.second) }

func validDate(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	switch month {
	case 4, 6, 9, 11:
		return day <= 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return day <= 29
		}
		return day <= 28
	}
	return day <= 31
}

// halves of the day.
const (
	noHalf = iota
	morning
	afternoon
)

func (p *momentParser) time(m *moment) bool {
	if p.i < len(p.s) && p.s[p.i] == 'T' {
		p.i++
	}
	half := noHalf
	p.stops()
	for p.i < len(p.s) && !digit(p.s[p.i]) {
		w := p.word()
		if h := halfByName(w); h != noHalf && half == noHalf {
			half = h
		} else if !filler(w) {
			return false
		}
		p.stops()
	}
	var digits int
	if m.hour, digits = p.number(); digits == 0 || digits > 2 || !p.timeSeparator() {
		return false
	}
	if m.min, digits = p.number(); digits != 2 {
		return false
	}
	if p.timeSeparator() {
		if m.sec, digits = p.number(); digits != 2 {
			return false
		}
		p.fraction(m)
	}
	if !p.tail(m, half) {
		return false
	}
	return m.hour < 24 && m.min < 60 && m.sec <= 60
}

// timeSeparator passes over one before a digit. Some cultures write the time
// with full stops.
func (p *momentParser) timeSeparator() bool {
	if p.i+1 < len(p.s) && (p.s[p.i] == ':' || p.s[p.i] == '.') && digit(p.s[p.i+1]) {
		p.i++
		return true
	}
	return false
}

func (p *momentParser) fraction(m *moment) {
	if p.i+1 >= len(p.s) || p.s[p.i] != '.' && p.s[p.i] != ',' || !digit(p.s[p.i+1]) {
		return
	}
	p.i++
	n, digits := p.number()
	for ; digits < 9; digits++ {
		n *= 10
	}
	for p.i < len(p.s) && digit(p.s[p.i]) {
		p.i++ // less than a nanosecond
	}
	m.nsec = n
}

// tail reads what follows the time: the half of the day, an offset, fillers.
func (p *momentParser) tail(m *moment, half int) bool {
	for {
		p.stops()
		if p.i == len(p.s) {
			break
		}
		switch c := p.s[p.i]; {
		case c == '+' || c == '-':
			if m.zoned || !p.zone(m) {
				return false
			}
		case letter(c) || c >= utf8.RuneSelf:
			w := p.word()
			switch h := halfByName(w); {
			case h != noHalf && half == noHalf:
				half = h
			case !m.zoned && (string(w) == "Z" || string(w) == "UTC" || string(w) == "GMT"):
				m.zoned = true
			case !filler(w):
				return false
			}
		default:
			return false
		}
	}
	switch {
	case half == morning && m.hour == 12:
		m.hour = 0
	case half == afternoon && m.hour < 12:
		m.hour += 12
	}
	return true
}

// zone reads an offset: +02, +0200 or +02:00.
func (p *momentParser) zone(m *moment) bool {
	sign := 1
	if p.s[p.i] == '-' {
		sign = -1
	}
	p.i++
	h, digits := p.number()
	minutes := 0
	switch digits {
	case 4:
		h, minutes = h/100, h%100
	case 2:
		if p.i < len(p.s) && p.s[p.i] == ':' {
			p.i++
			var d int
			if minutes, d = p.number(); d != 2 {
				return false
			}
		}
	default:
		return false
	}
	m.offset, m.zoned = sign*(h*3600+minutes*60), true
	return h <= 14 && minutes < 60
}

// at returns the moment with that month and day, in UTC. A moment without an
// offset is taken to be of the zone.
func (m *moment) at(month, day int, zone *time.Location) time.Time {
	if m.zoned {
		t := time.Date(m.year, time.Month(month), day, m.hour, m.min, m.sec, m.nsec, time.UTC)
		return t.Add(-time.Duration(m.offset) * time.Second)
	}
	return time.Date(m.year, time.Month(month), day, m.hour, m.min, m.sec, m.nsec, zone).UTC()
}

// IsTime reports whether a text is a time that Windows writes, in some culture.
func IsTime(text []byte) bool {
	_, ok := parseMoment(text)
	return ok
}
