package html

import (
	"crypto/sha256"
	"encoding/base64"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/reports"
)

// TestPolicy checks that the page's policy names its script by digest, and that
// neither script nor style names anything outside the page.
func TestPolicy(t *testing.T) {
	page := render(t, reports.New(inputs(t)["empty"]()))
	sum := sha256.Sum256([]byte(strings.TrimSuffix(strings.TrimPrefix(scriptElement.FindString(page), "<script>"), "</script>")))
	root := parse(t, page)
	var got string
	for _, meta := range root.find(named("meta")) {
		if meta.attr["http-equiv"] == "Content-Security-Policy" {
			got = meta.attr["content"]
		}
	}
	for _, want := range []string{"default-src 'none'", "script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"} {
		if !strings.Contains(got, want) {
			t.Errorf("the policy is %q and lacks %q", got, want)
		}
	}
	outside := regexp.MustCompile(`(?i)https?:|//[a-z]|@import|url\(([^#]|$)|</|fetch|XMLHttpRequest|import\(|eval|innerHTML`)
	for name, text := range map[string]string{"page.css": style, "page.js": script} {
		for _, bad := range outside.FindAllString(text, -1) {
			t.Errorf("%s holds %q", name, bad)
		}
	}
}

var (
	colourRule = regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{3,6});`)
	scheme     = regexp.MustCompile(`(?s):root(?:\[data-theme="dark"\]|:not\(\[data-theme="light"\]\))? \{.*?\}`)
)

// schemes are the colours of the style sheet: light, dark by the browser's
// choice, dark by the button, and those of print.
func schemes(t *testing.T) []map[string]string {
	t.Helper()
	var list []map[string]string
	for _, block := range scheme.FindAllString(style, -1) {
		m := map[string]string{}
		for _, c := range colourRule.FindAllStringSubmatch(block, -1) {
			m[c[1]] = c[2]
		}
		list = append(list, m)
	}
	if len(list) != 4 {
		t.Fatalf("%d colour schemes, want 4", len(list))
	}
	return list
}

// luminance is the relative luminance of a colour (WCAG 2.1).
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) == 4 {
		hex = "#" + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:3], 2) + strings.Repeat(hex[3:4], 2)
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("%q is no colour", hex)
	}
	part := func(v uint64) float64 {
		c := float64(v&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(n>>16) + 0.7152*part(n>>8) + 0.0722*part(n)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast checks text against what it stands on (WCAG 2.1, 1.4.3) and the
// marks of pictures (1.4.11).
func TestContrast(t *testing.T) {
	all := schemes(t)
	if len(all[1]) != len(all[2]) {
		t.Error("the two dark schemes differ")
	}
	for k, v := range all[1] {
		if all[2][k] != v {
			t.Errorf("--%s differs between the dark schemes", k)
		}
	}
	for i, s := range all {
		for _, c := range []struct {
			text, on string
			least    float64
		}{
			{"ink", "ground", 4.5}, {"ink", "surface", 4.5}, {"ink", "sunken", 4.5}, {"ink", "bad-ground", 4.5},
			{"muted", "ground", 4.5}, {"muted", "surface", 4.5}, {"muted", "sunken", 4.5}, {"muted", "bad-ground", 4.5},
			{"accent", "surface", 4.5}, {"accent", "sunken", 4.5}, {"accent", "bad-ground", 4.5}, {"accent", "ground", 4.5},
			{"good", "surface", 4.5}, {"good", "good-ground", 4.5}, {"bad", "surface", 4.5}, {"bad", "bad-ground", 4.5},
			{"doubt", "surface", 4.5}, {"doubt", "doubt-ground", 4.5}, {"absent", "surface", 4.5}, {"absent", "absent-ground", 4.5},
			{"quiet", "surface", 4.5}, {"quiet", "quiet-ground", 4.5}, {"good", "sunken", 4.5}, {"bad", "sunken", 4.5},
			{"bar", "surface", 3}, {"bar-over", "surface", 3}, {"bar", "sunken", 3}, {"bar-over", "sunken", 3}, {"strong", "surface", 3},
		} {
			if got := contrast(t, s[c.text], s[c.on]); got < c.least {
				t.Errorf("scheme %d: %s on %s has a contrast of %.2f, want %.1f", i, c.text, c.on, got, c.least)
			}
		}
	}
}
