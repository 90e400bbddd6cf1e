package importers

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// DescriptionName is what a case description is called in a folder.
const DescriptionName = "case.yaml"

// MaxDescription bounds a case description, in bytes.
const MaxDescription = 1 << 20

//go:embed case.schema.json
var descriptionSchema []byte

// DescriptionSchema returns the JSON Schema of a case description.
func DescriptionSchema() []byte { return bytes.Clone(descriptionSchema) }

// A Description is what a consultant states of a case: whose it is, and what
// the exports cannot say of hosts, stores and times. What it states wins over
// every guess.
type Description struct {
	Customer   string `yaml:"customer,omitempty"`
	Engagement string `yaml:"engagement,omitempty"`
	// System is what was looked at, Period the time that the work covers, and
	// Classification how the report is to be handled, as its banner says it.
	System         string `yaml:"system,omitempty"`
	Period         string `yaml:"period,omitempty"`
	Classification string `yaml:"classification,omitempty"`
	// PreparedBy and ReviewedBy stand for the report.
	PreparedBy string `yaml:"preparedBy,omitempty"`
	ReviewedBy string `yaml:"reviewedBy,omitempty"`
	// Collected and Received say how the files came here: who exported them,
	// when (YYYY-MM-DD) and with what, and who took them over, and when.
	CollectedBy   string `yaml:"collectedBy,omitempty"`
	CollectedOn   string `yaml:"collectedOn,omitempty"`
	CollectedWith string `yaml:"collectedWith,omitempty"`
	ReceivedBy    string `yaml:"receivedBy,omitempty"`
	ReceivedOn    string `yaml:"receivedOn,omitempty"`
	// TimeZone, Encoding and DateOrder hold for all files of the case.
	TimeZone  string             `yaml:"timeZone,omitempty"`
	Encoding  string             `yaml:"encoding,omitempty"`
	DateOrder evidence.DateOrder `yaml:"dateOrder,omitempty"`
	// Profile is the embedded policy to judge by. Policy, Waivers and Rules are
	// files, relative to the description.
	Profile string            `yaml:"profile,omitempty"`
	Policy  string            `yaml:"policy,omitempty"`
	Waivers string            `yaml:"waivers,omitempty"`
	Rules   []string          `yaml:"rules,omitempty"`
	Hosts   []HostDescription `yaml:"hosts,omitempty"`

	// SHA256 is the digest of the file.
	SHA256 [32]byte `yaml:"-"`
}

// A HostDescription states what is known of one host.
type HostDescription struct {
	Name  string   `yaml:"name"`
	OS    string   `yaml:"os,omitempty"`
	Roles []string `yaml:"roles,omitempty"`
	// Files are the host's: a file, a folder, or a pattern of path.Match, each
	// relative to the folder of the case. None leaves that to the names.
	Files  []string           `yaml:"files,omitempty"`
	Stores []StoreDescription `yaml:"stores,omitempty"`
}

// A StoreDescription states which store a file was exported from.
type StoreDescription struct {
	File string `yaml:"file"`
	// Store is LocalMachine\Root or, for the machine's stores, Root alone.
	Store    string `yaml:"store"`
	Physical string `yaml:"physical,omitempty"`
}

// ParseDescription reads a case description. It is decoded strictly: the error
// names line and column where YAML can place it.
func ParseDescription(text []byte) (*Description, error) {
	d := &Description{}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.DisallowUnknownField()).Decode(d); err != nil {
		var y yaml.Error
		if errors.As(err, &y) && y.GetToken() != nil {
			pos := y.GetToken().Position
			return nil, fmt.Errorf("%d:%d: %s", pos.Line, pos.Column, y.GetMessage())
		}
		return nil, err
	}
	d.SHA256 = sha256.Sum256(text)
	return d, d.validate()
}

// Text writes the description as YAML.
func (d *Description) Text() ([]byte, error) {
	return yaml.MarshalWithOptions(d, yaml.IndentSequence(true))
}

