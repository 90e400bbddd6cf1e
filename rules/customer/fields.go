package customer

import (
	"reflect"
	"strings"
	"time"
)

// A Topic is what a rule is asked about.
type Topic string

// The topics.
const (
	Certificates   Topic = "certificate" // each certificate of each store
	Hosts          Topic = "host"        // the host as a whole, once
	RegistryValues Topic = "registry"    // one value, or each value below a key
	Events         Topic = "event"       // each group of events of the host's own
)

// Topics returns all topics, in the order in which documents show them.
func Topics() []Topic { return []Topic{Certificates, Hosts, RegistryValues, Events} }

// The structs below are the fields of each topic. The tag expr names a field for
// expressions, yaml for examples, and doc documents it.

type certificateFields struct {
	Subject            string     `expr:"subject" yaml:"subject" doc:"the subject, in the manner of RFC 2253"`
	CommonName         string     `expr:"commonName" yaml:"commonName" doc:"the common name, else the most specific part of the subject"`
	Issuer             string     `expr:"issuer" yaml:"issuer" doc:"the issuer, in the manner of RFC 2253"`
	Thumbprint         string     `expr:"thumbprint" yaml:"thumbprint" doc:"SHA-1 in upper-case hex"`
	SHA256             string     `expr:"sha256" yaml:"sha256" doc:"SHA-256 in lower-case hex"`
	Serial             string     `expr:"serial" yaml:"serial" doc:"the serial number in lower-case hex, leading zeros included"`
	Store              string     `expr:"store" yaml:"store" doc:"the store, such as LocalMachine\\Root; empty if it is not known"`
	Physical           string     `expr:"physical" yaml:"physical" doc:"the physical store, such as AuthRoot; empty if the export does not tell"`
	NotBefore          time.Time  `expr:"notBefore" yaml:"notBefore" doc:"the first moment of its validity"`
	NotAfter           time.Time  `expr:"notAfter" yaml:"notAfter" doc:"the last moment of its validity"`
	Expired            bool       `expr:"expired" yaml:"expired" doc:"its validity ended before the day of the judgement"`
	NotYetValid        bool       `expr:"notYetValid" yaml:"notYetValid" doc:"its validity begins after the day of the judgement"`
	DaysLeft           int        `expr:"daysLeft" yaml:"daysLeft" doc:"whole days from the day of the judgement to the end of its validity; negative if it is expired"`
	KeyAlgorithm       string     `expr:"keyAlgorithm" yaml:"keyAlgorithm" doc:"RSA, ECDSA, DSA, Ed25519 or a dotted object identifier"`
	KeyBits            int        `expr:"keyBits" yaml:"keyBits" doc:"bits of the modulus or of the field"`
	SignatureAlgorithm string     `expr:"signatureAlgorithm" yaml:"signatureAlgorithm" doc:"a name such as SHA256-RSA, or a dotted object identifier"`
	SelfIssued         bool       `expr:"selfIssued" yaml:"selfIssued" doc:"subject and issuer are the same bytes"`
	CA                 bool       `expr:"ca" yaml:"ca" doc:"its basic constraints say that it is an authority"`
	Version            int        `expr:"version" yaml:"version" doc:"1, 2 or 3"`
	EKU                []string   `expr:"eku" yaml:"eku" doc:"the object identifiers of its extended key usage extension, dotted; empty if it has none"`
	HasEKU             bool       `expr:"hasEKU" yaml:"hasEKU" doc:"it has an extended key usage extension"`
	DNSNames           []string   `expr:"dnsNames" yaml:"dnsNames" doc:"the DNS names of its subject alternative name extension"`
	NameBytes          int        `expr:"nameBytes" yaml:"nameBytes" doc:"bytes of its subject as DER"`
	FriendlyName       string     `expr:"friendlyName" yaml:"friendlyName" doc:"the friendly name property; not known from .p7b and .cer"`
	PrivateKey         bool       `expr:"privateKey" yaml:"privateKey" doc:"it has the property of a private key (CERT_KEY_PROV_INFO); not known from .p7b and .cer"`
	Parse              string     `expr:"parse" yaml:"parse" doc:"strict, lenient or failed: which reader could read it"`
	Counted            string     `expr:"counted" yaml:"counted" doc:"whether its name is in the trusted issuer list: yes, no, assumed-yes, assumed-no; empty if its store does not feed the list"`
	Required           bool       `expr:"required" yaml:"required" doc:"it is one of the required roots of the host (KB 293781 and the policy's packs)"`
	InProgramme        bool       `expr:"inProgramme" yaml:"inProgramme" doc:"Microsoft's root list of the fact tables names it"`
	Disabled           bool       `expr:"disabled" yaml:"disabled" doc:"that list has it Disabled on the day of the judgement"`
	Source             string     `expr:"source" yaml:"source" doc:"the file that it was read from"`
	AsOf               time.Time  `expr:"asOf" yaml:"-" doc:"the day of the judgement"`
	Host               hostFields `expr:"host" yaml:"host" doc:"the host, with the fields of topic host"`
}

