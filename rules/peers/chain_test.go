package peers

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/signature"
)

// A signer makes real certificates.
type signer struct {
	key  crypto.Signer
	cert *x509.Certificate
}

func newKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue makes a certificate; by nil makes it self-signed.
func issue(t *testing.T, by *signer, cn string, ca bool, key crypto.Signer, keyID []byte) (*signer, *evidence.Occurrence) {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: cn}, NotBefore: asOf.AddDate(-1, 0, 0), NotAfter: asOf.AddDate(1, 0, 0),
		BasicConstraintsValid: true, IsCA: ca, SubjectKeyId: keyID}
	parent, signKey := template, key
	if by != nil {
		parent, signKey = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{key, c}, occurrenceOf(c)
}

func occurrenceOf(c *x509.Certificate) *evidence.Occurrence {
	return &evidence.Occurrence{CanCarry: true, Certificate: &evidence.Certificate{Raw: c.Raw, SHA1: sha1.Sum(c.Raw), SHA256: sha256.Sum256(c.Raw), Parse: evidence.ParsedStrict,
		SubjectDER: c.RawSubject, IssuerDER: c.RawIssuer, Subject: c.Subject.String(), Issuer: c.Issuer.String(), NotAfter: c.NotAfter, HasBasicConstraints: true, CA: c.IsCA,
		SubjectKeyID: c.SubjectKeyId, AuthorityKeyID: c.AuthorityKeyId}}
}

func TestChainBySignature(t *testing.T) {
	rootSigner, root := issue(t, nil, "Root", true, newKey(t), []byte{1})
	_, namesake := issue(t, nil, "Root", true, newKey(t), []byte{1})
	caSigner, ca := issue(t, rootSigner, "CA", true, newKey(t), []byte{2})
	_, end := issue(t, caSigner, "leaf", false, newKey(t), nil)

	pool := NewPool()
	pool.Add([]*evidence.Occurrence{namesake, root, ca})
	c := pool.Chain(end)
	if !c.Complete || len(c.Links) != 2 || c.Links[0].Occurrence.SHA256 != ca.SHA256 || c.Top().SHA256 != root.SHA256 || c.Links[1].Signature != Verified {
		t.Fatalf("chain: %+v", c)
	}
	if len(c.Impostors) != 1 || c.Impostors[0].SHA256 != namesake.SHA256 {
		t.Errorf("impostors: %v", c.Impostors)
	}

	// With the namesake alone there is no chain, and its name in the list does
	// not help.
	h := host{os: "2008r2", values: sent, root: []*evidence.Occurrence{namesake}}
	r := h.match(t, end, ca)
	if r.Verdict != Unknown || !bytes.Contains([]byte(r.Why), []byte("the signature is not of its key")) {
		t.Errorf("%s: %s", r.Verdict, r.Why)
	}
	// With the true root given, it is certain.
	if r := h.match(t, end, ca, root); r.Verdict != NotInStore || !bytes.Contains([]byte(r.Why), []byte("the signature is not of its key")) {
		t.Errorf("%s: %s", r.Verdict, r.Why)
	}
	h.root = []*evidence.Occurrence{namesake, root}
	if r := h.match(t, end, ca); r.Verdict != In || r.Entry.SHA256 != root.SHA256 {
		t.Errorf("%s: %s", r.Verdict, r.Why)
	}
}

func TestChainPrefers(t *testing.T) {
	child := leaf("CN=leaf", "CN=CA")
	child.AuthorityKeyID = []byte{7}
	make := func(thumb byte, change func(*evidence.Occurrence)) *evidence.Occurrence {
		o := cert("CN=CA", "CN=Above", thumb)
		change(o)
		return o
	}
	plain := make(5, func(*evidence.Occurrence) {})
	for _, tt := range []struct {
		name   string
		better *evidence.Occurrence
	}{
		{"the one with the child's key identifier", make(9, func(o *evidence.Occurrence) { o.SubjectKeyID = []byte{7} })},
		{"the self-issued one", func() *evidence.Occurrence { return cert("CN=CA", "CN=CA", 9) }()},
		{"the one that is valid longer", make(9, func(o *evidence.Occurrence) { o.NotAfter = o.NotAfter.AddDate(1, 0, 0) })},
		{"the lower thumbprint", make(4, func(*evidence.Occurrence) {})},
	} {
		for _, order := range [][]*evidence.Occurrence{{plain, tt.better}, {tt.better, plain}} {
			pool := NewPool()
			pool.Add(order)
			if c := pool.Chain(child); c.Links[0].Occurrence != tt.better {
				t.Errorf("%s was not preferred", tt.name)
			}
		}
	}
	// A nearer source wins over a longer validity.
	longer := make(9, func(o *evidence.Occurrence) { o.NotAfter = o.NotAfter.AddDate(1, 0, 0) })
	pool := NewPool()
	pool.Add([]*evidence.Occurrence{longer, plain})
	if c := pool.Chain(child, []*evidence.Occurrence{plain}, []*evidence.Occurrence{longer}); c.Links[0].Occurrence != plain {
		t.Error("the nearer issuer was not preferred")
	}
}

