package eventcsv

import "bytes"

// A span is one field of a row: buf[start:end], without the quotes around it.
type span struct {
	start, end int
	quoted     bool // there were quotes around it
	doubled    bool // it holds quotes, each written twice
}

// A verdict is how the scanning of a row ended.
type verdict uint8

const (
	complete  verdict = iota
	more              // the buffer ends before the row does
	openQuote         // the file ends inside quotes
	bareQuote         // a quote inside a field without quotes
	afterText         // text behind a closing quote
)

// maxFields is how many fields of a row are kept. No exporter writes as many.
const maxFields = 128

// A scanner finds the fields of one row. Speed comes from the runtime's vector
// search: between quotes it hops from quote to quote, and once many are
// doubled, as in JSON, it looks for the end of the line instead and counts the
// quotes up to there. Everything else is a byte at a time, since fields are
// short.
type scanner struct {
	delim byte
	ends  [256]bool // the bytes that end a run of plain text
	// width is how many fields a row should have: only the last may be long.
	width int

	fields [maxFields]span
	n      int // fields found; more than maxFields are counted only
	// unended says that the row has no line end: the file ends with it.
	unended bool
	// where is the place of what the verdict is about: the quote that is not
	// closed, or is where none may be.
	where int
	// inQuotes is the opening quote of the field that the buffer ends in, or -1.
	inQuotes int
	// strict makes every quote be looked at.
	strict bool
	// jumped says that the last field's quotes were counted and not looked at.
	jumped bool
}

func newScanner(delim byte, width int) *scanner {
	s := &scanner{}
	s.set(delim, width)
	return s
}

func (s *scanner) set(delim byte, width int) {
	s.delim, s.width = delim, width
	s.ends = [256]bool{}
	s.ends[delim], s.ends['\n'], s.ends['"'] = true, true, true
}

// scan finds the fields of the row that begins at b[p]. eof says that the file
// ends with b. It returns the place behind the row's line end.
func (s *scanner) scan(b []byte, p int, eof bool) (int, verdict) {
	s.n, s.unended, s.jumped, s.inQuotes = 0, false, false, -1
	for {
		if p < len(b) && b[p] == '"' {
			f := span{start: p + 1, quoted: true}
			var v verdict
			if p, v = s.quoted(b, p, eof, &f); v != complete {
				return p, v
			}
			s.add(f)
			// Behind the closing quote.
			switch {
			case p == len(b):
				s.unended = true
				return p, complete
			case b[p] == s.delim:
				p++
				continue
			case b[p] == '\n':
				return p + 1, complete
			default: // CR LF, or CR at the end of the file
				if p+1 == len(b) {
					s.unended = true
					return p + 1, complete
				}
				return p + 2, complete
			}
		}
		start := p
		if p = s.plain(b, p); p < 0 {
			return s.where, bareQuote
		}
		switch {
		case p < len(b) && b[p] == s.delim:
			s.add(span{start: start, end: p})
			p++
		case p < len(b):
			s.add(span{start: start, end: trimCR(b, start, p)})
			return p + 1, complete
		case eof:
			s.add(span{start: start, end: trimCR(b, start, p)})
			s.unended = true
			return p, complete
		default:
			return p, more
		}
	}
}

func (s *scanner) add(f span) {
	if s.n < maxFields {
		s.fields[s.n] = f
	}
	s.n++
}

// openAt returns the opening quote of the quoted field that holds b[at], as far
// as the row was scanned, and whether there is one.
func (s *scanner) openAt(at int) (int, bool) {
	if s.inQuotes >= 0 && s.inQuotes <= at {
		return s.inQuotes, true
	}
	for _, f := range s.fields[:min(s.n, maxFields)] {
		if f.quoted && f.start <= at && at <= f.end {
			return f.start - 1, true
		}
	}
	return 0, false
}

func trimCR(b []byte, start, end int) int {
	if end > start && b[end-1] == '\r' {
		end--
	}
	return end
}

// plain returns the place of the delimiter or line feed behind the plain field
// at p, the end of b, or -1 for a quote.
func (s *scanner) plain(b []byte, p int) int {
	if s.n == s.width-1 {
		// The last field is the message: a line of some length.
		line := b[p:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
			if bytes.IndexByte(line, '"') < 0 && bytes.IndexByte(line, s.delim) < 0 {
				return p + i
			}
		}
	}
	for p < len(b) && !s.ends[b[p]] {
		p++
	}
	if p < len(b) && b[p] == '"' {
		s.where = p
		return -1
	}
	return p
}

// maxHops is how many doubled quotes are looked at one by one before the rest
// of the field is taken by its line.
const maxHops = 6

// quoted finds the end of the quoted field whose opening quote is at b[p]. It
// returns the place behind the closing quote.
func (s *scanner) quoted(b []byte, p int, eof bool, f *span) (int, verdict) {
	opening := p
	p++
	hops := 0
	for {
		i := bytes.IndexByte(b[p:], '"')
		if i < 0 {
			if !eof {
				s.inQuotes = opening
				return p, more
			}
			s.where = opening
			return len(b), openQuote
		}
		p += i + 1
		if p < len(b) && b[p] == '"' {
			f.doubled = true
			p++
			if hops++; hops == maxHops && s.n == s.width-1 && !s.strict {
				if end := s.jump(b, p); end > 0 {
					f.end = end - 1
					s.jumped = true
					return end, complete
				}
			}
			continue
		}
		if p >= len(b)-1 && !eof {
			s.inQuotes = opening
			return p, more // the quote may be doubled, or CR LF follow
		}
		break
	}
	f.end = p - 1
	if p == len(b) || b[p] == s.delim || b[p] == '\n' || b[p] == '\r' && (p+1 == len(b) || b[p+1] == '\n') {
		return p, complete
	}
	s.where = p
	return p, afterText
}

// jump looks for the end of a quoted field on the line at b[p], which is inside
// the quotes: an odd number of quotes up to the line's end, the last of them
// right before it. It returns the place behind that quote, or 0 where the field
// does not end so. The caller checks the quotes when it undoes them.
func (s *scanner) jump(b []byte, p int) int {
	i := bytes.IndexByte(b[p:], '\n')
	if i < 0 {
		return 0
	}
	end := trimCR(b, p, p+i)
	if end == p || b[end-1] != '"' || bytes.Count(b[p:end], quote)&1 == 0 {
		return 0
	}
	return end
}

var quote = []byte{'"'}
