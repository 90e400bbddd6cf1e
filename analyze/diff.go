package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules/changes"
)

func diffCommand(w world, status *int) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "diff BEFORE AFTER",
		Short: "say what changed in stores, registry, lists and findings",
		Long: `diff judges two states of the same hosts and says what differs: certificates that
were added, removed or moved to another store, their properties, registry values, the
size of each trusted issuer list, and the findings that are new, fixed or changed.

BEFORE and AFTER are each a folder, a .zip or a file of exports, or the JSON report of
an earlier run (schema ctlaudit/report/v1, at most 256 MiB). A report holds less: of a
certificate's properties only the friendly name, and no empty key of the registry.

Hosts are matched by name; one that only one side has is said. --host NAME takes the
exports of each side for one host of that name. What a side did not collect is "not collected" and
never "removed".

Exit status:
  0  nothing differs
  1  something does
  2  the command line or the policy is wrong, or a report is none or breaks off
  3  evidence of a side was not read whole (wins over 1: a difference may be none)
  4  nothing to compare: a side holds no fact`,
		Example: `  ctlaudit diff monday.zip friday.zip
  ctlaudit diff before.json customer/ -o changes.xlsx`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &usageError{fmt.Errorf("%s needs two paths, BEFORE and AFTER", cmd.CommandPath()), cmd.CommandPath() + " --help shows how to use it"}
			}
			opts, err := f.options(w)
			if err != nil {
				return err
			}
			*status, err = diff(cmd.Context(), w, args[0], args[1], opts)
			return err
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	f.addReading(fl)
	f.addJudging(fl)
	f.addWriting(fl, "all of them show the comparison")
	return cmd
}

// diff compares two sides and writes what differs.
func diff(ctx context.Context, w world, before, after string, o *options) (int, error) {
	// The case description of one side must not hold for the other.
	first, second := *o, *o
	first.role, second.role = roleBefore, roleAfter
	b, bStatus, err := readSide(ctx, w, before, &first)
	if err != nil {
		return exitUsage, err
	}
	a, aStatus, err := readSide(ctx, w, after, &second)
	if err != nil {
		return exitUsage, err
	}
	c := changes.Compare(b, a)
	status := diffStatus(c, bStatus, aStatus)
	o.custody.ends("diff", status)
	err = o.writeInstead(ctx, w, reports.NewDiffDocument(programName, version(), c), map[string]func(io.Writer) error{
		"json": func(out io.Writer) error {
			return reports.PrintJSON(out, reports.NewDiffReport(programName, version(), c))
		},
		"table": func(out io.Writer) error {
			_, err := io.WriteString(out, diffText(newTextPage(w, o), c))
			return err
		},
	})
	if err != nil {
		return exitUsage, err
	}
	if len(b.Hosts) == 1 && len(a.Hosts) == 1 && !strings.EqualFold(b.Hosts[0].Name, a.Hosts[0].Name) && !o.quiet {
		w.complain("hint", "each side has one host, of different names; --host NAME takes both for one")
	}
	return status, nil
}

// diffStatus is the exit status of a comparison.
func diffStatus(c *changes.Comparison, before, after int) int {
	switch {
	case before == exitIncomplete || after == exitIncomplete:
		return exitIncomplete
	case before == exitNothing || after == exitNothing:
		return exitNothing
	case c.Different():
		return exitFailed
	}
	return exitOK
}

// readSide reads one side, exports or a report, and says how well that went.
func readSide(ctx context.Context, w world, path string, o *options) (*changes.Side, int, error) {
	name := filepath.Base(path)
	report, err := isReport(path)
	if err != nil {
		return nil, 0, err
	}
	if report {
		f, err := os.Open(path)
		if err != nil {
			return nil, 0, &usageError{err: err}
		}
		defer f.Close()
		hashed := newCounter(io.Discard)
		in := io.TeeReader(f, hashed)
		side, err := reports.ReadSide(name, bufio.NewReaderSize(in, 1<<20))
		if err != nil {
			return nil, 0, &usageError{fmt.Errorf("%q: %w", path, err), "ctlaudit PATH… -o json=FILE writes a report"}
		}
		if _, err := io.Copy(io.Discard, in); err != nil {
			return nil, 0, &usageError{err: fmt.Errorf("%q: %w", path, err)}
		}
		o.custody.addFile(o.role, path, "report", hashed.n, hashed.sum(), modifiedOf(f), true)
		return side, sideStatus(side), nil
	}
	criteria, result, err := judge(ctx, []string{path}, o)
	if err != nil {
		return nil, 0, err
	}
	if !o.quiet {
		w.tellDiagnostics(result.allDiagnostics())
	}
	side := reports.SideOf(name, reports.Input{Tool: programName, Version: version(), Criteria: criteria, Judgements: result.judgements}, propertyText)
	return side, result.status(""), nil
}

