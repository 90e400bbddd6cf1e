package rules

import (
	"fmt"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// RootAutoUpdate checks that somebody keeps trust and distrust up to date.
var RootAutoUpdate = &Rule{
	ID:       "root-auto-update",
	Title:    "Windows fetches roots, or at least the list of what to distrust",
	Severity: Low,
	Since:    "v0.2",
	Doc: `From Vista and 2008 on, Windows fetches a public root when it first meets it; the
policy value DisableRootAutoUpdate 1 forbids that, and with it the lists of distrusted
certificates and of pins. EnableDisallowedCertAutoUpdate 1 takes precedence and lets
the list of distrusted certificates be fetched all the same; this separate control
exists from 8.1 and 2012 R2 on, and before with KB 2813430. Windows before Vista fetches
roots only where the component RootAutoUpdate is installed.

Both ways have a price. Where roots are fetched, the trusted issuer list grows by
itself. Where they are not, somebody has to bring roots and distrust by hand. It fails
where neither is fetched, and where a value cannot be read. A policy leaves its values
behind when it is unlinked. Whether Windows Update can be reached cannot be seen.`,
	References: []Reference{wincrypt, configureRoots, kb2464556},
	Needs:      []evidence.Kind{evidence.KindRegistry},
	Wants:      evidence.Interest{Keys: []string{windows.RootUpdateKey, autoUpdateKey, updateComponentKey}},
	Collect:    collectUpdate,
	Remedy:     `set EnableDisallowedCertAutoUpdate to 1, so that distrust is fetched; or bring the list of distrusted certificates by hand (certutil -generateSSTFromWU on a computer with access, or disallowedcert.sst)`,
	Impact:     `certificates that Microsoft distrusts stay trusted, and new public roots are missing`,
	AppliesTo:  `Windows XP and Server 2003 and later`,
	Check:      checkRootUpdate,
}

func checkRootUpdate(p *Pass) {
	state, why, where := rootUpdates(p)
	off := windows.DWord(p.Case.Registry, windows.RootUpdateKey, "DisableRootAutoUpdate")
	distrust := windows.DWord(p.Case.Registry, windows.RootUpdateKey, "EnableDisallowedCertAutoUpdate")
	f := Finding{Subject: "automatic root update", Evidence: where, Expected: "roots, or the list of distrusted certificates, are fetched",
		Measured: fmt.Sprintf("%s; DisableRootAutoUpdate %s, EnableDisallowedCertAutoUpdate %s", state, settingWords(off), settingWords(distrust))}
	if state == updateOff && distrust.Value != nil {
		f.Evidence = append(f.Evidence, distrust.Value.Where)
	}
	switch {
	case off.State == windows.WrongType || distrust.State == windows.WrongType:
		bad, name := off, "DisableRootAutoUpdate"
		if distrust.State == windows.WrongType {
			bad, name = distrust, "EnableDisallowedCertAutoUpdate"
		}
		f.Outcome, f.Evidence = Failed, bad.Evidence()
		f.Summary = fmt.Sprintf("%s is of type %s, which Windows does not read", name, bad.Value.Type)
	case off.State == windows.Set && off.Number > 1:
		f.Outcome = Failed
		f.Summary = fmt.Sprintf("DisableRootAutoUpdate is %d; only 0 and 1 are documented", off.Number)
	case state == updateUnknown:
		f.Outcome, f.Collect = Unknown, collectUpdate
		if off.State == windows.NotCollected {
			f.Outcome = NotChecked
		}
		f.Summary = "whether Windows fetches roots by itself is not known: " + why
	case state == updateOn:
		f.Outcome = Passed
		f.Summary = "Windows fetches roots by itself: " + why + "; the trusted issuer list may grow"
	case distrust.State == windows.Set && distrust.Number == 1:
		f.Outcome = Passed
		f.Summary = "Windows fetches no roots by itself, and the list of distrusted certificates is fetched: " + why + ", and EnableDisallowedCertAutoUpdate is 1"
	case off.State == windows.Set:
		f.Outcome = Failed
		f.Summary = "Windows fetches neither roots nor the list of distrusted certificates: " + why
	default:
		f.Outcome = Informational
		f.Summary = "Windows fetches no roots by itself: " + why
	}
	if v := p.Case.Registry.Value(autoUpdateKey, "LastSyncTime"); v != nil {
		if at, ok := lastSync(v); ok {
			f.Summary += "; the root list was fetched last on " + stamp(at)
			f.Evidence = append(f.Evidence, v.Where)
		}
	}
	p.Report(f)
}

// lastSync reads LastSyncTime, a FILETIME.
func lastSync(v *evidence.RegistryValue) (time.Time, bool) {
	if v.Type != evidence.RegBinary {
		return time.Time{}, false
	}
	return evidence.FileTime(v.Data)
}
