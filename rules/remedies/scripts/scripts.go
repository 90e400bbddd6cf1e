// Package scripts writes a plan as files that an administrator reads and runs
// by hand: PowerShell, batch, .reg and INF files, each with its undo, a backup of
// what would be removed, and a checklist. It runs nothing and opens no file.
//
// Names from certificates are data. They stand in comments only, in a small set
// of characters that no reader of these formats acts upon; a command holds
// nothing of a certificate but its thumbprint and object identifiers, both in
// digits. All text is ASCII with CR LF line ends.
//
// PowerShell scripts keep to Windows PowerShell 2.0, which is what Windows Server
// 2008 R2 has. Up to Windows Server 2008 batch files take their place.
package scripts

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/remedies"
)

// A File is one file of a plan. Name is relative and slash-separated.
type File struct {
	Name string
	Data []byte
}

// ManifestName is the file that lists the others with their SHA-256, in the form
// that sha256sum -c reads.
const ManifestName = "MANIFEST.sha256"

// Files returns the files of a plan, sorted by name: a folder for each host, and
// the manifest. tool names the program that made the plan.
func Files(p *remedies.Plan, tool string) []File {
	var list []File
	taken := map[string]bool{}
	for _, h := range p.Hosts {
		k := &kit{plan: p, host: h, tool: tool, folder: folderName(h.Host, taken)}
		k.build()
		list = append(list, k.files...)
	}
	slices.SortFunc(list, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	var manifest text
	for _, f := range list {
		manifest.linef("%x *%s", sha256.Sum256(f.Data), f.Name)
	}
	return append(list, File{ManifestName, manifest.bytes()})
}

// reserved are the names that no file or folder of Windows may bear.
var reserved = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// folderName makes a folder's name of a host's: letters, digits, dots, hyphens
// and underscores, unlike any that is taken.
func folderName(host string, taken map[string]bool) string {
	var b strings.Builder
	for _, r := range host {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.' && b.Len() > 0:
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
		if b.Len() == 60 {
			break
		}
	}
	name := strings.TrimRight(b.String(), ".")
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	if name == "" || slices.Contains(reserved, stem) {
		name = "host_" + name
	}
	unique := name
	for n := 2; taken[strings.ToLower(unique)]; n++ {
		unique = fmt.Sprintf("%s_%d", name, n)
	}
	taken[strings.ToLower(unique)] = true
	return unique
}

// A kit is the files of one host.
type kit struct {
	plan   *remedies.Plan
	host   *remedies.HostPlan
	tool   string
	folder string
	files  []File
	// dir is the folder of the remedy that is being written.
	dir string
	// of lists, for each remedy, the folders that carry it out; notes say what
	// was not written.
	of    map[string][]string
	notes []string
}

func (k *kit) build() {
	k.of = map[string][]string{}
	for n, r := range k.host.Remedies {
		if !r.Wanted(k.host) {
			continue
		}
		k.dir = fmt.Sprintf("%d-%s", n+1, r.ID)
		switch r.ID {
		case remedies.MoveIntermediates:
			k.moveIntermediates(r)
		case remedies.DedicatedStore:
			k.dedicatedStore(r)
		case remedies.RestrictPurposes:
			k.restrictPurposes(r)
		case remedies.Method3:
			k.method3(r)
		case remedies.Method2:
			k.method2(r)
		case remedies.Method1:
			k.method1(r)
		}
	}
	k.checklist()
}

// add adds a file to the folder of a remedy.
func (k *kit) add(r *remedies.Remedy, name string, data []byte) {
	k.files = append(k.files, File{k.folder + "/" + k.dir + "/" + name, data})
	if !slices.Contains(k.of[r.ID], k.dir) {
		k.of[r.ID] = append(k.of[r.ID], k.dir)
	}
}

// storeName is what may be written into a command as the name of a store: it
// comes from a registry export where a binding names the store.
var storeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

// forStore goes on to the folder of a store that is not Trusted Root, and
// returns the stores that a script has to open; nil where the name of the store
// is not one to be written into a command.
func (k *kit) forStore(store string) []string {
	_, name, _ := strings.Cut(store, `\`)
	if name == evidence.StoreRoot {
		return []string{evidence.PhysicalAuthRoot, evidence.StoreRoot}
	}
	if !storeName.MatchString(name) {
		k.notes = append(k.notes, "no script was written for the store "+short(name)+": its name has characters that do not belong into a command")
		return nil
	}
	k.dir += "-" + name
	return []string{name}
}

// batch reports whether the host's Windows has no PowerShell to rely on: that
// of Windows Server 2003 and 2008 is an addition.
func (k *kit) batch() bool {
	p := k.host.Judgement.Version.Profile
	return p != nil && (p.Family == "2003" || p.Family == "vista")
}

// head opens a script: what it is, for which host, and how to use it.
func (k *kit) head(t *text, mark, title string, about ...string) {
	t.mark = mark
	t.comment(strings.ToUpper(title[:1]) + title[1:])
	t.comment("")
	t.comment("Host: " + plain(k.host.Host) + ", " + k.host.Judgement.Version.Name() + ". Plan as of " + k.plan.AsOf.UTC().Format(time.DateOnly) + ", by " + plain(k.tool) + ".")
	for _, s := range about {
		t.comment(s)
	}
	t.comment("")
}

// titleOf is the title of a remedy's scripts.
func titleOf(r *remedies.Remedy) string { return r.Title + " (" + r.Source + ")" }

// certificates lists certificates in comments, each with its name.
func certificates(t *text, items []*remedies.Item) {
	for n, i := range items {
		t.raw(fmt.Sprintf("%s %3d  %s  [%s]", t.mark, n+1, i.Thumbprint(), short(i.Subject)))
	}
}
