package customer

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/yamlfile"
)

type writtenExample struct {
	Name   string        `yaml:"name"`
	AsOf   string        `yaml:"asOf"`
	Given  any           `yaml:"given"`
	Expect rules.Outcome `yaml:"expect"`
}

// An Example is a thing made up to try a rule on, and what the rule must say of it.
type Example struct {
	Name   string
	Expect rules.Outcome

	thing *thing
}

// A Result is what a rule said of an example.
type Result struct {
	Rule    *Rule
	Example *Example
	Outcome rules.Outcome
	Summary string
}

// OK reports whether the rule said what the example expects.
func (r Result) OK() bool { return r.Outcome == r.Example.Expect }

// Test tries a rule on its own examples.
func (r *Rule) Test() []Result {
	var list []Result
	for i := range r.Examples {
		v := r.judge(r.Examples[i].thing)
		list = append(list, Result{Rule: r, Example: &r.Examples[i], Outcome: v.outcome, Summary: v.summary})
	}
	return list
}

// expectable are the outcomes that an example may expect.
func expectable() []rules.Outcome {
	return []rules.Outcome{rules.Passed, rules.Failed, rules.NotApplicable, rules.Unknown}
}

// exampleDay is the day of the judgement where an example names none.
var exampleDay = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (p *parsing) examples(r *Rule) ([]Example, error) {
	if len(p.in.Examples) > MaxExamples {
		return nil, p.at("examples", MaxExamples).Errorf("examples: a rule has at most %d examples", MaxExamples)
	}
	var list []Example
	for i, in := range p.in.Examples {
		at := func(path ...any) yamlfile.Place { return p.at(append([]any{"examples", i}, path...)...) }
		if strings.TrimSpace(in.Name) == "" {
			return nil, at("name").Errorf("examples: an example of %s has no name", r.ID)
		}
		if !slices.Contains(expectable(), in.Expect) {
			return nil, at("expect").Errorf("expect: %q is none of pass, fail, notapplicable, unknown", in.Expect)
		}
		asOf := exampleDay
		if in.AsOf != "" {
			day, err := time.Parse(time.DateOnly, in.AsOf)
			if err != nil {
				return nil, at("asOf").Errorf("asOf: %q is no day of the form 2027-01-31", in.AsOf)
			}
			asOf = day
		}
		field := func(path ...any) yamlfile.Place { return at(append([]any{"given"}, path...)...) }
		for _, name := range []string{"notBefore", "notAfter", "first", "last"} {
			if f := field(name); f.Has() && !isTime(f.Text()) {
				return nil, f.Errorf("given: %s: %q is neither a day (2027-01-31) nor an RFC 3339 time", name, f.Text())
			}
		}
		env, known, err := given(r.For, at("given"), func(path ...any) bool { return field(path...).Has() }, asOf)
		if err != nil {
			return nil, err
		}
		list = append(list, Example{Name: in.Name, Expect: in.Expect, thing: &thing{env: env, name: "the example", gap: func(field string) *gap {
			if known(field) {
				return nil
			}
			return &gap{outcome: rules.Unknown, why: fmt.Sprintf("the example does not give %s", field)}
		}}})
	}
	return list, nil
}

// isTime reports whether the YAML library reads a text as the time that it
// says: what it cannot read it leaves out without an error.
func isTime(text string) bool {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}

// given reads the fields of an example. known says which fields it gives, or
// which follow from those that it gives: any other is not known.
func given(t Topic, at yamlfile.Place, has func(...any) bool, asOf time.Time) (env any, known func(string) bool, err error) {
	also := map[string]bool{"asOf": true, "host": true, "roles": true, "host.asOf": true, "host.roles": true}
	known = func(field string) bool {
		if also[field] {
			return true
		}
		if rest, ok := strings.CutPrefix(field, "host."); ok {
			return has("host", rest)
		}
		return has(field)
	}
	follows := func(field string, from ...string) bool {
		if has(field) {
			return false
		}
		for _, f := range from {
			if !has(f) {
				return false
			}
		}
		also[field] = true
		return true
	}
	switch t {
	case Certificates:
		c := certificateFields{}
		if err := at.Decode(&c); err != nil {
			return nil, nil, err
		}
		written := c
		c.derive(asOf)
		for _, f := range []struct {
			name, from string
			keep       func()
		}{
			{"expired", "notAfter", func() { c.Expired = written.Expired }},
			{"daysLeft", "notAfter", func() { c.DaysLeft = written.DaysLeft }},
			{"notYetValid", "notBefore", func() { c.NotYetValid = written.NotYetValid }},
		} {
			if !follows(f.name, f.from) {
				f.keep()
			}
		}
		if follows("commonName", "subject") {
			c.CommonName = rules.CommonName(c.Subject)
		}
		if follows("selfIssued", "subject", "issuer") {
			c.SelfIssued = c.Subject == c.Issuer
		}
		if follows("hasEKU", "eku") {
			c.HasEKU = len(c.EKU) > 0
		}
		c.AsOf, c.Host.AsOf = asOf, asOf
		return c, known, nil
	case RegistryValues:
		v := registryFields{Present: true}
		if err := at.Decode(&v); err != nil {
			return nil, nil, err
		}
		for _, f := range []string{"present", "key", "name", "type", "number", "text", "strings", "size"} {
			also[f] = true
		}
		for _, typ := range []struct {
			field string
			typ   evidence.RegType
		}{{"number", evidence.RegDWord}, {"text", evidence.RegSZ}, {"strings", evidence.RegMultiSZ}} {
			if v.Type == "" && has(typ.field) {
				v.Type = typ.typ.String()
			}
		}
		if v.Strings == nil {
			v.Strings = []string{}
		}
		v.Host.fill(asOf)
		v.AsOf = asOf
		return v, known, nil
	case Events:
		e := eventFields{Count: 1, Alert: evidence.NoAlert}
		if err := at.Decode(&e); err != nil {
			return nil, nil, err
		}
		for _, f := range []string{"count", "computer", "alert"} {
			also[f] = true
		}
		e.Host.fill(asOf)
		e.AsOf = asOf
		return e, known, nil
	}
	h := hostFields{}
	if err := at.Decode(&h); err != nil {
		return nil, nil, err
	}
	h.fill(asOf)
	return h, known, nil
}

func (h *hostFields) fill(asOf time.Time) {
	h.AsOf = asOf
	if h.Roles == nil {
		h.Roles = []string{}
	}
}
