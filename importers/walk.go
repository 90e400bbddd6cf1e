package importers

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// MaxFiles bounds the files of one run.
const MaxFiles = 100_000

// A Walk is what was found below the paths that a user gave.
type Walk struct {
	Hosts []*Host
	// Diagnostics are about paths that belong to no host.
	Diagnostics []evidence.Diagnostic
	// Description is the case description that was found or given, or nil, and
	// DescriptionFile its name for messages.
	Description     *Description
	DescriptionFile string

	// DescriptionPlace is where a description found in a folder or archive lies.
	DescriptionPlace Place
	// Archives are all archives that were found, broken ones too.
	Archives []*Archive

	formats []*Format
	closers []func() error
	files   int
	full    bool
	// nestedBytes is how much of nested archives is held in memory.
	nestedBytes int64
	// given are the files named by the user, each with its path in full.
	given []givenFile
}

type givenFile struct {
	full string
	file treeFile
}

// ErrNoPath is wrapped by Find for a path that does not exist or can't be
// looked at: the command line is wrong.
var ErrNoPath = errors.New("no such file or folder")

// A Selection says which files are read and what is stated of them.
type Selection struct {
	// Paths are files, folders and .zip archives.
	Paths []string
	// Host names one host for all files; "" lets the names decide.
	Host string
	// Description is a case description's file; "" looks for DescriptionName in
	// each folder.
	Description string
}

// Find finds the files below paths and divides them among hosts. A symbolic
// link is followed only to a regular file, and inside a folder only if it does
// not lead out of it. Close the Walk after reading. An error means that a path
// or a case description is wrong.
func Find(sel Selection, formats []*Format) (*Walk, error) {
	w := &Walk{formats: formats}
	if sel.Description != "" {
		text, err := readDescription(sel.Description)
		if err != nil {
			return nil, err
		}
		if err := w.describe(sel.Description, text); err != nil {
			return nil, err
		}
		w.DescriptionPlace = Place{Disk: sel.Description}
	}
	paths := sel.Paths
	for _, p := range paths {
		if err := w.add(p, len(paths) > 1); err != nil {
			w.Close()
			return nil, err
		}
	}
	w.addGiven()
	w.merge(sel.Host)
	return w, nil
}

// Close closes the archives and folders that were opened.
func (w *Walk) Close() error {
	var first error
	for _, c := range w.closers {
		if err := c(); err != nil && first == nil {
			first = err
		}
	}
	w.closers = nil
	return first
}

func (w *Walk) add(p string, several bool) error {
	full, err := filepath.Abs(p)
	if err != nil {
		return fmt.Errorf("%q: %w", p, err)
	}
	info, err := os.Stat(full)
	if err != nil {
		return fmt.Errorf("%q: %w", p, cmp.Or(notExist(err), err))
	}
	name := filepath.Base(full)
	switch {
	case info.IsDir():
		root, err := os.OpenRoot(full)
		if err != nil {
			return fmt.Errorf("%q: %w", p, err)
		}
		w.closers = append(w.closers, root.Close)
		if KindFolder(name) {
			// certs/ or logs/ of a host: the folder above is the host.
			name = filepath.Base(filepath.Dir(full))
		}
		files := w.tree(root.FS(), ".", "", origin{disk: p})
		if files, err = w.takeDescription(p, files); err != nil {
			return err
		}
		w.addTree(name, prefixOf(filepath.Base(full), several), files)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%q is neither a file nor a folder", p)
	case isZip(full):
		files := w.archiveFile(full, name, p)
		if files, err = w.takeDescription(p, files); err != nil {
			return err
		}
		w.addTree(withoutExt(name), prefixOf(name, several), files)
	default:
		w.given = append(w.given, givenFile{full, treeFile{fsys: os.DirFS(filepath.Dir(full)), fsPath: name, path: name, place: Place{Disk: p}}})
	}
	return nil
}

