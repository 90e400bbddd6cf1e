package redact

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strings"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules/peers"
)

// The id of a finding is a hash of its rule, host and subject. Of true names it
// would let a reader test a guess of them, so it is computed again, in the same
// way, of the pseudonyms: it is the same in every report made with the same key,
// and another one than in the report with the true names.
func findingID(rule, host, subject string) string {
	sum := sha256.Sum256([]byte(rule + "\x00" + strings.ToLower(host) + "\x00" + strings.ToLower(subject)))
	return hex.EncodeToString(sum[:8])
}

// collectIDs learns the ids of the findings that something else refers to.
func (r *Redactor) collectIDs(rep *reports.Report) {
	wanted := map[string]bool{}
	if rep.Waivers != nil {
		for w := range rep.Waivers {
			for _, id := range w.Findings {
				wanted[id] = true
			}
		}
	}
	if rep.Changes != nil {
		for _, c := range rep.Changes.Changes {
			wanted[c.ID] = true
		}
	}
	if len(wanted) == 0 || rep.Findings == nil {
		return
	}
	v := r.view(r.marked)
	for f := range rep.Findings {
		if wanted[f.ID] {
			r.ids[f.ID] = findingID(f.Rule, v.text(f.Host, exact), v.text(f.Subject, prose))
		}
	}
}

// mapIDs gives a copy of a finding, and of what refers to findings, its id.
func (v *view) mapIDs(out reflect.Value) {
	switch of := out.Addr().Interface().(type) {
	case *reports.Finding:
		of.ID = findingID(of.Rule, of.Host, of.Subject)
	case *reports.WaiverReport:
		for i, id := range of.Findings {
			if mapped, ok := v.ids[id]; ok {
				of.Findings[i] = mapped
			}
		}
	case *reports.MatchObserved:
		subject := of.Location.Source
		if of.Server != "" {
			subject += " " + of.Server
		}
		of.ID = findingID(peers.RuleObserved, of.Host, subject)
	case *reports.DiffChange:
		if mapped, ok := v.ids[of.ID]; ok {
			of.ID = mapped
		} else if len(of.ID) == 16 && isHex(of.ID) {
			of.ID = findingID(of.What, of.Host, of.Subject)
		}
	}
}
