package remedies

import (
	"encoding/binary"
	"math"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// The format of a serialized store (.sst), which CertSaveStore writes with
// CERT_STORE_SAVE_AS_STORE: a file version of 0 and "CERT", then the elements,
// then an entry of zeros. Each entry is a property or, last in its element, the
// certificate itself: id, encoding, length, all 32-bit little-endian, and the
// bytes.
const (
	storeMagic  = "\x00\x00\x00\x00CERT"
	x509ASN     = 1  // X509_ASN_ENCODING
	certificate = 32 // the id of the certificate in its element; 33 to 35 are a CRL, a CTL and a key identifier
	lastElement = 35
)

// SerializedStore returns a serialized store of certificates, in their order,
// each with the properties that its export gave it, byte for byte. A property
// whose number is that of an element, or 0, is left out: it would end its
// element.
func SerializedStore(list []*evidence.Occurrence) []byte {
	b := []byte(storeMagic)
	entry := func(id uint32, value []byte) {
		b = binary.LittleEndian.AppendUint32(b, id)
		b = binary.LittleEndian.AppendUint32(b, x509ASN)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
		b = append(b, value...)
	}
	for _, o := range list {
		for _, p := range o.Properties {
			if id := uint32(p.ID); id == 0 || (id >= certificate && id <= lastElement) || len(p.Value) > math.MaxInt32 {
				continue
			}
			entry(uint32(p.ID), p.Value)
		}
		entry(certificate, o.Raw)
	}
	return append(b, make([]byte, 12)...)
}

// Backup returns what a backup of items holds, by the physical store that it
// has to go back to: AuthRoot, or "" for Trusted Root itself. An export that does
// not tell the physical stores apart gives a certificate once, as it says most.
func Backup(items []*Item) map[string][]*evidence.Occurrence {
	stores := map[string][]*evidence.Occurrence{}
	for _, i := range items {
		best := map[string]*evidence.Occurrence{}
		for _, o := range i.All {
			key := ""
			if o.Store.Physical == evidence.PhysicalAuthRoot {
				key = evidence.PhysicalAuthRoot
			}
			if b := best[key]; b == nil || (o.CanCarry && !b.CanCarry) || (o.CanCarry == b.CanCarry && len(o.Properties) > len(b.Properties)) {
				best[key] = o
			}
		}
		for _, key := range []string{"", evidence.PhysicalAuthRoot} {
			if best[key] != nil {
				stores[key] = append(stores[key], best[key])
			}
		}
	}
	return stores
}
