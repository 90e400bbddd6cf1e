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
	"github.com/ctlaudit/ctlaudit/reports/json"
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

// reportFormats lists the formats that are written; how a table looks depends
// on where it goes.
func reportFormats(opts table.Options) []*reports.Format {
	return []*reports.Format{
		table.Format(opts),
		workbook.Format,
		json.Format,
	}
}
