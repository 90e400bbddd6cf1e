package main

import (
	"cmp"
	"slices"
	"time"
)

// The certification authorities of Contoso.
const (
	contosoRoot    = "DC=com|DC=contoso|CN=Contoso Enterprise Root CA"
	contosoIssuing = "DC=com|DC=contoso|CN=Contoso Issuing CA 01"
	contosoDevice  = "DC=com|DC=contoso|CN=Contoso Device Issuing CA 02"
)

// A madeUp is a made-up root and what a store keeps for it.
type madeUp struct {
	subject  string // see encodeName
	key      string
	from, to string
	hash     string
	usage    string // property 9; "" for none
	more     func(*madeUpMore)
}

// A madeUpMore holds what few roots need.
type madeUpMore struct {
	request  *request
	disabled time.Time
	archived bool
	noName   bool
}

// Most partners' roots were imported by hand and carry no purposes. The store
// has what such stores have: roots of one partner in several generations,
// expired ones, ones with SHA-1, MD5 and 1024 bits, names in other scripts and
// string types, and two roots of one name.
func contosoMadeUp() []madeUp {
	disabled := func(year int, month time.Month) func(*madeUpMore) {
		return func(m *madeUpMore) { m.disabled = date(year, month, 1, 0, 0, 0) }
	}
	return []madeUp{
		{subject: contosoRoot, key: "contoso", from: "2012-03-05", to: "2037-03-05"},
		{subject: "DC=com|DC=contoso|CN=Contoso Corporate Root Authority 2003", key: "legacy", from: "2003-06-02", to: "2023-06-02", hash: "sha1"},
		{subject: "C=US|O=Contoso Ltd.|OU=Unified Communications|CN=Contoso OCS 2007 R2 Pilot Root CA", key: "legacy", from: "2009-02-11", to: "2019-02-11", hash: "sha1", more: disabled(2020, 1)},
		{subject: "C=US|ST=Washington|L=Redmond|O=Contoso Ltd.|OU=Information Security|CN=Contoso Smart Card Root Certification Authority", key: "contoso", from: "2014-09-01", to: "2039-09-01", usage: "client mail"},
		{subject: "C=US|ST=Washington|L=Redmond|O=Contoso Ltd.|OU=Information Security|CN=Contoso Code Signing Root Certification Authority", key: "contoso", from: "2014-09-01", to: "2039-09-01", usage: "code"},
		{subject: "C=US|ST=Washington|L=Redmond|O=Contoso Ltd.|OU=Network Services|CN=Contoso 802.1X Machine Root Certification Authority", key: "contoso", from: "2015-01-12", to: "2040-01-12", usage: "client server"},
		{subject: "C=US|ST=Washington|L=Redmond|O=Contoso Ltd.|OU=Telephony|CN=Contoso Voice Gateway Root Certification Authority", key: "contoso", from: "2011-05-16", to: "2036-05-16"},
		{subject: "C=GB|ST=Greater London|L=London|O=Contoso Europe plc|OU=Group Information Technology|CN=Contoso Europe Root Certification Authority", key: "contoso", from: "2013-10-07", to: "2038-10-07"},
		{subject: "C=JP|ST=Tokyo|L=Chiyoda-ku|O=コントソ株式会社|OU=情報システム部|CN=コントソ ルート認証局", key: "contoso", from: "2016-04-01", to: "2041-04-01"},
		{subject: "C=US|ST=New York|L=New York|O=Woodgrove Bank|OU=Treasury and Payment Services|CN=Woodgrove Bank Partner Root Certification Authority", key: "partner", from: "2010-03-01", to: "2035-03-01"},
		{subject: "C=US|ST=New York|L=New York|O=Woodgrove Bank|OU=Treasury and Payment Services|CN=Woodgrove Bank Partner Root Certification Authority - G2", key: "partner", from: "2018-03-01", to: "2043-03-01", hash: "sha384"},
		{subject: "C=US|ST=New York|L=New York|O=Woodgrove Bank|OU=Trading Floor Systems|CN=Woodgrove Bank Market Data Root Certification Authority", key: "partner", from: "2012-03-01", to: "2037-03-01"},
		{subject: "C=US|ST=Oregon|L=Portland|O=Litware, Inc.|OU=Partner Access|CN=Litware Partner Root CA", key: "partner", from: "2008-11-20", to: "2028-11-20", hash: "sha1"},
		{subject: "C=US|ST=Oregon|L=Portland|O=Litware, Inc.|OU=Partner Access|CN=Litware Partner Root CA", key: "legacy", from: "2017-11-20", to: "2037-11-20"},
		{subject: "C=US|ST=Oregon|L=Portland|O=Litware, Inc.|OU=Laboratory Automation|CN=Litware Instrument Root Certification Authority", key: "partner", from: "2013-02-04", to: "2038-02-04"},
		{subject: "C=US|ST=California|L=San Francisco|O=Proseware, Inc.|OU=Conferencing Service Operations|CN=Proseware Federation Root Certification Authority", key: "partner", from: "2011-08-22", to: "2036-08-22"},
		{subject: "C=US|ST=California|L=San Francisco|O=Proseware, Inc.|OU=Conferencing Service Operations|CN=Proseware Federation Root Certification Authority - G2", key: "partner", from: "2019-08-22", to: "2044-08-22"},
		{subject: "C=US|ST=Texas|L=Houston|O=Adventure Works Cycles|OU=Dealer Network|CN=Adventure Works Dealer Root Certification Authority", key: "partner", from: "2009-06-15", to: "2034-06-15", hash: "sha1"},
		{subject: "C=US|ST=Illinois|L=Chicago|O=Wide World Importers|OU=Electronic Data Interchange|CN=Wide World Importers EDI Root Certification Authority", key: "partner", from: "2010-01-18", to: "2035-01-18"},
		{subject: "C=US|ST=Illinois|L=Chicago|O=Wide World Importers|OU=Customs Clearance|CN=Wide World Importers Customs Broker Root Certification Authority", key: "partner", from: "2012-01-16", to: "2037-01-16"},
		{subject: "C=US|ST=Massachusetts|L=Boston|O=Trey Research|OU=Clinical Studies|CN=Trey Research Clinical Partner Root Certification Authority", key: "partner", from: "2013-05-06", to: "2038-05-06"},
		{subject: "C=US|ST=Massachusetts|L=Boston|O=Trey Research|OU=Grid Computing|CN=Trey Research Compute Grid Root Certification Authority", key: "partner", from: "2011-05-09", to: "2036-05-09"},
		{subject: "C=US|ST=Michigan|L=Detroit|O=Southridge Manufacturing|OU=Supplier Integration|CN=Southridge Supplier Root Certification Authority", key: "partner", from: "2009-09-14", to: "2034-09-14", hash: "sha1"},
		{subject: "C=US|ST=Ohio|L=Columbus|O=City Power & Light|OU=Metering Operations|CN=City Power & Light Smart Meter Root Certification Authority", key: "partner", from: "2015-07-20", to: "2040-07-20"},
		{subject: "C=US|ST=Colorado|L=Denver|O=Blue Yonder Airlines|OU=Ground Operations|CN=Blue Yonder Airlines Ground Handling Root Certification Authority", key: "partner", from: "2012-10-01", to: "2037-10-01"},
		{subject: "C=US|ST=Connecticut|L=Hartford|O=Humongous Insurance|OU=Broker Services|CN=Humongous Insurance Broker Root Certification Authority", key: "partner", from: "2011-02-14", to: "2036-02-14"},
		{subject: "C=US|ST=Connecticut|L=Hartford|O=Humongous Insurance|OU=Claims Processing|CN=Humongous Insurance Claims Exchange Root Certification Authority", key: "partner", from: "2013-02-11", to: "2038-02-11", usage: "client server mail"},
		{subject: "C=US|ST=Georgia|L=Atlanta|O=Consolidated Messenger|OU=Express Delivery Tracking|CN=Consolidated Messenger Tracking Root Certification Authority", key: "partner", from: "2010-11-08", to: "2035-11-08"},
		{subject: "C=US|ST=Minnesota|L=Minneapolis|O=Lucerne Publishing|OU=Rights Management|CN=Lucerne Publishing Content Partner Root Certification Authority", key: "partner", from: "2012-04-23", to: "2037-04-23"},
		{subject: "C=US|ST=Washington|L=Bellevue|O=Fourth Coffee|OU=Point of Sale|CN=Fourth Coffee Register Root Certification Authority", key: "partner", from: "2016-02-29", to: "2041-02-28"},
		{subject: "C=US|O=Tailspin Toys|OU=(c) 1999 Tailspin Toys. For authorized use only.|CN=Tailspin Toys Class 2 Public Primary Certification Authority", key: "short", from: "1999-01-04", to: "2019-01-04", hash: "md5",
			more: func(m *madeUpMore) { m.request.v1, m.disabled = true, date(2018, 4, 29, 0, 0, 0) }},
		{subject: "C=US|O=Tailspin Toys|OU=(c) 1999 Tailspin Toys. For authorized use only.|CN=Tailspin Toys Class 3 Public Primary Certification Authority", key: "short", from: "1999-01-04", to: "2029-01-04", hash: "sha1",
			more: func(m *madeUpMore) { m.request.v1, m.disabled = true, date(2018, 4, 29, 0, 0, 0) }},
		{subject: "C=US|O=A. Datum Corporation|OU=Internet Authentication Services|CN=A. Datum Secure Server Certification Authority", key: "short", from: "1998-11-09", to: "2010-01-07", hash: "md5",
			usage: "server", more: func(m *madeUpMore) { m.request.v1, m.disabled = true, date(2017, 3, 1, 0, 0, 0) }},
		{subject: "C=US|O=A. Datum Corporation|OU=Time Stamping Services|CN=A. Datum Time Stamping Root", key: "legacy", from: "2000-01-03", to: "2020-12-31", hash: "sha1", usage: "time"},
		{subject: "C=DE|ST=Bayern|L=München|O=Alpine Ski House GmbH|OU=Zertifizierungsdienste|CN=Alpine Ski House Wurzelzertifizierungsstelle für Geschäftspartner", key: "partner", from: "2012-06-04", to: "2037-06-04"},
		{subject: "C=DE|ST:t61=Baden-Württemberg|L:t61=Tübingen|O:t61=Graphikwerkstätte Süd AG|CN:t61=Stammzertifizierungsstelle für Vertragshändler", key: "legacy", from: "2002-09-02", to: "2032-09-02", hash: "sha1"},
		{subject: "C=PL|O:bmp=Południowa Spółka Handlowa S.A.|OU:bmp=Główne Centrum Certyfikacji|CN:bmp=Główny urząd certyfikacji dla partnerów", key: "legacy", from: "2006-03-13", to: "2031-03-13", hash: "sha1"},
		{subject: "C=GR|O=Εταιρεία Μεταφορών Αιγαίου Α.Ε.|OU=Υπηρεσίες Πιστοποίησης|CN=Κεντρική Αρχή Πιστοποίησης Συνεργατών 2012", key: "partner", from: "2012-12-03", to: "2037-12-03"},
		{subject: "C=FR|L=Lyon|O=Compagnie Méridionale des Pièces Détachées|OU=0002 123456789|CN=Autorité de certification racine des fournisseurs agréés", key: "partner", from: "2014-01-20", to: "2039-01-20"},
		{subject: "C=CA|ST=Quebec|L=Montreal|O=The Phone Company|OU=Interconnect Operations|CN=The Phone Company SIP Trunk Root Certification Authority", key: "partner", from: "2011-11-14", to: "2036-11-14"},
		{subject: "C=CA|ST=Quebec|L=Montreal|O=The Phone Company|OU=Interconnect Operations|CN=The Phone Company SIP Trunk Root Certification Authority (Test)", key: "legacy", from: "2011-11-14", to: "2031-11-14", hash: "sha1"},
		{subject: "C=AU|ST=New South Wales|L=Sydney|O=School of Fine Art|OU=Student Services|CN=School of Fine Art Campus Root Certification Authority", key: "partner", from: "2015-02-02", to: "2040-02-02"},
		{subject: "C=AU|ST=New South Wales|L=Sydney|O=Baldwin Museum of Science|OU=Visitor Systems|CN=Baldwin Museum Ticketing Root Certification Authority", key: "partner", from: "2013-02-04", to: "2038-02-04",
			more: func(m *madeUpMore) { m.archived = true }},
		{subject: "C=IE|L=Dublin|O=Relecloud|OU=Hosted Unified Messaging|CN=Relecloud Hosted Voice Mail Root Certification Authority", key: "partner", from: "2010-07-12", to: "2035-07-12"},
		{subject: "C=IE|L=Dublin|O=Relecloud|OU=Hosted Unified Messaging|CN=Relecloud Hosted Voice Mail Root Certification Authority - G2", key: "partner", from: "2020-07-13", to: "2045-07-13"},
		{subject: "C=SE|L=Göteborg|O=VanArsdel Ltd.|OU=Leverantörsportalen|CN=VanArsdel Leverantörsportal Rot-CA version 1", key: "partner", from: "2012-09-10", to: "2037-09-10"},
		{subject: "C=IN|ST=Karnataka|L=Bengaluru|O=Tailwind Traders Services Pvt. Ltd.|OU=Offshore Development Centre|CN=Tailwind Traders Developer Root Certification Authority", key: "legacy", from: "2013-03-18", to: "2038-03-18"},
		{subject: "C=IN|ST=Karnataka|L=Bengaluru|O=Tailwind Traders Services Pvt. Ltd.|OU=Offshore Development Centre|CN=Tailwind Traders Developer Test Root", key: "legacy", from: "2013-03-18", to: "2038-03-18", hash: "sha1",
			more: func(m *madeUpMore) { m.noName = true }},
		{subject: "C=US|ST=Arizona|L=Phoenix|O=Munson's Pickles and Preserves Farm|OU=Cold Chain Monitoring|CN=Munson's Cold Chain Sensor Root Certification Authority", key: "partner", from: "2016-08-15", to: "2041-08-15"},
		{subject: "C=US|ST=Arizona|L=Phoenix|O=First Up Consultants|OU=Remote Assistance|CN=First Up Consultants Remote Access Root", key: "legacy", from: "2012-05-21", to: "2037-05-21", hash: "sha1",
			// crypto/x509 refuses a negative serial; Windows does not.
			more: func(m *madeUpMore) { m.request.serial = []byte{0x9B, 0x3F, 0x21, 0x70, 0x11, 0xC4, 0x5A, 0x08} }},
		{subject: "C=US|ST=Florida|L=Miami|O=Bellows College|OU=Library Consortium|CN=Bellows College Interlibrary Root", key: "legacy", from: "2010-02-08", to: "2030-02-08", hash: "sha1", usage: "none"},
		{subject: "C=US|ST=Florida|L=Miami|O=Best For You Organics Company|OU=Web Services|CN=Best For You Organics Web Server Root", key: "partner", from: "2014-11-24", to: "2039-11-24",
			more: func(m *madeUpMore) { m.request.eku = "server" }},
		{subject: "C=US|ST=Florida|L=Miami|O=Liberty's Delightful Sinful Bakery & Cafe|OU=Franchise Operations|CN=Liberty's Franchise Root Certification Authority", key: "partner", from: "2015-11-23", to: "2040-11-23",
			usage: "any"},
		{subject: "C=US|ST=Virginia|L=Reston|O=Nod Publishers|OU=Digital Distribution|CN=Nod Publishers Distribution Root Certification Authority", key: "legacy", from: "2004-05-17", to: "2024-05-17", hash: "sha1"},
		{subject: "C=US|ST=Virginia|L=Reston|O=Nod Publishers|OU=Digital Distribution|CN=Nod Publishers Distribution Root Certification Authority - G2", key: "legacy", from: "2014-05-19", to: "2039-05-19"},
	}
}

