package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules"
)

// coverPage is the front page: whose report it is and who stands for it, what
// came out, what it was made by, and what is known of the files that it rests
// on. result is the result in one line.
func (v *view) coverPage(result Line) *Cover {
	r := v.Report
	c := &Cover{Banner: Clean(r.Engagement.Classification)}
	e := &r.Engagement
	c.Blocks = append(c.Blocks,
		block("Engagement",
			stated("Client", e.Customer), stated("Engagement", e.Engagement), stated("System", e.System), stated("Period", e.Period)),
		block("Responsibility",
			fillIn("Prepared by", e.PreparedBy), fillIn("Prepared on", ""), fillIn("Reviewed by", e.ReviewedBy), fillIn("Reviewed on", "")),
		block("Result",
			Field{Label: "Result", Text: result.Text, Style: result.Style}, field("Findings", countWords(r)), field("As of", dateWords(r.AsOf.Time))),
		v.criteriaBlock(), v.producedBlock(), integrityBlock())
	return c
}

func block(title string, fields ...Field) CoverBlock {
	return CoverBlock{Title: title, Fields: slices.DeleteFunc(fields, func(f Field) bool { return f.Text == "" && !f.FillIn })}
}

func field(label, s string) Field { return Field{Label: label, Text: Clean(s)} }

func fillIn(label, s string) Field { return Field{Label: label, Text: Clean(s), FillIn: true} }

// stated is a field that the case description fills in, or else the reader.
func stated(label, s string) Field { return Field{Label: label, Text: Clean(s), FillIn: s == ""} }

func countWords(r *Report) string {
	s := fmt.Sprintf("%s on %s", plural(r.Summary.Findings, "finding"), plural(r.Summary.Hosts, "host"))
	var parts []string
	for _, o := range outcomes {
		if n := r.Summary.Outcomes[string(o)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	if r.Summary.Waived > 0 {
		parts = append(parts, fmt.Sprintf("%d waived", r.Summary.Waived))
	}
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, ", ")
	}
	return s
}

// criteriaBlock names the program and all that hosts were judged by.
func (v *view) criteriaBlock() CoverBlock {
	r := v.Report
	b := block("Judged by", field("Program", strings.TrimSpace(r.Tool.Name+" "+r.Tool.Version)),
		field("Policy", r.Tool.Policy.Name), field("Policy SHA-256", r.Tool.Policy.SHA256))
	enabled := 0
	for i := range v.ruleList {
		if v.ruleList[i].Enabled {
			enabled++
		}
	}
	b.Fields = append(b.Fields, field("Rules", fmt.Sprintf("%d of %d in force", enabled, len(v.ruleList))))
	newest := ""
	var replaced []string
	for _, t := range r.Tool.Data {
		newest = max(newest, t.Date)
		if t.Replaced {
			replaced = append(replaced, t.Name)
		}
	}
	if len(r.Tool.Data) > 0 {
		s := fmt.Sprintf("%s, the newest of %s", plural(len(r.Tool.Data), "table"), newest)
		if len(replaced) > 0 {
			s += "; given in place of the embedded ones: " + strings.Join(replaced, ", ")
		}
		b.Fields = append(b.Fields, field("Facts", s))
	}
	for _, f := range r.Tool.RuleFiles {
		b.Fields = append(b.Fields, field("Rules of one's own", f.Name+", SHA-256 "+f.SHA256))
	}
	if r.Tool.Waivers != nil {
		b.Fields = append(b.Fields, field("Waivers SHA-256", r.Tool.Waivers.SHA256))
	}
	return b
}

