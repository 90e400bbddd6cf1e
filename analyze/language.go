package main

import (
	"github.com/spf13/pflag"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/catalogue"
)

// addLanguage adds the flag for the language of reports.
func (f *flags) addLanguage(fl *pflag.FlagSet) {
	fl.StringVar(&f.language, "language", "en", "the language of reports: en or de; codes stay English, and so does json")
}

// takeLanguage checks the language that was asked for.
func (o *options) takeLanguage(language string) error {
	switch language {
	case "", "en":
	case "de":
		o.catalogue = catalogue.German()
	default:
		return usagef("--language %q is none of en, de", language)
	}
	return nil
}

// inLanguage returns the document in the language that was asked for.
func (o *options) inLanguage(doc *reports.Document) *reports.Document {
	if o.catalogue == nil {
		return doc
	}
	return doc.Translate(o.catalogue.Language, o.catalogue)
}
