package evidence

import (
	"reflect"
	"testing"
	"time"
)

func TestOIDs(t *testing.T) {
	for name, test := range map[string]struct {
		der  string
		want []string
		ok   bool
	}{
		"two":             {"\x30\x14\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01", []string{"1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.1"}, true},
		"empty SEQUENCE":  {"\x30\x00", []string{}, true},
		"long length":     {"\x30\x82\x00\x03\x06\x01\x2a", []string{"1.2"}, true},
		"trailing byte":   {"\x30\x03\x06\x01\x2a\x00", []string{"1.2"}, true},
		"any purpose":     {"\x30\x06\x06\x04\x55\x1d\x25\x00", []string{"2.5.29.37.0"}, true},
		"nothing":         {"", nil, false},
		"one byte":        {"\x30", nil, false},
		"cut":             {"\x30\x04\x06\x01\x2a", nil, false},
		"cut inside":      {"\x30\x03\x06\x02\x2a", nil, false},
		"no SEQUENCE":     {"\x06\x01\x2a", nil, false},
		"an INTEGER":      {"\x30\x03\x02\x01\x2a", nil, false},
		"empty OID":       {"\x30\x02\x06\x00", nil, false},
		"unfinished arc":  {"\x30\x03\x06\x01\x80", nil, false},
		"indefinite":      {"\x30\x80\x06\x01\x2a\x00\x00", nil, false},
		"length too long": {"\x30\x85\x00\x00\x00\x00\x03\x06\x01\x2a", nil, false},
		"huge length":     {"\x30\x84\xff\xff\xff\xff\x06\x01\x2a", nil, false},
		"text":            {"1.3.6.1", nil, false},
	} {
		got, ok := OIDs([]byte(test.der))
		if ok != test.ok || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %#v, %v; want %#v, %v", name, got, ok, test.want, test.ok)
		}
	}
}

func TestOIDText(t *testing.T) {
	for content, want := range map[string]string{
		"\x2a":             "1.2",
		"\x55\x1d\x25":     "2.5.29.37",
		"\x88\x37\x03":     "2.999.3",
		"\x00":             "0.0",
		"\x27":             "0.39",
		"\x28":             "1.0",
		"\x4f":             "1.39",
		"\x50":             "2.0",
		"\x2a\x84\x1b":     "1.2.539",
		"\x2a\x80\x01":     "", // padded
		"\x2a\x81":         "", // unfinished
		"":                 "",
		"\x69\x83\xd6\x80": "",
		// An arc of 128 bits, as certificates named by a UUID have it, and one of
		// 64 bits as the first two arcs and as a later one.
		"\x69\x83\xf0\x9d\xa7\xeb\xcf\xde\xe0\xc7\xa1\xa7\xb2\xc0\x94\x8c\xc8\xf9\xd7\x76": "2.25.329800735698586629295641978511506172918",
		"\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f":                                         "2.18446744073709551535",
		"\x2a\x81\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x05":                                 "1.2.18446744073709551615.5",
	} {
		got, ok := OIDText([]byte(content))
		if got != want || ok != (want != "") {
			t.Errorf("%x: %q, %v; want %q", content, got, ok, want)
		}
	}
}

func TestFileTime(t *testing.T) {
	for name, test := range map[string]struct {
		bytes string
		want  time.Time
		ok    bool
	}{
		"zero":      {"\x00\x00\x00\x00\x00\x00\x00\x00", time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), true},
		"1970":      {"\x00\x80\x3e\xd5\xde\xb1\x9d\x01", time.Unix(0, 0).UTC(), true},
		"a tick":    {"\x01\x80\x3e\xd5\xde\xb1\x9d\x01", time.Unix(0, 100).UTC(), true},
		"before":    {"\xff\x7f\x3e\xd5\xde\xb1\x9d\x01", time.Unix(0, -100).UTC(), true},
		"year 9999": {"\x00\x80\x56\xa7\x95\x59\xc8\x24", time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), true},
		"10000":     {"\x00\x40\xc0\xd1\x5e\x5a\xc8\x24", time.Time{}, false},
		"empty":     {"", time.Time{}, false},
		"short":     {"\x00\x00\x00\x00", time.Time{}, false},
		"long":      {"\x00\x00\x00\x00\x00\x00\x00\x00\x00", time.Time{}, false},
		"all ones":  {"\xff\xff\xff\xff\xff\xff\xff\xff", time.Time{}, false},
		"too late":  {"\x00\x00\x00\x00\x00\x00\x00\x3f", time.Time{}, false},
	} {
		got, ok := FileTime([]byte(test.bytes))
		if ok != test.ok || ok && !got.Equal(test.want) {
			t.Errorf("%s: %v, %v; want %v, %v", name, got, ok, test.want, test.ok)
		}
	}
}

func TestPropIDString(t *testing.T) {
	for id, want := range map[PropID]string{
		PropFriendlyName: "FRIENDLY_NAME", PropDisallowedEKU: "DISALLOWED_ENHKEY_USAGE", 1: "KEY_PROV_HANDLE", 129: "SHA1_SHA256_HASH",
		88: "prop 88", 200: "prop 200", 0xffffffff: "prop 4294967295",
	} {
		if got := id.String(); got != want {
			t.Errorf("%d is %q, want %q", uint32(id), got, want)
		}
	}
	for id := range PropID(130) {
		_, named := propNames[id]
		unassigned := id == 0 || id == 31 || id >= 36 && id <= 63 || id == 88
		if named == unassigned {
			t.Errorf("property %d has a name: %v", uint32(id), named)
		}
	}
}
