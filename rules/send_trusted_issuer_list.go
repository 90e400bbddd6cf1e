package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

const sendName = "SendTrustedIssuerList"

// SendTrustedIssuerList checks that the setting says what it is meant to say.
var SendTrustedIssuerList = &Rule{
	ID:       "send-trusted-issuer-list",
	Title:    "SendTrustedIssuerList is left at its default or set so that Windows reads it",
	Severity: Medium,
	Since:    "v0.1",
	Doc: `SendTrustedIssuerList (REG_DWORD below SCHANNEL) says whether the server sends
the list of authorities it trusts: 0 does not, 1 does. It is absent by default,
which means 1 up to Windows Server 2008 R2 and 0 from Windows Server 2012 on. A
value of another type, a subkey of that name or a misspelt name is not read, and
the default applies: a fix that was typed wrong fixes nothing. Setting it to 1 from
2012 on is not wrong, but tells every observer which authorities are trusted.

Misspelt names are looked for in the exported SCHANNEL key only.`,
	References: []Reference{kb2464556, tlsReg, kb933430, whatsNew},
	Needs:      []evidence.Kind{evidence.KindRegistry},
	Collect:    collectSchannel,
	Remedy:     `write the value as REG_DWORD SendTrustedIssuerList directly below SCHANNEL, and delete the value or key that is not read`,
	Impact:     `a fix that was typed wrong fixes nothing; or every observer learns which authorities the server trusts`,
	AppliesTo:  `Windows Server 2008 and later; 2003 with hotfix 933430`,
	Check:      checkSend,
}

func checkSend(p *Pass) {
	key := p.SchannelKey()
	s := windows.DWord(p.Case.Registry, key, sendName)
	f := Finding{Subject: sendName, Expected: "absent, or REG_DWORD 0 or 1", Evidence: s.Evidence()}
	since2012, known := p.Since2012()
	misread := unreadSends(p, key)
	switch {
	case s.State == windows.WrongType:
		f.Outcome = Failed
		f.Measured = s.Value.Type.String()
		f.Summary = fmt.Sprintf("SendTrustedIssuerList is of type %s, which Windows does not read: the default applies", s.Value.Type)
	case len(misread) > 0:
		f.Outcome = Failed
		f.Evidence = nil
		var names []string
		for _, m := range misread {
			names = append(names, m.name)
			f.Evidence = append(f.Evidence, m.where)
		}
		f.Measured = strings.Join(names, ", ")
		f.Summary = fmt.Sprintf("what looks like SendTrustedIssuerList is not read by Windows: %s; the setting itself is %s", f.Measured, stateWords(s))
	case s.State == windows.NotCollected:
		notCollected(&f, s, "SCHANNEL", collectSchannel, "not checked: the SCHANNEL key was not collected, so neither the value nor its absence is known")
	case s.State == windows.Absent:
		f.Outcome, f.Absence = Passed, true
		f.Searched = []string{s.Key.Where.Source}
		f.Measured = "absent"
		f.Summary = "SendTrustedIssuerList is absent, so the default applies: " + defaultWords(since2012, known)
	case s.Number == 1 && since2012:
		f.Outcome = Informational
		f.Measured = "1"
		f.Summary = "SendTrustedIssuerList is 1, which is not the default from Windows Server 2012 on: the authorities that this server trusts can be read by any observer"
	case s.Number > 1:
		f.Outcome = Informational
		f.Measured = fmt.Sprint(s.Number)
		f.Summary = fmt.Sprintf("SendTrustedIssuerList is %d; only 0 and 1 are documented, and it is taken as 1", s.Number)
	default:
		f.Outcome = Passed
		f.Measured = fmt.Sprint(s.Number)
		f.Summary = fmt.Sprintf("SendTrustedIssuerList is %d: a list is %s", s.Number, map[uint32]string{0: "not sent", 1: "sent"}[s.Number])
	}
	p.Report(f)
}

func stateWords(s windows.Setting) string {
	switch s.State {
	case windows.Set:
		return fmt.Sprint(s.Number)
	case windows.Absent:
		return "absent, so the default applies"
	}
	return "not known, since the SCHANNEL key was not collected"
}

func defaultWords(since2012, known bool) string {
	switch {
	case !known:
		return "a list is sent up to Windows Server 2008 R2 and not from 2012 on; the operating system of this host is unknown"
	case since2012:
		return "no list is sent"
	}
	return "a list is sent"
}

// misread is something that was meant to be the setting and is not read.
type misread struct {
	name  string
	where evidence.Location
}

// unreadSends finds values with a name like the setting's, a subkey named after
// it, and the value under a key other than SCHANNEL itself.
func unreadSends(p *Pass, key string) []misread {
	var list []misread
	for _, k := range p.Case.Registry.Keys() {
		parent, last, _ := cutLast(k.Key)
		if nearly(last, sendName) && strings.HasSuffix(strings.ToLower(parent), `\schannel`) {
			list = append(list, misread{"a subkey named " + last, k.Where})
		}
	}
	fold := evidence.FoldKey(key)
	for _, v := range p.Case.Registry.Values() {
		if !nearly(v.Name, sendName) {
			continue
		}
		at := evidence.FoldKey(v.Key)
		switch {
		case at == fold && strings.EqualFold(v.Name, sendName):
		case at == fold:
			list = append(list, misread{fmt.Sprintf("the value %q", v.Name), v.Where})
		case strings.HasPrefix(at, fold+`\`):
			list = append(list, misread{fmt.Sprintf("the value %q below %s", v.Name, v.Key[len(key)+1:]), v.Where})
		}
	}
	return list
}

func cutLast(path string) (parent, last string, ok bool) {
	i := strings.LastIndexByte(path, '\\')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// nearly reports whether a name is within three edits of the wanted one, or a
// shortened form of it such as SendTrustedIssuers.
func nearly(name, wanted string) bool {
	a, b := strings.ToLower(strings.TrimSpace(name)), strings.ToLower(wanted)
	if len(a) < len(b)/2 || len(a) > len(b)+4 {
		return false
	}
	return distance(a, b) <= 3 || (strings.HasPrefix(a, "sendtrust") && distance(a, b) <= 5)
}

// distance is the Levenshtein distance of two short names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal, row[j] = row[j], slices.Min([]int{cost, row[j] + 1, row[j-1] + 1})
		}
	}
	return row[len(b)]
}
