package issuerlist

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/stores"
)

// Object identifiers of extended key usages.
const (
	oidClientAuth = "1.3.6.1.5.5.7.3.2"
	oidAnyEKU     = "2.5.29.37.0"
)

// count answers step 3: which certificates are in the list?
func (l *List) count(h Host, e era, view *stores.View, s *stores.Store) {
	disallowed := view.Get(evidence.LocalMachine, evidence.StoreDisallowed)
	certs := s.Certificates()
	l.Mixed = e.since2012 && s.Location == evidence.LocalMachine && s.Name == evidence.StoreRoot && mixed(certs)
	places := s.Places()
	distrusted := map[[20]byte]bool{}
	for _, o := range disallowed.Occurrences {
		distrusted[o.SHA1] = true
	}
	for _, o := range certs {
		entry := Entry{Occurrence: o, NameBytes: len(o.SubjectDER)}
		entry.countPlaces(places[o.SHA256], func(o *evidence.Occurrence) (Count, string) {
			return l.countOne(h, e, o, distrusted[o.SHA1])
		})
		if doubt := s.Doubt(o.SHA256); doubt != "" {
			switch entry.Counted {
			case Yes:
				entry.Counted, entry.Why = AssumedYes, entry.Why+"; but "+doubt
			case No:
			default:
				entry.Why += "; and " + doubt
			}
		}
		l.Entries = append(l.Entries, entry)
	}
}

