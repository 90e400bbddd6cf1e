package regfile

import (
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// An arena allocates what facts are made of many at a time. Most facts of a
// large export are dropped by the sink at once, so that one at a time the
// collector would be busier than the parser. What is kept of a block keeps all
// of it, so blocks are small.
type arena struct {
	values []evidence.RegistryValue
	keys   []evidence.RegistryKey
	bytes  []byte
	text   strings.Builder
}

const (
	arenaFacts = 32      // facts in a block
	arenaBytes = 8 << 10 // bytes in a block
)

func (a *arena) value() *evidence.RegistryValue {
	if len(a.values) == 0 {
		a.values = make([]evidence.RegistryValue, arenaFacts)
	}
	v := &a.values[0]
	a.values = a.values[1:]
	return v
}

func (a *arena) key() *evidence.RegistryKey {
	if len(a.keys) == 0 {
		a.keys = make([]evidence.RegistryKey, arenaFacts)
	}
	k := &a.keys[0]
	a.keys = a.keys[1:]
	return k
}

// clone returns a copy of b.
func (a *arena) clone(b []byte) []byte {
	if len(b) > arenaBytes/4 {
		return append(make([]byte, 0, len(b)), b...)
	}
	if cap(a.bytes)-len(a.bytes) < len(b) {
		a.bytes = make([]byte, 0, arenaBytes)
	}
	start := len(a.bytes)
	a.bytes = append(a.bytes, b...)
	return a.bytes[start:len(a.bytes):len(a.bytes)]
}

// concat returns the three in one string.
func (a *arena) concat(before string, s []byte, after string) string {
	n := len(before) + len(s) + len(after)
	if n > arenaBytes/4 {
		return before + string(s) + after
	}
	if a.text.Cap()-a.text.Len() < n {
		a.text = strings.Builder{}
		a.text.Grow(arenaBytes)
	}
	start := a.text.Len()
	a.text.WriteString(before)
	a.text.Write(s)
	a.text.WriteString(after)
	return a.text.String()[start:]
}