func notExist(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoPath
	}
	return nil
}

func prefixOf(name string, several bool) string {
	if !several {
		return ""
	}
	return name + "/"
}

// takeDescription takes the case description out of the files of a folder.
func (w *Walk) takeDescription(p string, files []treeFile) ([]treeFile, error) {
	i := slices.IndexFunc(files, func(f treeFile) bool { return f.path == DescriptionName })
	if i < 0 || w.DescriptionFile != "" {
		return files, nil
	}
	f, err := files[i].fsys.Open(files[i].fsPath)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxDescription+1))
	if err != nil {
		return nil, err
	}
	if err := w.describe(filepath.Join(p, DescriptionName), text); err != nil {
		return nil, err
	}
	w.DescriptionPlace = files[i].place
	// The description and the policy that it names are no evidence.
	policy := path.Clean(w.Description.Policy)
	return slices.DeleteFunc(files, func(f treeFile) bool { return f.path == DescriptionName || f.path == policy }), nil
}

func readDescription(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxDescription+1))
}

func (w *Walk) describe(file string, text []byte) error {
	if len(text) > MaxDescription {
		return fmt.Errorf("%s: a case description has at most %d bytes", file, MaxDescription)
	}
	d, err := ParseDescription(text)
	if err != nil {
		return fmt.Errorf("%s:%w", file, err)
	}
	w.Description, w.DescriptionFile = d, file
	return nil
}

// addTree divides the files of one folder or archive among hosts.
func (w *Walk) addTree(root, prefix string, files []treeFile) {
	slices.SortFunc(files, func(a, b treeFile) int { return cmp.Compare(a.path, b.path) })
	hosts := hostsOf(root, files)
	if w.Description != nil {
		hosts = w.Description.apply(hosts)
	}
	for _, h := range hosts {
		for i := range h.Files {
			h.Files[i].Name = prefix + h.Files[i].Name
		}
		w.Hosts = append(w.Hosts, h)
	}
}

// addGiven makes one host of the files that were given by name.
func (w *Walk) addGiven() {
	if len(w.given) == 0 {
		return
	}
	h := &Host{}
	common := filepath.Dir(w.given[0].full)
	for _, g := range w.given[1:] {
		for !within(common, g.full) {
			common = filepath.Dir(common)
		}
	}
	for _, g := range w.given {
		rel, err := filepath.Rel(common, g.full)
		if err != nil {
			rel = filepath.Base(g.full)
		}
		rel = filepath.ToSlash(rel)
		h.Files = append(h.Files, File{FS: g.file.fsys, Path: g.file.fsPath, Name: rel, HostPath: rel, Given: true, Place: g.file.place})
	}
	if len(w.given) == 1 {
		h.Name, h.FromFile = withoutExt(w.given[0].full), true
	} else {
		for KindFolder(filepath.Base(common)) && filepath.Dir(common) != common {
			common = filepath.Dir(common)
		}
		h.Name = filepath.Base(common)
	}
	if h.Name == "." || h.Name == string(filepath.Separator) {
		h.Name = "host"
	}
	hosts := []*Host{h}
	if w.Description != nil {
		hosts = w.Description.apply(hosts)
	}
	w.Hosts = append(w.Hosts, hosts...)
}

