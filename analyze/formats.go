package main

import (
	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/certfile"
	"github.com/ctlaudit/ctlaudit/importers/ctl"
	"github.com/ctlaudit/ctlaudit/importers/eventcsv"
	"github.com/ctlaudit/ctlaudit/importers/eventtext"
	"github.com/ctlaudit/ctlaudit/importers/p7b"
	"github.com/ctlaudit/ctlaudit/importers/regfile"
	"github.com/ctlaudit/ctlaudit/importers/sst"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/csv"
	"github.com/ctlaudit/ctlaudit/reports/html"
	"github.com/ctlaudit/ctlaudit/reports/json"
	"github.com/ctlaudit/ctlaudit/reports/junit"
	"github.com/ctlaudit/ctlaudit/reports/md"
	"github.com/ctlaudit/ctlaudit/reports/sarif"
	"github.com/ctlaudit/ctlaudit/reports/table"
	"github.com/ctlaudit/ctlaudit/reports/workbook"
)

// importFormats lists the formats that are read. Between two that are equally
// sure of a file, the earlier one reads it.
func importFormats() []*importers.Format {
	return []*importers.Format{
		sst.Format,
		ctl.Format,
		p7b.Format,
		certfile.Format,
		regfile.Format,
		eventcsv.Format,
		eventtext.Format,
	}
}

// looks are how reports look that depend on where they go or on flags.
type looks struct {
	table table.Options
	csv   csv.Options
	// form is the form that a workbook is, "" for the evidence workbook.
	form string
}

// reportFormats lists the formats that are written.
func reportFormats(l looks) []*reports.Format {
	xlsx := workbook.Format
	if l.form != "" {
		xlsx = workbook.FormFormat(l.form)
	}
	return []*reports.Format{
		table.Format(l.table),
		xlsx,
		json.Format,
		html.Format,
		md.Format,
		csv.Format(l.csv),
		sarif.Format,
		junit.Format,
	}
}
