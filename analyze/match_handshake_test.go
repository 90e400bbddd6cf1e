package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/observed"
	"github.com/ctlaudit/ctlaudit/reports"
)

// handshakes is how often the server of the test is asked; it stops by itself
// after that, and is killed after a time.
const (
	handshakes     = 4
	handshakesTime = 60 * time.Second
)

// The list that a TLS server sends is the one that is computed from the same
// certificates: byte for byte where the handshake's bytes were kept, by names
// where only text was.
func TestMatchAgreesWithAHandshake(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("openssl is not there")
	}
	ctx, cancel := context.WithTimeout(t.Context(), handshakesTime)
	defer cancel()
	dir := t.TempDir()
	bundle := filepath.Join(dir, "root.pem")
	names := handshakeRoots(t, bundle)
	address := startServer(t, ctx, openssl, dir, bundle)
	for _, tt := range []struct {
		name  string
		flags []string
		exact bool
	}{
		{"TLS 1.2, text", []string{"-tls1_2"}, false},
		{"TLS 1.3, text", []string{"-tls1_3"}, false},
		{"TLS 1.2, bytes", []string{"-tls1_2", "-msg"}, true},
		{"TLS 1.3, bytes", []string{"-tls1_3", "-msg"}, true},
	} {
		// The server asks for a certificate that the client does not have, so the
		// status of the client says nothing.
		cmd := exec.CommandContext(ctx, openssl, append([]string{"s_client", "-connect", address}, tt.flags...)...)
		cmd.Stdin = strings.NewReader("Q\n")
		out, _ := cmd.Output()
		seen := filepath.Join(dir, "seen.txt")
		if err := os.WriteFile(seen, out, 0o600); err != nil {
			t.Fatal(err)
		}
		report := matchReport(t, 0, bundle, "--host", "web01", "--os", "2008r2", "--observed", seen)
		if len(report.Observed) != 1 {
			t.Errorf("%s: %d lists were seen in %q", tt.name, len(report.Observed), out)
			continue
		}
		size := 0
		for _, n := range names {
			size += 2 + len(n)
		}
		o := report.Observed[0]
		if o.Outcome != "pass" || o.Matched != len(names) || o.Names != len(names) || o.Bytes != size || o.BytesExact != tt.exact || len(o.Missing)+len(o.Extra) > 0 {
			t.Errorf("%s: %s; %d of %d names in %d bytes (exact: %v), %d missing, %d extra; want %d names of %d bytes", tt.name, o.Summary, o.Matched, o.Names, o.Bytes, o.BytesExact,
				len(o.Missing), len(o.Extra), len(names), size)
		}
		if tt.exact {
			sameNames(t, tt.name, out, names)
		}
	}
}

// sameNames wants the names of a handshake to be these, whatever their order.
func sameNames(t *testing.T, what string, out []byte, want [][]byte) {
	t.Helper()
	file, err := observed.Read(t.Context(), "seen.txt", bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	var got [][]byte
	for _, n := range file.Lists[0].Names {
		got = append(got, n.DER)
	}
	sorted := slices.Clone(want)
	slices.SortFunc(got, bytes.Compare)
	slices.SortFunc(sorted, bytes.Compare)
	if !slices.EqualFunc(got, sorted, bytes.Equal) {
		t.Errorf("%s: the names are not those of the bundle:\n%x\n%x", what, got, sorted)
	}
}

// matchReport runs match and returns its JSON; it wants an exit status.
func matchReport(t *testing.T, status int, args ...string) *reports.MatchReport {
	t.Helper()
	var stdout, stderr bytes.Buffer
	w := world{stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" }, now: func() time.Time { return time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) }}
	if got := run(t.Context(), append(append([]string{"match"}, args...), "--format", "json"), w); got != status {
		t.Errorf("match %s exits with %d, want %d: %s", strings.Join(args, " "), got, status, stderr.String())
	}
	r := &reports.MatchReport{}
	if err := json.Unmarshal(stdout.Bytes(), r); err != nil {
		t.Fatalf("%v: %s", err, stdout.String())
	}
	return r
}

// handshakeRoots writes a bundle of roots with names of every kind and returns
// the encoded names.
func handshakeRoots(t *testing.T, bundle string) [][]byte {
	t.Helper()
	value := func(tag int, s string) asn1.RawValue { return asn1.RawValue{Tag: tag, Bytes: []byte(s)} }
	at := func(oid asn1.ObjectIdentifier, v any) pkix.AttributeTypeAndValue {
		return pkix.AttributeTypeAndValue{Type: oid, Value: v}
	}
	cn, o, dc, orgID := asn1.ObjectIdentifier{2, 5, 4, 3}, asn1.ObjectIdentifier{2, 5, 4, 10}, asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 25}, asn1.ObjectIdentifier{2, 5, 4, 97}
	list := []pkix.RDNSequence{
		{{at(dc, value(asn1.TagIA5String, "com"))}, {at(dc, value(asn1.TagIA5String, "contoso"))}, {at(cn, "Contoso Enterprise Root CA")}},
		{{at(asn1.ObjectIdentifier{2, 5, 4, 6}, "US")}, {at(o, `Foo, "Bar" / Baz = <a>; Inc.`)}, {at(cn, " lead # and trail ")}},
		{{at(o, "Alpine Ski House GmbH")}, {at(cn, "Wurzel für Geschäftspartner 名前")}},
		{{at(cn, value(20, "T\xe9l\xe9tex"))}},
		{{at(cn, value(30, "\x00B\x00M\x00P\x04\x10"))}},
		{{at(cn, "Two"), at(o, "In one RDN")}},
		{{at(orgID, "VATDE-123456789")}, {at(cn, "Late type")}},
		{{at(asn1.ObjectIdentifier{1, 2, 3, 4}, "own type")}, {at(cn, "Own type")}},
		{{at(cn, "Escape \x1b[31m sequence")}},
	}
	for i := range 60 {
		list = append(list, pkix.RDNSequence{{at(o, "Fillers")}, {at(cn, fmt.Sprintf("Filler %02d", i))}})
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	var names [][]byte
	for i, rdn := range list {
		name, err := asn1.Marshal(rdn)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), RawSubject: name, NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
			NotAfter: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC), IsCA: true, BasicConstraintsValid: true}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := os.WriteFile(bundle, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return names
}

// startServer starts a TLS server on the loopback interface that asks for
// client certificates of the bundle, and returns its address.
func startServer(t *testing.T, ctx context.Context, openssl, dir, bundle string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "server.pem")
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") // a port that is free
	if err != nil {
		t.Skipf("there is no loopback interface: %v", err)
	}
	address := listener.Addr().String()
	listener.Close()
	cmd := exec.CommandContext(ctx, openssl, "s_server", "-accept", address, "-naccept", fmt.Sprint(handshakes), "-CAfile", bundle, "-Verify", "1", "-cert", file, "-key", file)
	if _, err := cmd.StdinPipe(); err != nil { // it ends where its input does
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "ACCEPT") {
			go func() { // the server must not wait for its output to be read
				for lines.Scan() {
				}
				cmd.Wait()
			}()
			return address
		}
	}
	t.Skipf("openssl s_server does not listen: %v", cmd.Wait())
	return ""
}
