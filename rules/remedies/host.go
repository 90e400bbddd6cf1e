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

// A host is what the remedies of one host are judged from.
type host struct {
	criteria  *rules.Criteria
	options   Options
	judgement *rules.Judgement
	anchors   anchors
	open      []anchored // the host's certificates whose chains end before a root
	programme *programme
	compute   issuerlist.Host
	registry  *evidence.Registry
	// issuers are the stores of issuers that hold a certificate, made when first
	// asked for.
	issuers map[[32]byte][]string

	// moves are the misplaced intermediates; base is the case without them,
	// which all other remedies start from, and lists its lists.
	moves []*Move
	base  *evidence.Case
	lists []*issuerlist.List
	// out is the plan in the making.
	out *HostPlan
}

func newHost(in Input, j *rules.Judgement, seen anchors, open []anchored) *host {
	h := &host{criteria: in.Criteria, options: in.Options, judgement: j, anchors: seen, registry: j.Case.Registry,
		programme: newProgramme(j.Case, in.Criteria.Tables, in.Criteria.AsOf)}
	for _, o := range open {
		if o.host == j.Case.Host {
			h.open = append(h.open, o)
		}
	}
	h.compute = in.Criteria.ListHost(j.Case, j.Version)
	return h
}

// plan judges all remedies.
func (h *host) plan() *HostPlan {
	p := &HostPlan{Judgement: h.judgement, Host: h.judgement.Case.Host}
	h.out = p
	for _, l := range h.judgement.Lists {
		p.Lists = append(p.Lists, ListPlan{List: l, Target: Target(l.Limit.Bytes, h.options.Headroom)})
	}
	p.Settings = Settings{
		SendTrustedIssuerList:          windows.DWord(h.registry, windows.SchannelKey(h.registry), "SendTrustedIssuerList"),
		ProtectedRoots:                 windows.DWord(h.registry, windows.ProtectedRootsKey, "Flags"),
		DisableRootAutoUpdate:          windows.DWord(h.registry, windows.RootUpdateKey, "DisableRootAutoUpdate"),
		EnableDisallowedCertAutoUpdate: windows.DWord(h.registry, windows.RootUpdateKey, "EnableDisallowedCertAutoUpdate"),
		Flags:                          h.protectedFlags(),
	}
	p.Need, p.NeedWhy = h.need(h.judgement.Lists)
	h.findMoves()
	p.Removals = h.removals()
	for _, judge := range []func() *Remedy{h.moveIntermediates, h.dedicatedStore, h.restrictPurposes, h.method3, h.method2, h.method1, h.deleteAuthRoot} {
		r := judge()
		if r.After == nil {
			r.Effect, r.EffectWhy = "", ""
		} else {
			r.Effect, r.EffectWhy = h.effect(r.After)
		}
		p.Remedies = append(p.Remedies, r)
	}
	h.recommend(p)
	p.Notes = h.notes()
	return p
}

// recommend marks the first remedy that mends the host and can be taken.
func (h *host) recommend(p *HostPlan) {
	if p.Need != NeedMend {
		return
	}
	for _, want := range []Effect{Mends, LikelyMends} {
		for _, r := range p.Remedies {
			if r.Applicable == Applies && r.Effect == want && r.ID != DeleteAuthRoot {
				r.Recommended = true
				return
			}
		}
	}
}

// family is that of the host's Windows, "" where it is unknown.
func (h *host) family() string {
	if p := h.judgement.Version.Profile; p != nil {
		return p.Family
	}
	return ""
}

// since2012 reports whether the host runs Windows 8, Server 2012 or later, and
// whether its Windows is known.
func (h *host) since2012() (since, known bool) {
	p := h.judgement.Version.Profile
	return p != nil && p.Since2012(), p != nil
}

// hurts says whether a list does harm: it is sent, or may be, and is cut; or it
// is over on Windows 8 or Server 2012, where that breaks client authentication
// whether the list is sent or not (KB 2880390); or misplaced certificates have
// replaced it.
func (h *host) hurts(l *issuerlist.List) bool {
	if l.Mixed {
		return true
	}
	if l.Verdict != issuerlist.Over && l.Verdict != issuerlist.LikelyOver {
		return false
	}
	return l.Sent != issuerlist.SentNo || h.family() == "8"
}

// settled says whether a list is known to do no harm, and whether that is sure.
func (h *host) settled(l *issuerlist.List) (ok, sure bool) {
	switch {
	case h.hurts(l):
		return false, false
	case l.Sent == issuerlist.SentNo && h.family() != "8", l.Verdict == issuerlist.Under:
		return true, true
	case l.Verdict == issuerlist.LikelyUnder:
		return true, false
	}
	return false, false
}

func (h *host) need(lists []*issuerlist.List) (Need, string) {
	collected := false
	var hurt, doubt []string
	for _, l := range lists {
		if !l.Collected {
			continue
		}
		collected = true
		switch ok, _ := h.settled(l); {
		case h.hurts(l):
			hurt = append(hurt, h.harm(l))
		case !ok:
			doubt = append(doubt, l.Name()+": "+l.VerdictWhy)
		}
	}
	switch {
	case !collected:
		return NeedUnknown, "no export of a store that feeds a list was read"
	case len(hurt) > 0:
		return NeedMend, strings.Join(hurt, "; ")
	case len(doubt) > 0:
		return NeedDoubt, strings.Join(doubt, "; ")
	}
	return NeedNone, "no list of this host is cut"
}

