package customer

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

func (r *Rule) certificates(p *rules.Pass) *ground {
	g := &ground{subject: "certificates", plural: "certificates"}
	var occurrences []*evidence.Occurrence
	if r.scope.store != "" {
		s := p.Stores.Registry(p.Case, r.scope.location, r.scope.store)
		g.subject, g.searched = s.String(), s.Sources()
		occurrences = s.Occurrences
		switch {
		case !s.Collected():
			g.missing = &gap{rules.NotChecked, "not checked: no export of " + s.String() + " was read", r.Collect}
			return g
		case len(s.Missing()) > 0:
			g.partial = &gap{rules.Unknown, "the physical stores " + strings.Join(s.Missing(), ", ") + " of " + s.String() + " were not collected", r.Collect}
		}
	} else {
		for _, s := range p.Stores.All() {
			occurrences = append(occurrences, s.Occurrences...)
			for _, n := range s.Sources() {
				if !slices.Contains(g.searched, n) {
					g.searched = append(g.searched, n)
				}
			}
		}
		for _, o := range p.Case.Occurrences {
			if o.Store.IsZero() {
				occurrences = append(occurrences, o)
				if !slices.Contains(g.searched, o.Where.Source) {
					g.searched = append(g.searched, o.Where.Source)
				}
			}
		}
	}
	h, hostGaps := hostOf(p)
	counted := map[[32]byte]issuerlist.Count{}
	if len(p.Lists) > 0 && p.Version.Profile != nil {
		for _, e := range p.Lists[0].Entries {
			counted[e.SHA256] = e.Counted
		}
	}
	for _, o := range occurrences {
		g.things = append(g.things, certificateThing(p, o, h, hostGaps, counted))
	}
	return g
}

func certificateThing(p *rules.Pass, o *evidence.Occurrence, h hostFields, hostGaps func(string) *gap, counted map[[32]byte]issuerlist.Count) *thing {
	c := certificateFields{
		Subject: o.Subject, CommonName: rules.CommonName(o.Subject), Issuer: o.Issuer, Thumbprint: o.Thumbprint(),
		SHA256: hex.EncodeToString(o.SHA256[:]), Serial: hex.EncodeToString(o.Serial), Store: o.Store.String(), Physical: o.Store.Physical,
		NotBefore: o.NotBefore, NotAfter: o.NotAfter, KeyAlgorithm: o.KeyAlgorithm, KeyBits: o.KeyBits, SignatureAlgorithm: o.SignatureAlgorithm,
		SelfIssued: o.SelfIssued(), CA: o.CA, Version: o.Version, EKU: o.EKU, HasEKU: o.HasEKU, DNSNames: o.DNSNames, NameBytes: len(o.SubjectDER),
		FriendlyName: o.FriendlyName(), Parse: string(o.Parse), Source: o.Where.Source, AsOf: p.AsOf, Host: h,
	}
	c.derive(p.AsOf)
	_, c.PrivateKey = o.Property(evidence.PropKeyProvInfo)
	c.Required = slices.ContainsFunc(p.Required, func(s rules.RootStatus) bool {
		return s.State != rules.RootImpostor && s.Thumbprint == c.Thumbprint
	})
	if r := p.Tables.Programme[c.Thumbprint]; r != nil {
		c.InProgramme = true
		c.Disabled = !r.Disabled.IsZero() && !r.Disabled.After(p.AsOf)
	}
	if len(p.Lists) > 0 && strings.EqualFold(p.Lists[0].Store, c.Store) {
		c.Counted = string(counted[o.SHA256])
	}
	name := c.Subject
	if name == "" {
		name = "a certificate without a name"
	}
	subject := name + " " + c.Thumbprint
	if c.Store != "" {
		subject += " in " + c.Store
		if c.Physical != "" {
			subject += " (" + c.Physical + ")"
		}
	}
	own := func(field string) *gap { return certificateGap(o, field, p.Version.Profile == nil) }
	return &thing{env: c, name: name, gap: withHost(own, hostGaps),
		finding: rules.Finding{Subject: subject, Store: c.Store, Thumbprint: c.Thumbprint, Evidence: []evidence.Location{o.Where}}}
}

