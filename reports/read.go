package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"strings"
)

// Read reads a JSON report back. It decodes strictly: the error says what is
// wrong, at which place of the report and at which byte of the file. The report
// holds each list once. It is refused beyond MaxReport bytes.
func Read(r io.Reader) (*Report, error) { return readWithin(r, MaxReport) }

func readWithin(r io.Reader, limit int64) (*Report, error) {
	limited := &io.LimitedReader{R: r, N: limit + 1}
	in := bufio.NewReaderSize(limited, 64<<10)
	d := &decoder{Decoder: json.NewDecoder(in)}
	// What was saved again on Windows may begin with a byte order mark.
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3)
		d.skipped = 3
	}
	d.DisallowUnknownFields()
	report, err := d.report()
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("the report is larger than %d bytes", limit)
	case err != nil:
		return nil, err
	}
	return report, nil
}

// A decoder knows where it stands.
type decoder struct {
	*json.Decoder
	skipped int64
}

// report reads the one object, field by field.
func (d *decoder) report() (*Report, error) {
	switch t, err := d.Token(); {
	case err != nil:
		return nil, d.wrong("", d.InputOffset(), err)
	case t != json.Delim('{'):
		return nil, errors.New("it is no JSON object, and no report")
	}
	r := &Report{rows: rows{known: true}}
	fields := fieldsOf(r)
	done := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, d.wrong("", d.InputOffset(), err)
		}
		key, _ := t.(string)
		field, known := fields[key]
		switch {
		case !known:
			return nil, fmt.Errorf("%q, before byte %d, is no key of a report", shorten(key), d.InputOffset()+d.skipped)
		case done[key]:
			return nil, fmt.Errorf("%q stands twice, again before byte %d", key, d.InputOffset()+d.skipped)
		}
		done[key] = true
		if err := d.field(key, field, &r.rows); err != nil {
			return nil, err
		}
		if key == "schema" && r.Schema != SchemaName {
			return nil, otherSchema(r.Schema)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, d.wrong("", d.InputOffset(), err)
	}
	if err := d.end(); err != nil {
		return nil, err
	}
	for key, f := range fieldsInOrder(r) {
		if !f.optional && !done[key] {
			return nil, fmt.Errorf("it has no %q: it is not the whole of a report", key)
		}
	}
	return r, nil
}

// end wants nothing but white space to follow.
func (d *decoder) end() error {
	at := d.InputOffset() + d.skipped
	switch _, err := d.Token(); {
	case errors.Is(err, io.EOF):
		return nil
	default:
		return fmt.Errorf("something follows the report, after byte %d", at)
	}
}

