package issuerlist

import (
	"fmt"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/stores"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// A Date is the time that a judgement is made for.
type Date = time.Time

// era is the Windows that a list is computed for. Where the operating system is
// unknown, profile is nil and since2012 says which half of history is meant.
type era struct {
	profile   *data.OSProfile
	since2012 bool
	label     string
}

// Compute returns the lists of a host: the default list first, then one for
// each http.sys binding that names a store of its own. For an unknown operating
// system it returns the default list twice, for ProfileTo2008R2 and then for
// ProfileSince2012.
func Compute(h Host) []*List {
	view := stores.New(h.Case)
	eras := []era{{label: ProfileTo2008R2}, {since2012: true, label: ProfileSince2012}}
	if p := h.Version.Profile; p != nil {
		eras = []era{{profile: p, since2012: p.Since2012()}}
	}
	var lists []*List
	for _, e := range eras {
		lists = append(lists, compute(h, view, e, binding{}))
	}
	for _, e := range eras {
		if !e.since2012 {
			continue
		}
		for _, b := range bindings(h.Case.Registry) {
			lists = append(lists, compute(h, view, e, b))
		}
	}
	return lists
}

func compute(h Host, view *stores.View, e era, b binding) *List {
	l := &List{Host: h.Case.Host, Binding: b.name, Profile: e.label}
	l.findSent(h, e)
	l.findLimit(h, e)
	store := l.findStore(h, view, e, b)
	l.count(h, e, view, store)
	l.measure()
	l.judge()
	l.addNotes(h, e)
	return l
}

// findSent answers step 1: is a list sent at all?
func (l *List) findSent(h Host, e era) {
	s := windows.DWord(h.Case.Registry, windows.SchannelKey(h.Case.Registry), "SendTrustedIssuerList")
	l.SentEvidence = s.Evidence()
	byDefault, when := SentYes, "up to Windows Server 2008 R2"
	if e.since2012 {
		byDefault, when = SentNo, "from Windows Server 2012 on"
	}
	switch s.State {
	case windows.Set:
		l.Sent = SentYes
		if s.Number == 0 {
			l.Sent = SentNo
		}
		l.SentWhy = fmt.Sprintf("SendTrustedIssuerList is %d", s.Number)
		if s.Number > 1 {
			l.SentWhy += " (any number but 0 is taken as 1: inferred)"
		}
	case windows.Absent:
		l.Sent = byDefault
		l.SentWhy = fmt.Sprintf("SendTrustedIssuerList is absent, so the default %s applies", when)
	case windows.WrongType:
		l.Sent = byDefault
		l.SentWhy = fmt.Sprintf("SendTrustedIssuerList is of type %s and counts as absent, so the default %s applies", s.Value.Type, when)
	default:
		l.Sent = SentUnknown
		l.SentWhy = fmt.Sprintf("%s (the default %s is %s)", s.Missing("SCHANNEL"), when, byDefault)
	}
	for _, o := range s.Replaced {
		l.SentWhy += fmt.Sprintf("; but the exports do not agree: %s:%d says otherwise", o.Where.Source, o.Where.Line)
	}
}

// findLimit answers step 5: which limit holds?
func (l *List) findLimit(h Host, e era) {
	switch {
	case h.LimitBytes != 0:
		l.Limit = Limit{h.LimitBytes, "policy", h.LimitCitation}
	case e.profile != nil:
		l.Limit = Limit{e.profile.Limit, e.profile.LimitBasis, e.profile.LimitCitation}
		if e.since2012 && !strings.Contains(l.Limit.Citation, "2464556") {
			l.Limit.Citation += `; KB 2464556 says that Windows Server 2012 "does not support the Schannel CTL functionality"`
		}
	case e.since2012:
		l.Limit = Limit{16384, "assumed", `What's new in TLS/SSL (Schannel SSP); KB 2464556 says that Windows Server 2012 "does not support the Schannel CTL functionality"`}
	default:
		l.Limit = Limit{16384, "assumed", "KB 2464556: 16,384 bytes on 2008, 2008 R2 and patched 2003; 12,288 on Windows Server 2003"}
	}
}

// findStore answers step 2: which store feeds the list?
func (l *List) findStore(h Host, view *stores.View, e era, b binding) *stores.Store {
	reg := h.Case.Registry
	root := view.Registry(h.Case, evidence.LocalMachine, evidence.StoreRoot)
	prot := windows.DWord(reg, windows.ProtectedRootsKey, "Flags")
	if len(prot.NotWhole) > 0 {
		l.Notes = append(l.Notes, prot.Missing("ProtectedRoots")+": whether its Flags leave the AuthRoot physical store out is not known")
	}
	if prot.State == windows.Set && prot.Number&0x8 != 0 {
		root = root.WithoutAuthRoot()
		l.Notes = append(l.Notes, "ProtectedRoots Flags has bit 0x8: the AuthRoot physical store is left out (a logical export of Root already shows what that leaves)")
	}
	if !e.since2012 {
		return l.feed(root, "documented", "up to Windows Server 2008 R2 the list is made from Trusted Root (KB 2801679)", nil)
	}
	if b.name != "" {
		s := root
		if b.store != evidence.StoreRoot {
			s = view.Named(h.Case, b.store)
		}
		if !s.Collected() || len(s.Occurrences) > 0 || !s.Whole() {
			return l.feed(s, "documented", fmt.Sprintf("the http.sys binding %s names this store (DefaultSslCtlStoreName)", b.name), []evidence.Location{b.where})
		}
		l.Notes = append(l.Notes, fmt.Sprintf("the store %s that binding %s names is empty, so the next in order feeds the list", b.store, b.name))
	}
	issuers := view.Registry(h.Case, evidence.LocalMachine, evidence.StoreClientAuthIssuer)
	switch {
	case len(issuers.Occurrences) > 0 || (issuers.Collected() && !issuers.Whole()):
		return l.feed(issuers, "documented", "Client Authentication Issuers (ClientAuthIssuer) is not empty and comes before Trusted Root (What's new in TLS/SSL)", nil)
	case issuers.Collected():
		return l.feed(root, "documented", "ClientAuthIssuer was collected and is empty, so Trusted Root feeds the list (What's new in TLS/SSL)", nil)
	}
	return l.feed(root, "assumed", "ClientAuthIssuer was not collected and is taken to be empty, so Trusted Root feeds the list", nil)
}

func (l *List) feed(s *stores.Store, basis, why string, where []evidence.Location) *stores.Store {
	l.Store, l.Basis, l.StoreWhy, l.StoreEvidence = s.String(), basis, why, where
	l.Collected, l.Whole, l.Broken = s.Collected(), s.Whole(), s.Broken
	for _, p := range s.Physicals {
		l.Coverage = append(l.Coverage, Coverage{p.Name, p.Collected, p.From, p.Note})
	}
	return s
}

// measure answers step 4: how many bytes?
func (l *List) measure() {
	names, yes, listed := map[string]bool{}, map[string]bool{}, map[string]bool{}
	poor := false
	for _, e := range l.Entries {
		l.Certificates++
		poor = poor || !e.CanCarry
		if e.NameBytes == 0 {
			continue
		}
		name := string(e.SubjectDER)
		l.Sums.DER += e.NameBytes
		l.Sums.Wire += PrefixBytes + e.NameBytes
		if !names[name] {
			names[name] = true
			l.Subjects++
			l.Sums.DERDistinct += e.NameBytes
			l.Sums.WireDistinct += PrefixBytes + e.NameBytes
		}
		if e.Counted == Yes && !yes[name] {
			yes[name] = true
			l.Bytes.Min += e.NameBytes
		}
		if e.Counted.Listed() && !listed[name] {
			listed[name] = true
			l.Bytes.Expected += PrefixBytes + e.NameBytes
		}
		if e.Counted != No {
			l.Bytes.Max += max(e.listed, 1) * (PrefixBytes + e.NameBytes)
		}
	}
	l.Bytes.Max += SystemMapperBytes
	l.Bytes.MinKnown = len(yes) > 0 || !poor
}

// judge answers step 6: the verdict, on size alone.
func (l *List) judge() {
	limit := l.Limit.Bytes
	switch {
	case l.Bytes.Min > limit:
		l.Verdict = Over
		l.VerdictWhy = "even the least that can be sent is over the limit"
	case !l.Collected:
		l.Verdict = Unknown
		l.VerdictWhy = "no export of " + l.Store + " was read"
	case !l.Whole:
		l.Verdict = Unknown
		l.VerdictWhy = l.Store + " was not read whole: " + l.incompleteWhy()
	case l.Bytes.Max <= limit:
		l.Verdict = Under
		l.VerdictWhy = "even the most that can be sent is within the limit"
	case l.Bytes.Expected > limit:
		l.Verdict = LikelyOver
		l.VerdictWhy = "the expected size is over the limit; " + l.settle()
	default:
		l.Verdict = LikelyUnder
		l.VerdictWhy = "the expected size is within the limit, the greatest possible is not; " + l.settle()
	}
}

func (l *List) incompleteWhy() string {
	if len(l.Broken) > 0 {
		return strings.Join(l.Broken, ", ") + " broke off"
	}
	var missing []string
	for _, c := range l.Coverage {
		if !c.Collected {
			missing = append(missing, c.Physical)
		}
	}
	return "not collected: " + strings.Join(missing, ", ")
}

// settle says what would decide between the bounds.
func (l *List) settle() string {
	for _, e := range l.Entries {
		if !e.CanCarry {
			return "an export with properties (.sst, or the registry keys) would settle which roots are trusted for client authentication"
		}
	}
	return "Microsoft does not document whether the limit counts the two length bytes of each name; event Schannel 36885 on the host, logged with EventLogging 3 or more, would settle it"
}

func (l *List) addNotes(h Host, e era) {
	if e.profile == nil {
		l.Notes = append(l.Notes, "the operating system is unknown: --os states it")
	}
	if e.profile != nil && e.profile.Family == "2003" && l.Sent == SentNo && e.profile.Code != "2003sp2-hotfix" {
		l.Notes = append(l.Notes, "KB 933430 documents SendTrustedIssuerList for Windows Server 2003 only with hotfix 933430")
	}
	if !e.since2012 {
		for _, b := range bindings(h.Case.Registry) {
			l.Notes = append(l.Notes, fmt.Sprintf("the http.sys binding %s names a list of its own (store %s); it is not computed", b.name, b.store))
		}
	}
	if cut := h.Case.Registry.NotWhole(windows.SSLBindingKey(h.Case.Registry)); e.since2012 && l.Binding == "" && len(cut) > 0 {
		l.Notes = append(l.Notes, fmt.Sprintf("%s was not read whole: an http.sys binding that names a store of its own may be missing", cut[0].Where.Source))
	}
	if e.profile != nil && (e.profile.Code == "2022" || e.profile.Code == "2025" || e.profile.Code == "11") {
		l.Notes = append(l.Notes, "no document gives the limit under TLS 1.3, where the list is an extension of its own (RFC 8446 section 4.2.4)")
	}
	if e.since2012 && l.Sent != SentYes {
		l.Notes = append(l.Notes, "AD FS and Web Application Proxy are said to send the list whatever the default is (a Microsoft support blog; not documented)")
	}
	for _, en := range l.Entries {
		if v, ok := en.Property(evidence.PropSendAsTrusted); ok && len(v) > 0 && v[0] != 0 {
			l.Notes = append(l.Notes, "a certificate has property 102 (SendAsTrustedIssuer); Microsoft does not document what it does to the list: "+en.Thumbprint())
		}
	}
}

// A binding is an http.sys binding that names a store for its list.
type binding struct {
	name, store string
	where       evidence.Location
}

// bindings reads SslBindingInfo; the registry calls DefaultSslCtlStoreName what
// netsh calls sslctlstorename.
func bindings(r *evidence.Registry) []binding {
	parent := windows.SSLBindingKey(r)
	prefix := evidence.FoldKey(parent) + `\`
	var list []binding
	for _, v := range r.Values() {
		if !strings.EqualFold(v.Name, "DefaultSslCtlStoreName") || !strings.HasPrefix(evidence.FoldKey(v.Key), prefix) {
			continue
		}
		store, ok := v.Text()
		if store = strings.TrimSpace(store); !ok || store == "" {
			continue
		}
		list = append(list, binding{v.Key[len(prefix):], canonicalStore(store), v.Where})
	}
	return list
}

func canonicalStore(name string) string {
	for _, s := range []string{evidence.StoreRoot, evidence.StoreCA, evidence.StoreMy, evidence.StoreClientAuthIssuer} {
		if strings.EqualFold(s, name) {
			return s
		}
	}
	return name
}
