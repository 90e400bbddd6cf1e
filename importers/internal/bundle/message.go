package bundle

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
	"github.com/ctlaudit/ctlaudit/importers/internal/trustlist"
)

// message reads the PKCS#7 message at the start of b and returns its length, or
// 0 where it breaks off.
func (r *reader) message(b []byte, offset int64) (int, error) {
	m, ok := der.ReadMessage(b, offset)
	if !ok {
		return 0, nil
	}
	where := r.at(offset, int64(len(m.Outer.Raw)))
	if m.Type != der.TypeSignedData {
		r.Diagnose("not-signed-data", evidence.Error, true, where, "the message holds no certificates: it is "+der.TypeName(m.Type),
			"wanted "+der.TypeName(der.TypeSignedData)+", as an export of certificates is; nothing was read of it")
		return 0, nil
	}
	before := r.Count()
	isList := m.ContentType == der.TypeTrustList
	if isList {
		list, problems := trustlist.ParseMessage(m)
		if err := r.TrustList(list, problems, where, true); err != nil {
			return 0, err
		}
	}
	for _, e := range m.Certificates {
		if err := r.member(e, isList); err != nil {
			return 0, err
		}
	}
	for _, e := range m.CRLs {
		if err := r.revocation(e); err != nil {
			return 0, err
		}
	}
	switch {
	case m.Broken != nil:
		r.broken(m)
		if m.Outer.Cut {
			return 0, nil
		}
	case r.Count() == before:
		r.Diagnose("empty", evidence.Note, false, where, "the message holds no certificate, CRL or CTL", "it is whole; there is nothing in it")
	}
	return len(m.Outer.Raw), nil
}

func (r *reader) broken(m *der.Message) {
	b := m.Broken
	where := r.at(b.Offset, b.Length)
	detail := fmt.Sprintf("wanted %s at offset %d of the message; %d bytes are left there; what came before was kept", b.Wanted, b.Offset-m.Outer.Offset, b.Length)
	if !m.Outer.Cut {
		r.Diagnose("damaged", r.severity(), true, where, "the message is damaged: it cannot be read further", detail)
		return
	}
	if m.Outer.Claimed > 0 {
		detail += fmt.Sprintf("; the message claims %d bytes and has %d", m.Outer.Claimed, len(m.Outer.Raw))
	}
	r.Diagnose("truncated", r.severity(), true, where, "the message is cut: it cannot be read further", detail)
}

// otherChoices are the members of CertificateSet that are no certificates (RFC
// 5652, 10.2.2).
var otherChoices = map[byte]string{
	der.TagContext0: "an extended certificate (PKCS#6)",
	der.TagContext1: "an attribute certificate of version 1",
	der.TagContext2: "an attribute certificate of version 2",
	der.TagContext3: "a certificate of another format",
}

func (r *reader) member(e der.Element, apart bool) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	where := r.at(e.Offset, int64(len(e.Raw)))
	if what, ok := otherChoices[e.Tag]; ok {
		r.Diagnose("other-certificate", evidence.Note, false, where, what+" was passed over", "wanted an X.509 certificate; Windows does not read these either")
		return nil
	}
	return r.Certificate(Found{Raw: e.Raw, Where: where, Apart: apart})
}

func (r *reader) revocation(e der.Element) error {
	where := r.at(e.Offset, int64(len(e.Raw)))
	if e.Tag == der.TagContext1 {
		r.Diagnose("other-crl", evidence.Note, false, where, "revocation data of another format was passed over", "wanted a CRL")
		return nil
	}
	return r.RevocationList(e.Raw, where)
}
