// Package customer reads rules that users write in YAML and makes ordinary
// rules of them, so that policies, waivers and reports treat them as they treat
// the program's own.
//
// A rule says what it is asked about (for), which of these it selects (when) and
// what must hold of each (assert), in the expression language of
// github.com/expr-lang/expr over the fields that Fields documents. Expressions
// are typed when the file is loaded: an unknown field or a comparison of unlike
// things is an error with file, line and column, never a check that silently
// passes. They always end, and see neither clock nor environment.
//
// The package owns the file format and the fields; it judges through the engine
// of package rules and keeps its promises: evidence that was not collected makes
// a rule notchecked, a field that the evidence cannot tell makes it unknown.
package customer

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/yamlfile"
)

// The bounds of a file of rules.
const (
	MaxRules    = 1000
	MaxExamples = 100 // of one rule
)

// A File is a file of rules that was read, checked and compiled.
type File struct {
	Name  string
	Rules []*Rule
	// SHA256 is the digest of the file as it was read.
	SHA256 [32]byte
}

// Digest returns the SHA-256 of the file in lower-case hex.
func (f *File) Digest() string { return hex.EncodeToString(f.SHA256[:]) }

// Criteria returns the rules as the engine takes them.
func (f *File) Criteria() []*rules.Rule {
	var list []*rules.Rule
	for _, r := range f.Rules {
		list = append(list, r.Rule)
	}
	return list
}

// A Rule is one customer's rule.
type Rule struct {
	*rules.Rule
	// For is what the rule is asked about.
	For      Topic
	Examples []Example

	scope   scope
	when    *expression // nil selects all
	assert  *expression
	message *template // nil words it from the assertion
	failed  string    // the assertion as it is written, for a message
}

// A scope narrows what a rule is asked about, before any expression.
type scope struct {
	location, store string // of certificates
	key, name       string // of registry values; key is spelt out
}

// A written is a file of rules as it stands in YAML.
type written struct {
	Rules []writtenRule `yaml:"rules"`
}

type writtenRule struct {
	ID         string             `yaml:"id"`
	Title      string             `yaml:"title"`
	Doc        string             `yaml:"doc"`
	Severity   rules.Severity     `yaml:"severity"`
	Since      string             `yaml:"since"`
	References []writtenReference `yaml:"references"`
	Impact     string             `yaml:"impact"`
	AppliesTo  string             `yaml:"appliesTo"`
	Collect    string             `yaml:"collect"`
	Remedy     string             `yaml:"remedy"`

	For   Topic  `yaml:"for"`
	Store string `yaml:"store"`
	Key   string `yaml:"key"`
	Name  string `yaml:"name"`

	When    string `yaml:"when"`
	Assert  string `yaml:"assert"`
	Message string `yaml:"message"`

	Examples []writtenExample `yaml:"examples"`
}

type writtenReference struct {
	Name  string `yaml:"name"`
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
}

// IDPrefix begins the id of every customer's rule, and of none of the program's
// own, so that a later version can never bring a rule of the same id.
const IDPrefix = "x-"

var idForm = regexp.MustCompile(`^x(-[a-z0-9]+)+$`)

// Parse reads a file of rules. known are the rules that its ids must differ
// from. Every error is a *yamlfile.Error with file, line and column.
func Parse(file string, text []byte, known []*rules.Rule) (*File, error) {
	var w written
	doc, err := yamlfile.Decode(file, text, &w)
	if err != nil {
		return nil, err
	}
	switch {
	case len(w.Rules) == 0:
		return nil, doc.At("rules").Errorf("there is no list of rules")
	case len(w.Rules) > MaxRules:
		return nil, doc.At("rules", MaxRules).Errorf("a file holds at most %d rules", MaxRules)
	}
	f := &File{Name: file, SHA256: sha256.Sum256(text)}
	for i := range w.Rules {
		p := &parsing{doc: doc, file: file, index: i, in: &w.Rules[i]}
		r, err := p.rule(append(known, f.Criteria()...))
		if err != nil {
			return nil, err
		}
		f.Rules = append(f.Rules, r)
	}
	return f, nil
}

// parsing is the reading of one rule.
type parsing struct {
	doc   *yamlfile.Document
	file  string
	index int
	in    *writtenRule
}

func (p *parsing) at(path ...any) yamlfile.Place {
	return p.doc.At(append([]any{"rules", p.index}, path...)...)
}

func (p *parsing) rule(known []*rules.Rule) (*Rule, error) {
	if err := p.checkWords(known); err != nil {
		return nil, err
	}
	r := &Rule{For: p.in.For}
	if err := p.scope(r); err != nil {
		return nil, err
	}
	var err error
	if strings.TrimSpace(p.in.When) != "" {
		if r.when, err = p.condition("when", p.in.When); err != nil {
			return nil, err
		}
	}
	if r.assert, err = p.condition("assert", p.in.Assert); err != nil {
		return nil, err
	}
	r.failed = strings.Join(strings.Fields(p.in.Assert), " ")
	if strings.TrimSpace(p.in.Message) != "" {
		if r.message, err = p.template(p.in.Message); err != nil {
			return nil, err
		}
	}
	r.Rule = p.metadata(r)
	if r.Examples, err = p.examples(r); err != nil {
		return nil, err
	}
	return r, nil
}

