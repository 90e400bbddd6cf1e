package reports

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	plans "github.com/ctlaudit/ctlaudit/rules/remedies"
)

// PlanSchemaName names the JSON form of a plan and its version.
const PlanSchemaName = "ctlaudit/plan/v1"

// A PlanReport is the JSON form of a plan. Text is as the exports hold it, lists
// are never null.
type PlanReport struct {
	Schema string   `json:"schema"`
	Tool   PlanTool `json:"tool"`
	AsOf   Time     `json:"asOf"`
	// Headroom is in percent of the limit.
	Headroom       int        `json:"headroom"`
	IncludePrivate bool       `json:"includePrivate"`
	Criterion      string     `json:"criterion"`
	Hosts          []PlanHost `json:"hosts"`
}

// A PlanTool names the program and the policy that the plan was made by.
type PlanTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Policy  Policy `json:"policy"`
}

// A PlanHost is what can be done on one host. Need is none, mend, doubt or
// unknown; Recommended is the id of a remedy, or "".
type PlanHost struct {
	Host        string        `json:"host"`
	OS          string        `json:"os"`
	OSName      string        `json:"osName"`
	Need        string        `json:"need"`
	NeedWhy     string        `json:"needWhy"`
	Recommended string        `json:"recommended"`
	Lists       []PlanList    `json:"lists"`
	Remedies    []PlanRemedy  `json:"remedies"`
	Removals    []PlanRemoval `json:"removals"`
	Notes       []string      `json:"notes"`
}

// A PlanList is a trusted issuer list, before a remedy or after it. Target is
// the greatest size that leaves the headroom, in bytes.
type PlanList struct {
	Store      string `json:"store"`
	Binding    string `json:"binding"`
	Profile    string `json:"profile"`
	Sent       string `json:"sent"`
	Collected  bool   `json:"collected"`
	Whole      bool   `json:"whole"`
	Mixed      bool   `json:"mixed"`
	Bytes      Bytes  `json:"bytes"`
	Limit      Limit  `json:"limit"`
	Target     int    `json:"target"`
	Verdict    string `json:"verdict"`
	VerdictWhy string `json:"verdictWhy"`
}

// A PlanAnswer answers a question: "yes", "no", "with-backup", "depends" or "".
type PlanAnswer struct {
	Answer string `json:"answer"`
	Why    string `json:"why"`
}

// A PlanRemedy is one remedy, judged. Applicable is yes, no, in-place,
// not-needed or unknown; Effect is "" where it is not applicable.
type PlanRemedy struct {
	ID           string            `json:"id"`
	Title        string            `json:"title"`
	Source       string            `json:"source"`
	Applicable   string            `json:"applicable"`
	Why          string            `json:"why"`
	Requires     []string          `json:"requires"`
	Effect       string            `json:"effect"`
	EffectWhy    string            `json:"effectWhy"`
	Recommended  bool              `json:"recommended"`
	After        []PlanList        `json:"after"`
	Breaks       []string          `json:"breaks"`
	Undo         PlanAnswer        `json:"undoOffline"`
	Lasts        PlanAnswer        `json:"lasts"`
	Steps        []string          `json:"steps"`
	Commands     []string          `json:"commands"`
	UndoCommands []string          `json:"undoCommands"`
	References   []string          `json:"references"`
	Certificates []PlanCertificate `json:"certificates"`
}

// A PlanCertificate is a certificate that a remedy acts on, and how: moved,
// member, restricted, copied or dropped.
type PlanCertificate struct {
	Action     string   `json:"action"`
	Thumbprint string   `json:"thumbprint"`
	Subject    string   `json:"subject"`
	Physical   []string `json:"physical"`
	Why        string   `json:"why"`
	// Purposes are what is left to a restricted root.
	Purposes []string `json:"purposes"`
}

// A PlanRemoval is the certificates that have to leave a list, in the order of
// the plan, and those that must stay.
type PlanRemoval struct {
	Store     string     `json:"store"`
	Binding   string     `json:"binding"`
	Profile   string     `json:"profile"`
	Limit     int        `json:"limit"`
	Target    int        `json:"target"`
	Need      int        `json:"need"`
	Reached   bool       `json:"reached"`
	Shortfall int        `json:"shortfall"`
	Proven    bool       `json:"proven"`
	Before    Bytes      `json:"before"`
	After     Bytes      `json:"after"`
	Summary   string     `json:"summary"`
	Rows      []PlanRow  `json:"certificates"`
	Kept      []PlanKept `json:"kept"`
}

// A PlanRow is one certificate that goes. Saves is in bytes of the greatest
// size, 0 until the last bearer of a name goes; Expected and Max are the sizes
// of the list without it and those before it.
type PlanRow struct {
	Thumbprint string   `json:"thumbprint"`
	SHA256     string   `json:"sha256"`
	Subject    string   `json:"subject"`
	Physical   []string `json:"physical"`
	Class      string   `json:"class"`
	Why        string   `json:"why"`
	NameBytes  int      `json:"nameBytes"`
	Times      int      `json:"times"`
	Shared     bool     `json:"shared"`
	Saves      int      `json:"saves"`
	Expected   int      `json:"expectedAfter"`
	Max        int      `json:"maxAfter"`
	Properties bool     `json:"propertiesKept"`
	Location   Location `json:"location"`
}

// A PlanKept is a listed certificate that stays.
type PlanKept struct {
	Thumbprint string   `json:"thumbprint"`
	Subject    string   `json:"subject"`
	NameBytes  int      `json:"nameBytes"`
	Private    bool     `json:"private"`
	Why        string   `json:"why"`
	Location   Location `json:"location"`
}