// sideStatus is what a report says of how well its evidence was read.
func sideStatus(s *changes.Side) int {
	facts := 0
	for i := range s.Hosts {
		h := &s.Hosts[i]
		if len(h.Incomplete) > 0 {
			return exitIncomplete
		}
		facts += len(h.Certificates) + len(h.Values) + len(h.Findings)
	}
	if facts == 0 {
		return exitNothing
	}
	return exitOK
}

// isReport reports whether a path is a file that begins as a JSON object does:
// no export of a Windows machine does.
func isReport(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false, nil // the reading of exports says what is wrong
	}
	f, err := os.Open(path)
	if err != nil {
		return false, &usageError{err: err}
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return false, err
	}
	return strings.HasPrefix(strings.TrimLeft(strings.TrimPrefix(string(head[:n]), "\ufeff"), " \t\r\n"), "{"), nil
}

// maxChanges is how many changes of one kind the terminal shows for a host.
const maxChanges = 40

// diffText is a comparison for the terminal.
func diffText(p *textPage, c *changes.Comparison) string {
	p.para("Comparison")
	sideLine := func(label string, s *changes.Side) {
		kind := "exports"
		if s.FromReport {
			kind = "a JSON report"
		}
		p.line(label, "%s (%s), as of %s", s.Name, kind, s.AsOf.UTC().Format("2006-01-02"))
	}
	sideLine("before", c.Before)
	sideLine("after", c.After)
	if c.Different() {
		p.styled("result", reports.Doubt, "they differ")
	} else {
		p.styled("result", reports.Good, "nothing differs")
	}
	for i, n := range c.Notes {
		p.line(onceLabel("note", i), "%s", n)
	}
	for i := 0; i < len(c.Changes); {
		end := i
		for end < len(c.Changes) && c.Changes[end].Host == c.Changes[i].Host {
			end++
		}
		hostChanges(p, c.Changes[i:end])
		i = end
	}
	return p.String()
}

// titles head the changes of a host.
var titles = map[changes.What]string{
	changes.AHost: "Host", changes.AnIssuerList: "Trusted issuer lists", changes.AFinding: "Findings", changes.AStore: "Stores that one side did not collect",
	changes.ACertificate: "Certificates", changes.AProperty: "Properties of certificates", changes.ARegValue: "Registry values",
}

// hostChanges writes the changes of one host.
func hostChanges(p *textPage, list []changes.Change) {
	p.heading("Host " + list[0].Host)
	same := 0
	for i := 0; i < len(list); {
		end := i
		n := map[changes.Kind]int{}
		var order []changes.Kind
		for end < len(list) && list[end].What == list[i].What {
			k := list[end].Kind
			if n[k]++; n[k] == 1 {
				order = append(order, k)
			}
			end++
		}
		var counts []string
		for _, k := range order {
			counts = append(counts, fmt.Sprintf("%d %s", n[k], k))
		}
		p.blank()
		p.para(titles[list[i].What] + ": " + strings.Join(counts, ", "))
		shown := map[changes.Kind]int{}
		for _, c := range list[i:end] {
			if c.Kind == changes.Same {
				same++
				continue
			}
			if shown[c.Kind]++; shown[c.Kind] > maxChanges {
				if shown[c.Kind] == maxChanges+1 {
					p.line(string(c.Kind), "and %d more, in the other formats", n[c.Kind]-maxChanges)
				}
				continue
			}
			oneChange(p, &c)
		}
		i = end
	}
	if same == len(list) {
		p.para("nothing differs")
	}
}

// oneChange writes a change in a few lines.
func oneChange(p *textPage, c *changes.Change) {
	label := string(c.Kind)
	if c.Kind == changes.NotCollected {
		label = "not coll."
	}
	subject := c.Subject
	if c.Place != "" && c.Place != c.Subject && c.What != changes.ACertificate {
		subject += ", " + c.Place
	}
	p.styled(label, reports.ChangeStyle(c.Kind), subject)
	switch {
	case c.What == changes.ACertificate && c.Kind == changes.Moved:
		p.line("", "from %s to %s; %s", c.Before, c.After, c.ID)
	case c.What == changes.ACertificate && c.Kind == changes.Added:
		text := "to " + c.After
		if c.Before != "" {
			text += ", before " + c.Before
		}
		p.line("", "%s; %s", text, c.ID)
	case c.What == changes.ACertificate:
		text := "from " + c.Before
		if c.After != "" {
			text += ", now " + c.After
		}
		p.line("", "%s; %s", text, c.ID)
	default:
		if c.Before != "" {
			p.line("", "before: %s", cutText(c.Before))
		}
		if c.After != "" {
			p.line("", "after:  %s", cutText(c.After))
		}
	}
	if c.Doubt != "" {
		p.line("", "in doubt: %s", c.Doubt)
	}
}

// maxChangeText is how much of a value the terminal shows, in bytes.
const maxChangeText = 400

func cutText(s string) string {
	if len(s) <= maxChangeText {
		return s
	}
	return fmt.Sprintf("%s… (%d bytes, whole in the other formats)", strings.ToValidUTF8(s[:maxChangeText], ""), len(s))
}
