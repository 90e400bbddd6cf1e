package reports

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/peers"
)

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
	row := []Cell{styled(string(m.Verdict), VerdictStyle(m.Verdict)), text(m.Server.Host), text(l.Name()), text(m.Peer), {}, text(m.Issuer), text(m.Why),
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
		list, limit = text(c.List.Name()), number(c.List.Limit.Bytes)
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
