package main

import (
	"context"
	"errors"
	"fmt"
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
	"github.com/ctlaudit/ctlaudit/reports/table"
)

// An output is a report that goes to a file.
type output struct {
	format *reports.Format
	file   string
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
	return nil
}

// parseOutput reads FORMAT=FILE, or FILE whose extension names the format.
func parseOutput(formats []*reports.Format, text string) (output, error) {
	if name, file, ok := strings.Cut(text, "="); ok {
		if f := formatByName(formats, name); f != nil && file != "" {
			return output{f, file}, nil
		}
		if file == "" {
			return output{}, usagef("-o %q names no file", text)
		}
	}
	ext := strings.ToLower(filepath.Ext(text))
	for _, f := range formats {
		if f.Ext != "" && f.Ext == ext {
			return output{f, text}, nil
		}
	}
	return output{}, &usageError{fmt.Errorf("-o %q: its extension names no format", text), "write FORMAT=FILE with a format of " + strings.Join(formatNames(), ", ")}
}

// write writes a report to a temporary file beside its place and renames it, so
// that a file is there whole or not at all.
func (out output) write(ctx context.Context, doc *reports.Document, force bool) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(out.file), ".ctlaudit-*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if err = out.format.Write(&cancellable{ctx, tmp}, doc); err != nil {
		return fmt.Errorf("writing %s: %w", out.file, err)
	}
	if err = tmp.Chmod(0o644); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	if _, statErr := os.Lstat(out.file); statErr == nil && !force {
		return fmt.Errorf("%q has come to exist meanwhile; it was left alone", out.file)
	}
	return os.Rename(tmp.Name(), out.file)
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
