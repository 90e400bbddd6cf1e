package rules

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// ProtectedRoots judges Method 2 of KB 2464556.
var ProtectedRoots = &Rule{
	ID:       "protected-roots",
	Title:    "where third-party roots are shut out by policy, the required ones stay trusted",
	Severity: High,
	Since:    "v0.2",
	Doc: `Method 2 of KB 2464556 is a setting of Group Policy that lets Windows trust "Only
Enterprise Root CAs". It is kept as bit 0x8 of Flags below ProtectedRoots (that the
two are one is inferred from their names). The KB says that only the Enterprise store
is trusted then; by wincrypt.h the bit only keeps the AuthRoot store shut. What stays trusted are the roots in
the Registry (.Default), Group Policy, Enterprise and Smart Card stores. A root of
KB 293781 that stands in AuthRoot alone is lost: that fails.

Only exports of the registry tell the physical stores apart. Whether the policy was
applied after the stores were exported cannot be seen.`,
	References: []Reference{kb2464556, wincrypt, kb293781, protectedDoc},
	Needs:      []evidence.Kind{evidence.KindRegistry},
	Wants:      evidence.Interest{Keys: []string{windows.ProtectedRootsKey}},
	Collect:    collectPolicies,
	Remedy:     `import the required roots into the Registry store of Trusted Root (certutil -addstore Root FILE) before the policy takes effect`,
	Impact:     `what rests on a required root fails: signatures and updates of Windows, or the computer itself (KB 293781)`,
	AppliesTo:  `Windows XP and Server 2003 and later`,
	Check:      checkProtectedRoots,
}

// protectedFlags are the bits of Flags (wincrypt.h, CERT_PROT_ROOT_*_FLAG).
var protectedFlags = []struct {
	bit  uint32
	says string
}{
	{0x1, "users have no roots of their own"},
	{0x2, "no roots are added when a profile is made"},
	{0x4, "roots of the machine are not purged from profiles"},
	{0x8, "the AuthRoot store is shut"},
	{0x10, "NTAuth is not required"},
	{0x20, "name constraints that are not defined are allowed"},
	{0x10000, "no peer trust"},
}

func checkProtectedRoots(p *Pass) {
	s := windows.DWord(p.Case.Registry, windows.ProtectedRootsKey, "Flags")
	f := Finding{Subject: "ProtectedRoots", Expected: "bit 0x8 is not set, or the required roots stand outside AuthRoot", Evidence: s.Evidence(), Measured: settingWords(s)}
	switch {
	case s.State == windows.NotCollected:
		notCollected(&f, s, "ProtectedRoots", collectPolicies, "not checked: the policy key ProtectedRoots was not collected")
	case s.State == windows.WrongType:
		f.Outcome = Failed
		f.Summary = fmt.Sprintf("Flags is of type %s, which Windows does not read: third-party roots are trusted", s.Value.Type)
		f.Remedy = "write Flags as REG_DWORD, by the policy"
	case s.State == windows.Absent || s.Number&0x8 == 0:
		f.Outcome = Passed
		f.Summary = "third-party roots are not shut out: Flags is " + settingWords(s)
		if s.Number != 0 {
			f.Summary += " (" + flagWords(s.Number) + ")"
		}
	default:
		judgeShut(p, &f, s)
	}
	p.Report(f)
}

// judgeShut says what stays trusted where AuthRoot is shut.
func judgeShut(p *Pass, f *Finding, s windows.Setting) {
	root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
	f.Measured = fmt.Sprintf("0x%X: %s", s.Number, flagWords(s.Number))
	in := physicalsOf(root.Occurrences)
	kept, shut, untold := 0, 0, 0
	for _, stands := range in {
		switch {
		case stands[""]:
			untold++
		case onlyAuthRoot(stands):
			shut++
		default:
			kept++
		}
	}
	var lost []string
	for _, r := range p.Required {
		if r.State == RootPresent && onlyAuthRoot(in[r.Thumbprint]) {
			lost = append(lost, r.Name)
			f.Evidence = append(f.Evidence, r.Evidence...)
		}
	}
	f.Summary = fmt.Sprintf("Method 2 of KB 2464556 is in force: the AuthRoot store is shut; %d roots stay trusted and %d are shut out", kept, shut)
	switch {
	case len(lost) > 0:
		f.Outcome = Failed
		f.Summary = fmt.Sprintf("the AuthRoot store is shut, and required roots stand there alone: %s", listed(lost))
	case !root.Collected() || untold > 0:
		f.Outcome, f.Collect = Unknown, collectRoot
		f.Summary = "Method 2 of KB 2464556 is in force: the AuthRoot store is shut; which roots stand there alone cannot be told from the exports"
	case !root.Whole():
		f.Outcome, f.Collect = Unknown, collectRoot
		f.Summary += "; but " + notWhole(root.Broken, root.Missing())
	default:
		f.Outcome = Informational
	}
}

// physicalsOf says in which physical stores each certificate stands, by
// thumbprint; "" is one that an export does not tell.
func physicalsOf(list []*evidence.Occurrence) map[string]map[string]bool {
	in := map[string]map[string]bool{}
	for _, o := range list {
		t := o.Thumbprint()
		if in[t] == nil {
			in[t] = map[string]bool{}
		}
		in[t][o.Store.Physical] = true
	}
	return in
}

func onlyAuthRoot(stands map[string]bool) bool {
	return len(stands) == 1 && stands[evidence.PhysicalAuthRoot]
}

func flagWords(n uint32) string {
	var words []string
	for _, f := range protectedFlags {
		if n&f.bit != 0 {
			words = append(words, f.says)
		}
	}
	return strings.Join(words, ", ")
}
