package scripts

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/remedies"
)

// hosts are one for each kind of Windows, each with something for every remedy.
func hosts(names ...string) []sample {
	sent := dword(schannel, "SendTrustedIssuerList", 1)
	return []sample{
		{host: "srv2003", os: "2003sp2", names: names},
		{host: "srv2008", os: "2008", names: names, facts: []evidence.Record{dword(protected, "Flags", 0x21)}},
		{host: "srv2008r2", os: "2008r2", names: names},
		{host: "srv2012", os: "2012", names: names},
		{host: "srv2012r2", os: "2012r2", names: names, facts: []evidence.Record{sent}},
		{host: "srv2016", os: "2016", names: names, facts: []evidence.Record{sent, dword(protected, "Flags", 0x21)}},
		{host: "srvissuers", os: "2016", names: names, store: "ClientAuthIssuer", facts: []evidence.Record{sent}},
		{host: "srvunknown", names: names, facts: []evidence.Record{text16(schannel, "SendTrustedIssuerList", "0")}},
		{host: "srvpoor", os: "2008r2", names: names, poor: true},
	}
}

func TestFilesByWindows(t *testing.T) {
	list := names(files(t, hosts("CN=")...))
	of := func(host string) string {
		var short []string
		for _, n := range list {
			if rest, ok := strings.CutPrefix(n, host+"/"); ok && !strings.HasSuffix(n, ".inf") && !strings.Contains(n, ".cer") {
				short = append(short, rest)
			}
		}
		return strings.Join(short, " ")
	}
	ps := func(dirs ...string) string {
		var all []string
		for _, d := range dirs {
			switch d[2:] {
			case "move-intermediates":
				all = append(all, d+"/apply.ps1", d+"/backup-Root.sst", d+"/undo.ps1")
			case "dedicated-store":
				all = append(all, d+"/apply.ps1", d+"/clientauthissuer.sst", d+"/undo.ps1")
			case "method-3":
				all = append(all, d+"/apply.reg", d+"/undo.reg")
			case "method-1":
				all = append(all, d+"/apply.ps1", d+"/backup-Root.sst", d+"/root-update-off.reg", d+"/undo-root-update-off.reg", d+"/undo.ps1")
			default:
				all = append(all, d+"/apply.ps1", d+"/undo.ps1")
			}
		}
		return strings.Join(append(all, "CHECKLIST.txt"), " ")
	}
	for host, want := range map[string]string{
		"srv2003":    "1-move-intermediates/apply.cmd 1-move-intermediates/backup-Root.sst 1-move-intermediates/undo.cmd 4-method-3/apply.reg 4-method-3/undo.reg 5-method-2/apply.cmd 5-method-2/undo.cmd 6-method-1/apply.cmd 6-method-1/backup-Root.sst 6-method-1/root-update-off.reg 6-method-1/undo-root-update-off.reg 6-method-1/undo.cmd CHECKLIST.txt",
		"srv2008":    "1-move-intermediates/apply.cmd 1-move-intermediates/backup-Root.sst 1-move-intermediates/undo.cmd 3-restrict-purposes/apply.cmd 3-restrict-purposes/undo.cmd 4-method-3/apply.reg 4-method-3/undo.reg 5-method-2/apply.cmd 5-method-2/undo.cmd 6-method-1/apply.cmd 6-method-1/backup-Root.sst 6-method-1/root-update-off.reg 6-method-1/undo-root-update-off.reg 6-method-1/undo.cmd CHECKLIST.txt",
		"srv2008r2":  ps("1-move-intermediates", "3-restrict-purposes", "4-method-3", "5-method-2", "6-method-1"),
		"srv2012":    ps("1-move-intermediates", "2-dedicated-store", "3-restrict-purposes", "5-method-2", "6-method-1"),
		"srv2012r2":  ps("1-move-intermediates", "2-dedicated-store", "3-restrict-purposes", "4-method-3", "5-method-2", "6-method-1"),
		"srvissuers": "1-move-intermediates/apply.ps1 1-move-intermediates/backup-Root.sst 1-move-intermediates/undo.ps1 3-restrict-purposes-ClientAuthIssuer/apply.ps1 3-restrict-purposes-ClientAuthIssuer/undo.ps1 4-method-3/apply.reg 4-method-3/undo.reg 6-method-1-ClientAuthIssuer/apply.ps1 6-method-1-ClientAuthIssuer/backup-ClientAuthIssuer.sst 6-method-1-ClientAuthIssuer/undo.ps1 6-method-1/root-update-off.reg 6-method-1/undo-root-update-off.reg CHECKLIST.txt",
	} {
		got := strings.Fields(of(host))
		slices.Sort(got)
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Errorf("%s has\n%s\nwant\n%s", host, strings.Join(got, "\n"), strings.Join(wanted, "\n"))
		}
	}
}

func isText(name string) bool {
	return slices.Contains([]string{".ps1", ".cmd", ".reg", ".inf", ".txt", ".sha256"}, path.Ext(name))
}

