package importers

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// A File is a file that was found, with the host that it belongs to.
type File struct {
	// FS and Path open the file; Name is what reports call it.
	FS   fs.FS
	Path string
	Name string
	// HostPath is the path below the host's folder, which may name a store.
	HostPath string
	// Given marks a file that the user named, rather than one found in a folder.
	Given bool
	// Store is the store that the case description states, or zero.
	Store evidence.Store
	// Place is where the file lies outside the program. No report shows it.
	Place Place
}

// A Host is a host of the run with its files.
type Host struct {
	Name string
	// FromFile says that the name is merely that of a single file, so that the
	// computer that its events name is the host.
	FromFile    bool
	Files       []File
	Diagnostics []evidence.Diagnostic
}

// kindFolders are names of folders that say what kind of evidence they hold and
// not whose: usual ones, and those that Microsoft's collectors make.
var kindFolders = []string{
	"cert", "certificate", "store", "log", "event", "eventlog", "reg", "registry", "evtx",
	"localmachine", "currentuser", "local_machine", "current_user", "hklm", "hkcu", // locations of stores
	"windows_event_logs", "windows-logs", "general_server_info", "certinfocertenroll", "pretracelogs",
}

// KindFolder reports whether a folder's name says what kind of evidence it
// holds, such as certs or eventlogs, so that it names no host.
func KindFolder(name string) bool {
	n := strings.ToLower(name)
	return slices.Contains(kindFolders, n) || slices.Contains(kindFolders, strings.TrimSuffix(n, "s"))
}

// treeFile is a file of a folder or archive, by its path there.
type treeFile struct {
	fsys       fs.FS
	fsPath     string
	path       string
	place      Place
	recognised bool
}

// hostsOf divides the files of a folder among hosts. root is the folder's name.
func hostsOf(root string, files []treeFile) []*Host {
	prefix := ""
	for {
		loose, folders := split(files, prefix)
		if len(loose) > 0 || len(folders) != 1 || KindFolder(folders[0]) {
			break
		}
		// A lone folder, as archives have: it is the host if it holds exports,
		// and is looked through if it holds only folders.
		root = folders[0]
		prefix += folders[0] + "/"
	}
	loose, folders := split(files, prefix)
	var hostFolders []string
	exports := exportFolders(files, prefix)
	for _, f := range folders {
		if !KindFolder(f) && exports[f] {
			hostFolders = append(hostFolders, f)
		}
	}
	rest := &Host{Name: root}
	byName := map[string]*Host{}
	hosts := []*Host{rest}
	for _, f := range hostFolders {
		h := &Host{Name: f}
		byName[f] = h
		hosts = append(hosts, h)
	}
	strays := 0
	for _, f := range files {
		below := strings.TrimPrefix(f.path, prefix)
		top, inside, nested := strings.Cut(below, "/")
		h := byName[top]
		if !nested || h == nil {
			h, inside = rest, below
			if f.recognised {
				strays++
			}
		}
		h.Files = append(h.Files, File{FS: f.fsys, Path: f.fsPath, Name: f.path, HostPath: inside, Place: f.place})
	}
	if len(hostFolders) > 0 && strays > 0 {
		rest.Diagnostics = append(rest.Diagnostics, evidence.Diagnostic{Code: "host-loose-files", Severity: evidence.Warning,
			Summary: fmt.Sprintf("%d exports stand beside the folders of hosts and are taken as a host %q of their own", strays, root),
			Detail:  "move them into the folder of the host that they come from, or name the host with --host; loose: " + strings.Join(firstPaths(loose, 5), ", ")})
	}
	if len(hostFolders) > 0 && strays == 0 {
		// Files that are no exports make no host; they are listed with the first.
		hosts = hosts[1:]
		hosts[0].Files = append(hosts[0].Files, rest.Files...)
	}
	return hosts
}

// split returns the files directly below prefix and the names of the folders
// there. The files are sorted by path, and all of them are below prefix.
func split(files []treeFile, prefix string) (loose []treeFile, folders []string) {
	seen := map[string]bool{}
	for _, f := range files {
		top, _, nested := strings.Cut(f.path[len(prefix):], "/")
		switch {
		case !nested:
			loose = append(loose, f)
		case !seen[top]:
			seen[top] = true
			folders = append(folders, top)
		}
	}
	return loose, folders
}

// exportFolders names the folders below prefix that hold a recognised file.
func exportFolders(files []treeFile, prefix string) map[string]bool {
	m := map[string]bool{}
	for _, f := range files {
		if top, _, nested := strings.Cut(f.path[len(prefix):], "/"); nested && f.recognised {
			m[top] = true
		}
	}
	return m
}

func firstPaths(files []treeFile, n int) []string {
	var list []string
	for i, f := range files {
		if i == n {
			return append(list, "…")
		}
		list = append(list, f.path)
	}
	return list
}

// withoutExt returns a file name without its extension.
func withoutExt(name string) string {
	base := path.Base(name)
	if s := strings.TrimSuffix(base, path.Ext(base)); s != "" {
		return s
	}
	return base
}
