package reports

// A Cover is the front page of a report: whose it is, who stands for it, what it
// was made from and by what.
type Cover struct {
	// Banner is the classification, or "".
	Banner string
	Blocks []CoverBlock
}

// A CoverBlock is a part of the front page under a title of its own.
type CoverBlock struct {
	Title  string
	Fields []Field
}

// A Field is a labelled value. One that is FillIn is filled in by a reader,
// who finds Text there, or nothing; Choices, where there are any, are what may be
// filled in.
type Field struct {
	Label, Text string
	Style       Style
	FillIn      bool
	Choices     []string
}
