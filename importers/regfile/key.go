package regfile

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// roots are the names that regedit knows, case-blind. The short forms, such as
// HKLM, are reg.exe's and not valid in a file.
var roots = [...]string{
	"HKEY_LOCAL_MACHINE", "HKEY_USERS", "HKEY_CLASSES_ROOT", "HKEY_CURRENT_USER", "HKEY_CURRENT_CONFIG",
	"HKEY_DYN_DATA", "HKEY_PERFORMANCE_DATA",
}

// An openKey is the key that values belong to.
type openKey struct {
	// bracketed is "[KEY] ", which the paths of its values begin with; it is ""
	// if no key is open.
	bracketed string
	// path is the key itself.
	path string
	// place says what the key is in a certificate store.
	place place
	where evidence.Location
	blob  bool // a value Blob was seen
	// counted says that the sink keeps neither the key nor its values.
	counted bool
}

// maxKey bounds the path of a key, in bytes: 512 levels of 255 characters, as
// the registry has them at most ("Registry Element Size Limits").
const maxKey = 512 * 256

// keyLine reads [key] or [-key]; i is the place of the bracket. The key ends at
// the last bracket of the line.
func (p *parser) keyLine(i int) {
	p.closeKey()
	p.statements++
	s := p.line.Text
	where := p.here(i)
	end := len(s) - 1
	if s[end] != ']' {
		end = bytes.LastIndexByte(s, ']')
	}
	if end <= i || p.line.More {
		p.badKey(where, fmt.Sprintf("wanted a closing bracket; there is %s", quoted(s[i:])))
		return
	}
	name := s[i+1 : end]
	if len(name) > maxKey {
		p.badKey(where, fmt.Sprintf("a key's path has at most %d bytes, and this one has %d; it begins %s", maxKey, len(name), quoted(name[:64])))
		return
	}
	deleted := len(name) > 0 && name[0] == '-'
	if deleted {
		name = name[1:]
	}
	at, enterprise, ragged := storesKey(name)
	if ragged {
		// The registry has no empty segments.
		segments := bytes.FieldsFunc(name, func(r rune) bool { return r == '\\' })
		name = bytes.Join(segments, []byte(`\`))
		at, enterprise, _ = storesKey(name)
	}
	bracketed := p.arena.concat("[", name, "] ")
	path := bracketed[1 : len(bracketed)-2]
	root, below, _ := strings.Cut(path, `\`)
	switch {
	case !knownRoot(root):
		p.badKey(where, fmt.Sprintf("wanted a root such as %s at column %d; there is %s", roots[0], p.column(i+1), quoted(name)))
	case deleted && below == "":
		p.badKey(where, "a root can't be deleted: regedit refuses it")
	case deleted:
		p.deletion(where)
		where.Path = "[-" + path + "]"
		p.add(&evidence.RegistryKey{Where: where, Key: path, Deleted: true})
	default:
		var in place
		if at >= 0 {
			in = placeOf(path, at, enterprise)
		}
		p.openKey(bracketed, where, in)
	}
}

func knownRoot(name string) bool {
	for _, r := range roots {
		if strings.EqualFold(name, r) {
			return true
		}
	}
	return false
}

// openKey opens the key of "[KEY] ", a part of which is the key, so that both
// cost one allocation.
func (p *parser) openKey(bracketed string, where evidence.Location, in place) {
	where.Path = bracketed[:len(bracketed)-1]
	path := bracketed[1 : len(bracketed)-2]
	p.key = openKey{bracketed: bracketed, path: path, where: where, place: in}
	p.names.reset()
	if p.counter != nil && p.key.place.kind == elsewhere && !p.counter.Keeps(path) {
		p.key.counted = true
		return
	}
	k := p.arena.key()
	k.Where, k.Key = where, path
	p.add(k)
}

// closeKey ends a key's block.
func (p *parser) closeKey() {
	if p.key.place.kind == inCertificates && !p.key.blob && p.key.bracketed != "" {
		p.diagnose("reg-blob-missing", evidence.Warning, p.key.where, "a certificate's key has no value Blob",
			"wanted the certificate in a value Blob; Windows shows no certificate for such a key, and none was read")
	}
	p.key = openKey{}
}

func (p *parser) badKey(where evidence.Location, detail string) {
	if p.line.Unended {
		p.truncated(where, detail+"; no line end follows: the export was cut, or copied in part")
		return
	}
	p.lose("reg-bad-key", where, "a key's line cannot be read", detail+"; the values below it were passed over")
}

// deletion says once that the file deletes.
func (p *parser) deletion(where evidence.Location) {
	if p.told.deletion {
		return
	}
	p.told.deletion = true
	p.diagnose("reg-deletion", evidence.Note, where, "the file deletes keys or values: no export does that",
		"it is a script for an import and may not show what was on the machine; deletions were read in the order of the file")
}

// line31 reads a line of a file of Windows 3.1: a key of HKEY_CLASSES_ROOT and
// its default value, a string.
func (p *parser) line31() {
	const root = "HKEY_CLASSES_ROOT"
	s := p.line.Text
	if !bytes.HasPrefix(s, []byte(root+`\`)) {
		if i := blanks(s); i < len(s) && s[i] != ';' && s[i] != '#' {
			p.lose("reg-bad-line", p.here(i), "a line is not a key of "+root,
				fmt.Sprintf("there is %s; regedit passes over such a line, and so it was done", quoted(s[i:])))
		}
		return
	}
	p.statements++
	if p.line.More {
		p.lose("reg-line-too-long", p.here(0), "a line is too long to be read", fmt.Sprintf("at most %d bytes are read of it", p.most.line))
		return
	}
	end := len(s)
	if i := bytes.IndexAny(s, " \t"); i >= 0 {
		end = i
	}
	where := p.here(0)
	p.openKey(p.arena.concat("[", s[:end], "] "), where, place{})
	s = s[end+blanks(s[end:]):]
	if len(s) > 0 && s[0] == '=' {
		if s = s[1:]; len(s) > 0 && s[0] == ' ' {
			s = s[1:]
		}
	}
	p.name = p.name[:0]
	p.value = value{named: true, typ: evidence.RegSZ, start: where.Offset, end: where.Offset + where.Length, line: where.Line}
	p.setString(s)
	p.emit()
}
