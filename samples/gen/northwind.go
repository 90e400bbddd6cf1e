package main

import (
	"fmt"
	"time"
)

// The certification authorities of Northwind Traders.
const (
	northwindRoot    = "C=US|O=Northwind Traders|CN=Northwind Enterprise Root CA"
	northwindIssuing = "C=US|O=Northwind Traders|CN=Northwind Issuing CA A"
)

// northwind gives the export of NW-FE01, a front-end server on Windows Server
// 2008 R2 that is in order: a short list, logging switched on, nothing logged.
func northwind(keys keyring) ([]file, error) {
	m := maker{keys: keys}
	roots := northwindRoots(&m)
	issuing := m.make(request{subject: northwindIssuing, issuer: northwindRoot, key: "issuing", signer: "northwind", from: "2024-03-04", to: "2039-03-04"})
	server := m.make(request{subject: "C=US|O=Northwind Traders|OU=Unified Communications|CN=nw-fe01.northwind.example", issuer: northwindIssuing, key: "server", signer: "issuing",
		from: "2026-06-01", to: "2036-06-01", leaf: true, eku: "server client", dns: []string{"nw-fe01.northwind.example", "sip.northwind.example"}})
	if m.err != nil {
		return nil, m.err
	}
	store := []element{}
	for i, c := range roots {
		e := exported(c)
		switch i {
		case 4:
			e.props = append(e.props, usageProperty("code"))
		case 5:
			e.props = append(e.props, usageProperty("time"))
		}
		store = append(store, e)
	}
	const dir = "northwind/nw-fe01/"
	return []file{
		{dir + "root.sst", serializedStore(store)},
		{dir + "ca.p7b", pkcs7([]*certificate{issuing})},
		{dir + "my.cer", server.der},
		{dir + "schannel.reg", regFile(protocolKeys([]regValue{{"EventLogging", uint32(7)}}))},
		{dir + "windows-version.reg", regFile(windowsVersion(windows2008R2("Standard")))},
		{dir + "rootupdate.reg", regFile([]regKey{
			{policyKey + `\AuthRoot`, []regValue{{"DisableRootAutoUpdate", uint32(1)}}},
			{path: storesKey + `\AuthRoot\AutoUpdate`}})},
		{dir + "system.csv", english.eventCSV(northwindSystem())},
	}, nil
}

// northwindSystem gives the System log of NW-FE01: with everything logged, and
// no 36885 in it.
func northwindSystem() []event {
	d := dice(260729)
	first, last := date(2026, 10, 1, 0, 0, 0), date(2026, 10, 20, 8, 5, 0)
	events := systemNoise(&d, first, last, 6)
	events = append(events, event{"Information", first.Add(41 * time.Second), "Schannel", 36864, "None", "The Schannel security package has loaded successfully."})
	for day := first; day.Before(last.AddDate(0, 0, -1)); day = day.AddDate(0, 0, 1) {
		for range 5 {
			events = append(events, event{"Information", busy(&d, day), "Schannel", 36880, "None",
				fmt.Sprintf("An SSL server handshake completed. What was negotiated:\r\n\r\n   Protocol: TLS 1.2\r\n   CipherSuite: 0x%X\r\n   Exchange strength: %d", [...]int{0xC028, 0x3D, 0xC014}[d.roll(3)], 256)})
		}
	}
	return events
}

// northwindRoots gives the Root store of NW-FE01. The third to the sixth are
// those that a policy may require.
func northwindRoots(m *maker) []*certificate {
	return []*certificate{
		m.make(request{subject: northwindRoot, key: "northwind", from: "2014-02-03", to: "2044-02-03"}),
		m.make(request{subject: "C=US|O=Northwind Traders|CN=Northwind Enterprise Root CA G2", key: "northwind", from: "2024-02-05", to: "2049-02-05", hash: "sha384"}),
		m.make(request{subject: "C=US|O=Northwind Traders|OU=Platform|CN=Northwind Platform Root Authority 2010", key: "northwind", from: "2010-06-23", to: "2045-06-23"}),
		m.make(request{subject: "C=US|O=Northwind Traders|OU=Platform|CN=Northwind Platform Root Authority 2014", key: "northwind", from: "2014-10-22", to: "2049-10-22"}),
		m.make(request{subject: "C=US|O=Northwind Traders|OU=Platform|CN=Northwind Code Signing Root", key: "northwind", from: "2015-03-23", to: "2045-03-23"}),
		m.make(request{subject: "C=US|O=Northwind Traders|OU=Platform|CN=Northwind Time Stamping Root", key: "northwind", from: "2015-03-23", to: "2045-03-23"}),
		m.make(request{subject: "C=US|O=Adventure Works Cycles|CN=Adventure Works Partner Root CA", key: "partner", from: "2018-05-07", to: "2043-05-07"}),
		m.make(request{subject: "C=US|O=Fourth Coffee|CN=Fourth Coffee Partner Root CA", key: "partner", from: "2019-09-09", to: "2044-09-09"}),
	}
}
