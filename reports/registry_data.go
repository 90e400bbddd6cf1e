package reports

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// registryData returns the data of a value as the contract has it. Data that
// does not fit its type is given in hex, as it stands.
func registryData(v *evidence.RegistryValue) any {
	switch {
	case v.Type == evidence.RegMultiSZ:
		list, _ := v.Strings()
		return full(list)
	case v.Type == evidence.RegSZ, v.Type == evidence.RegExpandSZ, v.Type == evidence.RegLink:
		return registryText(v.Data)
	case v.Type == evidence.RegDWord && len(v.Data) == 4:
		return strconv.FormatUint(uint64(binary.LittleEndian.Uint32(v.Data)), 10)
	case v.Type == evidence.RegDWordBE && len(v.Data) == 4:
		return strconv.FormatUint(uint64(binary.BigEndian.Uint32(v.Data)), 10)
	case v.Type == evidence.RegQWord && len(v.Data) == 8:
		return strconv.FormatUint(binary.LittleEndian.Uint64(v.Data), 10)
	}
	return strings.ToUpper(hex.EncodeToString(v.Data))
}

// registryText decodes all of a string, less the NULs at its end: what a value
// hides behind its first NUL is shown too.
func registryText(data []byte) string {
	units := make([]uint16, 0, len(data)/2)
	for ; len(data) >= 2; data = data[2:] {
		units = append(units, binary.LittleEndian.Uint16(data))
	}
	for len(units) > 0 && units[len(units)-1] == 0 {
		units = units[:len(units)-1]
	}
	return string(utf16.Decode(units))
}
