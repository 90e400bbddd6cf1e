package text

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/transform"
)

// DefaultCodePage is the code page that 8-bit text is assumed to be in: that of
// Windows in Western Europe and the Americas.
const DefaultCodePage = "windows-1252"

// A CodePage decodes 8-bit text. It is safe for concurrent use.
type CodePage struct {
	name   string
	single *[256]rune // of a code page of one byte a character
	multi  encoding.Encoding
}

// NewCodePage returns the code page that the IANA registry knows under a name
// or an alias, case-blind; "" stands for DefaultCodePage. An encoding of more
// than eight bits, such as UTF-16, is not a code page and is an error.
func NewCodePage(name string) (*CodePage, error) {
	if name == "" {
		name = DefaultCodePage
	}
	enc, err := ianaindex.IANA.Encoding(name)
	if err != nil || enc == nil {
		return nil, fmt.Errorf("no code page is named %q", name)
	}
	if canonical, err := ianaindex.IANA.Name(enc); err == nil {
		name = canonical
	}
	upper := strings.ToUpper(name)
	if strings.HasPrefix(upper, "UTF-") || strings.Contains(upper, "10646") {
		return nil, fmt.Errorf("%s is not a code page: files in it are recognised by themselves", name)
	}
	page := &CodePage{name: name, multi: enc}
	if table, ok := enc.(*charmap.Charmap); ok {
		page.single = singleByte(table, strings.HasPrefix(upper, "WINDOWS-"))
	}
	return page, nil
}

// singleByte makes a code page's table. Windows maps the bytes that one of its
// code pages leaves undefined to the control characters of the same number.
func singleByte(table *charmap.Charmap, windows bool) *[256]rune {
	t := new([256]rune)
	for b := range t {
		r := table.DecodeByte(byte(b))
		if r == utf8.RuneError && windows && b < 0xA0 {
			r = rune(b)
		}
		t[b] = r
	}
	return t
}

// Name returns the name of the code page in the IANA registry.
func (c *CodePage) Name() string { return c.name }

// Append appends src as UTF-8 to dst and returns the number of bytes that the
// code page does not define, each of which became U+FFFD.
func (c *CodePage) Append(dst, src []byte) (out []byte, broken int) {
	if c.single == nil {
		return c.appendMulti(dst, src)
	}
	for len(src) > 0 {
		n := asciiPrefix(src)
		dst, src = append(dst, src[:n]...), src[n:]
		for len(src) > 0 && src[0] >= utf8.RuneSelf {
			r := c.single[src[0]]
			if r == utf8.RuneError {
				broken++
			}
			dst, src = utf8.AppendRune(dst, r), src[1:]
		}
	}
	return dst, broken
}

func (c *CodePage) appendMulti(dst, src []byte) (out []byte, broken int) {
	start := len(dst)
	steps := newMultiSteps(c)
	for len(src) > 0 {
		_, n := steps.next(src)
		dst, src = append(dst, steps.out()...), src[n:]
	}
	for _, r := range string(dst[start:]) {
		if r == utf8.RuneError {
			broken++
		}
	}
	return dst, broken
}

// multiSteps decodes a code page of several bytes a character a few bytes at a
// time, so that the place of each in the file is known.
type multiSteps struct {
	decoder transform.Transformer
	buf     [8]byte
	n       int
}

func newMultiSteps(c *CodePage) *multiSteps {
	return &multiSteps{decoder: c.multi.NewDecoder().Transformer}
}

// next decodes about one character at the start of src, which is not empty, and
// returns the bytes that it gave and took. What src cuts is broken.
func (m *multiSteps) next(src []byte) (nDst, nSrc int) {
	// Three bytes hold one character of any code page but GB 18030's rarest,
	// and seldom two.
	for room := 3; room <= len(m.buf); room++ {
		nDst, nSrc, err := m.decoder.Transform(m.buf[:room], src, true)
		if nSrc > 0 {
			m.n = nDst
			return nDst, nSrc
		}
		if err != transform.ErrShortDst {
			break
		}
	}
	// The decoder does not get on.
	m.n = utf8.EncodeRune(m.buf[:], utf8.RuneError)
	return m.n, 1
}

func (m *multiSteps) out() []byte { return m.buf[:m.n] }
