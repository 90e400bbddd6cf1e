package observed

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

func attr(oid string, tag byte, value string) []byte {
	return certtest.TLV(0x31, certtest.TLV(0x30, certtest.TLV(0x06, []byte(oid)), certtest.TLV(tag, []byte(value))))
}

func name(rdns ...[]byte) []byte { return certtest.TLV(0x30, rdns...) }

const (
	oidCN, oidC, oidO = "\x55\x04\x03", "\x55\x04\x06", "\x55\x04\x0a"
	oidOrgID          = "\x55\x04\x61"
	oidDC             = "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"
	oidOwn            = "\x2a\x03\x04"
)

// Each text is what a program wrote for the name.
func TestKeys(t *testing.T) {
	foo := name(attr(oidC, 0x13, "US"), attr(oidO, 0x0c, `Foo, "Bar" + Co.`), attr(oidCN, 0x0c, "Tést  Root"))
	for _, tt := range []struct {
		what string
		der  []byte
		text string
		want bool
	}{
		{"oneline", foo, `/C=US/O=Foo, "Bar" + Co./CN=T\xC3\xA9st  Root`, true},
		{"1.1.1 and 3.0", foo, `C = US, O = "Foo, \"Bar\" + Co.", CN = T\C3\A9st  Root`, true},
		{"3.2", foo, `C=US, O="Foo, \"Bar\" + Co.", CN=T\C3\A9st  Root`, true},
		{"with -nameopt utf8", foo, `C = US, O = "Foo, \"Bar\" + Co.", CN = Tést  Root`, true},
		{"RFC 2253, as zeek writes", foo, `CN=T\C3\A9st  Root,O=Foo\, \"Bar\" \+ Co.,C=US`, true},
		{"testssl, which loses backslashes and quotes", foo, `CN=TC3A9st  Root,O=Foo, 'Bar' + Co.,C=US`, true},
		{"another name", foo, `C = US, O = Foo, CN = Test Root`, false},
		{"a name without one attribute", foo, `O = "Foo, \"Bar\" + Co.", CN = T\C3\A9st  Root`, false},
		{"TeletexString", name(attr(oidCN, 0x14, "T\xe9st")), `CN = T\C3\A9st`, true},
		{"TeletexString, oneline", name(attr(oidCN, 0x14, "T\xe9st")), `/CN=T\xE9st`, true},
		{"BMPString", name(attr(oidCN, 0x1e, "\x00A\x00\xe9")), `CN = A\C3\A9`, true},
		{"BMPString, oneline", name(attr(oidCN, 0x1e, "\x00A\x00\xe9")), `/CN=\x00A\x00\xE9`, true},
		{"UniversalString", name(attr(oidCN, 0x1c, "\x00\x00\x00A")), `CN = A`, true},
		{"a type without a name", name(attr(oidOwn, 0x0c, "x")), `1.2.3.4 = #0C0178`, true},
		{"a type without a name, oneline", name(attr(oidOwn, 0x0c, "x")), `/1.2.3.4=x`, true},
		{"a type that old versions do not know", name(attr(oidOrgID, 0x0c, "VATDE-1")), `organizationIdentifier = VATDE-1`, true},
		{"a type that old versions do not know, there", name(attr(oidOrgID, 0x0c, "VATDE-1")), `2.5.4.97 = #0C0756415444452D31`, true},
		{"several attributes in one RDN", certtest.TLV(0x30, certtest.TLV(0x31, attr(oidC, 0x13, "US")[2:], attr(oidDC, 0x16, "x")[2:])), `C = US + DC = x`, true},
	} {
		if got := slices.Contains(Keys(tt.der), Key(tt.text)); got != tt.want {
			t.Errorf("%s: %q has the key %q, the name %q: match %v, want %v", tt.what, tt.text, Key(tt.text), Keys(tt.der), got, tt.want)
		}
	}
	if k := Keys([]byte("no name")); k != nil {
		t.Errorf("what is no name has keys: %q", k)
	}
}

// Names that openssl prints itself have the keys of their texts.
func TestKeysAgreeWithOpenSSL(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not there")
	}
	dir := t.TempDir()
	for i, n := range [][]byte{
		name(attr(oidC, 0x13, "DE"), attr(oidO, 0x0c, `A "quoted", <odd>; = #name\ `), attr(oidCN, 0x0c, "Ünïcödé 名前")),
		name(attr(oidDC, 0x16, "com"), attr(oidDC, 0x16, "contoso"), attr(oidCN, 0x13, " leading and trailing ")),
		name(attr(oidCN, 0x14, "M\xfcller"), attr(oidO, 0x1e, "\x00B\x04\x10")),
		name(attr(oidOwn, 0x0c, "unknown type"), attr(oidO, 0x0c, "tab\tand\nnewline")),
		name(attr(oidOrgID, 0x0c, "VATDE-123"), attr(oidCN, 0x12, "12345")),
	} {
		file := filepath.Join(dir, fmt.Sprintf("%d.der", i))
		// The name as the subject of a certificate that openssl prints.
		cert := certtest.Sign(replaceSubject(t, certtest.TBS("X", "Y"), n))
		if err := os.WriteFile(file, cert, 0o600); err != nil {
			t.Fatal(err)
		}
		keys := Keys(n)
		for _, opt := range []string{"oneline", "RFC2253", "compat", "oneline,utf8,-esc_msb", "RFC2253,-esc_msb,utf8"} {
			out, err := exec.CommandContext(t.Context(), openssl, "x509", "-in", file, "-inform", "DER", "-noout", "-subject", "-nameopt", opt).CombinedOutput()
			if err != nil {
				t.Fatalf("openssl: %v: %s", err, out)
			}
			text := strings.TrimPrefix(strings.TrimRight(string(out), "\r\n"), "subject=")
			if !slices.Contains(keys, Key(text)) {
				t.Errorf("%s: openssl writes %q, which has the key %q; the name %s has %q", opt, text, Key(text), hex.EncodeToString(n), keys)
			}
		}
	}
}

// replaceSubject puts a name in the place of CN=X.
func replaceSubject(t *testing.T, tbs, n []byte) []byte {
	t.Helper()
	e, ok := der.First(tbs)
	before, after, found := strings.Cut(string(e.Content), string(certtest.Name("X")))
	if !ok || !found {
		t.Fatal("the subject was not found")
	}
	return certtest.TLV(0x30, []byte(before), n, []byte(after))
}
