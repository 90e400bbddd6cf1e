package main

import (
	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/customer"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

// rulesSchemaCommand prints the JSON Schemas of the files that users write.
func rulesSchemaCommand(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "schema policy|waivers|rules",
		Short: "print the JSON Schema of policies, waivers or rule files",
		Long: `schema prints a JSON Schema, by which an editor completes and checks policies,
files of waivers and files of rules while they are written. It names the rules,
operating systems, roles, thresholds and fields of this version.`,
		Args:      someArgs(1, "policy, waivers or rules"),
		ValidArgs: []string{"policy", "waivers", "rules"},
		RunE: func(_ *cobra.Command, args []string) error {
			var text []byte
			var err error
			switch args[0] {
			case "policy":
				var tables *data.Tables
				if tables, err = data.Load(data.Files()); err == nil {
					text, err = rules.PolicySchema(tables, rules.All())
				}
			case "waivers":
				text, err = rules.WaiversSchema(rules.All())
			case "rules":
				text, err = customer.Schema()
			default:
				return usagef("there is no schema %q: they are policy, waivers, rules", args[0])
			}
			if err != nil {
				return err
			}
			_, err = w.stdout.Write(text)
			return err
		},
	}
}