func (p *parsing) checkWords(known []*rules.Rule) error {
	in := p.in
	for _, t := range []*string{&in.ID, &in.Title, &in.Since, &in.Impact, &in.AppliesTo, &in.Collect, &in.Remedy} {
		*t = strings.Join(strings.Fields(*t), " ")
	}
	in.Doc, in.Store, in.Key = strings.TrimSpace(in.Doc), strings.TrimSpace(in.Store), strings.TrimSpace(in.Key)
	switch {
	case in.ID == "":
		return p.at("id").Errorf("the rule has no id")
	case !idForm.MatchString(in.ID):
		return p.at("id").Errorf("id: %q is not %s followed by words of a-z and 0-9 that hyphens join, such as x-short-keys", in.ID, IDPrefix)
	case slices.ContainsFunc(known, func(r *rules.Rule) bool { return r.ID == in.ID }):
		return p.at("id").Errorf("id: there is a rule %q already", in.ID)
	case in.Title == "":
		return p.at("title").Errorf("the rule %s has no title", in.ID)
	case in.Severity == "":
		return p.at("severity").Errorf("the rule %s has no severity", in.ID)
	case in.Severity.Rank() < 0:
		return p.at("severity").Errorf("severity: %q is none of critical, high, medium, low, info", in.Severity)
	case in.For == "":
		return p.at("for").Errorf("the rule %s does not say what it is for: certificate, host, registry or event", in.ID)
	case !slices.Contains(Topics(), in.For):
		return p.at("for").Errorf("for: %q is none of certificate, host, registry, event", in.For)
	case strings.TrimSpace(in.Assert) == "":
		return p.at("assert").Errorf("the rule %s asserts nothing", in.ID)
	}
	for i, ref := range in.References {
		if strings.TrimSpace(ref.Name) == "" {
			return p.at("references", i).Errorf("references: a source has no name")
		}
	}
	return nil
}

// scope checks the keys that narrow what a rule is asked about.
func (p *parsing) scope(r *Rule) error {
	in := p.in
	if in.Store != "" {
		if in.For != Certificates {
			return p.at("store").Errorf("store: only a rule for certificates has a store")
		}
		i := strings.LastIndexByte(in.Store, '\\')
		if i <= 0 || i == len(in.Store)-1 {
			return p.at("store").Errorf(`store: %q names no store with its location, such as LocalMachine\Root`, in.Store)
		}
		r.scope.location, r.scope.store = in.Store[:i], in.Store[i+1:]
	}
	switch {
	case in.For != RegistryValues && in.Key != "":
		return p.at("key").Errorf("key: only a rule for the registry has a key")
	case in.For != RegistryValues && in.Name != "":
		return p.at("name").Errorf("name: only a rule for the registry has the name of a value")
	case in.For == RegistryValues && in.Key == "":
		return p.at("key").Errorf("the rule %s is for the registry and has no key", in.ID)
	}
	if in.Key == "" {
		return nil
	}
	key, ok := spellOut(in.Key)
	if !ok {
		return p.at("key").Errorf(`key: %q does not begin with a root of the registry, such as HKLM\ or HKEY_LOCAL_MACHINE\`, in.Key)
	}
	r.scope.key, r.scope.name = key, in.Name
	return nil
}

// rootNames are the roots of the registry, short and spelt out.
var rootNames = map[string]string{"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER", "HKU": "HKEY_USERS", "HKCR": "HKEY_CLASSES_ROOT", "HKCC": "HKEY_CURRENT_CONFIG"}

// spellOut writes the root of a registry path in full.
func spellOut(key string) (string, bool) {
	root, rest, more := strings.Cut(strings.TrimRight(key, `\`), `\`)
	if !more {
		return "", false
	}
	for short, long := range rootNames {
		if strings.EqualFold(root, short) || strings.EqualFold(root, long) {
			return long + `\` + rest, true
		}
	}
	return "", false
}

func (p *parsing) metadata(r *Rule) *rules.Rule {
	in := p.in
	m := &rules.Rule{ID: in.ID, Title: in.Title, Doc: in.Doc, Severity: in.Severity, Since: in.Since, Impact: in.Impact, AppliesTo: in.AppliesTo,
		Collect: in.Collect, Remedy: in.Remedy, Origin: rules.BaseName(p.file), Check: r.check}
	for _, ref := range in.References {
		m.References = append(m.References, rules.Reference{Name: ref.Name, Title: ref.Title, URL: ref.URL})
	}
	if m.Doc == "" {
		m.Doc = "It must hold: " + r.failed
	}
	if m.Since == "" {
		m.Since = m.Origin
	}
	switch r.For {
	case Certificates:
		m.Needs = []evidence.Kind{evidence.KindCertificate}
	case RegistryValues:
		m.Needs = []evidence.Kind{evidence.KindRegistry}
		m.Wants.Keys = []string{anyControlSet(r.scope.key)}
	case Events:
		m.Needs = []evidence.Kind{evidence.KindEvent}
	}
	if m.Collect == "" {
		m.Collect = r.collect()
	}
	return m
}

// collect is the command that collects what the rule is asked about.
func (r *Rule) collect() string {
	switch r.For {
	case RegistryValues:
		key, _, _ := strings.Cut(r.scope.key, `\*`)
		return `reg export "` + key + `" registry.reg`
	case Events:
		return rules.CollectCommand(evidence.KindEvent)
	}
	return rules.CollectCommand(evidence.KindCertificate)
}

const (
	currentControlSet = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet`
	anySet            = `HKEY_LOCAL_MACHINE\SYSTEM\*`
)

// anyControlSet turns a path below the current control set into a pattern that
// fits every control set: exports may name the current one by its number.
func anyControlSet(key string) string {
	if len(key) > len(currentControlSet) && strings.EqualFold(key[:len(currentControlSet)+1], currentControlSet+`\`) {
		return anySet + key[len(currentControlSet):]
	}
	return key
}
