package main

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports/csv"
	"github.com/ctlaudit/ctlaudit/rules"
)

const usageLong = `ctlaudit analyses, offline, what was exported from Windows machines: certificate
stores (.sst, .p7b), registry settings (.reg) and event logs (.csv). It computes the
trusted issuer list that the server's Schannel sends, to the byte, and says whether
it is cut (KB 2464556), whether the roots that Windows needs are there (KB 293781),
and what the registry and the logs say.

PATH is a file, a folder or a .zip. In a folder whose subfolders hold exports, each
subfolder is a host.

Exit status:
  0  nothing failed at or above --fail-on
  1  something did
  2  the command line, the policy, a waiver, a rule or a fact table is wrong
  3  evidence could not be read whole (wins over 1: the findings may be short)
  4  nothing to judge: no fact was read`

const usageExamples = `  ctlaudit samples/contoso
  ctlaudit customer.zip -o report.xlsx -o json=report.json
  ctlaudit root.sst schannel.reg system.csv --os 2008r2 --host WEB01`

// flags are the flags of the analysis as they were given.
type flags struct {
	os, host, caseFile, policy, asOf, failOn, format string
	profile, waivers, data                           string
	rules                                            []string
	timeZone, encoding, dateOrder, color             string
	roles, outputs                                   []string
	csvSheet, csvDelimiter                           string
	manifest                                         string
	redact                                           []string
	redactKey                                        string
	language, carry, template                        string
	force, quiet, csvBOM                             bool
	jobs                                             int
}

func rootCommand(w world, status *int) *cobra.Command {
	var f flags
	var beside parts
	cmd := &cobra.Command{
		Use:           "ctlaudit PATH…",
		Short:         "say whether Schannel's trusted issuer list is cut, from exports alone",
		Long:          usageLong,
		Example:       usageExamples,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{fmt.Errorf("no path was given"), "ctlaudit --help shows how to use it"}
			}
			opts, err := f.options(w)
			if err != nil {
				return err
			}
			opts.parts = beside
			*status, err = analyse(cmd.Context(), w, args, opts)
			return err
		},
	}
	cmd.SetOut(w.stdout)
	cmd.SetErr(w.stderr)
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return &usageError{err, "--help lists the flags"}
	})
	fl := cmd.Flags()
	fl.SortFlags = false
	f.addReading(fl)
	f.addJudging(fl)
	f.addReports(fl)
	beside.addFlags(fl)
	cmd.AddCommand(planCommand(w, status), matchCommand(w, status), diffCommand(w, status), verifyCommand(w, status), reportCommand(w, status), showCommand(w, status), inspectCommand(w, status), rulesCommand(w, status), caseCommand(w, status), versionCommand(w), manCommand(w), docsCommand(w))
	return cmd
}

// addReports adds the flags that say what is written, and where.
func (f *flags) addReports(fl *pflag.FlagSet) {
	fl.StringVar(&f.failOn, "fail-on", "medium", "status 1 from this severity on: critical, high, medium, low, info or none")
	fl.StringVar(&f.format, "format", "table", "what goes to standard output: "+strings.Join(formatNames(), ", "))
	fl.StringArrayVarP(&f.outputs, "output", "o", nil, "write a report too: `FORMAT=FILE`, or FILE with a known extension (repeatable)")
	fl.BoolVar(&f.force, "force", false, "overwrite existing files")
	f.addManifest(fl)
	f.addRedaction(fl)
	f.addLanguage(fl)
	f.addWorkbook(fl)
	fl.StringVar(&f.csvSheet, "csv-sheet", csv.DefaultSheet, "the `SHEET` that csv writes, as the workbook calls it")
	fl.StringVar(&f.csvDelimiter, "csv-delimiter", ",", "the character between the cells of csv; \\t is a tab")
	fl.BoolVar(&f.csvBOM, "csv-bom", false, "begin csv with a byte order mark, by which Excel knows UTF-8")
}

// addReading adds the flags that say what is read and how.
func (f *flags) addReading(fl *pflag.FlagSet) {
	fl.StringVar(&f.host, "host", "", "all files are of this host")
	fl.StringVar(&f.caseFile, "case", "", "what is stated of the case, in this YAML `FILE` (default: case.yaml in the folder)")
	fl.StringVar(&f.timeZone, "time-zone", "", "the zone of times that carry none, such as Europe/Berlin (default: UTC is assumed, and said to be)")
	fl.StringVar(&f.encoding, "encoding", "", "the code page of 8-bit text, such as windows-1251 (default windows-1252)")
	fl.StringVar(&f.dateOrder, "date-order", "", "day-first or month-first, where the dates do not decide")
	fl.IntVar(&f.jobs, "jobs", 0, "hosts read at once (default: the number of processors)")
	fl.StringVar(&f.color, "color", "auto", "auto, always or never")
	fl.BoolVar(&f.quiet, "quiet", false, "say nothing on standard error but errors")
	f.failOn, f.format = "medium", "table"
}

