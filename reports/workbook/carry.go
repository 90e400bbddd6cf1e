package workbook

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/reports"
)

// ReadSignOffs reads what people have filled in beside the findings of an
// earlier workbook, for every finding that it holds. The workbook may have been
// sorted, filtered, translated, changed in its columns, and saved by another
// program: sheets and columns are found by the names that their headings carry,
// or else by the headings. The list says what was found and could not be taken,
// in rows of the workbook.
//
// An error says that this is no workbook, none of this program, one with macros
// or a password, or larger than what is read.
func ReadSignOffs(r io.ReaderAt, size int64) (reports.SignOffs, []string, error) {
	p, err := openPackage(r, size)
	if err != nil {
		return nil, nil, err
	}
	tables, err := p.findings()
	if err != nil {
		return nil, nil, err
	}
	var rows []carriedRow
	for _, t := range tables {
		if rows, err = p.rowsOf(t, rows); err != nil {
			return nil, nil, fmt.Errorf("sheet %q: %w", t.sheet, err)
		}
	}
	if err := p.resolve(rows); err != nil {
		return nil, nil, err
	}
	c := carrier{signOffs: reports.SignOffs{}, date1904: p.date1904}
	for i := range rows {
		c.take(&rows[i])
	}
	if c.more > 0 {
		c.notes = append(c.notes, fmt.Sprintf("and %d more rows", c.more))
	}
	return c.signOffs, c.notes, nil
}

// The columns that are read, with their headings in English.
const (
	idColumn = iota
	ownerColumn
	dueColumn
	responseColumn
	reviewerColumn
	reviewedColumn
	outcomeColumn
	sinceColumn
	severityColumn
	hostColumn
	ruleColumn
	subjectColumn
	summaryColumn
	titleColumn
	failingColumn
	milestoneColumn // this and those below are of the action plan
	justificationColumn
	statusColumn
	columnCount
)

var carriedColumns = [columnCount]struct{ key, heading string }{
	{"id", "Finding id"}, {"owner", "Owner"}, {"dueDate", "Due date"}, {"response", "Response"}, {"reviewer", "Reviewer"}, {"reviewedOn", "Reviewed on"},
	{"outcome", "Outcome"}, {"sinceLast", "Since the last workbook"}, {"severity", "Severity"}, {"host", "Host"}, {"rule", "Rule"}, {"subject", "Subject"}, {"summary", "Finding"}, {"title", "Criterion"}, {"failingSince", "Failing since"},
	{"milestone", "Milestone"}, {"justification", "Justification"}, {"status", "Status"},
}

// A table is where the findings, or actions, stand on a sheet.
type table struct {
	sheet, part string // name and path
	plan        bool   // it is the action plan
	heading     int    // row, from 1
	columns     map[int]int
}

var errNotOurs = errors.New("this is no workbook of ctlaudit: no sheet has a column of finding ids with columns to sign off in")

