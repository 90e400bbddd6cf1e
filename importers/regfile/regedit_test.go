package regfile

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

var typeNames = map[string]evidence.RegType{
	"NONE": evidence.RegNone, "SZ": evidence.RegSZ, "EXPAND_SZ": evidence.RegExpandSZ, "BINARY": evidence.RegBinary,
	"DWORD": evidence.RegDWord, "MULTI_SZ": evidence.RegMultiSZ,
}

func typeByName(t *testing.T, name string) evidence.RegType {
	t.Helper()
	if typ, ok := typeNames[name]; ok {
		return typ
	}
	n, err := strconv.ParseUint(name, 0, 32)
	if err != nil {
		t.Fatal(err)
	}
	return evidence.RegType(n)
}

func isString(typ evidence.RegType) bool {
	return typ == evidence.RegSZ || typ == evidence.RegExpandSZ || typ == evidence.RegMultiSZ
}

// to8bit returns data as the 8-bit functions of the registry do: strings in
// the code page.
func to8bit(typ evidence.RegType, data []byte) []byte {
	if !isString(typ) {
		return data
	}
	var out []byte
	for i := 0; i+1 < len(data); i += 2 {
		out = append(out, data[i])
	}
	return out
}

func from8bit(typ evidence.RegType, data []byte) []byte {
	if !isString(typ) {
		return data
	}
	var out []byte
	for _, c := range data {
		out = append(out, c, 0)
	}
	return out
}

// A regeditCase replays one row of cases.tsv.
type regeditCase struct {
	*testing.T
	row  map[string]string
	base string // what \... stands for
	reg  *registry
}

var (
	setupPattern  = regexp.MustCompile(`^(rmtree|rmkey|mkkey|delvalue|setvalue) \[(.*?)\](?: "(.*)"(?: (\S+) (\S*))?)?$`)
	valuePattern  = regexp.MustCompile(`^\[(.*?)\] "(.*)" = (\S+) size (\d+): (.*)$`)
	absentPattern = regexp.MustCompile(`^\[(.*?)\] no value "(.*)"$`)
	keyPattern    = regexp.MustCompile(`^key \[(.*)\] (exists|does not exist)$`)
)

