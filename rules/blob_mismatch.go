package rules

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// BlobMismatch looks for certificates that the registry keeps under a wrong name.
var BlobMismatch = &Rule{
	ID:       "blob-mismatch",
	Title:    "keys and hashes in the registry are those of their certificates",
	Severity: Medium,
	Since:    "v0.2",
	Doc: `The registry keeps a certificate in the value Blob below a key that is called by its
SHA-1 thumbprint, and property 3 of the Blob repeats it. Windows writes both itself, so
one that does not fit the certificate was damaged or written by hand: a look into the
registry shows another certificate than the one that is trusted. What Windows does
with such a Blob is not documented, but for CertAddSerializedElementToStore, which
computes the hash anew. Only exports of the registry hold the key's name, and not every serialized store
holds the hash; and a file may have been changed after it was exported.`,
	References: []Reference{wincrypt},
	Needs:      []evidence.Kind{evidence.KindCertificate},
	Collect:    collectRoot,
	Remedy:     `look at the key on the host; delete the certificate and import it again from a source that you trust`,
	Impact:     `the registry shows another certificate than the one that is trusted`,
	AppliesTo:  `all Windows; exports of the registry`,
	Check:      checkBlobs,
}

func checkBlobs(p *Pass) {
	judged, read := 0, []string{}
	seen := map[string]bool{}
	var findings []Finding
	for _, o := range p.Case.Occurrences {
		hash, has := o.Property(evidence.PropSHA1)
		if o.KeyName == "" && !has {
			continue
		}
		judged++
		if !seen[o.Where.Source] {
			seen[o.Where.Source] = true
			read = append(read, o.Where.Source)
		}
		var wrong []string
		if o.KeyName != "" && !strings.EqualFold(o.KeyName, o.Thumbprint()) {
			wrong = append(wrong, "its key is called "+o.KeyName)
		}
		if has && !bytes.Equal(hash, o.SHA1[:]) {
			wrong = append(wrong, fmt.Sprintf("property 3 says %X", hash[:min(len(hash), 20)]))
		}
		if len(wrong) == 0 {
			continue
		}
		place := o.Store.String()
		if o.KeyName != "" {
			place += ", key " + o.KeyName
		}
		subject := certificateName(o) + " " + o.Thumbprint() + " in " + place
		if i := slices.IndexFunc(findings, func(f Finding) bool { return f.Subject == subject }); i >= 0 {
			findings[i].Evidence = append(findings[i].Evidence, o.Where) // the store was exported twice
			continue
		}
		findings = append(findings, Finding{Subject: subject, Store: o.Store.String(), Thumbprint: o.Thumbprint(),
			Outcome: Failed, Measured: strings.Join(wrong, "; "), Expected: o.Thumbprint(), Evidence: []evidence.Location{o.Where},
			Summary: fmt.Sprintf("%s has the thumbprint %s, but %s", certificateName(o), o.Thumbprint(), strings.Join(wrong, ", and "))})
	}
	if len(findings) > 0 {
		for _, f := range bounded(findings) {
			p.Report(f)
		}
		return
	}
	f := Finding{Subject: "keys and hashes", Expected: "key and property 3 equal the thumbprint", Measured: fmt.Sprintf("%d certificates", judged)}
	if judged == 0 {
		f.Outcome, f.Collect = NotChecked, collectRoot
		f.Summary = "not checked: no certificate was read with its key in the registry or its hash"
	} else {
		f.Outcome, f.Searched = Passed, read
		f.Summary = fmt.Sprintf("the keys and hashes of all certificates that were exported with them (%d) fit", judged)
	}
	p.Report(f)
}
