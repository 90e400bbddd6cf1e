// Package data holds the fact tables that the rules rest on: what each Windows
// does, which roots it needs (KB 293781), what Microsoft's root programme says
// of a root, which certificates are known to be bad, and what events, alerts and
// registry values mean. Each table names its source, its date and its version.
// The tables are embedded, and any of them may be replaced by a file of the same
// name. The package judges nothing.
package data

import (
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// An OSProfile says what Schannel does on one Windows.
type OSProfile struct {
	// Code is what --os takes and the JSON report gives.
	Code string
	Name string
	// Server says whether it is a server.
	Server bool
	// Family is the release that the behaviour belongs to: 2003, vista, 7, 8,
	// 8.1 or 10.
	Family string
	// Limit is the greatest size of the trusted issuer list in bytes, with how
	// it is known ("documented", "inferred" or "assumed") and from where.
	Limit         int
	LimitBasis    string
	LimitCitation string
	// SendDefault says whether a list is sent where SendTrustedIssuerList is
	// absent.
	SendDefault bool
	// RootUpdateDefault says whether automatic root update is on by default.
	RootUpdateDefault bool
}

// Since2012 reports whether the profile is Windows 8, Server 2012 or later,
// where the list comes from a store of its own first and is not sent by default.
func (p *OSProfile) Since2012() bool {
	return p.Family == "8" || p.Family == "8.1" || p.Family == "10"
}

// Since10 reports whether the profile is Windows 10, Server 2016 or later,
// which honour the programme's Disabled and NotBefore.
func (p *OSProfile) Since10() bool { return p.Family == "10" }

// A RequiredRoot is one root of KB 293781.
type RequiredRoot struct {
	Number     int
	IssuedTo   string
	Serial     []byte // the INTEGER's content, leading zeros included
	Thumbprint string // upper-case hex
	Subject    string
	// Systems are the columns of the KB that name the root: w2000, xp_2003,
	// vista_to_2008r2, 8_2012_2012r2, win10_and_newer.
	Systems map[string]bool
	Note    string
}

// A ProgrammeRoot is what Microsoft's root list of Tables.ProgrammeDate says of
// a root.
type ProgrammeRoot struct {
	Thumbprint   string
	FriendlyName string
	SubjectBytes int
	ClientAuth   bool      // client authentication is among its purposes
	Disabled     time.Time // zero if it is not, Always where the list gives no date
	NotBefore    time.Time // zero if it is not restricted
	// Purposes, NotBeforePurposes and DisallowedPurposes are named as the table
	// names them: ClientAuth, ServerAuth, Email, a dotted object identifier …
	// NotBefore without NotBeforePurposes holds for all purposes.
	Purposes, NotBeforePurposes, DisallowedPurposes []string
}

// Always stands for a date that the list leaves empty: it holds since ever.
var Always = time.Unix(0, 0).UTC()

// A ProgrammeAction is what one month's release notes of Microsoft's root
// programme say of a root.
type ProgrammeAction struct {
	// Month is the first day of the month of the notes.
	Month time.Time
	// Class is a reading of the heading: disable, disallow, disallow-eku,
	// notbefore-all, notbefore-eku, notbefore-removed, remove-root, remove-eku,
	// add-root, add-eku, ev-change, modify or other.
	Class      string
	Name       string
	Thumbprint string
	// Heading is quoted from the notes.
	Heading string
}

// The classes of certificates of which something bad is known.
const (
	// Rogue: malicious, broken into, its private key is public, or a list of
	// rogue roots names it.
	Rogue = "rogue"
	// Restricted: Microsoft's programme disabled or restricted it. It is not
	// malicious.
	Restricted = "restricted"
	// Removed: Microsoft's programme removed it. It is not malicious.
	Removed = "removed"
)

// A KnownBad is a certificate of which something bad is known.
type KnownBad struct {
	Thumbprint string
	Name       string
	Class      string // Rogue, Restricted or Removed
	// Reason is a clause, Source says who says it.
	Reason, Source string
}

// A SchannelValue is one value that Schannel reads of the registry.
type SchannelValue struct {
	// Key is the path below SCHANNEL, "" for SCHANNEL itself; a segment "*"
	// stands for any one segment.
	Key  string
	Name string
	// Type is the type that Windows reads, such as REG_DWORD.
	Type string
	// DefaultBefore2012 and DefaultSince2012 say what holds where the value is
	// absent, up to Windows 7 and Server 2008 R2 and from Windows 8 and Server
	// 2012 on; "" where the value means nothing there or nobody documents it.
	DefaultBefore2012, DefaultSince2012 string
	// Meaning is a clause, Source says where it is written.
	Meaning, Source string
}

// Path returns key and name below SCHANNEL: Messaging\MessageLimitClient.
func (v *SchannelValue) Path() string {
	if v.Key == "" {
		return v.Name
	}
	return v.Key + `\` + v.Name
}

// A ProtocolState is what a Windows does with a protocol where the registry says
// nothing.
type ProtocolState string

// The states of a protocol.
const (
	ProtocolEnabled      ProtocolState = "enabled"
	ProtocolDisabled     ProtocolState = "disabled"
	ProtocolNotSupported ProtocolState = "not supported"
)

// A ProtocolDefault is the default state of one protocol on one Windows.
type ProtocolDefault struct {
	OS string // a code of the table of operating systems
	// Protocol is named as its key below SCHANNEL\Protocols: "TLS 1.2".
	Protocol       string
	Client, Server ProtocolState
	// Basis is "documented", "reported" or "inferred".
	Basis, Source string
}

// An EventMeaning says what an event means.
type EventMeaning struct {
	Provider string
	ID       uint32
	// Level is that of most builds. It never decides anything.
	Level string
	// Meaning is a clause; Text is the English message, with {1} for its first
	// parameter, "" where it is not known.
	Meaning, Text string
	Source        string
}

// An AlertMeaning is a TLS alert.
type AlertMeaning struct {
	Code int
	Name string // as the RFCs name it: unknown_ca
	// Meaning is a clause, "" where the name says it all. SSPI is the status
	// that Schannel maps the alert to, "" where it is the general one.
	Meaning, SSPI string
}

// A NPSReason is a reason code of the Network Policy Server (event 6273).
type NPSReason struct {
	Code           int
	Meaning, Basis string
}

// A RolePack is a list of roots that a product needs from a day on.
type RolePack struct {
	Name string
	// Roles are the roles of a host that it holds for, at least one.
	Roles []string
	// EffectiveFrom is the first day that it holds.
	EffectiveFrom time.Time
	Citation, URL string
	Note          string
	Roots         []PackRoot
}

// A PackRoot is one root of a pack.
type PackRoot struct {
	Thumbprint string // upper-case hex
	Name       string
}

// Holds reports whether the pack holds for a host of these roles on a day.
func (p *RolePack) Holds(roles []string, asOf time.Time) bool {
	if asOf.Before(p.EffectiveFrom) {
		return false
	}
	for _, want := range p.Roles {
		for _, has := range roles {
			if strings.EqualFold(want, has) {
				return true
			}
		}
	}
	return false
}

// Tables are all fact tables, read once and never changed.
type Tables struct {
	OS       []*OSProfile
	Required []*RequiredRoot
	// Programme is Microsoft's root list of ProgrammeDate, by thumbprint.
	Programme map[string]*ProgrammeRoot
	// ProgrammeDate is the thisUpdate of that list, authroot.stl, YYYY-MM-DD.
	ProgrammeDate string
	// ProgrammeActions are the release notes by thumbprint, the oldest first;
	// ActionsDate is the month of the last notes, YYYY-MM-DD.
	ProgrammeActions map[string][]*ProgrammeAction
	ActionsDate      string
	KnownBad         map[string]*KnownBad // by thumbprint
	SchannelValues   []*SchannelValue
	ProtocolDefaults []*ProtocolDefault
	// Events are the meanings by provider and id; Event looks one up without
	// regard to case and to the two names of a provider.
	Events       map[evidence.EventKey]*EventMeaning
	Alerts       map[int]string // the names by number
	AlertDetails map[int]*AlertMeaning
	NPSReasons   map[int]*NPSReason
	RolePacks    []*RolePack

	// Info describes each table, sorted by file name.
	Info []TableInfo

	byCode    map[string]*OSProfile
	protocols map[string]*ProtocolDefault // "os\x00protocol", lower case
	events    map[evidence.EventKey]*EventMeaning
}

// A TableInfo describes one table as it was read.
type TableInfo struct {
	// Name is the file's name: known_bad.tsv.
	Name    string
	Title   string
	Source  string
	Date    string // YYYY-MM-DD
	Version string
	Rows    int
	// SHA256 is the digest of the file as it was read.
	SHA256 [32]byte
	// Replaced says that the table is not the embedded one.
	Replaced bool
}

// OSByCode returns the profile of a code such as 2008r2, or nil.
func (t *Tables) OSByCode(code string) *OSProfile { return t.byCode[strings.ToLower(code)] }

// Protocol returns the default state of a protocol, such as "TLS 1.2", on a
// Windows, or nil where the table does not say.
func (t *Tables) Protocol(os, protocol string) *ProtocolDefault {
	return t.protocols[strings.ToLower(os+"\x00"+protocol)]
}

// Event returns the meaning of an event, or nil. Case does not matter, and
// Microsoft-Windows-CAPI2 is CAPI2, in its Operational log CAPI2/Operational.
func (t *Tables) Event(provider string, id uint32) *EventMeaning {
	p := strings.TrimPrefix(strings.ToLower(provider), "microsoft-windows-")
	if m := t.events[evidence.EventKey{Provider: p, ID: id}]; m != nil {
		return m
	}
	if p == "capi2" {
		return t.events[evidence.EventKey{Provider: "capi2/operational", ID: id}]
	}
	return nil
}

// Schannel returns the value that Schannel reads at a path below SCHANNEL, such
// as `Protocols\TLS 1.2\Server` and Enabled, or nil. Case does not matter.
func (t *Tables) Schannel(key, name string) *SchannelValue {
	for _, v := range t.SchannelValues {
		if strings.EqualFold(v.Name, name) && matches(v.Key, key) {
			return v
		}
	}
	return nil
}

func matches(pattern, key string) bool {
	p, k := strings.Split(pattern, `\`), strings.Split(key, `\`)
	if len(p) != len(k) {
		return false
	}
	for i := range p {
		if p[i] != "*" && !strings.EqualFold(p[i], k[i]) {
			return false
		}
	}
	return true
}

// RequiredColumn returns the column of KB 293781 that holds for a family of
// Windows, with a remark where the KB does not say so itself.
func RequiredColumn(family string) (column, basis string) {
	switch family {
	case "2003":
		return "xp_2003", "documented"
	case "vista", "7":
		return "vista_to_2008r2", "documented"
	case "8", "8.1":
		return "8_2012_2012r2", "inferred"
	case "10":
		return "win10_and_newer", "documented"
	}
	return "", ""
}
