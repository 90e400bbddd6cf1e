package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/rules/yamlfile"
)

// Waivers are accepted risks: findings that somebody answers for until a day.
type Waivers struct {
	// File is the name, without its folder, of the file that they were read from.
	File string
	List []Waiver
	// SHA256 is the digest of the file as it was read.
	SHA256 [32]byte
}

// A Waiver takes failures of one rule out of the count until a day. Host, store
// and thumbprint narrow it; what is empty does not.
type Waiver struct {
	Rule string `yaml:"rule"`
	// Host and Store are compared without regard to case.
	Host  string `yaml:"host"`
	Store string `yaml:"store"`
	// Thumbprint is SHA-1 in upper-case hex.
	Thumbprint string `yaml:"thumbprint"`
	Reason     string `yaml:"reason"`
	// ExpiresOn is the last day on which the waiver holds, YYYY-MM-DD.
	ExpiresOn  string `yaml:"expires"`
	ApprovedBy string `yaml:"approvedBy"`
	Ticket     string `yaml:"ticket"`

	// Expires is ExpiresOn as a day in UTC.
	Expires time.Time `yaml:"-"`
	// File and Line say where the waiver is written.
	File string `yaml:"-"`
	Line int    `yaml:"-"`
}

// A WaiverState says what a waiver does on the day of the judgement.
type WaiverState string

// The states of a waiver that covers a finding, and of one that covers none.
const (
	WaiverActive  WaiverState = "active"
	WaiverExpired WaiverState = "expired"
	WaiverUnused  WaiverState = "unused"
)

// An AppliedWaiver is a waiver on a finding that it covers.
type AppliedWaiver struct {
	*Waiver
	// State is WaiverActive or WaiverExpired.
	State WaiverState
}

// ExpiresText returns the last day of the waiver as YYYY-MM-DD.
func (w *Waiver) ExpiresText() string { return w.Expires.Format(time.DateOnly) }

// Scope words what the waiver covers: "root-expired on host WEB01".
func (w *Waiver) Scope() string {
	s := w.Rule
	for _, part := range []struct{ what, value string }{{" on host ", w.Host}, {" in store ", w.Store}, {" for certificate ", w.Thumbprint}} {
		if part.value != "" {
			s += part.what + part.value
		}
	}
	return s
}

