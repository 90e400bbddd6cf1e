package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/ctlaudit/ctlaudit/analyze/manifest"
	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

// The roles of what is read, as a manifest has them.
const (
	roleEvidence = "evidence"
	rolePeer     = "peer"
	roleObserved = "observed"
	roleBefore   = "before"
	roleAfter    = "after"
)

// noManifest is what --manifest takes to write none.
const noManifest = "none"

// A custody collects what the manifest of a run tells while files are read and
// written, so that no file is read a second time but an archive. A nil custody
// collects nothing.
type custody struct {
	file, folder string // where the manifest goes, the folder in full
	// avoided is the manifest that is there already, or "".
	avoided string
	now     func() time.Time
	m       manifest.Manifest
	// written are the outputs, each in full.
	written map[string]bool
	known   map[string]bool // archives and criteria that are listed
}

func (f *flags) addManifest(fl *pflag.FlagSet) {
	fl.StringVar(&f.manifest, "manifest", "", "where the digests of what was read and written go: a `FILE`, or none (default manifest.json beside the first -o)")
}

// takeManifest says where the manifest goes, and refuses what exists already
// before anything is read.
func (o *options) takeManifest(given string, w world) error {
	if given == noManifest || given == "" && len(o.outputs) == 0 {
		return nil
	}
	c := &custody{file: given, now: w.now, written: map[string]bool{}, known: map[string]bool{}}
	c.m = manifest.Manifest{Schema: manifest.SchemaName, Started: c.time(), AsOf: o.asOf,
		Tool:    manifest.Tool{Name: programName, Version: version(), Go: runtime.Version()},
		Command: manifest.Command{Arguments: append([]string{}, w.args...)}}
	if given == "" {
		first := o.outputs[0].file
		c.file = filepath.Join(filepath.Dir(first), manifest.Name)
		if taken, err := o.taken(c.file); err != nil {
			return err
		} else if taken {
			c.avoided, c.file = c.file, first+"."+manifest.Name
		}
	}
	full, err := filepath.Abs(c.file)
	if err != nil {
		return usagef("--manifest %q: %w", c.file, err)
	}
	c.folder = filepath.Dir(full)
	switch taken, err := o.taken(c.file); {
	case err != nil:
		return err
	case taken:
		return &usageError{fmt.Errorf("the manifest %q exists already, or is where a report goes", c.file), "--manifest FILE names another, --manifest none writes none; --force overwrites a file"}
	}
	if info, err := os.Stat(c.folder); err != nil || !info.IsDir() {
		return usagef("--manifest %q: there is no folder %q", c.file, filepath.Dir(c.file))
	}
	o.custody = c
	for i := range o.outputs {
		o.outputs[i].custody = c
	}
	return nil
}

// taken reports whether a manifest cannot go to a file: a report goes there, or
// it exists and --force was not given.
func (o *options) taken(file string) (bool, error) {
	full, err := filepath.Abs(file)
	if err != nil {
		return false, usagef("--manifest %q: %w", file, err)
	}
	for _, out := range o.outputs {
		if other, err := filepath.Abs(out.file); err == nil && other == full {
			return true, nil
		}
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, usagef("--manifest %q: %w", file, err)
	case info.IsDir():
		return false, usagef("--manifest %q: that is a folder", file)
	}
	return !o.force, nil
}

func (c *custody) time() time.Time { return c.now().UTC().Truncate(time.Second) }

// addRead adds what was read of a walk, in the order of its hosts and files,
// which each case has its sources in.
func (c *custody) addRead(ctx context.Context, role string, walk *importers.Walk, cases []*evidence.Case) error {
	if c == nil {
		return nil
	}
	for _, a := range walk.Archives {
		if err := c.addArchive(ctx, a); err != nil {
			return err
		}
	}
	for i, h := range walk.Hosts {
		for k, s := range cases[i].Sources {
			in := manifest.Input{Role: role, Name: s.Name, Host: s.Host, Place: c.place(h.Files[k].Place), Modified: known(s.Modified), Format: s.Format, Complete: s.Complete}
			in.Digest = digestOf(s.Size, s.SHA256)
			c.addInput(in, s.Records)
		}
	}
	c.addDescription(walk)
	return nil
}