func within(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// merge joins hosts of one name, which several paths may give, and gives all
// files to the stated host if there is one.
func (w *Walk) merge(stated string) {
	byName := map[string]*Host{}
	var hosts []*Host
	for _, h := range w.Hosts {
		if stated != "" {
			h.Name, h.FromFile, h.Diagnostics = stated, false, nil
		}
		key := strings.ToLower(h.Name)
		first := byName[key]
		if first == nil {
			byName[key] = h
			hosts = append(hosts, h)
			continue
		}
		first.Files = append(first.Files, h.Files...)
		first.Diagnostics = append(first.Diagnostics, h.Diagnostics...)
		first.FromFile = false
	}
	for _, h := range hosts {
		slices.SortStableFunc(h.Files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
		h.Files = slices.CompactFunc(h.Files, func(a, b File) bool { return a.Name == b.Name && a.Path == b.Path && a.Given && b.Given })
	}
	slices.SortFunc(hosts, func(a, b *Host) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	w.Hosts = hosts
	w.distinguish()
}

// distinguish gives each file a name of its own: locations and the comparison of
// exports go by it. Of two that bear one name, that of an archive is called by
// the archive too, and what still is not told apart is numbered.
func (w *Walk) distinguish() {
	taken := map[string]bool{}
	for _, h := range w.Hosts {
		for i := range h.Files {
			f := &h.Files[i]
			name := f.Name
			if a := f.Place.Archive; taken[name] && a != nil && !taken[a.Name+"/"+f.Place.Entry] {
				name = a.Name + "/" + f.Place.Entry
			}
			for n := 2; taken[name]; n++ {
				name = fmt.Sprintf("%s (%d)", f.Name, n)
			}
			if taken[name] = true; name != f.Name {
				w.diagnose("source-same-name", evidence.Note, name, fmt.Sprintf("another file is called %q too: this one is called %q here", f.Name, name), "the manifest tells where each lies")
				f.Name = name
			}
		}
	}
}

// tree lists the regular files below dir of a folder or archive, opening the
// archives in it. at is put before their names.
func (w *Walk) tree(fsys fs.FS, dir, at string, from origin) []treeFile {
	var files []treeFile
	err := fs.WalkDir(fsys, dir, func(p string, d fs.DirEntry, err error) error {
		name := at + p
		switch {
		case w.full:
			return fs.SkipAll
		case err != nil:
			w.diagnose("source-unreadable", evidence.Error, name, "this could not be read", err.Error())
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			info, err := fs.Stat(fsys, p)
			switch {
			case err != nil:
				w.diagnose("source-link-outside", evidence.Warning, name, "this symbolic link leads out of the folder, or nowhere, and was not followed", err.Error())
				return nil
			case !info.Mode().IsRegular():
				w.diagnose("source-link-folder", evidence.Warning, name, "this symbolic link to a folder was not followed", "")
				return nil
			}
		case !d.Type().IsRegular():
			w.diagnose("source-not-regular", evidence.Warning, name, "this is not a regular file and was not read", "")
			return nil
		}
		files = append(files, w.file(fsys, p, name, from)...)
		return nil
	})
	if err != nil {
		w.diagnose("source-unreadable", evidence.Error, at, "the folder could not be listed", err.Error())
	}
	return files
}

// file takes one file of a folder or archive: it opens an archive and looks
// into any other file, to know whether a format claims it.
func (w *Walk) file(fsys fs.FS, p, name string, from origin) []treeFile {
	if w.files++; w.files > MaxFiles {
		if !w.full {
			w.diagnose("source-too-many-files", evidence.Error, name, fmt.Sprintf("there are more than %d files: this one and all after it were not read", MaxFiles), "")
		}
		w.full = true
		return nil
	}
	head, err := w.head(fsys, p)
	if err == nil && isZipHead(head) && strings.EqualFold(path.Ext(p), ".zip") {
		return w.nested(fsys, p, name, from)
	}
	format, _ := Detect(w.formats, head, p)
	return []treeFile{{fsys: fsys, fsPath: p, path: name, place: from.place(p), recognised: format != nil}}
}

func (w *Walk) head(fsys fs.FS, p string) ([]byte, error) {
	f, err := fsys.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readHead(f)
}

func (w *Walk) diagnose(code string, severity evidence.DiagnosticSeverity, name, summary, detail string) {
	w.Diagnostics = append(w.Diagnostics, evidence.Diagnostic{Code: code, Severity: severity, Lost: severity == evidence.Error,
		Where: evidence.Location{Source: name}, Summary: summary, Detail: detail})
}
