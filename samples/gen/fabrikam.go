package main

import (
	"fmt"
	"slices"
	"time"
)

// The certification authorities of Fabrikam.
const (
	fabrikamRoot    = "DC=com|DC=fabrikam|CN=Fabrikam Root CA"
	fabrikamIssuing = "DC=com|DC=fabrikam|CN=Fabrikam Issuing CA 1"
)

// fabrikamPlatform is the root that a policy may require, and that stands in
// Disallowed.
var fabrikamPlatform = request{subject: "C=DE|L=Köln|O=Fabrikam AG|OU=Plattformdienste|CN=Fabrikam Platform Root CA 2010", key: "fabrikam", from: "2010-06-23", to: "2035-06-23"}

// fabrikam gives the export of DC-EDGE01, an edge server on a German Windows
// Server 2012 R2: an issuing certification authority stands in Root, a root
// that a policy may require stands in Disallowed, and the bindings use the
// store ClientAuthIssuer.
func fabrikam(keys keyring) ([]file, error) {
	m := maker{keys: keys}
	root := m.make(request{subject: fabrikamRoot, key: "fabrikam", from: "2013-01-07", to: "2038-01-07"})
	issuing := m.make(request{subject: fabrikamIssuing, issuer: fabrikamRoot, key: "issuing", signer: "fabrikam", from: "2023-01-09", to: "2033-01-09"})
	platform := m.make(fabrikamPlatform)
	proxy := m.make(request{subject: "O=Fabrikam AG|CN=Fabrikam Web Proxy Inspection Root", key: "legacy", from: "2021-03-01", to: "2031-03-01"})
	debug := m.make(request{subject: "CN=DO_NOT_TRUST Debugging Proxy Root", key: "legacy", from: "2024-05-13", to: "2029-05-13", hash: "sha1"})
	wingtip := m.make(request{subject: "C=US|O=Wingtip Toys|CN=Wingtip Toys Federation Root CA", key: "partner", from: "2017-09-04", to: "2037-09-04"})
	trey := m.make(request{subject: "C=US|O=Trey Research|CN=Trey Research Federation Root CA", key: "partner", from: "2019-10-14", to: "2039-10-14"})
	server := m.make(request{subject: "C=DE|L=Köln|O=Fabrikam AG|CN=dc-edge01.fabrikam.com", issuer: fabrikamIssuing, key: "server", signer: "issuing", from: "2025-11-03", to: "2027-11-03", leaf: true,
		eku: "server client", dns: []string{"dc-edge01.fabrikam.com", "sip.fabrikam.com", "edge.fabrikam.com"}})
	public, err := publicRoots()
	if err != nil {
		return nil, err
	}
	if m.err != nil {
		return nil, m.err
	}
	machineKey := keyProvInfo("5f2c1a7e0b9d4c3488d1f6a2e07b93c4_machine", "Microsoft RSA SChannel Cryptographic Provider")
	stores := registryStores{
		authRoot: []element{},
		ca:       []element{registered(issuing)},
		clients:  []element{registered(root), registered(wingtip), registered(trey)},
		barred:   []element{registered(platform)},
		my:       []element{registered(server, machineKey)},
		root:     []element{registered(root), registered(issuing), registered(wingtip), registered(trey), registered(debug, keyProvInfo("DebuggingProxy", "Microsoft Strong Cryptographic Provider"))},
		synced:   date(2026, 10, 12, 4, 31, 9),
	}
	for i, c := range public {
		if i%5 == 0 {
			e := programRoot(i, c)
			e.props = append(e.props, hashProperties(c)...)
			stores.authRoot = append(stores.authRoot, e)
		}
	}
	const dir = "fabrikam/dc-edge01/"
	return []file{
		{dir + "systemcertificates.reg", regFile(stores.keys())},
		{dir + "enterprisecertificates.reg", regFile(enterpriseKeys(registered(root), registered(issuing)))},
		{dir + "policies.reg", regFile(policyKeys(registered(proxy)))},
		{dir + "clientauthissuer.sst", serializedStore([]element{exported(root), exported(wingtip), exported(trey)})},
		{dir + "schannel.reg", regFile(protocolKeys([]regValue{{"EventLogging", uint32(1)}, {"SendTrustedIssuerList", uint32(1)}, {"ClientAuthTrustMode", uint32(0)}}))},
		{dir + "http-sslbinding.reg", regFile(bindingKeys(server))},
		{dir + "windows-version.reg", regFile(windowsVersion(windows{product: "Windows Server 2012 R2 Standard", version: "6.3", build: "9600", edition: "ServerStandard"}))},
		{dir + "system.csv", german.eventCSV(fabrikamSystem())},
	}, nil
}

