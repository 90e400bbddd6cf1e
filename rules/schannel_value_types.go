package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// SchannelValueTypes looks for settings of Schannel that Windows does not read.
var SchannelValueTypes = &Rule{
	ID:       "schannel-value-types",
	Title:    "the values of the SCHANNEL key have names, types and places that Windows reads",
	Severity: Medium,
	Since:    "v0.2",
	Doc: `Windows reads each setting below SCHANNEL under one name, in one key and as
REG_DWORD; it says nothing about what it does not read, and the default applies. Looked
for are a known value of another type, a name within a few letters of a known one, a
known name in another key (Enabled directly below TLS 1.2 and not below Client or
Server), a subkey that is called as a value is, a protocol or side that Windows does not know,
and a SCHANNEL key at another path. SendTrustedIssuerList has a rule of its own.

The names are those of the embedded table. Values that are not in it are named and do
not fail: Windows knows more than Microsoft documents.`,
	References: []Reference{tlsReg, kb245030, kb260729},
	Needs:      []evidence.Kind{evidence.KindRegistry},
	Collect:    collectSchannel,
	Remedy:     `write the value under its proper name, as REG_DWORD, in the key that it is read from, and delete what is not read`,
	Impact:     `a setting that somebody relies on has no effect`,
	AppliesTo:  `Windows Server 2003 and later`,
	Check:      checkSchannelValues,
}

func checkSchannelValues(p *Pass) {
	key := p.SchannelKey()
	f := Finding{Subject: "SCHANNEL", Expected: "names, types and places that Windows reads"}
	findings, known, strange, sources := unreadValues(p, key)
	findings = append(findings, unreadKeys(p, key)...)
	findings = append(findings, otherSchannels(p)...)
	collected := p.Case.Registry.Collected(key)
	switch {
	case len(findings) > 0:
		for _, g := range bounded(findings) {
			p.Report(g)
		}
		return
	case collected == nil && !p.Case.Registry.HasBelow(key):
		f.Outcome, f.Collect = NotChecked, collectSchannel
		f.Summary = "not checked: the SCHANNEL key was not collected"
		p.Report(f)
		return
	case collected != nil && !slices.Contains(sources, collected.Where.Source):
		sources = append(sources, collected.Where.Source)
	}
	f.Measured = fmt.Sprintf("%d values", known+len(strange))
	f.Outcome, f.Searched = Passed, sources
	f.Summary = fmt.Sprintf("the %d known values below SCHANNEL are where Windows reads them, and of the type that it reads", known)
	switch known {
	case 0:
		f.Summary = "no known value is set below SCHANNEL"
	case 1:
		f.Summary = "the one known value below SCHANNEL is where Windows reads it, and of the type that it reads"
	}
	if len(strange) > 0 {
		const most = 5
		f.Summary += "; not in the table: " + listed(strange[:min(most, len(strange))])
		if more := len(strange) - most; more > 0 {
			f.Summary += fmt.Sprintf(" (and %d more)", more)
		}
	}
	if collected == nil {
		f.Outcome, f.Collect, f.Searched = Unknown, collectSchannel, nil
		f.Summary += "; but only keys below SCHANNEL were exported, and not SCHANNEL itself"
	}
	p.Report(f)
}

