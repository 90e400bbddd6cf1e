package reports

import (
	"slices"

	"github.com/ctlaudit/ctlaudit/rules"
)

// rows are the lengths of the long lists of a contract.
type rows struct {
	known                                       bool
	certificates, registry, events, diagnostics int
}

// count returns the lengths of the long lists, and makes them if it has to.
func (r *Report) count() rows {
	if !r.rows.known {
		r.rows = rows{true, length(r.Certificates), length(r.Registry), length(r.Events), length(r.Diagnostics)}
	}
	return r.rows
}

func length[T any](s Seq[T]) int {
	n := 0
	for range s {
		n++
	}
	return n
}

// A view is a contract with what has to be known of it before any part of a
// document is made. It goes through each list once and keeps no row of the long
// ones.
type view struct {
	*Report
	carried SignOffs
	rows    rows

	hosts    []*hostView
	byHost   map[string]*hostView
	ruleList []Rule
	byRule   map[string]*Rule
	waivers  []WaiverReport

	// The lengths of lists that are gone through anyway.
	sourceRows, listRows, entryRows, requiredRows, findingRows, missingRows int

	table    map[rules.Severity]map[rules.Outcome]int // less the waived failures
	waived   int
	waivedBy map[rules.Severity]int

	sourceRow  map[string]int  // by name, counted from 1
	eventFiles map[string]bool // sources that hold events
	incomplete []string        // cleaned
	records    Records
	firstSeen  map[Location]Time            // of the events that findings cite
	gone       []string                     // ids of carried findings that are there no more
	settled    func(host, rule string) bool // nil where none is gone
}

// A hostView is what is known of a host.
type hostView struct {
	Host
	diagnosis *Diagnosis
	lists     []listHead

	outcomes map[rules.Outcome]int // of its findings, less the waived failures
	waived   int
	failed   []string // ids of the rules that failed
	answers  map[string]*answer
	expired  []Line // waivers that hold no longer
	next     stepList
	collect  stepList
	// rootOutcome is the outcome of required-roots by thumbprint, "" being the
	// store as a whole.
	rootOutcome map[string]rules.Outcome

	incomplete   int
	firstBroken  []string // names of the first sources that were read in part
	reasons      map[string]string
	unrecognised int
}

// A listHead is an issuer list without its entries.
type listHead struct {
	IssuerList
	names, cutFile, cutThumbprint int
}

func newView(r *Report, o Options) *view {
	v := &view{Report: r, carried: o.Carried, rows: r.count(), byHost: map[string]*hostView{}, byRule: map[string]*Rule{},
		sourceRow: map[string]int{}, eventFiles: map[string]bool{}}
	for h := range r.Hosts {
		known := v.host(h.Name)
		known.Host = h
		v.hosts = append(v.hosts, known)
	}
	for rule := range r.Rules {
		v.ruleList = append(v.ruleList, rule)
	}
	for i := range v.ruleList {
		v.byRule[v.ruleList[i].ID] = &v.ruleList[i]
	}
	for w := range r.Waivers {
		v.waivers = append(v.waivers, w)
	}
	for i := range r.Diagnoses {
		v.host(r.Diagnoses[i].Host).diagnosis = &r.Diagnoses[i]
	}
	for l := range r.IssuerLists {
		v.listRows++
		v.entryRows += len(l.Entries)
		h := v.host(l.Host)
		h.lists = append(h.lists, headOf(l))
	}
	for range r.RequiredRoots {
		v.requiredRows++
	}
	v.takeSources()
	v.takeFindings()
	return v
}

// host returns what is known of a host, and begins it.
func (v *view) host(name string) *hostView {
	h := v.byHost[name]
	if h == nil {
		h = &hostView{Host: Host{Name: name}, outcomes: map[rules.Outcome]int{}, answers: map[string]*answer{},
			rootOutcome: map[string]rules.Outcome{}, reasons: map[string]string{}}
		v.byHost[name] = h
	}
	return h
}

// headOf counts the names of a list and those that do not fit. In the order of
// the files a name ends beyond all before it, unless it is one of them again.
func headOf(l IssuerList) listHead {
	h := listHead{IssuerList: l}
	h.Entries = nil
	last := 0
	for i := range l.Entries {
		e := &l.Entries[i]
		if e.EndsAt.File == nil || *e.EndsAt.File <= last {
			continue
		}
		last = *e.EndsAt.File
		h.names++
		if e.Cut.File {
			h.cutFile++
		}
		if e.Cut.Thumbprint {
			h.cutThumbprint++
		}
	}
	return h
}

// mostBroken is how many sources a screen names that were read in part.
const mostBroken = 5

func (v *view) takeSources() {
	for s := range v.Sources {
		v.sourceRows++
		if _, ok := v.sourceRow[s.Name]; !ok {
			v.sourceRow[s.Name] = v.sourceRows
		}
		if s.Records.Events > 0 {
			v.eventFiles[s.Name] = true
		}
		v.records.Certificates += s.Records.Certificates
		v.records.CRLs += s.Records.CRLs
		v.records.TrustLists += s.Records.TrustLists
		v.records.RegistryValues += s.Records.RegistryValues
		v.records.Events += s.Records.Events
		h := v.host(s.Host)
		switch {
		case !s.Complete:
			v.incomplete = append(v.incomplete, Clean(s.Name))
			if h.incomplete++; h.incomplete <= mostBroken {
				h.firstBroken = append(h.firstBroken, s.Name)
			}
		case s.Format == "":
			h.unrecognised++
		}
	}
	if len(v.incomplete) == 0 {
		return
	}
	for d := range v.Diagnostics {
		if h := v.byHost[d.Host]; h != nil && d.Lost && slices.Contains(h.firstBroken, d.Location.Source) && h.reasons[d.Location.Source] == "" {
			h.reasons[d.Location.Source] = d.Summary
		}
	}
}

func (v *view) takeFindings() {
	v.table, v.waivedBy = map[rules.Severity]map[rules.Outcome]int{}, map[rules.Severity]int{}
	for _, s := range rules.Severities() {
		v.table[s] = map[rules.Outcome]int{}
	}
	cited, there := map[Location]Time{}, map[string]bool{}
	for f := range v.Findings {
		v.findingRows++
		severity := rules.Severity(f.Severity)
		switch row := v.table[severity]; {
		case f.waived():
			v.waived++
			v.waivedBy[severity]++
		case row != nil:
			row[rules.Outcome(f.Outcome)]++
		}
		if f.undecided() {
			v.missingRows++
		}
		v.host(f.Host).take(&f)
		if _, ok := v.carried[f.ID]; ok {
			there[f.ID] = true
		}
		for _, l := range f.Evidence {
			if v.eventFiles[l.Source] {
				cited[l] = Time{}
			}
		}
	}
	if len(cited) > 0 {
		for g := range v.Events {
			for _, s := range g.Samples {
				if _, ok := cited[s.Location]; ok {
					cited[s.Location] = g.First
				}
			}
		}
	}
	v.firstSeen = cited
	if v.gone = v.carried.without(there); len(v.gone) > 0 {
		v.settled = settled(v.Report)
	}
}
