// Package observed reads what a TLS peer really saw of a trusted issuer list:
// the text of openssl s_client, the JSON of testssl.sh and the ssl.log of Zeek.
// The list that is computed from an export can then be compared with the one
// that was sent.
//
// These files are no exports of a host, so they make no facts of a case and are
// not detected among exports: the user names them. Text tells less of a name
// than its encoding does; Keys gives the texts by which an encoded name may have
// been written, in a form that survives what each program does to it.
//
// The formats are those of OpenSSL's s_client (names in the forms of 1.0, of
// 1.1.1 and 3.0, and of 3.2; messages as -msg writes them), of testssl.sh 3.2
// (the ids "clientAuth" and "clientAuth_CA_list") and of Zeek's policy script
// protocols/ssl/certificate-request-info. The message is that of RFC 5246
// section 7.4.4 and RFC 8446 section 4.3.2.
package observed

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// Bounds of an observed file. What passes them is told of in a diagnostic.
const (
	// MaxLine bounds one line in bytes: a list of 64 KiB whose every byte is
	// escaped by four fits.
	MaxLine = 1 << 20
	// MaxWhole bounds a JSON file of testssl.sh, in bytes.
	MaxWhole = 64 << 20
	// MaxLists bounds the distinct lists that are kept of one file.
	MaxLists = 1000
	// MaxNames bounds the names of one list: the field of 65,535 bytes holds no
	// more of the shortest names.
	MaxNames = 16_384
)

// The dialects.
const (
	OpenSSL = "openssl" // openssl s_client
	TestSSL = "testssl" // testssl.sh --jsonfile or --jsonfile-pretty
	Zeek    = "zeek"    // ssl.log of Zeek, tab-separated or JSON lines
)

// A File is what was read of one observed file.
type File struct {
	Name string
	// Size and SHA256 are of all bytes of the file.
	Size   int64
	SHA256 [32]byte
	// Dialect is "" where the file was not recognised, Encoding is how its text
	// is written.
	Dialect, Encoding string
	// Lists are in the order of the file; equal lists of one server stand there
	// once.
	Lists       []*List
	Diagnostics []evidence.Diagnostic
}

// Complete reports whether no diagnostic tells of a loss.
func (f *File) Complete() bool {
	for _, d := range f.Diagnostics {
		if d.Loses() {
			return false
		}
	}
	return true
}

// A List is one trusted issuer list as a peer received it.
type List struct {
	// Where is the place in the file where the list begins.
	Where evidence.Location
	// Server is the server as the file names it, usually an address and a port,
	// or "".
	Server string
	// Times is how often the file shows this list.
	Times int
	// Names are in the order of the file. An empty list means that the peer was
	// asked for a certificate and given no names.
	Names []Name
	// Exact says that every name has its DER, so that sizes are those of the
	// wire.
	Exact bool
	// Bytes is the size of the list on the wire with the length fields, or 0
	// where only texts are known.
	Bytes int
	// Broken says that the file may hold more names of the list than were read.
	Broken bool
}

// A Name is one name of a list.
type Name struct {
	// Text is the name as the file writes it, or as NameText does where only
	// its DER is known.
	Text string
	// DER is nil where the file holds text only.
	DER []byte
	// Line counts from 1.
	Line int
}

// Read reads an observed file to its end. What is wrong with its content is a
// diagnostic of the File; an error means that reading failed or that ctx was
// cancelled. name is what locations call the file.
func Read(ctx context.Context, name string, r io.Reader) (*File, error) {
	f := &File{Name: name}
	sum := sha256.New()
	counted := &counter{r: io.TeeReader(r, sum)}
	in := bufio.NewReaderSize(counted, 64<<10)
	head, err := in.Peek(64 << 10)
	if err != nil && err != io.EOF {
		return nil, err
	}
	p := &parser{ctx: ctx, file: f, seen: map[string]*List{}}
	switch kind := detect(head); kind {
	case kindOpenSSL:
		f.Dialect = OpenSSL
		err = p.openssl(in)
	case kindZeekTable, kindZeekJSON:
		f.Dialect = Zeek
		err = p.zeek(in, kind == kindZeekJSON)
	case kindTestSSL:
		f.Dialect = TestSSL
		err = p.testssl(in)
	default:
		err = nil
		p.diagnose(evidence.Diagnostic{Code: "observed-unrecognised", Severity: evidence.Error, Where: p.at(0, ""),
			Summary: "this is no observed list that is known",
			Detail:  fmt.Sprintf("it begins with %q; known are the text of openssl s_client, the JSON of testssl.sh and ssl.log of Zeek", head[:min(len(head), 16)])})
	}
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return nil, err
	}
	f.Size = counted.n
	copy(f.SHA256[:], sum.Sum(nil))
	if f.Dialect != "" && len(f.Lists) == 0 && f.Complete() {
		p.diagnose(evidence.Diagnostic{Code: "observed-no-list", Severity: evidence.Warning, Lost: true, Where: p.at(0, ""),
			Summary: "the file shows no list and does not say that none was sent", Detail: noListDetail(f.Dialect)})
	}
	return f, nil
}

