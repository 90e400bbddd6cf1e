package remedies

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// A Member is a root that belongs into a store of client authentication issuers.
type Member struct {
	*Item
	Why string
}

// dedicatedStore plans a ClientAuthIssuer store. Its members are the listed
// roots that certificates seen in this case chain to, and the private ones,
// which is where clients of a company and its partners come from; where these
// together are too many, the former alone.
func (h *host) dedicatedStore() *Remedy {
	r := &Remedy{ID: DedicatedStore, Title: "a store of its own for the issuers of clients (ClientAuthIssuer)", Source: "What's new in TLS/SSL (Schannel SSP)",
		References: []string{"What's new in TLS/SSL (Schannel SSP)", "Microsoft Learn, netsh http add sslcert"}, Requires: h.requires()}
	since, known := h.since2012()
	switch {
	case known && !since:
		r.Applicable, r.Why = AppliesNot, "only from Windows 8 and Server 2012 on a list is made from another store than Trusted Root"
		return r
	case !known:
		r.Applicable, r.Why = AppliesHint, "the operating system is unknown; it needs Windows 8, Server 2012 or later"
		return r
	}
	first := h.lists[0]
	if first.Store == evidence.LocalMachine+`\`+evidence.StoreClientAuthIssuer {
		r.Applicable, r.Why = InPlace, "ClientAuthIssuer feeds the list already"
		return r
	}
	if !first.Collected {
		r.Applicable, r.Why = AppliesHint, "no export of "+first.Store+" was read"
		return r
	}
	r.Members = h.members(first)
	if len(r.Members) == 0 {
		r.Applicable, r.Why = AppliesHint, "nothing in this case tells which issuers the clients have; name the roots that clients' certificates chain to, and put those into the store"
		return r
	}
	r.Applicable = Applies
	r.Why = fmt.Sprintf("%s of Trusted Root would be enough, by what this case shows; check the selection against the clients that are to be let in", count(len(r.Members), "root"))
	w := changed(h.compute, h.base)
	var list []*evidence.Occurrence
	for _, m := range r.Members {
		list = append(list, m.Occurrence)
	}
	w.add(list, evidence.StoreClientAuthIssuer)
	r.After = w.lists()
	r.Breaks = []string{
		"clients whose issuer is not in the store: with ClientAuthTrustMode 0 (the default) the issuer of a client's certificate must be in the list",
		"nothing else: Trusted Root stays as it is, and a root must stand there too to be trusted",
	}
	r.Undo = Answer{"yes", "the roots stay in Trusted Root; emptying the store undoes it"}
	r.Lasts = Answer{"yes", "root update does not write to this store"}
	r.Steps = []string{
		"import clientauthissuer.sst into Client Authentication Issuers of the local computer",
		"administrators report that on Windows Server 2016 http.sys uses the store only where the binding names it: set sslctlstorename=ClientAuthIssuer on each binding that asks for client certificates",
		"restart the services that use Schannel, or the machine",
	}
	r.Commands = []string{
		`certutil -addstore ClientAuthIssuer clientauthissuer.sst`,
		"netsh http show sslcert",
	}
	r.UndoCommands = []string{"certutil -delstore ClientAuthIssuer THUMBPRINT"}
	for _, b := range h.bindings() {
		r.Commands = append(r.Commands, b.commands("sslctlstorename=ClientAuthIssuer")...)
		r.UndoCommands = append(r.UndoCommands, b.commands("")...)
	}
	return r
}

// members chooses the roots of the store.
func (h *host) members(l *issuerlist.List) []*Member {
	items := map[[32]byte]*Item{}
	for _, i := range itemsOf(h.base, inRoot) {
		items[i.SHA256] = i
	}
	size := func(list []*Member) int {
		n := issuerlist.SystemMapperBytes
		for _, m := range list {
			n += issuerlist.PrefixBytes + len(m.SubjectDER)
		}
		return n
	}
	var anchors, all []*Member
	for _, e := range l.Entries {
		i := items[e.SHA256]
		if i == nil || !e.Counted.Listed() || !e.SelfIssued() {
			continue
		}
		if a, ok := h.anchors[e.SHA256]; ok {
			m := &Member{i, a.words(i, h.judgement.Case.Host)}
			anchors, all = append(anchors, m), append(all, m)
			continue
		}
		if class, _ := h.programme.of(i); class == Private && (i.NotAfter.IsZero() || !i.NotAfter.Before(h.criteria.AsOf)) {
			all = append(all, &Member{i, "it is private and trusted for client authentication"})
		}
	}
	if size(all) <= Target(l.Limit.Bytes, h.options.Headroom) {
		return all
	}
	return anchors
}

// A binding is an http.sys binding whose values are safe to be written into a
// command.
type binding struct {
	address, hash, app string
}

var (
	bindingAddress = regexp.MustCompile(`^(\d{1,3}(\.\d{1,3}){3}|\[[0-9A-Fa-f:.]{2,45}\]):\d{1,5}$`)
	applicationID  = regexp.MustCompile(`^\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$`)
)

// bindings reads the bindings whose address, certificate hash and application
// were exported and are of the right form. Others are left to be found by hand.
func (h *host) bindings() []binding {
	parent := windows.SSLBindingKey(h.registry)
	var list []binding
	for _, k := range h.registry.Subkeys(parent) {
		b := binding{address: k.Key[len(parent)+1:]}
		if v := h.registry.Value(k.Key, "SslCertHash"); v != nil && v.Type == evidence.RegBinary && len(v.Data) == 20 {
			b.hash = fmt.Sprintf("%x", v.Data)
		}
		if v := h.registry.Value(k.Key, "AppId"); v != nil {
			b.app = guid(v)
		}
		if bindingAddress.MatchString(b.address) && b.hash != "" && applicationID.MatchString(b.app) {
			list = append(list, b)
		}
	}
	return list
}

// guid reads an application's identifier, which is binary or text.
func guid(v *evidence.RegistryValue) string {
	if s, ok := v.Text(); ok {
		return s
	}
	if b := v.Data; v.Type == evidence.RegBinary && len(b) == 16 {
		return fmt.Sprintf("{%02x%02x%02x%02x-%02x%02x-%02x%02x-%x-%x}", b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8:10], b[10:16])
	}
	return ""
}

// commands makes a binding anew. What the binding sets besides has to be taken
// over from netsh http show sslcert.
func (b binding) commands(more string) []string {
	return []string{
		"netsh http delete sslcert ipport=" + b.address,
		strings.TrimSpace(fmt.Sprintf("netsh http add sslcert ipport=%s certhash=%s appid=%s %s", b.address, b.hash, b.app, more)),
	}
}
