package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// averageRoot is the mean length in bytes of the names in Microsoft's root list
// of 16 June 2025 (514 roots, 101.7 bytes).
const averageRoot = 102

// IssuerListHeadroom tells how many more roots the list has room for.
var IssuerListHeadroom = &Rule{
	ID:       "issuer-list-headroom",
	Title:    "the trusted issuer list is not near its limit",
	Severity: Low,
	Since:    "v0.2",
	Doc: `A list that fits today is cut when enough roots come in: where Windows fetches roots
by itself, that is a matter of time, and the package of KB 931125 brought more than
330 at once. The room is the limit less the expected size. A root takes about 102
bytes, the mean of Microsoft's list of June 2025, and a length of two. A list that
fills nine tenths of its limit (threshold nearLimitPercent, 90) fails where it is sent,
and on Windows 8 and Server 2012 in any case. How fast the list grows cannot be told from one export.`,
	References: []Reference{kb2464556, kb931125, kb2801679},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `move what is misplaced out of Trusted Root and take out roots that nobody needs (never those of KB 293781), before more come in; see also root-auto-update`,
	Impact:     `the next roots that come in cut the list`,
	AppliesTo:  `Windows Server 2003 and later`,
	Check: func(p *Pass) {
		for _, l := range p.Lists {
			p.Report(judgeHeadroom(p, l))
		}
	},
}

func judgeHeadroom(p *Pass, l *issuerlist.List) Finding {
	near := p.Policy.Threshold(NearLimitPercent)
	f := Finding{Subject: l.Name(), Evidence: listEvidence(l), Expected: fmt.Sprintf("less than %d %% of %s bytes", near, Grouped(l.Limit.Bytes))}
	if !l.Collected {
		f.Outcome, f.Collect = NotChecked, collectRoot
		f.Summary = "not checked: no export of " + l.Store + " was read"
		return f
	}
	room := l.Headroom()
	n := room / (averageRoot + issuerlist.PrefixBytes)
	percent := 100 * l.Bytes.Expected / l.Limit.Bytes
	f.Measured = fmt.Sprintf("%s bytes, %d %% of the limit", Grouped(l.Bytes.Expected), percent)
	words := fmt.Sprintf("room for %s more average roots of about %d bytes (%s of %s bytes are used)", Grouped(max(n, 0)), averageRoot, Grouped(l.Bytes.Expected), Grouped(l.Limit.Bytes))
	hurts := l.Sent != issuerlist.SentNo || alwaysHurts(p)
	switch {
	case room < 0:
		f.Outcome = Informational
		f.Summary = fmt.Sprintf("no room: the list is %s bytes beyond its limit, about %s average roots; see trusted-issuer-list-size", Grouped(-room), Grouped(1+(-room-1)/(averageRoot+issuerlist.PrefixBytes)))
	case !l.Whole:
		f.Outcome, f.Collect = Unknown, collectRoot
		f.Summary = fmt.Sprintf("at most %s, but %s", words, l.VerdictWhy)
	case percent < near:
		f.Outcome = Passed
		f.Summary = words
	case hurts:
		f.Outcome = Failed
		f.Summary = "the list is near its limit: " + words
	default:
		f.Outcome = Informational
		f.Summary = fmt.Sprintf("the list is near its limit, and is not sent (%s): %s", l.SentWhy, words)
	}
	return f
}
