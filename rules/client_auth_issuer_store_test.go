package rules

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

func TestClientAuthIssuerStore(t *testing.T) {
	const bindings = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo`
	names := func(store string) source {
		return regFile("http.reg", regKey(bindings), regKey(bindings+`\0.0.0.0:443`), regText(bindings+`\0.0.0.0:443`, "DefaultSslCtlStoreName", store))
	}
	issuers := func(list ...*evidence.Occurrence) source {
		s := source{name: "issuers.sst", store: evidence.Store{Location: evidence.LocalMachine, Name: evidence.StoreClientAuthIssuer}}
		for _, o := range list {
			in(o, evidence.StoreClientAuthIssuer, "")
			o.Where = evidence.Location{Source: s.name}
			s.records = append(s.records, o)
		}
		return s
	}
	roots := func() source { return storeFile("root.sst", root("CN=A", 20), root("CN=Issuer", 20)) }
	cas := func() source { return storeFile("ca.sst", issued("CN=Sub")) }
	runCases(t, ClientAuthIssuerStore, []ruleCase{
		{"not in use", host{os: "2012r2", sources: []source{roots(), issuers()}}, "pass", "Trusted Root feeds the list"},
		{"the default list", host{os: "2012r2", sources: []source{roots(), cas(), issuers(root("CN=A", 20))}}, "informational", "feeds the default list (1 certificates, 22 bytes)"},
		{"a binding", host{os: "2012r2", sources: []source{roots(), cas(), issuers(root("CN=A", 20)), names("ClientAuthIssuer")}}, "informational", "feeds binding 0.0.0.0:443"},
		{"an untrusted root in it", host{os: "2012r2", sources: []source{roots(), cas(), issuers(root("CN=Stranger", 20))}}, "fail", "Stranger in LocalMachine\\ClientAuthIssuer is in the list, but"},
		{"an untrusted root, where CA was not read", host{os: "2012r2", sources: []source{roots(), issuers(root("CN=Stranger", 20))}}, "informational", ""},
		{"a binding names an empty store", host{os: "2012r2", sources: []source{roots(), issuers(), names("ClientAuthIssuer")}}, "fail", "is empty, so LocalMachine\\Root feeds its list"},
		{"a binding names a store that was not read", host{os: "2012r2", sources: []source{roots(), names("Partners")}}, "notchecked", "LocalMachine\\Partners, which was not collected"},
		{"a binding names a signed list", host{os: "2012r2", sources: []source{roots(), issuers(), regFile("h.reg", regKey(bindings), regText(bindings+`\0.0.0.0:443`, "DefaultSslCtlIdentifier", "Old list"))}}, "fail", `"Old list"`},
		{"broken", host{os: "2012r2", sources: []source{roots(), broken(issuers())}}, "unknown", ""},
		{"not collected", host{os: "2012r2", sources: []source{roots()}}, "notchecked", "taken to be empty"},
		{"before 2012", host{os: "2008r2", sources: []source{roots()}}, "notapplicable", ""},
	})
	if windows.SSLBindingKey(evidence.NewCase("h").Registry) != bindings {
		t.Error("the bindings are read from elsewhere")
	}
}
