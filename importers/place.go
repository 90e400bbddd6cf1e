package importers

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"io/fs"
	"path/filepath"
	"time"
)

// A Place says where the bytes of a file lie: in a file of their own, or in an
// archive. It is for finding them again, and no report shows it.
type Place struct {
	// Disk is the path that was given, joined with what was found below it. It is
	// "" for a file in an archive.
	Disk string
	// Archive is the archive that the file stands in, or nil, and Entry the
	// file's slash-separated name there.
	Archive *Archive
	Entry   string
}

// An Archive is a .zip that was found among the paths or in another archive.
type Archive struct {
	// Name is what diagnostics call it.
	Name  string
	Place Place
	Size  int64 // in bytes
	// Modified is as evidence.Source has it.
	Modified time.Time

	r io.ReaderAt
}

// Digest reads the archive, from the file that its members are read from, and
// returns the SHA-256 of all its bytes. It cannot be called after Walk.Close.
func (a *Archive) Digest(ctx context.Context) ([32]byte, error) {
	var sum [32]byte
	h := sha256.New()
	in := io.NewSectionReader(a.r, 0, a.Size)
	for {
		if err := ctx.Err(); err != nil {
			return sum, err
		}
		n, err := io.CopyN(h, in, 4<<20)
		if err == io.EOF && n == 0 {
			break
		}
		if err != nil && err != io.EOF {
			return sum, err
		}
	}
	h.Sum(sum[:0])
	return sum, nil
}

// origin is where the files of a folder or archive come from.
type origin struct {
	disk    string   // of a folder, as it was given
	archive *Archive // or nil
	depth   int      // of archives in archives
}

// place is the place of the file that a walk calls p.
func (o origin) place(p string) Place {
	if o.archive != nil {
		return Place{Archive: o.archive, Entry: p}
	}
	return Place{Disk: filepath.Join(o.disk, filepath.FromSlash(p))}
}

// FileTime is a file's own time of last change as evidence.Source has it.
func FileTime(info fs.FileInfo) time.Time { return fileTime(info.ModTime()) }

// fileTime is a time as a source has it: UTC, in whole seconds. What
// RFC 3339 cannot write, which a file system may hold, counts as no time.
func fileTime(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Second)
	if y := t.Year(); t.IsZero() || y < 1 || y > 9999 {
		return time.Time{}
	}
	return t
}

// entryInfo is what an archive says of a file, with the time that it can prove.
type entryInfo struct {
	fs.FileInfo
	modified time.Time
}

// ModTime implements fs.FileInfo.
func (i entryInfo) ModTime() time.Time { return i.modified }

// The extra fields of a zip entry that hold a time in UTC (APPNOTE.TXT 4.5.5,
// Info-ZIP's extrafld.txt).
const (
	extraNTFS     = 0x000a
	extraUnix     = 0x5855
	extraExtended = 0x5455
)

// entryTime is when a file in an archive was last changed. The plain field of a
// zip entry holds the clock of the machine that packed it, in a zone that the
// archive does not tell, so that it is no point in time; only an extra field
// that holds UTC counts. Without one the time is zero.
func entryTime(f *zip.File) time.Time {
	var found time.Time
	for b := f.Extra; len(b) >= 4; {
		tag, size := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		b = b[4:]
		if size > len(b) {
			break
		}
		field := b[:size]
		b = b[size:]
		switch {
		case tag == extraExtended && size >= 5 && field[0]&1 != 0:
			return unixTime(field[1:])
		case tag == extraUnix && size >= 8: // the time of access stands first
			found = unixTime(field[4:])
		case tag == extraNTFS && size >= 4+4+8 && binary.LittleEndian.Uint16(field[4:]) == 1:
			if t := binary.LittleEndian.Uint64(field[8:]); t > 0 {
				const ticks, to1970 = 10_000_000, 11_644_473_600 // of 100 ns a second; seconds from 1601
				found = time.Unix(int64(t/ticks)-to1970, 0)
			}
		}
	}
	if found.IsZero() {
		return time.Time{}
	}
	return fileTime(found)
}

func unixTime(field []byte) time.Time {
	return fileTime(time.Unix(int64(int32(binary.LittleEndian.Uint32(field))), 0))
}
