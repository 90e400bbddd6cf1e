package rules

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/yamlfile"
)

//go:embed policies/*.yaml
var policyFiles embed.FS

// DefaultProfile is the embedded policy that holds where nothing else is given.
const DefaultProfile = "kb2464556"

// A Policy is what changes from customer to customer: limits, thresholds,
// required roots, which rules hold, and how grave their failures are.
type Policy struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	// Extends is the embedded profile that the policy starts from.
	Extends string `yaml:"extends"`
	// Limits are those of the trusted issuer list in bytes, by operating system.
	Limits map[string]int `yaml:"limits"`
	// Thresholds are the numbers that rules compare with, by name.
	Thresholds    map[string]int      `yaml:"thresholds"`
	RequiredRoots RequiredRootsPolicy `yaml:"requiredRoots"`
	// Select are the rules that are on; nil means all. Customers' own rules are
	// on unless Rules turns them off.
	Select []string              `yaml:"select"`
	Rules  map[string]RulePolicy `yaml:"rules"`

	// Profile is the embedded profile that the policy is or extends.
	Profile string `yaml:"-"`
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
	OS []string `yaml:"os"`
	// Roles are the roles that it holds for; none means all hosts.
	Roles []string `yaml:"roles"`
	// EffectiveFrom is the first day that it holds, YYYY-MM-DD, or "".
	EffectiveFrom string       `yaml:"effectiveFrom"`
	Roots         []PolicyRoot `yaml:"roots"`

	from time.Time
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

// Holds reports whether the pack holds for a host on a day.
func (k *RootPack) Holds(os string, roles []string, asOf time.Time) bool {
	fold := func(list []string, s string) bool {
		return slices.ContainsFunc(list, func(t string) bool { return strings.EqualFold(s, t) })
	}
	return (len(k.OS) == 0 || fold(k.OS, os)) &&
		(len(k.Roles) == 0 || slices.ContainsFunc(roles, func(r string) bool { return fold(k.Roles, r) })) &&
		!asOf.Before(k.from)
}

// KnownRoles returns the roles that a host may have.
func KnownRoles() []string {
	return []string{"exchange", "ocs", "communicator", "live-meeting", "lync-server", "lync-client", "skype-server", "iis", "nps", "adfs"}
}

// ProfileNames returns the names of the embedded policies, the default first.
func ProfileNames() []string {
	names := []string{DefaultProfile}
	entries, err := policyFiles.ReadDir("policies")
	if err != nil {
		return names
	}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".yaml"); name != DefaultProfile {
			names = append(names, name)
		}
	}
	return names
}

// ProfileText returns an embedded policy as text, to read it or to start one's
// own, and whether there is one of that name.
func ProfileText(name string) ([]byte, bool) {
	if !slices.Contains(ProfileNames(), name) {
		return nil, false
	}
	text, err := policyFiles.ReadFile(path.Join("policies", name+".yaml"))
	return text, err == nil
}

// Profile returns an embedded policy.
func Profile(name string, t *data.Tables, rs []*Rule) (*Policy, error) {
	text, ok := ProfileText(name)
	if !ok {
		return nil, fmt.Errorf("there is no profile %q: they are %s", name, strings.Join(ProfileNames(), ", "))
	}
	p, _, err := decodePolicy("embedded policy "+name, text, t, rs)
	if err != nil {
		return nil, err
	}
	p.Profile = name
	return p, nil
}

// DefaultPolicy returns the embedded policy that holds where none is given.
func DefaultPolicy(t *data.Tables, rs []*Rule) (*Policy, error) {
	return Profile(DefaultProfile, t, rs)
}

// ParsePolicy reads a policy that extends the profile that it names, or the
// default one. It is decoded strictly: an unknown key, rule, operating system,
// role, threshold or severity, or a malformed thumbprint, is an error that names
// file, line and column.
func ParsePolicy(file string, text []byte, t *data.Tables, rs []*Rule) (*Policy, error) {
	return ParsePolicyOn("", file, text, t, rs)
}

