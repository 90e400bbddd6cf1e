package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/redact"
)

// keyName is what a key is called where --redact-key names none.
const keyName = "redaction-key.json"

// A redaction is what --redact asks for: what is replaced, and the key that
// tells who is who.
type redaction struct {
	kinds redact.Kinds
	file  string
	known *redact.Key // what the file holds already, or nil
}

func (f *flags) addRedaction(fl *pflag.FlagSet) {
	fl.StringSliceVar(&f.redact, "redact", nil, "give machines and people pseudonyms in all reports: hosts, users")
	fl.StringVar(&f.redactKey, "redact-key", "", "the `FILE` that tells who is who, read and extended (default "+keyName+" beside the first -o)")
}

// takeRedaction checks what is asked for and reads the key, before anything else
// is read. It goes after takeOutputs.
func (o *options) takeRedaction(f *flags) error {
	if len(f.redact) == 0 {
		if f.redactKey != "" {
			return &usageError{errors.New("--redact-key is given without --redact"), "--redact hosts,users says what is replaced"}
		}
		return nil
	}
	kinds, err := redact.ParseKinds(f.redact)
	if err != nil {
		return usagef("--redact: %w", err)
	}
	r := &redaction{kinds: kinds, file: f.redactKey}
	if r.file == "" {
		if len(o.outputs) == 0 {
			return &usageError{errors.New("--redact needs a place for the key that tells who is who"), "give --redact-key FILE"}
		}
		r.file = filepath.Join(filepath.Dir(o.outputs[0].file), keyName)
	}
	full, err := filepath.Abs(r.file)
	if err != nil {
		return usagef("--redact-key %q: %w", r.file, err)
	}
	if o.custody != nil && sameFile(o.custody.file, full) {
		return usagef("--redact-key %q: the manifest goes to that file", r.file)
	}
	for _, out := range o.outputs {
		if sameFile(out.file, full) {
			return usagef("--redact-key %q: a report goes to that file", r.file)
		}
	}
	if info, err := os.Stat(filepath.Dir(full)); err != nil || !info.IsDir() {
		return usagef("--redact-key %q: there is no folder %q", r.file, filepath.Dir(r.file))
	}
	if r.known, err = readKey(r.file); err != nil {
		return &usageError{fmt.Errorf("--redact-key %q: %w", r.file, err), "the file is left alone; name another one"}
	}
	o.redaction = r
	return nil
}

// readKey reads a key; one that is not there yet is nil.
func readKey(file string) (*redact.Key, error) {
	in, err := os.Open(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	}
	defer in.Close()
	if info, err := in.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	return redact.ReadKey(in)
}

// document returns the document with pseudonyms. The key is written first: there
// is no redacted report whose key is lost. A nil redaction changes nothing.
func (r *redaction) document(doc *reports.Document, o reports.Options) (*reports.Document, error) {
	if r == nil {
		return doc, nil
	}
	redactor := redact.New(r.kinds, r.known)
	redactor.CollectSignOffs(o.Carried)
	redactor.Collect(doc.Report)
	if err := writeKey(r.file, redactor.Key()); err != nil {
		return nil, fmt.Errorf("writing the key: %w", err)
	}
	o.Carried = redactor.SignOffs(o.Carried)
	return reports.Render(redactor.Report(doc.Report), o), nil
}

// writeKey writes a key that its owner alone may read, whole or not at all.
func writeKey(file string, k *redact.Key) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(file), ".ctlaudit-*.tmp") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
		}
	}()
	if err = k.Write(tmp); err != nil {
		return err
	}
	if err = tmp.Sync(); err != nil {
		return err
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), file)
}

// sameFile reports whether a path leads to an absolute one.
func sameFile(file, full string) bool {
	other, err := filepath.Abs(file)
	return err == nil && other == full
}
