package observed

import (
	"bytes"
	"encoding/hex"
	"io"
	"strconv"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// The lines of s_client that begin and end a list.
const (
	acceptable = "Acceptable client certificate CA names"
	noNames    = "No client certificate CA names sent"
)

// afterNames are the beginnings of lines that s_client of any version may write
// behind the names. No name begins so, since a name begins with an attribute's
// type and an equals sign, or with a slash.
var afterNames = []string{"---", "Client Certificate Types", "Requested Signature Algorithms", "Shared Requested Signature Algorithms", "Peer sign", "Server Temp Key",
	"Peer Temp Key", "Negotiated TLS", "SSL handshake", "Verification", "New, ", "Server public key", "No client certificate"}

// openssl reads the output of s_client, which may hold several connections. The
// text gives the names as text; with -msg the message itself stands there in
// hex, and its bytes are taken instead.
func (p *parser) openssl(r io.Reader) error {
	lines := text.NewLines(r, nil, MaxLine)
	var names, exact *List
	var message *dump
	asked := false // something shows that the server asked for a certificate
	finish := func() {
		if names != nil && len(names.Names) == 0 && exact == nil && !asked {
			p.notAsked(names.Where)
			names = nil
		}
		// One connection shows its list as bytes first and as text later.
		if names != nil && (exact == nil || len(exact.Names) != len(names.Names)) {
			p.add(names)
			names = nil
		}
		if exact != nil {
			if names != nil {
				for i := range exact.Names {
					exact.Names[i].Text = names.Names[i].Text
				}
			}
			p.add(exact)
		}
		names, exact, asked = nil, nil, false
	}
	server, inList := "", false
	for lines.Next() {
		if err := p.ctx.Err(); err != nil {
			return err
		}
		line := string(bytes.TrimRight(lines.Line.Text, " \t"))
		if lines.Line.More {
			if inList {
				names.Broken = true
			}
			p.diagnose(evidence.Diagnostic{Code: "observed-long-line", Severity: evidence.Warning, Lost: inList, Where: p.at(lines.Line.Number, ""),
				Summary: "a line is too long and was read in pieces"})
		}
		if message != nil {
			if message.take(line) {
				if message.whole() {
					finish()
					exact = p.certificateRequest(message)
					if exact != nil {
						exact.Server = server
					}
					message = nil
				}
				continue
			}
			p.cutMessage(message)
			message = nil
		}
		asked = asked || strings.HasPrefix(line, "Client Certificate Types:") || strings.HasPrefix(line, "Requested Signature Algorithms:")
		switch {
		case strings.HasPrefix(line, "CONNECTED("):
			finish()
			server, inList = "", false
		case strings.HasPrefix(line, "Connecting to "):
			server = strings.TrimPrefix(line, "Connecting to ")
		case strings.HasPrefix(line, "<<< ") && strings.HasSuffix(line, "CertificateRequest"):
			message = newDump(line, lines.Line.Number)
		case line == acceptable:
			if names != nil {
				finish()
			}
			names, inList = &List{Where: p.at(lines.Line.Number, ""), Server: server}, true
		case strings.HasPrefix(line, noNames):
			if names == nil {
				names = &List{Where: p.at(lines.Line.Number, ""), Server: server}
			}
			inList = false
		case inList:
			inList = p.nameLine(names, line, lines.Line.Number)
		}
	}
	if message != nil {
		p.cutMessage(message)
	}
	if inList {
		names.Broken = true
		p.diagnose(evidence.Diagnostic{Code: "observed-cut", Severity: evidence.Error, Where: p.at(lines.Line.Number, ""),
			Summary: "the text ends inside the list", Detail: "wanted a line behind the names, such as \"---\"; the names before the end were read"})
	}
	finish()
	p.file.Encoding = lines.Encoding().String()
	return lines.Err()
}

// notAsked tells that s_client saw no request for a certificate: it writes the
// same line for a request without names, for none at all, and where the
// handshake failed before.
func (p *parser) notAsked(where evidence.Location) {
	p.diagnose(evidence.Diagnostic{Code: "observed-not-asked", Severity: evidence.Warning, Where: where,
		Summary: "no request for a client certificate was seen, so this connection shows no list",
		Detail:  "the handshake failed, or the server asks only for some paths or after the handshake; wanted \"Client Certificate Types\" or \"Requested Signature Algorithms\" behind \"" + noNames + "\""})
}

// nameLine takes a line below the heading and reports whether the list goes on.
func (p *parser) nameLine(l *List, line string, number int) bool {
	for _, end := range afterNames {
		if strings.HasPrefix(line, end) {
			return false
		}
	}
	switch {
	case line == "":
	case looksLikeName(line):
		l.Names = append(l.Names, Name{Text: line, Line: number})
	default:
		l.Broken = true
		p.diagnose(evidence.Diagnostic{Code: "observed-not-a-name", Severity: evidence.Warning, Lost: true, Where: p.at(number, ""),
			Summary: "a line among the names is no name and was passed over", Detail: "there was " + strconv.Quote(line)})
	}
	return true
}

// looksLikeName reports whether a line begins as s_client writes a name: with
// /TYPE= as before 1.1.1, or with TYPE = or TYPE=.
func looksLikeName(line string) bool {
	kind, _, ok := strings.Cut(strings.TrimPrefix(line, "/"), "=")
	kind = strings.TrimSpace(kind)
	if !ok || kind == "" {
		return false
	}
	for _, c := range kind {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

// A dump is a handshake message as s_client -msg writes it: a heading with the
// length, then lines of hex.
type dump struct {
	heading string
	line    int
	want    int
	bytes   []byte
}

// newDump returns the dump that a heading such as
// "<<< TLS 1.2, Handshake [length 0135], CertificateRequest" announces, or nil.
func newDump(heading string, line int) *dump {
	_, rest, ok := strings.Cut(heading, "[length ")
	if !ok {
		return nil
	}
	digits, _, ok := strings.Cut(rest, "]")
	n, err := strconv.ParseUint(digits, 16, 32)
	if !ok || err != nil || n == 0 || n > MaxLine {
		return nil
	}
	return &dump{heading: heading, line: line, want: int(n)}
}

// take reads a line of hex and reports whether it was one.
func (d *dump) take(line string) bool {
	fields := strings.Fields(line)
	if len(fields) == 0 || !strings.HasPrefix(line, "  ") {
		return false
	}
	b, err := hex.DecodeString(strings.Join(fields, ""))
	if err != nil {
		return false
	}
	d.bytes = append(d.bytes, b...)
	return true
}

func (d *dump) whole() bool { return len(d.bytes) >= d.want }

func (p *parser) cutMessage(d *dump) {
	p.diagnose(evidence.Diagnostic{Code: "observed-message-cut", Severity: evidence.Warning, Lost: true, Where: p.at(d.line, ""),
		Summary: "the CertificateRequest message is not there whole",
		Detail:  "wanted " + strconv.Itoa(d.want) + " bytes of hex, there were " + strconv.Itoa(len(d.bytes)) + "; the names as text are used if there are any"})
}

// certificateRequest takes the names out of a CertificateRequest message.
func (p *parser) certificateRequest(d *dump) *List {
	names, size, ok := requestedAuthorities(d.bytes[:d.want], strings.Contains(d.heading, "TLS 1.3"), strings.Contains(d.heading, "TLS 1.2"))
	if !ok {
		p.diagnose(evidence.Diagnostic{Code: "observed-message-broken", Severity: evidence.Warning, Lost: true, Where: p.at(d.line, ""),
			Summary: "the CertificateRequest message cannot be taken apart", Detail: "the names as text are used if there are any"})
		return nil
	}
	l := &List{Where: p.at(d.line, "CertificateRequest"), Exact: true, Bytes: size}
	for _, n := range names {
		l.Names = append(l.Names, Name{Text: der.NameText(n), DER: n, Line: d.line})
	}
	return l
}

// extensionAuthorities is the number of the certificate_authorities extension
// (RFC 8446 section 4.2).
const extensionAuthorities = 47

// requestedAuthorities returns the names of a CertificateRequest message and
// the size of their vector: RFC 8446 section 4.3.2 in TLS 1.3, RFC 5246 section
// 7.4.4 in TLS 1.2, and without the signature algorithms before (RFC 4346).
func requestedAuthorities(b []byte, tls13, tls12 bool) (names [][]byte, size int, ok bool) {
	if len(b) < 4 || b[0] != 13 || int(b[1])<<16|int(b[2])<<8|int(b[3]) != len(b)-4 {
		return nil, 0, false
	}
	b = b[4:]
	if !tls13 {
		if _, b, ok = vector(b, 1); !ok { // certificate_types
			return nil, 0, false
		}
		if tls12 {
			if _, b, ok = vector(b, 2); !ok { // supported_signature_algorithms
				return nil, 0, false
			}
		}
		list, rest, ok := vector(b, 2)
		if !ok || len(rest) > 0 {
			return nil, 0, false
		}
		names, ok = splitNames(list)
		return names, len(list), ok
	}
	_, b, ok = vector(b, 1) // certificate_request_context
	if !ok {
		return nil, 0, false
	}
	extensions, rest, ok := vector(b, 2)
	if !ok || len(rest) > 0 {
		return nil, 0, false
	}
	for len(extensions) > 0 {
		if len(extensions) < 2 {
			return nil, 0, false
		}
		number := int(extensions[0])<<8 | int(extensions[1])
		var body []byte
		if body, extensions, ok = vector(extensions[2:], 2); !ok {
			return nil, 0, false
		}
		if number == extensionAuthorities {
			list, rest, ok := vector(body, 2)
			if !ok || len(rest) > 0 {
				return nil, 0, false
			}
			names, ok = splitNames(list)
			return names, len(list), ok
		}
	}
	return nil, 0, true
}

// vector cuts a vector with a length field of n bytes off b.
func vector(b []byte, n int) (content, rest []byte, ok bool) {
	if len(b) < n {
		return nil, nil, false
	}
	size := 0
	for _, c := range b[:n] {
		size = size<<8 | int(c)
	}
	if size > len(b)-n {
		return nil, nil, false
	}
	return b[n : n+size], b[n+size:], true
}

func splitNames(list []byte) (names [][]byte, ok bool) {
	for len(list) > 0 {
		var name []byte
		if name, list, ok = vector(list, 2); !ok || len(name) == 0 {
			return nil, false
		}
		names = append(names, bytes.Clone(name))
	}
	return names, true
}
