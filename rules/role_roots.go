package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// RoleRoots checks that the roots that a host's products need are there.
var RoleRoots = &Rule{
	ID:       "role-roots",
	Title:    "the roots that the host's products need are in Trusted Root",
	Severity: Medium,
	Since:    "v0.2",
	Doc: `Some products need roots that Windows does not: from 15 March 2026 on, Exchange
Server needs DigiCert Global Root G2 to deliver mail to Exchange Online. The embedded
packs say for which role, which root, and from which day on.

A missing root fails only where Windows may not fetch it by itself
(DisableRootAutoUpdate); elsewhere Windows adds it when it is first met, if it can
reach Windows Update, which an export does not tell. The role is that of case.yaml or
--role; one that is only suggested by events informs.`,
	References: []Reference{healthRoots, configureRoots},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Wants:      evidence.Interest{Keys: []string{windows.RootUpdateKey, updateComponentKey}},
	Collect:    collectRoot,
	Remedy:     `download the root from the authority's own site, compare its thumbprint, and import it into Trusted Root of the local computer`,
	Impact:     `the product cannot reach the services whose certificates chain to the root`,
	AppliesTo:  `hosts with the role of a pack; so far Exchange Server`,
	Check:      checkRoleRoots,
}

func checkRoleRoots(p *Pass) {
	roles, suggested := p.Roles, false
	if len(roles) == 0 {
		suggested = true
		for _, s := range SuggestedRoles(p.Case) {
			roles = append(roles, s.Role)
		}
	}
	var packs []*data.RolePack
	for _, pack := range p.Tables.RolePacks {
		if slices.ContainsFunc(pack.Roles, func(want string) bool {
			return slices.ContainsFunc(roles, func(has string) bool { return strings.EqualFold(want, has) })
		}) {
			packs = append(packs, pack)
		}
	}
	root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
	f := Finding{Subject: "roots of products", Store: root.String()}
	switch {
	case len(packs) == 0:
		f.Outcome = NotApplicable
		f.Summary = "no pack of roots holds for this host: no role that has one was stated (--role) or is suggested by events"
	case !root.Collected():
		f.Outcome, f.Collect = NotChecked, collectRoot
		f.Summary = "not checked: no export of " + root.String() + " was read"
	}
	if f.Outcome != "" {
		p.Report(f)
		return
	}
	reported, present := false, 0
	for _, pack := range packs {
		for _, r := range pack.Roots {
			if sha1, ok := thumbprintIn(r.Thumbprint); ok && p.trusts(sha1) {
				present++
				continue
			}
			reported = true
			p.Report(missingPackRoot(p, root.Sources(), root.Whole(), notWhole(root.Broken, root.Missing()), pack, r, suggested))
		}
	}
	if !reported {
		f.Outcome, f.Searched = Passed, root.Sources()
		f.Measured, f.Expected = fmt.Sprintf("%d present", present), "all present"
		f.Summary = fmt.Sprintf("all roots that the host's products need (%d) are in Trusted Root", present)
		p.Report(f)
	}
}

func missingPackRoot(p *Pass, searched []string, whole bool, why string, pack *data.RolePack, r data.PackRoot, suggested bool) Finding {
	state, reason, where := rootUpdates(p)
	f := Finding{Subject: r.Name + " " + r.Thumbprint, Thumbprint: r.Thumbprint, Absence: true, Searched: searched, Evidence: where,
		Measured: "not in Trusted Root; automatic root update: " + string(state), Expected: "in Trusted Root from " + day(pack.EffectiveFrom) + " on",
		Summary: fmt.Sprintf("%s is not in Trusted Root; %s needs it from %s on (%s)", r.Name, pack.Name, day(pack.EffectiveFrom), pack.Citation)}
	switch {
	case !whole:
		f.Outcome, f.Collect = Unknown, collectRoot
		f.Summary = fmt.Sprintf("%s was not found, and cannot be called missing: %s", r.Name, why)
	case suggested:
		f.Outcome = Informational
		f.Summary += "; the role is only suggested by events"
	case p.AsOf.Before(pack.EffectiveFrom):
		f.Outcome = Informational
	case state == updateOff:
		f.Outcome = Failed
		f.Summary += ", and Windows does not fetch it: " + reason
	case state == updateOn:
		f.Outcome = Informational
		f.Summary += "; Windows fetches it when it is first met, if it can reach Windows Update: " + reason
	default:
		f.Outcome, f.Collect = Unknown, collectUpdate
		f.Summary += "; whether Windows fetches it by itself is not known: " + reason
	}
	return f
}

// trusts reports whether a certificate stands in the machine's Root and not in
// Disallowed.
func (p *Pass) trusts(sha1 [20]byte) bool {
	in := func(name string) bool { return len(p.Stores.Get(evidence.LocalMachine, name).Find(sha1)) > 0 }
	return in(evidence.StoreRoot) && !in(evidence.StoreDisallowed)
}
