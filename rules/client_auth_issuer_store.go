package rules

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/stores"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// ClientAuthIssuerStore checks the stores that feed the list in place of Root.
var ClientAuthIssuerStore = &Rule{
	ID:       "client-auth-issuer-store",
	Title:    "a store that feeds the list in place of Trusted Root holds authorities that the host trusts",
	Severity: Medium,
	Since:    "v0.2",
	Doc: `From Windows 8 and Server 2012 on, the list is made from the store that the http.sys
binding names; where that is empty, from Client Authentication Issuers
(ClientAuthIssuer) of the machine; where that is empty too, from Trusted Root. Such a
store keeps the list short, and it decides: a client whose issuer is not in it finds
nothing. Administrators report that on Server 2016 IIS uses ClientAuthIssuer only where
the binding names it.

It fails where a binding names a store that is empty, so that another feeds the list;
where a binding names a signed list (CTL), which is no longer supported; and where a
certificate of such a store is not trusted here: neither a trusted root nor issued by
an authority in Root or CA, by name. Stores that programs name themselves cannot be
seen.`,
	References: []Reference{whatsNew, kb2801679},
	Collect:    collectBinding,
	Remedy:     `put the authorities that issue the clients' certificates into the store that the binding names, and their roots into Trusted Root; or clear the store's name from the binding (netsh http update sslcert)`,
	Impact:     `clients whose issuer is not in the store that feeds the list are not served, or send certificates that are refused`,
	AppliesTo:  `Windows 8, Server 2012 and later`,
	Check:      checkIssuerStore,
}

func checkIssuerStore(p *Pass) {
	f := Finding{Subject: evidence.LocalMachine + `\` + evidence.StoreClientAuthIssuer, Store: evidence.LocalMachine + `\` + evidence.StoreClientAuthIssuer,
		Expected: "the stores that feed lists hold trusted authorities"}
	if since2012, known := p.Since2012(); known && !since2012 {
		f.Outcome = NotApplicable
		f.Summary = "up to Windows Server 2008 R2 Trusted Root feeds the list"
		p.Report(f)
		return
	}
	failed := reportSignedLists(p)
	var used []string
	unread := false
	var open []string
	judged := map[string]bool{}
	for _, l := range p.Lists {
		if l.Profile == issuerlist.ProfileTo2008R2 {
			continue
		}
		switch {
		case l.Binding != "" && len(l.StoreEvidence) == 0:
			failed = true
			p.Report(Finding{Subject: "binding " + l.Binding, Outcome: Failed, Measured: "an empty store", Expected: "a store that is not empty", Evidence: bindingEvidence(p, l.Binding),
				Summary: fmt.Sprintf("the store that the http.sys binding %s names is empty, so %s feeds its list", l.Binding, l.Store)})
			continue
		case !l.Collected && l.Binding != "":
			unread = true
			f.Summary = fmt.Sprintf("the binding %s names %s, which was not collected", l.Binding, l.Store)
			continue
		case l.Store == evidence.LocalMachine+`\`+evidence.StoreRoot:
			continue
		}
		name := "the default list"
		if l.Binding != "" {
			name = "binding " + l.Binding
		}
		used = append(used, fmt.Sprintf("%s feeds %s (%d certificates, %s bytes)", l.Store, name, l.Certificates, Grouped(l.Bytes.Expected)))
		f.Evidence = append(f.Evidence, listEvidence(l)...)
		if !l.Whole {
			open = append(open, l.Store+": "+l.VerdictWhy)
		}
		if !judged[l.Store] {
			judged[l.Store] = true
			failed = reportUntrusted(p, l) || failed
		}
	}
	if failed {
		return
	}
	issuers := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreClientAuthIssuer)
	switch {
	case unread:
		f.Outcome, f.Collect = NotChecked, collectBinding
		f.Summary = "not checked: " + f.Summary
	case len(open) > 0:
		f.Outcome, f.Collect = Unknown, collectBinding
		f.Summary = strings.Join(used, "; ") + ", as far as was read; but " + strings.Join(open, "; ")
	case len(used) > 0:
		f.Outcome = Informational
		f.Summary = strings.Join(used, "; ") + ": a client whose issuer is not among them finds no certificate to send"
	case !issuers.Collected():
		f.Outcome, f.Collect = NotChecked, collectBinding
		f.Summary = "not checked: ClientAuthIssuer was not collected; it is taken to be empty"
	case !issuers.Whole():
		f.Outcome, f.Collect = Unknown, collectBinding
		f.Summary = "no certificate of ClientAuthIssuer was read, but " + notWhole(issuers.Broken, issuers.Missing())
	default:
		f.Outcome, f.Searched = Passed, issuers.Sources()
		f.Summary = "ClientAuthIssuer is empty and no binding names another store: Trusted Root feeds the list"
	}
	p.Report(f)
}

// reportSignedLists reports bindings that name a CTL.
func reportSignedLists(p *Pass) bool {
	found := false
	prefix := evidence.FoldKey(windows.SSLBindingKey(p.Case.Registry)) + `\`
	for _, v := range p.Case.Registry.Values() {
		if !strings.EqualFold(v.Name, "DefaultSslCtlIdentifier") || !strings.HasPrefix(evidence.FoldKey(v.Key), prefix) {
			continue
		}
		if id, ok := v.Text(); ok && strings.TrimSpace(id) != "" {
			found = true
			p.Report(Finding{Subject: "CTL of binding " + v.Key[len(prefix):], Outcome: Failed, Measured: id, Expected: "no CTL", Evidence: []evidence.Location{v.Where},
				Summary: fmt.Sprintf("the http.sys binding %s names the signed list %q; lists of that kind are not supported from Windows Server 2012 on", v.Key[len(prefix):], id)})
		}
	}
	return found
}

func bindingEvidence(p *Pass, binding string) []evidence.Location {
	if v := p.Case.Registry.Value(windows.SSLBindingKey(p.Case.Registry)+`\`+binding, "DefaultSslCtlStoreName"); v != nil {
		return []evidence.Location{v.Where}
	}
	return nil
}

// reportUntrusted reports certificates of a feeding store that are not trusted
// here. It judges only where Root and CA were collected whole.
func reportUntrusted(p *Pass, l *issuerlist.List) bool {
	root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
	ca := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreCA)
	if !root.Whole() || !ca.Whole() {
		return false
	}
	var findings []Finding
	for _, e := range l.Entries {
		if p.trusts(e.SHA1) || (!e.SelfIssued() && (issues(root, e.IssuerDER) || issues(ca, e.IssuerDER))) {
			continue
		}
		findings = append(findings, Finding{Subject: certificateName(e.Occurrence) + " " + e.Thumbprint() + " in " + l.Store, Store: l.Store, Thumbprint: e.Thumbprint(), Outcome: Failed,
			Measured: "not trusted here", Expected: "a trusted root, or issued by an authority in Root or CA", Evidence: []evidence.Location{e.Where},
			Summary: fmt.Sprintf("%s in %s is in the list, but is neither a trusted root here nor issued by an authority in Root or CA: its clients send certificates that are refused", certificateName(e.Occurrence), l.Store)})
	}
	for _, f := range bounded(findings) {
		p.Report(f)
	}
	return len(findings) > 0
}

func issues(s *stores.Store, issuer []byte) bool {
	return slices.ContainsFunc(s.Occurrences, func(o *evidence.Occurrence) bool { return len(issuer) > 0 && bytes.Equal(o.SubjectDER, issuer) })
}
