// Package manifest is the chain of custody of a run: which bytes were judged,
// by which criteria, and which reports were written, each with its SHA-256. It
// writes and reads manifest.json, whose JSON Schema (draft 2020-12) ships with
// the program, and says later whether the files still hold those bytes.
//
// A manifest names paths, the command line and the time of the run, which no
// report does.
package manifest

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"time"
)

// Name is what a manifest is called where nothing else is asked for.
const Name = "manifest.json"

// SchemaName is what a manifest says it is.
const SchemaName = "ctlaudit/manifest/v1"

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema that every manifest is valid against.
func Schema() []byte { return bytes.Clone(schema) }

// A Manifest describes one run.
type Manifest struct {
	Schema  string  `json:"schema"`
	Tool    Tool    `json:"tool"`
	Command Command `json:"command"`
	// Started and Finished are the time of the run, in UTC; Finished is when the
	// last report was written.
	Started  time.Time `json:"started"`
	Finished time.Time `json:"finished"`
	AsOf     time.Time `json:"asOf"`
	// Status is the exit status: 0, 1, 3 or 4.
	Status   int                `json:"status"`
	Counts   Counts             `json:"counts"`
	Archives bounded[Archive]   `json:"archives"`
	Inputs   bounded[Input]     `json:"inputs"`
	Criteria bounded[Criterion] `json:"criteria"`
	Outputs  bounded[Output]    `json:"outputs"`
}

// Tool is the program that ran.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Go      string `json:"go"`
}

// Command is how it was called.
type Command struct {
	// Name is analyse, report, plan, match or diff.
	Name string `json:"name"`
	// Arguments are the arguments as given, without the program's name.
	Arguments []string `json:"arguments"`
}

// Counts sum up what was read and found.
type Counts struct {
	Hosts           int `json:"hosts"`
	Inputs          int `json:"inputs"`
	Incomplete      int `json:"incomplete"` // inputs that were not read whole
	Certificates    int `json:"certificates"`
	RevocationLists int `json:"crls"`
	TrustLists      int `json:"trustLists"`
	RegistryValues  int `json:"registryValues"`
	Events          int `json:"events"`
	Failed          int `json:"failed"` // findings that fail and are not waived
}

// A Place says where a file lay. Paths are slash-separated.
type Place struct {
	// Path is the path that was given, joined with what was found below it:
	// relative to the folder that the program ran in, or absolute.
	Path string `json:"path,omitempty"`
	// FromManifest is the path from the manifest's folder. It is "" where there
	// is none, as between volumes.
	FromManifest string `json:"fromManifest,omitempty"`
	// PathBytes are the bytes of FromManifest or, where that is "", of Path, if
	// they are no UTF-8 and so could not be written as they are.
	PathBytes []byte `json:"pathBytes,omitempty"`
	// Archive is the ID of the archive that the file stands in, and Entry its name
	// there; Path is "" then.
	Archive string `json:"archive,omitempty"`
	Entry   string `json:"entry,omitempty"`
}

// An Archive is a .zip that inputs were read from. That of an archive inside
// another one is told by the Archive and Entry of its place.
type Archive struct {
	// ID is what the places of its members call it: the path as given and, of an
	// archive inside another one, the name in that.
	ID   string `json:"id"`
	Name string `json:"name"`
	Place
	Digest
	Modified *time.Time `json:"modified,omitempty"`
}

// An Input is a file that was read, also one that no format recognised.
type Input struct {
	// Role is evidence, report, peer, observed, before or after.
	Role string `json:"role"`
	// Name is what the reports call it.
	Name string `json:"name"`
	Host string `json:"host,omitempty"`
	Place
	Digest
	// Modified is the file's own time of last change, as found: any copy can have
	// set it. A file of an archive has none unless the archive holds it in UTC.
	Modified *time.Time `json:"modified,omitempty"`
	// Format is the format that read it, "" if none did.
	Format   string `json:"format,omitempty"`
	Complete bool   `json:"complete"`
	// Overwritten says that the run wrote a report in its place.
	Overwritten bool `json:"overwritten,omitempty"`
}

// A Criterion is a file that says what was judged by, or a fact table.
type Criterion struct {
	// Kind is case, policy, waivers, rules or table.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Embedded says that it is the program's own, and no file.
	Embedded bool `json:"embedded,omitempty"`
	Place
	Digest
}

// An Output is a report that was written.
type Output struct {
	Format string `json:"format"`
	// File is its path from the manifest's folder, or absolute where there is
	// none.
	File string `json:"file"`
	Digest
}

// A Digest tells the bytes of a file.
type Digest struct {
	// Size is in bytes, or nil where it was not kept.
	Size *int64 `json:"size,omitempty"`
	// SHA256 is in lower-case hex, and "" for a file that could not be read.
	SHA256 string `json:"sha256,omitempty"`
}

// NewDigest returns a digest as a manifest has it.
func NewDigest(size int64, sum [32]byte) Digest {
	return Digest{Size: &size, SHA256: hex.EncodeToString(sum[:])}
}
