package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A folder of importers or reports that holds a format has to be listed.
func TestEveryFormatIsListed(t *testing.T) {
	listed := map[string]bool{}
	for _, f := range importFormats() {
		listed["importers/"+f.Name] = true
		if title, text, ok := strings.Cut(f.Doc, "\n\n"); !ok || title == "" || strings.TrimSpace(text) == "" || len(f.Extensions) == 0 {
			t.Errorf("importers/%s: Doc needs a title, a blank line and how to make such an export; Extensions must not be empty", f.Name)
		}
	}
	folder := map[string]string{"xlsx": "workbook"}
	for _, f := range reportFormats(looks{}) {
		name := f.Name
		if dir := folder[name]; dir != "" {
			name = dir
		}
		listed["reports/"+name] = true
		if f.Doc == "" {
			t.Errorf("reports/%s has no Doc", name)
		}
	}
	for _, room := range []string{"importers", "reports"} {
		entries, err := os.ReadDir(filepath.Join("..", room))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if !e.IsDir() || e.Name() == "internal" || e.Name() == "evidence" || e.Name() == "testdata" || e.Name() == "observed" || e.Name() == "redact" || e.Name() == "catalogue" {
				continue
			}
			if !listed[room+"/"+e.Name()] {
				t.Errorf("%s/%s is written and not listed in formats.go", room, e.Name())
			}
		}
	}
}

// Arrows go one way.
func TestArrows(t *testing.T) {
	const module = "github.com/ctlaudit/ctlaudit/"
	mayImport := func(from, to string) bool {
		switch {
		case strings.HasPrefix(from, "importers/evidence"):
			return false
		case strings.HasPrefix(from, "importers"):
			return strings.HasPrefix(to, "importers")
		case strings.HasPrefix(from, "rules"):
			return strings.HasPrefix(to, "rules") || to == "importers/evidence"
		case strings.HasPrefix(from, "reports"):
			return strings.HasPrefix(to, "reports") || strings.HasPrefix(to, "rules") || to == "importers/evidence"
		case strings.HasPrefix(from, "samples"):
			return strings.HasPrefix(to, "samples")
		}
		return true
	}
	only := map[string]string{"github.com/xuri/excelize": "reports/workbook", "github.com/jedib0t/go-pretty": "reports/table", "github.com/smallstep/certinfo": "analyze"}
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(p)), "../")
		for _, imp := range f.Imports {
			path, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			if to, ok := strings.CutPrefix(path, module); ok && !mayImport(from, to) {
				t.Errorf("%s imports %s", p, to)
			}
			for prefix, room := range only {
				if strings.HasPrefix(path, prefix) && !strings.HasPrefix(from, room) {
					t.Errorf("%s imports %s, which only %s may", p, path, room)
				}
			}
			if strings.HasPrefix(from, "importers/evidence") && strings.Contains(path, ".") {
				t.Errorf("%s imports %s: evidence imports the standard library only", p, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The printed documents are those that the program prints now.
func TestDocsAreCurrent(t *testing.T) {
	for file, print := range map[string]func() string{"../rules/README.md": rulesDoc, "../importers/README.md": importersDoc} {
		got, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%v; make docs writes it", err)
			continue
		}
		if !bytes.Equal(got, []byte(print())) {
			t.Errorf("%s is not what the program prints: make docs", file)
		}
	}
}

// Nothing that is kept stands at the top but what the README names.
func TestTopLevel(t *testing.T) {
	out, err := exec.Command("git", "-C", "..", "ls-files").Output()
	if err != nil {
		t.Skip("this is no git checkout: ", err)
	}
	known := []string{"analyze", "importers", "rules", "reports", "samples", "go.mod", "go.sum", "Makefile", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
		".ci", ".gitignore", ".gitattributes"}
	for file := range strings.Lines(string(out)) {
		top, _, _ := strings.Cut(strings.TrimSpace(file), "/")
		if !slices.Contains(known, top) {
			t.Errorf("%s stands at the top level", top)
			known = append(known, top)
		}
	}
}