func (d *Description) validate() error {
	for _, day := range []struct{ key, value string }{{"collectedOn", d.CollectedOn}, {"receivedOn", d.ReceivedOn}} {
		if day.value == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, day.value); err != nil {
			return fmt.Errorf("%s: %q is no date such as 2026-01-31", day.key, day.value)
		}
	}
	if slices.Contains(d.Rules, "") {
		return errors.New("rules: a file has no name")
	}
	if d.TimeZone != "" {
		if _, err := time.LoadLocation(d.TimeZone); err != nil {
			return fmt.Errorf("timeZone: %q is not known", d.TimeZone)
		}
	}
	switch d.DateOrder {
	case "", evidence.DayFirst, evidence.MonthFirst:
	default:
		return fmt.Errorf("dateOrder: %q is neither day-first nor month-first", d.DateOrder)
	}
	seen := map[string]bool{}
	for _, h := range d.Hosts {
		key := strings.ToLower(h.Name)
		switch {
		case h.Name == "":
			return errors.New("hosts: a host has no name")
		case seen[key]:
			return fmt.Errorf("hosts: %q stands there twice", h.Name)
		}
		seen[key] = true
		for _, f := range h.Files {
			if _, err := path.Match(f, ""); err != nil {
				return fmt.Errorf("hosts: %s: files: %q is no pattern", h.Name, f)
			}
		}
		for _, s := range h.Stores {
			if s.File == "" || s.store().IsZero() {
				return fmt.Errorf("hosts: %s: stores: file and store are both needed, and a store is called like LocalMachine\\Root", h.Name)
			}
			if s.Physical != "" && !slices.Contains([]string{evidence.PhysicalDefault, evidence.PhysicalAuthRoot, evidence.PhysicalGroupPolicy, evidence.PhysicalEnterprise, evidence.PhysicalSmartCard}, s.Physical) {
				return fmt.Errorf("hosts: %s: stores: physical %q is none of .Default, AuthRoot, GroupPolicy, Enterprise, SmartCard", h.Name, s.Physical)
			}
		}
	}
	return nil
}

// store returns the stated store.
func (s StoreDescription) store() evidence.Store {
	location, name := evidence.LocalMachine, s.Store
	if i := strings.LastIndexByte(s.Store, '\\'); i >= 0 {
		location, name = s.Store[:i], s.Store[i+1:]
	}
	for _, known := range []string{evidence.StoreRoot, evidence.StoreCA, evidence.StoreMy, evidence.StoreDisallowed, evidence.StoreClientAuthIssuer, "TrustedPublisher", "TrustedPeople"} {
		if strings.EqualFold(name, known) {
			name = known
		}
	}
	if strings.EqualFold(location, evidence.LocalMachine) {
		location = evidence.LocalMachine
	}
	physical := s.Physical
	if strings.EqualFold(name, evidence.PhysicalAuthRoot) {
		name, physical = evidence.StoreRoot, evidence.PhysicalAuthRoot
	}
	return evidence.Store{Location: location, Name: name, Physical: physical, Basis: evidence.StoreStated}
}

// hostOf returns the host that a file is stated to belong to, or nil.
func (d *Description) hostOf(file string) *HostDescription {
	for i := range d.Hosts {
		for _, f := range d.Hosts[i].Files {
			f = strings.TrimSuffix(path.Clean(f), "/")
			if ok, _ := path.Match(f, file); ok || f == file || strings.HasPrefix(file, f+"/") {
				return &d.Hosts[i]
			}
		}
	}
	return nil
}

// Host returns what is stated of a host, or nil. Names are compared without
// regard to case.
func (d *Description) Host(name string) *HostDescription {
	for i := range d.Hosts {
		if strings.EqualFold(d.Hosts[i].Name, name) {
			return &d.Hosts[i]
		}
	}
	return nil
}

// storeOf returns the store that a file is stated to be exported from, or zero.
func (d *Description) storeOf(file string) evidence.Store {
	for _, h := range d.Hosts {
		for _, s := range h.Stores {
			if path.Clean(s.File) == file {
				return s.store()
			}
		}
	}
	return evidence.Store{}
}

// apply gives files to the hosts and stores that are stated. Paths are relative
// to the folder of the case.
func (d *Description) apply(hosts []*Host) []*Host {
	byName := map[string]*Host{}
	for _, h := range hosts {
		if stated := d.Host(h.Name); stated != nil {
			h.Name = stated.Name
		}
		byName[strings.ToLower(h.Name)] = h
	}
	for _, h := range slices.Clone(hosts) {
		kept := h.Files[:0:0]
		for _, f := range h.Files {
			if s := d.storeOf(f.Name); !s.IsZero() {
				f.Store = s
			}
			stated := d.hostOf(f.Name)
			if stated == nil || strings.EqualFold(stated.Name, h.Name) {
				kept = append(kept, f)
				continue
			}
			to := byName[strings.ToLower(stated.Name)]
			if to == nil {
				to = &Host{Name: stated.Name}
				byName[strings.ToLower(stated.Name)] = to
				hosts = append(hosts, to)
			}
			to.Files = append(to.Files, f)
		}
		if len(kept) < len(h.Files) {
			// What is left was sorted out by hand: it stands beside nothing.
			h.Diagnostics = nil
		}
		h.Files = kept
	}
	return slices.DeleteFunc(hosts, func(h *Host) bool { return len(h.Files) == 0 })
}