// derive fills in what follows from other fields on a day.
func (c *certificateFields) derive(asOf time.Time) {
	c.Expired = asOf.After(c.NotAfter)
	c.NotYetValid = asOf.Before(c.NotBefore)
	c.DaysLeft = int(math.Floor(c.NotAfter.Sub(asOf).Hours() / 24))
	for _, list := range []*[]string{&c.EKU, &c.DNSNames, &c.Host.Roles} {
		if *list == nil {
			*list = []string{}
		}
	}
}

// certificateGap says why a field of a certificate is not known.
func certificateGap(o *evidence.Occurrence, field string, noList bool) *gap {
	unknown := func(format string, args ...any) *gap {
		return &gap{outcome: rules.Unknown, why: fmt.Sprintf(format, args...)}
	}
	switch field {
	case "thumbprint", "sha256", "store", "physical", "parse", "source", "asOf", "required", "inProgramme", "disabled", "host":
		return nil
	case "friendlyName", "privateKey":
		if !o.CanCarry {
			return &gap{rules.Unknown, "the export " + o.Where.Source + " cannot carry properties, so " + field + " is not known", rules.CollectCommand(evidence.KindCertificate)}
		}
		return nil
	case "counted":
		if noList {
			return &gap{rules.NotChecked, "not checked: which Windows the host runs is not known, so neither is which names count", rules.CollectVersion}
		}
		return nil
	}
	if o.Parse == evidence.ParseFailed {
		return unknown("a certificate at %s could not be read: %s", o.Where, o.ParseNote)
	}
	missing := false
	switch field {
	case "subject", "commonName", "nameBytes", "issuer", "selfIssued":
		missing = o.SubjectDER == nil || o.IssuerDER == nil && field != "subject" && field != "commonName" && field != "nameBytes"
	case "notBefore", "notYetValid":
		missing = o.NotBefore.IsZero()
	case "notAfter", "expired", "daysLeft":
		missing = o.NotAfter.IsZero()
	case "keyBits":
		missing = o.KeyBits == 0
	case "keyAlgorithm":
		missing = o.KeyAlgorithm == ""
	case "signatureAlgorithm":
		missing = o.SignatureAlgorithm == ""
	case "version":
		missing = o.Version == 0
	case "eku":
		missing = o.HasEKU && o.EKU == nil
	}
	if missing {
		return unknown("%s could not be read of the certificate at %s", field, o.Where)
	}
	return nil
}

