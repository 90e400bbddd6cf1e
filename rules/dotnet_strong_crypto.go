package rules

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// The keys of the .NET Framework, for programs of 64 and 32 bits.
const (
	dotNetKey   = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\.NETFramework`
	dotNet32Key = `HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\Microsoft\.NETFramework`
)

// DotNetStrongCrypto checks that .NET leaves the choice of TLS to Windows.
var DotNetStrongCrypto = &Rule{
	ID:       "dotnet-strong-crypto",
	Title:    ".NET Framework 4 uses the system's versions of TLS and strong cryptography",
	Severity: Low,
	Since:    "v0.2",
	Doc: `Exchange, Lync and other products are .NET programs. With SystemDefaultTlsVersions 1
they use the versions of TLS that Schannel is set to, with SchUseStrongCrypto 1 they
leave old ciphers out; both are set for programs of 64 and of 32 bits apart. A value
of 0 fails. What is absent informs: what holds then depends on the .NET version that
each program was built for, which an export does not tell. Only version 4 is judged.
Neither value has a part in the trusted issuer list.`,
	References: []Reference{healthChecker},
	Needs:      []evidence.Kind{evidence.KindRegistry},
	Wants:      evidence.Interest{Keys: []string{dotNetKey, dotNet32Key}},
	Collect:    collectDotNet,
	Remedy:     `set SystemDefaultTlsVersions and SchUseStrongCrypto to 1 (REG_DWORD) below v4.0.30319 in both keys, then restart the products`,
	Impact:     `.NET products such as Exchange and Lync may use older versions of TLS than the system allows`,
	AppliesTo:  `hosts with .NET Framework 4`,
	Check:      checkDotNet,
}

func checkDotNet(p *Pass) {
	f := Finding{Subject: ".NET Framework 4", Expected: "SystemDefaultTlsVersions 1 and SchUseStrongCrypto 1"}
	var measured, weak, absent []string
	collected := 0
	for _, k := range []struct{ key, bits string }{{dotNetKey, "64 bits"}, {dotNet32Key, "32 bits"}} {
		for _, name := range []string{"SystemDefaultTlsVersions", "SchUseStrongCrypto"} {
			s := windows.DWord(p.Case.Registry, k.key+`\v4.0.30319`, name)
			label := name + " for " + k.bits
			measured = append(measured, label+" "+settingWords(s))
			f.Evidence = append(f.Evidence, s.Evidence()...)
			switch {
			case s.State == windows.NotCollected:
				continue
			case s.State == windows.WrongType, s.State == windows.Set && s.Number == 0:
				weak = append(weak, label+" is "+settingWords(s))
			case s.State == windows.Absent:
				absent = append(absent, label)
			}
			collected++
		}
	}
	f.Measured = strings.Join(measured, ", ")
	switch {
	case collected == 0:
		f.Outcome, f.Collect = NotChecked, collectDotNet
		f.Summary = "not checked: the keys of the .NET Framework were not collected"
	case len(weak) > 0:
		f.Outcome = Failed
		f.Summary = "programs of .NET do not follow the system's settings: " + listed(weak)
	case len(absent) > 0:
		f.Outcome = Informational
		f.Summary = "the default of each program's .NET version holds: absent are " + listed(absent)
	case collected < 4:
		f.Outcome, f.Collect = Unknown, collectDotNet
		f.Summary = fmt.Sprintf("the %d values that were collected are 1; the others were not collected", collected)
	default:
		f.Outcome = Passed
		f.Summary = "programs of .NET Framework 4 use the system's versions of TLS and strong cryptography"
	}
	p.Report(f)
}
