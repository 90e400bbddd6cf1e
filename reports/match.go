package reports

import (
	"encoding/hex"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/peers"
)

// MatchSchema names the JSON of a peer check and its version.
const MatchSchema = "ctlaudit/match/v1"

// MatchInput is what the report of a peer check is made from.
type MatchInput struct {
	Tool, Version string
	AsOf          time.Time
	// Peers are all that were asked about, Results those of all hosts.
	Peers   []peers.Peer
	Results []peers.Result
	// Comparisons are those of observed lists.
	Comparisons []peers.Comparison
	// Files are the files of peers and of observed lists.
	Files       []MatchFile
	Diagnostics []evidence.Diagnostic
}

// A MatchFile is a file that a peer check read beside the exports.
type MatchFile struct {
	// Role is "peer" or "observed".
	Role     string `json:"role"`
	Name     string `json:"name"`
	Size     int64  `json:"size"`
	SHA256   string `json:"sha256"`
	Format   string `json:"format"`
	Complete bool   `json:"complete"`
}

// A MatchReport is the JSON of a peer check. Lists are never null.
type MatchReport struct {
	Schema   string          `json:"schema"`
	Tool     MatchTool       `json:"tool"`
	AsOf     Time            `json:"asOf"`
	Summary  MatchSummary    `json:"summary"`
	Files    []MatchFile     `json:"files"`
	Peers    []MatchPeer     `json:"peers"`
	Matches  []Match         `json:"matches"`
	Observed []MatchObserved `json:"observed"`
	// Findings are those that observed lists give, in the form of the report's.
	Findings    []Finding    `json:"findings"`
	Diagnostics []Diagnostic `json:"diagnostics"`
}

// A MatchTool names the program.
type MatchTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// A MatchSummary counts. Verdicts has a number for each verdict.
type MatchSummary struct {
	Matches  int            `json:"matches"`
	Verdicts map[string]int `json:"verdicts"`
	Observed int            `json:"observed"`
	Differ   int            `json:"differ"`
}

// A MatchPeer is a peer with the certificates that it may offer.
type MatchPeer struct {
	Name         string             `json:"name"`
	Certificates []MatchCertificate `json:"certificates"`
}

// A MatchCertificate is one certificate.
type MatchCertificate struct {
	Thumbprint string   `json:"thumbprint"`
	SHA256     string   `json:"sha256"`
	Subject    string   `json:"subject"`
	Issuer     string   `json:"issuer"`
	Serial     string   `json:"serial"`
	NotAfter   Time     `json:"notAfter"`
	Location   Location `json:"location"`
}

// A MatchLink is one issuer in a chain. Signature is that of the certificate
// below it.
type MatchLink struct {
	Thumbprint string   `json:"thumbprint"`
	Subject    string   `json:"subject"`
	Signature  string   `json:"signature"`
	Store      string   `json:"store"`
	Location   Location `json:"location"`
}

// A Match says what becomes of one certificate at one list. Offsets and sizes
// are in bytes; EndsAt and Cut are simulated in two orders, null and false where
// the name is not listed.
type Match struct {
	Host    string `json:"host"`
	Binding string `json:"binding"`
	Profile string `json:"profile"`
	Store   string `json:"store"`
	Sent    string `json:"sent"`
	// Collected says that the store that feeds the list was.
	Collected bool   `json:"collected"`
	Size      string `json:"size"`
	Bytes     Bytes  `json:"bytes"`
	Limit     Limit  `json:"limit"`

	// Thumbprint, Subject, NotAfter and Location are those of the certificate, and
	// empty where the peer offers none.
	Peer       string   `json:"peer"`
	Thumbprint string   `json:"thumbprint"`
	Subject    string   `json:"subject"`
	NotAfter   Time     `json:"notAfter"`
	Location   Location `json:"location"`

	Verdict   string      `json:"verdict"`
	Why       string      `json:"why"`
	Issuer    string      `json:"issuer"`
	NameBytes int         `json:"nameBytes"`
	Counted   string      `json:"counted"`
	EndsAt    Ends        `json:"endsAt"`
	Cut       Cuts        `json:"cut"`
	Chain     []MatchLink `json:"chain"`
	Complete  bool        `json:"chainComplete"`
	Missing   string      `json:"missingIssuer"`
	Impostors []string    `json:"impostors"`
	Notes     []string    `json:"notes"`
}

// A MatchObserved compares an observed list with the computed one.
type MatchObserved struct {
	ID           string      `json:"id"`
	Host         string      `json:"host"`
	Store        string      `json:"store"`
	Binding      string      `json:"binding"`
	Profile      string      `json:"profile"`
	Location     Location    `json:"location"`
	Server       string      `json:"server"`
	Times        int         `json:"times"`
	Outcome      string      `json:"outcome"`
	Summary      string      `json:"summary"`
	Names        int         `json:"names"`
	Matched      int         `json:"matched"`
	Bytes        int         `json:"bytes"`
	Limit        Limit       `json:"limit"`
	BytesExact   bool        `json:"bytesExact"`
	SystemMapper bool        `json:"systemMapper"`
	Order        string      `json:"order"`
	End          string      `json:"end"`
	Missing      []Entry     `json:"missing"`
	Extra        []ExtraName `json:"extra"`
}

// An ExtraName is a name that was seen and not expected. Line is its line in the
// file, 0 where that is not known.
type ExtraName struct {
	Text string `json:"text"`
	Why  string `json:"why"`
	Line int    `json:"line"`
}

