package bundle

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certtest"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

func TestTooBigFile(t *testing.T) {
	a, b := certtest.Cert("A", ""), certtest.Cert("B", "")
	data := certtest.Message([][]byte{a, b}, nil)
	in := importers.NewInput("root.p7b", int64(len(data)), bytes.NewReader(data), nil)
	in.Store = certtest.Root
	c := evidence.NewCase("host")
	c.Begin(in.Source)
	if err := importUpTo(context.Background(), in, c, "p7b-", false, int64(len(data)-10)); err != nil {
		t.Fatal(err)
	}
	c.End()
	certtest.Check(t, data, c)
	if got := certtest.Codes(c); !slices.Equal(got, []string{"p7b-too-big:error", "p7b-truncated:error"}) || len(c.Occurrences) != 1 {
		t.Errorf("%d certificates, %v", len(c.Occurrences), got)
	}
}

type failing struct{ err error }

func (f failing) Add(evidence.Record) error  { return f.err }
func (failing) Diagnose(evidence.Diagnostic) {}

// TestErrors passes on what is wrong with the machine, wherever it happens.
func TestErrors(t *testing.T) {
	cert := certtest.Cert("A", "")
	broken := errors.New("broken")
	for name, data := range map[string][]byte{
		"certificate": cert,
		"message":     certtest.Message([][]byte{cert}, nil),
		"CRL":         certtest.CRL("C"),
		"CRL inside":  certtest.Message(nil, [][]byte{certtest.CRL("C")}),
		"CTL":         certtest.TrustList(nil),
		"text":        certtest.PEM("CERTIFICATE", cert, "\n"),
	} {
		for _, store := range []evidence.Store{{}, certtest.Root} {
			input := func(r io.Reader) *importers.Input {
				in := importers.NewInput("f", -1, r, nil)
				in.Store = store
				return in
			}
			if err := Import(context.Background(), input(bytes.NewReader(data)), failing{broken}, "x-", true); !errors.Is(err, broken) {
				t.Errorf("%s: the sink's error became %v", name, err)
			}
			if err := Import(context.Background(), input(iotest.ErrReader(broken)), failing{}, "x-", true); !errors.Is(err, broken) {
				t.Errorf("%s: the reader's error became %v", name, err)
			}
			cancelled, cancel := context.WithCancel(context.Background())
			cancel()
			if err := Import(cancelled, input(bytes.NewReader(data)), failing{}, "x-", true); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: cancelled, the error is %v", name, err)
			}
		}
	}
}

func TestLookAt(t *testing.T) {
	cert := certtest.Cert("A", "")
	message := certtest.Message([][]byte{cert}, nil)
	key := certtest.PEM("PRIVATE KEY", []byte("secret"), "\n")
	for name, test := range map[string]struct {
		head []byte
		want Look
	}{
		"certificate":           {cert, Look{Kind: der.KindCertificate}},
		"PEM":                   {certtest.PEM("CERTIFICATE", cert, "\n"), Look{Kind: der.KindCertificate}},
		"PEM, cut":              {certtest.PEM("CERTIFICATE", cert, "\n")[:300], Look{Kind: der.KindCertificate}},
		"PEM in text":           {append([]byte("# roots\n"), certtest.PEM("CERTIFICATE", message, "\n")...), Look{Kind: der.KindMessage, Embedded: true}},
		"PEM with a mark":       {append([]byte("\xef\xbb\xbf"), certtest.PEM("PKCS7", message, "\n")...), Look{Kind: der.KindMessage}},
		"key, then certificate": {append(bytes.Clone(key), certtest.PEM("CERTIFICATE", cert, "\n")...), Look{Kind: der.KindCertificate}},
		"key":                   {key, Look{Kind: der.KindPrivateKey}},
		"base64":                {certtest.Base64(message, "\r\n"), Look{Kind: der.KindMessage}},
		"text":                  {[]byte("a,b,c\n"), Look{}},
		"nothing":               {nil, Look{}},
	} {
		if got := LookAt(test.head); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestHasExtension(t *testing.T) {
	if !HasExtension("a/B.P7B", ".cer", ".p7b") || HasExtension("a.p7b/c", ".p7b") || HasExtension("p7b", ".p7b") {
		t.Error("extensions are taken wrongly")
	}
}
