package reports

import (
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// SchemaName names the JSON contract and its version.
const SchemaName = "ctlaudit/report/v1"

// A Report is the JSON contract: its keys, their order and their types. Text is
// as the exports hold it, but bytes that are no UTF-8, which JSON cannot hold,
// are written as \xff. Lists are never null, and sorted by stable keys. Every
// other report is made from this one alone, so a saved report gives the same
// bytes as the run that wrote it.
type Report struct {
	Schema        string             `json:"schema"`
	Tool          Tool               `json:"tool"`
	AsOf          Time               `json:"asOf"`
	Engagement    Engagement         `json:"engagement"`
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
	// Plan, Match and Changes are parts that other commands add, nil where the
	// run had none.
	Plan    *PlanReport  `json:"plan,omitempty"`
	Match   *MatchReport `json:"match,omitempty"`
	Changes *DiffReport  `json:"changes,omitempty"`
	// Redaction is nil where true names are shown.
	Redaction *Redaction `json:"redaction,omitempty"`

	rows rows
}

// An Engagement says whose report it is and who answers for it, as stated; what
// was not stated is "".
type Engagement struct {
	Customer       string `json:"customer"`
	Engagement     string `json:"engagement"`
	System         string `json:"system"`
	Period         string `json:"period"`
	Classification string `json:"classification"`
	PreparedBy     string `json:"preparedBy"`
	ReviewedBy     string `json:"reviewedBy"`
	// How the files came here; the days are YYYY-MM-DD.
	CollectedBy   string `json:"collectedBy"`
	CollectedOn   string `json:"collectedOn"`
	CollectedWith string `json:"collectedWith"`
	ReceivedBy    string `json:"receivedBy"`
	ReceivedOn    string `json:"receivedOn"`
}

// A Redaction says, on a report in which names were replaced, what was.
type Redaction struct {
	Summary string `json:"summary"`
	Detail  string `json:"detail"`
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
// counted in Waived and nowhere else. EventLogs counts the logs that were read,
// empty ones too.
type Summary struct {
	Hosts      int            `json:"hosts"`
	Sources    int            `json:"sources"`
	Incomplete int            `json:"incomplete"`
	EventLogs  int            `json:"eventLogs"`
	Findings   int            `json:"findings"`
	Waived     int            `json:"waived"`
	Outcomes   map[string]int `json:"outcomes"`
	Failures   map[string]int `json:"failures"`
}

// A Source is one file of an export. Modified is the file's own time of last
// change, which any copy can have set; it is null where the file had none.
type Source struct {
	Name       string  `json:"name"`
	Size       int64   `json:"size"`
	SHA256     string  `json:"sha256"`
	Modified   Time    `json:"modified"`
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

// A Rule is one criterion. Needs are the kinds of evidence without which it is
// not checked, and Collect is the command that collects them. Remedy, Impact and
// AppliesTo are "" where Doc says it all.
type Rule struct {
	ID         string      `json:"id"`
	Title      string      `json:"title"`
	Severity   string      `json:"severity"`
	Enabled    bool        `json:"enabled"`
	Since      string      `json:"since"`
	Doc        string      `json:"doc"`
	References []Reference `json:"references"`
	Needs      []string    `json:"needs"`
	Collect    string      `json:"collect"`
	Remedy     string      `json:"remedy"`
	Impact     string      `json:"impact"`
	AppliesTo  string      `json:"appliesTo"`
}

// A Reference cites a source of a criterion.
type Reference struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	URL   string `json:"url"`
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

// String returns the location as messages show it, as that of package evidence
// does.
func (l Location) String() string { return evidence.Location(l).String() }
