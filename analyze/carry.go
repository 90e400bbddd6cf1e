package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/workbook"
)

// roleCarried is what a manifest calls the workbook that sign-offs are taken
// from.
const roleCarried = "carried"

// addWorkbook adds the flags of workbooks.
func (f *flags) addWorkbook(fl *pflag.FlagSet) {
	fl.StringVar(&f.carry, "carry", "", "keep owner, due date, response and reviewer of the findings from this earlier workbook `FILE`, and say what is new, open and closed since")
	fl.StringVar(&f.template, "template", "", "write xlsx as a plan of action and milestones in place of the evidence workbook: "+strings.Join(reports.FormNames(), " or "))
}

// takeTemplate checks --template.
func (o *options) takeTemplate(f *flags) error {
	switch {
	case f.template == "":
		return nil
	case !slices.Contains(reports.FormNames(), f.template):
		return usagef("--template %q is none of %s", f.template, strings.Join(reports.FormNames(), ", "))
	case o.stdout.Name == workbook.Format.Name || slices.ContainsFunc(o.outputs, func(out output) bool { return out.format.Name == workbook.Format.Name }):
		return nil
	}
	return &usageError{fmt.Errorf("--template %s is a workbook, and no workbook is written", f.template), "-o poam.xlsx writes it"}
}

// carried reads the sign-offs of the earlier workbook; nil stands for none.
func (o *options) carried(w world) (reports.SignOffs, error) {
	if o.carryFile == "" {
		return nil, nil
	}
	file, err := os.Open(o.carryFile)
	if err != nil {
		return nil, &usageError{err: err}
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, &usageError{err: err}
	}
	wrong := func(err error) error {
		return &usageError{fmt.Errorf("--carry %q: %w", o.carryFile, err), "give a workbook that ctlaudit wrote with -o FILE.xlsx"}
	}
	if !info.Mode().IsRegular() {
		return nil, wrong(fmt.Errorf("it is no file"))
	}
	signOffs, notes, err := workbook.ReadSignOffs(file, info.Size())
	if err != nil {
		return nil, wrong(err)
	}
	if !o.quiet {
		for _, n := range notes {
			w.complain("warning", o.carryFile+": "+n)
		}
	}
	if o.custody != nil {
		hashed := newCounter(io.Discard)
		if _, err := io.Copy(hashed, io.NewSectionReader(file, 0, info.Size())); err != nil {
			return nil, wrong(err)
		}
		o.custody.addFile(roleCarried, o.carryFile, workbook.Format.Name, hashed.n, hashed.sum(), info.ModTime(), true)
	}
	return signOffs, nil
}
