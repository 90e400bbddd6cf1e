// Package changes compares two judgements of the same hosts: which certificates
// were added, removed, moved or changed, which registry values, what that did to
// the trusted issuer lists, and which findings are new, fixed, changed or the
// same.
//
// Each side is a Side, whether it was made from exports or from an earlier JSON
// report, which holds less. What one side did not collect, or did not read
// whole, is never concluded to be gone. The package reads no file.
package changes

import "time"

// A Side is one of the two that are compared.
type Side struct {
	// Name is what reports call the side: the name of the folder or file.
	Name string
	// FromReport says that the side is a JSON report, which holds of the
	// properties of a certificate the friendly name only, and values but no
	// empty keys of the registry.
	FromReport bool
	Version    string // of the program that judged
	Policy     string // name and digest
	AsOf       time.Time
	Hosts      []Host
}

// A Host is what one side knows of a host.
type Host struct {
	Name, OS     string
	Certificates []Certificate
	Values       []Value
	Lists        []List
	Findings     []Finding
	// Stores are those of which something was collected, by their names such as
	// LocalMachine\Root.
	Stores map[string]Store
	// KeyCollected reports whether a registry key, by its full path, was
	// collected, so that an absence below it means something. It is nil where
	// only values are known.
	KeyCollected func(key string) bool
	// Incomplete are the sources that were not read whole.
	Incomplete []string
}

// A Store says what of a store was collected.
type Store struct {
	// Broken says that a source of it was not read whole.
	Broken bool
	// Missing are the physical stores that were not collected.
	Missing []string
}

// A Certificate is one occurrence of a certificate in a store.
type Certificate struct {
	// Store is "" for a certificate that belongs to none, Physical where the
	// export does not tell.
	Store, Physical     string
	SHA256              string // lower-case hex
	Thumbprint, Subject string
	FriendlyName        string
	// Known says that Properties are all it has, Carries that its format can
	// carry any. Where they are not known, Format, that of the source, says
	// whether friendly names can be compared.
	Known, Carries bool
	Properties     []Property
	Format         string
}

// A Property is one property of a certificate; Text is its value as reports
// show it.
type Property struct {
	ID    uint32
	Name  string
	Value string // the bytes
	Text  string
}

// A Value is one registry value; Text is its data as reports show it.
type Value struct{ Key, Name, Type, Text string }

// A List is the size of a trusted issuer list.
type List struct {
	Binding, Profile, Store, Sent, Verdict            string
	Min, Expected, Max, Limit, Certificates, Subjects int
	MinKnown, Collected, Whole, Mixed                 bool
}

// A Finding is the result of a rule on a subject; Waiver is the state of a
// waiver that covers it, or "".
type Finding struct{ ID, Rule, Severity, Outcome, Subject, Summary, Measured, Waiver string }

// A Kind says what happened.
type Kind string

// The kinds of changes.
const (
	Added        Kind = "added"
	Removed      Kind = "removed"
	Moved        Kind = "moved"
	Changed      Kind = "changed"
	New          Kind = "new"           // a finding: it fails, and did not before
	Fixed        Kind = "fixed"         // a finding: it failed, and does not any more
	Same         Kind = "same"          // a finding: as it was
	NotCollected Kind = "not collected" // one side has it, the other did not collect where it would stand
	OnlyBefore   Kind = "only before"   // a host
	OnlyAfter    Kind = "only after"    // a host
)

// A What says what a change is about.
type What string

// What changes are about, in the order of reports.
const (
	AHost        What = "host"
	AnIssuerList What = "issuer list"
	AFinding     What = "finding"
	ACertificate What = "certificate"
	AProperty    What = "property"
	ARegValue    What = "registry value"
	AStore       What = "store"
)

// A Change is one thing that differs, or a finding that is the same.
type Change struct {
	Host string
	What What
	Kind Kind
	// Subject is what changed: a certificate's subject, a registry value, a
	// list, a rule. Place is where: a store, a key.
	Subject, Place string
	// ID is a certificate's thumbprint or a finding's id.
	ID string
	// Before and After word both sides, "" where there is nothing.
	Before, After string
	// Doubt says why the change may be none, "" where it is sure.
	Doubt string
}

// Real reports whether the change is a difference: a finding that is the same is
// none.
func (c *Change) Real() bool { return c.Kind != Same }

// A Comparison is all that differs.
type Comparison struct {
	Before, After *Side
	// Changes are sorted by host, then by what they are about.
	Changes []Change
	// Notes are what a reader must know of the comparison as a whole.
	Notes []string
}

// Different reports whether anything differs.
func (c *Comparison) Different() bool {
	for i := range c.Changes {
		if c.Changes[i].Real() {
			return true
		}
	}
	return false
}

// Count counts the changes of a kind that are about what.
func (c *Comparison) Count(what What, kind Kind) int {
	n := 0
	for i := range c.Changes {
		if c.Changes[i].What == what && c.Changes[i].Kind == kind {
			n++
		}
	}
	return n
}
