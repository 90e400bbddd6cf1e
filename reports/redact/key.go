package redact

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// KeySchema names the key file and its version.
const KeySchema = "ctlaudit/redaction-key/v1"

// MaxKey bounds a key file, in bytes.
const MaxKey = 64 << 20

// A Key says which pseudonym stands for which name. It undoes a redaction: it
// belongs with the evidence, never with the report.
type Key struct {
	Schema string  `json:"schema"`
	Names  []Entry `json:"names"`
}

// An Entry is one name. Names are compared without regard to case.
type Entry struct {
	Kind      kind   `json:"kind"`
	Name      string `json:"name"`
	Pseudonym string `json:"pseudonym"`
}

type kind string

const (
	aHost     kind = "host"
	aDomain   kind = "domain"
	aUser     kind = "user"
	aSID      kind = "sid"
	anAddress kind = "address"
)

var allKinds = []kind{aHost, aDomain, aUser, aSID, anAddress}

var prefixes = map[kind]string{aHost: "HOST", aDomain: "DOMAIN", aUser: "USER", aSID: "SID", anAddress: "ADDRESS"}

// pseudonymForm is that of every pseudonym.
var pseudonymForm = regexp.MustCompile(`(?i)^(HOST|DOMAIN|USER|SID|ADDRESS)-([0-9]{3,9})$`)

func number(pseudonym string) int {
	_, digits, _ := strings.Cut(pseudonym, "-")
	n, _ := strconv.Atoi(digits)
	return n
}

// ReadKey reads a key file. An error says what is wrong with it: a key with an
// unknown member, of another schema, or with a name or pseudonym that stands
// there twice is refused as a whole.
func ReadKey(rd io.Reader) (*Key, error) {
	text, err := io.ReadAll(io.LimitReader(rd, MaxKey+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxKey {
		return nil, fmt.Errorf("it is over %d bytes long", MaxKey)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	k := &Key{}
	if err := d.Decode(k); err != nil {
		return nil, fmt.Errorf("it is no redaction key: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("it is no redaction key: something follows its end")
	}
	if k.Schema != KeySchema {
		return nil, fmt.Errorf("its schema is %q and not %q", k.Schema, KeySchema)
	}
	return k, k.check()
}

func (k *Key) check() error {
	names, pseudonyms := map[string]bool{}, map[string]bool{}
	for _, e := range k.Names {
		prefix, known := prefixes[e.Kind]
		id := string(e.Kind) + " " + fold(e.Name)
		switch {
		case !known:
			return fmt.Errorf("kind %q is not known", e.Kind)
		case e.Name == "":
			return fmt.Errorf("%s stands for no name", e.Pseudonym)
		case !strings.HasPrefix(e.Pseudonym, prefix+"-") || !pseudonymForm.MatchString(e.Pseudonym):
			return fmt.Errorf("%q is no pseudonym of a %s", e.Pseudonym, e.Kind)
		case names[id]:
			return fmt.Errorf("the %s %q stands there twice", e.Kind, e.Name)
		case pseudonyms[e.Pseudonym]:
			return fmt.Errorf("%s stands there twice", e.Pseudonym)
		}
		names[id], pseudonyms[e.Pseudonym] = true, true
	}
	return nil
}

// Write writes the key, sorted by kind and pseudonym.
func (k *Key) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(k)
}

func (k *Key) sort() {
	slices.SortFunc(k.Names, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(slices.Index(allKinds, a.Kind), slices.Index(allKinds, b.Kind)), cmp.Compare(number(a.Pseudonym), number(b.Pseudonym)))
	})
}

// fold is the form in which names are compared. What is no UTF-8 is replaced, as
// in JSON.
func fold(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ToLower(s)
}
