package scripts

import (
	"strings"

	"github.com/ctlaudit/ctlaudit/rules/remedies"
)

// psOpening is what every PowerShell script begins with: nothing happens
// without -Apply, and nothing without an administrator's rights. It keeps to
// Windows PowerShell 2.0: no $PSScriptRoot, no Remove-Item for certificates.
const psOpening = `
param([switch]$Apply)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$live = Join-Path $here 'live'

$identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
$principal = New-Object System.Security.Principal.WindowsPrincipal($identity)
if (-not $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)) {
    Write-Output 'Run this as an administrator.'
    exit 1
}
if (-not $Apply) {
    Write-Output 'Nothing will be changed: this only says what would be done. Run it with -Apply to do it.'
}
`

// psStores are the functions of scripts that work on certificate stores of the
// local computer.
const psStores = `
function Open-MachineStore([string]$name, [string]$mode) {
    $store = New-Object System.Security.Cryptography.X509Certificates.X509Store($name, 'LocalMachine')
    $store.Open($mode)
    return $store
}

# The certificates of a store that have one of the thumbprints.
function Select-Certificates($store, $wanted) {
    $found = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2Collection
    foreach ($certificate in $store.Certificates) {
        if ($wanted -contains $certificate.Thumbprint) { [void]$found.Add($certificate) }
    }
    return ,$found
}

# Saves certificates with their properties under live, and never over a file
# that is there.
function Save-Certificates($found, [string]$name) {
    if (-not (Test-Path -LiteralPath $live)) { [void](New-Item -ItemType Directory -Path $live) }
    $n = 1
    while (Test-Path -LiteralPath (Join-Path $live ('{0}-{1}.sst' -f $name, $n))) { $n++ }
    $file = Join-Path $live ('{0}-{1}.sst' -f $name, $n)
    $bytes = $found.Export([System.Security.Cryptography.X509Certificates.X509ContentType]::SerializedStore)
    [System.IO.File]::WriteAllBytes($file, $bytes)
    $check = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2Collection
    $check.Import($file)
    if ($check.Count -ne $found.Count) { throw ('The backup {0} does not read back.' -f $file) }
    Write-Output ('saved {0} certificates to {1}' -f $found.Count, $file)
}
`

// usage says how to run a PowerShell script.
func usage(t *text, name, undo string) {
	t.comment("Without -Apply it only says what it would do:")
	t.raw(t.mark + "   powershell -NoProfile -ExecutionPolicy Bypass -File " + name)
	t.raw(t.mark + "   powershell -NoProfile -ExecutionPolicy Bypass -File " + name + " -Apply")
	t.comment("It needs an administrator's rights and Windows PowerShell 2.0 or later.")
	if undo != "" {
		t.comment("Undo: " + undo)
	}
	t.comment("")
}

// powershell makes a script of its parts.
func (k *kit) powershell(r *remedies.Remedy, name, undo string, about []string, items []*remedies.Item, parts ...string) {
	t := &text{}
	k.head(t, "#", titleOf(r), about...)
	usage(t, name, undo)
	if len(items) > 0 {
		t.comment("The certificates, in the order of the plan:")
		certificates(t, items)
	}
	for _, p := range parts {
		t.raw("")
		t.lines(p)
	}
	k.add(r, name, t.bytes())
}

func thumbprints(items []*remedies.Item) []string {
	var list []string
	for _, i := range items {
		list = append(list, i.Thumbprint())
	}
	return list
}

// psRemove removes certificates from stores, after a copy of each was saved.
const psRemove = `
foreach ($name in $stores) {
    $store = Open-MachineStore $name 'ReadWrite'
    try {
        $found = Select-Certificates $store $thumbprints
        Write-Output ('{0}: {1} of {2} certificates are there' -f $name, $found.Count, $thumbprints.Count)
        if ($found.Count -gt 0 -and $Apply) {
            Save-Certificates $found $name
            foreach ($certificate in $found) {
                $store.Remove($certificate)
                Write-Output ('removed {0}' -f $certificate.Thumbprint)
            }
        }
    } finally {
        $store.Close()
    }
}

if ($Apply) {
    $store = Open-MachineStore $stores[$stores.Count - 1] 'ReadOnly'
    $left = Select-Certificates $store $thumbprints
    $store.Close()
    foreach ($certificate in $left) {
        Write-Output ('still there: {0}; Group Policy or Active Directory may deliver it' -f $certificate.Thumbprint)
    }
    if ($left.Count -gt 0) { exit 1 }
    Write-Output 'Done. Export the store again and analyse it.'
}
`

