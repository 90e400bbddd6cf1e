package main

import "encoding/binary"

// serialize writes a certificate as one serialized element: its properties,
// then the certificate itself as number 32. Each is an id, the encoding (1 for
// X.509) and a length, 32-bit little-endian, and that many bytes. This is what
// a registry Blob holds.
func (e element) serialize() []byte {
	b := []byte{}
	for _, p := range append(e.props[:len(e.props):len(e.props)], property{32, e.cert.der}) {
		b = binary.LittleEndian.AppendUint32(b, p.id)
		b = binary.LittleEndian.AppendUint32(b, 1)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p.value)))
		b = append(b, p.value...)
	}
	return b
}

// serializedStore writes a serialized store, as the export of several
// certificates to .sst does: a version, "CERT", the elements, and twelve zero
// bytes.
func serializedStore(elements []element) []byte {
	b := []byte("\x00\x00\x00\x00CERT")
	for _, e := range elements {
		b = append(b, e.serialize()...)
	}
	return append(b, make([]byte, 12)...)
}