// producedBlock is what auditors call information produced by the entity: where
// the files are from, how they were extracted, whether they are complete, and
// whether they are accurate.
func (v *view) producedBlock() CoverBlock {
	e := &v.Engagement
	files, hosts := 0, map[string]bool{}
	var bytes int64
	var part []string
	unread := 0
	for s := range eachOf(v.Sources) {
		files++
		bytes += s.Size
		if s.Host != "" {
			hosts[s.Host] = true
		}
		switch {
		case !s.Complete:
			part = append(part, s.Name)
		case s.Format == "":
			unread++
		}
	}
	source := fmt.Sprintf("%s, %s bytes, of %s; the sheet Evidence has the SHA-256 of each", plural(files, "file"), groupedLong(bytes), plural(len(hosts), "host"))
	if files == 0 {
		source = "no file was read"
	}
	return block("Information produced by the entity",
		field("Source", source),
		stated("Collected by", e.CollectedBy), stated("Collected on", e.CollectedOn), stated("Collected with", e.CollectedWith),
		stated("Received by", e.ReceivedBy), stated("Received on", e.ReceivedOn),
		wholeField(files, unread, part), v.collectedField(),
		field("Accuracy", "every fact names its file and place, and every file its SHA-256 over the bytes that were read; the sizes of lists can be added up by hand: see Notes"),
		Field{Label: "Digests compared", FillIn: true, Choices: []string{"yes, they agree", "yes, they differ", "no", "the customer gave none"}})
}

// wholeField says whether every file was read whole.
func wholeField(files, unread int, part []string) Field {
	const most = 10
	f := Field{Label: "Completeness", Style: Good}
	switch {
	case files == 0:
		f.Text, f.Style = "nothing was read", Absent
	case len(part) == 0:
		f.Text = fmt.Sprintf("%s of %d read whole", plural(files-unread, "file"), files)
	default:
		f.Text, f.Style = fmt.Sprintf("read in part, so that what depends on it is unknown: %s", strings.Join(part[:min(most, len(part))], ", ")), Bad
		if n := len(part) - most; n > 0 {
			f.Text += fmt.Sprintf(" and %d more", n)
		}
	}
	if unread > 0 {
		f.Text += fmt.Sprintf("; %s of no known format, not read", plural(unread, "file"))
	}
	f.Text = Clean(f.Text)
	return f
}

// collectedField says what was not collected that a list or a check needs.
func (v *view) collectedField() Field {
	const most = 10
	var missing []string
	checks := 0
	for _, h := range v.hosts {
		checks += h.outcomes[rules.NotChecked]
		for i := range h.lists {
			missing = append(missing, h.lists[i].missing()...)
		}
	}
	slices.Sort(missing)
	missing = slices.Compact(missing)
	f := Field{Label: "Not collected", Text: "every store that feeds a list was collected", Style: Good}
	if len(missing) > 0 {
		f.Text, f.Style = "stores that feed a list: "+strings.Join(missing[:min(most, len(missing))], ", "), Absent
		if n := len(missing) - most; n > 0 {
			f.Text += fmt.Sprintf(" and %d more", n)
		}
	}
	if v.Summary.Hosts == 0 {
		f.Text, f.Style = "no host was judged", Absent
	}
	if checks > 0 {
		f.Text, f.Style = f.Text+fmt.Sprintf("; %s of evidence: see Not collected", plural(checks, "check")+" lacked a kind"), Absent
	}
	f.Text = Clean(f.Text)
	return f
}

// missing names the store, or the physical stores, that a list lacks.
func (l *listHead) missing() []string {
	name := l.Host + ": " + l.Store
	if !l.Collected {
		return []string{name}
	}
	var list []string
	for _, c := range l.Coverage {
		if !l.Whole && !c.Collected && c.Physical != "" {
			list = append(list, name+" ("+c.Physical+")")
		}
	}
	return list
}

func integrityBlock() CoverBlock {
	return block("Integrity",
		field("This report", "a report cannot hold its own digest: manifest.json, which is written beside it, holds that of every input and every report, and `ctlaudit verify` compares them"),
		field("Protection", "where a sheet is protected, it is against accidents and without a password: it proves nothing"))
}

// groupedLong writes a number of bytes with its thousands set apart.
func groupedLong(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
