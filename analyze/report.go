package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

// roleReport is what a manifest calls the report that another is made from.
const roleReport = "report"

func reportCommand(w world, status *int) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "report FILE.json",
		Short: "write a saved JSON report in other formats",
		Long: `report reads the JSON report of an earlier run and writes it in any format, with the
bytes that the run itself would have written: evidence can be judged where it lies, and
the report be made elsewhere. Nothing is judged again, and no evidence is needed.

What was carried from an earlier workbook is not in the JSON report: give --carry again.

FILE is - for standard input. The file is read strictly: it has to be a whole report of
this program.

The exit status is that of the analysis for the same findings; it is 2 where FILE is no
report.`,
		Example: `  ctlaudit customer.zip -o report.json
  ctlaudit report report.json -o report.xlsx -o report.html
  ctlaudit report report.json --format md`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{fmt.Errorf("%s needs one JSON report, and %d arguments were given", cmd.CommandPath(), len(args)), "ctlaudit PATH… -o json=FILE writes a report"}
			}
			opts, err := f.options(w)
			if err != nil {
				return err
			}
			*status, err = rewrite(cmd.Context(), w, args[0], opts)
			return err
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	f.addReports(fl)
	fl.StringVar(&f.color, "color", "auto", "auto, always or never")
	fl.BoolVar(&f.quiet, "quiet", false, "say nothing on standard error but errors")
	return cmd
}

// rewrite writes a saved report in other formats.
func rewrite(ctx context.Context, w world, file string, o *options) (int, error) {
	r, err := readReport(file, o)
	if err != nil {
		return exitUsage, err
	}
	carried, err := o.carried(w)
	if err != nil {
		return exitUsage, err
	}
	doc, err := o.redaction.document(reports.Render(r, reports.Options{Carried: carried}), reports.Options{Carried: carried})
	if err != nil {
		return exitUsage, err
	}
	status := statusOf(r, o.failOn)
	if o.custody != nil {
		o.custody.m.AsOf = r.AsOf.Time
	}
	o.custody.ends("report", status)
	return status, o.writeInstead(ctx, w, doc, nil)
}

// readReport reads a JSON report from a file, or from standard input.
func readReport(file string, o *options) (*reports.Report, error) {
	var in io.Reader = os.Stdin
	name := "standard input"
	var f *os.File
	if file != "-" {
		var err error
		if f, err = os.Open(file); err != nil {
			return nil, &usageError{err: err}
		}
		defer f.Close()
		in, name = f, fmt.Sprintf("%q", file)
	}
	hashed := newCounter(io.Discard)
	r, err := reports.Read(bufio.NewReaderSize(io.TeeReader(in, hashed), 1<<20))
	if err != nil {
		return nil, &usageError{fmt.Errorf("%s: %w", name, err), "ctlaudit PATH… -o json=FILE writes a report"}
	}
	if f != nil {
		o.custody.addFile(roleReport, file, "report", hashed.n, hashed.sum(), modifiedOf(f), true)
	}
	return r, nil
}

// statusOf is the exit status that the run had which wrote a report, or would
// have had with another --fail-on.
func statusOf(r *reports.Report, failOn rules.Severity) int {
	facts, failed := 0, false
	for d := range r.Diagnostics {
		if d.Lost && d.Host == "" {
			return exitIncomplete
		}
	}
	for s := range r.Sources {
		if !s.Complete {
			return exitIncomplete
		}
		n := s.Records
		facts += n.Certificates + n.CRLs + n.TrustLists + n.RegistryValues + n.Events
	}
	if r.Match != nil {
		for _, d := range r.Match.Diagnostics {
			if d.Lost {
				return exitIncomplete
			}
		}
	}
	for f := range r.Findings {
		failed = failed || (f.Fails() && failOn != "" && rules.Severity(f.Severity).Rank() <= failOn.Rank())
	}
	switch {
	case facts == 0:
		return exitNothing
	case failed:
		return exitFailed
	}
	return exitOK
}
