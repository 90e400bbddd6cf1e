package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules/remedies"
	"github.com/ctlaudit/ctlaudit/rules/remedies/scripts"
)

// planned is what a plan is asked for.
type planned struct {
	headroom int
	private  bool
	write    string // a folder, or ""
}

func planCommand(w world, status *int) *cobra.Command {
	var f flags
	var a planned
	cmd := &cobra.Command{
		Use:   "plan PATH…",
		Short: "judge every remedy for each host, and write the scripts for it",
		Long: `plan judges what can be done about the trusted issuer list of each host: the three
methods of KB 2464556, the gentler ones, and the wholesale delete of KB 2801679, which
an isolated machine should not take. Each remedy is applied to a copy of the evidence
and measured by the function that measured the list before. Each is judged by itself,
but starts from a Trusted Root without misplaced intermediates, which have to go in
any case.

` + strings.Join(wrapText(remedies.Criterion, 84), "\n") + `

--write DIR writes for each host a checklist, scripts with their undo, and a backup
of what they would remove. Nothing is executed; a script changes nothing before a
person runs it with its word of consent.

Exit status:
  0  no list is cut, or a remedy of the plan mends it
  1  a list is cut, or likely cut, and no remedy of the plan mends it
  2  the command line or the policy is wrong
  3  evidence could not be read whole (wins over 1: the plan may be short)
  4  nothing to judge: no fact was read`,
		Example: `  ctlaudit plan samples/contoso
  ctlaudit plan customer.zip --headroom 15 --write remedies
  ctlaudit plan root.sst --os 2008r2 --include-private -o plan.xlsx`,
		Args: someArgs(1, "a path"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := f.options(w)
			if err != nil {
				return err
			}
			if a.headroom < 0 || a.headroom > remedies.MaxHeadroom {
				return usagef("--headroom %d is not between 0 and %d percent", a.headroom, remedies.MaxHeadroom)
			}
			*status, err = plan(cmd.Context(), w, args, &a, opts)
			return err
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.IntVar(&a.headroom, "headroom", remedies.DefaultHeadroom, "how much of the limit has to stay free, in `PERCENT`")
	fl.BoolVar(&a.private, "include-private", false, "let roots go that Microsoft's root programme does not know")
	fl.StringVar(&a.write, "write", "", "write checklist, scripts, undo and backup into this `DIR`")
	f.addReading(fl)
	f.addJudging(fl)
	f.addWriting(fl, "table or json; the other formats write the whole report with the plan added")
	return cmd
}

// plan reads, judges and plans. An error that it returns means that no plan was
// made or that it could not be written.
func plan(ctx context.Context, w world, paths []string, a *planned, o *options) (int, error) {
	if err := mayWrite(a.write, o.force); err != nil {
		return exitUsage, err
	}
	criteria, result, err := judge(ctx, paths, o)
	if err != nil {
		return exitUsage, err
	}
	p := remedies.New(remedies.Input{Criteria: criteria, Judgements: result.judgements,
		Options: remedies.Options{Headroom: a.headroom, IncludePrivate: a.private}})
	if a.write != "" {
		if err := ctx.Err(); err != nil {
			return exitCancelled, err
		}
		files := scripts.Files(p, programName+" "+version())
		if err := writeFolder(a.write, files, o.force); err != nil {
			return exitUsage, err
		}
		for _, f := range files {
			o.custody.addOutput("plan", filepath.Join(a.write, filepath.FromSlash(f.Name)), int64(len(f.Data)), sha256.Sum256(f.Data))
		}
		if !o.quiet {
			w.complain("note", fmt.Sprintf("wrote %d files to %q; begin with CHECKLIST.txt", len(files), a.write))
		}
	}
	planReport := reports.NewPlanReport(programName, version(), criteria, p)
	input := inputOf(criteria, result)
	input.Plan = planReport
	doc := reports.New(input)
	doc.LeadWithPlan()
	o.custody.ends("plan", planStatus(result, p))
	err = o.writeInstead(ctx, w, doc, map[string]func(io.Writer) error{
		"json": func(out io.Writer) error {
			return reports.PrintJSON(out, planReport)
		},
		"table": func(out io.Writer) error {
			_, err := io.WriteString(out, planText(newTextPage(w, o), p, criteria))
			return err
		},
	})
	if err != nil {
		return exitUsage, err
	}
	if !o.quiet {
		w.tellDiagnostics(result.allDiagnostics())
	}
	return planStatus(result, p), nil
}

// planStatus is the exit status of a plan: that of the analysis, but that what
// counts is whether a remedy mends what is cut.
func planStatus(r *result, p *remedies.Plan) int {
	status := r.status("")
	if status == exitOK && slices.ContainsFunc(p.Hosts, (*remedies.HostPlan).Unmended) {
		return exitFailed
	}
	return status
}
