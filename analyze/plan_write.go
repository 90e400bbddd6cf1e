package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ctlaudit/ctlaudit/rules/remedies/scripts"
)

// mayWrite refuses, before anything is read, a folder that may not be written.
func mayWrite(dir string, force bool) error {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return usagef("--write %q: %w", dir, err)
	case len(entries) > 0 && !force:
		return &usageError{fmt.Errorf("--write %q: the folder is not empty", dir), "--force writes into it all the same; files of the same names are replaced"}
	}
	parent, err := parentOf(dir)
	if err != nil {
		return usagef("--write %q: %w", dir, err)
	}
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return usagef("--write %q: there is no folder %q", dir, parent)
	}
	return nil
}

func parentOf(dir string) (string, error) {
	full, err := filepath.Abs(dir)
	return filepath.Dir(full), err
}

// writeFolder writes the files into a temporary folder beside dir and then
// renames that, so that dir is there whole or not at all. Into a folder that
// exists each file is renamed by itself; what else is there stays.
func writeFolder(dir string, files []scripts.File, force bool) (err error) {
	parent, err := parentOf(dir)
	if err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(parent, ".ctlaudit-*.tmp")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	stage := filepath.Join(tmp, "plan")
	for _, f := range files {
		to := filepath.Join(stage, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, f.Data, 0o644); err != nil {
			return err
		}
	}
	if err := mayWrite(dir, force); err != nil { // it may have come to exist meanwhile
		return err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(stage, dir)
	}
	for _, f := range files {
		to := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(stage, filepath.FromSlash(f.Name)), to); err != nil {
			return err
		}
	}
	return nil
}
