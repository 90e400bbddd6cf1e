package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// GroupPolicyRoots tells of roots that Group Policy delivers.
var GroupPolicyRoots = &Rule{
	ID:       "group-policy-roots",
	Title:    "Group Policy delivers no root",
	Severity: Low,
	Since:    "v0.2",
	Doc: `Each refresh of Group Policy deletes the roots that it delivers and writes them
again. In between, a chain that ends in one of them is untrusted for a moment: CAPI2
events 11 and 30 with 0x800B0109 that come and go, the more roots the likelier.
Microsoft advises against this store (KB 4560600). A few roots that change seldom may
never show the fault. A store that Group Policy keeps as one serialized value, and not
as one key for each root, is read only where the export holds such keys.`,
	References: []Reference{kb4560600},
	Collect:    collectPolicies,
	Remedy:     `publish the roots in the directory (certutil -dspublish -f FILE RootCA), which fills the Enterprise store, or deliver them as registry preferences, and take them out of the policy`,
	Impact:     `chains that end in one of the roots fail now and then, while Group Policy is refreshed`,
	AppliesTo:  `Windows Vista and Server 2008 and later`,
	Check:      checkGroupPolicyRoots,
}

func checkGroupPolicyRoots(p *Pass) {
	root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
	f := Finding{Subject: `LocalMachine\Root (GroupPolicy)`, Store: root.String(), Expected: "no root"}
	source := ""
	for _, ph := range root.Physicals {
		if ph.Name == evidence.PhysicalGroupPolicy && ph.Collected {
			source = ph.From
		}
	}
	for _, src := range p.Case.Sources {
		if src.Name == source && !src.Store.IsZero() && src.Store.Physical == "" {
			source = "" // an export of the whole of Root does not tell the physical stores apart
		}
	}
	var names []string
	for _, o := range root.Occurrences {
		if o.Store.Physical == evidence.PhysicalGroupPolicy {
			f.Evidence = append(f.Evidence, o.Where)
			names = append(names, certificateName(o))
		}
	}
	f.Measured = fmt.Sprintf("%d roots", len(names))
	switch {
	case len(names) > 0:
		f.Outcome = Failed
		const most = 3
		if len(names) > most {
			names = append(names[:most], fmt.Sprintf("%d more", len(names)-most))
		}
		f.Summary = fmt.Sprintf("Group Policy delivers roots, which are untrusted for a moment at each refresh: %s", listed(names))
	case source == "":
		f.Outcome, f.Collect = NotChecked, collectPolicies
		f.Summary = "not checked: no export tells which roots Group Policy delivers"
	default:
		f.Outcome, f.Searched = Passed, []string{source}
		f.Summary = "Group Policy delivers no root"
	}
	p.Report(f)
}
