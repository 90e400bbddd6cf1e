package workbook

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
)

// contentTypes is the part that comes first and that excelize fills in the order
// of a map. sharedStrings holds all text but that of the rows; it comes last,
// when it is known what was left out of the sheets.
const (
	contentTypes  = "[Content_Types].xml"
	sharedStrings = "xl/sharedStrings.xml"
)

// An archive takes the parts of a workbook from excelize, in whatever order they
// come, and writes them in one order when it is closed. The rows of the sheets are
// never held: they go through the compressor as they are made.
type archive struct {
	out   io.Writer
	fills map[string]*fill
	parts map[string]*bytes.Buffer

	notices []notice
}

// rank puts the parts in order.
func rank(part string) int {
	switch part {
	case contentTypes:
		return 0
	case sharedStrings:
		return 2
	}
	return 1
}

// Create implements excelize.ZipWriter.
func (a *archive) Create(name string) (io.Writer, error) {
	if a.parts == nil {
		a.parts = map[string]*bytes.Buffer{}
	}
	buf := &bytes.Buffer{}
	a.parts[name] = buf
	return buf, nil
}

// AddFS implements excelize.ZipWriter; excelize does not call it.
func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive.
func (a *archive) Close() error {
	z := zip.NewWriter(a.out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 5) })
	names := make([]string, 0, len(a.parts))
	for name := range a.parts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(x, y string) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(x, y))
	})
	for _, name := range names {
		if err := a.writePart(z, name); err != nil {
			return err
		}
	}
	return z.Close()
}

// partTime is the time of every part: archives begin to count there.
var partTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func (a *archive) writePart(z *zip.Writer, name string) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: partTime})
	if err != nil {
		return err
	}
	body := a.parts[name].Bytes()
	if name == contentTypes {
		body = sortTypes(body)
	}
	if name == sharedStrings {
		body = appendNotices(body, a.notices)
	}
	f := a.fills[name]
	if f == nil || f.n == 0 {
		_, err = w.Write(body)
		return err
	}
	i := bytes.LastIndex(body, []byte("</sheetData>"))
	if i < 0 {
		return fmt.Errorf("sheet %s has no place for its rows", f.sheet.Name)
	}
	bounded := &boundedWriter{w: w, room: math.MaxUint32 - int64(len(body)), name: f.sheet.Name}
	if _, err := bounded.Write(body[:i]); err != nil {
		return err
	}
	if err := f.write(bounded); err != nil {
		return err
	}
	rest, err := f.links.insert(body[i:])
	if err != nil {
		return fmt.Errorf("sheet %s: %w", f.sheet.Name, err)
	}
	f.links.xml = bytes.Buffer{}
	if f.links.dropped > 0 {
		a.notices = append(a.notices, notice{sharedString(body, cellName(1, f.noteRow)), f.links.note(f.sheet.Name)})
	}
	_, err = bounded.Write(rest)
	return err
}

// A boundedWriter refuses a part of 4 GiB, which Excel could not open.
type boundedWriter struct {
	w    io.Writer
	room int64
	name string
}

func (b *boundedWriter) Write(p []byte) (int, error) {
	if b.room -= int64(len(p)); b.room < 0 {
		return 0, fmt.Errorf("sheet %s would be larger than the 4 GiB that Excel opens", b.name)
	}
	return b.w.Write(p)
}

var typeElement = regexp.MustCompile(`<(?:Default|Override) [^>]*?(?:/>|></(?:Default|Override)>)`)

// sortTypes sorts the elements of [Content_Types].xml.
func sortTypes(b []byte) []byte {
	s := string(b)
	places := typeElement.FindAllStringIndex(s, -1)
	if len(places) == 0 {
		return b
	}
	var elements []string
	for _, p := range places {
		elements = append(elements, s[p[0]:p[1]])
	}
	slices.Sort(elements) // Default before Override
	rest := typeElement.ReplaceAllString(s[places[0][0]:], "")
	return []byte(s[:places[0][0]] + strings.Join(elements, "") + rest)
}