// addJudging adds the flags that say what is judged by.
func (f *flags) addJudging(fl *pflag.FlagSet) {
	fl.StringVar(&f.os, "os", "", "the Windows of the hosts, such as 2008r2 (else the registry says)")
	fl.StringSliceVar(&f.roles, "role", nil, "a role of the hosts: "+strings.Join(knownRoles, ", ")+" (repeatable)")
	f.addCriteria(fl)
	fl.StringVar(&f.asOf, "as-of", "", "judge as of this `DATE`, YYYY-MM-DD or RFC 3339 (default today, 00:00 UTC)")
}

// addCriteria adds the flags that say where the criteria are read from.
func (f *flags) addCriteria(fl *pflag.FlagSet) {
	fl.StringVar(&f.profile, "profile", "", "judge by an embedded policy: "+strings.Join(rules.ProfileNames(), ", ")+" (default "+rules.DefaultProfile+")")
	fl.StringVar(&f.policy, "policy", "", "judge by the policy in this YAML `FILE`, which extends the profile")
	fl.StringVar(&f.waivers, "waivers", "", "leave accepted risks out of the count: those in this YAML `FILE`")
	fl.StringArrayVar(&f.rules, "rules", nil, "judge by the rules in this YAML `FILE` too (repeatable)")
	fl.StringVar(&f.data, "data", "", "take fact tables from this `FOLDER` in place of the embedded ones of the same name")
}

func versionCommand(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(w.stdout, "ctlaudit", version())
			return err
		},
	}
}

// noArgs is cobra.NoArgs with an error that is a usageError.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, and %q was given", cmd.CommandPath(), args[0])
	}
	return nil
}

// someArgs wants at least n arguments.
func someArgs(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return &usageError{fmt.Errorf("%s needs %s", cmd.CommandPath(), what), cmd.CommandPath() + " --help shows how to use it"}
		}
		return nil
	}
}

// knownRoles are the roles that --role takes.
var knownRoles = rules.KnownRoles()

// options checks the flags. Every error is a usageError.
func (f *flags) options(w world) (*options, error) {
	o := &options{host: f.host, force: f.force, quiet: f.quiet, jobs: f.jobs, policyFile: f.policy, caseFile: f.caseFile, carryFile: f.carry,
		profile: f.profile, waiversFile: f.waivers, rulesFiles: f.rules, dataDir: f.data}
	o.progress = func(bytes *atomic.Int64, hosts int) *progress { return startProgress(w, f.quiet, bytes, hosts) }
	now := w.now().UTC()
	o.asOf = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	if f.asOf != "" {
		var err error
		if o.asOf, err = parseAsOf(f.asOf); err != nil {
			return nil, err
		}
	}
	for _, r := range f.roles {
		if !slices.Contains(knownRoles, r) {
			return nil, usagef("--role %q is none of %s", r, strings.Join(knownRoles, ", "))
		}
	}
	o.stated = rules.Statement{OS: strings.ToLower(f.os), Roles: slices.Compact(slices.Sorted(slices.Values(f.roles)))}
	if f.failOn != "none" {
		o.failOn = rules.Severity(f.failOn)
		if o.failOn.Rank() < 0 {
			return nil, usagef("--fail-on %q is none of critical, high, medium, low, info, none", f.failOn)
		}
	}
	if f.timeZone != "" {
		zone, err := time.LoadLocation(f.timeZone)
		if err != nil {
			return nil, usagef("--time-zone %q is not known: %w", f.timeZone, err)
		}
		o.reading.TimeZone = zone
	}
	if err := checkEncoding(f.encoding); err != nil {
		return nil, err
	}
	o.reading.Encoding = f.encoding
	switch d := evidence.DateOrder(f.dateOrder); d {
	case "", evidence.DayFirst, evidence.MonthFirst:
		o.reading.DateOrder = d
	default:
		return nil, usagef("--date-order %q is neither day-first nor month-first", f.dateOrder)
	}
	switch f.color {
	case "always":
		o.color = true
	case "never":
	case "auto":
		o.color = w.terminal && w.getenv("NO_COLOR") == "" && w.getenv("TERM") != "dumb"
	default:
		return nil, usagef("--color %q is none of auto, always, never", f.color)
	}
	if err := o.takeLanguage(f.language); err != nil {
		return nil, err
	}
	if err := o.takeOutputs(f, w); err != nil {
		return nil, err
	}
	return o, o.takeRedaction(f)
}

func parseAsOf(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, usagef("--as-of %q is neither a date (2026-01-31) nor an RFC 3339 time", text)
}
