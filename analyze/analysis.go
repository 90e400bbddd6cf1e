package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/catalogue"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

// options are the checked flags of an analysis.
type options struct {
	host     string
	stated   rules.Statement
	reading  importers.Options
	caseFile string
	// profile and policyFile, waiversFile, rulesFiles and dataDir are what hosts
	// are judged by; "" stands for what is embedded.
	profile, policyFile  string
	waiversFile, dataDir string
	rulesFiles           []string
	asOf                 time.Time
	failOn               rules.Severity // "" means that no severity fails the run
	stdout               *reports.Format
	outputs              []output
	// parts are what the report shows beside the judgement.
	parts parts
	// custody is told of what is read and written, and role what it is read as;
	// both may be zero.
	custody *custody
	role    string
	// carryFile is the earlier workbook that sign-offs are taken from, or "".
	carryFile string
	// redaction is nil where true names are shown.
	redaction *redaction
	// catalogue is nil where reports are in English.
	catalogue *catalogue.Catalogue
	force     bool
	quiet     bool
	color     bool
	jobs      int
	// progress starts a display of how far reading has come.
	progress func(bytes *atomic.Int64, hosts int) *progress
}

// analyse reads the paths, judges their hosts and writes the reports. An error
// that it returns means that nothing was judged.
func analyse(ctx context.Context, w world, paths []string, o *options) (int, error) {
	beside, err := o.parts.read(ctx, w, o)
	if err != nil {
		return exitUsage, err
	}
	criteria, result, err := judge(ctx, paths, o)
	if err != nil {
		return exitUsage, err
	}
	input := inputOf(criteria, result)
	if input.Options.Carried, err = o.carried(w); err != nil {
		return exitUsage, err
	}
	beside.add(&input, result, paths, o)
	doc, err := o.redaction.document(reports.New(input), input.Options)
	if err != nil {
		return exitUsage, err
	}
	status := result.status(o.failOn)
	if beside.incomplete() {
		status = exitIncomplete
	}
	o.custody.ends("analyse", status)
	doc = o.inLanguage(doc)
	for _, out := range o.outputs {
		if err := ctx.Err(); err != nil {
			return exitCancelled, err
		}
		if err := out.write(ctx, doc, o.force); err != nil {
			return exitUsage, err
		}
	}
	if err := o.custody.write(ctx, w, o); err != nil {
		return exitUsage, err
	}
	if err := o.stdout.Write(w.stdout, doc); err != nil {
		return exitUsage, fmt.Errorf("writing to standard output: %w", err)
	}
	if !o.quiet {
		w.tellDiagnostics(append(result.allDiagnostics(), beside.diagnostics()...))
		w.tellWaivers(criteria.WaiverReports(result.judgements))
	}
	return status, nil
}

// A result is what a run found.
type result struct {
	judgements  []*rules.Judgement
	diagnostics []evidence.Diagnostic  // about paths that belong to no host
	description *importers.Description // what is stated of the case, or nil
}

// judge finds and reads the hosts, several at once, and judges each.
func judge(ctx context.Context, paths []string, o *options) (*rules.Criteria, *result, error) {
	tables, err := loadTables(o)
	if err != nil {
		return nil, nil, err
	}
	walk, err := importers.Find(importers.Selection{Paths: paths, Host: o.host, Description: o.caseFile}, importFormats())
	if err != nil {
		var hint string
		if errors.Is(err, importers.ErrNoPath) {
			hint = "give the file, folder or .zip that holds the exports"
		}
		return nil, nil, &usageError{err, hint}
	}
	defer walk.Close()
	if err := o.take(walk, tables); err != nil {
		return nil, nil, err
	}
	criteria, err := loadCriteria(o, tables)
	if err != nil {
		return nil, nil, err
	}
	o.custody.addCriteria(o, criteria, walk)
	reader := &importers.Reader{Formats: importFormats(), Options: o.reading, Certificates: importers.NewCertificates()}
	r := &result{judgements: make([]*rules.Judgement, len(walk.Hosts)), diagnostics: walk.Diagnostics, description: walk.Description}

	shown := o.progress(&reader.Bytes, len(walk.Hosts))
	defer shown.stop()
	jobs := o.jobs
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	next := make(chan int)
	errs := make([]error, len(walk.Hosts))
	var wg sync.WaitGroup
	for range min(jobs, len(walk.Hosts)) {
		wg.Go(func() {
			for i := range next {
				r.judgements[i], errs[i] = judgeHost(ctx, reader, walk.Hosts[i], o.statement(walk, walk.Hosts[i].Name), criteria)
				shown.hosts.Add(1)
			}
		})
	}
	for i := range walk.Hosts {
		next <- i
	}
	close(next)
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return criteria, r, err
	}
	return criteria, r, o.custody.addJudged(ctx, cmp.Or(o.role, roleEvidence), walk, r.judgements)
}

