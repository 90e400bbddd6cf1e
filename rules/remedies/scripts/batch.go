package scripts

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/rules/remedies"
)

// cmdOpening is what every batch file begins with: it does nothing without the
// word apply.
const cmdOpening = `
@echo off
setlocal
cd /d "%~dp0"
set DO=
if /i "%~1"=="apply" set DO=yes
if not defined DO echo Nothing will be changed: this only says what would be done. Run it with the word apply to do it.
`

// cmdUsage says how to run a batch file.
func cmdUsage(t *text, name, undo string) {
	t.comment("Without the word apply it only says what it would do:")
	t.raw(t.mark + "   " + name)
	t.raw(t.mark + "   " + name + " apply")
	t.comment("It needs an administrator's rights, and certutil.exe, which Windows Server")
	t.comment("2003 and later have (on Windows XP it comes with the administration tools).")
	if undo != "" {
		t.comment("Undo: " + undo)
	}
	t.comment("")
}

// cmd makes a batch file of its parts.
func (k *kit) cmd(r *remedies.Remedy, name, undo string, about []string, items []*remedies.Item, parts ...string) {
	t := &text{}
	t.lines("@echo off")
	k.head(t, "rem", titleOf(r), about...)
	cmdUsage(t, name, undo)
	if len(items) > 0 {
		t.comment("The certificates, in the order of the plan:")
		certificates(t, items)
	}
	t.raw("")
	t.lines(cmdOpening)
	for _, p := range parts {
		t.raw("")
		t.lines(p)
	}
	k.add(r, name, t.bytes())
}

// cmdEach runs a subroutine with each value.
func cmdEach(values []string, label string) string {
	s := "for %%T in (\n"
	for _, v := range values {
		s += "  " + v + "\n"
	}
	return s + ") do call :" + label + " %%T"
}

// cmdSave exports the registry keys of Root and AuthRoot, with all properties,
// before anything is removed. Only a save that is complete is ever used: a rerun
// after a failure saves again.
const cmdSave = `
if not defined DO goto removal
if exist live\complete.txt goto removal
if not exist live mkdir live
if exist live\ROOT.reg del live\ROOT.reg
if exist live\AuthRoot.reg del live\AuthRoot.reg
reg export "HKLM\SOFTWARE\Microsoft\SystemCertificates\ROOT" live\ROOT.reg
if errorlevel 1 goto nobackup
reg query "HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot" >nul 2>&1
if errorlevel 1 goto saved
reg export "HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot" live\AuthRoot.reg
if errorlevel 1 goto nobackup
:saved
echo saved >live\complete.txt
:removal
`

// cmdRemove removes certificates from AuthRoot and Root.
const cmdRemove = `
if defined DO echo Done. Export the store again and analyse it.
goto :eof

:remove
echo %1
if not defined DO goto :eof
certutil -delstore AuthRoot %1 >nul 2>&1
certutil -delstore Root %1 >nul 2>&1
certutil -store Root %1 >nul 2>&1
if not errorlevel 1 echo still there: %1; Group Policy or Active Directory may deliver it
goto :eof

:nobackup
echo The registry could not be exported: nothing was removed.
goto :eof
`

// cmdRestore imports what cmdSave exported, else the backup of the plan.
const cmdRestore = `
if exist live\complete.txt goto live
echo adding the certificates of backup-Root.sst to Root
if defined DO if exist backup-Root.sst certutil -f -addstore Root backup-Root.sst
echo adding the certificates of backup-AuthRoot.sst to AuthRoot
if defined DO if exist backup-AuthRoot.sst certutil -f -addstore AuthRoot backup-AuthRoot.sst
goto :eof
:live
echo importing live\ROOT.reg and live\AuthRoot.reg, as the stores were before
if defined DO reg import live\ROOT.reg
if defined DO if exist live\AuthRoot.reg reg import live\AuthRoot.reg
`

// cmdProtect sets bit 0x8 of ProtectedRoots Flags. absent is what the value
// becomes where it is not set.
func cmdProtect(absent uint32) string {
	return fmt.Sprintf(`
set KEY=HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots
set OLD=
for /f "tokens=3" %%%%V in ('reg query "%%KEY%%" /v Flags 2^>nul ^| find "Flags"') do set OLD=%%%%V
set /a NEW=%d
if defined OLD set /a NEW=OLD ^| 8
if defined OLD echo ProtectedRoots Flags is %%OLD%%
if not defined OLD echo ProtectedRoots Flags is absent
echo it is to become %%NEW%%
if not defined DO goto :eof
if not exist live mkdir live
if exist live\protectedroots-before.txt goto set
if defined OLD echo %%OLD%% >live\protectedroots-before.txt
if not defined OLD echo absent >live\protectedroots-before.txt
:set
reg add "%%KEY%%" /v Flags /t REG_DWORD /d %%NEW%% /f
echo Done. Restart the machine, export again and analyse.
`, absent)
}

// cmdUnprotect puts ProtectedRoots Flags back as it was noted, else as the plan
// found it.
func cmdUnprotect(before string) string {
	return fmt.Sprintf(`
set KEY=HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots
set OLD=%s
if exist live\protectedroots-before.txt for /f %%%%V in (live\protectedroots-before.txt) do set OLD=%%%%V
echo ProtectedRoots Flags goes back to: %%OLD%%
if not defined DO goto :eof
if /i "%%OLD%%"=="absent" goto absent
reg add "%%KEY%%" /v Flags /t REG_DWORD /d %%OLD%% /f
goto :eof
:absent
reg delete "%%KEY%%" /v Flags /f
`, before)
}
