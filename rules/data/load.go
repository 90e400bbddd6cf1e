package data

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

//go:embed *.tsv *.csv
var files embed.FS

// Files returns the embedded tables.
func Files() fs.FS { return files }

// MaxTable is the greatest size of a table's file in bytes.
const MaxTable = 64 << 20

// A TableError is something wrong with a table. Its text names the file and,
// where it is known, the line.
type TableError struct {
	File string
	Line int // counts from 1; 0 if the error is about the file as a whole
	Err  error
}

// Error implements error.
func (e *TableError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
	}
	return fmt.Sprintf("%s: %v", e.File, e.Err)
}

// Unwrap returns the error without the place.
func (e *TableError) Unwrap() error { return e.Err }

// A table is one file: its columns, and what takes a row of it in.
type table struct {
	name    string
	columns []string
	row     func(*Tables, field) error
}

// tables lists all files, in the order in which they are read: the operating
// systems first, because others name them.
func tables() []table {
	return []table{
		{"os_profiles.tsv", []string{"code", "name", "server", "family", "limit", "basis", "citation", "send", "update"}, (*Tables).addOS},
		{"required_roots.tsv", []string{"n", "issued_to", "serial", "sha1", "subject", "w2000", "xp_2003", "vista_to_2008r2", "8_2012_2012r2", "win10_and_newer", "note"}, (*Tables).addRequired},
		{"authroot_ctl.csv", []string{"sha1", "friendly_name", "subject_der_bytes", "allowed_eku", "disabled_date", "notbefore_date", "notbefore_eku", "disallowed_eku", "client_auth_in_ctl"}, (*Tables).addProgramme},
		{"programme_actions.csv", []string{"month", "class", "name", "sha1", "heading"}, (*Tables).addAction},
		{"known_bad.tsv", []string{"sha1", "name", "class", "reason", "source"}, (*Tables).addKnownBad},
		{"schannel_values.tsv", []string{"key", "name", "type", "default_before_2012", "default_since_2012", "meaning", "source"}, (*Tables).addSchannel},
		{"protocol_defaults.tsv", []string{"os", "protocol", "client", "server", "basis", "source"}, (*Tables).addProtocol},
		{"events.tsv", []string{"provider", "id", "level", "meaning", "text", "source"}, (*Tables).addEvent},
		{"tls_alerts.tsv", []string{"code", "name", "meaning", "sspi"}, (*Tables).addAlert},
		{"nps_reasons.tsv", []string{"code", "meaning", "basis"}, (*Tables).addReason},
		{"role_packs.tsv", []string{"pack", "roles", "effective_from", "sha1", "name", "citation", "url", "note"}, (*Tables).addPack},
	}
}

// Load reads the tables from a file system that holds all of them by their
// names. An error is a *TableError, which names the file and the line.
func Load(fsys fs.FS) (*Tables, error) {
	return load(func(string) source { return source{fsys: fsys} })
}

// LoadReplacing reads the embedded tables, and from dir, which messages call by
// its label, those that it holds in their stead. A file of another name is an
// error; names that begin with a dot are passed over.
func LoadReplacing(dir fs.FS, label string) (*Tables, error) {
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, &TableError{File: label, Err: bare(err)}
	}
	replaced := map[string]bool{}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if !slices.ContainsFunc(tables(), func(t table) bool { return t.name == e.Name() }) {
			return nil, &TableError{File: path.Join(label, e.Name()), Err: fmt.Errorf("there is no table of this name: they are %s", strings.Join(Names(), ", "))}
		}
		replaced[e.Name()] = true
	}
	if len(replaced) == 0 {
		return nil, &TableError{File: label, Err: fmt.Errorf("the folder holds no table: they are named %s", strings.Join(Names(), ", "))}
	}
	return load(func(name string) source {
		if replaced[name] {
			return source{fsys: dir, label: label, replaced: true}
		}
		return source{fsys: files}
	})
}

// Names returns the names of the tables' files, sorted.
func Names() []string {
	var names []string
	for _, t := range tables() {
		names = append(names, t.name)
	}
	slices.Sort(names)
	return names
}

// source says where a table is read from.
type source struct {
	fsys     fs.FS
	label    string
	replaced bool
}

func load(from func(name string) source) (*Tables, error) {
	t := &Tables{
		Programme: map[string]*ProgrammeRoot{}, ProgrammeActions: map[string][]*ProgrammeAction{}, KnownBad: map[string]*KnownBad{},
		Events: map[evidence.EventKey]*EventMeaning{}, Alerts: map[int]string{}, AlertDetails: map[int]*AlertMeaning{}, NPSReasons: map[int]*NPSReason{},
		byCode: map[string]*OSProfile{}, protocols: map[string]*ProtocolDefault{}, events: map[evidence.EventKey]*EventMeaning{},
	}
	for _, tab := range tables() {
		src := from(tab.name)
		if err := t.read(src, tab); err != nil {
			return nil, err
		}
	}
	for _, list := range t.ProgrammeActions {
		slices.SortStableFunc(list, func(a, b *ProgrammeAction) int { return a.Month.Compare(b.Month) })
	}
	slices.SortFunc(t.Info, func(a, b TableInfo) int { return strings.Compare(a.Name, b.Name) })
	for _, info := range t.Info {
		switch info.Name {
		case "authroot_ctl.csv":
			t.ProgrammeDate = info.Date
		case "programme_actions.csv":
			t.ActionsDate = info.Date
		}
	}
	return t, nil
}

