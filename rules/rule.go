// Package rules judges the evidence of a host. A Rule is a described function
// as a value; All lists every one; Evaluate runs them and keeps the promises
// that make a result trustworthy: what could not be judged is said to be so.
//
// The package never sees a file format: it judges evidence, and its tests build
// that from literals.
package rules

import (
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/stores"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// A Severity says how much a failure matters.
type Severity string

// The severities, the gravest first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

var severities = []Severity{Critical, High, Medium, Low, Info}

// Severities returns all severities, the gravest first.
func Severities() []Severity { return append([]Severity(nil), severities...) }

// Rank is 0 for the gravest severity and grows from there; it is -1 for a word
// that is none.
func (s Severity) Rank() int {
	for i, t := range severities {
		if s == t {
			return i
		}
	}
	return -1
}

// An Outcome is the result of a rule on a subject, in the words of XCCDF 1.2
// (NIST IR 7275 revision 4).
type Outcome string

// The outcomes.
const (
	Passed        Outcome = "pass"          // the evidence shows that the rule holds
	Failed        Outcome = "fail"          // the evidence shows that it does not
	Unknown       Outcome = "unknown"       // what was read cannot decide it
	NotApplicable Outcome = "notapplicable" // the rule has no bearing on the host
	NotChecked    Outcome = "notchecked"    // evidence that it needs was not collected
	Informational Outcome = "informational" // nothing to judge, something to know
	Erred         Outcome = "error"         // the rule itself broke
)

// A Reference says where a criterion comes from.
type Reference struct {
	// Name is how the source is cited: "KB 2464556".
	Name string
	// Title is the source's title.
	Title string
	// URL is where it stood; it is never opened.
	URL string
}

// A Rule is one criterion: a described function as a value.
type Rule struct {
	// ID is words joined by hyphens; it is never used again for another check.
	ID string
	// Title is what holds where the rule passes: lower case, no full stop.
	Title string
	// Doc says why it matters, how it is judged, and what it cannot see.
	Doc string
	// Severity is that of a failure, unless the policy says otherwise.
	Severity Severity
	// Since is the version that brought the rule.
	Since string
	// References cite the sources; there is at least one.
	References []Reference
	// Needs are kinds of evidence without which the rule is not checked.
	Needs []evidence.Kind
	// Wants is what must be kept of evidence that may be reduced.
	Wants evidence.Interest
	// Collect is the command that collects what the rule needs, on the host.
	Collect string
	// Remedy says what to do about a failure, in one or two sentences.
	Remedy string
	// Impact says what a failure means for who uses the host, and AppliesTo the
	// Windows or products that the rule is about; "" where Doc says it all.
	Impact, AppliesTo string
	// Origin is the file of a customer's rule, "" for one of the program's own.
	Origin string
	// Check judges a host and reports at least one finding.
	Check func(*Pass)
}

// A Finding is what a rule found of one subject: conformity as well as
// nonconformity.
type Finding struct {
	// ID is stable: a hash of rule, host and subject, never of values.
	ID   string
	Rule *Rule
	// Severity is that of the rule, as the policy has it.
	Severity Severity
	Host     string
	// Subject is what was judged, such as `LocalMachine\Root`.
	Subject string
	// Store and Thumbprint narrow the subject, "" where they mean nothing.
	Store, Thumbprint string
	Outcome           Outcome
	// Summary is one sentence with the numbers in it.
	Summary string
	// Measured and Expected are what was found and what would pass.
	Measured, Expected string
	// Evidence is where it was found, the main place first.
	Evidence []evidence.Location
	// Searched are the sources that were searched whole, for an absence.
	Searched []string
	// Absence marks a finding that concludes from something not being there:
	// it holds only over sources that were read whole.
	Absence bool
	// Collect is the command that would collect what is missing.
	Collect string
	// Remedy overrides that of the rule.
	Remedy string
	// Waiver is the waiver that covers the finding, nil where none does. The
	// outcome stays as it was found; Fails says whether it still counts.
	Waiver *AppliedWaiver
}

// Fails reports whether the finding counts as a failure: it failed, and no
// waiver that holds covers it. Exit status, counts and tables use it.
func (f *Finding) Fails() bool {
	return f.Outcome == Failed && (f.Waiver == nil || f.Waiver.State != WaiverActive)
}

// OutcomeText is the outcome as a table shows it, with its waiver: "fail, waived
// until 2027-01-31".
func (f *Finding) OutcomeText() string {
	switch {
	case f.Waiver == nil:
		return string(f.Outcome)
	case f.Waiver.State == WaiverActive:
		return string(f.Outcome) + ", waived until " + f.Waiver.ExpiresText()
	}
	return string(f.Outcome) + ", waiver expired on " + f.Waiver.ExpiresText()
}

// A Pass is one rule at work on one host.
type Pass struct {
	Rule    *Rule
	Case    *evidence.Case
	Policy  *Policy
	Tables  *data.Tables
	AsOf    time.Time
	Version windows.Version
	Roles   []string
	// Stores are the host's certificate stores, Lists its issuer lists.
	Stores *stores.View
	Lists  []*issuerlist.List
	// Required is where the roots stand that the host needs.
	Required []RootStatus

	findings []Finding
}

// Report takes a finding. Rule, host, severity and id are filled in.
func (p *Pass) Report(f Finding) { p.findings = append(p.findings, f) }

// SchannelKey returns the path of the SCHANNEL key of the current control set.
func (p *Pass) SchannelKey() string { return windows.SchannelKey(p.Case.Registry) }

// Since2012 reports whether the host runs Windows 8, Server 2012 or later, and
// whether its Windows is known.
func (p *Pass) Since2012() (since, known bool) {
	if p.Version.Profile == nil {
		return false, false
	}
	return p.Version.Profile.Since2012(), true
}
