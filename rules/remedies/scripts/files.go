package scripts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/remedies"
	"github.com/ctlaudit/ctlaudit/rules/windows"
)

func (k *kit) moveIntermediates(r *remedies.Remedy) {
	var items []*remedies.Item
	for _, m := range r.Moves {
		if m.Delivered == "" {
			items = append(items, m.Item)
		}
	}
	if len(items) == 0 {
		return
	}
	k.backup(r, evidence.StoreRoot, items)
	about := []string{"Certificates that another CA issued do not belong into Trusted Root. Each is copied to Intermediate Certification Authorities (CA) and then removed from Trusted Root."}
	thumbs := thumbprints(items)
	if k.batch() {
		for _, i := range items {
			k.add(r, "move/"+i.Thumbprint()+".cer", i.Raw)
		}
		k.cmd(r, "apply.cmd", "undo.cmd", about, items, cmdSave, cmdEach(thumbs, "move"), "goto :eof\n\n:move\necho %1 goes to CA\nif not defined DO goto :eof\n"+
			"certutil -f -addstore CA move\\%1.cer\nif errorlevel 1 goto :eof\ncertutil -delstore AuthRoot %1 >nul 2>&1\ncertutil -delstore Root %1\ngoto :eof\n\n:nobackup\necho The registry could not be exported: nothing was moved.\ngoto :eof")
		k.cmd(r, "undo.cmd", "", []string{"Puts the stores back as they were before. What the script before put into CA stays there: it does no harm."}, items, cmdRestore)
		return
	}
	stores := quoted("stores", []string{"AuthRoot", "Root"})
	k.powershell(r, "apply.ps1", "undo.ps1", about, items, psOpening, psStores, quoted("thumbprints", thumbs), stores, psMove, psRemove)
	k.powershell(r, "undo.ps1", "", []string{"Puts the certificates back into Trusted Root. They stay in CA as well: there they do no harm."}, items, psOpening, psStores, stores, psRestore)
}

func (k *kit) dedicatedStore(r *remedies.Remedy) {
	var items []*remedies.Item
	var list []*evidence.Occurrence
	for _, m := range r.Members {
		items, list = append(items, m.Item), append(list, m.Occurrence)
	}
	k.add(r, "clientauthissuer.sst", remedies.SerializedStore(list))
	k.powershell(r, "apply.ps1", "undo.ps1", []string{"Puts roots into Client Authentication Issuers, so that the trusted issuer list is made from these and no longer from Trusted Root. " +
		"Check the selection first: clients of other issuers will not be let in. The bindings of http.sys are not touched: see CHECKLIST.txt."},
		items, psOpening, psStores, psImport)
	k.powershell(r, "undo.ps1", "", []string{"Takes the roots out of Client Authentication Issuers again, but for those that were there before."}, items, psOpening, psStores,
		quoted("thumbprints", thumbprints(items)), psEmpty)
}

func (k *kit) restrictPurposes(r *remedies.Remedy) {
	if len(r.Commands) == 0 { // by hand on this Windows
		return
	}
	dir := k.dir
	for _, removal := range k.host.Removals {
		k.dir = dir
		stores := k.forStore(removal.Store)
		if stores == nil {
			continue
		}
		var list []*remedies.Restriction
		for _, x := range r.Restrictions {
			if x.Store == removal.Store {
				list = append(list, x)
			}
		}
		k.restrict(r, stores, list)
	}
}

