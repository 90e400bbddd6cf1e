package yamlfile

import (
	"errors"
	"strings"
	"testing"
)

type sample struct {
	Name  string            `yaml:"name"`
	On    *bool             `yaml:"on"`
	Size  map[string]int    `yaml:"size"`
	List  []item            `yaml:"list"`
	Texts map[string]string `yaml:"texts"`
}

type item struct {
	ID  string   `yaml:"id"`
	Of  []string `yaml:"of"`
	Any any      `yaml:"any"`
}

func TestDecodeIsStrict(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"an unknown key", "name: x\nnme: y\n", `f.yaml:2:1: unknown field "nme"`},
		{"an unknown nested key", "list:\n  - id: a\n    off: b\n", `f.yaml:3:5: unknown field "off"`},
		{"a key twice", "name: x\nsize: {}\nname: y\n", `f.yaml:3:1: mapping key "name" already defined`},
		{"a text for a number", "size:\n  a: many\n", "f.yaml:2:6: a whole number is wanted here, and a text was found"},
		{"a text for a truth", "on: yes\n", "f.yaml:1:5: true or false is wanted here, and a text was found"},
		{"a list for a text", "name: [a]\n", "f.yaml:1:7: a text is wanted here, and a list was found"},
		{"a list for the whole", "- a\n", "f.yaml:1:1:"},
		{"no YAML", "name: [\n", "f.yaml:1:7:"},
		{"a tab", "\tname: x\n", "f.yaml:1:"},
		{"empty", "", "f.yaml:1:1: the file is empty"},
		{"a comment only", "# nothing\n", "f.yaml:1:1: the file is empty"},
		{"two documents", "name: x\n---\nname: y\n", "f.yaml:3:1: a second document"},
		{"an anchor", "name: &a x\n", "f.yaml:1:7: anchors are not read"},
		{"an alias", "list:\n  - id: *a\n", "f.yaml:2:9: "},
		{"a merge key", "size: {<<: {a: 1}}\n", "f.yaml:1:8: merge keys are not read"},
		{"a tag", "name: !!str x\n", "f.yaml:1:7: tags are not read"},
		{"8-bit text", "name: x\ntexts: {a: caf\xe9}\n", "f.yaml:2:15: the file is not UTF-8"},
		{"UTF-16", "n\x00a\x00", "f.yaml:1:2: the file is not UTF-8"},
		{"brackets", "name: " + strings.Repeat("[", 5000), "f.yaml:1:71: more than 64 brackets"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s sample
			_, err := Decode("f.yaml", []byte(tt.text), &s)
			var e *Error
			if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error = %v, want %q", err, tt.want)
			}
		})
	}
	var s sample
	if _, err := Decode("f.yaml", make([]byte, MaxSize+1), &s); err == nil || err.Error() != "f.yaml: the file is larger than 4 MiB" {
		t.Errorf("error = %v", err)
	}
}

func TestPlaces(t *testing.T) {
	text := "\uFEFF# head\r\nname: x\r\nsize: {2012: 1.5, b: 2}\r\nlist:\r\n  - id: a\r\n    of: [p,\r\n      q]\r\n  -\r\n    id: \"b\"\r\n    any:\r\n"
	var s sample
	d, err := Decode("f.yaml", []byte(text), &s)
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "x" || len(s.List) != 2 || s.List[1].ID != "b" {
		t.Fatalf("%+v", s)
	}
	for _, tt := range []struct {
		place        Place
		line, column int
	}{
		{d.At(), 2, 1}, {d.At("name"), 2, 7}, {d.Key("name"), 2, 1}, {d.At("size", "2012"), 3, 14}, {d.Key("size", "2012"), 3, 8}, {d.At("size", "b"), 3, 22},
		{d.At("list", 0), 5, 5}, {d.At("list", 0, "of", 1), 7, 7}, {d.Key("list", 1, "id"), 9, 5}, {d.At("list", 1, "any"), 10, 5},
		{d.At("list", 1, "of"), 9, 5}, {d.At("list", 9), 5, 3}, {d.At("nowhere"), 2, 1},
	} {
		if line, column := tt.place.Position(); line != tt.line || column != tt.column {
			t.Errorf("%v: %d:%d, want %d:%d", tt.place.path, line, column, tt.line, tt.column)
		}
	}
	if err := d.Key("size", "2012").Errorf("no %q", "x"); err.Error() != `f.yaml:3:8: no "x"` {
		t.Error(err)
	}
	if !d.At("list", 1, "id").Has() || d.At("list", 1, "of").Has() || d.At("list", 2).Has() || d.At().File() != "f.yaml" {
		t.Error("what is there is not found, or what is not is")
	}
	if !d.At("size", "2012").IsFraction() || d.At("size", "b").IsFraction() || d.At("size", "c").IsFraction() {
		t.Error("only 1.5 is a fraction")
	}
}

func TestDecodeAPart(t *testing.T) {
	var s sample
	d, err := Decode("f.yaml", []byte("list:\n  - id: a\n    any:\n      id: b\n      of: [c]\n  - any: {ID: b}\n  - any:\n"), &s)
	if err != nil {
		t.Fatal(err)
	}
	var part item
	if err := d.At("list", 0, "any").Decode(&part); err != nil || part.ID != "b" || len(part.Of) != 1 {
		t.Errorf("%+v, %v", part, err)
	}
	if err := d.At("list", 1, "any").Decode(&part); err == nil || !strings.HasPrefix(err.Error(), `f.yaml:6:11: unknown field "ID"`) {
		t.Errorf("error = %v", err)
	}
	if d.At("list", 0, "id").Text() != "a" || d.At("list", 3).Text() != "" {
		t.Error("the text of a scalar is not found")
	}
	for _, p := range []Place{d.At("list", 2, "any"), d.At("list", 3)} {
		if err := p.Decode(&part); err != nil {
			t.Errorf("error = %v", err)
		}
	}
}

func TestTextStart(t *testing.T) {
	text := "texts:\n  plain: a b\n  single: 'a b'\n  double: \"a\\tb\"\n  block: |\n    a\n    b\n  folded: >-\n\n    a\n  long: a\n    b\n"
	var s sample
	d, err := Decode("f.yaml", []byte(text), &s)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		key          string
		line, column int
		plain        bool
	}{{"plain", 2, 10, true}, {"single", 3, 12, true}, {"double", 4, 12, false}, {"block", 6, 5, true}, {"folded", 10, 5, false}, {"long", 11, 9, false}} {
		if line, column, plain := d.At("texts", tt.key).TextStart(); line != tt.line || column != tt.column || plain != tt.plain {
			t.Errorf("%s: %d:%d %v, want %d:%d %v", tt.key, line, column, plain, tt.line, tt.column, tt.plain)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("name: x\nsize: {a: 1}\nlist:\n  - id: a\n")
	f.Add("list: [{of: [a]}]")
	f.Add("? a\n: b\n")
	f.Fuzz(func(t *testing.T, text string) {
		var s sample
		d, err := Decode("f.yaml", []byte(text), &s)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.File != "f.yaml" {
				t.Errorf("error without a file: %v", err)
			}
			return
		}
		for i := range s.List {
			if line, _ := d.At("list", i, "id").Position(); line < 1 {
				t.Errorf("entry %d has no place", i)
			}
		}
	})
}
