package rules

import (
	"encoding/binary"
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// PrivateKeyInRoot looks for authorities whose private key is on the host.
var PrivateKeyInRoot = &Rule{
	ID:       "private-key-in-root",
	Title:    "no authority in Root or CA has its private key on the host",
	Severity: High,
	Since:    "v0.2",
	Doc: `Property 2 (CERT_KEY_PROV_INFO) of a certificate in Root or CA says that its private
key is kept on this computer. So it is with the root of a debugging or inspecting
proxy, a development certificate, or an authority that runs here: whoever gets at
the key can issue certificates that this host, and every host with the same root,
trusts. That a computer is a certification authority in office, where the key has
its place, cannot be seen in an export, nor whether the key is still there.`,
	References: []Reference{wincrypt},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `find the software that put the root there; unless this computer is the authority, remove the certificate from Root and CA and delete its key`,
	Impact:     `who gets at the key can issue certificates that this host trusts`,
	AppliesTo:  `all Windows`,
	Check: func(p *Pass) {
		sweep{
			stores: []string{evidence.StoreRoot, evidence.StoreCA}, collect: collectRoot, expected: "no private key (property 2)", properties: true,
			inOrder: "are without a private key",
			judge: func(c placed) *Finding {
				for _, o := range c.all {
					info, ok := o.Property(evidence.PropKeyProvInfo)
					if !ok {
						continue
					}
					return &Finding{Outcome: Failed, Measured: "property 2 is present" + keyContainer(info), Evidence: []evidence.Location{o.Where},
						Summary: fmt.Sprintf("the private key of %s in %s is on this host%s", c.name(), placeName(o), keyContainer(info))}
				}
				return nil
			},
		}.run(p)
	},
}

// keyContainer words the container and provider that a serialized
// CRYPT_KEY_PROV_INFO names: its first two fields are offsets of UTF-16 texts.
// What cannot be read gives "".
func keyContainer(info []byte) string {
	text := func(field int) string {
		if len(info) < field+4 {
			return ""
		}
		at := binary.LittleEndian.Uint32(info[field:])
		if at < 4 || uint64(at) >= uint64(len(info)) {
			return ""
		}
		name := []rune(evidence.UTF16Text(info[at:]))
		return string(name[:min(len(name), maxName)])
	}
	container, provider := text(0), text(4)
	if container == "" {
		return ""
	}
	s := fmt.Sprintf(" (container %q", container)
	if provider != "" {
		s += fmt.Sprintf(" of %q", provider)
	}
	return s + ")"
}
