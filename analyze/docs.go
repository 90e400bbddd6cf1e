package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/rules"
)

// docsCommand prints the documents that are made from the program itself.
func docsCommand(w world) *cobra.Command {
	docs := map[string]func() string{"rules": rulesDoc, "importers": importersDoc}
	return &cobra.Command{
		Use:       "docs rules|importers",
		Short:     "print rules/README.md or importers/README.md",
		Hidden:    true,
		Args:      someArgs(1, "the name of a document"),
		ValidArgs: []string{"rules", "importers"},
		RunE: func(_ *cobra.Command, args []string) error {
			text, ok := docs[args[0]]
			if !ok {
				return usagef("there is no document %q", args[0])
			}
			_, err := fmt.Fprint(w.stdout, text())
			return err
		},
	}
}

// manCommand prints the manual page.
func manCommand(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "print the manual page",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			date := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // the page is the same every day
			return doc.GenMan(cmd.Root(), &doc.GenManHeader{Title: "CTLAUDIT", Section: "1", Source: "ctlaudit", Date: &date}, w.stdout)
		},
	}
}

const printed = "<!-- Printed by `make docs` from the code; edit that. -->\n\n"

func rulesDoc() string {
	var b strings.Builder
	b.WriteString(printed + "# The rules\n\nEach rule is a file of this folder, with its test. `ctlaudit rules list` and `ctlaudit rules explain RULE` print the same.\n" +
		"Outcomes are those of XCCDF 1.2: pass, fail, unknown, notapplicable, notchecked, informational, error.\n\n| Rule | Severity | What holds where it passes |\n| --- | --- | --- |\n")
	for _, r := range rules.All() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, r.Severity, r.Title)
	}
	for _, r := range rules.All() {
		fmt.Fprintf(&b, "\n## %s\n\n*%s*\n\n%s\n\n", r.ID, r.Title, r.Doc)
		fmt.Fprintf(&b, "- Severity: %s. Since: %s.\n", r.Severity, r.Since)
		if r.Impact != "" {
			fmt.Fprintf(&b, "- Impact: %s.\n", r.Impact)
		}
		if r.AppliesTo != "" {
			fmt.Fprintf(&b, "- Applies to: %s.\n", r.AppliesTo)
		}
		if n := needs(r); n != "" {
			fmt.Fprintf(&b, "- Needs: %s.\n", n)
		}
		if r.Collect != "" {
			fmt.Fprintf(&b, "- To collect it: %s\n", strings.ReplaceAll(r.Collect, `\`, `\\`))
		}
		fmt.Fprintf(&b, "- Resolution: %s.\n", r.Remedy)
		for _, ref := range r.References {
			fmt.Fprintf(&b, "- Source: %s, %s. <%s>\n", ref.Name, ref.Title, ref.URL)
		}
	}
	b.WriteString("\n## Adding a rule\n\nWrite `<rule>.go` with one `*Rule` value and `<rule>_test.go` with cases that pass, fail, are not checked and are unknown; add the value to `all.go`;\n" +
		"run `make docs`. A rule sees evidence and never a file format, cites at least one source, and says what it cannot see.\n")
	own, err := criteriaDoc()
	if err != nil {
		own = "\n" + err.Error() + "\n" // the embedded tables and policies are tested
	}
	return b.String() + own
}

func importersDoc() string {
	var b strings.Builder
	b.WriteString(printed + "# The formats\n\nEach format is a folder of this one with one described function as a value, listed in `analyze/formats.go`. Content decides which format reads a\nfile; its name only breaks a tie. `ctlaudit inspect PATH` says what each file was taken for.\n")
	for _, f := range importFormats() {
		title, text, _ := strings.Cut(f.Doc, "\n")
		fmt.Fprintf(&b, "\n## %s: %s\n\n", f.Name, title)
		if len(f.Extensions) > 0 {
			fmt.Fprintf(&b, "Usual names: %s\n\n", strings.Join(f.Extensions, " "))
		}
		b.WriteString(strings.TrimSpace(text) + "\n")
	}
	fmt.Fprintf(&b, `
## Bounds

A file may be hostile. A record may have %d MiB, a certificate %d MiB, a registry value %d MiB; a file that must be held in memory %d MiB; archives
may stand %d deep and unpack to %d times their size; a run reads %d files at most. What passes a bound is diagnosed, and the rest is still read.

## Adding a format

Make a folder with `+"`<format>.go`"+` (a `+"`*importers.Format`"+`), its test and a fuzz target, add the value to `+"`analyze/formats.go`"+`, add samples, and run `+"`make docs`"+`.
An importer pushes facts with their locations into a sink and keeps none; what is wrong with a file is a diagnostic and never an error.
`, importers.MaxRecord>>20, importers.MaxCertificate>>20, importers.MaxRegistryValue>>20, importers.MaxWhole>>20, importers.MaxArchiveDepth, importers.MaxArchiveRatio, importers.MaxFiles)
	return b.String()
}
