package observed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
)

func read(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read(context.Background(), "seen", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if f.Size != int64(len(text)) || f.SHA256 != sha256.Sum256([]byte(text)) {
		t.Errorf("size %d and digest %x are not those of the file of %d bytes", f.Size, f.SHA256, len(text))
	}
	return f
}

// brief words lists for comparison: server: names, with the line of each.
func brief(f *File) []string {
	list := []string{}
	for _, l := range f.Lists {
		var names []string
		for _, n := range l.Names {
			names = append(names, n.Text)
		}
		s := l.Server + ": " + strings.Join(names, " | ")
		if l.Broken {
			s += " …"
		}
		if l.Times > 1 {
			s += fmt.Sprintf(" ×%d", l.Times)
		}
		list = append(list, s)
	}
	return list
}

func codes(f *File) []string {
	list := []string{}
	for _, d := range f.Diagnostics {
		list = append(list, d.Code)
	}
	return list
}

const opensslNew = `CONNECTED(00000003)
---
Certificate chain
 0 s:CN = web01
   i:CN = Some CA
---
Acceptable client certificate CA names
C = US, O = "Foo, Inc.", CN = Foo Root
DC = com, DC = contoso, CN = T\C3\A9st
1.2.3.4 = #0C0141
Client Certificate Types: RSA sign, DSA sign, ECDSA sign
Requested Signature Algorithms: ECDSA+SHA256
Server Temp Key: X25519, 253 bits
---
SSL handshake has read 2733 bytes
`

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, text, dialect string
		lists, codes        []string
	}{
		{"openssl 1.1.1 and later", opensslNew, OpenSSL,
			[]string{`: C = US, O = "Foo, Inc.", CN = Foo Root | DC = com, DC = contoso, CN = T\C3\A9st | 1.2.3.4 = #0C0141`}, []string{}},
		{"openssl 1.0, its end right behind the names", "CONNECTED(00000003)\r\n---\r\nAcceptable client certificate CA names\r\n/C=US/O=Foo, Inc./CN=Foo Root\r\n/CN=Server Temp Key: none\r\nServer Temp Key: ECDH, P-256, 256 bits\r\n---\r\n", OpenSSL,
			[]string{": /C=US/O=Foo, Inc./CN=Foo Root | /CN=Server Temp Key: none"}, []string{}},
		{"openssl 3.2 and later, with the address", "Connecting to 192.0.2.1\nCONNECTED(00000003)\n---\nAcceptable client certificate CA names\nC=US, O=Foo\n---\n", OpenSSL,
			[]string{": C=US, O=Foo"}, []string{}},
		{"two connections, the second without names", "CONNECTED(3)\nAcceptable client certificate CA names\nCN = A\n---\nCONNECTED(3)\nNo client certificate CA names sent\nRequested Signature Algorithms: RSA+SHA256\n---\n", OpenSSL,
			[]string{": CN = A", ": "}, []string{}},
		{"a handshake that failed", "CONNECTED(3)\n---\nno peer certificate available\n---\nNo client certificate CA names sent\n---\nSSL handshake has read 0 bytes\n---\nNew, (NONE), Cipher is (NONE)\n", OpenSSL,
			[]string{}, []string{"observed-not-asked", "observed-no-list"}},
		{"the same list twice", "CONNECTED(3)\nAcceptable client certificate CA names\nCN = A\n---\nCONNECTED(3)\nAcceptable client certificate CA names\nCN = A\n---\n", OpenSSL,
			[]string{": CN = A ×2"}, []string{}},
		{"text that ends inside the list", "CONNECTED(3)\nAcceptable client certificate CA names\nCN = A\n", OpenSSL,
			[]string{": CN = A …"}, []string{"observed-cut"}},
		{"a line that is no name", "CONNECTED(3)\nAcceptable client certificate CA names\nCN = A\n… 65 more left out\n---\n", OpenSSL,
			[]string{": CN = A …"}, []string{"observed-not-a-name"}},
		{"openssl without a list", "CONNECTED(3)\n---\nSSL handshake has read 1 bytes\n", OpenSSL, []string{}, []string{"observed-no-list"}},

		{"testssl, flat", `[ {"id":"service","ip":"web01/192.0.2.1","port":"443","severity":"INFO","finding":"HTTP"},
			{"id":"clientAuth","ip":"web01/192.0.2.1","port":"443","severity":"INFO","finding":"required"},
			{"id":"clientAuth_CA_list #1","ip":"web01/192.0.2.1","port":"443","severity":"INFO","finding":"CN=Foo Root,O=Foo, Inc.,C=US"},
			{"id":"clientAuth_CA_list #2","ip":"web01/192.0.2.1","port":"443","severity":"INFO","finding":"CN=Bar"} ]`, TestSSL,
			[]string{"web01:443: CN=Foo Root,O=Foo, Inc.,C=US | CN=Bar"}, []string{}},
		{"testssl, structured, two servers", `{"Invocation":"x","scanResult":[{"targetHost":"web01","ip":"192.0.2.1","port":443,"serverDefaults":[{"id":"clientAuth_CA_list","severity":"INFO","finding":"CN=A"}]},
			{"targetHost":"web02","ip":"192.0.2.2","port":"8443","serverDefaults":[{"id":"clientAuth_CA_list","finding":"empty"}]}]}`, TestSSL,
			[]string{"web01:443: CN=A", "web02:8443: "}, []string{}},
		{"testssl, interrupted", `[ {"id":"clientAuth_CA_list #1","ip":"/192.0.2.1","port":"443","finding":"CN=A"}, {"id":"clientAuth_CA_li`, TestSSL,
			[]string{"192.0.2.1:443: CN=A …"}, []string{"observed-broken-json"}},
		{"testssl, not asked", `[ {"id":"clientAuth","ip":"web01/192.0.2.1","port":"443","finding":"none"} ]`, TestSSL,
			[]string{}, []string{"observed-not-asked", "observed-no-list"}},
		{"testssl, an id that is no string", `[ {"id":["clientAuth_CA_list"],"finding":"CN=A"} ]`, TestSSL, []string{}, []string{"observed-broken-json"}},

		{"zeek", "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tssl\n" +
			"#fields\tts\tid.resp_h\tid.resp_p\trequested_client_certificate_authorities\n#types\ttime\taddr\tport\tvector[string]\n" +
			"1.0\t192.0.2.1\t443\tCN=Foo Root\\x2cO=Foo\\x5c\\x2c Inc.\\x2cC=US,CN=Bar\n" +
			"2.0\t192.0.2.1\t443\t-\n3.0\t192.0.2.1\t443\tCN=Foo Root\\x2cO=Foo\\x5c\\x2c Inc.\\x2cC=US,CN=Bar\n4.0\t192.0.2.2\t636\t(empty)\n5.0\tshort\n#close\tx\n", Zeek,
			[]string{`192.0.2.1:443: CN=Foo Root,O=Foo\, Inc.,C=US | CN=Bar ×2`, "192.0.2.2:636: "}, []string{"observed-bad-record"}},
		{"zeek without the field", "#separator \\x09\n#path\tssl\n#fields\tts\tid.resp_h\n1.0\t192.0.2.1\n", Zeek, []string{}, []string{"observed-no-list"}},
		{"another log of zeek", "#separator \\x09\n#path\tconn\n#fields\tts\n1.0\n", Zeek, []string{}, []string{"observed-other-log", "observed-no-list"}},
		{"zeek without a header", "#separator \\x09\n1.0\t2\n", Zeek, []string{}, []string{"observed-no-header"}},
		{"zeek, JSON lines", `{"ts":1.0,"uid":"C","id.resp_h":"192.0.2.1","id.resp_p":443,"requested_client_certificate_authorities":["CN=A","CN=B,O=C"]}` + "\n" +
			`{"ts":1.0,"id.resp_h":"192.0.2.1","id.resp_p":443}` + "\n{broken\n", Zeek,
			[]string{"192.0.2.1:443: CN=A | CN=B,O=C"}, []string{"observed-bad-record"}},

		{"something else", "Windows Registry Editor Version 5.00\n", "", []string{}, []string{"observed-unrecognised"}},
		{"nothing", "", "", []string{}, []string{"observed-unrecognised"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := read(t, tt.text)
			if f.Dialect != tt.dialect {
				t.Errorf("dialect %q, want %q", f.Dialect, tt.dialect)
			}
			if got := brief(f); !reflect.DeepEqual(got, tt.lists) {
				t.Errorf("lists %q, want %q", got, tt.lists)
			}
			if got := codes(f); !reflect.DeepEqual(got, tt.codes) {
				t.Errorf("diagnostics %q, want %q", got, tt.codes)
			}
		})
	}
}

