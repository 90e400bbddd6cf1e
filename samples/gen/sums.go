package main

import (
	"slices"
	"strings"
)

// The sums of a store's names, as the trusted issuer list counts them: a
// two-byte length and the encoded subject. Distinct goes by bytes.
type sums struct {
	elements          int // in the file
	certificates      int // distinct
	subjects          int // distinct
	wire              int // over distinct certificates
	wireDistinct      int // over distinct subjects
	clientAuth        int // distinct subjects of those trusted for client authentication
	clientAuthWire    int // the bytes of these
	clientAuthExpired int // bytes among these of names that only expired certificates have
}

// sum counts a store. now is the date that says what has expired.
func sum(elements []element, expired func(*certificate) bool) sums {
	s := sums{elements: len(elements)}
	certs, subjects, trusted, valid := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, e := range elements {
		size, subject := 2+len(e.cert.subject), string(e.cert.subject)
		if !certs[string(e.cert.der)] {
			certs[string(e.cert.der)] = true
			s.certificates++
			s.wire += size
		}
		if !subjects[subject] {
			subjects[subject] = true
			s.subjects++
			s.wireDistinct += size
		}
		if !e.trustedForClients() {
			continue
		}
		if !trusted[subject] {
			trusted[subject] = true
			s.clientAuth++
			s.clientAuthWire += size
			s.clientAuthExpired += size
		}
		if !valid[subject] && !expired(e.cert) {
			valid[subject] = true
			s.clientAuthExpired -= size
		}
	}
	return s
}

// trustedForClients says whether a certificate counts up to Windows Server
// 2008 R2: not archived, and client authentication allowed by the property, by
// the extension, or by both where there are both.
func (e element) trustedForClients() bool {
	allowed := func(list []string) bool {
		return slices.Contains(list, "1.3.6.1.5.5.7.3.2") || slices.Contains(list, "2.5.29.37.0")
	}
	if e.cert.hasEKU && !allowed(e.cert.eku) {
		return false
	}
	for _, p := range e.props {
		switch p.id {
		case 19:
			return false
		case 9:
			if value := string(p.value); !strings.Contains(value, string(encodeUsage("client")[2:])) && !strings.Contains(value, string(encodeUsage("any")[2:])) {
				return false
			}
		}
	}
	return true
}
