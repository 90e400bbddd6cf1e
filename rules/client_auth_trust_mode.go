package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// ClientAuthTrustMode checks how a server decides which client to trust.
var ClientAuthTrustMode = &Rule{
	ID:       "client-auth-trust-mode",
	Title:    "ClientAuthTrustMode is a mode that Windows knows",
	Severity: Medium,
	Since:    "v0.2",
	Doc: `From Windows 8 and Server 2012 on, ClientAuthTrustMode (REG_DWORD below SCHANNEL, for
the whole system) says which client certificates are accepted. 0, the default, is
Machine Trust: the issuer must be in the trusted issuer list, so a client whose issuer
is cut from the list, or replaced in it by a mixed store, is refused even if it sends
its certificate. 1 is Exclusive Root Trust: the chain must also end in a root of the
store that the application names. 2 is Exclusive CA Trust: the chain must reach an
authority of that store; Lync and Skype for Business set it.

Modes 1 and 2 rest on a store that the application names. Those of http.sys bindings
can be seen in an export, those that other programs name themselves cannot.`,
	References: []Reference{whatsNew, sfbEvents, kb2795828},
	Needs:      []evidence.Kind{evidence.KindRegistry},
	Collect:    collectSchannel,
	Remedy:     `set ClientAuthTrustMode to 0, 1 or 2 as REG_DWORD, or delete it, so that Machine Trust applies`,
	Impact:     `client certificates are accepted or refused by another rule than the administrator meant`,
	AppliesTo:  `Windows 8, Server 2012 and later`,
	Check:      checkTrustMode,
}

func checkTrustMode(p *Pass) {
	s := windows.DWord(p.Case.Registry, p.SchannelKey(), "ClientAuthTrustMode")
	f := Finding{Subject: "ClientAuthTrustMode", Expected: "absent, 0, 1 or 2", Measured: settingWords(s), Evidence: s.Evidence()}
	since2012, known := p.Since2012()
	switch {
	case known && !since2012 && s.Value == nil:
		f.Outcome = NotApplicable
		f.Summary = p.Version.Name() + " does not know ClientAuthTrustMode"
	case known && !since2012:
		f.Outcome = Informational
		f.Summary = fmt.Sprintf("ClientAuthTrustMode is %s, and %s does not read it: it came with Windows Server 2012", settingWords(s), p.Version.Name())
	case s.State == windows.NotCollected:
		notCollected(&f, s, "SCHANNEL", collectSchannel, "not checked: the SCHANNEL key was not collected")
	case s.State == windows.WrongType:
		f.Outcome = Failed
		f.Summary = fmt.Sprintf("ClientAuthTrustMode is of type %s, which Windows does not read: Machine Trust (0) applies", s.Value.Type)
	case s.Number > 2:
		f.Outcome = Failed
		f.Summary = fmt.Sprintf("ClientAuthTrustMode is %d, which is none of the documented modes 0, 1 and 2", s.Number)
	case s.Number == 0:
		f.Outcome = Passed
		if s.State == windows.Absent {
			f.Absence, f.Searched = true, []string{s.Key.Where.Source}
		}
		f.Summary = "Machine Trust (" + settingWords(s) + "): a client's issuer must be in the trusted issuer list"
		if !known {
			f.Summary += ", if this is Windows Server 2012 or later"
		}
		if why := shortList(p); why != "" {
			f.Outcome = Informational
			f.Summary += "; " + why + ", so clients of other issuers are refused even if they send their certificates"
		}
	default:
		f.Outcome = Informational
		mode := map[uint32]string{1: "Exclusive Root Trust: a client's chain must end in a root of the store that the application names, and its issuer be in the list",
			2: "Exclusive CA Trust: a client's chain must reach an authority of the store that the application names"}[s.Number]
		f.Summary = fmt.Sprintf("ClientAuthTrustMode is %d: %s", s.Number, mode)
		if !known {
			f.Summary += ", if this is Windows Server 2012 or later"
		}
		if !namesStore(p) {
			f.Summary += "; no http.sys binding that was read names a store, so it rests on what programs name themselves"
		}
	}
	p.Report(f)
}

// shortList says why the default list does not name every trusted authority, or "".
func shortList(p *Pass) string {
	for _, l := range p.Lists {
		switch {
		case l.Binding != "" || !l.Collected || l.Profile == issuerlist.ProfileTo2008R2:
		case l.Mixed:
			return "the list holds only the CA-issued certificates of Root (root-store-mixed)"
		case l.Verdict == issuerlist.Over || l.Verdict == issuerlist.LikelyOver:
			return "the list is over its limit (trusted-issuer-list-size)"
		}
	}
	return ""
}

// namesStore reports whether an http.sys binding names a store of its own.
func namesStore(p *Pass) bool {
	for _, l := range p.Lists {
		if l.Binding != "" {
			return true
		}
	}
	return false
}