func (c regeditCase) path(s string) string {
	return strings.Replace(unescapeTSV(c.T, s), `\...`, `\`+c.base, 1)
}

func (c regeditCase) setup(step string) {
	m := setupPattern.FindStringSubmatch(step)
	if m == nil {
		c.Fatalf("setup %q is not understood", step)
	}
	key, name := c.path(m[2]), unescapeTSV(c.T, m[3])
	switch m[1] {
	case "rmtree", "rmkey":
		c.reg.remove(key)
	case "mkkey":
		c.reg.create(key)
	case "delvalue":
		if k := c.reg.key(key); k != nil {
			k.unset(name)
		}
	case "setvalue":
		data, err := hex.DecodeString(m[5])
		if err != nil {
			c.Fatal(err)
		}
		typ := typeByName(c.T, m[4])
		c.reg.create(key).set(registryValue{name, typ, from8bit(typ, data)})
	}
}

func (c regeditCase) expect(effect string) {
	if want, ok := strings.CutPrefix(effect, "export equals: "); ok {
		want = unescapeTSV(c.T, want)
		if got := c.reg.export(`HKEY_CURRENT_USER\` + c.base); got != want {
			c.Errorf("export is %q; want %q", got, want)
		}
	} else if m := keyPattern.FindStringSubmatch(effect); m != nil {
		if exists := c.reg.key(c.path(m[1])) != nil; exists != (m[2] == "exists") {
			c.Errorf("key %q exists: %v; want %q", c.path(m[1]), exists, m[2])
		}
	} else if m := absentPattern.FindStringSubmatch(effect); m != nil {
		if v := c.reg.key(c.path(m[1])).value(unescapeTSV(c.T, m[2])); v != nil {
			c.Errorf("value %q is there: %v %q; want none", v.name, v.typ, v.data)
		}
	} else if m := valuePattern.FindStringSubmatch(effect); m != nil {
		c.expectValue(c.path(m[1]), unescapeTSV(c.T, m[2]), typeByName(c.T, m[3]), m[4], m[5])
	} else {
		c.Fatalf("effect %q is not understood", effect)
	}
}

func (c regeditCase) expectValue(key, name string, typ evidence.RegType, size, data string) {
	want := unescapeTSV(c.T, data)
	if data == "(empty)" {
		want = ""
	}
	v := c.reg.key(key).value(name)
	if v == nil {
		c.Errorf("value %q is not there; want %v %q", name, typ, want)
		return
	}
	got := string(to8bit(v.typ, v.data))
	if v.typ != typ || got != want || strconv.Itoa(len(got)) != size {
		c.Errorf("value %q is %v %q of %d bytes; want %v %q of %s", name, v.typ, got, len(got), typ, want, size)
	}
}

// headerRead are cases whose header regedit refuses, and this package reads: it
// recognises UTF-16 without a byte order mark. There is nothing behind their
// headers.
var headerRead = map[string]string{
	"regimport-1688": "REGEDIT in UTF-16LE without a byte order mark",
	"regimport-1692": "REGEDIT4 in UTF-16LE without a byte order mark",
	"regimport-1796": "5.00 in UTF-16LE without a byte order mark",
}

// TestRegedit replays each chain of inputs and compares the registry with what
// regedit makes of it.
func TestRegedit(t *testing.T) {
	dir := corpusDir(t, "regedit")
	chains := map[string]*registry{}
	cases := readTSV(t, filepath.Join(dir, "cases.tsv"))
	if len(cases) != 668 {
		t.Errorf("%d cases; want 668", len(cases))
	}
	for _, row := range cases {
		t.Run(row["id"], func(t *testing.T) {
			reg := chains[row["chain"]]
			if reg == nil {
				reg = &registry{keys: map[string]*registryKey{}}
				chains[row["chain"]] = reg
			}
			base := `Software\Wine\regedit_test`
			if strings.HasPrefix(row["chain"], "regimport:") {
				base = `Software\Wine\reg_test`
			}
			c := regeditCase{t, row, base, reg}
			if s := row["setup_before"]; s != "-" {
				for step := range strings.SplitSeq(s, " | ") {
					c.setup(step)
				}
			}
			data, err := os.ReadFile(filepath.Join(dir, "cases", filepath.Base(row["file"])))
			if err != nil {
				t.Fatal(err)
			}
			got, _ := importBytes(t, row["id"]+".reg", data, importers.Options{})
			if err := reg.apply(got.records); err != nil {
				t.Fatal(err)
			}
			if s := row["expected_effect"]; s != "-" {
				for effect := range strings.SplitSeq(s, " | ") {
					c.expect(effect)
				}
			}
			refused, read := strings.HasPrefix(row["exit_code"], "1"), headerRead[row["id"]] != ""
			if none := got.find("reg-no-header") != nil; refused && none == read {
				t.Errorf("regedit refuses the file; diagnostics: %s", got.codes())
			}
			if t.Failed() {
				t.Logf("input: %s", row["input"])
			}
		})
	}
}

// TestRegeditExports reads what regedit wrote and compares it with what was in
// the registry.
func TestRegeditExports(t *testing.T) {
	dir := corpusDir(t, "regedit")
	for _, row := range readTSV(t, filepath.Join(dir, "export-cases.tsv")) {
		t.Run(row["id"]+"/"+row["value_name"], func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(dir, "cases", filepath.Base(row["file"])))
			if err != nil {
				t.Fatal(err)
			}
			got, _ := importBytes(t, row["id"]+".reg", data, importers.Options{})
			if len(got.diagnostics) > 0 {
				t.Errorf("diagnostics of a sound export: %v", got.diagnostics)
			}
			reg := &registry{keys: map[string]*registryKey{}}
			if err := reg.apply(got.records); err != nil {
				t.Fatal(err)
			}
			k := reg.key(unescapeTSV(t, row["expected_key"]))
			if k == nil {
				t.Fatalf("no key %s", row["expected_key"])
			}
			if row["type"] == "-" {
				return
			}
			v, typ := k.value(unescapeTSV(t, row["value_name"])), typeByName(t, row["type"])
			if v == nil {
				t.Fatalf("no value %q", row["value_name"])
			}
			want, err := hex.DecodeString(row["data_as_8bit_hex"])
			if err != nil {
				t.Fatal(err)
			}
			data = to8bit(v.typ, v.data)
			if typ == evidence.RegSZ {
				// A quoted string ends at the first NUL, and has one at least.
				before, _, _ := bytes.Cut(want, []byte{0})
				want = append(before, 0)
			}
			if v.typ != typ || string(data) != string(want) {
				t.Errorf("%q is %v %q; want %v %q", v.name, v.typ, data, typ, want)
			}
		})
	}
}
