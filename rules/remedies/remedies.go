// Package remedies judges, for a host, what can be done about its trusted
// issuer list: the three methods of KB 2464556, the gentler ones, and the one
// that an isolated machine should not take. Each is applied to a copy of the
// host's evidence and measured by issuerlist.Compute, the function that
// measured the list before, so that a promised size is a measured one.
//
// The package reads and writes no file and runs no command; package scripts
// makes the files that an administrator runs.
//
// Sources: KB 2464556 (the methods), KB 293781 (roots that must stay), KB
// 2801679 (the wholesale delete), KB 2880390 (Windows 8 and Server 2012), KB
// 933430 (Windows Server 2003), Microsoft Learn "What's new in TLS/SSL (Schannel
// SSP)" and "certutil", wincrypt.h (CERT_PROT_ROOT_DISABLE_LM_AUTH_FLAG).
package remedies

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// Bounds and the default of the headroom, in percent of the limit.
const (
	DefaultHeadroom = 10
	MaxHeadroom     = 90
)

// Options are what the user chooses.
type Options struct {
	// Headroom is how much of the limit has to stay free, in percent, from 0 to
	// MaxHeadroom.
	Headroom int
	// IncludePrivate lets roots be removed that Microsoft's root programme does
	// not know.
	IncludePrivate bool
}

// Input is what a plan is made from.
type Input struct {
	Criteria   *rules.Criteria
	Judgements []*rules.Judgement
	Options    Options
}

// A Plan is what can be done about the lists of all hosts of a case.
type Plan struct {
	AsOf    time.Time
	Options Options
	Hosts   []*HostPlan
}

// A Need says whether something has to be done on a host.
type Need string

// The needs.
const (
	NeedNone    Need = "none"    // no list is cut
	NeedMend    Need = "mend"    // a list is cut or likely cut, or replaced by misplaced certificates
	NeedDoubt   Need = "doubt"   // whether a list is cut could not be decided
	NeedUnknown Need = "unknown" // no store was collected that feeds a list
)

// A HostPlan is what can be done on one host.
type HostPlan struct {
	Judgement *rules.Judgement
	Host      string
	// Lists are the lists as they were judged, each with its target.
	Lists   []ListPlan
	Need    Need
	NeedWhy string
	// Remedies are in the order in which they should be considered, the least
	// destructive first.
	Remedies []*Remedy
	// Removals are the certificates that restrict-purposes and method-1 act on,
	// one set for each store that feeds a list which is too long.
	Removals []*Removal
	// Settings are the registry values that remedies change, as they are.
	Settings Settings
	// Notes say what else bears on the choice.
	Notes []string
}

// Settings are what the registry holds of the values that remedies change.
type Settings struct {
	// SendTrustedIssuerList is that of SCHANNEL, ProtectedRoots the Flags of the
	// policy, DisableRootAutoUpdate and EnableDisallowedCertAutoUpdate those of
	// root update.
	SendTrustedIssuerList, ProtectedRoots                 windows.Setting
	DisableRootAutoUpdate, EnableDisallowedCertAutoUpdate windows.Setting
	// Flags is what ProtectedRoots has to become for method-2.
	Flags uint32
}

// A ListPlan is one list with what it is to come to.
type ListPlan struct {
	List *issuerlist.List
	// Target is the greatest size that leaves the headroom, in bytes.
	Target int
}

// The names of the remedies.
const (
	MoveIntermediates = "move-intermediates"
	DedicatedStore    = "dedicated-store"
	RestrictPurposes  = "restrict-purposes"
	Method3           = "method-3"
	Method2           = "method-2"
	Method1           = "method-1"
	DeleteAuthRoot    = "delete-authroot"
)

// An Applicable says whether a remedy can be used on a host.
type Applicable string

// The answers.
const (
	Applies     Applicable = "yes"
	AppliesNot  Applicable = "no"
	InPlace     Applicable = "in-place"   // it is done already
	NotNeeded   Applicable = "not-needed" // there is nothing for it to do
	AppliesHint Applicable = "unknown"    // what was collected does not tell
)

// An Effect says what a remedy does to the host's lists.
type Effect string

// The effects.
const (
	Mends       Effect = "mends"        // no list is cut any more, however it is counted
	LikelyMends Effect = "likely-mends" // no list is cut any more by the expected size
	NotEnough   Effect = "not-enough"   // a list is shorter, and still cut
	NoEffect    Effect = "no-effect"    // no list changes
	Worsens     Effect = "worsens"      // a list that was within its limit, or shorter, is not
	Changes     Effect = "changes"      // no list was cut, and a list changes
)

// An Answer answers a question about a remedy.
type Answer struct {
	// Word is "yes", "no", "with-backup" or "depends".
	Word string
	Why  string
}

