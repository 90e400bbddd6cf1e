package regfile

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/certprop"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
	"github.com/ctlaudit/ctlaudit/importers/internal/trustlist"
)

// blobName is the value that holds what a store's key stands for.
const blobName = "Blob"

func (p *parser) inCertificateBlob() bool {
	switch p.key.place.kind {
	case inCertificates, inCRLs, inCTLs:
		return bytes.EqualFold(p.name, []byte(blobName))
	}
	return false
}

// inStore passes on the value that was read as what it holds, if it is a
// certificate's Blob, or a whole store in one value, as a group policy may have
// it. It reports whether it did.
func (p *parser) inStore() bool {
	switch {
	case p.inCertificateBlob():
		return p.blob()
	case p.key.place.kind != elsewhere && p.value.typ == evidence.RegBinary && bytes.HasPrefix(p.data, []byte(certprop.Magic)):
		return p.serializedStore()
	}
	return false
}

// blob reads a Blob. What holds no certificate, revocation list or trust list
// stays a value, so that it is seen.
func (p *parser) blob() bool {
	where := p.whereValue()
	where.Path = p.key.bracketed + blobName
	kind := p.key.place.kind
	if p.value.typ != evidence.RegBinary {
		p.lose("reg-blob-type", where, fmt.Sprintf("the Blob of a %s is of type %v", kind, p.value.typ),
			"wanted REG_BINARY; Windows reads nothing else; it was kept as a value and not read")
		return false
	}
	if len(p.data) == 0 {
		p.lose("reg-blob-empty", where, fmt.Sprintf("the Blob of a %s is empty", kind), "wanted its serialized bytes; nothing was read")
		return false
	}
	read := certprop.ReadBlob(p.data)
	for _, problem := range read.Problems {
		p.to.Diagnose(problem.Diagnostic("reg-blob-", where))
	}
	p.placeNotes(where)
	found := false
	for i, e := range read.Elements {
		at := where
		name := p.key.place.name
		if i > 0 {
			// Only the first stands for the key.
			at.Path, name = fmt.Sprintf("%s: element %d", where.Path, i+1), ""
		}
		found = p.element(e, at, name) || found
	}
	return found
}

// serializedStore reads a whole store that stands in one value.
func (p *parser) serializedStore() bool {
	where := p.whereValue()
	read := certprop.ReadBlob(p.data)
	for _, problem := range read.Problems {
		p.to.Diagnose(problem.Diagnostic("reg-blob-", where))
	}
	if len(read.Elements) == 0 {
		return false
	}
	p.placeNotes(where)
	for i, e := range read.Elements {
		at := where
		at.Path = fmt.Sprintf("%s: element %d", where.Path, i+1)
		p.element(e, at, "")
	}
	return true
}

// element passes on one context with its properties, and reports whether it
// could. name is the key's, "" if the key does not stand for this context.
func (p *parser) element(e certprop.Element, where evidence.Location, name string) bool {
	sum := sha1.Sum(e.Context)
	if e.Kind == certprop.KeyID {
		p.lose("reg-blob-key-id", where, "the Blob holds a key identifier and no certificate", "Windows keeps such Blobs for properties of keys; it was kept as a value")
		return false
	}
	if name != "" {
		p.checkName(e, where, name, sum)
	}
	switch e.Kind {
	case certprop.RevocationList:
		return p.revocationList(e.Context, where, sum)
	case certprop.TrustList:
		return p.trustList(e.Context, where)
	}
	return p.certificate(e, where, name)
}

