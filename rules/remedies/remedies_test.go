package remedies

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// answers words what the plan says of each remedy: applicable, effect, * where
// it is advised.
func answers(h *HostPlan) string {
	var parts []string
	for _, r := range h.Remedies {
		s := r.ID + "=" + string(r.Applicable)
		if r.Effect != "" {
			s += "/" + string(r.Effect)
		}
		if r.Recommended {
			s += "*"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

func TestRemediesByWindows(t *testing.T) {
	// 160 roots of 104 bytes: 16,987 at most, 16,960 expected, 16,640 at least.
	long := many(160, 104)
	private := root("Private Root", 60)
	sent := []evidence.Record{regDWord(schannelKey, "SendTrustedIssuerList", 1)}
	leaf := in(made("leaf", "web01", "Private Root", 60), evidence.StoreMy, "")
	files := func(more ...*evidence.Occurrence) map[string][]*evidence.Occurrence {
		return map[string][]*evidence.Occurrence{"root.sst": append(slices.Clone(long), more...), "my.sst": {leaf}}
	}
	intermediate := made("ca", "Issuing CA", "Private Root", 60)
	for _, test := range []struct {
		name string
		box  box
		need Need
		want string
	}{
		{"2003, limit 12,288", box{os: "2003sp2", files: files(private)}, NeedMend,
			"move-intermediates=not-needed dedicated-store=no restrict-purposes=yes/mends* method-3=yes/mends method-2=yes/mends method-1=yes/mends delete-authroot=yes/mends"},
		{"2008 R2", box{os: "2008r2", files: files(private)}, NeedMend,
			"move-intermediates=not-needed dedicated-store=no restrict-purposes=yes/mends* method-3=yes/mends method-2=yes/mends method-1=yes/mends delete-authroot=yes/mends"},
		{"2012, not sent and cut all the same", box{os: "2012", files: files(private)}, NeedMend,
			"move-intermediates=not-needed dedicated-store=yes/mends* restrict-purposes=yes/mends method-3=no method-2=yes/mends method-1=yes/mends delete-authroot=yes/mends"},
		{"2012 R2, sent", box{os: "2012r2", files: files(private), facts: sent}, NeedMend,
			"move-intermediates=not-needed dedicated-store=yes/mends* restrict-purposes=yes/mends method-3=yes/mends method-2=yes/mends method-1=yes/mends delete-authroot=yes/mends"},
		{"2012 R2, not sent", box{os: "2012r2", files: files(private), facts: []evidence.Record{regKey(schannelKey)}}, NeedNone,
			"move-intermediates=not-needed dedicated-store=yes/changes restrict-purposes=yes/changes method-3=in-place method-2=yes/changes method-1=yes/changes delete-authroot=yes/changes"},
		{"2016, sent, with an intermediate in Root", box{os: "2016", files: files(private, intermediate), facts: sent}, NeedMend,
			"move-intermediates=yes/not-enough dedicated-store=yes/mends* restrict-purposes=yes/mends method-3=yes/mends method-2=yes/mends method-1=yes/mends delete-authroot=yes/mends"},
		{"2016, not sent, with an intermediate in Root", box{os: "2016", files: files(private, intermediate), facts: []evidence.Record{regKey(schannelKey)}}, NeedMend,
			"move-intermediates=yes/mends* dedicated-store=yes/mends restrict-purposes=yes/mends method-3=in-place method-2=yes/mends method-1=yes/mends delete-authroot=yes/mends"},
		{"unknown Windows", box{files: files(private), facts: sent}, NeedMend,
			"move-intermediates=not-needed dedicated-store=unknown restrict-purposes=yes/mends* method-3=yes/mends method-2=yes/mends method-1=yes/mends delete-authroot=yes/mends"},
		{"short list", box{os: "2008r2", files: rootFile(root("a", 60), root("b", 60))}, NeedNone,
			"move-intermediates=not-needed dedicated-store=no restrict-purposes=not-needed method-3=yes/changes method-2=not-needed method-1=not-needed delete-authroot=not-needed"},
		{"an intermediate that only lengthens the list", box{os: "2008r2", files: rootFile(root("a", 60), intermediate)}, NeedNone,
			"move-intermediates=yes/changes dedicated-store=no restrict-purposes=not-needed method-3=yes/changes method-2=not-needed method-1=not-needed delete-authroot=not-needed"},
		{"nothing collected", box{os: "2008r2"}, NeedUnknown,
			"move-intermediates=unknown dedicated-store=no restrict-purposes=unknown method-3=yes/no-effect method-2=unknown method-1=unknown delete-authroot=unknown"},
		{"a store that broke off", box{os: "2008r2", files: files(private), broken: "root.sst"}, NeedMend,
			"move-intermediates=unknown dedicated-store=no restrict-purposes=unknown method-3=yes/mends* method-2=yes/not-enough method-1=unknown delete-authroot=yes/not-enough"},
		{"only private roots", box{os: "2008r2", files: rootFile(privateRoots(170, 104)...)}, NeedMend,
			"move-intermediates=not-needed dedicated-store=no restrict-purposes=no method-3=yes/mends* method-2=not-needed method-1=no delete-authroot=not-needed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := planOne(t, Options{Headroom: 10}, test.box)
			if h.Need != test.need {
				t.Errorf("need is %s (%s), want %s", h.Need, h.NeedWhy, test.need)
			}
			if got := answers(h); got != test.want {
				t.Errorf("answers are\n%s\nwant\n%s", got, test.want)
			}
			for _, r := range h.Remedies {
				if r.Applicable == Applies && (r.Undo.Word == "" || r.Lasts.Word == "" || len(r.Breaks) == 0 || len(r.Steps) == 0 || r.Why == "" || len(r.References) == 0) {
					t.Errorf("%s is not fully judged: %+v", r.ID, r)
				}
				if r.Applicable != Applies && r.After != nil {
					t.Errorf("%s is not applicable and has a size", r.ID)
				}
			}
		})
	}
}

func privateRoots(n, size int) []*evidence.Occurrence {
	var list []*evidence.Occurrence
	for i := range n {
		list = append(list, root(fmt.Sprintf("Private Root %03d", i), size))
	}
	return list
}

// TestRemovalComesToItsTarget plans with several headrooms and compares what the
// rows add up to with what the simulator measures.
func TestRemovalComesToItsTarget(t *testing.T) {
	for _, headroom := range []int{0, 1, 10, 25, 60} {
		h := planOne(t, Options{Headroom: headroom}, box{os: "2008r2", files: rootFile(append(many(200, 90), disabled(programmeRoot("Disabled", 70)))...)})
		r := h.Removals[0]
		after := h.Remedy(Method1).After[0]
		last := r.Rows[len(r.Rows)-1]
		if !r.Reached || !r.Proven || after.Bytes.Max > r.Target || after.Bytes.Max != last.Max || after.Bytes.Expected != last.Expected {
			t.Errorf("%d %%: the simulator measures %+v; the rows end at %d and %d, the target is %d", headroom, after.Bytes, last.Expected, last.Max, r.Target)
		}
		if r.Target != 16384*(100-headroom)/100 {
			t.Errorf("%d %%: the target is %d", headroom, r.Target)
		}
		programme := 0
		for _, row := range r.Rows {
			if row.Class == Programme {
				programme++
			}
		}
		if least := (r.Need - 72 + 91) / 92; programme != least {
			t.Errorf("%d %%: %d roots of the programme go; with the disabled one %d are enough", headroom, programme, least)
		}
		if restricted := h.Remedy(RestrictPurposes).After[0]; restricted.Bytes != after.Bytes {
			t.Errorf("%d %%: restricting gives %+v, removing %+v", headroom, restricted.Bytes, after.Bytes)
		}
		// One root fewer would not do: all have one size.
		if more := r.Rows[len(r.Rows)-2].Max; more <= r.Target {
			t.Errorf("%d %%: %d bytes without the last row are within the target already", headroom, more)
		}
	}
}

func TestSharedNamesAreSavedWithTheLastBearer(t *testing.T) {
	twin := func(n int) *evidence.Occurrence {
		o := programmeRoot("Twin Root", 400)
		o.Certificate.SHA1[0], o.Certificate.SHA256[0] = byte(n), byte(n)
		return disabled(o)
	}
	h := planOne(t, Options{}, box{os: "2008r2", files: rootFile(append(many(152, 104), twin(1), twin(2), twin(3))...)})
	r := h.Removals[0]
	if r.Before.Max-r.Target > 3*402 || len(r.Rows) != 3 {
		t.Fatalf("%d bytes are needed, and %d certificates go: %v", r.Need, len(r.Rows), thumbsOf(r))
	}
	for i, want := range []int{0, 0, 3 * 402} {
		if r.Rows[i].Saves != want || !r.Rows[i].Shared {
			t.Errorf("row %d saves %d bytes, want %d", i+1, r.Rows[i].Saves, want)
		}
	}
	if r.Rows[1].Expected != r.Before.Expected || r.Rows[2].Expected != r.Before.Expected-402 {
		t.Errorf("the expected size goes from %d to %d and %d", r.Before.Expected, r.Rows[1].Expected, r.Rows[2].Expected)
	}
	// With one bearer that stays, the name is not saved at all.
	files := rootFile(append(many(152, 104), twin(1), twin(2), thumb(twin(3), "A43489159A520F0D93D032CCAF37E7FE20A8B419"))...)
	r = planOne(t, Options{}, box{os: "2008r2", files: files}).Removals[0]
	for _, row := range r.Rows {
		if strings.Contains(row.Subject, "Twin") {
			t.Errorf("%s goes although its name stays", row.Thumbprint())
		}
	}
	kept := 0
	for _, k := range r.Kept {
		if strings.Contains(k.Why, "same name stays") {
			kept++
		}
	}
	if kept != 2 {
		t.Errorf("%d bearers are kept for their name, want 2", kept)
	}
}

func TestTargetThatCannotBeReached(t *testing.T) {
	list := append(privateRoots(150, 104), many(20, 104)...)
	h := planOne(t, Options{Headroom: 20}, box{os: "2008r2", files: rootFile(list...)})
	r := h.Removals[0]
	if r.Reached || len(r.Rows) != 20 || r.Shortfall != r.After.Max-r.Target || r.After.Max != 150*106+27 {
		t.Errorf("reached %v with %d rows, %d bytes short, after %+v", r.Reached, len(r.Rows), r.Shortfall, r.After)
	}
	for _, want := range []string{"cannot be reached", "2,820 bytes over the target", "ask for less headroom", "15,900 bytes more (--include-private)"} {
		if !strings.Contains(r.Summary(), want) {
			t.Errorf("the summary does not say %q: %s", want, r.Summary())
		}
	}
	if m := h.Remedy(Method1); m.Applicable != AppliesNot || m.After != nil {
		t.Errorf("method-1 is %s", m.Applicable)
	}
	h = planOne(t, Options{Headroom: 20, IncludePrivate: true}, box{os: "2008r2", files: rootFile(list...)})
	r = h.Removals[0]
	private := 0
	for _, row := range r.Rows {
		if row.Class == Private {
			private++
		}
	}
	if !r.Reached || len(r.Rows)-private != 20 || private != 27 {
		t.Errorf("with private roots: reached %v, %d of the programme and %d private", r.Reached, len(r.Rows)-private, private)
	}
}

func TestMovingIntermediates(t *testing.T) {
	private, ca := root("Private Root", 60), made("ca", "Issuing CA", "Private Root", 60)
	policy := in(made("gp", "Policy CA", "Private Root", 60), evidence.StoreRoot, evidence.PhysicalGroupPolicy)
	h := planOne(t, Options{}, box{os: "2016", files: map[string][]*evidence.Occurrence{
		"root.sst": {private, ca, ca}, "gp.reg": {policy}, "ca.p7b": {in(made("other", "Other CA", "Private Root", 60), evidence.StoreCA, "")},
	}})
	if l := h.Lists[0].List; !l.Mixed {
		t.Fatal("the list is not mixed")
	}
	r := h.Remedy(MoveIntermediates)
	if len(r.Moves) != 2 || r.Moves[0].Delivered != "Group Policy" || r.Moves[1].Delivered != "" {
		t.Fatalf("moves are %+v", r.Moves)
	}
	l := r.After[0]
	if l.Mixed || l.Certificates != 1 || l.Bytes.Max != 62+27 {
		t.Errorf("after: mixed %v, %d certificates, %+v", l.Mixed, l.Certificates, l.Bytes)
	}
	if !strings.Contains(strings.Join(r.Breaks, " "), "delivered by Group Policy") {
		t.Errorf("what Group Policy delivers is not said: %v", r.Breaks)
	}
	if other := h.Remedy(Method2); !slices.Equal(other.Requires, []string{MoveIntermediates}) {
		t.Errorf("method-2 requires %v", other.Requires)
	}
}

// TestTheCaseStaysAsItIs plans twice: a plan that changed the evidence would
// judge another case the second time.
func TestTheCaseStaysAsItIs(t *testing.T) {
	list := append(many(170, 104), made("ca", "Issuing CA", "Private Root", 60), root("Private Root", 60))
	c, judgements := judge(t, nil, box{os: "2012r2", files: rootFile(list...), facts: []evidence.Record{regDWord(schannelKey, "SendTrustedIssuerList", 1)}})
	j := judgements[0]
	before := fmt.Sprint(len(j.Case.Occurrences), len(j.Case.Sources), len(j.Case.Registry.Values()), j.Lists[0].Bytes)
	for range 2 {
		New(Input{Criteria: c, Judgements: judgements, Options: Options{Headroom: 10}})
	}
	again := issuerlist.Compute(issuerlist.Host{Case: j.Case, Version: j.Version, Tables: c.Tables, AsOf: c.AsOf})
	after := fmt.Sprint(len(j.Case.Occurrences), len(j.Case.Sources), len(j.Case.Registry.Values()), again[0].Bytes)
	if before != after {
		t.Errorf("the case was %s and is %s", before, after)
	}
}

func TestThePolicysLimitHolds(t *testing.T) {
	h := planOneWith(t, box{os: "2008r2", files: rootFile(many(100, 104)...)}, 8000)
	if r := h.Removals[0]; r.Target != 7200 || !r.Reached || h.Remedy(Method1).After[0].Limit.Bytes != 8000 {
		t.Errorf("the target is %d, the limit after %d", r.Target, h.Remedy(Method1).After[0].Limit.Bytes)
	}
}
