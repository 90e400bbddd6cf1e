package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/remedies"
	"github.com/ctlaudit/ctlaudit/rules/remedies/scripts"
)

// A planCase is a copy of exports that a test may change, with the plan for it.
type planCase struct {
	dir    string
	os     string
	result *result
	plan   *remedies.Plan
}

// planFor plans a folder as of a fixed day.
func planFor(t *testing.T, dir, system string) *planCase {
	t.Helper()
	o := &options{progress: noProgress, asOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), stated: rules.Statement{OS: system}}
	criteria, r, err := judge(context.Background(), []string{dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	return &planCase{dir, system, r, remedies.New(remedies.Input{Criteria: criteria, Judgements: r.judgements, Options: remedies.Options{Headroom: 10}})}
}

// copyHost copies the exports of a host of the samples, but for its case
// description, into a new folder.
func copyHost(t *testing.T, host string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), filepath.Base(host))
	from := os.DirFS(filepath.Join("..", "samples", filepath.FromSlash(host)))
	if err := os.CopyFS(to, from); err != nil {
		t.Fatal(err)
	}
	return to
}

// put writes files into the folder, and with nil removes one.
func put(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		path := filepath.Join(dir, name)
		if data == nil {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// storeWithout is an export of a store without what gone says.
func (p *planCase) storeWithout(store string, gone func(*evidence.Occurrence) bool) []byte {
	var left []*evidence.Occurrence
	for _, o := range p.result.judgements[0].Case.Occurrences {
		if o.Store.Name == store && !gone(o) {
			left = append(left, o)
		}
	}
	return remedies.SerializedStore(left)
}

// written returns a file of the plan's scripts, by the end of its name.
func (p *planCase) written(t *testing.T, name string) []byte {
	t.Helper()
	for _, f := range scripts.Files(p.plan, "test") {
		if strings.HasSuffix(f.Name, name) {
			return f.Data
		}
	}
	t.Fatalf("the plan has no file %s", name)
	return nil
}

// exports says how the exports of the host would look with a remedy applied.
// Where a script of the plan is one that an importer reads, it is what is read.
func (p *planCase) exports(t *testing.T, r *remedies.Remedy) map[string][]byte {
	t.Helper()
	h := p.plan.Hosts[0]
	is := func(list []*remedies.Item) func(*evidence.Occurrence) bool {
		set := map[[32]byte]bool{}
		for _, i := range list {
			set[i.SHA256] = true
		}
		return func(o *evidence.Occurrence) bool { return set[o.SHA256] }
	}
	var rows []*remedies.Item
	for _, x := range h.Removals {
		for _, row := range x.Rows {
			rows = append(rows, row.Item)
		}
	}
	authRoot := func(o *evidence.Occurrence) bool { // what the sample's export takes for AuthRoot
		_, ok := o.Property(evidence.PropAuthRootSHA256)
		return ok
	}
	switch r.ID {
	case remedies.MoveIntermediates:
		var moved []*remedies.Item
		for _, m := range r.Moves {
			moved = append(moved, m.Item)
		}
		var ca []*evidence.Occurrence
		for _, m := range moved {
			ca = append(ca, m.Occurrence)
		}
		return map[string][]byte{"root.sst": p.storeWithout("Root", is(moved)), "ca.sst": remedies.SerializedStore(ca)}
	case remedies.DedicatedStore:
		return map[string][]byte{"clientauthissuer.sst": p.written(t, "dedicated-store/clientauthissuer.sst")}
	case remedies.RestrictPurposes:
		after := map[[32]byte][]byte{}
		for _, x := range r.Restrictions {
			after[x.SHA256] = x.After
		}
		var all []*evidence.Occurrence
		for _, o := range p.result.judgements[0].Case.Occurrences {
			if o.Store.Name != "Root" {
				continue
			}
			n := *o
			if value := after[o.SHA256]; value != nil {
				n.Properties = slices.DeleteFunc(slices.Clone(o.Properties), func(p evidence.Property) bool { return p.ID == evidence.PropEnhKeyUsage })
				n.Properties = append(n.Properties, evidence.Property{ID: evidence.PropEnhKeyUsage, Value: value})
			}
			all = append(all, &n)
		}
		return map[string][]byte{"root.sst": remedies.SerializedStore(all)}
	case remedies.Method3:
		return map[string][]byte{"z-applied.reg": p.written(t, "method-3/apply.reg")}
	case remedies.Method2:
		flags := fmt.Sprintf("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root\\ProtectedRoots]\r\n\"Flags\"=dword:%08x\r\n", h.Settings.Flags)
		copied := is(r.Copies)
		return map[string][]byte{"root.sst": p.storeWithout("Root", func(o *evidence.Occurrence) bool { return authRoot(o) && !copied(o) }), "z-applied.reg": []byte(flags)}
	case remedies.Method1:
		return map[string][]byte{"root.sst": p.storeWithout("Root", is(rows))}
	case remedies.DeleteAuthRoot:
		return map[string][]byte{"root.sst": p.storeWithout("Root", authRoot)}
	}
	t.Fatalf("how %s is applied is not known", r.ID)
	return nil
}

func sizesOf(lists []*issuerlist.List) string {
	var parts []string
	for _, l := range lists {
		parts = append(parts, fmt.Sprintf("%s sent %s mixed %v %+v %s, %d certificates with %d names", l.Store, l.Sent, l.Mixed, l.Bytes, l.Verdict, l.Certificates, l.Subjects))
	}
	return strings.Join(parts, "; ")
}

// TestPromisedSizeIsTheMeasuredOne applies each remedy to the exports of Contoso
// and analyses them again, on several kinds of Windows.
func TestPromisedSizeIsTheMeasuredOne(t *testing.T) {
	sent := []byte("Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL]\r\n\"SendTrustedIssuerList\"=dword:00000001\r\n")
	for _, test := range []struct {
		name, os string
		mixed    bool
		sent     bool
		applied  string
	}{
		{name: "as it was exported", applied: "restrict-purposes method-3 method-2 method-1 delete-authroot"},
		{name: "Windows Server 2003", os: "2003sp2", applied: "restrict-purposes method-3 method-2 method-1 delete-authroot"},
		{name: "Windows Server 2012", os: "2012", applied: "dedicated-store restrict-purposes method-2 method-1 delete-authroot"},
		{name: "Windows Server 2016, sent", os: "2016", sent: true, applied: "dedicated-store restrict-purposes method-3 method-2 method-1 delete-authroot"},
		{name: "Windows Server 2016, sent, mixed", os: "2016", sent: true, mixed: true, applied: "move-intermediates dedicated-store restrict-purposes method-3 method-2 method-1 delete-authroot"},
		{name: "Windows Server 2008 R2, mixed", mixed: true, applied: "move-intermediates restrict-purposes method-3 method-2 method-1 delete-authroot"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := copyHost(t, "contoso/uc01")
			if test.sent {
				put(t, dir, map[string][]byte{"y-sent.reg": sent})
			}
			p := planFor(t, dir, test.os)
			if test.mixed { // an issuing CA stands in Root, and a copy of it in CA
				var root []*evidence.Occurrence
				for _, o := range p.result.judgements[0].Case.Occurrences {
					switch {
					case o.Store.Name == "Root":
						root = append(root, o)
					case o.Store.Name == "CA" && len(root) < 175:
						root = append(root, o)
					}
				}
				put(t, dir, map[string][]byte{"root.sst": remedies.SerializedStore(root)})
				p = planFor(t, dir, test.os)
			}
			h := p.plan.Hosts[0]
			var applied []string
			for _, r := range h.Remedies {
				if r.After == nil {
					continue
				}
				applied = append(applied, r.ID)
				again := filepath.Join(t.TempDir(), "uc01")
				if err := os.CopyFS(again, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
				if len(r.Requires) > 0 { // first what has to come first
					first := h.Remedy(r.Requires[0])
					put(t, again, p.exports(t, first))
				}
				put(t, again, without(p.exports(t, r), h.Remedy(remedies.MoveIntermediates)))
				measured := planFor(t, again, test.os).result.judgements[0].Lists
				if got, want := sizesOf(measured), sizesOf(r.After); got != want {
					t.Errorf("%s promises\n%s\nand the exports with it applied measure\n%s", r.ID, want, got)
				}
			}
			if got := strings.Join(applied, " "); got != test.applied {
				t.Errorf("applied were %s, want %s", got, test.applied)
			}
		})
	}
}

// without takes the misplaced intermediates out of a store that a remedy
// leaves: each remedy starts from a Root without them.
func without(files map[string][]byte, move *remedies.Remedy) map[string][]byte {
	if data := files["root.sst"]; data != nil {
		for _, m := range move.Moves {
			files["root.sst"] = bytes.Replace(files["root.sst"], bytes.TrimSuffix(bytes.TrimPrefix(remedies.SerializedStore(m.All[:1]), data[:8]), make([]byte, 12)), nil, 1)
		}
	}
	return files
}

// TestBackupReadsBack restores what method-1 removes from the backup that the
// scripts hold: certificates and properties come back byte for byte.
func TestBackupReadsBack(t *testing.T) {
	for _, host := range []string{"contoso/uc01", "fabrikam/dc-edge01"} {
		p := planFor(t, copyHost(t, host), "2012")
		var wanted []*remedies.Item
		for _, x := range p.plan.Hosts[0].Removals {
			for _, row := range x.Rows {
				wanted = append(wanted, row.Item)
			}
		}
		for _, m := range p.plan.Hosts[0].Remedy(remedies.MoveIntermediates).Moves {
			wanted = append(wanted, m.Item)
		}
		back := map[[32]byte]*evidence.Occurrence{}
		for _, f := range scripts.Files(p.plan, "test") {
			name := filepath.Base(f.Name)
			if !strings.HasPrefix(name, "backup-") {
				continue
			}
			dir := filepath.Join(t.TempDir(), "restored")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			put(t, dir, map[string][]byte{strings.TrimPrefix(name, "backup-"): f.Data})
			r := planFor(t, dir, "").result
			if r.status("") != exitOK || len(r.allDiagnostics()) > 0 {
				t.Errorf("%s: %v", f.Name, r.allDiagnostics())
			}
			for _, o := range r.judgements[0].Case.Occurrences {
				back[o.SHA256] = o
			}
		}
		if len(wanted) == 0 || len(back) != len(wanted) {
			t.Errorf("%s: %d certificates are in the backups, want %d", host, len(back), len(wanted))
		}
		for _, i := range wanted {
			o := back[i.SHA256]
			if o == nil || !bytes.Equal(o.Raw, i.Raw) || fmt.Sprint(o.Properties) != fmt.Sprint(i.Occurrence.Properties) {
				t.Errorf("%s: %s does not come back as it was", host, i.Thumbprint())
			}
		}
	}
}

// runPlan runs the command and returns its status and what it prints.
func runPlan(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var out, errs bytes.Buffer
	w := world{stdout: &out, stderr: &errs, getenv: func(string) string { return "" }, now: func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }, width: 80}
	status := run(context.Background(), append([]string{"plan"}, args...), w)
	return status, out.String(), errs.String()
}

var contosoSample = filepath.Join("..", "samples", "contoso")

func TestPlanJSON(t *testing.T) {
	status, out, errs := runPlan(t, contosoSample, "--format", "json", "--include-private")
	if status != exitOK || errs != "" {
		t.Fatalf("status %d, %s", status, errs)
	}
	var r reports.PlanReport
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.Schema != "ctlaudit/plan/v1" || len(r.Hosts) != 1 || len(r.Hosts[0].Remedies) != 7 || r.Hosts[0].Recommended == "" || !r.IncludePrivate || r.Headroom != 10 {
		t.Errorf("the plan is %+v", r)
	}
	if strings.Contains(out, "null") {
		t.Error("a list is null")
	}
	_, again, _ := runPlan(t, contosoSample, "--format", "json", "--include-private", "--jobs", "1")
	if out != again {
		t.Error("two runs do not give the same")
	}
}

func TestPlanFitsATerminal(t *testing.T) {
	_, out, _ := runPlan(t, contosoSample)
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\n")
		if textWidth(line) > 80 && !strings.Contains(line, `"HKLM\`) {
			t.Errorf("a line is %d columns wide: %s", textWidth(line), line)
		}
	}
	for _, want := range []string{"*3 restrict-purposes  yes          14,744  mends        yes         no", "KB 2801679", "39 certificates, 4,382 bytes", "88009F38B731947440FAC1CC51B1A6CA46231E1C     172    18,954 disabled"} {
		if !strings.Contains(out, want) {
			t.Errorf("the plan does not say %q", want)
		}
	}
}

func TestPlanStatus(t *testing.T) {
	dir := t.TempDir()
	policy := filepath.Join(dir, "policy.yaml")
	put(t, dir, map[string][]byte{"policy.yaml": []byte("name: narrow\nlimits: {2012: 4000}\n"), "empty": {}})
	root := filepath.Join(contosoSample, "uc01", "root.sst")
	truncated := filepath.Join("..", "samples", "broken", "sst-truncated.sst")
	for _, test := range []struct {
		args []string
		want int
	}{
		{[]string{filepath.Join("..", "samples", "northwind")}, exitOK},
		{[]string{contosoSample}, exitOK},
		{[]string{root, "--os", "2012", "--policy", policy}, exitFailed}, // no remedy brings it to 4,000 bytes
		{[]string{truncated}, exitIncomplete},
		{[]string{contosoSample, "--headroom", "91"}, exitUsage},
		{[]string{contosoSample, "--headroom", "-1"}, exitUsage},
		{[]string{contosoSample, "--format", "yaml"}, exitUsage},
		{[]string{}, exitUsage},
		{[]string{filepath.Join(dir, "nowhere")}, exitUsage},
		{[]string{policy, "--write", filepath.Join(dir, "a", "b")}, exitUsage},
	} {
		if got, _, errs := runPlan(t, test.args...); got != test.want {
			t.Errorf("plan %v gives %d, want %d: %s", test.args, got, test.want, errs)
		}
	}
}

func TestPlanWrites(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "plan")
	status, _, errs := runPlan(t, contosoSample, "--write", dir)
	if status != exitOK || !strings.Contains(errs, "CHECKLIST.txt") {
		t.Fatalf("status %d, %s", status, errs)
	}
	files := func() string {
		var b strings.Builder
		err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(p)
			fmt.Fprintf(&b, "%s\x00%s\x00", p, data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	before := files()
	if !strings.Contains(before, "6-method-1") || !strings.Contains(before, "MANIFEST.sha256") {
		t.Error("files are missing")
	}
	if status, _, errs := runPlan(t, contosoSample, "--write", dir); status != exitUsage || !strings.Contains(errs, "not empty") || files() != before {
		t.Errorf("a folder that is not empty gives %d: %s", status, errs)
	}
	put(t, dir, map[string][]byte{"mine.txt": []byte("mine")})
	if status, _, errs := runPlan(t, contosoSample, "--write", dir, "--force"); status != exitOK {
		t.Errorf("--force gives %d: %s", status, errs)
	}
	if err := os.Remove(filepath.Join(dir, "mine.txt")); err != nil {
		t.Errorf("--force took a file that was there: %v", err)
	}
	if files() != before {
		t.Error("the same plan writes other bytes")
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(dir), ".ctlaudit-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	// An empty folder may be written; a file may not be in the way.
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := runPlan(t, contosoSample, "--write", empty, "--quiet"); status != exitOK || errs != "" {
		t.Errorf("an empty folder gives %d: %s", status, errs)
	}
	if status, _, _ := runPlan(t, contosoSample, "--write", filepath.Join(empty, "MANIFEST.sha256"), "--force"); status != exitUsage {
		t.Errorf("a file in the way gives %d", status)
	}
}

func TestPlanInTheWorkbook(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.xlsx"), filepath.Join(dir, "b.xlsx")
	for _, args := range [][]string{{"-o", a}, {"-o", b, "--jobs", "1"}} {
		if status, _, errs := runPlan(t, append([]string{contosoSample}, args...)...); status != exitOK {
			t.Fatalf("status %d: %s", status, errs)
		}
	}
	first, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(b)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("two runs give two workbooks (%v)", err)
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	book, err := fs.ReadFile(z, "xl/workbook.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Plan", "Removal plan", "Kept roots"} {
		if !bytes.Contains(book, []byte(`name="`+name+`"`)) {
			t.Errorf("the workbook has no sheet %q", name)
		}
	}
}