// contosoStore gives the Root store of UC01 as the export lists it: first what
// was imported by hand and by policy, then what the root program brought, each
// by thumbprint, as the registry lists them.
func contosoStore(keys keyring) ([]element, error) {
	public, err := publicRoots()
	if err != nil {
		return nil, err
	}
	imported := []element{}
	for _, m := range contosoMadeUp() {
		e, err := m.element(keys)
		if err != nil {
			return nil, err
		}
		imported = append(imported, e)
	}
	// Someone imported this one by hand before the root program brought it: it
	// stands in two physical stores, and so twice in the export.
	twice, err := named(public, "DigiCert Global Root G2")
	if err != nil {
		return nil, err
	}
	imported = append(imported, element{twice, []property{friendlyName("DigiCert Global Root G2 (helpdesk)"), keyIdentifier(twice)}})
	program := []element{}
	for i, c := range public {
		program = append(program, programRoot(i, c))
	}
	for _, list := range [][]element{imported, program} {
		slices.SortFunc(list, func(a, b element) int { return cmp.Compare(a.cert.thumbprint(), b.cert.thumbprint()) })
	}
	return append(imported, program...), nil
}

// element makes the root and the properties of its place in a store.
func (m madeUp) element(keys keyring) (element, error) {
	r := request{subject: m.subject, key: m.key, from: m.from, to: m.to, hash: m.hash}
	more := madeUpMore{request: &r}
	if m.more != nil {
		m.more(&more)
	}
	c, err := keys.make(r)
	if err != nil {
		return element{}, err
	}
	e := element{cert: c}
	if !more.noName {
		e.props = append(e.props, friendlyName(c.cn))
	}
	if m.usage != "" {
		e.props = append(e.props, usageProperty(m.usage))
	}
	e.props = append(e.props, keyIdentifier(c))
	if !more.disabled.IsZero() {
		e.props = append(e.props, authRootSHA256(c), disabledSince(more.disabled))
	}
	if more.archived {
		e.props = append(e.props, archived())
	}
	return e, nil
}

// programRoot gives a public root the properties that the root program gives
// its certificates. The purposes are invented: most are trusted for client
// authentication, every twelfth is not.
func programRoot(i int, c *certificate) element {
	usage := "server client mail code"
	if i%12 == 5 {
		usage = "server mail"
	}
	props := []property{friendlyName(c.cn), authRootSHA256(c), usageProperty(usage), keyIdentifier(c)}
	if i%40 == 17 {
		props = append(props, notBefore(date(2025, 4, 16, 0, 0, 0)))
	}
	return element{c, props}
}
