// Package importers reads files of a customer's export: it finds them, detects
// by their content which format they are in, hashes every byte, and hands them
// to that format's reader, which pushes facts into an evidence.Sink. It also
// says which host and which store a file belongs to.
//
// Each format has a folder of its own with one described function as a value,
// a Format. The driver lists the formats it wants; nothing registers itself.
package importers

import (
	"context"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// A Format describes one export format and the function that reads it.
type Format struct {
	// Name is the folder's name and what reports call the format.
	Name string
	// Doc's first line is a title: lower case, no full stop. Then a blank line,
	// how to make such an export with commands that exist on that Windows, and
	// what the format can and cannot prove.
	Doc string
	// Extensions are those that such files usually have, lower case with a dot.
	// An empty file with one of them is a broken export and not just any file.
	Extensions []string
	// Detect says how surely a file is of this format. head is the start of
	// the file, at most DetectBytes, and all of it where the file is shorter;
	// name is its name, which may only break a tie.
	Detect func(head []byte, name string) Confidence
	// Import reads the input to its end. What is wrong with the content is a
	// diagnostic; an error means that the run cannot go on (reading failed, the
	// context was cancelled, or the sink returned an error, which Import passes
	// on as it is).
	Import func(ctx context.Context, in *Input, to evidence.Sink) error
}

// A Confidence says how surely content is of a format.
type Confidence int

// The confidences. Of two formats the surer one reads the file; between two
// equally sure ones the earlier in the driver's list does.
const (
	No      Confidence = iota // it is not
	Maybe                     // nothing speaks against it, and its name fits
	Likely                    // its structure fits
	Certain                   // only this format begins so
)

// String returns the word that reports show.
func (c Confidence) String() string { return [...]string{"no", "maybe", "likely", "certain"}[c] }

// DetectBytes is how much of a file detection may look at.
const DetectBytes = 64 << 10

// Bounds that several formats share. Nothing is allocated by a length that a
// file claims without checking it against what is left of the file.
const (
	// MaxRecord bounds one record: an element of a store, a row of a CSV.
	MaxRecord = 16 << 20
	// MaxCertificate bounds one certificate.
	MaxCertificate = 2 << 20
	// MaxRegistryValue bounds the data of one registry value.
	MaxRegistryValue = 64 << 20
	// MaxWhole bounds a file that has to be held in memory to be read.
	MaxWhole = 512 << 20
)

// Options are what the user knows of the exports and the files may not say.
type Options struct {
	// TimeZone is the zone of times that carry none; nil means that UTC is
	// assumed, and said to be.
	TimeZone *time.Location
	// Encoding names the code page of 8-bit text, as the IANA registry does;
	// "" means that Windows-1252 is assumed where UTF-8 does not fit.
	Encoding string
	// DateOrder is evidence.DayFirst or MonthFirst, or "" to let the dates
	// decide.
	DateOrder evidence.DateOrder
}

// KnownEncoding reports whether a name is that of an encoding that
// Options.Encoding takes.
func KnownEncoding(name string) bool {
	_, err := text.NewCodePage(name)
	return err == nil
}
