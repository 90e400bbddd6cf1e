package rules

import (
	"fmt"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

// ProgrammeStatus tells how the roots stand in Microsoft's root programme.
var ProgrammeStatus = &Rule{
	ID:       "programme-status",
	Title:    "no root is disabled in or removed from Microsoft's root programme",
	Severity: Info,
	Since:    "v0.2",
	Doc: `Microsoft's programme keeps a signed list of public roots. It may disable one (only
what was timestamped before stays valid), restrict it to certificates issued before a
day (NotBefore), take purposes away, or remove it. From Windows 10 and Server 2016 on
Windows honours that; before, a disabled root is trusted as ever.

The status is that of the embedded list and release notes, by their dates, and of the
certificate's own properties 104, 122, 126 and 127. A root that is in neither is
private: an organisation's own, which says nothing against it. This rule never fails:
restricted is not malicious (for that, see known-bad-certificate), and Windows acts by
itself where it honours the status. Roots that KB 293781 requires are needed even
where the programme disabled them, as it did with six of them.`,
	References: []Reference{programmeNotes, kb293781, configureRoots},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `none is needed where Windows honours the status; elsewhere, consider whether anything still needs the root`,
	Impact:     `from Windows 10 and Server 2016 on, chains that end in a disabled or removed root are refused; before, they are trusted as ever`,
	AppliesTo:  `all Windows; honoured from Windows 10 and Server 2016 on`,
	Check:      checkProgramme,
}

// A standing is how a root stands in the programme.
type standing string

const (
	standsPrivate    standing = "private"
	standsIn         standing = "in the programme"
	standsRestricted standing = "restricted"
	standsDisabled   standing = "disabled"
	standsRemoved    standing = "removed"
)

// standingOf says how a root stands on a day, with what says so.
func standingOf(t *data.Tables, o *evidence.Occurrence, asOf time.Time) (standing, string) {
	if v, ok := o.Property(evidence.PropDisabled); ok {
		at, dated := evidence.FileTime(v)
		switch {
		case !dated:
			return standsDisabled, "disabled by its property 104"
		case !at.After(asOf):
			return standsDisabled, "disabled on " + day(at) + " by its property 104"
		}
	}
	entry := t.Programme[o.Thumbprint()]
	stands, why := standsPrivate, "not in Microsoft's list of "+t.ProgrammeDate
	for _, id := range []evidence.PropID{evidence.PropNotBefore, evidence.PropDisallowedEKU} {
		if _, ok := o.Property(id); ok && entry == nil {
			stands, why = standsRestricted, fmt.Sprintf("restricted by its property %d", id)
		}
	}
	if entry != nil {
		stands, why = standsIn, "in Microsoft's list of "+t.ProgrammeDate
		switch {
		case !entry.NotBefore.IsZero():
			stands, why = standsRestricted, fmt.Sprintf("restricted to certificates issued before %s in the list of %s", day(entry.NotBefore), t.ProgrammeDate)
		case len(entry.DisallowedPurposes) > 0:
			stands, why = standsRestricted, "some purposes are taken away in the list of "+t.ProgrammeDate
		}
		switch {
		case entry.Disabled.Equal(data.Always):
			stands, why = standsDisabled, "disabled in the list of "+t.ProgrammeDate
		case !entry.Disabled.IsZero() && !entry.Disabled.After(asOf):
			stands, why = standsDisabled, fmt.Sprintf("disabled on %s in the list of %s", day(entry.Disabled), t.ProgrammeDate)
		}
	}
	for _, a := range t.ProgrammeActions[o.Thumbprint()] {
		if a.Month.After(asOf) || (entry != nil && a.Month.Format(time.DateOnly) <= t.ProgrammeDate) {
			continue
		}
		notes := "by the release notes of " + a.Month.Format("2006-01")
		switch a.Class {
		case "remove-root":
			stands, why = standsRemoved, "removed "+notes
		case "disable", "disallow":
			stands, why = standsDisabled, "disabled "+notes
		case "notbefore-all", "notbefore-eku", "disallow-eku", "remove-eku":
			if stands != standsDisabled && stands != standsRemoved {
				stands, why = standsRestricted, "restricted "+notes
			}
		case "add-root":
			stands, why = standsIn, "added "+notes
		}
	}
	return stands, why
}

func checkProgramme(p *Pass) {
	root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
	f := Finding{Subject: root.String(), Store: root.String(), Expected: "none disabled or removed", Searched: root.Sources()}
	if !root.Collected() {
		f.Outcome, f.Collect = NotChecked, collectRoot
		f.Summary = "not checked: no export of " + root.String() + " was read"
		p.Report(f)
		return
	}
	honours := p.Version.Profile != nil && p.Version.Profile.Since10()
	needed := p.neededRoots()
	count := map[standing]int{}
	var findings []Finding
	certs := root.Certificates()
	for _, o := range certs {
		s, why := standingOf(p.Tables, o, p.AsOf)
		count[s]++
		if (s != standsDisabled && s != standsRemoved) || !honours || needed[o.Thumbprint()] != "" {
			continue
		}
		c := placed{Occurrence: o, all: []*evidence.Occurrence{o}}
		findings = append(findings, Finding{Subject: c.label(), Store: root.String(), Thumbprint: o.Thumbprint(), Outcome: Informational,
			Measured: why, Expected: "neither disabled nor removed", Evidence: c.where(),
			Summary: fmt.Sprintf("%s: %s, which %s honours", c.name(), why, p.Version.Name())})
	}
	for _, g := range bounded(findings) {
		p.Report(g)
	}
	off := count[standsDisabled] + count[standsRemoved]
	f.Measured = fmt.Sprintf("%d in the programme, %d restricted, %d disabled, %d removed, %d private",
		count[standsIn], count[standsRestricted], count[standsDisabled], count[standsRemoved], count[standsPrivate])
	f.Summary = fmt.Sprintf("of %d roots, by Microsoft's list of %s and the release notes to %s: %s (private: not in the programme, which says nothing against a root)",
		len(certs), p.Tables.ProgrammeDate, p.Tables.ActionsDate[:min(7, len(p.Tables.ActionsDate))], f.Measured)
	f.Outcome = Passed
	switch {
	case off > 0 && p.Version.Profile == nil:
		f.Outcome = Informational
		f.Summary += "; Windows honours that from Windows 10 and Server 2016 on, and this Windows is not known"
	case off > 0 && !honours:
		f.Outcome = Informational
		f.Summary += "; " + p.Version.Name() + " does not honour that and trusts them as ever"
	case off > 0:
		f.Outcome = Informational
	case !root.Whole():
		f.Outcome, f.Collect = Unknown, collectRoot
		f.Summary += "; but " + notWhole(root.Broken, root.Missing())
	}
	p.Report(f)
}
