package reports

import (
	"encoding/hex"
	"fmt"
	"strings"
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
	Size    string `json:"size"`
	Bytes   Bytes  `json:"bytes"`
	Limit   Limit  `json:"limit"`

	Peer       string `json:"peer"`
	Thumbprint string `json:"thumbprint"`
	Subject    string `json:"subject"`

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
	BytesExact   bool        `json:"bytesExact"`
	SystemMapper bool        `json:"systemMapper"`
	Order        string      `json:"order"`
	End          string      `json:"end"`
	Missing      []Entry     `json:"missing"`
	Extra        []ExtraName `json:"extra"`
}

// An ExtraName is a name that was seen and not expected.
type ExtraName struct {
	Text string `json:"text"`
	Why  string `json:"why"`
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
	r := Match{Host: m.Server.Host, Binding: l.Binding, Profile: l.Profile, Store: l.Store, Sent: string(l.Sent), Size: string(l.Verdict), Bytes: Bytes(l.Bytes), Limit: Limit(l.Limit),
		Peer: m.Peer, Verdict: string(m.Verdict), Why: m.Why, Issuer: m.Issuer, Chain: []MatchLink{}, Impostors: []string{}, Notes: full(m.Notes)}
	if e := m.Entry; e != nil {
		r.NameBytes, r.Counted = e.NameBytes, string(e.Counted)
	}
	r.EndsAt.File, r.Cut.File = endOf(m.File)
	r.EndsAt.Thumbprint, r.Cut.Thumbprint = endOf(m.Thumbprint)
	if c := m.Chain; c != nil {
		r.Thumbprint, r.Subject, r.Complete, r.Missing = c.Identity.Thumbprint(), c.Identity.Subject, c.Complete, c.Missing
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
		r.Store, r.Binding, r.Profile = l.Store, l.Binding, l.Profile
		file, thumb := placesOf(l, issuerlist.FileOrder), placesOf(l, issuerlist.ThumbprintOrder)
		for _, e := range c.Missing {
			r.Missing = append(r.Missing, entryOf(e, file, thumb))
		}
	}
	for _, n := range c.Extra {
		r.Extra = append(r.Extra, ExtraName{n.Text, n.Why})
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

// MatchSheet shows the verdict for each peer's certificate at each list.
func MatchSheet(in MatchInput) *Sheet {
	return &Sheet{Name: "Peer match", Title: "Whether each peer finds its issuer in the trusted issuer list of each host",
		Note: listOrderNote, Empty: "no peer was asked about",
		Columns: []Column{
			{"verdict", "Verdict", Text, 14}, {"host", "Host (server)", Text, 16}, {"list", "List from", Wrapped, 26}, {"peer", "Peer (client)", Text, 18}, {"subject", "Certificate", Wrapped, 44},
			{"issuer", "Issuer that decides", Wrapped, 44}, {"why", "Why", Wrapped, 60}, {"sent", "List sent", Text, 10}, {"size", "Size of the list", Text, 13},
			{"expected", "Expected bytes", Integer, 10}, {"limit", "Limit", Integer, 10},
			{"endsFile", "Ends at, file order (simulated)", Integer, 13}, {"cutFile", "Beyond the limit, file order", Text, 13},
			{"endsThumbprint", "Ends at, thumbprint order (simulated)", Integer, 13}, {"cutThumbprint", "Beyond the limit, thumbprint order", Text, 13},
			{"counted", "Counted", Text, 13}, {"chain", "Chain", Wrapped, 50}, {"notes", "Notes", Wrapped, 44}, {"notAfter", "Not after (UTC)", Date, 20},
			{"thumbprint", "Thumbprint (SHA-1)", Identifier, 43}, {"place", "Place", Wrapped, 34},
		},
		Len: len(in.Results),
		Rows: func(yield func([]Cell) bool) {
			for i := range in.Results {
				if !yield(matchRow(&in.Results[i])) {
					return
				}
			}
		}}
}

func matchRow(m *peers.Result) []Cell {
	l := m.List
	row := []Cell{styled(string(m.Verdict), VerdictStyle(m.Verdict)), text(m.Server.Host), text(listName(l)), text(m.Peer), {}, text(m.Issuer), text(m.Why),
		text(string(l.Sent)), text(string(l.Verdict)), number(l.Bytes.Expected), number(l.Limit.Bytes), {}, {}, {}, {}, {}, {}, text(strings.Join(m.Notes, "\n")), {}, {}, {}}
	if !l.Collected {
		row[9] = Cell{}
	}
	for i, p := range []*issuerlist.Place{m.File, m.Thumbprint} {
		if p != nil {
			row[11+2*i] = number(p.End)
			row[12+2*i] = text("within")
			if p.Cut {
				row[12+2*i] = styled("beyond", Bad)
			}
		}
	}
	if m.Entry != nil {
		row[15] = styled(string(m.Entry.Counted), countStyle(m.Entry.Counted))
	}
	if c := m.Chain; c != nil {
		row[4] = text(SubjectOf(c.Identity.Certificate))
		row[16] = text(chainWords(c))
		row[18], row[19], row[20] = when(c.Identity.NotAfter), text(c.Identity.Thumbprint()), text(c.Identity.Where.String())
	}
	return row
}

// SubjectOf names a certificate for a reader, one without a subject too.
func SubjectOf(c *evidence.Certificate) string {
	if c.Subject != "" {
		return c.Subject
	}
	return "(no name) " + c.Thumbprint()
}

func chainWords(c *peers.Chain) string {
	var lines []string
	for _, k := range c.Links {
		line := SubjectOf(k.Certificate)
		if k.Signature != peers.Verified {
			line += " (signature " + string(k.Signature) + ")"
		}
		lines = append(lines, line)
	}
	if !c.Complete {
		lines = append(lines, c.Missing+" (not given)")
	}
	return strings.Join(lines, "\n")
}

// VerdictStyle is the style of a verdict on a peer.
func VerdictStyle(v peers.Verdict) Style {
	switch v {
	case peers.In:
		return Good
	case peers.NoList:
		return Quiet
	case peers.AtRisk, peers.Unknown:
		return Doubt
	}
	return Bad
}

// ObservedSheet shows how observed lists and computed ones differ: a row for
// each list, then one for each name that differs.
func ObservedSheet(in MatchInput) *Sheet {
	s := &Sheet{Name: "Observed lists", Title: "Lists that peers really saw, compared with the computed ones",
		Note: "Text loses how a name is encoded, so names are compared by what all programs keep of them, and sizes are computed, unless the file holds the bytes (openssl s_client -msg).", Empty: "no observed list was given",
		Columns: []Column{
			{"outcome", "Outcome", Text, 14}, {"host", "Host", Text, 16}, {"list", "List from", Wrapped, 26}, {"server", "Server, as the file names it", Text, 22}, {"what", "What", Text, 14},
			{"text", "Result, or name", Wrapped, 70}, {"why", "What is known of it", Wrapped, 50}, {"names", "Names", Integer, 9}, {"matched", "Of them expected", Integer, 10}, {"bytes", "Bytes", Integer, 10},
			{"limit", "Limit", Integer, 10}, {"order", "Follows order", Text, 12}, {"times", "Seen", Integer, 8}, {"place", "Place", Wrapped, 34},
		}}
	for i := range in.Comparisons {
		s.Len += 1 + len(in.Comparisons[i].Missing) + len(in.Comparisons[i].Extra)
	}
	s.Rows = func(yield func([]Cell) bool) {
		for i := range in.Comparisons {
			if !observedRows(&in.Comparisons[i], yield) {
				return
			}
		}
	}
	return s
}

func observedRows(c *peers.Comparison, yield func([]Cell) bool) bool {
	list, limit := Cell{}, Cell{}
	if c.List != nil {
		list, limit = text(listName(c.List)), number(c.List.Limit.Bytes)
	}
	host, server, place := text(c.Host), text(c.Observed.Server), text(c.Observed.Where.String())
	bytes := Cell{}
	if c.Bytes > 0 {
		bytes = number(c.Bytes)
	}
	if !yield([]Cell{styled(string(c.Outcome), outcomeStyle(c.Outcome)), host, list, server, text("list"), text(c.Summary), text(c.End), number(len(c.Observed.Names)), number(c.Matched), bytes, limit,
		text(string(c.Order)), number(c.Observed.Times), place}) {
		return false
	}
	name := func(what string, style Style, name, why string, at Cell) bool {
		return yield([]Cell{{}, host, list, server, styled(what, style), text(name), text(why), {}, {}, {}, {}, {}, {}, at})
	}
	for _, e := range c.Missing {
		if !name("missing", Bad, e.Subject, fmt.Sprintf("%s: %s", e.Counted, e.Why), text(e.Where.String())) {
			return false
		}
	}
	for _, n := range c.Extra {
		at := place
		if n.Line > 0 {
			at = text(evidence.Location{Source: c.Observed.Where.Source, Line: n.Line}.String())
		}
		if !name("extra", Bad, n.Text, n.Why, at) {
			return false
		}
	}
	return true
}

// Append adds sheets to a document and lists them among its contents.
func (d *Document) Append(sheets ...*Sheet) {
	d.Sheets = append(d.Sheets, sheets...)
	d.Contents = contentsSheet(d.Sheets)
}