type hostFields struct {
	Name            string    `expr:"name" yaml:"name" doc:"the name of the host"`
	OS              string    `expr:"os" yaml:"os" doc:"the code of its Windows, such as 2008r2"`
	Since2012       bool      `expr:"since2012" yaml:"since2012" doc:"it is Windows 8, Server 2012 or later"`
	Server          bool      `expr:"server" yaml:"server" doc:"it is a server"`
	Roles           []string  `expr:"roles" yaml:"roles" doc:"its roles, as stated"`
	Sent            string    `expr:"sent" yaml:"sent" doc:"whether it sends a trusted issuer list: yes or no"`
	FeedingStore    string    `expr:"feedingStore" yaml:"feedingStore" doc:"the store that feeds the list"`
	Certificates    int       `expr:"certificates" yaml:"certificates" doc:"distinct certificates in that store"`
	ListBytes       int       `expr:"listBytes" yaml:"listBytes" doc:"the expected size of the list in bytes"`
	ListMin         int       `expr:"listMin" yaml:"listMin" doc:"its least size in bytes"`
	ListMax         int       `expr:"listMax" yaml:"listMax" doc:"its greatest size in bytes"`
	Limit           int       `expr:"limit" yaml:"limit" doc:"the size that Schannel cuts the list at, in bytes"`
	Verdict         string    `expr:"verdict" yaml:"verdict" doc:"over, under, likely-over or likely-under"`
	Mixed           bool      `expr:"mixed" yaml:"mixed" doc:"the store that feeds the list is a Root with certificates that a CA issued beside self-issued ones"`
	RequiredMissing int       `expr:"requiredMissing" yaml:"requiredMissing" doc:"how many required roots are missing or distrusted"`
	AsOf            time.Time `expr:"asOf" yaml:"-" doc:"the day of the judgement"`
}

type registryFields struct {
	Present bool       `expr:"present" yaml:"present" doc:"the value is there; always true where a rule is asked about each value below a key"`
	Key     string     `expr:"key" yaml:"key" doc:"the key, spelt out"`
	Name    string     `expr:"name" yaml:"name" doc:"the name of the value; empty for the default value"`
	Type    string     `expr:"type" yaml:"type" doc:"REG_DWORD, REG_SZ …; empty if the value is not there"`
	Number  int        `expr:"number" yaml:"number" doc:"the number of a REG_DWORD or REG_QWORD; 0 for every other type"`
	Text    string     `expr:"text" yaml:"text" doc:"the text of a REG_SZ or REG_EXPAND_SZ; empty for every other type"`
	Strings []string   `expr:"strings" yaml:"strings" doc:"the texts of a REG_MULTI_SZ"`
	Size    int        `expr:"size" yaml:"size" doc:"bytes of the value's data"`
	AsOf    time.Time  `expr:"asOf" yaml:"-" doc:"the day of the judgement"`
	Host    hostFields `expr:"host" yaml:"host" doc:"the host, with the fields of topic host"`
}

type eventFields struct {
	Provider string     `expr:"provider" yaml:"provider" doc:"the provider (source) of the events"`
	ID       int        `expr:"id" yaml:"id" doc:"the event id"`
	Count    int        `expr:"count" yaml:"count" doc:"how many there are"`
	First    time.Time  `expr:"first" yaml:"first" doc:"the time of the first; not known where the dates cannot be read"`
	Last     time.Time  `expr:"last" yaml:"last" doc:"the time of the last; not known where the dates cannot be read"`
	Computer string     `expr:"computer" yaml:"computer" doc:"the computer that the export names; empty if it names none"`
	Alert    int        `expr:"alert" yaml:"alert" doc:"the TLS alert of Schannel 36887 and 36888; -1 for every other event"`
	AsOf     time.Time  `expr:"asOf" yaml:"-" doc:"the day of the judgement"`
	Host     hostFields `expr:"host" yaml:"host" doc:"the host, with the fields of topic host"`
}

// environment returns the zero fields of a topic, which expressions are typed by.
func environment(t Topic) any {
	switch t {
	case Certificates:
		return certificateFields{}
	case RegistryValues:
		return registryFields{}
	case Events:
		return eventFields{}
	}
	return hostFields{}
}

// A Field is one thing that expressions of a topic may name.
type Field struct {
	Name, Type, Doc string
}

// Fields documents what expressions of a topic may name, in their order.
func Fields(t Topic) []Field {
	typ := reflect.TypeOf(environment(t))
	var list []Field
	for i := range typ.NumField() {
		f := typ.Field(i)
		list = append(list, Field{Name: f.Tag.Get("expr"), Type: typeName(f.Type), Doc: f.Tag.Get("doc")})
	}
	return list
}

func typeName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "time"
	case t == reflect.TypeFor[hostFields]():
		return "host"
	case t.Kind() == reflect.Slice:
		return "list of " + typeName(t.Elem())
	}
	return map[reflect.Kind]string{reflect.String: "text", reflect.Int: "number", reflect.Bool: "true or false"}[t.Kind()]
}

// TimeMethods names the methods of times that expressions may call. Those that
// depend on the machine, such as Local, are not among them.
func TimeMethods() []string {
	return strings.Fields("Before After Equal Year Day YearDay Hour Minute Unix AddDate Add Sub Hours Minutes Seconds")
}
