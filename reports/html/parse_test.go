package html

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A node is an element of a page with its text.
type node struct {
	name     string
	attr     map[string]string
	parent   *node
	children []*node
	text     string // of the element and all below it
	own      string // of the element itself, before its first child
}

func (n *node) all(yield func(*node) bool) bool {
	if !yield(n) {
		return false
	}
	for _, c := range n.children {
		if !c.all(yield) {
			return false
		}
	}
	return true
}

func (n *node) has(class string) bool {
	return slices.Contains(strings.Fields(n.attr["class"]), class)
}

func (n *node) find(match func(*node) bool) []*node {
	var list []*node
	n.all(func(n *node) bool {
		if match(n) {
			list = append(list, n)
		}
		return true
	})
	return list
}

func named(name string) func(*node) bool { return func(n *node) bool { return n.name == name } }

var (
	styleElement  = regexp.MustCompile(`(?s)<style>.*?</style>`)
	scriptElement = regexp.MustCompile(`(?s)<script>.*?</script>`)
)

// parse reads a page, which is written as well-formed XML but for its doctype
// and the text of its style and script.
func parse(t *testing.T, page string) *node {
	t.Helper()
	page = scriptElement.ReplaceAllString(styleElement.ReplaceAllString(page, ""), "")
	d := xml.NewDecoder(strings.NewReader(page))
	root := &node{}
	at := root
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: token.Name.Local, attr: map[string]string{}, parent: at}
			for _, a := range token.Attr {
				if _, twice := n.attr[a.Name.Local]; twice {
					t.Errorf("<%s> has %s twice", n.name, a.Name.Local)
				}
				n.attr[a.Name.Local] = a.Value
			}
			at.children = append(at.children, n)
			at = n
		case xml.EndElement:
			at.parent.text += at.text
			at = at.parent
		case xml.CharData:
			at.text += string(token)
			if len(at.children) == 0 {
				at.own += string(token)
			}
		}
	}
	return root
}

var spaces = regexp.MustCompile(`\s+`)

// outline lists what a page says, less the rows of tables.
func outline(root *node) string {
	var b strings.Builder
	root.all(func(n *node) bool {
		for p := n; p != nil; p = p.parent {
			if p.name == "table" || p.name == "nav" {
				return true
			}
		}
		say := func(mark string) { fmt.Fprintln(&b, mark+strings.TrimSpace(spaces.ReplaceAllString(n.text, " "))) }
		switch n.name {
		case "h1", "h2", "h3":
			say("\n" + strings.Repeat("#", int(n.name[1]-'0')) + " ")
		case "p", "dd", "summary", "figcaption":
			say(n.name + ": ")
		case "title", "desc":
			say("  picture " + n.name + ": ")
		case "li":
			say("- ")
		case "dt":
			say("dt: ")
		}
		return true
	})
	return b.String()
}
