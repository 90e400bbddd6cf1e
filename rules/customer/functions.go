package customer

// A Function is one that expressions may call.
type Function struct {
	Name, Doc string
	// Example is an expression over the fields of a certificate. A test compiles
	// it.
	Example string
}

// FunctionList documents the functions that expressions may call.
func FunctionList() []Function {
	return []Function{
		{"all", "whether a condition holds of each element, which is called `#`", `all(dnsNames, # endsWith ".contoso.com")`},
		{"any", "whether it holds of at least one", `any(eku, # == "1.3.6.1.5.5.7.3.2")`},
		{"none", "whether it holds of none", `none(dnsNames, # startsWith "*")`},
		{"one", "whether it holds of exactly one", `one(host.roles, # == "exchange")`},
		{"filter", "the elements of which it holds", `len(filter(dnsNames, # contains ".")) > 0`},
		{"map", "a list of what an expression makes of each element", `"WEB01" in map(dnsNames, upper(#))`},
		{"count", "of how many elements a condition holds", `count(dnsNames, # contains "contoso") < 3`},
		{"len", "how many elements a list or characters a text has", `len(serial) <= 40`},
		{"lower", "a text in lower case", `lower(commonName) == "contoso root"`},
		{"upper", "a text in upper case", `upper(host.name) != "WEB01"`},
		{"trim", "a text without blanks at its ends", `trim(friendlyName) != ""`},
		{"trimPrefix", "a text without this beginning", `trimPrefix(subject, "CN=") == commonName`},
		{"trimSuffix", "a text without this end", `trimSuffix(commonName, " Root") != commonName`},
		{"split", "the parts of a text between separators", `len(split(subject, ",")) > 1`},
		{"join", "one text of a list of them", `join(dnsNames, " ") == ""`},
		{"hasPrefix", "whether a text begins so", `hasPrefix(store, "LocalMachine")`},
		{"hasSuffix", "whether a text ends so", `hasSuffix(commonName, "Root CA")`},
		{"indexOf", "where a text first stands in another; -1 if it does not", `indexOf(issuer, "O=Contoso") >= 0`},
		{"abs", "a number without its sign", `abs(daysLeft) > 30`},
		{"min", "the smallest of some numbers", `min(keyBits, 4096) >= 2048`},
		{"max", "the greatest of some numbers", `max(keyBits, nameBytes) > 0`},
		{"string", "a thing as text", `string(keyBits) + " bits" == "2048 bits"`},
		{"date", "a time of a text such as 2027-01-31", `notBefore.After(date("2024-01-01"))`},
		{"duration", "a span of time of a text such as 72h", `notAfter.Sub(notBefore) <= duration("219000h")`},
	}
}

// Functions names the functions that expressions may call.
func Functions() []string {
	var names []string
	for _, f := range FunctionList() {
		names = append(names, f.Name)
	}
	return names
}
