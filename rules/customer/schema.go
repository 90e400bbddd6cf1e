package customer

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/rules"
)

// Schema returns the JSON Schema of files of rules, for editors. The fields that
// an example may give are those of Fields. Expressions are typed by the program
// and not by the schema.
func Schema() ([]byte, error) {
	type node = rules.SchemaNode
	text := func(doc string) node { return node{"type": "string", "description": doc} }
	filled := func(doc string) node { return node{"type": "string", "pattern": `\S`, "description": doc} }
	var topics, given []any
	for _, t := range Topics() {
		topics = append(topics, t)
		then := node{"properties": node{"examples": node{"items": node{"properties": node{"given": givenSchema(t)}}}}}
		properties := then["properties"].(node)
		if t != Certificates {
			properties["store"] = blank()
		}
		if t != RegistryValues {
			properties["key"], properties["name"] = blank(), blank()
		} else {
			then["required"] = []string{"key"}
		}
		given = append(given, node{"if": node{"properties": node{"for": node{"const": t}}, "required": []string{"for"}}, "then": then})
	}
	example := node{"type": "object", "additionalProperties": false, "required": []string{"name", "expect"}, "properties": node{
		"name":   filled("what the example shows"),
		"asOf":   node{"type": "string", "pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}$|^$`, "description": "the day of the judgement; 2026-01-01, if it is left out"},
		"given":  node{"type": []string{"object", "null"}, "description": "the fields that are known; all others are not known"},
		"expect": node{"enum": expectable(), "description": "what the rule must say"},
	}}
	reference := node{"type": "object", "additionalProperties": false, "required": []string{"name"},
		"properties": node{"name": filled("how the source is cited"), "title": text("its title"), "url": text("where it stands; it is never opened")}}
	names := "Functions: " + strings.Join(Functions(), ", ") + "."
	rule := node{"type": "object", "additionalProperties": false, "required": []string{"id", "title", "severity", "for", "assert"}, "allOf": given, "properties": node{
		"id":         node{"type": "string", "pattern": `^\s*x(-[a-z0-9]+)+\s*$`, "description": "words joined by hyphens, the first of them x"},
		"title":      filled("what holds where the rule passes"),
		"doc":        text("why it matters, how it is judged, and what it cannot see"),
		"severity":   node{"enum": rules.Severities()},
		"since":      node{"type": []string{"string", "number"}, "description": "the version that brought the rule; the name of the file, if it is left out"},
		"references": node{"type": "array", "items": reference},
		"impact":     text("what a failure means"),
		"appliesTo":  text("the Windows or products that it is about"),
		"collect":    text("the command that collects what it needs"),
		"remedy":     text("what to do about a failure"),
		"for":        node{"enum": topics, "description": "what the rule is asked about"},
		"store":      node{"type": "string", "pattern": `^\s*$|^[^\\]+\\.*[^\\\s]\s*$`, "description": `for: certificate. The store with its location, such as LocalMachine\Root`},
		"key":        node{"type": "string", "pattern": keyPattern(), "description": "for: registry. The key; a part * stands for any one"},
		"name":       text("for: registry. The name of the value; each value below the key, if it is left out"),
		"when":       node{"type": []string{"string", "boolean"}, "description": "the expression that selects what is judged; everything, if it is left out. " + names},
		"assert":     node{"type": []string{"string", "boolean"}, "pattern": `\S`, "description": "the expression that must hold. " + names},
		"message":    text("the summary of a failure; {expression} puts a value"),
		"examples":   node{"type": "array", "maxItems": MaxExamples, "items": example},
	}}
	return rules.SchemaText("rules", "rules of one's own for ctlaudit", node{"type": "object", "additionalProperties": false, "required": []string{"rules"},
		"properties": node{"rules": node{"type": "array", "minItems": 1, "maxItems": MaxRules, "items": rule}}})
}

// keyPattern is a path that begins with a root of the registry in any case.
// Patterns of JSON Schema have no flag for that.
func keyPattern() string {
	var roots []string
	for short, long := range rootNames {
		roots = append(roots, anyCase(short), anyCase(long))
	}
	slices.Sort(roots)
	return `^\s*$|^\s*(` + strings.Join(roots, "|") + `)\\`
}

func anyCase(word string) string {
	var b strings.Builder
	for _, r := range word {
		if r == '_' {
			b.WriteRune(r)
		} else {
			b.WriteString("[" + string(r) + strings.ToLower(string(r)) + "]")
		}
	}
	return b.String()
}

// blank is a key that must not say anything.
func blank() rules.SchemaNode { return rules.SchemaNode{"type": "string", "pattern": `^\s*$`} }

// givenSchema is that of the fields that an example of a topic gives.
func givenSchema(t Topic) rules.SchemaNode {
	return fieldsSchema(reflect.TypeOf(environment(t)))
}

func fieldsSchema(typ reflect.Type) rules.SchemaNode {
	properties := rules.SchemaNode{}
	for f := range typ.Fields() {
		if name := f.Tag.Get("yaml"); name != "-" {
			n := typeSchema(f.Type)
			n["description"] = f.Tag.Get("doc")
			properties[name] = n
		}
	}
	return rules.SchemaNode{"type": []string{"object", "null"}, "additionalProperties": false, "properties": properties}
}

func typeSchema(t reflect.Type) rules.SchemaNode {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return rules.SchemaNode{"type": "string", "pattern": `^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?$`}
	case t.Kind() == reflect.Struct:
		return fieldsSchema(t)
	case t.Kind() == reflect.Slice:
		return rules.SchemaNode{"type": "array", "items": typeSchema(t.Elem())}
	case t.Kind() == reflect.Int:
		return rules.SchemaNode{"type": "integer"}
	case t.Kind() == reflect.Bool:
		return rules.SchemaNode{"type": "boolean"}
	}
	return rules.SchemaNode{"type": []string{"string", "number"}} // a serial number may look like a number
}
