package reports

import (
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/peers"
)

// AddMatch appends the sheets of a peer check to a document.
func (d *Document) AddMatch(m *MatchReport) { d.Append(matchSheets(m)...) }

// matchSheets are the sheets of a peer check: the verdicts, and how lists that
// were seen differ, each where it was asked for; there are none of nil.
func matchSheets(m *MatchReport) []*Sheet {
	if m == nil {
		return nil
	}
	var list []*Sheet
	if len(m.Matches) > 0 || len(m.Observed) == 0 {
		list = append(list, matchSheet(m))
	}
	if len(m.Observed) > 0 {
		list = append(list, observedSheet(m))
	}
	return list
}

// matchSheet shows the verdict for each peer's certificate at each list.
func matchSheet(m *MatchReport) *Sheet {
	return &Sheet{Name: "Peer match", Title: "Whether each peer finds its issuer in the trusted issuer list of each host",
		Note: listOrderNote, Empty: "no peer was asked about",
		Columns: []Column{
			{"verdict", "Verdict", Text, 14}, {"host", "Host (server)", Text, 16}, {"list", "List from", Wrapped, 26}, {"peer", "Peer (client)", Text, 18}, {"subject", "Certificate", Wrapped, 44},
			{"issuer", "Issuer that decides", Wrapped, 44}, {"why", "Why", Prose, 60}, {"sent", "List sent", Text, 10}, {"size", "Size of the list", Text, 13},
			{"expected", "Expected bytes", Integer, 10}, {"limit", "Limit", Integer, 10},
			{"endsFile", "Ends at, file order (simulated)", Integer, 13}, {"cutFile", "Beyond the limit, file order", Text, 13},
			{"endsThumbprint", "Ends at, thumbprint order (simulated)", Integer, 13}, {"cutThumbprint", "Beyond the limit, thumbprint order", Text, 13},
			{"counted", "Counted", Text, 13}, {"chain", "Chain", Wrapped, 50}, {"notes", "Notes", Prose, 44}, {"notAfter", "Not after (UTC)", Date, 20},
			{"thumbprint", "Thumbprint (SHA-1)", Identifier, 43}, {"place", "Place", Wrapped, 34},
		},
		Len: len(m.Matches),
		Rows: func(yield func([]Cell) bool) {
			for i := range m.Matches {
				if !yield(matchRow(&m.Matches[i])) {
					return
				}
			}
		}}
}

func matchRow(m *Match) []Cell {
	row := []Cell{styled(m.Verdict, VerdictStyle(peers.Verdict(m.Verdict))), text(m.Host), text(nameOfList(m.Store, m.Binding, m.Profile)), text(m.Peer), {}, text(m.Issuer), text(m.Why),
		text(m.Sent), text(m.Size), number(m.Bytes.Expected), number(m.Limit.Bytes), {}, {}, {}, {}, {}, {}, text(strings.Join(m.Notes, "\n")), {}, {}, {}}
	if !m.Collected {
		row[9] = Cell{}
	}
	for i, p := range []struct {
		end *int
		cut bool
	}{{m.EndsAt.File, m.Cut.File}, {m.EndsAt.Thumbprint, m.Cut.Thumbprint}} {
		if p.end != nil {
			row[11+2*i] = number(*p.end)
			row[12+2*i] = text("within")
			if p.cut {
				row[12+2*i] = styled("beyond", Bad)
			}
		}
	}
	if m.Counted != "" {
		row[15] = styled(m.Counted, countStyle(issuerlist.Count(m.Counted)))
	}
	if m.Thumbprint != "" {
		row[4] = text(subjectWords(m.Subject, m.Thumbprint))
		row[16] = text(chainWords(m))
		row[18], row[19], row[20] = when(m.NotAfter.Time), text(m.Thumbprint), text(placeText(m.Location))
	}
	return row
}

// SubjectOf names a certificate for a reader, one without a subject too.
func SubjectOf(c *evidence.Certificate) string { return subjectWords(c.Subject, c.Thumbprint()) }

func subjectWords(subject, thumbprint string) string {
	if subject != "" {
		return subject
	}
	return "(no name) " + thumbprint
}

func chainWords(m *Match) string {
	var lines []string
	for i := range m.Chain {
		k := &m.Chain[i]
		line := subjectWords(k.Subject, k.Thumbprint)
		if k.Signature != string(peers.Verified) {
			line += " (signature " + k.Signature + ")"
		}
		lines = append(lines, line)
	}
	if !m.Complete {
		lines = append(lines, m.Missing+" (not given)")
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

// observedSheet shows how observed lists and computed ones differ: a row for
// each list, then one for each name that differs.
func observedSheet(m *MatchReport) *Sheet {
	s := &Sheet{Name: "Observed lists", Title: "Lists that peers really saw, compared with the computed ones",
		Note: "Text loses how a name is encoded, so names are compared by what all programs keep of them, and sizes are computed, unless the file holds the bytes (openssl s_client -msg).", Empty: "no observed list was given",
		Columns: []Column{
			{"outcome", "Outcome", Text, 14}, {"host", "Host", Text, 16}, {"list", "List from", Wrapped, 26}, {"server", "Server, as the file names it", Text, 22}, {"what", "What", Text, 14},
			{"text", "Result, or name", Wrapped, 70}, {"why", "What is known of it", Prose, 50}, {"names", "Names", Integer, 9}, {"matched", "Of them expected", Integer, 10}, {"bytes", "Bytes", Integer, 10},
			{"limit", "Limit", Integer, 10}, {"order", "Follows order", Text, 12}, {"times", "Seen", Integer, 8}, {"place", "Place", Wrapped, 34},
		}}
	for i := range m.Observed {
		s.Len += 1 + len(m.Observed[i].Missing) + len(m.Observed[i].Extra)
	}
	s.Rows = func(yield func([]Cell) bool) {
		for i := range m.Observed {
			if !observedRows(&m.Observed[i], yield) {
				return
			}
		}
	}
	return s
}

func observedRows(o *MatchObserved, yield func([]Cell) bool) bool {
	list, limit, size := Cell{}, Cell{}, Cell{}
	if o.Store != "" {
		list, limit = text(nameOfList(o.Store, o.Binding, o.Profile)), number(o.Limit.Bytes)
	}
	if o.Bytes > 0 {
		size = number(o.Bytes)
	}
	host, server, place := text(o.Host), text(o.Server), text(placeText(o.Location))
	if !yield([]Cell{styled(o.Outcome, outcomeStyle(rules.Outcome(o.Outcome))), host, list, server, text("list"), text(o.Summary), text(o.End), number(o.Names), number(o.Matched), size, limit,
		text(o.Order), number(o.Times), place}) {
		return false
	}
	name := func(what string, style Style, name, why string, at Cell) bool {
		return yield([]Cell{{}, host, list, server, styled(what, style), text(name), text(why), {}, {}, {}, {}, {}, {}, at})
	}
	for i := range o.Missing {
		e := &o.Missing[i]
		if !name("missing", Bad, e.Subject, e.Counted+": "+e.Why, text(placeText(e.Location))) {
			return false
		}
	}
	for _, n := range o.Extra {
		at := place
		if n.Line > 0 {
			at = text(placeText(Location{Source: o.Location.Source, Line: n.Line}))
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
