package main

import (
	"fmt"
	"strings"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/customer"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

// The examples of the document. A test reads them as the program does.
const (
	examplePolicy = `name: contoso
description: KB 2464556 as Contoso's PKI policy 4.2 reads it
extends: uc
limits: {2008r2: 12288}
thresholds: {maxRoots: 60}
requiredRoots:
  packs:
    - name: Contoso
      citation: PKI policy 4.2
      os: [2012r2, 2016]
      roles: [exchange]
      effectiveFrom: 2026-03-15
      roots:
        - {thumbprint: 0123456789ABCDEF0123456789ABCDEF01234567, name: Contoso Root}
rules:
  known-bad-certificate: {enabled: true}
  root-count: {severity: medium}
`
	exampleWaivers = `waivers:
  - rule: root-store-mixed
    host: WEB01
    store: LocalMachine\Root
    reason: the appliance ships this certificate; it is replaced with the next release
    expires: 2027-01-31
    approvedBy: J. Doe
    ticket: CHG-1234
`
	exampleRules = `rules:
  - id: x-contoso-key-length
    title: roots have keys of 2,048 bits or more
    doc: |
      PKI policy 4.2 wants this of every root that is not required by Windows.
    severity: medium
    references: [{name: PKI policy 4.2, title: Keys, url: "https://pki.contoso.example/4.2"}]
    for: certificate
    store: LocalMachine\Root
    when: keyAlgorithm == "RSA" and not required
    assert: keyBits >= 2048 or expired
    message: "{commonName} has a key of {keyBits} bits"
    remedy: replace the root
    examples:
      - name: a short key
        given: {keyAlgorithm: RSA, keyBits: 1024, required: false, expired: false}
        expect: fail
      - name: a short key that Windows needs
        given: {keyAlgorithm: RSA, keyBits: 1024, required: true}
        expect: notapplicable

  - id: x-contoso-no-list
    title: no trusted issuer list is sent
    severity: low
    for: registry
    key: HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL
    name: SendTrustedIssuerList
    assert: present and type == "REG_DWORD" and number == 0
    examples:
      - {name: set, given: {number: 0}, expect: pass}
      - {name: absent, given: {present: false}, expect: fail}

  - id: x-contoso-list-reserve
    title: servers of Exchange keep a fifth of the list free
    severity: medium
    for: host
    when: '"exchange" in roles and sent == "yes"'
    assert: listBytes * 5 <= limit * 4
    message: "the list has {listBytes} of {limit} bytes"
    examples:
      - {name: small, given: {roles: [exchange], sent: "yes", listBytes: 9000, limit: 16384}, expect: pass}
      - {name: nearly full, given: {roles: [exchange], sent: "yes", listBytes: 16000, limit: 16384}, expect: fail}
      - {name: no Exchange, given: {roles: [], sent: "yes", listBytes: 16000, limit: 16384}, expect: notapplicable}
      - {name: no store was exported, given: {roles: [exchange], sent: "yes"}, expect: unknown}

  - id: x-contoso-alerts
    title: no client was refused for an unknown authority this year
    severity: low
    for: event
    when: provider == "Schannel" and id == 36888 and alert == 48
    assert: last.Before(date("2026-01-01"))
    message: "{count} alerts 48 (unknown CA), the last on {string(last)}"
    examples:
      - {name: long ago, given: {provider: Schannel, id: 36888, alert: 48, last: 2025-03-01}, expect: pass}
      - {name: lately, given: {provider: Schannel, id: 36888, alert: 48, last: 2026-03-01}, expect: fail}
      - {name: another alert, given: {provider: Schannel, id: 36888, alert: 47, last: 2026-03-01}, expect: notapplicable}
`
)

// criteriaDoc is the part of rules/README.md on what users write themselves.
func criteriaDoc() (string, error) {
	tables, err := data.Load(data.Files())
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fence := func(text string) { b.WriteString("\n```yaml\n" + text + "```\n") }
	b.WriteString("\n# Criteria of your own\n\nFiles of criteria are YAML without anchors and tags, and are read strictly: what is misspelt, missing or malformed ends the run with status 2 and the\n" +
		"file, line and column. `ctlaudit rules version` prints the digests of all that hosts are judged by.\n")

	b.WriteString("\n## Profiles and policies\n\n`--profile NAME` judges by an embedded policy, `--policy FILE` by one of your own, which extends a profile and changes what it names.\n" +
		"`ctlaudit rules list --profile NAME` prints the rules that are on, `ctlaudit rules profile NAME` the policy itself.\n\n")
	for _, name := range rules.ProfileNames() {
		p, err := rules.Profile(name, tables, rules.All())
		if err != nil {
			return "", err
		}
		on := 0
		for _, r := range rules.All() {
			if p.Enabled(r) {
				on++
			}
		}
		fmt.Fprintf(&b, "- `%s`: %s (%d rules)\n", name, p.Description, on)
	}
	fence(examplePolicy)
	b.WriteString("\n| Threshold | Default | What is compared with it |\n| --- | --- | --- |\n")
	for _, s := range rules.Thresholds() {
		fmt.Fprintf(&b, "| `%s` | %d | %s |\n", s.Name, s.Default, s.Doc)
	}

	b.WriteString("\n## Waivers\n\n`--waivers FILE` takes failures out of the count and of the exit status until a day, that day included. Host, store and thumbprint narrow a waiver and\n" +
		"may be left out; a reason and an expiry may not. A waived finding keeps its outcome, an expired waiver brings it back, and one that covers nothing is listed.\n")
	fence(exampleWaivers)

	fmt.Fprintf(&b, "\n## Rules of your own\n\n`--rules FILE` adds rules; `ctlaudit rules test FILE` tries them on their own examples. An id begins with `%s`, as none of the program's own does.\n"+
		"`for` says what a rule is asked about, `when` which of these it selects (all, if it is left out), `assert` what must hold of each. In `message`, `{expression}`\n"+
		"puts a value. A rule for certificates may name a `store`, and then passes only if that was collected whole. A rule for the registry names a `key`, in which a\n"+
		"part `*` stands for any one, and may name a value: then it is asked once, with `present` false where the key was collected and does not hold the value.\n"+
		"What the evidence cannot tell is not known, and makes a rule unknown or notchecked, not failed. An example gives fields; what it does not give is not known.\n"+
		"In YAML, `#` after a space begins a comment: put an expression with `#` between quotes.\n", customer.IDPrefix)
	fence(exampleRules)
	for _, t := range customer.Topics() {
		fmt.Fprintf(&b, "\n### for: %s\n\n| Field | Type | Meaning |\n| --- | --- | --- |\n", t)
		for _, f := range customer.Fields(t) {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Name, f.Type, strings.ReplaceAll(f.Doc, `\`, `\\`))
		}
	}
	b.WriteString("\n### Expressions\n\nExpressions are those of [expr](https://expr-lang.org/docs/language-definition), typed when the file is read. Beside `==`, `<`, `and`, `or`, `not`, `in`, `contains`,\n" +
		"`startsWith`, `endsWith` and `matches` (a regular expression) there are these functions, and the methods of times " + strings.Join(quoted(customer.TimeMethods()), ", ") + ".\n\n" +
		"| Function | Meaning | Example, for a certificate |\n| --- | --- | --- |\n")
	for _, f := range customer.FunctionList() {
		fmt.Fprintf(&b, "| `%s` | %s | `%s` |\n", f.Name, f.Doc, f.Example)
	}
	b.WriteString("\n## Editors\n\n`ctlaudit rules schema policy`, `waivers` and `rules` print JSON Schemas. An editor that knows YAML then completes keys, rules, operating systems and fields, and\n" +
		"marks what the program would refuse. The first line of a file may name its schema:\n")
	fence("# yaml-language-server: $schema=policy.schema.json\n")

	b.WriteString("\n## Fact tables\n\n`--data FOLDER` takes a table from a file of the same name in the folder; the others stay as they are. A table begins with the lines `# title:`,\n" +
		"`# source:`, `# date:` and `# version:`.\n\n| Table | What | Date | Rows |\n| --- | --- | --- | --- |\n")
	for _, t := range tables.Info {
		fmt.Fprintf(&b, "| `%s` | %s. Source: %s | %s | %d |\n", t.Name, t.Title, t.Source, t.Date, t.Rows)
	}
	return b.String(), nil
}

func quoted(words []string) []string {
	var list []string
	for _, w := range words {
		list = append(list, "`"+w+"`")
	}
	return list
}