func TestTextIsASCIIWithCRLF(t *testing.T) {
	n := 0
	for _, f := range files(t, hosts("CN=Zertifizierung für \u202e\u2018"+"\n")...) {
		if !isText(f.Name) {
			continue
		}
		n++
		s := string(f.Data)
		if strings.Count(s, "\n") != strings.Count(s, "\r\n") || strings.Count(s, "\r") != strings.Count(s, "\r\n") || !strings.HasSuffix(s, "\r\n") {
			t.Errorf("%s: not all lines end in CR LF", f.Name)
		}
		for i, c := range f.Data {
			if c != '\r' && c != '\n' && (c < 0x20 || c > 0x7e) {
				t.Errorf("%s: byte %#x at %d", f.Name, c, i)
				break
			}
		}
		for line := range strings.SplitSeq(s, "\r\n") {
			if len(line) > 250 {
				t.Errorf("%s: a line of %d characters", f.Name, len(line))
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d text files were looked at", n)
	}
}

// hostile are names that would run, redirect, expand or break something if a
// script took them for more than a comment.
var hostile = []string{
	"CN='; Remove-Item C:\\ -Recurse; '", "CN=x\r\nRemove-Item C:\\", "CN=x\ncalc.exe", "CN=\u2019; calc; \u2018", "CN=$(calc)`n", "CN=#> calc <#", "CN=%~f0 %COMSPEC% %%T", "CN=a^",
	"CN=a & calc | calc > C:\\x < y", "CN=\"@\ncalc\n\"@", "CN=x\\", "CN=]\r\n[HKEY_LOCAL_MACHINE\\x]\r\n\"a\"=-", "CN=) else ( calc", "CN=/?", "CN=\x00\x1b[31m\u202e\u2028", strings.Repeat("CN=long,", 5000),
	"CN==cmd|' /C calc'!A0", "CN=\xff\xfe",
}

// isComment says whether a line is a comment in its format.
func isComment(name, line string) bool {
	switch path.Ext(name) {
	case ".ps1":
		return strings.HasPrefix(line, "# ") || line == "#"
	case ".cmd":
		return strings.HasPrefix(line, "rem ") || line == "rem"
	case ".reg", ".inf":
		return strings.HasPrefix(line, ";")
	}
	return false
}

func code(f File) string {
	var lines []string
	for line := range strings.SplitSeq(string(f.Data), "\r\n") {
		if !isComment(f.Name, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// TestNamesAreDataOnly plans the same certificates under harmless and hostile
// names: whatever is no comment must be the same to the byte.
func TestNamesAreDataOnly(t *testing.T) {
	want, got := files(t, hosts("CN=harmless ")...), files(t, hosts(hostile...)...)
	if !slices.Equal(names(got), names(want)) {
		t.Fatal("hostile names change which files there are")
	}
	comments := ""
	for i, f := range got {
		if !isText(f.Name) || f.Name == ManifestName || strings.HasSuffix(f.Name, "CHECKLIST.txt") {
			continue
		}
		if code(f) != code(want[i]) {
			t.Errorf("hostile names change what %s does", f.Name)
		}
		for line := range strings.SplitSeq(string(f.Data), "\r\n") {
			if !isComment(f.Name, line) {
				continue
			}
			comments += line + "\n"
			if strings.ContainsAny(line, "%^&|<>\"!$`?") || strings.HasSuffix(line, `\`) {
				t.Errorf("a comment of %s holds a character that acts: %q", f.Name, line)
			}
		}
	}
	for _, name := range hostile {
		if !strings.Contains(comments, short(name)[:min(len(short(name)), 60)]) {
			t.Errorf("%.30q is in no comment: it was not tried", name)
		}
	}
}

func TestNamesOfHostsAndStores(t *testing.T) {
	var list []sample
	for _, h := range []string{"..", "CON", "a/../../b", "x'; calc #", "WEB01", "web01", strings.Repeat("n", 300), "", "über"} {
		list = append(list, sample{host: h, os: "2008r2", names: []string{"CN="}})
	}
	seen := map[string]bool{}
	form := regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`)
	for _, n := range names(files(t, list...)) {
		dir, rest, nested := strings.Cut(n, "/")
		if strings.Contains(rest, "..") || len(dir) > 70 || !form.MatchString(dir) || strings.EqualFold(dir, "con") {
			t.Errorf("a file is called %q", n)
		}
		if lower := strings.ToLower(n); seen[lower] {
			t.Errorf("two files are called %q", n)
		}
		seen[strings.ToLower(n)] = nested || n == ManifestName
	}
	// A store whose name comes from the registry and is no name for a command.
	evil := "x'; calc #"
	facts := []evidence.Record{dword(schannel, "SendTrustedIssuerList", 1), text16(bindings+`\0.0.0.0:443`, "DefaultSslCtlStoreName", evil)}
	made := files(t, sample{host: "srv", os: "2016", names: []string{"CN="}, store: evil, facts: facts})
	for _, f := range made {
		if isText(f.Name) && !strings.HasSuffix(f.Name, "CHECKLIST.txt") && strings.Contains(string(f.Data), "calc") {
			t.Errorf("%s holds the name of the store", f.Name)
		}
	}
	if list := find(t, made, "srv/CHECKLIST.txt"); !strings.Contains(list, "no script was written for the store x'; calc #") {
		t.Error("the checklist does not say that no script was written for the store")
	}
}

func TestManifest(t *testing.T) {
	list := files(t, hosts("CN=")[2:4]...)
	if !slices.IsSortedFunc(list[:len(list)-1], func(a, b File) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the files are not sorted")
	}
	lines := strings.Split(strings.TrimSuffix(find(t, list, ManifestName), "\r\n"), "\r\n")
	if len(lines) != len(list)-1 {
		t.Fatalf("%d lines for %d files", len(lines), len(list))
	}
	for i, line := range lines {
		sum := sha256.Sum256(list[i].Data)
		if line != hex.EncodeToString(sum[:])+" *"+list[i].Name {
			t.Errorf("line %d is %q", i+1, line)
		}
	}
}

func TestBackupOfAPoorExportSaysSo(t *testing.T) {
	list := files(t, hosts("CN=")[8])
	for _, name := range []string{"srvpoor/CHECKLIST.txt", "srvpoor/6-method-1/undo.ps1"} {
		if s := strings.Join(strings.Fields(strings.ReplaceAll(find(t, list, name), "#", "")), " "); !strings.Contains(s, "without properties") && !strings.Contains(s, "carried no properties") {
			t.Errorf("%s does not say that there were no properties to keep", name)
		}
	}
	if s := find(t, list, "srvpoor/3-restrict-purposes/undo.ps1"); !strings.Contains(s, "The export carried no properties") {
		t.Error("the undo of restrict-purposes does not say that the purposes of before are not known")
	}
}

func TestUndoOfSettings(t *testing.T) {
	list := files(t, hosts("CN=")...)
	for name, want := range map[string]string{
		"srv2008r2/4-method-3/undo.reg":  `"SendTrustedIssuerList"=-`,
		"srv2012r2/4-method-3/undo.reg":  `"SendTrustedIssuerList"=dword:00000001`,
		"srvunknown/4-method-3/undo.reg": `"SendTrustedIssuerList"=hex(1):30,00,00,00`,
		"srv2016/5-method-2/undo.ps1":    "$before = '33'",
		"srv2008r2/5-method-2/undo.ps1":  "$before = 'absent'",
		"srv2008/5-method-2/undo.cmd":    "set OLD=33",
		"srv2003/5-method-2/apply.cmd":   "set /a NEW=8",
		"srv2008/5-method-2/apply.cmd":   "set /a NEW=40",
	} {
		if !strings.Contains(find(t, list, name), want) {
			t.Errorf("%s does not hold %q", name, want)
		}
	}
}

func TestInfsHoldThePurposes(t *testing.T) {
	list := files(t, hosts("CN=")[2])
	all := ""
	for _, f := range list {
		if strings.HasSuffix(f.Name, ".inf") {
			all += string(f.Data)
		}
	}
	for _, want := range []string{"9 =\r\n", "9 = \"{text}\"\r\n_continue_ = \"1.3.6.1.5.5.7.3.1,\"\r\n", "9 = \"{hex}\"\r\n_continue_ = \"30 14 06 08 2b 06 01 05 05 07 03 01 06 08 2b 06\"\r\n_continue_ = \"01 05 05 07 03 02\"\r\n"} {
		if !strings.Contains(all, want) {
			t.Errorf("no INF file holds %q", want)
		}
	}
	table := regexp.MustCompile(`'([0-9A-F]{40})' = '(restrict-\d+\.inf)'`).FindAllStringSubmatch(find(t, list, "srv2008r2/3-restrict-purposes/apply.ps1"), -1)
	plan := planOf(t, hosts("CN=")[2]).Hosts[0]
	if len(table) != len(plan.Remedy(remedies.RestrictPurposes).Restrictions) || len(table) == 0 {
		t.Errorf("the script has %d certificates, the plan %d", len(table), len(plan.Remedy(remedies.RestrictPurposes).Restrictions))
	}
	for _, m := range table {
		if !strings.Contains(find(t, list, "srv2008r2/3-restrict-purposes/"+m[2]), m[1]) {
			t.Errorf("%s does not name %s", m[2], m[1])
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{"abc": "abc", "a%b": `a\x25b`, "ü": `\u00fc`, "\U0001F512": `\U0001f512`, "a\r\nb": `a\x0d\x0ab`, "\xff": `\xff`, `a\b`: `a\b`, "a?": `a\x3f`} {
		if got := plain(in); got != want {
			t.Errorf("plain(%q) is %q, want %q", in, got, want)
		}
	}
	long := short(strings.Repeat("ü", 500))
	if len(long) != maxName || !strings.HasSuffix(long, "...") {
		t.Errorf("a long name becomes %d characters: %s", len(long), long)
	}
	var b strings.Builder
	fmt.Fprint(&b, short(""))
	if b.String() != "no name" {
		t.Errorf("an empty name becomes %q", b.String())
	}
}
