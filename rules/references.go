package rules

// The sources that several rules cite.
var (
	kb2464556 = Reference{"KB 2464556", "Failed TLS connection between unified communications peers generates an Schannel warning", "https://support.microsoft.com/en-us/help/2464556"}
	kb933430  = Reference{"KB 933430", "Clients cannot make connections if you require client certificates on a Web site or if you use IAS in Windows Server 2003", "https://mskb.pkisolutions.com/kb/933430"}
	kb2801679 = Reference{"KB 2801679", "SSL/TLS communication problems after you install KB 931125", "https://support.microsoft.com/kb/2801679"}
	kb2802568 = Reference{"KB 2802568", "HTTP 403.7 or 403.16 where a web site requires client certificates", "https://support.microsoft.com/kb/2802568"}
	kb2795828 = Reference{"KB 2795828", "Lync Server 2013 Front-End service cannot start in Windows Server 2012", "https://support.microsoft.com/help/2795828"}
	kb2880390 = Reference{"KB 2880390", "Client authentication fails on Windows 8 and Windows Server 2012 when the root store is over 16 KB", "https://support.microsoft.com/en-us/help/2880390"}
	kb293781  = Reference{"KB 293781", "Trusted root certificates that are required by Windows", "https://learn.microsoft.com/troubleshoot/windows-server/certificates-and-public-key-infrastructure-pki/trusted-root-certificates-are-required"}
	kb260729  = Reference{"KB 260729", "How to enable Schannel event logging", "https://support.microsoft.com/kb/260729"}
	whatsNew  = Reference{"What's new in TLS/SSL (Schannel SSP)", "Microsoft Learn, Windows Server documentation", "https://learn.microsoft.com/windows-server/security/tls/what-s-new-in-tls-ssl-schannel-ssp-overview"}
	tlsReg    = Reference{"TLS registry settings", "Microsoft Learn, Windows Server documentation", "https://learn.microsoft.com/windows-server/security/tls/tls-registry-settings"}
	rfc5246   = Reference{"RFC 5246 section 7.4.4", "TLS 1.2: certificate request", "https://www.rfc-editor.org/rfc/rfc5246"}
	rfc5280   = Reference{"RFC 5280 section 4.2.1.9", "Internet X.509 public key infrastructure: basic constraints", "https://www.rfc-editor.org/rfc/rfc5280"}
	tlsAlerts = Reference{"Schannel error codes for TLS and SSL alerts", "Microsoft Learn, Win32 documentation; RFC 5246 section 7.2; RFC 8446 section 6", "https://learn.microsoft.com/windows/win32/secauthn/schannel-error-codes-for-tls-and-ssl-alerts"}

	kb931125  = Reference{"KB 931125", "Windows root certificate programme members", "https://support.microsoft.com/kb/931125"}
	kb245030  = Reference{"KB 245030", "How to restrict the use of certain cryptographic algorithms and protocols in Schannel.dll", "https://support.microsoft.com/kb/245030"}
	kb4560600 = Reference{"KB 4560600", "Valid root CA certificates distributed by Group Policy appear intermittently as untrusted", "https://learn.microsoft.com/troubleshoot/windows-server/certificates-and-public-key-infrastructure-pki/valid-root-ca-certificates-untrusted"}
	wincrypt  = Reference{"wincrypt.h", "Windows SDK: certificate properties, root update and chain engine settings", "https://learn.microsoft.com/windows/win32/api/wincrypt/"}

	ucLobby        = Reference{"UC Lobby, 2015-06-19", "Checks to do in the Lync/Skype4B certificate store (Microsoft UC support team)", "https://blogs.technet.microsoft.com/uclobby/2015/06/19/checks-to-do-in-the-lyncskype4b-certificate-store/"}
	healthChecker  = Reference{"HealthChecker: TLS Configuration Check", "Microsoft CSS-Exchange", "https://microsoft.github.io/CSS-Exchange/Diagnostics/HealthChecker/TLSConfigurationCheck/"}
	healthRoots    = Reference{"HealthChecker: Trusted Root Certificates Check", "Microsoft CSS-Exchange", "https://microsoft.github.io/CSS-Exchange/Diagnostics/HealthChecker/TrustedRootCertificatesCheck/"}
	tlsProtocols   = Reference{"Protocols in TLS/SSL (Schannel SSP)", "Microsoft Learn, Win32 documentation", "https://learn.microsoft.com/windows/win32/secauthn/protocols-in-tls-ssl--schannel-ssp-"}
	configureRoots = Reference{"Configure trusted roots and disallowed certificates", "Microsoft Learn, Windows Server documentation", "https://learn.microsoft.com/windows-server/identity/ad-cs/configure-trusted-roots-disallowed-certificates"}
	rootUpdateDoc  = Reference{"Automatic Root Certificates Update Configuration", "TechNet Library, cc733922 (WS.10)", "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/cc733922(v=ws.10)"}
	programmeNotes = Reference{"Microsoft Trusted Root Program release notes", "Microsoft Learn, January 2019 to September 2025; Deprecation", "https://learn.microsoft.com/security/trusted-root/release-notes"}
	schannelEvents = Reference{"Schannel Events", "TechNet Library, dn786445 (ws.11)", "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2012-R2-and-2012/dn786445(v=ws.11)"}
	recordNumbers  = Reference{"Event Log Records", "Microsoft Learn, Win32 documentation: records are numbered sequentially", "https://learn.microsoft.com/windows/win32/eventlog/event-log-records"}
	protectedDoc   = Reference{"Demystification of the ProtectedRoots registry key", "Microsoft support blog, 2017-05-24", "https://blogs.technet.microsoft.com/leesteve/2017/05/24/demystification-of-the-protectedroots-registry-key/"}
	npsEvents      = Reference{"NPS events 258 and 283", "TechNet Library, dd197582 and dd197508: NPS reason codes", "https://learn.microsoft.com/previous-versions/windows/it-pro/windows-server-2008-R2-and-2008/dd197582(v=ws.10)"}
	ocsEvents      = Reference{"Office Communications Server 2007 R2 events", "TechNet Library, dd572404 (office.13)", "https://learn.microsoft.com/previous-versions/office/communications-server/dd572404(v=office.13)"}
	sfbEvents      = Reference{"KB 2901554", "Event IDs 32402 and 61045 on a Lync Server 2013 Front End server of Windows Server 2012 R2; the event in its text is 32042", "https://learn.microsoft.com/skypeforbusiness/troubleshoot/server-configuration/event-32402-61045-front-end"}
	sfbPIN         = Reference{"Authentication fails for PIN sign-in", "Microsoft, Office support documentation: authentication-fails-pin-sign-in", "https://github.com/MicrosoftDocs/OfficeDocs-Support"}
	umEvents       = Reference{"Event ID 1649 and a TLS failure of Unified Messaging", "Microsoft, Office support documentation: event-id-1649-tls-failure", "https://github.com/MicrosoftDocs/OfficeDocs-Support"}
)

