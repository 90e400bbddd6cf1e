package redact

import (
	"reflect"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/reports"
)

// A class says what a text of a report is.
type class uint8

const (
	prose   class = iota // what a rule or importer says, subjects of certificates
	fixed                // a word, digest, thumbprint or id: never touched
	exact                // the name of a host
	person               // the name of somebody
	file                 // the name of a source
	message              // what an export says in its own words: messages, registry data
)

// classes are those of the members of the contract, by "type.key" or "key". What
// stands here as fixed is a word of a closed list, a number in letters or a
// digest; a member that is not listed is prose, so that a new one is covered.
var classes = func() map[string]class {
	m := map[string]class{}
	for c, keys := range map[class]string{
		fixed: `schema sha256 thumbprint serial id severity outcome rule code format confidence encoding dialect dateOrder zone parse verdict sent counted
			osBasis storeBasis basis state profile os points version since expires physical impostors findings role roles
			RegistryValue.type FactTable.name FactTable.date Tool.name Finding.references Host.osName keyAlgorithm signatureAlgorithm needs
			collectedOn receivedOn DiffChange.what DiffChange.kind DiffSide.kind`,
		exact:   "host computer hosts Host.name MatchPeer.name peer server",
		person:  "approvedBy preparedBy reviewedBy collectedBy receivedBy reviewer assessor author auditor consultant contact owner",
		file:    "source sources searched from broken Source.name MatchFile.name DiffSide.name",
		message: "message data Location.path",
	} {
		for _, k := range strings.Fields(keys) {
			m[k] = c
		}
	}
	m["Moment.source"] = prose // of an event, not a file
	return m
}()

func classOf(t reflect.Type, f reflect.StructField) class {
	key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if key == "" {
		key = f.Name
	}
	if c, ok := classes[t.Name()+"."+key]; ok {
		return c
	}
	return classes[key]
}

var anyType = reflect.TypeFor[any]()

func isTime(t reflect.Type) bool {
	return t == reflect.TypeFor[reports.Time]() || t == reflect.TypeFor[time.Time]()
}

// isSeq reports whether a type is a reports.Seq.
func isSeq(t reflect.Type) bool {
	return t.Kind() == reflect.Func && t.NumIn() == 1 && t.NumOut() == 0 && t.In(0).Kind() == reflect.Func
}

// visit gives every text of a value, and every struct that holds some.
func visit(v reflect.Value, c class, text func(string, class), whole func(any)) {
	switch v.Kind() {
	case reflect.String:
		text(v.String(), c)
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			visit(v.Elem(), c, text, whole)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			visit(v.Index(i), c, text, whole)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			visit(it.Value(), c, text, whole)
		}
	case reflect.Func:
		if !isSeq(v.Type()) || v.IsNil() {
			return
		}
		yield := reflect.MakeFunc(v.Type().In(0), func(args []reflect.Value) []reflect.Value {
			visit(args[0], c, text, whole)
			return []reflect.Value{reflect.ValueOf(true)}
		})
		v.Call([]reflect.Value{yield})
	case reflect.Struct:
		if isTime(v.Type()) {
			return
		}
		if v.CanInterface() {
			whole(v.Interface())
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			switch {
			case f.Anonymous:
				visit(v.Field(i), c, text, whole)
			case f.IsExported():
				visit(v.Field(i), classOf(v.Type(), f), text, whole)
			}
		}
	}
}

// copied returns a copy of a value with its texts replaced. Sequences stay
// sequences: they are mapped while they are read.
func (v *view) copied(x reflect.Value, c class) reflect.Value {
	switch x.Kind() {
	case reflect.String:
		out := reflect.New(x.Type()).Elem()
		out.SetString(v.text(x.String(), c))
		return out
	case reflect.Pointer:
		if x.IsNil() {
			return x
		}
		out := reflect.New(x.Type().Elem())
		out.Elem().Set(v.copied(x.Elem(), c))
		return out
	case reflect.Interface:
		if x.IsNil() {
			return x
		}
		out := reflect.New(anyType).Elem()
		out.Set(v.copied(x.Elem(), c))
		return out
	case reflect.Slice:
		if x.IsNil() || x.Type().Elem().Kind() == reflect.Uint8 {
			return x
		}
		out := reflect.MakeSlice(x.Type(), x.Len(), x.Len())
		for i := range x.Len() {
			out.Index(i).Set(v.copied(x.Index(i), c))
		}
		return out
	case reflect.Map:
		if x.IsNil() {
			return x
		}
		out := reflect.MakeMapWithSize(x.Type(), x.Len())
		for it := x.MapRange(); it.Next(); {
			out.SetMapIndex(it.Key(), v.copied(it.Value(), c))
		}
		return out
	case reflect.Func:
		return v.mapped(x, c)
	case reflect.Struct:
		return v.copiedStruct(x, c)
	}
	return x
}

func (v *view) copiedStruct(x reflect.Value, c class) reflect.Value {
	t := x.Type()
	if isTime(t) {
		return x
	}
	// What is not exported is counted and remembered of the original, and is
	// left out.
	out := reflect.New(t).Elem()
	for i := range t.NumField() {
		f := t.Field(i)
		switch {
		case f.Anonymous:
			out.Field(i).Set(v.copied(x.Field(i), c))
		case f.IsExported():
			out.Field(i).Set(v.copied(x.Field(i), classOf(t, f)))
		}
	}
	v.mapIDs(out)
	return out
}

// mapped returns a sequence that gives copies of the elements of another.
func (v *view) mapped(seq reflect.Value, c class) reflect.Value {
	if !isSeq(seq.Type()) || seq.IsNil() {
		return seq
	}
	return reflect.MakeFunc(seq.Type(), func(args []reflect.Value) []reflect.Value {
		yield := args[0]
		each := reflect.MakeFunc(yield.Type(), func(args []reflect.Value) []reflect.Value {
			return yield.Call([]reflect.Value{v.copied(args[0], c)})
		})
		seq.Call([]reflect.Value{each})
		return nil
	})
}

func (v *view) copyReport(rep *reports.Report) *reports.Report {
	out := v.copied(reflect.ValueOf(*rep), prose).Interface().(reports.Report)
	return &out
}
