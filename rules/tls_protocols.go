package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// TLSProtocols checks how the versions of SSL and TLS are switched.
var TLSProtocols = &Rule{
	ID:       "tls-protocols",
	Title:    "TLS 1.2 can be used, and client and server agree on each version of TLS",
	Severity: Medium,
	Since:    "v0.2",
	Doc: `For each protocol, Enabled and DisabledByDefault below Client and Server say whether
it is used; what is absent is the default of that Windows. The four words are those of
Microsoft's HealthChecker for Exchange. Enabled: on for both sides. Disabled: off for
both. Half Disabled: Enabled and DisabledByDefault contradict each other, so that it is
used only where an application asks for it, or not at all. Misconfigured: client and
server differ, which breaks a product that is both.

It fails where TLS 1.2 is switched off, or where a version of TLS was set to be half
disabled or misconfigured. What Windows itself sets, as TLS 1.2 on 2008 R2, which is
used only where asked for, informs, and so does SSL 2.0 or 3.0 that is on. Where a
Windows does not know TLS 1.2, it fails if TLS 1.0 is off too. Any number but 0
switches Enabled on; HealthChecker accepts only 0 and 1, which is said of hosts with the
role exchange. Cipher suites, and what applications ask for, are not judged.`,
	References: []Reference{healthChecker, kb245030, tlsProtocols},
	Needs:      []evidence.Kind{evidence.KindRegistry},
	Collect:    collectSchannel,
	Remedy:     `set Enabled to 1 and DisabledByDefault to 0 below both Client and Server of a version to use, and 0 and 1 below both of one not to use; then restart`,
	Impact:     `connections with peers that need another version of TLS fail, often in one direction only`,
	AppliesTo:  `Windows Server 2003 and later; the four words are those for Exchange`,
	Check:      checkProtocols,
}

// judgedProtocols are named as the keys below SCHANNEL\Protocols.
var judgedProtocols = []string{"SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"}

// The words of HealthChecker, and what it has no word for.
const (
	wordEnabled       = "Enabled"
	wordDisabled      = "Disabled"
	wordHalf          = "Half Disabled"
	wordMisconfigured = "Misconfigured"
	wordUnsupported   = "not supported"
	wordUnknown       = "unknown"
)

// A side is a protocol as client or as server.
type side struct {
	enabled, byDefault windows.Setting
	// on and held are whether it is enabled and whether it is disabled by
	// default, with the default where a value is absent; known is false where
	// that is not known.
	on, held, known bool
	// standard says that this is what Windows does by itself.
	standard bool
}

// A protocol is one protocol with both sides.
type protocol struct {
	name           string
	client, server side
	word           string
	standard       bool
	where          []evidence.Location
}

func checkProtocols(p *Pass) {
	key := p.SchannelKey() + `\Protocols`
	if p.Case.Registry.Collected(key) == nil && !p.Case.Registry.HasBelow(key) {
		p.Report(Finding{Subject: "Protocols", Outcome: NotChecked, Collect: collectSchannel, Summary: "not checked: SCHANNEL\\Protocols was not collected"})
		return
	}
	var words, obsolete, numbers []string
	var where []evidence.Location
	var tls10, tls12 protocol
	failed := false
	for _, name := range judgedProtocols {
		pr := readProtocol(p, key, name)
		where = append(where, pr.where...)
		words = append(words, name+" "+pr.said())
		if pr.oddNumber() {
			numbers = append(numbers, name)
		}
		switch name {
		case "SSL 2.0", "SSL 3.0":
			if pr.client.open() || pr.server.open() {
				obsolete = append(obsolete, name)
			}
			continue
		case "TLS 1.0":
			tls10 = pr
		case "TLS 1.2":
			tls12 = pr
		}
		if problem := pr.problem(); problem != "" {
			failed = true
			p.Report(Finding{Subject: name, Outcome: Failed, Measured: pr.measured(), Expected: "Enabled or Disabled, alike for client and server", Evidence: pr.where,
				Summary: name + " is " + pr.word + ": " + problem})
		}
	}
	f := Finding{Subject: "Protocols", Measured: strings.Join(words, ", "), Expected: "TLS 1.2 Enabled", Evidence: where}
	if k := p.Case.Registry.Collected(key); k != nil {
		f.Searched = []string{k.Where.Source}
	}
	var notes []string
	switch {
	case tls12.word == wordUnknown:
		f.Outcome, f.Collect = Unknown, collectVersion
		if p.Version.Profile != nil {
			f.Collect = collectSchannel
		}
		notes = append(notes, "whether TLS 1.2 can be used is not known")
	case tls12.word == wordUnsupported && tls10.word == wordDisabled:
		f.Outcome = Failed
		notes = append(notes, p.Version.Name()+" does not know TLS 1.2, and TLS 1.0 is switched off: no version of TLS is left")
	case tls12.word == wordUnsupported:
		f.Outcome = Informational
		notes = append(notes, p.Version.Name()+" does not know TLS 1.2")
	case tls12.standard && tls12.word == wordHalf:
		f.Outcome = Informational
		notes = append(notes, p.Version.Name()+" uses TLS 1.2 only where an application asks for it, unless the values are set")
	case len(obsolete) > 0:
		f.Outcome = Informational
	default:
		f.Outcome = Passed
	}
	if len(obsolete) > 0 {
		notes = append(notes, listed(obsolete)+" can be used and should not be")
	}
	if len(numbers) > 0 && slices.Contains(p.Roles, "exchange") {
		if f.Outcome == Passed {
			f.Outcome = Informational
		}
		notes = append(notes, "values other than 0 and 1 are set for "+listed(numbers)+": Schannel takes them for 1, and HealthChecker for Exchange does not accept them")
	}
	f.Summary = f.Measured
	if len(notes) > 0 {
		f.Summary = strings.Join(notes, "; ") + " (" + f.Measured + ")"
	}
	if !failed || f.Outcome != Passed {
		p.Report(f)
	}
}

