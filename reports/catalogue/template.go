package catalogue

import (
	"fmt"
	"strconv"
	"strings"
)

// A template is a text with holes. In the file a hole is written {0}, {1} and so
// on, with a letter for what it holds:
//
//	{0}   data, which stays as it is
//	{0n}  a number, which gets the separators of the language
//	{0q}  data in double quotes, as %q writes it
//	{0t}  a text that the catalogue knows; without one the template does not match
//	{0l}  data in a list, as "a, b and c"
//	{0x}  a text that the catalogue may know, or data
type template struct {
	literals []string // one more than holes
	holes    []hole
	words    []string // whole words of the literals
	out      []piece
}

type hole struct {
	number int
	kind   byte // 0 or one of n, q, t, l and x
}

// A piece of the translation is a literal or, where literal is "", a hole.
type piece struct {
	literal string
	hole    int // index into holes
}

func parseTemplate(e Entry) (*template, error) {
	t := &template{}
	literals, holes, err := parse(e.English)
	if err != nil {
		return nil, err
	}
	t.literals, t.holes = literals, holes
	for i, l := range literals {
		if i > 0 && i < len(literals)-1 && l == "" {
			return nil, fmt.Errorf("two placeholders of %q touch", e.English)
		}
		t.words = append(t.words, wholeWords(l, i > 0, i < len(literals)-1)...)
	}
	index := map[int]int{}
	for i, h := range holes {
		if _, twice := index[h.number]; twice {
			return nil, fmt.Errorf("{%d} is there twice in %q", h.number, e.English)
		}
		index[h.number] = i
	}
	literals, theirs, err := parse(e.Text)
	if err != nil {
		return nil, err
	}
	used := map[int]bool{}
	for i, l := range literals {
		if l != "" || len(literals) == 1 {
			t.out = append(t.out, piece{literal: l})
		}
		if i == len(theirs) {
			break
		}
		of, known := index[theirs[i].number]
		if !known {
			return nil, fmt.Errorf("{%d} of %q is not in its English", theirs[i].number, e.Text)
		}
		used[of] = true
		t.out = append(t.out, piece{hole: of})
	}
	if len(used) != len(holes) {
		return nil, fmt.Errorf("%q lacks a placeholder of its English", e.Text)
	}
	return t, nil
}

// parse splits a template at its holes. A brace that opens no hole is a literal.
func parse(s string) (literals []string, holes []hole, err error) {
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '{' {
			continue
		}
		end := strings.IndexByte(s[i:], '}')
		if end < 2 {
			continue
		}
		inside, kind := s[i+1:i+end], byte(0)
		if last := inside[len(inside)-1]; last > '9' {
			inside, kind = inside[:len(inside)-1], last
		}
		n, bad := strconv.Atoi(inside)
		if bad != nil {
			continue
		}
		if kind != 0 && !strings.ContainsRune("nqtxl", rune(kind)) {
			return nil, nil, fmt.Errorf("%q has a placeholder of unknown kind %q", s, kind)
		}
		literals, holes = append(literals, s[start:i]), append(holes, hole{n, kind})
		i += end
		start = i + 1
	}
	return append(literals, s[start:]), holes, nil
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// wholeWords returns the words of a literal. One at an open end may go on in what
// fills the hole, and is none.
func wholeWords(s string, openStart, openEnd bool) []string {
	var words []string
	for i := 0; i < len(s); {
		if !isWordByte(s[i]) {
			i++
			continue
		}
		j := i
		for j < len(s) && isWordByte(s[j]) {
			j++
		}
		if (i > 0 || !openStart) && (j < len(s) || !openEnd) {
			words = append(words, s[i:j])
		}
		i = j
	}
	return words
}

// length is the number of literal bytes: the longer, the better a match.
func (t *template) length() int {
	n := 0
	for _, l := range t.literals {
		n += len(l)
	}
	return n
}

// texts is the number of holes that only a known text fills.
func (t *template) texts() int {
	n := 0
	for _, h := range t.holes {
		if h.kind == 't' {
			n++
		}
	}
	return n
}
