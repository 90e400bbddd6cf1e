package main

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// A regKey is one key of a registry export. Its path has no trailing
// backslash; values keep their order, as the registry does.
type regKey struct {
	path   string
	values []regValue
}

// A regValue is one value: string for REG_SZ, uint32 for REG_DWORD, []byte for
// REG_BINARY.
type regValue struct {
	name string
	data any
}

// The registry paths that several hosts share.
const (
	hklm       = `HKEY_LOCAL_MACHINE`
	schannel   = hklm + `\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`
	storesKey  = hklm + `\SOFTWARE\Microsoft\SystemCertificates`
	policyKey  = hklm + `\SOFTWARE\Policies\Microsoft\SystemCertificates`
	versionKey = hklm + `\SOFTWARE\Microsoft\Windows NT\CurrentVersion`
)

// regText writes an export as regedit does, version 5.00: keys in the order
// given, hexadecimal wrapped before column 80, a blank line after each key.
// Line ends are CRLF.
func regText(keys []regKey) string {
	var b strings.Builder
	b.WriteString("Windows Registry Editor Version 5.00\r\n\r\n")
	for _, key := range keys {
		b.WriteString("[" + key.path + "]\r\n")
		for _, v := range key.values {
			name := `"` + escapeReg(v.name) + `"=`
			switch data := v.data.(type) {
			case string:
				b.WriteString(name + `"` + escapeReg(data) + `"`)
			case uint32:
				fmt.Fprintf(&b, "%sdword:%08x", name, data)
			case []byte:
				writeHex(&b, name+"hex:", data)
			}
			b.WriteString("\r\n")
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func escapeReg(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}

// writeHex writes bytes and breaks a line where the next byte, its comma and
// the backslash would pass column 78, as regedit does.
func writeHex(b *strings.Builder, start string, data []byte) {
	const limit = 77
	b.WriteString(start)
	column := len(start)
	for i, c := range data {
		if column+3 > limit {
			b.WriteString("\\\r\n  ")
			column = 2
		}
		fmt.Fprintf(b, "%02x", c)
		if i < len(data)-1 {
			b.WriteByte(',')
		}
		column += 3
	}
}

// utf16Text encodes a text as regedit saves it: UTF-16LE with a byte order mark.
func utf16Text(text string) []byte {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// regFile writes an export of keys.
func regFile(keys []regKey) []byte { return utf16Text(regText(keys)) }

// storeKeys gives the keys of one certificate store below a parent: the
// certificates by thumbprint, as the registry lists them, and the empty keys
// for revocation and trust lists.
func storeKeys(parent, name string, elements []element) []regKey {
	base := parent + `\` + name
	keys := []regKey{{path: base}, {path: base + `\Certificates`}}
	sorted := slices.Clone(elements)
	slices.SortFunc(sorted, func(a, b element) int { return cmp.Compare(a.cert.thumbprint(), b.cert.thumbprint()) })
	for _, e := range sorted {
		keys = append(keys, regKey{base + `\Certificates\` + e.cert.thumbprint(), []regValue{{"Blob", e.serialize()}}})
	}
	return append(keys, regKey{path: base + `\CRLs`}, regKey{path: base + `\CTLs`})
}

// protocolKeys gives SCHANNEL with its values and the subkeys that Windows has
// there, and TLS 1.2 switched on.
func protocolKeys(values []regValue) []regKey {
	on := []regValue{{"Enabled", uint32(1)}, {"DisabledByDefault", uint32(0)}}
	return []regKey{
		{schannel, values},
		{path: schannel + `\Ciphers`},
		{path: schannel + `\CipherSuites`},
		{path: schannel + `\Hashes`},
		{path: schannel + `\KeyExchangeAlgorithms`},
		{path: schannel + `\Protocols`},
		{path: schannel + `\Protocols\SSL 2.0`},
		{schannel + `\Protocols\SSL 2.0\Client`, []regValue{{"DisabledByDefault", uint32(1)}}},
		{path: schannel + `\Protocols\TLS 1.2`},
		{schannel + `\Protocols\TLS 1.2\Client`, on},
		{schannel + `\Protocols\TLS 1.2\Server`, on},
	}
}
