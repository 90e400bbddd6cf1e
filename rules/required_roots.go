package rules

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
	"github.com/ctlaudit/ctlaudit/rules/stores"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// RequiredRoots checks that the roots that Windows needs are in Trusted Root.
var RequiredRoots = &Rule{
	ID:       "required-roots",
	Title:    "the roots that Windows needs are in Trusted Root",
	Severity: High,
	Since:    "v0.1",
	Doc: `KB 293781 lists roots that Windows needs to work, by operating system. Some are
expired and some are marked Disabled in Microsoft's own root programme; they are
needed all the same, for what was signed before. A clean-up of Trusted Root must
never remove them, and this rule outranks every advice to remove a root.

A root is known by its SHA-1 thumbprint. A certificate with a required root's name
or serial number and another thumbprint is reported as an impostor; serial numbers
as short as 00 and 01 are too common to tell anything. A root that stands in
Disallowed too does not count as present. For Windows 8 to 2012 R2 the list is
inferred: the current list less the four roots that the KB says those lack. A policy may add packs of its own.`,
	References: []Reference{kb293781, kb2464556},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `import the missing root from another computer of the same Windows, into Trusted Root of the local computer`,
	Impact:     `Windows may work in part only, or not at all (KB 293781)`,
	AppliesTo:  `all Windows`,
	Check:      checkRequired,
}

// A RootState says where a required root stands.
type RootState string

// The states of a required root.
const (
	RootPresent    RootState = "present"
	RootMissing    RootState = "missing"
	RootDisallowed RootState = "in Disallowed" // wherever else it stands
	RootUnsure     RootState = "unknown"       // not found, in a Root that was not collected whole
	RootImpostor   RootState = "impostor"
)

// A RootStatus is what was found of one required root, or of an impostor.
type RootStatus struct {
	// Pack is "KB 293781" or the name of a policy's pack.
	Pack       string
	Citation   string
	Name       string
	Thumbprint string
	State      RootState
	// Where are the stores that hold it.
	Where    []string
	Evidence []evidence.Location
}

// wanted is one required root.
type wanted struct {
	pack, citation, name, thumbprint string
	serial                           []byte
}

const packKB = "KB 293781"

// requiredOf returns the roots that a host needs. sure is false where the
// operating system is unknown: then only the roots that every Windows since XP
// needs are returned.
func requiredOf(pol *Policy, t *data.Tables, v windows.Version, roles []string, asOf time.Time) (list []wanted, sure bool) {
	sure = true
	if pol.builtin() {
		sure = v.Profile != nil
		for _, r := range t.Required {
			need, basis := r.Systems["xp_2003"] && r.Systems["vista_to_2008r2"] && r.Systems["8_2012_2012r2"] && r.Systems["win10_and_newer"], ""
			if v.Profile != nil {
				var column string
				column, basis = data.RequiredColumn(v.Profile.Family)
				need = r.Systems[column]
			}
			if need {
				citation := packKB
				if basis == "inferred" {
					citation += " (inferred for " + v.Name() + ")"
				}
				list = append(list, wanted{packKB, citation, r.IssuedTo, r.Thumbprint, r.Serial})
			}
		}
	}
	for _, pack := range pol.RequiredRoots.Packs {
		if !pack.Holds(v.Code(), roles, asOf) {
			continue
		}
		for _, r := range pack.Roots {
			list = append(list, wanted{pack.Name, pack.Citation, r.Name, r.Thumbprint, nil})
		}
	}
	return list, sure
}

// rootStatuses looks the required roots up in the stores of a host.
func rootStatuses(c *evidence.Case, view *stores.View, need []wanted) []RootStatus {
	root := view.Registry(c, evidence.LocalMachine, evidence.StoreRoot)
	disallowed := view.Get(evidence.LocalMachine, evidence.StoreDisallowed)
	var list []RootStatus
	for _, w := range need {
		s := RootStatus{Pack: w.pack, Citation: w.citation, Name: w.name, Thumbprint: w.thumbprint, State: RootMissing}
		if !root.Whole() {
			s.State = RootUnsure
		}
		note := func(st *stores.Store) bool {
			found := false
			for _, o := range st.Occurrences {
				if o.Thumbprint() == w.thumbprint {
					found = true
					s.Evidence = append(s.Evidence, o.Where)
					if at := placeName(o); !slices.Contains(s.Where, at) {
						s.Where = append(s.Where, at)
					}
				}
			}
			return found
		}
		if note(root) {
			s.State = RootPresent
		}
		if note(disallowed) {
			s.State = RootDisallowed
		}
		list = append(list, s)
	}
	return append(list, impostors(root, need)...)
}

// impostors finds certificates in Root that bear a required root's name or
// serial number and are another certificate.
func impostors(root *stores.Store, need []wanted) []RootStatus {
	var list []RootStatus
	for _, o := range root.Certificates() {
		thumb := o.Thumbprint()
		if slices.ContainsFunc(need, func(w wanted) bool { return w.thumbprint == thumb }) {
			continue
		}
		for _, w := range need {
			if !bears(o, w) {
				continue
			}
			list = append(list, RootStatus{Pack: w.pack, Citation: w.citation, Name: w.name, Thumbprint: thumb, State: RootImpostor,
				Where: []string{placeName(o)}, Evidence: []evidence.Location{o.Where}})
			break
		}
	}
	return list
}

