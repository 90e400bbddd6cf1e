package reports

import (
	"fmt"
	"time"
)

// A Time is written as RFC 3339 in UTC, and as null where it is zero.
type Time struct{ time.Time }

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return t.UTC().AppendFormat(nil, `"`+time.RFC3339Nano+`"`), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Time) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*t = Time{}
		return nil
	}
	at, err := time.Parse(`"`+time.RFC3339Nano+`"`, string(b))
	if err != nil {
		return fmt.Errorf("%.60s is no time as RFC 3339 writes it", b)
	}
	t.Time = at.UTC()
	return nil
}

// representable reports whether the time can be written as RFC 3339, whose years
// have four digits.
func (t Time) representable() bool { y := t.UTC().Year(); return y >= 0 && y <= 9999 }
