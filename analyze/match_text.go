package main

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/peers"
)

// matchText is a peer check for the terminal.
func matchText(p *textPage, in *reports.MatchInput) string {
	p.para("Peer match")
	p.line("as of", "%s", in.AsOf.UTC().Format("2006-01-02 15:04:05 UTC"))
	n := map[peers.Verdict]int{}
	for i := range in.Results {
		n[in.Results[i].Verdict]++
	}
	var parts []string
	for _, v := range peers.Verdicts() {
		if n[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[v], v))
		}
	}
	if len(parts) > 0 {
		p.line("verdicts", "%s", strings.Join(parts, ", "))
	}
	if len(in.Comparisons) > 0 {
		differ := 0
		for i := range in.Comparisons {
			if in.Comparisons[i].Outcome == rules.Failed {
				differ++
			}
		}
		p.line("seen lists", "%d compared, %d differ", len(in.Comparisons), differ)
	}
	if len(in.Results) > 1 {
		matchOverview(p, in.Results)
	}
	var last *issuerlist.List
	for i := range in.Results {
		m := &in.Results[i]
		if m.List != last {
			last = m.List
			matchHeading(p, m.Server.Host, m.List)
		}
		matchBlock(p, m)
	}
	for i := range in.Comparisons {
		comparisonBlock(p, &in.Comparisons[i])
	}
	return p.String()
}

// matchOverview lists all verdicts, a line each.
func matchOverview(p *textPage, results []peers.Result) {
	p.heading("Overview")
	rows := [][]gridCell{{{text: "Verdict"}, {text: "Host (server)"}, {text: "Peer (client)"}}}
	for i := range results {
		m := &results[i]
		host := m.Server.Host
		if len(m.Server.Lists) > 1 {
			host += ", " + m.List.Name()
		}
		peer := m.Peer
		if m.Chain != nil {
			peer += ", " + firstRDN(reports.SubjectOf(m.Chain.Identity.Certificate))
		}
		rows = append(rows, []gridCell{{string(m.Verdict), reports.VerdictStyle(m.Verdict)}, {text: host}, {text: peer}})
	}
	p.grid([]int{13, max((p.width-17)*2/5, 10)}, rows)
}

// firstRDN returns a name up to its first comma that is not escaped.
func firstRDN(name string) string {
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case ',':
			return name[:i]
		}
	}
	return name
}

// matchHeading opens the section of one list.
func matchHeading(p *textPage, host string, l *issuerlist.List) {
	p.heading(host + ": " + l.Name())
	p.line("list sent", "%s: %s", l.Sent, l.SentWhy)
	if !l.Collected {
		p.styled("size", reports.Absent, "not known: no export of "+l.Store+" was read")
		return
	}
	p.line("size", "%s of %s bytes expected: %s", rules.Grouped(l.Bytes.Expected), rules.Grouped(l.Limit.Bytes), l.Verdict)
}

func matchBlock(p *textPage, m *peers.Result) {
	p.blank()
	p.styled("verdict", reports.VerdictStyle(m.Verdict), strings.ToUpper(string(m.Verdict)))
	p.line("peer", "%s", m.Peer)
	if m.Chain == nil {
		p.line("why", "%s", m.Why)
		return
	}
	p.line("certificate", "%s", reports.SubjectOf(m.Chain.Identity.Certificate))
	for i, k := range m.Chain.Links {
		label := ""
		if i == 0 {
			label = "issued by"
		}
		text := reports.SubjectOf(k.Certificate)
		if k.Signature != peers.Verified {
			text += " (signature " + string(k.Signature) + ")"
		}
		p.line(label, "%s", text)
	}
	if !m.Chain.Complete {
		label := ""
		if len(m.Chain.Links) == 0 {
			label = "issued by"
		}
		p.line(label, "%s (its certificate was not given)", m.Chain.Missing)
	}
	if m.Entry != nil {
		p.line("decided by", "%s", m.Issuer)
	}
	if m.File != nil && m.Thumbprint != nil {
		p.line("ends at", "byte %s in file order, %s in thumbprint order, of %s (simulated)", rules.Grouped(m.File.End), rules.Grouped(m.Thumbprint.End), rules.Grouped(m.List.Limit.Bytes))
	}
	p.line("why", "%s", m.Why)
	for i, n := range m.Notes {
		label := ""
		if i == 0 {
			label = "note"
		}
		p.line(label, "%s", n)
	}
}

// maxNamed is how many names that differ are shown of a list.
const maxNamed = 15

func comparisonBlock(p *textPage, c *peers.Comparison) {
	title := "Seen: " + c.Observed.Where.String()
	if c.Observed.Server != "" {
		title += ", server " + c.Observed.Server
	}
	p.heading(title)
	style := reports.Doubt
	switch c.Outcome {
	case rules.Passed:
		style = reports.Good
	case rules.Failed:
		style = reports.Bad
	}
	p.styled("outcome", style, strings.ToUpper(string(c.Outcome)))
	p.line("host", "%s", c.Host)
	if c.List != nil {
		p.line("list", "%s", c.List.Name())
	}
	if c.Observed.Times > 1 {
		p.line("seen", "%d times", c.Observed.Times)
	}
	p.line("result", "%s", c.Summary)
	if c.Order != "" {
		p.line("order", "as in %s order", c.Order)
	}
	if c.SystemMapper {
		p.line("note", "CN=NT AUTHORITY is among the names: the application turned the system mapper on")
	}
	for i, e := range c.Missing {
		if i == maxNamed {
			p.line("", "and %d more", len(c.Missing)-maxNamed)
			break
		}
		p.line(onceLabel("missing", i), "%s", e.Subject)
	}
	for i, n := range c.Extra {
		if i == maxNamed {
			p.line("", "and %d more", len(c.Extra)-maxNamed)
			break
		}
		text := n.Text + ": " + n.Why
		if n.Line > 0 {
			text = evidence.Location{Source: c.Observed.Where.Source, Line: n.Line}.String() + ": " + text
		}
		p.line(onceLabel("extra", i), "%s", text)
	}
}

func onceLabel(label string, i int) string {
	if i > 0 {
		return ""
	}
	return label
}