func (t *Tables) read(src source, tab table) error {
	file := path.Join(src.label, tab.name)
	text, err := readAll(src.fsys, tab.name)
	if err != nil {
		return &TableError{File: file, Err: bare(err)}
	}
	info, err := readHead(text)
	if err != nil {
		return at(file, 0, err)
	}
	info.Name, info.SHA256, info.Replaced = tab.name, sha256.Sum256(text), src.replaced
	rows := tabbed(text)
	if path.Ext(tab.name) == ".csv" {
		rows = commas(text)
	}
	var names map[string]int
	for {
		cells, line, err := rows()
		switch {
		case errors.Is(err, io.EOF):
			if info.Rows == 0 {
				return &TableError{File: file, Err: errors.New("the table holds no row")}
			}
			t.Info = append(t.Info, *info)
			return nil
		case err != nil:
			return at(file, line, err)
		case names == nil:
			if names, err = columns(cells, tab.columns); err != nil {
				return at(file, line, err)
			}
			continue
		case len(cells) != len(names):
			return at(file, line, fmt.Errorf("the row has %d cells and the table %d columns", len(cells), len(names)))
		}
		if err := tab.row(t, func(name string) string { return cells[names[name]] }); err != nil {
			return at(file, line, err)
		}
		info.Rows++
	}
}

// field returns a cell of a row by the name of its column.
type field func(column string) string

func at(file string, line int, err error) error {
	var known *TableError
	if errors.As(err, &known) {
		return &TableError{File: file, Line: known.Line, Err: known.Err}
	}
	return &TableError{File: file, Line: line, Err: err}
}

// bare takes the path out of an error that is shown after one.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func readAll(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxTable+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > MaxTable:
		return nil, fmt.Errorf("the file is larger than %d MiB", MaxTable>>20)
	}
	return text, nil
}

// readHead reads the comment lines that a table begins with: title, source,
// date and version, each on a line of its own; any other comment is for readers.
func readHead(text []byte) (*TableInfo, error) {
	info := &TableInfo{}
	parts := map[string]*string{"title": &info.Title, "source": &info.Source, "date": &info.Date, "version": &info.Version}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		comment, ok := bytes.CutPrefix(line, []byte("#"))
		if !ok {
			break
		}
		name, value, _ := strings.Cut(string(comment), ":")
		to := parts[strings.TrimSpace(name)]
		if to == nil || *to != "" {
			continue
		}
		*to = strings.TrimSpace(value)
		if to == &info.Date {
			if _, err := time.Parse(time.DateOnly, info.Date); err != nil {
				return nil, &TableError{Line: n, Err: fmt.Errorf("the date %q is not of the form 2026-01-31", info.Date)}
			}
		}
	}
	for _, name := range []string{"title", "source", "date", "version"} {
		if *parts[name] == "" {
			return nil, &TableError{Line: 1, Err: fmt.Errorf("the table does not begin with a line %q", "# "+name+": …")}
		}
	}
	return info, nil
}

// columns finds the wanted columns in a table's first row. It may have more,
// for readers.
func columns(cells, want []string) (map[string]int, error) {
	names := map[string]int{}
	for i, c := range cells {
		if _, twice := names[c]; twice {
			return nil, fmt.Errorf("the column %q is there twice", c)
		}
		names[c] = i
	}
	for _, w := range want {
		if _, ok := names[w]; !ok {
			return nil, fmt.Errorf("there is no column %q", w)
		}
	}
	return names, nil
}

// tabbed reads rows of cells between tabs. There is no quoting.
func tabbed(text []byte) func() ([]string, int, error) {
	n := 0
	return func() ([]string, int, error) {
		for len(text) > 0 {
			var line []byte
			line, text, _ = bytes.Cut(text, []byte("\n"))
			n++
			line = bytes.TrimSuffix(line, []byte("\r"))
			if len(line) == 0 || line[0] == '#' {
				continue
			}
			if !utf8.Valid(line) {
				return nil, n, errors.New("the line is not UTF-8")
			}
			return strings.Split(string(line), "\t"), n, nil
		}
		return nil, n, io.EOF
	}
}

// commas reads rows as RFC 4180 has them.
func commas(text []byte) func() ([]string, int, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment, r.FieldsPerRecord = '#', -1
	return func() ([]string, int, error) {
		cells, err := r.Read()
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return nil, wrong.Line, wrong.Err
		}
		if err != nil {
			return nil, 0, err
		}
		line, _ := r.FieldPos(0)
		for _, c := range cells {
			if !utf8.ValidString(c) {
				return nil, line, errors.New("the line is not UTF-8")
			}
		}
		return cells, line, nil
	}
}