// A maker makes certificates and keeps the first error.
type maker struct {
	keys keyring
	err  error
}

func (m *maker) make(r request) *certificate {
	c, err := m.keys.make(r)
	if err != nil && m.err == nil {
		m.err = err
	}
	return c
}

// exported gives a certificate the properties that an export keeps.
func exported(c *certificate) element {
	return element{c, []property{friendlyName(c.cn), keyIdentifier(c)}}
}

// registered gives a certificate the properties that the registry keeps.
func registered(c *certificate, more ...property) element {
	return element{c, slices.Concat(more, []property{friendlyName(c.cn), keyIdentifier(c)}, hashProperties(c))}
}

// A registryStores is what stands below SystemCertificates of a machine.
type registryStores struct {
	authRoot, ca, clients, barred, my, root []element
	synced                                  time.Time
}

// keys gives the keys in the order of a whole export.
func (s registryStores) keys() []regKey {
	authRoot := storeKeys(storesKey, "AuthRoot", s.authRoot)
	update := regKey{storesKey + `\AuthRoot\AutoUpdate`, []regValue{{"LastSyncTime", filetime(s.synced)}}}
	return slices.Concat(
		[]regKey{{path: storesKey}},
		slices.Insert(authRoot, 1, update),
		storeKeys(storesKey, "CA", s.ca),
		storeKeys(storesKey, "ClientAuthIssuer", s.clients),
		storeKeys(storesKey, "Disallowed", s.barred),
		storeKeys(storesKey, "MY", s.my),
		storeKeys(storesKey, "REQUEST", nil),
		storeKeys(storesKey, "ROOT", s.root),
		storeKeys(storesKey, "SmartCardRoot", nil),
		storeKeys(storesKey, "trust", nil),
		storeKeys(storesKey, "TrustedPeople", nil),
		storeKeys(storesKey, "TrustedPublisher", nil))
}

// enterpriseKeys gives the stores that the directory fills.
func enterpriseKeys(root, issuing element) []regKey {
	const parent = hklm + `\SOFTWARE\Microsoft\EnterpriseCertificates`
	return slices.Concat([]regKey{{path: parent}},
		storeKeys(parent, "CA", []element{issuing}),
		storeKeys(parent, "NTAuth", []element{issuing}),
		storeKeys(parent, "Root", []element{root}))
}

// policyKeys gives the stores that Group Policy fills.
func policyKeys(root element) []regKey {
	return slices.Concat([]regKey{{path: policyKey}},
		storeKeys(policyKey, "AuthRoot", nil),
		storeKeys(policyKey, "CA", nil),
		storeKeys(policyKey, "Disallowed", nil),
		storeKeys(policyKey, "Root", []element{root}),
		storeKeys(policyKey, "trust", nil),
		storeKeys(policyKey, "TrustedPeople", nil),
		storeKeys(policyKey, "TrustedPublisher", nil))
}

