package reports

import "slices"

// A Translator puts the program's own words into another language. What it does
// not know, and data, it returns as it is.
type Translator interface {
	Text(english string) string
}

// maxSheetName is how long a sheet's name may be.
const maxSheetName = 25

// dataLabels are the labels of lines and fields that hold data alone.
var dataLabels = map[string]bool{"Program": true, "Policy": true, "Policy SHA-256": true, "Waivers SHA-256": true, "Roles": true, "Also failed": true, "Rules of one's own": true,
	"Client": true, "Engagement": true, "System": true, "Period": true, "Prepared by": true, "Prepared on": true, "Reviewed by": true, "Reviewed on": true,
	"Collected by": true, "Collected on": true, "Collected with": true, "Received by": true, "Received on": true}

// A language is that of a translated document.
type language struct {
	tag string
	Translator
	// names are the names of sheets by their English ones.
	names map[string]string
}

// Language returns the tag of the document's language: "en", or that of its
// translation.
func (d *Document) Language() string {
	if d.language == nil {
		return "en"
	}
	return d.language.tag
}

// Say puts a text of a writer into the language of the document.
func (d *Document) Say(english string) string {
	if d.language == nil {
		return english
	}
	return d.language.Text(english)
}

// SheetName returns what the document calls a sheet, by its English name.
func (d *Document) SheetName(english string) string {
	if d.language != nil && d.language.names[english] != "" {
		return d.language.names[english]
	}
	return english
}

// Translate returns the document in another language, named by its tag as in RFC
// 5646. Titles, notes, headings, labels, screens, the cover and the cells of
// Prose columns are translated; data, codes, keys and the JSON contract are not.
// Rows are translated while they are read.
func (d *Document) Translate(tag string, t Translator) *Document {
	l := &language{tag: tag, Translator: t, names: map[string]string{}}
	taken := map[string]bool{}
	for _, s := range d.Sheets {
		taken[s.Name] = true
	}
	for _, s := range d.Sheets {
		if name := t.Text(s.Name); len([]rune(name)) <= maxSheetName && !taken[name] {
			l.names[s.Name] = name
			taken[name] = true
		}
	}
	to := *d
	to.language = l
	to.Title = t.Text(d.Title)
	to.Cover = l.cover(d.Cover)
	to.Head = l.lines(d.Head)
	to.Counts, to.Overview, to.Contents = l.sheet(d.Counts), l.sheet(d.Overview), l.sheet(d.Contents)
	to.Sheets, to.Screens = nil, nil
	for _, s := range d.Sheets {
		to.Sheets = append(to.Sheets, l.sheet(s))
	}
	for _, s := range d.Screens {
		to.Screens = append(to.Screens, l.screen(s))
	}
	return &to
}

func (l *language) cover(c *Cover) *Cover {
	if c == nil {
		return nil
	}
	to := &Cover{Banner: c.Banner}
	for _, b := range c.Blocks {
		to.Blocks = append(to.Blocks, l.block(b))
	}
	return to
}

func (l *language) block(b CoverBlock) CoverBlock {
	to := CoverBlock{Title: l.Text(b.Title)}
	for _, f := range b.Fields {
		data := dataLabels[f.Label]
		f.Label = l.Text(f.Label)
		if !data {
			f.Text = l.Text(f.Text)
		}
		f.Choices = slices.Clone(f.Choices)
		for i := range f.Choices {
			f.Choices[i] = l.Text(f.Choices[i])
		}
		to.Fields = append(to.Fields, f)
	}
	return to
}

func (l *language) line(from Line) Line {
	data := dataLabels[from.Label]
	from.Label = l.Text(from.Label)
	if !data {
		from.Text = l.Text(from.Text)
	}
	return from
}

func (l *language) lines(from []Line) []Line {
	var to []Line
	for _, line := range from {
		to = append(to, l.line(line))
	}
	return to
}

func (l *language) screen(s *Screen) *Screen {
	to := *s
	to.Result, to.Lines = l.line(s.Result), l.lines(s.Lines)
	to.Next, to.Collect = l.steps(s.Next), l.steps(s.Collect)
	return &to
}

func (l *language) steps(from []Step) []Step {
	to := slices.Clone(from)
	for i := range to {
		to[i].Text = l.Text(to[i].Text)
	}
	return to
}

// sheet translates a sheet; its rows are translated while they are read. Keys,
// and choices, which a later run reads back, stay.
func (l *language) sheet(s *Sheet) *Sheet {
	if s == nil {
		return nil
	}
	to := *s
	if name := l.names[s.Name]; name != "" {
		to.Name, to.english = name, s.Name
	}
	to.Title, to.Note, to.Empty = l.Text(s.Title), l.Text(s.Note), l.Text(s.Empty)
	to.Columns = slices.Clone(s.Columns)
	for i := range to.Columns {
		// A heading that is its own key is a code, such as an outcome.
		if c := &s.Columns[i]; c.Name != c.Key {
			to.Columns[i].Name = l.Text(c.Name)
		}
	}
	to.Rows = func(yield func([]Cell) bool) {
		var translated []Cell
		for row := range s.Rows {
			translated = append(translated[:0], row...)
			for i := range translated {
				l.cell(&translated[i], i < len(s.Columns) && s.Columns[i].Kind == Prose)
			}
			if !yield(translated) {
				return
			}
		}
	}
	return &to
}

// cell translates the text of a cell, if it is prose, and where it leads.
func (l *language) cell(c *Cell, isProse bool) {
	if name := l.names[c.Link]; name != "" {
		if c.Text == c.Link {
			c.Text = name
		}
		c.Link = name
	}
	if isProse && c.Kind == TextCell {
		c.Text = l.Text(c.Text)
	}
}