func (r *Rule) registry(p *rules.Pass) *ground {
	reg := p.Case.Registry
	key := r.scope.key
	if anyControlSet(key) != key {
		above, _, _ := strings.Cut(key, `\*`)
		key = windows.Current(reg, above) + key[len(above):]
	}
	g := &ground{subject: r.scope.key, plural: "registry values"}
	h, hostGaps := hostOf(p)
	add := func(v *evidence.RegistryValue, f registryFields, where []evidence.Location) {
		f.AsOf, f.Host = p.AsOf, h
		if f.Strings == nil {
			f.Strings = []string{}
		}
		name := f.Key + `\` + f.Name
		own := func(field string) *gap { return valueGap(v, field) }
		g.things = append(g.things, &thing{env: f, name: name, gap: withHost(own, hostGaps), finding: rules.Finding{Subject: name, Evidence: where}})
	}
	fixed, _, wild := strings.Cut(key, `\*`)
	covered := reg.Collected(fixed)
	if r.scope.name != "" && !wild {
		g.subject += `\` + r.scope.name
		v := reg.Value(key, r.scope.name)
		switch {
		case v != nil:
			g.searched = []string{v.Where.Source}
			add(v, valueFields(v), []evidence.Location{v.Where})
		case covered == nil:
			g.missing = r.notCollected(fixed)
		default:
			g.searched = []string{covered.Where.Source}
			add(nil, registryFields{Key: key, Name: r.scope.name}, []evidence.Location{covered.Where})
			r.doubt(g, p, covered)
		}
		return g
	}
	for _, v := range reg.Values() {
		if !below(key, v.Key) || r.scope.name != "" && !strings.EqualFold(v.Name, r.scope.name) {
			continue
		}
		if !slices.Contains(g.searched, v.Where.Source) {
			g.searched = append(g.searched, v.Where.Source)
		}
		add(v, valueFields(v), []evidence.Location{v.Where})
	}
	switch {
	case covered != nil && !slices.Contains(g.searched, covered.Where.Source):
		g.searched = append(g.searched, covered.Where.Source)
	case covered == nil && len(g.things) == 0:
		g.missing = r.notCollected(fixed)
	}
	return g
}

// doubt turns the absence of a value into a gap where the export that covers its
// key was not read whole.
func (r *Rule) doubt(g *ground, p *rules.Pass, covered *evidence.RegistryKey) {
	for _, s := range p.Case.Sources {
		if s.Name == covered.Where.Source && !s.Complete {
			g.things[0].gap = func(string) *gap {
				return &gap{rules.Unknown, g.things[0].name + " was not found, and " + s.Name + " was not read whole", r.Collect}
			}
		}
	}
}

func (r *Rule) notCollected(key string) *gap {
	return &gap{rules.NotChecked, "not checked: " + key + " was not collected", r.Collect}
}

// below reports whether a key is at or below a pattern.
func below(pattern, key string) bool {
	p, k := strings.Split(pattern, `\`), strings.Split(key, `\`)
	if len(k) < len(p) {
		return false
	}
	for i := range p {
		if p[i] != "*" && !strings.EqualFold(p[i], k[i]) {
			return false
		}
	}
	return true
}

func valueFields(v *evidence.RegistryValue) registryFields {
	f := registryFields{Present: true, Key: v.Key, Name: v.Name, Type: v.Type.String(), Size: len(v.Data)}
	if n, ok := v.DWord(); ok {
		f.Number = int(n)
	}
	if v.Type == evidence.RegQWord && len(v.Data) == 8 {
		if n := binary.LittleEndian.Uint64(v.Data); n <= math.MaxInt {
			f.Number = int(n)
		}
	}
	f.Text, _ = v.Text()
	f.Strings, _ = v.Strings()
	return f
}

// valueGap says why a field of a value is not known: its type has it, and its
// data does not fit the type. A value that is not there, nil, has no gaps.
func valueGap(v *evidence.RegistryValue, field string) *gap {
	odd := false
	if v != nil && field == "number" {
		switch v.Type {
		case evidence.RegDWord:
			odd = len(v.Data) != 4
		case evidence.RegQWord:
			odd = len(v.Data) != 8 || binary.LittleEndian.Uint64(v.Data) > math.MaxInt
		}
	}
	if !odd {
		return nil
	}
	return &gap{outcome: rules.Unknown, why: fmt.Sprintf("the number of %s\\%s cannot be told: %s with %d bytes", v.Key, v.Name, v.Type, len(v.Data))}
}

func (r *Rule) events(p *rules.Pass) *ground {
	g := &ground{subject: "events", plural: "kinds of events"}
	for _, l := range p.Case.EventLogs {
		if !slices.Contains(g.searched, l.Where.Source) {
			g.searched = append(g.searched, l.Where.Source)
		}
	}
	h, hostGaps := hostOf(p)
	for _, e := range p.Case.Events {
		if !e.Own {
			continue
		}
		f := eventFields{Provider: e.Provider, ID: int(e.ID), Count: e.Count, First: e.First, Last: e.Last, Computer: e.Computer, Alert: e.Alert, AsOf: p.AsOf, Host: h}
		name := fmt.Sprintf("%s %d", e.Provider, e.ID)
		if e.Alert != evidence.NoAlert {
			name += fmt.Sprintf(" with alert %d", e.Alert)
		}
		subject := name
		if e.Computer != "" {
			subject += " of " + e.Computer
		}
		var where []evidence.Location
		for _, s := range e.Samples {
			where = append(where, s.Where)
		}
		if len(where) == 0 {
			for _, s := range e.Sources {
				where = append(where, evidence.Location{Source: s})
			}
		}
		own := func(field string) *gap {
			if (field == "first" && e.First.IsZero()) || (field == "last" && e.Last.IsZero()) {
				return &gap{outcome: rules.Unknown, why: fmt.Sprintf("the times of %s could not be read: %q", name, e.FirstText)}
			}
			return nil
		}
		g.things = append(g.things, &thing{env: f, name: name, gap: withHost(own, hostGaps), finding: rules.Finding{Subject: subject, Evidence: where}})
	}
	return g
}