func (k *kit) restrict(r *remedies.Remedy, stores []string, list []*remedies.Restriction) {
	var items []*remedies.Item
	do, back := &infs{prefix: "restrict", first: "The purposes that are left without client authentication."}, &infs{prefix: "undo-restrict", first: "The purposes as they were.", exact: true}
	for _, x := range list {
		items = append(items, x.Item)
		do.add(x.Item, x.After, true)
		back.add(x.Item, x.Before, x.HasBefore)
	}
	do.write(k, r)
	back.write(k, r)
	about := []string{"Takes client authentication from roots that no client needs, by their EKU property (9). They stay trusted for all else.",
		"Try it on one root first, and compare: certutil -v -store Root THUMBPRINT"}
	undoAbout := []string{"Gives the roots their purposes back."}
	if slices.ContainsFunc(list, func(x *remedies.Restriction) bool { return !x.Known }) {
		undoAbout = append(undoAbout, "The export carried no properties: what the purposes were is not known, and the undo trusts these roots for all purposes. Export the store as .sst before, and keep it.")
	}
	thumbs := thumbprints(items)
	if k.batch() {
		k.cmd(r, "apply.cmd", "undo.cmd", about, items, do.calls(), "goto :eof\n\n"+cmdRepair)
		k.cmd(r, "undo.cmd", "", undoAbout, items, back.calls(), "goto :eof\n\n"+cmdRepair)
		return
	}
	names := quoted("stores", stores)
	k.powershell(r, "apply.ps1", "undo.ps1", about, items, psOpening, psStores, names, quoted("thumbprints", thumbs), psTable("inf", thumbs, do.of), psRepair)
	k.powershell(r, "undo.ps1", "", undoAbout, items, psOpening, psStores, names, quoted("thumbprints", thumbs), psTable("inf", thumbs, back.of), psRepair)
}

// cmdRepair gives a certificate the properties of an INF file.
const cmdRepair = `
:repair
echo %1 gets %2
if not defined DO goto :eof
certutil -repairstore Root %1 %2
goto :eof
`

// infs are INF files, one for each value of property 9 that is to be set.
type infs struct {
	prefix, first string
	exact         bool     // the values are written byte for byte
	keys          []string // value, or "-" for none
	items         map[string][]*remedies.Item
	values        map[string][]byte
	order         []string
	of            map[string]string // file by thumbprint
}

func (n *infs) add(i *remedies.Item, value []byte, set bool) {
	if n.items == nil {
		n.items, n.values, n.of = map[string][]*remedies.Item{}, map[string][]byte{}, map[string]string{}
	}
	key := "-"
	if set {
		key = "=" + string(value)
	}
	if n.items[key] == nil {
		n.keys = append(n.keys, key)
		n.values[key] = value
	}
	n.items[key] = append(n.items[key], i)
	n.of[i.Thumbprint()] = fmt.Sprintf("%s-%d.inf", n.prefix, slices.Index(n.keys, key)+1)
	n.order = append(n.order, i.Thumbprint())
}

// calls are the calls of a batch file's subroutine.
func (n *infs) calls() string {
	var lines []string
	for _, thumb := range n.order {
		lines = append(lines, "call :repair "+thumb+" "+n.of[thumb])
	}
	return strings.Join(lines, "\n")
}

// write writes the files in the form of certutil -repairstore.
func (n *infs) write(k *kit, r *remedies.Remedy) {
	for at, key := range n.keys {
		t := &text{mark: ";"}
		t.comment(n.first + " For certutil -repairstore.")
		oids, readable := evidence.OIDs(n.values[key])
		switch {
		case key == "-":
			t.comment("No EKU property: all purposes.")
		case readable:
			t.comment("Purposes: " + strings.Join(purposeNames(oids), ", "))
		}
		certificates(t, n.items[key])
		t.raw("")
		t.lines("[Version]\nSignature = \"$Windows NT$\"\n\n[Properties]")
		switch {
		case key == "-":
			t.line("9 =")
		case !n.exact && readable && len(oids) > 0 && !slices.ContainsFunc(oids, func(s string) bool { return len(s) > 60 }):
			t.line(`9 = "{text}"`)
			for _, oid := range oids {
				t.linef("_continue_ = \"%s,\"", oid)
			}
		default:
			t.line(`9 = "{hex}"`)
			for _, l := range hexLines(n.values[key], " ") {
				t.linef("_continue_ = \"%s\"", l)
			}
		}
		k.add(r, fmt.Sprintf("%s-%d.inf", n.prefix, at+1), t.bytes())
	}
}