// ParseWaivers reads a file of waivers. It is decoded strictly: an unknown key
// or rule, a missing reason or expiry, a bad date or thumbprint is an error that
// names file, line and column.
func ParseWaivers(file string, text []byte, rs []*Rule) (*Waivers, error) {
	var f struct {
		Waivers []Waiver `yaml:"waivers"`
	}
	doc, err := yamlfile.Decode(file, text, &f)
	if err != nil {
		return nil, err
	}
	if f.Waivers == nil {
		return nil, doc.At("waivers").Errorf("there is no list of waivers")
	}
	w := &Waivers{File: BaseName(file), List: f.Waivers, SHA256: sha256.Sum256(text)}
	for i := range w.List {
		if err := w.List[i].validate(file, doc, i, rs); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *Waiver) validate(file string, doc *yamlfile.Document, i int, rs []*Rule) error {
	at := func(key string) yamlfile.Place { return doc.At("waivers", i, key) }
	w.File = BaseName(file)
	w.Line, _ = doc.At("waivers", i).Position()
	for _, p := range []*string{&w.Rule, &w.Host, &w.Store, &w.Thumbprint, &w.Reason, &w.ExpiresOn, &w.ApprovedBy, &w.Ticket} {
		*p = strings.TrimSpace(*p)
	}
	switch {
	case w.Rule == "":
		return at("rule").Errorf("the waiver names no rule")
	case !slices.ContainsFunc(rs, func(r *Rule) bool { return r.ID == w.Rule }):
		return at("rule").Errorf("rule: there is no rule %q", w.Rule)
	case w.Reason == "":
		return at("reason").Errorf("the waiver of %s gives no reason", w.Rule)
	case w.ExpiresOn == "":
		return at("expires").Errorf("the waiver of %s does not say when it expires", w.Rule)
	}
	day, err := time.Parse(time.DateOnly, w.ExpiresOn)
	if err != nil {
		return at("expires").Errorf("expires: %q is no day of the form 2027-01-31", w.ExpiresOn)
	}
	w.Expires = day
	if w.Thumbprint != "" {
		norm := normThumbprint(w.Thumbprint)
		if !thumbprintForm.MatchString(norm) {
			return at("thumbprint").Errorf("thumbprint: %q is not a SHA-1 thumbprint of 40 hex digits", w.Thumbprint)
		}
		w.Thumbprint = norm
	}
	if w.Store != "" && !strings.Contains(w.Store, `\`) {
		return at("store").Errorf(`store: %q names no store with its location, such as LocalMachine\Root`, w.Store)
	}
	return nil
}

// covers reports whether the waiver is about the finding. A store is that of the
// finding or its subject, a thumbprint likewise or a part of the subject.
func (w *Waiver) covers(f *Finding) bool {
	return w.Rule == f.Rule.ID &&
		(w.Host == "" || strings.EqualFold(w.Host, f.Host)) &&
		(w.Store == "" || strings.EqualFold(w.Store, f.Store) || strings.EqualFold(w.Store, f.Subject)) &&
		(w.Thumbprint == "" || strings.EqualFold(w.Thumbprint, f.Thumbprint) || strings.Contains(strings.ToUpper(f.Subject), w.Thumbprint))
}

// holds reports whether the waiver holds on the day of a judgement: it does
// through its last day, in UTC.
func (w *Waiver) holds(asOf time.Time) bool { return asOf.Before(w.Expires.AddDate(0, 0, 1)) }

// apply marks the failures that waivers cover. Of several, one that holds wins
// over one that is expired, then the one that expires last, then the first.
func (ws *Waivers) apply(findings []Finding, asOf time.Time) {
	if ws == nil {
		return
	}
	for i := range findings {
		f := &findings[i]
		if f.Outcome != Failed {
			continue
		}
		for k := range ws.List {
			w := &ws.List[k]
			if w.covers(f) && (f.Waiver == nil || w.Expires.After(f.Waiver.Expires)) {
				f.Waiver = &AppliedWaiver{Waiver: w, State: WaiverExpired}
			}
		}
		if f.Waiver != nil && f.Waiver.holds(asOf) {
			f.Waiver.State = WaiverActive
		}
	}
}

// A WaiverReport says what became of one waiver in a run.
type WaiverReport struct {
	*Waiver
	// State is WaiverActive or WaiverExpired for a waiver that covers failures
	// of this run, WaiverUnused for one that covers none.
	State WaiverState
	// Findings are the failures that it covers, by id and in the order of the
	// hosts. One that a longer waiver covers too is listed with that one.
	Findings []string
}

// Note says in one sentence what became of the waiver.
func (r WaiverReport) Note() string {
	switch r.State {
	case WaiverUnused:
		return "the waiver of " + r.Scope() + " covers no failure of this run"
	case WaiverExpired:
		return fmt.Sprintf("the waiver of %s expired on %s: what it covered counts again", r.Scope(), r.ExpiresText())
	}
	return fmt.Sprintf("the waiver of %s holds until %s", r.Scope(), r.ExpiresText())
}

// WaiverReports says what became of each waiver, in the order of the file. It is
// empty where no waivers were given.
func (c *Criteria) WaiverReports(judgements []*Judgement) []WaiverReport {
	if c.Waivers == nil {
		return nil
	}
	list := make([]WaiverReport, len(c.Waivers.List))
	at := map[*Waiver]int{}
	for i := range c.Waivers.List {
		w := &c.Waivers.List[i]
		list[i] = WaiverReport{Waiver: w, State: WaiverUnused, Findings: []string{}}
		at[w] = i
	}
	for _, j := range judgements {
		for _, f := range j.Findings {
			if f.Waiver == nil {
				continue
			}
			r := &list[at[f.Waiver.Waiver]]
			r.State = f.Waiver.State
			r.Findings = append(r.Findings, f.ID)
		}
	}
	return list
}

// Digest returns the SHA-256 of the file of waivers in lower-case hex.
func (ws *Waivers) Digest() string { return hex.EncodeToString(ws.SHA256[:]) }

// ExpiredWaivers returns the waivers that cover failures of this judgement and
// hold no longer, each once, in the order of the file.
func (j *Judgement) ExpiredWaivers() []*Waiver {
	var list []*Waiver
	for _, f := range j.Findings {
		if f.Waiver != nil && f.Waiver.State == WaiverExpired && !slices.Contains(list, f.Waiver.Waiver) {
			list = append(list, f.Waiver.Waiver)
		}
	}
	slices.SortStableFunc(list, func(a, b *Waiver) int { return cmp.Compare(a.Line, b.Line) })
	return list
}