// NewPlanReport makes the JSON form of a plan.
func NewPlanReport(tool, version string, c *rules.Criteria, p *plans.Plan) *PlanReport {
	r := &PlanReport{Schema: PlanSchemaName, AsOf: Time{p.AsOf}, Headroom: p.Options.Headroom, IncludePrivate: p.Options.IncludePrivate,
		Tool: PlanTool{tool, version, Policy{c.Policy.Name, c.Policy.Digest()}}, Criterion: plans.Criterion, Hosts: []PlanHost{}}
	for _, h := range p.Hosts {
		r.Hosts = append(r.Hosts, planHost(h))
	}
	return r
}

func planHost(h *plans.HostPlan) PlanHost {
	r := PlanHost{Host: h.Host, OS: h.Judgement.Version.Code(), OSName: h.Judgement.Version.Name(), Need: string(h.Need), NeedWhy: h.NeedWhy,
		Lists: []PlanList{}, Remedies: []PlanRemedy{}, Removals: []PlanRemoval{}, Notes: full(h.Notes)}
	if x := h.Recommended(); x != nil {
		r.Recommended = x.ID
	}
	for _, l := range h.Lists {
		r.Lists = append(r.Lists, planList(l.List, l.Target))
	}
	for _, x := range h.Remedies {
		r.Remedies = append(r.Remedies, planRemedy(h, x))
	}
	for _, x := range h.Removals {
		r.Removals = append(r.Removals, planRemoval(x))
	}
	return r
}

func planList(l *issuerlist.List, target int) PlanList {
	return PlanList{Store: l.Store, Binding: l.Binding, Profile: l.Profile, Sent: string(l.Sent), Collected: l.Collected, Whole: l.Whole, Mixed: l.Mixed,
		Bytes: Bytes{l.Bytes.Min, l.Bytes.Expected, l.Bytes.Max, l.Bytes.MinKnown}, Limit: Limit{l.Limit.Bytes, l.Limit.Basis, l.Limit.Citation},
		Target: target, Verdict: string(l.Verdict), VerdictWhy: l.VerdictWhy}
}

func planRemedy(h *plans.HostPlan, x *plans.Remedy) PlanRemedy {
	r := PlanRemedy{ID: x.ID, Title: x.Title, Source: x.Source, Applicable: string(x.Applicable), Why: x.Why, Requires: full(x.Requires),
		Effect: string(x.Effect), EffectWhy: x.EffectWhy, Recommended: x.Recommended, After: []PlanList{}, Breaks: full(x.Breaks),
		Undo: PlanAnswer{x.Undo.Word, x.Undo.Why}, Lasts: PlanAnswer{x.Lasts.Word, x.Lasts.Why}, Steps: full(x.Steps), Commands: full(x.Commands),
		UndoCommands: full(x.UndoCommands), References: full(x.References), Certificates: []PlanCertificate{}}
	for i, l := range x.After {
		r.After = append(r.After, planList(l, h.Lists[i].Target))
	}
	add := func(action string, i *plans.Item, why string, purposes []string) {
		r.Certificates = append(r.Certificates, PlanCertificate{Action: action, Thumbprint: i.Thumbprint(), Subject: i.Subject,
			Physical: full(i.Physicals()), Why: why, Purposes: full(purposes)})
	}
	for _, m := range x.Moves {
		why := ""
		if m.Delivered != "" {
			why = "delivered by " + m.Delivered
		}
		add("moved", m.Item, why, nil)
	}
	for _, m := range x.Members {
		add("member", m.Item, m.Why, nil)
	}
	for _, m := range x.Restrictions {
		add("restricted", m.Item, "", m.Purposes)
	}
	for _, i := range x.Copies {
		add("copied", i, "it must stay trusted", nil)
	}
	for _, i := range x.Dropped {
		add("dropped", i, "it stands in AuthRoot only", nil)
	}
	return r
}

func planRemoval(x *plans.Removal) PlanRemoval {
	sizes := func(b issuerlist.Bytes) Bytes { return Bytes{b.Min, b.Expected, b.Max, b.MinKnown} }
	r := PlanRemoval{Store: x.Store, Binding: x.List.Binding, Profile: x.List.Profile, Limit: x.List.Limit.Bytes, Target: x.Target, Need: x.Need,
		Reached: x.Reached, Shortfall: x.Shortfall, Proven: x.Proven, Before: sizes(x.Before), After: sizes(x.After), Summary: x.Summary(),
		Rows: []PlanRow{}, Kept: []PlanKept{}}
	for _, row := range x.Rows {
		r.Rows = append(r.Rows, PlanRow{Thumbprint: row.Thumbprint(), SHA256: fmt.Sprintf("%x", row.SHA256), Subject: row.Subject, Physical: full(row.Physicals()),
			Class: row.Class.String(), Why: row.Why, NameBytes: row.NameBytes, Times: row.Times, Shared: row.Shared, Saves: row.Saves, Expected: row.Expected, Max: row.Max,
			Properties: row.CanCarry(), Location: locationOf(row.Where)})
	}
	for _, k := range x.Kept {
		r.Kept = append(r.Kept, PlanKept{Thumbprint: k.Thumbprint(), Subject: k.Subject, NameBytes: k.NameBytes, Private: k.Private, Why: k.Why, Location: locationOf(k.Where)})
	}
	return r
}