// purposeNames names object identifiers, for comments.
func purposeNames(oids []string) []string {
	names := map[string]string{"1.3.6.1.5.5.7.3.1": "server authentication", "1.3.6.1.5.5.7.3.2": "client authentication", "1.3.6.1.5.5.7.3.3": "code signing",
		"1.3.6.1.5.5.7.3.4": "secure e-mail", "1.3.6.1.5.5.7.3.5": "IPsec end system", "1.3.6.1.5.5.7.3.6": "IPsec tunnel", "1.3.6.1.5.5.7.3.7": "IPsec user",
		"1.3.6.1.5.5.7.3.8": "time stamping", "1.3.6.1.5.5.7.3.9": "OCSP signing", "1.3.6.1.5.5.8.2.2": "IPsec IKE intermediate",
		"1.3.6.1.4.1.311.10.3.4": "encrypting file system", "1.3.6.1.4.1.311.10.3.12": "document signing", "2.5.29.37.0": "any purpose"}
	if len(oids) == 0 {
		return []string{"none"}
	}
	var list []string
	for _, o := range oids {
		if n := names[o]; n != "" {
			list = append(list, n)
		} else {
			list = append(list, o)
		}
	}
	return list
}

// regKeys as .reg files write them.
const (
	rootUpdateKey = windows.RootUpdateKey
	schannelKey   = remedies.SchannelKey
)

func (k *kit) method3(r *remedies.Remedy) {
	k.reg(r, "apply.reg", titleOf(r), []string{"Schannel sends no list of trusted issuers. Import it with regedit or reg import, and restart.", "Undo: undo.reg"},
		schannelKey, `"SendTrustedIssuerList"=dword:00000000`)
	s := k.host.Settings.SendTrustedIssuerList
	about := []string{"Puts SendTrustedIssuerList back as it was exported."}
	if s.State == windows.NotCollected {
		about = []string{"The former value of SendTrustedIssuerList is not known: " + s.Missing("SCHANNEL") + ". This takes it away, so that the default of Windows applies. If it was set, set it back by hand."}
	}
	k.reg(r, "undo.reg", titleOf(r)+": undo", about, schannelKey, valueLine("SendTrustedIssuerList", s))
}

// reg writes a .reg file of one key.
func (k *kit) reg(r *remedies.Remedy, name, title string, about []string, key string, values ...string) {
	t := &text{}
	t.line("Windows Registry Editor Version 5.00")
	t.raw("")
	k.head(t, ";", title, about...)
	t.linef("[%s]", key)
	for _, v := range values {
		t.lines(v)
	}
	t.raw("")
	k.add(r, name, t.bytes())
}

// valueLine writes a value as it was exported, or its removal.
func valueLine(name string, s windows.Setting) string {
	switch {
	case s.State == windows.Set:
		return fmt.Sprintf(`"%s"=dword:%08x`, name, s.Number)
	case s.Value != nil: // of another type: byte for byte
		return fmt.Sprintf(`"%s"=hex(%x):%s`, name, uint32(s.Value.Type), strings.Join(hexLines(s.Value.Data, ","), ",\\\n  "))
	}
	return `"` + name + `"=-`
}

func (k *kit) method2(r *remedies.Remedy) {
	about := []string{"Sets bit 0x8 of ProtectedRoots Flags: Windows opens the AuthRoot store no more, and roots that stand there only are trusted no longer. In a domain, a Group Policy object is the place to set it."}
	undoAbout := []string{"Puts ProtectedRoots Flags back. Roots that were copied to the registry store of Root stay there: they were trusted before."}
	before := "absent"
	if s := k.host.Settings.ProtectedRoots; s.State == windows.Set {
		before = fmt.Sprint(int32(s.Number))
	}
	thumbs := thumbprints(r.Copies)
	if len(r.Copies) > 0 {
		about = append(about, "First it copies the roots below, which must stay trusted, from AuthRoot to the registry store of Root.")
	}
	if k.batch() {
		parts := []string{}
		if len(r.Copies) > 0 {
			for _, i := range r.Copies {
				k.add(r, "copy/"+i.Thumbprint()+".cer", i.Raw)
			}
			parts = append(parts, cmdEach(thumbs, "copy")+"\ngoto protect\n\n:copy\necho %1 is copied to Root\nif defined DO certutil -f -addstore Root copy\\%1.cer\ngoto :eof\n\n:protect")
		}
		absent := uint32(0x20 | remedies.DisableAuthRoot)
		if k.host.Judgement.Version.Profile.Family == "2003" {
			absent = remedies.DisableAuthRoot
		}
		k.cmd(r, "apply.cmd", "undo.cmd", about, r.Copies, append(parts, cmdProtect(absent))...)
		k.cmd(r, "undo.cmd", "", undoAbout, nil, cmdUnprotect(before))
		return
	}
	parts := []string{psOpening, psStores}
	if len(r.Copies) > 0 {
		parts = append(parts, quoted("thumbprints", thumbs), psCopy)
	}
	k.powershell(r, "apply.ps1", "undo.ps1", about, r.Copies, append(parts, psProtect)...)
	k.powershell(r, "undo.ps1", "", undoAbout, nil, psOpening, "$before = '"+before+"'", psUnprotect)
}

