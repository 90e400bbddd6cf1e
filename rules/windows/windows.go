// Package windows says what a host's registry exports tell of its Windows: the
// version, the current control set, and single settings with the three answers
// that differ: set, absent so that the default applies, and not collected.
//
// It judges nothing and knows no file format.
package windows

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// The registry paths that are read, below HKEY_LOCAL_MACHINE. A path below
// SYSTEM is completed by SystemKey.
const (
	hklm       = `HKEY_LOCAL_MACHINE`
	systemKey  = hklm + `\SYSTEM`
	VersionKey = hklm + `\SOFTWARE\Microsoft\Windows NT\CurrentVersion`
	// RootKey and its siblings are the physical stores of the machine's Root.
	RootKey            = hklm + `\SOFTWARE\Microsoft\SystemCertificates\ROOT`
	AuthRootKey        = hklm + `\SOFTWARE\Microsoft\SystemCertificates\AuthRoot`
	SmartCardRootKey   = hklm + `\SOFTWARE\Microsoft\SystemCertificates\SmartCardRoot`
	GroupPolicyRootKey = hklm + `\SOFTWARE\Policies\Microsoft\SystemCertificates\Root`
	EnterpriseRootKey  = hklm + `\SOFTWARE\Microsoft\EnterpriseCertificates\Root`
	SystemStoresKey    = hklm + `\SOFTWARE\Microsoft\SystemCertificates`
	ProtectedRootsKey  = GroupPolicyRootKey + `\ProtectedRoots`
	RootUpdateKey      = hklm + `\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot`

	schannelPath   = `Control\SecurityProviders\SCHANNEL`
	sslBindingPath = `Services\HTTP\Parameters\SslBindingInfo`
)

// Interest is what this package and the rules read of the registry.
func Interest() evidence.Interest {
	return evidence.Interest{Keys: []string{
		systemKey + `\*\` + schannelPath,
		systemKey + `\*\` + sslBindingPath,
		systemKey + `\Select`,
		systemKey + `\*\Control\Lsa`,
		VersionKey,
		SystemStoresKey,
		hklm + `\SOFTWARE\Policies\Microsoft\SystemCertificates`,
		hklm + `\SOFTWARE\Microsoft\EnterpriseCertificates`,
		hklm + `\SOFTWARE\Microsoft\Cryptography\OID`,
		hklm + `\SOFTWARE\Microsoft\.NETFramework`,
		hklm + `\SOFTWARE\Wow6432Node\Microsoft\.NETFramework`,
	}}
}

// ControlSet returns the path of the control set that is current:
// the one that Select\Current names if it was exported, else CurrentControlSet,
// else the only one that was exported. With none it returns CurrentControlSet.
func ControlSet(r *evidence.Registry) string {
	if v := r.Value(systemKey+`\Select`, "Current"); v != nil {
		if n, ok := v.DWord(); ok {
			set := fmt.Sprintf(`%s\ControlSet%03d`, systemKey, n)
			if r.HasBelow(set) {
				return set
			}
		}
	}
	current := systemKey + `\CurrentControlSet`
	if r.HasBelow(current) {
		return current
	}
	only := ""
	for _, k := range r.Keys() {
		rest, ok := strings.CutPrefix(evidence.FoldKey(k.Key), evidence.FoldKey(systemKey)+`\controlset`)
		if !ok || len(rest) < 3 {
			continue
		}
		set := k.Key[:len(systemKey)+len(`\ControlSet`)+3]
		if only != "" && !strings.EqualFold(only, set) {
			return current
		}
		only = set
	}
	if only != "" {
		return only
	}
	return current
}

// SchannelKey returns the path of the SCHANNEL key of the current control set.
func SchannelKey(r *evidence.Registry) string { return ControlSet(r) + `\` + schannelPath }

// SSLBindingKey returns the path of http.sys's certificate bindings.
func SSLBindingKey(r *evidence.Registry) string { return ControlSet(r) + `\` + sslBindingPath }

// A State says what is known of a setting.
type State string

// The states of a setting.
const (
	Set          State = "set"
	Absent       State = "absent"        // its key was collected and does not hold it: the default applies
	NotCollected State = "not-collected" // no export covers its key
	WrongType    State = "wrong-type"    // there is a value, and Windows does not read it: counts as absent
)

// A Setting is one DWORD setting.
type Setting struct {
	State State
	// Number is the value where State is Set.
	Number uint32
	// Value is the fact where there is one, Key the fact that proves that the
	// key was collected.
	Value *evidence.RegistryValue
	Key   *evidence.RegistryKey
}

// DWord returns a REG_DWORD setting.
func DWord(r *evidence.Registry, key, name string) Setting {
	s := Setting{Value: r.Value(key, name), Key: r.Collected(key)}
	switch {
	case s.Value != nil:
		n, ok := s.Value.DWord()
		if !ok {
			s.State = WrongType
			break
		}
		s.State, s.Number = Set, n
	case s.Key != nil:
		s.State = Absent
	default:
		s.State = NotCollected
	}
	return s
}

// Evidence returns the place that shows the state: the value, or the exported
// key that does not hold it. It is empty for a setting that was not collected.
func (s Setting) Evidence() []evidence.Location {
	switch {
	case s.Value != nil:
		return []evidence.Location{s.Value.Where}
	case s.Key != nil:
		return []evidence.Location{s.Key.Where}
	}
	return nil
}