// findings finds the tables by the defined names, or else by the headings.
func (p *pack) findings() ([]table, error) {
	var tables []table
	for _, n := range p.names {
		column, plan, ok := columnOfName(n.name)
		sheet, col, row, isCell := parseCell(n.refersTo)
		if !ok || !isCell {
			continue
		}
		part := p.partOf(sheet)
		if part == "" {
			continue
		}
		at := slices.IndexFunc(tables, func(t table) bool { return t.sheet == sheet && t.heading == row })
		if at < 0 {
			at = len(tables)
			tables = append(tables, table{sheet: sheet, part: part, plan: plan, heading: row, columns: map[int]int{}})
		}
		if _, taken := tables[at].columns[col]; !taken {
			tables[at].columns[col] = column
		}
	}
	tables = slices.DeleteFunc(tables, func(t table) bool { return !t.has(idColumn) })
	for i := range tables {
		if err := p.completeColumns(&tables[i]); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(tables, func(t table) bool { return !t.plan }) {
		var err error
		if tables, err = p.findingsByHeading(); err != nil {
			return nil, err
		}
	}
	// The findings come first, in the order of the sheets.
	slices.SortStableFunc(tables, func(x, y table) int {
		if x.plan != y.plan {
			if x.plan {
				return 1
			}
			return -1
		}
		return p.order(x.sheet) - p.order(y.sheet)
	})
	tables = slices.DeleteFunc(tables, func(t table) bool { return !t.has(ownerColumn) && !t.has(responseColumn) })
	if len(tables) == 0 {
		return nil, errNotOurs
	}
	return tables, nil
}

func (t *table) has(column int) bool {
	for _, c := range t.columns {
		if c == column {
			return true
		}
	}
	return false
}

// add takes a column by its heading unless there is one already.
func (t *table) add(col int, heading string) {
	for i, c := range carriedColumns {
		if strings.EqualFold(strings.TrimSpace(heading), c.heading) && !t.has(i) {
			if _, taken := t.columns[col]; !taken {
				t.columns[col] = i
			}
		}
	}
}

var partSuffix = regexp.MustCompile(`_[0-9]+$`)

// columnOfName returns which column a defined name is of.
func columnOfName(name string) (column int, plan, ok bool) {
	key, ok := strings.CutPrefix(strings.ToLower(name), findingsPrefix)
	if !ok {
		if key, plan = strings.CutPrefix(key, planPrefix); !plan {
			return 0, false, false
		}
	}
	key = partSuffix.ReplaceAllString(key, "")
	column = slices.IndexFunc(carriedColumns[:], func(c struct{ key, heading string }) bool { return strings.ToLower(c.key) == key })
	return column, plan, column >= 0
}

// completeColumns looks for the headings of columns whose names are gone.
func (p *pack) completeColumns(t *table) error {
	if len(t.columns) == columnCount {
		return nil
	}
	texts, err := p.head(t.part, t.heading)
	if err != nil {
		return fmt.Errorf("sheet %q: %w", t.sheet, err)
	}
	for _, c := range texts {
		if c.row == t.heading {
			t.add(c.col, c.text)
		}
	}
	return nil
}

// headingRows is among how many rows at the top of a sheet the headings are
// looked for.
const headingRows = 30

func (p *pack) findingsByHeading() ([]table, error) {
	var tables []table
	for _, s := range p.sheets {
		texts, err := p.head(s.part, headingRows)
		if err != nil {
			return nil, fmt.Errorf("sheet %q: %w", s.name, err)
		}
		for _, c := range texts {
			if !strings.EqualFold(strings.TrimSpace(c.text), carriedColumns[idColumn].heading) {
				continue
			}
			t := table{sheet: s.name, part: s.part, heading: c.row, columns: map[int]int{}}
			for _, other := range texts {
				if other.row == c.row {
					t.add(other.col, other.text)
				}
			}
			t.plan = t.has(milestoneColumn)
			if t.has(ownerColumn) && (t.plan || t.has(responseColumn)) {
				tables = append(tables, t)
				break
			}
		}
	}
	ours := slices.DeleteFunc(slices.Clone(tables), func(t table) bool { return !t.plan && !strings.HasPrefix(t.sheet, findingsName) })
	if slices.ContainsFunc(ours, func(t table) bool { return !t.plan }) {
		return ours, nil
	}
	return tables, nil
}

// A carrier makes sign-offs of rows.
type carrier struct {
	signOffs reports.SignOffs
	notes    []string
	more     int // notes that are too many
	date1904 bool
}

// maxNotes is how many rows are told of.
const maxNotes = 100

func (c *carrier) note(row *carriedRow, format string, args ...any) {
	if len(c.notes) == maxNotes {
		c.more++
		return
	}
	c.notes = append(c.notes, fmt.Sprintf("row %d of sheet %q ", row.row, row.sheet)+fmt.Sprintf(format, args...))
}

func (c *carrier) take(row *carriedRow) {
	text := func(i int) string { return strings.TrimSpace(row.cells[i].text) }
	id := text(idColumn)
	s := reports.SignOff{Owner: text(ownerColumn), DueDate: c.date(&row.cells[dueColumn]), Response: text(responseColumn), Reviewer: text(reviewerColumn),
		ReviewedOn: c.date(&row.cells[reviewedColumn]), Outcome: text(outcomeColumn), Host: text(hostColumn), Rule: text(ruleColumn),
		Subject: text(subjectColumn), Summary: text(summaryColumn), Severity: text(severityColumn), Title: text(titleColumn), FailingSince: c.date(&row.cells[failingColumn])}
	s.Failed = s.Outcome == "fail" || text(sinceColumn) == "undecided"
	for i := ownerColumn; i <= reviewedColumn; i++ {
		if row.cells[i].formula {
			c.note(row, "has a formula without a value under %s, which is not taken", carriedColumns[i].heading)
		}
	}
	if row.plan {
		c.takePlan(row, id, s)
		return
	}
	switch old, known := c.signOffs[id]; {
	case id == "" && s.Blank():
	case id == "":
		c.note(row, "has %s but no finding id, and is not taken", filled(s))
	case !known || old.Blank():
		c.signOffs[id] = s
	case s.Blank() || sameSignOff(old, s):
	default:
		c.note(row, "has the finding id %q again with other entries (%s), and is not taken", id, filled(s))
	}
}

// takePlan takes what is filled in in the action plan; owner and date only where
// the findings have none.
func (c *carrier) takePlan(row *carriedRow, id string, s reports.SignOff) {
	text := func(i int) string { return strings.TrimSpace(row.cells[i].text) }
	s.Milestone, s.Justification = text(milestoneColumn), text(justificationColumn)
	if status := text(statusColumn); !strings.EqualFold(status, "open") {
		s.Status = status
	}
	of, known := c.signOffs[id]
	if known {
		of.Milestone, of.Justification, of.Status = s.Milestone, s.Justification, s.Status
		c.signOffs[id] = of
	}
	switch {
	case s.Owner == "" && s.DueDate == "" && (known || s.Blank()):
	case !known:
		c.note(row, "has %s and the id %q, which no finding of the workbook has, and is not taken", filled(s), id)
	case of.Owner != "" && s.Owner != "" && of.Owner != s.Owner, of.DueDate != "" && s.DueDate != "" && of.DueDate != s.DueDate:
		c.note(row, "has %s other than beside the finding, and is not taken", filled(s))
	default:
		of.Owner, of.DueDate = cmp.Or(of.Owner, s.Owner), cmp.Or(of.DueDate, s.DueDate)
		c.signOffs[id] = of
	}
}

// filled names what was filled in.
func filled(s reports.SignOff) string {
	var list []string
	for _, f := range []struct{ name, text string }{{"an owner", s.Owner}, {"a due date", s.DueDate}, {"a response", s.Response},
		{"a reviewer", s.Reviewer}, {"a date of review", s.ReviewedOn}, {"a milestone", s.Milestone}, {"a justification", s.Justification}, {"a status", s.Status}} {
		if f.text != "" {
			list = append(list, f.name)
		}
	}
	return strings.Join(list, ", ")
}

func sameSignOff(x, y reports.SignOff) bool {
	return x.Owner == y.Owner && x.DueDate == y.DueDate && x.Response == y.Response && x.Reviewer == y.Reviewer && x.ReviewedOn == y.ReviewedOn
}

// firstDay1904 is how many days the calendar of old Macintosh workbooks begins
// later.
const firstDay1904 = 1462

// date returns a date as YYYY-MM-DD where the cell holds one, else its text.
func (c *carrier) date(cell *carriedCell) string {
	s := strings.TrimSpace(cell.text)
	if cell.kind == isoDate && len(s) >= 10 {
		return s[:10]
	}
	if cell.kind != numberCell {
		return s
	}
	days, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	if c.date1904 {
		days += firstDay1904
	}
	if !(days >= 61 && days < 2_958_466) { // 1900-03-01 to 9999-12-31
		return s
	}
	return firstDay.AddDate(0, 0, int(math.Floor(days))).Format(time.DateOnly)
}
