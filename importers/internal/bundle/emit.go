package bundle

import (
	"crypto/sha1"
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
	"github.com/ctlaudit/ctlaudit/importers/internal/trustlist"
)

// An Emitter makes facts of the certificates, revocation lists and trust lists
// of one file, and tells what is wrong with each.
type Emitter struct {
	in     *importers.Input
	to     *importers.StoreAssumer
	prefix string

	certificates, crls, trustLists int
}

// NewEmitter returns an emitter for one input. The codes of its diagnostics
// begin with prefix, such as "sst-". Finish must be called at the end.
func NewEmitter(in *importers.Input, to evidence.Sink, prefix string) *Emitter {
	return &Emitter{in: in, to: importers.NewStoreAssumer(in, to), prefix: prefix}
}

// Finish passes on what was held until the store of the file could be told.
func (e *Emitter) Finish() error { return e.to.Finish() }

// Count is how many facts were found.
func (e *Emitter) Count() int { return e.certificates + e.crls + e.trustLists }

// Diagnose reports something about the file at where.
func (e *Emitter) Diagnose(code string, severity evidence.DiagnosticSeverity, lost bool, where evidence.Location, summary, detail string) {
	e.to.Diagnose(evidence.Diagnostic{Code: e.prefix + code, Severity: severity, Lost: lost, Where: where, Summary: summary, Detail: detail})
}

// A Found is a certificate as it stands in a file.
type Found struct {
	// Raw is the certificate, without what may follow it; it is copied.
	Raw []byte
	// Where is its place; the emitter sets the path.
	Where evidence.Location
	// Properties are its own, and CanCarry says that the format has them.
	Properties []evidence.Property
	CanCarry   bool
	// Apart says that it belongs to no store, as a signer does.
	Apart bool
}

// Certificate adds a certificate, whether or not it can be read.
func (e *Emitter) Certificate(f Found) error {
	e.certificates++
	f.Where.Path = fmt.Sprintf("certificate %d", e.certificates)
	if len(f.Raw) > importers.MaxCertificate {
		e.Diagnose("certificate-too-big", evidence.Warning, true, f.Where,
			fmt.Sprintf("a certificate of %d bytes was passed over", len(f.Raw)),
			fmt.Sprintf("at most %d bytes are read of one certificate", importers.MaxCertificate))
		return nil
	}
	o := &evidence.Occurrence{Where: f.Where, Certificate: e.in.Certificate(f.Raw), Properties: f.Properties, CanCarry: f.CanCarry}
	switch o.Parse {
	case evidence.ParseFailed:
		e.Diagnose("bad-certificate", evidence.Warning, true, f.Where, "a certificate cannot be read: its subject was not found",
			o.ParseNote+"; it is listed as unreadable and the next one was read")
	case evidence.ParsedLenient:
		e.Diagnose("odd-certificate", evidence.Note, false, f.Where, "a certificate is not as the standard wants it, and was read all the same",
			fmt.Sprintf("%s; its subject is %q", o.ParseNote, o.Subject))
	}
	if f.Apart {
		return e.to.AddApart(o)
	}
	return e.to.Add(o)
}

// RevocationList adds a CRL; one that cannot be read is told of instead.
func (e *Emitter) RevocationList(raw []byte, where evidence.Location) error {
	e.crls++
	where.Path = fmt.Sprintf("CRL %d", e.crls)
	crl, ok := der.ParseCRL(raw)
	if !ok {
		e.Diagnose("bad-crl", evidence.Warning, true, where, "a CRL cannot be read: its issuer was not found",
			fmt.Sprintf("it begins with %x; it was passed over", raw[:min(len(raw), 8)]))
		return nil
	}
	return e.to.Add(&evidence.RevocationList{Where: where, SHA1: sha1.Sum(raw), Issuer: crl.Issuer, ThisUpdate: crl.ThisUpdate, NextUpdate: crl.NextUpdate})
}

// TrustList adds a CTL and what is wrong with it. A list of a file of its own
// is apart: it belongs to no store.
func (e *Emitter) TrustList(list *evidence.TrustList, problems []trustlist.Problem, where evidence.Location, apart bool) error {
	e.trustLists++
	where.Path = fmt.Sprintf("CTL %d", e.trustLists)
	list.Where = where
	for _, p := range problems {
		at := where
		if where.Line == 0 && p.Length > 0 {
			at.Offset, at.Length = p.Offset, p.Length
		}
		e.to.Diagnose(p.Diagnostic(e.prefix, at))
	}
	if apart {
		return e.to.AddApart(list)
	}
	return e.to.Add(list)
}
