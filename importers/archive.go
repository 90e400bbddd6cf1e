package importers

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// Bounds of archives.
const (
	// MaxArchiveDepth is how deep archives may stand in archives.
	MaxArchiveDepth = 2
	// MaxArchiveRatio bounds how much larger than its packed form a file may be.
	MaxArchiveRatio = 200
	// MaxNestedArchive bounds an archive inside an archive or folder, which has
	// to be held in memory.
	MaxNestedArchive = 256 << 20
	// MaxNestedArchives bounds all of them together.
	MaxNestedArchives = 512 << 20
	// smallFile is exempt from the ratio: a small file harms nobody.
	smallFile = 1 << 20
)

func isZip(full string) bool {
	f, err := os.Open(full)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4)
	n, _ := io.ReadFull(f, head)
	return isZipHead(head[:n]) && strings.EqualFold(filepath.Ext(full), ".zip")
}

func isZipHead(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

// archiveFile lists an archive that the user named.
// given is the path as it was named.
func (w *Walk) archiveFile(full, name, given string) []treeFile {
	f, err := os.Open(full)
	if err != nil {
		w.diagnose("source-unreadable", evidence.Error, name, "the archive could not be opened", err.Error())
		return nil
	}
	w.closers = append(w.closers, f.Close)
	info, err := f.Stat()
	if err != nil {
		w.diagnose("source-unreadable", evidence.Error, name, "the archive could not be opened", err.Error())
		return nil
	}
	return w.archive(&Archive{Name: name, Place: Place{Disk: given}, Size: info.Size(), Modified: FileTime(info), r: f}, "", 1)
}

// nested lists an archive that stands in a folder or an archive. It is a
// folder of its own, called as the archive is without its extension.
func (w *Walk) nested(fsys fs.FS, p, name string, from origin) []treeFile {
	depth := from.depth + 1
	if depth > MaxArchiveDepth {
		w.diagnose("archive-too-deep", evidence.Error, name, fmt.Sprintf("archives stand in archives more than %d deep: this one was not read", MaxArchiveDepth), "unpack it and give the folder")
		return nil
	}
	f, err := fsys.Open(p)
	if err != nil {
		w.diagnose("source-unreadable", evidence.Error, name, "the archive could not be opened", err.Error())
		return nil
	}
	at := strings.TrimSuffix(name, filepath.Ext(name)) + "/"
	a := &Archive{Name: name, Place: from.place(p)}
	if info, err := f.Stat(); err == nil {
		a.Size, a.Modified = info.Size(), FileTime(info)
		if r, ok := f.(io.ReaderAt); ok {
			w.closers = append(w.closers, f.Close)
			a.r = r
			return w.archive(a, at, depth)
		}
	}
	defer f.Close()
	room := min(MaxNestedArchive, MaxNestedArchives-w.nestedBytes)
	data, err := io.ReadAll(io.LimitReader(f, room+1))
	switch {
	case err != nil:
		w.diagnose("source-unreadable", evidence.Error, name, "the archive could not be read", err.Error())
		return nil
	case int64(len(data)) > room:
		w.diagnose("archive-too-large", evidence.Error, name, fmt.Sprintf("an archive inside an archive may have %d bytes, and all of them %d: this one was not read", MaxNestedArchive, MaxNestedArchives), "unpack it and give the folder")
		return nil
	}
	w.nestedBytes += int64(len(data))
	a.r, a.Size = bytes.NewReader(data), int64(len(data))
	return w.archive(a, at, depth)
}

func (w *Walk) archive(a *Archive, at string, depth int) []treeFile {
	w.Archives = append(w.Archives, a)
	name := a.Name
	z, err := zip.NewReader(a.r, a.Size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		w.diagnose("archive-broken", evidence.Error, name, "the archive could not be read", err.Error())
		return nil
	}
	guarded := &archiveFS{byName: map[string]*zip.File{}}
	for _, f := range z.File {
		name, oem := entryName(f)
		entry := strings.ReplaceAll(name, `\`, "/") // as old Windows tools write it
		where := at + entry
		if oem {
			w.diagnose("archive-name-encoding", evidence.Note, where, "the archive does not say how this name is encoded: code page 850 was assumed", "")
		}
		switch {
		case strings.HasSuffix(entry, "/"):
			continue
		case !fs.ValidPath(entry):
			w.diagnose("archive-bad-name", evidence.Error, a.Name, fmt.Sprintf("a file in the archive is called %q, which leads out of it or is no path: it was not read", f.Name), "")
			continue
		case f.Flags&1 != 0:
			w.diagnose("archive-encrypted", evidence.Error, where, "this file is encrypted in the archive and was not read", "unpack the archive with its password and give the folder")
			continue
		case f.UncompressedSize64 > smallFile && f.UncompressedSize64/max(f.CompressedSize64, 1) > MaxArchiveRatio:
			w.diagnose("archive-ratio", evidence.Error, where, fmt.Sprintf("this file would unpack to more than %d times its packed size and was not read", MaxArchiveRatio), "if it is genuine, unpack the archive and give the folder")
			continue
		case guarded.byName[entry] != nil:
			w.diagnose("archive-same-name", evidence.Warning, where, "the archive holds two files of this name: the first was read", "")
			continue
		}
		guarded.byName[entry] = f
	}
	var files []treeFile
	for _, entry := range slices.Sorted(maps.Keys(guarded.byName)) {
		files = append(files, w.file(guarded, entry, at+entry, origin{archive: a, depth: depth})...)
	}
	return files
}

// entryName returns the name of an entry. One that is no UTF-8 is in the code
// page that the command line of the machine had (APPNOTE.TXT, appendix D): 850,
// the one of Western Europe, differs from the American 437 in few letters.
func entryName(f *zip.File) (name string, oem bool) {
	if utf8.ValidString(f.Name) {
		return f.Name, false
	}
	name, err := charmap.CodePage850.NewDecoder().String(f.Name)
	if err != nil {
		return f.Name, false
	}
	return name, true
}

// archiveFS opens the files of a zip archive that passed the checks, each to
// the size that the archive declares and not a byte more.
type archiveFS struct{ byName map[string]*zip.File }

// Open implements fs.FS.
func (a *archiveFS) Open(name string) (fs.File, error) {
	f := a.byName[name]
	if f == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	return &archiveEntry{ReadCloser: r, info: entryInfo{f.FileInfo(), entryTime(f)}, left: int64(f.UncompressedSize64)}, nil
}

// archiveEntry is one file, which stops at its declared size.
type archiveEntry struct {
	io.ReadCloser
	info fs.FileInfo
	left int64
}

// Stat implements fs.File.
func (e *archiveEntry) Stat() (fs.FileInfo, error) { return e.info, nil }

// Read implements io.Reader.
func (e *archiveEntry) Read(p []byte) (int, error) {
	if e.left <= 0 {
		// One byte more tells a file that is longer than declared.
		n, err := e.ReadCloser.Read(make([]byte, 1))
		if n > 0 {
			return 0, errors.New("the file is longer than the archive declares")
		}
		return 0, err
	}
	n, err := e.ReadCloser.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	return n, err
}
