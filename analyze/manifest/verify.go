package manifest

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// A State says whether a file still holds the bytes that a manifest tells.
type State string

// The states. Those that Good does not name need an explanation.
const (
	Same       State = "same"
	Changed    State = "changed"
	Missing    State = "missing"
	Unreadable State = "unreadable"
	// Unread is a file of which the run itself could read no byte.
	Unread State = "unread"
	// Overwritten is an input in whose place the run wrote a report.
	Overwritten State = "overwritten"
)

// Good reports whether a state needs no explanation.
func (s State) Good() bool { return s == Same || s == Unread || s == Overwritten }

// A Check is the state of one file.
type Check struct {
	// What is archive, input, criteria or output.
	What string `json:"what"`
	// Name is what the reports or the command line call the file.
	Name  string `json:"name"`
	State State  `json:"state"`
	// File is where it was looked for or, of a file in an archive, the archive.
	File   string `json:"file,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// A Search says where files are looked for.
type Search struct {
	// Folder is the manifest's folder.
	Folder string
	// Inputs is the folder that the evidence lies in now, or "". Where it is
	// given, evidence is looked for there alone: a file that stayed behind must
	// not stand for the copy.
	Inputs string
}

// Verify looks at every file that the manifest names, in its order. Files are
// only read, and only regular ones. An error means that ctx was cancelled.
func (m *Manifest) Verify(ctx context.Context, s Search) ([]Check, error) {
	v := &verifier{ctx: ctx, search: s, archives: map[string]*archiveCheck{}}
	defer v.close()
	for i := range m.Archives {
		a := &m.Archives[i]
		c := &archiveCheck{Check: v.at("archive", a.Name, a.Place, a.Digest), nested: a.Archive != ""}
		v.archives[a.ID] = c
		v.checks = append(v.checks, c.Check)
	}
	for i := range m.Inputs {
		in := &m.Inputs[i]
		if in.Overwritten {
			v.checks = append(v.checks, Check{What: "input", Name: in.Name, State: Overwritten, Detail: "the run wrote a report in its place"})
			continue
		}
		v.checks = append(v.checks, v.at("input", in.Name, in.Place, in.Digest))
	}
	for i := range m.Criteria {
		c := &m.Criteria[i]
		switch {
		case c.Embedded:
		case c.Kind == "case" || c.Archive != "": // it lies with the evidence
			v.checks = append(v.checks, v.at("criteria", c.Name, c.Place, c.Digest))
		default:
			v.checks = append(v.checks, v.check("criteria", c.Name, append(v.recorded(c.Place), v.moved(c.Name, c.Place)...), c.Digest))
		}
	}
	for _, o := range m.Outputs {
		p := Place{Path: o.File}
		if !filepath.IsAbs(filepath.FromSlash(o.File)) {
			p = Place{FromManifest: o.File}
		}
		v.checks = append(v.checks, v.check("output", o.File, v.recorded(p), o.Digest))
	}
	return v.checks, ctx.Err()
}

type verifier struct {
	ctx      context.Context
	search   Search
	archives map[string]*archiveCheck
	checks   []Check
}

func (v *verifier) close() {
	for _, a := range v.archives {
		if a.zip != nil {
			a.zip.Close()
		}
	}
}

// at checks evidence at its place.
func (v *verifier) at(what, name string, p Place, d Digest) Check {
	switch {
	case p.Archive != "":
		return v.member(what, name, v.archives[p.Archive], p.Entry, d)
	case v.search.Inputs != "":
		return v.check(what, name, v.moved(name, p), d)
	}
	return v.check(what, name, v.recorded(p), d)
}

// recorded are the files that a place may mean, the likelier first: what lies
// as it did from the manifest may be a copy of the whole, which counts then.
func (v *verifier) recorded(p Place) []string {
	var files []string
	if p.PathBytes != nil {
		file := filepath.FromSlash(string(p.PathBytes))
		if !filepath.IsAbs(file) {
			return []string{filepath.Join(v.search.Folder, file)}
		}
		if remote(file) {
			return nil
		}
		return []string{file}
	}
	if p.FromManifest != "" {
		files = append(files, filepath.Join(v.search.Folder, filepath.FromSlash(p.FromManifest)))
	}
	if file := filepath.FromSlash(p.Path); file != "" && !remote(file) && !slices.Contains(files, file) {
		files = append(files, file)
	}
	return files
}

// remote reports whether opening a path would make Windows talk to another
// machine: what a manifest says must not do that.
func remote(file string) bool {
	return runtime.GOOS == "windows" && strings.HasPrefix(file, `\\`)
}

// moved are the files of --inputs that a place may mean: the folder may stand
// for any that the path leads through, as far as the name is unlike others.
func (v *verifier) moved(name string, p Place) []string {
	var files []string
	if v.search.Inputs == "" {
		return nil
	}
	slashed := filepath.ToSlash(p.Path)
	if p.PathBytes != nil {
		slashed = string(p.PathBytes)
	}
	rest := strings.TrimPrefix(path.Clean("/"+slashed[len(filepath.VolumeName(slashed)):]), "/")
	for ok := rest != ""; ok && len(strings.ToValidUTF8(rest, "")) >= len(strings.ReplaceAll(name, "\ufffd", "")); _, rest, ok = strings.Cut(rest, "/") {
		if local := filepath.FromSlash(rest); filepath.IsLocal(local) {
			files = append(files, filepath.Join(v.search.Inputs, local))
		}
	}
	return files
}

// check compares the first of the files that exists.
func (v *verifier) check(what, name string, files []string, d Digest) Check {
	c := Check{What: what, Name: name, State: Missing}
	if d.SHA256 == "" {
		c.State, c.Detail = Unread, "the run could not read it"
		return c
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || err == nil && info.IsDir() {
			continue
		}
		c.File = file
		if err != nil {
			c.State, c.Detail = Unreadable, inner(err)
			return c
		}
		c.State, c.Detail = v.compare(file, info, d)
		return c
	}
	return c
}

// compare compares a file, which is opened only if it is a regular one: a
// pipe would never end, and a device may act.
func (v *verifier) compare(file string, info fs.FileInfo, d Digest) (State, string) {
	if !info.Mode().IsRegular() {
		return Unreadable, "it is not a regular file"
	}
	if d.Size != nil && info.Size() != *d.Size {
		return Changed, fmt.Sprintf("%d bytes, recorded %d", info.Size(), *d.Size)
	}
	f, err := os.Open(file)
	if err != nil {
		return Unreadable, inner(err)
	}
	defer f.Close()
	return v.digest(f, d)
}

// digest reads to the end, or one byte beyond the recorded size.
func (v *verifier) digest(r io.Reader, d Digest) (State, string) {
	if d.Size != nil {
		r = io.LimitReader(r, *d.Size+1)
	}
	h := sha256.New()
	n, err := io.Copy(writer{v.ctx, h}, r)
	switch {
	case err != nil:
		return Unreadable, inner(err)
	case d.Size != nil && n != *d.Size:
		return Changed, fmt.Sprintf("its size is not the recorded %d bytes", *d.Size)
	case hex.EncodeToString(h.Sum(nil)) != d.SHA256:
		return Changed, "other bytes"
	}
	return Same, ""
}

// writer stops hashing when the run is interrupted.
type writer struct {
	ctx context.Context
	h   hash.Hash
}

// Write implements io.Writer.
func (w writer) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.h.Write(p)
}

// archiveCheck is an archive that was looked at.
type archiveCheck struct {
	Check
	nested bool
	// zip and members are there once a member was looked at by itself.
	zip     *zip.ReadCloser
	members map[string]*zip.File
}

// member checks a file of an archive. That of an archive which is the same is
// the same; of one that changed, the file is looked at by itself.
func (v *verifier) member(what, name string, a *archiveCheck, entry string, d Digest) Check {
	c := Check{What: what, Name: name, State: a.State, File: a.File}
	switch {
	case d.SHA256 == "":
		c.State, c.Detail = Unread, "the run could not read it"
	case a.State == Same:
	case a.State == Changed && !a.nested:
		c.State, c.Detail = v.entry(a, entry, d)
	case a.State == Changed:
		c.State, c.Detail = Unreadable, "the archive around it changed, and archives in archives are not opened"
	default:
		c.Detail = cmp.Or(a.Detail, "its archive is "+string(a.State))
	}
	return c
}

// entry compares one file of an archive that is another than the recorded one.
func (v *verifier) entry(a *archiveCheck, entry string, d Digest) (State, string) {
	if a.members == nil {
		a.members = map[string]*zip.File{}
		z, err := zip.OpenReader(a.File)
		if err == nil || errors.Is(err, zip.ErrInsecurePath) {
			a.zip = z
			for _, f := range z.File {
				name := strings.ReplaceAll(f.Name, `\`, "/") // as old Windows tools write it
				if a.members[name] == nil {
					a.members[name] = f
				}
			}
		}
	}
	f := a.members[entry]
	switch {
	case a.zip == nil:
		return Unreadable, "its archive changed and is none any more"
	case f == nil:
		return Missing, "its archive changed and does not hold it any more"
	case d.Size != nil && f.UncompressedSize64 != uint64(*d.Size):
		return Changed, fmt.Sprintf("%d bytes, recorded %d", f.UncompressedSize64, *d.Size)
	}
	r, err := f.Open()
	if err != nil {
		return Unreadable, inner(err)
	}
	defer r.Close()
	return v.digest(r, d)
}

// inner is the reason of an error without the path, which stands beside it.
func inner(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}
