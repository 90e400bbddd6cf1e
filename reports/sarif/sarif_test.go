package sarif

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/reports/internal/example"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func inputs(t testing.TB) map[string]func() reports.Input {
	t.Helper()
	c, err := example.Criteria()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]func() reports.Input{
		"estate":  func() reports.Input { return example.Estate(c) },
		"hostile": func() reports.Input { return example.Hostile(c) },
		"empty":   func() reports.Input { return example.Empty(c) },
		"waived": func() reports.Input {
			in, err := example.Waived(c)
			if err != nil {
				t.Fatal(err)
			}
			return in
		},
	}
}

func render(t testing.TB, d *reports.Document) string {
	t.Helper()
	var buf bytes.Buffer
	if err := Format.Write(&buf, d); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestGolden(t *testing.T) {
	for _, name := range []string{"waived", "empty"} {
		file := filepath.Join("testdata", name+".sarif")
		got := render(t, reports.New(inputs(t)[name]()))
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got; -update rewrites it):\n%s", file, diff)
		}
	}
}

// An object is one of the log as any reader sees it.
type object map[string]any

// read parses a log.
func read(t *testing.T, file string) object {
	t.Helper()
	var log object
	if err := json.Unmarshal([]byte(file), &log); err != nil {
		t.Fatal(err)
	}
	return log
}

// A checker checks a log against what the specification asks for.
type checker struct {
	*testing.T
	name      string
	artifacts []any
	rules     []any
}

func (c *checker) want(ok bool, format string, args ...any) {
	c.Helper()
	if !ok {
		c.Errorf(c.name+": "+format, args...)
	}
}

// obj checks that v is an object with these properties, optional ones marked by
// a question mark, and no others.
func (c *checker) obj(what string, v any, properties ...string) object {
	c.Helper()
	m, ok := v.(map[string]any)
	c.want(ok, "%s is no object: %v", what, v)
	for _, p := range properties {
		if name, optional := strings.CutSuffix(p, "?"); !optional {
			c.want(m[name] != nil, "%s has no %s", what, name)
		}
	}
	for k := range m {
		c.want(slices.Contains(properties, k) || slices.Contains(properties, k+"?"), "%s has %s", what, k)
	}
	return m
}

func (c *checker) list(what string, v any) []any {
	c.Helper()
	l, ok := v.([]any)
	c.want(ok, "%s is no list: %v", what, v)
	return l
}

func (c *checker) message(what string, v any) {
	c.Helper()
	s, _ := c.obj(what, v, "text")["text"].(string)
	c.want(s != "", "%s: the message is empty", what)
	single := strings.NewReplacer("{{", "", "}}", "").Replace(s)
	c.want(!strings.ContainsAny(single, "{}") && !strings.Contains(s, "]("), "%s: %q holds a placeholder or a link", what, s)
}

var relative = regexp.MustCompile(`^([A-Za-z0-9._~-]|%[0-9A-F]{2}|/)+$`)

func (c *checker) artifactLocation(what string, v any) {
	c.Helper()
	l := c.obj(what, v, "uri", "uriBaseId", "index?")
	uri, _ := l["uri"].(string)
	u, err := url.Parse(uri)
	c.want(err == nil && !u.IsAbs() && u.Host == "" && !strings.HasPrefix(uri, "/") && relative.MatchString(uri), "%s: %q is no relative reference", what, uri)
	if n, ok := l["index"].(float64); ok {
		c.want(int(n) < len(c.artifacts) && c.artifacts[int(n)].(map[string]any)["location"].(map[string]any)["uri"] == uri, "%s: the artifact at %v is another", what, n)
	}
}

