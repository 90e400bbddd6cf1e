// Package evidence is the shared model of ctlaudit: the facts that importers
// read from a customer's exports, each with its place in the file, and the
// case that collects those of one host.
//
// The package owns no file format and judges nothing. It imports the standard
// library only, so that every other package may import it.
package evidence

// A Kind names a kind of fact. Rules say by it what they need.
type Kind string

// The kinds of facts.
const (
	KindCertificate    Kind = "certificate"
	KindRevocationList Kind = "crl"
	KindTrustList      Kind = "trustList"
	KindRegistry       Kind = "registry"
	KindEvent          Kind = "event"
)

// A Record is one fact of an export, with the place where it was read. The
// record types are *Occurrence, *RevocationList, *TrustList, *RegistryKey,
// *RegistryValue, *Event and *EventLog.
type Record interface {
	// Kind says what kind of fact the record is.
	Kind() Kind
	// At says where the record was read.
	At() Location
}

// A Sink takes the facts of a source in the order of the file. An importer
// pushes into it and collects nothing itself.
type Sink interface {
	// Add takes one fact. An *Event and its byte slices are valid only until
	// Add returns; every other record belongs to the sink from then on. A
	// non-nil error ends the import: the run was cancelled, or a bound of the
	// sink was passed and the importer cannot go on.
	Add(Record) error
	// Diagnose takes a remark on the source. It never fails.
	Diagnose(Diagnostic)
}