// readProtocol reads both sides of a protocol and finds its word.
func readProtocol(p *Pass, key, name string) protocol {
	pr := protocol{name: name}
	def := p.Tables.Protocol(p.Version.Code(), name)
	var client, server data.ProtocolState
	if def != nil {
		client, server = def.Client, def.Server
	}
	pr.client = readSide(p, key+`\`+name+`\Client`, client)
	pr.server = readSide(p, key+`\`+name+`\Server`, server)
	for _, v := range pr.settings() {
		if v.Value != nil {
			pr.where = append(pr.where, v.Value.Where)
		}
	}
	pr.standard = pr.client.standard && pr.server.standard
	switch {
	case client == data.ProtocolNotSupported && server == data.ProtocolNotSupported:
		pr.word = wordUnsupported
	case !pr.client.known || !pr.server.known:
		pr.word = wordUnknown
	case pr.client.on != pr.server.on || pr.client.held != pr.server.held:
		pr.word = wordMisconfigured
	case pr.client.on && !pr.client.held:
		pr.word = wordEnabled
	case !pr.client.on && pr.client.held:
		pr.word = wordDisabled
	default:
		pr.word = wordHalf
	}
	return pr
}

// readSide reads one side. A value of another type counts as absent. Where only
// Enabled is 0, DisabledByDefault follows it, as in HealthChecker.
func readSide(p *Pass, key string, def data.ProtocolState) side {
	s := side{enabled: windows.DWord(p.Case.Registry, key, "Enabled"), byDefault: windows.DWord(p.Case.Registry, key, "DisabledByDefault")}
	enabledSet, heldSet := s.enabled.State == windows.Set, s.byDefault.State == windows.Set
	collected := s.enabled.State != windows.NotCollected
	s.on, s.held = true, def == data.ProtocolDisabled
	if enabledSet {
		s.on = s.enabled.Number != 0
	}
	switch {
	case heldSet:
		s.held = s.byDefault.Number != 0
	case !s.on:
		s.held = true
	}
	s.known = (enabledSet && (heldSet || !s.on)) || (collected && def != "" && def != data.ProtocolNotSupported)
	s.standard = s.known && s.on && s.held == (def == data.ProtocolDisabled) && def != ""
	return s
}

// said is the word, with what Windows does by itself told apart.
func (pr protocol) said() string {
	sideWord := func(s side) string {
		if s.open() {
			return "on"
		}
		return "only where asked for"
	}
	switch {
	case !pr.standard || pr.word == wordUnsupported || pr.word == wordUnknown:
		return pr.word
	case pr.word == wordMisconfigured && pr.set():
		return fmt.Sprintf("as client %s, as server %s", sideWord(pr.client), sideWord(pr.server))
	case pr.word == wordMisconfigured:
		return fmt.Sprintf("by default as client %s, as server %s", sideWord(pr.client), sideWord(pr.server))
	case pr.set():
		return pr.word
	}
	return pr.word + " by default"
}

// settings are the four values of a protocol.
func (pr protocol) settings() []windows.Setting {
	return []windows.Setting{pr.client.enabled, pr.client.byDefault, pr.server.enabled, pr.server.byDefault}
}

// set reports whether a value is set, be it to what is the default.
func (pr protocol) set() bool {
	return slices.ContainsFunc(pr.settings(), func(s windows.Setting) bool { return s.State == windows.Set })
}

// oddNumber reports whether a value is neither 0 nor 1.
func (pr protocol) oddNumber() bool {
	return slices.ContainsFunc(pr.settings(), func(s windows.Setting) bool { return s.State == windows.Set && s.Number > 1 })
}

// open reports whether the side is known to be used without being asked for.
func (s side) open() bool { return s.known && s.on && !s.held }

// problem says why the state of a version of TLS is a fault, or "".
func (pr protocol) problem() string {
	switch {
	case pr.word == wordUnsupported || pr.word == wordUnknown || pr.standard:
		return ""
	case pr.word == wordDisabled && pr.name == "TLS 1.2":
		return "it cannot be used, and many products need it"
	case pr.word == wordHalf:
		return "Enabled and DisabledByDefault contradict each other: " + pr.measured()
	case pr.word == wordMisconfigured:
		return "client and server differ: " + pr.measured()
	}
	return ""
}

func (pr protocol) measured() string {
	words := func(s side) string {
		return fmt.Sprintf("Enabled %s, DisabledByDefault %s", settingWords(s.enabled), settingWords(s.byDefault))
	}
	return "client " + words(pr.client) + "; server " + words(pr.server)
}

// settingWords words a setting for a measurement.
func settingWords(s windows.Setting) string {
	switch s.State {
	case windows.Set:
		return fmt.Sprint(s.Number)
	case windows.WrongType:
		return "of type " + s.Value.Type.String()
	case windows.Absent:
		return "absent"
	}
	return "not collected"
}
