package main

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// maxShownBytes is how much of a value is shown as hex.
const maxShownBytes = 64

// propertyText decodes a property's value as wincrypt.h types it.
func propertyText(p evidence.Property) string {
	switch p.ID {
	case 11, 13, 21, 30, 71, 72, 73, 75, 89, 101, 114, 116, 123:
		return fmt.Sprintf("%q", evidence.UTF16Text(p.Value))
	case evidence.PropEnhKeyUsage, evidence.PropDisallowedEKU, evidence.PropNotBeforeEKU, evidence.PropChainPolicies:
		if oids, ok := evidence.OIDs(p.Value); ok {
			return usageNames(oids)
		}
	case evidence.PropDateStamp, evidence.PropDisabled, evidence.PropNotBefore, 128:
		if t, ok := evidence.FileTime(p.Value); ok {
			return t.UTC().Format(time.RFC3339)
		}
		if len(p.Value) == 0 {
			return "since ever"
		}
	case evidence.PropArchived:
		return "yes"
	case 92, 93, 94, 96, 115:
		if len(p.Value) == 4 {
			return fmt.Sprint(binary.LittleEndian.Uint32(p.Value))
		}
	}
	if len(p.Value) == 0 {
		return "(empty)"
	}
	text := hex.EncodeToString(p.Value[:min(len(p.Value), maxShownBytes)])
	if len(p.Value) > maxShownBytes {
		text += fmt.Sprintf("… (%d bytes)", len(p.Value))
	}
	return text
}

// ekuNames are the names of RFC 5280 and wincrypt.h.
var ekuNames = map[string]string{
	"2.5.29.37.0":             "any",
	"1.3.6.1.5.5.7.3.1":       "server authentication",
	"1.3.6.1.5.5.7.3.2":       "client authentication",
	"1.3.6.1.5.5.7.3.3":       "code signing",
	"1.3.6.1.5.5.7.3.4":       "secure e-mail",
	"1.3.6.1.5.5.7.3.5":       "IPsec end system",
	"1.3.6.1.5.5.7.3.6":       "IPsec tunnel",
	"1.3.6.1.5.5.7.3.7":       "IPsec user",
	"1.3.6.1.5.5.7.3.8":       "time stamping",
	"1.3.6.1.5.5.7.3.9":       "OCSP signing",
	"1.3.6.1.4.1.311.10.3.4":  "encrypting file system",
	"1.3.6.1.4.1.311.10.3.12": "document signing",
	"1.3.6.1.4.1.311.20.2.2":  "smart card logon",
}

func usageNames(oids []string) string {
	if len(oids) == 0 {
		return "no usage at all"
	}
	var names []string
	for _, o := range oids {
		if n := ekuNames[o]; n != "" {
			names = append(names, n)
		} else {
			names = append(names, o)
		}
	}
	return strings.Join(names, ", ")
}

// lenientText prints what the lenient reader found, in the manner of openssl.
func lenientText(o *evidence.Occurrence) string {
	var b strings.Builder
	line := func(indent int, label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s%s: %s\n", strings.Repeat(" ", indent), label, text)
		}
	}
	date := func(t time.Time) string {
		if t.IsZero() {
			return "(not readable)"
		}
		return t.UTC().Format("Jan 2 15:04:05 2006 UTC")
	}
	b.WriteString("Certificate, as the lenient reader finds it:\n")
	if o.Parse == evidence.ParseFailed {
		line(4, "Bytes", fmt.Sprint(len(o.Raw)))
		line(4, "Begins", hex.EncodeToString(o.Raw[:min(len(o.Raw), 32)]))
		return b.String()
	}
	line(4, "Version", fmt.Sprint(o.Version))
	line(4, "Serial Number", hex.EncodeToString(o.Serial))
	line(4, "Signature Algorithm", o.SignatureAlgorithm)
	line(4, "Issuer", o.Issuer)
	line(8, "Not Before", date(o.NotBefore))
	line(8, "Not After", date(o.NotAfter))
	line(4, "Subject", o.Subject)
	line(4, "Public Key Algorithm", o.KeyAlgorithm)
	if o.KeyBits > 0 {
		line(8, "Bits", fmt.Sprint(o.KeyBits))
	}
	if o.HasBasicConstraints {
		line(4, "Basic Constraints", fmt.Sprintf("CA:%v", o.CA))
	}
	if o.HasEKU {
		line(4, "Extended Key Usage", usageNames(o.EKU))
	}
	line(4, "Subject Key Identifier", hex.EncodeToString(o.SubjectKeyID))
	line(4, "Authority Key Identifier", hex.EncodeToString(o.AuthorityKeyID))
	line(4, "DNS Names", strings.Join(o.DNSNames, ", "))
	if o.Bare {
		line(4, "Note", "this is a bare tbsCertificate: no signature is wrapped around it")
	}
	return b.String()
}
