package customer

import (
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// hostOf returns the fields of the host, and why some of them are not known.
func hostOf(p *rules.Pass) (hostFields, func(field string) *gap) {
	h := hostFields{Name: p.Case.Host, OS: p.Version.Code(), Roles: slices.Clone(p.Roles), AsOf: p.AsOf}
	if h.Roles == nil {
		h.Roles = []string{}
	}
	noWindows := &gap{rules.NotChecked, "not checked: which Windows the host runs is not known: " + p.Version.Why, rules.CollectVersion}
	gaps := map[string]*gap{}
	lack := func(g *gap, fields ...string) {
		for _, f := range fields {
			if gaps[f] == nil {
				gaps[f] = g
			}
		}
	}
	if p.Version.Profile == nil {
		lack(noWindows, "os", "since2012", "server", "sent", "feedingStore", "certificates", "listBytes", "listMin", "listMax", "limit", "verdict", "mixed")
	} else {
		h.Since2012, h.Server = p.Version.Profile.Since2012(), p.Version.Profile.Server
	}
	if len(p.Lists) > 0 && p.Version.Profile != nil {
		listOf(&h, p.Lists[0], lack)
	}
	unsure := false
	for _, s := range p.Required {
		switch s.State {
		case rules.RootMissing, rules.RootDisallowed:
			h.RequiredMissing++
		case rules.RootUnsure:
			unsure = true
		}
	}
	root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
	switch {
	case !root.Collected():
		lack(&gap{rules.NotChecked, "not checked: no export of " + root.String() + " was read", rules.CollectCommand(evidence.KindCertificate)}, "requiredMissing")
	case unsure:
		lack(&gap{rules.Unknown, "some required roots were not found, and " + root.String() + " was not read whole", rules.CollectCommand(evidence.KindCertificate)}, "requiredMissing")
	}
	return h, func(field string) *gap { return gaps[field] }
}

// listOf fills in what is known of the host's trusted issuer list.
func listOf(h *hostFields, l *issuerlist.List, lack func(*gap, ...string)) {
	h.Sent, h.FeedingStore, h.Limit, h.Verdict = string(l.Sent), l.Store, l.Limit.Bytes, string(l.Verdict)
	h.Certificates, h.ListBytes, h.ListMin, h.ListMax, h.Mixed = l.Certificates, l.Bytes.Expected, l.Bytes.Min, l.Bytes.Max, l.Mixed
	if l.Sent == issuerlist.SentUnknown {
		lack(&gap{rules.NotChecked, "not checked: " + l.SentWhy, rules.CollectCommand(evidence.KindRegistry)}, "sent")
	}
	collect := rules.CollectCommand(evidence.KindCertificate)
	if !l.Collected {
		lack(&gap{rules.NotChecked, "not checked: no export of " + l.Store + " was read", collect}, "certificates", "listBytes", "listMin", "listMax", "verdict", "mixed")
	}
	if l.Verdict == issuerlist.Unknown {
		lack(&gap{rules.Unknown, "the verdict on the list is not known: " + l.VerdictWhy, collect}, "verdict")
	}
	if !l.Whole {
		lack(&gap{rules.Unknown, l.Store + " was not read whole", collect}, "certificates", "listBytes", "listMin", "listMax", "mixed")
	}
	if !l.Bytes.MinKnown {
		lack(&gap{rules.Unknown, "the least size of the list is not knowable from this export", collect}, "listMin")
	}
}

// withHost joins the gaps of a thing with those of its host.
func withHost(own, host func(string) *gap) func(string) *gap {
	return func(field string) *gap {
		if rest, ok := strings.CutPrefix(field, "host."); ok {
			return host(rest)
		}
		if own == nil {
			return nil
		}
		return own(field)
	}
}

// host asks about the host as a whole. What it rests on follows from the fields
// that the rule names: the registry, the store that feeds the list, Root.
func (r *Rule) host(p *rules.Pass) *ground {
	h, gaps := hostOf(p)
	one := &thing{env: h, gap: gaps, name: "the host", finding: rules.Finding{Subject: "host"}}
	g := &ground{subject: "host", plural: "hosts", things: []*thing{one}}
	add := func(names ...string) {
		for _, n := range names {
			if n != "" && !slices.Contains(g.searched, n) {
				g.searched = append(g.searched, n)
			}
		}
	}
	cite := func(where []evidence.Location) {
		for _, l := range where {
			add(l.Source)
			one.finding.Evidence = append(one.finding.Evidence, l)
		}
	}
	fields := slices.Clone(r.assert.fields)
	if r.when != nil {
		fields = append(fields, r.when.fields...)
	}
	for _, f := range fields {
		switch f {
		case "os", "since2012", "server":
			cite(p.Version.Evidence)
		case "requiredMissing":
			add(p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot).Sources()...)
		case "sent", "feedingStore", "certificates", "listBytes", "listMin", "listMax", "limit", "verdict", "mixed":
			if len(p.Lists) == 0 {
				continue
			}
			l := p.Lists[0]
			if f == "sent" {
				cite(l.SentEvidence)
				continue
			}
			cite(l.StoreEvidence)
			for _, e := range l.Entries {
				add(e.Where.Source)
			}
			for _, c := range l.Coverage {
				add(c.From)
			}
		}
	}
	if len(g.searched) == 0 {
		for _, s := range p.Case.Sources {
			add(s.Name)
		}
	}
	return g
}