// psRestore adds certificates from the copies that psRemove saved, else from the
// backup of the plan.
const psRestore = `
foreach ($name in $stores) {
    $files = @()
    if (Test-Path -LiteralPath $live) {
        $files = @(Get-ChildItem -LiteralPath $live | Where-Object { $_.Name -like ($name + '-*.sst') } | ForEach-Object { $_.FullName })
    }
    if ($files.Count -eq 0) {
        $planned = Join-Path $here ('backup-{0}.sst' -f $name)
        if (Test-Path -LiteralPath $planned) { $files = @($planned) }
    }
    foreach ($file in $files) {
        $saved = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2Collection
        $saved.Import($file)
        Write-Output ('{0}: {1} certificates in {2}' -f $name, $saved.Count, $file)
        if ($Apply) {
            $store = Open-MachineStore $name 'ReadWrite'
            try { $store.AddRange($saved) } finally { $store.Close() }
            Write-Output ('added {0} certificates to {1}' -f $saved.Count, $name)
        }
    }
}
`

// psMove copies certificates from Root to CA, and then removes them from Root.
const psMove = `
$target = Open-MachineStore 'CA' 'ReadWrite'
try {
    foreach ($name in 'AuthRoot', 'Root') {
        $store = Open-MachineStore $name 'ReadOnly'
        $found = Select-Certificates $store $thumbprints
        $store.Close()
        foreach ($certificate in $found) {
            Write-Output ('{0}: {1} goes to CA' -f $name, $certificate.Thumbprint)
            if ($Apply) { $target.Add($certificate) }
        }
    }
} finally {
    $target.Close()
}
if ($Apply) {
    $store = Open-MachineStore 'CA' 'ReadOnly'
    $there = Select-Certificates $store $thumbprints
    $store.Close()
    $thumbprints = @($there | ForEach-Object { $_.Thumbprint })
    if ($thumbprints.Count -eq 0) { throw 'None of the certificates is in CA; nothing was removed.' }
}
`

// psImport adds the certificates of a file to ClientAuthIssuer, and notes which
// were there before.
const psImport = `
$file = Join-Path $here 'clientauthissuer.sst'
$new = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2Collection
$new.Import($file)
$store = Open-MachineStore 'ClientAuthIssuer' 'ReadWrite'
try {
    $before = @($store.Certificates | ForEach-Object { $_.Thumbprint })
    Write-Output ('ClientAuthIssuer holds {0} certificates; {1} would be added' -f $before.Count, $new.Count)
    if ($Apply) {
        if (-not (Test-Path -LiteralPath $live)) { [void](New-Item -ItemType Directory -Path $live) }
        $note = Join-Path $live 'clientauthissuer-before.txt'
        if (-not (Test-Path -LiteralPath $note)) { [System.IO.File]::WriteAllLines($note, [string[]]$before) }
        $store.AddRange($new)
        Write-Output ('added {0} certificates' -f $new.Count)
    }
} finally {
    $store.Close()
}
`

// psEmpty takes out of ClientAuthIssuer what psImport put in.
const psEmpty = `
$before = @()
$note = Join-Path $live 'clientauthissuer-before.txt'
if (Test-Path -LiteralPath $note) { $before = @([System.IO.File]::ReadAllLines($note)) }
$store = Open-MachineStore 'ClientAuthIssuer' 'ReadWrite'
try {
    $found = Select-Certificates $store $thumbprints
    foreach ($certificate in $found) {
        if ($before -contains $certificate.Thumbprint) { continue }
        Write-Output ('ClientAuthIssuer: {0} goes' -f $certificate.Thumbprint)
        if ($Apply) { $store.Remove($certificate) }
    }
} finally {
    $store.Close()
}
`

