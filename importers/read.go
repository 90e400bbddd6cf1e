package importers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A Reader reads the files of a run.
type Reader struct {
	Formats []*Format
	Options Options
	// Certificates is shared by all files.
	Certificates *Certificates
	// Bytes counts what was read so far, for a display of progress.
	Bytes atomic.Int64
}

// Read reads one file into a case: it detects the format, hashes all bytes and
// imports. An error means that the run cannot go on; a file that cannot be
// opened or read is a diagnostic, since the others still can.
func (r *Reader) Read(ctx context.Context, f File, to *evidence.Case) error {
	src := &evidence.Source{Name: f.Name}
	to.Begin(src)
	defer to.End()
	file, err := f.FS.Open(f.Path)
	if err != nil {
		r.lost(f, src)
		to.Diagnose(unreadable(f.Name, err))
		return nil
	}
	defer file.Close()
	size := int64(-1)
	if info, err := file.Stat(); err == nil {
		if !info.Mode().IsRegular() {
			to.Diagnose(evidence.Diagnostic{Code: "source-not-regular", Severity: evidence.Error, Where: evidence.Location{Source: f.Name},
				Summary: "this is not a regular file and was not read"})
			return nil
		}
		size = info.Size()
		src.Modified = FileTime(info)
	}
	hashed := newHashingReader(file, &r.Bytes)
	defer hashed.stop()
	head, err := readHead(hashed)
	if err != nil {
		r.lost(f, src)
		to.Diagnose(unreadable(f.Name, err))
		return nil
	}
	err = r.importHead(ctx, f, head, size, hashed, src, to)
	n, sum, drainErr := hashed.finish(ctx)
	src.Size, src.SHA256 = n, sum
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case drainErr != nil:
		to.Diagnose(unreadable(f.Name, drainErr))
		return nil
	case err != nil:
		return fmt.Errorf("reading %s: %w", f.Name, err)
	}
	if size >= 0 && n != size {
		to.Diagnose(evidence.Diagnostic{Code: "source-changed", Severity: evidence.Error, Where: evidence.Location{Source: f.Name},
			Summary: fmt.Sprintf("the file changed while it was read: %d bytes at first, %d at the end", size, n)})
	}
	return nil
}

func (r *Reader) importHead(ctx context.Context, f File, head []byte, size int64, rest io.Reader, src *evidence.Source, to *evidence.Case) error {
	if len(head) == 0 {
		severity := evidence.Note
		if f.Given || hasKnownExtension(r.Formats, f.Name) {
			severity = evidence.Error
			r.lost(f, src)
		}
		to.Diagnose(evidence.Diagnostic{Code: "source-empty", Severity: severity, Where: evidence.Location{Source: f.Name},
			Summary: "the file is empty", Detail: "it holds no byte; export it again"})
		return nil
	}
	format, confidence := Detect(r.Formats, head, f.Name)
	if format == nil {
		severity := evidence.Note
		if f.Given {
			severity = evidence.Error
		}
		to.Diagnose(evidence.Diagnostic{Code: "source-unrecognised", Severity: severity, Lost: f.Given, Where: evidence.Location{Source: f.Name},
			Summary: "no format claims this file: it was not read",
			Detail:  fmt.Sprintf("it begins with %q; known are %s", head[:min(len(head), 16)], formatNames(r.Formats))})
		return nil
	}
	src.Format, src.Confidence = format.Name, confidence.String()
	in := NewInput(f.Name, size, io.MultiReader(bytes.NewReader(head), rest), r.Certificates)
	in.Source, in.Options = src, r.Options
	in.Store = f.store()
	return format.Import(ctx, in, to)
}

// store is what the case description, or else the file's name, says of the store
// that a file was exported from.
func (f *File) store() evidence.Store {
	if !f.Store.IsZero() {
		return f.Store
	}
	return StoreOf(f.HostPath)
}

// lost says of a file of which nothing can be read which store it was to show,
// so that the store is not taken for whole without it.
func (r *Reader) lost(f File, src *evidence.Source) {
	if hasKnownExtension(r.Formats, f.Name) {
		src.Store = f.store()
	}
}

// Detect returns the format that claims a file most surely, or nil.
func Detect(formats []*Format, head []byte, name string) (*Format, Confidence) {
	var best *Format
	sure := No
	for _, f := range formats {
		if c := f.Detect(head, name); c > sure {
			best, sure = f, c
		}
	}
	return best, sure
}

func hasKnownExtension(formats []*Format, name string) bool {
	ext := strings.ToLower(path.Ext(name))
	if ext == ".txt" {
		return false // it may be anything
	}
	return slices.ContainsFunc(formats, func(f *Format) bool { return slices.Contains(f.Extensions, ext) })
}

func readHead(r io.Reader) ([]byte, error) {
	head := make([]byte, DetectBytes)
	n, err := io.ReadFull(r, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return head[:n], err
}

func unreadable(name string, err error) evidence.Diagnostic {
	d := evidence.Diagnostic{Code: "source-unreadable", Severity: evidence.Error, Where: evidence.Location{Source: name},
		Summary: "the file could not be read", Detail: err.Error()}
	if !utf8.ValidString(name) {
		d.Detail = "its name is no UTF-8: rename it"
	}
	return d
}

func formatNames(formats []*Format) string {
	s := ""
	for i, f := range formats {
		if i > 0 {
			s += ", "
		}
		s += f.Name
	}
	return s
}
