package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/customer"
)

func rulesTestCommand(w world, status *int) *cobra.Command {
	return &cobra.Command{
		Use:   "test FILE…",
		Short: "try the rules of a file on their own examples",
		Long: `test reads files of rules as --rules does, tries each rule on its own examples, and
prints a line for each. It exits with 0 if every rule said what its examples expect,
1 if one did not, and 2 if a file is wrong.`,
		Example: "  ctlaudit rules test contoso.yaml",
		Args:    someArgs(1, "a file of rules"),
		RunE: func(_ *cobra.Command, args []string) error {
			known := rules.All()
			var files []*customer.File
			for _, name := range args {
				f, err := readRules(name, known)
				if err != nil {
					return err
				}
				known = append(known, f.Criteria()...)
				files = append(files, f)
			}
			failed, err := tryExamples(w.stdout, files)
			if failed {
				*status = exitFailed
			}
			return err
		},
	}
}

func tryExamples(to io.Writer, files []*customer.File) (failed bool, err error) {
	tried, wrong, without := 0, 0, 0
	var lines []string
	for _, f := range files {
		for _, r := range f.Rules {
			results := r.Test()
			if len(results) == 0 {
				without++
				lines = append(lines, fmt.Sprintf("none  %s has no example", r.ID))
			}
			for _, res := range results {
				tried++
				if res.OK() {
					lines = append(lines, fmt.Sprintf("ok    %s: %s: %s", r.ID, res.Example.Name, res.Outcome))
					continue
				}
				wrong++
				lines = append(lines, fmt.Sprintf("WRONG %s: %s: expected %s, and the rule gives %s: %s", r.ID, res.Example.Name, res.Example.Expect, res.Outcome, res.Summary))
			}
		}
	}
	lines = append(lines, fmt.Sprintf("%d examples, %d wrong; %d rules without an example", tried, wrong, without))
	for _, l := range lines {
		if _, err := fmt.Fprintln(to, reports.Clean(l)); err != nil {
			return wrong > 0, err
		}
	}
	return wrong > 0, nil
}
