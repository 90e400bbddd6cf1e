package customer

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/ctlaudit/ctlaudit/rules/yamlfile"
)

// The bounds of an expression.
const (
	// MaxExpression is how many characters one may have.
	MaxExpression = 8 << 10
	// MaxNodes is how many operators and operands one may have.
	MaxNodes = 1000
	// MaxMemory is how many elements one may make while it is judged.
	MaxMemory = 100_000
)

// An expression is compiled.
type expression struct {
	program *vm.Program
	// fields are those that it names, with a dot for those of the host.
	fields []string
}

// run judges an expression of a thing.
func (e *expression) run(env any) (any, error) {
	machine := vm.VM{MemoryBudget: MaxMemory}
	return machine.Run(e.program, env)
}

func (e *expression) holds(env any) (bool, error) {
	v, err := e.run(env)
	if err != nil {
		return false, bare(err)
	}
	b, ok := v.(bool)
	if !ok {
		return false, fmt.Errorf("the expression gave %T", v)
	}
	return b, nil
}

// bare takes the snippet of source out of an error.
func bare(err error) error {
	var f *file.Error
	if errors.As(err, &f) {
		return errors.New(f.Message)
	}
	return err
}

// condition compiles an expression that must be true or false.
func (p *parsing) condition(key, text string) (*expression, error) {
	e, typ, err := compile(p.in.For, text)
	if err == nil && (typ == nil || typ.Kind() != reflect.Bool) {
		err = &file.Error{Message: "the expression is not true or false, but " + exprType(typ)}
	}
	if err != nil {
		return nil, place(p.at(key), key, text, err)
	}
	return e, nil
}

func exprType(t reflect.Type) string {
	if t == nil {
		return "of no fixed type"
	}
	if name := typeName(t); name != "" {
		return "a " + name
	}
	return "of type " + t.String()
}

// compile types and compiles an expression over the fields of a topic.
func compile(topic Topic, text string) (*expression, reflect.Type, error) {
	if len(text) > MaxExpression {
		return nil, nil, fmt.Errorf("the expression is longer than %d characters", MaxExpression)
	}
	look := &inspector{}
	options := []expr.Option{expr.Env(environment(topic)), expr.MaxNodes(MaxNodes), expr.DisableAllBuiltins(), expr.Patch(look)}
	for _, f := range Functions() {
		options = append(options, expr.EnableBuiltin(f))
	}
	program, err := expr.Compile(text, options...)
	if err == nil {
		err = look.refused(text)
	}
	if err != nil {
		return nil, nil, err
	}
	slices.Sort(look.fields)
	return &expression{program, slices.Compact(look.fields)}, program.Node().Type(), nil
}

// An inspector walks an expression, notes the fields that it names and what is
// not to be in it.
type inspector struct {
	fields []string
	err    string
	at     file.Location
}

func (v *inspector) refuse(n ast.Node, format string, args ...any) {
	if v.err == "" {
		v.err, v.at = fmt.Sprintf(format, args...), n.Location()
	}
}

func (v *inspector) refused(text string) error {
	if v.err == "" {
		return nil
	}
	return (&file.Error{Location: v.at, Message: v.err}).Bind(file.NewSource(text))
}

// Visit implements ast.Visitor. Nodes come after their children.
func (v *inspector) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if n.Value == "$env" {
			v.refuse(n, "$env has no types: name the field itself")
		}
		v.fields = append(v.fields, n.Value)
	case *ast.MemberNode:
		if id, ok := n.Node.(*ast.IdentifierNode); ok && id.Value == "host" {
			if s, ok := n.Property.(*ast.StringNode); ok {
				v.fields = append(v.fields, "host."+s.Value)
			}
		}
	case *ast.CallNode:
		if m, ok := n.Callee.(*ast.MemberNode); ok {
			if s, ok := m.Property.(*ast.StringNode); !ok || !slices.Contains(TimeMethods(), s.Value) {
				v.refuse(n, "a time may be asked for %s only", strings.Join(TimeMethods(), ", "))
			}
		}
	case *ast.BinaryNode:
		if n.Operator == ".." {
			v.refuse(n, "ranges are not read here")
		}
	case *ast.PredicateNode:
		if inner := nested(n.Node); inner != nil {
			v.refuse(inner, "a condition on each element does not stand in another one")
		}
	}
}