// addFile adds one file that was not found in a walk.
func (c *custody) addFile(role, file, format string, size int64, sum [32]byte, modified time.Time, complete bool) {
	if c == nil {
		return
	}
	c.addInput(manifest.Input{Role: role, Name: filepath.Base(file), Place: c.place(importers.Place{Disk: file}), Modified: known(modified),
		Format: format, Complete: complete, Digest: digestOf(size, sum)}, evidence.Records{})
}

func (c *custody) addInput(in manifest.Input, r evidence.Records) {
	c.m.Inputs = append(c.m.Inputs, in)
	n := &c.m.Counts
	n.Inputs++
	if !in.Complete {
		n.Incomplete++
	}
	n.Certificates += r.Certificates
	n.RevocationLists += r.RevocationLists
	n.TrustLists += r.TrustLists
	n.RegistryValues += r.RegistryValues
	n.Events += r.Events
}

// addArchive adds an archive, which is read whole for it. What cannot be read
// any more has no digest.
func (c *custody) addArchive(ctx context.Context, a *importers.Archive) error {
	id := archiveID(a)
	if !c.first("archive", id) {
		return nil
	}
	sum, err := a.Digest(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		sum = [32]byte{}
	}
	c.m.Archives = append(c.m.Archives, manifest.Archive{ID: id, Name: a.Name, Place: c.place(a.Place), Digest: digestOf(a.Size, sum), Modified: known(a.Modified)})
	return nil
}

// archiveID tells an archive from all others of the run.
func archiveID(a *importers.Archive) string {
	if a.Place.Archive != nil {
		return archiveID(a.Place.Archive) + "/" + a.Place.Entry
	}
	return filepath.ToSlash(a.Place.Disk)
}

// addDescription adds the case description.
func (c *custody) addDescription(walk *importers.Walk) {
	if d := walk.Description; d != nil {
		c.addCriterion(manifest.Criterion{Kind: "case", Name: filepath.Base(walk.DescriptionFile), Place: c.place(walk.DescriptionPlace), Digest: manifest.Digest{SHA256: hex.EncodeToString(d.SHA256[:])}})
	}
}

// addCriteria adds what hosts are judged by.
func (c *custody) addCriteria(o *options, criteria *rules.Criteria, walk *importers.Walk) {
	if c == nil {
		return
	}
	c.addDescription(walk)
	file := func(kind, path string, sum [32]byte) {
		c.addCriterion(manifest.Criterion{Kind: kind, Name: filepath.Base(path), Place: c.place(importers.Place{Disk: path}), Digest: manifest.Digest{SHA256: hex.EncodeToString(sum[:])}})
	}
	if o.policyFile != "" {
		file("policy", o.policyFile, criteria.Policy.SHA256)
	} else {
		c.addCriterion(manifest.Criterion{Kind: "policy", Name: criteria.Policy.Name, Embedded: true, Digest: manifest.Digest{SHA256: criteria.Policy.Digest()}})
	}
	if criteria.Waivers != nil {
		file("waivers", o.waiversFile, criteria.Waivers.SHA256)
	}
	for i, f := range criteria.RuleFiles {
		file("rules", o.rulesFiles[i], f.SHA256)
	}
	for _, t := range criteria.Tables.Info {
		c.addTable(t, o.dataDir)
	}
}

func (c *custody) addTable(t data.TableInfo, dir string) {
	table := manifest.Criterion{Kind: "table", Name: t.Name, Embedded: !t.Replaced, Digest: manifest.Digest{SHA256: hex.EncodeToString(t.SHA256[:])}}
	if t.Replaced {
		table.Place = c.place(importers.Place{Disk: filepath.Join(dir, t.Name)})
	}
	c.addCriterion(table)
}

