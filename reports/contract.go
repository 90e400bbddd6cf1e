package reports

import (
	"time"
)

// SchemaName names the JSON contract and its version.
const SchemaName = "ctlaudit/report/v1"

// A Report is the JSON contract: its keys, their order and their types. Text is
// as the exports hold it. Lists are never null, and sorted by stable keys.
type Report struct {
	Schema        string             `json:"schema"`
	Tool          Tool               `json:"tool"`
	AsOf          Time               `json:"asOf"`
	Summary       Summary            `json:"summary"`
	Sources       Seq[Source]        `json:"sources"`
	Hosts         Seq[Host]          `json:"hosts"`
	Rules         Seq[Rule]          `json:"rules"`
	IssuerLists   Seq[IssuerList]    `json:"issuerLists"`
	RequiredRoots Seq[RequiredRoot]  `json:"requiredRoots"`
	Certificates  Seq[Certificate]   `json:"certificates"`
	Registry      Seq[RegistryValue] `json:"registry"`
	Events        Seq[EventGroup]    `json:"events"`
	Findings      Seq[Finding]       `json:"findings"`
	Diagnoses     []Diagnosis        `json:"diagnoses"`
	Waivers       Seq[WaiverReport]  `json:"waivers"`
	Diagnostics   Seq[Diagnostic]    `json:"diagnostics"`
}

// A Time is written as RFC 3339 in UTC, and as null where it is zero.
type Time struct{ time.Time }

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return t.UTC().AppendFormat(nil, `"`+time.RFC3339Nano+`"`), nil
}

// A Tool names the program and the policy that judged.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Policy  Policy `json:"policy"`
	// Waivers is the file of waivers, null where none was given.
	Waivers *File `json:"waivers"`
	// Data are the fact tables that were judged by.
	Data []FactTable `json:"data"`
	// RuleFiles are the files of customer rules.
	RuleFiles []RuleFile `json:"ruleFiles"`
}

// A FactTable is one table of facts, with its source's date and whether it was
// given in place of the embedded one.
type FactTable struct {
	Name     string `json:"name"`
	Date     string `json:"date"`
	Rows     int    `json:"rows"`
	SHA256   string `json:"sha256"`
	Replaced bool   `json:"replaced"`
}

// A RuleFile is a file of customer rules.
type RuleFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// A File is known by the digest of its bytes.
type File struct {
	SHA256 string `json:"sha256"`
}

// A Policy names a policy by its name and the digest of its file.
type Policy struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// A Summary counts. Outcomes has a number for each outcome, Failures one for
// each severity of the findings that failed. A failure that a waiver covers is
// counted in Waived and nowhere else.
type Summary struct {
	Hosts      int            `json:"hosts"`
	Sources    int            `json:"sources"`
	Incomplete int            `json:"incomplete"`
	Findings   int            `json:"findings"`
	Waived     int            `json:"waived"`
	Outcomes   map[string]int `json:"outcomes"`
	Failures   map[string]int `json:"failures"`
}

// A Source is one file of an export.
type Source struct {
	Name       string  `json:"name"`
	Size       int64   `json:"size"`
	SHA256     string  `json:"sha256"`
	Format     string  `json:"format"`
	Host       string  `json:"host"`
	Store      string  `json:"store"`
	Physical   string  `json:"physical"`
	StoreBasis string  `json:"storeBasis"`
	Complete   bool    `json:"complete"`
	Confidence string  `json:"confidence"`
	Encoding   string  `json:"encoding"`
	Dialect    string  `json:"dialect"`
	DateOrder  string  `json:"dateOrder"`
	Zone       string  `json:"zone"`
	Records    Records `json:"records"`
}

// Records counts the facts of a source.
type Records struct {
	Certificates   int `json:"certificates"`
	CRLs           int `json:"crls"`
	TrustLists     int `json:"trustLists"`
	RegistryValues int `json:"registryValues"`
	Events         int `json:"events"`
}

// A Host is one host; OS is "" where its Windows is unknown.
type Host struct {
	Name    string   `json:"name"`
	OS      string   `json:"os"`
	OSName  string   `json:"osName"`
	OSBasis string   `json:"osBasis"`
	OSWhy   string   `json:"osWhy"`
	Roles   []string `json:"roles"`
}

