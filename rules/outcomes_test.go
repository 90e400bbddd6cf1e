package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"
)

// cannotGive names the outcomes that a rule does not give by its design, and
// why. All others have a case in the rule's table.
var cannotGive = map[string]map[Outcome]string{
	"root-expired":      {Failed: "KB 293781 says that expired roots are needed for what was signed before: it informs"},
	"programme-status":  {Failed: "restricted is not malicious, and Windows acts on the status by itself: it informs"},
	"root-added-events": {Failed: "that Windows added a root is no fault: it informs"},
	"evidence-complete": {Unknown: "a source that was not read whole is its failure, so nothing is left undecided"},
}

// outcomeNames are the outcomes as a rule's source names them.
var outcomeNames = map[string]Outcome{"Passed": Passed, "Failed": Failed, "Unknown": Unknown, "NotApplicable": NotApplicable,
	"NotChecked": NotChecked, "Informational": Informational}

// outcomesOf returns the outcomes of which a rule's table has a case each: pass,
// fail, unknown and notchecked, and what else its source names.
func outcomesOf(t *testing.T, rule *Rule) []Outcome {
	t.Helper()
	list := []Outcome{Passed, Failed, Unknown, NotChecked}
	f, err := parser.ParseFile(token.NewFileSet(), ruleFile(rule)+".go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if o, ok := outcomeNames[id.Name]; ok && !slices.Contains(list, o) {
				list = append(list, o)
			}
		}
		return true
	})
	return slices.DeleteFunc(list, func(o Outcome) bool { return cannotGive[rule.ID][o] != "" })
}

func ruleFile(rule *Rule) string { return strings.ReplaceAll(rule.ID, "-", "_") }

// Every rule's test shows each outcome that the rule can give: it runs a table
// through runCases, which asks for them.
func TestEveryRuleShowsItsOutcomes(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range All() {
		ids[r.ID] = true
		source, err := os.ReadFile(ruleFile(r) + "_test.go")
		if err != nil {
			t.Error(err)
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), ruleFile(r)+"_test.go", source, 0)
		if err != nil {
			t.Error(err)
			continue
		}
		runs := false
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "runCases" && len(call.Args) == 3 {
					rule, ok := call.Args[1].(*ast.Ident)
					runs = runs || ok && declares(t, ruleFile(r)+".go", rule.Name)
				}
			}
			return true
		})
		if !runs {
			t.Errorf("%s: its test runs no table of cases", r.ID)
		}
	}
	for id, outcomes := range cannotGive {
		if !ids[id] {
			t.Errorf("there is no rule %s", id)
		}
		for o, why := range outcomes {
			if why == "" {
				t.Errorf("%s: it is not said why it cannot be %s", id, o)
			}
		}
	}
}

// declares reports whether a file declares a name.
func declares(t *testing.T, file, name string) bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f.Scope.Lookup(name) != nil //nolint:staticcheck // the file alone is asked
}
