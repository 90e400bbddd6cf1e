// Package data holds the fact tables that the rules rest on: what each Windows
// does, which roots it needs (KB 293781) and which purposes Microsoft's root
// programme gives a root. The tables are embedded; each has a source and, where
// it ages, a date. The package judges nothing.
package data

import (
	"embed"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

//go:embed *.tsv *.csv
var files embed.FS

// Files returns the embedded tables.
func Files() fs.FS { return files }

// ProgrammeDate is the date of the root list in the programme table: the
// thisUpdate of Microsoft's authroot.stl.
const ProgrammeDate = "2025-06-16"

// An OSProfile says what Schannel does on one Windows.
type OSProfile struct {
	// Code is what --os takes and the JSON report gives.
	Code string
	Name string
	// Server says whether it is a server.
	Server bool
	// Family is the release that the behaviour belongs to: 2003, vista, 7, 8,
	// 8.1 or 10.
	Family string
	// Limit is the greatest size of the trusted issuer list in bytes, with how
	// it is known ("documented", "inferred" or "assumed") and from where.
	Limit         int
	LimitBasis    string
	LimitCitation string
	// SendDefault says whether a list is sent where SendTrustedIssuerList is
	// absent.
	SendDefault bool
	// RootUpdateDefault says whether automatic root update is on by default.
	RootUpdateDefault bool
}

// Since2012 reports whether the profile is Windows 8, Server 2012 or later,
// where the list comes from a store of its own first and is not sent by default.
func (p *OSProfile) Since2012() bool {
	return p.Family == "8" || p.Family == "8.1" || p.Family == "10"
}

// Since10 reports whether the profile is Windows 10, Server 2016 or later,
// which honour the programme's Disabled and NotBefore.
func (p *OSProfile) Since10() bool { return p.Family == "10" }

// A RequiredRoot is one root of KB 293781.
type RequiredRoot struct {
	Number     int
	IssuedTo   string
	Serial     []byte // the INTEGER's content, leading zeros included
	Thumbprint string // upper-case hex
	Subject    string
	// Systems are the columns of the KB that name the root: w2000, xp_2003,
	// vista_to_2008r2, 8_2012_2012r2, win10_and_newer.
	Systems map[string]bool
	Note    string
}

// A ProgrammeRoot is what Microsoft's root list of ProgrammeDate says of a root.
type ProgrammeRoot struct {
	Thumbprint   string
	FriendlyName string
	SubjectBytes int
	ClientAuth   bool      // client authentication is among its purposes
	Disabled     time.Time // zero if it is not, Always where the list gives no date
	NotBefore    time.Time // zero if it is not restricted
}

// Always stands for a date that the list leaves empty: it holds since ever.
var Always = time.Unix(0, 0).UTC()

// Tables are all fact tables, read once and never changed.
type Tables struct {
	OS        []*OSProfile
	Required  []*RequiredRoot
	Programme map[string]*ProgrammeRoot // by thumbprint

	byCode map[string]*OSProfile
}

// OSByCode returns the profile of a code such as 2008r2, or nil.
func (t *Tables) OSByCode(code string) *OSProfile { return t.byCode[strings.ToLower(code)] }

// Load reads the tables from a file system that holds them by their names.
// An error names the file and the line.
func Load(fsys fs.FS) (*Tables, error) {
	t := &Tables{Programme: map[string]*ProgrammeRoot{}, byCode: map[string]*OSProfile{}}
	for _, step := range []struct {
		name  string
		comma rune
		row   func(t *Tables, f field) error
	}{
		{"os_profiles.tsv", '\t', (*Tables).addOS},
		{"required_roots.tsv", '\t', (*Tables).addRequired},
		{"authroot_ctl.csv", ',', (*Tables).addProgramme},
	} {
		if err := t.read(fsys, step.name, step.comma, step.row); err != nil {
			return nil, fmt.Errorf("fact table %s: %w", step.name, err)
		}
	}
	return t, nil
}

// field returns a column of a row by its name, or by its number as text.
type field func(name string) string

func (t *Tables) read(fsys fs.FS, name string, comma rune, row func(*Tables, field) error) error {
	f, err := fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.Comment, r.LazyQuotes = comma, '#', comma == '\t'
	rows, err := r.ReadAll()
	if err != nil {
		return err
	}
	names := map[string]int{}
	if name == "os_profiles.tsv" {
		for i, n := range []string{"code", "name", "server", "family", "limit", "basis", "citation", "send", "update"} {
			names[n] = i
		}
	} else {
		for i, n := range rows[0] {
			names[n] = i
		}
		rows = rows[1:]
	}
	for i, cells := range rows {
		var missing error
		get := func(n string) string {
			j, ok := names[n]
			if !ok || j >= len(cells) {
				missing = fmt.Errorf("row %d has no column %q", i+1, n)
				return ""
			}
			return cells[j]
		}
		if err := row(t, get); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
		if missing != nil {
			return missing
		}
	}
	return nil
}

func (t *Tables) addOS(f field) error {
	limit, err := strconv.Atoi(f("limit"))
	if err != nil {
		return err
	}
	p := &OSProfile{Code: f("code"), Name: f("name"), Server: f("server") == "yes", Family: f("family"),
		Limit: limit, LimitBasis: f("basis"), LimitCitation: f("citation"),
		SendDefault: f("send") == "1", RootUpdateDefault: f("update") == "on"}
	t.OS = append(t.OS, p)
	t.byCode[p.Code] = p
	return nil
}

func (t *Tables) addRequired(f field) error {
	n, err := strconv.Atoi(f("n"))
	if err != nil {
		return err
	}
	serial, err := hex.DecodeString(f("serial"))
	if err != nil {
		return err
	}
	r := &RequiredRoot{Number: n, IssuedTo: f("issued_to"), Serial: serial, Thumbprint: f("sha1"),
		Subject: f("subject"), Systems: map[string]bool{}, Note: f("note")}
	for _, s := range []string{"w2000", "xp_2003", "vista_to_2008r2", "8_2012_2012r2", "win10_and_newer"} {
		r.Systems[s] = f(s) == "x"
	}
	t.Required = append(t.Required, r)
	return nil
}

func (t *Tables) addProgramme(f field) error {
	r := &ProgrammeRoot{Thumbprint: f("sha1"), FriendlyName: f("friendly_name"), ClientAuth: f("client_auth_in_ctl") == "yes"}
	var err error
	if r.SubjectBytes, err = strconv.Atoi(f("subject_der_bytes")); err != nil {
		return err
	}
	for _, d := range []struct {
		text string
		to   *time.Time
	}{{f("disabled_date"), &r.Disabled}, {f("notbefore_date"), &r.NotBefore}} {
		if d.text == "" {
			continue
		}
		if d.text == "always" {
			*d.to = Always
			continue
		}
		if *d.to, err = time.Parse(time.DateOnly, d.text); err != nil {
			return err
		}
	}
	t.Programme[r.Thumbprint] = r
	return nil
}

// RequiredColumn returns the column of KB 293781 that holds for a family of
// Windows, with a remark where the KB does not say so itself.
func RequiredColumn(family string) (column, basis string) {
	switch family {
	case "2003":
		return "xp_2003", "documented"
	case "vista", "7":
		return "vista_to_2008r2", "documented"
	case "8", "8.1":
		return "8_2012_2012r2", "inferred"
	case "10":
		return "win10_and_newer", "documented"
	}
	return "", ""
}
