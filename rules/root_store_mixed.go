package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// RootStoreMixed looks for certificates in Trusted Root that a CA issued.
var RootStoreMixed = &Rule{
	ID:       "root-store-mixed",
	Title:    "Trusted Root holds no certificate that a CA issued",
	Severity: High,
	Since:    "v0.1",
	Doc: `From Windows 8 and Server 2012 on, one certificate in Trusted Root that a CA
issued does not add a name to the trusted issuer list: it replaces the list. Only
the CA-issued certificates are sent, and every client whose issuer is a root finds
nothing (HTTP 403.7 or 403.16; the Lync 2013 Front-End service does not start).
Up to 2008 R2 such a certificate only lengthens the list.

The test is Microsoft's own: issuer and subject differ. It does not prove that a
certificate whose names are equal is signed by its own key. The fault matters where
Trusted Root feeds the list; a certificate is misplaced there in any case.`,
	References: []Reference{whatsNew, kb2802568, kb2795828},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `move the certificates to Intermediate Certification Authorities (CA): export them, delete them from Root, and import them into CA`,
	Impact:     `only the CA-issued certificates are in the list: all other clients fail (HTTP 403.7, 403.16), and the Lync 2013 Front-End service does not start`,
	AppliesTo:  `Windows 8, Server 2012 and later; hygiene before`,
	Check:      checkMixed,
}

func checkMixed(p *Pass) {
	root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
	f := Finding{Subject: root.String(), Expected: "no certificate whose issuer and subject differ"}
	if !root.Collected() {
		f.Outcome, f.Collect = NotChecked, collectRoot
		f.Summary = "not checked: no export of " + root.String() + " was read"
		p.Report(f)
		return
	}
	var names string
	n := 0
	for _, o := range root.Certificates() {
		if !issuerlist.CAIssued(o) {
			continue
		}
		f.Evidence = append(f.Evidence, o.Where)
		if n++; n <= 3 {
			names += "; " + o.Subject + " (" + o.Thumbprint() + ")"
		}
	}
	if n > 3 {
		names += fmt.Sprintf("; and %d more", n-3)
	}
	f.Measured = fmt.Sprintf("%d of %d certificates are CA-issued", n, len(root.Certificates()))
	since2012, known := p.Since2012()
	switch {
	case n == 0 && !root.Whole():
		f.Outcome, f.Collect = Unknown, collectRoot
		f.Summary = "no CA-issued certificate is in what was read, but " + notWhole(root.Broken, root.Missing())
	case n == 0:
		f.Outcome, f.Absence = Passed, true
		f.Summary = fmt.Sprintf("all %d certificates in Trusted Root are self-issued", len(root.Certificates()))
		f.Searched = root.Sources()
	case !known:
		f.Outcome = Failed
		f.Summary = fmt.Sprintf("%s; from Windows Server 2012 on only these are sent, and this host's Windows is unknown%s", f.Measured, names)
	case since2012:
		f.Outcome = Failed
		f.Summary = fmt.Sprintf("%s, and on %s only these are in the trusted issuer list%s", f.Measured, p.Version.Name(), names)
		if other := fedByOther(p); other != "" {
			f.Summary = fmt.Sprintf("%s, and on %s only these are in a list that Root feeds; the default list of this host is fed by %s%s", f.Measured, p.Version.Name(), other, names)
		}
	default:
		f.Outcome = Informational
		f.Summary = fmt.Sprintf("%s; on %s they only lengthen the list, from Windows Server 2012 on they would replace it%s", f.Measured, p.Version.Name(), names)
	}
	p.Report(f)
}

// fedByOther names the store that feeds the default list in place of Root, or is "".
func fedByOther(p *Pass) string {
	for _, l := range p.Lists {
		if l.Binding == "" && l.Store != evidence.LocalMachine+`\`+evidence.StoreRoot {
			return l.Store
		}
	}
	return ""
}

// notWhole words why a store was not read whole.
func notWhole(broken, missing []string) string {
	switch {
	case len(broken) > 0:
		return listed(broken) + " was not read whole"
	case len(missing) > 0:
		return "the physical stores " + listed(missing) + " were not collected"
	}
	return "the store was not collected whole"
}

// listed joins names as prose does.
func listed(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	s := names[0]
	for _, n := range names[1 : len(names)-1] {
		s += ", " + n
	}
	return s + " and " + names[len(names)-1]
}