func TestChainsEnd(t *testing.T) {
	// Two CAs that issued each other, and one above itself under another key.
	pool := NewPool()
	pool.Add([]*evidence.Occurrence{cert("CN=A", "CN=B", 1), cert("CN=B", "CN=A", 2)})
	c := pool.Chain(leaf("CN=leaf", "CN=A"))
	if len(c.Links) != 2 || c.Complete || c.Missing != "CN=A" {
		t.Errorf("chain of a circle: %+v", c)
	}
	long := NewPool()
	var list []*evidence.Occurrence
	for i := range 2 * MaxAncestors {
		list = append(list, cert(string(rune('a'+i)), string(rune('b'+i)), 1))
	}
	long.Add(list)
	if c := long.Chain(leaf("CN=leaf", "a")); len(c.Links) != MaxAncestors || c.Complete {
		t.Errorf("%d links of a chain without end", len(c.Links))
	}
	if c := NewPool().Chain(leaf("CN=own", "CN=own")); !c.Complete || len(c.Links) != 0 || c.Missing != "" || c.Top().Subject != "CN=own" {
		t.Errorf("chain of a self-issued certificate: %+v", c)
	}
	if c := NewPool().Chain(leaf("CN=leaf", "CN=CA")); c.Complete || c.Missing != "CN=CA" {
		t.Errorf("chain of nothing: %+v", c)
	}
}

// A cross-signed CA has two ways up; the list names the one that the chain does
// not take.
func TestOtherWaysUp(t *testing.T) {
	key := newKey(t)
	oldSigner, oldRoot := issue(t, nil, "Old Root", true, newKey(t), []byte{1})
	newSigner, newRoot := issue(t, nil, "New Root", true, key, []byte{2})
	_, cross := issue(t, oldSigner, "New Root", true, key, []byte{2})
	_, end := issue(t, newSigner, "leaf", false, newKey(t), nil)
	h := host{os: "2008r2", values: sent, root: []*evidence.Occurrence{oldRoot}}
	r := h.match(t, end, newRoot, cross)
	if r.Verdict != AtRisk || r.Entry == nil || r.Entry.SHA256 != oldRoot.SHA256 {
		t.Errorf("%s: %s", r.Verdict, r.Why)
	}
	// Without the new root only the way through the old one is there.
	if r := h.match(t, end, cross); r.Verdict != In {
		t.Errorf("%s: %s", r.Verdict, r.Why)
	}
}

func TestCheck(t *testing.T) {
	rootSigner, root := issue(t, nil, "Root", true, newKey(t), nil)
	_, other := issue(t, nil, "Root", true, newKey(t), nil)
	_, end := issue(t, rootSigner, "leaf", false, newKey(t), nil)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, rsaRoot := issue(t, nil, "RSA Root", true, key, nil)
	md5Leaf, sha1Leaf := resign(t, end.Raw, key, crypto.MD5), resign(t, end.Raw, key, crypto.SHA1)
	tampered := *end.Certificate
	tampered.Raw = slices.Clone(end.Raw)
	tampered.Raw[len(tampered.Raw)-1] ^= 1
	for _, tt := range []struct {
		name          string
		child, parent *evidence.Certificate
		want          Signature
	}{
		{"its issuer", end.Certificate, root.Certificate, Verified},
		{"itself", root.Certificate, root.Certificate, Verified},
		{"another key", end.Certificate, other.Certificate, Refuted},
		{"another kind of key", end.Certificate, rsaRoot.Certificate, Refuted},
		{"a changed signature", &tampered, root.Certificate, Refuted},
		{"MD5", md5Leaf, rsaRoot.Certificate, Verified},
		{"MD5 and another key", md5Leaf, root.Certificate, Refuted},
		{"SHA-1", sha1Leaf, rsaRoot.Certificate, Verified},
		{"SHA-1 and another key", sha1Leaf, root.Certificate, Refuted},
		{"a child that is refused", cert("CN=leaf", "CN=Root", 1).Certificate, root.Certificate, Unchecked},
		{"a parent that is refused", end.Certificate, cert("CN=Root", "CN=Root", 1).Certificate, Unchecked},
	} {
		if got := signature.Check(tt.child, tt.parent); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// resign signs a certificate anew with an RSA key and an old digest.
func resign(t *testing.T, der []byte, key *rsa.PrivateKey, hash crypto.Hash) *evidence.Certificate {
	t.Helper()
	var c struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &c); err != nil {
		t.Fatal(err)
	}
	old := map[crypto.Hash]asn1.ObjectIdentifier{crypto.MD5: {1, 2, 840, 113549, 1, 1, 4}, crypto.SHA1: {1, 2, 840, 113549, 1, 1, 5}}
	alg := pkix.AlgorithmIdentifier{Algorithm: old[hash], Parameters: asn1.NullRawValue}
	encoded, err := asn1.Marshal(alg)
	if err != nil {
		t.Fatal(err)
	}
	before, err := asn1.Marshal(c.Algorithm)
	if err != nil {
		t.Fatal(err)
	}
	body := bytes.Replace(c.TBS.Bytes, before, encoded, 1)
	tbs, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: body})
	if err != nil {
		t.Fatal(err)
	}
	h := hash.New()
	h.Write(tbs)
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, hash, h.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	out, err := asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, alg, asn1.BitString{Bytes: sig, BitLength: 8 * len(sig)}})
	if err != nil {
		t.Fatal(err)
	}
	return &evidence.Certificate{Raw: out, SHA256: sha256.Sum256(out)}
}
