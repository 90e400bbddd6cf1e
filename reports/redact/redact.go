// Package redact makes a copy of a report in which machines and people bear
// pseudonyms, so that the report can be shown to a third party. A separate key
// tells who is who, and gives a name the same pseudonym in every report that is
// made with it.
//
// Names are learnt from where a report says that something is one (hosts,
// computers of events, registry values, certificates of My, labels and forms in
// messages), and are then replaced wherever they stand as a whole word. A name
// that is an ordinary word, such as "web", is replaced only where a host or a
// person is meant: a root called "Web Services CA" keeps its name.
//
// What it cannot promise: free text may hold names that nothing labels, names
// of organisations in certificates stay, and so do digests and thumbprints,
// since they are the evidence. Whoever holds the file or the certificate
// recognises it by them.
package redact

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/reports"
)

// Kinds say what is replaced.
type Kinds struct {
	// Hosts are names of machines, their domains and their addresses.
	Hosts bool
	// Users are names of people and accounts, and their security identifiers.
	Users bool
}

// ParseKinds reads a list such as "hosts,users".
func ParseKinds(list []string) (Kinds, error) {
	var k Kinds
	for _, s := range list {
		switch strings.TrimSpace(s) {
		case "hosts":
			k.Hosts = true
		case "users":
			k.Users = true
		default:
			return k, fmt.Errorf("%q is neither hosts nor users", s)
		}
	}
	return k, nil
}

// String writes the kinds as ParseKinds reads them.
func (k Kinds) String() string {
	var list []string
	if k.Hosts {
		list = append(list, "hosts")
	}
	if k.Users {
		list = append(list, "users")
	}
	return strings.Join(list, ",")
}

// within reports whether all of the kinds are among others.
func (k Kinds) within(of Kinds) bool { return (!k.Hosts || of.Hosts) && (!k.Users || of.Users) }

func (k Kinds) has(x kind) bool {
	if x == aUser || x == aSID {
		return k.Users
	}
	return k.Hosts
}

// What a redacted report says of itself, by which it is also known as one.
const (
	noteSummary = "hosts and users are pseudonyms"
	noteDetail  = "the key that tells who is who is kept apart. Digests, thumbprints and names of organisations in certificates are as they were, and free text may hold names that nothing labels: read the report before it is shown to anybody"
)

// Note returns what a report has to say of what was replaced.
func (k Kinds) Note() (summary, detail string) {
	switch {
	case !k.Users:
		return "hosts are pseudonyms; names of users were left", noteDetail
	case !k.Hosts:
		return "users are pseudonyms; names of hosts were left", noteDetail
	}
	return noteSummary, noteDetail
}

// A Redactor replaces names. Collect every report first, then make the copies.
// It is not for use by several goroutines while it collects.
type Redactor struct {
	kinds Kinds
	names map[kind]map[string]*name // by folded name
	// fresh are the names that have no pseudonym yet.
	fresh []*name
	// mails are the addresses user@domain that were seen, accounts what stood
	// before a backslash and a user.
	mails, accounts map[string]bool
	// words are words of CA names in the reports, which no host of that name
	// may take away.
	words map[string]bool
	// sources are the names of files, which begin with the name of a host.
	sources map[string]bool
	lengths []int // of the names in sources
	ids     map[string]string
	index   *index // made when the first copy is
	grew    bool
	marked  bool // the report that is collected is a redacted one
}

// New returns a redactor that gives the names of a key their pseudonyms. The
// key may be nil.
func New(kinds Kinds, known *Key) *Redactor {
	r := &Redactor{kinds: kinds, names: map[kind]map[string]*name{}, mails: map[string]bool{}, accounts: map[string]bool{},
		words: map[string]bool{}, sources: map[string]bool{}, ids: map[string]string{}}
	for _, k := range allKinds {
		r.names[k] = map[string]*name{}
	}
	if known != nil {
		for _, e := range known.Names {
			r.names[e.Kind][fold(e.Name)] = &name{kind: e.Kind, folded: fold(e.Name), shown: e.Name, pseudonym: e.Pseudonym}
		}
	}
	return r
}

// Collect learns the names of a report. It goes through the report several
// times, because a name tells of others: a host of its domain, a domain of its
// hosts.
func (r *Redactor) Collect(rep *reports.Report) {
	const most = 4
	done := redactedKinds(rep)
	r.marked = done != Kinds{}
	r.index = nil
	if r.kinds.within(done) {
		return
	}
	for range most {
		r.grew = false
		r.learnFrom(rep)
		if !r.grew {
			break
		}
	}
	r.name()
	r.collectIDs(rep)
}

// Report returns the copy of a report with pseudonyms. Its lists are made while
// they are read, as those of the report are. A report in which nothing is left
// to replace is returned as it is; of one that was redacted for the other kind
// alone, the pseudonyms stay.
func (r *Redactor) Report(rep *reports.Report) *reports.Report {
	done := redactedKinds(rep)
	if r.kinds.within(done) {
		return rep
	}
	v := r.view(done != Kinds{})
	out := v.copyReport(rep)
	summary, detail := Kinds{r.kinds.Hosts || done.Hosts, r.kinds.Users || done.Users}.Note()
	out.Redaction = &reports.Redaction{Summary: summary, Detail: detail}
	return out
}

// view returns what replaces the names of one report.
func (r *Redactor) view(marked bool) *view {
	if r.index == nil {
		r.index = r.newIndex()
	}
	return &view{Redactor: r, marked: marked, cache: map[cached]string{}}
}

// Key returns who is who: what the given key held, and the names learnt since.
func (r *Redactor) Key() *Key {
	k := &Key{Schema: KeySchema, Names: []Entry{}}
	for _, kind := range allKinds {
		for _, n := range r.names[kind] {
			k.Names = append(k.Names, Entry{Kind: kind, Name: n.shown, Pseudonym: n.pseudonym})
		}
	}
	k.sort()
	return k
}

// name gives the fresh names their pseudonyms, in the order of the folded
// names. A pseudonym that is the true name of something is left out.
func (r *Redactor) name() {
	next, taken := map[kind]int{}, map[string]bool{}
	for kind, names := range r.names {
		for f, n := range names {
			taken[f] = true
			if n.pseudonym != "" {
				next[kind] = max(next[kind], number(n.pseudonym))
				taken[fold(n.pseudonym)] = true
			}
		}
	}
	slices.SortFunc(r.fresh, func(a, b *name) int { return strings.Compare(a.folded, b.folded) })
	for _, n := range r.fresh {
		for n.pseudonym == "" {
			next[n.kind]++
			if p := fmt.Sprintf("%s-%03d", prefixes[n.kind], next[n.kind]); !taken[fold(p)] {
				n.pseudonym = p
			}
		}
	}
	r.fresh = nil
}

// redactedKinds returns what a report says was replaced in it already.
func redactedKinds(rep *reports.Report) Kinds {
	var done Kinds
	if rep.Redaction == nil {
		return done
	}
	for _, k := range []Kinds{{true, true}, {true, false}, {false, true}} {
		if summary, _ := k.Note(); rep.Redaction.Summary == summary {
			done = k
		}
	}
	return done
}

// Names returns the true names that are replaced wherever they stand as a whole
// word, sorted, for a check that none is left.
func (r *Redactor) Names() []string {
	list := map[string]bool{}
	for _, k := range allKinds {
		for f, n := range r.names[k] {
			if r.kinds.has(k) && !r.plain(n) {
				list[f] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(list))
}