// checkName compares a context with what its key and its properties say.
func (p *parser) checkName(e certprop.Element, where evidence.Location, name string, sum [20]byte) {
	print := strings.ToUpper(hex.EncodeToString(sum[:]))
	if !strings.EqualFold(name, print) {
		p.diagnose("reg-blob-key-mismatch", evidence.Warning, where, fmt.Sprintf("a %v is not the one that its key names", e.Kind),
			fmt.Sprintf("the key is named %q; the SHA-1 of what its Blob holds is %s; it was read as what it is", name, print))
	}
	if want := p.key.place.kind.String(); want != e.Kind.String() {
		p.diagnose("reg-blob-kind", evidence.Warning, where, fmt.Sprintf("a %v stands where a %s should", e.Kind, want), "it was read as what it is")
	}
	for _, property := range e.Properties {
		if property.ID == evidence.PropSHA1 && !bytes.Equal(property.Value, sum[:]) {
			p.diagnose("reg-blob-hash-mismatch", evidence.Warning, where, fmt.Sprintf("the SHA-1 that a %v carries is not its own", e.Kind),
				fmt.Sprintf("property 3 is %X; the SHA-1 of what the Blob holds is %s; Windows computes it anew", property.Value, print))
		}
	}
}

func (p *parser) certificate(e certprop.Element, where evidence.Location, name string) bool {
	if len(e.Context) > importers.MaxCertificate {
		p.lose("reg-certificate-too-big", where, fmt.Sprintf("a certificate of %d bytes was passed over", len(e.Context)),
			fmt.Sprintf("at most %d bytes are read of one certificate", importers.MaxCertificate))
		return true
	}
	o := &evidence.Occurrence{Where: where, Store: p.key.place.store, Certificate: p.in.Certificate(e.Context),
		Properties: keep(e.Properties), CanCarry: true, KeyName: name}
	switch o.Parse {
	case evidence.ParseFailed:
		p.lose("reg-bad-certificate", where, "a certificate cannot be read: its subject was not found", o.ParseNote+"; it is listed as unreadable")
	case evidence.ParsedLenient:
		p.diagnose("reg-odd-certificate", evidence.Note, where, "a certificate is not as the standard wants it, and was read all the same",
			fmt.Sprintf("%s; its subject is %q", o.ParseNote, o.Subject))
	}
	p.add(o)
	return true
}

// keep copies properties out of the parser's buffer, all into one allocation.
func keep(properties []evidence.Property) []evidence.Property {
	n := 0
	for _, property := range properties {
		n += len(property.Value)
	}
	all := make([]byte, 0, n)
	for i, property := range properties {
		start := len(all)
		all = append(all, property.Value...)
		properties[i].Value = all[start:len(all):len(all)]
	}
	return properties
}

func (p *parser) revocationList(raw []byte, where evidence.Location, sum [20]byte) bool {
	crl, ok := der.ParseCRL(raw)
	if !ok {
		p.lose("reg-bad-crl", where, "a CRL cannot be read: its issuer was not found", fmt.Sprintf("it begins with %x; it was kept as a value", raw[:min(len(raw), 8)]))
		return false
	}
	p.add(&evidence.RevocationList{Where: where, Store: p.key.place.store, SHA1: sum, Issuer: crl.Issuer,
		ThisUpdate: crl.ThisUpdate, NextUpdate: crl.NextUpdate})
	return true
}

func (p *parser) trustList(raw []byte, where evidence.Location) bool {
	list, problems, ok := trustlist.Parse(bytes.Clone(raw))
	if !ok {
		p.lose("reg-bad-ctl", where, "a CTL cannot be read: it is no signed trust list", fmt.Sprintf("it begins with %x; it was kept as a value", raw[:min(len(raw), 8)]))
		return false
	}
	for _, problem := range problems {
		p.to.Diagnose(problem.Diagnostic("reg-", where))
	}
	list.Where, list.Store = where, p.key.place.store
	p.add(list)
	return true
}

// placeNotes says once what is assumed of where stores stand.
func (p *parser) placeNotes(where evidence.Location) {
	if p.key.place.offline && !p.told.offline {
		p.told.offline = true
		p.diagnose("reg-store-offline-hive", evidence.Note, where, fmt.Sprintf("stores stand where a running Windows has none: taken for %s", p.key.place.store.Location),
			"a hive was loaded under another name, or a key was renamed; a SOFTWARE hive is taken for the machine's, one with a key Software for a user's")
	}
	if p.key.place.wow64 && !p.told.wow64 {
		p.told.wow64 = true
		p.diagnose("reg-store-wow64", evidence.Note, where, "a store was exported through Wow6432Node",
			"32-bit and 64-bit programs share the key, so this is the same store again and not another")
	}
}