// countPlaces judges a certificate in each of its places. The logical store
// enumerates each of its physical stores, with the properties that the
// certificate has there (Microsoft Learn, "System Store Locations"): where the
// places agree, that is the count. Where they do not, the name is taken to be in
// the list if any place puts it there. That is an assumption, since it is not
// documented whether Schannel judges each place by itself.
func (n *Entry) countPlaces(places []stores.Place, judge func(*evidence.Occurrence) (Count, string)) {
	type judgement struct {
		count     Count
		why, name string
	}
	var all []judgement
	judged := map[*evidence.Occurrence]Count{}
	for _, p := range places {
		for _, o := range p.Occurrences {
			if n.CanCarry && !o.CanCarry {
				continue // an export that says less of the same certificate
			}
			count, why := judge(o)
			judged[o] = count
			name := o.Store.Physical
			if name == "" || len(p.Occurrences) > 1 {
				name = o.Where.Source
			}
			j := judgement{count, why, name}
			if !slices.Contains(all, j) {
				all = append(all, j)
			}
		}
	}
	n.Times = stores.Count(places, func(stores.Place) bool { return true })
	n.listed = stores.Count(places, func(p stores.Place) bool {
		return slices.ContainsFunc(p.Occurrences, func(o *evidence.Occurrence) bool {
			count, ok := judged[o]
			return !ok || count != No
		})
	})
	n.Counted, n.Why = judge(n.Occurrence)
	if !slices.ContainsFunc(all, func(j judgement) bool { return j.count != n.Counted }) {
		return
	}
	slices.SortStableFunc(all, func(a, b judgement) int { return cmp.Compare(a.name, b.name) })
	n.Counted = AssumedNo
	var words []string
	for _, j := range all {
		if j.count.Listed() {
			n.Counted = AssumedYes
		}
		if w := fmt.Sprintf("in %s: %s", j.name, j.why); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	n.Why = "its places differ and Microsoft does not document which one Schannel goes by (" + strings.Join(words, "; ") + ")"
}

// mixed reports whether a store holds a certificate that a CA issued. The test
// is the one that Microsoft gives: issuer and subject differ (KB 2802568).
func mixed(certs []*evidence.Occurrence) bool {
	return slices.ContainsFunc(certs, CAIssued)
}

// CAIssued reports whether a certificate is known to have been issued by
// another: both names were read, and they differ.
func CAIssued(o *evidence.Occurrence) bool {
	return len(o.SubjectDER) > 0 && len(o.IssuerDER) > 0 && !o.SelfIssued()
}

func (l *List) countOne(h Host, e era, o *evidence.Occurrence, distrusted bool) (Count, string) {
	switch n := len(o.SubjectDER); {
	case n == 0:
		return No, "its subject cannot be found"
	case n > MaxName:
		return No, fmt.Sprintf("its subject is %d bytes long; a name in the list has at most %d", n, MaxName)
	}
	if l.Mixed && o.SelfIssued() {
		return No, "Root also holds certificates that a CA issued: from 2012 on only those are sent (What's new in TLS/SSL)"
	}
	c, why := eligible(o, h.Tables)
	if _, archived := o.Property(evidence.PropArchived); archived {
		return No, "it is archived (property 19)"
	}
	if c == No {
		return c, why
	}
	c, why = restrict(e, h, o, c, why)
	if c.Listed() && distrusted {
		return AssumedNo, "it stands in Disallowed too"
	}
	if c == Yes && !o.NotAfter.IsZero() && o.NotAfter.Before(h.AsOf) {
		return AssumedYes, "it expired on " + o.NotAfter.UTC().Format("2006-01-02") + "; Microsoft does not document that Schannel leaves expired roots out"
	}
	return c, why
}

// eligible says whether a certificate is trusted for client authentication.
func eligible(o *evidence.Occurrence, t *data.Tables) (Count, string) {
	if !o.CanCarry {
		return eligibleWithoutProperties(o, t)
	}
	prop, hasProp := o.Property(evidence.PropEnhKeyUsage)
	var propOIDs []string
	propRead := true
	if hasProp && len(prop) > 0 {
		propOIDs, propRead = evidence.OIDs(prop)
	}
	extRead := !o.HasEKU || o.EKU != nil
	switch {
	case hasProp && propRead && len(propOIDs) == 0:
		return No, "its EKU property (9) is empty: it is trusted for no purpose"
	case hasProp && propRead && !allows(propOIDs):
		return No, "its EKU property (9) leaves client authentication out"
	case o.HasEKU && extRead && !allows(o.EKU):
		return No, "its EKU extension leaves client authentication out"
	case !propRead:
		return AssumedYes, "its EKU property (9) cannot be decoded"
	case !extRead:
		return AssumedYes, "its EKU extension cannot be decoded"
	case hasProp && o.HasEKU:
		return Yes, "its EKU property (9) and its EKU extension name client authentication"
	case hasProp:
		return Yes, "its EKU property (9) names client authentication"
	case o.HasEKU:
		return Yes, "its EKU extension names client authentication"
	}
	return Yes, "it is restricted by no EKU: trusted for all purposes"
}

func eligibleWithoutProperties(o *evidence.Occurrence, t *data.Tables) (Count, string) {
	if o.HasEKU && o.EKU != nil && !allows(o.EKU) {
		return No, "its EKU extension leaves client authentication out"
	}
	if p := t.Programme[o.Thumbprint()]; p != nil {
		if p.ClientAuth {
			return AssumedYes, "the export carries no properties; Microsoft's root list of " + t.ProgrammeDate + " gives it client authentication"
		}
		return AssumedNo, "the export carries no properties; Microsoft's root list of " + t.ProgrammeDate + " does not give it client authentication"
	}
	return AssumedYes, "the export carries no properties, and the root is not in Microsoft's root list"
}

// allows reports whether usages name client authentication or any usage.
func allows(oids []string) bool {
	return slices.Contains(oids, oidClientAuth) || slices.Contains(oids, oidAnyEKU)
}

// restrict applies what the root programme says of a root, which Windows
// honours from Windows 10 and Server 2016 on (Microsoft's root programme
// notes: "not available on versions prior to Windows 10").
func restrict(e era, h Host, o *evidence.Occurrence, c Count, why string) (Count, string) {
	if !e.since2012 || (e.profile != nil && !e.profile.Since10()) {
		return c, why
	}
	sure := e.profile != nil
	if v, ok := o.Property(evidence.PropDisallowedEKU); ok {
		if oids, ok := evidence.OIDs(v); ok && allows(oids) {
			if sure {
				return No, "the root programme takes client authentication away (property 122)"
			}
			return AssumedYes, "the root programme takes client authentication away (property 122), which only Windows 10 and later honour"
		}
	}
	if v, ok := o.Property(evidence.PropDisabled); ok && disabledBy(v, h) {
		if sure {
			return AssumedNo, "the root programme disabled it (property 104)"
		}
		return AssumedYes, "the root programme disabled it (property 104), which only Windows 10 and later honour"
	}
	_, from := o.Property(evidence.PropNotBefore)
	_, eku := o.Property(evidence.PropNotBeforeEKU)
	if (from || eku) && c == Yes {
		return AssumedYes, "the root programme restricts it to certificates issued before a date (properties 126, 127)"
	}
	return c, why
}

// disabledBy reports whether property 104 is in force: empty means since
// forever, else it holds a FILETIME.
func disabledBy(v []byte, h Host) bool {
	t, ok := evidence.FileTime(v)
	return !ok || !t.After(h.AsOf)
}
