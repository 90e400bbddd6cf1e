package reports

import (
	"cmp"
	"strings"
)

// eMASS makes the POA&M that the Enterprise Mission Assurance Support Service
// imports: a banner in row 1, what the plan is of in rows 2 to 6, the heading in
// row 7, and an item a row from row 8 on, as MITRE SAF (ckl2POAM) writes it and
// NSWC Crane's C-PAT describes its columns B to AA.
func (p *poam) eMASS() *Form {
	e := p.report.Engagement
	scale := []string{"Very Low", "Low", "Moderate", "High", "Very High"}
	s := &FormSheet{
		Top: [][]Cell{
			{{}, text(e.Classification)},
			{{}, text("Date Exported:"), when(p.report.AsOf.Time), {}, {}, {}, {}, {}, {}, text("System Type:"), {}},
			{{}, text("Exported By:"), text(e.PreparedBy), {}, {}, {}, {}, {}, {}, text("OMB Project ID:"), {}},
			{{}, text("DoD Component:"), text(e.Customer), {}, {}, {}, {}, {}, {}, text("POC Name:"), {}},
			{{}, text("System / Project Name:"), text(e.System), {}, {}, {}, {}, {}, {}, text("POC Phone:"), {}},
			{{}, text("DoD IT Registration No:"), {}, {}, {}, {}, {}, {}, {}, text("POC E-Mail:"), {}},
		},
		Sheet: &Sheet{Name: "POA&M", Title: "eMASS POA&M", Empty: "nothing failed",
			Columns: []Column{
				{"margin", "", Text, 2}, {"itemId", "POA&M Item ID", FillIn, 12}, {"description", "Control Vulnerability Description", Wrapped, 50}, {"controls", "Controls / APs", FillIn, 16},
				{"office", "Office/Org", FillIn, 24}, {"checks", "Security Checks", Text, 26}, {"resources", "Resources Required", FillIn, 20},
				{"scheduled", "Scheduled Completion Date", FillInDate, 13}, {"milestoneId", "Milestone ID", FillIn, 10}, {"milestone", "Milestone with Completion Dates", FillIn, 28},
				{"milestoneChanges", "Milestone Changes", FillIn, 20}, {"source", "Source Identifying Vulnerability", Wrapped, 30}, {"status", "Status", FillIn, 14},
				{"comments", "Comments", FillIn, 44}, {"rawSeverity", "Raw Severity", FillIn, 10}, {"devices", "Devices Affected", Wrapped, 24}, {"mitigations", "Mitigations", FillIn, 30},
				{"predisposing", "Predisposing Conditions", FillIn, 24}, {"severity", "Severity", FillIn, 11}, {"relevance", "Relevance of Threat", FillIn, 11},
				{"threat", "Threat Description", FillIn, 24}, {"likelihood", "Likelihood", FillIn, 11}, {"impact", "Impact", FillIn, 11}, {"impactDescription", "Impact Description", Wrapped, 40},
				{"residual", "Residual Risk Level", FillIn, 11}, {"recommendations", "Recommendations", Wrapped, 50}, {"resulting", "Resulting Residual Risk after Proposed Mitigations", FillIn, 16},
			},
			Choices: map[string][]string{"status": {"Ongoing", "Completed", "Risk Accepted", "Not Applicable", "Archived"}, "rawSeverity": {"I", "II", "III"},
				"severity": scale, "relevance": scale, "likelihood": scale, "impact": scale, "residual": scale, "resulting": scale},
		}}
	impacts := map[string]string{}
	if p.report.Rules != nil {
		for r := range p.report.Rules {
			impacts[r.ID] = r.Impact
		}
	}
	p.fill(s.Sheet, func(f *Finding, so SignOff) []Cell { return p.eMASSRow(f, so, impacts[f.Rule]) })
	closed, undecided := p.rest()
	s.add(undecided, func(id string) []Cell { return p.eMASSCarried(id, "Ongoing", undecidedRemark) })
	s.add(closed, func(id string) []Cell { return p.eMASSCarried(id, "Completed", closedRemark) })
	return &Form{Name: "emass", Sheets: []*FormSheet{s}, Doc: "eMASS POA&M import, as MITRE SAF and NSWC Crane's C-PAT lay it out"}
}

func (p *poam) eMASSRow(f *Finding, s SignOff, impact string) []Cell {
	status := "Ongoing"
	switch {
	case accepted(f):
		status = "Risk Accepted"
	case strings.EqualFold(s.Response, "false positive"):
		status = "Not Applicable"
	}
	raw, severity := eMASSSeverity(f.Severity)
	office := s.Owner
	if office == "" {
		office = p.report.Engagement.Customer
	}
	return []Cell{{}, {}, text(weaknessName(f) + "\n" + weakness(f)), text(controlsText(f.Rule)), text(office), text(f.Rule), {},
		dayCell(s.DueDate), {}, text(s.Milestone), {}, text(p.report.Tool.Name + " " + p.report.Tool.Version + ", policy " + p.report.Tool.Policy.Name), text(status),
		text("finding " + f.ID + "\n" + remarks(f, s)), text(raw), text(asset(f)), {},
		{}, text(severity), {}, {}, {}, {}, text(impact), {}, text(f.Remedy), {}}
}

// eMASSCarried is a row of what the earlier workbook alone tells of.
func (p *poam) eMASSCarried(id, status, remark string) []Cell {
	s := p.carried[id]
	row := make([]Cell, 27)
	row[2], row[3], row[4], row[5], row[7] = text(cmp.Or(s.Title, s.Rule)+"\n"+s.Summary), text(controlsText(s.Rule)), text(s.Owner), text(s.Rule), dayCell(s.DueDate)
	row[11], row[12] = text(p.report.Tool.Name+" "+p.report.Tool.Version+", policy "+p.report.Tool.Policy.Name), text(status)
	row[13], row[15] = text("finding "+id+"\n"+carriedRemark(s, remark)), text(s.Host)
	return row
}

func eMASSSeverity(severity string) (raw, level string) {
	switch severity {
	case "critical":
		return "I", "Very High"
	case "high":
		return "I", "High"
	case "medium":
		return "II", "Moderate"
	case "low":
		return "III", "Low"
	}
	return "III", "Very Low"
}
