package remedies

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// rootName is Trusted Root of the machine, as reports write it.
const rootName = evidence.LocalMachine + `\` + evidence.StoreRoot

// SchannelKey is the key that holds SendTrustedIssuerList, as commands write it.
const SchannelKey = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`

// method3 sends no list.
func (h *host) method3() *Remedy {
	r := &Remedy{ID: Method3, Title: "send no list (SendTrustedIssuerList = 0)", Source: "KB 2464556, method 3",
		References: []string{"KB 2464556", "KB 933430", "KB 2880390", "TLS registry settings"}, Requires: h.requires()}
	setting := h.out.Settings.SendTrustedIssuerList
	since, known := h.since2012()
	sent := slices.ContainsFunc(h.lists, func(l *issuerlist.List) bool { return l.Sent != issuerlist.SentNo })
	w := changed(h.compute, h.base)
	w.set(windows.SchannelKey(h.registry), "SendTrustedIssuerList", 0)
	switch {
	case h.family() == "8":
		r.Applicable = AppliesNot
		r.Why = "on Windows 8 and Server 2012 client authentication fails with a long list whatever SendTrustedIssuerList says (KB 2880390)"
		return r
	case known && !sent:
		r.Applicable, r.Why = InPlace, "no list is sent: "+h.lists[0].SentWhy
		return r
	}
	r.Applicable, r.Why = Applies, h.lists[0].SentWhy
	if h.family() == "2003" && h.judgement.Version.Code() != "2003sp2-hotfix" {
		r.Why += "; on Windows Server 2003 the value is documented with hotfix 933430 only"
	}
	r.After = w.lists()
	r.Breaks = []string{
		"clients are no longer told which issuers are wanted: they offer every client certificate they have, people are asked to choose, and a program that takes the first one may take the wrong one",
		"the server still accepts only what it trusts: no certificate that was refused gets in",
	}
	if since {
		r.Breaks = append(r.Breaks, "the list was turned on here on purpose: 0 is the default from Windows Server 2012 on. AD FS and Web Application Proxy are said to send it whatever is set")
	}
	r.Undo = Answer{"yes", "it is one registry value"}
	r.Lasts = Answer{"yes", "nothing but a person or a policy sets it back"}
	r.Steps = []string{
		"set SendTrustedIssuerList to 0, of type REG_DWORD, as a value and not as a subkey",
		"restart the machine, or the services that use Schannel",
	}
	if h.family() == "2003" {
		r.Steps = append([]string{"install hotfix 933430 first, if it is not there"}, r.Steps...)
	}
	r.Commands = []string{`reg add "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL" /v SendTrustedIssuerList /t REG_DWORD /d 0 /f`}
	undo := `reg delete "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL" /v SendTrustedIssuerList /f`
	if setting.State == windows.Set {
		undo = fmt.Sprintf(`reg add "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL" /v SendTrustedIssuerList /t REG_DWORD /d %d /f`, setting.Number)
	}
	if setting.State == windows.WrongType {
		undo = "regedit /s undo.reg" // only a file can give the value its odd type back
	}
	if setting.State == windows.NotCollected {
		r.Undo.Why = "it is one registry value, but its former value is not known: " + setting.Missing("SCHANNEL")
		r.Steps = append([]string{"note the value of now first: " + setting.Missing("SCHANNEL") + ", so its former value is not known; the undo file takes it away"}, r.Steps...)
	}
	r.UndoCommands = []string{undo}
	return r
}

// DisableAuthRoot is CERT_PROT_ROOT_DISABLE_LM_AUTH_FLAG of wincrypt.h: do not
// open the machine's AuthRoot store.
const DisableAuthRoot = 0x8

// assumedAuthRoot says whether a certificate of Root stands in the AuthRoot
// physical store, and whether that is known. Where the export does not tell, a
// certificate that carries property 98 (AUTH_ROOT_SHA256_HASH), which only the
// root programme's list gives, is taken to stand there; where the export cannot
// carry it, one that the programme names.
func (h *host) assumedAuthRoot(o *evidence.Occurrence) (in, known bool) {
	if o.Store.Physical != "" {
		return strings.EqualFold(o.Store.Physical, evidence.PhysicalAuthRoot), true
	}
	if o.CanCarry {
		_, in = o.Property(evidence.PropAuthRootSHA256)
		return in, false
	}
	class, _ := h.programme.of(&Item{Occurrence: o, All: []*evidence.Occurrence{o}})
	return class != Private, false
}