// A Rule is one criterion.
type Rule struct {
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	Severity   string      `json:"severity"`
	Enabled    bool        `json:"enabled"`
	Since      string      `json:"since"`
	Doc        string      `json:"doc"`
	References []Reference `json:"references"`
}

// A Reference cites a source of a criterion.
type Reference struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

// An IssuerList is the trusted issuer list of a host or of a binding.
type IssuerList struct {
	Host             string     `json:"host"`
	Binding          string     `json:"binding"`
	Profile          string     `json:"profile"`
	Store            string     `json:"store"`
	Basis            string     `json:"basis"`
	StoreWhy         string     `json:"storeWhy"`
	Sent             string     `json:"sent"`
	SentWhy          string     `json:"sentWhy"`
	Collected        bool       `json:"collected"`
	Whole            bool       `json:"whole"`
	Coverage         []Coverage `json:"coverage"`
	Limit            Limit      `json:"limit"`
	Certificates     int        `json:"certificates"`
	DistinctSubjects int        `json:"distinctSubjects"`
	Sums             Sums       `json:"sums"`
	Bytes            Bytes      `json:"bytes"`
	Headroom         int        `json:"headroom"`
	Verdict          string     `json:"verdict"`
	VerdictWhy       string     `json:"verdictWhy"`
	Mixed            bool       `json:"mixed"`
	Notes            []string   `json:"notes"`
	Entries          []Entry    `json:"entries"`
}

// A Coverage says whether a physical store was collected, and from which source
// or why none is needed.
type Coverage struct {
	Physical  string `json:"physical"`
	Collected bool   `json:"collected"`
	From      string `json:"from"`
	Note      string `json:"note"`
}

// A Limit is the size at which the list is cut.
type Limit struct {
	Bytes    int    `json:"bytes"`
	Basis    string `json:"basis"`
	Citation string `json:"citation"`
}

// Sums are plain sums over the distinct certificates of the store, in bytes.
type Sums struct {
	DER          int `json:"der"`
	DERDistinct  int `json:"derDistinct"`
	Wire         int `json:"wire"`
	WireDistinct int `json:"wireDistinct"`
}

// Bytes are the sizes of the list.
type Bytes struct {
	Min      int  `json:"min"`
	Expected int  `json:"expected"`
	Max      int  `json:"max"`
	MinKnown bool `json:"minKnown"`
}

// An Entry is one certificate of the store, in the order of the exports. EndsAt
// is where its name would end in the list in two simulated orders, in bytes;
// the true order is not documented. Certificates of one name share its place.
type Entry struct {
	Thumbprint string `json:"thumbprint"`
	Subject    string `json:"subject"`
	Bytes      int    `json:"bytes"`
	Counted    string `json:"counted"`
	Why        string `json:"why"`
	Times      int    `json:"times"`
	EndsAt     Ends   `json:"endsAt"`
	Cut        Cuts   `json:"cut"`
}

// Ends are offsets in the two simulated orders, null where the name is not
// listed.
type Ends struct {
	File       *int `json:"file"`
	Thumbprint *int `json:"thumbprint"`
}

// Cuts say in which simulated order a name does not fit below the limit.
type Cuts struct {
	File       bool `json:"file"`
	Thumbprint bool `json:"thumbprint"`
}

// A RequiredRoot says where a root stands that the host needs; an impostor bears
// the name or serial number of one.
type RequiredRoot struct {
	Host       string     `json:"host"`
	Pack       string     `json:"pack"`
	Name       string     `json:"name"`
	Thumbprint string     `json:"thumbprint"`
	State      string     `json:"state"`
	Where      []string   `json:"where"`
	Citation   string     `json:"citation"`
	Evidence   []Location `json:"evidence"`
}

