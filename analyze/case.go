package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func caseCommand(w world, status *int) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "case",
		Short: "describe a case: hosts, stores, time zone, policy",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			return &usageError{fmt.Errorf("case needs a subcommand"), "ctlaudit case init PATH, ctlaudit case schema; a folder called case is given as ./case"}
		},
	}
	var f flags
	var force bool
	initialise := &cobra.Command{
		Use:   "init PATH",
		Short: "write PATH/case.yaml with every guess filled in",
		Long: `init reads the exports of a folder and writes a case.yaml into it that states what
an analysis would otherwise guess: which files are of which host, its Windows, the
store of each certificate file, and the order of dates. Correct what is wrong; what
the description states wins over every guess.`,
		Example: "  ctlaudit case init customer/",
		Args:    someArgs(1, "the folder of the case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := f.options(w)
			if err != nil {
				return err
			}
			*status, err = initCase(cmd.Context(), w, args[0], opts, force)
			return err
		},
	}
	f.addReading(initialise.Flags())
	f.addJudging(initialise.Flags())
	initialise.Flags().BoolVar(&force, "force", false, "overwrite an existing case.yaml")
	schema := &cobra.Command{
		Use:   "schema",
		Short: "print the JSON Schema of case.yaml",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := w.stdout.Write(importers.DescriptionSchema())
			return err
		},
	}
	cmd.AddCommand(initialise, schema)
	return cmd
}

const caseHeader = `# What is known of this case. Everything here was guessed from the exports:
# correct what is wrong, and add the customer and the engagement. What stands
# here wins over every guess. ` + "`ctlaudit case schema`" + ` prints the schema.
`

func initCase(ctx context.Context, w world, path string, o *options, force bool) (int, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return exitUsage, usagef("%q is no folder", path)
	}
	file := filepath.Join(path, importers.DescriptionName)
	_, err = os.Lstat(file)
	switch {
	case err == nil && !force:
		return exitUsage, &usageError{fmt.Errorf("%q exists already", file), "--force overwrites it"}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return exitUsage, err
	}
	_, result, err := judge(ctx, []string{path}, o)
	if err != nil {
		return exitUsage, err
	}
	text, err := describeCase(result, o).Text()
	if err != nil {
		return exitUsage, err
	}
	tmp, err := os.CreateTemp(path, ".ctlaudit-*.tmp")
	if err != nil {
		return exitUsage, err
	}
	_, err = tmp.Write(append([]byte(caseHeader), text...))
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		os.Remove(tmp.Name())
		return exitUsage, err
	}
	_, err = fmt.Fprintf(w.stdout, "wrote %s\n", file)
	return exitOK, err
}

// describeCase states what an analysis guessed.
func describeCase(r *result, o *options) *importers.Description {
	d := &importers.Description{Customer: "", Engagement: ""}
	if o.reading.TimeZone != nil {
		d.TimeZone = o.reading.TimeZone.String()
	}
	d.Encoding = o.reading.Encoding
	for _, j := range r.judgements {
		h := importers.HostDescription{Name: j.Case.Host, OS: j.Version.Code(), Roles: j.Roles}
		for _, s := range j.Case.Sources {
			if s.Format == "" {
				continue
			}
			h.Files = append(h.Files, escapePattern(s.Name))
			if !s.Store.IsZero() {
				h.Stores = append(h.Stores, importers.StoreDescription{File: s.Name, Store: s.Store.String(), Physical: s.Store.Physical})
			}
			switch evidence.DateOrder(s.DateOrder) {
			case evidence.DayFirst, evidence.MonthFirst:
				d.DateOrder = evidence.DateOrder(s.DateOrder)
			}
		}
		d.Hosts = append(d.Hosts, h)
	}
	return d
}

// escapePattern writes a file name so that it matches itself only.
func escapePattern(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}
