package rules

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// Sizes of handshake messages in bytes.
const (
	// requestBytes is what a CertificateRequest holds beside the list: headers,
	// types and signature algorithms come to about as much.
	requestBytes = 27
	// fullRequest is a message with a list of Schannel's greatest size.
	fullRequest = 16_384 + requestBytes
	// recordBytes is the greatest record: a longer message is split (RFC 5246
	// section 6.2.1).
	recordBytes = 16_384
	// defaultMessageLimit is that of MessageLimitClient and
	// MessageLimitServerClientAuth.
	defaultMessageLimit = 0x8000
)

// PeerMessageLimit checks that the host takes a full list from its peers.
var PeerMessageLimit = &Rule{
	ID:       "peer-message-limit",
	Title:    "the limits of handshake messages leave room for a full trusted issuer list",
	Severity: Low,
	Since:    "v0.2",
	Doc: `The list travels in one handshake message. As a client, Windows 7, Server 2008 R2 and
later take messages of up to MessageLimitClient bytes (32,768 by default); with 0 they
take none that is split over records, which a list of more than 16,384 bytes is. As a
server that asks for certificates they take MessageLimitServerClientAuth bytes, which
the client's own chain has to fit. A value below what a full list or chain may need
fails: the connection breaks whatever the list of this host is.

What this host's peers are set to is not in its exports; a peer with the default takes
any list that Schannel sends, but a server that is not Windows may send up to 65,535
bytes.`,
	References: []Reference{tlsReg, rfc5246},
	Needs:      []evidence.Kind{evidence.KindRegistry},
	Collect:    collectSchannel,
	Remedy:     `delete the value, so that the default applies, or raise it to 32,768 (0x8000)`,
	Impact:     `connections break in the handshake where a peer sends a long list or chain`,
	AppliesTo:  `Windows 7, Server 2008 R2 and later`,
	Check:      checkMessageLimits,
}

func checkMessageLimits(p *Pass) {
	f := Finding{Subject: "Messaging", Expected: "absent, or large enough"}
	if v := p.Version.Profile; v != nil && (v.Family == "2003" || v.Family == "vista") {
		f.Outcome = NotApplicable
		f.Summary = p.Version.Name() + " does not know the limits; they came with Windows 7 and Server 2008 R2"
		p.Report(f)
		return
	}
	failed := false
	var where []evidence.Location
	var measured string
	for _, limit := range []struct {
		name  string
		least uint32
		what  string
	}{
		{"MessageLimitClient", fullRequest, "a server's list of 16,384 bytes"},
		{"MessageLimitServerClientAuth", recordBytes, "a client's chain of 16,384 bytes"},
	} {
		s := windows.DWord(p.Case.Registry, p.SchannelKey()+`\Messaging`, limit.name)
		if s.State == windows.NotCollected {
			notCollected(&f, s, "SCHANNEL\\Messaging", collectSchannel, "not checked: SCHANNEL\\Messaging was not collected")
			p.Report(f)
			return
		}
		where = append(where, s.Evidence()...)
		if s.Key != nil {
			f.Searched = []string{s.Key.Where.Source}
		}
		if measured != "" {
			measured += ", "
		}
		measured += limit.name + " " + settingWords(s)
		if s.State != windows.Set || s.Number >= limit.least {
			continue
		}
		failed = true
		bad := Finding{Subject: limit.name, Outcome: Failed, Evidence: s.Evidence(), Measured: fmt.Sprintf("%s bytes", Grouped(int(s.Number))),
			Expected: fmt.Sprintf("absent (%s), or at least %s", Grouped(defaultMessageLimit), Grouped(int(limit.least)))}
		bad.Summary = fmt.Sprintf("%s is %s: a message with %s does not get through", limit.name, Grouped(int(s.Number)), limit.what)
		if s.Number == 0 {
			bad.Summary = limit.name + " is 0: messages that are split over records are not processed, and one with a long list or chain is"
		}
		p.Report(bad)
	}
	if failed {
		return
	}
	f.Outcome, f.Measured, f.Evidence = Passed, measured, where
	f.Summary = "this host takes a full list and a long chain from its peers (" + measured + ")"
	for _, l := range p.Lists {
		if l.Binding == "" && l.Collected && l.Sent == issuerlist.SentYes {
			sent := min(l.Bytes.Expected, l.Limit.Bytes) + requestBytes
			f.Summary += fmt.Sprintf("; its own list makes a message of about %s bytes, within the default of %s of its Windows peers", Grouped(sent), Grouped(defaultMessageLimit))
			break
		}
	}
	p.Report(f)
}
