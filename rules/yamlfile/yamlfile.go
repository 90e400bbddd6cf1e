// Package yamlfile reads the YAML files in which users write criteria: policies,
// waivers and rules. It reads them strictly, so that what is misspelt is an
// error and never a key without effect, and it gives every error its place:
// file, line and column. It is YAML 1.2 without anchors, aliases, merge keys
// and tags, which such files do not need and which hide what they say.
//
// The package knows nothing of what a file is about.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// The bounds of a file.
const (
	// MaxSize is the greatest size of a file in bytes.
	MaxSize = 4 << 20
	// MaxDepth is how deep brackets may stand in brackets.
	MaxDepth = 64
)

// An Error is something wrong with a file. Its text is FILE:LINE:COLUMN: and
// what is wrong.
type Error struct {
	File string
	// Line and Column count from 1; they are 0 where no place is known.
	Line, Column int
	Err          error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d:%d: %v", e.File, e.Line, e.Column, e.Err)
}

// Unwrap returns the error without its place.
func (e *Error) Unwrap() error { return e.Err }

// A Document is a file that was read, with the places of what stands in it.
type Document struct {
	file string
	body ast.Node
}

// Decode reads a file into a struct. An unknown or repeated key, a value of the
// wrong type, a second document and an empty file are errors; every error is an
// *Error that names file.
func Decode(file string, text []byte, into any) (*Document, error) {
	wrong := func(line, column int, format string, args ...any) error {
		return &Error{File: file, Line: line, Column: column, Err: fmt.Errorf(format, args...)}
	}
	if len(text) > MaxSize {
		return nil, wrong(0, 0, "the file is larger than %d MiB", MaxSize>>20)
	}
	// The library miscounts the lines of comments that end in CR LF.
	text = bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\uFEFF")), []byte("\r\n"), []byte("\n"))
	if i := invalid(text); i >= 0 {
		return nil, wrong(1+bytes.Count(text[:i], []byte("\n")), 1+i-(bytes.LastIndexByte(text[:i], '\n')+1), "the file is not UTF-8 text")
	}
	if line, column := tooDeep(text); line > 0 {
		return nil, wrong(line, column, "more than %d brackets stand in each other", MaxDepth)
	}
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, placed(file, err)
	}
	var body ast.Node
	for _, d := range parsed.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType || d.Body.Type() == ast.CommentGroupType {
			continue
		}
		if body != nil {
			line, column := position(d.Body)
			return nil, wrong(line, column, "a second document begins here, and only one is read")
		}
		body = d.Body
	}
	if body == nil {
		return nil, wrong(1, 1, "the file is empty")
	}
	d := &Document{file, body}
	if err := d.refuse(body); err != nil {
		return nil, err
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict(), yaml.DisallowUnknownField()).Decode(into); err != nil {
		return nil, placed(file, err)
	}
	return d, nil
}

// invalid returns the offset of the first byte that is not UTF-8, or -1.
func invalid(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 || r == 0 {
			return i
		}
		i += n
	}
	return -1
}

// tooDeep returns the place of the first bracket that stands in more than
// MaxDepth others. Brackets in texts count too: no file of criteria has so many.
func tooDeep(text []byte) (line, column int) {
	line, depth := 1, 0
	for _, c := range text {
		column++
		switch c {
		case '\n':
			line, column = line+1, 0
		case '[', '{':
			if depth++; depth > MaxDepth {
				return line, column
			}
		case ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return 0, 0
}

// refuse looks for what is YAML and is not read here.
func (d *Document) refuse(n ast.Node) error {
	at := func(n ast.Node, what string) error {
		line, column := position(n)
		return &Error{d.file, line, column, fmt.Errorf("%s are not read in this file: write the thing out", what)}
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		return at(n, "anchors")
	case *ast.AliasNode:
		return at(n, "aliases")
	case *ast.TagNode:
		return at(n, "tags")
	case *ast.MergeKeyNode:
		return at(n, "merge keys")
	case *ast.MappingNode:
		for _, v := range n.Values {
			if err := d.refuse(v); err != nil {
				return err
			}
		}
	case *ast.MappingValueNode:
		if err := d.refuse(n.Key); err != nil {
			return err
		}
		return d.refuse(n.Value)
	case *ast.SequenceNode:
		for _, v := range n.Values {
			if err := d.refuse(v); err != nil {
				return err
			}
		}
	}
	return nil
}

func position(n ast.Node) (line, column int) {
	if m, ok := n.(*ast.MappingValueNode); ok {
		n = m.Key
	}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line, t.Position.Column
	}
	return 0, 0
}

// placed gives an error of the YAML library the form of all others.
func placed(file string, err error) error {
	e := &Error{File: file, Err: err}
	var y yaml.Error
	if !errors.As(err, &y) {
		return e
	}
	if t := y.GetToken(); t != nil && t.Position != nil {
		e.Line, e.Column = t.Position.Line, t.Position.Column
	}
	e.Err = errors.New(y.GetMessage())
	var typed *yaml.TypeError
	if errors.As(err, &typed) && typed.DstType != nil && typed.SrcType != nil {
		e.Err = fmt.Errorf("%s is wanted here, and %s was found", kind(typed.DstType), kind(typed.SrcType))
	}
	return e
}

// kind words a type for a reader who writes YAML.
func kind(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a mapping"
	}
	return t.String()
}

