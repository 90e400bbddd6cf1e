package importers

import (
	"io"
	"sync"

	"crypto/sha256"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

// An Input is one file on its way to a format's Import. It reads as a stream,
// from the first byte of the file as exported.
type Input struct {
	// Name is the source's name; locations carry it.
	Name string
	// Size is the file's size in bytes when it was opened, or -1.
	Size int64
	// Store is the store that the case or the file's name says the file was
	// exported from; it is zero where nothing says so. An importer gives it to
	// certificates whose store the content does not tell.
	Store evidence.Store
	// Source is what the report says of the file. An importer may set Encoding
	// and Store; the rest is set by others.
	Source *evidence.Source
	Options

	reader io.Reader
	certs  *Certificates
}

// NewInput returns an input over r, as tests of a format need it. certs may be
// nil.
func NewInput(name string, size int64, r io.Reader, certs *Certificates) *Input {
	if certs == nil {
		certs = NewCertificates()
	}
	return &Input{Name: name, Size: size, Source: &evidence.Source{Name: name}, reader: r, certs: certs}
}

// Read implements io.Reader.
func (in *Input) Read(p []byte) (int, error) { return in.reader.Read(p) }

// ReadAll returns the rest of the input, at most limit bytes of it, and whether
// that was all. The slice is allocated as bytes arrive and never by a claim.
func (in *Input) ReadAll(limit int64) (data []byte, whole bool, err error) {
	data, err = io.ReadAll(io.LimitReader(in, limit+1))
	if int64(len(data)) > limit {
		return data[:limit], false, err
	}
	return data, err == nil, err
}

// At returns a location in this input.
func (in *Input) At(offset, length int64, line int, path string) evidence.Location {
	return evidence.Location{Source: in.Name, Offset: offset, Length: length, Line: line, Path: path}
}

// Certificate returns what a certificate says of itself. Equal bytes give the
// same value, parsed once; raw is copied and may be reused.
func (in *Input) Certificate(raw []byte) *evidence.Certificate { return in.certs.Get(raw) }

// Certificates keeps each distinct certificate once, by SHA-256, for all
// sources and hosts of a run. It is safe for concurrent use.
type Certificates struct {
	mu sync.Mutex
	m  map[[32]byte]*evidence.Certificate
}

// NewCertificates returns an empty collection.
func NewCertificates() *Certificates {
	return &Certificates{m: map[[32]byte]*evidence.Certificate{}}
}

// Get returns the certificate of these bytes. Two callers at once may both
// parse it; they get the same value.
func (c *Certificates) Get(raw []byte) *evidence.Certificate {
	sum := sha256.Sum256(raw)
	c.mu.Lock()
	cert := c.m[sum]
	c.mu.Unlock()
	if cert != nil {
		return cert
	}
	cert = der.ParseCertificate(append([]byte(nil), raw...), sum)
	c.mu.Lock()
	defer c.mu.Unlock()
	if first := c.m[sum]; first != nil {
		return first
	}
	c.m[sum] = cert
	return cert
}