// addCriterion adds a criterion once: two sides are judged by the same ones.
func (c *custody) addCriterion(criterion manifest.Criterion) {
	if c.first(criterion.Kind, criterion.Name+"\x00"+criterion.Path+"\x00"+criterion.Archive+"\x00"+criterion.SHA256) {
		c.m.Criteria = append(c.m.Criteria, criterion)
	}
}

func (c *custody) first(kind, name string) bool {
	key := kind + "\x00" + name
	seen := c.known[key]
	c.known[key] = true
	return !seen
}

// addJudged adds what was read of hosts that were judged.
func (c *custody) addJudged(ctx context.Context, role string, walk *importers.Walk, judgements []*rules.Judgement) error {
	if c == nil {
		return nil
	}
	var cases []*evidence.Case
	for _, j := range judgements {
		cases = append(cases, j.Case)
		for _, f := range j.Findings {
			if f.Fails() {
				c.m.Counts.Failed++
			}
		}
	}
	c.m.Counts.Hosts += len(cases)
	return c.addRead(ctx, role, walk, cases)
}

// addOutput adds a file that was written.
func (c *custody) addOutput(format, file string, size int64, sum [32]byte) {
	if c == nil {
		return
	}
	name := c.fromManifest(file)
	full, err := filepath.Abs(file)
	if err == nil {
		c.written[full] = true
	}
	if name == "" {
		name = filepath.ToSlash(full)
	}
	c.m.Outputs = append(c.m.Outputs, manifest.Output{Format: format, File: name, Digest: manifest.NewDigest(size, sum)})
}

// ends tells which command ran and how it ends, before its reports are written.
func (c *custody) ends(command string, status int) {
	if c != nil {
		c.m.Command.Name, c.m.Status = command, status
	}
}

// write writes the manifest, after the reports.
func (c *custody) write(ctx context.Context, w world, o *options) error {
	if c == nil {
		return nil
	}
	c.m.Finished = c.time()
	if full, err := filepath.Abs(c.file); err == nil {
		c.written[full] = true
	}
	for i := range c.m.Inputs {
		in := &c.m.Inputs[i]
		if in.Path == "" {
			continue
		}
		full, err := filepath.Abs(filepath.FromSlash(in.Path))
		in.Overwritten = err == nil && c.written[full]
	}
	file, err := writeWhole(ctx, c.file, o.force, c.m.Write)
	if err != nil || o.quiet {
		return err
	}
	if c.avoided != "" {
		w.complain("note", fmt.Sprintf("%q exists already; the manifest of this run is %q", c.avoided, c.file))
	}
	if o.redaction != nil {
		w.complain("note", fmt.Sprintf("%q names files and hosts as they are; keep it with the key", c.file))
	}
	if file.n > manifest.MaxSize {
		w.complain("warning", fmt.Sprintf("%q has more than %d bytes: verify does not read it", c.file, manifest.MaxSize))
	}
	return nil
}

func (c *custody) place(p importers.Place) manifest.Place {
	if p.Archive != nil {
		return manifest.Place{Archive: archiveID(p.Archive), Entry: p.Entry}
	}
	place := manifest.Place{Path: filepath.ToSlash(p.Disk), FromManifest: c.fromManifest(p.Disk)}
	if named := cmp.Or(place.FromManifest, place.Path); !utf8.ValidString(named) {
		place.PathBytes = []byte(named)
	}
	return place
}

// fromManifest is a path as it is from the manifest's folder, or "".
func (c *custody) fromManifest(file string) string {
	full, err := filepath.Abs(file)
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(c.folder, full)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(rel)
}

// digestOf is a digest, or a size alone for a file of which no byte was read.
func digestOf(size int64, sum [32]byte) manifest.Digest {
	if sum == [32]byte{} {
		return manifest.Digest{Size: &size}
	}
	return manifest.NewDigest(size, sum)
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// modifiedOf is an open file's own time of last change, or the zero time.
func modifiedOf(f *os.File) time.Time {
	info, err := f.Stat()
	if err != nil {
		return time.Time{}
	}
	return importers.FileTime(info)
}
