// Package issuerlist computes the trusted issuer list of a host: the
// distinguished names that Schannel sends in the TLS CertificateRequest (RFC
// 5246 section 7.4.4, certificate_authorities) to say which certification
// authorities it trusts. KB 2464556 calls this list a certificate trust list
// (CTL); a CTL proper is a signed object and something else.
//
// Compute is one pure function of a case. Rules, remedies, the peer check and
// the reports all use it, so that a promised size is measured as the present
// one is.
package issuerlist

import (
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// Sizes on the wire, in bytes.
const (
	// PrefixBytes is the length field before each name (RFC 5246, opaque
	// DistinguishedName<1..2^16-1>).
	PrefixBytes = 2
	// MaxName is the longest name that the length field can tell.
	MaxName = 1<<16 - 1
	// SystemMapperBytes is what CN=NT AUTHORITY adds, with its length field,
	// where the application turns the system mapper on (Microsoft Learn, "What's
	// new in TLS/SSL (Schannel SSP)"; the name itself is 25 bytes of DER).
	SystemMapperBytes = 27
)

// A Count says whether a certificate's name is in the list, and how sure that is.
type Count string

// The counts.
const (
	Yes        Count = "yes"
	No         Count = "no"
	AssumedYes Count = "assumed-yes"
	AssumedNo  Count = "assumed-no"
)

// Listed reports whether the name is expected to be in the list.
func (c Count) Listed() bool { return c == Yes || c == AssumedYes }

// A Sent says whether a list is sent at all.
type Sent string

// The answers.
const (
	SentYes     Sent = "yes"
	SentNo      Sent = "no"
	SentUnknown Sent = "unknown"
)

// A Verdict compares the list's size with its limit. It says nothing of whether
// the list is sent.
type Verdict string

// The verdicts.
const (
	Over        Verdict = "over"         // even the least size is over the limit
	Under       Verdict = "under"        // even the greatest size is within it
	LikelyOver  Verdict = "likely-over"  // the expected size is over
	LikelyUnder Verdict = "likely-under" // the expected size is within
	Unknown     Verdict = "unknown"      // the feeding store is not known whole
)

// The profiles of a host whose operating system is unknown.
const (
	ProfileTo2008R2  = "≤2008r2"
	ProfileSince2012 = "≥2012"
)

// A List is the trusted issuer list of a host, or of one of its http.sys
// bindings, with the reasons for each step.
type List struct {
	Host string
	// Binding is the http.sys binding (address and port) that names a store of
	// its own, or "" for the machine's default list.
	Binding string
	// Profile is set where the operating system is unknown, and says for which
	// Windows the list is computed.
	Profile string

	Sent         Sent
	SentWhy      string
	SentEvidence []evidence.Location

	// Store is the store that feeds the list, Basis whether that is
	// "documented" or "assumed", StoreWhy the reason.
	Store         string
	Basis         string
	StoreWhy      string
	StoreEvidence []evidence.Location
	// Collected and Whole say whether the store was collected and read whole;
	// Coverage lists its physical stores, Broken its incomplete sources.
	Collected bool
	Whole     bool
	Coverage  []Coverage
	Broken    []string

	// Entries are the distinct certificates of the store in the order of the
	// exports.
	Entries []Entry
	// Certificates counts the distinct certificates of the store, Subjects
	// their distinct names.
	Certificates int
	Subjects     int
	Sums         Sums
	Bytes        Bytes
	Limit        Limit
	Verdict      Verdict
	VerdictWhy   string
	// Mixed says that the feeding Root holds certificates that a CA issued
	// beside self-issued ones, so that from 2012 on only the former are sent.
	Mixed bool
	// Notes say what is unproven or left out for this list.
	Notes []string
}

// Coverage says whether one physical store of the feeding store was collected,
// and from which source, or why none is needed.
type Coverage struct {
	Physical   string
	Collected  bool
	From, Note string
}

// An Entry is one certificate of the feeding store.
type Entry struct {
	*evidence.Occurrence
	// NameBytes is the length of the subject's DER, 0 where it is unknown.
	NameBytes int
	// Times is how often the certificate stands in the store.
	Times   int
	Counted Count
	Why     string

	listed int // of Times, those that are not counted no
}

// Sums are the plain sums over the distinct certificates of the store, before
// any judgement, in bytes: with and without the length fields, over certificates
// and over distinct names.
type Sums struct {
	DER, DERDistinct, Wire, WireDistinct int
}

// Bytes are the least, expected and greatest size of the list. Microsoft does
// not document whether the limit counts the length fields, whether equal names
// are sent twice and whether CN=NT AUTHORITY is added: the three cover that.
type Bytes struct {
	Min, Expected, Max int
	// MinKnown is false where no certificate is counted "yes" only because the
	// export cannot carry properties: then Min is no lower bound to rely on.
	MinKnown bool
}

// A Limit is the size that Schannel cuts the list at.
type Limit struct {
	Bytes    int
	Basis    string // documented, inferred, assumed or policy
	Citation string
}

// Name words which of a host's lists it is: the store that feeds it, and the
// binding or the Windows where there are several lists.
func (l *List) Name() string {
	s := l.Store
	if l.Binding != "" {
		s += " for binding " + l.Binding
	}
	if l.Profile != "" {
		s += " as Windows " + l.Profile
	}
	return s
}

// Headroom is the limit less the expected size, in bytes; it is negative where
// the list is over.
func (l *List) Headroom() int { return l.Limit.Bytes - l.Bytes.Expected }

// A Host is what Compute needs to know of a host.
type Host struct {
	Case    *evidence.Case
	Version windows.Version
	Tables  *data.Tables
	// AsOf is the date of the judgement: what is expired depends on it.
	AsOf Date
	// LimitBytes overrides the limit of the operating system if it is not 0,
	// with LimitCitation saying by whose word.
	LimitBytes    int
	LimitCitation string
}
