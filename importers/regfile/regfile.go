// Package regfile reads registry exports: .reg files as regedit and reg export
// write them, "Windows Registry Editor Version 5.00", REGEDIT4 and the REGEDIT
// of Windows 3.1.
//
// The measure of what a line means is what regedit does when it imports the
// file; no specification was published beyond KB 310516. There is one
// exception, on the side of the evidence: where a key's line is damaged,
// the values below it belong to no key, rather than to the key before.
//
// A value Blob below a certificate store's key is the certificate, revocation
// list or trust list that it holds; all other values are facts as they stand.
// The text of "reg query" and hive files are other formats.
package regfile

import (
	"bytes"
	"context"
	"path"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// Format reads registry exports.
var Format = &importers.Format{
	Name:       "regfile",
	Extensions: []string{".reg"},
	Doc: `registry export (.reg)

On Windows Server 2003 and later, from an administrator's command prompt:

  reg export "HKLM\SOFTWARE\Microsoft\SystemCertificates" certs.reg
  reg export "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates" policy-certs.reg
  reg export "HKLM\SOFTWARE\Microsoft\EnterpriseCertificates" enterprise-certs.reg
  reg export "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL" schannel.reg
  reg export "HKLM\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo" bindings.reg
  reg export "HKLM\SYSTEM\Select" select.reg
  reg export "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" windows-version.reg

The first holds all machine stores with the properties of their certificates,
AuthRoot (third-party roots) among them; the policy and enterprise keys hold
what Group Policy and Active Directory add, and need not exist.

An export proves what it holds, and what it does not hold below a key that it
holds: an export of a key has all its values and subkeys. What no exported key
covers was not collected. Read are version 5.00 and REGEDIT4, in UTF-16, UTF-8
or a code page. The text of "reg query" and hive files are not this format.`,
	Detect: detect,
	Import: importFile,
}

// The first lines by which regedit knows a file.
const (
	header31 = "REGEDIT"
	header4  = "REGEDIT4"
	header5  = "Windows Registry Editor Version 5.00"
)

// detect looks for the header in any encoding. A header that regedit does not
// read is claimed too, since no other format begins like that and the user
// should be told.
func detect(head []byte, name string) importers.Confidence {
	const enough = 256
	lines := text.NewLines(bytes.NewReader(head[:min(len(head), 4*enough)]), nil, enough)
	lines.Next()
	switch line := lines.Line; {
	case headerKind(line.Text) != "" && !line.More:
		return importers.Certain
	case looksLikeHeader(line.Text):
		return importers.Likely
	case strings.EqualFold(path.Ext(name), ".reg"):
		return importers.Maybe
	}
	return importers.No
}

// headerKind returns the header that a file's first line is, without the
// blanks that may stand before it, or "".
func headerKind(line []byte) string {
	s := line[blanks(line):]
	for _, h := range [...]string{header5, header4, header31} {
		if string(s) == h {
			return h
		}
	}
	return ""
}

func looksLikeHeader(line []byte) bool {
	s := strings.ToLower(string(line[blanks(line):]))
	return strings.HasPrefix(s, "regedit") || strings.HasPrefix(s, "windows registry editor")
}

func importFile(ctx context.Context, in *importers.Input, to evidence.Sink) error {
	return importWithin(ctx, in, to, bounds{value: importers.MaxRegistryValue, line: importers.MaxRecord})
}

// bounds are what is held at most: bytes of the data of a value, and of a line
// of the file. Binary data may stand in a longer line, since it is decoded
// piece by piece.
type bounds struct{ value, line int }

func importWithin(ctx context.Context, in *importers.Input, to evidence.Sink, most bounds) error {
	page, err := text.NewCodePage(in.Options.Encoding)
	if err != nil {
		to.Diagnose(evidence.Diagnostic{Code: "reg-encoding", Severity: evidence.Warning, Where: in.At(0, 0, 0, ""),
			Summary: "the encoding that was asked for is not known", Detail: err.Error() + "; " + text.DefaultCodePage + " was assumed instead"})
		page, _ = text.NewCodePage("") // that name is known
	}
	lines := text.NewLines(in, page, most.line)
	p := &parser{ctx: ctx, in: in, to: to, most: most, page: page, lines: lines, line: &lines.Line}
	p.counter, _ = to.(counter)
	p.file()
	return p.err
}

// blanks returns how many blanks s begins with.
func blanks(s []byte) int {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}