func (k *kit) method1(r *remedies.Remedy) {
	dir := k.dir
	for _, removal := range k.host.Removals {
		k.dir = dir
		if stores := k.forStore(removal.Store); stores != nil {
			k.remove(r, stores, removal)
		}
	}
	k.dir = dir
	if r.Lasts.Word == "yes" {
		return
	}
	const off, on = "root-update-off.reg", "undo-root-update-off.reg"
	k.reg(r, off, "turn automatic root update off (KB 2813430)", []string{"Turns automatic root update off, so that removed roots do not come back, and keeps the list of untrusted certificates updated. On a machine that reaches Windows Update this also keeps new roots out: take it knowingly.", "Undo: " + on},
		rootUpdateKey, `"DisableRootAutoUpdate"=dword:00000001`, `"EnableDisallowedCertAutoUpdate"=dword:00000001`)
	k.reg(r, on, "turn automatic root update off: undo", []string{"Puts the settings of automatic root update back as they were exported; what was not exported is taken away, so that the default applies."},
		rootUpdateKey, valueLine("DisableRootAutoUpdate", k.host.Settings.DisableRootAutoUpdate), valueLine("EnableDisallowedCertAutoUpdate", k.host.Settings.EnableDisallowedCertAutoUpdate))
}

func (k *kit) remove(r *remedies.Remedy, stores []string, removal *remedies.Removal) {
	var items []*remedies.Item
	poor := 0
	for _, row := range removal.Rows {
		items = append(items, row.Item)
		if !row.CanCarry() {
			poor++
		}
	}
	store := stores[len(stores)-1]
	k.backup(r, store, items)
	about := []string{"Removes roots that nobody needs, by this case. It saves those of the machine first, with their properties, under live."}
	undoAbout := []string{"Puts the removed roots back, from what the script saved under live, else from the backup of the plan."}
	if poor > 0 {
		undoAbout = append(undoAbout, fmt.Sprintf("The export that the plan was made from carried no properties for %d of the certificates: the backup of the plan gives them back trusted for all purposes. What the script saves under live is better.", poor))
	}
	thumbs := thumbprints(items)
	if k.batch() {
		k.cmd(r, "apply.cmd", "undo.cmd", about, items, cmdSave, cmdEach(thumbs, "remove"), cmdRemove)
		k.cmd(r, "undo.cmd", "", undoAbout, items, cmdRestore)
		return
	}
	names := quoted("stores", stores)
	k.powershell(r, "apply.ps1", "undo.ps1", about, items, psOpening, psStores, quoted("thumbprints", thumbs), names, psRemove)
	k.powershell(r, "undo.ps1", "", undoAbout, items, psOpening, psStores, names, psRestore)
}

// backup writes what a script removes from a store as serialized stores, one
// for each physical store that it goes back to.
func (k *kit) backup(r *remedies.Remedy, store string, items []*remedies.Item) {
	of := remedies.Backup(items)
	for _, key := range []string{"", evidence.PhysicalAuthRoot} {
		if len(of[key]) == 0 {
			continue
		}
		name := store
		if key != "" {
			name = key
		}
		k.add(r, "backup-"+name+".sst", remedies.SerializedStore(of[key]))
	}
}
