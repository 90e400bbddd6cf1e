package rules

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// keyInfo is a serialized CRYPT_KEY_PROV_INFO.
func keyInfo(container, provider string) []byte {
	var text []byte
	at := []uint32{}
	for _, s := range []string{container, provider} {
		at = append(at, uint32(28+len(text)))
		for _, u := range append(utf16.Encode([]rune(s)), 0) {
			text = binary.LittleEndian.AppendUint16(text, u)
		}
	}
	b := []byte{}
	for _, n := range []uint32{at[0], at[1], 1, 0, 0, 0, 1} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return append(b, text...)
}

func TestPrivateKeyInRoot(t *testing.T) {
	keyed := func() *evidence.Occurrence {
		return with(root("CN=Proxy", 20), evidence.PropKeyProvInfo, keyInfo("Box", "Provider"))
	}
	runCases(t, PrivateKeyInRoot, []ruleCase{
		{"in order", host{sources: []source{storeFile("root.sst", root("CN=A", 10))}}, "pass", ""},
		{"a key", host{sources: []source{storeFile("root.sst", root("CN=A", 10), keyed())}}, "fail", `the private key of Proxy in LocalMachine\Root is on this host (container "Box" of "Provider")`},
		{"a key whose place cannot be read", host{sources: []source{storeFile("root.sst", with(root("CN=A", 10), evidence.PropKeyProvInfo, []byte{1}))}}, "fail", "is on this host"},
		{"a server's own certificate may have one", host{sources: []source{storeFile("root.sst", root("CN=A", 10)), storeFile("my.sst", in(keyed(), evidence.StoreMy, ""))}}, "pass", ""},
		{"an export without properties", host{sources: []source{storeFile("root.p7b", poor(root("CN=A", 10)))}}, "unknown", "carry no properties"},
		{"broken", host{sources: []source{broken(storeFile("root.sst", root("CN=A", 10)))}}, "unknown", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}

func TestKeyContainerIsBounded(t *testing.T) {
	for _, info := range [][]byte{nil, {1, 2, 3}, {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, {8, 0, 0, 0, 8, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0}} {
		if got := keyContainer(info); got != "" {
			t.Errorf("keyContainer(%x) = %q", info, got)
		}
	}
}
