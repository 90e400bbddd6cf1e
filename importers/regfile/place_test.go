package regfile

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestPlaceOf(t *testing.T) {
	const sys = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\`
	tests := []struct {
		key   string
		kind  placeKind
		store string // location\name physical
		notes string
	}{
		{sys + `ROOT\Certificates\AB`, inCertificates, `LocalMachine\Root .Default`, ""},
		{sys + `authroot\certificates\AB`, inCertificates, `LocalMachine\Root AuthRoot`, ""},
		{sys + `SmartCardRoot\Certificates\AB`, inCertificates, `LocalMachine\Root SmartCard`, ""},
		{sys + `ca\CRLs\AB`, inCRLs, `LocalMachine\CA `, ""},
		{sys + `trust\CTLs\AB`, inCTLs, `LocalMachine\Trust `, ""},
		{sys + `MY\Certificates\AB`, inCertificates, `LocalMachine\My `, ""},
		{sys + `disallowed\Certificates\AB`, inCertificates, `LocalMachine\Disallowed `, ""},
		{sys + `CLIENTAUTHISSUER\Certificates\AB`, inCertificates, `LocalMachine\ClientAuthIssuer `, ""},
		{sys + `Accepted Certificates\Certificates\AB`, inCertificates, `LocalMachine\Accepted Certificates `, ""},
		{sys + `ROOT`, inStore, `LocalMachine\Root .Default`, ""},
		{sys + `ROOT\Certificates`, inStore, `LocalMachine\Root .Default`, ""},
		{sys + `ROOT\Keys\AB`, inStore, `LocalMachine\Root .Default`, ""},
		{sys + `ROOT\Certificates\AB\more`, inStore, `LocalMachine\Root .Default`, ""},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates`, elsewhere, "", ""},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates2\ROOT\Certificates\AB`, elsewhere, "", ""},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows`, elsewhere, "", ""},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates\Root\Certificates\AB`, inCertificates, `LocalMachine\Root GroupPolicy`, ""},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates\AuthRoot\Certificates\AB`, inCertificates, `LocalMachine\AuthRoot GroupPolicy`, ""},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates\CA\Certificates\AB`, inCertificates, `LocalMachine\CA GroupPolicy`, ""},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\EnterpriseCertificates\Root\Certificates\AB`, inCertificates, `LocalMachine\Root Enterprise`, ""},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\EnterpriseCertificates\NTAuth\Certificates\AB`, inCertificates, `LocalMachine\NTAuth Enterprise`, ""},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography\Services\RtcSrv\SystemCertificates\My\Certificates\AB`, inCertificates, `Services\RtcSrv\My `, ""},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\Wow6432Node\Microsoft\SystemCertificates\ROOT\Certificates\AB`, inCertificates, `LocalMachine\Root .Default`, "wow64"},
		{`HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Policies\Microsoft\SystemCertificates\ROOT\Certificates\AB`, inCertificates, `LocalMachine\Root GroupPolicy`, "wow64"},
		{`HKEY_CURRENT_USER\Software\Microsoft\SystemCertificates\CA\Certificates\AB`, inCertificates, `CurrentUser\CA `, ""},
		{`HKEY_CURRENT_USER\Software\Policies\Microsoft\SystemCertificates\Root\Certificates\AB`, inCertificates, `CurrentUser\Root GroupPolicy`, ""},
		{`HKEY_USERS\.DEFAULT\Software\Microsoft\SystemCertificates\Root\Certificates\AB`, inCertificates, `Users\.DEFAULT\Root .Default`, ""},
		{`HKEY_USERS\S-1-5-18\Software\Policies\Microsoft\SystemCertificates\Disallowed\Certificates\AB`, inCertificates, `Users\S-1-5-18\Disallowed GroupPolicy`, ""},
		{`HKEY_LOCAL_MACHINE\OFFLINE_SW\Microsoft\SystemCertificates\ROOT\Certificates\AB`, inCertificates, `LocalMachine\Root .Default`, "offline"},
		{`HKEY_LOCAL_MACHINE\OFFLINE_SW\Policies\Microsoft\SystemCertificates\ROOT\Certificates\AB`, inCertificates, `LocalMachine\Root GroupPolicy`, "offline"},
		{`HKEY_LOCAL_MACHINE\OFFLINE_SW\Microsoft\Cryptography\Services\NTDS\SystemCertificates\My\Certificates\AB`, inCertificates, `Services\NTDS\My `, "offline"},
		{`HKEY_LOCAL_MACHINE\NTUSER\Software\Microsoft\SystemCertificates\Root\Certificates\AB`, inCertificates, `Users\NTUSER\Root .Default`, "offline"},
		{`HKEY_USERS\HIVE\Microsoft\SystemCertificates\ROOT\Certificates\AB`, inCertificates, `Users\HIVE\Root .Default`, "offline"},
		{`HKEY_LOCAL_MACHINE\SystemCertificates\ROOT\Certificates\AB`, inCertificates, `LocalMachine\Root .Default`, "offline"},
	}
	for _, test := range tests {
		t.Run(test.key, func(t *testing.T) {
			var p place
			at, enterprise, ragged := storesKey([]byte(test.key))
			if at >= 0 {
				p = placeOf(test.key, at, enterprise)
			}
			if ragged {
				t.Error("the path has an empty segment")
			}
			store, notes := "", ""
			if p.kind != elsewhere {
				store = p.store.String() + " " + p.store.Physical
				if p.store.Basis != evidence.StoreContent {
					t.Errorf("basis is %q", p.store.Basis)
				}
			}
			if p.offline {
				notes += "offline"
			}
			if p.wow64 {
				notes += "wow64"
			}
			if p.kind != test.kind || store != test.store || notes != test.notes {
				t.Errorf("got kind %d, %q, notes %q; want %d, %q, %q", p.kind, store, notes, test.kind, test.store, test.notes)
			}
		})
	}
}