// authRoot gathers the certificates of Root that stand in AuthRoot only, and
// says how that is known.
func (h *host) authRoot() (only []*Item, gone map[*evidence.Occurrence]bool, guessed bool) {
	gone = map[*evidence.Occurrence]bool{}
	for _, i := range itemsOf(h.base, inRoot) {
		all := true
		for _, o := range i.All {
			in, known := h.assumedAuthRoot(o)
			guessed = guessed || !known
			if in {
				gone[o] = true
			} else {
				all = false
			}
		}
		if all {
			only = append(only, i)
		}
	}
	return only, gone, guessed
}

// method2 shuts the AuthRoot store.
func (h *host) method2() *Remedy {
	r := &Remedy{ID: Method2, Title: "keep third-party roots out by Group Policy (ProtectedRoots flag 0x8)", Source: "KB 2464556, method 2",
		References: []string{"KB 2464556", "wincrypt.h (CERT_PROT_ROOT_DISABLE_LM_AUTH_FLAG)", "KB 293781"}, Requires: h.requires()}
	setting := h.out.Settings.ProtectedRoots
	root := h.judgement.Stores.Registry(h.judgement.Case, evidence.LocalMachine, evidence.StoreRoot)
	switch {
	case !root.Collected():
		r.Applicable, r.Why = AppliesHint, "no export of "+root.String()+" was read"
		return r
	case setting.State == windows.Set && setting.Number&DisableAuthRoot != 0:
		r.Applicable, r.Why = InPlace, fmt.Sprintf("ProtectedRoots Flags is 0x%x", setting.Number)
		return r
	}
	only, gone, guessed := h.authRoot()
	if len(only) == 0 {
		r.Applicable, r.Why = NotNeeded, "no certificate of Trusted Root stands in AuthRoot only"
		return r
	}
	r.Applicable = Applies
	for _, i := range only {
		if why := h.protection(i, rootName); why != "" {
			r.Copies = append(r.Copies, i)
			for _, o := range i.All {
				delete(gone, o)
			}
		} else {
			r.Dropped = append(r.Dropped, i)
		}
	}
	w := changed(h.compute, h.base)
	w.set(windows.ProtectedRootsKey, "Flags", h.out.Settings.Flags)
	w.replace(func(o *evidence.Occurrence) *evidence.Occurrence {
		switch {
		case gone[o]:
			return nil
		case inRoot(o) && strings.EqualFold(o.Store.Physical, evidence.PhysicalAuthRoot):
			n := *o // what is copied stands in the registry store
			n.Store.Physical = evidence.PhysicalDefault
			return &n
		}
		return o
	})
	r.After = w.lists()
	r.Why = fmt.Sprintf("%s stand in AuthRoot only and would no longer be trusted; %s would stay", count(len(r.Dropped), "root"), h.staying(r.Dropped))
	if guessed {
		r.Why += ". The export does not tell the physical stores apart: what carries property 98 of the root programme is taken to stand in AuthRoot (an export of SystemCertificates by reg export would settle it)"
	}
	r.Breaks = []string{
		fmt.Sprintf("everything that chains to one of %s, for all purposes and all programs of the machine: partners' servers, signed code and drivers, mail, time stamps", count(len(r.Dropped), "root")),
		"it is not as the article says that only the Enterprise store stays trusted: the flag shuts AuthRoot alone; the registry store (.Default), Group Policy, Enterprise and smart card roots stay",
	}
	if n := len(r.Copies); n > 0 {
		r.Breaks = append(r.Breaks, fmt.Sprintf("%s in AuthRoot that Windows, the policy or a certificate seen in this case needs must be copied to the registry store first: the script does it", count(n, "root")))
	}
	r.Undo = Answer{"yes", "the certificates stay in AuthRoot; taking the flag back trusts them again"}
	r.Lasts = Answer{"yes", "it is a policy; a domain policy that sets the same value wins"}
	r.Steps = h.method2Steps(len(r.Copies))
	r.Commands = []string{`reg query "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots" /v Flags`,
		fmt.Sprintf(`reg add "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots" /v Flags /t REG_DWORD /d 0x%x /f`, h.out.Settings.Flags)}
	r.UndoCommands = []string{`reg delete "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots" /v Flags /f`}
	if setting.State == windows.Set {
		r.UndoCommands = []string{fmt.Sprintf(`reg add "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots" /v Flags /t REG_DWORD /d 0x%x /f`, setting.Number)}
	}
	return r
}

