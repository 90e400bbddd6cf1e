package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// program runs the program and returns its status and what it said.
func program(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	w := world{stdout: &out, stderr: &errs, getenv: func(string) string { return "" }, now: realWorld().now, args: args}
	status = run(t.Context(), args, w)
	return status, out.String(), errs.String()
}

// findings returns the rows of the findings as CSV has them, by id, with the
// columns by heading.
func findings(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]map[string]string{}
	for _, row := range rows[1:] {
		r := map[string]string{}
		for i, heading := range rows[0] {
			r[heading] = row[i]
		}
		byID[r["Finding id"]] = r
	}
	return byID
}

func mustText(_ int, text, _ string) string { return text }

// What was signed off in a workbook is there in the next one, and what has
// changed since is said.
func TestSignOffsAreCarried(t *testing.T) {
	dir := t.TempDir()
	old, next, after := filepath.Join(dir, "old.xlsx"), filepath.Join(dir, "next.xlsx"), filepath.Join(dir, "after")
	contoso := filepath.Join("..", "samples", "contoso")
	if status, _, errs := program(t, contoso, "-o", old, "--quiet"); status != exitFailed {
		t.Fatalf("status %d: %s", status, errs)
	}
	f, err := excelize.OpenFile(old)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Findings")
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, heading := range rows[1] {
		at[heading] = i + 1
	}
	signed := map[string]string{} // id → owner
	for r, row := range rows[2:] {
		if row[at["Outcome"]-1] != "fail" {
			continue
		}
		id := row[at["Finding id"]-1]
		signed[id] = "Owner of " + id
		for heading, value := range map[string]any{"Owner": signed[id], "Due date": "2026-12-31", "Response": "in progress", "Reviewer": "R. Reviewer"} {
			cell, err := excelize.CoordinatesToCellName(at[heading], r+3)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellValue("Findings", cell, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(signed) < 3 {
		t.Fatalf("only %d findings failed", len(signed))
	}
	// The action plan is filled in too.
	plan, err := f.GetRows("Action plan")
	if err != nil {
		t.Fatal(err)
	}
	planned := ""
	for r, row := range plan[2:3] {
		planned = row[0]
		for i, heading := range plan[1] {
			value := map[string]string{"Milestone": "pilot in March", "Justification": "needs a window", "Status": "in progress"}[heading]
			if cell, err := excelize.CoordinatesToCellName(i+1, r+3); value != "" && (err != nil || f.SetCellValue("Action plan", cell, value) != nil) {
				t.Fatal(err)
			}
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	// The System log is gone, and with it the event.
	if err := os.CopyFS(after, os.DirFS(contoso)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(after, "uc01", "system.csv")); err != nil {
		t.Fatal(err)
	}
	_, text, errs := program(t, after, "--carry", old, "-o", next, "--format", "csv", "--quiet")
	now := findings(t, text)
	states := map[string]int{}
	for id, owner := range signed {
		r := now[id]
		if r["Owner"] != owner || r["Due date"] != "2026-12-31" && !strings.HasPrefix(r["Due date"], "2026-12-31") || r["Response"] != "in progress" || r["Reviewer"] != "R. Reviewer" {
			t.Errorf("%s: the sign-off is %q, %q, %q, %q (%s)", id, r["Owner"], r["Due date"], r["Response"], r["Reviewer"], errs)
		}
		states[r["Since the last workbook"]]++
	}
	if states["open"] == 0 || states["undecided"] == 0 || len(states) != 2 {
		t.Errorf("since the last time: %v, want some open and some undecided", states)
	}
	if now := findings(t, mustText(program(t, contoso, "--carry", next, "--format", "csv", "--quiet"))); now != nil {
		for id := range signed {
			if got := now[id]["Since the last workbook"]; got != "open" {
				t.Errorf("%s: with the log again it is %q, want open", id, got)
			}
		}
	}
	// What was planned is there, also where the failure is not.
	for _, exports := range []string{contoso, after, filepath.Join("..", "samples", "northwind")} {
		text := mustText(program(t, exports, "--carry", next, "--format", "csv", "--csv-sheet", "Action plan", "--quiet"))
		if r := findings(t, text)[planned]; r["Milestone"] != "pilot in March" || r["Justification"] != "needs a window" || r["Status"] != "in progress" {
			t.Errorf("%s: of the plan there is %q", exports, r)
		}
	}
	// And once more, from the workbook that was carried to.
	_, text, _ = program(t, contoso, "--carry", next, "--format", "csv", "--quiet")
	for id, owner := range signed {
		if got := findings(t, text)[id]["Owner"]; got != owner {
			t.Errorf("%s: after two runs the owner is %q", id, got)
		}
	}
}

// The forms and their misuse.
func TestTemplates(t *testing.T) {
	dir := t.TempDir()
	contoso := filepath.Join("..", "samples", "contoso")
	for name, sheet := range map[string]string{"fedramp-poam": "Open POA&M Items", "emass": "POA&M"} {
		file := filepath.Join(dir, name+".xlsx")
		if status, _, errs := program(t, contoso, "-o", file, "--template", name, "--quiet"); status != exitFailed {
			t.Fatalf("status %d: %s", status, errs)
		}
		f, err := excelize.OpenFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if rows, err := f.GetRows(sheet); err != nil || len(rows) < 8 {
			t.Errorf("%s: %d rows (%v)", name, len(rows), err)
		}
		f.Close()
	}
	for _, test := range []struct{ want, args string }{
		{"is none of fedramp-poam, emass", "--template caat -o x.xlsx"},
		{"no workbook is written", "--template emass"},
		{"no such file", "--carry none.xlsx"},
		{"--carry", "--carry ../README.md"},
	} {
		args := append([]string{contoso}, strings.Fields(test.args)...)
		if status, _, errs := program(t, args...); status != exitUsage || !strings.Contains(errs, test.want) {
			t.Errorf("%s: status %d, %q", test.args, status, errs)
		}
	}
}
