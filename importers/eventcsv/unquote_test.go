package eventcsv

import (
	"bytes"
	"strings"
	"testing"
)

// slowUnquote is unquote as one would write it first.
func slowUnquote(src string, cut bool) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(src); i++ {
		if src[i] == '"' {
			if i++; i == len(src) {
				return out.String(), cut
			}
			if src[i] != '"' {
				return "", false
			}
		}
		out.WriteByte(src[i])
	}
	return out.String(), true
}

func TestUnquote(t *testing.T) {
	for _, c := range []struct {
		name, src string
		cut       bool
		want      string
		ok        bool
	}{
		{"nothing", "", false, "", true},
		{"plain", "no quotes at all", false, "no quotes at all", true},
		{"one pair", `say ""hello`, false, `say "hello`, true},
		{"empty JSON string", `{""a"":""""}`, false, `{"a":""}`, true},
		{"single quote", `say "hello`, false, "", false},
		{"single quote at the end", `hello"`, false, "", false},
		{"cut between the two of a pair", `say ""hello"" and "`, true, `say "hello" and `, true},
	} {
		out, ok := unquote([]byte("before:"), []byte(c.src), c.cut)
		if ok != c.ok || ok && string(out) != "before:"+c.want {
			t.Errorf("%s: got %q, %v, want %q, %v", c.name, out, ok, c.want, c.ok)
		}
	}
}

// TestUnquoteDense compares with the slow way around every place where a pair
// may meet the edge of a block, and with each quote taken out once.
func TestUnquoteDense(t *testing.T) {
	json := strings.Repeat(`{""@Name"":""P"",""#text"":""a value of some length, longer than a piece"",""e"":""""}`, 5)
	for shift := range 70 {
		src := strings.Repeat("x", shift) + json
		check := func(src string) {
			t.Helper()
			for _, cut := range []bool{false, true} {
				want, wantOK := slowUnquote(src, cut)
				got, ok := unquote(nil, []byte(src), cut)
				if ok != wantOK || ok && string(got) != want {
					t.Fatalf("cut %v, %q: got %q, %v, want %q, %v", cut, src, got, ok, want, wantOK)
				}
			}
		}
		check(src)
		for i := range src {
			check(src[:i])
			if src[i] == '"' {
				check(src[:i] + src[i+1:])
				check(src[:i] + "'" + src[i+1:])
			}
		}
	}
}

func FuzzUnquote(f *testing.F) {
	f.Add([]byte(`""a""`), false)
	f.Add(bytes.Repeat([]byte(`""`), 100), true)
	f.Fuzz(func(t *testing.T, src []byte, cut bool) {
		want, wantOK := slowUnquote(string(src), cut)
		got, ok := unquote(nil, src, cut)
		if ok != wantOK || ok && string(got) != want {
			t.Fatalf("got %q, %v, want %q, %v", got, ok, want, wantOK)
		}
	})
}
