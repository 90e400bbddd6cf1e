package redact

import (
	"encoding/hex"
	"strings"
)

// binary replaces the names in binary data of the registry, given in hex: in
// 8-bit text and in UTF-16LE, in any case and without regard to what stands
// around them. Lengths that the data tells of itself are then wrong.
func (v *view) binary(s string) string {
	data, err := hex.DecodeString(s)
	if err != nil || len(v.index.binary) == 0 {
		return s
	}
	var out []byte
	done := 0
	for i := 0; i < len(data); i++ {
		for _, step := range []int{1, 2} {
			n := v.nameIn(data[i:], step)
			if n == nil {
				continue
			}
			out = append(out, data[done:i]...)
			for _, c := range []byte(n.pseudonym) {
				if out = append(out, c); step == 2 {
					out = append(out, 0)
				}
			}
			i += len(n.folded)*step - 1
			done = i + 1
			break
		}
	}
	if done == 0 {
		return s
	}
	return strings.ToUpper(hex.EncodeToString(append(out, data[done:]...)))
}

// nameIn returns the name with which data begins, a letter every step bytes.
func (v *view) nameIn(data []byte, step int) *name {
	if len(data) < 4*step {
		return nil
	}
	var key [3]byte
	for i := range key {
		if step == 2 && data[2*i+1] != 0 {
			return nil
		}
		key[i] = lowerByte(data[i*step])
	}
names:
	for _, n := range v.index.binary[key] {
		if len(n.folded)*step > len(data) {
			continue
		}
		for i := range len(n.folded) {
			if lowerByte(data[i*step]) != n.folded[i] || step == 2 && data[2*i+1] != 0 {
				continue names
			}
		}
		return n
	}
	return nil
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
