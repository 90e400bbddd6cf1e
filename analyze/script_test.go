package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ctlaudit/ctlaudit/samples"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"ctlaudit": func() { os.Exit(run(context.Background(), os.Args[1:], realWorld())) },
	})
}

// TestScripts runs the command line as its users do, with the samples beside
// them. UPDATE=1 rewrites what the scripts compare with.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("COLUMNS", "100")
			env.Setenv("TZ", "Pacific/Auckland") // no output depends on it
			return copySamples(filepath.Join(env.WorkDir, "samples"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"cut":   cutFile,
			"same":  sameFiles,
			"flip":  flipByte,
			"zip":   zipFiles,
		},
	})
}

func copySamples(to string) error {
	return fs.WalkDir(samples.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		full := filepath.Join(to, filepath.FromSlash(p))
		if d.IsDir() {
			return os.MkdirAll(full, 0o755)
		}
		data, err := samples.FS.ReadFile(p)
		if err != nil {
			return err
		}
		return os.WriteFile(full, data, 0o644)
	})
}
