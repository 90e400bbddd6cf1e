package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

func inspectCommand(w world, status *int) *cobra.Command {
	var f flags
	format := "text"
	cmd := &cobra.Command{
		Use:   "inspect PATH…",
		Short: "say of every file what it was taken for and what was read of it",
		Long: `inspect reads the paths as an analysis does and says of every file which format it
was taken for and how surely, its encoding, dialect, date order and time zone, the
host and the store that it was given to, how much was read and refused, and the
first diagnostics. It judges nothing.`,
		Example: `  ctlaudit inspect customer.zip
  ctlaudit inspect logs/ --format json`,
		Args: someArgs(1, "a path"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return usagef("--format %q is neither text nor json", format)
			}
			opts, err := f.options(w)
			if err != nil {
				return err
			}
			*status, err = inspect(cmd.Context(), w, args, opts, format)
			return err
		},
	}
	f.addReading(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", format, "text or json")
	return cmd
}

// An inspection is what is said of one file.
type inspection struct {
	Name       string   `json:"name"`
	Size       int64    `json:"size"`
	SHA256     string   `json:"sha256"`
	Format     string   `json:"format"`
	Confidence string   `json:"confidence"`
	Encoding   string   `json:"encoding"`
	Dialect    string   `json:"dialect"`
	DateOrder  string   `json:"dateOrder"`
	Zone       string   `json:"zone"`
	Host       string   `json:"host"`
	Store      string   `json:"store"`
	Physical   string   `json:"physical"`
	StoreBasis string   `json:"storeBasis"`
	Complete   bool     `json:"complete"`
	Read       string   `json:"read"`
	Losses     int      `json:"losses"`
	Says       []string `json:"diagnostics"`
}

// maxInspected is how many diagnostics of a file inspect shows.
const maxInspected = 5

func inspect(ctx context.Context, w world, paths []string, o *options, format string) (int, error) {
	_, result, err := judge(ctx, paths, o)
	if err != nil {
		return exitUsage, err
	}
	list := []inspection{}
	for _, j := range result.judgements {
		for _, s := range j.Case.Sources {
			list = append(list, inspected(j, s))
		}
	}
	if format == "json" {
		err = reports.PrintJSON(w.stdout, list)
	} else {
		err = printInspections(w.stdout, list)
	}
	for _, d := range result.diagnostics {
		w.complain(string(d.Severity), d.Where.String()+": "+d.Summary)
	}
	status := result.status("")
	return status, err
}

func inspected(j *rules.Judgement, s *evidence.Source) inspection {
	i := inspection{Name: s.Name, Size: s.Size, SHA256: fmt.Sprintf("%x", s.SHA256), Format: s.Format, Confidence: s.Confidence,
		Encoding: s.Encoding, Dialect: s.Dialect, DateOrder: s.DateOrder, Zone: s.Zone, Host: s.Host, Store: s.Store.String(),
		Physical: s.Store.Physical, StoreBasis: string(s.Store.Basis), Complete: s.Complete, Read: recordWords(s.Records), Losses: s.Losses, Says: []string{}}
	more := 0
	for _, d := range j.Case.Diagnostics {
		if d.Where.Source != s.Name {
			continue
		}
		if len(i.Says) == maxInspected {
			more++
			continue
		}
		where := strings.TrimPrefix(d.Where.String(), s.Name)
		i.Says = append(i.Says, strings.TrimSpace(fmt.Sprintf("%s: %s %s", d.Severity, strings.TrimPrefix(where, ":"), d.Summary)))
	}
	if more > 0 {
		i.Says = append(i.Says, fmt.Sprintf("and %d more", more))
	}
	return i
}

func recordWords(r evidence.Records) string {
	var parts []string
	for _, p := range []struct {
		n    int
		noun string
	}{{r.Certificates, "certificate"}, {r.RevocationLists, "CRL"}, {r.TrustLists, "trust list"}, {r.RegistryValues, "registry value"}, {r.Events, "event"}} {
		switch {
		case p.n == 1:
			parts = append(parts, "1 "+p.noun)
		case p.n > 1:
			parts = append(parts, rules.Grouped(p.n)+" "+p.noun+"s")
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// printInspections prints a block for each file: short lines, so that a narrow
// terminal shows them too.
func printInspections(out io.Writer, list []inspection) error {
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-10s %s\n", label, reports.Clean(text))
		}
	}
	for _, i := range list {
		fmt.Fprintf(&b, "%s\n", reports.Clean(i.Name))
		line("format", cmp.Or(strings.TrimSpace(i.Format+" ("+i.Confidence+")"), ""))
		line("size", rules.Grouped(int(i.Size))+" bytes")
		line("sha256", i.SHA256)
		line("host", i.Host)
		if i.Store != "" {
			text := i.Store
			if i.Physical != "" {
				text += ", physical store " + i.Physical
			}
			line("store", text+" ("+basisWords(i.StoreBasis)+")")
		}
		line("encoding", i.Encoding)
		line("dialect", i.Dialect)
		line("dates", i.DateOrder)
		line("zone", i.Zone)
		line("read", i.Read)
		if !i.Complete {
			line("losses", fmt.Sprintf("%d: this file was not read whole", i.Losses))
		}
		for _, s := range i.Says {
			line("", s)
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func basisWords(basis string) string {
	switch evidence.StoreBasis(basis) {
	case evidence.StoreStated:
		return "stated in the case description"
	case evidence.StoreContent:
		return "the file says so"
	case evidence.StoreName:
		return "by its name"
	}
	return "assumed from what it holds"
}
