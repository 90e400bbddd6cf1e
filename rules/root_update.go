package rules

import (
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

// autoUpdateKey is where Windows keeps what it fetched last.
const autoUpdateKey = windows.AuthRootKey + `\AutoUpdate`

// updateComponentKey tells of the component of Windows before Vista.
const updateComponentKey = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Setup\OC Manager\Subcomponents`

// An updateState says whether Windows fetches roots by itself.
type updateState string

const (
	updateOn      updateState = "on"
	updateOff     updateState = "off"
	updateUnknown updateState = "unknown"
)

// rootUpdates says whether Windows fetches roots by itself, why, and where that
// is written.
func rootUpdates(p *Pass) (updateState, string, []evidence.Location) {
	off := windows.DWord(p.Case.Registry, windows.RootUpdateKey, "DisableRootAutoUpdate")
	if off.State == windows.Set && off.Number != 0 {
		return updateOff, "DisableRootAutoUpdate is set by policy", off.Evidence()
	}
	old := p.Version.Profile != nil && p.Version.Profile.Family == "2003"
	component := windows.DWord(p.Case.Registry, updateComponentKey, "RootAutoUpdate")
	switch {
	case old && component.State == windows.Set && component.Number != 0:
		return updateOn, "the component RootAutoUpdate is installed", component.Evidence()
	case old && component.State == windows.Set, old && component.State == windows.Absent:
		return updateOff, "the component RootAutoUpdate is not installed", component.Evidence()
	case old:
		return updateUnknown, "whether the component RootAutoUpdate is installed was not collected", nil
	case off.State == windows.NotCollected:
		return updateUnknown, "the policy key AuthRoot was not collected", nil
	case p.Version.Profile == nil:
		return updateUnknown, "no policy forbids it, and the default of an unknown Windows is not known", off.Evidence()
	case p.Version.Profile.RootUpdateDefault:
		return updateOn, "no policy forbids it, so the default applies", off.Evidence()
	}
	return updateOff, "it is off by default on this Windows", off.Evidence()
}
