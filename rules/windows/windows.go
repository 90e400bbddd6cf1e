// Package windows says what a host's registry exports tell of its Windows: the
// version, the current control set, and single settings with the three answers
// that differ: set, absent so that the default applies, and not collected.
//
// It judges nothing and knows no file format.
package windows

import (
	"slices"
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

// SchannelKey returns the path of the SCHANNEL key of the current control set.
func SchannelKey(r *evidence.Registry) string { return keyBelowSets(r, schannelPath) }

// SSLBindingKey returns the path of http.sys's certificate bindings.
func SSLBindingKey(r *evidence.Registry) string { return keyBelowSets(r, sslBindingPath) }

// A State says what is known of a setting.
type State string

// The states of a setting.
const (
	Set          State = "set"
	Absent       State = "absent"        // its key was collected and does not hold it: the default applies
	NotCollected State = "not-collected" // no export covers its key, or one that does was not read whole
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
	// Replaced are other values that the exports give the setting: those of
	// sources whose names come before, and that of the control set's other name.
	Replaced []*evidence.RegistryValue
	// NotWhole are the exports that hold the key and were not read whole, where
	// the setting was not found in them: it may have stood in what was lost, so
	// State is NotCollected.
	NotWhole []*evidence.RegistryKey
}

// DWord returns a REG_DWORD setting. A key below the current control set is
// looked up by both of the names that the set has.
func DWord(r *evidence.Registry, key, name string) Setting {
	s := Setting{Value: r.Value(key, name), Key: r.Collected(key)}
	paths := []string{key}
	if other := otherName(r, key); other != "" {
		paths = append(paths, other)
		v := r.Value(other, name)
		switch {
		case s.Value == nil:
			s.Value = v
		case v != nil && !v.Equal(s.Value):
			s.Replaced = append(s.Replaced, v)
		}
		if s.Key == nil {
			s.Key = r.Collected(other)
		}
	}
	if s.Value != nil {
		s.Replaced = append(slices.Clone(r.Replaced(s.Value)), s.Replaced...)
		n, ok := s.Value.DWord()
		if s.State, s.Number = Set, n; !ok {
			s.State = WrongType
		}
		return s
	}
	for _, p := range paths {
		s.NotWhole = append(s.NotWhole, r.NotWhole(p)...)
	}
	s.State = Absent
	if s.Key == nil || len(s.NotWhole) > 0 {
		s.State = NotCollected
	}
	return s
}

// Evidence returns the places that show the state: the value, with those that
// say otherwise, or the exported key that does not hold it. It is empty for a
// setting that was not collected.
func (s Setting) Evidence() []evidence.Location {
	switch {
	case s.Value != nil:
		list := []evidence.Location{s.Value.Where}
		for _, v := range s.Replaced {
			list = append(list, v.Where)
		}
		return list
	case len(s.NotWhole) > 0:
		var list []evidence.Location
		for _, k := range s.NotWhole {
			list = append(list, k.Where)
		}
		return list
	case s.Key != nil:
		return []evidence.Location{s.Key.Where}
	}
	return nil
}

// Missing is the clause that says why a setting is NotCollected, of the key by
// the name that a reader knows.
func (s Setting) Missing(key string) string {
	if len(s.NotWhole) == 0 {
		return "the " + key + " key was not collected"
	}
	return sourcesOf(s.NotWhole) + ", which holds the " + key + " key, was not read whole"
}

func sourcesOf(keys []*evidence.RegistryKey) string {
	var names []string
	for _, k := range keys {
		if !slices.Contains(names, k.Where.Source) {
			names = append(names, k.Where.Source)
		}
	}
	return strings.Join(names, ", ")
}