// bindingKeys gives two bindings of http.sys: one that names its store of
// client issuers, and one that does not.
func bindingKeys(server *certificate) []regKey {
	const parent = hklm + `\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo`
	thumbprint := []byte{}
	for _, p := range hashProperties(server) {
		if p.id == 3 {
			thumbprint = p.value
		}
	}
	binding := func(address, store string) regKey {
		values := []regValue{
			{"AppId", []byte{0xd5, 0x32, 0x4e, 0x41, 0x0a, 0x1b, 0x2c, 0x4d, 0x91, 0x07, 0x6a, 0x5e, 0x33, 0xc8, 0x70, 0x1f}},
			{"SslCertHash", thumbprint},
			{"SslCertStoreName", "MY"},
			{"DefaultSslCertCheckMode", uint32(0)},
			{"DefaultSslRevocationFreshnessTime", uint32(0)},
			{"DefaultSslRevocationUrlRetrievalTimeout", uint32(0)},
		}
		if store != "" {
			values = append(values, regValue{"DefaultSslCtlIdentifier", ""}, regValue{"DefaultSslCtlStoreName", store})
		}
		return regKey{parent + `\` + address, append(values, regValue{"DefaultFlags", uint32(2)})}
	}
	return []regKey{{path: parent}, binding("0.0.0.0:443", "ClientAuthIssuer"), binding("0.0.0.0:4443", "")}
}

// fabrikamSystem gives the System log of DC-EDGE01, in German words of our own.
func fabrikamSystem() []event {
	d := dice(2802568)
	first, last := date(2026, 9, 28, 0, 0, 0), date(2026, 10, 16, 16, 40, 0)
	dienste := []string{"Windows Modules Installer", "Anwendungserfahrung", "Windows Update", "Softwareschutz", "Volumenschattenkopie", "Remoteregistrierung"}
	events := []event{}
	for day := first; day.Before(last); day = day.AddDate(0, 0, 1) {
		for range 9 {
			zustand := [...]string{"ausgeführt", "beendet"}[d.roll(2)]
			events = append(events, event{"Informationen", d.between(day, day.Add(16*time.Hour)), "Service Control Manager", 7036, "Keine",
				fmt.Sprintf("Der Dienst \"%s\" befindet sich jetzt im Zustand \"%s\".", dienste[d.roll(len(dienste))], zustand)})
		}
		events = append(events, event{"Informationen", day.Add(12 * time.Hour), "EventLog", 6013, "Keine", fmt.Sprintf("Die Betriebszeit des Systems beträgt %d Sekunden.", 86_400*day.YearDay())})
		if day.Weekday() == time.Monday {
			events = append(events, event{"Informationen", day.Add(5 * time.Hour), "Microsoft-Windows-Kernel-General", 1, "Keine",
				fmt.Sprintf("Die Systemzeit wurde von \u200e%d-\u200e%02d-\u200e%02dT05:00:00.000Z auf \u200e%d-\u200e%02d-\u200e%02dT05:00:00.131Z gestellt.",
					day.Year(), day.Month(), day.Day(), day.Year(), day.Month(), day.Day())})
		}
		for range 3 {
			events = append(events, event{"Fehler", busyUntil(&d, day), "Schannel", 36887, "Keine",
				fmt.Sprintf("Von der Gegenstelle kam eine schwerwiegende Warnung. Ihr Code lautet im TLS-Protokoll: %d.", [...]int{46, 48, 46}[d.roll(3)])})
		}
		if day.Day()%4 == 0 {
			events = append(events, event{"Warnung", busyUntil(&d, day), "Schannel", 36877, "Keine",
				"Das Zertifikat, das der Remoteclient vorgelegt hat, wurde nicht bestätigt. Der Fehlercode lautet 0x80090325. Die angefügten Daten enthalten das Clientzertifikat."})
		}
	}
	return events
}

// busyUntil gives a moment between seven and four o'clock.
func busyUntil(d *dice, day time.Time) time.Time {
	return d.between(day.Add(7*time.Hour), day.Add(16*time.Hour))
}
