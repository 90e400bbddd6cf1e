package rules

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/ctlaudit/ctlaudit/rules/data"
)

// The schemas are JSON Schema 2020-12, for editors that check YAML while it is
// written. They are made from what the decoders check, so that they name the
// rules, operating systems, roles and thresholds of this version. What they
// refuse, the decoders refuse; the decoders see more, such as a day that no
// month has or a rule that is selected twice.
const (
	schemaDialect = "https://json-schema.org/draft/2020-12/schema"
	schemaID      = "https://ctlaudit.invalid/schema/%s/v1.json"

	dayPattern        = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	thumbprintPattern = `^[^0-9A-Fa-f]*([0-9A-Fa-f][^0-9A-Fa-f]*){40}$`
	customerIDPattern = `^x(-[a-z0-9]+)+$`
	notBlank          = `\S`
)

// A SchemaNode is a part of a JSON Schema.
type SchemaNode = map[string]any

// PolicySchema returns the JSON Schema of policy files. rs are the rules that a
// policy may name beside those of customers.
func PolicySchema(t *data.Tables, rs []*Rule) ([]byte, error) {
	limits, thresholds := SchemaNode{}, SchemaNode{}
	for _, os := range t.OS {
		limits[os.Code] = SchemaNode{"type": "integer", "minimum": 1, "maximum": 1 << 24}
	}
	for _, s := range Thresholds() {
		thresholds[string(s.Name)] = SchemaNode{"type": "integer", "minimum": s.Min, "maximum": s.Max, "default": s.Default, "description": s.Doc}
	}
	root := closed(SchemaNode{
		"thumbprint": SchemaNode{"type": "string", "pattern": thumbprintPattern, "description": "SHA-1, 40 hex digits"},
		"name":       text("the name of the root, for reports"),
	}, "thumbprint")
	pack := closed(SchemaNode{
		"name":          filled("the name of the pack"),
		"citation":      text("who requires the roots, and where it is written"),
		"os":            list(SchemaNode{"enum": codes(t)}, "the operating systems that it holds for; all, if it is left out"),
		"roles":         list(SchemaNode{"enum": KnownRoles()}, "the roles that it holds for; every host, if it is left out"),
		"effectiveFrom": SchemaNode{"type": "string", "pattern": dayPattern, "description": "the first day on which it holds"},
		"roots":         SchemaNode{"type": "array", "items": root, "minItems": 1},
	}, "name", "roots")
	node := closed(SchemaNode{
		"name":        filled("the name of the policy, as reports print it"),
		"description": text("what it is, in a line"),
		"extends":     SchemaNode{"enum": ProfileNames(), "description": "the profile that it starts from; " + DefaultProfile + ", if it is left out"},
		"limits":      SchemaNode{"type": "object", "additionalProperties": false, "properties": limits, "description": "limits of the trusted issuer list in bytes, by operating system"},
		"thresholds":  SchemaNode{"type": "object", "additionalProperties": false, "properties": thresholds, "description": "numbers that rules compare with"},
		"requiredRoots": closed(SchemaNode{
			"builtin": SchemaNode{"type": "boolean", "default": true, "description": "whether the roots of KB 293781 are required"},
			"packs":   list(pack, "further roots that are required"),
		}),
		"select": SchemaNode{"type": "array", "uniqueItems": true, "items": ruleID(rs), "description": "the rules that are on; those of the profile, if it is left out"},
		"rules": SchemaNode{"type": "object", "propertyNames": ruleID(rs), "description": "rules that are changed, by id",
			"additionalProperties": closed(SchemaNode{
				"enabled":  SchemaNode{"type": "boolean"},
				"severity": SchemaNode{"enum": Severities()},
			})},
	}, "name")
	return SchemaText("policy", "policy of ctlaudit", node)
}

// WaiversSchema returns the JSON Schema of files of waivers.
func WaiversSchema(rs []*Rule) ([]byte, error) {
	waiver := closed(SchemaNode{
		"rule":       ruleID(rs),
		"host":       text("the host, if only one is meant"),
		"store":      SchemaNode{"type": "string", "pattern": `\\|^\s*$`, "description": `the store with its location, such as LocalMachine\Root`},
		"thumbprint": SchemaNode{"type": "string", "pattern": thumbprintPattern + `|^\s*$`, "description": "the certificate, by SHA-1"},
		"reason":     filled("why the risk is accepted"),
		"expires":    SchemaNode{"type": "string", "pattern": dayPattern, "description": "the last day on which the waiver holds"},
		"approvedBy": text("who answers for it"),
		"ticket":     SchemaNode{"type": []string{"string", "number"}, "description": "where it was decided"},
	}, "rule", "reason", "expires")
	return SchemaText("waivers", "accepted risks of ctlaudit", closed(SchemaNode{"waivers": SchemaNode{"type": "array", "items": waiver}}, "waivers"))
}

// SchemaText writes a schema with its head.
func SchemaText(name, title string, node SchemaNode) ([]byte, error) {
	node["$schema"], node["$id"], node["title"] = schemaDialect, fmt.Sprintf(schemaID, name), title
	b, err := json.MarshalIndent(node, "", "  ")
	return append(b, '\n'), err
}

// closed is an object of these properties only.
func closed(properties SchemaNode, required ...string) SchemaNode {
	n := SchemaNode{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		n["required"] = required
	}
	return n
}

func text(doc string) SchemaNode { return SchemaNode{"type": "string", "description": doc} }

func filled(doc string) SchemaNode {
	return SchemaNode{"type": "string", "pattern": notBlank, "description": doc}
}

func list(items SchemaNode, doc string) SchemaNode {
	return SchemaNode{"type": "array", "items": items, "description": doc}
}

// ruleID is the id of a rule of the program, or any of a customer's.
func ruleID(rs []*Rule) SchemaNode {
	var ids []string
	for _, r := range rs {
		if r.Origin == "" {
			ids = append(ids, r.ID)
		}
	}
	return SchemaNode{"anyOf": []SchemaNode{{"enum": ids}, {"type": "string", "pattern": customerIDPattern}}}
}

// codes are those of the operating systems. In YAML some of them are numbers.
func codes(t *data.Tables) []any {
	var list []any
	for _, os := range t.OS {
		list = append(list, os.Code)
		if n, err := strconv.Atoi(os.Code); err == nil {
			list = append(list, n)
		}
	}
	return list
}
