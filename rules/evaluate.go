package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/stores"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// Criteria are what hosts are judged by.
type Criteria struct {
	Rules  []*Rule
	Policy *Policy
	Tables *data.Tables
	// Waivers are the accepted risks, nil if there are none.
	Waivers *Waivers
	// RuleFiles are the files that customers' rules were read from.
	RuleFiles []RuleFile
	// AsOf is the date of the judgement.
	AsOf time.Time
}

// A Statement is what the user states of a host; the zero value states nothing.
type Statement struct {
	// OS is a code of the table of operating systems, or "".
	OS    string
	Roles []string
}

// A Judgement is all that was found of one host.
type Judgement struct {
	Case    *evidence.Case
	Version windows.Version
	Roles   []string
	Lists   []*issuerlist.List
	Stores  *stores.View
	// Required is where the roots stand that the host needs, and impostors.
	Required []RootStatus
	Findings []Finding
}

// Interests are what the rules want kept of the evidence.
func (c *Criteria) Interests() []evidence.Interest {
	list := []evidence.Interest{windows.Interest()}
	for _, r := range c.Rules {
		list = append(list, r.Wants)
	}
	return list
}

// ListHost is what the list of a host is computed from. Remedies compute it
// again from a changed case, so that a promised size is measured as the present
// one is.
func (c *Criteria) ListHost(host *evidence.Case, version windows.Version) issuerlist.Host {
	return issuerlist.Host{Case: host, Version: version, Tables: c.Tables, AsOf: c.AsOf,
		LimitBytes: c.Policy.limit(version.Code()), LimitCitation: "policy " + c.Policy.Name}
}

// Evaluate judges one host. It keeps four promises: a rule whose needs are
// missing is notchecked; a rule that panics is error, and the others still run;
// a rule that reports nothing is error; a conclusion from an absence over a
// source that was not read whole is unknown.
func Evaluate(c *Criteria, host *evidence.Case, stated Statement) *Judgement {
	version := windows.VersionOf(host.Registry, stated.OS, c.Tables)
	j := &Judgement{Case: host, Version: version, Roles: stated.Roles, Stores: stores.New(host)}
	j.Lists = issuerlist.Compute(c.ListHost(host, version))
	need, _ := requiredOf(c.Policy, c.Tables, version, stated.Roles, c.AsOf)
	j.Required = rootStatuses(host, j.Stores, need)
	host.Diagnostics = append(host.Diagnostics, j.Stores.Differences()...)
	for _, r := range c.Rules {
		if !c.Policy.Enabled(r) {
			continue
		}
		p := &Pass{Rule: r, Case: host, Policy: c.Policy, Tables: c.Tables, AsOf: c.AsOf,
			Version: version, Roles: stated.Roles, Stores: j.Stores, Lists: j.Lists, Required: j.Required}
		j.Findings = append(j.Findings, run(p)...)
	}
	c.Waivers.apply(j.Findings, c.AsOf)
	return j
}

// run checks one rule and keeps the engine's promises.
func run(p *Pass) []Finding {
	if missing := missingKinds(p); len(missing) > 0 {
		p.Report(Finding{Outcome: NotChecked, Collect: p.Rule.Collect,
			Summary: "not checked: the exports hold no " + strings.Join(missing, " and no ")})
	} else {
		check(p)
	}
	if len(p.findings) == 0 {
		p.Report(Finding{Outcome: Erred, Summary: "the rule reported nothing"})
	}
	incomplete := map[string]bool{}
	for _, s := range p.Case.Sources {
		if !s.Complete {
			incomplete[s.Name] = true
		}
	}
	for i := range p.findings {
		finish(&p.findings[i], p, incomplete)
	}
	slices.SortStableFunc(p.findings, func(a, b Finding) int { return strings.Compare(a.Subject, b.Subject) })
	return p.findings
}

func check(p *Pass) {
	defer func() {
		if r := recover(); r != nil {
			p.findings = []Finding{{Outcome: Erred, Summary: fmt.Sprintf("the rule broke: %v", r)}}
		}
	}()
	p.Rule.Check(p)
}

func finish(f *Finding, p *Pass, incomplete map[string]bool) {
	f.Rule, f.Host = p.Rule, p.Case.Host
	f.Evidence = eachOnce(f.Evidence)
	f.Severity = p.Policy.SeverityOf(p.Rule)
	sum := sha256.Sum256([]byte(p.Rule.ID + "\x00" + strings.ToLower(p.Case.Host) + "\x00" + strings.ToLower(f.Subject)))
	f.ID = hex.EncodeToString(sum[:8])
	var broken []string
	for _, s := range f.Searched {
		if incomplete[s] {
			broken = append(broken, s)
		}
	}
	// A pass says that nothing is wrong in what was searched, so it concludes
	// from an absence too.
	if len(broken) > 0 && (f.Outcome == Passed || f.Absence) && (f.Outcome == Passed || f.Outcome == Failed) {
		f.Outcome = Unknown
		f.Summary += "; but this cannot be concluded: " + strings.Join(broken, ", ") + " was not read whole"
	}
	if f.Outcome == Failed && len(f.Evidence) == 0 && len(f.Searched) == 0 {
		f.Outcome = Unknown
		f.Summary += "; but the rule names no evidence for it"
	}
	if f.Remedy == "" && f.Outcome == Failed {
		f.Remedy = p.Rule.Remedy
	}
}

// eachOnce leaves each place once, in order.
func eachOnce(list []evidence.Location) []evidence.Location {
	seen := map[evidence.Location]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(l evidence.Location) bool {
		again := seen[l]
		seen[l] = true
		return again
	})
}

// missingKinds names the kinds of evidence that a rule needs and the case does
// not hold.
func missingKinds(p *Pass) []string {
	var missing []string
	for _, k := range p.Rule.Needs {
		switch k {
		case evidence.KindCertificate:
			if len(p.Case.Occurrences) == 0 && len(p.Stores.All()) == 0 {
				missing = append(missing, "certificate store")
			}
		case evidence.KindRegistry:
			if p.Case.Registry.Empty() {
				missing = append(missing, "registry export")
			}
		case evidence.KindEvent:
			if len(p.Case.EventLogs) == 0 {
				missing = append(missing, "event log")
			}
		case evidence.KindTrustList:
			if len(p.Case.TrustLists) == 0 {
				missing = append(missing, "certificate trust list")
			}
		}
	}
	return missing
}