func (c *checker) location(what string, v any) {
	c.Helper()
	l := c.obj(what, v, "id?", "physicalLocation?", "logicalLocations?", "message?")
	if p := l["physicalLocation"]; p != nil {
		p := c.obj(what, p, "artifactLocation", "region?")
		c.artifactLocation(what, p["artifactLocation"])
		if r := p["region"]; r != nil {
			r := c.obj(what, r, "startLine?", "byteOffset?", "byteLength?")
			line, isLine := r["startLine"].(float64)
			offset, isOffset := r["byteOffset"].(float64)
			c.want(isLine != isOffset && (!isLine || line >= 1) && (!isOffset || offset >= 0), "%s: region %v", what, r)
		}
	}
	if l["logicalLocations"] != nil {
		for _, o := range c.list(what, l["logicalLocations"]) {
			o := c.obj(what, o, "fullyQualifiedName", "kind?")
			c.want(o["fullyQualifiedName"] != "", "%s: a logical location has no name", what)
		}
	}
	if l["message"] != nil {
		c.message(what, l["message"])
	}
}

func (c *checker) rule(what string, id, index any) {
	c.Helper()
	n, ok := index.(float64)
	c.want(ok && int(n) < len(c.rules) && c.rules[int(n)].(map[string]any)["id"] == id, "%s: the rule %v is not at %v", what, id, index)
}

// TestStructure checks required properties, the values of enumerations and
// references of a log (SARIF 2.1.0, section 3).
func TestStructure(t *testing.T) {
	for name, in := range inputs(t) {
		d := reports.New(in())
		c := &checker{T: t, name: name}
		log := c.obj("log", map[string]any(read(t, render(t, d))), "$schema", "version", "runs")
		c.want(log["version"] == "2.1.0", "version %v", log["version"])
		runs := c.list("runs", log["runs"])
		c.want(len(runs) == 1, "%d runs", len(runs))
		run := c.obj("run", runs[0], "tool", "invocations", "originalUriBaseIds", "artifacts", "results", "columnKind", "properties")
		driver := c.obj("driver", c.obj("tool", run["tool"], "driver")["driver"], "name", "version?", "rules")
		c.rules = c.list("rules", driver["rules"])
		c.artifacts = c.list("artifacts", run["artifacts"])
		ids := map[any]bool{}
		for _, r := range c.rules {
			r := c.obj("rule", r, "id", "shortDescription", "fullDescription?", "helpUri?", "help?", "defaultConfiguration", "properties")
			c.want(!ids[r["id"]], "two rules are called %v", r["id"])
			ids[r["id"]] = true
			c.message("rule", r["shortDescription"])
			c.message("rule", r["fullDescription"])
			c.message("rule", r["help"])
			conf := c.obj("configuration", r["defaultConfiguration"], "enabled", "level")
			c.want(slices.Contains([]any{"error", "warning", "note"}, conf["level"]), "level %v", conf["level"])
			if u, err := url.Parse(r["helpUri"].(string)); err != nil || !u.IsAbs() {
				t.Errorf("%s: helpUri %v", name, r["helpUri"])
			}
		}
		sha := regexp.MustCompile(`^[0-9a-f]{64}$`)
		for _, a := range c.artifacts {
			a := c.obj("artifact", a, "location", "length", "hashes", "properties")
			c.artifactLocation("artifact", a["location"])
			c.want(sha.MatchString(c.obj("hashes", a["hashes"], "sha-256")["sha-256"].(string)), "hashes %v", a["hashes"])
		}
		c.want(len(c.artifacts) == d.Report.Summary.Sources, "%d artifacts, want %d", len(c.artifacts), d.Report.Summary.Sources)
		for _, i := range c.list("invocations", run["invocations"]) {
			i := c.obj("invocation", i, "executionSuccessful", "toolExecutionNotifications")
			notes := c.list("notifications", i["toolExecutionNotifications"])
			n := 0
			for range d.Report.Diagnostics {
				n++
			}
			c.want(len(notes) == n+d.Report.Summary.Outcomes["error"], "%d notifications, want %d", len(notes), n)
			for _, n := range notes {
				n := c.obj("notification", n, "descriptor", "associatedRule?", "level", "message", "locations")
				c.obj("descriptor", n["descriptor"], "id")
				c.message("notification", n["message"])
				c.want(slices.Contains([]any{"error", "warning", "note"}, n["level"]), "level %v", n["level"])
				for _, l := range c.list("locations", n["locations"]) {
					c.location("notification", l)
				}
			}
		}
		c.results(d, c.list("results", run["results"]))
	}
}