// The commands that collect what rules need. All of them exist from Windows
// Server 2003 on, but for PowerShell's.
const (
	collectRoot = `MMC, Certificates (Local Computer), Trusted Root Certification Authorities: select all certificates, All Tasks > Export, "Microsoft Serialized Certificate Store (.SST)", save as root.sst; ` +
		`or: reg export "HKLM\SOFTWARE\Microsoft\SystemCertificates" stores.reg, reg export "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates" policy-stores.reg and reg export "HKLM\SOFTWARE\Microsoft\EnterpriseCertificates" enterprise-stores.reg`
	collectSchannel = `reg export "HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL" schannel.reg`
	collectVersion  = `reg export "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion" windows-version.reg`
	collectSystem   = `Event Viewer, Windows Logs, System: Save All Events As… (or Save Log File As… on Windows Server 2003), CSV, save as system.csv; ` +
		`or, in Windows PowerShell 2.0 and later: Get-EventLog -LogName System | Export-Csv -NoTypeInformation -Encoding UTF8 system.csv`
	collectApplication = `Event Viewer, Windows Logs, Application: Save All Events As… (or Save Log File As… on Windows Server 2003), CSV, save as application.csv; ` +
		`or, in Windows PowerShell 2.0 and later: Get-EventLog -LogName Application | Export-Csv -NoTypeInformation -Encoding UTF8 application.csv`
	collectUC       = `Event Viewer, Applications and Services Logs, Lync Server (Office Communications Server before): Save All Events As…, CSV, save as lync-server.csv`
	collectSecurity = `in Windows PowerShell 2.0 and later, as an administrator: Get-EventLog -LogName Security -InstanceId 6273 | Export-Csv -NoTypeInformation -Encoding UTF8 security.csv`
	collectMachine  = `reg export "HKLM\SOFTWARE\Microsoft\SystemCertificates" stores.reg`
	collectPolicies = `reg export "HKLM\SOFTWARE\Policies\Microsoft\SystemCertificates" policy-stores.reg`
	collectUpdate   = collectPolicies + `; and reg export "HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot\AutoUpdate" rootupdate.reg`
	collectBinding  = `reg export "HKLM\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo" http-sslbinding.reg; and ` + collectMachine
	collectDotNet   = `reg export "HKLM\SOFTWARE\Microsoft\.NETFramework" dotnet.reg and reg export "HKLM\SOFTWARE\Wow6432Node\Microsoft\.NETFramework" dotnet32.reg`
)
