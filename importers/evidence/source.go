package evidence

import "time"

// A Source is one file of a customer's export.
type Source struct {
	// Name is slash-separated and relative to the path that was given.
	Name string
	// Size is the number of bytes that were read and hashed.
	Size int64
	// SHA256 is the digest of all bytes of the file.
	SHA256 [32]byte
	// Modified is the file's own time of last change, as found: any copy can
	// have set it, so it proves nothing. It is zero where the file had none.
	Modified time.Time
	// Format is the name of the format that read it, "" if none did.
	Format string
	// Confidence is how sure detection was: "certain", "likely" or "".
	Confidence string
	// Host is the name of the host that the file belongs to.
	Host string
	// Store is the store of a certificate file. It is the zero Store where the
	// file holds no certificates or says itself, as a .reg does, which store
	// each one stands in.
	Store Store
	// Complete says that no diagnostic tells of a loss.
	Complete bool
	// Losses is how often something of it was not read.
	Losses int
	// Encoding, Dialect, DateOrder and Zone say how a text was read; they are
	// "" where they mean nothing.
	Encoding, Dialect, DateOrder, Zone string
	// Records counts what was read, by kind.
	Records Records
}

// Records counts the facts of a source.
type Records struct {
	Certificates    int
	RevocationLists int
	TrustLists      int
	RegistryValues  int
	Events          int
}

// Total is the number of facts of all kinds.
func (r Records) Total() int {
	return r.Certificates + r.RevocationLists + r.TrustLists + r.RegistryValues + r.Events
}

// A StoreBasis says how it is known which store a file was exported from.
type StoreBasis string

// The bases, the strongest first.
const (
	StoreStated  StoreBasis = "stated"  // the case description says so
	StoreContent StoreBasis = "content" // the file says so itself
	StoreName    StoreBasis = "name"    // the file's or the folder's name
	StoreAssumed StoreBasis = "assumed" // nothing says so; taken from what it holds
)

// A Store names a system store of Windows and, where it is known, the physical
// store inside it.
type Store struct {
	// Location is LocalMachine, CurrentUser, Users\SID or Services\NAME (the
	// CERT_SYSTEM_STORE_* locations of wincrypt.h).
	Location string
	// Name is the system store: Root, CA, My, Disallowed, ClientAuthIssuer …
	Name string
	// Physical is .Default, AuthRoot, GroupPolicy, Enterprise or SmartCard, and
	// "" where the export does not tell the physical stores apart.
	Physical string
	// Basis says how the store is known.
	Basis StoreBasis
}

// IsZero reports whether no store is known.
func (s Store) IsZero() bool { return s.Name == "" }

// Machine reports whether the store is one of the machine's: only these feed
// the list that Schannel sends.
func (s Store) Machine() bool { return s.Location == LocalMachine }

// String returns the store as Windows writes it: LocalMachine\Root.
func (s Store) String() string {
	if s.IsZero() {
		return ""
	}
	return s.Location + `\` + s.Name
}

// The location of the machine's stores, and the names of the stores that the
// trusted issuer list is made from.
const (
	LocalMachine = "LocalMachine"
	CurrentUser  = "CurrentUser"

	StoreRoot             = "Root"
	StoreCA               = "CA"
	StoreMy               = "My"
	StoreDisallowed       = "Disallowed"
	StoreClientAuthIssuer = "ClientAuthIssuer"

	PhysicalDefault     = ".Default"
	PhysicalAuthRoot    = "AuthRoot"
	PhysicalGroupPolicy = "GroupPolicy"
	PhysicalEnterprise  = "Enterprise"
	PhysicalSmartCard   = "SmartCard"
)