func (c *checker) results(d *reports.Document, results []any) {
	c.want(len(results) == d.Report.Summary.Findings, "%d results, want %d", len(results), d.Report.Summary.Findings)
	prints, levels := map[any]bool{}, 0
	for _, r := range results {
		r := c.obj("result", r, "ruleId", "ruleIndex", "kind", "level", "message", "locations", "relatedLocations?", "fingerprints", "suppressions?", "properties")
		c.rule("result", r["ruleId"], r["ruleIndex"])
		c.message("result", r["message"])
		c.want(slices.Contains([]any{"notApplicable", "pass", "fail", "review", "open", "informational"}, r["kind"]), "kind %v", r["kind"])
		c.want((r["kind"] == "fail") == (r["level"] != "none"), "kind %v with level %v", r["kind"], r["level"])
		if r["level"] != "none" {
			levels++
		}
		locations := c.list("locations", r["locations"])
		c.want(len(locations) == 1, "%d locations", len(locations))
		c.location("result", locations[0])
		if r["relatedLocations"] != nil {
			for i, l := range c.list("relatedLocations", r["relatedLocations"]) {
				c.location("related", l)
				c.want(l.(map[string]any)["id"] == float64(i+1), "related location %d has the id %v", i, l.(map[string]any)["id"])
			}
		}
		print := c.obj("fingerprints", r["fingerprints"], fingerprint)[fingerprint]
		c.want(!prints[print], "two results have the fingerprint %v", print)
		prints[print] = true
		_, given := r["suppressions"].([]any)
		c.want(given == (d.Report.Tool.Waivers != nil), "suppressions: %v", r["suppressions"])
	}
	sum := d.Report.Summary
	c.want(levels == sum.Outcomes["fail"]+sum.Waived, "%d failures, want %d", levels, sum.Outcomes["fail"]+sum.Waived)
}

func TestWaivers(t *testing.T) {
	d := reports.New(inputs(t)["waived"]())
	suppressed := 0
	run := read(t, render(t, d))["runs"].([]any)[0].(map[string]any)
	for _, r := range run["results"].([]any) {
		suppressed += len(r.(map[string]any)["suppressions"].([]any))
	}
	if suppressed == 0 || suppressed != d.Report.Summary.Waived {
		t.Errorf("%d suppressions, want %d", suppressed, d.Report.Summary.Waived)
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct{ outcome, severity, kind, level string }{
		{"fail", "critical", "fail", "error"}, {"fail", "high", "fail", "error"}, {"fail", "medium", "fail", "warning"}, {"fail", "low", "fail", "note"}, {"fail", "info", "fail", "note"},
		{"pass", "high", "pass", "none"}, {"unknown", "high", "open", "none"}, {"notchecked", "high", "open", "none"}, {"notapplicable", "high", "notApplicable", "none"},
		{"informational", "high", "informational", "none"}, {"error", "high", "review", "none"},
	} {
		if kind, level := kindOf(&reports.Finding{Outcome: c.outcome, Severity: c.severity}); kind != c.kind || level != c.level {
			t.Errorf("%s, %s is %s, %s, want %s, %s", c.outcome, c.severity, kind, level, c.kind, c.level)
		}
	}
}

func TestURI(t *testing.T) {
	for in, want := range map[string]string{
		"web01/root.sst":           "web01/root.sst",
		"a b/ü.reg":                "a%20b/%C3%BC.reg",
		"c:/x":                     "c%3A/x",
		"/etc/passwd":              "./etc/passwd",
		"//host/x":                 ".//host/x",
		"javascript:alert(1)":      "javascript%3Aalert%281%29",
		"a/../b":                   "a/%2E%2E/b",
		"bad\xff\x1b?q#f%41":       "bad%FF%1B%3Fq%23f%2541",
		"user\u202egnp.exe":        "user%E2%80%AEgnp.exe",
		`back\slash`:               "back%5Cslash",
		"zip!/inner.sst":           "zip%21/inner.sst",
		"<script>alert(1)</script": "%3Cscript%3Ealert%281%29%3C/script",
	} {
		got := uriOf(in)
		if got != want {
			t.Errorf("uriOf(%q) = %q, want %q", in, got, want)
		}
		if back, err := url.PathUnescape(strings.TrimPrefix(got, "./")); err != nil || back != strings.TrimPrefix(in, "/") {
			t.Errorf("%q reads back as %q, %v", in, back, err)
		}
	}
}

func TestSay(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                        "plain",
		"{0} and {{1}}":                "{{0}} and {{{{1}}}}",
		"[click](http://evil.example)": "[click] (http://evil.example)",
		"[HKLM\\SOFTWARE] Name":        "[HKLM\\SOFTWARE] Name",
		"":                             "(no text)",
		"esc\x1b":                      `esc\x1b`,
	} {
		if got := say(in).Text; got != want {
			t.Errorf("say(%q) = %q, want %q", in, got, want)
		}
	}
	if n := len([]rune(say(strings.Repeat("A", 40_000)).Text)); n > maxMessage {
		t.Errorf("a message has %d characters", n)
	}
}

