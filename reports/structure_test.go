package reports_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("there is no go.mod above the test")
		}
		dir = up
	}
}

// TestImports checks that each library that writes a format is imported by that
// format's package alone, and that formats do not import one another.
func TestImports(t *testing.T) {
	only := map[string]string{
		"github.com/xuri/excelize/v2":         "reports/workbook",
		"github.com/klauspost/compress/flate": "reports/workbook",
		"github.com/jedib0t/go-pretty/v6/":    "reports/table",
	}
	top := root(t)
	files := 0
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		rel, _ := filepath.Rel(top, path)
		dir := filepath.ToSlash(filepath.Dir(rel))
		for _, i := range f.Imports {
			name, _ := strconv.Unquote(i.Path.Value)
			for lib, home := range only {
				if strings.HasPrefix(name, lib) && dir != home && !strings.HasSuffix(path, "_test.go") {
					t.Errorf("%s imports %s, which only %s may", rel, name, home)
				}
			}
			if strings.HasPrefix(name, "github.com/santhosh-tekuri/") && !strings.HasSuffix(path, "_test.go") {
				t.Errorf("%s imports %s, which only tests may", rel, name)
			}
			const reports = "github.com/ctlaudit/ctlaudit/reports/"
			inside := strings.HasPrefix(dir, "reports")
			example := strings.HasSuffix(name, "/internal/example") && strings.HasSuffix(path, "_test.go")
			words := name == reports+"catalogue" && strings.HasSuffix(path, "_test.go")
			itself := name == "github.com/ctlaudit/ctlaudit/"+dir
			if inside && strings.HasPrefix(name, reports) && !example && !itself && !words {
				t.Errorf("%s imports %s: report formats do not build on one another", rel, name)
			}
			if inside && strings.Contains(name, "ctlaudit/importers") && !strings.HasSuffix(name, "/importers/evidence") {
				t.Errorf("%s imports %s: reports know evidence only", rel, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Errorf("only %d files were looked at", files)
	}
}
