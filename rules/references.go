package rules

// The sources that several rules cite.
var (
	kb2464556 = Reference{"KB 2464556", "Exchange, OCS, Lync and Schannel: the trusted issuer list is truncated", "https://support.microsoft.com/help/2464556"}
	kb933430  = Reference{"KB 933430", "Clients cannot make connections if you require client certificates (Windows Server 2003)", "https://support.microsoft.com/help/933430"}
	kb2801679 = Reference{"KB 2801679", "SSL/TLS communication problems after you install KB 931125", "https://support.microsoft.com/help/2801679"}
	kb2802568 = Reference{"KB 2802568", "HTTP 403.7 or 403.16 where a web site requires client certificates", "https://support.microsoft.com/help/2802568"}
	kb2795828 = Reference{"KB 2795828", "Lync Server 2013 Front-End service cannot start in Windows Server 2012", "https://support.microsoft.com/help/2795828"}
	kb2880390 = Reference{"KB 2880390", "Client authentication fails on Windows 8 and Windows Server 2012 when the root store is over 16 KB", "https://support.microsoft.com/help/2880390"}
	kb293781  = Reference{"KB 293781", "Trusted root certificates that are required by Windows", "https://support.microsoft.com/help/293781"}
	kb260729  = Reference{"KB 260729", "How to enable Schannel event logging", "https://support.microsoft.com/help/260729"}
	whatsNew  = Reference{"What's new in TLS/SSL (Schannel SSP)", "Microsoft Learn, Windows Server documentation", "https://learn.microsoft.com/windows-server/security/tls/what-s-new-in-tls-ssl-schannel-ssp-overview"}
	tlsReg    = Reference{"TLS registry settings", "Microsoft Learn, Windows Server documentation", "https://learn.microsoft.com/windows-server/security/tls/tls-registry-settings"}
	rfc5246   = Reference{"RFC 5246 section 7.4.4", "TLS 1.2: certificate request", "https://www.rfc-editor.org/rfc/rfc5246"}
)

// The commands that collect what rules need. All of them exist from Windows
// Server 2003 on, but for PowerShell's.
const (
	collectRoot = `MMC, Certificates (Local Computer), Trusted Root Certification Authorities: select all certificates, All Tasks > Export, "Microsoft Serialized Certificate Store (.SST)", save as root.sst; ` +
		`or: reg export "HKLM\SOFTWARE\Microsoft\SystemCertificates" stores.reg, reg export "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates" policy-stores.reg and reg export "HKLM\SOFTWARE\Microsoft\EnterpriseCertificates" enterprise-stores.reg`
	collectSchannel = `reg export "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL" schannel.reg`
	collectVersion  = `reg export "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" windows-version.reg`
	collectSystem   = `Event Viewer, Windows Logs, System: Save All Events As… (or Save Log File As… on Windows Server 2003), CSV, save as system.csv`
)