func TestRegions(t *testing.T) {
	r := &run{artifactN: map[string]int{"a": 0}}
	for _, c := range []struct {
		in   reports.Location
		want string
	}{
		{reports.Location{Source: "a"}, `{"physicalLocation":{"artifactLocation":{"uri":"a","uriBaseId":"EVIDENCE","index":0}}}`},
		{reports.Location{Source: "a", Line: 3, Offset: 40, Length: 2}, `{"physicalLocation":{"artifactLocation":{"uri":"a","uriBaseId":"EVIDENCE","index":0},"region":{"startLine":3}}}`},
		{reports.Location{Source: "a", Length: 9}, `{"physicalLocation":{"artifactLocation":{"uri":"a","uriBaseId":"EVIDENCE","index":0},"region":{"byteOffset":0,"byteLength":9}}}`},
		{reports.Location{Source: "b", Offset: 8, Path: "certificate 1"}, `{"physicalLocation":{"artifactLocation":{"uri":"b","uriBaseId":"EVIDENCE"},"region":{"byteOffset":8,"byteLength":0}},"logicalLocations":[{"fullyQualifiedName":"certificate 1"}]}`},
	} {
		got, err := json.Marshal(r.location(c.in))
		if err != nil || string(got) != c.want {
			t.Errorf("%+v is %s, want %s", c.in, got, c.want)
		}
	}
}

func TestNoCharacterSteers(t *testing.T) {
	for name, in := range inputs(t) {
		for _, r := range render(t, reports.New(in())) {
			if r != '\n' && reports.Unsafe(r) {
				t.Fatalf("%s: the log holds %U", name, r)
			}
		}
	}
}

// A rule that breaks is told of as a result and as a notification.
func TestBrokenRule(t *testing.T) {
	d := reports.New(inputs(t)["empty"]())
	d.Report.Summary.Outcomes["error"] = 1
	d.Report.Findings = func(yield func(reports.Finding) bool) {
		yield(reports.Finding{ID: "1", Rule: "root-store-mixed", Outcome: "error", Severity: "high", Host: "h", Summary: "the rule broke: x"})
	}
	run := read(t, render(t, d))["runs"].([]any)[0].(map[string]any)
	i := run["invocations"].([]any)[0].(map[string]any)
	notes := i["toolExecutionNotifications"].([]any)
	last := notes[len(notes)-1].(map[string]any)
	if i["executionSuccessful"] != false || last["associatedRule"].(map[string]any)["id"] != "root-store-mixed" || run["results"].([]any)[0].(map[string]any)["kind"] != "review" {
		t.Errorf("invocation %v", i)
	}
}

func TestSameBytes(t *testing.T) {
	in := inputs(t)["waived"]
	first := render(t, reports.New(in()))
	for range 19 {
		if render(t, reports.New(in())) != first {
			t.Fatal("the same document gives another log")
		}
	}
}

type fullDisk struct{ room int }

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

var errFull = errors.New("disk full")

func TestWriterFails(t *testing.T) {
	if err := Format.Write(&fullDisk{}, reports.New(inputs(t)["estate"]())); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}
