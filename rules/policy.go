package rules

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/ctlaudit/ctlaudit/rules/data"
)

//go:embed policies/default.yaml
var defaultPolicy []byte

// A Policy is what changes from customer to customer: limits, required roots,
// which rules hold, and how grave their failures are.
type Policy struct {
	Name          string                `yaml:"name"`
	Description   string                `yaml:"description"`
	Limits        map[string]int        `yaml:"limits"`
	RequiredRoots RequiredRootsPolicy   `yaml:"requiredRoots"`
	Rules         map[string]RulePolicy `yaml:"rules"`

	// SHA256 is the digest of the policy file as it was read.
	SHA256 [32]byte `yaml:"-"`
}

// A RequiredRootsPolicy says which roots must be in Trusted Root.
type RequiredRootsPolicy struct {
	// Builtin takes KB 293781's list in; nil means that it does.
	Builtin *bool      `yaml:"builtin"`
	Packs   []RootPack `yaml:"packs"`
}

// A RootPack is a list of roots that somebody requires.
type RootPack struct {
	Name     string `yaml:"name"`
	Citation string `yaml:"citation"`
	// OS are the operating systems that the pack holds for; none means all.
	OS    []string     `yaml:"os"`
	Roots []PolicyRoot `yaml:"roots"`
}

// A PolicyRoot names a root.
type PolicyRoot struct {
	Thumbprint string `yaml:"thumbprint"`
	Name       string `yaml:"name"`
}

// A RulePolicy changes one rule.
type RulePolicy struct {
	Enabled  *bool    `yaml:"enabled"`
	Severity Severity `yaml:"severity"`
}

// DefaultPolicy returns the embedded policy.
func DefaultPolicy(t *data.Tables, rs []*Rule) (*Policy, error) {
	return ParsePolicy("embedded policy", defaultPolicy, t, rs)
}

// DefaultPolicyText returns the embedded policy as text, to start one's own.
func DefaultPolicyText() []byte { return bytes.Clone(defaultPolicy) }

// ParsePolicy reads a policy. It is decoded strictly: an unknown key, rule,
// operating system or severity, or a malformed thumbprint, is an error that
// names the file and, for what YAML itself can place, line and column.
func ParsePolicy(file string, text []byte, t *data.Tables, rs []*Rule) (*Policy, error) {
	p := &Policy{}
	err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.DisallowUnknownField()).Decode(p)
	if err != nil {
		return nil, &FileError{File: file, Err: err}
	}
	p.SHA256 = sha256.Sum256(text)
	if err := p.validate(t, rs); err != nil {
		return nil, &FileError{File: file, Err: err}
	}
	return p, nil
}

// A FileError is an error in a file of criteria: its text names the file and
// the line and column where they are known.
type FileError struct {
	File string
	Err  error
}

// Error implements error.
func (e *FileError) Error() string {
	var y yaml.Error
	if errors.As(e.Err, &y) && y.GetToken() != nil {
		pos := y.GetToken().Position
		return fmt.Sprintf("%s:%d:%d: %s", e.File, pos.Line, pos.Column, y.GetMessage())
	}
	return fmt.Sprintf("%s: %v", e.File, e.Err)
}

// Unwrap returns the error without the file.
func (e *FileError) Unwrap() error { return e.Err }

var thumbprintForm = regexp.MustCompile(`^[0-9A-F]{40}$`)

func (p *Policy) validate(t *data.Tables, rs []*Rule) error {
	if p.Name == "" {
		return errors.New("the policy has no name")
	}
	for _, code := range sortedKeys(p.Limits) {
		if t.OSByCode(code) == nil {
			return fmt.Errorf("limits: %q is not an operating system: %s", code, osCodes(t))
		}
		if n := p.Limits[code]; n < 1 || n > 1<<24 {
			return fmt.Errorf("limits: %d bytes for %q is not between 1 and 16,777,216", n, code)
		}
	}
	for i := range p.RequiredRoots.Packs {
		if err := p.RequiredRoots.Packs[i].validate(t); err != nil {
			return fmt.Errorf("requiredRoots: %w", err)
		}
	}
	for _, id := range sortedKeys(p.Rules) {
		if !slices.ContainsFunc(rs, func(r *Rule) bool { return r.ID == id }) {
			return fmt.Errorf("rules: there is no rule %q", id)
		}
		if s := p.Rules[id].Severity; s != "" && s.Rank() < 0 {
			return fmt.Errorf("rules: %s: severity %q is none of critical, high, medium, low, info", id, s)
		}
	}
	return nil
}

func (k *RootPack) validate(t *data.Tables) error {
	if k.Name == "" {
		return errors.New("a pack has no name")
	}
	if len(k.Roots) == 0 {
		return fmt.Errorf("pack %q names no root", k.Name)
	}
	for _, code := range k.OS {
		if t.OSByCode(code) == nil {
			return fmt.Errorf("pack %q: %q is not an operating system: %s", k.Name, code, osCodes(t))
		}
	}
	for i, r := range k.Roots {
		norm := strings.ToUpper(strings.NewReplacer(" ", "", ":", "").Replace(r.Thumbprint))
		if !thumbprintForm.MatchString(norm) {
			return fmt.Errorf("pack %q: %q is not a SHA-1 thumbprint of 40 hex digits", k.Name, r.Thumbprint)
		}
		k.Roots[i].Thumbprint = norm
	}
	return nil
}

func osCodes(t *data.Tables) string {
	var list []string
	for _, p := range t.OS {
		list = append(list, p.Code)
	}
	return strings.Join(list, ", ")
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Digest returns the SHA-256 of the policy file in lower-case hex.
func (p *Policy) Digest() string { return hex.EncodeToString(p.SHA256[:]) }

func (p *Policy) limit(os string) int { return p.Limits[os] }

func (p *Policy) enabled(id string) bool {
	on := p.Rules[id].Enabled
	return on == nil || *on
}

func (p *Policy) severity(r *Rule) Severity {
	if s := p.Rules[r.ID].Severity; s != "" {
		return s
	}
	return r.Severity
}

// builtin reports whether KB 293781's list is required.
func (p *Policy) builtin() bool {
	return p.RequiredRoots.Builtin == nil || *p.RequiredRoots.Builtin
}