// ParsePolicyOn is ParsePolicy with the profile that a policy extends if it
// names none; "" is the default one. A policy that names another is an error.
func ParsePolicyOn(profile, file string, text []byte, t *data.Tables, rs []*Rule) (*Policy, error) {
	p, doc, err := decodePolicy(file, text, t, rs)
	if err != nil {
		return nil, err
	}
	switch {
	case p.Extends != "" && profile != "" && p.Extends != profile:
		return nil, doc.At("extends").Errorf("extends: the policy extends %q, and the profile %q was asked for", p.Extends, profile)
	case p.Extends != "":
		profile = p.Extends
	case profile == "":
		profile = DefaultProfile
	}
	base, err := Profile(profile, t, rs)
	if err != nil {
		return nil, err
	}
	p.extend(base)
	return p, nil
}

// extend fills in from a profile what the policy leaves open.
func (p *Policy) extend(base *Policy) {
	p.Profile = base.Profile
	if p.Description == "" {
		p.Description = base.Description
	}
	p.Limits = over(base.Limits, p.Limits)
	p.Thresholds = over(base.Thresholds, p.Thresholds)
	if p.RequiredRoots.Builtin == nil {
		p.RequiredRoots.Builtin = base.RequiredRoots.Builtin
	}
	p.RequiredRoots.Packs = append(slices.Clone(base.RequiredRoots.Packs), p.RequiredRoots.Packs...)
	if p.Select == nil {
		p.Select = base.Select
	}
	for id, b := range base.Rules {
		own := p.Rules[id]
		if own.Enabled == nil {
			own.Enabled = b.Enabled
		}
		if own.Severity == "" {
			own.Severity = b.Severity
		}
		if p.Rules == nil {
			p.Rules = map[string]RulePolicy{}
		}
		p.Rules[id] = own
	}
}

func over[V any](base, own map[string]V) map[string]V {
	all := map[string]V{}
	for k, v := range base {
		all[k] = v
	}
	for k, v := range own {
		all[k] = v
	}
	return all
}

func decodePolicy(file string, text []byte, t *data.Tables, rs []*Rule) (*Policy, *yamlfile.Document, error) {
	p := &Policy{}
	doc, err := yamlfile.Decode(file, text, p)
	if err != nil {
		return nil, nil, err
	}
	p.SHA256 = sha256.Sum256(text)
	if err := p.validate(doc, t, rs); err != nil {
		return nil, nil, err
	}
	return p, doc, nil
}

var thumbprintForm = regexp.MustCompile(`^[0-9A-F]{40}$`)

// normThumbprint takes out what people and Windows put between the digits.
func normThumbprint(text string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", ":", "", "\u200e", "").Replace(text))
}

