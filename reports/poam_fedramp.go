package reports

import (
	"cmp"
	"strings"
)

// fedRAMP makes the FedRAMP POA&M: the 28 columns A to AB of the template as
// the FedRAMP POA&M Template Completion Guide, version 2.2 of 2021-11-23,
// describes them. "Users are restricted from altering columns or headers."
func (p *poam) fedRAMP() *Form {
	open, done := p.fedRAMPSheet("Open POA&M Items"), p.fedRAMPSheet("Closed POA&M Items")
	p.fill(open.Sheet, p.fedRAMPRow)
	closed, undecided := p.rest()
	open.add(undecided, func(id string) []Cell { return p.fedRAMPCarried(id, undecidedRemark) })
	done.fill(nil)
	done.add(closed, func(id string) []Cell { return p.fedRAMPCarried(id, closedRemark) })
	return &Form{Name: "fedramp-poam", Sheets: []*FormSheet{open, done},
		Doc: "FedRAMP Plan of Action and Milestones, as its Template Completion Guide 2.2 (2021-11-23) lays down"}
}

func (p *poam) fedRAMPSheet(name string) *FormSheet {
	e := p.report.Engagement
	yes := []string{"Yes", "No"}
	deviation := []string{"Yes", "No", "Pending"}
	rating := []string{"Low", "Moderate", "High"}
	return &FormSheet{
		Top: [][]Cell{
			{text("FedRAMP Plan of Action and Milestones (POA&M)")},
			{text("CSP"), text("System Name"), text("Impact Level"), text("POAM Date")},
			{text(e.Customer), text(e.System), {}, when(p.report.AsOf.Time)},
			{},
		},
		Sheet: &Sheet{Name: name, Title: "FedRAMP POA&M, " + name, Empty: "nothing failed",
			Columns: []Column{
				{"poamId", "POAM ID", Identifier, 18}, {"controls", "Controls", Text, 14}, {"weaknessName", "Weakness Name", Wrapped, 32}, {"weaknessDescription", "Weakness Description", Wrapped, 50},
				{"detector", "Weakness Detector Source", Wrapped, 18}, {"sourceIdentifier", "Weakness Source Identifier", Text, 26}, {"asset", "Asset Identifier", Wrapped, 24},
				{"contact", "Point of Contact", FillIn, 18}, {"resources", "Resources Required", FillIn, 18}, {"plan", "Overall Remediation Plan", Wrapped, 50},
				{"detected", "Original Detection Date", FillInDate, 12}, {"scheduled", "Scheduled Completion Date", FillInDate, 12}, {"milestones", "Planned Milestones", FillIn, 26},
				{"milestoneChanges", "Milestone Changes", FillIn, 20}, {"statusDate", "Status Date", FillInDate, 12}, {"vendorDependency", "Vendor Dependency", FillIn, 12},
				{"vendorCheckIn", "Last Vendor Check-in Date", FillInDate, 12}, {"vendorProduct", "Vendor Dependent Product Name", FillIn, 16},
				{"originalRating", "Original Risk Rating", Text, 11}, {"adjustedRating", "Adjusted Risk Rating", FillIn, 11}, {"adjustment", "Risk Adjustment", FillIn, 12},
				{"falsePositive", "False Positive", FillIn, 10}, {"operational", "Operational Requirement", FillIn, 13}, {"rationale", "Deviation Rationale", FillIn, 30},
				{"documents", "Supporting Documents", Wrapped, 30}, {"comments", "Comments", FillIn, 40}, {"autoApprove", "Auto-Approve", FillIn, 10},
				{"bod2201", "Binding Operational Directive 22-01 tracking", FillIn, 14},
			},
			Choices: map[string][]string{"vendorDependency": yes, "adjustedRating": rating, "adjustment": deviation, "falsePositive": deviation, "operational": deviation,
				"autoApprove": yes, "bod2201": yes},
		}}
}

func (p *poam) fedRAMPRow(f *Finding, s SignOff) []Cell {
	falsePositive, operational, rationale := "No", "No", ""
	switch {
	case accepted(f):
		operational, rationale = "Yes", f.Waiver.Reason
	case strings.EqualFold(s.Response, "accepted"):
		operational = "Pending"
	case strings.EqualFold(s.Response, "false positive"):
		falsePositive = "Pending"
	}
	asOf := when(p.report.AsOf.Time)
	return []Cell{text(f.ID), text(controlsText(f.Rule)), text(weaknessName(f)), text(weakness(f)),
		text(p.report.Tool.Name + " " + p.report.Tool.Version), text(f.Rule), text(asset(f)), text(s.Owner), {}, text(f.Remedy),
		failingSince(f, s, p.report.AsOf.Time), dayCell(s.DueDate), text(s.Milestone), {}, asOf, text("No"), {}, {},
		text(fedRAMPRating(f.Severity)), {}, text("No"), text(falsePositive), text(operational), text(rationale),
		text(documents(f)), text(remarks(f, s)), text("No"), text("No")}
}

// fedRAMPCarried is a row of what the earlier workbook alone tells of.
func (p *poam) fedRAMPCarried(id, remark string) []Cell {
	s := p.carried[id]
	row := make([]Cell, 28)
	row[0], row[1], row[2], row[3] = text(id), text(controlsText(s.Rule)), text(cmp.Or(s.Title, s.Rule)), text(s.Summary)
	row[4], row[5], row[6], row[7] = text(p.report.Tool.Name+" "+p.report.Tool.Version), text(s.Rule), text(s.Host), text(s.Owner)
	row[10], row[11], row[12], row[14] = dayCell(s.FailingSince), dayCell(s.DueDate), text(s.Milestone), when(p.report.AsOf.Time)
	if s.Severity != "" {
		row[18] = text(fedRAMPRating(s.Severity))
	}
	row[25] = text(carriedRemark(s, remark))
	return row
}

// What is said of an item that only the earlier workbook tells of.
const (
	closedRemark    = "failed in the earlier workbook and is not found to fail now"
	undecidedRemark = "failed in the earlier workbook and could not be decided now: what it takes was not collected or not read whole"
)

func carriedRemark(s SignOff, remark string) string {
	if s.Response != "" {
		remark += "\nresponse: " + s.Response
	}
	return remark
}

func fedRAMPRating(severity string) string {
	switch severity {
	case "critical", "high":
		return "High"
	case "medium":
		return "Moderate"
	}
	return "Low"
}
