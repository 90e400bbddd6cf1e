package scripts

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// lintPowerShell looks for what a parser would stumble over: quotes that do not
// close in their line, and brackets that do not pair.
func lintPowerShell(s string) error {
	var stack []byte
	pair := map[byte]byte{')': '(', '}': '{', ']': '['}
	for n, line := range strings.Split(s, "\r\n") {
		for i := 0; i < len(line); i++ {
			switch c := line[i]; c {
			case '#':
				i = len(line)
			case '\'', '"':
				end := strings.IndexByte(line[i+1:], c)
				if end < 0 {
					return fmt.Errorf("line %d: a quote does not close: %s", n+1, line)
				}
				i += end + 1
			case '(', '{', '[':
				stack = append(stack, c)
			case ')', '}', ']':
				if len(stack) == 0 || stack[len(stack)-1] != pair[c] {
					return fmt.Errorf("line %d: %q closes nothing: %s", n+1, c, line)
				}
				stack = stack[:len(stack)-1]
			case '`':
				return fmt.Errorf("line %d: a backtick", n+1)
			}
		}
	}
	if len(stack) > 0 {
		return fmt.Errorf("%q stays open", stack)
	}
	return nil
}

// newer are things that Windows PowerShell 2.0 does not have.
var newer = []string{"$PSScriptRoot", "$PSCommandPath", "::new(", "[ordered]", " -in ", " -notin ", "Import-Certificate", "Export-Certificate", "Get-ItemPropertyValue",
	"ConvertTo-Json", "Get-CimInstance", "Get-Content -Raw", "Remove-Item Cert:", "[pscustomobject]", " -File)", "&&", "||", "Out-File -NoNewline", "Get-FileHash", "#requires", "#Requires"}

func TestPowerShell(t *testing.T) {
	n := 0
	for _, f := range files(t, hosts("CN=it's \"quoted\" (and] {open ")...) {
		if path.Ext(f.Name) != ".ps1" {
			continue
		}
		n++
		s := string(f.Data)
		if err := lintPowerShell(s); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		for _, word := range newer {
			if strings.Contains(s, word) {
				t.Errorf("%s holds %s, which PowerShell 2.0 does not know", f.Name, word)
			}
		}
		if !strings.Contains(s, "param([switch]$Apply)") || strings.Index(s, "param(") > strings.Index(s, "Set-StrictMode") {
			t.Errorf("%s does not begin with its parameter", f.Name)
		}
		checkVariables(t, f.Name, s)
		checkConsent(t, f.Name, s)
	}
	if n < 30 {
		t.Errorf("only %d scripts were looked at", n)
	}
}

// checkVariables checks that every variable is set before it is used, as strict
// mode wants it.
func checkVariables(t *testing.T, name, s string) {
	t.Helper()
	set := []string{"_", "null", "true", "false", "LASTEXITCODE", "MyInvocation", "ErrorActionPreference", "Apply"}
	variable := regexp.MustCompile(`\$([A-Za-z_]+)`)
	defines := regexp.MustCompile(`(?:^|[\s;({,])(?:\[string\])?\$([A-Za-z]+)(?: =|\s+in |\)|,)`)
	for _, line := range strings.Split(s, "\r\n") {
		line, _, _ = strings.Cut(line, "#")
		if strings.Contains(line, "function ") || strings.Contains(line, "foreach (") || strings.Contains(line, " = ") {
			for _, m := range defines.FindAllStringSubmatch(line, -1) {
				set = append(set, m[1])
			}
		}
		for _, m := range variable.FindAllStringSubmatch(line, -1) {
			if !slices.Contains(set, m[1]) {
				t.Errorf("%s: $%s is used before it is set: %s", name, m[1], line)
			}
		}
	}
}

// checkConsent checks that whatever changes something stands behind -Apply.
func checkConsent(t *testing.T, name, s string) {
	t.Helper()
	changes := regexp.MustCompile(`\.(Remove|Add|AddRange)\(|Set-ItemProperty|Remove-ItemProperty|New-Item -Path \$key|certutil\.exe|WriteAll`)
	depth, guarded := 0, -1
	inFunction := false
	for _, line := range strings.Split(s, "\r\n") {
		line, _, _ = strings.Cut(line, " #")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "function ") {
			inFunction = true
		}
		here := guarded >= 0 || strings.Contains(line, "if ($Apply)") || strings.Contains(line, "-and $Apply)")
		if changes.MatchString(line) && !here && !inFunction && !strings.Contains(line, "[void]$found.Add(") {
			t.Errorf("%s changes something without consent: %s", name, line)
		}
		if guarded < 0 && here && strings.Count(line, "{") > strings.Count(line, "}") {
			guarded = depth
		}
		depth += strings.Count(line, "{") - strings.Count(line, "}")
		if guarded >= 0 && depth <= guarded {
			guarded = -1
		}
		if depth == 0 {
			inFunction = false
		}
	}
}