// nested returns a predicate inside a node, or nil.
func nested(n ast.Node) ast.Node {
	f := &finder{}
	ast.Walk(&n, f)
	return f.found
}

type finder struct{ found ast.Node }

func (f *finder) Visit(node *ast.Node) {
	if p, ok := (*node).(*ast.PredicateNode); ok {
		f.found = p
	}
}

// place gives an error of an expression its place in the file. Where the text of
// the expression stands in the file as it is, that is the very character.
func place(at yamlfile.Place, key, text string, err error) error {
	line, column, plain := at.TextStart()
	wrong := &yamlfile.Error{File: at.File(), Line: line, Column: column}
	var f *file.Error
	if !errors.As(err, &f) {
		wrong.Err = fmt.Errorf("%s: %w", key, err)
		return wrong
	}
	wrong.Err = fmt.Errorf("%s: %s", key, f.Message)
	if f.Line < 1 {
		return wrong
	}
	if plain {
		wrong.Line, wrong.Column = line+f.Line-1, column+f.Column
		return wrong
	}
	if near := around(text, f.From); near != "" {
		wrong.Err = fmt.Errorf("%s: %s (near %q)", key, f.Message, near)
	}
	return wrong
}

// around returns the text of an expression from a character on, shortened.
func around(text string, from int) string {
	runes := []rune(text)
	if from < 0 || from >= len(runes) {
		return ""
	}
	return string(runes[from:min(from+20, len(runes))])
}

// A template is a message with expressions in braces.
type template struct {
	parts []part
}

// A part is text, or an expression whose value is put there.
type part struct {
	text string
	expr *expression
}

// template reads a message: {expression} puts a value there, {{ is a brace.
func (p *parsing) template(text string) (*template, error) {
	t := &template{}
	literal := ""
	fail := func(at int, format string, args ...any) error {
		e := (&file.Error{Location: file.Location{From: len([]rune(text[:at]))}, Message: fmt.Sprintf(format, args...)}).Bind(file.NewSource(text))
		return place(p.at("message"), "message", text, e)
	}
	for i := 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "{{"), strings.HasPrefix(text[i:], "}}"):
			literal += text[i : i+1]
			i += 2
		case text[i] == '}':
			return nil, fail(i, "a brace is closed that was not opened; }} is a brace itself")
		case text[i] == '{':
			end := closing(text[i+1:])
			if end < 0 {
				return nil, fail(i, "the brace is not closed; {{ is a brace itself")
			}
			source := text[i+1 : i+1+end]
			e, typ, err := compile(p.in.For, source)
			if err == nil && !printable(typ) {
				err = fmt.Errorf("the value is %s: a text, a number, true or false, a time or a list of texts is wanted", exprType(typ))
			}
			if err != nil {
				at := i + 1
				var f *file.Error
				if errors.As(err, &f) {
					at += len(string([]rune(source)[:min(f.From, len([]rune(source)))]))
				}
				return nil, fail(at, "%v", bare(err))
			}
			t.parts = append(t.parts, part{text: literal}, part{expr: e})
			literal = ""
			i += end + 2
		default:
			literal += text[i : i+1]
			i++
		}
	}
	t.parts = append(t.parts, part{text: literal})
	return t, nil
}

// closing returns the offset of the brace that closes one that stands before
// the text, or -1. Braces in quotes do not count.
func closing(text string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == '\\' && quote != '`' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return -1
}

func printable(t reflect.Type) bool {
	if t == nil {
		return false
	}
	switch t.Kind() {
	case reflect.String, reflect.Int, reflect.Float64, reflect.Bool:
		return true
	}
	return t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[[]string]()
}

// fields are the fields that the template names.
func (t *template) fields() []string {
	var list []string
	for _, p := range t.parts {
		if p.expr != nil {
			list = append(list, p.expr.fields...)
		}
	}
	return list
}

// word words the message of a thing.
func (t *template) word(env any) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.expr == nil {
			b.WriteString(p.text)
			continue
		}
		v, err := p.expr.run(env)
		if err != nil {
			return "", bare(err)
		}
		b.WriteString(shown(v))
	}
	return strings.Join(strings.Fields(b.String()), " "), nil
}

func shown(v any) string {
	switch v := v.(type) {
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.UTC().Format(time.DateOnly)
		}
		return v.UTC().Format("2006-01-02 15:04:05 UTC")
	case []string:
		return strings.Join(v, ", ")
	}
	return fmt.Sprint(v)
}
