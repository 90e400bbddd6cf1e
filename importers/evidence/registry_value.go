package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// A RegType is the type of a registry value: REG_* of winnt.h.
type RegType uint32

// The types that have a name.
const (
	RegNone     RegType = 0
	RegSZ       RegType = 1
	RegExpandSZ RegType = 2
	RegBinary   RegType = 3
	RegDWord    RegType = 4
	RegDWordBE  RegType = 5
	RegLink     RegType = 6
	RegMultiSZ  RegType = 7
	RegQWord    RegType = 11
)

var regTypeNames = map[RegType]string{
	RegNone: "REG_NONE", RegSZ: "REG_SZ", RegExpandSZ: "REG_EXPAND_SZ", RegBinary: "REG_BINARY",
	RegDWord: "REG_DWORD", RegDWordBE: "REG_DWORD_BIG_ENDIAN", RegLink: "REG_LINK", RegMultiSZ: "REG_MULTI_SZ",
	8: "REG_RESOURCE_LIST", 9: "REG_FULL_RESOURCE_DESCRIPTOR", 10: "REG_RESOURCE_REQUIREMENTS_LIST",
	RegQWord: "REG_QWORD",
}

// String returns the name of winnt.h, or REG_0x… for a type without a name.
func (t RegType) String() string {
	if s, ok := regTypeNames[t]; ok {
		return s
	}
	return fmt.Sprintf("REG_0x%X", uint32(t))
}

// A RegistryKey says that a key stands in an export. A key that stands there
// was exported with all its values and subkeys.
type RegistryKey struct {
	Where Location
	// Key is the full path, its root spelt out: HKEY_LOCAL_MACHINE\….
	Key string
	// Deleted marks a key, with all below it, that the file deletes.
	Deleted bool
}

// Kind implements Record.
func (k *RegistryKey) Kind() Kind { return KindRegistry }

// At implements Record.
func (k *RegistryKey) At() Location { return k.Where }

// A RegistryValue is one value of a registry export.
type RegistryValue struct {
	Where Location
	// Key is the full path, its root spelt out.
	Key string
	// Name is "" for the default value.
	Name string
	Type RegType
	// Data is as the registry holds it: strings in UTF-16LE, as many NULs as
	// the export gives them; numbers little-endian.
	Data []byte
	// Deleted marks a value that the file deletes.
	Deleted bool
}

// Kind implements Record.
func (v *RegistryValue) Kind() Kind { return KindRegistry }

// At implements Record.
func (v *RegistryValue) At() Location { return v.Where }

// Equal reports whether two values are of one type and hold the same data.
func (v *RegistryValue) Equal(o *RegistryValue) bool {
	return v.Type == o.Type && bytes.Equal(v.Data, o.Data)
}

// brief shows the data of a value in a message.
func (v *RegistryValue) brief() string {
	const most = 60
	if n, ok := v.DWord(); ok {
		return fmt.Sprint(n)
	}
	s, ok := v.Text()
	switch r := []rune(s); {
	case !ok:
		return fmt.Sprintf("%d bytes of %s", len(v.Data), v.Type)
	case len(r) > most:
		return fmt.Sprintf("%q…", string(r[:most]))
	}
	return fmt.Sprintf("%q", s)
}

// DWord returns the number of a REG_DWORD of four bytes, and whether the value
// is one.
func (v *RegistryValue) DWord() (uint32, bool) {
	if v.Type != RegDWord || len(v.Data) != 4 {
		return 0, false
	}
	return binary.LittleEndian.Uint32(v.Data), true
}

// Text returns the string of a REG_SZ, REG_EXPAND_SZ or REG_LINK up to its
// first NUL, and whether the value is one.
func (v *RegistryValue) Text() (string, bool) {
	switch v.Type {
	case RegSZ, RegExpandSZ, RegLink:
		return UTF16Text(v.Data), true
	}
	return "", false
}

// Strings returns the strings of a REG_MULTI_SZ, and whether the value is one.
// The list ends at an empty string or at the end of the data.
func (v *RegistryValue) Strings() ([]string, bool) {
	if v.Type != RegMultiSZ {
		return nil, false
	}
	list := []string{}
	for rest := v.Data; len(rest) >= 2; {
		s := UTF16Text(rest)
		if s == "" {
			break
		}
		list = append(list, s)
		n := 2 * (len(utf16.Encode([]rune(s))) + 1)
		if n > len(rest) {
			break
		}
		rest = rest[n:]
	}
	return list, true
}

// UTF16Text decodes UTF-16LE up to its first NUL. An odd last byte is left out
// and an unpaired surrogate becomes U+FFFD.
func UTF16Text(b []byte) string {
	units := make([]uint16, 0, len(b)/2)
	for len(b) >= 2 {
		u := binary.LittleEndian.Uint16(b)
		if u == 0 {
			break
		}
		units = append(units, u)
		b = b[2:]
	}
	return string(utf16.Decode(units))
}

// FoldKey returns a registry path in the form in which paths are compared: the
// registry keeps case and ignores it.
func FoldKey(path string) string { return strings.ToLower(path) }
