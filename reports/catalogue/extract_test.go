package catalogue

import (
	"bufio"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "list what is new in testdata/english.txt, under the reason that its folder has")

// folders are those whose literals reach reports, below the root of the module.
// The reason is why a text of theirs may stay English.
var folders = []struct{ name, reason string }{
	{"rules", "errors of policies, waivers and rule files, titles of sources, names and keys: no text of a report"},
	{"rules/issuerlist", "names and keys"},
	{"rules/stores", "names and keys"},
	{"rules/remedies", "commands and titles of sources"},
	{"rules/peers", "rare sentences on peers, which stay English as a whole"},
	{"rules/changes", "rare sentences on comparisons, which stay English as a whole"},
	{"reports", "errors of reading a report back, names and keys, and rare sentences, which stay English as a whole"},
	{"reports/table", "the description of the format"},
	{"reports/html", "the description of the format and its content security policy"},
	{"reports/md", "the description of the format"},
	{"importers", "errors of the case description, and rare remarks, which stay English as a whole"},
	{"importers/evidence", "names and keys"},
	{"importers/internal/bundle", "rare remarks on damaged files, which stay English as a whole"},
	{"importers/internal/certprop", "names of properties and rare remarks on damaged files, which stay English as a whole"},
	{"importers/internal/trustlist", "rare remarks on damaged files, which stay English as a whole"},
	{"importers/sst", "descriptions of formats and rare remarks on damaged files, which stay English as a whole"},
	{"importers/p7b", "descriptions of formats"},
	{"importers/certfile", "descriptions of formats"},
	{"importers/ctl", "descriptions of formats"},
	{"importers/regfile", "descriptions of formats and rare remarks on damaged files, which stay English as a whole"},
	{"importers/eventcsv", "descriptions of formats and rare remarks on damaged files, which stay English as a whole"},
	{"importers/eventtext", "descriptions of formats and rare remarks on damaged files, which stay English as a whole"},
}

// Every text of the program that may reach a report is in the catalogue, or in
// testdata/english.txt under a reason.
func TestEveryTextIsKnown(t *testing.T) {
	const list = "testdata/english.txt"
	listed := readList(t, list)
	keys := strings.Join(slices.Sorted(maps.Keys(German().keys)), "\x00")
	fresh := map[string][]string{}
	there := map[string]bool{}
	for _, folder := range folders {
		for where, text := range literals(t, filepath.Join("..", "..", filepath.FromSlash(folder.name))) {
			if missing := firstMissing(keys, text); missing != "" {
				there[text] = true
				if listed[text] {
					continue
				}
				listed[text] = true
				fresh[folder.name] = append(fresh[folder.name], text)
				if !*update {
					t.Errorf("%s: %q is neither in the German catalogue nor in %s", where, missing, list)
				}
			}
		}
	}
	if *update {
		writeList(t, list, fresh)
	}
}

// readList reads quoted texts; other lines are reasons.
func readList(t *testing.T, file string) map[string]bool {
	t.Helper()
	listed := map[string]bool{}
	f, err := os.Open(file)
	if err != nil {
		if *update {
			return listed
		}
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if text, err := strconv.Unquote(s.Text()); err == nil {
			listed[text] = true
		}
	}
	return listed
}

// writeList adds texts to the list, under the reasons of their folders.
func writeList(t *testing.T, file string, fresh map[string][]string) {
	t.Helper()
	old, _ := os.ReadFile(file)
	var b strings.Builder
	b.Write(old)
	for _, folder := range folders {
		if len(fresh[folder.name]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "# %s: %s\n", folder.name, folder.reason)
		slices.Sort(fresh[folder.name])
		for _, text := range fresh[folder.name] {
			fmt.Fprintln(&b, strconv.Quote(text))
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z%]`)

// firstMissing returns the first part of a text or format string that no entry
// has, or "".
func firstMissing(keys, text string) string {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		for _, part := range verb.Split(strings.ReplaceAll(paragraph, "\n", " "), -1) {
			part = strings.Trim(part, " ,;:().")
			if len(part) > 3 && prose(part) && !strings.Contains(keys, part) && !German().Knows(part) {
				return part
			}
		}
	}
	return ""
}

// literals gives the texts of a package with their places: those of at least two
// words. Literals that are joined by + are one text.
func literals(t *testing.T, folder string) func(yield func(where, text string) bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(string, string) bool) {
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ImportSpec:
					return false
				case *ast.Field:
					return n.Tag == nil
				case ast.Expr:
					if text, ok := joinedLiterals(n); ok {
						if strings.Contains(text, " ") {
							yield(set.Position(n.Pos()).String(), text)
						}
						return false
					}
				}
				return true
			})
		}
	}
}

func joinedLiterals(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.ParenExpr:
		return joinedLiterals(e.X)
	case *ast.BinaryExpr:
		left, ok := joinedLiterals(e.X)
		if right, also := joinedLiterals(e.Y); ok && also && e.Op == token.ADD {
			return left + right, true
		}
	}
	return "", false
}
