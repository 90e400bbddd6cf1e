package evidence

// A DiagnosticSeverity says what a diagnostic means for the source it is about.
type DiagnosticSeverity string

// The severities of diagnostics.
const (
	// Note: all was read, and there is something worth saying.
	Note DiagnosticSeverity = "note"
	// Warning: a record was passed over, or was read with doubt.
	Warning DiagnosticSeverity = "warning"
	// Error: the rest of the source was not read.
	Error DiagnosticSeverity = "error"
)

// A Diagnostic is something about an input that a reader of the report must
// know. What is wrong with a customer's file is always a diagnostic and never
// an error.
type Diagnostic struct {
	// Code is stable and names the format first: "sst-truncated".
	Code string
	// Severity says how much of the source is affected.
	Severity DiagnosticSeverity
	// Where is the place that the diagnostic is about.
	Where Location
	// Summary is one clause, in lower case and without a full stop.
	Summary string
	// Detail says what was wanted, what was there and what was done instead.
	Detail string
	// Lost says that facts of the source were not read, so that an absence can
	// no longer be concluded from it. An Error always counts as a loss.
	Lost bool
}

// Loses reports whether the diagnostic makes its source incomplete.
func (d Diagnostic) Loses() bool { return d.Lost || d.Severity == Error }
