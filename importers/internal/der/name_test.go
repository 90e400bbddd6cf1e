package der_test

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

func attribute(oid string, tag byte, value string) []byte {
	return certtest.TLV(0x30, certtest.TLV(0x06, []byte(oid)), certtest.TLV(tag, []byte(value)))
}

func TestNameText(t *testing.T) {
	const cn, o, c = "\x55\x04\x03", "\x55\x04\x0a", "\x55\x04\x06"
	one := func(tag byte, value string) []byte {
		return certtest.TLV(0x30, certtest.TLV(0x31, attribute(cn, tag, value)))
	}
	for name, test := range map[string]struct {
		der  []byte
		want string
	}{
		"three, reversed": {certtest.TLV(0x30, certtest.TLV(0x31, attribute(c, 0x13, "US")), certtest.TLV(0x31, attribute(o, 0x13, "Contoso")), certtest.TLV(0x31, attribute(cn, 0x13, "Root"))),
			"CN=Root,O=Contoso,C=US"},
		"several in an RDN": {certtest.TLV(0x30, certtest.TLV(0x31, attribute(c, 0x13, "US")), certtest.TLV(0x31, attribute(cn, 0x13, "a"), attribute(o, 0x13, "b"))), "O=b+CN=a,C=US"},
		"empty":             {certtest.TLV(0x30), ""},
		"empty RDN":         {certtest.TLV(0x30, certtest.TLV(0x31), certtest.TLV(0x31, attribute(cn, 0x13, "a")), certtest.TLV(0x31)), "CN=a"},
		"empty value":       {one(0x0c, ""), "CN="},
		"short names": {certtest.TLV(0x30, certtest.TLV(0x31, attribute("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 0x16, "com")), certtest.TLV(0x31, attribute("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 0x16, "a@b")),
			certtest.TLV(0x31, attribute("\x55\x04\x05", 0x13, "7")), certtest.TLV(0x31, attribute("\x55\x04\x09", 0x13, "Road")), certtest.TLV(0x31, attribute("\x55\x04\x04", 0x13, "Sur"))),
			"SN=Sur,STREET=Road,SERIALNUMBER=7,emailAddress=a@b,DC=com"},
		"unknown type":           {certtest.TLV(0x30, certtest.TLV(0x31, attribute("\x2a\x03", 0x13, "x"))), "1.2.3=x"},
		"unreadable type":        {certtest.TLV(0x30, certtest.TLV(0x31, attribute("", 0x13, "x"))), "#=x"},
		"specials":               {one(0x13, `a,b+c"d\e<f>g;h=i`), `CN=a\,b\+c\"d\\e\<f\>g\;h=i`},
		"spaces at the ends":     {one(0x13, "  a b  "), `CN=\  a b \ `},
		"one space":              {one(0x13, " "), `CN=\ `},
		"hash at the start":      {one(0x13, "#a#"), `CN=\#a#`},
		"control characters":     {one(0x13, "a\x00b\nc\x7f"), `CN=a\00b\0Ac\7F`},
		"UTF-8":                  {one(0x0c, "Zürich 株式"), "CN=Zürich 株式"},
		"broken UTF-8":           {one(0x0c, "a\xffb"), `CN=a\FFb`},
		"UTF-8 replacement":      {one(0x0c, "\uFFFD"), "CN=\uFFFD"},
		"PrintableString, 8-bit": {one(0x13, "Z\xfcrich"), "CN=Zürich"},
		"IA5String, 8-bit":       {one(0x16, "Z\xfcrich"), "CN=Zürich"},
		"T61String":              {one(0x14, "Z\xfcrich"), "CN=Zürich"},
		"VisibleString":          {one(0x1a, "a,"), `CN=a\,`},
		"GeneralString":          {one(0x1b, "a"), "CN=a"},
		"NumericString":          {one(0x12, "1 2x"), "CN=1 2x"},
		"BMPString":              {one(0x1e, "\x00a\x00,\x4e\x2d"), `CN=a\,中`},
		"BMPString, surrogates":  {one(0x1e, "\xd8\x3d\xde\x00"), "CN=😀"},
		"BMPString, lone":        {one(0x1e, "\xd8\x3d\x00a"), "CN=\uFFFDa"},
		"BMPString, odd":         {one(0x1e, "\x00a\x00"), "CN=#1E03006100"},
		"UniversalString":        {one(0x1c, "\x00\x00\x00a\x00\x01\xf6\x00"), "CN=a😀"},
		"UniversalString, bad":   {one(0x1c, "\xff\xff\xff\xff"), "CN=\uFFFD"},
		"UniversalString, odd":   {one(0x1c, "\x00"), "CN=#1C0100"},
		"BIT STRING":             {one(0x03, "\x00\x61"), "CN=#03020061"},
		"INTEGER":                {one(0x02, "\x01"), "CN=#020101"},
		"SEQUENCE":               {one(0x30, ""), "CN=#3000"},
		"not a name":             {[]byte("abc"), "#616263"},
		"cut":                    {one(0x13, "abc")[:10], "#300E310C300A06035504"},
		"no set":                 {certtest.TLV(0x30, certtest.TLV(0x30)), "#30023000"},
		"no attribute":           {certtest.TLV(0x30, certtest.TLV(0x31, certtest.TLV(0x05))), "#300431020500"},
		"no value":               {certtest.TLV(0x30, certtest.TLV(0x31, certtest.TLV(0x30, certtest.TLV(0x06, []byte(cn))))), "#3009310730050603550403"},
		"no type":                {certtest.TLV(0x30, certtest.TLV(0x31, certtest.TLV(0x30))), "#300431023000"},
		"nothing":                {nil, "#"},
	} {
		if got := der.NameText(test.der); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
