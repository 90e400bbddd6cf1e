package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/csv"
	"github.com/ctlaudit/ctlaudit/reports/redact"
	"github.com/ctlaudit/ctlaudit/reports/table"
)

// An output is a report that goes to a file.
type output struct {
	format  *reports.Format
	file    string
	custody *custody // told of what is written; may be nil
}

func formatNames() []string {
	var names []string
	for _, f := range reportFormats(looks{}) {
		names = append(names, f.Name)
	}
	return names
}

func formatByName(formats []*reports.Format, name string) *reports.Format {
	for _, f := range formats {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// takeOutputs says what is written where, and refuses what exists already
// before anything is read.
func (o *options) takeOutputs(f *flags, w world) error {
	var plainLooks looks
	if f.csvDelimiter != "" {
		comma, n := utf8.DecodeRuneInString(strings.ReplaceAll(f.csvDelimiter, `\t`, "\t"))
		if n != len(strings.ReplaceAll(f.csvDelimiter, `\t`, "\t")) {
			return usagef("--csv-delimiter %q is not one character", f.csvDelimiter)
		}
		if err := csv.CheckComma(comma); err != nil {
			return usagef("--csv-delimiter: %w", err)
		}
		plainLooks.csv.Comma = comma
	}
	plainLooks.csv.Sheet, plainLooks.csv.BOM = f.csvSheet, f.csvBOM
	plainLooks.form = f.template
	screenLooks := plainLooks
	screenLooks.table = table.Options{Color: o.color, Width: w.width}
	screen := reportFormats(screenLooks)
	if o.stdout = formatByName(screen, f.format); o.stdout == nil {
		return usagef("--format %q is none of %s", f.format, strings.Join(formatNames(), ", "))
	}
	if w.terminal && o.stdout.Name == "xlsx" {
		return &usageError{errors.New("a workbook is not written to a terminal"), "use -o report.xlsx"}
	}
	plain := reportFormats(plainLooks)
	taken := map[string]bool{}
	for _, text := range f.outputs {
		out, err := parseOutput(plain, text)
		if err != nil {
			return err
		}
		full, err := filepath.Abs(out.file)
		if err != nil {
			return usagef("-o %q: %w", text, err)
		}
		if taken[full] {
			return usagef("-o %q: two reports would go to the same file", text)
		}
		taken[full] = true
		info, err := os.Stat(out.file)
		switch {
		case err == nil && info.IsDir():
			return usagef("-o %q: that is a folder", text)
		case err == nil && !o.force:
			return &usageError{fmt.Errorf("%q exists already", out.file), "--force overwrites it"}
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return usagef("-o %q: %w", text, err)
		}
		if info, err := os.Stat(filepath.Dir(full)); err != nil || !info.IsDir() {
			return usagef("-o %q: there is no folder %q", text, filepath.Dir(out.file))
		}
		o.outputs = append(o.outputs, out)
	}
	if err := o.takeTemplate(f); err != nil {
		return err
	}
	if len(f.redact) > 0 && f.manifest == "" {
		if _, err := redact.ParseKinds(f.redact); err != nil {
			return usagef("--redact: %w", err)
		}
		if len(o.outputs) > 0 && !f.quiet {
			w.complain("note", "no manifest is written, since it would name hosts and files as they are; --manifest FILE writes one, to be kept with the key")
		}
		return nil
	}
	return o.takeManifest(f.manifest, w)
}

// isWord reports whether a text could be the name of a format.
func isWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' })
}

// parseOutput reads FORMAT=FILE, or FILE whose extension names the format.
func parseOutput(formats []*reports.Format, text string) (output, error) {
	if name, file, ok := strings.Cut(text, "="); ok {
		if f := formatByName(formats, name); f != nil && file != "" {
			return output{format: f, file: file}, nil
		}
		if file == "" {
			return output{}, usagef("-o %q names no file", text)
		}
		if isWord(name) {
			return output{}, &usageError{fmt.Errorf("-o %q: %q is no format", text, name), "the formats are " + strings.Join(formatNames(), ", ") + "; ./" + text + " names a file"}
		}
	}
	ext := strings.ToLower(filepath.Ext(text))
	for _, f := range formats {
		if f.Ext != "" && f.Ext == ext {
			return output{format: f, file: text}, nil
		}
	}
	return output{}, &usageError{fmt.Errorf("-o %q: its extension names no format", text), "write FORMAT=FILE with a format of " + strings.Join(formatNames(), ", ")}
}

// write writes a report to its file.
func (out output) write(ctx context.Context, doc *reports.Document, force bool) error {
	w, err := writeWhole(ctx, out.file, force, func(to io.Writer) error { return out.format.Write(to, doc) })
	if err == nil {
		out.custody.addOutput(out.format.Name, out.file, w.n, w.sum())
	}
	return err
}

// writeWhole writes a file to a temporary one beside its place and renames it,
// so that a file is there whole or not at all.
func writeWhole(ctx context.Context, file string, force bool, write func(io.Writer) error) (_ *counter, err error) {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".ctlaudit-*.tmp")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	counted := newCounter(&cancellable{ctx, tmp})
	if err = write(counted); err != nil {
		return nil, fmt.Errorf("writing %s: %w", file, err)
	}
	if err = tmp.Chmod(0o644); err != nil {
		return nil, err
	}
	if err = tmp.Close(); err != nil {
		return nil, err
	}
	if _, statErr := os.Lstat(file); statErr == nil && !force {
		return nil, fmt.Errorf("%q has come to exist meanwhile; it was left alone", file)
	}
	return counted, os.Rename(tmp.Name(), file)
}

// A counter counts and hashes what is written through it.
type counter struct {
	w io.Writer
	n int64
	h hash.Hash
}

func newCounter(w io.Writer) *counter { return &counter{w: w, h: sha256.New()} }

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.h.Write(p[:n])
	return n, err
}

func (c *counter) sum() (sum [32]byte) {
	c.h.Sum(sum[:0])
	return sum
}

// cancellable stops writing when the run is interrupted.
type cancellable struct {
	ctx context.Context
	w   io.Writer
}

// Write implements io.Writer.
func (c *cancellable) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}

func checkEncoding(name string) error {
	if name != "" && !importers.KnownEncoding(name) {
		return usagef("--encoding %q is no encoding that is known, such as windows-1251 or shift_jis", name)
	}
	return nil
}

// version is that of the module the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "development"
	}
	return info.Main.Version
}