// protectedFlags is what ProtectedRoots Flags has to be: what it is, and 0x8.
// Where it is absent, Vista and later behave as with 0x20, which setting the
// value would take away.
func (h *host) protectedFlags() uint32 {
	s := windows.DWord(h.registry, windows.ProtectedRootsKey, "Flags")
	if s.State == windows.Set {
		return s.Number | DisableAuthRoot
	}
	if h.family() == "2003" {
		return DisableAuthRoot
	}
	return 0x20 | DisableAuthRoot
}

func (h *host) method2Steps(copies int) []string {
	ui := `Computer Configuration, Windows Settings, Security Settings, Public Key Policies, "Certificate Path Validation Settings", Stores: root CAs that clients can trust: "Only Enterprise Root CAs"`
	if h.family() == "2003" {
		ui = `Computer Configuration, Windows Settings, Security Settings, Public Key Policies, Trusted Root Certification Authorities, Properties: "Only Enterprise Root CAs"`
	}
	steps := []string{
		"in a domain, set it in a Group Policy object: " + ui + " (that this sets flag 0x8 is inferred from its name)",
		"elsewhere, set bit 0x8 of ProtectedRoots Flags and leave the other bits as they are",
		"restart the machine, export again and analyse",
	}
	if copies > 0 {
		steps = append([]string{fmt.Sprintf("copy the %s that must stay trusted from AuthRoot to Trusted Root's registry store", count(copies, "root"))}, steps...)
	}
	return steps
}

// staying says what stays trusted in Root, by physical store where that is known.
func (h *host) staying(dropped []*Item) string {
	out := map[[32]byte]bool{}
	for _, i := range dropped {
		out[i.SHA256] = true
	}
	n := map[string]int{}
	total := 0
	for _, i := range itemsOf(h.base, inRoot) {
		if out[i.SHA256] {
			continue
		}
		total++
		for _, p := range i.Physicals() {
			n[p]++
		}
	}
	var parts []string
	for _, p := range []string{evidence.PhysicalDefault, evidence.PhysicalGroupPolicy, evidence.PhysicalEnterprise, evidence.PhysicalSmartCard} {
		if n[p] > 0 {
			parts = append(parts, fmt.Sprintf("%d in %s", n[p], p))
		}
	}
	if len(parts) == 0 {
		return rules.Grouped(total)
	}
	return fmt.Sprintf("%s (%s)", rules.Grouped(total), strings.Join(parts, ", "))
}

