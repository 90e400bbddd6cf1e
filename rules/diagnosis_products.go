package rules

import (
	"fmt"
	"slices"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// A ProductDiagnosis says what the verdict means for one product of a host.
type ProductDiagnosis struct {
	// Product is its name, with the server role for Exchange.
	Product string
	// Role is one that --role takes; Basis is "stated", or "suggested" by
	// events, and Why says by which.
	Role, Basis, Why string
	Verdict          Truncation
	Summary          string
	Evidence         []evidence.Location
}

// products are those of KB 2464556, and servers that ask for client
// certificates in the same way.
var products = []struct {
	role, name string
	// client says that the product on this host is the peer that reads a list.
	client bool
	says   string
}{
	{"exchange", "Exchange Server, Client Access", false, "named in KB 2464556; clients that sign in with certificates depend on the list"},
	{"exchange", "Exchange Server, Mailbox", false, "named in KB 2464556; servers that authenticate each other by certificate depend on the list"},
	{"exchange", "Exchange Server, Unified Messaging", false, "named in KB 2464556; OCS and Lync, which connect with their certificates, depend on the list"},
	{"ocs", "Office Communications Server", false, "named in KB 2464556; servers and clients that connect with certificates depend on the list"},
	{"communicator", "Office Communicator", true, "named in KB 2464556"},
	{"live-meeting", "Live Meeting 2007", true, "named in KB 2464556"},
	{"lync-server", "Lync Server", false, "named in KB 2464556; servers and clients that connect with certificates depend on the list"},
	{"lync-client", "Lync client", true, "named in KB 2464556"},
	{"skype-server", "Skype for Business Server", false, "Lync Server's successor; servers and clients that connect with certificates depend on the list"},
	{"iis", "Internet Information Services", false, "sites that ask for client certificates depend on the list of their binding"},
	{"nps", "Network Policy Server", false, "EAP-TLS and PEAP clients with certificates depend on the list"},
	{"adfs", "Active Directory Federation Services", false, "sign-in with certificates depends on the list"},
}

// products applies the verdict to each product whose role is stated or
// suggested.
func (s *signs) products(v Truncation) []ProductDiagnosis {
	basis, why := map[string]string{}, map[string]string{}
	for _, r := range s.j.Roles {
		basis[r], why[r] = "stated", "stated"
	}
	for _, r := range SuggestedRoles(s.j.Case) {
		if basis[r.Role] == "" {
			basis[r.Role], why[r.Role] = "suggested", r.Why
		}
	}
	var list []ProductDiagnosis
	for _, p := range products {
		if basis[p.role] == "" {
			continue
		}
		d := ProductDiagnosis{Product: p.name, Role: p.role, Basis: basis[p.role], Why: why[p.role], Verdict: v}
		d.Summary = fmt.Sprintf("%s: %s", v, p.says)
		if p.client {
			s.asClient(&d, p.says)
		} else {
			s.asServer(&d)
		}
		list = append(list, d)
	}
	return list
}

// asClient judges a product that reads the lists of other hosts.
func (s *signs) asClient(d *ProductDiagnosis, says string) {
	d.Verdict = Undetermined
	d.Summary = "undetermined: " + says + "; as a client it depends on the lists of the servers that it connects to, and not on this host's: their exports are needed"
	if g := ownEvents(s.j.Case, 36875, schannelProvider); g != nil {
		d.Verdict, d.Evidence = Possible, sampleLocations(g)
		d.Summary = fmt.Sprintf("possible: %s; %s a server asked this host for a certificate and none fitted (Schannel 36875), which is the client's half of a cut list; the server's exports would tell", says, times(g.Count))
	}
}

// asServer adds what the product itself shows.
func (s *signs) asServer(d *ProductDiagnosis) {
	for _, sym := range symptoms {
		own := sym.role == d.Role || (sym.role == "lync-server" && d.Role == "skype-server")
		if g := ownEvents(s.j.Case, sym.id, sym.provider); g != nil && own && (d.Role != "exchange" || d.Product == "Exchange Server, Unified Messaging") {
			d.Evidence = append(d.Evidence, sampleLocations(g)...)
			d.Summary += fmt.Sprintf("; it logged %s %d %s (%s)", sym.provider, sym.id, times(g.Count), sym.says)
		}
	}
	since2012 := s.j.Version.Profile != nil && s.j.Version.Profile.Since2012()
	mixed := slices.ContainsFunc(s.j.Lists, func(l *issuerlist.List) bool { return l.Mixed })
	switch d.Role {
	case "lync-server", "skype-server":
		if mixed {
			d.Summary += "; its Front-End service does not start on Server 2012 and later while a CA-issued certificate stands in Root (KB 2795828)"
		}
	case "nps":
		if len(s.denied) > 0 {
			d.Evidence = append(d.Evidence, s.denied...)
			d.Summary += "; it denied access for reason 266"
		}
	case "iis":
		if mixed {
			d.Summary += "; sites answer 403.7 or 403.16 while a CA-issued certificate stands in Root (KB 2802568)"
		}
		for _, l := range s.j.Lists {
			if l.Binding != "" {
				d.Summary += fmt.Sprintf("; the list of binding %s comes from %s and is %s", l.Binding, l.Store, l.Verdict)
			}
		}
	case "adfs":
		if mixed {
			d.Summary += "; a certificate in Root that is no root keeps its list from being made (a Microsoft support blog)"
		}
		if since2012 && d.Verdict == Unlikely && slices.ContainsFunc(s.j.Lists, func(l *issuerlist.List) bool {
			return l.Sent == issuerlist.SentNo && (l.Verdict == issuerlist.Over || l.Verdict == issuerlist.LikelyOver)
		}) {
			d.Verdict = Possible
			d.Summary = "possible: sign-in with certificates depends on the list, which would be over its limit; AD FS and Web Application Proxy are said to send it whatever the default is (a Microsoft support blog; not documented)"
		}
	}
}
