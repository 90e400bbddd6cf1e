package sarif

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
)

type result struct {
	RuleID           string            `json:"ruleId"`
	RuleIndex        *int              `json:"ruleIndex,omitempty"`
	Kind             string            `json:"kind"`
	Level            string            `json:"level"`
	Message          message           `json:"message"`
	Locations        []location        `json:"locations"`
	RelatedLocations []location        `json:"relatedLocations,omitempty"`
	Fingerprints     map[string]string `json:"fingerprints"`
	// Suppressions are given for all results or for none (section 3.27.23).
	Suppressions *[]suppression   `json:"suppressions,omitempty"`
	Properties   resultProperties `json:"properties"`
}

type resultProperties struct {
	Outcome    string   `json:"outcome"`
	Severity   string   `json:"severity"`
	Host       string   `json:"host"`
	Subject    string   `json:"subject,omitempty"`
	Store      string   `json:"store,omitempty"`
	Thumbprint string   `json:"thumbprint,omitempty"`
	Measured   string   `json:"measured,omitempty"`
	Expected   string   `json:"expected,omitempty"`
	Remedy     string   `json:"remedy,omitempty"`
	Collect    string   `json:"collect,omitempty"`
	References []string `json:"references,omitempty"`
	Waiver     string   `json:"waiver,omitempty"`
}

type suppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification,omitempty"`
}

type location struct {
	ID               *int              `json:"id,omitempty"`
	PhysicalLocation *physicalLocation `json:"physicalLocation,omitempty"`
	LogicalLocations []logicalLocation `json:"logicalLocations,omitempty"`
	Message          *message          `json:"message,omitempty"`
}

type physicalLocation struct {
	ArtifactLocation artifactLocation `json:"artifactLocation"`
	Region           *region          `json:"region,omitempty"`
}

type artifactLocation struct {
	URI    string `json:"uri"`
	BaseID string `json:"uriBaseId"`
	Index  *int   `json:"index,omitempty"`
}

// A region is a line of a text or bytes of a binary file.
type region struct {
	StartLine  int    `json:"startLine,omitempty"`
	ByteOffset *int64 `json:"byteOffset,omitempty"`
	ByteLength *int64 `json:"byteLength,omitempty"`
}

type logicalLocation struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind,omitempty"`
}

func (r *run) results() func(func(result) bool) {
	return func(yield func(result) bool) {
		for f := range r.Report.Findings {
			if !yield(r.result(&f)) {
				return
			}
		}
	}
}

func (r *run) result(f *reports.Finding) result {
	kind, level := kindOf(f)
	res := result{RuleID: text(f.Rule), RuleIndex: r.rule(f.Rule).Index, Kind: kind, Level: level, Message: say(f.Summary),
		Fingerprints: map[string]string{fingerprint: text(f.ID)},
		Properties: resultProperties{Outcome: text(f.Outcome), Severity: text(f.Severity), Host: text(f.Host), Subject: text(f.Subject), Store: text(f.Store),
			Thumbprint: text(f.Thumbprint), Measured: text(f.Measured), Expected: text(f.Expected), Remedy: text(f.Remedy), Collect: text(f.Collect)}}
	for _, ref := range f.References {
		res.Properties.References = append(res.Properties.References, text(ref))
	}
	// The first place is the main one; a result has others only beside it
	// (section 3.27.12).
	where := logicalLocation{FullyQualifiedName: text(strings.Trim(f.Host+"/"+f.Subject, "/"))}
	res.Locations = []location{{LogicalLocations: []logicalLocation{where}}}
	for i, l := range f.Evidence {
		at := r.location(l)
		if i == 0 {
			at.LogicalLocations = append(at.LogicalLocations, where)
			res.Locations[0] = at
			continue
		}
		res.relate(at, "evidence")
	}
	for _, s := range f.Searched {
		res.relate(r.location(reports.Location{Source: s}), "searched whole")
	}
	r.suppress(&res, f)
	return res
}

func (res *result) relate(at location, why string) {
	id := len(res.RelatedLocations) + 1
	m := say(why)
	at.ID, at.Message = &id, &m
	res.RelatedLocations = append(res.RelatedLocations, at)
}

// suppress makes a suppression of a waiver that holds; of one that has expired
// the result only tells.
func (r *run) suppress(res *result, f *reports.Finding) {
	if r.Report.Tool.Waivers == nil {
		return
	}
	res.Suppressions = &[]suppression{}
	w := f.Waiver
	if w == nil {
		return
	}
	why := w.Reason
	for _, p := range []struct{ what, value string }{{"approved by ", w.ApprovedBy}, {"ticket ", w.Ticket}, {"last day ", w.Expires}} {
		if p.value != "" {
			why += "; " + p.what + p.value
		}
	}
	if w.State == string(rules.WaiverActive) && rules.Outcome(f.Outcome) == rules.Failed {
		res.Suppressions = &[]suppression{{Kind: "external", Status: "accepted", Justification: text(why)}}
	}
	res.Properties.Waiver = text(w.State + ": " + why)
}

// kindOf maps an outcome; only what fails has a level (section 3.27.10).
func kindOf(f *reports.Finding) (kind, level string) {
	switch rules.Outcome(f.Outcome) {
	case rules.Failed:
		return "fail", levelOf(f.Severity)
	case rules.Passed:
		return "pass", "none"
	case rules.NotApplicable:
		return "notApplicable", "none"
	case rules.Informational:
		return "informational", "none"
	case rules.Unknown, rules.NotChecked:
		return "open", "none"
	}
	return "review", "none"
}

// location places something in a source.
func (r *run) location(l reports.Location) location {
	p := &physicalLocation{ArtifactLocation: artifactLocation{URI: uriOf(l.Source), BaseID: baseID}}
	if n, ok := r.artifactN[l.Source]; ok {
		p.ArtifactLocation.Index = &n
	}
	switch {
	case l.Line > 0:
		p.Region = &region{StartLine: l.Line}
	case l.Offset > 0 || l.Length > 0:
		p.Region = &region{ByteOffset: &l.Offset, ByteLength: &l.Length}
	}
	at := location{PhysicalLocation: p}
	if l.Path != "" {
		at.LogicalLocations = []logicalLocation{{FullyQualifiedName: text(l.Path)}}
	}
	return at
}

// uriOf makes a relative reference of a source's name (RFC 3986): its segments
// percent-encoded but for the unreserved characters, so that none is taken for
// a scheme, an authority or a parent folder.
func uriOf(name string) string {
	segments := strings.Split(name, "/")
	for i, s := range segments {
		var b strings.Builder
		dots := strings.Trim(s, ".") == ""
		for j := range len(s) {
			c := s[j]
			unreserved := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '~' || c == '.' && !dots
			if unreserved {
				b.WriteByte(c)
			} else {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		}
		segments[i] = b.String()
	}
	if segments[0] == "" && len(segments) > 1 {
		segments[0] = "." // never an absolute path
	}
	return strings.Join(segments, "/")
}

// helpURI makes an absolute URI of an address, or "" where it is none.
func helpURI(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}
