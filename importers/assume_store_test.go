package importers

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// recorder is a sink that keeps what it is given; it fails after limit records
// if limit is not 0.
type recorder struct {
	records     []evidence.Record
	diagnostics []evidence.Diagnostic
	limit       int
}

var errFull = errors.New("full")

func (r *recorder) Add(record evidence.Record) error {
	if r.limit > 0 && len(r.records) >= r.limit {
		return errFull
	}
	r.records = append(r.records, record)
	return nil
}

func (r *recorder) Diagnose(d evidence.Diagnostic) { r.diagnostics = append(r.diagnostics, d) }

func occurrence(subject, issuer string) *evidence.Occurrence {
	return &evidence.Occurrence{Certificate: &evidence.Certificate{SubjectDER: []byte(subject), IssuerDER: []byte(issuer), Parse: evidence.ParsedStrict}}
}

func TestStoreAssumer(t *testing.T) {
	root, issued := occurrence("a", "a"), occurrence("a", "b")
	failed := &evidence.Occurrence{Certificate: &evidence.Certificate{Parse: evidence.ParseFailed}}
	hint := evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreMy, Basis: evidence.StoreName}
	for name, test := range map[string]struct {
		hint  evidence.Store
		add   []*evidence.Occurrence
		apart int // of add, from the end
		want  string
		note  bool
	}{
		"nothing":           {want: ""},
		"hint":              {hint: hint, add: []*evidence.Occurrence{root, issued}, want: `LocalMachine\My`},
		"hint, one":         {hint: hint, add: []*evidence.Occurrence{root}, want: `LocalMachine\My`},
		"hint, nothing":     {hint: hint, want: `LocalMachine\My`},
		"one":               {add: []*evidence.Occurrence{root}, want: ""},
		"two roots":         {add: []*evidence.Occurrence{root, root}, want: `LocalMachine\Root`, note: true},
		"half":              {add: []*evidence.Occurrence{root, issued}, want: `LocalMachine\CA`, note: true},
		"most":              {add: []*evidence.Occurrence{root, issued, root}, want: `LocalMachine\Root`, note: true},
		"few":               {add: []*evidence.Occurrence{issued, issued, root}, want: `LocalMachine\CA`, note: true},
		"unreadable":        {add: []*evidence.Occurrence{failed, root, failed}, want: ""},
		"signer apart":      {add: []*evidence.Occurrence{root, root, issued, issued, issued}, apart: 3, want: `LocalMachine\Root`, note: true},
		"only apart":        {add: []*evidence.Occurrence{root, root}, apart: 2, want: ""},
		"hint, only apart":  {hint: hint, add: []*evidence.Occurrence{root, root}, apart: 2, want: ""},
		"hint, some aparts": {hint: hint, add: []*evidence.Occurrence{root, root}, apart: 1, want: `LocalMachine\My`},
	} {
		in := NewInput("f", 0, strings.NewReader(""), nil)
		in.Store = test.hint
		sink := &recorder{}
		a := NewStoreAssumer(in, sink)
		for i, o := range test.add {
			c := *o
			add := a.Add
			if i >= len(test.add)-test.apart {
				add = a.AddApart
			}
			if err := add(&c); err != nil {
				t.Fatal(err)
			}
		}
		if held := len(sink.records) == 0; held != (test.hint.IsZero() || len(test.add) == 0) {
			t.Errorf("%s: %d records were passed on before the end", name, len(sink.records))
		}
		if err := a.Finish(); err != nil {
			t.Fatal(err)
		}
		if in.Source.Store.String() != test.want {
			t.Errorf("%s: source has %q, want %q", name, in.Source.Store, test.want)
		}
		if note := len(sink.diagnostics) == 1 && sink.diagnostics[0].Code == "store-assumed" && sink.diagnostics[0].Severity == evidence.Note; note != test.note {
			t.Errorf("%s: diagnostics are %+v", name, sink.diagnostics)
		}
		if len(sink.records) != len(test.add) {
			t.Fatalf("%s: %d records, want %d", name, len(sink.records), len(test.add))
		}
		for i, r := range sink.records {
			o := r.(*evidence.Occurrence)
			want := test.want
			if i >= len(test.add)-test.apart {
				want = ""
			}
			if o.Store.String() != want || string(o.SubjectDER) != string(test.add[i].SubjectDER) {
				t.Errorf("%s: record %d has %q, want %q", name, i, o.Store, want)
			}
			if test.note && want != "" && o.Store.Basis != evidence.StoreAssumed {
				t.Errorf("%s: basis is %q", name, o.Store.Basis)
			}
		}
	}
}

func TestStoreAssumerKinds(t *testing.T) {
	in := NewInput("f", 0, strings.NewReader(""), nil)
	sink := &recorder{}
	a := NewStoreAssumer(in, sink)
	for _, r := range []evidence.Record{&evidence.RevocationList{}, occurrence("a", "a"), &evidence.TrustList{}, occurrence("b", "b")} {
		if err := a.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Finish(); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(sink.records[0].(*evidence.RevocationList).Store, sink.records[2].(*evidence.TrustList).Store)
	if got != `LocalMachine\Root LocalMachine\Root` {
		t.Error(got)
	}
	for _, hint := range []evidence.Store{{}, in.Source.Store} {
		in.Store = hint
		sink := &recorder{limit: 1}
		a := NewStoreAssumer(in, sink)
		err := errors.Join(a.Add(occurrence("a", "a")), a.Add(occurrence("b", "b")), a.Finish())
		if !errors.Is(err, errFull) {
			t.Errorf("with the hint %v the sink's error became %v", hint, err)
		}
	}
}

func TestStoreAssumerBound(t *testing.T) {
	in := NewInput("f", 0, strings.NewReader(""), nil)
	in.Store = evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreRoot}
	sink := &counter{}
	a := NewStoreAssumer(in, sink)
	o := occurrence("a", "a")
	for range MaxCertificates + 2 {
		if err := a.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Finish(); err != nil {
		t.Fatal(err)
	}
	if sink.records != MaxCertificates || len(sink.diagnostics) != 1 || !sink.diagnostics[0].Loses() || !strings.HasPrefix(sink.diagnostics[0].Summary, "2 ") {
		t.Errorf("%d records, %+v", sink.records, sink.diagnostics)
	}
}

type counter struct {
	records     int
	diagnostics []evidence.Diagnostic
}

func (c *counter) Add(evidence.Record) error      { c.records++; return nil }
func (c *counter) Diagnose(d evidence.Diagnostic) { c.diagnostics = append(c.diagnostics, d) }
