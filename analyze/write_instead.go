package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ctlaudit/ctlaudit/reports"
)

// programName is what the reports call the program.
const programName = "ctlaudit"

// addWriting adds the flags that say what is written where, for a command that
// writes some formats itself.
func (f *flags) addWriting(fl *pflag.FlagSet, formats string) {
	fl.StringVar(&f.format, "format", "table", "what goes to standard output: "+strings.Join(formatNames(), ", ")+" ("+formats+")")
	fl.StringArrayVarP(&f.outputs, "output", "o", nil, "write a report too: `FORMAT=FILE`, or FILE with a known extension (repeatable)")
	fl.BoolVar(&f.force, "force", false, "overwrite existing files")
	f.addLanguage(fl)
	f.addManifest(fl)
}

// writeInstead writes to the files and to standard output that were asked for.
// Of the formats in own, a command writes its own result and not the document.
func (o *options) writeInstead(ctx context.Context, w world, doc *reports.Document, own map[string]func(io.Writer) error) error {
	instead := func(f *reports.Format) *reports.Format {
		write := own[f.Name]
		if write == nil {
			return f
		}
		return &reports.Format{Name: f.Name, Doc: f.Doc, Ext: f.Ext, Write: func(to io.Writer, _ *reports.Document) error { return write(to) }}
	}
	doc = o.inLanguage(doc)
	for _, out := range o.outputs {
		if err := ctx.Err(); err != nil {
			return err
		}
		out.format = instead(out.format)
		if err := out.write(ctx, doc, o.force); err != nil {
			return err
		}
	}
	if err := o.custody.write(ctx, w, o); err != nil {
		return err
	}
	if err := instead(o.stdout).Write(w.stdout, doc); err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	return nil
}
