package reports

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// carried makes each element portable. An element is copied first, so that what
// the sequence is made from stays as it is.
func carried[T any](in Seq[T]) Seq[T] {
	return func(yield func(T) bool) {
		var element T
		p := reflect.ValueOf(&element).Elem()
		for element = range in {
			makePortable(p)
			if !yield(element) {
				return
			}
		}
	}
}

// portable makes a part of the contract such that writing it as JSON and reading
// it again gives the same: bytes that are no UTF-8 are escaped as Clean escapes
// them, and a time beyond RFC 3339 is none. Lists of strings are copied before
// they are changed.
func portable[T any](v *T) { makePortable(reflect.ValueOf(v).Elem()) }

var timeType = reflect.TypeFor[time.Time]()

func makePortable(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); !utf8.ValidString(s) {
			v.SetString(escapeInvalid(s))
		}
	case reflect.Struct:
		if v.Type() == timeType {
			if t := v.Addr().Interface().(*time.Time); !(Time{*t}).representable() {
				v.SetZero()
			}
			return
		}
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() {
				makePortable(f)
			}
		}
	case reflect.Slice:
		if at, ok := v.Addr().Interface().(*[]string); ok {
			list := *at
			if slices.ContainsFunc(list, func(s string) bool { return !utf8.ValidString(s) }) {
				*at = escapeAll(list)
			}
			return
		}
		for i := range v.Len() {
			makePortable(v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			makePortable(v.Elem())
		}
	case reflect.Interface:
		switch data := v.Interface().(type) {
		case string:
			v.Set(reflect.ValueOf(escapeInvalid(data)))
		case []string:
			v.Set(reflect.ValueOf(escapeAll(data)))
		}
	}
}

func escapeAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = escapeInvalid(s)
	}
	return out
}

func escapeInvalid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02x`, s[i])
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}