func noListDetail(dialect string) string {
	switch dialect {
	case TestSSL:
		return `wanted the id "clientAuth_CA_list", which testssl.sh 3.2 and later write among the server defaults (-S)`
	case Zeek:
		return "wanted requested_client_certificate_authorities, which the policy script protocols/ssl/certificate-request-info adds"
	}
	return `wanted "Acceptable client certificate CA names": openssl s_client -connect HOST:PORT -msg </dev/null`
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// A parser fills a File.
type parser struct {
	ctx  context.Context
	file *File
	seen map[string]*List // by server and names
}

func (p *parser) at(line int, path string) evidence.Location {
	return evidence.Location{Source: p.file.Name, Line: line, Path: path}
}

// diagnose keeps MaxDiagnostics of a code and counts no more.
func (p *parser) diagnose(d evidence.Diagnostic) {
	n := 0
	for _, other := range p.file.Diagnostics {
		if other.Code == d.Code {
			n++
		}
	}
	if n < evidence.MaxDiagnostics {
		p.file.Diagnostics = append(p.file.Diagnostics, d)
	}
}

// add takes a list; one that was seen already is counted.
func (p *parser) add(l *List) {
	if len(l.Names) > MaxNames {
		p.diagnose(evidence.Diagnostic{Code: "observed-too-many-names", Severity: evidence.Warning, Lost: true, Where: l.Where,
			Summary: fmt.Sprintf("the list has %d names, and a list may have %d: it was passed over", len(l.Names), MaxNames)})
		return
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00", l.Server)
	for _, n := range l.Names {
		fmt.Fprintf(sum, "%s\x00%x\x00", n.Text, n.DER)
	}
	key := string(sum.Sum(nil))
	if first := p.seen[key]; first != nil {
		first.Times++
		return
	}
	if len(p.file.Lists) >= MaxLists {
		p.diagnose(evidence.Diagnostic{Code: "observed-too-many-lists", Severity: evidence.Warning, Lost: true, Where: l.Where,
			Summary: fmt.Sprintf("the file shows more than %d different lists: this one and those after it were passed over", MaxLists)})
		return
	}
	l.Times = 1
	p.seen[key] = l
	p.file.Lists = append(p.file.Lists, l)
}

// The kinds of files.
type kind int

const (
	kindUnknown kind = iota
	kindOpenSSL
	kindTestSSL
	kindZeekTable
	kindZeekJSON
)

// detect tells the kind of a file from its first bytes.
func detect(head []byte) kind {
	plain := asciiOf(head)
	text := bytes.TrimLeft(plain, " \t\r\n\ufeff")
	switch {
	case bytes.HasPrefix(text, []byte("#separator")), bytes.HasPrefix(text, []byte("#fields")):
		return kindZeekTable
	case bytes.HasPrefix(text, []byte("{")) && isZeekJSON(text):
		return kindZeekJSON
	case bytes.HasPrefix(text, []byte("{")), bytes.HasPrefix(text, []byte("[")):
		return kindTestSSL
	}
	for _, mark := range []string{acceptable, "certificate CA names sent", "CertificateRequest", "CONNECTED(", "SSL handshake has read", "Certificate chain", "SSL-Session:"} {
		if bytes.Contains(plain, []byte(mark)) {
			return kindOpenSSL
		}
	}
	return kindUnknown
}

// asciiOf drops NULs and byte order marks, which is enough of UTF-16 to
// recognise words.
func asciiOf(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte{0xef, 0xbb, 0xbf})
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}) {
		return bytes.ReplaceAll(b[2:], []byte{0}, nil)
	}
	return b
}
