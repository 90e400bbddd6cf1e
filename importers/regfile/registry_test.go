package regfile

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A registry is what regedit imports into. Values keep the order in which they
// were set.
type registry struct {
	keys  map[string]*registryKey // by folded path
	order []*registryKey
}

type registryKey struct {
	path   string
	values []registryValue
}

type registryValue struct {
	name string
	typ  evidence.RegType
	data []byte
}

func normalKey(path string) string {
	return strings.Join(strings.FieldsFunc(path, func(r rune) bool { return r == '\\' }), `\`)
}

func (g *registry) key(path string) *registryKey { return g.keys[strings.ToLower(normalKey(path))] }

func (g *registry) create(path string) *registryKey {
	path = normalKey(path)
	if k := g.key(path); k != nil {
		return k
	}
	if i := strings.LastIndexByte(path, '\\'); i >= 0 {
		g.create(path[:i])
	}
	k := &registryKey{path: path}
	g.keys[strings.ToLower(path)] = k
	g.order = append(g.order, k)
	return k
}

func (g *registry) remove(path string) {
	fold := strings.ToLower(normalKey(path))
	var left []*registryKey
	for _, k := range g.order {
		if f := strings.ToLower(k.path); f == fold || strings.HasPrefix(f, fold+`\`) {
			delete(g.keys, f)
		} else {
			left = append(left, k)
		}
	}
	g.order = left
}

func (k *registryKey) value(name string) *registryValue {
	if k == nil {
		return nil
	}
	for i := range k.values {
		if strings.EqualFold(k.values[i].name, name) {
			return &k.values[i]
		}
	}
	return nil
}

func (k *registryKey) set(v registryValue) {
	if old := k.value(v.name); old != nil {
		*old = v
		return
	}
	k.values = append(k.values, v)
}

func (k *registryKey) unset(name string) {
	for i := range k.values {
		if strings.EqualFold(k.values[i].name, name) {
			k.values = append(k.values[:i], k.values[i+1:]...)
			return
		}
	}
}

// apply does to the registry what the facts say.
func (g *registry) apply(records []evidence.Record) error {
	for _, r := range records {
		switch r := r.(type) {
		case *evidence.RegistryKey:
			if r.Deleted {
				g.remove(r.Key)
			} else {
				g.create(r.Key)
			}
		case *evidence.RegistryValue:
			k := g.key(r.Key)
			if k == nil {
				return fmt.Errorf("value %q of the key %q that does not exist", r.Name, r.Key)
			}
			if r.Deleted {
				k.unset(r.Name)
			} else {
				k.set(registryValue{r.Name, r.Type, r.Data})
			}
		default:
			return fmt.Errorf("unexpected fact %T", r)
		}
	}
	return nil
}

// export writes a key as regedit does.
func (g *registry) export(path string) string {
	var b strings.Builder
	b.WriteString("\xEF\xBB\xBF" + header5 + "\r\n\r\n")
	fold := strings.ToLower(normalKey(path))
	for _, k := range g.order {
		if f := strings.ToLower(k.path); f != fold && !strings.HasPrefix(f, fold+`\`) {
			continue
		}
		fmt.Fprintf(&b, "[%s]\r\n", k.path)
		for _, v := range k.values {
			b.WriteString(exportValue(v) + "\r\n")
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func exportValue(v registryValue) string {
	line := "@="
	if v.name != "" {
		line = fmt.Sprintf(`"%s"=`, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v.name))
	}
	switch {
	case v.typ == evidence.RegSZ:
		return line + `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(evidence.UTF16Text(v.data)) + `"`
	case v.typ == evidence.RegDWord && len(v.data) == 4:
		return line + fmt.Sprintf("dword:%08x", binary.LittleEndian.Uint32(v.data))
	case v.typ == evidence.RegBinary:
		line += "hex:"
	default:
		line += fmt.Sprintf("hex(%x):", uint32(v.typ))
	}
	out := ""
	for i, c := range v.data {
		line += fmt.Sprintf("%02x", c)
		if i < len(v.data)-1 {
			line += ","
			if len(line) > 76 {
				out += line + "\\\r\n"
				line = "  "
			}
		}
	}
	return out + line
}