// The text of openssl may come through a redirection of PowerShell.
func TestReadUTF16(t *testing.T) {
	f := read(t, "\xff\xfe"+string(certtest.UTF16(strings.ReplaceAll(opensslNew, "\n", "\r\n"), binary.LittleEndian)))
	if f.Encoding != "UTF-16LE" || len(f.Lists) != 1 || len(f.Lists[0].Names) != 3 {
		t.Errorf("encoding %s, lists %q, %q", f.Encoding, brief(f), codes(f))
	}
}

// message makes a CertificateRequest with names, as each version of TLS has it.
func message(version string, names ...[]byte) []byte {
	var list []byte
	for _, n := range names {
		list = append(binary.BigEndian.AppendUint16(list, uint16(len(n))), n...)
	}
	vector := func(n int, b []byte) []byte {
		length := binary.BigEndian.AppendUint32(nil, uint32(len(b)))
		return append(length[4-n:], b...)
	}
	var body []byte
	switch version {
	case "TLS 1.3":
		extension := append([]byte{0, 13}, vector(2, []byte{0, 2, 4, 3})...)
		extension = append(append(extension, 0, 47), vector(2, vector(2, list))...)
		body = append([]byte{0}, vector(2, extension)...)
	case "TLS 1.2":
		body = append(vector(1, []byte{1, 64}), vector(2, []byte{4, 1, 4, 3})...)
		body = append(body, vector(2, list)...)
	default:
		body = append(vector(1, []byte{1}), vector(2, list)...)
	}
	return append([]byte{13}, vector(3, body)...)
}