func (p *Policy) validate(doc *yamlfile.Document, t *data.Tables, rs []*Rule) error {
	if strings.TrimSpace(p.Name) == "" {
		return doc.At("name").Errorf("the policy has no name")
	}
	if p.Extends != "" && !slices.Contains(ProfileNames(), p.Extends) {
		return doc.At("extends").Errorf("extends: there is no profile %q: they are %s", p.Extends, strings.Join(ProfileNames(), ", "))
	}
	for _, code := range sortedKeys(p.Limits) {
		if t.OSByCode(code) == nil {
			return doc.Key("limits", code).Errorf("limits: %q is not an operating system: they are %s", code, osCodes(t))
		}
		if n := p.Limits[code]; n < 1 || n > 1<<24 || doc.At("limits", code).IsFraction() {
			return doc.At("limits", code).Errorf("limits: the limit of %q is not a whole number of bytes from 1 to 16,777,216", code)
		}
	}
	for _, name := range sortedKeys(p.Thresholds) {
		spec := thresholdByName(Threshold(name))
		if spec == nil {
			return doc.Key("thresholds", name).Errorf("thresholds: there is no threshold %q: they are %s", name, strings.Join(thresholdNames(), ", "))
		}
		if n := p.Thresholds[name]; n < spec.Min || n > spec.Max || doc.At("thresholds", name).IsFraction() {
			return doc.At("thresholds", name).Errorf("thresholds: %s is not a whole number from %s to %s", name, Grouped(spec.Min), Grouped(spec.Max))
		}
	}
	for i := range p.RequiredRoots.Packs {
		if err := p.RequiredRoots.Packs[i].validate(doc, i, t); err != nil {
			return err
		}
	}
	known := func(id string) bool { return slices.ContainsFunc(rs, func(r *Rule) bool { return r.ID == id }) }
	for i, id := range p.Select {
		switch {
		case !known(id):
			return doc.At("select", i).Errorf("select: there is no rule %q", id)
		case slices.Contains(p.Select[:i], id):
			return doc.At("select", i).Errorf("select: the rule %q is there twice", id)
		}
	}
	for _, id := range sortedKeys(p.Rules) {
		if !known(id) {
			return doc.Key("rules", id).Errorf("rules: there is no rule %q", id)
		}
		if s := p.Rules[id].Severity; s != "" && s.Rank() < 0 {
			return doc.At("rules", id, "severity").Errorf("rules: %s: severity %q is none of critical, high, medium, low, info", id, s)
		}
	}
	return nil
}

func (k *RootPack) validate(doc *yamlfile.Document, i int, t *data.Tables) error {
	at := func(path ...any) yamlfile.Place {
		return doc.At(append([]any{"requiredRoots", "packs", i}, path...)...)
	}
	if strings.TrimSpace(k.Name) == "" {
		return at("name").Errorf("requiredRoots: a pack has no name")
	}
	if len(k.Roots) == 0 {
		return at("roots").Errorf("requiredRoots: pack %q names no root", k.Name)
	}
	for n, code := range k.OS {
		if t.OSByCode(code) == nil {
			return at("os", n).Errorf("requiredRoots: pack %q: %q is not an operating system: they are %s", k.Name, code, osCodes(t))
		}
	}
	for n, role := range k.Roles {
		if !slices.Contains(KnownRoles(), role) {
			return at("roles", n).Errorf("requiredRoots: pack %q: role %q is none of %s", k.Name, role, strings.Join(KnownRoles(), ", "))
		}
	}
	if k.EffectiveFrom != "" {
		day, err := time.Parse(time.DateOnly, k.EffectiveFrom)
		if err != nil {
			return at("effectiveFrom").Errorf("requiredRoots: pack %q: %q is no day of the form 2027-01-31", k.Name, k.EffectiveFrom)
		}
		k.from = day
	}
	for n, r := range k.Roots {
		norm := normThumbprint(r.Thumbprint)
		if !thumbprintForm.MatchString(norm) {
			return at("roots", n, "thumbprint").Errorf("requiredRoots: pack %q: %q is not a SHA-1 thumbprint of 40 hex digits", k.Name, r.Thumbprint)
		}
		k.Roots[n].Thumbprint = norm
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

// Enabled reports whether a rule is judged.
func (p *Policy) Enabled(r *Rule) bool {
	if on := p.Rules[r.ID].Enabled; on != nil {
		return *on
	}
	return r.Origin != "" || p.Select == nil || slices.Contains(p.Select, r.ID)
}

// SeverityOf returns the severity of a rule's failures.
func (p *Policy) SeverityOf(r *Rule) Severity {
	if s := p.Rules[r.ID].Severity; s != "" {
		return s
	}
	return r.Severity
}

// builtin reports whether KB 293781's list is required.
func (p *Policy) builtin() bool {
	return p.RequiredRoots.Builtin == nil || *p.RequiredRoots.Builtin
}

// text returns the policy's digest with that of the profile it extends: what
// decides, where two policies of the same text extend different profiles.
func (p *Policy) text() []byte {
	base, _ := ProfileText(p.Profile)
	sum := sha256.Sum256(base)
	return bytes.Join([][]byte{p.SHA256[:], sum[:]}, nil)
}
