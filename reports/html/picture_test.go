package html

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/reports"
)

// listOf makes a list of names that have 100 bytes each with their length
// fields; the limit is in bytes.
func listOf(names, limit int) *reports.IssuerList {
	l := &reports.IssuerList{Host: "web01", Store: `LocalMachine\Root`, Verdict: "over", Sent: "yes", Collected: true, Limit: reports.Limit{Bytes: limit},
		Bytes: reports.Bytes{Min: names * 90, Expected: names * 100, Max: names * 110, MinKnown: true}}
	for i := range names {
		end := (i + 1) * 100
		l.Entries = append(l.Entries, reports.Entry{Subject: "CN=" + strconv.Itoa(i), Bytes: 98, EndsAt: reports.Ends{File: &end}, Cut: reports.Cuts{File: end > limit}})
	}
	return l
}

func percent(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPicture(t *testing.T) {
	for _, c := range []struct {
		name                    string
		list                    *reports.IssuerList
		most                    int
		parts, fit, over, ticks int
	}{
		{"under", listOf(10, 16_384), 400, 10, 10, 0, 5},
		{"over", listOf(200, 16_384), 400, 200, 163, 37, 6},
		{"over the small limit", listOf(130, 12_288), 400, 130, 122, 8, 5},
		{"too many to tell apart", listOf(1_000, 16_384), 100, 101, 163, 837, 4},
		{"empty", listOf(0, 16_384), 400, 0, 0, 0, 5},
	} {
		p := newPicture(&reports.Document{}, "list-1", "Root", c.list, reports.Bad, c.most)
		if len(p.Names) != c.parts || len(p.Ticks) != c.ticks {
			t.Errorf("%s: %d parts and %d ticks, want %d and %d", c.name, len(p.Names), len(p.Ticks), c.parts, c.ticks)
		}
		if want := plural(c.fit, "name") + " within the limit"; p.FitText != want {
			t.Errorf("%s: %q, want %q", c.name, p.FitText, want)
		}
		if got := strings.HasPrefix(p.OverText, plural(c.over, "name")+" beyond"); got != (c.over > 0) {
			t.Errorf("%s: %q for %d names", c.name, p.OverText, c.over)
		}
		at := 0.0
		for i, n := range p.Names {
			if x := percent(t, n.X); math.Abs(x-at) > 0.01 {
				t.Errorf("%s: part %d begins at %v, and the one before ends at %v", c.name, i, x, at)
			}
			at = percent(t, n.X) + percent(t, n.Width)
			if over := percent(t, n.X)+percent(t, n.Width) > percent(t, newScale(max(c.list.Bytes.Max, c.list.Limit.Bytes, largeLimit)).at(c.list.Limit.Bytes))+0.01; over != n.Over {
				t.Errorf("%s: part %d is drawn as over: %v", c.name, i, n.Over)
			}
		}
		if want := percent(t, p.ExpectedAt); math.Abs(at-want) > 0.01 {
			t.Errorf("%s: the names end at %v, and the list is expected to end at %v", c.name, at, want)
		}
		if least, greatest := percent(t, p.Least), percent(t, p.Greatest); least > percent(t, p.ExpectedAt) || greatest < percent(t, p.ExpectedAt) || greatest > 100 {
			t.Errorf("%s: least %v, expected %s, greatest %v", c.name, least, p.ExpectedAt, greatest)
		}
		own := 0
		for _, l := range p.Limits {
			if l.Own {
				own++
			}
			if x := percent(t, l.X); x > 100 || x < 0 || (x > 50) != (l.Anchor == "end") {
				t.Errorf("%s: the limit %s stands at %s, anchored at its %s", c.name, l.Label, l.X, l.Anchor)
			}
		}
		if own != 1 || len(p.Limits) != 2 {
			t.Errorf("%s: %d limits, %d of them the host's", c.name, len(p.Limits), own)
		}
		if (p.Hatched != nil) != (c.over > 0) {
			t.Errorf("%s: hatched: %v", c.name, p.Hatched)
		}
	}
}

// Certificates that share a name share its place.
func TestPictureOfSharedNames(t *testing.T) {
	l := listOf(3, 16_384)
	first := 100
	l.Entries = append(l.Entries, reports.Entry{Subject: "CN=0", Bytes: 98, EndsAt: reports.Ends{File: &first}}, reports.Entry{Subject: "CN=unlisted", Bytes: 98})
	if p := newPicture(&reports.Document{}, "list-1", "Root", l, reports.Good, 400); len(p.Names) != 3 {
		t.Errorf("%d names, want 3", len(p.Names))
	}
}

func TestLeastIsOpen(t *testing.T) {
	l := listOf(3, 16_384)
	l.Bytes.MinKnown = false
	if p := newPicture(&reports.Document{}, "list-1", "Root", l, reports.Good, 400); !p.LeastOpen || p.LeastText != "not knowable" || percent(t, p.Least) != 0 {
		t.Errorf("least %q at %s, open: %v", p.LeastText, p.Least, p.LeastOpen)
	}
}

func TestLongText(t *testing.T) {
	for _, c := range []struct {
		n    int
		fold bool
	}{{0, false}, {longFrom, false}, {longFrom + 1, true}, {40_000, true}} {
		s := strings.Repeat("生", c.n)
		f := longText(s)
		if f.Text+f.Rest != s || (f.Rest != "") != c.fold {
			t.Errorf("%d characters: folded after %d bytes", c.n, len(f.Text))
		}
	}
	if got := shortText(strings.Repeat("é", 100)); got != strings.Repeat("é", shortMax)+"…" {
		t.Errorf("shortText gives %q", got)
	}
}