// A Place is a place in a document.
type Place struct {
	doc  *Document
	path []any
	key  bool
}

// At returns the place of the value that a path leads to: a string is a key of
// a mapping, an int the index in a list. Where the path leads nowhere it is the
// place of the last part of it that is there.
func (d *Document) At(path ...any) Place { return Place{doc: d, path: path} }

// Key returns the place of the key of the value that a path leads to.
func (d *Document) Key(path ...any) Place { return Place{doc: d, path: path, key: true} }

// Errorf returns an *Error at the place.
func (p Place) Errorf(format string, args ...any) error {
	line, column := p.Position()
	return &Error{File: p.doc.file, Line: line, Column: column, Err: fmt.Errorf(format, args...)}
}

// File returns the name of the file that the place is in.
func (p Place) File() string { return p.doc.file }

// Has reports whether the path leads to something that is in the file.
func (p Place) Has() bool {
	n := p.doc.body
	for _, step := range p.path {
		if _, n = child(n, step); n == nil {
			return false
		}
	}
	return true
}

// Decode reads what stands at the place into a struct, as strictly as the whole
// file is read. It does nothing where the path leads nowhere.
func (p Place) Decode(into any) error {
	n := p.doc.body
	for _, step := range p.path {
		if _, n = child(n, step); n == nil {
			return nil
		}
	}
	if n.Type() == ast.NullType {
		return nil
	}
	if err := yaml.NodeToValue(n, into, yaml.Strict(), yaml.DisallowUnknownField()); err != nil {
		return placed(p.doc.file, err)
	}
	return nil
}

// Text returns the text of a scalar as it is written, without its quotes.
func (p Place) Text() string {
	n := p.doc.body
	for _, step := range p.path {
		if _, n = child(n, step); n == nil {
			return ""
		}
	}
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	if t := n.GetToken(); t != nil {
		return t.Value
	}
	return ""
}

// Position returns line and column of the place, from 1.
func (p Place) Position() (line, column int) {
	n := p.doc.body
	line, column = position(n)
	for i, step := range p.path {
		key, value := child(n, step)
		if value == nil {
			return line, column
		}
		if p.key && key != nil && i == len(p.path)-1 {
			return position(key)
		}
		n = value
		if line, column = position(n); n.Type() == ast.NullType && key != nil {
			line, column = position(key)
		}
	}
	return line, column
}

// IsFraction reports whether the value at the place is a number that is not
// written as a whole one.
func (p Place) IsFraction() bool {
	n := p.doc.body
	for _, step := range p.path {
		if _, n = child(n, step); n == nil {
			return false
		}
	}
	return n.Type() == ast.FloatType
}

// TextStart returns where the text of a scalar begins: for a block scalar (| or
// >) the first character of its first line, for a quoted one the character after
// the quote. plain says that the text stands in the file as it is, so that a
// place in it is found by adding lines and columns: each line of it begins in
// the same column.
func (p Place) TextStart() (line, column int, plain bool) {
	line, column = p.Position()
	n := p.doc.body
	for _, step := range p.path {
		if _, n = child(n, step); n == nil {
			return line, column, false
		}
	}
	switch n := n.(type) {
	case *ast.LiteralNode:
		if n.Value == nil || n.Value.GetToken() == nil {
			return line, column, false
		}
		origin := n.Value.GetToken().Origin
		first := strings.TrimLeft(origin, "\n\r")
		indent := len(first) - len(strings.TrimLeft(first, " "))
		return line + 1 + strings.Count(origin[:len(origin)-len(first)], "\n"), indent + 1, strings.HasPrefix(n.Start.Value, "|")
	case *ast.StringNode:
		quoted := n.Token != nil && (strings.HasPrefix(strings.TrimSpace(n.Token.Origin), `"`) || strings.HasPrefix(strings.TrimSpace(n.Token.Origin), `'`))
		if !quoted {
			return line, column, n.Token != nil && !strings.Contains(strings.TrimSpace(n.Token.Origin), "\n")
		}
		body := strings.TrimSpace(n.Token.Origin)
		return line, column + 1, len(body) >= 2 && body[1:len(body)-1] == n.Value
	}
	return line, column, true
}

func child(n ast.Node, step any) (key, value ast.Node) {
	switch step := step.(type) {
	case string:
		var values []*ast.MappingValueNode
		switch n := n.(type) {
		case *ast.MappingNode:
			values = n.Values
		case *ast.MappingValueNode:
			values = []*ast.MappingValueNode{n}
		}
		for _, v := range values {
			if keyText(v.Key) == step {
				return v.Key, v.Value
			}
		}
	case int:
		if list, ok := n.(*ast.SequenceNode); ok && step >= 0 && step < len(list.Values) {
			return nil, list.Values[step]
		}
	}
	return nil, nil
}

func keyText(n ast.MapKeyNode) string {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	if t := n.GetToken(); t != nil {
		return t.Value
	}
	return ""
}
