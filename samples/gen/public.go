package main

import (
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"strings"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// publicRoots returns the public roots of the bundle, in its order. go.sum pins
// the bundle, and with it the samples.
func publicRoots() ([]*certificate, error) {
	list := []*certificate{}
	for root := range bundle.Roots() {
		parsed, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return nil, fmt.Errorf("public root %d: %w", len(list), err)
		}
		c := &certificate{der: root.Certificate, subject: parsed.RawSubject, spki: parsed.RawSubjectPublicKeyInfo, keyID: parsed.SubjectKeyId}
		if len(c.keyID) == 0 {
			sum := sha1.Sum(c.spki)
			c.keyID = sum[:]
		}
		if len(parsed.ExtKeyUsage)+len(parsed.UnknownExtKeyUsage) > 0 {
			return nil, fmt.Errorf("public root %q has an extended key usage: say what it allows", parsed.Subject)
		}
		c.expires = parsed.NotAfter
		c.text = windowsText(parsed.Subject)
		switch name := parsed.Subject; {
		case name.CommonName != "":
			c.cn = name.CommonName
		case len(name.OrganizationalUnit) > 0:
			c.cn = name.OrganizationalUnit[0]
		}
		list = append(list, c)
	}
	return list, nil
}

// windowsText writes the usual attributes of a name in the order in which
// Windows shows them.
func windowsText(name pkix.Name) string {
	parts := []string{}
	if name.CommonName != "" {
		parts = append(parts, "CN="+name.CommonName)
	}
	for _, list := range []struct {
		label  string
		values []string
	}{{"OU", name.OrganizationalUnit}, {"O", name.Organization}, {"L", name.Locality}, {"C", name.Country}} {
		for _, v := range list.values {
			if strings.ContainsAny(v, `,"+<>;=`) {
				v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
			}
			parts = append(parts, list.label+"="+v)
		}
	}
	return strings.Join(parts, ", ")
}

// named returns the public root of that common name.
func named(roots []*certificate, cn string) (*certificate, error) {
	for _, c := range roots {
		if c.cn == cn {
			return c, nil
		}
	}
	return nil, fmt.Errorf("no public root is called %q", cn)
}