// dumped writes a message as s_client -msg does.
func dumped(version string, b []byte) string {
	var s strings.Builder
	fmt.Fprintf(&s, "<<< %s, Handshake [length %04x], CertificateRequest\n", version, len(b))
	for len(b) > 0 {
		n := min(16, len(b))
		fmt.Fprintf(&s, "    % x\n", b[:n])
		b = b[n:]
	}
	return s.String()
}

func TestReadMessages(t *testing.T) {
	a, b := certtest.Name("Alpha"), certtest.Name("Beta, Inc.")
	for _, version := range []string{"TLS 1.0", "TLS 1.2", "TLS 1.3"} {
		text := "CONNECTED(3)\n>>> TLS 1.2, Handshake [length 0004], ClientHello\n    01 00 00 00\n" + dumped(version, message(version, a, b)) +
			"<<< TLS 1.2, Handshake [length 0004], ServerHelloDone\n    0e 00 00 00\n---\nAcceptable client certificate CA names\nCN = Alpha\nCN = \"Beta, Inc.\"\n---\n"
		f := read(t, text)
		if len(f.Lists) != 1 || !f.Lists[0].Exact || f.Lists[0].Bytes != len(a)+len(b)+4 || !bytes.Equal(f.Lists[0].Names[1].DER, b) || f.Lists[0].Names[1].Text != `CN = "Beta, Inc."` {
			t.Errorf("%s: %+v, %q", version, f.Lists, codes(f))
		}
	}
	whole := message("TLS 1.2", a, b)
	for n := range len(whole) {
		if _, _, ok := requestedAuthorities(whole[:n], false, true); ok {
			t.Errorf("%d of %d bytes of the message were taken for all of it", n, len(whole))
		}
	}
	// What cannot be read of the bytes is taken from the text.
	f := read(t, "CONNECTED(3)\n"+strings.Replace(dumped("TLS 1.2", whole), "0d 00", "0d 01", 1)+"---\nAcceptable client certificate CA names\nCN = Alpha\n---\n")
	if want := []string{": CN = Alpha"}; !reflect.DeepEqual(brief(f), want) || !reflect.DeepEqual(codes(f), []string{"observed-message-broken"}) {
		t.Errorf("lists %q, diagnostics %q", brief(f), codes(f))
	}
	f = read(t, "CONNECTED(3)\n"+dumped("TLS 1.2", whole)[:120]+"\n---\n")
	if !reflect.DeepEqual(codes(f), []string{"observed-message-cut"}) {
		t.Errorf("diagnostics %q", codes(f))
	}
}

