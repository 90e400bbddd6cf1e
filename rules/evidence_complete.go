package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// EvidenceComplete checks that every recognised file was read whole.
var EvidenceComplete = &Rule{
	ID:       "evidence-complete",
	Title:    "every export of the host was read whole",
	Severity: Medium,
	Since:    "v0.1",
	Doc: `A file that is cut, damaged or larger than a bound is read as far as it can be.
What depends on it is then unknown, never passed. This rule names each such file
and the place where it broke off. Files that no format claims are listed with the
sources and are not judged: an export folder may hold anything.`,
	References: []Reference{{"ISO 19011:2018 section 6.4.7", "Guidelines for auditing management systems: collecting and verifying information", "https://www.iso.org/standard/70017.html"}},
	Remedy:     `export the file again and compare its size and SHA-256 with the original on the host`,
	Impact:     `what depends on the file is unknown, and never passed`,
	AppliesTo:  `all exports`,
	Check:      checkComplete,
}

func checkComplete(p *Pass) {
	read := 0
	failed := false
	for _, s := range p.Case.Sources {
		if s.Format != "" {
			read++
		}
		if s.Complete {
			continue
		}
		failed = true
		f := Finding{Subject: s.Name, Outcome: Failed, Expected: "read to its end without loss",
			Measured: fmt.Sprintf("%s facts read", Grouped(s.Records.Total()))}
		losses := 0
		for _, d := range p.Case.Diagnostics {
			if d.Where.Source != s.Name || !d.Loses() {
				continue
			}
			if losses++; losses == 1 {
				f.Summary = fmt.Sprintf("%s was not read whole: %s", s.Name, d.Summary)
			}
			f.Evidence = append(f.Evidence, d.Where)
		}
		if losses > 1 {
			f.Summary += fmt.Sprintf(" (the first of %d losses that are listed)", losses)
		}
		if losses == 0 {
			f.Summary = s.Name + " was not read whole"
			f.Evidence = []evidence.Location{{Source: s.Name}}
		}
		p.Report(f)
	}
	switch {
	case failed:
	case read == 0:
		p.Report(Finding{Subject: p.Case.Host, Outcome: NotChecked, Summary: "not checked: no file of this host was recognised", Collect: collectRoot})
	case read == 1:
		p.Report(Finding{Subject: p.Case.Host, Outcome: Passed, Measured: "1 file", Expected: "read to its end without loss",
			Summary: "the one recognised file was read whole"})
	default:
		p.Report(Finding{Subject: p.Case.Host, Outcome: Passed, Measured: fmt.Sprintf("%d files", read), Expected: "read to their ends without loss",
			Summary: fmt.Sprintf("all %d recognised files were read whole", read)})
	}
}
