package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/term"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
)

// realWorld is the world of the process.
func realWorld() world {
	w := world{stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now}
	if fd := int(os.Stdout.Fd()); term.IsTerminal(fd) {
		w.terminal = true
		w.width, _, _ = term.GetSize(fd)
	}
	w.progress = term.IsTerminal(int(os.Stderr.Fd()))
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		w.width = n
	}
	return w
}

// complain writes one line to standard error: lower case, no full stop. What
// comes from a customer's file is made safe to show.
func (w world) complain(level, text string) {
	fmt.Fprintf(w.stderr, "ctlaudit: %s: %s\n", level, reports.Clean(text))
}

// maxComplaints is how many diagnostics are repeated on standard error; the
// reports hold all.
const maxComplaints = 20

// tellDiagnostics repeats what could not be read on standard error.
func (w world) tellDiagnostics(list []evidence.Diagnostic) {
	told := 0
	for _, d := range list {
		if d.Severity == evidence.Note {
			continue
		}
		if told++; told > maxComplaints {
			continue
		}
		where := d.Where.String()
		if where != "" {
			where += ": "
		}
		w.complain(string(d.Severity), where+d.Summary)
	}
	if told > maxComplaints {
		w.complain("warning", fmt.Sprintf("%d more diagnostics stand in the report", told-maxComplaints))
	}
}