// A Remedy is one way to mend a list, judged for a host.
type Remedy struct {
	ID    string
	Title string
	// Source is the article that describes it.
	Source string
	// Applicable says whether it can be used on this Windows and host.
	Applicable Applicable
	Why        string
	// After are the lists as they would be, in the order of HostPlan.Lists; nil
	// where the remedy is not applicable.
	After  []*issuerlist.List
	Effect Effect
	// EffectWhy says it in a sentence, with the numbers.
	EffectWhy string
	// Requires names the remedies that are taken to have been applied before.
	Requires []string
	// Recommended marks the first remedy that mends the host.
	Recommended bool
	// Breaks says what stops working, or may.
	Breaks []string
	// Undo says whether a machine without a network can undo it.
	Undo Answer
	// Lasts says whether it stays in force.
	Lasts Answer
	// Steps are what to do; Commands and UndoCommands exist on this Windows.
	Steps, Commands, UndoCommands []string
	References                    []string

	// The certificates that the remedy acts on.
	Moves        []*Move        // move-intermediates
	Members      []*Member      // dedicated-store
	Restrictions []*Restriction // restrict-purposes
	Copies       []*Item        // method-2: what is copied to the registry store first
	Dropped      []*Item        // method-2 and delete-authroot: what is trusted no more
}

// Remedy returns a remedy of the host by its name, or nil.
func (h *HostPlan) Remedy(id string) *Remedy {
	for _, r := range h.Remedies {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Recommended returns the remedy that is recommended, or nil.
func (h *HostPlan) Recommended() *Remedy {
	for _, r := range h.Remedies {
		if r.Recommended {
			return r
		}
	}
	return nil
}

// Wanted reports whether a remedy has something to do on the host that is wrong
// or was asked for: certificates that are misplaced are moved whatever the size
// of the list; the roots of a removal plan give the headroom that was asked for,
// where the list is or may be sent; the others are for a host with a list that is
// or may be cut.
func (r *Remedy) Wanted(h *HostPlan) bool {
	switch {
	case r.Applicable != Applies || r.ID == DeleteAuthRoot:
		return false
	case r.ID == MoveIntermediates:
		return true
	case r.ID == RestrictPurposes, r.ID == Method1:
		return slices.ContainsFunc(h.Removals, func(x *Removal) bool {
			p := h.Judgement.Version.Profile
			return x.List.Sent != issuerlist.SentNo || (p != nil && p.Family == "8")
		})
	}
	return h.Need != NeedNone && r.Effect != NoEffect && r.Effect != Worsens
}

// An Item is a certificate of a store with all its occurrences there.
type Item struct {
	// Occurrence is the one that says most: it carries properties where any does.
	*evidence.Occurrence
	// All are the occurrences in the store, that one included.
	All []*evidence.Occurrence
}

// Physicals names the physical stores that hold the certificate, each once; it
// is empty where the exports do not tell them apart.
func (i *Item) Physicals() []string {
	var list []string
	for _, o := range i.All {
		if p := o.Store.Physical; p != "" && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// Delivered names who puts the certificate into the store again if it is
// removed from this machine, or "".
func (i *Item) Delivered() string {
	for _, o := range i.All {
		switch {
		case strings.EqualFold(o.Store.Physical, evidence.PhysicalGroupPolicy):
			return "Group Policy"
		case strings.EqualFold(o.Store.Physical, evidence.PhysicalEnterprise):
			return "Active Directory (the enterprise store)"
		case strings.EqualFold(o.Store.Physical, evidence.PhysicalSmartCard):
			return "a smart card"
		}
	}
	return ""
}

// CanCarry reports whether every occurrence was exported with its properties.
func (i *Item) CanCarry() bool {
	return !slices.ContainsFunc(i.All, func(o *evidence.Occurrence) bool { return !o.CanCarry })
}

// New makes the plan. The judgements are not changed.
func New(in Input) *Plan {
	p := &Plan{AsOf: in.Criteria.AsOf, Options: in.Options}
	seen, open := findAnchors(in.Judgements)
	for _, j := range in.Judgements {
		h := newHost(in, j, seen, open)
		p.Hosts = append(p.Hosts, h.plan())
	}
	slices.SortStableFunc(p.Hosts, func(a, b *HostPlan) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Host), strings.ToLower(b.Host)), strings.Compare(a.Host, b.Host))
	})
	return p
}

// Target returns the greatest size in bytes that leaves a headroom, in percent,
// below a limit.
func Target(limit, headroom int) int { return limit * (100 - headroom) / 100 }

// Unmended reports whether the host has a list that is cut, or likely cut, and
// no remedy of the plan mends it.
func (h *HostPlan) Unmended() bool { return h.Need == NeedMend && h.Recommended() == nil }
