package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/customer"
)

func rulesVersionCommand(w world) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "version",
		Short: "print what hosts are judged by: policy, rules and fact tables with their digests",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := f.criteria()
			if err != nil {
				return err
			}
			return printVersions(w.stdout, c)
		},
	}
	f.addCriteria(cmd.Flags())
	return cmd
}

func printVersions(to io.Writer, c *rules.Criteria) error {
	on := 0
	for _, r := range c.Rules {
		if c.Policy.Enabled(r) {
			on++
		}
	}
	rows := [][]string{
		{"ctlaudit", version()},
		{"criteria", c.Digest()},
		{"policy", c.Policy.Digest(), c.Policy.Name + ", profile " + c.Policy.Profile},
		{"rules", fmt.Sprintf("%d, of which %d are on", len(c.Rules), on)},
	}
	for _, file := range c.RuleFiles {
		rows = append(rows, []string{"rules", file.Digest(), fmt.Sprintf("%s, %d rules", file.Name, file.Rules)})
	}
	if c.Waivers != nil {
		rows = append(rows, []string{"waivers", c.Waivers.Digest(), fmt.Sprintf("%s, %d waivers", c.Waivers.File, len(c.Waivers.List))})
	}
	if err := printColumns(to, rows); err != nil {
		return err
	}
	for _, t := range c.Tables.Info {
		replaced := ""
		if t.Replaced {
			replaced = ", replaced"
		}
		if _, err := fmt.Fprintf(to, "\n%s  %s, version %s, %d rows%s\n  %s\n  %x\n", t.Name, t.Date, reports.Clean(t.Version), t.Rows, replaced, reports.Clean(t.Title), t.SHA256); err != nil {
			return err
		}
		for _, l := range wrapText(reports.Clean(t.Source), 80) {
			if _, err := fmt.Fprintln(to, "  "+l); err != nil {
				return err
			}
		}
	}
	return nil
}

func rulesProfileCommand(w world) *cobra.Command {
	return &cobra.Command{
		Use:       "profile NAME",
		Short:     "print an embedded policy, to read it or to start one's own",
		Example:   "  ctlaudit rules profile uc > policy.yaml",
		Args:      someArgs(1, "the name of a profile: "+strings.Join(rules.ProfileNames(), ", ")),
		ValidArgs: rules.ProfileNames(),
		RunE: func(_ *cobra.Command, args []string) error {
			text, ok := rules.ProfileText(args[0])
			if !ok || len(args) > 1 {
				return usagef("there is no profile %q: they are %s", strings.Join(args, " "), strings.Join(rules.ProfileNames(), ", "))
			}
			_, err := w.stdout.Write(text)
			return err
		},
	}
}

func rulesThresholdsCommand(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "thresholds",
		Short: "list the numbers that rules compare with and a policy may change",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			var rows [][]string
			for _, s := range rules.Thresholds() {
				rows = append(rows, []string{string(s.Name), fmt.Sprint(s.Default), s.Doc})
			}
			return printColumns(w.stdout, rows)
		},
	}
}

func rulesFieldsCommand(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "fields [TOPIC]",
		Short: "list what rules of your own may name, by what they are for",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			topics := customer.Topics()
			if len(args) > 0 {
				topics = nil
				for _, a := range args {
					if !slices.Contains(customer.Topics(), customer.Topic(a)) {
						return usagef("there is no topic %q: they are certificate, host, registry, event", a)
					}
					topics = append(topics, customer.Topic(a))
				}
			}
			for i, t := range topics {
				if i > 0 {
					fmt.Fprintln(w.stdout)
				}
				rows := [][]string{{"for: " + string(t)}}
				for _, f := range customer.Fields(t) {
					rows = append(rows, []string{"  " + f.Name, f.Type, f.Doc})
				}
				if err := printColumns(w.stdout, rows); err != nil {
					return err
				}
			}
			_, err := fmt.Fprintf(w.stdout, "\nfunctions: %s\n", strings.Join(customer.Functions(), ", "))
			return err
		},
	}
}