// unreadValues looks at each value at and below SCHANNEL. known counts those in
// order, strange names those that no table knows.
func unreadValues(p *Pass, key string) (findings []Finding, known int, strange, sources []string) {
	fold := evidence.FoldKey(key)
	for _, v := range p.Case.Registry.Values() {
		at := evidence.FoldKey(v.Key)
		if at != fold && !strings.HasPrefix(at, fold+`\`) {
			continue
		}
		if !slices.Contains(sources, v.Where.Source) {
			sources = append(sources, v.Where.Source)
		}
		below := strings.TrimPrefix(v.Key[len(key):], `\`)
		if v.Name == "" {
			continue
		}
		problem, expected := judgeValue(p, below, v)
		if nearly(v.Name, sendName) {
			if problem == "" && p.Tables.Schannel(below, v.Name) != nil {
				known++ // what is wrong with it is told by its own rule
			}
			continue
		}
		switch {
		case problem == "" && p.Tables.Schannel(below, v.Name) != nil:
			known++
		case problem == "":
			strange = append(strange, joinKey(below, v.Name))
		default:
			findings = append(findings, Finding{Subject: joinKey(below, v.Name), Outcome: Failed, Measured: v.Type.String(), Expected: expected,
				Evidence: []evidence.Location{v.Where}, Summary: problem})
		}
	}
	return findings, known, strange, sources
}

// judgeValue says why Windows does not read a value, or "".
func judgeValue(p *Pass, below string, v *evidence.RegistryValue) (problem, expected string) {
	if want := p.Tables.Schannel(below, v.Name); want != nil {
		if v.Type.String() != want.Type {
			return fmt.Sprintf("%s is of type %s, which Windows does not read: the default applies", joinKey(below, v.Name), v.Type), want.Type
		}
		if _, ok := v.DWord(); want.Type == "REG_DWORD" && !ok {
			return fmt.Sprintf("%s is a REG_DWORD of %d bytes, which Windows does not read", joinKey(below, v.Name), len(v.Data)), "four bytes"
		}
		return "", ""
	}
	for _, k := range p.Tables.SchannelValues {
		switch {
		case strings.EqualFold(k.Name, v.Name):
			return fmt.Sprintf("%s is read from %s and not from %s", v.Name, placeOfKey(k.Key), placeOfKey(below)), k.Path()
		case p.Tables.Schannel(below, k.Name) == k && misspelt(v.Name, k.Name):
			return fmt.Sprintf("the value %q in %s is not one that Windows reads; it looks like %s", v.Name, placeOfKey(below), k.Name), k.Path()
		}
	}
	return "", ""
}

// misspelt reports whether a name is a misspelling of a known one: within two
// letters, or three of a long name.
func misspelt(name, known string) bool {
	a, b := strings.ToLower(strings.TrimSpace(name)), strings.ToLower(known)
	if max(len(a), len(b)) > 2*len(sendName) {
		return false
	}
	limit := 2
	if len(b) > 10 {
		limit = 3
	}
	return distance(a, b) <= limit
}

// unreadKeys looks for subkeys that are called as values are, and for protocols
// and sides that Windows does not know.
func unreadKeys(p *Pass, key string) []Finding {
	fold := evidence.FoldKey(key)
	var findings []Finding
	report := func(k *evidence.RegistryKey, below, problem, expected string) {
		findings = append(findings, Finding{Subject: "key " + below, Outcome: Failed, Measured: "a key", Expected: expected, Evidence: []evidence.Location{k.Where}, Summary: problem})
	}
	for _, k := range p.Case.Registry.Keys() {
		if !strings.HasPrefix(evidence.FoldKey(k.Key), fold+`\`) {
			continue
		}
		below := k.Key[len(key)+1:]
		parent, last, _ := cutLast(below)
		if v := p.Tables.Schannel(parent, last); v != nil && !strings.EqualFold(last, sendName) && !strings.Contains(v.Key, "*") {
			report(k, below, fmt.Sprintf("%s is a key, and Windows reads a value of that name: what is in the key is not read", below), "a value "+v.Path())
			continue
		}
		part := strings.Split(below, `\`)
		switch {
		case len(part) < 2 || !strings.EqualFold(part[0], "Protocols"):
		case len(part) == 2 && !knownProtocol(p, part[1]):
			report(k, below, fmt.Sprintf("%q is not a protocol that Windows knows: what is in the key is not read", part[1]), "a name such as TLS 1.2")
		case len(part) == 3 && !strings.EqualFold(part[2], "Client") && !strings.EqualFold(part[2], "Server"):
			report(k, below, fmt.Sprintf("%s is neither Client nor Server: what is in the key is not read", below), "Client or Server")
		}
	}
	return findings
}

// oldProtocols are keys below Protocols that the table of defaults leaves out.
var oldProtocols = []string{"PCT 1.0", "Multi-Protocol Unified Hello", "DTLS 1.3"}

func knownProtocol(p *Pass, name string) bool {
	is := func(s string) bool { return strings.EqualFold(s, name) }
	if slices.ContainsFunc(oldProtocols, is) {
		return true
	}
	for _, d := range p.Tables.ProtocolDefaults {
		if is(d.Protocol) {
			return true
		}
	}
	return false
}

// otherSchannels finds settings below a SCHANNEL key that is not Windows' own.
func otherSchannels(p *Pass) []Finding {
	var findings []Finding
	for _, v := range p.Case.Registry.Values() {
		at := evidence.FoldKey(v.Key)
		if !strings.HasSuffix(at, `\schannel`) || strings.HasSuffix(at, `\control\securityproviders\schannel`) || p.Tables.Schannel("", v.Name) == nil {
			continue
		}
		findings = append(findings, Finding{Subject: v.Key + `\` + v.Name, Outcome: Failed, Measured: v.Key, Expected: p.SchannelKey(), Evidence: []evidence.Location{v.Where},
			Summary: fmt.Sprintf("%s stands in %s, which Windows does not read", v.Name, v.Key)})
	}
	return findings
}

func joinKey(below, name string) string {
	if below == "" {
		return name
	}
	return below + `\` + name
}

func placeOfKey(below string) string {
	if below == "" {
		return "SCHANNEL itself"
	}
	return below
}