// otherSchema says what a JSON is that is no report.
func otherSchema(name string) error {
	of := map[string]string{PlanSchemaName: "a plan (ctlaudit plan)", MatchSchema: "a peer check (ctlaudit match)", DiffSchema: "a comparison (ctlaudit diff)"}
	if what := of[name]; what != "" {
		return fmt.Errorf("it is the JSON of %s, and not a report: its schema is %q, not %q", what, name, SchemaName)
	}
	if family, _, ok := cutLast(SchemaName, "/"); ok && strings.HasPrefix(name, family+"/") {
		return fmt.Errorf("its schema is %q, and this program reads %q only", shorten(name), SchemaName)
	}
	return fmt.Errorf("its schema is %q, and not %q", shorten(name), SchemaName)
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// A reportField is one of a report's own fields.
type reportField struct {
	value    reflect.Value
	optional bool
}

// fieldsInOrder goes through the fields that the contract has, by their keys.
func fieldsInOrder(r *Report) iter.Seq2[string, reportField] {
	return func(yield func(string, reportField) bool) {
		v := reflect.ValueOf(r).Elem()
		for i := range v.NumField() {
			key, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if key != "" && !yield(key, reportField{v.Field(i), option == "omitempty"}) {
				return
			}
		}
	}
}

func fieldsOf(r *Report) map[string]reportField {
	m := map[string]reportField{}
	for key, f := range fieldsInOrder(r) {
		m[key] = f
	}
	return m
}

// field decodes one field; a long list element by element.
func (d *decoder) field(key string, f reportField, n *rows) error {
	var err error
	switch to := f.value.Addr().Interface().(type) {
	case *Seq[Source]:
		_, err = list(d, key, to, nil)
	case *Seq[Host]:
		_, err = list(d, key, to, nil)
	case *Seq[Rule]:
		_, err = list(d, key, to, nil)
	case *Seq[IssuerList]:
		_, err = list(d, key, to, nil)
	case *Seq[RequiredRoot]:
		_, err = list(d, key, to, nil)
	case *Seq[Certificate]:
		n.certificates, err = list(d, key, to, nil)
	case *Seq[RegistryValue]:
		n.registry, err = list(d, key, to, (*RegistryValue).takeData)
	case *Seq[EventGroup]:
		n.events, err = list(d, key, to, nil)
	case *Seq[Finding]:
		_, err = list(d, key, to, nil)
	case *Seq[WaiverReport]:
		_, err = list(d, key, to, nil)
	case *Seq[Diagnostic]:
		n.diagnostics, err = list(d, key, to, nil)
	default:
		return d.value(key, f.value.Addr().Interface())
	}
	return err
}

// chunk is how many elements are held together, so that a long list is never
// copied to let it grow.
const chunk = 1024

// list reads a list and returns its length. check, if not nil, completes an
// element or refuses it.
func list[T any](d *decoder, key string, to *Seq[T], check func(*T) error) (int, error) {
	start := d.InputOffset()
	switch t, err := d.Token(); {
	case err != nil:
		return 0, d.wrong(key, start, err)
	case t != json.Delim('['):
		return 0, fmt.Errorf("%s, at byte %d, is no list", key, start+d.skipped)
	}
	var chunks [][]T
	n := 0
	for d.More() {
		if n%chunk == 0 {
			chunks = append(chunks, nil)
		}
		last := &chunks[len(chunks)-1]
		var element T
		at := fmt.Sprintf("%s[%d]", key, n)
		start := d.InputOffset()
		if err := d.value(at, &element); err != nil {
			return n, err
		}
		if check != nil {
			if err := check(&element); err != nil {
				return n, d.wrong(at, start, err)
			}
		}
		*last = append(*last, element)
		n++
	}
	start = d.InputOffset()
	if _, err := d.Token(); err != nil {
		return n, d.wrong(key, start, err)
	}
	*to = func(yield func(T) bool) {
		for _, c := range chunks {
			for i := range c {
				if !yield(c[i]) {
					return
				}
			}
		}
	}
	return n, nil
}

// value decodes a value that stands at a place of the report.
func (d *decoder) value(at string, to any) error {
	start := d.InputOffset()
	if err := d.Decode(to); err != nil {
		return d.wrong(at, start, err)
	}
	return nil
}

// wrong says where what is wrong stands; start is the byte before which all was
// in order.
func (d *decoder) wrong(at string, start int64, err error) error {
	if at != "" {
		at += ", "
	}
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%sthe report breaks off after byte %d", at, d.InputOffset()+d.skipped)
	case errors.As(err, &kind):
		if kind.Field != "" {
			at = strings.TrimSuffix(at, ", ") + "." + kind.Field + ", "
		}
		return fmt.Errorf("%sbehind byte %d: a %s stands where the contract has another type", at, start+d.skipped, kind.Value)
	case errors.As(err, &syntax):
		return fmt.Errorf("%sat byte %d: this is no JSON: %w", at, syntax.Offset+d.skipped, err)
	}
	return fmt.Errorf("%sbehind byte %d: %s", at, start+d.skipped, strings.TrimPrefix(err.Error(), "json: "))
}

// takeData gives the data of a value the type that the contract has: a text, or
// a list of texts.
func (v *RegistryValue) takeData() error {
	switch data := v.Data.(type) {
	case string:
		return nil
	case []any:
		list := make([]string, len(data))
		for i, d := range data {
			s, ok := d.(string)
			if !ok {
				return errors.New("data: the list holds what is no text")
			}
			list[i] = s
		}
		v.Data = list
		return nil
	}
	return errors.New("data: it is neither a text nor a list of texts")
}

func shorten(s string) string {
	const most = 60
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
