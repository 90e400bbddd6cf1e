// Package catalogue translates what reports say. Texts are written once, in
// English, where they arise; a catalogue has for each English text, or template
// of one, the text in another language. Codes, names and data stay as they are.
package catalogue

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// A Catalogue translates English texts into one language. It is safe for use by
// several goroutines.
type Catalogue struct {
	// Language is its code, as in RFC 5646.
	Language string

	exact map[string]string
	// byWord has each template once, under a word that it needs, the longest
	// templates first.
	byWord map[string][]*template
	keys   map[string]bool // all English texts and templates
	memory memory
}

// An Entry is an English text or template, and what it is in the other language.
type Entry struct {
	English string `yaml:"en"`
	Text    string `yaml:"to"`
}

//go:embed german.yaml
var german []byte

// German returns the German catalogue. It is read once.
func German() *Catalogue { return readGerman() }

var readGerman = sync.OnceValue(func() *Catalogue {
	c, err := Parse("de", german)
	if err != nil {
		// A test reads the embedded file: a program that was built has a good one.
		c, _ = New("de", nil)
	}
	return c
})

// Parse reads a catalogue from YAML: a list of entries.
func Parse(language string, file []byte) (*Catalogue, error) {
	var entries []Entry
	if err := yaml.UnmarshalWithOptions(file, &entries, yaml.Strict()); err != nil {
		return nil, err
	}
	return New(language, entries)
}

// New makes a catalogue. An error names the entry that has no text, is there
// twice, or whose placeholders differ between the two languages.
func New(language string, entries []Entry) (*Catalogue, error) {
	c := &Catalogue{Language: language, exact: map[string]string{}, byWord: map[string][]*template{}, keys: map[string]bool{}}
	var templates []*template
	for _, e := range entries {
		switch {
		case e.English == "" || e.Text == "":
			return nil, fmt.Errorf("the entry of %q is empty", e.English+e.Text)
		case c.keys[e.English]:
			return nil, fmt.Errorf("%q is there twice", e.English)
		}
		c.keys[e.English] = true
		t, err := parseTemplate(e)
		if err != nil {
			return nil, err
		}
		if len(t.holes) == 0 {
			c.exact[e.English] = t.out[0].literal
			continue
		}
		if len(t.words) == 0 {
			return nil, fmt.Errorf("the template %q has no word of its own", e.English)
		}
		templates = append(templates, t)
	}
	c.index(templates)
	return c, nil
}

// index files each template under the rarest of its words.
func (c *Catalogue) index(templates []*template) {
	count := map[string]int{}
	for _, t := range templates {
		for _, w := range t.words {
			count[w]++
		}
	}
	for _, t := range templates {
		rarest := slices.MinFunc(t.words, func(a, b string) int {
			if count[a] != count[b] {
				return count[a] - count[b]
			}
			return strings.Compare(a, b)
		})
		c.byWord[rarest] = append(c.byWord[rarest], t)
	}
}

// Has reports whether the catalogue has that English text or template.
func (c *Catalogue) Has(english string) bool { return c.keys[english] }

// Text translates a text that a report shows. What the catalogue does not know
// stays English: whole sentences, never a part of one. Data inside a text, as
// names, paths and quotations, stays byte for byte; numbers in a sentence get the
// separators of the language. The work is linear in the length of the text.
func (c *Catalogue) Text(english string) string {
	text, _ := c.translate(english)
	return text
}

// Knows reports whether all of a text is translated or needs no translation.
func (c *Catalogue) Knows(english string) bool {
	_, ok := c.translate(english)
	return ok
}

func (c *Catalogue) translate(english string) (string, bool) {
	if english == "" {
		return "", true
	}
	if r, ok := c.memory.get(english); ok {
		return r.text, r.ok
	}
	w := &work{Catalogue: c, left: stepsPerText + len(english)}
	text, ok := w.text(english, 0)
	c.memory.put(english, result{text, ok})
	return text, ok
}

// A result is a translation, and whether nothing of it stayed English.
type result struct {
	text string
	ok   bool
}

// A memory keeps the translations of short texts: reports repeat themselves.
type memory struct {
	sync.Mutex
	known map[string]result
}

// The bounds of a memory.
const (
	maxRemembered     = 20_000
	maxRememberedText = 2_000 // bytes
)

func (m *memory) get(s string) (result, bool) {
	m.Lock()
	defer m.Unlock()
	r, ok := m.known[s]
	return r, ok
}

func (m *memory) put(s string, r result) {
	if len(s) > maxRememberedText {
		return
	}
	m.Lock()
	defer m.Unlock()
	if m.known == nil || len(m.known) >= maxRemembered {
		m.known = map[string]result{}
	}
	m.known[strings.Clone(s)] = r
}
