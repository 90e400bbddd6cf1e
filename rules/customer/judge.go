package customer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
)

// MaxFailures is how many failures of one rule are findings of their own; the
// rest are one finding together, with all their places.
const MaxFailures = 100

// A gap says why a field is not known.
type gap struct {
	outcome rules.Outcome // Unknown, or NotChecked where a command would collect it
	why     string
	collect string
}

// A thing is one thing that a rule is asked about.
type thing struct {
	env any
	// gap returns why a field is not known, or nil.
	gap     func(field string) *gap
	finding rules.Finding // subject and evidence
	name    string        // for a message
}

// A verdict is what a rule says of one thing.
type verdict struct {
	outcome rules.Outcome
	summary string
	collect string
}

// judge asks the rule about one thing.
func (r *Rule) judge(t *thing) verdict {
	if r.when != nil {
		if g := firstGap(t, r.when.fields); g != nil {
			return verdict{g.outcome, g.why, g.collect}
		}
		selected, err := r.when.holds(t.env)
		if err != nil {
			return verdict{outcome: rules.Erred, summary: fmt.Sprintf("when: %v", err)}
		}
		if !selected {
			return verdict{outcome: rules.NotApplicable, summary: t.name + " is not selected"}
		}
	}
	if g := firstGap(t, r.assert.fields); g != nil {
		return verdict{g.outcome, g.why, g.collect}
	}
	holds, err := r.assert.holds(t.env)
	switch {
	case err != nil:
		return verdict{outcome: rules.Erred, summary: fmt.Sprintf("assert: %v", err)}
	case holds:
		return verdict{outcome: rules.Passed, summary: t.name + " is as the rule wants it"}
	}
	return r.failure(t)
}

func (r *Rule) failure(t *thing) verdict {
	v := verdict{outcome: rules.Failed, summary: fmt.Sprintf("%s: %s does not hold", t.name, r.failed)}
	if r.message == nil || firstGap(t, r.message.fields()) != nil {
		return v
	}
	text, err := r.message.word(t.env)
	switch {
	case err != nil:
		v.summary += fmt.Sprintf(" (the message cannot be worded: %v)", err)
	case text != "":
		v.summary = text
	}
	return v
}

func firstGap(t *thing, fields []string) *gap {
	if t.gap == nil {
		return nil
	}
	for _, f := range fields {
		if g := t.gap(f); g != nil {
			return g
		}
	}
	return nil
}

// A ground is all that a rule is asked about on one host.
type ground struct {
	things []*thing
	// searched are the sources that they were looked for in, broken those of
	// them that were not read whole.
	searched, broken []string
	subject          string // of findings about all of them
	plural           string
	// missing is set where there is nothing to ask about because it was not
	// collected.
	missing *gap
	// partial is set where some of it was not collected: failures stand, and
	// nothing passes.
	partial *gap
}

// check judges a host: it is the Check of the rule.
func (r *Rule) check(p *rules.Pass) {
	g := r.ground(p)
	if g.missing != nil {
		p.Report(rules.Finding{Subject: g.subject, Outcome: g.missing.outcome, Summary: g.missing.why, Collect: g.missing.collect})
		return
	}
	t := tally{rule: r, pass: p, ground: g}
	for _, one := range g.things {
		t.add(one, r.judge(one))
	}
	t.report()
}

// A tally counts verdicts.
type tally struct {
	rule   *Rule
	pass   *rules.Pass
	ground *ground

	passed, failed, skipped int
	gaps, broke             []verdict
	gapEvidence             []evidence.Location
	rest                    []evidence.Location
	restName                string // of the first
}

func (t *tally) add(one *thing, v verdict) {
	switch v.outcome {
	case rules.Passed:
		t.passed++
	case rules.NotApplicable:
		t.skipped++
	case rules.Failed:
		if t.failed++; t.failed > MaxFailures {
			t.rest = append(t.rest, one.finding.Evidence...)
			if t.restName == "" {
				t.restName = one.name
			}
			return
		}
		f := one.finding
		f.Outcome, f.Summary, f.Expected = rules.Failed, v.summary, t.rule.failed
		f.Searched = t.ground.searched
		t.pass.Report(f)
	case rules.Erred:
		t.broke = append(t.broke, v)
	default:
		t.gaps = append(t.gaps, v)
		t.gapEvidence = append(t.gapEvidence, one.finding.Evidence...)
	}
}

// report tells what the verdicts amount to, beside the failures.
func (t *tally) report() {
	g := t.ground
	f := rules.Finding{Subject: g.subject, Searched: g.searched, Expected: t.rule.failed,
		Measured: fmt.Sprintf("%d of %d %s selected, %d hold", t.passed+t.failed, len(g.things), g.plural, t.passed)}
	if t.failed > MaxFailures {
		more := f
		more.Subject, more.Outcome, more.Evidence = "further "+g.plural, rules.Failed, t.rest
		more.Summary = fmt.Sprintf("%d more %s fail, the first of them %s", t.failed-MaxFailures, g.plural, t.restName)
		t.pass.Report(more)
	}
	if len(t.broke) > 0 {
		e := f
		e.Subject, e.Outcome = g.subject+" (error)", rules.Erred
		e.Summary = fmt.Sprintf("the rule broke on %d of %d %s: %s", len(t.broke), len(g.things), g.plural, t.broke[0].summary)
		t.pass.Report(e)
	}
	switch {
	case len(t.gaps) > 0:
		f.Outcome, f.Searched, f.Evidence, f.Collect = t.gaps[0].outcome, nil, t.gapEvidence, t.gaps[0].collect
		f.Summary = t.gaps[0].summary
		if len(g.things) > 1 {
			f.Summary = fmt.Sprintf("%d of %d %s cannot be judged: %s", len(t.gaps), len(g.things), g.plural, t.gaps[0].summary)
		}
	case t.failed > 0 || len(t.broke) > 0:
		return
	case g.partial != nil:
		f.Outcome, f.Collect = g.partial.outcome, g.partial.collect
		f.Summary = fmt.Sprintf("no failure is in what was read (%d %s), but %s", len(g.things), g.plural, g.partial.why)
	case t.passed == 0 && len(g.broken) > 0:
		f.Outcome = rules.Unknown
		f.Summary = fmt.Sprintf("none of the %s that were read is selected, but %s was not read whole", g.plural, strings.Join(g.broken, ", "))
	case t.passed == 0:
		f.Outcome = rules.NotApplicable
		f.Summary = fmt.Sprintf("none of the %d %s that were read is selected", len(g.things), g.plural)
	case len(g.things) == 1:
		f.Outcome, f.Summary, f.Evidence = rules.Passed, g.things[0].name+" is as the rule wants it", g.things[0].finding.Evidence
	default:
		f.Outcome = rules.Passed
		f.Summary = fmt.Sprintf("all %d selected of the %d %s that were read are as the rule wants them", t.passed, len(g.things), g.plural)
	}
	t.pass.Report(f)
}

// ground finds what the rule is asked about.
func (r *Rule) ground(p *rules.Pass) *ground {
	var g *ground
	switch r.For {
	case Certificates:
		g = r.certificates(p)
	case RegistryValues:
		g = r.registry(p)
	case Events:
		g = r.events(p)
	default:
		g = r.host(p)
	}
	for _, s := range p.Case.Sources {
		if !s.Complete && slices.Contains(g.searched, s.Name) {
			g.broken = append(g.broken, s.Name)
		}
	}
	return g
}
