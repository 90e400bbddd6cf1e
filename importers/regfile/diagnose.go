package regfile

import (
	"fmt"
	"unicode/utf8"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// diagnose tells of something that loses nothing.
func (p *parser) diagnose(code string, severity evidence.DiagnosticSeverity, where evidence.Location, summary, detail string) {
	p.to.Diagnose(evidence.Diagnostic{Code: code, Severity: severity, Where: where, Summary: summary, Detail: detail})
}

// lose tells of something that was passed over.
func (p *parser) lose(code string, where evidence.Location, summary, detail string) {
	p.to.Diagnose(evidence.Diagnostic{Code: code, Severity: evidence.Warning, Lost: true, Where: where, Summary: summary, Detail: detail})
}

// truncated tells that the file ends within what stands at where.
func (p *parser) truncated(where evidence.Location, detail string) {
	p.told.truncated = true
	p.diagnose("reg-truncated", evidence.Error, where, "the file ends inside a key or a value", detail)
}

// noHeader tells of a file that regedit reads nothing of. line says whether
// there was a first line.
func (p *parser) noHeader(line bool) {
	if p.err != nil {
		return
	}
	p.in.Source.Encoding = p.encoding()
	detail := "the file is empty"
	if line {
		detail = fmt.Sprintf("the first line is %s", quoted(p.line.Text))
	}
	summary := "the file does not begin as a registry export does: it was not read"
	if looksLikeHeader(p.line.Text) {
		summary = "the header is of no version that regedit reads: the file was not read"
	}
	p.diagnose("reg-no-header", evidence.Error, p.here(0), summary,
		fmt.Sprintf("wanted %q or %q as the first line; %s", header5, header4, detail))
}

// quoted returns the start of what stands in a file, for a message.
func quoted(s []byte) string {
	const most = 60
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return fmt.Sprintf("%q…", s[:cut])
}
