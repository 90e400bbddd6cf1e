package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/changes"
	"github.com/ctlaudit/ctlaudit/rules/remedies"
)

// parts are what an analysis reports beside its judgement: what plan, match and
// diff report alone.
type parts struct {
	plan     bool
	peers    []string
	baseline string
}

func (p *parts) addFlags(fl *pflag.FlagSet) {
	fl.BoolVar(&p.plan, "plan", true, "judge the remedies for each host too; --plan=false saves the time")
	fl.StringArrayVar(&p.peers, "peer", nil, "say whether this peer finds its issuer in the lists: a `FILE`, folder or .zip of its certificates (repeatable)")
	fl.StringVar(&p.baseline, "baseline", "", "say what has changed since `BEFORE`: exports, or the JSON report of an earlier run")
}

// A reading is what parts need that is read before the hosts are judged.
type reading struct {
	given  *givenPeers
	before *changes.Side
	// status is that of the side before, exitOK without one.
	status int
}

// read reads the peers and the baseline. What the case description states must
// not hold for the baseline, so this comes before the hosts are read.
func (p *parts) read(ctx context.Context, w world, o *options) (*reading, error) {
	r := &reading{status: exitOK}
	var err error
	if len(p.peers) > 0 {
		if r.given, err = readPeers(ctx, p.peers, o); err != nil {
			return nil, err
		}
	}
	if p.baseline != "" {
		before := *o
		before.role = roleBefore
		if r.before, r.status, err = readSide(ctx, w, p.baseline, &before); err != nil {
			if u, ok := errors.AsType[*usageError](err); ok {
				return nil, &usageError{fmt.Errorf("--baseline %w", u.err), u.hint}
			}
			return nil, err
		}
		if decidesNothing(r.before) {
			return nil, &usageError{fmt.Errorf("--baseline %q: nothing was read in it that could be compared", p.baseline), "give exports of a host, or the JSON report of an earlier run"}
		}
	}
	return r, nil
}

// decidesNothing reports whether a side holds no fact, and no finding but on
// what was not read.
func decidesNothing(s *changes.Side) bool {
	for i := range s.Hosts {
		h := &s.Hosts[i]
		if len(h.Certificates)+len(h.Values) > 0 || slices.ContainsFunc(h.Findings, func(f changes.Finding) bool {
			return f.Rule != rules.EvidenceComplete.ID && f.Outcome != string(rules.NotChecked) && f.Outcome != string(rules.NotApplicable)
		}) {
			return false
		}
	}
	return true
}

// add adds the parts to what a report is made from.
func (r *reading) add(in *reports.Input, found *result, paths []string, o *options) {
	if o.parts.plan {
		plan := remedies.New(remedies.Input{Criteria: in.Criteria, Judgements: found.judgements, Options: remedies.Options{Headroom: remedies.DefaultHeadroom}})
		in.Plan = reports.NewPlanReport(in.Tool, in.Version, in.Criteria, plan)
	}
	if r.given != nil {
		m := &reports.MatchInput{Tool: in.Tool, Version: in.Version, AsOf: o.asOf, Peers: r.given.peers, Files: r.given.files, Diagnostics: r.given.diagnostics}
		addMatches(m, serversOf(found, o), false)
		in.Match = reports.NewMatchReport(*m)
	}
	if r.before != nil {
		name := filepath.Base(paths[0])
		if n := len(paths) - 1; n > 0 {
			name += fmt.Sprintf(" and %d more", n)
		}
		after := reports.SideOf(name, *in, propertyText)
		in.Changes = reports.NewDiffReport(in.Tool, in.Version, changes.Compare(r.before, after))
	}
}

// incomplete reports whether a peer's file or the baseline was not read whole.
func (r *reading) incomplete() bool {
	return r.status == exitIncomplete || slices.ContainsFunc(r.diagnostics(), func(d evidence.Diagnostic) bool { return d.Loses() })
}

func (r *reading) diagnostics() []evidence.Diagnostic {
	if r.given == nil {
		return nil
	}
	return r.given.diagnostics
}

// engagementOf is what the case description states of the engagement.
func engagementOf(d *importers.Description) reports.Engagement {
	if d == nil {
		return reports.Engagement{}
	}
	return reports.Engagement{Customer: d.Customer, Engagement: d.Engagement, System: d.System, Period: d.Period, Classification: d.Classification,
		PreparedBy: d.PreparedBy, ReviewedBy: d.ReviewedBy, CollectedBy: d.CollectedBy, CollectedOn: d.CollectedOn, CollectedWith: d.CollectedWith,
		ReceivedBy: d.ReceivedBy, ReceivedOn: d.ReceivedOn}
}

// inputOf is what a report of the judged hosts is made from.
func inputOf(criteria *rules.Criteria, r *result) reports.Input {
	return reports.Input{Tool: programName, Version: version(), Criteria: criteria, Judgements: r.judgements, Diagnostics: r.diagnostics, Engagement: engagementOf(r.description)}
}
