package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// MaxSize bounds a manifest that is read, in bytes.
const MaxSize = 64 << 20

// MaxElements bounds each list of a manifest that is read.
const MaxElements = 500_000

// bounded is a list that is read no further than MaxElements: a list of nothing
// but empty elements would take many times the memory of its text.
type bounded[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (l *bounded[T]) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return errors.New("a list is wanted")
	}
	*l = []T{}
	for d.More() {
		if len(*l) == MaxElements {
			return fmt.Errorf("a list of a manifest has at most %d elements", MaxElements)
		}
		var v T
		if err := d.Decode(&v); err != nil {
			return err
		}
		*l = append(*l, v)
	}
	return nil
}

// Read reads a manifest. It is decoded strictly and may have been made by
// anyone: an error says why it is none. Nothing of it is looked up here.
func Read(r io.Reader) (*Manifest, error) {
	in := &io.LimitedReader{R: r, N: MaxSize + 1}
	d := json.NewDecoder(in)
	d.DisallowUnknownFields()
	m := &Manifest{}
	err := d.Decode(m)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("something stands after the manifest")
		}
	}
	switch {
	case in.N <= 0:
		return nil, fmt.Errorf("a manifest has at most %d bytes", MaxSize)
	case err == io.EOF:
		return nil, errors.New("the file is empty")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errors.New("it breaks off")
	case err != nil:
		return nil, errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	return m, m.check()
}

// check says what in a manifest this program did not write.
func (m *Manifest) check() error {
	if m.Schema != SchemaName {
		return fmt.Errorf("its schema is %.60q and not %q", m.Schema, SchemaName)
	}
	if len(m.Inputs)+len(m.Outputs) == 0 {
		return errors.New("it names no input and no output")
	}
	ids := map[string]bool{}
	for i := range m.Archives {
		a := &m.Archives[i]
		if a.ID == "" || ids[a.ID] {
			return fmt.Errorf("archives[%d]: its id is empty or that of another one", i)
		}
		// An archive stands after the one that it stands in, so no loop is possible.
		if err := check(a.Place, a.Digest, ids); err != nil {
			return fmt.Errorf("archives[%d]: %w", i, err)
		}
		ids[a.ID] = true
	}
	for i, in := range m.Inputs {
		if err := check(in.Place, in.Digest, ids); err != nil {
			return fmt.Errorf("inputs[%d]: %w", i, err)
		}
	}
	for i, c := range m.Criteria {
		var err error
		if c.Embedded {
			err = c.Digest.check()
		} else {
			err = check(c.Place, c.Digest, ids)
		}
		if err != nil {
			return fmt.Errorf("criteria[%d]: %w", i, err)
		}
	}
	for i, o := range m.Outputs {
		if err := check(Place{Path: o.File}, o.Digest, nil); err != nil {
			return fmt.Errorf("outputs[%d]: %w", i, err)
		}
		if o.SHA256 == "" {
			return fmt.Errorf("outputs[%d]: it has no sha256", i)
		}
	}
	return nil
}

func check(p Place, d Digest, archives map[string]bool) error {
	switch {
	case p.Archive != "" && !archives[p.Archive]:
		return fmt.Errorf("archive %.60q is not listed before it", p.Archive)
	case p.Archive != "" && (p.Entry == "" || p.Path != "" || p.FromManifest != "" || p.PathBytes != nil):
		return errors.New("a file in an archive has an entry and no path")
	case p.Archive == "" && (p.Path == "" || p.Entry != ""):
		return errors.New("a file has a path, and an entry only in an archive")
	case bytes.IndexByte(p.PathBytes, 0) >= 0 || strings.ContainsRune(p.Path, 0) || strings.ContainsRune(p.FromManifest, 0):
		return errors.New("a path holds a NUL")
	case path.IsAbs(p.FromManifest):
		return errors.New("fromManifest is not relative")
	}
	return d.check()
}

func (d Digest) check() error {
	if d.Size != nil && *d.Size < 0 {
		return errors.New("its size is negative")
	}
	if d.SHA256 != "" && (len(d.SHA256) != 64 || strings.Trim(d.SHA256, "0123456789abcdef") != "") {
		return errors.New("its sha256 is not 64 digits in lower-case hex")
	}
	return nil
}
