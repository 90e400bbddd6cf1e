package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

func rulesCommand(w world, status *int) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "print the criteria, and test rules of your own",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return &usageError{fmt.Errorf("rules needs a subcommand"), "ctlaudit rules list, explain RULE, test FILE, version, profile NAME, thresholds, fields, schema policy"}
		},
	}
	cmd.AddCommand(rulesListCommand(w), rulesExplainCommand(w), rulesTestCommand(w, status), rulesVersionCommand(w),
		rulesProfileCommand(w), rulesThresholdsCommand(w), rulesFieldsCommand(w), rulesSchemaCommand(w))
	return cmd
}

func rulesListCommand(w world) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the rules, a line each",
		Long: `list prints the rules, a line each: id, severity and what holds where the rule
passes. With --profile or --policy it prints those that are on there, with the
severities that hold there.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := f.criteria()
			if err != nil {
				return err
			}
			var rows [][]string
			for _, r := range c.Rules {
				if f.profile == "" && f.policy == "" {
					rows = append(rows, []string{r.ID, string(r.Severity), r.Title})
				} else if c.Policy.Enabled(r) {
					rows = append(rows, []string{r.ID, string(c.Policy.SeverityOf(r)), r.Title})
				}
			}
			return printColumns(w.stdout, rows)
		},
	}
	f.addCriteria(cmd.Flags())
	return cmd
}

// criteria reads the criteria of the flags alone, with no case.
func (f *flags) criteria() (*rules.Criteria, error) {
	o := &options{profile: f.profile, policyFile: f.policy, waiversFile: f.waivers, rulesFiles: f.rules, dataDir: f.data}
	tables, err := loadTables(o)
	if err != nil {
		return nil, err
	}
	return loadCriteria(o, tables)
}

// printColumns prints rows with their cells below each other.
func printColumns(to io.Writer, rows [][]string) error {
	var width []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+2)
		}
		if _, err := fmt.Fprintln(to, reports.Clean(strings.TrimRight(line, " "))); err != nil {
			return err
		}
	}
	return nil
}

func rulesExplainCommand(w world) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:     "explain RULE…",
		Short:   "print rules in full: what they check, why, and where that is written",
		Example: "  ctlaudit rules explain trusted-issuer-list-size",
		Args:    someArgs(1, "a rule's name"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, r := range rules.All() {
				ids = append(ids, r.ID)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := f.criteria()
			if err != nil {
				return err
			}
			for i, id := range args {
				at := slices.IndexFunc(c.Rules, func(r *rules.Rule) bool { return r.ID == id })
				if at < 0 {
					return &usageError{fmt.Errorf("there is no rule %q", id), "ctlaudit rules list"}
				}
				if i > 0 {
					fmt.Fprintln(w.stdout)
				}
				text, err := explanation(c, c.Rules[at])
				if err != nil {
					return err
				}
				if _, err := fmt.Fprint(w.stdout, text); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f.addCriteria(cmd.Flags())
	return cmd
}

// explanation is a rule in full, for a terminal.
func explanation(c *rules.Criteria, r *rules.Rule) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n  %s\n\n", r.ID, reports.Clean(r.Title))
	for line := range strings.Lines(r.Doc) {
		b.WriteString(strings.TrimRight("  "+reports.Clean(strings.TrimRight(line, "\n")), " ") + "\n")
	}
	b.WriteString("\n")
	part := func(label, text string) {
		if text == "" {
			return
		}
		lines := wrapText(reports.Clean(text), 70)
		fmt.Fprintf(&b, "  %-10s %s\n", label, lines[0])
		for _, l := range lines[1:] {
			fmt.Fprintf(&b, "  %-10s %s\n", "", l)
		}
	}
	severity := string(r.Severity)
	if s := c.Policy.SeverityOf(r); s != r.Severity {
		severity = fmt.Sprintf("%s (%s in policy %s)", severity, s, c.Policy.Name)
	}
	in, err := profilesOf(c, r)
	if err != nil {
		return "", err
	}
	part("severity", severity)
	part("impact", r.Impact)
	part("applies to", r.AppliesTo)
	part("resolution", r.Remedy)
	part("needs", needs(r))
	part("collect", r.Collect)
	part("profiles", in)
	part("since", r.Since)
	part("from", r.Origin)
	for _, ref := range r.References {
		part("source", strings.TrimSpace(sourceText(ref)))
	}
	return b.String(), nil
}

func sourceText(ref rules.Reference) string {
	text := ref.Name
	if ref.Title != "" {
		text += ": " + ref.Title
	}
	if ref.URL != "" {
		text += ". " + ref.URL
	}
	return text
}

// profilesOf names the embedded profiles that a rule is on in.
func profilesOf(c *rules.Criteria, r *rules.Rule) (string, error) {
	var in []string
	for _, name := range rules.ProfileNames() {
		p, err := rules.Profile(name, c.Tables, c.Rules)
		if err != nil {
			return "", err
		}
		if p.Enabled(r) {
			in = append(in, name)
		}
	}
	return strings.Join(in, ", "), nil
}

func needs(r *rules.Rule) string {
	var kinds []string
	for _, k := range r.Needs {
		kinds = append(kinds, string(k))
	}
	return strings.Join(kinds, ", ")
}

// wrapText breaks text at spaces into lines of at most width characters; a
// longer word keeps a line of its own.
func wrapText(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
