package signature

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// issue makes a certificate for a key, signed by another key.
func issue(t *testing.T, key, by crypto.Signer, alg x509.SignatureAlgorithm) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example"}, SignatureAlgorithm: alg,
		NotBefore: time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestCheckParsed(t *testing.T) {
	rsa1, rsa2 := rsaKey(t, 2048), rsaKey(t, 2048)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaRoot, otherRoot := issue(t, rsa1, rsa1, x509.SHA256WithRSA), issue(t, rsa2, rsa2, x509.SHA256WithRSA)
	ecRoot, edRoot := issue(t, ec, ec, x509.ECDSAWithSHA256), issue(t, ed, ed, x509.PureEd25519)
	strange := *rsaRoot
	strange.SignatureAlgorithm = x509.UnknownSignatureAlgorithm
	dsa := *rsaRoot
	dsa.PublicKey = nil
	for _, tt := range []struct {
		name          string
		child, parent *x509.Certificate
		want          Result
	}{
		{"RSA", rsaRoot, rsaRoot, Verified},
		{"RSA and another key", rsaRoot, otherRoot, Refuted},
		{"RSA-PSS", issue(t, rsa2, rsa1, x509.SHA384WithRSAPSS), rsaRoot, Verified},
		{"RSA-PSS and another key", issue(t, rsa2, rsa1, x509.SHA384WithRSAPSS), otherRoot, Refuted},
		{"ECDSA", ecRoot, ecRoot, Verified},
		{"Ed25519", edRoot, edRoot, Verified},
		{"another kind of key", edRoot, ecRoot, Refuted},
		{"an algorithm that is not known", &strange, rsaRoot, Unchecked},
		{"a key that is not known", rsaRoot, &dsa, Unchecked},
	} {
		if got := CheckParsed(tt.child, tt.parent); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// Go refuses RSA keys under 1,024 bits. That says nothing of who signed.
func TestShortKeysAreUnchecked(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	short := rsaKey(t, 512)
	root := issue(t, short, short, x509.SHA256WithRSA)
	if got := CheckParsed(root, root); got != Verified {
		t.Errorf("where short keys are allowed: %s", got)
	}
	t.Setenv("GODEBUG", "rsa1024min=1")
	if got := CheckParsed(root, root); got != Unchecked {
		t.Errorf("where they are refused: %s", got)
	}
}

func TestCheckOfWhatIsRefused(t *testing.T) {
	key := rsaKey(t, 2048)
	good := &evidence.Certificate{Raw: issue(t, key, key, x509.SHA256WithRSA).Raw}
	bad := &evidence.Certificate{Raw: []byte{0x30, 0}}
	if a, b, c := Check(good, good), Check(bad, good), Check(good, bad); a != Verified || b != Unchecked || c != Unchecked {
		t.Errorf("%s, %s, %s", a, b, c)
	}
}