// psRepair gives certificates the properties of INF files, after a copy of each
// was saved.
const psRepair = `
foreach ($name in $stores) {
    $store = Open-MachineStore $name 'ReadOnly'
    $found = Select-Certificates $store $thumbprints
    $store.Close()
    if ($found.Count -gt 0 -and $Apply) { Save-Certificates $found $name }
}
$failed = 0
foreach ($thumbprint in $thumbprints) {
    foreach ($name in $stores) {
        $store = Open-MachineStore $name 'ReadOnly'
        $found = Select-Certificates $store @($thumbprint)
        $store.Close()
        if ($found.Count -eq 0) { continue }
        $file = Join-Path $here $inf[$thumbprint]
        Write-Output ('{0}: {1} gets {2}' -f $name, $thumbprint, $inf[$thumbprint])
        if ($Apply) {
            & certutil.exe -repairstore $name $thumbprint $file
            if ($LASTEXITCODE -ne 0) { $failed++; Write-Output ('certutil failed for {0}' -f $thumbprint) }
        }
    }
}
if ($failed -gt 0) { exit 1 }
`

// psProtect sets bit 0x8 of ProtectedRoots Flags, and notes what was there.
const psProtect = `
$key = 'HKLM:\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots'
$before = $null
if (Test-Path -Path $key) {
    $item = Get-ItemProperty -Path $key
    if (@($item.PSObject.Properties | ForEach-Object { $_.Name }) -contains 'Flags') { $before = [int]$item.Flags }
}
# Where the value is absent, Windows behaves as with 0x20; setting it must keep that.
if ($before -eq $null) { $flags = 0x28; $note = 'absent' } else { $flags = $before -bor 0x8; $note = [string]$before }
Write-Output ('ProtectedRoots Flags: {0}, to become 0x{1:x}' -f $note, $flags)
if ($Apply) {
    if (-not (Test-Path -LiteralPath $live)) { [void](New-Item -ItemType Directory -Path $live) }
    $file = Join-Path $live 'protectedroots-before.txt'
    if (-not (Test-Path -LiteralPath $file)) { [System.IO.File]::WriteAllText($file, $note) }
    if (-not (Test-Path -Path $key)) { [void](New-Item -Path $key -Force) }
    Set-ItemProperty -Path $key -Name Flags -Value $flags -Type DWord
    Write-Output 'Done. Restart the machine, export again and analyse.'
}
`

// psUnprotect puts ProtectedRoots Flags back as psProtect noted it, else as the
// plan found it.
const psUnprotect = `
$key = 'HKLM:\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\ProtectedRoots'
$file = Join-Path $live 'protectedroots-before.txt'
if (Test-Path -LiteralPath $file) { $before = ([System.IO.File]::ReadAllText($file)).Trim() }
Write-Output ('ProtectedRoots Flags goes back to: {0}' -f $before)
if ($Apply) {
    if ($before -eq 'absent') {
        if (Test-Path -Path $key) { Remove-ItemProperty -Path $key -Name Flags -ErrorAction SilentlyContinue }
    } else {
        Set-ItemProperty -Path $key -Name Flags -Value ([int]$before) -Type DWord
    }
    Write-Output 'Done. Restart the machine.'
}
`

// psCopy copies certificates from AuthRoot to the registry store of Root.
const psCopy = `
$source = Open-MachineStore 'AuthRoot' 'ReadOnly'
$found = Select-Certificates $source $thumbprints
Write-Output ('AuthRoot: {0} of {1} roots that must stay trusted are there' -f $found.Count, $thumbprints.Count)
if ($found.Count -gt 0 -and $Apply) {
    $target = Open-MachineStore 'Root' 'ReadWrite'
    try {
        foreach ($certificate in $found) {
            $target.Add($certificate)
            Write-Output ('copied {0} to Root' -f $certificate.Thumbprint)
        }
    } finally {
        $target.Close()
    }
}
$source.Close()
`

// psTable writes a PowerShell table of file names by thumbprint.
func psTable(name string, keys []string, value map[string]string) string {
	var b strings.Builder
	b.WriteString("$" + name + " = @{\n")
	for _, k := range keys {
		b.WriteString("    '" + k + "' = '" + value[k] + "'\n")
	}
	b.WriteString("}")
	return b.String()
}