func TestBounds(t *testing.T) {
	var b strings.Builder
	b.WriteString("#separator \\x09\n#path\tssl\n#fields\tid.resp_h\tid.resp_p\trequested_client_certificate_authorities\n")
	for i := range MaxLists + 5 {
		fmt.Fprintf(&b, "192.0.2.1\t%d\tCN=A\n", i)
	}
	fmt.Fprintf(&b, "192.0.2.1\t1\tCN=%s\n", strings.Repeat("x", MaxLine))
	fmt.Fprintf(&b, "192.0.2.1\t1\t%s\n", strings.TrimSuffix(strings.Repeat("CN=A,", MaxNames+1), ","))
	f := read(t, b.String())
	if len(f.Lists) != MaxLists || f.Complete() {
		t.Errorf("%d lists, complete %v", len(f.Lists), f.Complete())
	}
	seen := map[string]bool{}
	for _, c := range codes(f) {
		seen[c] = true
	}
	if !seen["observed-too-many-lists"] || !seen["observed-long-line"] || !seen["observed-too-many-names"] {
		t.Errorf("diagnostics %q", codes(f))
	}
}

func TestReadEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, text := range []string{opensslNew, `[{"id":"x"}]`, "#separator \\x09\n#fields\tts\n1\n"} {
		if _, err := Read(ctx, "seen", strings.NewReader(text)); err == nil {
			t.Errorf("%.20q was read although the run was cancelled", text)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(opensslNew))
	f.Add([]byte("CONNECTED(3)\n" + dumped("TLS 1.3", message("TLS 1.3", certtest.Name("A")))))
	f.Add([]byte(`[{"id":"clientAuth_CA_list #1","ip":"a/b","port":"1","finding":"CN=A"}]`))
	f.Add([]byte("#separator \\x09\n#fields\tid.resp_h\trequested_client_certificate_authorities\nx\tCN=A\\x2cO=B,CN=C\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Read(context.Background(), "seen", bytes.NewReader(data))
		if err != nil {
			t.Fatalf("content is never an error: %v", err)
		}
		if file.Size != int64(len(data)) || file.SHA256 != sha256.Sum256(data) {
			t.Error("not all bytes were hashed")
		}
		if file.Dialect == "" && file.Complete() {
			t.Error("a file that was not recognised is complete")
		}
		lines := bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r")) + 1
		for _, l := range file.Lists {
			size := 0
			for _, n := range l.Names {
				if n.Line > lines {
					t.Errorf("line %d of %d", n.Line, lines)
				}
				size += 2 + len(n.DER)
			}
			if l.Exact && size != l.Bytes {
				t.Errorf("names of %d bytes in a list of %d", size, l.Bytes)
			}
			if l.Times < 1 {
				t.Error("a list that was not seen")
			}
		}
	})
}
