package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
the description states wins over every guess. What only a person can state, such as
the customer and who exported the files, is left to be filled in. With --force, what
an earlier description states is kept.`,
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

const caseHeader = `# What is known of this case. What stands here was guessed from the exports, or
# stated before: correct what is wrong. It wins over every guess.
# ` + "`ctlaudit case schema`" + ` prints the schema.
`

// statedKeys are the keys that only a person can fill in, each with what stands
// beside it until then.
var statedKeys = []struct{ key, hint string }{
	{"customer", "whose machines they are"}, {"engagement", "its name or number"}, {"system", "what was looked at"}, {"period", "the time that the work covers"},
	{"classification", "the banner of the report, such as Confidential"}, {"preparedBy", "who prepares the report"}, {"reviewedBy", "who reviews it"},
	{"collectedBy", "who exported the files"}, {"collectedOn", "YYYY-MM-DD"}, {"collectedWith", "such as certmgr.msc, reg export, Event Viewer"},
	{"receivedBy", "who took the files over"}, {"receivedOn", "YYYY-MM-DD"},
}

// leftOpen names, as comments, the keys that a description does not state.
func leftOpen(text []byte) string {
	var b strings.Builder
	for _, k := range statedKeys {
		if !bytes.HasPrefix(text, []byte(k.key+":")) && !bytes.Contains(text, []byte("\n"+k.key+":")) {
			fmt.Fprintf(&b, "# %s: # %s\n", k.key, k.hint)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "# Only a person can state these:\n" + b.String()
}

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
	_, err = tmp.Write(slices.Concat([]byte(caseHeader), []byte(leftOpen(text)), text))
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

// describeCase states what an analysis guessed, beside what an earlier
// description stated of the case as a whole.
func describeCase(r *result, o *options) *importers.Description {
	d := &importers.Description{Profile: o.profile}
	if stated := r.description; stated != nil {
		*d = *stated
		d.Hosts = nil
	}
	if o.reading.TimeZone != nil {
		d.TimeZone = o.reading.TimeZone.String()
	}
	if o.reading.Encoding != "" {
		d.Encoding = o.reading.Encoding
	}
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
