package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/analyze/manifest"
	"github.com/ctlaudit/ctlaudit/reports"
)

// verified is what a verification is asked for.
type verified struct {
	inputs, format string
	schema         bool
}

func verifyCommand(w world, status *int) *cobra.Command {
	var a verified
	cmd := &cobra.Command{
		Use:   "verify MANIFEST",
		Short: "say whether inputs and reports still are the bytes that were judged",
		Long: `verify reads a manifest, as an analysis writes it beside its reports, and compares
every file that it names with the size and the SHA-256 that it records: the evidence,
the archives, the files of criteria, and the reports.

  same         the bytes are those that were judged or written
  changed      they are not
  missing      the file is not there
  unreadable   it cannot be read, or is no regular file
  unread       the run could not read it either
  overwritten  an input in whose place the run wrote a report

A file is looked for where it lies as seen from the manifest, then where the command
line of the run named it. --inputs DIR says where the evidence lies now, and evidence
is looked for there alone. A file in an archive is the same if the archive is; if the
archive changed, the file is looked at by itself.

The manifest is no proof by itself: whoever can change a file can change it too. Keep
its own digest, or sign it.

Exit status:
  0  all are the same
  1  a file changed, is missing or cannot be read
  2  the command line is wrong, or the file is no manifest`,
		Example: `  ctlaudit customer.zip -o report.xlsx
  ctlaudit verify manifest.json
  ctlaudit verify handed-over/manifest.json --inputs /mnt/evidence`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.schema {
				if err := noArgs(cmd, args); err != nil {
					return err
				}
				_, err := w.stdout.Write(manifest.Schema())
				return err
			}
			if len(args) != 1 {
				return &usageError{fmt.Errorf("%s needs one manifest", cmd.CommandPath()), cmd.CommandPath() + " --help shows how to use it"}
			}
			var err error
			*status, err = verify(cmd.Context(), w, args[0], &a)
			return err
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringVar(&a.inputs, "inputs", "", "look for the evidence in this `DIR`, and nowhere else")
	fl.StringVar(&a.format, "format", "table", "what goes to standard output: table or json")
	fl.BoolVar(&a.schema, "schema", false, "print the JSON Schema of a manifest")
	return cmd
}

// verification is the JSON that verify prints.
type verification struct {
	Schema   string           `json:"schema"`
	Manifest string           `json:"manifest"` // its name without its folder
	SHA256   string           `json:"sha256"`   // of the manifest
	Tool     manifest.Tool    `json:"tool"`     // that wrote it
	Finished time.Time        `json:"finished"`
	Good     bool             `json:"good"`
	Files    []manifest.Check `json:"files"`
}

func verify(ctx context.Context, w world, file string, a *verified) (int, error) {
	if a.format != "table" && a.format != "json" {
		return exitUsage, usagef("--format %q is neither table nor json", a.format)
	}
	if a.inputs != "" {
		if info, err := os.Stat(a.inputs); err != nil || !info.IsDir() {
			return exitUsage, usagef("--inputs %q: there is no such folder", a.inputs)
		}
	}
	m, sum, err := readManifest(file)
	if err != nil {
		return exitUsage, &usageError{fmt.Errorf("%q: %w", file, err), "ctlaudit PATH… -o report.xlsx writes a manifest.json beside the report"}
	}
	checks, err := m.Verify(ctx, manifest.Search{Folder: filepath.Dir(file), Inputs: a.inputs})
	if err != nil {
		return exitCancelled, err
	}
	v := &verification{Schema: "ctlaudit/verification/v1", Manifest: filepath.Base(file), SHA256: fmt.Sprintf("%x", sum), Tool: m.Tool, Finished: m.Finished, Good: true, Files: checks}
	for _, c := range checks {
		v.Good = v.Good && c.State.Good()
	}
	if a.format == "json" {
		err = reports.PrintJSON(w.stdout, v)
	} else {
		err = printVerification(w.stdout, v)
	}
	switch {
	case err != nil:
		return exitUsage, err
	case !v.Good:
		return exitFailed, nil
	}
	return exitOK, nil
}

// readManifest reads a manifest and its digest.
func readManifest(file string) (*manifest.Manifest, [32]byte, error) {
	var sum [32]byte
	info, err := os.Stat(file)
	if err != nil {
		return nil, sum, inner(err)
	}
	if !info.Mode().IsRegular() {
		return nil, sum, fmt.Errorf("this is not a regular file")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, sum, inner(err)
	}
	defer f.Close()
	hashed := newCounter(io.Discard)
	m, err := manifest.Read(io.TeeReader(f, hashed))
	if err != nil {
		return nil, sum, fmt.Errorf("this is no manifest: %w", err)
	}
	return m, hashed.sum(), nil
}

// printVerification prints a line for each file and a sum.
func printVerification(out io.Writer, v *verification) error {
	b := bufio.NewWriter(out)
	fmt.Fprintf(b, "%s, written by %s %s, %s UTC\nsha256 %s\n\n", reports.Clean(v.Manifest), reports.Clean(v.Tool.Name), reports.Clean(v.Tool.Version), v.Finished.UTC().Format("2006-01-02 15:04:05"), v.SHA256)
	counts := map[manifest.State]int{}
	for _, c := range v.Files {
		counts[c.State]++
		line := fmt.Sprintf("%-11s  %-8s  %s", c.State, c.What, reports.Clean(c.Name))
		if c.Detail != "" {
			line += ": " + reports.Clean(c.Detail)
		}
		if !c.State.Good() && c.File != "" && filepath.ToSlash(c.File) != c.Name {
			line += " (" + reports.Clean(c.File) + ")"
		}
		fmt.Fprintln(b, strings.ReplaceAll(line, "\n", `\n`))
	}
	var sums []string
	for _, s := range []manifest.State{manifest.Same, manifest.Changed, manifest.Missing, manifest.Unreadable, manifest.Unread, manifest.Overwritten} {
		if n := counts[s]; n > 0 {
			sums = append(sums, fmt.Sprintf("%d %s", n, s))
		}
	}
	fmt.Fprintf(b, "\n%d files: %s\n", len(v.Files), strings.Join(sums, ", "))
	return b.Flush()
}
