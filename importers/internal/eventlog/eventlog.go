// Package eventlog holds what exports of event logs have in common, whatever
// their syntax: how a time is written, in which order its day and month stand,
// the TLS alert of a Schannel event, and the names that Event Viewer gives its
// columns and labels in each language.
//
// It knows no file format and opens nothing. The names were taken from real
// exports and from Microsoft's documentation where there are such; the others
// are marked so. The Schannel events are those of the provider's manifest.
package eventlog

import "strings"

// Schannel is the exact name of the provider that tells of the trusted issuer
// list. Microsoft-Windows-Schannel-Events is another one, and logs other ids.
const Schannel = "Schannel"

// The Schannel events that carry a TLS alert code.
const (
	AlertReceived = 36887
	AlertSent     = 36888
)

// Channel returns the name of a log in the spelling of Windows where it is one
// of the classic logs, and as it is where not: users type these names in any
// case, and PowerShell exports them as typed.
func Channel(name string) string {
	for _, known := range [...]string{"System", "Application", "Security", "Setup", "ForwardedEvents"} {
		if strings.EqualFold(name, known) {
			return known
		}
	}
	return name
}
