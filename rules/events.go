package rules

import (
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// Providers and ids beside those of Schannel.
const (
	securityProvider = "Microsoft-Windows-Security-Auditing"
	npsDeniedID      = 6273 // the Network Policy Server denied access
	iasProvider      = "IAS"
	iasDeniedID      = 2 // the same on Windows Server 2003

	alertReceivedID = 36887
	alertSentID     = 36888
	// companionAlert is the alert that KB 2801679 documents with a cut list.
	companionAlert = 47

	rootAddedID  = 4097
	loggingOffID = 4102
)

// capi2Providers are the names of one provider, by exporter.
var capi2Providers = []string{"Microsoft-Windows-CAPI2", "CAPI2"}

// eventKeys are the interests in events of providers.
func eventKeys(providers []string, ids ...uint32) []evidence.EventKey {
	var keys []evidence.EventKey
	for _, p := range providers {
		for _, id := range ids {
			keys = append(keys, evidence.EventKey{Provider: p, ID: id})
		}
	}
	return keys
}

// ownEvents joins the host's own events of a kind; it returns nil for none.
func ownEvents(c *evidence.Case, id uint32, providers ...string) *evidence.EventGroup {
	var own *evidence.EventGroup
	for _, g := range c.Events {
		if g.Own && g.ID == id && slices.Contains(providers, g.Provider) {
			own = joinGroups(own, g)
		}
	}
	return own
}

// ownAlerts joins the host's own alerts of one direction by code, sorted.
func ownAlerts(c *evidence.Case, id uint32) []*evidence.EventGroup {
	byCode := map[int]*evidence.EventGroup{}
	for _, g := range c.Events {
		if g.Own && g.ID == id && g.Provider == schannelProvider {
			byCode[g.Alert] = joinGroups(byCode[g.Alert], g)
		}
	}
	var list []*evidence.EventGroup
	for _, g := range byCode {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *evidence.EventGroup) int { return a.Alert - b.Alert })
	return list
}

// alertOf returns the alerts of one code, or nil.
func alertOf(list []*evidence.EventGroup, code int) *evidence.EventGroup {
	for _, g := range list {
		if g.Alert == code {
			return g
		}
	}
	return nil
}

// systemLogs returns the logs that would hold Schannel's events.
func systemLogs(c *evidence.Case) []*evidence.EventLog {
	return channelLogs(c, "System", func(provider string) bool { return slices.Contains(systemProviders, provider) })
}

// systemProviders write to the System log only.
var systemProviders = []string{"Schannel", "Service Control Manager", "EventLog", "Microsoft-Windows-Kernel-General", "Microsoft-Windows-Kernel-Power", "Microsoft-Windows-Kernel-Boot", "Microsoft-Windows-Time-Service", "W32Time"}

// applicationLogs returns the logs that would hold the events of CAPI2 and of
// Exchange.
func applicationLogs(c *evidence.Case) []*evidence.EventLog {
	return channelLogs(c, "Application", func(provider string) bool {
		return slices.ContainsFunc(applicationProviders, func(p string) bool { return suggests(p, provider) })
	})
}

// applicationProviders write to the Application log only.
var applicationProviders = []string{"MSExchange*", "ESENT", "MsiInstaller", "Application Error", "Microsoft-Windows-Security-SPP", "CAPI2", "Microsoft-Windows-CAPI2"}

// ucLogs returns the logs of their own that OCS, Lync and Skype for Business
// write, wherever they were exported to.
func ucLogs(c *evidence.Case) []*evidence.EventLog {
	tells := func(provider string) bool { return suggests("LS *", provider) || suggests("OCS *", provider) }
	list := channelLogs(c, "Lync Server", tells)
	for _, l := range channelLogs(c, "Office Communications Server", tells) {
		if !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	return list
}

// securityLogs returns the logs that would hold audits.
func securityLogs(c *evidence.Case) []*evidence.EventLog {
	return channelLogs(c, "Security", func(provider string) bool { return provider == securityProvider || provider == "Security" })
}

// channelLogs returns the logs that name a channel, and those that name none
// and hold events of providers that write to it, or are called by its name.
// Logs of other computers prove nothing of this host and are left out.
func channelLogs(c *evidence.Case, channel string, tells func(provider string) bool) []*evidence.EventLog {
	var list []*evidence.EventLog
	for _, l := range c.EventLogs {
		named := slices.ContainsFunc(l.Channels, func(ch string) bool { return strings.EqualFold(ch, channel) })
		if !othersLog(c, l) && (named || len(l.Channels) == 0 && (holdsProvider(c, l, tells) || calledBy(l, strings.ToLower(channel)))) {
			list = append(list, l)
		}
	}
	return list
}

// othersLog reports whether a log holds events, and none of the host's own.
func othersLog(c *evidence.Case, l *evidence.EventLog) bool {
	others := false
	for _, g := range c.Events {
		if slices.Contains(g.Sources, l.Where.Source) {
			if g.Own {
				return false
			}
			others = true
		}
	}
	return others
}

// othersLogs names the logs that hold events of other computers only.
func othersLogs(c *evidence.Case) []string {
	var names []string
	for _, l := range c.EventLogs {
		if othersLog(c, l) {
			names = append(names, l.Where.Source)
		}
	}
	return names
}

func holdsProvider(c *evidence.Case, l *evidence.EventLog, tells func(string) bool) bool {
	return slices.ContainsFunc(c.Events, func(g *evidence.EventGroup) bool {
		return tells(g.Provider) && slices.Contains(g.Sources, l.Where.Source)
	})
}

// calledBy reports whether a word stands in the name of a log's file.
func calledBy(l *evidence.EventLog, word string) bool {
	name := strings.ToLower(l.Where.Source[strings.LastIndexByte(l.Where.Source, '/')+1:])
	return slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return r < 'a' || r > 'z' }), word)
}

// logSources names the sources of logs.
func logSources(logs []*evidence.EventLog) []string {
	var names []string
	for _, l := range logs {
		names = append(names, l.Where.Source)
	}
	return names
}

// notWholeLogs names the logs that were not read whole.
func notWholeLogs(logs []*evidence.EventLog) []string {
	var names []string
	for _, l := range logs {
		if !l.Whole {
			names = append(names, l.Where.Source)
		}
	}
	return names
}

// partial says that logs were broken off, or are a selection of events.
func partial(logs []*evidence.EventLog) string {
	return "what was exported to " + listed(notWholeLogs(logs)) + " is not the whole log"
}

// loggingBits returns EventLogging as Windows reads it: its number, or the
// default 1. known is false where the SCHANNEL key was not collected.
func loggingBits(c *evidence.Case) (bits uint32, known bool, s windows.Setting) {
	s = windows.DWord(c.Registry, windows.SchannelKey(c.Registry), "EventLogging")
	switch s.State {
	case windows.Set:
		return s.Number, true, s
	case windows.NotCollected:
		return 1, false, s
	}
	return 1, true, s
}

// addSamples adds the places of a group's samples to a finding.
func (f *Finding) addSamples(g *evidence.EventGroup) {
	f.Evidence = append(f.Evidence, sampleLocations(g)...)
}
