package armour

import "bytes"

var (
	dashes = []byte("-----")
	begin  = []byte("-----BEGIN ")
	end    = []byte("-----END")
)

// pem finds the next PEM block.
func (s *scanner) pem() (Block, bool) {
	for {
		i := bytes.Index(s.text[s.at:], begin)
		if i < 0 {
			return Block{}, false
		}
		from := s.at + i
		label := s.text[from+len(begin):]
		n := bytes.Index(label, dashes)
		if n < 0 || bytes.ContainsAny(label[:n], "\r\n") || !s.atLineStart(from) {
			s.at = from + len(begin)
			continue
		}
		b := Block{Label: string(bytes.TrimSpace(label[:n])), Line: s.lineOf(from)}
		body := from + len(begin) + n + len(dashes)
		to := s.body(&b, body)
		s.place(&b, from, to)
		s.at = to
		return b, true
	}
}

// atLineStart reports whether only blanks, or a quotation mark, stand between
// the start of the line and position at.
func (s *scanner) atLineStart(at int) bool {
	for i := at - 1; i >= 0; i-- {
		switch s.text[i] {
		case '\n', '\r':
			return true
		case ' ', '\t', '"', '\'':
		default:
			return false
		}
	}
	return true
}

// body decodes a block that begins behind its BEGIN line and returns where it
// ends.
func (s *scanner) body(b *Block, from int) (to int) {
	to = len(s.text)
	stop := to
	if i := bytes.Index(s.text[from:], dashes); i >= 0 {
		stop = from + i
		to = stop
	}
	if bytes.HasPrefix(s.text[stop:], end) {
		to = s.endOfLine(stop)
	} else {
		b.Open = true
		for to > from && blank(s.text[to-1]) {
			to--
		}
	}
	start := s.headers(b, from, stop)
	s.decode(b, start, stop)
	return to
}

// endOfLine returns where the END line that begins at position at ends.
func (s *scanner) endOfLine(at int) int {
	line := s.text[at:]
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	if i := bytes.Index(line[len(end):], dashes); i >= 0 {
		line = line[:len(end)+i+len(dashes)]
	}
	return at + len(line)
}

// headers skips the lines of RFC 1421 between BEGIN and the base64: those with
// a colon, those that continue them, and the blank line behind them.
func (s *scanner) headers(b *Block, from, stop int) int {
	at := from
	for at < stop {
		line := s.text[at:stop]
		next := len(line)
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line, next = line[:i], i+1
		}
		switch {
		case len(bytes.TrimSpace(line)) == 0:
		case bytes.IndexByte(line, ':') >= 0, b.Headers && (line[0] == ' ' || line[0] == '\t'):
			b.Headers = true
		default:
			return at
		}
		at += next
	}
	return at
}

// bare decodes a text that is base64 and nothing else.
func (s *scanner) bare() (Block, bool) {
	from, to := 0, len(s.text)
	for from < to && blank(s.text[from]) {
		from++
	}
	for from < to && blank(s.text[to-1]) {
		to--
	}
	if from == to {
		return Block{}, false
	}
	b := Block{Line: s.lineOf(from)}
	s.decode(&b, from, to)
	s.place(&b, from, to)
	return b, b.Bad == 0
}

func blank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' || c == 0 || c == 0x1a }

// decode decodes the base64 of text[from:to] up to the first character that
// cannot stand there.
func (s *scanner) decode(b *Block, from, to int) {
	out := make([]byte, 0, (to-from)/4*3+3)
	var bits uint32
	n, padding := 0, 0
	for at, c := range s.text[from:to] {
		v := values[c]
		switch {
		case v < 64 && padding == 0:
			bits = bits<<6 | uint32(v)
			if n++; n == 4 {
				out = append(out, byte(bits>>16), byte(bits>>8), byte(bits))
				bits, n = 0, 0
			}
			continue
		case c == '=':
			padding++
			continue
		case blank(c):
			continue
		}
		b.Bad = s.lineOf(from + at)
		bad := s.text[from+at : to]
		b.BadText = string(bad[:min(len(bad), 16)])
		break
	}
	switch n { // the last, incomplete group of four
	case 2:
		out = append(out, byte(bits>>4))
	case 3:
		out = append(out, byte(bits>>10), byte(bits>>2))
	}
	b.Bytes = out
}

// values are those of RFC 4648's alphabet; 64 is none.
var values = func() (table [256]byte) {
	for i := range table {
		table[i] = 64
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		table[c] = byte(i)
	}
	return table
}()
