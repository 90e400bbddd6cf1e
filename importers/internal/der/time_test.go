package der_test

import (
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

func TestTime(t *testing.T) {
	const utc, generalized = 0x17, 0x18
	for _, test := range []struct {
		tag  byte
		text string
		want string // RFC 3339, "" if it is no time
	}{
		{utc, "200102030405Z", "2020-01-02T03:04:05Z"},
		{utc, "491231235959Z", "2049-12-31T23:59:59Z"},
		{utc, "500101000000Z", "1950-01-01T00:00:00Z"},
		{utc, "9912312359Z", "1999-12-31T23:59:00Z"},
		{utc, "200102030405", "2020-01-02T03:04:05Z"},
		{utc, "200102030405+0130", "2020-01-02T01:34:05Z"},
		{utc, "2001020304-0500", "2020-01-02T08:04:00Z"},
		{generalized, "16010101000000Z", "1601-01-01T00:00:00Z"},
		{generalized, "20500102030405Z", "2050-01-02T03:04:05Z"},
		{generalized, "20500102030405.123Z", "2050-01-02T03:04:05Z"},
		{generalized, "20500102030405,5+0100", "2050-01-02T02:04:05Z"},
		{generalized, "205001020304Z", "2050-01-02T03:04:00Z"},
		{generalized, "2050010203Z", "2050-01-02T03:00:00Z"},
		{generalized, "00000101000000Z", "0000-01-01T00:00:00Z"},
		{generalized, "99991231235959Z", "9999-12-31T23:59:59Z"},
		{generalized, "99991231235959-0100", ""},
		{generalized, "00000101000000+0100", ""},
		{generalized, "20500102", ""},
		{generalized, "205001020304051Z", ""},
		{generalized, "20500102030405.Z", ""},
		{utc, "209902030405Z", ""},
		{utc, "200230030405Z", ""},
		{utc, "200102240405Z", ""},
		{utc, "200102036005Z", ""},
		{utc, "200102030460Z", ""},
		{utc, "20010203040506Z", ""},
		{utc, "20010203Z", ""},
		{utc, "200102030405z", ""},
		{utc, "200102030405+1", ""},
		{utc, "200102030405+0a00", ""},
		{utc, "2", ""},
		{utc, "", ""},
		{generalized, "205", ""},
		{utc, "\xff\xff", ""},
		{0x13, "200102030405Z", ""},
	} {
		e, _ := der.First(certtest.TLV(test.tag, []byte(test.text)))
		got, ok := der.Time(e)
		if ok != (test.want != "") || ok && got.Format(time.RFC3339) != test.want {
			t.Errorf("%x %q: %v, %v; want %s", test.tag, test.text, got, ok, test.want)
		}
	}
}
