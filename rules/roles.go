package rules

import (
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A SuggestedRole is a role of a host that the sources of its events suggest.
// It is a guess: an event source stays in a log after its product is gone, and
// Skype for Business writes under the names of Lync.
type SuggestedRole struct {
	// Role is one that --role takes.
	Role string
	// Why names the event source.
	Why      string
	Evidence []evidence.Location
}

// roleSources are the event sources that products write under: whole names, or
// beginnings where they end in "*".
var roleSources = []struct{ role, provider string }{
	{"exchange", "MSExchange*"},
	{"ocs", "OCS *"},
	{"ocs", "Office Communications Server*"},
	{"communicator", "Communicator"},
	{"live-meeting", "Live Meeting*"},
	{"lync-server", "LS *"},
	{"lync-client", "Lync"},
	{"iis", "W3SVC*"},
	{"iis", "Microsoft-Windows-IIS*"},
	{"iis", "Microsoft-Windows-WAS"},
	{"nps", "NPS"},
	{"nps", "IAS"},
	{"adfs", "AD FS*"},
}

// SuggestedRoles returns the roles that the host's own events suggest, in the
// order of --role.
func SuggestedRoles(c *evidence.Case) []SuggestedRole {
	var list []SuggestedRole
	add := func(role, why string, g *evidence.EventGroup) {
		if slices.ContainsFunc(list, func(s SuggestedRole) bool { return s.Role == role }) {
			return
		}
		list = append(list, SuggestedRole{Role: role, Why: why, Evidence: sampleLocations(g)})
	}
	for _, s := range roleSources {
		for _, g := range c.Events {
			if g.Own && suggests(s.provider, g.Provider) {
				add(s.role, "events of "+g.Provider, g)
			}
		}
	}
	for _, g := range c.Events {
		if g.Own && g.Provider == securityProvider && g.ID == npsDeniedID {
			add("nps", "events 6273, by which the Network Policy Server denies access", g)
		}
	}
	order := KnownRoles()
	slices.SortStableFunc(list, func(a, b SuggestedRole) int { return slices.Index(order, a.Role) - slices.Index(order, b.Role) })
	return list
}

func suggests(pattern, provider string) bool {
	if begin, ok := strings.CutSuffix(pattern, "*"); ok {
		return len(provider) >= len(begin) && strings.EqualFold(provider[:len(begin)], begin)
	}
	return strings.EqualFold(pattern, provider)
}

// sampleLocations are the places of the samples of a group.
func sampleLocations(g *evidence.EventGroup) []evidence.Location {
	var list []evidence.Location
	for _, s := range g.Samples {
		list = append(list, s.Where)
	}
	return list
}
