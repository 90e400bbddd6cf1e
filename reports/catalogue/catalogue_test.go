package catalogue

import (
	"strings"
	"testing"
	"time"
)

func small(t testing.TB) *Catalogue {
	t.Helper()
	c, err := New("de", []Entry{
		{"the list", "die Liste"},
		{"nothing was read", "nichts wurde gelesen"},
		{"{0n} certificates", "{0n} Zertifikate"},
		{"{0} was not read whole: {1t}", "{0} wurde nicht ganz gelesen: {1t}"},
		{"{0} expired on {1}; it stands in {2}", "{0} ist am {1} abgelaufen; es steht in {2}"},
		{"the value {0q} in {1x} is unknown", "der Wert {0q} in {1x} ist unbekannt"},
		{"all certificates in {0l} ({1n}) fit", "alle Zertifikate in {0l} ({1n}) passen"},
		{"The first sentence.", "Der erste Satz."},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestText(t *testing.T) {
	c := small(t)
	for english, want := range map[string]string{
		"":                                   "",
		"the list":                           "die Liste",
		"18,861 certificates":                "18.861 Zertifikate",
		"18,861":                             "18.861",
		"2026-11-22":                         "2026-11-22",
		"the list; 1,000 certificates":       "die Liste; 1.000 Zertifikate",
		"the list: 2 certificates":           "die Liste: 2 Zertifikate",
		"the list (nothing was read)":        "die Liste (nichts wurde gelesen)",
		"a.sst was not read whole: the list": "a.sst wurde nicht ganz gelesen: die Liste",
		"CN=the list; O=A expired on 2019-01-04; it stands in LocalMachine\\Root": "CN=the list; O=A ist am 2019-01-04 abgelaufen; es steht in LocalMachine\\Root",
		`the value "the list in x" in the list is unknown`:                        `der Wert "the list in x" in die Liste ist unbekannt`,
		"all certificates in A, B and C (3) fit":                                  "alle Zertifikate in A, B und C (3) passen",
		// A sentence of which a part is unknown stays English as a whole.
		"a.sst was not read whole: it is of no use to the reader": "a.sst was not read whole: it is of no use to the reader",
		"the list; it is of no use to the reader":                 "the list; it is of no use to the reader",
		// Sentences and lines stand for themselves.
		"The first sentence. This one is not known to it.": "Der erste Satz. This one is not known to it.",
		"the list\nit is of no use":                        "die Liste\nit is of no use",
		"The first\nsentence.":                             "Der erste Satz.",
	} {
		if got := c.Text(english); got != want {
			t.Errorf("Text(%q) = %q, want %q", english, got, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, e := range [][]Entry{
		{{"a b", ""}},
		{{"a b", "x"}, {"a b", "y"}},
		{{"{0} is a", "{1} ist"}},
		{{"{0} is a {1}", "{0} ist"}},
		{{"{0}{1} is a", "{0} {1}"}},
		{{"{0}: {1}", "{0}: {1}"}},
		{{"{0z} is a", "{0z} ist"}},
	} {
		if _, err := New("de", e); err == nil {
			t.Errorf("New(%q) has no error", e)
		}
	}
}

// The embedded catalogue can be read, and every entry is translated by itself.
func TestGerman(t *testing.T) {
	c, err := Parse("de", german)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.keys) < 1500 {
		t.Errorf("the catalogue has %d entries", len(c.keys))
	}
	for english, german := range c.exact {
		if got := c.Text(english); got != german {
			t.Errorf("Text(%q) = %q", english, got)
		}
	}
}

// The work for a text is bounded by its length, whatever it holds.
func TestHostileTextIsFast(t *testing.T) {
	c := German()
	for _, unit := range []string{"; ", ", ", ": ", " (", " and ", ". A", "was not read whole: ", "(((", "the list ", "\n", `"`, "1,1"} {
		start := time.Now()
		c.Text(strings.Repeat(unit, 40_000/len(unit)))
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("40,000 characters of %q took %v", unit, took)
		}
	}
}

// Text never changes what has nothing of the catalogue, never panics, and keeps
// the data of a template byte for byte.
func FuzzText(f *testing.F) {
	for _, s := range []string{"CN=A, O=B; x", `"a\`, "a: b (c) d, e and f", "1,2,3", "\xff\n\n. A", "was not read whole: the list"} {
		f.Add(s)
	}
	plain, err := New("de", nil)
	if err != nil {
		f.Fatal(err)
	}
	c, big := small(f), German()
	f.Fuzz(func(t *testing.T, s string) {
		// Numbers alone are regrouped, and "and" joins data.
		if got := plain.Text(s); got != s && !strings.ContainsAny(s, "0123456789") && !strings.Contains(s, " and ") {
			t.Errorf("Text(%q) = %q without a catalogue", s, got)
		}
		big.Text(s)
		if got := c.Text(`the value "` + strings.Map(noQuote, s) + `" in x is unknown`); !strings.Contains(got, strings.Map(noQuote, s)) {
			t.Errorf("the data of %q is gone: %q", s, got)
		}
	})
}

func noQuote(r rune) rune {
	if r == '"' || r == '\\' {
		return -1
	}
	return r
}
