package reports

import (
	"bytes"
	"encoding/json"
	"iter"
)

// A Seq is a list of the JSON contract that is made while it is read, since a
// run may hold millions of rows. It may be gone through any number of times.
type Seq[T any] iter.Seq[T]

// Each gives every element.
func (s Seq[T]) Each(yield func(any) bool) {
	if s == nil {
		return
	}
	for v := range s {
		if !yield(v) {
			return
		}
	}
}

// MarshalJSON implements json.Marshaler; an empty list is [].
func (s Seq[T]) MarshalJSON() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	buf.WriteByte('[')
	var err error
	s.Each(func(v any) bool {
		if buf.Len() > 1 {
			buf.WriteByte(',')
		}
		err = enc.Encode(v)
		return err == nil
	})
	buf.WriteByte(']')
	return buf.Bytes(), err
}