func TestPowerShellLintFindsFaults(t *testing.T) {
	for _, s := range []string{"if ($x) {", "'open", "a)", "@('a', \"b)", "x `n"} {
		if lintPowerShell(s) == nil {
			t.Errorf("nothing is found in %q", s)
		}
	}
	if err := lintPowerShell("# it's a comment\r\n$x = @('a(', \"b'\")"); err != nil {
		t.Error(err)
	}
}

func TestBatch(t *testing.T) {
	n := 0
	for _, f := range files(t, hosts("CN=%x% & calc ")...) {
		if path.Ext(f.Name) != ".cmd" {
			continue
		}
		n++
		labels, jumps := map[string]bool{"eof": true}, []string{}
		depth := 0
		for _, line := range strings.Split(string(f.Data), "\r\n") {
			if isComment(f.Name, line) {
				continue
			}
			if strings.Count(line, `"`)%2 != 0 {
				t.Errorf("%s: a quote does not close: %s", f.Name, line)
			}
			if label, ok := strings.CutPrefix(line, ":"); ok {
				if labels[label] {
					t.Errorf("%s: the label %s is there twice", f.Name, label)
				}
				labels[label] = true
				continue
			}
			for _, m := range regexp.MustCompile(`(?:goto |call )(:?[a-z]+)`).FindAllStringSubmatch(line, -1) {
				jumps = append(jumps, strings.TrimPrefix(m[1], ":"))
			}
			depth += strings.Count(line, "(") - strings.Count(line, ")")
		}
		for _, j := range jumps {
			if !labels[j] {
				t.Errorf("%s goes to %s, which is not there", f.Name, j)
			}
		}
		if depth != 0 {
			t.Errorf("%s: brackets do not pair", f.Name)
		}
	}
	if n < 8 {
		t.Errorf("only %d batch files were looked at", n)
	}
}

func TestRegistryFiles(t *testing.T) {
	value := regexp.MustCompile(`^"[A-Za-z]+"=(-|dword:[0-9a-f]{8}|hex\([0-9a-f]+\):[0-9a-f,]*\\?)$`)
	n := 0
	for _, f := range files(t, hosts("CN=]\r\n[HKEY_LOCAL_MACHINE\\x] ")...) {
		if path.Ext(f.Name) != ".reg" {
			continue
		}
		n++
		lines := strings.Split(string(f.Data), "\r\n")
		if lines[0] != "Windows Registry Editor Version 5.00" || lines[1] != "" {
			t.Errorf("%s begins with %q", f.Name, lines[:2])
		}
		keys := 0
		for _, line := range lines[2:] {
			switch {
			case line == "" || strings.HasPrefix(line, ";"), value.MatchString(line):
			case line == "["+schannel+"]", line == `[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot]`:
				keys++
			default:
				t.Errorf("%s: %q", f.Name, line)
			}
		}
		if keys != 1 {
			t.Errorf("%s has %d keys", f.Name, keys)
		}
	}
	if n < 10 {
		t.Errorf("only %d files were looked at", n)
	}
}

func TestINF(t *testing.T) {
	line := regexp.MustCompile(`^(;.*|\[(Version|Properties)\]|Signature = "\$Windows NT\$"|9 =|9 = "\{(text|hex)\}"|_continue_ = "([0-9.]+,|[0-9a-f]{2}( [0-9a-f]{2})*)"|)$`)
	n := 0
	for _, f := range files(t, hosts("CN=\\")...) {
		if path.Ext(f.Name) != ".inf" {
			continue
		}
		n++
		for _, l := range strings.Split(string(f.Data), "\r\n") {
			if !line.MatchString(l) {
				t.Errorf("%s: %q", f.Name, l)
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d files were looked at", n)
	}
}
