package reports

import "strings"

// controls are the controls of NIST SP 800-53 revision 5 that a criterion bears
// on, a proposal that an assessor may change: SC-8 transmission confidentiality
// and integrity, SC-17 public key infrastructure certificates, SC-12 key
// establishment and management, SC-13 cryptographic protection, AU-12 audit
// record generation, AU-4 audit log storage capacity, CM-6 configuration
// settings, IA-5(2) public key-based authentication, SI-2 flaw remediation.
func controls(rule string) []string {
	switch rule {
	case "truncation-diagnosis", "trusted-issuer-list-size", "issuer-list-headroom", "root-count", "peer-message-limit", "schannel-truncation-event",
		"schannel-alerts", "schannel-client-certificate-events", "nps-reason", "uc-events":
		return []string{"SC-8", "SC-17"}
	case "send-trusted-issuer-list", "client-auth-issuer-store", "client-auth-trust-mode":
		return []string{"IA-5(2)", "CM-6"}
	case "schannel-value-types", "protected-roots":
		return []string{"CM-6"}
	case "schannel-event-logging":
		return []string{"AU-12", "CM-6"}
	case "event-log-gaps", "evidence-complete":
		return []string{"AU-4", "AU-12"}
	case "tls-protocols", "dotnet-strong-crypto":
		return []string{"SC-8", "SC-13", "CM-6"}
	case "root-auto-update":
		return []string{"SC-17", "SI-2"}
	case "private-key-in-root":
		return []string{"SC-12", "SC-17"}
	case "weak-key", "short-key", "weak-signature":
		return []string{"SC-13", "SC-17"}
	case "root-store-mixed", "required-roots", "known-bad-certificate", "root-same-name-other-key", "root-expired", "root-not-yet-valid", "root-duplicated",
		"leaf-in-root", "self-issued-in-ca", "group-policy-roots", "disallowed-and-root", "blob-mismatch", "programme-status", "role-roots", "root-added-events":
		return []string{"SC-17"}
	}
	return nil
}

// controlsText names the controls of a criterion; one of a customer's own rules
// is under configuration settings until an assessor says otherwise.
func controlsText(rule string) string {
	if list := controls(rule); list != nil {
		return strings.Join(list, ", ")
	}
	return "CM-6"
}
