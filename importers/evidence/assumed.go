package evidence

import "fmt"

// withdrawAssumed takes files out of a store that they were only assumed to be
// exported from, where another source is known by name, content or statement
// to be an export of it: a guess adds nothing to what is known. Their
// certificates are listed and belong to no store. An export of one physical
// store alone leaves room for a guess at the rest. It is called once, when all
// sources were read.
func (c *Case) withdrawAssumed() {
	known := map[string]string{} // store → source
	know := func(s Store, source string) {
		key := FoldKey(s.String())
		if s.IsZero() || s.Physical != "" || s.Basis == StoreAssumed || known[key] != "" {
			return
		}
		known[key] = source
	}
	for _, s := range c.Sources {
		know(s.Store, s.Name)
	}
	for _, o := range c.Occurrences {
		know(o.Store, o.Where.Source)
	}
	withdrawn := map[string]bool{}
	for _, s := range c.Sources {
		if s.Store.Basis != StoreAssumed {
			continue
		}
		by := known[FoldKey(s.Store.String())]
		if k := c.storeKey(s.Store); by == "" && k != nil {
			by = k.Where.Source
		}
		if by == "" {
			continue
		}
		for i := range c.Diagnostics {
			if d := &c.Diagnostics[i]; d.Code == "store-assumed" && d.Where.Source == s.Name {
				d.Summary = "nothing says which store this file was exported from: it belongs to none, and its certificates are listed and not counted"
				d.Detail = fmt.Sprintf("by what it holds it would be taken for %s, but %s is known to be an export of that; %s", s.Store, by, d.Detail)
			}
		}
		withdrawn[s.Name] = true
		s.Store = Store{}
	}
	if len(withdrawn) == 0 {
		return
	}
	for _, o := range c.Occurrences {
		if withdrawn[o.Where.Source] && o.Store.Basis == StoreAssumed {
			o.Store = Store{}
		}
	}
	for _, l := range c.RevocationLists {
		if withdrawn[l.Where.Source] && l.Store.Basis == StoreAssumed {
			l.Store = Store{}
		}
	}
	for _, l := range c.TrustLists {
		if withdrawn[l.Where.Source] && l.Store.Basis == StoreAssumed {
			l.Store = Store{}
		}
	}
}

// storeKey returns the exported key that holds a store of the machine, or nil.
// Root stands in two, ROOT and AuthRoot, of which both are needed.
func (c *Case) storeKey(s Store) *RegistryKey {
	if !s.Machine() {
		return nil
	}
	const under = `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\`
	if s.Name == StoreRoot && c.Registry.Collected(under+`AuthRoot\Certificates`) == nil {
		return nil
	}
	return c.Registry.Collected(under + s.Name + `\Certificates`)
}