// minTellingSerial is the length in bytes from which a serial number is rare
// enough to tell something.
const minTellingSerial = 8

func bears(o *evidence.Occurrence, w wanted) bool {
	if len(w.serial) >= minTellingSerial && bytes.Equal(bytes.TrimLeft(o.Serial, "\x00"), bytes.TrimLeft(w.serial, "\x00")) {
		return true
	}
	return w.name != "" && len(o.SubjectDER) > 0 && strings.EqualFold(mostSpecific(o.Subject), w.name)
}

// mostSpecific returns the common name of an RFC 2253 name or, without one, the
// value of its first and so most specific part: what Windows shows as "issued to".
func mostSpecific(name string) string {
	first := ""
	for rest := name; rest != ""; {
		end := 0
		for end < len(rest) && rest[end] != ',' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		part := rest[:min(end, len(rest))]
		rest = rest[min(end+1, len(rest)):]
		typ, value, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		value = strings.ReplaceAll(value, `\`, "")
		if strings.EqualFold(strings.TrimSpace(typ), "CN") {
			return value
		}
		if first == "" {
			first = value
		}
	}
	return first
}

func placeName(o *evidence.Occurrence) string {
	if o.Store.Physical == "" {
		return o.Store.String()
	}
	return o.Store.String() + " (" + o.Store.Physical + ")"
}

func checkRequired(p *Pass) {
	root := p.Stores.Registry(p.Case, evidence.LocalMachine, evidence.StoreRoot)
	if !root.Collected() {
		p.Report(Finding{Subject: root.String(), Outcome: NotChecked, Collect: collectRoot, Store: root.String(),
			Summary: "not checked: no export of " + root.String() + " was read"})
		return
	}
	need, sure := requiredOf(p.Policy, p.Tables, p.Version, p.Roles, p.AsOf)
	if len(need) == 0 {
		p.Report(Finding{Subject: root.String(), Outcome: NotApplicable, Summary: "the policy requires no root on this Windows"})
		return
	}
	present, unsure := 0, 0
	failed := false
	for _, s := range p.Required {
		switch s.State {
		case RootPresent:
			present++
		case RootUnsure:
			unsure++
		default:
			f := rootFinding(root, s)
			failed = failed || f.Outcome == Failed
			p.Report(f)
		}
	}
	f := Finding{Subject: root.String(), Store: root.String(), Expected: fmt.Sprintf("all %d roots of %s", len(need), packs(need)),
		Measured: fmt.Sprintf("%d of %d present", present, len(need)), Searched: root.Sources()}
	switch {
	case unsure > 0:
		f.Outcome, f.Collect, f.Searched = Unknown, collectRoot, nil
		f.Summary = fmt.Sprintf("%d of %d required roots were found; the other %d cannot be called missing: %s", present, len(need), unsure, notWhole(root.Broken, root.Missing()))
	case failed:
		return
	case !sure:
		f.Outcome, f.Collect = Unknown, collectVersion
		f.Summary = fmt.Sprintf("the %d roots that every Windows needs are present; which others this one needs is not known: %s", present, p.Version.Why)
	default:
		f.Outcome = Passed
		f.Summary = fmt.Sprintf("all %d required roots are present (%s)", present, packs(need))
	}
	p.Report(f)
}

func rootFinding(root *stores.Store, s RootStatus) Finding {
	f := Finding{Subject: s.Name + " " + s.Thumbprint, Store: root.String(), Thumbprint: s.Thumbprint, Outcome: Failed, Evidence: s.Evidence}
	switch s.State {
	case RootDisallowed:
		f.Measured, f.Expected = "in "+listed(s.Where), "in "+root.String()+" and not in Disallowed"
		f.Summary = fmt.Sprintf("%s is distrusted: it stands in Disallowed and so does not count as present (%s)", s.Name, s.Citation)
		f.Remedy = "take the root out of Untrusted Certificates (Disallowed), and see that it is in Trusted Root"
	case RootImpostor:
		f.Measured, f.Expected = s.Thumbprint, "the thumbprint of "+s.Citation
		f.Summary = fmt.Sprintf("a certificate bears the name or serial number of %s and is another one", s.Name)
		f.Remedy = "find out who put the certificate there; it is not the root that Windows needs and does not stand in for it"
	default:
		f.Measured, f.Expected = "not in "+root.String(), "in "+root.String()
		f.Absence = true
		f.Searched = root.Sources()
		f.Summary = fmt.Sprintf("%s is missing from Trusted Root (%s)", s.Name, s.Citation)
	}
	return f
}

func packs(need []wanted) string {
	var names []string
	for _, w := range need {
		if !slices.Contains(names, w.pack) {
			names = append(names, w.pack)
		}
	}
	return listed(names)
}
