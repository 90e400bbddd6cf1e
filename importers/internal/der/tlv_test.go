package der_test

import (
	"bytes"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

func TestOuter(t *testing.T) {
	long := bytes.Repeat([]byte{7}, 300)
	deep := certtest.TLV(0x04)
	for range 60 {
		deep = certtest.Indefinite(0x30, deep)
	}
	for name, test := range map[string]struct {
		in   []byte
		want int // length of the element, or -1
	}{
		"short form":            {certtest.TLV(0x04, []byte("ab")), 4},
		"one length octet":      {certtest.TLV(0x04, long[:200]), 203},
		"two length octets":     {certtest.TLV(0x04, long), 304},
		"padded length":         {[]byte{0x04, 0x86, 0, 0, 0, 0, 0, 1, 9}, 9},
		"nothing":               {nil, -1},
		"tag only":              {[]byte{0x30}, -1},
		"length cut":            {[]byte{0x30, 0x82, 1}, -1},
		"content cut":           {[]byte{0x30, 0x02, 1}, -1},
		"reserved length":       {[]byte{0x30, 0xff, 0, 0}, -1},
		"length of 64 bits":     {[]byte{0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -1},
		"length of 4 GiB":       {[]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0}, -1},
		"long tag":              {[]byte{0x3f, 0x81, 0x01, 0x01, 5}, 5},
		"endless tag":           {[]byte{0x3f, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x01, 0}, -1},
		"tag without an end":    {[]byte{0x3f, 0x81, 0x81}, -1},
		"indefinite":            {certtest.Indefinite(0x30, certtest.TLV(0x04, []byte("ab")), certtest.TLV(0x05)), 10},
		"indefinite, empty":     {certtest.Indefinite(0x30), 4},
		"indefinite, nested":    {certtest.Indefinite(0x30, certtest.Indefinite(0x31, certtest.TLV(0x02, []byte{0}))), 11},
		"zeros inside a value":  {certtest.Indefinite(0x30, certtest.TLV(0x04, []byte{0, 0, 0, 0})), 10},
		"indefinite, cut":       {certtest.Indefinite(0x30, certtest.TLV(0x05))[:4], -1},
		"indefinite, half end":  {certtest.Indefinite(0x30, certtest.TLV(0x05))[:5], -1},
		"indefinite, primitive": {[]byte{0x04, 0x80, 0, 0}, -1},
		"indefinite, garbage":   {[]byte{0x30, 0x80, 0x30, 0xff, 0, 0}, -1},
		"nested too deep":       {deep, -1},
	} {
		tlv, rest, ok := der.Outer(append(bytes.Clone(test.in), "rest"[:4*boolInt(test.want >= 0)]...))
		if ok != (test.want >= 0) {
			t.Errorf("%s: %v", name, ok)
			continue
		}
		if ok && (len(tlv) != test.want || string(rest) != "rest") {
			t.Errorf("%s: %d bytes, then %q; want %d", name, len(tlv), rest, test.want)
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestCursor(t *testing.T) {
	data := certtest.TLV(0x30, certtest.TLV(0x02, []byte{1}), certtest.Indefinite(0x31, certtest.TLV(0x04, []byte("abc"))), []byte{0x04, 0x7f, 1, 2})
	c := der.NewCursor(data, 1000)
	outer, ok := c.Take(0x30)
	if !ok || c.Peek() != 0 || c.Offset() != 1000+int64(len(data)) {
		t.Fatalf("outer is %+v, cursor at %d", outer, c.Offset())
	}
	inside := outer.Inside()
	if _, ok := inside.Take(0x04); ok {
		t.Error("an INTEGER was taken for an OCTET STRING")
	}
	number, _ := inside.Next()
	set, ok := inside.Take(0x31)
	if !ok || number.Offset != 1002 || set.Offset != 1005 || set.End() != 1014 || set.Header != 2 || set.Claimed != 9 {
		t.Errorf("number %+v, set %+v", number, set)
	}
	members := set.Inside()
	if s, ok := members.Next(); !ok || s.Offset != 1007 || string(s.Content) != "abc" {
		t.Errorf("member is %+v", s)
	}
	cut, ok := inside.Next()
	if !ok || !cut.Cut || cut.Claimed != 129 || len(cut.Raw) != 4 || len(inside.Rest()) != 0 {
		t.Errorf("the cut element is %+v", cut)
	}
	if _, ok := inside.Next(); ok {
		t.Error("there is an element behind the end")
	}
}
