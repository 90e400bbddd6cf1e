package remedies

import (
	"encoding/asn1"
	"slices"
	"strconv"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A Restriction takes client authentication from a root and leaves it all else.
type Restriction struct {
	*Item
	// Store is the store that holds it.
	Store string
	// Before is the EKU property (9) as it is, and HasBefore says whether there
	// is one: without it the root is trusted for all purposes.
	Before    []byte
	HasBefore bool
	// Known says that the export carries properties, so that Before is as it is.
	Known bool
	// Purposes are those that are left, as object identifiers, and After the
	// property that names them.
	Purposes []string
	After    []byte
}

// Object identifiers that are taken away.
const (
	oidClientAuth = "1.3.6.1.5.5.7.3.2"
	oidAnyEKU     = "2.5.29.37.0"
)

// standardPurposes are what "all purposes" becomes once one of them is taken
// away: the purposes that Windows offers for a root (wincrypt.h, szOID_PKIX_KP_*
// and szOID_KP_*), but client authentication.
var standardPurposes = []string{
	"1.3.6.1.5.5.7.3.1",       // server authentication
	"1.3.6.1.5.5.7.3.3",       // code signing
	"1.3.6.1.5.5.7.3.4",       // secure e-mail
	"1.3.6.1.5.5.7.3.8",       // time stamping
	"1.3.6.1.5.5.7.3.9",       // OCSP signing
	"1.3.6.1.5.5.7.3.5",       // IPsec end system
	"1.3.6.1.5.5.7.3.6",       // IPsec tunnel
	"1.3.6.1.5.5.7.3.7",       // IPsec user
	"1.3.6.1.5.5.8.2.2",       // IPsec IKE intermediate
	"1.3.6.1.4.1.311.10.3.4",  // encrypting file system
	"1.3.6.1.4.1.311.10.3.12", // document signing
}

// restriction says what is to become of a root's purposes.
func restriction(i *Item, store string) *Restriction {
	r := &Restriction{Item: i, Store: store, Known: i.Occurrence.CanCarry}
	r.Before, r.HasBefore = i.Property(evidence.PropEnhKeyUsage)
	from := standardPurposes
	if oids, ok := evidence.OIDs(r.Before); r.HasBefore && ok {
		from = oids
	} else if i.HasEKU && i.EKU != nil {
		from = i.EKU
	}
	if slices.Contains(from, oidAnyEKU) {
		from = append(slices.Clone(from), standardPurposes...)
	}
	for _, oid := range from {
		if oid != oidClientAuth && oid != oidAnyEKU && !slices.Contains(r.Purposes, oid) {
			r.Purposes = append(r.Purposes, oid)
		}
	}
	r.After = encodeOIDs(r.Purposes)
	return r
}

// encodeOIDs makes the value of an EKU property: a DER SEQUENCE OF OBJECT
// IDENTIFIER. What cannot be encoded, as a number beyond the range of int, is
// left out, which takes one purpose more.
func encodeOIDs(list []string) []byte {
	oids := []asn1.ObjectIdentifier{}
	for _, text := range list {
		var oid asn1.ObjectIdentifier
		for part := range strings.SplitSeq(text, ".") {
			n, err := strconv.Atoi(part)
			if err != nil {
				oid = nil
				break
			}
			oid = append(oid, n)
		}
		if len(oid) >= 2 {
			oids = append(oids, oid)
		}
	}
	b, err := asn1.Marshal(oids)
	if err != nil {
		return []byte{0x30, 0}
	}
	return b
}

func (h *host) restrictPurposes() *Remedy {
	r := &Remedy{ID: RestrictPurposes, Title: "take client authentication from roots that no client needs", Source: "KB 2801679",
		References: []string{"KB 2801679", "Microsoft Learn, certutil -repairstore", "wincrypt.h (CERT_ENHKEY_USAGE_PROP_ID)"}, Requires: h.requires()}
	if !h.gate(r) {
		return r
	}
	of := map[*evidence.Occurrence]*Restriction{}
	for _, removal := range h.out.Removals {
		for _, row := range removal.Rows {
			x := restriction(row.Item, removal.Store)
			r.Restrictions = append(r.Restrictions, x)
			for _, o := range row.All {
				of[o] = x
			}
		}
	}
	w := changed(h.compute, h.base)
	w.replace(func(o *evidence.Occurrence) *evidence.Occurrence {
		x := of[o]
		if x == nil {
			return o
		}
		n := *o
		n.CanCarry = true
		n.Properties = slices.DeleteFunc(slices.Clone(o.Properties), func(p evidence.Property) bool { return p.ID == evidence.PropEnhKeyUsage })
		n.Properties = append(n.Properties, evidence.Property{ID: evidence.PropEnhKeyUsage, Value: x.After})
		return &n
	})
	r.After = w.lists()
	r.Breaks = []string{
		"clients whose certificates chain to one of these roots can no longer authenticate; no certificate seen in this case does",
		"nothing else: servers' certificates, signed code and mail that chain to them stay trusted",
	}
	all := 0
	for _, x := range r.Restrictions {
		if x.Known && !x.HasBefore {
			all++
		}
	}
	if all > 0 {
		r.Breaks = append(r.Breaks, count(all, "root")+" of the set had all purposes and would have the usual ones: a purpose of a company's own is lost")
	}
	r.Undo = Answer{"yes", "the roots stay in the store; the undo INF gives each its purposes back"}
	if slices.ContainsFunc(r.Restrictions, func(x *Restriction) bool { return !x.Known }) {
		r.Undo = Answer{"depends", "the export carries no properties, so the purposes of now are not known: export the store as .sst first"}
	}
	r.Lasts = h.lasts("keeps the purposes only until the root list is fetched again and gives the root its own (inferred)")
	if h.family() == "2003" {
		r.Steps = []string{
			"certutil of Windows Server 2003 is not documented to take an INF of properties: open each certificate below in the Certificates snap-in, Properties, \"Enable only the following purposes\", and clear Client Authentication",
			"restart the services that use Schannel, or the machine",
		}
		return r
	}
	r.Steps = []string{
		"set the EKU property (9) of each certificate below to its purposes without client authentication",
		"export the store as .sst again and analyse it: the size must be the one promised",
		"restart the services that use Schannel, or the machine",
	}
	r.Commands = []string{"certutil -repairstore Root THUMBPRINT restrict-N.inf"}
	r.UndoCommands = []string{"certutil -repairstore Root THUMBPRINT undo-restrict-N.inf"}
	return r
}

// lasts answers whether root update undoes a change to programme roots.
func (h *host) lasts(what string) Answer {
	switch on, known, why := h.rootUpdate(); {
	case !on:
		return Answer{"yes", why}
	case known:
		return Answer{"no", why + ": a machine that can reach the list " + what + "; turn it off too (DisableRootAutoUpdate), or see that nothing reaches it"}
	default:
		return Answer{"depends", why + ": where it is, a machine that can reach the list " + what}
	}
}

// gate decides what a remedy that acts on the removal sets depends on, and
// reports whether it is to be judged further.
func (h *host) gate(r *Remedy) bool {
	short := slices.IndexFunc(h.out.Removals, func(x *Removal) bool { return !x.Reached })
	switch {
	case h.incomplete() != "":
		r.Applicable, r.Why = AppliesHint, h.incomplete()
		return false
	case len(h.out.Removals) == 0:
		r.Applicable, r.Why = NotNeeded, "every list is within its target already"
		return false
	case short >= 0:
		r.Applicable, r.Why = AppliesNot, h.out.Removals[short].Summary()
		return false
	}
	var parts []string
	for _, x := range h.out.Removals {
		parts = append(parts, x.Store+": "+x.Summary())
	}
	r.Applicable, r.Why = Applies, strings.Join(parts, "; ")
	return true
}