// NewMatchReport makes the JSON of a peer check.
func NewMatchReport(in MatchInput) *MatchReport {
	r := &MatchReport{Schema: MatchSchema, Tool: MatchTool{in.Tool, in.Version}, AsOf: Time{in.AsOf},
		Summary: MatchSummary{Matches: len(in.Results), Verdicts: map[string]int{}, Observed: len(in.Comparisons)},
		Files:   append([]MatchFile{}, in.Files...), Peers: []MatchPeer{}, Matches: []Match{}, Observed: []MatchObserved{}, Findings: []Finding{}, Diagnostics: []Diagnostic{}}
	for _, v := range peers.Verdicts() {
		r.Summary.Verdicts[string(v)] = 0
	}
	for i := range in.Peers {
		p := MatchPeer{Name: in.Peers[i].Name, Certificates: []MatchCertificate{}}
		for _, o := range in.Peers[i].Identities() {
			p.Certificates = append(p.Certificates, MatchCertificate{Thumbprint: o.Thumbprint(), SHA256: hex.EncodeToString(o.SHA256[:]), Subject: o.Subject, Issuer: o.Issuer,
				Serial: hex.EncodeToString(o.Serial), NotAfter: Time{o.NotAfter}, Location: locationOf(o.Where)})
		}
		r.Peers = append(r.Peers, p)
	}
	for i := range in.Results {
		r.Summary.Verdicts[string(in.Results[i].Verdict)]++
		r.Matches = append(r.Matches, matchOf(&in.Results[i]))
	}
	for i := range in.Comparisons {
		c := &in.Comparisons[i]
		if c.Outcome == rules.Failed {
			r.Summary.Differ++
		}
		r.Observed = append(r.Observed, observedOf(c))
		r.Findings = append(r.Findings, observedFinding(c))
	}
	for _, d := range in.Diagnostics {
		r.Diagnostics = append(r.Diagnostics, Diagnostic{Code: d.Code, Severity: string(d.Severity), Location: locationOf(d.Where), Summary: d.Summary, Detail: d.Detail, Lost: d.Loses()})
	}
	return r
}

func matchOf(m *peers.Result) Match {
	l := m.List
	r := Match{Host: m.Server.Host, Binding: l.Binding, Profile: l.Profile, Store: l.Store, Sent: string(l.Sent), Collected: l.Collected, Size: string(l.Verdict), Bytes: Bytes(l.Bytes), Limit: Limit(l.Limit),
		Peer: m.Peer, Verdict: string(m.Verdict), Why: m.Why, Issuer: m.Issuer, Chain: []MatchLink{}, Impostors: []string{}, Notes: full(m.Notes)}
	if e := m.Entry; e != nil {
		r.NameBytes, r.Counted = e.NameBytes, string(e.Counted)
	}
	r.EndsAt.File, r.Cut.File = endOf(m.File)
	r.EndsAt.Thumbprint, r.Cut.Thumbprint = endOf(m.Thumbprint)
	if c := m.Chain; c != nil {
		r.Thumbprint, r.Subject, r.Complete, r.Missing = c.Identity.Thumbprint(), c.Identity.Subject, c.Complete, c.Missing
		r.NotAfter, r.Location = Time{c.Identity.NotAfter}, locationOf(c.Identity.Where)
		for _, k := range c.Links {
			r.Chain = append(r.Chain, MatchLink{Thumbprint: k.Thumbprint(), Subject: k.Subject, Signature: string(k.Signature), Store: k.Store.String(), Location: locationOf(k.Where)})
		}
		for _, o := range c.Impostors {
			r.Impostors = append(r.Impostors, o.Thumbprint())
		}
	}
	return r
}

func endOf(p *issuerlist.Place) (end *int, cut bool) {
	if p == nil {
		return nil, false
	}
	return &p.End, p.Cut
}

func observedOf(c *peers.Comparison) MatchObserved {
	r := MatchObserved{ID: c.ID, Host: c.Host, Location: locationOf(c.Observed.Where), Server: c.Observed.Server, Times: c.Observed.Times,
		Outcome: string(c.Outcome), Summary: c.Summary, Names: len(c.Observed.Names), Matched: c.Matched, Bytes: c.Bytes, BytesExact: c.Observed.Bytes > 0,
		SystemMapper: c.SystemMapper, Order: string(c.Order), End: c.End, Missing: []Entry{}, Extra: []ExtraName{}}
	if l := c.List; l != nil {
		r.Store, r.Binding, r.Profile, r.Limit = l.Store, l.Binding, l.Profile, Limit(l.Limit)
		file, thumb := placesOf(l, issuerlist.FileOrder), placesOf(l, issuerlist.ThumbprintOrder)
		for _, e := range c.Missing {
			r.Missing = append(r.Missing, entryOf(e, file, thumb))
		}
	}
	for _, n := range c.Extra {
		r.Extra = append(r.Extra, ExtraName{n.Text, n.Why, n.Line})
	}
	return r
}

// observedFinding gives a comparison the form of a finding.
func observedFinding(c *peers.Comparison) Finding {
	f := Finding{ID: c.ID, Rule: peers.RuleObserved, Title: "the list that a peer saw is the computed one", Severity: string(rules.Medium), Outcome: string(c.Outcome),
		Host: c.Host, Subject: c.Observed.Where.Source, Summary: c.Summary, Evidence: []Location{locationOf(c.Observed.Where)}, Searched: []string{},
		References: []string{"RFC 5246", "RFC 8446"}}
	if c.Observed.Server != "" {
		f.Subject += " " + c.Observed.Server
	}
	f.Measured = plural(len(c.Observed.Names), "name")
	if c.List != nil {
		f.Store = c.List.Store
		f.Expected = plural(c.Matched+len(c.Missing), "name")
	}
	if c.Outcome == rules.Failed {
		f.Remedy = "find out which is right: another store or binding may feed the list, the process may not have read the store since it changed, or the exports are of another day or host"
	}
	return f
}
