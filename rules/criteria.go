package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A RuleFile is a file of customers' rules.
type RuleFile struct {
	// Name is the file's name without its folder.
	Name string
	// SHA256 is the digest of the file as it was read, Rules how many it holds.
	SHA256 [32]byte
	Rules  int
}

// Digest returns the SHA-256 of the file in lower-case hex.
func (f RuleFile) Digest() string { return hex.EncodeToString(f.SHA256[:]) }

// BaseName returns the name of a file without its folder, whatever slashes the
// path is written with: reports do not depend on where a file lies.
func BaseName(path string) string {
	return path[strings.LastIndexAny(path, `/\`)+1:]
}

// Digest returns one SHA-256, in lower-case hex, over all that hosts are judged
// by beside the program's version: the policy and its profile, what each rule
// says of itself, the fact tables, customers' rules and waivers. Two reports
// with the same version and digest were judged by the same criteria.
func (c *Criteria) Digest() string {
	h := sha256.New()
	part := func(texts ...string) {
		for _, t := range texts {
			io.WriteString(h, t)
			h.Write([]byte{0})
		}
	}
	part("policy", string(c.Policy.text()))
	for _, r := range c.Rules {
		part("rule", r.ID, r.Title, r.Doc, string(r.Severity), r.Since, r.Impact, r.AppliesTo, r.Remedy)
	}
	for _, f := range c.RuleFiles {
		part("rules", f.Digest())
	}
	for _, t := range c.Tables.Info {
		part("table", t.Name, string(t.SHA256[:]))
	}
	if c.Waivers != nil {
		part("waivers", c.Waivers.Digest())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// CollectCommand returns the command that collects a kind of evidence on the
// host, for rules that are not of this package.
func CollectCommand(k evidence.Kind) string {
	switch k {
	case evidence.KindEvent:
		return collectSystem
	case evidence.KindRegistry:
		return collectSchannel
	}
	return collectRoot
}

// CollectVersion is the command that collects which Windows a host runs.
const CollectVersion = collectVersion

// CommonName returns the common name of an RFC 2253 name or, without one, the
// value of its most specific part: what Windows shows as "issued to".
func CommonName(name string) string { return mostSpecific(name) }