// method1 removes roots.
func (h *host) method1() *Remedy {
	r := &Remedy{ID: Method1, Title: "remove roots that nobody needs", Source: "KB 2464556, method 1",
		References: []string{"KB 2464556", "KB 293781", "KB 2813430"}, Requires: h.requires()}
	if !h.gate(r) {
		return r
	}
	gone := map[*evidence.Occurrence]bool{}
	poor := 0
	for _, removal := range h.out.Removals {
		for _, row := range removal.Rows {
			for _, o := range row.All {
				gone[o] = true
			}
			if !row.CanCarry() {
				poor++
			}
		}
	}
	w := changed(h.compute, h.base)
	w.remove(gone)
	r.After = w.lists()
	for _, removal := range h.out.Removals {
		for _, l := range r.After {
			if l.Store == removal.Store && l.Binding == removal.List.Binding && l.Profile == removal.List.Profile {
				removal.After = l.Bytes
			}
		}
	}
	r.Breaks = []string{
		"everything that chains to one of these roots, for all purposes and all programs of the machine; no certificate seen in this case does" + h.openChains(),
		"roots of KB 293781 and of the policy's packs are not touched",
	}
	if len(h.open) > 0 && h.options.IncludePrivate && r.Applicable == Applies {
		r.Applicable = AppliesHint
		r.Why += "; private roots are among those to be removed, and a certificate whose chain was not exported may rest on one"
	}
	r.Undo = Answer{"with-backup", "the backup .sst holds all of them; without it an isolated machine cannot get them back"}
	if poor > 0 {
		r.Undo.Why += fmt.Sprintf(". %s came from an export without properties and would come back trusted for all purposes: export the store as .sst first", count(poor, "certificate"))
	}
	r.Lasts = h.lasts("gets a programme root back as soon as a chain asks for it")
	r.Steps = []string{
		"see that backup .sst and undo script are kept off the machine",
		"remove the certificates below from Trusted Root; the script exports those of the machine first, with their properties",
		"turn automatic root update off, or accept that programme roots return; keep the disallowed list updated all the same (EnableDisallowedCertAutoUpdate)",
		"export the store again and analyse it: the size must be the one promised",
	}
	r.Commands = []string{"certutil -delstore Root THUMBPRINT", "certutil -delstore AuthRoot THUMBPRINT"}
	r.UndoCommands = []string{"certutil -addstore Root backup.sst"}
	return r
}

// openChains says which certificates in use may rest on roots all the same,
// since their chains end before one; it is "" where there is none.
func (h *host) openChains() string {
	if len(h.open) == 0 {
		return ""
	}
	const most = 3
	var names []string
	for _, o := range h.open[:min(len(h.open), most)] {
		names = append(names, o.by.Subject+" in "+o.store)
	}
	s := strings.Join(names, "; ")
	if n := len(h.open) - most; n > 0 {
		s += fmt.Sprintf("; and %s more", rules.Grouped(n))
	}
	return fmt.Sprintf(", as far as chains were exported: %s before a root, and may rest on one of these: %s (export CA and the intermediates to settle it)",
		map[bool]string{true: "that of one certificate ends", false: "those of " + count(len(h.open), "certificate") + " end"}[len(h.open) == 1], s)
}

// deleteAuthRoot judges the wholesale delete of KB 2801679, to show it.
func (h *host) deleteAuthRoot() *Remedy {
	r := &Remedy{ID: DeleteAuthRoot, Title: "delete AuthRoot\\Certificates wholesale: not to be taken offline", Source: "KB 2801679",
		References: []string{"KB 2801679"}, Requires: h.requires()}
	root := h.judgement.Stores.Registry(h.judgement.Case, evidence.LocalMachine, evidence.StoreRoot)
	if !root.Collected() {
		r.Applicable, r.Why = AppliesHint, "no export of "+root.String()+" was read"
		return r
	}
	only, gone, guessed := h.authRoot()
	if len(gone) == 0 {
		r.Applicable, r.Why = NotNeeded, "no certificate of Trusted Root stands in AuthRoot"
		return r
	}
	w := changed(h.compute, h.base)
	w.remove(gone)
	r.After, r.Dropped = w.lists(), only
	r.Applicable = Applies
	r.Why = fmt.Sprintf("it would take all %s that stand in AuthRoot only", count(len(only), "root"))
	if guessed {
		r.Why += " (assumed: the export does not tell the physical stores apart)"
	}
	var lost []string
	for _, i := range only {
		if why := h.protection(i, rootName); why != "" {
			lost = append(lost, fmt.Sprintf("%s: %s", i.Thumbprint(), why))
		}
	}
	r.Breaks = []string{"everything that chains to any of them"}
	if len(lost) > 0 {
		r.Breaks = append(r.Breaks, count(len(lost), "root")+" that must stay: "+strings.Join(lost, "; "))
	}
	r.Undo = Answer{"no", "a connected machine fetches roots again when a chain asks for them; an isolated one has to get each back by hand (KB 2801679)"}
	r.Lasts = h.lasts("fetches the roots again, one by one")
	r.Steps = []string{"do not take it on an isolated machine: method-1 removes less, and keeps what is needed"}
	r.Commands = []string{`reg delete "HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot\Certificates" /f`}
	return r
}
