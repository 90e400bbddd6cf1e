package der

// The identifier octets that certificates, CRLs and messages are made of.
const (
	TagBoolean     = 0x01
	TagInteger     = 0x02
	TagBitString   = 0x03
	TagOctetString = 0x04
	TagOID         = 0x06
	TagUTCTime     = 0x17
	TagGenTime     = 0x18
	TagSequence    = 0x30
	TagSet         = 0x31
	// TagContext0 to TagContext3 are [0] to [3], constructed.
	TagContext0 = 0xa0
	TagContext1 = 0xa1
	TagContext2 = 0xa2
	TagContext3 = 0xa3
)

// maxDepth is how deep indefinite lengths may be nested.
const maxDepth = 40

// An Element is one BER element: identifier, length, content.
type Element struct {
	// Tag is the first identifier octet: class, constructed bit and number.
	Tag byte
	// Raw is the whole element, Content what is between its length and its end.
	// Both are parts of the bytes that were read.
	Raw, Content []byte
	// Offset is that of Raw's first byte, as the Cursor counts.
	Offset int64
	// Header is how many octets stand before Content.
	Header int
	// Cut says that the bytes ended before the element did, or that the end of
	// an indefinite length could not be found. Raw and Content hold all there is.
	Cut bool
	// Claimed is the length of Raw that the element says it has; it is
	// len(Raw) unless the element is cut, and 0 where that is not known.
	Claimed int64
}

// Inside returns a cursor over the content.
func (e Element) Inside() Cursor {
	return Cursor{rest: e.Content, offset: e.Offset + int64(e.Header)}
}

// End returns the offset of the byte behind the element.
func (e Element) End() int64 { return e.Offset + int64(len(e.Raw)) }

// A Cursor reads elements that stand one behind the other.
type Cursor struct {
	rest   []byte
	offset int64
}

// NewCursor returns a cursor over b, whose first byte has the given offset.
func NewCursor(b []byte, offset int64) Cursor { return Cursor{rest: b, offset: offset} }

// Next reads the next element. It reports false at the end and where what
// follows is not the start of an element; Rest tells these apart.
func (c *Cursor) Next() (Element, bool) {
	e, ok := read(c.rest, 0)
	if !ok {
		return Element{}, false
	}
	e.Offset = c.offset
	c.offset += int64(len(e.Raw))
	c.rest = c.rest[len(e.Raw):]
	return e, true
}

// Peek returns the tag of the next element, or 0 at the end.
func (c *Cursor) Peek() byte {
	if len(c.rest) == 0 {
		return 0
	}
	return c.rest[0]
}

// Rest returns what was not read yet.
func (c *Cursor) Rest() []byte { return c.rest }

// Offset returns the offset of the next byte.
func (c *Cursor) Offset() int64 { return c.offset }

// Take reads the next element if it has the given tag.
func (c *Cursor) Take(tag byte) (Element, bool) {
	if len(c.rest) == 0 || c.rest[0] != tag {
		return Element{}, false
	}
	return c.Next()
}

// Outer cuts b behind its first element, whose end it finds for definite and
// indefinite lengths. It reports false where b does not begin with a whole
// element.
func Outer(b []byte) (tlv, rest []byte, ok bool) {
	e, ok := read(b, 0)
	if !ok || e.Cut {
		return nil, b, false
	}
	return e.Raw, b[len(e.Raw):], true
}

// First returns the first element of b, which may be cut.
func First(b []byte) (Element, bool) { return read(b, 0) }

// read reads the element at the start of b.
func read(b []byte, depth int) (Element, bool) {
	if len(b) < 2 {
		return Element{}, false
	}
	i := 1
	if b[0]&0x1f == 0x1f { // a tag number of several octets
		for i < len(b) && b[i]&0x80 != 0 {
			i++
		}
		i++
		if i > 6 || i >= len(b) {
			return Element{}, false
		}
	}
	first := b[i]
	i++
	n := int64(first)
	switch {
	case first == 0x80:
		return readIndefinite(b, i, depth)
	case first == 0xff:
		return Element{}, false
	case first > 0x80:
		digits := int(first & 0x7f)
		if digits > len(b)-i {
			return Element{}, false
		}
		n = 0
		for _, d := range b[i : i+digits] {
			if n >= 1<<48 {
				return Element{}, false
			}
			n = n<<8 | int64(d)
		}
		i += digits
	}
	e := Element{Tag: b[0], Header: i, Claimed: int64(i) + n}
	if n > int64(len(b)-i) {
		e.Raw, e.Content, e.Cut = b, b[i:], true
		return e, true
	}
	e.Raw, e.Content = b[:i+int(n)], b[i:i+int(n)]
	return e, true
}

// readIndefinite reads an element of indefinite length, whose content begins at
// b[i]: its end is an element of two zero bytes.
func readIndefinite(b []byte, i, depth int) (Element, bool) {
	if b[0]&0x20 == 0 || depth >= maxDepth {
		return Element{}, false // X.690 8.1.3.2: only constructed elements
	}
	e := Element{Tag: b[0], Header: i}
	for at := i; ; {
		rest := b[at:]
		if len(rest) < 2 {
			e.Raw, e.Content, e.Cut = b, b[i:], true
			return e, true
		}
		if rest[0] == 0 && rest[1] == 0 {
			e.Raw, e.Content = b[:at+2], b[i:at]
			e.Claimed = int64(len(e.Raw))
			return e, true
		}
		inner, ok := read(rest, depth+1)
		if !ok || inner.Cut {
			e.Raw, e.Content, e.Cut = b, b[i:], true
			return e, true
		}
		at += len(inner.Raw)
	}
}
