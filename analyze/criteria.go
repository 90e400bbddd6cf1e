package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/customer"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/yamlfile"
)

// loadTables reads the fact tables, those of --data in place of the embedded
// ones, and checks what refers to them.
func loadTables(o *options) (*data.Tables, error) {
	tables, err := data.Load(data.Files())
	if o.dataDir != "" {
		tables, err = replacedTables(o.dataDir)
	}
	if err != nil {
		return nil, err
	}
	if o.stated.OS != "" && tables.OSByCode(o.stated.OS) == nil {
		return nil, usagef("--os %q is none of %s", o.stated.OS, osCodes(tables))
	}
	return tables, nil
}

func replacedTables(dir string) (*data.Tables, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, usagef("--data %q: %w", dir, inner(err))
	}
	defer root.Close()
	tables, err := data.LoadReplacing(root.FS(), dir)
	if err != nil {
		return nil, &usageError{err, "ctlaudit rules version lists the tables; one of the same name in the folder takes its place"}
	}
	return tables, nil
}

// inner takes the path out of an error that is shown after one.
func inner(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func osCodes(tables *data.Tables) string {
	var codes []string
	for _, p := range tables.OS {
		codes = append(codes, p.Code)
	}
	return strings.Join(codes, ", ")
}

// loadCriteria reads what hosts are judged by: the rules of --rules beside the
// program's own, the policy of the command line, else that of the case
// description, else the profile, and the waivers.
func loadCriteria(o *options, tables *data.Tables) (*rules.Criteria, error) {
	c := &rules.Criteria{Rules: rules.All(), Tables: tables, AsOf: o.asOf}
	for _, name := range o.rulesFiles {
		f, err := readRules(name, c.Rules)
		if err != nil {
			return nil, err
		}
		c.Rules = append(c.Rules, f.Criteria()...)
		c.RuleFiles = append(c.RuleFiles, rules.RuleFile{Name: rules.BaseName(name), SHA256: f.SHA256, Rules: len(f.Rules)})
	}
	var err error
	if c.Policy, err = loadPolicy(o, tables, c.Rules); err != nil {
		return nil, err
	}
	if o.waiversFile != "" {
		text, err := readCriteria(o.waiversFile)
		if err != nil {
			return nil, err
		}
		if c.Waivers, err = rules.ParseWaivers(o.waiversFile, text, c.Rules); err != nil {
			return nil, &usageError{err: err}
		}
	}
	return c, nil
}

func loadPolicy(o *options, tables *data.Tables, rs []*rules.Rule) (*rules.Policy, error) {
	if o.profile != "" && !slices.Contains(rules.ProfileNames(), o.profile) {
		return nil, &usageError{fmt.Errorf("--profile %q is none of %s", o.profile, strings.Join(rules.ProfileNames(), ", ")), "--policy takes a file"}
	}
	if o.policyFile == "" {
		name := o.profile
		if name == "" {
			name = rules.DefaultProfile
		}
		return rules.Profile(name, tables, rs)
	}
	text, err := readCriteria(o.policyFile)
	if err != nil {
		return nil, err
	}
	p, err := rules.ParsePolicyOn(o.profile, o.policyFile, text, tables, rs)
	if err != nil {
		return nil, &usageError{err: err}
	}
	return p, nil
}

// readRules reads a file of customers' rules.
func readRules(name string, known []*rules.Rule) (*customer.File, error) {
	text, err := readCriteria(name)
	if err != nil {
		return nil, err
	}
	f, err := customer.Parse(name, text, known)
	if err != nil {
		return nil, &usageError{err: err}
	}
	return f, nil
}

// readCriteria reads a file of criteria, no further than it may be long.
func readCriteria(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, &usageError{err: err}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, yamlfile.MaxSize+1))
	if err != nil {
		return nil, &usageError{err: err}
	}
	return text, nil
}

// tellWaivers says on standard error which waivers no longer do what they were
// written for.
func (w world) tellWaivers(list []rules.WaiverReport) {
	for _, r := range list {
		if r.State != rules.WaiverActive {
			w.complain("warning", fmt.Sprintf("%s:%d: %s", r.File, r.Line, r.Note()))
		}
	}
}