// A Certificate is one occurrence of a certificate in a source.
type Certificate struct {
	Host         string   `json:"host"`
	Store        string   `json:"store"`
	Physical     string   `json:"physical"`
	Thumbprint   string   `json:"thumbprint"`
	SHA256       string   `json:"sha256"`
	Subject      string   `json:"subject"`
	Issuer       string   `json:"issuer"`
	Serial       string   `json:"serial"`
	NotBefore    Time     `json:"notBefore"`
	NotAfter     Time     `json:"notAfter"`
	SubjectBytes *int     `json:"subjectBytes"`
	SelfIssued   bool     `json:"selfIssued"`
	Parse        string   `json:"parse"`
	ParseNote    string   `json:"parseNote"`
	FriendlyName string   `json:"friendlyName"`
	Location     Location `json:"location"`
}

// A RegistryValue is one value. Data is a list of strings for REG_MULTI_SZ and a
// string for all else: text as it is, numbers decimal, the rest in upper-case
// hex without separators.
type RegistryValue struct {
	Host     string   `json:"host"`
	Key      string   `json:"key"`
	Name     string   `json:"name"`
	Type     string   `json:"type"`
	Data     any      `json:"data"`
	Location Location `json:"location"`
}

// An EventGroup is all events of one computer, provider, id and alert. First and
// Last are null where they could not be read or decided; FirstText and LastText
// are then as exported.
type EventGroup struct {
	Host      string   `json:"host"`
	Computer  string   `json:"computer"`
	Own       bool     `json:"own"`
	Provider  string   `json:"provider"`
	ID        uint32   `json:"id"`
	Alert     *int     `json:"alert"`
	Count     int      `json:"count"`
	First     Time     `json:"first"`
	Last      Time     `json:"last"`
	FirstText string   `json:"firstText,omitempty"`
	LastText  string   `json:"lastText,omitempty"`
	Sources   []string `json:"sources"`
	Samples   []Sample `json:"samples"`
}

// A Sample is one event of a group.
type Sample struct {
	Location Location `json:"location"`
	Time     Time     `json:"time"`
	TimeText string   `json:"timeText,omitempty"`
	Message  string   `json:"message"`
}

// A Finding is the result of a rule on a subject.
type Finding struct {
	ID         string     `json:"id"`
	Rule       string     `json:"rule"`
	Title      string     `json:"title"`
	Severity   string     `json:"severity"`
	Outcome    string     `json:"outcome"`
	Host       string     `json:"host"`
	Subject    string     `json:"subject"`
	Store      string     `json:"store"`
	Thumbprint string     `json:"thumbprint"`
	Summary    string     `json:"summary"`
	Measured   string     `json:"measured"`
	Expected   string     `json:"expected"`
	Evidence   []Location `json:"evidence"`
	Searched   []string   `json:"searched"`
	Absence    bool       `json:"absence"`
	References []string   `json:"references"`
	Remedy     string     `json:"remedy"`
	Collect    string     `json:"collect"`
	// Waiver is null where no waiver covers the finding. The outcome stays as
	// it was found; an active waiver takes the failure out of the count.
	Waiver *Waiver `json:"waiver"`
}

// A Waiver is an accepted risk; State is active, expired or unused. Host, store
// and thumbprint are "" where they do not narrow it. Expires is its last day.
type Waiver struct {
	State      string `json:"state"`
	Rule       string `json:"rule"`
	Host       string `json:"host"`
	Store      string `json:"store"`
	Thumbprint string `json:"thumbprint"`
	Reason     string `json:"reason"`
	Expires    string `json:"expires"`
	ApprovedBy string `json:"approvedBy"`
	Ticket     string `json:"ticket"`
	Line       int    `json:"line"`
}

// A WaiverReport says what became of a waiver: Findings are the ids of the
// failures that it covers.
type WaiverReport struct {
	Waiver
	Note     string   `json:"note"`
	Findings []string `json:"findings"`
}

// A Diagnostic is a remark on a source; Host is "" for a file of no host.
type Diagnostic struct {
	Code     string   `json:"code"`
	Severity string   `json:"severity"`
	Host     string   `json:"host"`
	Location Location `json:"location"`
	Summary  string   `json:"summary"`
	Detail   string   `json:"detail"`
	Lost     bool     `json:"lost"`
}

// A Location is a place in a source. Offset and Length are in bytes; Line counts
// from 1 and is 0 in a binary file.
type Location struct {
	Source string `json:"source"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Line   int    `json:"line"`
	Path   string `json:"path"`
}
