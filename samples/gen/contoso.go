package main

import "time"

// contoso gives the export of UC01: Lync Server 2010 and Exchange Server 2010
// on Windows Server 2008 R2, with a trusted issuer list that is too long.
func contoso(keys keyring) ([]file, error) {
	root, err := contosoStore(keys)
	if err != nil {
		return nil, err
	}
	public, err := publicRoots()
	if err != nil {
		return nil, err
	}
	issuing, err := keys.make(request{subject: contosoIssuing, issuer: contosoRoot, key: "issuing", signer: "contoso", from: "2022-04-04", to: "2032-04-04"})
	if err != nil {
		return nil, err
	}
	device, err := keys.make(request{subject: contosoDevice, issuer: contosoRoot, key: "issuing", signer: "contoso", from: "2021-06-14", to: "2031-06-14"})
	if err != nil {
		return nil, err
	}
	old, err := keys.make(request{subject: "DC=com|DC=contoso|CN=Contoso Issuing CA 2008", issuer: "DC=com|DC=contoso|CN=Contoso Corporate Root Authority 2003", key: "issuing", signer: "legacy",
		from: "2008-06-02", to: "2018-06-02", hash: "sha1"})
	if err != nil {
		return nil, err
	}
	server, err := keys.make(request{subject: "C=US|ST=Washington|L=Redmond|O=Contoso Ltd.|OU=Unified Communications|CN=uc01.contoso.com", issuer: contosoIssuing, key: "server", signer: "issuing",
		from: "2026-02-09", to: "2028-02-09", leaf: true, eku: "server client",
		dns: []string{"uc01.contoso.com", "sip.contoso.com", "meet.contoso.com", "dialin.contoso.com", "mail.contoso.com", "autodiscover.contoso.com"}})
	if err != nil {
		return nil, err
	}
	const dir = "contoso/uc01/"
	return []file{
		{dir + "root.sst", serializedStore(root)},
		{dir + "ca.p7b", pkcs7([]*certificate{issuing, device, old})},
		{dir + "my.cer", server.der},
		{dir + "schannel.reg", regFile(protocolKeys([]regValue{{"EventLogging", uint32(3)}}))},
		{dir + "windows-version.reg", regFile(windowsVersion(windows2008R2("Enterprise")))},
		{dir + "rootupdate.reg", regFile(rootUpdate(contosoRootsIn.Add(-26 * time.Minute)))},
		{dir + "system.csv", english.eventCSV(contosoSystem())},
		{dir + "application.csv", english.eventCSV(contosoApplication(public))},
	}, nil
}

// windows2008R2 describes Windows Server 2008 R2 with Service Pack 1.
func windows2008R2(edition string) windows {
	return windows{product: "Windows Server 2008 R2 " + edition, version: "6.1", build: "7601", servicePack: "Service Pack 1", edition: "Server" + edition}
}

// A windows is what the registry says of the operating system.
type windows struct{ product, version, build, servicePack, edition string }

// windowsVersion gives the key that tells the operating system.
func windowsVersion(w windows) []regKey {
	values := []regValue{
		{"CurrentVersion", w.version},
		{"CurrentBuild", w.build},
		{"SoftwareType", "System"},
		{"CurrentType", "Multiprocessor Free"},
		{"InstallDate", uint32(0x4F5A1C30)},
		{"SystemRoot", `C:\Windows`},
		{"InstallationType", "Server"},
		{"EditionID", w.edition},
		{"ProductName", w.product},
		{"CurrentBuildNumber", w.build},
	}
	if w.servicePack != "" {
		values = append(values, regValue{"CSDVersion", w.servicePack})
	}
	return []regKey{{versionKey, values}}
}

// rootUpdate gives what tells whether roots are updated by Windows: the policy
// key without a value that forbids it, and when the list was fetched last.
func rootUpdate(synced time.Time) []regKey {
	return []regKey{
		{path: policyKey + `\AuthRoot`},
		{path: policyKey + `\AuthRoot\Certificates`},
		{path: policyKey + `\AuthRoot\CRLs`},
		{path: policyKey + `\AuthRoot\CTLs`},
		{storesKey + `\AuthRoot\AutoUpdate`, []regValue{{"LastSyncTime", filetime(synced)}}},
	}
}