// harm words what is wrong with a list.
func (h *host) harm(l *issuerlist.List) string {
	size := fmt.Sprintf("%s of %s bytes expected", rules.Grouped(l.Bytes.Expected), rules.Grouped(l.Limit.Bytes))
	switch {
	case l.Mixed:
		return "only the CA-issued certificates in " + l.Store + " are sent, and no root"
	case l.Sent == issuerlist.SentNo:
		return size + ": client authentication fails though no list is sent (KB 2880390)"
	case l.Sent == issuerlist.SentUnknown:
		return fmt.Sprintf("%s: the list is %s, if it is sent", size, l.Verdict)
	}
	return fmt.Sprintf("%s: the list is %s", size, l.Verdict)
}

// effect compares the lists after a remedy with those before all remedies.
func (h *host) effect(after []*issuerlist.List) (Effect, string) {
	changed, shorter, allOK, allSure := false, false, true, true
	worse := ""
	for i, l := range after {
		before := h.judgement.Lists[i]
		if !before.Collected && !l.Collected {
			continue
		}
		if before.Bytes != l.Bytes || before.Sent != l.Sent || before.Store != l.Store || before.Mixed != l.Mixed {
			changed = true
		}
		if l.Bytes.Max < before.Bytes.Max {
			shorter = true
		}
		ok, sure := h.settled(l)
		allOK, allSure = allOK && ok, allSure && sure
		if h.hurts(l) && (!h.hurts(before) || (before.Mixed && !l.Mixed)) {
			worse = fmt.Sprintf("%s comes to %s of %s bytes expected and is %s", l.Name(), rules.Grouped(l.Bytes.Expected), rules.Grouped(l.Limit.Bytes), l.Verdict)
		}
	}
	// The list that hurts speaks for the host, else its default list.
	at := max(0, slices.IndexFunc(h.judgement.Lists, h.hurts))
	was, first := h.judgement.Lists[at], after[at]
	size := fmt.Sprintf("the greatest size goes from %s to %s of %s bytes", rules.Grouped(was.Bytes.Max), rules.Grouped(first.Bytes.Max), rules.Grouped(first.Limit.Bytes))
	if was.Sent != first.Sent && first.Sent == issuerlist.SentNo {
		size = "no list is sent any more"
	}
	if was.Mixed && !first.Mixed {
		size = fmt.Sprintf("the list is made of roots again: at most %s of %s bytes", rules.Grouped(first.Bytes.Max), rules.Grouped(first.Limit.Bytes))
	}
	need, _ := h.need(h.judgement.Lists)
	switch {
	case !changed:
		return NoEffect, "no list changes"
	case worse != "" && need == NeedMend:
		return NotEnough, worse
	case worse != "":
		return Worsens, worse
	case need != NeedMend:
		return Changes, size
	case allOK && allSure:
		return Mends, size
	case allOK:
		return LikelyMends, size + "; it is within the limit by the expected size only"
	case shorter:
		return NotEnough, size
	}
	return NoEffect, "no list comes within its limit"
}

// removals plans one removal for each store that feeds a list which is over its
// target.
func (h *host) removals() []*Removal {
	var list []*Removal
	var done []string
	for _, l := range h.lists {
		if slices.Contains(done, l.Store) || !l.Collected {
			continue
		}
		done = append(done, l.Store)
		largest := l
		for _, other := range h.lists {
			if other.Store == l.Store && other.Bytes.Max-Target(other.Limit.Bytes, h.options.Headroom) > largest.Bytes.Max-Target(largest.Limit.Bytes, h.options.Headroom) {
				largest = other
			}
		}
		location, store, _ := strings.Cut(l.Store, `\`)
		items := itemsOf(h.base, func(o *evidence.Occurrence) bool { return inStore(o, location, store) })
		if r := h.removal(largest, items); r != nil {
			list = append(list, r)
		}
	}
	return list
}

// requires names the remedies that the others start from.
func (h *host) requires() []string {
	if len(h.moves) > 0 {
		return []string{MoveIntermediates}
	}
	return nil
}

// incomplete says why the plan for the stores that feed the lists cannot be relied
// on, or "".
func (h *host) incomplete() string {
	for _, l := range h.lists {
		if !l.Collected {
			return "no export of " + l.Store + " was read"
		}
		if !l.Whole {
			return l.Store + " was not read whole, so that what has to go is not known"
		}
	}
	return ""
}

// rootUpdate says whether automatic root update brings programme roots back.
func (h *host) rootUpdate() (on, known bool, why string) {
	s := h.out.Settings.DisableRootAutoUpdate
	switch {
	case s.State == windows.Set && s.Number != 0:
		return false, true, "DisableRootAutoUpdate is " + fmt.Sprint(s.Number)
	case s.State == windows.NotCollected:
		return true, false, "whether automatic root update is on was not collected"
	case h.judgement.Version.Profile == nil:
		return true, false, "DisableRootAutoUpdate is not set, and the default of an unknown Windows is not known"
	case !h.judgement.Version.Profile.RootUpdateDefault:
		return false, true, "automatic root update is off by default on " + h.judgement.Version.Name()
	}
	return true, true, "automatic root update is on (DisableRootAutoUpdate is not set)"
}

func (h *host) notes() []string {
	var notes []string
	switch h.judgement.Version.Code() {
	case "2003", "2003sp2":
		for _, l := range h.judgement.Lists {
			if l.Limit.Bytes < 16384 && l.Collected {
				notes = append(notes, fmt.Sprintf("hotfix 933430 raises the limit from 12,288 to 16,384 bytes (KB 2464556); the list has at most %s", rules.Grouped(l.Bytes.Max)))
				break
			}
		}
	}
	if h.judgement.Version.Profile == nil {
		notes = append(notes, "the operating system is unknown: state it with --os; until then what depends on it is shown for both halves of history")
	}
	if why := h.incomplete(); why != "" {
		notes = append(notes, "the plan rests on what was read: "+why)
	}
	return notes
}