// take takes what the case description states where no flag does.
func (o *options) take(walk *importers.Walk, tables *data.Tables) error {
	d := walk.Description
	if d == nil {
		return nil
	}
	wrong := func(format string, args ...any) error {
		return &usageError{err: fmt.Errorf("%s: %w", walk.DescriptionFile, fmt.Errorf(format, args...))}
	}
	for _, h := range d.Hosts {
		if h.OS != "" && tables.OSByCode(h.OS) == nil {
			return wrong("hosts: %s: os %q is none of %s", h.Name, h.OS, osCodes(tables))
		}
		for _, r := range h.Roles {
			if !slices.Contains(knownRoles, r) {
				return wrong("hosts: %s: role %q is none of %s", h.Name, r, strings.Join(knownRoles, ", "))
			}
		}
	}
	if o.reading.TimeZone == nil && d.TimeZone != "" {
		zone, err := time.LoadLocation(d.TimeZone)
		if err != nil {
			return wrong("timeZone: %w", err)
		}
		o.reading.TimeZone = zone
	}
	if o.reading.Encoding == "" {
		if err := checkEncoding(d.Encoding); err != nil {
			return wrong("encoding: %q is not known", d.Encoding)
		}
		o.reading.Encoding = d.Encoding
	}
	if o.reading.DateOrder == "" {
		o.reading.DateOrder = d.DateOrder
	}
	if o.profile == "" && o.policyFile == "" && d.Profile != "" {
		if !slices.Contains(rules.ProfileNames(), d.Profile) {
			return wrong("profile: %q is none of %s", d.Profile, strings.Join(rules.ProfileNames(), ", "))
		}
		o.profile = d.Profile
	}
	beside := func(name string) string {
		if name == "" || filepath.IsAbs(name) {
			return name
		}
		return filepath.Join(filepath.Dir(walk.DescriptionFile), filepath.FromSlash(name))
	}
	if o.policyFile == "" {
		o.policyFile = beside(d.Policy)
	}
	if o.waiversFile == "" {
		o.waiversFile = beside(d.Waivers)
	}
	if len(o.rulesFiles) == 0 {
		for _, name := range d.Rules {
			o.rulesFiles = append(o.rulesFiles, beside(name))
		}
	}
	return nil
}

// statement is what is stated of a host: by flags, else by the case description.
func (o *options) statement(walk *importers.Walk, host string) rules.Statement {
	s := o.stated
	if walk.Description == nil {
		return s
	}
	if h := walk.Description.Host(host); h != nil {
		if s.OS == "" {
			s.OS = strings.ToLower(h.OS)
		}
		if len(s.Roles) == 0 {
			s.Roles = slices.Compact(slices.Sorted(slices.Values(h.Roles)))
		}
	}
	return s
}

func judgeHost(ctx context.Context, reader *importers.Reader, h *importers.Host, stated rules.Statement, criteria *rules.Criteria) (*rules.Judgement, error) {
	c, err := readHost(ctx, reader, h, criteria.Interests())
	if err != nil {
		return nil, err
	}
	return rules.Evaluate(criteria, c, stated), nil
}

// readHost reads the files of one host into a case.
func readHost(ctx context.Context, reader *importers.Reader, h *importers.Host, interests []evidence.Interest) (*evidence.Case, error) {
	c := evidence.NewCase(h.Name, interests...)
	for _, d := range h.Diagnostics {
		c.Diagnose(d)
	}
	for _, f := range h.Files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := reader.Read(ctx, f, c); err != nil {
			return nil, err
		}
	}
	c.Finish(ownComputers(h, c))
	return c, nil
}

// ownComputers returns the test of whether events of a computer are those of a
// host: the names are equal without case and domain. A host that is merely
// called as its one file is takes the only computer in it for its own.
func ownComputers(h *importers.Host, c *evidence.Case) func(string) bool {
	short := func(s string) string { s, _, _ = strings.Cut(s, "."); return s }
	only := ""
	if names := c.Computers(); h.FromFile && len(names) == 1 {
		only = names[0]
		c.Diagnose(evidence.Diagnostic{Code: "host-from-events", Severity: evidence.Note, Where: evidence.Location{Source: h.Files[0].Name},
			Summary: fmt.Sprintf("the host is called %q after its file; its events are of computer %q and are counted for it", h.Name, only),
			Detail:  "--host names the host"})
	}
	return func(computer string) bool {
		return computer == only || strings.EqualFold(short(h.Name), short(computer))
	}
}

func (r *result) allDiagnostics() []evidence.Diagnostic {
	list := append([]evidence.Diagnostic(nil), r.diagnostics...)
	for _, j := range r.judgements {
		list = append(list, j.Case.Diagnostics...)
	}
	return list
}

// status is the exit status of a run that was judged.
func (r *result) status(failOn rules.Severity) int {
	facts, failed := 0, false
	for _, d := range r.diagnostics {
		if d.Loses() {
			return exitIncomplete
		}
	}
	for _, j := range r.judgements {
		for _, s := range j.Case.Sources {
			if !s.Complete {
				return exitIncomplete
			}
			facts += s.Records.Total()
		}
		for _, f := range j.Findings {
			failed = failed || (f.Fails() && failOn != "" && f.Severity.Rank() <= failOn.Rank())
		}
	}
	switch {
	case facts == 0:
		return exitNothing
	case failed:
		return exitFailed
	}
	return exitOK
}
